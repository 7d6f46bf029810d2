"""An optimum whose ties are symmetries, proved in balls of few unknowns (general A4).

kappa is ``O theta`` with one unknown for each orbit of samples. Of an orbit of faces the forms
``O'V V'O`` are equal, an identity of rationals: so one norm equation ties them all, and the
equations of optimality, summed over the orbits, are those of a smaller resolvent with the
factors ``O'V``. Its one solution in a box is proved as ever. Features and the fit are then
rational functions of theta and of the weights, and what cancels in them is 0.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from polytope_nn.dual.optimum import Optimum
from polytope_nn.dual.resolvent import Resolvent, factor
from polytope_nn.dual.system import Face
from polytope_nn.errors import Undecided
from polytope_nn.exact.ball import Ball, Balls
from polytope_nn.exact.linear import gram, rank, transpose
from polytope_nn.exact.rational import Matrix, Vector, unit_vector
from polytope_nn.exact.scalar import Scalar, dot
from polytope_nn.problems.losses.smooth import Smooth
from polytope_nn.problems.problem import Problem
from polytope_nn.search.candidate import Candidate

from .automorphisms import Symmetry, orbits, reduction, symmetries
from .proving import proved

__all__ = ["averaged", "level", "standing", "symmetric_optima"]

_ZERO, _ONE = Fraction(0), Fraction(1)


@dataclass(frozen=True)
class Repeated(Smooth):
    """A smooth graph whose fit counts ``times``: the sum over an orbit of samples."""

    of: Smooth
    times: int

    @property
    def domain(self) -> tuple[Fraction | None, Fraction | None]:
        """That of one sample."""
        return self.of.domain

    def fit(self, kappa: Scalar) -> Scalar:
        """Return the sum of the fits."""
        return self.of.fit(kappa) * self.times

    def derivative(self, kappa: Scalar) -> Scalar:
        """Return the derivative of the sum."""
        return self.of.derivative(kappa) * self.times

    def kappa(self, z: Scalar) -> Scalar:
        """Return the kappa of a sum of fits."""
        return self.of.kappa(z / self.times)

    def conjugate(self, kappa: Scalar) -> Scalar:
        """Return the conjugate of one sample, times."""
        return self.of.conjugate(kappa) * self.times

    def value(self, z: Scalar) -> Scalar:
        """Return the loss of the sum of fits."""
        return self.of.value(z / self.times) * self.times


@dataclass(frozen=True)
class _Orbit:
    """Faces with one form in theta, their factors, and the factor ``O'V`` of the first."""

    faces: tuple[Face, ...]
    factors: tuple[Matrix, ...]
    reduced: Matrix


def symmetric_optima(candidate: Candidate, whole: Problem, bits: int) -> Iterator[Optimum]:
    """Yield the optimum of a candidate whose ties are all symmetries, proved in balls.

    Raises
    ------
    Undecided
        When something is free, kappa is not unique, ties are no symmetries, or a decision
        is not strict.
    """
    problem = candidate.problem
    by = symmetries(whole)
    if not by or problem.free.columns or len(problem.charts) > 1 or not problem.has_loss:
        raise Undecided("ties that are no symmetries of the samples")
    O = reduction(problem.n, by)
    found = _orbits(candidate, by, O)
    merged = _merged(found)
    theta, c = _solved(candidate, by, merged, bits)
    tied = [
        (face, V, x)
        for orbit, x in zip(merged, c, strict=True)
        for face, V in zip(orbit.faces, orbit.factors, strict=True)
    ]
    yield proved(problem, whole, (O, theta), tied)


def _orbits(candidate: Candidate, by: Sequence[Symmetry], O: Matrix) -> list[_Orbit]:
    """Return the orbits of the tied faces; each has one form."""
    X = candidate.problem.charts[0].design
    left = {face.key: face for face in candidate.faces}
    found: list[_Orbit] = []
    while left:
        start = next(iter(left.values()))
        reached = {start.key: start}
        waiting = [start]
        for face in waiting:
            for s in by:
                image = _image(face, s)
                if image.key not in reached:
                    reached[image.key] = image
                    waiting.append(image)
        if not set(reached) <= set(left):
            raise Undecided("the tied faces are not all the images of each other")
        factors = [factor(X, face.covector) for face in reached.values()]
        reduced = [_reduced(O, V) for V in factors]
        forms = {gram(W) for W in reduced}
        if len(forms) > 1:
            raise Undecided("the tied faces of an orbit have different forms")
        found.append(_Orbit(tuple(reached.values()), tuple(factors), reduced[0]))
        left = {key: face for key, face in left.items() if key not in reached}
    return found


