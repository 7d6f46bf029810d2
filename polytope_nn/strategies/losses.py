"""Planted problems of other losses: kappa and a fit first, then labels that they belong to.

Any planted optimum of the squared loss becomes one of another loss (general §3): the atoms
and the fit stay, and label, weight and parameter of each sample are chosen so that the fit is
one of those that belong to its kappa, at a kink, on a line or on a curve of the loss.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from hypothesis import assume
from hypothesis import strategies as st

from polytope_nn.exact.rational import Vector, vector
from polytope_nn.exact.scalar import Scalars, dot
from polytope_nn.problems.training import TrainingProblem

from .planted import planted, tight_atoms

__all__ = ["LOSSES", "PlantedLoss", "labelled", "planted_losses"]

LOSSES = (
    *("absolute", "huber", "quantile", "epsilon_insensitive", "hinge", "squared_hinge"),
    *("tolerance", "margin", "power"),
)
_ZERO, _ONE, _HALF = Fraction(0), Fraction(1), Fraction(1, 2)


@dataclass(frozen=True)
class PlantedLoss:
    """A problem with a loss, a dual optimum of it, and one optimal c on its atoms."""

    problem: TrainingProblem
    kappa: Vector
    c: Scalars


@st.composite
def planted_losses(
    draw: st.DrawFn, n: int = 5, d: int = 3, loss: str | None = None
) -> PlantedLoss:
    """Draw a problem with a loss of :data:`LOSSES`, of at most n samples, and its optimum."""
    kind = draw(st.sampled_from(LOSSES)) if loss is None else loss
    drawn = draw(planted(n, d))
    D, c = drawn.problem, drawn.c
    _, atoms = tight_atoms(D.design, drawn.kappa)
    features = [vector(a.feature) for a in atoms]
    fit = [dot(c, [f[k] for f in features]) for k in range(D.n)]
    y, weights, given, share = labelled(draw, kind, drawn.kappa, fit)
    problem = TrainingProblem(
        D.X, y, beta_squared=D.beta_squared, weights=weights, bias=D.bias, loss=given
    )
    return PlantedLoss(problem, drawn.kappa, tuple(share * x for x in c))


def labelled(
    draw: st.DrawFn, kind: str, kappa: Vector, fit: Sequence[Fraction]
) -> tuple[list[Fraction], list[Fraction], dict[str, object], Fraction]:
    """Return labels, weights and a loss with which a multiple of the fit belongs to kappa.

    The last entry is the multiple: fits of margin losses may not be too large.
    """
    share = _ONE
    if kind in {"hinge", "squared_hinge", "margin"}:
        # labels of 1 and -1 on the side of kappa, and fits that are no larger
        assume(all(kappa) and all(k * z >= 0 for k, z in zip(kappa, fit, strict=True)))
        largest = max(map(abs, fit))
        share = 1 / (2 * largest) if largest and kind != "margin" else _ONE
        assume(kind != "margin" or (len({abs(z) for z in fit}) == 1 and largest))
        share = 1 / largest if kind == "margin" else share
    rows = [_row(draw, kind, k, share * z) for k, z in zip(kappa, fit, strict=True)]
    y, weights, values = (list(column) for column in zip(*rows, strict=True))
    names = {"huber": "delta", "epsilon_insensitive": "epsilon", "tolerance": "epsilon"}
    given: dict[str, object] = {"kind": kind}
    if kind in names:
        given[names[kind]] = values
    elif kind in {"quantile", "power"}:
        given["tau" if kind == "quantile" else "p"] = values[0]
    return y, weights, given, share


def _row(
    draw: st.DrawFn, kind: str, kappa: Fraction, z: Fraction
) -> tuple[Fraction, Fraction, Fraction]:
    """Return label, weight and parameter of a sample to whose kappa the fit z belongs."""
    if kind in {"squared", "interpolation"}:
        weight = draw(st.sampled_from((_ONE, _ONE, Fraction(2), _HALF)))
        return z + (kappa / weight if kind == "squared" else 0), weight, _ZERO
    size, side = abs(kappa), (1 if kappa > 0 else -1)
    over = draw(st.sampled_from((_ZERO, _ONE, _HALF)))  # how far z is beyond a kink
    at_end = bool(kappa) and draw(st.booleans())
    if kind in {"hinge", "squared_hinge", "margin"}:
        y = Fraction(side)
        weight = size / (1 - y * z) if kind == "squared_hinge" else size
        return y, weight, _ZERO
    if kind in {"power", "huber", "quantile"}:
        return _curved(kind, kappa, z, over if at_end else None)
    band = over if kind in {"epsilon_insensitive", "tolerance"} else _ZERO
    inside = (
        z + draw(st.sampled_from((_ZERO, band, -band))) if not kappa else z + side * band
    )
    if at_end and kind != "tolerance":
        return inside + side * over, size, band
    return inside, size + 1, band


def _curved(
    kind: str, kappa: Fraction, z: Fraction, over: Fraction | None
) -> tuple[Fraction, Fraction, Fraction]:
    """Return the same for losses whose parameter bends them; ``over`` None: not at an end."""
    size, side = abs(kappa), (1 if kappa > 0 else -1)
    if kind == "power":  # with p = 4/3 the fit is y - kappa^3
        return z + kappa**3, _ONE, Fraction(4, 3)
    if kind == "huber" and over is None:
        return z + kappa, _ONE, size + 1
    if kind == "huber":
        return z + side * (size + (over or 0)), _ONE, size
    if over is None:  # tau = 1/2: kappa lies within weight / 2
        return z, 2 * size + 1, _HALF
    return z + side * over, 2 * size, _HALF
