"""A square part of the equations of a deep optimum, of which Krawczyk's test proves one zero."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from polytope_nn.errors import Undecided
from polytope_nn.exact.ball import Balls, ball_vector
from polytope_nn.exact.scalar import Scalar, Scalars

from .deep import DeepSystem
from .theta import pivots

__all__ = ["Square", "rational"]

_LARGEST = 10**4  # denominators, in units of the problem
_CLOSE = Fraction(1, 1 << 150)  # by chance no number is so close to one of them


@dataclass(frozen=True)
class Square:
    """A square part of the equations: some rows, some unknowns; the others are held."""

    system: DeepSystem
    point: tuple[Fraction, ...]
    rows: tuple[int, ...]
    columns: tuple[int, ...]

    @classmethod
    def chosen(
        cls, system: DeepSystem, point: tuple[Fraction, ...], held: dict[int, Fraction]
    ) -> "Square":
        """Return a largest regular part; what is left out must follow from it."""
        free = [j for j in range(len(point)) if j not in held]
        if not free:  # exact numbers have tried that
            raise Undecided("kappa: its equations have no zero but a rational one")
        _, J = system.at(point)
        rows, columns = pivots([[row[j] for j in free] for row in J], fine=True)
        kept = tuple(sorted(free[j] for j in columns))
        lengths = system.lengths({i for i, t in held.items() if not t})
        known = [lengths[i] for i in rows if i in lengths]
        left = [i for i in range(len(J)) if i not in rows]
        left = [i for i in left if i not in system.told and lengths.get(i) not in known]
        fine = not left or _follow(system, point, free, rows, left)
        if not fine or any(j not in kept and j < system.problem.n for j in free):
            raise Undecided("kappa: its equations depend on each other")
        return cls(system, point, tuple(sorted(rows)), kept)

    def filled(self, x: Sequence[Scalar]) -> list[Scalar]:
        """Return the point with values of the unknowns that are not held."""
        every: list[Scalar] = list(self.point)
        for j, t in zip(self.columns, x, strict=True):
            every[j] = t
        return every

    def evaluated(self, x: Balls) -> tuple[Balls, Sequence[Scalars]]:
        """Return values and Jacobian."""
        values, J = self.system.at(self.filled(x))  # type: ignore[arg-type]  # of balls as well
        jacobian = [tuple(J[i][j] for j in self.columns) for i in self.rows]
        return ball_vector([values[i] for i in self.rows]), jacobian


def rational(point: Sequence[Fraction]) -> dict[int, Fraction]:
    """Return the unknowns that seem to be rational.

    >>> tiny = Fraction(1, 2**190)
    >>> {j: str(t) for j, t in rational([tiny + Fraction(5, 6), Fraction(2**99, 3**70)]).items()}
    {0: '5/6'}
    """
    every = ((j, t.limit_denominator(_LARGEST)) for j, t in enumerate(point))
    return {j: t for j, t in every if abs(t - point[j]) < _CLOSE}


def _follow(
    system: DeepSystem,
    point: tuple[Fraction, ...],
    free: Sequence[int],
    rows: Sequence[int],
    left: Sequence[int],
) -> bool:
    """Return whether equations are combinations of some rows, whatever the free unknowns are.

    So is ``z_i = 0`` on raised rows that depend on each other, and that all neurons of a part see;
    floats guess the factors. Equations are of degree 2, so their gradients are affine: one that is
    0 with its value at a point, and where any one unknown is more by 1, is 0.
    """
    import numpy as np

    lines = [[t] for t in system.at(point)[0]]
    for moved in (None, *free):
        _, J = system.at(tuple(t + (j == moved) for j, t in enumerate(point)))
        for line, row in zip(lines, J, strict=True):
            line += [row[j] for j in free]
    kept = np.array([[float(t) for t in lines[i]] for i in rows]).T
    for line in (lines[i] for i in left if any(lines[i])):
        near = np.linalg.lstsq(kept, np.array([float(t) for t in line]), rcond=None)[0]
        factors = [Fraction(t).limit_denominator(_LARGEST) for t in near.tolist()]
        used = [(f, lines[i]) for f, i in zip(factors, rows, strict=True) if f]
        if any(t - sum(f * own[q] for f, own in used) for q, t in enumerate(line)):
            return False
    return True
