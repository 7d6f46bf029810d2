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
from polytope_nn.limits import Limits, limits_of
from polytope_nn.problems.losses import SeparableLoss

from .bounds.largest import FaceBound, are_listed, largest
from .bounds.near import near_dual
from .finding import vector_optimum
from .losses.entries import flat, rows_of
from .losses.softmax import normalised
from .network import VectorNetwork
from .optimum import Optimum
from .problem import Rows, VectorProblem
from .shared_field import in_one_field

__all__ = [
    "FaceBound",
    "VectorGap",
    "vector_gap",
    "vector_residual_gap",
    "with_fitting_part",
]

_ROUNDED = 160  # bits of an irrational residual
_CUTS = 12  # of a residual
_NEAR = Fraction(1, 1000)  # as good as its bound need be


@dataclass(frozen=True, repr=False)
class VectorGap:
    """A proved bound on the suboptimality: ``dual <= optimum <= primal``.

    ``kappa`` is the dual point, shape (n, c): that of the solved ``optimum``, or ``near`` it, or
    the network's residual. ``bound`` is where that is largest, None where faces are not listed.
    """

    network: VectorNetwork
    primal: RootSum
    dual: Scalar
    kappa: Rows
    bound: FaceBound | None = None
    optimum: Optimum | None = None
    near: bool = False

    @property
    def dual_point(self) -> str:
        """What the dual point is: ``"optimum"``, ``"near optimum"`` or ``"residual"``."""
        if self.near:
            return "near optimum"
        return "residual" if self.optimum is None else "optimum"

    @property
    def value(self) -> RootSum:
        """The gap, primal minus dual; 0 proves the network optimal."""
        gap = self.primal - self.dual
        return RootSum(()) if self.optimum is not None and _is_nothing(gap) else gap

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

    Where the optimum is undecided, or faces are too many to list, a dual point near the optimum
    gives the bound (:mod:`~polytope_nn.vector.bounds.near`), or the network's own residual.

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
        found = _optimum(D, limits_of(limits))
        if not isinstance(found, Optimum):
            return _near_gap(D, network, limits_of(limits))
        O = found
    O, (network,) = in_one_field(O, network)
    whole = network.completed(D)
    if not D.is_squared and D.free.columns and network.skip is network.constant is None:
        other = with_fitting_part(O, network)
        if other is not None and (other.objective(D) - O.value).exact == 0:
            whole = other
    return VectorGap(whole, whole.objective(D), O.value, O.N, optimum=O)


def _optimum(problem: VectorProblem, limits: Limits) -> Optimum | None:
    """Return the optimum, None where it is undecided or has too many faces to be looked for."""
    if not are_listed(problem):
        return None
    try:
        return vector_optimum(problem, limits=limits)
    except Undecided:
        return None


def _near_gap(problem: VectorProblem, network: VectorNetwork, limits: Limits) -> VectorGap:
    """Return the gap to a dual point near the optimum, or by the residual where that is better.

    It is of a network that is optimal.
    """
    residual = vector_residual_gap(problem, network)
    try:
        found = near_dual(problem, limits)
    except Undecided:
        return residual
    if not found.value > residual.dual:
        return residual
    whole = network.completed(problem)
    primal = whole.objective(problem)
    return VectorGap(whole, primal, found.value, found.N, near=True)


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
    found = largest(problem, N, _CUTS, _NEAR)
    t = Fraction(1)
    if found.square > problem.beta_squared:
        t = approximate_root(problem.beta_squared / found.square)
        while t * t * found.square > problem.beta_squared:
            t *= 1 - Fraction(1, 1 << 50)
    pairs = zip(N, problem.Y, strict=True)
    linear = sum((cast("Fraction", dot(a, b)) for a, b in pairs), Fraction(0))
    half = cast("Fraction", problem.loss(problem.fit(N)))  # rational as N is
    quadratic = 2 * half
    if quadratic:
        t = min(t, max(Fraction(0), linear / quadratic))
    dual = t * linear - t * t * quadratic / 2
    scaled = tuple(tuple(t * x for x in row) for row in N)
    return VectorGap(whole, whole.objective(problem), dual, scaled, found.face)


def _of_a_loss(problem: VectorProblem, network: VectorNetwork) -> VectorGap:
    """Return the bound by a subgradient of any loss at the fit, scaled (general G8).

    Where what is free moves it out of the domain of N it is scaled into it first.
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
    found = largest(problem, N, _CUTS, _NEAR)
    t = Fraction(1)
    if found.square > problem.beta_squared:
        t = root_enclosure(problem.beta_squared / found.square, _ROUNDED)[0]
    scaled = tuple(tuple(t * x for x in row) for row in N)
    dual = problem.dual_value(scaled)
    return VectorGap(network, primal, dual, scaled, found.face)


def _is_nothing(gap: RootSum) -> bool:
    """Return whether a sum of roots is proved to be 0, as roots in one field may show it."""
    try:
        return gap.sign() == 0
    except Undecided:
        return False


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
