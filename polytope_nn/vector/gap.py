"""How far a network with several outputs is from the global optimum, proved (G8, T13)."""

from dataclasses import dataclass
from fractions import Fraction
from typing import cast

from polytope_nn.called import given
from polytope_nn.dual.fits import left_of, one_fit
from polytope_nn.errors import NotOptimal, Undecided
from polytope_nn.exact.radical import RootSum, decimal, enclosure, root_enclosure
from polytope_nn.exact.rational import approximate_root
from polytope_nn.exact.scalar import Scalar, dot
from polytope_nn.limits import Limits
from polytope_nn.problems.losses import SeparableLoss

from .faces import Covector
from .finding import vector_optimum
from .losses.entries import flat, rows_of
from .losses.softmax import normalised
from .network import VectorNetwork
from .optimum import Optimum
from .oracle import Violation, oracle
from .problem import Rows, VectorProblem
from .search.generation import Generation

__all__ = [
    "FaceBound",
    "VectorGap",
    "vector_gap",
    "vector_residual_gap",
    "with_fitting_part",
]

_ROUNDED = 160  # bits of an irrational residual
_SLACK = 40  # a bound is 2^-40 above what floats say, and then 2^-39, ...
_TRIES = 40


@dataclass(frozen=True)
class FaceBound:
    """The face on which the residual is largest, about; ``sign`` is always 1."""

    pattern: Covector
    sign: int = 1


@dataclass(frozen=True, repr=False)
class VectorGap:
    """A proved bound on the suboptimality: ``dual <= optimum <= primal``.

    ``kappa`` is the dual point, shape (n, c). ``bound`` is None where it is that of the solved
    ``optimum``.
    """

    network: VectorNetwork
    primal: RootSum
    dual: Scalar
    kappa: Rows
    bound: FaceBound | None = None
    optimum: Optimum | None = None

    @property
    def dual_point(self) -> str:
        """What the dual point is: ``"optimum"`` or ``"residual"``."""
        return "optimum" if self.bound is None else "residual"

    @property
    def value(self) -> RootSum:
        """The gap, primal minus dual; 0 proves the network optimal."""
        return self.primal - self.dual

    def __repr__(self) -> str:
        return (
            f"VectorGap(primal={decimal(self.primal)}, dual={decimal(self.dual)}, "
            f"value={decimal(self.value, 6)})"
        )


def vector_gap(
    problem: VectorProblem | Optimum,
    network: VectorNetwork,
    *,
    limits: Limits | None = None,
) -> VectorGap:
    """Return the distance of a network from the optimum of every width, proved.

    Where the optimum is undecided the network's own residual gives the bound.

    >>> P = VectorProblem([[1, 0], [0, 1]], [[6, 4], [4, 6]], beta=1)
    >>> best = {"neurons": [{"u": [4, 5], "v": ["4/5", 1]}, {"u": [1, 0], "v": ["9/5", 0]}]}
    >>> vector_gap(P, VectorNetwork.from_json(best)).value
    0

    Parameters
    ----------
    problem
        The problem, or its optimum.
    network
        A network with as many outputs.
    limits
        How far the search goes.

    Returns
    -------
    VectorGap
        Primal value, dual value, and their difference.

    Raises
    ------
    DimensionError
        When the network is of another dimension.
    Undecided
        When the dual optimum cannot be proved, or a decision is open.
    """
    given((VectorProblem, Optimum), problem)
    given(VectorNetwork, network)
    if isinstance(problem, Optimum):
        O, D = problem, problem.problem
    else:
        D = problem
        network.objective(D)  # refused before the optimum is searched for
        try:
            O = vector_optimum(D, limits=limits)
        except Undecided:
            return vector_residual_gap(D, network)
    whole = network.completed(D)
    if not D.is_squared and D.free.columns and network.skip is network.constant is None:
        other = with_fitting_part(O, network)
        if other is not None and (other.objective(D) - O.value).exact == 0:
            whole = other
    return VectorGap(whole, whole.objective(D), O.value, O.N, optimum=O)


def with_fitting_part(O: Optimum, network: VectorNetwork) -> VectorNetwork | None:
    """Return a network with a free part that makes a fit of N; None where there is none."""
    D = O.problem
    E, made = D.entries, flat(network.fit(D))
    left = left_of(O.interval, made)
    try:
        found = one_fit((), E.free.columns, left)
    except (NotOptimal, Undecided):
        return None
    return network.beside(D, E.coefficients(found))


