"""The producer for gates, blocks and patterns in balls (``listed_enclosed``, ``lasso_enclosed``).

A basis of the tied ones and the pieces of the losses make the checker's system; the others have the
form of one of the basis, or are sums of its columns.
"""

from collections.abc import Sequence
from fractions import Fraction
from functools import partial

from polytope_nn.certificate.enclosures import first_that_serves, locate
from polytope_nn.certificate.exact import rank_witness
from polytope_nn.certificate.format import Certificate, Json, numerators, sparse
from polytope_nn.certificate.general import data_of, of_solutions
from polytope_nn.certificate.raised import with_hints
from polytope_nn.checker.claims.instance import Instance
from polytope_nn.checker.claims.listed.dual import settled
from polytope_nn.checker.claims.listed.system import Tied, tied_of
from polytope_nn.checker.claims.pieces.system import pieces_of
from polytope_nn.checker.kernel.intervals import Numbers, contains
from polytope_nn.checker.kernel.numbers import Field
from polytope_nn.checker.kernel.reading import Clock, Limits
from polytope_nn.dual.atoms import cone_projection
from polytope_nn.dual.units.blocks import BlockOptimum
from polytope_nn.errors import Undecided
from polytope_nn.exact.linear import independent_rows
from polytope_nn.exact.rational import exponent, text
from polytope_nn.exact.scalar import Scalars, middle, sign, squared_norm
from polytope_nn.landscape.optimal_set import OptimalPolytope
from polytope_nn.landscape.supports import bits_of
from polytope_nn.problems.problem import Problem
from polytope_nn.problems.training import TrainingProblem
from polytope_nn.problems.units.activations import Slopes, Threshold
from polytope_nn.problems.units.lasso import GroupLasso
from polytope_nn.search.units.columns import beta_of

from .bases import Basis, TiedAtom, basis_of, listed_atoms, parts_of_units, vanishes
from .enclosed import forests, numbers, shape
from .hints import Finder
from .neurons import blocks_told
from .patterns import threshold_tree
from .point import spoken_pieces
from .ratios import zeros_told
from .shares import TiedWalls, vertices_told
from .sloped import slopes_told

__all__ = ["rounded", "system_on", "tied_certificate", "weights_of"]

_ZERO = Fraction(0)
_MULTIPLIER_BITS = 100  # a strict bound that is nearer is one of no instance seen


def tied_certificate(P: OptimalPolytope) -> Certificate:
    """Return the certificate of gates, blocks or patterns in intervals, accepted.

    Raises
    ------
    Undecided
        When no precision tried is enough for the checker, or tied features depend on each other.
    """
    if P.missing:
        raise Undecided(P.missing)
    _require_known(P.problem)
    order, atoms = listed_atoms(P)
    basis = basis_of(P, order, atoms)
    return first_that_serves(
        lambda bits: with_hints(_attempt(P, (order, atoms, basis), bits))
    )


def _require_known(problem: Problem) -> None:
    """Raise Undecided for what these kinds do not know."""
    blocks = problem.blocks if isinstance(problem, GroupLasso) else ()
    if any(block.norm != "l2" for block in blocks):
        raise Undecided("certificates of blocks in intervals have the norm l2")


def _attempt(
    P: OptimalPolytope, told: tuple[Sequence[int], Sequence[TiedAtom], Basis], bits: int
) -> Certificate:
    order, atoms, basis = told
    problem = P.problem
    unit, patterns, count = _unit(problem)
    data = data_of(problem, unit)
    pieces = spoken_pieces(P)
    listed: Json = {"claim": "atoms", "list": [a.spoken for a in atoms]}
    system, placed = system_on(basis, data, (pieces, P.optimum.kappa), listed, bits)
    x, located = locate(system, _near(P, order, basis))
    D, idle = system.D, any(contains(t, _ZERO) for t in x[problem.n :][: len(basis.places)])
    if idle and (zeros := zeros_told(system, x)):
        located["zeros"] = [*zeros]
    e = weights_of(system, x)
    supports = sorted(_supports(P, order), key=bits_of)
    claims: list[Json] = [
        {"claim": "patterns", "counts": [count]},
        *numbers(system, x, pieces),
        listed,
        vertices_told(system, e, supports),
        *shape(P),
    ]
    walls = TiedWalls(system, e)
    witness: dict[str, Json] = {
        **placed,
        **located,
        "patterns": patterns,
        "dual": _multipliers(P, order, atoms),
        "cover": walls.cover(supports),
        "rank": rank_witness(supports, basis.shares, len(basis.places) if atoms else D.n),
        "components": forests(P.staircase, supports),
    }
    kind = "listed_enclosed"
    if isinstance(problem, GroupLasso):
        kind, claims = "lasso_enclosed", of_solutions(claims)
    return Certificate(kind, data, {"bits": bits}, claims, witness, version=2)


def system_on(
    basis: Basis,
    data: dict[str, Json],
    at: tuple[list[Json], Scalars],
    listed: Json,
    bits: int,
) -> tuple[Tied, dict[str, Json]]:
    """Return the system of a basis of what is listed, and what tells it.

    It is told ``at`` the pieces of the losses and kappa; entries of kappa that nothing determines
    are pinned.
    """
    D, (pieces, kappa) = Instance(data, Field("Q", Clock(Limits()))), at
    placed = placed_told(basis)
    of = partial(Tied, pieces=pieces_of(D, pieces), bits=bits, hints=Finder(D.clock))
    system = tied_of(D, listed, placed, of)
    pins = _chosen(system, kappa)
    if pins:
        placed["pins"] = [[*pins], [text(t) for t in pins.values()]]
        system = tied_of(D, listed, placed, of)
    return system, placed


