"""Clarke stationary networks, decided exactly (THEORY T14).

First of all: ``kappa = weights * (y - fit of the network)``, minus the gradient of the loss
there; it is not the dual optimum unless the network is optimal.

A neuron ``(w, alpha)``, not 0, is stationary iff ``|alpha| = |w|`` and
``w/|w| = (sgn alpha/beta) X'S kappa`` for some S in the hull of the patterns of the topes
adjacent to w; a zero neuron always is. The adjacent topes are those of the rows with
``x_k'w = 0``, beside the fixed signs of the others. With ``u`` for ``|alpha| w`` the equation
is ``sign X'S kappa = rho u`` with ``rho = beta/|u|``, possibly irrational, so the interval of
all rho that a mixture of adjacent patterns reaches is found by exact linear programming and
``rho^2 = beta^2/|u|^2`` is compared with the squares of its ends.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from polytope_nn.errors import DimensionError, InstanceError
from polytope_nn.exact.linear import independent_rows
from polytope_nn.exact.rational import Matrix
from polytope_nn.exact.scalar import Scalar, Scalars, dot, squared_norm
from polytope_nn.geometry.arrangement import arrangement

from .atoms import pull
from .membership import is_optimal
from .network import Network, Neuron, RawNeuron
from .optimum import Optimum, optimum
from .problem import TrainingProblem
from .radical import RootSum
from .simplex import Tableau, falling, feasible

__all__ = ["Stationarity", "adjacent_patterns", "is_stationary"]

Pattern = tuple[int, ...]


@dataclass(frozen=True)
class Reach:
    """How a stationary neuron is proved so: two mixtures of adjacent patterns.

    The mixture of ``low`` pulls with ``rho_low u``, that of ``high`` with ``rho_high u``, and
    ``rho_low <= beta/|u| <= rho_high``: a point between the two is the S of T14.
    """

    low: Scalar
    high: Scalar
    low_mixture: tuple[tuple[Pattern, Scalar], ...]
    high_mixture: tuple[tuple[Pattern, Scalar], ...]


@dataclass(frozen=True)
class Stationarity:
    """Whether a network is Clarke stationary, with the proof for each neuron.

    If it is: ``proofs`` holds the proof per slot (None for an empty slot), ``reason`` is
    ``""``, and ``excess`` is the objective minus the optimum of the convex problem: 0 for
    a global optimum, positive for a stationary network that is not one (at widths below
    m* none reaches 0). If not: ``reason`` names the neuron and the condition that fails;
    where no mixture pulls along its ray, ``witness`` is a direction v, shape (d,), with
    ``v'u <= 0`` and every pull p of an adjacent pattern on its positive side, which no
    multiple ``rho u`` within the pulls' range is.
    """

    network: Network
    proofs: tuple[Reach | None, ...]
    reason: str
    excess: RootSum | None
    witness: Scalars = ()

    def __bool__(self) -> bool:
        return not self.reason

    @property
    def is_global(self) -> bool:
        """Whether the network is stationary and reaches the optimum of the convex problem."""
        return self.excess is not None and self.excess == 0


def is_stationary(problem: TrainingProblem | Optimum, network: Network) -> Stationarity:
    """Return whether a network is Clarke stationary, with the proof (THEORY T14).

    Examples
    --------
    The popular claim that a stationary network is optimal among the patterns it sees fails
    at concave kinks; this one is stationary, and not optimal:

    >>> D = TrainingProblem([[1, -1], [0, 1]], [2, 2], beta=1)
    >>> answer = is_stationary(D, Network.of((1, [1, 0])))
    >>> bool(answer), answer.is_global
    (True, False)
    """
    O = optimum(problem) if isinstance(problem, TrainingProblem) else problem
    D = O.problem
    if D.bias == "free":
        raise InstanceError("bias: stationarity needs a penalised bias or none")
    if network.dimension not in {None, D.d}:
        raise DimensionError(
            f"the neurons have dimension {network.dimension}, the samples {D.d}"
        )
    fit = network.fit(D.design)
    kappa = tuple(w * (y - z) for w, y, z in zip(D.weights, D.y, fit, strict=True))
    proofs: list[Reach | None] = []
    for j, x in enumerate(network.slots):
        if x is None:
            proofs.append(None)
            continue
        if not Network((x,)).is_balanced:
            failed = f"neuron {j} is not balanced: |alpha| differs from |w|"
            return Stationarity(network, (), failed, None)
        proof = _reach(D, kappa, x)
        if not isinstance(proof, Reach):
            failed = f"neuron {j}: no mixture of adjacent patterns pulls along its ray"
            return Stationarity(network, (), failed, None, proof)
        square = D.beta_squared / squared_norm(x.u)
        if not _within(square, proof):
            failed = (
                f"neuron {j}: along its ray the pull is {_shown(proof.low)} to "
                f"{_shown(proof.high)} times u, not the root of {_shown(square)}"
            )
            return Stationarity(network, (), failed, None)
        proofs.append(proof)
    optimal = bool(is_optimal(O, network))
    excess = RootSum(()) if optimal else network.objective(D) - O.value
    return Stationarity(network, tuple(proofs), "", excess)


def _within(square: Scalar, proof: Reach) -> bool:
    """Return whether ``low <= sqrt(square) <= high``, through squares."""
    low, high = proof.low, proof.high
    return high > 0 and high * high >= square and not (low > 0 and low * low > square)


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


def _reach(D: TrainingProblem, kappa: Scalars, x: Neuron | RawNeuron) -> Reach | Scalars:
    """Return the least and largest rho with ``rho u`` a mixture of the adjacent pulls.

    When there is none: a direction that proves it. The linear program has one column per
    pattern and one for ``rho + shift``, with a shift that keeps it positive.
    """
    u = x.u
    patterns = adjacent_patterns(D.design, u)
    pulls = [pull(D.design, kappa, x.sign, p) for p in patterns]
    # rho |u|^2 = pull'u for the pull of a mixture, so rho + shift > 0 throughout
    along = [dot(p, u) for p in pulls]
    shift = 1 + max(max(t, -t) for t in along) / squared_norm(u)
    one, zero = Fraction(1), Fraction(0)
    columns: list[Scalars] = [
        (*(a + shift * b for a, b in zip(p, u, strict=True)), one) for p in pulls
    ]
    columns.append((*(-t for t in u), zero))
    b = (*(zero for _ in u), one)
    start, farkas = feasible(columns, b)
    if start is None:
        return farkas[:-1]
    N = len(pulls)
    ends: list[tuple[Scalar, tuple[tuple[Pattern, Scalar], ...]]] = []
    for price in (one, -one):
        T = Tableau.of(columns, b, _independent(columns, start))
        for _ in falling(T, [zero] * N + [price]):
            pass
        c = T.solution()
        mixture = tuple((patterns[i], t) for i, t in sorted(c.items()) if i < N)
        ends.append((c.get(N, zero) - shift, mixture))
    (low, low_mixture), (high, high_mixture) = ends
    return Reach(low, high, low_mixture, high_mixture)


def _independent(columns: Sequence[Scalars], start: Mapping[int, Scalar]) -> list[int]:
    used = sorted(start)
    return [used[i] for i in independent_rows([columns[j] for j in used])]


def _shown(x: Scalar) -> str:
    return str(x) if isinstance(x, Fraction) else f"{float(x):.12g}"
