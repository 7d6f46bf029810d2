"""Gates, blocks and patterns that are tied: in words, and a basis of them with all shares."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from polytope_nn.certificate.format import Json
from polytope_nn.dual.atoms import Atom
from polytope_nn.dual.units.blocks import BlockOptimum, Part, parts_of
from polytope_nn.exact.linear import independent_rows, solve, transpose
from polytope_nn.exact.rational import Matrix, Vector
from polytope_nn.exact.scalar import dot
from polytope_nn.landscape.optimal_set import OptimalPolytope
from polytope_nn.problems.training import TrainingProblem
from polytope_nn.problems.units.lasso import GroupLasso, gate_blocks

__all__ = ["Basis", "TiedAtom", "basis_of", "listed_atoms", "parts_of_units", "vanishes"]


@dataclass(frozen=True)
class TiedAtom:
    """An atom in words, its form and, of a pattern, its column."""

    source: Atom
    spoken: dict[str, Json]
    V: Matrix
    column: Vector | None

    @cached_property
    def form(self) -> Matrix:
        """``V V'``."""
        return tuple(tuple(dot(a, b) for b in self.V) for a in self.V)


@dataclass(frozen=True)
class Basis:
    """The places of a basis; the shares of each atom in it, and of what is free."""

    places: tuple[int, ...]
    shares: tuple[Vector, ...]
    free: tuple[Vector, ...]


def listed_atoms(P: OptimalPolytope) -> tuple[list[int], list[TiedAtom]]:
    """Return the atoms in the order of the certificate, and their places in P."""
    O, problem = P.optimum, P.problem
    if not isinstance(O, BlockOptimum):
        order = sorted(range(len(P.atoms)), key=lambda i: P.atoms[i].key)
        return order, [_of_pattern(P.atoms[i]) for i in order]
    parts = {(part.block, part.sign): part for part in parts_of_units(problem)}
    order = sorted(range(len(P.atoms)), key=lambda i: (O.owners[i], -P.atoms[i].sign))
    found = []
    for i in order:
        a = P.atoms[i]
        part = parts[O.owners[i], a.sign]
        zero = [k for k, row in enumerate(part.cone) if vanishes(a, k, row)]
        spoken: dict[str, Json] = {
            "block": O.owners[i],
            "sign": a.sign,
            "zero": [*zero],
        }
        found.append(TiedAtom(a, spoken, part.factor(zero), None))
    return order, found


def vanishes(a: Atom, k: int, row: Vector) -> bool:
    """Return whether a row of the cone is 0 at an atom: its covector tells."""
    return not any(row) or a.covector[k] == 0


def _of_pattern(a: Atom) -> TiedAtom:
    spoken: dict[str, Json] = {"sign": a.sign, "pattern": list(a.covector)}
    column = tuple(Fraction(a.sign * t) for t in a.covector)
    return TiedAtom(a, spoken, tuple((t,) for t in column), column)


def parts_of_units(problem: object) -> tuple[Part, ...]:
    """Return the parts of gates or blocks."""
    if isinstance(problem, GroupLasso):
        return parts_of(problem.blocks)
    assert isinstance(problem, TrainingProblem)  # patterns have none
    return parts_of(gate_blocks(problem))


def basis_of(P: OptimalPolytope, order: Sequence[int], atoms: Sequence[TiedAtom]) -> Basis:
    """Return a basis, atoms in use first, with the shares of all in it."""
    c = P.optimum.weights
    free = P.problem.free
    own = [free.columns[j] for j in independent_rows(free.columns)]
    used_first = sorted(range(len(atoms)), key=lambda i: c[order[i]] == 0)
    if any(a.column is None for a in atoms):
        first: dict[Matrix, int] = {}
        for i in used_first:
            first.setdefault(atoms[i].form, i)
        places = tuple(sorted(first.values()))
        at = [places.index(first[a.form]) for a in atoms]
        units = tuple(tuple(Fraction(int(j == k)) for k in range(len(places))) for j in at)
        return Basis(places, units, ((),) * len(atoms))
    columns = [_column(a) for a in atoms]
    rows = [*own, *(columns[i] for i in used_first)]
    chosen = [used_first[k - len(own)] for k in independent_rows(rows) if k >= len(own)]
    places = tuple(sorted(chosen))
    inside = transpose([*(columns[i] for i in places), *own]) if places or own else ()
    shares, extra = [], []
    for column in columns:
        found = solve(inside, column)
        assert found is not None  # the basis spans all
        shares.append(tuple(_fraction(t) for t in found[: len(places)]))
        extra.append(tuple(_fraction(t) for t in found[len(places) :]))
    return Basis(places, tuple(shares), tuple(extra))


def _column(a: TiedAtom) -> Vector:
    assert a.column is not None  # a pattern has one
    return a.column


def _fraction(t: object) -> Fraction:
    assert isinstance(t, Fraction)  # of rational columns
    return t
