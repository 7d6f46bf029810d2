"""On which pieces of its loss the entries of a fit seem to stand (general §2)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import product
from typing import TYPE_CHECKING

from polytope_nn.exact.rational import approximate_root
from polytope_nn.exact.recognise import powers, simplest_fraction
from polytope_nn.exact.scalar import Scalar
from polytope_nn.problems.losses import ExactFit, rows_of
from polytope_nn.problems.losses.graphs import Flat, Slope
from polytope_nn.problems.losses.smooth import Power, Smooth
from polytope_nn.search.losses.pieces import Standing, fit_in_floats, on_pieces
from polytope_nn.vector.balls.parts import ByFit, Part, Stand
from polytope_nn.vector.losses.entries import rows_of as by_rows
from polytope_nn.vector.problem import Rows, VectorProblem

from .central import FAR, row_lengths
from .columns import (
    DEPENDENT,
    dependent,
    least_squares,
    lengths_of,
    most_inside,
    orthonormal,
)
from .generation import Generation, Hint

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["Seen", "rounded", "standings"]

_NEAR = (1e-5, 1e-7, 1e-3)  # how near a point is to a flat that it is on, in turn
# of the largest entry of N: a power of an output that is not used, or, below it, of a small fit
_NOTHING = (1e-8, 0.0)
_SIMPLE = 60  # the largest denominator of an N that floats alone may show
_CLOSE = (1e-5, 1e-3, 1e-2)  # of its largest entry: how near they are, in turn
_FINEST = 1000  # denominators of entries of N that nothing determines


def standings(
    problem: VectorProblem, hint: Hint, parts: Sequence[Part]
) -> Iterator[tuple[Stand, ...]]:
    """Yield pieces of the entries near a hint, each once; ``()`` for the squared loss."""
    if problem.is_squared:
        yield ()
        return
    known = set()
    units = ((), _units_of_rows(problem)) if _are_far(problem) else ((),)
    for nothing, unit, near in product(_NOTHING, units, _NEAR):
        found = _pieces(problem, hint, near, unit)
        pieces = tuple(_silenced(problem, hint, parts, found, nothing))
        if pieces not in known:
            known.add(pieces)
            yield pieces


def rounded(hint: Hint) -> Iterator[Rows]:
    """Yield the N of small fractions that a hint is near, then of their roots, then farther ones.

    Where kinks leave N loose, one of many: any of them will do.
    """
    c, largest, known = hint.N.shape[1], float(abs(hint.N).max(initial=0)), set[Rows]()
    entries = [float(t) for t in hint.N.ravel()]
    for near in _CLOSE:
        plain = [_small(t, near * largest) for t in entries]
        squares = [_small(t * t, near * largest * largest) for t in entries]
        for N in (_whole(plain, c), _whole(_roots(squares, entries), c)):
            if N is not None and N not in known:
                known.add(N)
                yield N


def _small(t: float, near: float) -> Fraction | None:
    """Return the simplest fraction near a float, None if it is not small."""
    found = simplest_fraction(Fraction(t) - Fraction(near), Fraction(t) + Fraction(near))
    return found if found.denominator <= _SIMPLE else None


def _roots(squares: list[Fraction | None], signs: list[float]) -> list[Scalar | None]:
    """Return the square roots in one field with signs, None where there is none."""
    sizes = tuple(t for t in squares if t is not None and t >= 0)
    roots = powers(sizes, Fraction(1, 2)) if len(sizes) == len(squares) else None
    if roots is None:
        return [None]
    return [t if s > 0 else -t for t, s in zip(roots, signs, strict=True)]


def _whole(entries: Sequence[Scalar | None], c: int) -> Rows | None:
    """Return the rows where no entry is missing."""
    found = [t for t in entries if t is not None]
    return by_rows(found, c) if len(found) == len(entries) else None


def _are_far(problem: VectorProblem) -> bool:
    """Return whether rows are of very different sizes."""
    lengths = row_lengths(problem)
    return max(lengths) > FAR * min(lengths)


def _units_of_rows(problem: VectorProblem) -> tuple[tuple[float, float], ...]:
    """Return the sizes of N and of the fit, for each entry, where rows of length 1 are alike."""
    lengths = [s for s in row_lengths(problem) for _ in range(problem.c)]
    beta = approximate_root(problem.beta_squared)
    labels = max(abs(y) / s for y, s in zip(problem.entries.y, lengths, strict=True))
    return tuple((float(beta / s), float(labels * s)) for s in lengths)


def _pieces(
    problem: VectorProblem,
    hint: Hint,
    near: float,
    units: Sequence[tuple[float, float]],
) -> tuple[Standing, ...]:
    E = problem.entries
    if isinstance(E.loss, ExactFit):
        rows = set(E.determining)  # the other labels follow from theirs: N is 0 there
        given = Flat(Fraction(0), None, None)
        return tuple(
            Slope(y, Fraction(0), None, None) if e in rows else given
            for e, y in enumerate(E.y)
        )
    assert hint.fits is not None  # other losses have them
    point = hint.N.ravel().tolist(), hint.fits.ravel().tolist()
    found = on_pieces(E, point, near, units=units)
    # a power has its curve near 0, too: its fit is the unknown
    return tuple(
        row if isinstance(row, Power) else piece
        for row, piece in zip(rows_of(E.loss), found, strict=True)
    )


def _silenced(
    problem: VectorProblem,
    hint: Hint,
    parts: Sequence[Part],
    pieces: Sequence[Standing],
    nothing: float,
) -> Iterator[Stand]:
    """Yield the pieces, N given where no part is active and nothing is free: the fit is 0."""
    active = {k for part in parts for k in part.face.active}
    free = problem.entries.free.Z
    least = nothing * float(abs(hint.N).max())
    for e, (piece, t) in enumerate(zip(pieces, hint.N.ravel(), strict=True)):
        silent = e // problem.c not in active and not any(free[e] if free else ())
        at = _at_nothing(piece, float(t)) if silent else None
        if at is not None:
            yield Flat(at, None, None)
        elif isinstance(piece, Power) and e in problem.entries.closed:
            # where N is 0 the label is fitted
            yield Slope(piece.y, Fraction(0), None, None)
        elif isinstance(piece, Power) and not piece.y and abs(t) < least:
            yield Flat(Fraction(0), Fraction(0), Fraction(0))  # an output that is not used
        else:
            steep = isinstance(piece, Power) and piece.p > 2
            yield ByFit(piece) if steep and isinstance(piece, Power) else piece


def _at_nothing(piece: Flat | Slope | Smooth, t: float) -> Fraction | None:
    """Return an entry of N whose fit is 0, near t; None where none is rational."""
    if isinstance(piece, Smooth):
        at = piece.kappa(Fraction(0))
        return at if isinstance(at, Fraction) else None
    if isinstance(piece, Flat):
        return None
    if piece.inverse:
        return piece.at / piece.inverse
    return Fraction(t).limit_denominator(_FINEST) if not piece.at else None


@dataclass(frozen=True)
class Seen:
    """What the entries off the flats see of neurons, modulo what is free, in floats.

    ``pieces`` is ``()`` for the squared loss, whose weights count.
    """

    generation: Generation
    hint: Hint
    pieces: tuple[Stand, ...]

    @cached_property
    def kept(self) -> "Floats":
        """1 at entries off the flats, 0 on them."""
        import numpy as np

        return np.array([0.0 if isinstance(p, Flat) else 1.0 for p in self.pieces])

    @cached_property
    def whole(self) -> "Floats":
        """The independent columns of what is free, shape (n c, q)."""
        import numpy as np

        E = self.generation.problem.entries
        columns = [[float(t) for t in E.free.columns[j]] for j in E.free.basis]
        return np.array(columns).T.reshape(E.n, len(columns))

    @cached_property
    def free(self) -> "Floats":
        """The same, 0 on the flats."""
        return self.whole * self.kept[:, None] if self.pieces else self.whole

    @cached_property
    def given(self) -> tuple[int, ...]:
        """The places of free columns that depend on others off the flats."""
        return tuple(sorted(dependent(self.free, range(self.free.shape[1]))))

    @cached_property
    def _off(self) -> "Floats":
        return orthonormal(self.free)

    def column(self, F: "Floats") -> "Floats":
        """Return a matrix (n, c) as the entries off the flats see it modulo what is free."""
        import numpy as np

        generation = self.generation
        if not self.pieces:
            seen: Floats = (generation.residual @ (generation.roots * F)).ravel()
            return seen
        v = F.ravel() * self.kept
        return np.asarray(v - self._off @ (self._off.T @ v), dtype=np.float64)

    def length(self, F: "Floats") -> float:
        """Return the length of a matrix (n, c) in the units of ``column``, with all entries."""
        import numpy as np

        return float(np.linalg.norm(F if self.pieces else self.generation.roots * F))

    @cached_property
    def fit(self) -> "Floats":
        """The fit (n, c) that N has on its pieces; 0 on flats."""
        import numpy as np

        N, shape = self.hint.N, self.hint.N.shape
        if not self.pieces:
            Y = self.generation.Y * float(self.generation.scales[1])
            inverse = self.generation.problem.inverse_weights
            plain: Floats = Y - N * np.array([[float(w)] for w in inverse])
            return plain
        curves = [p.curve if isinstance(p, ByFit) else p for p in self.pieces]
        rows = zip(curves, N.ravel(), strict=True)
        return np.array([fit_in_floats(p, float(t)) for p, t in rows]).reshape(shape)

    @property
    def own(self) -> list[float]:
        """The unknowns of the entries: N, or the fit where that is the unknown."""
        N, fits = self.hint.N.ravel(), self.hint.fits
        if fits is None:
            return [float(t) for t in N]
        rows = zip(self.pieces, N, fits.ravel(), strict=True)
        return [float(z if isinstance(p, ByFit) else t) for p, t, z in rows]

    def coefficients(self, made: "Floats") -> "Floats":
        """Return the coefficients (q,) of what is free beside what neurons make, (n, c)."""
        import numpy as np

        left, free = (self.fit - made).ravel(), self.free
        if self.pieces:
            left = left * self.kept
        else:  # rows as large as they count
            size = np.repeat(self.generation.roots, made.shape[1])
            left, free = left * size, free * size[:, None]
        a = least_squares(free, left)
        return self._inside(a, made.ravel()) if self.given else a

    def _inside(self, a: "Floats", made: "Floats") -> "Floats":
        """Return coefficients with the same fits off the flats, and on them far from the ends."""
        import numpy as np
        from scipy.linalg import null_space

        flats = [(e, p) for e, p in enumerate(self.pieces) if isinstance(p, Flat)]
        unit, size = lengths_of(self.free)
        moves = null_space(unit, DEPENDENT) / size[:, None]
        ends = [
            (s * self.whole[e] @ moves, s * (float(end) - made[e] - self.whole[e] @ a))
            for e, p in flats
            for s, end in ((1, p.high), (-1, p.low))
            if end is not None
        ]
        best = most_inside([row for row, _ in ends], [room for _, room in ends])
        return a if best is None else np.asarray(a + moves @ best, dtype=np.float64)
