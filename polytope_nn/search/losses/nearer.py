"""A beta beyond floats, or too small for them: what is tied is asked at a nearer one.

As beta falls to 0 the faces in use, and the piece each sample stands on, are in the end those
of all smaller beta, and (kappa, beta c, lambda) are smooth in beta: two solutions of the system
foretell those at about the square of their beta, and Newton's method goes on from there. Above
some beta no neuron is in use, and kappa stays. Nothing here is believed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from fractions import Fraction
from typing import TypeVar

from polytope_nn.dual.system import Semidefinite
from polytope_nn.errors import Undecided
from polytope_nn.exact.rational import Vector, exponent
from polytope_nn.problems.problem import Problem
from polytope_nn.search.candidate import Candidate

from .pieces import Pieces

__all__ = ["at_beta", "depth", "larger", "moved", "nearer"]

_FLOATS = 400  # bits by which beta^2 may differ from 1 in floats
_NEAR = (
    10,
    30,
    60,
)  # bits by which beta^2 differs from 1 where the faces are asked, in turn
_SMALL = Fraction(1, 1 << 12)  # a beta^2 below this is small
_TIMES = (6, 14, 24)  # bits by which larger betas are larger, in turn
_NEWTON = 4  # times the bits by which kappa is below 1 that are asked for
_SAFE = Fraction(1 << 12)  # by which the next beta is above the square of the last

CandidateT = TypeVar("CandidateT", bound=Candidate)


def nearer(problem: Problem, beyond: int = _FLOATS) -> tuple[Problem, ...]:
    """Return the problem at betas that floats can hold; none where they hold its own.

    They do up to ``beyond`` bits of ``beta^2``.

    >>> from polytope_nn.problems.training import TrainingProblem
    >>> far = TrainingProblem([[1]], [1], beta="1e-400", loss="absolute")
    >>> [near.beta_squared < 1 for near in nearer(far)], nearer(nearer(far)[0])
    ([True, True, True], ())
    """
    square = problem.beta_squared
    size = exponent(square)
    if abs(size) <= beyond:
        return ()
    sides = (near if size > 0 else -near for near in _NEAR)
    return tuple(at_beta(problem, square / _power(size - near)) for near in sides)


def larger(problem: Problem) -> tuple[Problem, ...]:
    """Return the problem at larger betas, where its own is small: floats see more there."""
    square = problem.beta_squared
    if square > _SMALL:
        return ()
    multiples = (at_beta(problem, square * 4**k) for k in _TIMES)
    return (*multiples, *nearer(problem, _FLOATS // 4))


def at_beta(problem: Problem, square: Fraction) -> Problem:
    """Return the same problem with another ``beta^2``."""
    other: Problem = object.__new__(type(problem))
    for f in fields(problem):  # type: ignore[arg-type]  # every problem is a dataclass
        object.__setattr__(other, f.name, getattr(problem, f.name))
    object.__setattr__(other, "beta_squared", square)
    return other


def _power(bits: int) -> Fraction:
    """Return about ``2^bits``, the square of a rational."""
    half = bits // 2
    return Fraction(4**half) if half >= 0 else Fraction(1, 4**-half)


def moved(candidate: CandidateT, problem: Problem, bits: int) -> CandidateT:
    """Return the candidate of a nearer problem at the beta of this one, refined.

    Raises
    ------
    Undecided
        When entries of kappa or weights were chosen there, or Newton's method does not settle.
    """
    system = candidate.system
    if candidate.held:
        raise Undecided("the features of the tied directions are dependent")
    local = candidate.problem
    local = Pieces(problem, local.pieces) if isinstance(local, Pieces) else problem
    chosen = {j: system.y[j] - candidate.problem.y[j] for j in candidate.pins}
    x = tuple(t.midpoint for t in candidate.point)
    ratio = _root(problem.beta_squared / system.beta_squared)
    if candidate.basis:
        k = problem.n, problem.n + len(candidate.basis)
        x = _followed(_Scaled(system, k, chosen), x, ratio, bits)
    here = _Scaled(system, (0, 0), chosen).at(ratio)
    small = (*x[: problem.n], ratio * min(Fraction(1), system.beta_squared))
    point = here.refined(x, max(bits, _NEWTON * _depth(small)))
    return replace(candidate, problem=local, system=here, point=point)


@dataclass(frozen=True)
class _Scaled:
    """A system at beta and at its multiples, the weights between two places times those.

    Entries of kappa that were ``chosen`` are multiples, too.
    """

    system: Semidefinite
    between: tuple[int, int]
    chosen: Mapping[int, Fraction]

    def at(self, times: Fraction) -> Semidefinite:
        """Return the system at a multiple of beta."""
        y = list(self.system.y)
        for j, r in self.chosen.items():
            y[j] += r * times - r
        square = self.system.beta_squared * times * times
        return replace(self.system, y=tuple(y), beta_squared=square)

    def solved(self, x: Vector, times: Fraction, bits: int) -> Vector:
        """Return the solution near x at a multiple of beta."""
        low, high = self.between
        start = [t / times if low <= i < high else t for i, t in enumerate(x)]
        found = self.at(times).refined(start, bits + _NEWTON * _depth((times,)))
        return tuple(
            t.midpoint * times if low <= i < high else t.midpoint
            for i, t in enumerate(found)
        )


def _followed(S: _Scaled, x: Vector, ratio: Fraction, bits: int) -> Vector:
    """Return (kappa, c, lambda) at a multiple of beta, from that at beta."""
    one = Fraction(1)
    first, second = one, one / 2 if ratio < 1 else one * 2
    older, newer = x, S.solved(x, second, bits)
    while second != ratio:
        step = min(_SAFE * second, Fraction(1, 4)) * second if ratio < 1 else second * 2
        ahead = max(step, ratio) if ratio < 1 else min(step, ratio)
        beside = ahead * 2
        found = [
            S.solved(_line(older, newer, (t - first) / (second - first)), t, bits)
            for t in (beside, ahead)
        ]
        (older, newer), (first, second) = found, (beside, ahead)
    low, high = S.between
    return tuple(t / ratio if low <= i < high else t for i, t in enumerate(newer))


def _line(x: Vector, z: Vector, share: Fraction) -> Vector:
    return tuple(s + share * (t - s) for s, t in zip(x, z, strict=True))


def depth(candidate: Candidate) -> int:
    """Return the bits by which the smallest entry of kappa, or beta, is below 1."""
    kappa = tuple(t.midpoint for t in candidate.kappa)
    return max(_depth(kappa), _depth((candidate.system.beta_squared,)) // 2)


def _depth(numbers: Vector) -> int:
    """Return the bits by which the smallest number that is not 0 is below 1."""
    sizes = [-exponent(t) for t in numbers if t]
    return max(0, *sizes) if sizes else 0


def _root(square: Fraction) -> Fraction:
    """Return the root of the square of a power of 2."""
    half = (exponent(square)) // 2
    return Fraction(2**half) if half >= 0 else Fraction(1, 2**-half)
