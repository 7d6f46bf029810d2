"""Column generation where rows are of very different sizes: its master in long floats."""

from collections.abc import Iterator
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

from polytope_nn.exact.rational import Vector
from polytope_nn.vector.problem import VectorProblem

from .central import FAR, Central, has_path, row_lengths
from .generation import Generation, Hint

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from polytope_nn.vector.faces import Face

    Floats = NDArray[np.float64]

__all__ = ["generations"]

_ROUGH, _FIRST = 40, 3  # the bits of the first rounds, and their number
_BITS, _MOST = 120, 440  # of the last ones, with 8 for each power of 2 between lengths
_ROUNDS, _FEWER = 40, 12  # where rows are far apart, and where they are not
_ENTERING = 12
_SLACK = 1e-8
_SAME = 1e-15
_LEAST = Fraction(1, 1 << 100)  # of the largest mass: a column that is not used


def generations(problem: VectorProblem) -> Iterator[Generation]:
    """Yield what finds N in floats, the likeliest first."""
    lengths = row_lengths(problem)
    far = max(lengths) > FAR * min(lengths)
    if not far or not problem.is_squared:
        yield Generation(problem)
    if has_path(problem):
        yield LongGeneration(problem)
    if far and not problem.is_squared:
        yield RowGeneration(problem)


class RowGeneration(Generation):
    """Column generation whose programs see every row at length 1."""

    @cached_property
    def lengths(self) -> "Floats":
        """The lengths of the rows in units of X, 1 of a row that is 0."""
        import numpy as np

        rows = zip(self.problem.design, row_lengths(self.problem), strict=True)
        return np.array([float(s / self.scales[0]) if any(x) else 1.0 for x, s in rows])


class LongGeneration(Generation):
    """Directions in floats, N and masses in long ones; rows count at length 1."""

    @cached_property
    def roots(self) -> "Floats":
        """What rows are multiplied by to be of length 1, as a column."""
        import numpy as np

        return np.array([[float(1 / s)] for s in row_lengths(self.problem)])

    def hint(self) -> Hint:
        """Return the optimum as far as floats can tell."""
        import numpy as np

        lengths = row_lengths(self.problem)
        spread = (max(lengths) / min(lengths)).__ceil__().bit_length()
        fine = min(_BITS + 8 * spread, _MOST)
        scale = float(self.scales[1])
        shape = self.problem.n, self.problem.c
        N, masses = (
            np.array([[float(t) for t in row] for row in self.problem.Y]),
            list[Fraction](),
        )
        Z, columns, over = N, self.rays, 0.0
        rounds = _ROUNDS if spread > FAR.bit_length() else _FEWER
        for round_ in range(rounds):
            if columns:
                columns = _in_use(columns, masses)
                central = Central(self.problem, tuple(map(self._feature, columns)))
                own, fits, masses = central.solution(_ROUGH if round_ < _FIRST else fine)
                N, Z = (np.array([*map(float, t)]).reshape(shape) for t in (own, fits))
            above = self.inside(N / scale, 1 + _SLACK)[:_ENTERING]
            over = above[0][0] - 1 if above else 0.0
            fresh = [(face, u) for _, face, u in above if not _is_among(u, columns)]
            if not fresh and round_ >= _FIRST:
                break
            columns = [*columns, *fresh]
        unit = float(self.scales[0]) ** 2 * self.beta
        used = [
            (face, u, float(t) * unit)
            for (face, u), t in zip(columns, masses, strict=False)
        ]
        return Hint(N, used, over, None if self.problem.is_squared else Z, central=True)

    @cached_property
    def rays(self) -> "list[tuple[Face, Floats]]":
        """The faces that are rays, with their directions."""
        found = []
        for face, Q, _ in self.bases:
            if face.w == 1:
                k = next(i for i, s in enumerate(face.covector) if s)
                side = face.covector[k] * float(self.directions[k] @ Q[0])
                found.append((face, Q[0] if side > 0 else -Q[0]))
        return found

    def _feature(self, column: "tuple[Face, Floats]") -> Vector:
        """Return ``(X u)_+`` of a direction as it is rounded, its walls as they are told."""
        face, u = column
        g = [Fraction(float(t)) for t in u]
        return tuple(
            sum((a * b for a, b in zip(x, g, strict=True)), Fraction(0))
            if s > 0
            else Fraction(0)
            for x, s in zip(self.problem.design, face.covector, strict=True)
        )


def _in_use(
    columns: "list[tuple[Face, Floats]]", masses: list[Fraction]
) -> "list[tuple[Face, Floats]]":
    """Return the columns less those whose mass vanishes with mu; the last ones have none yet."""
    least = max(masses, default=Fraction(0)) * _LEAST
    gone = {i for i, t in enumerate(masses) if t < least}
    return [column for i, column in enumerate(columns) if i not in gone]


def _is_among(u: "Floats", columns: "list[tuple[Face, Floats]]") -> bool:
    return any(float(u @ v) > 1 - _SAME for _, v in columns)
