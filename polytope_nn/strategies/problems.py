"""Planted training problems, without their answer: any loss, any unit."""

from hypothesis import strategies as st

from polytope_nn.problems.training import TrainingProblem

from .planted import planted
from .units import planted_units

__all__ = ["problems"]


def problems(  # noqa: PLR0913 - the words of a problem, keyword-only
    n: int = 6,
    d: int = 3,
    *,
    loss: str | None = None,
    activation: str | None = None,
    penalty: str | None = None,
    gates: bool = False,
) -> st.SearchStrategy[TrainingProblem]:
    """Return a strategy for planted training problems of at most n samples.

    Parameters
    ----------
    n, d
        The most samples, and the most columns of X.
    loss
        A word: ``"squared"`` by default. Of logistic, exponential and Poisson losses all fits
        are ln 2, up to the sign of the label.
    activation
        ``"relu"``, ``"absolute"``, ``"leaky"``, ``"threshold"`` or ``"threshold_open"``.
    penalty
        ``"l2"``, ``"l1"`` or ``"linf"``.
    gates
        Whether the units are gated instead.
    """
    unit = "gates" if gates else penalty if penalty in {"l1", "linf"} else activation
    if unit in {None, "relu"} and loss in {None, "squared"}:
        return planted(n, d).map(lambda drawn: drawn.problem)
    drawn = planted_units(n, d, unit=unit or "relu", loss=loss or "squared")
    return drawn.map(lambda found: found.problem)
