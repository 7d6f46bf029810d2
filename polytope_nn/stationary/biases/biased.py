"""Blocks of a free bias, whose neurons ``(w'x + b)_+`` cost ``beta |w|`` alone (THEORY T14, T19).

A block is a face of the arrangement of the rows ``(x_k, 1)``. Where a sample k is tied,
``b = e - x_k'w`` with e = 0 on the face: in the coordinates (w, e) the rows are ``(x_i - x_k, 1)``,
the face's span is orthogonal to its tied rows, as without a bias, and so are its pulls
and slopes. On a tope b moves freely: its features ``E (X w + b 1)`` have the column ``E 1`` that
costs nothing, ``kappa'E 1 = 0``, and of the direction w only an interval of b is in the open tope.

So block sets are listed once for each set of such columns, which are free in its face programs;
every column has a tope in the block set. The ones are free in the limit of large biases, and in no
network: without a skip they are no column here.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import combinations

from polytope_nn.dual.enclosures import LinearForms
from polytope_nn.errors import Undecided
from polytope_nn.exact.rational import Matrix, Vector
from polytope_nn.exact.scalar import Scalar, Scalars, dot, middle, sign
from polytope_nn.geometry.arrangement import arrangement, covectors
from polytope_nn.problems.free_part import FreePart
from polytope_nn.problems.training import TrainingProblem
from polytope_nn.stationary.blocks import Block, Covector
from polytope_nn.stationary.compatible import compatible, reduced

__all__ = ["Anchored", "Freed", "Piece", "Tope", "pieces"]

_ZERO, _ONE = Fraction(0), Fraction(1)


@dataclass(frozen=True, repr=False)
class Anchored(Block):
    """A face with tied samples, in the coordinates (w, e) of the first of them, the anchor."""

    anchor: Vector

    def neuron(self, v: Scalars) -> Scalars:
        """Return (w, b) of a vector (w, e)."""
        return (*v[:-1], v[-1] - dot(self.anchor, v[:-1]))


@dataclass(frozen=True, repr=False)
class Tope(Block):
    """A tope, of some active and some silent samples, or active ones alone."""

    @cached_property
    def factor(self) -> Matrix:
        """The matrix ``V = E (X, 0)``, shape (n, d + 1)."""
        nothing = (_ZERO,) * len(self.X[0])
        rows = zip(self.X, self.covector, strict=True)
        return tuple((*x[:-1], _ZERO) if s > 0 else nothing for x, s in rows)

    @cached_property
    def column(self) -> Vector:
        """The column ``E 1``, shape (n,)."""
        return tuple(Fraction(int(s > 0)) for s in self.covector)

    @cached_property
    def products(self) -> Matrix:
        """The forms ``x_k'g``."""
        return tuple(
            tuple(self.sign * dot(v[:-1], x[:-1]) for v in self.factor) for x in self.X
        )

    def _samples(self, side: int) -> list[int]:
        return [k for k, s in enumerate(self.covector) if s == side]

    @cached_property
    def forms(self) -> tuple[Vector, ...]:
        """The forms ``(x_p - x_q)'g``, p active and q silent: positive iff some b is left."""
        z = self.products
        pairs = ((p, q) for p in self._samples(1) for q in self._samples(-1))
        return tuple(dict.fromkeys(_less(z[p], z[q]) for p, q in pairs))

    def ends(self, forms: LinearForms) -> tuple[Scalar, Scalar | None]:
        """Return between which two numbers b is, of the direction g; None is no end.

        Raises
        ------
        Undecided
            When it is not decided which sample makes an end.
        """
        lower = self._largest([_minus(self.products[k]) for k in self._samples(1)], forms)
        silent = [self.products[k] for k in self._samples(-1)]
        return lower, -self._largest(silent, forms) if silent else None

    def _largest(self, given: Sequence[Vector], forms: LinearForms) -> Scalar:
        best = max(given, key=lambda f: middle(forms.value(f)))
        for f in dict.fromkeys(given):
            if f != best and sign(forms.value(_less(best, f))) < 0:
                raise Undecided(f"where the flat of the tope {self.face} ends")
        return forms.value(best)


def _less(f: Vector, g: Vector) -> Vector:
    return tuple(s - t for s, t in zip(f, g, strict=True))


def _minus(f: Vector) -> Vector:
    return tuple(-t for t in f)


