"""Whether the minimum-norm interpolant is unique, as a network and as a function (THEORY §8).

As a network, up to permutation and splitting: iff the optimal set ``{(c, a)}`` is one point
(and no neuron can be moved along its bias). As a function on R^d: the map from (c, a) to the
function is affine, so the function is unique iff the map is constant on the directions of
the optimal set, the solutions of ``F delta + Z alpha = 0`` on the atoms in use. Functions are
compared in their unique form (:mod:`~polytope_nn.functions.piecewise_linear`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from itertools import islice

from polytope_nn.errors import Undecided
from polytope_nn.exact.ball import Ball
from polytope_nn.exact.linear import kernel, rank
from polytope_nn.exact.scalar import Scalar, Scalars
from polytope_nn.landscape.kinks import Flat, oriented, rising
from polytope_nn.landscape.optimal_set import OptimalPolytope, Point, interpolation
from polytope_nn.problems.interpolation import InterpolationProblem
from polytope_nn.shown import Drawn
from polytope_nn.wording import plural

from .attained import Attained, attained, raised, representative
from .piecewise_linear import Interpolant, difference_point, interpolant, represented

__all__ = ["Uniqueness", "Witness", "along", "uniqueness"]

_ZERO, _ONE = Fraction(0), Fraction(1)
_LOOKED_AT = 100  # vertices of equal class weights, whose kinks are compared


@dataclass(frozen=True)
class Witness:
    """Two optimal interpolants and a rational point where they differ."""

    first: Interpolant
    second: Interpolant
    x: tuple[Fraction, ...]

    @property
    def values(self) -> tuple[Scalar, Scalar]:
        """The two different values at the point."""
        return self.first(self.x), self.second(self.x)


@dataclass(frozen=True)
class Uniqueness(Drawn):
    """The answer, with the reason in words: a proof where it says unique.

    ``verdict`` is ``"unique network"``, ``"unique function"`` or ``"continuum"``;
    ``witness`` is there iff the function is not unique.
    """

    interpolation: OptimalPolytope
    verdict: str
    reason: str
    witness: Witness | None = None

    @property
    def unique_network(self) -> bool:
        """Whether the network is unique up to permutation and splitting."""
        return self.verdict == "unique network"

    @cached_property
    def function(self) -> Interpolant:
        """The function of an optimal network, or of a limit of them."""
        return representative(self.interpolation, attained(self.interpolation))

    @property
    def unique_function(self) -> bool:
        """Whether all optimal networks are one function on R^d."""
        return self.verdict != "continuum"


def uniqueness(problem: InterpolationProblem | OptimalPolytope) -> Uniqueness:
    """Return whether the minimum-norm interpolant is unique, with witness or proof.

    Parameters
    ----------
    problem
        An interpolation problem, or its optimal polytope.

    Returns
    -------
    Uniqueness
        The verdict, with two functions and a point where they differ if there are two.

    Raises
    ------
    NotInterpolable, Undecided
        As :func:`~polytope_nn.search.finding.optimum`.

    Examples
    --------
    >>> rows = [[1, 0], [-1, 0], [0, 1], [0, -1]]
    >>> square = InterpolationProblem(rows, [1, 1, 0, 0], skip="affine", bias="penalised")
    >>> U = uniqueness(square)
    >>> U.verdict, U.witness.first, U.witness.second, U.witness.values
    ('continuum', |x1|, -|x2| + 1, (Fraction(0, 1), Fraction(1, 1)))
    """
    solved = problem if isinstance(problem, OptimalPolytope) else interpolation(problem)
    solved.problem.require_relu()
    A = attained(solved)
    if A.lines:
        return _along_a_line(solved, A)
    if A.loose:
        return _along_a_flat(solved, A)
    answer = _of_points(solved, A.points) if A.points else _of_all(solved)
    if A.reached:
        return answer
    limit = "no network is it, networks come close with ever larger biases"
    verdict = answer.verdict if answer.witness else "unique function"
    return replace(answer, verdict=verdict, reason=f"{answer.reason}; {limit}")


def _of_points(solved: OptimalPolytope, points: tuple[Scalars, ...]) -> Uniqueness:
    """Return the answer for the part of the optimal set that these points span."""
    f = represented(solved, solved.point(points[0]))
    why = f"networks attain the least cost at {plural(len(points), 'point')} and their mixtures"
    if len(points) == 1:
        return Uniqueness(
            solved, "unique network", "a network attains the least cost at one point only"
        )
    if solved.level == "interval":
        known = _in_balls(solved, points)
        return replace(known, reason=f"{why}: {known.reason}")
    for c in points[1:]:
        h = represented(solved, solved.point(c))
        if f != h:
            return _continuum(solved, f, h, f"{why}, and these are different functions")
    return Uniqueness(solved, "unique function", f"{why}, all of them one function")


def _of_all(solved: OptimalPolytope) -> Uniqueness:
    """Return the answer for the whole optimal set."""
    if solved.dim == 0:
        return Uniqueness(
            solved, "unique network",
            f"the optimal set is one point: the {plural(len(solved.used), 'atom')} in use have "
            f"features that are independent modulo what is fitted freely",
        )  # fmt: skip
    first = solved.point(solved.some)
    if solved.level == "interval":
        return _in_balls(solved)
    f, directions = represented(solved, first), _directions(solved)
    if all(represented(solved, d).is_zero for d in directions):
        return Uniqueness(
            solved, "unique function",
            f"the optimal set has dimension {solved.dim}, and each of its {len(directions)} "
            f"directions leaves every kink and the affine part of the function as they are",
        )  # fmt: skip
    others = (represented(solved, solved.point(c)) for c in solved.some_vertices)
    h = next((h for h in others if h != f), None) or _moved(solved, f, directions)
    return _continuum(
        solved, f, h,
        f"the optimal set has dimension {solved.dim}, and the function changes along it",
    )  # fmt: skip


def _moved(
    solved: OptimalPolytope, f: Interpolant, directions: Sequence[Point]
) -> Interpolant:
    """Return another function than f: at the mean of some vertices, or moved from there.

    The mean uses every atom in use, so that it moves both ways along every direction.
    """
    some = solved.some_vertices
    mean = tuple(sum(column, _ZERO) / len(some) for column in zip(*some, strict=True))
    h = represented(solved, solved.point(mean))
    if h != f:
        return h
    d = next(d for d in directions if not represented(solved, d).is_zero)
    step = min(x / -t for x, t in zip(mean, d.c, strict=True) if t < 0) / 2
    moved = tuple(x + step * t for x, t in zip(mean, d.c, strict=True))
    return represented(solved, solved.point(moved))


def _along_a_line(solved: OptimalPolytope, A: Attained) -> Uniqueness:
    """Return the answer when the samples do not determine the skip.

    Interpolants whose kinks differ are shown rather than those that differ by an affine
    function, if there are any.
    """
    f = representative(solved, A)
    why = f"the samples leave {len(A.lines)} directions of the skip undetermined"
    every = (c for masses in solved.masses for c in solved.expanded(masses))
    exact = every if solved.level == "exact" and not solved.problem.free.limited else ()
    for c in islice(exact, _LOOKED_AT):
        h = represented(solved, solved.point(c))
        if any(line not in dict(f.kinks) for line, _ in h.kinks):
            return _continuum(solved, f, h, f"{why}, and the kinks are not unique")
    *slope, offset = (*A.lines[0], *[_ZERO] * (not solved.problem.free.has_constant))
    return _continuum(solved, f, f + Interpolant((), tuple(slope), offset), why)


def _continuum(
    solved: OptimalPolytope, f: Interpolant, h: Interpolant, reason: str
) -> Uniqueness:
    x = difference_point(f, h)
    assert x is not None  # the two have different forms
    return Uniqueness(solved, "continuum", reason, Witness(f, h, x))


def _directions(solved: OptimalPolytope) -> list[Point]:
    """Return a basis of the directions of the optimal set, as points of its span."""
    used, p = solved.used, len(solved.problem.free)
    rows = [
        [*(f[a] for a in used), *z]
        for f, z in zip(solved.A, solved.problem.free.Z, strict=True)
    ]
    found = []
    for direction in kernel(rows, len(used) + p):
        c: list[Scalar] = [_ZERO] * len(solved.atoms)
        for a, x in zip(used, direction, strict=False):
            c[a] = x
        found.append(Point(tuple(c), tuple(direction[len(used) :])))
    return found


def _along_a_flat(solved: OptimalPolytope, A: Attained) -> Uniqueness:
    """Return the answer when optimal neurons may move along their bias."""
    if solved.problem.free.limited and A.reached and rising(solved.atoms, A.loose):
        f, h = raised(solved, A)
    else:
        f, h = along(solved, A.loose[0], A.points)
    families = "a family" if len(A.loose) == 1 else f"{len(A.loose)} families"
    why = f"{families} of optimal neurons differ in the bias alone"
    if not A.reached:
        why += "; no network attains the least cost, and these are limits of networks"
    return _continuum(solved, f, h, why)


def along(
    solved: OptimalPolytope, flat: Flat, points: tuple[Scalars, ...] | None = None
) -> tuple[Interpolant, Interpolant]:
    """Return two interpolants: with neurons at the ends of a flat in use, and moved along it.

    As much as the smaller weight of the ends goes from each to the bias in the middle;
    above a single end, to the bias one larger, less the constant that this adds. Of the
    ``points`` given, or of all vertices.
    """
    ends = [flat.lower] if flat.upper is None else [flat.lower, flat.upper]
    mean = solved.some
    if not solved.missing:  # the mean of vertices that together use the ends of the flat
        chosen = [next(v for v in points or solved.vertices if v[a] > 0) for a in ends]
        mean = tuple(
            sum(column, _ZERO) / len(chosen) for column in zip(*chosen, strict=True)
        )
    before = solved.point(mean)
    moved = min(x.lower if isinstance(x, Ball) else x for x in (mean[a] for a in ends))
    c = list(mean)
    for a in ends:
        c[a] = c[a] - moved
    left = represented(solved, Point(tuple(c), before.a))
    low = solved.atoms[flat.lower]
    bias = low.g[-1] + _ONE
    if flat.upper is not None:
        bias = (low.g[-1] + solved.atoms[flat.upper].g[-1]) / 2
    term = (moved * len(ends) * low.sign, *oriented((*low.g[:-1], bias)))
    h = left + interpolant([term], (_ZERO,) * left.d, _ZERO)
    if flat.upper is None:
        h = replace(h, offset=h.offset - moved * low.sign)
    return represented(solved, before), h


def _in_balls(
    solved: OptimalPolytope, points: tuple[Scalars, ...] | None = None
) -> Uniqueness:
    """Return the answer at level interval: only weights within opposite pairs vary.

    A pair is ``(e/2)|g'x| + (t/2) g'x`` with e fixed, so kinks are fixed and the functions
    differ by an affine function that vanishes on the samples.
    """
    problem = solved.problem
    affine = problem.free.has_constant or problem.bias != "none"
    rows = [(*x, _ONE) if affine else x for x in problem.X]
    if rank(rows) == len(rows[0]):
        why = "the samples determine affine functions"
    elif problem.skip == "none":
        why = "the directions of all neurons lie in the span of the samples"
    else:
        return _affine_parts(solved, points or solved.some_vertices)
    return Uniqueness(
        solved, "unique function",
        f"the optimal set has dimension {solved.dim} by opposite pairs of atoms whose total "
        f"weights are fixed: all kinks are fixed, and {why}",
    )  # fmt: skip


def _affine_parts(solved: OptimalPolytope, points: tuple[Scalars, ...]) -> Uniqueness:
    f = represented(solved, solved.point(points[0]))
    for c in points[1:]:
        h = represented(solved, solved.point(c))
        slope = tuple(s - t for s, t in zip(h.slope, f.slope, strict=True))
        gap = Interpolant((), slope, h.offset - f.offset)
        second = Interpolant(
            f.kinks,
            tuple(s + t for s, t in zip(f.slope, slope, strict=True)),
            f.offset + gap.offset,
        )
        try:
            x = difference_point(gap, Interpolant((), (_ZERO,) * len(slope), _ZERO))
        except Undecided:
            continue
        if x is not None:
            reason = "functions with the same kinks differ by an affine function"
            return Uniqueness(solved, "continuum", reason, Witness(f, second, x))
    raise Undecided("whether the affine parts of the interpolants are all the same")
