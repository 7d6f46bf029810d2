"""What certificates in intervals begin with, and kind ``vector_paired``: pairs make what is free.

Of the relaxed problem, where all that neurons see is free, the one solution is located; shares of
its masses that go to the opposite atoms make a network of the problem itself (V20).
"""

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from polytope_nn.certificate.enclosures import vertices_of
from polytope_nn.certificate.exact import shape_forests, shape_of
from polytope_nn.certificate.format import Certificate, Json
from polytope_nn.certificate.strict_walls import cover_by
from polytope_nn.certificate.trees import pattern_tree
from polytope_nn.checker.claims.vector.outputs import Outputs
from polytope_nn.checker.claims.vector.pairs import Pairs
from polytope_nn.checker.kernel.intervals import Numbers, regular
from polytope_nn.errors import Undecided
from polytope_nn.exact.linear import independent_rows, solve, transpose
from polytope_nn.exact.rational import text
from polytope_nn.vector.optimum import Optimum, rank_bound
from polytope_nn.vector.polytope import OptimalSet

from .enclosures import Located, claimed, middle_float, spoken_ends
from .encoding import data_of, outputs_of
from .robust import robust_tree
from .standings import columns_of, spoken_pieces
from .trees import tope_of

__all__ = ["begun", "paired_certificate"]

_FINEST = 1 << 20  # denominators of shares
_END = 1e-9  # how near to 0 or 1 a share is that


def begun(L: Located) -> tuple[list[Json], dict[str, Json]]:
    """Return the claims of patterns, of where entries stand, and of the one solution."""
    O, D = L.O, L.O.problem
    tree, order = pattern_tree(D.arrangement)
    N, known = L.rounded, columns_of(L.system, D.free)
    proofs: list[Json] = [robust_tree(tope_of(D, N, s), L.kept, known) for s in order]
    claims: list[Json] = [{"claim": "patterns", "counts": [len(order)]}]
    if L.standing:
        claims.append({"claim": "standing", "pieces": spoken_pieces(O, L.D)})
    claims.append(claimed(L))
    witness: dict[str, Json] = {
        "patterns": [tree],
        "dual": [proofs],
        "system": L.witness,
    }
    return claims, witness


def paired_certificate(
    P: OptimalSet, wide: Optimum, bits: int, *, listed: bool
) -> Certificate:
    """Return the certificate of an optimum by that of its relaxed problem, not checked.

    ``listed``: with the vertices of P, each off its boundary; of kind ``vector_paired_listed``.
    """
    D = P.optimum.problem
    data = data_of(D)
    L = Located(wide, outputs_of(data_of(wide.problem)), bits, standing=True)
    claims, witness = begun(L)
    basis, onto = _coordinates(outputs_of(data), L.D)
    pairs = Pairs(L.proved, onto)
    columns, right = pairs.columns, pairs.right
    shares = _shares(columns, right)
    for t, column in zip(shares, columns, strict=True):
        if t is not None:
            right = [z - x * t for z, x in zip(right, column, strict=True)]
    asked = [column for column, t in zip(columns, shares, strict=True) if t is None]
    found = iter(regular(L.D.clock, asked, right, "witness.pairs"))
    told = [next(found) if t is None else L.system.point(t) for t in shares]
    claims.append({"claim": "paired", "shares": [spoken_ends(t) for t in told]})
    witness["pairs"] = {
        "basis": basis,
        "onto": [list(map(text, row)) for row in onto],
        "shares": [None if t is None else text(t) for t in shares],
    }
    kind = "vector_paired" + "_listed" * listed
    if listed:
        more, proof = _listed(P, pairs, one_fit=not L.stood.loose)
        claims, witness = claims + more, witness | proof
    else:
        k, bound = pairs.rank, rank_bound(D.n, min(D.n, D.c - D.entries.shifted))
        claims.append({"claim": "spanned", "rank": k, "connected_from": min(k + 1, bound)})
    return Certificate(kind, data, "Q", claims, witness, version=2)


def _listed(
    P: OptimalSet, pairs: Pairs, *, one_fit: bool
) -> tuple[list[Json], dict[str, Json]]:
    """Return the claims of the vertices and of what follows from them, and their witness."""
    supports, rank = P.supports, pairs.rank
    claims: list[Json] = [
        vertices_of(pairs, pairs.x, pairs.G, supports),
        {
            "claim": "dimension",
            "rank": rank,
            "used_rank": rank,
            "dim": len(pairs.atoms) - rank,
        },
        *shape_of(P.staircase, rank, one_fit=one_fit),
    ]
    witness: dict[str, Json] = {
        "cover": cover_by(pairs, pairs.x, pairs.G, supports),
        "rank": [],
        "components": shape_forests(P.staircase),
    }
    return claims, witness


def _coordinates(own: Outputs, D: Outputs) -> tuple[list[Json], list[list[Fraction]]]:
    """Return columns that are a basis modulo what is free, and all columns in that basis."""
    left = [[Fraction(t) for t in own.left(z)] for z in D.Z]
    basis = independent_rows(left)
    square = transpose([left[i] for i in basis])
    onto = [solve(square, row) for row in left]
    return list(basis), [[Fraction(t) for t in row or ()] for row in onto]  # type: ignore[arg-type]


def _shares(columns: Sequence[Numbers], right: Numbers) -> list[Fraction | None]:
    """Return shares as far from 0 and 1 as floats find them; None for those to be solved for."""
    from scipy.linalg import qr
    from scipy.optimize import linprog

    A = np.array([[middle_float(t) for t in column] for column in columns]).T
    b = np.array([middle_float(t) for t in right])
    size = np.abs(A).max(axis=1)
    A, b = A / size[:, None], b / size
    many = len(columns)
    between = np.c_[np.eye(many), np.ones(many)], np.c_[-np.eye(many), np.ones(many)]
    solved = linprog(
        np.r_[np.zeros(many), -1.0],
        A_ub=np.vstack(between),
        b_ub=np.r_[np.ones(many), np.zeros(many)],
        A_eq=np.c_[A, np.zeros(len(b))],
        b_eq=b,
        bounds=[(None, None)] * (many + 1),
        method="highs",
    )
    if solved.x is None or solved.x[-1] < -_END:
        raise Undecided("a certificate: shares of pairs of opposite atoms")
    s = solved.x[:many]
    room = np.minimum(s, 1 - s)
    order = qr(A * np.maximum(room, _END), mode="economic", pivoting=True)[2]
    asked = set(order[: len(b)].tolist())
    return [None if i in asked else _rounded(float(t)) for i, t in enumerate(s)]


def _rounded(t: float) -> Fraction:
    return min(max(Fraction(round(t * _FINEST), _FINEST), Fraction(0)), Fraction(1))
