"""How far a network is from the global optimum, proved (THEORY T13).

``kappa = weights * (y - fit)`` is minus the gradient of the loss. For every ``t`` with
``t max |kappa'(Xu)_+| <= beta`` over ``|u| <= 1`` the dual value
``t kappa'y - (t^2/2) sum_k kappa_k^2 / weights_k`` bounds every network from below, so its
objective minus that bounds its suboptimality. The maximum over a tope and a sign is bounded by
the norm of ``sign X'D kappa + sum_k mu_k s_k x_k`` for *any* ``mu >= 0`` (THEORY §3): floats
guess mu, integers check the bound, and where the bound comes within reach of beta the
projection is done exactly, so that an optimal network has the gap 0 and not almost 0.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import isqrt, lcm
from typing import TYPE_CHECKING, cast

from polytope_nn.dual.atoms import cone_projection
from polytope_nn.exact.radical import RootSum, decimal, enclosure, root_enclosure
from polytope_nn.exact.rational import Matrix, Vector
from polytope_nn.exact.scalar import Scalar, Scalars, dot, squared_norm
from polytope_nn.geometry.arrangement import Arrangement
from polytope_nn.problems.losses import SeparableLoss
from polytope_nn.problems.training import TrainingProblem
from polytope_nn.search.cones.near import are_few, multiple_near
from polytope_nn.search.cones.scaling.multiples import Proof

from .free_parts import completed
from .network import Network

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

__all__ = ["DualBound", "Gap", "Multiplier", "dual_bound", "residual_gap"]

_LISTED = 6000  # regions, beyond which trees of cones bound a residual
_BITS = 60  # of a rounded multiplier
_REACH = Fraction(1, 1 << 30)  # relative excess over beta^2 from which exactness is tried


@dataclass(frozen=True)
class Multiplier:
    """The proof for one tope and sign: ``mu_k > 0`` on the rows k; the other mu are 0."""

    pattern: tuple[int, ...]
    sign: int
    mu: tuple[tuple[int, Fraction], ...]


@dataclass(frozen=True)
class DualBound:
    """A proof of ``|kappa'(Xu)_+|^2 <= square`` for all ``|u| <= 1``.

    ``pattern`` and ``sign`` are where the bound is largest. ``multipliers`` are those of
    the topes that need one: everywhere else ``mu = 0`` proves the bound.
    """

    kappa: Vector
    square: Fraction
    pattern: tuple[int, ...]
    sign: int
    multipliers: tuple[Multiplier, ...]


@dataclass(frozen=True, repr=False)
class Gap:
    """A proved bound on the suboptimality of a network.

    ``primal`` is its objective, ``dual`` the value of the feasible ``kappa``, shape (n,):
    ``dual <= optimum <= primal``. kappa is the dual optimum (its proof is in it), or ``scale``
    times that of the ``bound`` by patterns, or of the ``proof`` without them; ``near`` tells
    that it was searched near the optimum. ``optimal`` tells that the network is proved to be.
    """

    network: Network
    primal: RootSum
    dual: Scalar
    kappa: Scalars
    scale: Fraction = Fraction(1)
    bound: DualBound | None = None
    optimal: bool = False
    proof: Proof | None = None
    near: bool = False

    @property
    def dual_point(self) -> str:
        """What kappa is: ``"optimum"``, ``"near optimum"`` or ``"residual"``."""
        if self.near:
            return "near optimum"
        return "optimum" if self.proof is None and self.bound is None else "residual"

    @property
    def value(self) -> RootSum:
        """The gap, primal minus dual, ``>= 0``; 0 proves the network optimal."""
        return RootSum(()) if self.optimal else self.primal - self.dual

    def __repr__(self) -> str:
        return (
            f"Gap(primal={decimal(self.primal)}, dual={decimal(self.dual)}, "
            f"value={decimal(self.value, 6)})"
        )


def residual_gap(problem: TrainingProblem, network: Network) -> Gap:
    """Return the bound that the network's own residual gives, scaled into the dual.

    With something free the residual is that of the best free part at these neurons, so
    that ``Z'kappa = 0``.

    Parameters
    ----------
    problem
        The training problem; its dual optimum is not needed.
    network
        Any exact network: balanced or not, trained floats included.

    Examples
    --------
    The optimum is 3/2; a network of one neuron, and the empty one:

    >>> D = TrainingProblem([[1]], [2], beta=1)
    >>> residual_gap(D, Network.of((1, [1]))).value, residual_gap(D, Network.of(None)).value
    (0, 1/2)
    """
    network = completed(problem, network)
    primal = network.objective(problem)
    fit = network.fit(problem.design)
    if isinstance(problem.loss, SeparableLoss):
        return _of_a_loss(problem, problem.loss, network, primal)
    # an irrational residual is rounded: any kappa gives a bound, this one all but the best
    z = [sum(enclosure(x, 200), Fraction(0)) / 2 for x in fit]
    kappa = _residual(problem, z)
    square, bound, proof = _widest(problem, kappa)
    linear = dot(kappa, problem.y)
    quadratic = dot(kappa, [k / w for k, w in zip(kappa, problem.weights, strict=True)])
    t = _best_scale(linear, quadratic, square, problem.beta_squared)
    dual = t * linear - t * t * quadratic / 2
    return Gap(network, primal, dual, tuple(t * x for x in kappa), t, bound, proof=proof)


def _of_a_loss(
    problem: TrainingProblem, loss: SeparableLoss, network: Network, primal: RootSum
) -> Gap:
    """Return the bound by a subgradient of any loss at the fit, scaled (general G8).

    Where what is free moves it out of the domain of kappa it is scaled into it first.
    """
    free = [problem.free.columns[j] for j in problem.free.basis]
    kappa = loss.near_gradient(network.fit(problem.design), free)
    square, bound, proof = _widest(problem, kappa)
    t = Fraction(1)
    if square > problem.beta_squared:
        t = root_enclosure(problem.beta_squared / square, 120)[0]
    scaled = tuple(t * x for x in kappa)
    return Gap(network, primal, -loss.conjugate(scaled), scaled, t, bound, proof=proof)


def _widest(
    problem: TrainingProblem, kappa: Vector
) -> tuple[Fraction, DualBound | None, Proof | None]:
    """Return a bound on ``|g|^2`` and its proof: by the patterns, or where many without them."""
    if not are_few(problem, _LISTED):
        near = multiple_near(problem, kappa)
        return near.square, None, near.proof
    bounds = (
        dual_bound(chart.design, kappa, problem.beta_squared, chart.arrangement)
        for chart in problem.charts
    )
    bound = max(bounds, key=lambda b: b.square)
    return bound.square, bound, None


def _residual(problem: TrainingProblem, z: Sequence[Fraction]) -> Vector:
    """Return ``weights (y - z - Z a)`` for the best a: then ``Z'kappa = 0``."""
    gap = [y - t for y, t in zip(problem.y, z, strict=True)]
    return problem.free.left(gap, problem.weights)


