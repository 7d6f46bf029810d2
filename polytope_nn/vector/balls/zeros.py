"""Unknowns of a system that are 0, exactly: balls around 0 cannot say so.

Let Z be unknowns, and let as many equations hold wherever those are 0, whatever the others are.
What is left is a square system in the other unknowns; if it has a solution in their balls, this
one and Z = 0 solve the whole system, and its one solution in the balls is no other.
"""

from collections.abc import Sequence
from fractions import Fraction

from polytope_nn.dual.newton import enclosed
from polytope_nn.errors import Undecided
from polytope_nn.exact.ball import Balls, ball_vector
from polytope_nn.exact.scalar import Scalar, Scalars

from .system import System, Table

__all__ = ["with_zeros"]

_ZERO = Fraction(0)


def with_zeros(system: System, point: Balls, x: Balls, bits: int) -> Scalars:
    """Return the balls of a solution, those of unknowns that are proved 0 replaced by 0.

    ``x`` is what Krawczyk's test gave at ``point``: the one solution within ``2^-bits`` of it.
    """
    zeros = {i for i, t in enumerate(x) if _ZERO in t}
    kept = [i for i in range(len(x)) if i not in zeros]
    idle = _idle(system, x, zeros) if zeros else set()
    if not zeros or len(idle) != len(zeros):
        return x
    rows = [i for i in range(len(x)) if i not in idle]

    def rest(y: Balls) -> tuple[Balls, Table]:
        values, jacobian = system.evaluated(ball_vector(_placed(kept, y, len(x))))
        return tuple(values[i] for i in rows), [
            [jacobian[i][j] for j in kept] for i in rows
        ]

    try:
        found = enclosed(rest, tuple(point[i] for i in kept), bits)
    except Undecided:
        return x
    radius = Fraction(1, 1 << bits)
    near = all(
        abs(end - point[i].midpoint) <= radius
        for i, t in zip(kept, found, strict=True)
        for end in (t.lower, t.upper)
    )
    return _placed(kept, found, len(x)) if near else x


def _idle(system: System, x: Balls, zeros: set[int]) -> set[int]:
    """Return the equations that hold wherever these unknowns are 0."""
    trial = [_ZERO if i in zeros else t for i, t in enumerate(x)]
    left = enumerate(system.residuals(trial))
    return {i for i, t in left if isinstance(t, Fraction) and t == 0}


def _placed(kept: Sequence[int], y: Sequence[Scalar], size: int) -> Scalars:
    """Return y at its places among zeros."""
    values = dict(zip(kept, y, strict=True))
    return tuple(values.get(i, _ZERO) for i in range(size))
