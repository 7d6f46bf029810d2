"""Farkas vectors at level ``interval``: strict, found at rounded numbers, proved in boxes."""

from collections.abc import Sequence
from fractions import Fraction

from polytope_nn.checker.claims.boxes import polytope as box_polytope
from polytope_nn.checker.claims.boxes.polytope import Gammas, Grouped
from polytope_nn.checker.claims.system.equations import System
from polytope_nn.checker.kernel.intervals import Interval, Numbers
from polytope_nn.errors import Undecided
from polytope_nn.exact.rational import integer_row, unit_vector
from polytope_nn.search.floats import binary
from polytope_nn.search.projecting.separating import separating

from .format import Json, numerators
from .trees import covered

__all__ = ["StrictWalls", "WallTable", "cover_by", "cover_of", "midpoint"]


def midpoint(x: Interval) -> Fraction:
    """Return the middle of an interval."""
    return Fraction(x.low + x.high, 2 << x.bits)


class WallTable:
    """Strict Farkas vectors as they are written, and what each speaks of."""

    def __init__(self) -> None:
        self.masks: list[tuple[int, int, int]] = []
        self.table: list[Json] = []

    def serving(self, positive: int, vanishing: int) -> int | None:
        """Return a known vector that empties the leaf; None when none does."""
        del positive  # a strict vector never speaks of positive coordinates
        for index, (_, below, _) in enumerate(self.masks):
            if not below & ~vanishing:
                return index
        return None

    def kept(self, walls: Sequence[tuple[int, int, int]], vanishing: int) -> int:
        """Return the place of the vector just written, which must empty the leaf."""
        self.masks += walls
        if self.masks[-1][2] > 0 or self.masks[-1][1] & ~vanishing:
            raise Undecided("an empty slice of the optimal polytope is not proved empty")
        return len(self.masks) - 1


class StrictWalls(WallTable):
    """The strict Farkas vectors (alpha, omega) of a system, found at rounded numbers.

    Weights are in units near those of their faces and equations in units of their own: numbers
    of any scale keep as many digits.
    """

    def __init__(self, system: Grouped, x: Numbers, G: Gammas) -> None:
        super().__init__()
        self.system, self.x, self.G = system, x, G
        k = len(system.faces)
        weights = [midpoint(t) for t in x[system.D.n :][:k]]
        own = [_unit(t) for t in weights]
        near = [
            [[midpoint(t) * e for t in row] for row in f]
            for f, e in zip(self.G, own, strict=True)
        ]
        every = zip(*(row for f in near for row in f), strict=True)
        sizes = [_unit(max(map(abs, column))) for column in every]
        self.units = (*own, *sizes)
        self.columns: dict[int, tuple[Fraction, ...]] = {}
        for j, (face, rows) in enumerate(zip(system.faces, near, strict=True)):
            height = unit_vector(j, k)
            for a, row in zip(face.atoms, rows, strict=True):
                tilt = (t / s for t, s in zip(row, sizes, strict=True))
                self.columns[a] = (*height, *tilt)
        self.rounded = {a: _rounded(column) for a, column in self.columns.items()}
        equations = [*weights, *map(midpoint, x[len(x) - system.linear :])]
        self.right = tuple(t / s for t, s in zip(equations, self.units, strict=True))

    def found(self, missing: int | None, vanishing: int) -> int:
        """Return a new vector that proves that no point of P vanishes there."""
        assert missing is None  # the strict tree asks for empty slices only
        left = [a for a in sorted(self.columns) if not vanishing >> a & 1]
        w = separating([self.rounded[a] for a in left], _rounded(self.right))
        if not w:
            raise Undecided("a slice of the optimal polytope is empty only just")
        k = len(self.system.faces)
        alpha, omega = list(map(Fraction, w[:k])), list(map(Fraction, w[k:]))
        for j, face in enumerate(self.system.faces):
            open_ = [a for a in face.atoms if a in left]
            tilts = [
                sum(
                    (s * t for s, t in zip(omega, self.columns[a][k:], strict=True)),
                    Fraction(),
                )
                for a in open_
            ]
            if tilts:
                alpha[j] = max(-t for t in tilts)
        slack = -sum(
            (t * z for t, z in zip([*alpha, *omega], self.right, strict=True)), Fraction()
        )
        spread = 2 * sum(self.right[:k], Fraction())
        alpha = [t + slack / spread for t in alpha]
        scale = Fraction(1 << 64) / max(abs(t) for t in (*alpha, *omega, Fraction(1)))
        pairs = zip((*alpha, *omega), self.units, strict=True)
        entries = [round(t * scale) / s for t, s in pairs]
        self.table.append(numerators(entries, primitive=True)[0])
        walls = box_polytope.walls_of(self.system, self.x, self.G, self.table[-1:])
        return self.kept(walls, vanishing)


def cover_of(system: System, x: Numbers, supports: Sequence[int]) -> Json:
    """Return the witness that there are no other vertices."""
    gammas = box_polytope.gammas(system, x[: system.D.n])
    return cover_by(system, x, gammas, supports)


def cover_by(system: Grouped, x: Numbers, gammas: Gammas, supports: Sequence[int]) -> Json:
    """Return the same of atoms in groups, by what each has beside its group."""
    walls = StrictWalls(system, x, gammas)
    return {"tree": covered(supports, walls, strict=True), "farkas": walls.table}


def _unit(x: Fraction) -> Fraction:
    return binary(x) if x > 0 else Fraction(1)


def _rounded(v: Sequence[Fraction]) -> tuple[int, ...]:
    return integer_row([round(t * (1 << 60)) for t in v])
