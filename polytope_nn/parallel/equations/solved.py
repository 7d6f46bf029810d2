"""The equations of a deep optimum solved in balls: kappa, raised entries and masses (P1, P7).

Krawczyk's test proves one zero of a square part of
:class:`~polytope_nn.parallel.equations.deep.DeepSystem`. What is left out are lengths that are
written twice, and masses of which as many are held; where kappa may be 0 it is held there. A
*symbol* is an entry of kappa, or mu on a raised row of a part.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from itertools import combinations
from typing import TypeAlias

from polytope_nn.dual.atoms import Atom, atom
from polytope_nn.dual.newton import enclosed, refined
from polytope_nn.errors import Undecided
from polytope_nn.exact.linear import rank
from polytope_nn.exact.rational import Vector
from polytope_nn.exact.scalar import Scalar, Scalars, dot, sign
from polytope_nn.limits import Limits
from polytope_nn.parallel.blocks import classes_of, size_of
from polytope_nn.parallel.conic.master import DeepKappa, Part
from polytope_nn.parallel.problem import ParallelProblem

from .deep import DeepSystem
from .implied import Implied, feature_form, length_form, require_apart
from .rays import Rays
from .settled import used
from .square import Square, rational

__all__ = ["DeepAtom", "DeepSolution", "deep_solution"]

_BITS = 200  # of Newton's digits
_NOTHING = Fraction(1, 1 << 100)  # in units of the problem: what is less seems to be 0
_ZERO = Fraction(0)

_Placed: TypeAlias = tuple[Part, dict[int, int]]


@dataclass(frozen=True)
class DeepAtom(Atom):
    """An inner atom in balls that sees ``sigma mu``: on each active row a symbol, signed.

    ``symbols`` are 0 where it sees nothing, and 1 more than the place of a symbol else. On a face
    that is a ray g is what has the length beta, whatever it sees. ``forms`` are its features modulo
    what vanishes: those that see other symbols may be the same.
    """

    symbols: tuple[int, ...] = ()
    ray: bool = False
    forms: Vector = ()

    @property
    def seen(self) -> dict[int, int]:
        """The signed symbols by their rows."""
        return {i: t for i, t in enumerate(self.symbols) if t}

    @property
    def name(self) -> tuple[int, ...] | Vector:
        """What tells it from all others of its sign."""
        return self.covector if self.ray else (*map(Fraction, self.covector), *self.forms)


@dataclass(frozen=True)
class DeepSolution:
    """What the equations determine, in balls; ``places`` are those of the raised rows.

    Where two parts have an inner neuron in common that sees one raised row, and else the same, its
    length tells mu there: for both it is one symbol, since ``|g|^2`` grows with ``x_i'g > 0``.
    """

    problem: ParallelProblem
    parts: tuple[Part, ...]
    symbols: Scalars
    masses: tuple[Scalars, ...]
    _others: list[DeepAtom] = field(default_factory=list, compare=False)

    @property
    def kappa(self) -> Scalars:
        """The dual variable."""
        return self.symbols[: self.problem.n]

    @cached_property
    def places(self) -> tuple[dict[int, int], ...]:
        """For each part the symbols of its raised rows."""
        found, start = [], self.problem.n
        for part in self.parts:
            found.append({i: start + q for q, i in enumerate(part.raised)})
            start += len(part.raised)
        for j, l in combinations(range(len(self.parts)), 2):
            one, other = self.parts[j], self.parts[l]
            if one.sigma == other.sigma:
                for inner in one.faces.keys() & other.faces.keys():
                    self._unite(inner, (one, found[j]), (other, found[l]))
        return tuple(found)

    def _unite(self, inner: tuple[int, tuple[int, ...]], *pair: _Placed) -> None:
        """Give the second part the symbol of the first, where their neuron tells that it is."""
        s, face = inner
        (one, places), (_, others) = pair
        seen = [self._seen(*of, face) for of in pair]
        apart = [i for i in seen[0] | seen[1] if seen[0].get(i) != seen[1].get(i)]
        if len(apart) == 1 and {*apart} <= places.keys() & others.keys():
            (i,) = apart
            every = (self._bare(one.sigma, s, face, own) for own in seen)
            if all(sign(dot(self.problem.design[i], a.g)) > 0 for a in every):
                others[i] = places[i]

    def _seen(
        self, part: Part, places: dict[int, int], face: tuple[int, ...]
    ) -> dict[int, int]:
        """Return the signed symbols that the neurons of a face see of a part."""
        own = {i: i + 1 for i in part.inside if not _is_zero(self.kappa[i])}
        raised = {i: part.sigma * (q + 1) for i, q in places.items()}
        return self.left({i: t for i, t in (own | raised).items() if face[i] > 0})

    def left(self, seen: dict[int, int]) -> dict[int, int]:
        """Return symbols without those of rows of one direction that add up to 0."""
        X, dead = self.problem.design, set[int]()
        for rows in classes_of(X):
            own = [self.value(seen[i]) * size_of(X[i]) for i in rows if i in seen]
            if all(isinstance(t, Fraction) for t in own) and not sum(own, _ZERO):
                dead |= {*rows}
        return {i: t for i, t in seen.items() if i not in dead} if dead else seen

    def seen(self, j: int) -> dict[int, int]:
        """Return what ``sigma mu`` of a part is on its rows: signed symbols."""
        return self._seen(self.parts[j], self.places[j], (1,) * self.problem.n)

    def value(self, symbol: int) -> Scalar:
        """Return what a signed symbol stands for."""
        if abs(symbol) > len(self.symbols):
            return self.rays.symbol(symbol)
        x = self.symbols[abs(symbol) - 1]
        return x if symbol > 0 else -x

    @property
    def whole(self) -> "DeepSolution":
        """The same with the symbols that lengths on rays have told."""
        return replace(self, symbols=(*self.rays.symbols,))

    @cached_property
    def rays(self) -> Rays:
        """What follows from the lengths of atoms on rays, and from entries that are known."""
        square = self.problem.unit_beta_squared
        found = Rays(self.problem.design, square, [*self.symbols])
        found.entries(self.facts.vanishing)
        for part, own in zip(self.parts, self.atoms, strict=True):
            for a in own:
                found.told(found.length(a.sign * part.sigma, a.covector, a.seen) or {})
        return found

    def atom(
        self, sigma: int, s: int, face: tuple[int, ...], seen: dict[int, int]
    ) -> DeepAtom:
        """Return the atom of a face; ``sigma mu`` has these symbols."""
        return self._named(self._bare(sigma, s, face, seen))

    def _named(self, a: DeepAtom) -> DeepAtom:
        """Return an atom with its features modulo what vanishes."""
        X, rows = self.problem.design, [i for i, e in enumerate(a.covector) if e > 0]
        forms = (feature_form(X, a.covector, a.seen, i) for i in rows)
        return replace(a, forms=tuple(x for f in forms for x in self.facts.numbers(f)))

    def _bare(
        self, sigma: int, s: int, face: tuple[int, ...], seen: dict[int, int]
    ) -> DeepAtom:
        """Return the same without its forms."""
        active = {i: t for i, t in seen.items() if face[i] > 0}
        n = self.problem.n
        mu = [self.value(active[i]) * sigma if i in active else _ZERO for i in range(n)]
        a = atom(self.problem.design, mu, s, face)
        symbols = tuple(active.get(i, 0) for i in range(n))
        X = self.problem.design
        wall = [x for x, e in zip(X, face, strict=True) if not e]
        ray = bool(wall) and rank(wall) == len(X[0]) - 1
        return DeepAtom(s, face, a.g, a.feature, symbols, ray)

    def kept(self, j: int) -> bool:
        """Return whether the outer ReLU keeps the rows inside of a part, and no others."""
        part = self.parts[j]
        alike = classes_of(self.problem.design)
        flat = {i for rows in alike if any(q in part.raised for q in rows) for i in rows}
        for i in range(self.problem.n):
            if i not in part.raised and i not in flat:  # there z is 0
                z = dot([a.feature[i] for a in self.atoms[j]], self.masses[j])
                if sign(z) not in ((0, 1) if i in part.inside else (0, -1)):
                    return False
        return True

    @cached_property
    def atoms(self) -> tuple[tuple[DeepAtom, ...], ...]:
        """The atoms of each part, in balls; those of one face and other symbols are apart."""
        found = tuple(tuple(map(self._named, own)) for own in self._without_forms)
        for a in (a for own in found for a in own):
            for x, e in zip(self.problem.design, a.covector, strict=True):
                if e and sign(dot(x, a.g)) != e:
                    raise Undecided("whether an inner neuron lies on its face")
        every = {(a.sign, a.name): a for own in found for a in own}
        for a, b in combinations(every.values(), 2):
            if (a.sign, a.covector) == (b.sign, b.covector):
                require_apart(a, b)
        return found

    @cached_property
    def _without_forms(self) -> tuple[tuple[DeepAtom, ...], ...]:
        return tuple(
            tuple(self._bare(part.sigma, s, face, self.seen(j)) for s, face in part.faces)
            for j, part in enumerate(self.parts)
        )

    @cached_property
    def facts(self) -> Implied:
        """What follows from the lengths of the atoms."""
        bare = (a for own in self._without_forms for a in own)
        every = {(a.sign, a.covector, a.symbols): a for a in bare}
        X = self.problem.design
        lengths = (
            ((a.sign, a.covector), length_form(X, a.covector, a.seen))
            for a in every.values()
        )
        return Implied(self.symbols, tuple(lengths))

    def flat(self, atoms: Sequence[Atom], rows: Sequence[int]) -> bool:
        """Return whether features on as many rows are proved to depend on each other."""
        own = [a for a in atoms if isinstance(a, DeepAtom)]
        X = self.problem.design
        lines = [[feature_form(X, a.covector, a.seen, i) for a in own] for i in rows]
        return len(own) == len(atoms) == len(rows) and self.facts.vanishes(lines)

    def implied(
        self, sigma: int, s: int, face: tuple[int, ...], seen: dict[int, int]
    ) -> DeepAtom | None:
        """Return the atom of a face of no part, if its length is beta because others are."""
        a = self.atom(sigma, s, face, seen)
        heights = (dot(x, a.g) for x in self.problem.design)
        try:
            if any(e and sign(h) != e for h, e in zip(heights, face, strict=True)):
                return None
        except Undecided:
            return None
        told = self.rays.attains(s * sigma, face, a.seen)
        if not told and not self.facts.holds(
            length_form(self.problem.design, face, a.seen)
        ):
            return None
        for b in (*(b for own in self.atoms for b in own), *self._others):
            if (b.sign, b.covector) == (s, face) and b.name != a.name:
                require_apart(a, b)
        self._others.append(a)
        return a


def _is_zero(x: Scalar) -> bool:
    return isinstance(x, Fraction) and x == 0


def deep_solution(
    problem: ParallelProblem, found: DeepKappa, limits: Limits
) -> DeepSolution:
    """Return the zero of the equations near floats, proved.

    Kappa is held at 0 where floats or the digits of the zero say so, or where both do; then what
    seems to be rational is held.

    Raises
    ------
    Undecided
        When Newton's method or Krawczyk's test fails, or equations depend on each other.
    """
    system = DeepSystem(problem, found.parts)
    start = system.solution(found.kappa, _BITS)
    if start is None:
        raise Undecided("kappa: depth helps, and Newton's method finds no solution")
    left = used(system, found, start)
    if left.parts != found.parts:
        return deep_solution(problem, left, limits)
    told = {i for i, t in enumerate(start[: problem.n]) if abs(t) <= _NOTHING}
    reasons: list[Undecided] = []
    zeros = ({*found.zeros} | told, {*found.zeros}, told)
    for held in (*(dict.fromkeys(sorted(own), _ZERO) for own in zeros), rational(start)):
        try:
            return _enclosed(system, held | system.told, start, limits)
        except Undecided as reason:
            reasons.append(reason)
    raise reasons[0]


def _enclosed(
    system: DeepSystem,
    held: dict[int, Fraction],
    start: Sequence[Fraction],
    limits: Limits,
) -> DeepSolution:
    """Return the zero near a start, some unknowns being held."""
    n, parts = system.problem.n, system.parts
    point = [held.get(i, t) for i, t in enumerate(start)]
    of = Square.chosen(system, tuple(point), held)
    unit = min(Fraction(1), max(map(abs, point)))
    near = refined(of.evaluated, [point[j] for j in of.columns], limits.bits, unit)
    box = enclosed(of.evaluated, near, limits.bits, unit)
    every = system.real(of.filled(box))
    masses, symbols, at = [], list(every[:n]), n
    for part in parts:
        symbols += every[at : at + len(part.raised)]
        at += len(part.raised)
        masses.append(tuple(every[at : at + len(part.faces)]))
        at += len(part.faces)
    if not all(c > 0 for own in masses for c in own):
        raise Undecided("whether the masses of a network are positive")
    return DeepSolution(system.problem, parts, tuple(symbols), tuple(masses))
