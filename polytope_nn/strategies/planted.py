"""Planted problems, ties built in: the answer is drawn first, and the problem from it.

A problem is *planted*: symmetric rows X and a symmetric kappa first, then beta as the largest
``|g|`` over all topes and signs (so the symmetric faces are tight together), then weights
c >= 0 of the atoms, and last ``y = kappa / weights + sum_a c_a F_a``. Every draw is a valid
problem whose optimum is known. Shrinking leads to few rows of small integers, below the named
figures: rows are dropped while what is looked for remains.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from hypothesis import strategies as st

from polytope_nn.dual.atoms import Atom, atom, cone_projection, covector, pull
from polytope_nn.dual.optimum import Optimum
from polytope_nn.errors import InstanceError
from polytope_nn.exact.linear import project_out
from polytope_nn.exact.rational import Matrix, Vector, matrix, rational, vector
from polytope_nn.exact.scalar import dot, squared_norm
from polytope_nn.geometry.arrangement import arrangement
from polytope_nn.landscape.merge_tree import Staircase
from polytope_nn.landscape.optimal_set import optimal_polytope
from polytope_nn.landscape.polytope import OptimalPolytope
from polytope_nn.landscape.staircase import staircase
from polytope_nn.meant import meant
from polytope_nn.problems.free_part import SKIPS
from polytope_nn.problems.interpolation import InterpolationProblem
from polytope_nn.problems.training import TrainingProblem
from polytope_nn.search.finding import optimum
from polytope_nn.wording import integer, shown

__all__ = [
    "Planted",
    "PlantedInterpolation",
    "interpolations",
    "optima",
    "optimal_polytopes",
    "planted",
    "planted_interpolations",
    "points",
    "staircases",
    "symmetric_data",
    "tight_atoms",
]

Row = tuple[int, ...]


@dataclass(frozen=True)
class Planted:
    """A problem, the dual variable it was made from, and one optimal c on its atoms."""

    problem: TrainingProblem
    kappa: Vector
    c: Vector


def _itself(x: Row) -> list[Row]:
    return [x]


def _both(x: Row) -> list[Row]:
    return [x, tuple(-t for t in x)]


def _cyclic(x: Row) -> list[Row]:
    return [x[i:] + x[:i] for i in range(len(x))]


def _both_cyclic(x: Row) -> list[Row]:
    return [image for y in _cyclic(x) for image in _both(y)]


def _twice(x: Row) -> list[Row]:
    return [x, x]


_SYMMETRIES: Sequence[Callable[[Row], list[Row]]] = (
    _both_cyclic,
    _cyclic,
    _both,
    _itself,
    _twice,
)


@dataclass(frozen=True)
class _Orbit:
    """Rows that are images of each other, their entries of kappa, equal up to sign, a weight."""

    rows: tuple[Row, ...]
    entries: tuple[int, ...]
    weight: Fraction


# rows of one orbit, on which a constant kappa makes several atoms tight; the smallest first
_FIGURES: Sequence[tuple[Row, ...]] = (
    ((1, -1, 0), (0, 1, -1)),
    ((1, 0), (-1, 0), (0, 1), (0, -1)),
    ((1, -1, 0), (0, 1, -1), (-1, 0, 1)),
    ((1, 1, 1), (1, -1, -1), (-1, 1, -1), (-1, -1, 1)),
    ((1, 1), (-1, -1), (1, -1), (-1, 1)),
    ((1, 0, 0), (-1, 0, 0), (0, 1, 0), (0, -1, 0), (0, 0, 1), (0, 0, -1)),
    ((1, 0, 1), (-1, 0, 1), (0, 1, 1), (0, -1, 1)),
    ((1, 2), (2, 1), (-1, -2), (-2, -1)),
)


@st.composite
def _figures(draw: st.DrawFn, n: int, d: int) -> list[_Orbit]:
    """Draw a symmetric figure, scaled, and sometimes a zero row or a repeated one beside it.

    Half of the time some rows are left out, and that is where shrinking goes.
    """
    fitting = [X for X in _FIGURES if len(X) <= n and len(X[0]) <= d]
    X = draw(st.sampled_from(fitting))
    X = X[: draw(st.one_of(st.integers(1, len(X)), st.just(len(X))))]
    entry = draw(st.sampled_from((1, 1, 2, -1)))
    scale = draw(st.sampled_from((1, 1, -1, 2)))
    rows = tuple(tuple(scale * t for t in x) for x in X)
    orbits = [_Orbit(rows, (entry,) * len(X), Fraction(1))]
    if len(X) < n and draw(st.booleans()):
        beside = draw(st.sampled_from(((0,) * len(X[0]), rows[0])))
        orbits.append(_Orbit((beside,), (draw(st.integers(0, 1)),), Fraction(1)))
    return orbits


@st.composite
def _any_orbits(draw: st.DrawFn, n: int, d: int) -> list[_Orbit]:
    """Draw orbits of rows nobody chose, most of them under a common symmetry."""
    size = draw(st.integers(1, d))
    row = st.tuples(*[st.sampled_from((0, 1, -1, 2, -2))] * size)
    common = draw(st.sampled_from(_SYMMETRIES))
    symmetries = st.sampled_from((common, common, _itself))
    entry = st.sampled_from((1, 1, 0, -1, 2))
    turn = st.sampled_from((1, 1, -1))  # from image to image kappa keeps its sign or not
    weight = st.sampled_from((1, 1, 1, 2, Fraction(1, 2)))
    one = st.tuples(row, symmetries, entry, turn, weight)
    room, orbits = n, []
    for x, symmetry, first, sign, w in draw(st.lists(one, min_size=1, max_size=3)):
        images = symmetry(x)[:room]
        room -= len(images)
        if images:
            entries = tuple(first * sign**i for i in range(len(images)))
            orbits.append(_Orbit(tuple(images), entries, Fraction(w)))
    return orbits


def require_sizes(**sizes: object) -> None:
    """Refuse sizes that are no positive integers.

    >>> require_sizes(n=4, d=0)
    Traceback (most recent call last):
        ...
    polytope_nn.errors.InstanceError: d = 0: give an integer >= 1
    """
    for name, size in sizes.items():
        if integer(size, 1) is None:
            raise InstanceError(f"{name} = {shown(size)}: give an integer >= 1")


def require_known(word: str | None, known: Iterable[str], name: str) -> None:
    """Refuse a word that is none of those that are known; None is one that is not given."""
    words = tuple(known)
    if word is not None and word not in words:
        cure = meant(str(word), words, f"write one of {', '.join(words)}")
        raise InstanceError(f"{name}: {shown(word)} is unknown: {cure}")


def _orbits(n: int, d: int) -> st.SearchStrategy[list[_Orbit]]:
    require_sizes(n=n, d=d)
    any_orbits = _any_orbits(n, d)
    return st.one_of(_figures(n, d), any_orbits) if n >= 4 and d >= 2 else any_orbits


@st.composite
def symmetric_data(draw: st.DrawFn, n: int = 6, d: int = 3) -> tuple[Matrix, Vector]:
    """Draw X of at most ``n`` rows and ``d`` columns, and a kappa with its symmetries."""
    orbits = draw(_orbits(n, d))
    X = matrix(x for o in orbits for x in o.rows)
    return X, vector(entry for o in orbits for entry in o.entries)


def points(n: int = 6, d: int = 3) -> st.SearchStrategy[Matrix]:
    """Return a strategy for X of at most ``n`` rows and ``d`` columns.

    Zero, repeated, opposite and collinear rows, deficient rank and ``n < d`` are common.
    """
    return _orbits(n, d).map(lambda orbits: matrix(x for o in orbits for x in o.rows))


@st.composite
def planted(draw: st.DrawFn, n: int = 6, d: int = 3) -> Planted:
    """Draw a problem of at most ``n`` samples in ``d`` dimensions with its optimum.

    ``c`` may vanish (then ``fit = 0``), as may kappa's part on an orbit.
    """
    orbits = draw(_orbits(n, d))
    bias = draw(st.sampled_from(("none", "none", "penalised")))
    masses = draw(st.lists(st.sampled_from((1, 0, 1, 2)), min_size=1, max_size=8))
    X = matrix(x for o in orbits for x in o.rows)
    kappa = vector(entry for o in orbits for entry in o.entries)
    weights = vector(o.weight for o in orbits for _ in o.rows)
    frame = TrainingProblem(X, kappa, beta=1, weights=weights, bias=bias)
    beta_squared, features = _tight(frame.design, kappa)
    c = vector(masses[a % len(masses)] for a in range(len(features)))
    y = [
        k / w + dot(c, [F[i] for F in features])
        for i, (k, w) in enumerate(zip(kappa, weights, strict=True))
    ]
    problem = TrainingProblem(X, y, beta_squared=beta_squared, weights=weights, bias=bias)
    return Planted(problem, kappa, c)


@dataclass(frozen=True)
class PlantedInterpolation:
    """An interpolation problem whose dual optimum is ``kappa / root(square)``.

    Its least cost is ``kappa'y / root(square)``.
    """

    problem: InterpolationProblem
    kappa: Vector
    square: Fraction


@st.composite
def planted_interpolations(draw: st.DrawFn, n: int = 5, d: int = 2) -> PlantedInterpolation:
    """Draw a minimum-norm interpolation of at most ``n`` samples with its dual optimum.

    With any skip and bias: kappa is made orthogonal to what is free, its longest ``|g|`` is
    the root, and the labels are nonnegative multiples of its features and something free.
    """
    orbits = draw(_orbits(n, d))
    bias = draw(st.sampled_from(("none", "penalised", "free")))
    skip = draw(st.sampled_from(SKIPS))
    masses = draw(st.lists(st.sampled_from((1, 0, 1, 2)), min_size=1, max_size=8))
    offset = draw(st.sampled_from((0, 1, -1)))
    X = matrix(x for o in orbits for x in o.rows)
    entries = vector(entry for o in orbits for entry in o.entries)
    frame = InterpolationProblem(X, entries, bias=bias, skip=skip)
    kappa = vector(project_out(frame.free.columns, entries))
    designs = [chart.design for chart in frame.charts]
    square, features = _tight(designs[0], kappa, *designs[1:])
    y = [
        sum((masses[a % len(masses)] * F[i] for a, F in enumerate(features)), Fraction(0))
        + offset * sum((z[i] for z in frame.free.columns), Fraction(0))
        for i in range(frame.n)
    ]
    problem = InterpolationProblem(X, y, bias=bias, skip=skip)
    return PlantedInterpolation(problem, kappa, square)


def interpolations(n: int = 5, d: int = 2) -> st.SearchStrategy[InterpolationProblem]:
    """Return a strategy for planted interpolation problems, without their answer."""
    return planted_interpolations(n, d).map(lambda drawn: drawn.problem)


def _tight(X: Matrix, kappa: Vector, *others: Matrix) -> tuple[Fraction, list[Vector]]:
    """Return the largest ``|g|^2`` and the features of its atoms, sorted as atoms are."""
    square, atoms = tight_atoms(X, kappa, *others)
    return square, [vector(a.feature) for a in atoms]


def tight_atoms(X: Matrix, kappa: Vector, *others: Matrix) -> tuple[Fraction, list[Atom]]:
    """Return the largest ``|g|^2`` and its atoms, sorted, of one design or of several.

    Where every g is 0 nothing is tight at any beta: beta is 1 and there is no atom.
    """
    found = {}
    for i, design in enumerate((X, *others)):
        for pattern in arrangement(design).patterns:
            cone = [tuple(s * t for t in x) for s, x in zip(pattern, design, strict=True)]
            for sign in (1, -1):
                g, _ = cone_projection(cone, pull(design, kappa, sign, pattern))
                found[i, sign, covector(design, g)] = squared_norm(g)
    largest = max(found.values())
    if not largest:
        return Fraction(1), []
    designs = (X, *others)
    tight = [
        atom(designs[i], kappa, sign, face)
        for (i, sign, face), size in found.items()
        if size == largest
    ]
    return rational(largest), sorted(tight, key=lambda a: a.key)


def optima(n: int = 4, d: int = 2) -> st.SearchStrategy[Optimum]:
    """Return a strategy for dual optima of planted problems of at most n samples in R^d.

    Verified, not found: kappa is planted. Shrinks as the problem does.
    """
    return planted(n, d).map(lambda p: optimum(p.problem, kappa=p.kappa))


def optimal_polytopes(n: int = 4, d: int = 2) -> st.SearchStrategy[OptimalPolytope]:
    """Return a strategy for their optimal polytopes."""
    return optima(n, d).map(optimal_polytope)


def staircases(n: int = 4, d: int = 2) -> st.SearchStrategy[Staircase]:
    """Return a strategy for their staircases of connectivity."""
    return optimal_polytopes(n, d).map(staircase)
