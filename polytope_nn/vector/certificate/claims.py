"""What is claimed of several outputs, with its witness: kinds ``vector`` and ``continuum``."""

from fractions import Fraction
from functools import partial

from polytope_nn.certificate.enclosures import first_that_serves
from polytope_nn.certificate.exact import (
    field_of,
    polytope_witness,
    rank_witness,
    shape_forests,
    shape_of,
    vertex_json,
)
from polytope_nn.certificate.format import Certificate, Json, written
from polytope_nn.certificate.interpolations import accepted
from polytope_nn.certificate.trees import pattern_tree
from polytope_nn.certificate.units.shares import TiedWalls, vertices_told
from polytope_nn.checker.claims.vector.ties import spread
from polytope_nn.errors import Undecided
from polytope_nn.exact.linear import transpose
from polytope_nn.exact.logarithms import Logarithms
from polytope_nn.vector.balls.resting import told_of_rest
from polytope_nn.vector.finding import vector_optimum
from polytope_nn.vector.optimum import Optimum, added, rank_bound
from polytope_nn.vector.polytope import OptimalSet, vector_optimal_set
from polytope_nn.vector.problem import VectorProblem
from polytope_nn.vector.search.relaxed import widened

from .boxed import boxed_certificate
from .enclosures import Located
from .encoding import (
    Modulo,
    data_of,
    outputs_of,
    spoken_atoms,
    spoken_kernel,
    spoken_neurons,
    spoken_rows,
)
from .leaves import orthogonal
from .pairs import begun, paired_certificate
from .trees import tope_tree

__all__ = ["enclosed_certificate", "spread_told", "vector_certificate"]

_FEW_BITS = (256, 1024)  # of certificates that may not be had
_PIECES = {"squared": "smooth", "interpolation": "vertical"}  # of the graph of the loss


def vector_certificate(problem: VectorProblem | Optimum | OptimalSet) -> Certificate:
    """Return the certificate of a problem with several outputs, accepted by the checker.

    Of kind ``vector`` with finitely many atoms (general B4), else ``continuum`` (B6); of losses
    that have a box of fits ``vector_general``, ``continuum_general``. At level interval
    ``vector_enclosed`` and ``continuum_enclosed``, of other losses than the squared one
    ``vector_pieces`` and ``continuum_pieces``: N is dual feasible and tight there only, and what
    follows (proofs/vector.md).

    Parameters
    ----------
    problem
        The problem, its optimum, or its optimal set.

    Returns
    -------
    Certificate
        Of one of these kinds.

    Raises
    ------
    Undecided
        At level interval where the lifted optimal set is no point, or on its
        boundary; where a top eigenvector is on a wall and its eigenvalue irrational; when
        numbers are too long for the checker.

    Examples
    --------
    >>> vector_certificate(VectorProblem([[1, 0], [-1, 0]], [[3, 4], [4, -3]], beta=1))
    Certificate(kind=vector, 11 claims, ... bytes)
    """
    P = vector_optimal_set(problem)
    if P.optimum.is_paired:
        wide = vector_optimum(widened(P.optimum.problem))
        of_pairs = partial(paired_certificate, P, wide)
        try:
            if P.is_listed:
                return first_that_serves(partial(of_pairs, listed=True), _FEW_BITS)
        except Undecided:
            pass  # a vertex on the boundary, or more that is optimal
        return first_that_serves(partial(of_pairs, listed=False))
    if P.optimum.level == "interval" or not _has_exact_fits(P.optimum):
        return first_that_serves(partial(enclosed_certificate, P))
    if P.optimum.problem.kind in _PIECES:
        return accepted(lambda: _made(P))
    try:
        return accepted(lambda: boxed_certificate(P))
    except Undecided:
        if not _has_logarithms(P.optimum):
            raise
    # logarithms that no exact certificate holds
    return first_that_serves(partial(enclosed_certificate, P))


def _has_exact_fits(O: Optimum) -> bool:
    """Return whether fits are numbers of one field with N, or logarithms: of powers, rational."""
    ends = [t for pair in O.interval for t in pair]
    return O.problem.kind != "power" or all(isinstance(t, Fraction) for t in ends)


def _has_logarithms(O: Optimum) -> bool:
    """Return whether a fit is a logarithm."""
    return any(isinstance(t, Logarithms) for pair in O.interval for t in pair)


