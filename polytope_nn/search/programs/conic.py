"""A floating-point hint at minimum-norm interpolation: the conic program (THEORY §§1, 8).

``min sum |u|`` subject to ``sum sign D X u + Z a = y``, ``u`` in closed cones of topes, solved by
an interior-point method over a few cones; those where the dual variable it gives is too
large are added until there are none, and at last all those where it is nearly 1, so that
the solution has every optimal direction. Nothing here is believed.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from heapq import merge
from itertools import islice, repeat
from typing import TYPE_CHECKING

from polytope_nn.errors import Undecided
from polytope_nn.exact.rational import Vector, approximate_root
from polytope_nn.exact.scalar import Scalars
from polytope_nn.problems.problem import Problem
from polytope_nn.progress import counted
from polytope_nn.search.candidate import Hint
from polytope_nn.search.floats import Hints, to_float
from polytope_nn.search.pressing import ConicHint, Pressing

from .interior_point import ConeName, cone_program
from .priced import Compressed, Priced, entries

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["ConicInterpolation", "inner_hint"]

_ONE = Fraction(1)
_SLACK = 1e-7  # the solver's own accuracy: a dual value within it needs no further cone
_TIGHT = 1e-4  # cones this close to 1 are part of the last solution
_ALL = 400  # that many cones are taken at once
_ENTERING = 24
_RANK = 1e-14  # of the largest entry, for each row: a direction that is there
_ROUNDS = 60
_LEAST, _MOST = 1e-100, 1e12  # of a loss weight: beyond, labels are all but fitted

Cone = tuple[int, int, int]  # chart, tope, sign


@dataclass(frozen=True)
class ConicInterpolation:
    """The conic program of a problem, in floats of order 1."""

    problem: Problem

    @cached_property
    def charts(self) -> tuple[ConicHint, ...]:
        """The charts, their rows as floats of length 1."""
        return tuple(
            ConicHint(Hints(chart.design, self.problem.beta_squared), chart)
            for chart in self.problem.charts
        )

    @cached_property
    def lengths(self) -> tuple[Fraction, ...]:
        """The scale of each row: its largest length in a chart."""
        return tuple(
            max((chart.hints.lengths[k] for chart in self.charts if any(chart.hints.X[k])),
                default=_ONE)
            for k in range(self.problem.n)
        )  # fmt: skip

    @cached_property
    def label_scale(self) -> Fraction:
        """A rational of the size of the labels, for rows of order 1."""
        pairs = zip(self.problem.y, self.lengths, strict=True)
        return max(abs(y) / length for y, length in pairs) or _ONE

    @cached_property
    def beta(self) -> Fraction:
        """A rational close to beta; 1 for interpolation."""
        return approximate_root(self.problem.beta_squared)

    @cached_property
    def losses(self) -> "NDArray[np.float64] | None":
        """The weights of the squared loss that go with these rows and labels, shape (n,).

        None when the labels are fitted exactly; infinite where one is.
        """
        import numpy as np

        if not any(self.problem.inverse_weights):
            return None
        inverse = self.problem.inverse_weights
        scale = self.label_scale / self.beta
        pairs = zip(self.lengths, inverse, strict=True)
        weights = [
            min(max(to_float(length**2 * scale / t), _LEAST), _MOST) if t else np.inf
            for length, t in pairs
        ]
        return np.array(weights)

    def fit(self, scaled: "NDArray[np.float64]") -> "NDArray[np.float64]":
        """Return the fit that belongs to a dual variable, in units of the labels."""
        return self.labels if self.losses is None else self.labels - scaled / self.losses

    @cached_property
    def labels(self) -> "NDArray[np.float64]":
        """The labels, of order 1."""
        import numpy as np

        pairs = zip(self.problem.y, self.lengths, strict=True)
        return np.array([float(y / length / self.label_scale) for y, length in pairs])

    @cached_property
    def free(self) -> "NDArray[np.float64]":
        """The columns of Z, of order 1, shape (n, p)."""
        return self.columns(self.problem.free.columns)[0].T

    def columns(self, free: Sequence[Vector]) -> "tuple[NDArray[np.float64], Vector]":
        """Return columns as rows of order 1 that go with these labels, and their sizes."""
        import numpy as np

        rows, sizes = [], []
        for z in free:
            scaled = {k: t / self.lengths[k] for k, t in enumerate(z) if t}
            size = max(map(abs, scaled.values()), default=_ONE)
            rows.append(
                [float(scaled[k] / size) if k in scaled else 0.0 for k in range(len(z))]
            )
            sizes.append(size)
        return np.array(rows).reshape(len(rows), self.problem.n), tuple(sizes)

    @cached_property
    def ratios(self) -> "tuple[NDArray[np.float64], ...]":
        """For each chart the length of its rows in units of ``lengths``, shape (n,)."""
        import numpy as np

        return tuple(
            np.array(
                [
                    float(length / scale)
                    for length, scale in zip(chart.hints.lengths, self.lengths, strict=True)
                ]
            )
            for chart in self.charts
        )

    def pressing(
        self, scaled: "NDArray[np.float64]", least: float
    ) -> Iterator[tuple[int, Pressing]]:
        """Yield charts, topes and signs with ``|g| > least``, the longest first."""
        of_charts = [
            zip(repeat(i), chart.pressing(scaled * ratio, least), strict=False)
            for i, (chart, ratio) in enumerate(zip(self.charts, self.ratios, strict=True))
        ]
        return merge(*of_charts, key=lambda found: -found[1].length)

    def hint(self) -> Hint:
        """Return a solution that has all optimal directions, as far as floats can tell."""
        every = [
            (i, tope, sign)
            for i, chart in enumerate(self.charts)
            for tope in range(len(chart.H))
            for sign in (1, -1)
        ]
        if len(every) <= _ALL:
            return self._restricted(every)
        cones = dict.fromkeys(self.spanning())
        solution = self._restricted(list(cones))
        for _ in counted("searching kappa, rounds at most", range(_ROUNDS)):
            over = self.pressing(solution.scaled, 1 + _SLACK)
            fresh = [*islice((c for c in _spread(over) if c not in cones), _ENTERING)]
            if not fresh:
                break
            cones.update(dict.fromkeys(fresh))
            solution = self._restricted(list(cones))
        pressing = self.pressing(solution.scaled, 1 - _TIGHT)
        tight = dict.fromkeys((i, f.tope, f.sign) for i, f in pressing)
        if tight.keys() <= cones.keys():
            return solution
        cones.update(tight)
        return self._restricted(list(cones))

    def spanning(self) -> list[Cone]:
        """Return cones over which y can be fitted: their images span all fits."""
        import numpy as np

        kept = list(self.problem.determining)
        chosen: list[Cone] = []
        basis = _directions(self.free[kept], np.zeros((len(kept), 0)))
        for i, chart in enumerate(self.charts):
            for tope, pattern in enumerate(chart.patterns):
                if basis.shape[1] == len(kept):
                    return chosen
                image = (pattern > 0)[:, None] * chart.hints.unit * self.ratios[i][:, None]
                more = _directions(image[kept], basis)
                if more.shape[1]:
                    basis = np.hstack([basis, more])
                    chosen += [(i, tope, 1), (i, tope, -1)]
        return chosen

    def _restricted(self, cones: Sequence[Cone]) -> Hint:
        """Return the solution over the given cones."""
        import numpy as np

        kept = list(self.problem.determining)
        p = self.free.shape[1]
        sizes = [self.charts[i].hints.unit.shape[1] + 1 for i, _, _ in cones]
        starts = p + np.concatenate([[0], np.cumsum(sizes)]).astype(int)
        last = int(starts[-1])
        price = self.priced(kept)  # the variables of the loss come last
        size = last + price.width
        q = np.zeros(size)
        q[last:] = price.linear
        fits = np.zeros((len(kept), size))
        fits[:, :p] = self.free[kept]
        fits[:, last:] = price.fits
        faces, parts = len(kept), []
        for (i, tope, sign), at, length in zip(cones, starts, sizes, strict=False):
            chart = self.charts[i]
            unit, pattern = chart.hints.unit, chart.patterns[tope]
            q[at] = 1
            image = sign * (pattern > 0)[:, None] * unit * self.ratios[i][:, None]
            fits[:, at + 1 : at + length] = image[kept]
            facets = list(chart.H.facets(chart.H.patterns[tope]))
            block = -unit[facets] * pattern[facets, None]
            parts.append(entries(block, faces, at + 1))
            faces += len(facets)
        balls = np.arange(last - p)  # each (|u|, u) in its cone
        parts += [entries(fits), (balls + faces, balls + p, -np.ones(last - p))]
        parts.append(entries(price.rows, faces + last - p, last))
        A = Compressed((faces + last - p + len(price.right), size), parts)
        b = np.concatenate([price.labels, np.zeros(A.shape[0] - len(kept))])
        b[faces + last - p :] = price.right
        K: list[ConeName] = [("ZeroConeT", (len(kept),))]
        K.append(("NonnegativeConeT", (faces - len(kept),)))
        K += [("SecondOrderConeT", (s,)) for s in sizes]
        K += price.cones
        P = Compressed((size, size), [entries(np.diag(price.curved), last, last)])
        solved = cone_program(P, q, A, b, K, accuracy=1e-10)
        x, z = solved.x, solved.z
        if not solved.finite:
            raise Undecided(
                f"the conic solver failed: {solved.status}: scale X, y and beta to sizes near "
                f"1, or give kappa"
            )
        scaled = np.zeros(self.problem.n)
        scaled[kept] = -z[: len(kept)]
        neurons = tuple(
            (i, sign, x[at + 1 : at + length])
            for (i, _, sign), at, length in zip(cones, starts, sizes, strict=False)
        )
        return Hint(scaled, neurons, fits[:, :last] @ x[:last])

    def priced(self, kept: Sequence[int]) -> Priced:
        """Return the squared loss of the kept samples, or labels that are fitted exactly."""
        import numpy as np

        slack = 0 if self.losses is None else len(kept)  # the residuals
        return Priced(
            self.labels[kept],
            np.eye(slack) if slack else np.zeros((len(kept), 0)),
            np.zeros(slack),
            np.zeros(0) if self.losses is None else self.losses[kept],
            np.zeros((0, slack)),
            np.zeros(0),
        )

    def exact(self, scaled: "NDArray[np.float64]") -> tuple[Fraction, ...]:
        """Return kappa as the rationals that the scaled floats are."""
        pairs = zip(scaled, self.lengths, strict=True)
        return tuple(Fraction(float(t)) * self.beta / length for t, length in pairs)

    def floats(self, kappa: Sequence[Fraction]) -> "NDArray[np.float64]":
        """Return kappa in floats, each entry times the scale of its row."""
        import numpy as np

        pairs = zip(kappa, self.lengths, strict=True)
        return np.array([to_float(t * length / self.beta) for t, length in pairs])


def inner_hint(
    rows: Sequence[Scalars], right: Scalars, e: Scalars
) -> tuple[tuple[Fraction, ...], list[int]]:
    """Return a point far inside of ``{|t_j| <= e_j, rows t = right}``, about, and a basis.

    The basis is a set of columns, as many as rows, that are far from dependent.
    """
    import numpy as np
    from scipy.linalg import qr
    from scipy.optimize import linprog

    A = np.array([[float(x * t) for x, t in zip(row, e, strict=True)] for row in rows])
    k = len(e)
    # in units of e: the largest s with |t_j| <= 1 - s
    bound = np.vstack([np.c_[np.eye(k), np.ones(k)], np.c_[-np.eye(k), np.ones(k)]])
    found = linprog(
        np.r_[np.zeros(k), -1], A_ub=bound, b_ub=np.ones(2 * k),
        A_eq=np.c_[A, np.zeros(len(A))], b_eq=[float(b) for b in right],
        bounds=(None, None), method="highs",
    )  # fmt: skip
    if found.x is None:
        raise Undecided("the opposite pairs do not reach the linear part of the fit")
    _, _, order = qr(A, mode="economic", pivoting=True)
    point = tuple(Fraction(float(t)) for t in found.x[:k] * np.array([float(t) for t in e]))
    return point, sorted(int(j) for j in order[: len(A)])


def _spread(found: Iterable[tuple[int, Pressing]]) -> Iterator[Cone]:
    """Yield one cone for each direction: the copies on neighbouring cones come last."""
    seen: set[tuple[float, ...]] = set()
    copies: list[Cone] = []
    for i, f in found:
        key = (i, f.sign, *(f.direction * 1e4).round().tolist())
        if key in seen:
            copies.append((i, f.tope, f.sign))
        else:
            yield i, f.tope, f.sign
        seen.add(key)
    yield from copies


def _directions(
    columns: "NDArray[np.float64]", basis: "NDArray[np.float64]"
) -> "NDArray[np.float64]":
    """Return orthonormal directions of the columns beside those of an orthonormal basis."""
    import numpy as np

    if not columns.size:
        return columns[:, :0]
    off = columns - basis @ (basis.T @ columns)
    off -= basis @ (basis.T @ off)
    least = _RANK * max(columns.shape[0], 1) * np.abs(columns).max()
    if np.linalg.norm(off) <= least:  # so is each singular value
        return columns[:, :0]
    U, sizes, _ = np.linalg.svd(off, full_matrices=False)
    found: NDArray[np.float64] = U[:, sizes > least]
    return found
