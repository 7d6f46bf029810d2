"""Clarke stationary networks, decided exactly (THEORY T14).

First of all: ``kappa = weights * (y - fit of the network)``, minus the gradient of the loss
there; it is not the dual optimum unless the network is optimal.

A neuron ``(w, alpha)``, not 0, is stationary iff ``|alpha| = |w|`` and
``w/|w| = (sgn alpha/beta) X'S kappa`` for some S in the hull of the patterns of the topes
adjacent to w; a zero neuron always is. The adjacent topes are those of the rows with
``x_k'w = 0``, beside the fixed signs of the others. With ``u`` for ``|alpha| w`` the equation
is ``sign X'S kappa = rho u``, ``rho = beta/|u|``. Adjacent pulls ``sign X'D kappa`` differ by
multiples of rows orthogonal to u, so all have one component along u: it gives rho, whose
square is compared with ``beta^2/|u|^2``; whether ``rho u`` is a mixture of the pulls is decided by
exact linear programming, with the mixture or a Farkas vector as proof.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from polytope_nn.dual.atoms import pull
from polytope_nn.errors import DimensionError, InstanceError
from polytope_nn.exact.radical import RootSum
from polytope_nn.exact.rational import Matrix
from polytope_nn.exact.scalar import Scalar, Scalars, dot, squared_norm
from polytope_nn.geometry.arrangement import arrangement
from polytope_nn.geometry.simplex import feasible
from polytope_nn.landscape.optimal_set import OptimalPolytope, Solvable
from polytope_nn.problems.training import TrainingProblem
from polytope_nn.search.finding import optimum

from .membership import is_optimal
from .network import Network, Neuron, RawNeuron

__all__ = ["Stationarity", "adjacent_patterns", "is_stationary"]

Pattern = tuple[int, ...]


Mixture = tuple[tuple[Pattern, Scalar], ...]


@dataclass(frozen=True)
class Stationarity:
    """Whether a network is Clarke stationary, with the proof for each neuron.

    If it is: ``mixtures`` holds per slot the weighted adjacent patterns whose mixture is the
    S of T14 (``()`` for an empty slot), ``reason`` is ``""``, and ``excess`` is the objective
    minus the optimum of the convex problem: 0 for a global optimum, positive for a
    stationary network that is not one (at widths below m* none reaches 0). If not:
    ``reason`` names the neuron and the condition that fails; where no mixture pulls along
    the ray, ``witness`` is a direction v, shape (d,), with ``v'p > v'(rho u)`` for the pulls p
    of all adjacent patterns.
    """

    network: Network
    mixtures: tuple[Mixture, ...]
    reason: str
    excess: RootSum | None
    witness: Scalars = ()

    def __bool__(self) -> bool:
        return not self.reason

    @property
    def is_global(self) -> bool:
        """Whether the network is stationary and reaches the optimum of the convex problem."""
        return self.excess is not None and self.excess == 0


def is_stationary(problem: Solvable, network: Network) -> Stationarity:
    """Return whether a network is Clarke stationary, with the proof (THEORY T14).

    Examples
    --------
    The popular claim that a stationary network is optimal among the patterns it sees fails
    at concave kinks; this one is stationary, and not optimal:

    >>> from polytope_nn.problems.training import TrainingProblem
    >>> D = TrainingProblem([[1, -1], [0, 1]], [2, 2], beta=1)
    >>> answer = is_stationary(D, Network.of((1, [1, 0])))
    >>> bool(answer), answer.is_global
    (True, False)
    """
    O = problem.optimum if isinstance(problem, OptimalPolytope) else optimum(problem)
    D = O.training
    if D.free.columns:
        raise InstanceError(
            "bias, skip: stationarity needs a penalised bias or none, and no skip"
        )
    if network.dimension not in {None, D.d}:
        raise DimensionError(
            f"the neurons have dimension {network.dimension}, the samples {D.d}"
        )
    fit = network.fit(D.design)
    kappa = tuple(w * (y - z) for w, y, z in zip(D.weights, D.y, fit, strict=True))
    mixtures: list[Mixture] = []
    for j, x in enumerate(network.slots):
        proof = () if x is None else _proof(D, kappa, x)
        if isinstance(proof, _Failure):
            reason = f"neuron {j} {proof.reason}"
            return Stationarity(network, (), reason, None, proof.witness)
        mixtures.append(proof)
    optimal = bool(is_optimal(O, network))
    excess = RootSum(()) if optimal else network.objective(D) - O.value
    return Stationarity(network, tuple(mixtures), "", excess)


@dataclass(frozen=True)
class _Failure:
    """What fails for one neuron."""

    reason: str
    witness: Scalars = ()


def _proof(D: TrainingProblem, kappa: Scalars, x: Neuron | RawNeuron) -> Mixture | _Failure:
    """Return the mixture of adjacent patterns that makes a neuron stationary."""
    if not Network((x,)).is_balanced:
        return _Failure("is not balanced: |alpha| differs from |w|")
    u = x.u
    patterns = adjacent_patterns(D.design, u)
    pulls = [pull(D.design, kappa, x.sign, p) for p in patterns]
    rho = dot(pulls[0], u) / squared_norm(u)
    square = D.beta_squared / squared_norm(u)
    if not rho > 0 or rho * rho != square:
        return _Failure(
            f"is pulled along its ray by {_shown(rho)} times u, not by the root of "
            f"{_shown(square)} times u"
        )
    one = Fraction(1)
    c, farkas = feasible([(*p, one) for p in pulls], (*(rho * t for t in u), one))
    if c is None:
        return _Failure(
            "has no mixture of adjacent patterns that pulls along its ray", farkas[:-1]
        )
    return tuple((patterns[i], t) for i, t in sorted(c.items()))


def adjacent_patterns(X: Matrix, u: Sequence[Scalar]) -> tuple[Pattern, ...]:
    """Return the patterns of the topes whose closed cones contain u, sorted.

    The rows with ``x_k'u = 0`` take the signs of the topes of their own arrangement, since
    near u the others do not change; zero rows are +1.

    >>> one, zero = Fraction(1), Fraction(0)
    >>> adjacent_patterns(((one, zero), (zero, one), (zero, -one)), (one, zero))
    ((1, -1, 1), (1, 1, -1))
    """
    products = [dot(x, u) for x in X]
    undecided = [k for k, z in enumerate(products) if z == 0 and any(X[k])]
    fixed = [1 if z > 0 or not any(x) else -1 for z, x in zip(products, X, strict=True)]
    if not undecided:
        return (tuple(fixed),)
    local = arrangement(tuple(X[k] for k in undecided))
    found = []
    for signs in local.patterns:
        pattern = list(fixed)
        for k, s in zip(undecided, signs, strict=True):
            pattern[k] = s
        found.append(tuple(pattern))
    return tuple(sorted(found))


def _shown(x: Scalar) -> str:
    return str(x) if isinstance(x, Fraction) else f"{float(x):.12g}"
