"""Which statements of THEORY §6 survive three layers, with counterexamples (three-layer §6).

T1, T7.2, T7.4, T7.5, T9, T12 and T13 only scale and permute branches: they hold for every
inner width. T7.1, T7.3 and T8 speak of neurons: read of branches they fail as soon as a
branch has room inside, and the table shows where.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .widths import TwoWidths, WidthStep

__all__ = ["Statement", "statements"]


@dataclass(frozen=True)
class Statement:
    """A statement and whether it holds here; ``at`` are widths (m, k) that refute it.

    ``holds`` is None where it assumes a fit that is not 0, or the table does not tell.
    """

    name: str
    claim: str
    holds: bool | None
    at: tuple[int, int] | None = None


def statements(S: TwoWidths, table: Sequence[WidthStep]) -> tuple[Statement, ...]:
    """Return what the statements say of an optimum, refuted by the steps of a table."""
    nothing = S.optimum.vanishes
    claimed = None if nothing else True
    counted = [s for s in table if s.components and not nothing]
    first = _first(
        s for s in counted if s.m == S.m_star(s.k) and s.components != s.isolated
    )
    rigid = _first(s for s in counted if S.is_saturated(s.k) and S.path is None)
    moved = _first(s for s in counted if s.classes is not None and not _invariant(s))
    told = claimed if counted and not any(s.refused for s in table) else None
    flat = S.path is not None or all(s.k == 1 for s in counted)  # M*(k) is M* there
    return (
        Statement("T1", "m ≥ m*(k): the convex optimum is reached", holds=True),
        Statement("T7.1", "m = m*(k): finitely many", _verdict(first, claimed=told), first),
        Statement("T7.2", "m ≥ m*(k) + 1: a component that is not a point", claimed),
        Statement(
            "T7.3", "m = M*(k): an isolated point",
            _verdict(rigid, claimed=told if flat else None), rigid,
        ),
        Statement("T7.4", "m ≥ M*(k) + 1: none isolated, all permutations joined", claimed),
        Statement("T7.5", "m ≥ min{m*(k) + M*(k), r(k) + 1}: connected", claimed),
        Statement(
            "T8", "components that are not points are kept by permutations",
            _verdict(moved, claimed=told), moved,
        ),
        Statement("T9", "m ≥ M*(k) + 1: components do not increase with m", claimed),
        Statement("T12", "m ≥ n + 1: descent from any network to any optimum", claimed),
        Statement("T13", "a scaled residual bounds the gap of any network", holds=True),
    )  # fmt: skip


def _invariant(step: WidthStep) -> bool:
    """Return whether every component that is not a point is its own class."""
    assert step.components is not None  # the step is counted
    assert step.isolated is not None
    return step.components - step.isolated == step.classes


def _first(steps: Iterable[WidthStep]) -> tuple[int, int] | None:
    return next(((s.m, s.k) for s in steps), None)


def _verdict(refuted: tuple[int, int] | None, *, claimed: bool | None) -> bool | None:
    return claimed if refuted is None else False
