"""A path between networks with its objective: what training along it would pay.

The curve is the objective along the path, which is linear in u slot by slot from one
breakpoint (a circle) to the next; the dashed line the global optimum. The heights at the
breakpoints are exact, those between are computed in floats.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeVar

from polytope_nn.exact.scalar import Scalar
from polytope_nn.networks.network import Network, RawNeuron
from polytope_nn.paths.connection import Connection
from polytope_nn.paths.descent import Descent
from polytope_nn.problems.training import TrainingProblem
from polytope_nn.report.figures.paper.look import INK, PALE, Look, Sheet, one_panel
from polytope_nn.report.text import rounded

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["along", "draw_objective", "draw_profile", "objective_picture", "profile"]

_STEPS = 24  # of a line

State = TypeVar("State")  # a network in floats


def objective_picture(road: Descent | Connection, title: str, form: str) -> bytes:
    """Return the objective along a descent or a connection as the bytes of a file."""
    foot = "○: breakpoints, linear in u between them; dashed: the global optimum"
    return one_panel(
        lambda axes, look: draw_objective(axes, road, look),
        title,
        form,
        Sheet((6.8, 4.2), foot, scales=True),
    )


def draw_objective(axes: "Axes", road: Descent | Connection, look: Look) -> None:
    """Draw the objective along a descent or a connection on axes."""
    P = (road if isinstance(road, Descent) else road.down).polytope
    D = P.optimum.training_of_slopes
    heights = [float(x) for x in road.objectives]
    draw_profile(axes, profile(D, road.breakpoints), heights, P.optimum.value, look)


def draw_profile(
    axes: "Axes",
    sampled: "tuple[Floats, Floats]",
    heights: list[float],
    optimum: Scalar,
    look: Look,
) -> None:
    """Draw an objective along a path: where it was sampled, its breakpoints, the optimum."""
    from matplotlib.ticker import MaxNLocator

    places, values = sampled
    for i, x in enumerate(heights):  # the exact ones, where the curve meets them
        values[places == i] = x
    axes.plot(places, values, color=look.color, lw=1.4 * look.linewidth, zorder=3)
    axes.plot(
        range(len(heights)), heights, "o", ms=0.8 * look.markersize, mfc="white",
        mec=look.color, mew=1.4, zorder=4, clip_on=False,
    )  # fmt: skip
    best = float(optimum)
    axes.axhline(best, color=INK, lw=0.9, ls=(0, (5, 3)), zorder=1)
    last = len(heights) - 1
    top = max(*values, best)
    span = (top - best) or abs(best) or 1.0
    axes.set_xlim(-0.04 * max(last, 1), 1.04 * max(last, 1))
    axes.set_ylim(best - 0.09 * span, top + 0.1 * span)
    if look.labels:
        said = f"optimum {rounded(optimum, 6)}"
        axes.text(
            0.5, best - 0.02 * span, said, ha="center", va="top", fontsize=look.fontsize,
            color=INK, transform=axes.get_yaxis_transform(),
        )  # fmt: skip
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=12))
    axes.grid(axis="x", color=PALE, lw=0.4, alpha=0.5)
    axes.set_xlabel("breakpoint of the path")
    axes.set_ylabel("objective")
    axes.spines[["top", "right"]].set_visible(False)


def profile(D: TrainingProblem, networks: Sequence[Network]) -> tuple["Floats", "Floats"]:
    """Return places along a path and the objective there, in floats, breakpoints included."""
    drawn = [_state(D, net) for net in networks]
    return along(drawn, lambda first, second, share: _objective(D, first, second, share))


def along(
    states: Sequence[State], value: Callable[[State, State, float], float]
) -> "tuple[Floats, Floats]":
    """Return places along a path of states, and the value there of two of them and a share."""
    import numpy as np

    places, values = [], []
    for i, (first, second) in enumerate(zip(states, states[1:] or states, strict=False)):
        for k in range(_STEPS + 1):
            places.append(i + k / _STEPS)
            values.append(value(first, second, k / _STEPS))
    return np.array(places), np.array(values)


@dataclass(frozen=True)
class _State:
    """A network in floats: the signed u of each slot, imbalance, the free part."""

    u: "Floats"
    signs: tuple[int, ...]
    cost: "Floats"
    free: "Floats"


def _state(D: TrainingProblem, net: Network) -> _State:
    import numpy as np

    d = len(D.rows_and_slopes[0][0])
    free_bias = D.bias == "free"
    rows, signs, cost = [], [], []
    for x in net.slots:
        rows.append([float(t) for t in x.u] if x is not None else [0.0] * d)
        signs.append(0 if x is None else x.sign)
        raw = isinstance(x, RawNeuron)
        paid = x.cost(D.beta_squared, free_bias=free_bias) if raw and x is not None else 0
        cost.append(float(paid) if raw else np.nan)
    skip = [float(t) for t in net.skip or (0,) * D.dimension]
    free = np.array([float(net.constant or 0), *skip])
    return _State(np.array(rows).reshape(-1, d), tuple(signs), np.array(cost), free)


def _objective(D: TrainingProblem, a: _State, b: _State, share: float) -> float:
    """Return the objective at a share of a line.

    A slot that is balanced on the way keeps its u, and its cost falls from what it was.
    """
    import numpy as np

    rows, psi = D.rows_and_slopes
    X = np.array([[float(t) for t in x] for x in rows])
    u = (1 - share) * a.u + share * b.u
    signs = np.array([s or t for s, t in zip(a.signs, b.signs, strict=True)])
    seen = X @ u.T
    fit = np.where(seen > 0, float(psi.right), float(psi.left)) * seen @ signs
    free = (1 - share) * a.free + share * b.free
    fit = fit + free[0] + np.array([[float(t) for t in x] for x in D.X]) @ free[1:]
    decayed = u[:, :-1] if D.bias == "free" else u
    paid = float(D.beta_squared) ** 0.5 * np.linalg.norm(decayed, axis=1)
    for first, second in ((a, 1 - share), (b, share)):
        raw = ~np.isnan(first.cost)
        extra = first.cost[raw] - paid[raw]
        paid[raw] = paid[raw] + second * np.maximum(extra, 0)
    value: Any = D.loss.value(tuple(Fraction(float(t)) for t in fit))
    return float(value) + float(paid.sum())
