"""A regime: a guessed type with its system, and the conditions that prove it on a stretch.

On every tope and for both signs the value must be below 1, or be attained at an atom (T2):
either a fixed multiplier proves a strict bound, or the maximum is at a face with rational
forms of k for multipliers, that are ``>= 0``; the face is an atom, or lies on the boundary of one
(then its value is smaller wherever the atom is inside its own face), or has a value below 1.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from polytope_nn.dual.enclosures import Enclosures
from polytope_nn.dual.fibre import OptimalBalls
from polytope_nn.dual.resolvent import factor
from polytope_nn.dual.system import Face, Unit, pinned_system
from polytope_nn.dual.tight import balanced, opposite, proved_atom
from polytope_nn.errors import Undecided
from polytope_nn.exact.ball import Ball, Balls, ball_vector
from polytope_nn.exact.linear import rank
from polytope_nn.exact.rational import Matrix, Vector
from polytope_nn.exact.scalar import dot
from polytope_nn.search.floats import multiplier_guess

from .conditions import Below, Condition, Linear, positive_weights
from .curve import BITS, Curve, Point
from .decay import DecayFamily
from .relations import Relations, related
from .stretch import Stretch
from .tied import Tied
from .types import AtomKey, CombinatorialType, on_boundary

__all__ = ["Regime", "regime_of"]

_Explained = tuple[tuple[int, ...], AtomKey, tuple[Vector, ...]]

_SCALE = 1 << 60  # to which a pull is rounded for the guess of a multiplier
_ROUNDED = 1 << 40
_VERTICES = 20_000


@dataclass(frozen=True)
class Regime:
    """Units and columns of a guessed type, for one family of problems; ``tied`` are more atoms."""

    curve: Curve
    tied: Tied | None = None

    @property
    def family(self) -> DecayFamily:
        """The family of problems."""
        return self.curve.family

    @cached_property
    def atoms(self) -> tuple[AtomKey, ...]:
        """The atoms of the units, both of each pair, and those that are tied to them."""
        units = tuple(
            face.key
            for unit in self.curve.units
            for face in (unit.face, unit.partner)
            if face is not None
        )
        return units if self.tied is None else (*units, *self.tied.keys)

    @cached_property
    def own(self) -> tuple[Condition, ...]:
        """The conditions that do not depend on the stretch: weights, and faces of the atoms."""
        n, X = self.curve.n, self.family.X
        weights: Sequence[Condition] = positive_weights(n, len(self.curve.units))
        moving = [(unit.face.key, unit.factor) for unit in self.curve.units]
        if self.tied is not None:
            weights = self.tied.conditions
            moving += [(key, factor(X, key[1])) for key in self.tied.keys]
        faces = []
        for (s, covector), V in moving:
            for x, t in zip(X, covector, strict=True):
                if t:
                    faces.append(Linear(tuple(dot(x, row) * s * t for row in V)))
        return (*weights, *dict.fromkeys(faces))

    @cached_property
    def _guess(self) -> "_Multipliers":
        return _Multipliers(self.family)

    @cached_property
    def _explained(self) -> dict[_Explained, tuple[Condition, ...]]:
        return {}

    def conditions(self, stretch: Stretch, inner: Point) -> Iterator[Condition]:
        """Yield conditions that prove the type where they hold; all but strict bounds.

        ``inner`` is a point where the type is known already: what is close to tight there
        is told by it.
        """
        yield from self.own
        X, H = self.family.X, self.family.arrangement
        known = related(self.curve, stretch.values[: self.curve.n])
        pulls = _Pulls(X, stretch)
        for pattern in H.patterns:
            vector = pulls.of(pattern)
            for s in (1, -1):
                inside = [
                    key for key in self.atoms if key[0] == s and self._in(key, pattern)
                ]
                if len(inside) > 1:
                    raise Undecided("two directions on one tope seem to be tied")
                if inside:
                    yield from self._balanced(pattern, inside[0], known)
                elif not self._guess.strict(pattern, s, vector, inner):
                    yield from self._face(pattern, s, inner, known)

    def _in(self, key: AtomKey, pattern: Sequence[int]) -> bool:
        rows = zip(key[1], pattern, self.family.X, strict=True)
        return all(t in (0, u) for t, u, x in rows if any(x))

    def _balanced(
        self, pattern: tuple[int, ...], face: AtomKey, known: Relations
    ) -> tuple[Condition, ...]:
        """Return that the multipliers of a face on a tope are positive, or known to be 0."""
        key = pattern, face, known.key
        if key not in self._explained:
            facets = self.family.arrangement.facets(pattern)
            forms = balanced(self.family.X, pattern, face, facets)
            self._explained[key] = tuple(
                Linear(form) for form in forms.values() if not known.vanishes(form)
            )
        return self._explained[key]

    def _face(
        self, pattern: tuple[int, ...], s: int, inner: Point, known: Relations
    ) -> tuple[Condition, ...]:
        """Return the conditions of the face that the maximum on a tope lies on."""
        face = s, self._guess.face(pattern, s, inner)
        mu = self._balanced(pattern, face, known)
        if any(on_boundary(face, atom) for atom in self.atoms):
            return mu
        return (*mu, self._below(face))

    @cached_property
    def _values(self) -> dict[AtomKey, Condition]:
        return {}

    def _below(self, face: AtomKey) -> Condition:
        if face not in self._values:
            self._values[face] = Below(factor(self.family.X, face[1]))
        return self._values[face]

    def type_on(self, stretch: Stretch) -> CombinatorialType:
        """Return the type where the conditions hold: the supports are those of the vertices.

        Raises
        ------
        Undecided
            When there are pairs, and balls do not decide the vertices of their fibre.
        """
        if self.tied is not None:
            return CombinatorialType.of(self.atoms, self.tied.supports)
        if not self.curve.linear:
            return CombinatorialType.of(self.atoms, [(1 << len(self.atoms)) - 1])
        k = self.curve.split(stretch.values)[0]
        X, atoms = self.family.X, []
        for unit in self.curve.units:
            a = proved_atom(X, unit.face.key, unit.factor, k)
            atoms += [a, opposite(X, a)] if unit.opposite else [a]
        problem = self.family.at(stretch.point.beta)
        system = pinned_system(problem, self.curve.units, self.curve.linear, {}, [])
        proof = Enclosures(
            system,
            self.curve.units,
            self.curve.linear,
            (),
            Fraction(0),
            stretch.values,
            (),
            (),
        )
        _, vertices = OptimalBalls(problem, proof, tuple(atoms)).listed(_VERTICES)
        supports = [
            sum(1 << a for a, x in enumerate(v) if not (isinstance(x, Fraction) and not x))
            for v in vertices
        ]
        return CombinatorialType.of([(a.sign, a.covector) for a in atoms], supports)


def regime_of(
    family: DecayFamily,
    keys: Sequence[AtomKey],
    linear: Sequence[Vector] = (),
    units: Sequence[Unit] = (),
    tied: Tied | None = None,
) -> Regime:
    """Return the regime of independent atoms, or of given units with their columns."""
    single = [Unit(Face(s, t, 0), factor(family.X, t)) for s, t in keys]
    return Regime(Curve(family, tuple(units or single), tuple(linear)), tied)


class _Pulls:
    """The pulls ``X'D k`` of all patterns, from the products ``k_i x_i`` of one stretch."""

    def __init__(self, X: Matrix, stretch: Stretch) -> None:
        k = stretch.values[: len(X)]
        self._products = [
            [v * t for t in ball_vector(x)] for v, x in zip(k, X, strict=True)
        ]

    def of(self, pattern: Sequence[int]) -> Balls:
        """Return the pull of the active rows, shape (d,)."""
        rows = [p for p, s in zip(self._products, pattern, strict=True) if s > 0]
        zero = Ball.from_rational(0)
        d = len(self._products[0])
        return tuple(sum((row[j] for row in rows), zero) for j in range(d))


