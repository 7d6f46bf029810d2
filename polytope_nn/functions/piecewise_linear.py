"""Two-layer ReLU networks as functions on R^d, compared exactly (THEORY §8).

``s c (w'x + b)_+ = (s c/2) |w'x + b| + (s c/2)(w'x + b)``, so a network with an affine skip is

    f(x) = sum_h k_h |w_h'x + b_h| + slope'x + offset

over distinct hyperplanes ``{w_h'x + b_h = 0}``. This form is unique: near a point that lies on
one hyperplane only, f bends by ``2 k_h`` times the length of w_h and nothing else bends; once
all the k_h agree, an affine function is left. Networks are the same function iff their
forms are the same.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from itertools import chain, product
from random import Random

from polytope_nn.errors import Undecided
from polytope_nn.exact.ball import Ball
from polytope_nn.exact.radical import decimal, simplest
from polytope_nn.exact.scalar import Scalar, Scalars, dot, nearest_float, sign
from polytope_nn.landscape.optimal_set import OptimalPolytope, Point
from polytope_nn.shown import Drawn

__all__ = ["Interpolant", "difference_point", "interpolant", "represented"]

_LONG = 10**12  # from here on a fraction is shown as a decimal
_GRID = 3000  # points of the integer grid that are tried before those beside kinks


@dataclass(frozen=True, eq=False, repr=False)
class Interpolant(Drawn):
    """A continuous piecewise-linear function on R^d, in its unique form.

    ``kinks`` are pairs ``((w, b), k)``: ``k |w'x + b|`` with ``k != 0``, the first nonzero
    entry of w positive, ``|w|`` as it came; no two on one hyperplane when made by
    :func:`interpolant`. ``slope`` has shape (d,).
    """

    kinks: tuple[tuple[Scalars, Scalar], ...]
    slope: Scalars
    offset: Scalar

    @property
    def d(self) -> int:
        """The dimension of the domain."""
        return len(self.slope)

    def __call__(self, x: Sequence[Fraction | int]) -> Scalar:
        """Return the value at a rational point, shape (d,)."""
        point = tuple(map(Fraction, x))
        value = dot(self.slope, point) + self.offset
        for (*w, b), k in self.kinks:
            t = dot(w, point) + b
            value = value + k * _absolute(t)
        return simplest(value)

    @property
    def is_zero(self) -> bool:
        """Whether the function vanishes everywhere."""
        return not self.kinks and not any(map(sign, (*self.slope, self.offset)))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Interpolant):
            return NotImplemented
        return self.d == other.d and (self - other).is_zero

    def __hash__(self) -> int:
        return hash((self.d, len(self.kinks)))

    def __sub__(self, other: "Interpolant") -> "Interpolant":
        """Return the difference, again in the unique form.

        The two must measure hyperplanes alike: both by unit normals, say.
        """
        kinks = dict(self.kinks)
        for line, k in other.kinks:
            kinks[line] = kinks.get(line, Fraction(0)) - k
        slope = tuple(s - t for s, t in zip(self.slope, other.slope, strict=True))
        return _normal(kinks, slope, self.offset - other.offset)

    def __add__(self, other: "Interpolant") -> "Interpolant":
        """Return the sum; see the difference."""
        return self - other.scaled(-1)

    def scaled(self, factor: Scalar | int) -> "Interpolant":
        """Return ``factor`` times the function."""
        kinks = {line: k * factor for line, k in self.kinks}
        slope = tuple(t * factor for t in self.slope)
        return _normal(kinks, slope, self.offset * factor)

    def __repr__(self) -> str:
        terms = [f"{_factor(k)}|{_affine(line)}|" for line, k in self.kinks]
        flat = _affine((*self.slope, self.offset))
        terms += [flat] if flat != "0" or not terms else []
        return " + ".join(terms).replace("+ -", "- ")


def _absolute(t: Scalar) -> Scalar:
    """Return ``|t|``; around 0 an enclosure of it, where t is enclosed."""
    try:
        return t if t >= 0 else -t
    except Undecided:
        assert isinstance(t, Ball)  # everything else is decided
        return Ball.from_interval(0, max(-t.lower, t.upper), t.precision)


def _normal(kinks: Mapping[Scalars, Scalar], slope: Scalars, offset: Scalar) -> Interpolant:
    left = [(line, k) for line, k in kinks.items() if not _is_zero(k)]
    left.sort(
        key=lambda kink: [-float(t) for t in kink[0]]
    )  # ties change nothing but order
    return Interpolant(tuple(left), slope, offset)


def interpolant(
    terms: Sequence[tuple[Scalar, Scalars, int]], slope: Scalars, offset: Scalar
) -> Interpolant:
    """Return ``sum_i c_i (side_i (w_i'x + b_i))_+ + slope'x + offset`` in its unique form.

    ``terms`` are triples ``(c, (w, b), side)`` as
    :func:`~polytope_nn.landscape.kinks.oriented` makes them; side 0 stands for the constant
    ``(b)_+``. Hyperplanes are recognised as equal pairs (w, b), so normals are all of one
    length, or all such pairs of length 1.

    >>> one, zero = Fraction(1), Fraction(0)
    >>> f = interpolant([(one, (one, zero), 1), (one, (one, zero), -1)], (zero,), one)
    >>> f, f((-3,))
    (|x1| + 1, Fraction(4, 1))
    """
    kinks: dict[Scalars, Scalar] = {}
    half = Fraction(1, 2)
    for c, line, side in terms:
        *w, b = line
        if side == 0:
            offset = offset + c * (b if b > 0 else Fraction(0))
            continue
        kinks[line] = kinks.get(line, Fraction(0)) + c * half
        tilt = c * half * side
        slope = tuple(s + tilt * t for s, t in zip(slope, w, strict=True))
        offset = offset + tilt * b
    return _normal(kinks, slope, offset)


def _is_nonzero(x: Scalar) -> bool:
    """Return whether x is known to be different from 0."""
    try:
        return x != 0
    except Undecided:
        return False


def _is_zero(x: Scalar) -> bool:
    """Return whether x is known to be 0."""
    try:
        return x == 0
    except Undecided:
        return False


def _shown(x: Scalar) -> str:
    short = isinstance(x, Fraction) and max(map(abs, x.as_integer_ratio())) < _LONG
    if short:
        return str(x)
    near = nearest_float(x)
    return f"{near:.6g}" if near else decimal(x, 6)


def _factor(x: Scalar, apart: str = "") -> str:
    """Return x as a factor, left out when it is 1."""
    shown = _shown(x)
    return {"1": "", "-1": "-"}.get(shown, shown + apart)


def _affine(line: Sequence[Scalar]) -> str:
    *w, b = line
    terms = [(t, f"x{j}") for j, t in enumerate(w, 1)] + [(b, "")]
    shown = [
        f"{_factor(t, ' ')}{name}" if name else _shown(t)
        for t, name in terms
        if not _is_zero(t)
    ]
    return " + ".join(shown).replace("+ -", "- ") or "0"


def difference_point(f: Interpolant, h: Interpolant) -> tuple[Fraction, ...] | None:
    """Return a rational point where two functions differ, None when they are the same.

    Integer points near 0 are tried first, then points beside each kink of the difference:
    its affine pieces on the two sides of the kink are different, so on one side it is not 0,
    and there not all d + 1 independent points are zeros.

    Raises
    ------
    Undecided
        When no point is proved to tell the functions apart: in balls they may be the same.

    >>> one, zero = Fraction(1), Fraction(0)
    >>> f, h = Interpolant((((one, -one), one),), (zero,), -one), Interpolant((), (-one,), zero)
    >>> difference_point(f, h)  # |x - 1| - 1 and -x agree up to 1
    (Fraction(2, 1),)
    """
    gap = f - h
    with suppress(Undecided):
        if gap.is_zero:
            return None
    for x in chain(_grid(f.d), _beside(gap)):
        if _is_nonzero(gap(x)):
            return x
    raise Undecided(
        "whether two functions are the same: no point was found that tells them"
    )


@cache
def _grid(d: int) -> tuple[tuple[Fraction, ...], ...]:
    """Return the unit vectors and the integer points around 0, the smaller ones first."""
    side = next(r for r in range(50, -1, -1) if (2 * r + 1) ** d <= _GRID or r == 0)
    units = {tuple(int(i == j) for i in range(d)) for j in range(d)}
    grid = units.union(product(range(-side, side + 1), repeat=d))
    order = sorted(
        grid, key=lambda x: (max(map(abs, x)), sum(map(abs, x)), [-t for t in x])
    )
    return tuple(tuple(map(Fraction, x)) for x in order)


def _beside(gap: Interpolant) -> Iterator[tuple[Fraction, ...]]:
    """Yield d + 1 independent points on both sides of each kink, with no other between."""
    random = Random(0)  # noqa: S311 - a point on a kink and on no other
    lines = [tuple(map(_nearest, line)) for line, _ in gap.kinks]
    for i, (*w, b) in enumerate(lines):
        start = [Fraction(random.randint(-99, 99), 97) for _ in w]
        off = (dot(w, start) + b) / dot(w, w)
        p = [t - off * s for t, s in zip(start, w, strict=True)]
        others = [line for j, line in enumerate(lines) if j != i]
        room = min(
            (abs(dot(v, p) + c) / sum(map(abs, v)) for *v, c in others), default=Fraction(1)
        )
        largest = max(map(abs, w))
        step = room / (4 * largest)
        turn = min(room / 4, step * dot(w, w) / (2 * largest))
        for side in (1, -1):
            x = [t + side * step * s for t, s in zip(p, w, strict=True)]
            yield tuple(x)
            for j in range(len(w)):
                yield (*x[:j], x[j] + turn, *x[j + 1 :])


def _nearest(x: Scalar) -> Fraction:
    return x if isinstance(x, Fraction) else x.enclosure(128).midpoint


def represented(P: OptimalPolytope, point: Point) -> Interpolant:
    """Return the network of a point of the optimal set as a function on R^d.

    >>> from polytope_nn.problems.training import TrainingProblem
    >>> from polytope_nn.landscape.optimal_set import optimal_polytope
    >>> P = optimal_polytope(TrainingProblem([[1], [-1]], [2, 2], beta=1))
    >>> represented(P, P.point(P.vertices[0]))
    |x1|
    """
    problem = P.problem
    slope, offset = problem.free.slope_and_offset(point.a, problem.dimension)
    terms = [
        (x * P.atoms[a].sign, *P.kinks[a])
        for a, x in enumerate(point.c)
        if not (isinstance(x, Fraction) and x == 0)
    ]
    return interpolant(terms, slope, offset)
