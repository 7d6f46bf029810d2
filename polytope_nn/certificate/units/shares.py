"""Atoms whose features are sums of those of a basis at this kappa, in shares.

A basis is the support of a vertex, its weights are those of the system; every other feature is a
rational sum of these modulo what is free (proofs/curves.md, *Shares*).
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import partial

from polytope_nn.certificate.enclosures import ends
from polytope_nn.certificate.exact import rank_witness
from polytope_nn.certificate.format import Json, numerators
from polytope_nn.certificate.strict_walls import WallTable, midpoint
from polytope_nn.certificate.trees import covered
from polytope_nn.checker.claims.boxes import polytope
from polytope_nn.checker.claims.pieces.system import Pieced
from polytope_nn.checker.claims.polytope import Based
from polytope_nn.checker.kernel.intervals import Numbers
from polytope_nn.checker.lift import hint
from polytope_nn.errors import Undecided
from polytope_nn.exact.linear import independent_rows, solve, transpose
from polytope_nn.exact.parametric import Parametric
from polytope_nn.exact.rational import Vector
from polytope_nn.exact.scalar import dot, middle
from polytope_nn.geometry.farkas import alternative
from polytope_nn.landscape.optimal_set import OptimalPolytope
from polytope_nn.landscape.supports import bits_of

from .ratios import ties_told

__all__ = ["TiedWalls", "bases_of", "shares_in", "shares_told", "vertices_told"]

_BASES = 8  # that are tried


def bases_of(P: OptimalPolytope) -> Iterator[list[int]]:
    """Yield sets of atoms whose features are a basis, modulo what is free, none twice.

    First the support of a vertex whose atoms see the fewest samples, filled up where it has
    fewer than are independent: forms of few entries of kappa are seen to be 0. Then such as
    symmetries may leave as they are: by the number of active samples, and around each atom.
    """
    seen = [sum(t != 0 for t in a.feature) for a in P.atoms]
    own = [list(bits_of(support)) for support in P.supports]
    most = max(map(len, own))
    every = range(len(seen))
    first = min(
        (at for at in own if len(at) == most), key=lambda at: sum(seen[a] for a in at)
    )
    rest = sorted(set(every) - set(first), key=seen.__getitem__)
    active = [sum(t > 0 for t in a.covector) for a in P.atoms]
    orders = [[*first, *rest], sorted(every, key=active.__getitem__)]
    orders.append(sorted(every, key=active.__getitem__, reverse=True))
    orders += [sorted(every, key=partial(_apart, P, a)) for a in every]
    features = [P.problem.free.modulo(a.feature) for a in P.atoms]
    found: list[list[int]] = []
    for order in orders[:_BASES]:
        chosen = independent_rows([features[a] for a in order])
        basis = sorted(order[i] for i in chosen)
        if basis not in found:
            found.append(basis)
            yield basis


def _apart(P: OptimalPolytope, a: int, b: int) -> int:
    """Return at how many samples two neurons differ."""
    s, t = P.atoms[a], P.atoms[b]
    off = sum(x != y for x, y in zip(s.covector, t.covector, strict=True))
    return off + P.problem.n * (s.sign != t.sign)


def shares_in(P: OptimalPolytope, basis: Sequence[int]) -> tuple[Vector, list[Vector]]:
    """Return the weights of the fit in a basis, and the shares of each atom.

    Raises
    ------
    Undecided
        When a share is no fraction.
    """
    features = [P.problem.free.modulo(a.feature) for a in P.atoms]
    columns = transpose([features[a] for a in basis])
    found: list[Vector] = []
    for F in features:
        solved = solve(columns, F) or ()
        told = [t.exact if isinstance(t, Parametric) else t for t in solved]
        shares = [t for t in told if isinstance(t, Fraction)]
        if len(shares) != len(basis) or sum(shares) != 1:
            raise Undecided("certificates in intervals have independent features")
        found.append(tuple(shares))
    c = list(map(middle, P.vertices[0]))
    return tuple(dot(c, [s[j] for s in found]) for j in range(len(basis))), found


def shares_told(
    S: Pieced, x: Numbers, shares: Sequence[Vector], supports: Sequence[int]
) -> tuple[Json, dict[str, Json]]:
    """Return the claim of the vertices, and what it rests on; shares in the atoms' order."""
    e = x[S.D.n : S.D.n + len(S.faces)]
    C = Based(S.D, S.bits, [list(row) for row in shares])
    beside: list[Json] = [hint(shares[a]) for a in S.idle]
    told: dict[str, Json] = {
        "of": beside,
        "rank": rank_witness(supports, shares, len(S.faces)),
    }
    if all(support.bit_count() == len(e) for support in supports):
        claim, walls = vertices_told(C, e, supports), TiedWalls(C, e)
    else:
        claim, near, told["ties"] = ties_told(S, x, shares, supports)
        walls = TiedWalls(C, e, near)
    return claim, {"cover": walls.cover(supports), "shares": told}


def vertices_told(system: Based, e: Numbers, supports: Sequence[int]) -> Json:
    """Return the claim of the vertices, with the checker's own enclosures."""
    listed: list[Json] = []
    for support in supports:
        at = list(bits_of(support))
        if len(at) != len(e):
            raise Undecided("a vertex uses fewer directions than are independent")
        weights = polytope.weights_of(system, e, at)
        listed.append({"support": [*at], "weights": list(map(ends, weights))})
    return {"claim": "vertices", "list": listed}


class TiedWalls(WallTable):
    """Strict Farkas vectors in the coordinates of the basis."""

    def __init__(self, system: Based, e: Numbers, near: Vector | None = None) -> None:
        super().__init__()
        self.system, self.e = system, e
        self.columns = [tuple(system.narrow(a)) for a in system.alive]
        self.right = near or tuple(map(midpoint, e))

    def cover(self, supports: Sequence[int]) -> dict[str, Json]:
        """Return the witness that there are no vertices but those of these supports."""
        alive = [polytope.among(self.system, support) for support in supports]
        return {"tree": covered(alive, self, strict=True), "farkas": self.table}

    def found(self, missing: int | None, vanishing: int) -> int:
        """Return a new vector that proves that no point of P vanishes there."""
        assert missing is None  # the strict tree asks for empty slices only
        left = [C for j, C in enumerate(self.columns) if not vanishing >> j & 1]
        _, w = alternative(left, self.right)
        if not w:
            raise Undecided("a slice of the optimal polytope is empty only just")
        self.table.append(numerators(w, primitive=True)[0])
        return self.kept(polytope.walls_by(self.system, self.e, self.table[-1:]), vanishing)