class Freed(TrainingProblem):
    """A problem with a free bias, whose ``free`` columns are a skip's and those of topes."""

    def __init__(self, D: TrainingProblem, columns: Sequence[Vector]) -> None:
        super().__init__(
            D.X,
            D.y,
            beta_squared=D.beta_squared,
            weights=D.weights,
            bias=D.bias,
            skip=D.skip,
            name=D.name,
        )
        object.__setattr__(self, "had", D.had if isinstance(D, Freed) else D.free.had)
        object.__setattr__(self, "columns", tuple(columns))

    had: FreePart
    columns: tuple[Vector, ...]

    @cached_property
    def free(self) -> FreePart:
        """What networks have at no cost, and then the columns of the topes."""
        had = self.had
        return FreePart(
            self.n,
            (*had.columns, *self.columns),
            had.has_slopes,
            has_constant=had.has_constant,
            limited=False,
        )


@dataclass(frozen=True)
class Piece:
    """Block sets whose topes have just the columns that are free in ``problem``.

    ``faces`` are in no block set of it, where the columns need all slots.
    """

    problem: TrainingProblem
    blocks: tuple[Block, ...]
    width: int
    columns: tuple[Vector, ...] = ()
    faces: Sequence[Block] = ()

    @cached_property
    def around(self) -> tuple[Block, ...]:
        """The blocks, and then the faces that are in no set."""
        return (*self.blocks, *_possible(self.problem, self.faces))

    @cached_property
    def owned(self) -> tuple[frozenset[int], ...]:
        """The places of the topes of each column."""
        topes = [(a, b.column) for a, b in enumerate(self.blocks) if isinstance(b, Tope)]
        return tuple(frozenset(a for a, own in topes if own == z) for z in self.columns)

    def missing(self, T: Sequence[int]) -> int:
        """Return how many columns have no tope in a block set."""
        return sum(own.isdisjoint(T) for own in self.owned)


def pieces(D: TrainingProblem, width: int) -> Iterator[Piece]:
    """Yield what the block sets of a free bias are listed by, the empty set of columns first."""
    faces = _faces(D)
    plain = Freed(D, ())
    yield Piece(plain, _possible(plain, faces), width)
    topes: dict[Vector, tuple[Tope, ...]] = {}
    for pattern in sorted(arrangement(D.design).patterns):
        if 1 in pattern:
            both = tuple(Tope(D.design, s, tuple(pattern)) for s in (1, -1))
            topes[both[0].column] = both
    before: set[tuple[Vector, ...]] = {()}
    for k in range(1, width + 1):
        found = set()
        for C in combinations(topes, k):
            if not before.issuperset(combinations(C, k - 1)):
                continue
            problem = Freed(D, C)
            if not _together(problem, [topes[z] for z in C]):
                continue
            found.add(C)
            chosen = _possible(problem, [b for z in C for b in topes[z]])
            if k < width:
                left = _possible(problem, faces)
                yield Piece(problem, (*chosen, *left), width, C)
            else:
                yield Piece(problem, chosen, width, C, faces)
        before = found


def _faces(D: TrainingProblem) -> list[Block]:
    """Return the faces with tied samples, each from its first one."""
    found: dict[tuple[int, Covector], Block] = {}
    for chart in D.charts:
        assert chart.anchor is not None  # the bias is free
        X = tuple((*row, _ONE) for row in chart.design)
        for face in sorted(covectors(arrangement(chart.design))):
            for s in (1, -1):
                if 1 in face:
                    found.setdefault((s, face), Anchored(X, s, face, chart.anchor))
    return [found[key] for key in sorted(found)]


def _possible(D: TrainingProblem, every: Sequence[Block]) -> tuple[Block, ...]:
    """Return the blocks no form of which, nor the direction, is 0 for all kappa."""
    rows = (f for b in every for f in (*b.whole.forms, *b.whole.columns))
    left = map(any, reduced(D, list(rows)))
    found = []
    for b in every:
        forms = [next(left) for _ in b.whole.forms]
        columns = [next(left) for _ in b.whole.columns]
        if all(forms) and any(columns):
            found.append(b)
    return tuple(found)


def _together(D: TrainingProblem, choices: Sequence[Sequence[Tope]]) -> bool:
    """Return whether some kappa may use a tope of each column."""
    left = [_possible(D, topes) for topes in choices]
    return all(left) and compatible(D, left)
