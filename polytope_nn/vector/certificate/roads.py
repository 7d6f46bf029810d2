"""Certificates of roads and gaps with several outputs (T12, T13).

They are over Q, as with one output: beside N, and beside breakpoints that are not rational; the
lines of the road in fractions are tried as the checker will.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TypeAlias

from polytope_nn.certificate.format import Certificate, Json, written
from polytope_nn.certificate.interpolations import accepted
from polytope_nn.certificate.networks.connections import (
    gap_claim,
    require_known,
    road_claim,
)
from polytope_nn.certificate.networks.dual_point import INSIDE, require_few_patterns
from polytope_nn.certificate.networks.rational_roads import (
    BITS,
    PRECISION,
    alike,
    middle,
    stretch,
)
from polytope_nn.certificate.trees import pattern_tree
from polytope_nn.checker.claims.vector.networks import OfOutputs, Pairs
from polytope_nn.checker.kernel.reading import Refuted
from polytope_nn.errors import Undecided
from polytope_nn.exact.ball import precision
from polytope_nn.exact.radical import exactly
from polytope_nn.exact.rational import Vector
from polytope_nn.exact.scalar import Scalars
from polytope_nn.search.cones.near import beside
from polytope_nn.vector.descent import VectorDescent
from polytope_nn.vector.gap import VectorGap
from polytope_nn.vector.losses.entries import flat, rows_of
from polytope_nn.vector.network import VectorNetwork, VectorNeuron
from polytope_nn.vector.optimum import Optimum
from polytope_nn.vector.paths import VectorPath
from polytope_nn.vector.problem import Rows, VectorProblem
from polytope_nn.vector.trained.connection import VectorConnection

from .encoding import data_of, outputs_of, spoken_atoms, spoken_kernel, spoken_rows
from .trees import tope_tree

__all__ = ["proved_vector_gap", "vector_road"]

_FINE = 3 * BITS  # bits of numbers of breakpoints that are as good as others

Way: TypeAlias = VectorConnection | VectorDescent | VectorPath


def vector_road(found: Way) -> Certificate:
    """Return the certificate that a road has no barrier and comes near the optimum, checked.

    Parameters
    ----------
    found
        A connection of two networks, a descent, or a path of optimal networks.

    Returns
    -------
    Certificate
        Of kind ``vector_road``; the gap is 0 where breakpoints and N are rational.

    Raises
    ------
    Undecided
        When numbers are too long, patterns too many, or the objective rises on the road
        in fractions, which says nothing of the road itself.

    Examples
    --------
    >>> from polytope_nn import VectorProblem, vector_optimal_set
    >>> from polytope_nn.vector.trained.connection import vector_connect
    >>> P = vector_optimal_set(VectorProblem([[2]], [[3, 4]], beta=1))
    >>> x = VectorNetwork((VectorNeuron((1,), (1, 1)),))
    >>> C = vector_road(vector_connect(P, x, VectorNetwork((None,))))
    >>> C.claim("road")["gap"]
    '0'
    """
    if isinstance(found, VectorPath):
        O = found.optimum
    else:
        O = (found if isinstance(found, VectorDescent) else found.down).polytope.optimum
    _require_listed(O.problem)
    return _certified(
        "vector_road", O.problem, O.N, O, lambda N: _of_road(O.problem, found, N)
    )


def proved_vector_gap(problem: VectorProblem, found: VectorGap) -> Certificate:
    """Return the certificate of a gap, of a network of fractions, checked.

    Raises
    ------
    Undecided
        When a number of the network is not rational, or as :func:`vector_road` does.
    """
    _require_listed(problem)
    given = found.network
    numbers = [t for x in given.neurons for t in (*x.u, *x.v)]
    numbers += [*flat(given.skip or ()), *(given.constant or ())]
    net = _in_fractions(problem, given, _Rays())
    if not _are_rational(tuple(numbers)):
        raise Undecided("a certificate: the numbers of the network are not rational")

    def claim(N: Rows) -> Json:
        with precision(PRECISION):
            primal, dual = net.objective(problem), exactly(problem.dual_value(N))
        return gap_claim(_shown(problem, net), primal, dual)

    return _certified("vector_gap", problem, found.kappa, found.optimum, claim)


def _require_listed(D: VectorProblem) -> None:
    """Refuse what a certificate has no words for."""
    require_known(D.entries)
    require_few_patterns([D.design])


def _certified(
    kind: str,
    D: VectorProblem,
    N: Rows,
    O: Optimum | None,
    claim: Callable[[Rows], Json],
) -> Certificate:
    """Return the certificate of a claim beside a rational dual point: N, or near it.

    With O its optimum, N may be tight; else it is taken a little inside.
    """
    if O is not None and O.level == "exact" and _are_rational(flat(N)):
        try:
            return _made(kind, D, N, O, claim)
        except Undecided:
            pass  # an eigenvector on a wall, of an irrational value
    near = flat(N) if _are_rational(flat(N)) else beside(D.entries, [*map(middle, flat(N))])
    inside = rows_of([(1 - INSIDE) * t for t in near], D.c)
    return _made(kind, D, inside, None, claim)


def _are_rational(numbers: Scalars) -> bool:
    """Return whether all numbers are fractions."""
    return all(isinstance(t, Fraction | int) for t in numbers)


def _made(
    kind: str,
    D: VectorProblem,
    N: Rows,
    O: Optimum | None,
    claim: Callable[[Rows], Json],
) -> Certificate:
    """Return the certificate of a claim beside a rational N, tight as O says, or nowhere."""
    tree, order = pattern_tree(D.arrangement)
    proofs: list[Json] = [tope_tree(D, N, pattern) for pattern in order]
    nothing: Json = {"claim": "atoms", "list": []}
    continua: list[Json] = [] if O is None else list(map(spoken_kernel, O.continua))
    claims: list[Json] = [
        {"claim": "patterns", "counts": [len(order)]},
        {"claim": "dual", "kappa": spoken_rows(N)},
        nothing if O is None else spoken_atoms(O)[0],
        {"claim": "continua", "list": continua},
        claim(N),
    ]
    witness: dict[str, Json] = {"patterns": [tree], "dual": [proofs]}
    data = data_of(D)
    return accepted(lambda: Certificate(kind, data, "Q", claims, witness, version=2))


def _of_road(D: VectorProblem, found: Way, N: Rows) -> Json:
    # breakpoints of a path are as good as its ends: they are nearer, to be no higher
    fine = _FINE if isinstance(found, VectorPath) else BITS
    rays, last = _Rays(fine), len(found.breakpoints) - 1
    nets = [
        _in_fractions(D, x, rays, fine if 0 < i < last else BITS)
        for i, x in enumerate(found.breakpoints)
    ]
    with precision(PRECISION):
        values, dual = [x.objective(D) for x in nets], exactly(D.dual_value(N))
    shown = [_shown(D, x) for x in nets]
    W = OfOutputs(outputs_of(data_of(D)))
    read = [W.network(x, found.width, "") for x in shown]
    fits = [W.fit(x) for x in read]

    def falls(i: int, j: int) -> bool:
        return _falls(W, read[i], read[j], fits[j])

    return road_claim(list(shown), found.width, (values, stretch(falls, values)), dual)


def _falls(W: OfOutputs, x: Pairs, z: Pairs, reached: list[Fraction]) -> bool:
    """Return whether the checker proves that the objective falls on a line."""
    try:
        W.fall(x, z, reached, "")
    except Refuted:
        return False
    return True


@dataclass
class _Rays:
    """The rays of neurons: each one rational vector u, of so many bits."""

    bits: int = BITS
    known: list[Vector] = field(default_factory=list)

    def pair(self, x: VectorNeuron, bits: int) -> VectorNeuron:
        """Return a neuron in fractions, v of some bits, on a known ray where it is near one."""
        v = tuple(middle(t, bits) for t in x.v)
        u = tuple(middle(t, self.bits) for t in x.u)
        if not x.raw and any(u):
            k = max(range(len(u)), key=lambda i: abs(u[i]))
            for r in self.known:
                if r[k] * u[k] > 0 and alike(u, r, k):
                    return VectorNeuron(r, tuple(u[k] / r[k] * t for t in v))
            self.known.append(u)
        return VectorNeuron(u, v, x.raw)


def _in_fractions(
    D: VectorProblem, net: VectorNetwork, rays: _Rays, bits: int = BITS
) -> VectorNetwork:
    """Return a network in fractions, with what is free as it has it, or as it fits best."""
    slots = tuple(
        None if x is None or not _is_paid(x) else rays.pair(x, bits) for x in net.slots
    )
    whole = net.completed(D)

    def near(row: Scalars) -> Vector:
        return tuple(middle(t, bits) for t in row)

    skip = None if whole.skip is None else tuple(map(near, whole.skip))
    return VectorNetwork(
        slots, skip, None if whole.constant is None else near(whole.constant)
    )


def _is_paid(x: VectorNeuron) -> bool:
    """Return whether a neuron is not nothing: a balanced one of no output is."""
    return x.raw or (any(map(middle, x.u)) and any(map(middle, x.v)))


def _shown(D: VectorProblem, net: VectorNetwork) -> dict[str, Json]:
    """Return the network of a claim, a row of what is free for each output."""
    neurons: list[Json] = []
    for x in net.slots:
        if x is None:
            neurons.append(None)
            continue
        u, v = (list(map(written, part)) for part in (x.u, x.v))
        neurons.append({"w": u, "alpha": v} if x.raw else {"u": u, "v": v})
    shown: dict[str, Json] = {"neurons": neurons}
    if D.free.columns:
        zeros = (Fraction(0),) * D.c
        slopes = net.skip if net.skip is not None else (zeros,) * len(D.X[0])
        constant = net.constant if net.constant is not None else zeros
        rows = (*(slopes if D.free.has_slopes else ()),)
        rows = (*rows, constant) if D.free.has_constant else rows
        shown["free"] = [[written(row[j]) for row in rows] for j in range(D.c)]
    return shown