def _merged(found: Sequence[_Orbit]) -> list[_Orbit]:
    """Return the orbits, those of one form as one: theta does not tell what each weighs.

    Of weights that are alike in an orbit the fit is told by its sums over orbits of samples,
    and those by the sum of the weights of the orbits of one form.
    """
    alike: dict[Matrix, list[_Orbit]] = {}
    for orbit in found:
        alike.setdefault(gram(orbit.reduced), []).append(orbit)
    return [
        _Orbit(
            tuple(face for orbit in group for face in orbit.faces),
            tuple(V for orbit in group for V in orbit.factors),
            group[0].reduced,
        )
        for group in alike.values()
    ]


def standing(problem: Problem, whole: Problem) -> tuple[Symmetry, ...]:
    """Return symmetries that keep what is free and kappa, which is then known to be unique.

    It is where losses bend, or slope, at samples that determine all kappa orthogonal to what is
    free.
    """
    Z, n = whole.free.columns, problem.n
    curves = problem.curves or (None,) * n
    bent = [k for k in range(n) if curves[k] is not None or problem.inverse_weights[k]]
    units = [unit_vector(k, n) for k in bent]
    if rank([*Z, *units]) < n:
        return ()
    own = rank(Z) if Z else 0
    return tuple(
        s
        for s in symmetries(whole)
        if not Z or rank([*Z, *(tuple(z[j] for j in s.images) for z in Z)]) == own
    )


def level(by: Sequence[Symmetry], n: int) -> list[Vector]:
    """Return relations of kappa that symmetries give."""
    found = []
    for s in by:
        for k, j in enumerate(s.images):
            row = [_ZERO] * n
            row[j] += 1
            row[k] -= s.side
            if any(row):
                found.append(tuple(row))
    return found


def averaged(
    by: Sequence[Symmetry], faces: Sequence[Face], weights: Sequence[Ball]
) -> list[Ball]:
    """Return means of weights on orbits of tied faces, one ball for each: as good as they are.

    Symmetries that keep kappa take optimal networks to optimal ones, and so is their mean.
    Weights that are one number are told to be one.
    """
    place = {face.key: i for i, face in enumerate(faces)}
    found, left = list(weights), set(place)
    while left:
        reached = [min(left)]
        for key in reached:
            images = (_image(faces[place[key]], s).key for s in by)
            reached += dict.fromkeys(k for k in images if k not in reached)
            if not left.issuperset(reached):
                return list(weights)
        left -= {*reached}
        at = [place[key] for key in reached]
        mean = sum((weights[i] for i in at[1:]), weights[at[0]]) / len(at)
        for i in at:
            found[i] = mean
    return found


def _image(face: Face, s: Symmetry) -> Face:
    covector = [0] * len(face.covector)
    for k, t in enumerate(face.covector):
        covector[s.images[k]] = t
    return Face(face.sign * s.side, tuple(covector), face.chart)


def _reduced(O: Matrix, V: Matrix) -> Matrix:
    return tuple(tuple(dot(column, v) for v in transpose(V)) for column in transpose(O))


def _solved(
    candidate: Candidate,
    by: Sequence[Symmetry],
    found: Sequence[_Orbit],
    bits: int,
) -> tuple[Balls, Balls]:
    """Return theta and the weight of each face of an orbit, enclosed and positive."""
    problem = candidate.problem
    every = orbits(problem.n, by)
    firsts = [min(o) for o in every]
    curves = problem.curves or (None,) * problem.n
    bent = [
        None
        if (curve := curves[k]) is None
        else Repeated(curve.y, curve.weight, curve, len(o))
        for k, o in zip(firsts, every, strict=True)
    ]
    system = Resolvent(
        tuple(problem.y[k] * len(o) for k, o in zip(firsts, every, strict=True)),
        tuple(
            problem.inverse_weights[k] * len(o) for k, o in zip(firsts, every, strict=True)
        ),
        problem.beta_squared,
        tuple(orbit.reduced for orbit in found),
        curves=tuple(bent) if any(bent) else (),
    )
    start = [candidate.kappa[k].midpoint for k in firsts]
    start += _weights(candidate, found)
    refined = system.refined(start, bits)
    box = system.enclosed(refined, bits // 2)
    theta, masses, _ = system.split(box)
    if not all(c > 0 for c in masses):
        raise Undecided("the weight of an orbit of atoms is not positive")
    at = len(theta)
    shares = zip(box[at:], found, strict=True)
    return box[:at], tuple(c / len(orbit.faces) for c, orbit in shares)


def _weights(candidate: Candidate, found: Sequence[_Orbit]) -> list[Fraction]:
    """Return about how much mass each orbit has, from the weights of the candidate's basis."""
    n = candidate.problem.n
    known = {
        unit.face.key: t.midpoint
        for unit, t in zip(candidate.basis, candidate.point[n:], strict=False)
    }
    sums = [
        sum((known.get(face.key, _ZERO) for face in orbit.faces), _ZERO) for orbit in found
    ]
    total = sum(map(abs, sums), _ZERO) or _ONE
    return [x if x > 0 else total / 8 for x in sums]
