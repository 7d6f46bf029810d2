"""A floating-point hint at the dual optimum: the convex program, cone by cone (THEORY §1).

The convex reformulation is solved by an interior-point method over a few cones; the topes
where the dual variable it gives is too large are added until there are none. Nothing here
is believed: what comes out is refined and proved elsewhere, or not used.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

from polytope_nn.geometry.arrangement import Arrangement

from .floats import Hints, to_float

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["ConicHint", "Pressing", "float_kappa"]

_SLACK = 1e-7  # the solver's own accuracy: a dual value within it needs no further cone
_ENTERING = 12  # cones added at a time
_ROUNDS = 60
_SAME = 1e-12
_FIXED = 80  # bits after the point of a term of an exact pull


@dataclass(frozen=True)
class Pressing:
    """One sign on one tope where the dual variable is large, and its projection.

    ``direction`` is the scaled g (its length is close to 1), ``rows`` the facets whose
    multiplier is positive.
    """

    tope: int
    sign: int
    direction: "NDArray[np.float64]"
    rows: tuple[int, ...]
    length: float


@dataclass(frozen=True)
class ConicHint:
    """The arrangement of a problem in floats: unit rows, patterns as an array."""

    hints: Hints
    H: Arrangement

    @cached_property
    def patterns(self) -> "NDArray[np.int64]":
        """The patterns as an array, shape (topes, n)."""
        import numpy as np

        return np.array(self.H.patterns, dtype=np.int64).reshape(len(self.H), -1)

    def pulls(self, scaled: "NDArray[np.float64]") -> "NDArray[np.float64]":
        """Return ``X'D kappa / beta`` for every tope, shape (topes, d), from floats."""
        pulls: NDArray[np.float64] = ((self.patterns > 0) * scaled) @ self.hints.unit
        return pulls

    def exact_pulls(self, kappa: Sequence[Fraction]) -> "NDArray[np.float64]":
        """Return the same from fractions: large terms that cancel lose nothing."""
        import numpy as np

        hints = self.hints
        terms = [
            [k / hints.beta * t for t in x] for k, x in zip(kappa, hints.X, strict=True)
        ]
        one = 1 << _FIXED
        table = np.array([[round(t * one) for t in row] for row in terms], dtype=object)
        sums = (self.patterns > 0).astype(object) @ table
        return np.array([[to_float(Fraction(x, one)) for x in row] for row in sums])

    def pressing(self, scaled: "NDArray[np.float64]", least: float) -> list[Pressing]:
        """Return the topes and signs with ``|g| > least * beta``, the longest first."""
        return self.pressed(self.pulls(scaled), least)

    def pressed(self, pulls: "NDArray[np.float64]", least: float) -> list[Pressing]:
        """Return the same for given pulls."""
        import numpy as np

        found = []
        for i in np.flatnonzero((pulls**2).sum(axis=1) > least**2):
            facets = self.H.facets(self.H.patterns[i])
            for sign in (1, -1):
                g, mu = self.hints.projected(sign * pulls[i], self.patterns[i], facets)
                length = float(np.linalg.norm(g))
                if length > least:
                    rows = tuple(k for k, x in zip(facets, mu, strict=True) if x > 0)
                    found.append(Pressing(int(i), sign, g, rows, length))
        return sorted(found, key=lambda f: (-f.length, f.tope, -f.sign))


