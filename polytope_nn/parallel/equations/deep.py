"""Kappa made exact where depth helps: the equations of the optimum, and a number field (P1, P7).

Unknown are kappa, the entries of mu on the raised rows of each part and the masses of its inner
neurons; the fit is made, each neuron has ``|g| = beta``, and z is 0 on the raised rows, all in
the units of the problem. Newton's method solves these polynomial equations to many digits. A
number field is guessed, and the kappa found in it is proved or dropped.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from polytope_nn.exact.ball import Ball
from polytope_nn.exact.rational import Matrix, Vector
from polytope_nn.exact.recognise import guess_field
from polytope_nn.exact.scalar import Scalar, Scalars, dot
from polytope_nn.limits import Limits
from polytope_nn.parallel.blocks import classes_of, size_of, with_alike
from polytope_nn.parallel.conic.master import DeepKappa, Part
from polytope_nn.parallel.problem import ParallelProblem

from .theta import form, solution
from .units import Units

__all__ = ["DeepSystem", "exact_kappa"]

_CHANCE = 8  # the degree that kappa may have by chance
_ZERO = Fraction(0)


@dataclass(frozen=True)
class DeepSystem:
    """The equations; the unknowns are kappa, then for each part mu raised and masses, in units."""

    problem: ParallelProblem
    parts: tuple[Part, ...]

    @cached_property
    def units(self) -> Units:
        """The units of the problem."""
        return Units(self.problem)

    @cached_property
    def of_unknowns(self) -> Vector:
        """The unit of each unknown."""
        U, found = self.units, [*self.units.kappa]
        for part in self.parts:
            found += [U.kappa[i] for i in part.raised]
            found += [U.mass] * len(part.faces)
        return tuple(found)

    @cached_property
    def forms(self) -> tuple[tuple[tuple[Vector, ...], ...], ...]:
        """The forms of the faces of each part."""
        return tuple(
            tuple(form(self.units.design, face) for _, face in part.faces)
            for part in self.parts
        )

    def start(self, kappa: Sequence[float]) -> list[Fraction]:
        """Return the point that floats gave."""
        point = [Fraction(t) for t in kappa]
        for part in self.parts:
            point += [Fraction(t) for t in (*part.raised.values(), *part.faces.values())]
        return [t / unit for t, unit in zip(point, self.of_unknowns, strict=True)]

    def solution(self, kappa: Sequence[float], bits: int) -> Vector | None:
        """Return a solution near what floats gave; None where Newton's method finds none."""
        return solution(self, self.start(kappa), bits)

    def real(self, point: Sequence[Scalar]) -> Scalars:
        """Return the unknowns themselves, or the first of them."""
        return tuple(t * unit for t, unit in zip(point, self.of_unknowns, strict=False))

    def mu(
        self, part: Part, kappa: Sequence[Fraction], raised: Sequence[Fraction]
    ) -> Vector:
        """Return mu of a part."""
        mu = [k * part.sigma if i in part.inside else _ZERO for i, k in enumerate(kappa)]
        for i, t in zip(part.raised, raised, strict=True):
            mu[i] = t
        return tuple(mu)

    def flat(self, part: Part) -> frozenset[int]:
        """Return the raised rows of a part and those of their direction: z is 0 there."""
        return with_alike(part.raised, classes_of(self.problem.design))

    @cached_property
    def masses(self) -> tuple[int, ...]:
        """The places of the masses among the unknowns."""
        found: list[int] = []
        at = self.problem.n
        for part in self.parts:
            at += len(part.raised)
            found += range(at, at + len(part.faces))
            at += len(part.faces)
        return tuple(found)

    @cached_property
    def told(self) -> dict[int, Fraction]:
        """Kappa on the rows where the fit is 0, whatever the unknowns are."""
        makes = [
            (part.inside, self.flat(part), face)
            for part in self.parts
            for _, face in part.faces
        ]
        made = {
            i
            for inside, raised, face in makes
            for i in inside
            if i not in raised and face[i] > 0
        }
        pairs = enumerate(zip(self.units.weights, self.units.y, strict=True))
        return {i: w * y for i, (w, y) in pairs if i not in made}

    def lengths(self, zeros: Collection[int]) -> dict[int, object]:
        """Return the rows of the lengths, each with what it is as a polynomial.

        ``zeros`` are rows where kappa is known to be 0.
        """
        found: dict[int, object] = {}
        row = start = self.problem.n
        for part, forms in zip(self.parts, self.forms, strict=True):
            places = {i: (i, part.sigma) for i in part.inside if i not in zeros}
            places |= {i: (start + q, 1) for q, i in enumerate(part.raised)}
            for B in forms:
                terms: dict[tuple[int, int], Fraction] = {}
                for i, (p, s) in places.items():
                    for j, (q, t) in places.items():
                        key = (min(p, q), max(p, q))
                        terms[key] = terms.get(key, _ZERO) + B[i][j] * s * t
                found[row] = tuple(sorted((key, x) for key, x in terms.items() if x))
                row += 1
            row += len(part.raised)
            start += len(part.raised) + len(forms)
        return found

    def at(self, point: Sequence[Fraction]) -> tuple[Vector, Matrix]:
        """Return the values of the equations and their Jacobian at a point."""
        D = self.units
        n, size = self.problem.n, len(point)
        fit = [y - k / w for y, k, w in zip(D.y, point, D.weights, strict=False)]
        rows = [
            [-1 / w if i == j else _ZERO for j in range(size)]
            for i, w in enumerate(D.weights)
        ]
        values: list[Fraction] = []
        start = n
        for part, forms in zip(self.parts, self.forms, strict=True):
            of_part = _PartEquations(self, part, forms, start, tuple(point))
            for f in of_part.features:
                values.append(dot(of_part.mu, f) - D.square)
                rows.append(of_part.of_length(f))
            for i in range(n):
                if i in part.raised:
                    values.append(of_part.z(i))
                    rows.append(of_part.of_output(i))
                elif i in part.inside and i not in self.flat(part):
                    fit[i] -= part.sigma * of_part.z(i)
                    moved = of_part.of_output(i)
                    rows[i] = [
                        a - part.sigma * b for a, b in zip(rows[i], moved, strict=True)
                    ]
            start += len(part.raised) + len(forms)
        for i, (j, t) in self.alike.items():
            fit[i] -= t * fit[j]
            rows[i] = [a - t * b for a, b in zip(rows[i], rows[j], strict=True)]
        return (*fit, *values), tuple(map(tuple, rows))

    def sides(self, point: Sequence[Fraction]) -> list[list[Fraction]]:
        """Return what masses of neurons add to z of their parts, turned so that sums are ``>= 0``.

        One row for each part and each row that is not raised.
        """
        found, start = [], self.problem.n
        for part, forms in zip(self.parts, self.forms, strict=True):
            of_part = _PartEquations(self, part, forms, start, tuple(point))
            start += len(part.raised) + len(forms)
            places = {j: self.masses.index(of_part.first + j) for j in range(len(forms))}
            for i in range(self.problem.n):
                row = [_ZERO] * len(self.masses)
                for j, f in enumerate(of_part.features):
                    row[places[j]] = f[i] if i in part.inside else -f[i]
                found += [row] if i not in part.raised and any(row) else []
        return found

    @cached_property
    def alike(self) -> dict[int, tuple[int, Fraction]]:
        """Rows that are multiples of the first one of their direction, with that and the factor.

        What branches make there is the same, and both residuals may be far above beta: without
        it the difference of their equations is not lost.
        """
        X, found = self.units.design, {}
        for j, *others in classes_of(X):
            found.update({i: (j, size_of(X[i]) / size_of(X[j])) for i in others})
        return found