def enclosed_certificate(P: OptimalSet, bits: int) -> Certificate:
    """Return the certificate in intervals of so many bits, not checked.

    Where the lifted optimal set is one point: with finitely many atoms P is.
    """
    O, D = told_of_rest(P.optimum), P.optimum.problem
    P, data = OptimalSet(O), data_of(D)
    spread = bool(O.stand_ins)
    L = Located(O, outputs_of(data), bits, standing=spread or not D.is_squared)
    claims, witness = begun(L)
    kind = "continuum" if O.continua else "vector"
    kind += "_tied" if spread else "_enclosed" if D.is_squared else "_pieces"
    if O.continua:
        k = sum(len(face.entries) for face in L.system.faces) - len(L.system.tied)
        wide = min(k + 1, rank_bound(D.n, min(D.n, D.c - D.entries.shifted)))
        claims.append({"claim": "spanned", "rank": k, "connected_from": wide})
    else:
        one_fit = not L.stood.loose
        if spread:
            told, proof = spread_told(P, L)
            claims, witness = claims + told, witness | proof
        claims += shape_of(P.staircase, P.rank, one_fit=one_fit)
        witness["components"] = shape_forests(P.staircase)
    return Certificate(kind, data, "Q", claims, witness, version=2)


def _made(P: OptimalSet) -> Certificate:
    O, D = P.optimum, P.optimum.problem
    tree, order = pattern_tree(D.arrangement)
    proofs: list[Json] = [tope_tree(D, O.N, pattern) for pattern in order]
    claims: list[Json] = [
        {"claim": "patterns", "counts": [len(order)]},
        {"claim": "dual", "kappa": spoken_rows(O.N)},
        {
            "claim": "optimum",
            "pieces": [_PIECES[D.kind]] * D.n,
            "fit": spoken_rows(O.fit),
            "objective": written(O.value),
        },
        *spoken_atoms(O),
    ]
    witness: dict[str, Json] = {
        "patterns": [tree],
        "dual": [proofs],
        "outputs": rank_witness([], transpose(O.N), D.n),
    }
    data = data_of(D)
    modulo = Modulo(outputs_of(data))
    more, proof = _continuum(P, modulo) if O.continua else _finite(P, modulo)
    numbers = [t for row in O.N for t in row]
    kind = "continuum" if O.continua else "vector"
    return Certificate(
        kind, data, field_of(numbers), claims + more, witness | proof, version=2
    )


def _finite(P: OptimalSet, modulo: Modulo) -> tuple[list[Json], dict[str, Json]]:
    """Return the claims about the polytope, and what they rest on."""
    O, S = P.optimum, P.staircase
    features = [modulo(a.feature) for a in O.atoms]
    claims: list[Json] = [
        {"claim": "vertices", "list": list(map(vertex_json, P.vertices))},
        {"claim": "dimension", "rank": P.rank, "used_rank": P.used_rank, "dim": P.dim},
        *shape_of(S, P.rank),
    ]
    witness: dict[str, Json] = {
        **polytope_witness(P.supports, features, modulo(O.fit)),
        "components": shape_forests(S),
    }
    return claims, witness


def _continuum(P: OptimalSet, modulo: Modulo) -> tuple[list[Json], dict[str, Json]]:
    """Return the claims about continua, one network and the width that joins all."""
    O = P.optimum
    claims: list[Json] = [
        {"claim": "continua", "list": list(map(spoken_kernel, O.continua))},
        {"claim": "network", "neurons": spoken_neurons(O.network)},
        {"claim": "connected", "rank": P.rank, "connected_from": P.connected_from},
    ]
    features = [modulo(a.feature) for a in O.atoms]
    for k in O.continua:
        features += map(modulo, added(O.problem, O.N, k, orthogonal(k.vectors)))
    n = O.problem.n * O.problem.c
    return claims, {"rank": rank_witness([], features, n)}


def spread_told(P: OptimalSet, L: Located) -> tuple[list[Json], dict[str, Json]]:
    """Return the claims of the vertices of atoms of which some are tied, and their witness."""
    faces, x = L.system.faces, L.proved.x
    masses = [x[face.masses] for face in faces]
    S = spread(L.D, faces, masses, L.witness["tied"])
    told = vertices_told(S, S.totals, P.supports)
    dimension: Json = {
        "claim": "dimension",
        "rank": P.rank,
        "used_rank": P.used_rank,
        "dim": P.dim,
    }
    walls = TiedWalls(S, S.totals)
    columns = [tuple(column) for column in S.columns]
    witness: dict[str, Json] = {
        "cover": walls.cover(P.supports),
        "rank": rank_witness(P.supports, columns, len(columns[0])),
    }
    return [told, dimension], witness
