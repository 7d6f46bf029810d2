"""Networks with several outputs along a path: the objective and the slots, in floats."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from polytope_nn.report.figures.objective import along
from polytope_nn.vector.network import VectorNetwork
from polytope_nn.vector.problem import VectorProblem

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["costs_of", "profile_of_pairs"]


@dataclass(frozen=True)
class _State:
    """The u (m, d) and v (m, c) of the slots, what they cost for beta 1, the free part."""

    u: "Floats"
    v: "Floats"
    cost: "Floats"
    skip: "Floats"
    constant: "Floats"


def profile_of_pairs(
    D: VectorProblem, networks: Sequence[VectorNetwork]
) -> "tuple[Floats, Floats]":
    """Return places along a path and the objective there, in floats, breakpoints included."""
    states = [_state(D, net) for net in networks]
    return along(states, lambda a, b, share: _objective(D, a, b, share))


def costs_of(D: VectorProblem, net: VectorNetwork) -> list[float]:
    """Return what the slots of a network cost, in floats."""
    beta = float(D.beta_squared) ** 0.5
    return [0.0 if x is None else beta * float(x.cost) for x in net.slots]


def _state(D: VectorProblem, net: VectorNetwork) -> _State:
    import numpy as np

    d, c = len(D.design[0]), D.c
    u = [[float(t) for t in x.u] if x is not None else [0.0] * d for x in net.slots]
    v = [[float(t) for t in x.v] if x is not None else [0.0] * c for x in net.slots]
    skip = [[float(t) for t in row] for row in net.skip or [[0] * c] * len(D.X[0])]
    constant = [float(t) for t in net.constant or [0] * c]
    return _State(*map(np.array, (u, v, costs_of(D, net), skip, constant)))


def _objective(D: VectorProblem, a: _State, b: _State, share: float) -> float:
    """Return the objective at a share of a line, on which each slot keeps the ray of its u.

    A slot that is balanced on the way has its cost fall from what it was.
    """
    import numpy as np

    u, beta = a.u.copy(), float(D.beta_squared) ** 0.5
    start, end = a.v.copy(), b.v.copy()
    for j, (one, other) in enumerate(zip(a.u, b.u, strict=True)):
        lengths = np.linalg.norm(one), np.linalg.norm(other)
        if not lengths[0]:
            u[j] = other
        elif lengths[1]:
            end[j] *= lengths[1] / lengths[0]
    v = (1 - share) * start + share * end
    paid = beta * np.linalg.norm(u, axis=1) * np.linalg.norm(v, axis=1)
    for state, weight in ((a, 1 - share), (b, share)):
        own = beta * np.linalg.norm(state.u, axis=1) * np.linalg.norm(state.v, axis=1)
        paid = paid + weight * np.maximum(state.cost - own, 0)
    X = np.array([[float(t) for t in x] for x in D.design])
    plain = np.array([[float(t) for t in x] for x in D.X])
    fit = np.maximum(X @ u.T, 0) @ v + plain @ ((1 - share) * a.skip + share * b.skip)
    fit = fit + (1 - share) * a.constant + share * b.constant
    rows = tuple(tuple(Fraction(float(t)) for t in row) for row in fit)
    loss = D.loss(rows)
    assert loss is not None  # connections are of finite ones
    return float(loss) + float(paid.sum())
