"""Gates, blocks and patterns that are tied: in words, and a basis of them with all shares."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import cast

from polytope_nn.certificate.format import Json
from polytope_nn.dual.atoms import Atom
from polytope_nn.dual.units.blocks import BlockOptimum, Part, parts_of
from polytope_nn.exact.linear import gram, independent_rows, kernel, solve, transpose
from polytope_nn.exact.rational import Matrix, Vector
from polytope_nn.exact.scalar import dot
from polytope_nn.landscape.optimal_set import OptimalPolytope
from polytope_nn.problems.training import TrainingProblem
from polytope_nn.problems.units.lasso import GroupLasso, unit_blocks

__all__ = [
    "Basis",
    "TiedAtom",
    "basis_beside",
    "basis_of",
    "listed_atoms",
    "parts_of_units",
    "vanishes",
]


@dataclass(frozen=True)
class TiedAtom:
    """An atom in words, its V and, of a pattern, its column."""

    source: Atom
    spoken: dict[str, Json]
    V: Matrix
    column: Vector | None


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
    """Return the parts of gates, of blocks or of neurons without a kink."""
    if isinstance(problem, GroupLasso):
        return parts_of(problem.blocks)
    assert isinstance(problem, TrainingProblem)  # patterns have none
    return parts_of(unit_blocks(problem))


def basis_of(P: OptimalPolytope, order: Sequence[int], atoms: Sequence[TiedAtom]) -> Basis:
    """Return a basis, atoms in use first, with the shares of all in it."""
    c = P.optimum.weights
    free = P.problem.free
    own = [free.columns[j] for j in independent_rows(free.columns)]
    used_first = sorted(range(len(atoms)), key=lambda i: c[order[i]] == 0)
    return basis_beside(own, atoms, used_first)


def basis_beside(
    own: Sequence[Vector], atoms: Sequence[TiedAtom], order: Sequence[int]
) -> Basis:
    """Return a basis, the first in an order, of columns modulo free ones, and of forms."""
    first: dict[Matrix, int] = {}
    O = cast("Matrix", kernel(own, len(own[0]))) if own else ()
    for i in order:
        if atoms[i].column is None:
            first.setdefault(_form(atoms[i], O), i)
    columns = {i: a.column for i, a in enumerate(atoms) if a.column is not None}
    listed = [i for i in order if i in columns]
    rows = [*own, *(columns[i] for i in listed)]
    chosen = [listed[k - len(own)] for k in independent_rows(rows) if k >= len(own)]
    places = tuple(sorted([*first.values(), *chosen]))
    inside = transpose([*(columns[i] for i in chosen), *own]) if chosen or own else ()
    shares, extra = [], []
    for i, a in enumerate(atoms):
        share = [Fraction(0)] * len(places)
        rest: tuple[Fraction, ...] = ()
        if a.column is None:
            share[places.index(first[_form(a, O)])] = Fraction(1)
        else:
            found = solve(inside, columns[i])
            assert found is not None  # the basis spans all
            for j, t in zip(chosen, found, strict=False):
                share[places.index(j)] = _fraction(t)
            rest = tuple(_fraction(t) for t in found[len(chosen) :])
        shares.append(tuple(share))
        extra.append(rest)
    return Basis(places, tuple(shares), tuple(extra))


def _form(atom: TiedAtom, O: Matrix) -> Matrix:
    """Return the form of an atom, where kappa is in the span of O if there is one."""
    V = atom.V
    return gram([[dot(o, v) for v in transpose(V)] for o in O]) if O else gram(V)


def _fraction(t: object) -> Fraction:
    assert isinstance(t, Fraction)  # of rational columns
    return t
