"""Points of P in the talk's form, one vector a pattern and sign (THEORY §3)."""

from collections.abc import Sequence
from fractions import Fraction
from typing import TypeAlias

from polytope_nn.dual.atoms import Atom
from polytope_nn.dual.optimum import Optimum
from polytope_nn.errors import DimensionError
from polytope_nn.exact.scalar import Scalar, Scalars
from polytope_nn.problems.problem import Problem
from polytope_nn.wording import plural

__all__ = ["Pattern", "cones", "lifted"]

Pattern: TypeAlias = tuple[int, ...]
"""The signs of a region, one a sample."""


def lifted(O: Optimum, c: Sequence[Scalar]) -> dict[tuple[Pattern, int], Scalars]:
    """Return ``u = c_a g_a`` summed per pattern and sign, atoms on their first pattern."""
    if len(c) != len(O.atoms):
        raise DimensionError(
            f"{plural(len(c), 'coordinate')} for {plural(len(O.atoms), 'atom')}"
        )
    found: dict[tuple[Pattern, int], Scalars] = {}
    for x, a in zip(c, O.atoms, strict=True):
        if x == 0:
            continue
        cone = cones(O.problem, a)[0]
        u = tuple(x * t for t in a.g)
        before = found.get((cone, a.sign), (Fraction(0),) * len(u))
        found[cone, a.sign] = tuple(p + q for p, q in zip(before, u, strict=True))
    return dict(sorted(found.items()))


def cones(problem: Problem, a: Atom) -> tuple[Pattern, ...]:
    """Return the patterns whose closed cones contain the direction of an atom.

    With a free bias the patterns are those of the charts whose sample is on the kink.
    """
    found: dict[Pattern, None] = {}
    for chart in problem.charts:
        if chart.anchor is not None and a.covector[problem.X.index(chart.anchor)]:
            continue
        for pattern in chart.arrangement.patterns:
            rows = zip(a.covector, pattern, chart.design, strict=True)
            if all(s in (0, t) or not any(x) for s, t, x in rows):
                found[pattern] = None
    return tuple(found)
