"""Atoms whose features are sums of those of a basis at this kappa, in shares.

A basis is the support of a vertex, its weights are those of the system; every other feature is a
rational sum of these modulo what is free (proofs/curves.md, *Shares*).
"""

from collections.abc import Sequence
from fractions import Fraction

from polytope_nn.certificate.enclosures import ends
from polytope_nn.certificate.exact import rank_witness
from polytope_nn.certificate.format import Json, numerators
from polytope_nn.certificate.strict_walls import WallTable, midpoint
from polytope_nn.certificate.trees import covered
from polytope_nn.checker.claims.listed import polytope
from polytope_nn.checker.claims.pieces.shared import Shared
from polytope_nn.checker.claims.pieces.system import Pieced
from polytope_nn.checker.kernel.intervals import Numbers
from polytope_nn.checker.lift import hint
from polytope_nn.errors import Undecided
from polytope_nn.exact.linear import solve, transpose
from polytope_nn.exact.parametric import Parametric
from polytope_nn.exact.rational import Vector
from polytope_nn.geometry.farkas import alternative
from polytope_nn.landscape.optimal_set import OptimalPolytope
from polytope_nn.landscape.supports import bits_of

__all__ = ["TiedWalls", "basis_and_shares", "shares_told", "vertices_told"]


def basis_and_shares(P: OptimalPolytope) -> tuple[int, list[Vector]]:
    """Return a vertex whose support is a basis, and the shares of each atom in it.

    Its atoms see the fewest samples: forms of few entries of kappa are seen to be 0.

    Raises
    ------
    Undecided
        When a vertex has fewer atoms than are independent, or a share is no fraction.
    """
    reason = Undecided("certificates in intervals have independent features")
    if any(support.bit_count() != P.rank for support in P.supports):
        raise reason
    seen = [sum(t != 0 for t in a.feature) for a in P.atoms]
    sizes = [sum(seen[a] for a in bits_of(support)) for support in P.supports]
    first = sizes.index(min(sizes))
    basis = bits_of(P.supports[first])
    features = [P.problem.free.modulo(a.feature) for a in P.atoms]
    columns = transpose([features[a] for a in basis])
    found: list[Vector] = []
    for F in features:
        solved = solve(columns, F) or ()
        told = [t.exact if isinstance(t, Parametric) else t for t in solved]
        shares = [t for t in told if isinstance(t, Fraction)]
        if len(shares) != len(basis) or sum(shares) != 1:
            raise reason
        found.append(tuple(shares))
    return first, found


def shares_told(
    S: Pieced, x: Numbers, shares: Sequence[Vector], supports: Sequence[int]
) -> tuple[Json, dict[str, Json]]:
    """Return the claim of the vertices, and what it rests on; shares in the atoms' order."""
    e = x[S.D.n : S.D.n + len(S.faces)]
    C = Shared(S.D, S.bits, [list(row) for row in shares])
    beside: list[Json] = [hint(shares[a]) for a in S.idle]
    told: dict[str, Json] = {
        "of": beside,
        "rank": rank_witness(supports, shares, len(S.faces)),
    }
    return vertices_told(C, e, supports), {
        "cover": TiedWalls(C, e).cover(supports),
        "shares": told,
    }


def vertices_told(
    system: polytope.Coordinates, e: Numbers, supports: Sequence[int]
) -> Json:
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

    def __init__(self, system: polytope.Coordinates, e: Numbers) -> None:
        super().__init__()
        self.system, self.e = system, e
        self.columns = [tuple(system.narrow(a)) for a in system.alive]
        self.right = tuple(map(midpoint, e))

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
        return self.kept(polytope.walls_of(self.system, self.e, self.table[-1:]), vanishing)
