"""Logarithms in certificates: fits of a rational kappa under logistic, exponential, Poisson losses.

Numbers are combinations of 1 and of the logarithms of primes, and so are written; features are
rational. Vertices are those of P, found by pivots.
"""

from collections.abc import Callable, Sequence
from fractions import Fraction

from polytope_nn.certificate.format import Json, written
from polytope_nn.certificate.trees import FarkasWalls, covered
from polytope_nn.dual.optimum import Optimum
from polytope_nn.exact.logarithms import Logarithms, logarithm
from polytope_nn.exact.rational import text
from polytope_nn.exact.scalar import Scalar, Scalars
from polytope_nn.geometry.farkas import alternative
from polytope_nn.landscape.optimal_set import OptimalPolytope
from polytope_nn.problems.losses import SeparableLoss

__all__ = ["cover_of_logarithms", "primes_of", "writer"]


def primes_of(P: OptimalPolytope | Optimum) -> list[int]:
    """Return the primes of the numbers whose logarithms the fits are; none without logarithms."""
    loss = P.problem.loss
    if not isinstance(loss, SeparableLoss) or loss.is_piecewise or loss.kind == "power":
        return []
    found: set[int] = set()
    for y, w, kappa in zip(loss.y, loss.weights, P.kappa, strict=True):
        if not isinstance(kappa, Fraction):
            return []
        t = y - kappa / w if loss.kind == "poisson" else y * kappa / w
        for r in (t, 1 - t) if loss.kind == "logistic" else (t,):
            value = logarithm(r)
            if isinstance(value, Logarithms):
                found |= set(value.terms)
    return sorted(found) or [
        2
    ]  # where all of them are logarithms of 1, a field all the same


def writer(primes: Sequence[int]) -> Callable[[Scalar], Json]:
    """Return what writes numbers as the coordinates of 1 and of the logarithms of primes."""

    def write(x: Scalar) -> Json:
        if not isinstance(x, Logarithms):
            return written(x)
        if not x.terms:
            return text(x.constant)
        return [text(x.constant), *(text(x.terms.get(p, Fraction(0))) for p in primes)]

    return write


def cover_of_logarithms(
    supports: Sequence[int], features: Sequence[Scalars], fit: Scalars
) -> dict[str, Json]:
    """Return the witness that there are no other vertices; its vectors are rational."""
    walls = _RationalWalls(features, fit, supports[0])
    walls.supports = supports
    tree = covered(supports, walls)
    return {"farkas": walls.table, "tree": tree}


class _RationalWalls(FarkasWalls):
    """Farkas vectors that vanish on the features in use, so on the fit: it is not divided by."""

    supports: Sequence[int] = ()

    def separating(self, missing: int | None, vanishing: int) -> Scalars:
        """Return a vector that shows a branch empty."""
        if missing is None:
            return super().separating(missing, vanishing)
        used = 0
        for support in self.supports:
            used |= 0 if support & vanishing else support
        columns = [F for j, F in enumerate(self.features) if not vanishing >> j & 1]
        columns += [
            tuple(-t for t in F) for j, F in enumerate(self.features) if used >> j & 1
        ]
        target = tuple(-t for t in self.features[missing])
        return alternative(columns, target)[1]
