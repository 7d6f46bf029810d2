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

A free bias b is the last entry of u, and in no norm: with w for the others and X with its column
of ones the equation is ``sign X'S kappa = rho (w, 0)``, ``rho = beta/|w|``, so the bias
has its own, ``1'S kappa = 0``. A dead neuron, w and alpha 0, is stationary iff b is not positive
or ``1'kappa = 0``: elsewhere its output weight would move.

What is free beside the neurons is stationary iff ``Z'kappa = 0``: iff it fits best.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from polytope_nn.dual.atoms import pull
from polytope_nn.errors import Undecided
from polytope_nn.exact.radical import RootSum
from polytope_nn.exact.rational import Matrix
from polytope_nn.exact.scalar import Scalar, Scalars, dot, squared_norm
from polytope_nn.geometry.arrangement import arrangement
from polytope_nn.geometry.simplex import feasible
from polytope_nn.problems.losses import SeparableLoss, SquaredLoss
from polytope_nn.problems.training import TrainingProblem
from polytope_nn.search.cones.many import has_many_patterns

from .free_parts import completed
from .network import Network, Neuron, RawNeuron
from .neuron import slot_of

__all__ = ["Stationarity", "adjacent_patterns", "judged", "kappa_at", "moved"]

Pattern = tuple[int, ...]


Mixture = tuple[tuple[Pattern, Scalar], ...]


