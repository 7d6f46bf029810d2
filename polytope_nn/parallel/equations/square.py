"""A square part of the equations of a deep optimum, of which Krawczyk's test proves one zero."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from polytope_nn.errors import Undecided
from polytope_nn.exact.ball import Balls, ball_vector
from polytope_nn.exact.scalar import Scalar, Scalars

from .deep import DeepSystem
from .theta import pivots

__all__ = ["Square"]


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
        _, J = system.at(point)
        rows, columns = pivots(tuple(tuple(row[j] for j in free) for row in J))
        kept = tuple(sorted(free[j] for j in columns))
        lengths = system.lengths({i for i, t in held.items() if not t})
        known = [lengths[i] for i in rows if i in lengths]
        left = [i for i in range(len(J)) if i not in rows]
        masses = {*system.masses}
        fine = all(i in system.told or lengths.get(i) in known for i in left)
        if not fine or any(j not in kept and j not in masses for j in free):
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
