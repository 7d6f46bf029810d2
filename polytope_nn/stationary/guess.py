"""Face programs in floats, many at once: a guess at kappa and the weights of each block set.

With ``kappa = Q'nu`` (Q a basis of what Z leaves) and weights c the face program is

    min over c >= 0 of  r'M(c)^-1 r / 2 + beta^2 sum_a c_a / 2,

``M(c) = Q W^-1 Q' + sum_a c_a Q B_a Q'``, convex in c; ``nu = M(c)^-1 r``, ``r = Q y``. Newton's
method with the weights that are 0, and want to be, held. Nothing here is believed.

Far below the beta at which a first neuron appears M(c) is nearly singular in floats. There the
program is solved at a larger beta: weights are nearly inverse to beta, and kappa is made of them
exactly.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import floor, frexp, isfinite, lcm, ldexp
from operator import mul
from typing import TYPE_CHECKING

from polytope_nn.exact.rational import Matrix, Vector, approximate_root
from polytope_nn.exact.scalar import Scalars, dot
from polytope_nn.problems.training import TrainingProblem

from .blocks import Block, Row, in_integers
from .compatible import reduced
from .equations import weighted

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["Guesser", "independent"]

_INDEPENDENT = 1e-5  # of a unit vector, outside the span of the others
_STEPS = 60
_HALVINGS = 10
_FAR = 16  # a pull this large, in units of beta, is far from the solution
_FARTHEST = 1e7  # pulls of the labels, in units of beta, that floats are asked for
_BITS = 80  # of a guess, in integers
_CHUNK = 20_000  # block sets that are solved together
_SETTLED = 1e-9  # of a step, in units of the weights: Newton's next one is far less
_RIDGE = 1e-9
_ROUNDING = 1e-14
_SEEN = 1e-15  # of the size of a matrix
_LEAST = 1e-300
_LAST = 1e-14  # of a weight: less is rounding


@dataclass(frozen=True)
class Guesser:
    """Solves the face programs of block sets in floats."""

    problem: TrainingProblem
    blocks: tuple[Block, ...]

    @cached_property
    def basis(self) -> Matrix:
        """The matrix Q, whose rows span what Z leaves of kappa."""
        D = self.problem
        if D.free.columns:
            return D.free.quotient
        one = D.y[0] * 0 + 1
        return tuple(tuple(one * int(i == j) for j in range(D.n)) for i in range(D.n))

    @cached_property
    def _whole(self) -> tuple[tuple[tuple[int, ...], ...], int]:
        """The columns of Q in integers, and what they were multiplied by."""
        rows, den = in_integers(self.basis)
        return tuple(zip(*rows, strict=True)), den

    @cached_property
    def _constants(self) -> "tuple[Floats, Floats, Floats]":
        """Return M(0), r and the factors ``Q V_a / beta``, as floats."""
        import numpy as np

        D, Q = self.problem, self.basis
        inverse = D.inverse_weights
        weighted = [[t * w for t, w in zip(row, inverse, strict=True)] for row in Q]
        M = np.array([[float(dot(p, q)) for q in Q] for p in weighted])
        r = np.array([float(dot(q, D.y)) for q in Q])
        beta = approximate_root(D.beta_squared)
        wholes = [b.whole for b in self.blocks]
        rest = iter(reduced(D, [c for W in wholes for c in W.columns]))
        up, down = beta.denominator, beta.numerator * self._whole[1]
        V = [
            [[t * up / (down * W.den) for t in next(rest)] for _ in W.columns]
            for W in wholes
        ]
        return M, r, np.array(V).transpose(0, 2, 1)

    def solved(self, sets: Sequence[tuple[int, ...]]) -> "tuple[Floats, Floats]":
        """Return nu, shape (S, p), and the weights ``beta^2 c``, shape (S, k), of block sets.

        nu is no number where floats do not have it.
        """
        import numpy as np

        places = np.array(sets, dtype=np.int64)
        parts = [self._chunk(places[i : i + _CHUNK]) for i in range(0, len(places), _CHUNK)]
        return np.concatenate([n for n, _ in parts]), np.concatenate([c for _, c in parts])

    def exactly(
        self, T: Sequence[int], nu: "NDArray[np.float64]", c: "NDArray[np.float64]"
    ) -> tuple[Vector, Vector]:
        """Return kappa and c of one block set as the fractions they are; ``Z'kappa = 0``."""
        import numpy as np

        weights = tuple(Fraction(t) / self.problem.beta_squared for t in c.tolist())
        if np.isfinite(nu).all():
            given = tuple(map(Fraction, nu.tolist()))
        else:
            given, weights = self._made(T, weights)
        if self.problem.free.columns:
            rows, den = self._whole
            unit = lcm(*(t.denominator for t in given))
            whole = [t.numerator * (unit // t.denominator) for t in given]
            given = tuple(Fraction(sum(map(mul, row, whole)), den * unit) for row in rows)
        return given, weights

    def whole(
        self, T: Sequence[int], nu: "NDArray[np.float64]", c: "NDArray[np.float64]"
    ) -> tuple[tuple[Row, int], tuple[Row, int]]:
        """Return kappa and c of one block set in integers, each over one denominator."""
        square = self.problem.beta_squared
        numbers = nu.tolist()
        if all(map(isfinite, numbers)):
            (masses, unit), (K, den) = _integers(c.tolist()), _integers(numbers)
            masses, unit = (
                tuple(square.denominator * t for t in masses),
                square.numerator * unit,
            )
        else:
            given = self._made(T, [Fraction(t) / square for t in c.tolist()])
            ((K,), den), ((masses,), unit) = (in_integers([v]) for v in given)
        if self.problem.free.columns:
            rows, more = self._whole
            K, den = tuple(sum(map(mul, row, K)) for row in rows), den * more
        return (K, den), (masses, unit)

    def _made(self, T: Sequence[int], c: Sequence[Fraction]) -> tuple[Vector, Vector]:
        return weighted(self.problem, [self.blocks[a] for a in T], self.basis, c)

    def _chunk(self, places: "NDArray[np.int64]") -> "tuple[Floats, Floats]":
        import numpy as np

        M0, r, V = self._constants
        start = _regular(M0[None], r[None, :, None])[0, :, 0]
        pulled = np.linalg.norm(start @ V, axis=1)[places].max(axis=1)
        share = np.minimum(1, _FARTHEST / np.maximum(pulled, _LEAST))
        W = V[places] * share[:, None, None, None]  # (S, k, p, d)
        size = (W * W).sum(axis=(2, 3))
        c = np.trace(M0) / np.maximum(size, _LEAST) / places.shape[1]
        c = _nearer(M0, r, W, c)
        nu, left = np.zeros((len(c), len(r))), np.arange(len(c))
        for _ in range(_STEPS):
            value, nu[left], gradient, (M, F) = _evaluated(M0, r, W[left], c[left])
            hessian = F @ _regular(M, F.transpose(0, 2, 1))
            held = (c[left] <= 0) & (gradient >= 0)
            step = _newton(gradient, hessian, held)
            falling = (c[left] <= 0) & (step < 0)
            more = np.flatnonzero(falling.any(axis=1))
            held = (held | falling)[more]
            step[more] = _newton(gradient[more], hessian[more], held)
            moved, worse = _descended((M0, r, W[left]), c[left], step, value)
            # reweighted least squares: slower, and never up
            moved[worse] = c[left][worse] * np.sqrt(np.maximum(1 - 2 * gradient[worse], 0))
            change = np.abs(moved - c[left]).max(axis=1)
            c[left] = moved
            left = left[change > _SETTLED * moved.max(axis=1)]
            if not len(left):
                break
        nu = _evaluated(M0, r, W, c)[1]
        nu[share < 1] = np.nan
        return nu, c * share[:, None]


def _integers(numbers: Sequence[float]) -> tuple[Row, int]:
    """Return numbers, rounded to some bits of the largest, over one power of 2.

    >>> _integers([0.75, 1.0])[0][0] * 4 == _integers([0.75, 1.0])[0][1] * 3
    True
    """
    shift = max(0, _BITS - frexp(max(map(abs, numbers)))[1])
    return tuple([floor(ldexp(t, shift)) for t in numbers]), 1 << shift


def _nearer(M0: "Floats", r: "Floats", W: "Floats", c: "Floats") -> "Floats":
    """Return weights that are not far too small: from there Newton's method gains little.

    Far from the solution the pulls are as the inverse weights: each is multiplied by its own.
    """
    import numpy as np

    c, left = c.copy(), np.arange(len(c))
    for _ in range(_STEPS):
        gradient = _evaluated(M0, r, W[left], c[left])[2]
        pulls = np.sqrt(np.maximum(1 - 2 * gradient, 0))
        far = pulls.max(axis=1) > _FAR
        left, pulls = left[far], pulls[far]
        if not len(left):
            break
        c[left] *= np.maximum(pulls, 1)
    return c


def _descended(
    program: "tuple[Floats, Floats, Floats]", c: "Floats", step: "Floats", value: "Floats"
) -> "tuple[Floats, NDArray[np.int64]]":
    """Return weights along a step with no larger objective, and where none were found."""
    import numpy as np

    M0, r, W = program
    falling = (c > 0) & (step < -_LAST * c)
    falls = np.divide(c, step, out=np.full_like(c, -np.inf), where=falling)
    share = np.minimum(1, -falls.max(axis=1))  # until a weight is 0
    moved = _moved(c, step, share)
    worse = np.arange(len(c))
    for _ in range(_HALVINGS):
        new = _evaluated(M0, r, W[worse], moved[worse])[0]
        worse = worse[~(new <= value[worse] * (1 + _ROUNDING))]
        if not len(worse):
            break
        share[worse] /= 4
        moved[worse] = _moved(c[worse], step[worse], share[worse])
    return moved, worse


def _moved(c: "Floats", step: "Floats", share: "Floats") -> "Floats":
    """Return the weights after a share of a step, rounded to 0 where they nearly are."""
    import numpy as np

    moved = np.maximum(c + share[:, None] * step, 0)
    return np.where(moved <= c * _LAST, 0, moved)


def _newton(gradient: "Floats", hessian: "Floats", held: "NDArray[np.bool_]") -> "Floats":
    """Return Newton's step; 0 where weights are held."""
    import numpy as np

    k = gradient.shape[1]
    H = np.where(held[:, :, None] | held[:, None, :], 0, hessian)
    scale = np.sqrt(np.einsum("skk->sk", H))
    scale[scale == 0] = 1
    H = H / scale[:, :, None] / scale[:, None, :]
    H = H + np.eye(k) * np.where(held, 1, _RIDGE)[:, :, None]
    right = np.where(held, 0, -gradient) / scale
    step = np.linalg.solve(H, right[:, :, None])[:, :, 0] / scale
    return np.where(held, 0, step)


def _evaluated(
    M0: "Floats", r: "Floats", W: "Floats", c: "Floats"
) -> "tuple[Floats, Floats, Floats, tuple[Floats, Floats]]":
    """Return the objective, nu, the gradient, and M and the features at weights c."""
    import numpy as np

    S, k, p, d = W.shape
    flat = W.transpose(0, 2, 1, 3).reshape(S, p, k * d)
    weighted = flat * np.repeat(c, d, axis=1)[:, None, :]
    M = M0 + weighted @ flat.transpose(0, 2, 1)
    nu = _regular(M, np.broadcast_to(r, (S, p))[:, :, None])[:, :, 0]
    g = (nu[:, None, :] @ flat).reshape(S, k, d)
    F = (W @ g[:, :, :, None])[:, :, :, 0]  # (S, k, p)
    value = (nu @ r + c.sum(axis=1)) / 2
    return value, nu, (1 - (g * g).sum(axis=2)) / 2, (M, F)


def _regular(M: "Floats", right: "Floats") -> "Floats":
    """Return the solutions of systems with positive definite matrices, or what is near them."""
    import numpy as np

    try:
        found = np.linalg.solve(M, right)
    except np.linalg.LinAlgError:  # weights so large that floats do not see M(0)
        size = np.trace(M, axis1=1, axis2=2)[:, None, None]
        found = np.linalg.solve(M + _SEEN * size * np.eye(M.shape[1]), right)
    return found.astype(np.float64, copy=False)


def independent(features: Sequence[Scalars]) -> bool:
    """Return whether vectors look independent, not nearly dependent.

    >>> independent([(1, 0), (1, 1)]), independent([(1, 1), (2, 2)])
    (True, False)
    """
    import numpy as np

    F = np.array([[float(t) for t in f] for f in features])
    sizes = np.linalg.norm(F, axis=1)
    if F.shape[0] > F.shape[1] or not sizes.all():
        return False
    return bool(np.linalg.svd(F / sizes[:, None], compute_uv=False)[-1] > _INDEPENDENT)
