"""Weight decay much smaller than the labels: the optimum followed down to it (general B7).

Where beta is 10^-12 of the labels N is as small, or nearly annihilates all directions, and floats
do not tell which are tight. But for all small beta these are the same, and N, the kernels, what
is free, and beta times the masses are smooth in beta. So a system is guessed at a larger beta,
and its solution is followed: a line through two points is as good as beta squared.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import islice

from polytope_nn.errors import Undecided
from polytope_nn.exact.rational import Vector
from polytope_nn.exact.scalar import Scalar
from polytope_nn.vector.balls.enclosed import approached
from polytope_nn.vector.balls.parts import ByFit
from polytope_nn.vector.balls.system import System
from polytope_nn.vector.problem import VectorProblem

from .generation import Generation
from .structure import Start, starts

__all__ = ["followed_starts"]

_SMALL = 1e-5  # of the labels: where floats may fail
_LARGE = 1e-4  # where they do not
_MOST = 2  # starts that are followed
_STEP = 8


def followed_starts(problem: VectorProblem, bits: int) -> Iterator[Start]:
    """Yield systems of a problem of small decay with points near their solutions."""
    beta = Generation(problem).beta
    if not 0 < beta < _SMALL:
        return
    factor = Fraction(_LARGE / beta)
    generation = Generation(problem.altered(beta_squared=problem.beta_squared * factor**2))
    try:
        every = list(islice(starts(generation, generation.hint()), _MOST))
    except Undecided:
        return
    for start in every:
        try:
            yield _followed(start, problem, factor, bits)
        except (Undecided, ZeroDivisionError, OverflowError):
            continue


def _followed(start: Start, problem: VectorProblem, factor: Fraction, bits: int) -> Start:
    """Return a start followed down to the weight decay of a problem, 1 / factor of its own."""
    if not start.system.is_whole:
        raise Undecided("entries that are held, at another weight decay")
    masses = _masses(start.system)
    at, before = factor, factor * 2
    point = _solved(start.system, start.point, bits)
    last = point  # the line of the first step is level
    while at > 1:
        beyond = max(at / _STEP, Fraction(1)) if before != factor * 2 else at / 2
        system = replace(
            start.system,
            problem=problem.altered(beta_squared=problem.beta_squared * beyond**2),
        )
        share = (at - beyond) / (before - at)
        shares = _shares(start.system, (before, at, beyond))
        guess = []
        for i, (s, t) in enumerate(zip(last, point, strict=True)):
            if i in masses:  # beta times a mass is smooth
                s, t = s * before, t * at  # noqa: PLW2901
            x = t + (t - s) * shares.get(i, share)
            guess.append(x / beyond if i in masses else x)
        last, before = point, at
        point, at = _solved(system, guess, bits), beyond
    return Start(replace(start.system, problem=problem), point)


def _shares(
    system: System, decays: tuple[Fraction, Fraction, Fraction]
) -> dict[int, Fraction]:
    """Return how far ahead the fits are that are unknowns, two decays and the next one given."""
    found: dict[int, Fraction] = {}
    for e, piece in enumerate(system.standings):
        if isinstance(piece, ByFit):
            first, second, third = (float(t) ** (1 / (piece.curve.p - 1)) for t in decays)
            found[e] = Fraction((second - third) / (first - second))
    return found


def _solved(system: System, guess: Sequence[Scalar], bits: int) -> Vector:
    """Return rational numbers near the solution of a system."""
    return tuple(t.midpoint for t in approached(system, guess, bits))


def _masses(system: System) -> set[int]:
    """Return the places of the entries of all S among the unknowns."""
    found: set[int] = set()
    at = len(system.standings) + system.q
    for part in system.parts:
        at += len(part.others) * part.k
        found |= set(range(at, at + len(part.entries)))
        at += len(part.entries)
    return found
