"""Certificates of a box of fits, N exact: kinds ``vector_general`` and ``continuum_general``."""

from collections.abc import Callable
from fractions import Fraction

from polytope_nn.certificate.exact import field_of, rank_witness, shape_of, vertex_json
from polytope_nn.certificate.format import Certificate, Json, written
from polytope_nn.certificate.general import forests_of, lifted_columns
from polytope_nn.certificate.trees import cover_tree, pattern_tree
from polytope_nn.certificate.units.planted import cover_of_logarithms, writer
from polytope_nn.checker.claims.vector.outputs import Outputs
from polytope_nn.errors import Undecided
from polytope_nn.exact.ball import Ball
from polytope_nn.exact.linear import rank, transpose
from polytope_nn.exact.logarithms import Logarithms
from polytope_nn.exact.scalar import Scalar
from polytope_nn.geometry.double_description import slice_generators
from polytope_nn.landscape.supports import support
from polytope_nn.vector.optimum import Optimum, added
from polytope_nn.vector.polytope import OptimalSet

from .encoding import (
    Modulo,
    by_column,
    data_of,
    entries_fit,
    outputs_of,
    spoken_atoms,
    spoken_kernel,
    spoken_neurons,
    spoken_rows,
)
from .leaves import orthogonal
from .trees import tope_tree

__all__ = ["boxed_certificate"]

_LOGARITHMIC = {"poisson", "softmax"}
Write = Callable[[Scalar], Json]


def boxed_certificate(P: OptimalSet) -> Certificate:
    """Return the certificate of an exact N of any loss, not checked.

    Raises
    ------
    Undecided
        Where fits are no numbers of the field of N, nor logarithms of rationals.
    """
    O, D = P.optimum, P.optimum.problem
    primes = _primes(O)
    write: Write = writer(primes) if primes else written
    data = data_of(D)
    read = outputs_of(data, logarithms=bool(primes))
    tree, order = pattern_tree(D.arrangement)
    proofs: list[Json] = [tope_tree(D, O.N, pattern) for pattern in order]
    claims: list[Json] = [
        {"claim": "patterns", "counts": [len(order)]},
        {"claim": "dual", "kappa": spoken_rows(O.N)},
        _intervals(O, write),
        *spoken_atoms(O),
    ]
    witness: dict[str, Json] = {
        "patterns": [tree],
        "dual": [proofs],
        "outputs": rank_witness([], transpose(O.N), D.n),
    }
    made = _continuum if O.continua else _finite
    more, proof, numbers = made(P, read, write)
    field: Json = {"primes": [*primes]} if primes else field_of(numbers)
    kind = "continuum_general" if O.continua else "vector_general"
    return Certificate(kind, data, field, claims + more, witness | proof, version=2)


def _primes(O: Optimum) -> list[int]:
    """Return the primes of the logarithms that fits are; none without logarithms."""
    found: set[int] = set()
    for t in (t for ends in O.interval for t in ends):
        if isinstance(t, Ball):
            raise Undecided(
                "certificates of several outputs: N is exact and its fits are balls"
            )
        if isinstance(t, Logarithms):
            found |= set(t.terms)
    if O.problem.kind not in _LOGARITHMIC:
        return []
    return sorted(found) or [2]  # where all of them are 0, a field all the same


def _intervals(O: Optimum, write: Write) -> Json:
    """Return the claim of the fits that belong to N, and the dual value."""
    c = O.problem.c
    fits: list[Json] = [
        [[None if t is None else write(t) for t in ends] for ends in O.interval[i : i + c]]
        for i in range(0, len(O.interval), c)
    ]
    return {"claim": "intervals", "fits": fits, "objective": write(O.value)}


Made = tuple[list[Json], dict[str, Json], list[Scalar]]


def _finite(P: OptimalSet, read: Outputs, write: Write) -> Made:
    """Return the claims about the lifted polytope, what they rest on, and their numbers."""
    O, S = P.optimum, P.staircase
    modulo = Modulo(read)
    features = [modulo(a.feature) for a in O.atoms]
    box = by_column(O.interval, O.problem.c)
    columns, right = lifted_columns(read, features, box)
    logarithms = O.problem.kind in _LOGARITHMIC
    table = transpose(columns) if columns else ((),) * len(right)
    points = P.vertices if logarithms else slice_generators(table, right)[0]
    lifted = [support(x) for x in points]
    shadows = [bits & (1 << len(O.atoms)) - 1 for bits in lifted]
    used = [x for j, x in enumerate(columns) if any(bits >> j & 1 for bits in lifted)]
    dim = len(used) - (rank(used) if used else 0)
    cover = (cover_of_logarithms if logarithms else cover_tree)(lifted, columns, right)
    claims: list[Json] = [
        {"claim": "lifted", "list": [vertex_json(c, write) for c in points], "dim": dim},
        {"claim": "dimension", "rank": P.rank, "used_rank": P.used_rank, "dim": dim},
        *shape_of(S, P.rank, one_fit=O.is_pinned, lifted=True),
    ]
    witness: dict[str, Json] = {
        "cover": cover,
        "lifted": rank_witness(lifted, columns, len(right)),
        "rank": rank_witness(shadows, features, O.problem.n * O.problem.c),
        "components": forests_of(S, shadows),
    }
    return claims, witness, [*_entries(O), *(x for point in points for x in point)]


def _continuum(P: OptimalSet, read: Outputs, write: Write) -> Made:
    """Return the claims about continua, a network with its fit, the width that joins all."""
    O = P.optimum
    claims: list[Json] = [
        {"claim": "continua", "list": list(map(spoken_kernel, O.continua))},
        {"claim": "fitted", "fit": spoken_rows(entries_fit(O), write)},
        {"claim": "network", "neurons": spoken_neurons(O.network, write)},
        {"claim": "connected", "rank": P.rank, "connected_from": P.connected_from},
    ]
    modulo = Modulo(read)
    features = [modulo(a.feature) for a in O.atoms]
    for k in O.continua:
        features += map(modulo, added(O.problem, O.N, k, orthogonal(k.vectors)))
    witness: dict[str, Json] = {
        "rank": rank_witness([], features, O.problem.n * O.problem.c)
    }
    return claims, witness, [*_entries(O), *(c for _, c in O.network)]


def _entries(O: Optimum) -> list[Scalar]:
    return [t for row in O.N for t in row] or [Fraction(0)]