def vector_residual_gap(problem: VectorProblem, network: VectorNetwork) -> VectorGap:
    """Return the bound that the network's own residual gives, scaled into the dual (G8).

    With b proved not to be below the largest dual value of ``N = weights (Y - fit)``, and
    ``t <= min(1, beta / b)``, ``t N`` is feasible. With something free N must annihilate it:
    a residual that does not is projected.
    """
    if not problem.is_squared:
        return _of_a_loss(problem, network)
    whole = network.completed(problem)
    fit = tuple(tuple(_near(x) for x in row) for row in whole.fit(problem))
    N = _annihilating(problem, problem.dual(fit))
    square, pattern = _largest(problem, N)
    t = Fraction(1)
    if square > problem.beta_squared:
        t = approximate_root(problem.beta_squared / square)
        while t * t * square > problem.beta_squared:
            t *= 1 - Fraction(1, 1 << 50)
    pairs = zip(N, problem.Y, strict=True)
    linear = sum((cast("Fraction", dot(a, b)) for a, b in pairs), Fraction(0))
    half = cast("Fraction", problem.loss(problem.fit(N)))  # rational as N is
    quadratic = 2 * half
    if quadratic:
        t = min(t, max(Fraction(0), linear / quadratic))
    dual = t * linear - t * t * quadratic / 2
    scaled = tuple(tuple(t * x for x in row) for row in N)
    return VectorGap(whole, whole.objective(problem), dual, scaled, FaceBound(pattern))


def _of_a_loss(problem: VectorProblem, network: VectorNetwork) -> VectorGap:
    """Return the bound by a subgradient of any loss at the fit, scaled (general G8).

    Where what is free moves it out of the domain of N the bound is the loss's infimum.
    """
    primal = network.objective(problem)
    E = problem.entries
    assert isinstance(E.loss, SeparableLoss)  # of the others not the squared one is finite
    fit = network.fit(problem)
    near = E.loss.near_gradient(
        flat(normalised(fit)) if E.shifted else flat(fit),
        [E.free.columns[j] for j in E.free.basis],
    )
    if not any(near):
        nowhere = FaceBound((0,) * problem.n)
        return VectorGap(
            network, primal, problem.infimum, rows_of(near, problem.c), nowhere
        )
    N = rows_of(near, problem.c)
    square, pattern = _largest(problem, N)
    t = Fraction(1)
    if square > problem.beta_squared:
        t = root_enclosure(problem.beta_squared / square, _ROUNDED)[0]
    scaled = tuple(tuple(t * x for x in row) for row in N)
    dual = problem.dual_value(scaled)
    return VectorGap(network, primal, dual, scaled, FaceBound(pattern))


def _near(x: Scalar) -> Fraction:
    low, high = enclosure(x, _ROUNDED)
    return (low + high) / 2


def _annihilating(problem: VectorProblem, N: Rows) -> Rows:
    """Return N less what the free columns fit of it, in the weights of the loss."""
    if not problem.free.columns:
        return N
    fit = problem.fit(N)
    bare = VectorNetwork((), None, None)
    shifted = problem.altered(
        Y=[
            [y - z for y, z in zip(labels, row, strict=True)]
            for labels, row in zip(problem.Y, fit, strict=True)
        ],
        loss="squared",
    )
    return shifted.dual(bare.completed(shifted).fit(shifted))


def _largest(problem: VectorProblem, N: Rows) -> tuple[Fraction, Covector]:
    """Return a bound of ``max |N'(Xu)_+|^2 / |u|^2``, proved, and the face it is about on."""
    import numpy as np

    generation = Generation(problem)
    floats = np.array([[float(t / generation.scales[1]) for t in row] for row in N])
    above = generation.inside(floats, 0)
    if not above:
        return Fraction(0), (0,) * problem.n
    value, face, _ = above[0]
    square = Fraction(value) ** 2 * problem.beta_squared
    for i in range(_TRIES):
        trial = square * (1 + Fraction(1, 1 << max(0, _SLACK - i)))
        widened = problem.altered(beta_squared=trial)
        if not isinstance(oracle(widened, N), Violation):
            return trial, face.covector
    raise Undecided("a bound of the residual's largest dual value: give a smaller problem")