def _best_scale(
    linear: Fraction, quadratic: Fraction, square: Fraction, beta_squared: Fraction
) -> Fraction:
    """Return the best ``t >= 0`` with ``t^2 square <= beta^2``; rounded down if irrational.

    ``t linear - t^2 quadratic/2`` rises up to ``t = linear/quadratic``.
    """
    if linear <= 0:
        return Fraction(0)
    best = linear / quadratic  # linear > 0 only where kappa is not 0
    if best * best * square <= beta_squared:
        return best
    return root_enclosure(beta_squared / square, 120)[0]


def dual_bound(
    X: Matrix, kappa: Vector, beta_squared: Fraction, H: Arrangement
) -> DualBound:
    """Return a proved bound on ``max |kappa'(Xu)_+|`` over ``|u| <= 1``.

    Topes are visited by falling ``|X'D kappa|``, the bound of ``mu = 0``, and the visit
    ends when that is no more than the largest bound proved so far.
    """
    sums = _Sums(X, kappa, H)
    unit = sums.unit_square  # squares are whole multiples of 1/unit: no fraction is reduced
    least, near = beta_squared * unit, beta_squared * (1 + _REACH) * unit
    low, high = least.__floor__(), near.__floor__()
    best, exact, worst = 0, None, (H.patterns[0], 1)
    multipliers: list[Multiplier] = []
    for i, unprojected in sums.by_norm():
        if unprojected <= best - (exact is not None):  # which best may exceed by part of 1
            break
        for sign in (1, -1):
            proved, mu = sums.bounded(i, sign)
            value = None
            if low < proved <= high:
                value, mu = _exactly(X, kappa, H.patterns[i], sign, mu)
                proved = (value * unit).__ceil__()
            if mu:
                multipliers.append(Multiplier(H.patterns[i], sign, mu))
            above = exact is not None and (value is None or value > exact)
            if proved > best or (proved == best and above):
                best, exact, worst = proved, value, (H.patterns[i], sign)
    square = Fraction(best, unit) if exact is None else exact
    multipliers.sort(key=lambda m: (m.pattern, -m.sign))
    return DualBound(kappa, square, *worst, tuple(multipliers))


