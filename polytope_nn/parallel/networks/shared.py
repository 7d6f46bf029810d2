"""Optimal three-layer networks of two-layer neurons, kappa in balls: masses are forms (D16).

Where depth does not help a two-layer network of atoms a with masses ``e_a`` is optimal. So is every
network whose inner neurons are these atoms, in branches with ``z >= 0`` on all rows, if what is
made of an atom adds up to ``e_a``: its fit and its cost are those of two layers. Masses are
rational forms of e, so sums are exact, and balls decide signs alone.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import TypeAlias, cast

from polytope_nn.dual.atoms import Atom
from polytope_nn.errors import Undecided
from polytope_nn.exact.linear import transpose
from polytope_nn.exact.radical import enclosure
from polytope_nn.exact.rational import Vector
from polytope_nn.exact.scalar import Scalar, Scalars, dot, sign
from polytope_nn.geometry.double_description import slice_vertices
from polytope_nn.landscape.supports import support
from polytope_nn.networks.enclosed import Interval, ends_of, meets_ray, multiples
from polytope_nn.networks.neuron import Neuron
from polytope_nn.parallel.optimum import ParallelOptimum
from polytope_nn.paths.route import Parting, Vertices, route

from .narrower import narrower
from .network import Branch, ParallelNetwork
from .shares import added_up

__all__ = ["Held", "Point", "SharedBranch", "SharedNetworks", "SharedPath", "Slots"]

_BITS = 600  # of ends
_ONE = Fraction(1)
Slots: TypeAlias = tuple[tuple[int, Vector] | None, ...]
"""The atom of each inner slot and its mass, a form of e."""
SharedBranch: TypeAlias = tuple[int, Slots]
Held: TypeAlias = tuple[int, Vector]
"""A column and its factor."""
Point: TypeAlias = tuple[tuple[Vector, ...], int]
"""The factors of all columns, and which are in use, as bits."""
Boxes: TypeAlias = Sequence[tuple[int, Interval] | None]
"""The atom of each inner slot and the masses that its box has."""


@dataclass(frozen=True)
class SharedPath:
    """A path: its atoms, and the branches of its breakpoints."""

    atoms: tuple[Atom, ...]
    breakpoints: tuple[tuple[SharedBranch | None, ...], ...]


@dataclass(frozen=True)
class SharedNetworks:
    """The optimal networks of k inner slots that are made of two-layer neurons.

    A column is a branch but for a factor. With power-3 decay the mass of a slot is a share of
    ``e_a``, and the factor is a number.
    """

    optimum: ParallelOptimum
    k: int
    columns: list[SharedBranch] = field(default_factory=list)

    @cached_property
    def _used(self) -> list[tuple[Atom, Scalar]]:
        flat = self.optimum.flat
        if flat is None or self.optimum.by_groups:
            raise Undecided("networks of two-layer neurons: depth helps")
        return narrower(flat)

    @property
    def atoms(self) -> tuple[Atom, ...]:
        """The atoms in use."""
        return tuple(a for a, _ in self._used)

    @cached_property
    def e(self) -> Scalars:
        """Their masses."""
        return tuple(w for _, w in self._used)

    def unit(self, a: int, t: Fraction = _ONE) -> Vector:
        """Return the form ``t e_a``."""
        return tuple(t if b == a else Fraction(0) for b in range(len(self.e)))

    def placed(self, network: ParallelNetwork) -> tuple[Held | None, ...]:
        """Return the column and factor of each branch of an optimal network in boxes.

        Raises
        ------
        Undecided
            When it is not proved that the boxes contain such a network.
        """
        used = [b for b in network.branches if b is not None]
        slots = [[None if x is None else self._slot(b, x) for x in b.neurons] for b in used]
        found = iter(self._held([b.sign for b in used], slots))
        return tuple(None if b is None else next(found) for b in network.branches)

    def _slot(self, b: Branch, x: Neuron) -> tuple[int, Interval]:
        """Return the atom whose ray an inner neuron meets, and the masses that its box has."""
        box = [*map(ends_of, x.u)]
        met = [
            a
            for a, atom in enumerate(self.atoms)
            if atom.sign == b.sign * x.sign and meets_ray(atom.g, x.u)
        ]
        if len(met) != 1:
            raise Undecided(f"which two-layer neuron an inner one is: {len(met)} may be")
        masses = multiples([*map(ends_of, self.atoms[met[0]].g)], box)
        return met[0], masses

    def shares(self, a: int, masses: Interval) -> Interval:
        """Return the shares of an atom that lie in a box of masses for every e."""
        low, high = enclosure(self.e[a], _BITS)
        if masses[0] / low > masses[1] / high:
            raise Undecided(
                "whether an inner neuron of the box is optimal: it is too narrow"
            )
        return masses[0] / low, masses[1] / high

    def column(self, sigma: int, slots: Slots) -> int:
        """Return the place of a column, a new one where it is new."""
        if (sigma, slots) not in self.columns:
            self.columns.append((sigma, slots))
        return self.columns.index((sigma, slots))

    def lines(self, sigma: int, masses: Sequence[tuple[int, Scalar]]) -> Iterator[Scalars]:
        """Yield what slots add to z on the rows where that is not positive for all of them."""
        for i in range(len(self.optimum.fit)):
            line = tuple(self.atoms[a].feature[i] * sigma * c for a, c in masses)
            if any(sign(t) < 0 for t in line):
                yield line

    def _held(self, signs: Sequence[int], slots: Sequence[Boxes]) -> list[Held]:
        """Return the columns and factors of the branches of a network."""
        listed = [(j, *x) for j, own in enumerate(slots) for x in own if x is not None]
        ends = [self.shares(a, masses) for _, a, masses in listed]
        at = [a for _, a, _ in listed]
        lines = []
        for j, sigma in enumerate(signs):
            own = [p for p, (home, _, _) in enumerate(listed) if home == j]
            masses = [(at[p], self.e[at[p]]) for p in own]
            lines += [dict(zip(own, x, strict=True)) for x in self.lines(sigma, masses)]
        told = iter(added_up(at, ends, len(self.e), lines))
        return [
            self._scaled(s, tuple(x and (x[0], self.unit(x[0], next(told))) for x in own))
            for s, own in zip(signs, slots, strict=True)
        ]

    def _scaled(self, sigma: int, slots: Slots) -> Held:
        """Return the column of a branch, and its factor."""
        first = next(f[a] for a, f in filter(None, slots))
        one = tuple(x and (x[0], tuple(t / first for t in x[1])) for x in slots)
        return self.column(sigma, one), (first,)

    def _output(self, j: int) -> Vector:
        """Return the shares of the atoms that a column has."""
        forms = [f for _, f in filter(None, self.columns[j][1])]
        return tuple(sum(t, Fraction(0)) for t in transpose(forms))

    def _add_simple(self) -> None:
        """Add the columns of atoms of one sign, as many as a branch holds."""
        for sigma in (1, -1):
            own = [a for a, x in enumerate(self.atoms) if x.sign == sigma]
            for i in range(0, len(own), self.k):
                group = [(a, self.unit(a)) for a in own[i : i + self.k]]
                self._scaled(sigma, (*group, *(None,) * (self.k - len(group))))

    def _points(self) -> Iterator[Point]:
        """Yield points of the polytope of the columns that make e."""
        outputs = [self._output(j) for j in range(len(self.columns))]
        for v in slice_vertices(transpose(outputs), (_ONE,) * len(self.e)):
            yield tuple((cast("Fraction", t),) for t in v), support(v)

    def _branch(self, j: int, factor: Vector) -> SharedBranch:
        """Return a column times its factor."""
        sigma, slots = self.columns[j]
        return sigma, tuple(x and (x[0], tuple(factor[0] * t for t in x[1])) for x in slots)

    def path(
        self, start: Sequence[Held | None], end: Sequence[Held | None]
    ) -> SharedPath | None:
        """Return a path from one placement to another; None where none is found."""
        self._add_simple()
        points = [*self._points()]
        V = Vertices(
            cast("tuple[Scalars, ...]", tuple(p for p, _ in points)),
            tuple(used for _, used in points),
        )
        # a route passes factors on, and compares them
        found = route(V, *(cast("tuple[None, ...]", tuple(stop)) for stop in (start, end)))
        if isinstance(found, Parting):
            return None
        stops = cast("list[tuple[Held | None, ...]]", found)
        return SharedPath(
            self.atoms, tuple(tuple(x and self._branch(*x) for x in stop) for stop in stops)
        )

    def networks(self, found: SharedPath) -> tuple[ParallelNetwork, ...]:
        """Return the breakpoints of a path in balls."""
        return tuple(
            ParallelNetwork(tuple(b and self._network(b) for b in stop))
            for stop in found.breakpoints
        )

    def _network(self, b: SharedBranch) -> Branch:
        sigma, slots = b
        return Branch(sigma, tuple(x and self._neuron(sigma, *x) for x in slots))

    def _neuron(self, sigma: int, a: int, f: Vector) -> Neuron:
        mass = dot(f, self.e)
        return Neuron(sigma * self.atoms[a].sign, tuple(mass * t for t in self.atoms[a].g))