@dataclass(frozen=True)
class _PartEquations:
    """What one part contributes at a point; its unknowns begin at ``start``."""

    system: DeepSystem
    part: Part
    forms: tuple[tuple[Vector, ...], ...]
    start: int
    point: Vector

    @property
    def first(self) -> int:
        """The place of the first mass."""
        return self.start + len(self.part.raised)

    @cached_property
    def masses(self) -> Vector:
        """The masses of the inner neurons."""
        return self.point[self.first : self.first + len(self.forms)]

    @cached_property
    def mu(self) -> Vector:
        """What the inner neurons see, shape (n,)."""
        kappa = self.point[: self.system.problem.n]
        return self.system.mu(self.part, kappa, self.point[self.start : self.first])

    @cached_property
    def features(self) -> tuple[Vector, ...]:
        """The signed features of the inner neurons."""
        return tuple(tuple(dot(row, self.mu) for row in B) for B in self.forms)

    @cached_property
    def places(self) -> dict[int, tuple[int, int]]:
        """For each row on which mu is not 0 the unknown that it is, and its sign."""
        found = {i: (i, self.part.sigma) for i in self.part.inside}
        return found | {i: (self.start + q, 1) for q, i in enumerate(self.part.raised)}

    def z(self, i: int) -> Fraction:
        """Return the i-th entry of the mixture."""
        return dot(self.masses, [f[i] for f in self.features])

    def of_length(self, f: Vector) -> list[Fraction]:
        """Return the derivative of ``|g|^2``, ``2 f`` where mu is unknown."""
        row = [_ZERO] * len(self.point)
        for i, (at, sign) in self.places.items():
            row[at] += 2 * sign * f[i]
        return row

    def of_output(self, i: int) -> list[Fraction]:
        """Return the derivative of ``z_i``."""
        row = [_ZERO] * len(self.point)
        for j, (at, sign) in self.places.items():
            row[at] += sign * dot(self.masses, [B[i][j] for B in self.forms])
        for q, f in enumerate(self.features):
            row[self.first + q] += f[i]
        return row


def exact_kappa(
    problem: ParallelProblem, found: DeepKappa, limits: Limits
) -> Scalars | None:
    """Return kappa in a number field, guessed from its digits; None if none is seen.

    L lengths that differ are quadratic equations, and their zeros of degree 2^L but by chance:
    where that is more than asked for, fields of a degree beyond ``_CHANCE`` are not looked for.
    """
    system = DeepSystem(problem, found.parts)
    lengths = {*system.lengths(found.zeros).values()}
    if limits.degree > _CHANCE and 2 ** len(lengths) > limits.degree:
        return None
    point = system.solution(found.kappa, limits.field_bits)
    if point is None:
        return None
    radius = Fraction(1, 1 << limits.field_bits)
    balls = [
        Ball.from_interval(t - radius, t + radius, limits.field_bits + 32)
        for t in point[: problem.n]
    ]
    guessed = guess_field(balls, max_degree=limits.degree)
    return None if guessed is None else system.real(guessed[1])