class _Multipliers:
    """Multipliers for strict bounds: floats propose them, balls prove; the last are kept."""

    def __init__(self, family: DecayFamily) -> None:
        self._X, self._H = family.X, family.arrangement
        self._propose = multiplier_guess(family.X, Fraction(1))
        self._kept: dict[tuple[tuple[int, ...], int], Balls] = {}
        self._flats: dict[tuple[int, ...], frozenset[int]] = {}
        self._balls = [ball_vector(x, 2 * BITS) for x in family.X]

    def strict(self, pattern: tuple[int, ...], s: int, pulled: Balls, inner: Point) -> bool:
        """Return whether a fixed multiplier proves the bound strict for all pulls."""
        kept = self._kept.get((pattern, s))
        if kept is not None and _short(pulled, s, kept):
            return True
        mu = self._proposed(pattern, s, inner)
        d = len(pulled)
        moved = tuple(
            sum(
                (self._balls[k][j] * (m * pattern[k]) for k, m in mu.items()),
                Ball.from_rational(0),
            )
            for j in range(d)
        )
        self._kept[pattern, s] = moved
        return _short(pulled, s, moved)

    def face(self, pattern: tuple[int, ...], s: int, inner: Point) -> tuple[int, ...]:
        """Return the covector of the face that the projection on a tope seems to lie on."""
        rows = tuple(self._proposed(pattern, s, inner))
        flat = self._flat(rows)
        return tuple(0 if k in flat else t for k, t in enumerate(pattern))

    def _flat(self, rows: tuple[int, ...]) -> frozenset[int]:
        if rows not in self._flats:
            span = [self._X[k] for k in rows]
            size = rank(span) if span else 0
            self._flats[rows] = frozenset(
                k
                for k, x in enumerate(self._X)
                if not any(x) or (size and rank([*span, x]) == size)
            )
        return self._flats[rows]

    def _proposed(
        self, pattern: tuple[int, ...], s: int, inner: Point
    ) -> dict[int, Fraction]:
        facets = self._H.facets(pattern)
        k = [t.midpoint for t in inner.x[: len(self._X)]]
        active = [(v, x) for v, x, t in zip(k, self._X, pattern, strict=True) if t > 0]
        p = [
            round(s * _SCALE * sum((v * x[j] for v, x in active), Fraction(0)))
            for j in range(len(self._X[0]))
        ]
        (mu,) = self._propose([p], _SCALE, [pattern], [facets])
        return {
            i: Fraction(round(Fraction(p, q) * _ROUNDED), _ROUNDED)
            for i, (p, q) in zip(facets, mu, strict=True)
            if p > 0
        }


def _short(pulled: Balls, s: int, moved: Balls) -> bool:
    v = [p * s + m for p, m in zip(pulled, moved, strict=True)]
    square = sum((t * t for t in v), Ball.from_rational(0))
    return square.upper < 1