@dataclass(frozen=True)
class Stationarity:
    """Whether a network is Clarke stationary, with the proof for each neuron.

    If it is: ``mixtures`` holds per slot the weighted adjacent patterns whose mixture is the
    S of T14 (``()`` for an empty slot), ``reason`` is ``""``, and ``excess`` is the objective
    minus the optimum of the convex problem: 0 for a global optimum, positive for a
    stationary network that is not one (at widths below m* none reaches 0). Of an optimal
    network that is known as an enclosure there are no mixtures: that it is optimal is the proof.
    If not: ``reason`` names the neuron, or the free part, and the condition that fails; where
    no mixture pulls along the ray, ``witness`` is a direction v, shape (d,), with
    ``v'p > v'(rho u)`` for the pulls p of all adjacent patterns; where the free part fits
    better elsewhere, it is ``Z'kappa``, the direction.
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


def judged(D: TrainingProblem, network: Network, kappa: Scalars) -> Stationarity:
    """Return whether a network is stationary where kappa is minus the gradient of the loss."""
    try:
        slopes = tuple(dot(z, kappa) for z in D.free.had.columns)
        if any(t != 0 for t in slopes):
            reason = (
                f"the free part fits better elsewhere: Z'kappa is {_listed(slopes)}, not 0"
            )
            return Stationarity(network, (), reason, None, slopes)
        mixtures: list[Mixture] = []
        for j, x in enumerate(network.slots):
            proof = () if x is None else _proof(D, kappa, x)
            if isinstance(proof, _Failure):
                reason = f"neuron {j} {proof.reason}"
                return Stationarity(network, (), reason, None, proof.witness)
            mixtures.append(proof)
    except Undecided as error:
        raise Undecided(
            f"whether the network is stationary: the slopes of the loss at its fit are known "
            f"in balls, where no equality is decided ({error})"
        ) from error
    return Stationarity(network, tuple(mixtures), "", None)


def moved(problem: object, network: Network) -> str:
    """Return why a network is not stationary, where that is known long before the optimum."""
    if not isinstance(problem, TrainingProblem) or network.is_enclosed:
        return ""
    parts = network.skip, network.constant
    open_ = problem.free.had.columns and parts == (None, None)  # then it is what fits
    if open_ or problem.is_fitted or not has_many_patterns(problem):
        return ""
    network.require_parts(problem.skip)
    X, psi = problem.rows_and_slopes
    try:
        fit = completed(problem, network).fit(X, psi)
        return judged(problem, network, kappa_at(problem, fit)).reason
    except Undecided:
        return ""


def kappa_at(D: TrainingProblem, fit: Scalars) -> Scalars:
    """Return minus the gradient of the loss at a fit.

    Raises
    ------
    Undecided
        When the loss has a kink there.
    """
    loss = D.loss
    if isinstance(loss, SquaredLoss):
        return loss.dual(fit)
    assert isinstance(
        loss, SeparableLoss
    )  # labels that are fitted exactly have no gradient
    found: list[Scalar] = []
    for k, (row, z) in enumerate(zip(loss.rows, fit, strict=True), 1):
        low, high = row.kappas(z) or (None, None)
        if low is None or high is None or not (low is high or low == high):
            raise Undecided(
                f"which subgradient of the {loss.kind} loss at sample {k} makes a network "
                f"stationary: its fit is at a kink"
            )
        found.append(low)
    return tuple(found)


@dataclass(frozen=True)
class _Failure:
    """What fails for one neuron."""

    reason: str
    witness: Scalars = ()


def _proof(D: TrainingProblem, kappa: Scalars, x: Neuron | RawNeuron) -> Mixture | _Failure:
    """Return the mixture of adjacent patterns that makes a neuron stationary."""
    free = D.bias == "free"
    held = slot_of(x.w, x.alpha, free_bias=free) if isinstance(x, RawNeuron) else x
    if isinstance(x, RawNeuron) and (held is None or (free and _is_dead(x))):
        return _dead(D, kappa, x)
    if not isinstance(held, Neuron):
        return _Failure("is not balanced: |alpha| differs from |w|")
    u = held.u
    paid = (*u[:-1], Fraction(0)) if free else u
    patterns = adjacent_patterns(D.rows_and_slopes[0], u)
    pulls = [_pull(D, kappa, held.sign, p) for p in patterns]
    rho = dot(pulls[0], u) / squared_norm(paid)
    square = D.beta_squared / squared_norm(paid)
    if not rho > 0 or rho * rho != square:
        return _Failure(
            f"is pulled along its ray by {_shown(rho)} times u, not by the root of "
            f"{_shown(square)} times u"
        )
    one = Fraction(1)
    c, farkas = feasible([(*p, one) for p in pulls], (*(rho * t for t in paid), one))
    if c is None:
        return _Failure(
            "has no mixture of adjacent patterns that pulls along its ray", farkas[:-1]
        )
    return tuple((patterns[i], t) for i, t in sorted(c.items()))


def _pull(D: TrainingProblem, kappa: Scalars, sign: int, pattern: Pattern) -> Scalars:
    """Return ``sign X'S kappa``, S the slopes on a tope: of a ReLU its pattern."""
    X, psi = D.rows_and_slopes
    active = pull(X, kappa, sign, pattern)
    if not psi.left:
        return tuple(psi.right * t for t in active)
    rest = pull(X, kappa, sign, tuple(-s for s in pattern))
    return tuple(psi.right * s + psi.left * t for s, t in zip(active, rest, strict=True))


def _is_dead(x: RawNeuron) -> bool:
    return x.alpha == 0 and all(t == 0 for t in x.w[:-1])


def _dead(D: TrainingProblem, kappa: Scalars, x: RawNeuron) -> Mixture | _Failure:
    """Return the empty mixture of a neuron of no weight, if its free bias lets it rest."""
    total = sum(kappa, Fraction(0))
    if D.bias != "free" or not x.w[-1] > 0 or total == 0:
        return ()
    return _Failure(
        f"has the positive bias {_shown(x.w[-1])} and no weight, and the sum of kappa is "
        f"{_shown(total)}, not 0: its output weight is not at rest"
    )


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


def _listed(z: Scalars) -> str:
    return f"({', '.join(map(_shown, z))})"


def _shown(x: Scalar) -> str:
    return str(x) if isinstance(x, Fraction) else f"{float(x):.12g}"