def _exactly(
    X: Matrix,
    kappa: Vector,
    pattern: Sequence[int],
    sign: int,
    guess: tuple[tuple[int, Fraction], ...],
) -> tuple[Fraction, tuple[tuple[int, Fraction], ...]]:
    """Return ``|g|^2`` of the exact projection and its multipliers that are not 0."""
    rows = [tuple(s * t for t in x) for s, x in zip(pattern, X, strict=True)]
    active = [kappa[k] * sign if s == 1 else Fraction(0) for k, s in enumerate(pattern)]
    p = [dot(active, column) for column in zip(*X, strict=True)]
    g, mu = cone_projection(rows, p, [k for k, _ in guess])
    rational = cast("Vector", mu), cast("Vector", g)  # of rational rows and p
    kept = tuple((k, t) for k, t in enumerate(rational[0]) if t)
    return squared_norm(rational[1]), kept


class _Sums:
    """The vectors ``X'D kappa`` of all topes: integers, and floats of norm at most 1."""

    def __init__(self, X: Matrix, kappa: Vector, H: Arrangement) -> None:
        import numpy as np

        over_x = lcm(*(t.denominator for x in X for t in x))
        over_k = lcm(*(t.denominator for t in kappa))
        self.rows = [[int(t * over_x) for t in x] for x in X]
        weights = [int(t * over_k) for t in kappa]
        self.over_k, self.over = over_k, over_x * over_k
        terms = [[k * t for t in x] for k, x in zip(weights, self.rows, strict=True)]
        self.patterns = np.array(H.patterns, dtype=np.int8)
        self.P = (self.patterns > 0).astype(object) @ np.array(terms, dtype=object)
        self.squares = [sum(t * t for t in p) for p in self.P]
        # floats: rows of length 1, and sums of length at most 1
        self.size = isqrt(max(self.squares)) + 1
        self.lengths = [isqrt(sum(t * t for t in x)) + 1 for x in self.rows]
        self.unit = _floats(self.rows, self.lengths)
        self.p = _floats(self.P, [self.size] * len(self.P))
        # a multiplier m of these floats is m * size / length of these integers
        self.shift = max(0, _BITS + max(self.lengths).bit_length() - self.size.bit_length())
        self.factor = [(self.size << self.shift) // length for length in self.lengths]

    @property
    def unit_square(self) -> int:
        """What the squares here are divided by."""
        unit = self.over << self.shift
        return unit * unit

    def by_norm(self) -> Iterator[tuple[int, int]]:
        """Yield tope indices and ``|X'D kappa|^2`` times the unit, the largest first."""
        for i in sorted(range(len(self.squares)), key=lambda i: -self.squares[i]):
            yield i, self.squares[i] << 2 * self.shift

    def bounded(self, i: int, sign: int) -> tuple[int, tuple[tuple[int, Fraction], ...]]:
        """Return a bound on the squared maximum of one sign on tope i, and its mu.

        The bound is a multiple of the unit.
        """
        import numpy as np
        from scipy.optimize import nnls

        pattern = self.patterns[i]
        p = self.p[i] * sign
        try:
            mu, _ = nnls((self.unit * pattern[:, None]).T, -p)
        except RuntimeError:  # no convergence: mu = 0 is a proof too
            return self.squares[i] << 2 * self.shift, ()
        g = [int(t) * sign << self.shift for t in self.P[i]]
        kept = []
        for k in np.flatnonzero(mu):
            N = int(mu[k] * (1 << _BITS)) * self.factor[k] >> _BITS
            s = int(pattern[k]) * N
            g = [x + s * t for x, t in zip(g, self.rows[k], strict=True)]
            kept.append((int(k), Fraction(N, self.over_k << self.shift)))
        return sum(t * t for t in g), tuple((k, t) for k, t in kept if t)


def _floats(rows: Sequence[Sequence[int]], lengths: Sequence[int]) -> "Floats":
    """Return the rows divided by their lengths, whatever the size of the integers."""
    import numpy as np

    one = 1 << 53
    quotients = [
        [t * one // length for t in row] for row, length in zip(rows, lengths, strict=True)
    ]
    return np.array(quotients, dtype=np.float64) / one