def _chosen(system: Tied, kappa: Scalars) -> dict[int, Fraction]:
    """Return entries of kappa that are known and complement what the system says of them."""
    fitted = [k for k in range(system.D.n) if system.fitted(k)]
    known = [k for k in fitted if isinstance(kappa[k], Fraction)]
    columns = [[z[k] for k in fitted] for z in system.Z]
    for f in system.faces:
        held = (dict(zip(f.at, column, strict=True)) for column in f.columns)
        columns += [[Fraction(own.get(k, 0)) for k in fitted] for own in held]
    units = [[Fraction(int(i == k)) for i in fitted] for k in known]
    chosen = independent_rows([*columns, *units])
    pins = [known[j - len(columns)] for j in chosen if j >= len(columns)]
    return {k: t for k in pins if isinstance(t := kappa[k], Fraction)}


def weights_of(system: Tied, x: Numbers) -> Numbers:
    """Return the weights of what is kept of the basis, in a solution of its system."""
    n = system.D.n
    return settled(system, x[n : n + len(system.faces)], x[:n])


def _unit(problem: object) -> tuple[dict[str, Json], Json, int]:
    """Return the neurons or blocks in words, the witness of their patterns, how many."""
    if isinstance(problem, GroupLasso):
        return blocks_told(problem), [], len(problem.blocks)
    assert isinstance(problem, TrainingProblem)  # there are no others
    bias: dict[str, Json] = {"bias": problem.bias}
    if problem.gates is not None:
        masks: list[Json] = [list(mask) for mask in problem.gates]
        return {"kind": "gates", "masks": masks, **bias}, [], len(masks)
    if isinstance(problem.activation, Slopes):  # alike on both sides: one block
        return slopes_told(problem), [], 1
    assert isinstance(problem.activation, Threshold)  # the others have topes
    word = problem.activation.word
    closed = word == "threshold"
    tree, count = threshold_tree(problem.plain_design, closed=closed)
    return {"kind": word, **bias}, tree, count


def placed_told(basis: Basis) -> dict[str, Json]:
    """Return the faces of a system on a basis, and what the others are on it."""
    return {
        "faces": [[i] for i in basis.places],
        "free": [],
        "pins": [[], []],
        "shares": _shares_told(basis),
    }


def _shares_told(basis: Basis) -> list[Json]:
    """Return the shares of the atoms beside the basis."""
    found: list[Json] = []
    for i, (shares, free) in enumerate(zip(basis.shares, basis.free, strict=True)):
        if i in basis.places:
            continue
        at = [j for j, t in enumerate(shares) if t]
        num, den = numerators([shares[j] for j in at])
        found.append([[*at], num, den, [text(t) for t in free]])
    return found


def _near(P: OptimalPolytope, order: Sequence[int], basis: Basis) -> list[Fraction]:
    """Return a point near the solution of the system."""
    O = P.optimum
    masses = [_mass(P, order, i) for i in range(len(order))]
    e = [
        sum((s[j] * c for s, c in zip(basis.shares, masses, strict=True)), _ZERO)
        for j in range(len(basis.places))
    ]
    coefficients = P.free_part(O.weights) if P.problem.free.columns else ()
    kept = [coefficients[j] for j in independent_rows(P.problem.free.columns)]
    pieces = spoken_pieces(P)
    flats = [-O.fit[k] for k, word in enumerate(pieces) if str(word).endswith("flat")]
    return [*map(middle, O.kappa), *e, *map(middle, kept), *map(middle, flats)]


def _mass(P: OptimalPolytope, order: Sequence[int], i: int) -> Fraction:
    """Return about the weight of an atom; of a pattern in units of beta."""
    c = middle(P.optimum.weights[order[i]])
    if isinstance(P.optimum, BlockOptimum):
        return c
    return c / middle(beta_of(P.problem.beta_squared))


def _supports(P: OptimalPolytope, order: Sequence[int]) -> list[int]:
    """Return the supports of the vertices in the order of the certificate's atoms."""
    place = {i: at for at, i in enumerate(order)}
    return [sum(1 << place[a] for a in bits_of(support)) for support in P.supports]


def _multipliers(
    P: OptimalPolytope, order: Sequence[int], atoms: Sequence[TiedAtom]
) -> list[Json]:
    """Return per block and sign what bounds it, or the rows that press on its atom."""
    O = P.optimum
    if not isinstance(O, BlockOptimum):
        return []
    tied = {(O.owners[i], P.atoms[i].sign): a for i, a in zip(order, atoms, strict=True)}
    near = rounded([middle(t) for t in O.kappa])
    found: list[Json] = []
    for part in parts_of_units(P.problem):
        atom = tied.get((part.block, part.sign))
        _, mu = cone_projection(part.cone, part.pull(near))
        if atom is None:
            short = squared_norm(part.pull(near)) * 2 < P.problem.beta_squared
            found.append([] if short else sparse(dict(enumerate(mu))))
            continue
        zero = sorted(
            (k for k, row in enumerate(part.cone) if vanishes(atom.source, k, row)),
            key=lambda k: not sign(mu[k]),
        )
        chosen = [zero[i] for i in independent_rows([part.cone[k] for k in zero])]
        found.append([*sorted(chosen)])
    return found


def rounded(kappa: Sequence[Fraction]) -> list[Fraction]:
    """Return kappa to some bits of its largest entry."""
    largest = max(map(abs, kappa)) or _ZERO + 1
    unit = Fraction(2) ** (_MULTIPLIER_BITS - exponent(largest))
    return [round(t * unit) / unit for t in kappa]