def float_kappa(
    conic: ConicHint, labels: "NDArray[np.float64]", weights: "NDArray[np.float64]"
) -> "tuple[NDArray[np.float64], NDArray[np.float64]]":
    """Return the dual variable of ``1/2 sum weights (fit - labels)^2 + sum |u|``, about.

    Labels, weights and rows are scaled so that beta is 1 (see :class:`Hints`). Rows of one
    direction have one fit z, and act as one sample of their mean label. The second array
    has their sum on the first of them and 0 on the others: the same pulls, without the
    cancellation.
    """
    import numpy as np

    group = _directions(conic.hints.unit)
    rows = np.flatnonzero(group == np.arange(len(group)))
    total = np.zeros(len(group))
    np.add.at(total, group, weights)
    mean = np.zeros(len(group))
    np.add.at(mean, group, weights * labels)
    mean = np.divide(mean, total, out=mean, where=total > 0)
    merged = total * mean
    cones: dict[tuple[int, int], None] = {}
    for _ in range(_ROUNDS):
        fresh = [
            (f.tope, f.sign)
            for f in _spread(conic.pressing(merged, 1 + _SLACK))
            if (f.tope, f.sign) not in cones
        ]
        if not fresh:
            break
        cones.update(dict.fromkeys(fresh[:_ENTERING]))
        z = _restricted(conic, mean[rows], total[rows], rows, list(cones))
        if not np.isfinite(z).all():
            break
        merged = np.zeros(len(group))
        merged[rows] = z
    share = weights / np.where(total > 0, total, 1)[group]
    return weights * (labels - mean[group]) + share * merged[group], merged


def _directions(unit: "NDArray[np.float64]") -> "NDArray[np.int64]":
    """Return for each row the first row of the same direction, as far as floats tell."""
    import numpy as np

    alike = np.abs(unit[:, None, :] - unit[None, :, :]).max(axis=2) < _SAME
    first: NDArray[np.int64] = np.argmax(alike, axis=1)
    return first


def _spread(found: Sequence[Pressing]) -> list[Pressing]:
    """Return one tope for each direction: the copies on neighbouring cones come last."""
    seen: set[tuple[int, ...]] = set()
    first: list[Pressing] = []
    copies: list[Pressing] = []
    for f in found:
        key = (f.sign, *(round(float(x) * 1e4) for x in f.direction))
        (copies if key in seen else first).append(f)
        seen.add(key)
    return first + copies


def _restricted(
    conic: ConicHint,
    labels: "NDArray[np.float64]",
    weights: "NDArray[np.float64]",
    rows: "NDArray[np.int64]",
    cones: Sequence[tuple[int, int]],
) -> "NDArray[np.float64]":
    """Return the dual variable of the given rows, over the given topes and signs.

    It is the multiplier of ``fit - residual = labels``: the residual itself is lost to
    rounding when the weights are large.
    """
    import clarabel
    import numpy as np
    from scipy import sparse

    unit = conic.hints.unit
    n, d = len(rows), unit.shape[1]
    size = n + len(cones) * (d + 1)
    root = np.sqrt(np.maximum(weights, 1e-300))
    P = sparse.diags(np.r_[np.ones(n), np.zeros(size - n)], format="csc")
    q = np.r_[np.zeros(n), np.tile(np.r_[1.0, np.zeros(d)], len(cones))]
    fits = [np.eye(n) / -root[:, None]]
    facet_rows, cone_rows, sizes = [], [], []
    for j, (i, sign) in enumerate(cones):
        pattern = conic.patterns[i]
        fits.append(np.c_[np.zeros(n), sign * (pattern[rows] > 0)[:, None] * unit[rows]])
        facets = list(conic.H.facets(conic.H.patterns[i]))
        at = n + j * (d + 1)
        block = sparse.lil_matrix((len(facets), size))
        block[:, at + 1 : at + 1 + d] = -unit[facets] * pattern[facets, None]
        facet_rows.append(block)
        ball = sparse.lil_matrix((d + 1, size))
        ball[:, at : at + d + 1] = -np.eye(d + 1)
        cone_rows.append(ball)
        sizes.append(d + 1)
    A = sparse.vstack([sparse.csc_matrix(np.hstack(fits)), *facet_rows, *cone_rows], "csc")
    faces = sum(block.shape[0] for block in facet_rows)
    b = np.r_[labels, np.zeros(A.shape[0] - n)]
    K = [clarabel.ZeroConeT(n), clarabel.NonnegativeConeT(faces)]
    K += [clarabel.SecondOrderConeT(s) for s in sizes]
    settings = clarabel.DefaultSettings()
    settings.verbose = False
    settings.tol_gap_abs = settings.tol_gap_rel = settings.tol_feas = 1e-10
    z = clarabel.DefaultSolver(P, q, A, b, K, settings).solve().z
    return -np.array(z[:n])
