"""What networks attain where constants are free in the limit only (THEORY §8).

With a free bias and no affine skip the optimal set ``{(c, a)}`` has constants that no network
makes at no cost. A network attains the optimum iff its constant is 0, or is made by the
linear skip, or by neurons above their last kink, whose bias may grow. What such networks
form is decided here from the signs of the constants of the vertices.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from polytope_nn.errors import NotAttained, Undecided
from polytope_nn.exact.rational import Matrix
from polytope_nn.exact.scalar import Scalar, Scalars, sign
from polytope_nn.landscape.kinks import UNATTAINED, Flat, between, oriented, rising
from polytope_nn.landscape.optimal_set import OptimalPolytope, Point

from .piecewise_linear import Interpolant, interpolant, represented

__all__ = [
    "Attained",
    "attained",
    "is_attained",
    "raised",
    "representative",
    "require_attained",
]

_ZERO, _ONE = Fraction(0), Fraction(1)


@dataclass(frozen=True)
class Attained:
    """What networks attain; if none does, the limits of networks.

    ``points`` (of P, shape (N,) each) span the attained part of it; None stands for all of P.
    ``loose`` are the flats along which neurons of optimal networks move; ``lines`` the
    directions of the skip that are left open.
    """

    reached: bool
    points: tuple[Scalars, ...] | None
    loose: tuple[Flat, ...]
    lines: Matrix


def attained(solved: OptimalPolytope) -> Attained:
    """Return what networks attain of an optimal set.

    >>> from polytope_nn.problems.interpolation import InterpolationProblem
    >>> from polytope_nn.landscape.optimal_set import interpolation
    >>> cross = [[1, 0], [-1, 0], [0, 1], [0, -1]]
    >>> A = attained(interpolation(InterpolationProblem(cross, [0, 0, 1, 1], bias="free")))
    >>> A.reached, len(A.points)  # |x2|, and not 1 - |x1|, whose constant nobody makes
    (True, 1)
    """
    loose, lines = solved.loose, solved.lines
    if not _is_without_constant(solved):
        kept = lines
        if solved.problem.free.limited:
            kept = tuple(line for line in lines if not line[-1])
        return Attained(reached=True, points=None, loose=loose, lines=kept)
    constants = tuple(solved.free_part(c)[-1] for c in solved.vertices)
    points = _without_constant(solved.vertices, constants)
    if not points:
        return Attained(reached=False, points=None, loose=loose, lines=lines)
    used = {a for c in points for a, x in enumerate(c) if x != 0}
    moving = tuple(f for f in between(solved.optimum, used) if f.upper is not None)
    return Attained(reached=True, points=points, loose=moving, lines=lines)


def require_attained(solved: OptimalPolytope) -> None:
    """Raise :class:`NotAttained` when no network of any width reaches the least objective."""
    if not is_attained(solved):
        raise NotAttained(UNATTAINED)


def is_attained(solved: OptimalPolytope) -> bool:
    """Return whether a network reaches the least cost."""
    if not solved.is_unlisted or not _is_without_constant(solved):
        return attained(solved).reached
    from polytope_nn.networks.hulls.without_constant import one_without_constant

    try:
        one_without_constant(solved)
    except NotAttained:
        return False
    return True


def _is_without_constant(solved: OptimalPolytope) -> bool:
    if not solved.problem.free.limited:
        return False
    from polytope_nn.networks.hulls.without_constant import without_constant

    return without_constant(solved)


def _without_constant(
    vertices: Sequence[Scalars], constants: Scalars
) -> tuple[Scalars, ...]:
    """Return points whose affine span is that of the points with the constant 0.

    The vertices with constant 0, and mixtures of each other one with one of the other sign:
    as many as the hyperplane needs, with all the atoms that its points use.
    """
    signs = list(map(sign, constants))
    plus, minus = ([i for i, t in enumerate(signs) if t == s] for s in (1, -1))
    pairs = [(i, i) for i, t in enumerate(signs) if not t]
    if plus and minus:
        pairs += [(i, minus[0]) for i in plus] + [(plus[0], j) for j in minus[1:]]
    return tuple(
        vertices[i] if i == j else _mixture(vertices, constants, i, j)
        for i, j in sorted(pairs)
    )


def _mixture(vertices: Sequence[Scalars], constants: Scalars, i: int, j: int) -> Scalars:
    """Return the mixture with constant 0 of two points with a positive and a negative one."""
    a, b = constants[i], constants[j]
    pairs = zip(vertices[i], vertices[j], strict=True)
    return tuple((a * t - b * s) / (a - b) for s, t in pairs)


def representative(solved: OptimalPolytope, A: Attained) -> Interpolant:
    """Return the function of an optimal network; of a limit of them if none is optimal."""
    if A.points is not None:
        return represented(solved, solved.point(A.points[0]))
    if solved.problem.free.limited and rising(solved.atoms, A.loose):
        return raised(solved, A)[0]
    return represented(solved, solved.point(solved.some))


def raised(solved: OptimalPolytope, A: Attained) -> tuple[Interpolant, Interpolant]:
    """Return the functions of two optimal networks with neurons above their last kinks.

    Two such neurons of opposite signs make the constant, in many ways.
    """
    flats = rising(solved.atoms, A.loose)
    ends = [flat.lower for flat in flats.values()]
    using = [next(v for v in solved.vertices if v[a] > 0) for a in ends]
    c = tuple(sum(column, _ZERO) / len(using) for column in zip(*using, strict=True))
    constant = solved.free_part(c)[-1]
    try:
        s = sign(constant)
    except Undecided:
        raise Undecided(
            "the sign of the constant that a neuron above its last kink makes: change a "
            "label a little"
        ) from None
    made = [_part(solved, flats[s].lower, c[flats[s].lower] / 2, constant * s)] if s else []
    both = [_part(solved, a, c[a] / 4, _ONE) for a in ends]
    return _higher(solved, c, made), _higher(solved, c, [*made, *both])


@dataclass(frozen=True)
class _Part:
    """Some of the weight of an atom, at a bias that is larger by ``gain / weight``."""

    atom: int
    weight: Scalar
    gain: Scalar
    term: tuple[Scalar, Scalars, int]


def _part(solved: OptimalPolytope, a: int, weight: Scalar, gain: Scalar) -> _Part:
    atom = solved.atoms[a]
    *w, b = atom.g
    line, side = oriented((*w, b + gain / weight))
    return _Part(a, weight, gain, (weight * atom.sign, line, side))


def _higher(solved: OptimalPolytope, c: Scalars, parts: Sequence[_Part]) -> Interpolant:
    """Return the function of a point with parts at larger biases, less the constants gained."""
    left = list(c)
    offset: Scalar = _ZERO
    for p in parts:
        a = p.atom
        left[a] = left[a] - p.weight
        offset = offset - p.gain * solved.atoms[a].sign
    f = represented(solved, Point(tuple(left), solved.free_part(c)))
    return f + interpolant([p.term for p in parts], (_ZERO,) * f.d, offset)
