"""Unknowns of a system that are exact: balls around 0, and around a label, cannot say so.

Let Z be unknowns, and let as many equations hold wherever those have given values, whatever the
others are. What is left is a square system in the other unknowns; if it has a solution in their
balls, this one and the values solve the whole system, whose one solution in the balls is no other.

Values are 0, and those of an output of a power in which a label is fitted: the curve has no
derivative there, but where N annihilates what neurons see its fit may be rational.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction

from polytope_nn.dual.newton import enclosed
from polytope_nn.errors import Undecided
from polytope_nn.exact.ball import Balls, ball_vector
from polytope_nn.exact.recognise import guess_rational
from polytope_nn.exact.scalar import Scalar, Scalars
from polytope_nn.problems.losses.smooth import Power

from .parts import ByFit
from .system import System, Table

__all__ = ["with_zeros"]

_ZERO = Fraction(0)


def with_zeros(system: System, point: Balls, x: Balls, bits: int) -> Scalars:
    """Return the balls of a solution, those of unknowns that are proved exact replaced.

    ``x`` is what Krawczyk's test gave at ``point``: the one solution within ``2^-bits`` of it.
    """
    zeros = {i: _ZERO for i, t in enumerate(x) if _ZERO in t}
    for values in (zeros | _fitted(system, x), zeros):
        found = _with_values(system, (point, x), values, bits) if values else None
        if found is not None:
            return found
    return x


def _fitted(system: System, x: Balls) -> dict[int, Fraction]:
    """Return rational values of the outputs of a power in which a label seems to be fitted."""
    c, entries = system.problem.c, len(system.standings)
    outputs = {
        e % c
        for e, (p, t) in enumerate(zip(system.standings, x, strict=False))
        if (isinstance(p, ByFit) and p.curve.y in t)
        or (isinstance(p, Power) and _ZERO in t)
    }
    found: dict[int, Fraction] = {}
    for j in outputs:
        own = [*range(j, entries, c)]
        own += [entries + i for i, g in enumerate(system.columns) if any(g[j::c])]
        values = {i: t for i in own if (t := guess_rational(x[i])) is not None}
        if len(values) == len(own):
            found |= values
    return found


def _with_values(
    system: System, at: tuple[Balls, Balls], values: Mapping[int, Fraction], bits: int
) -> Scalars | None:
    """Return the solution with these values, or None where they are not proved."""
    point, x = at
    kept = [i for i in range(len(x)) if i not in values]
    idle = _idle(system, x, values)
    if not kept or len(idle) != len(values):
        return None
    rows = [i for i in range(len(x)) if i not in idle]

    def rest(y: Balls) -> tuple[Balls, Table]:
        every = ball_vector(_placed(kept, y, values))
        residuals, jacobian = system.evaluated(every)
        return tuple(residuals[i] for i in rows), [
            [jacobian[i][j] for j in kept] for i in rows
        ]

    try:
        found = enclosed(rest, tuple(point[i] for i in kept), bits)
    except Undecided:
        return None
    radius = Fraction(1, 1 << bits)
    near = all(
        abs(end - point[i].midpoint) <= radius
        for i, t in zip(kept, found, strict=True)
        for end in (t.lower, t.upper)
    )
    return _placed(kept, found, values) if near else None


def _idle(system: System, x: Balls, values: Mapping[int, Fraction]) -> set[int]:
    """Return the equations that hold wherever unknowns have these values."""
    trial: list[Scalar] = [values.get(i, t) for i, t in enumerate(x)]
    left = enumerate(system.residuals(trial))
    return {i for i, t in left if isinstance(t, Fraction) and t == 0}


def _placed(
    kept: Sequence[int], y: Sequence[Scalar], values: Mapping[int, Fraction]
) -> Scalars:
    """Return y at its places among values."""
    every = dict(zip(kept, y, strict=True)) | dict(values)
    return tuple(every[i] for i in range(len(every)))
