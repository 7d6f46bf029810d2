"""Optimal three-layer networks where kappa is in balls: boxes of them, and lines between them.

A network of boxes means an optimal network in them. Each inner neuron meets the ray of exactly
one atom, so a network is a point of a cell of the slot complex (P9); it is accepted
where a mixture of the cell's vertices has all masses in the boxes. A branch of it is then a
column, and a line between two networks that disagree in no slot stays optimal (P10): routes
need no more than some points of the polytope of columns. Those are the ends, the networks of
m*(k), and the bases of all that branches span: where as many are independent as r(k) may be, they
make the fit, and a factor that is proved positive is one of a network.
"""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from itertools import combinations, islice, product

from polytope_nn.errors import Undecided
from polytope_nn.exact.ball import Ball
from polytope_nn.exact.ball_matrix import solve_balls
from polytope_nn.exact.scalar import Scalar, Scalars, sign
from polytope_nn.networks.enclosed import (
    Interval,
    ends_of,
    meets_ray,
    multiples,
    shared_out,
)
from polytope_nn.networks.membership import Held, Placement
from polytope_nn.networks.neuron import Neuron
from polytope_nn.parallel.counts.enclosed_cells import EnclosedBranch
from polytope_nn.parallel.counts.enclosed_widths import EnclosedWidth
from polytope_nn.parallel.counts.widths import two_widths
from polytope_nn.parallel.optimum import ParallelOptimum
from polytope_nn.parallel.pieces import Label, Piece, label
from polytope_nn.paths.route import Parting, Vertices, route

from .columns import Column, Slots
from .network import Branch, ParallelNetwork

__all__ = ["EnclosedNetworks"]

_BASES = 1000  # of columns that are tried
_POINTS = 300  # with other places of inner neurons
_ZERO = Fraction(0)


@dataclass(frozen=True)
class EnclosedNetworks:
    """The optimal networks of k inner neurons a branch of an optimum in balls."""

    optimum: ParallelOptimum
    k: int
    columns: list[Column] = field(default_factory=list)
    _found: dict[int, list[dict[int, Scalar]]] = field(default_factory=dict)

    @cached_property
    def own(self) -> EnclosedWidth:
        """What is known of the inner width; Undecided without pieces."""
        if self.optimum.missing:
            raise Undecided(self.optimum.missing)
        return two_widths(self.optimum).in_balls(self.k)

    def placed(self, network: ParallelNetwork) -> Placement:
        """Return the column and factor of each branch of an optimal network in boxes.

        Raises
        ------
        Undecided
            When it is not proved that the boxes contain one.
        """
        used = [b for b in network.branches if b is not None]
        names = [[None if x is None else self._atom(b, x) for x in b.neurons] for b in used]
        homes = [
            [
                i
                for i, p in enumerate(self.own.pieces)
                if p.sigma == b.sign and {*filter(None, own)} <= p.places.keys()
            ]
            for b, own in zip(used, names, strict=True)
        ]
        reason = "which pieces its branches lie in"
        for places in product(*homes):
            try:
                found = iter(self._in_cell(used, names, places))
            except Undecided as error:
                reason = str(error)
                continue
            return tuple(None if b is None else next(found) for b in network.branches)
        raise Undecided(f"whether the boxes of a network contain an optimal one: {reason}")

    @cached_property
    def directions(self) -> dict[tuple[int, Label], list[Interval]]:
        """The inner atoms of all pieces and of the proof: what all balls of them share."""
        found: dict[tuple[int, Label], list[Interval]] = {}
        listed = [(p.sigma, label(a), a) for p in self.own.pieces for a in p.atoms]
        solved = self.optimum.solved
        if solved is not None:
            parts = zip(solved.parts, solved.atoms, strict=True)
            of_proof = [(part.sigma, label(a), a) for part, own in parts for a in own]
            names = {(sigma, name) for sigma, name, _ in listed}
            listed += [x for x in of_proof if x[:2] in names]
        for sigma, name, a in listed:
            g = [*map(ends_of, a.g)]
            known = found.get((sigma, name), g)
            found[sigma, name] = [
                (max(s[0], t[0]), min(s[1], t[1])) for s, t in zip(g, known, strict=True)
            ]
        return found

    def _atom(self, b: Branch, x: Neuron) -> Label:
        """Return the inner atom whose ray a neuron meets."""
        met = [
            name
            for (sigma, name), g in self.directions.items()
            if (sigma, name[0]) == (b.sign, x.sign) and meets_ray(_balls(g), x.u)
        ]
        if len(met) != 1:
            raise Undecided(
                f"which atom an inner neuron lies on: its box meets the rays of {len(met)}"
            )
        return met[0]

    def _in_cell(
        self,
        used: Sequence[Branch],
        names: Sequence[Sequence[Label | None]],
        places: Sequence[int],
    ) -> list[Held]:
        """Return columns and factors of branches in some pieces."""
        keys = [(j, name) for j in range(len(used)) for name in names[j] if name]
        at = {key: i for i, key in enumerate(dict.fromkeys(keys))}
        vertices, points = [], []
        for v, named in self._vertices(used, names, places):
            masses = {
                (j, label(b.piece.atoms[a])): c for j, b in v.items() for a, c in b.masses
            }
            if masses.keys() <= at.keys():
                vertices.append((v, named))
                points.append(tuple(masses.get(key, _ZERO) for key in at))
        slots = [
            (at[j, name], multiples(self.directions[b.sign, name], [*map(ends_of, x.u)]))
            for j, b in enumerate(used)
            for x, name in zip(b.neurons, names[j], strict=True)
            if x is not None and name is not None
        ]
        shares, c = shared_out(slots, points, len(at))
        at_one = (v for v, p in zip(vertices, points, strict=True) if p is c)
        vertex, named = next(at_one, ({}, {}))
        told = (held[1] for held in filter(None, shares))
        return [
            self._held(
                self.own.pieces[places[j]],
                tuple(None if name is None else (name, next(told)) for name in names[j]),
                self._base(vertex[j], named[j]) if j in vertex else None,
            )
            for j in range(len(used))
        ]

    def _vertices(
        self,
        used: Sequence[Branch],
        names: Sequence[Sequence[Label | None]],
        places: Sequence[int],
    ) -> Iterator[tuple[dict[int, EnclosedBranch], dict[int, Hashable]]]:
        """Yield the vertices of the cell of some pieces, and the network of the proof.

        Beside each branch is what tells it: the place of its vertex.
        """
        graph = self.own.graph(len(used))
        order = sorted(range(len(used)), key=lambda j: places[j])
        cell = tuple(places[j] for j in order)
        for i, v in enumerate(graph.cell(cell)):
            told: dict[int, Hashable] = {j: (cell, i, q) for q, j in enumerate(order)}
            yield dict(zip(order, v, strict=True)), told
        known = [*map(self.own.rays.placed, graph.flat.network)]
        fitting = [
            [
                j
                for j in range(len(used))
                if own.lies_in(self.own.pieces[places[j]])
                and {label(own.piece.atoms[a]) for a, _ in own.masses} <= {*names[j]}
            ]
            for own in known
        ]
        for chosen in product(*fitting):
            if len({*chosen}) == len(known):
                yield (
                    dict(zip(chosen, known, strict=True)),
                    {j: ("network", q) for q, j in enumerate(chosen)},
                )

    def _base(self, b: EnclosedBranch, other: Hashable = None) -> Hashable:
        """Return what tells a ray from other branches; the other where it is a mixture."""
        rays = self.own.rays.mixed([b])
        return next(iter(rays)) if len(rays) == 1 else other

    def _held(self, piece: Piece, slots: Slots, base: Hashable) -> Held:
        """Return the column of a branch and its factor; None where all masses are 0."""
        used = [name for name, c in filter(None, slots) if sign(c)]
        if not used:
            return None
        column = Column(object() if base is None else base, piece, slots)
        if len({*used}) == len(slots) - slots.count(None):  # else an atom is in two slots
            for i, other in enumerate(self.columns):
                if other.base == column.base and other.order == column.order:
                    (_, c), (_, whole) = (
                        next(filter(None, of.slots)) for of in (column, other)
                    )
                    return i, Fraction(1) if c is whole else c / whole
        self.columns.append(column)
        return len(self.columns) - 1, Fraction(1)

    def path(
        self, start: Placement, end: Placement, *, through: bool = False
    ) -> list[ParallelNetwork] | None:
        """Return networks that lead from one to another; None where none are found.

        ``through``: by way of networks of m*(k), too.
        """
        ends = start, end
        known = [*map(_whole, ends)]
        if through:
            known += self._least()
        N = len(self.columns)
        if N not in self._found:
            self._found[N] = [*self._bases()]
        known += self._found[N]
        points = [*islice(self._turned(known), _POINTS)]
        V = Vertices(
            tuple(tuple(p.get(i, _ZERO) for i in range(N)) for p in points),
            tuple(sum(1 << i for i in p) for p in points),
        )
        found = route(V, *ends)
        if isinstance(found, Parting):
            return None
        return [
            ParallelNetwork(
                tuple(
                    None if x is None else self.columns[x[0]].times(x[1]) for x in placement
                )
            )
            for placement in found
        ]

    def _least(self) -> list[dict[int, Scalar]]:
        """Return the networks of m*(k) that are vertices, where they are known."""
        try:
            listed = self.own.graph(self.own.least or 0).vertices if self.own.least else []
        except Undecided:
            return []
        found = []
        for v in listed:
            point: dict[int, Scalar] = {}
            for b in (b for b in v if b.masses):
                slots = tuple((label(b.piece.atoms[a]), c) for a, c in b.masses)
                empty = (None,) * (self.k - len(slots))
                held = self._held(b.piece, (*slots, *empty), self._base(b))
                assert held is not None  # its masses are positive
                point[held[0]] = point.get(held[0], _ZERO) + held[1]
            found.append(point)
        return found

    def _bases(self) -> Iterator[dict[int, Scalar]]:
        """Yield the networks of as many independent branches as their rank may be."""
        first = {c.base: i for i, c in reversed([*enumerate(self.columns)])}
        size, fit = self.own.graph(1).rank_at_most, self.optimum.fit
        tried = (
            (chosen, rows)
            for chosen in combinations(sorted(first.values()), size)
            for rows in combinations(range(len(fit)), size)
        )
        done = set()
        for chosen, rows in islice(tried, _BASES):
            if chosen in done:
                continue
            A = [[self.columns[j].output[i] for j in chosen] for i in rows]
            try:
                c = solve_balls(A, [fit[i] for i in rows])
                done.add(chosen)  # no other rows say more
                if all(sign(t) > 0 for t in c):
                    yield dict(zip(chosen, c, strict=True))
            except Undecided:
                continue

    def _turned(
        self, known: Sequence[Mapping[int, Scalar]]
    ) -> Iterator[Mapping[int, Scalar]]:
        """Yield points, their inner neurons in other places, too."""
        yield from known
        alike: dict[Hashable, list[int]] = {}
        for i, c in enumerate(self.columns):
            alike.setdefault(c.base, []).append(i)
        for point in known:
            others = [alike[self.columns[i].base] for i in point]
            for chosen in product(*others):
                if chosen != tuple(point) and len({*chosen}) == len(point):
                    yield {
                        j: c * self._factor(i, j)
                        for j, (i, c) in zip(chosen, point.items(), strict=True)
                    }

    def _factor(self, i: int, j: int) -> Scalar:
        """Return the factor t for which column i is t times column j, but for places."""
        whole, part = (
            sum((c for _, c in filter(None, self.columns[q].slots)), _ZERO) for q in (i, j)
        )
        return whole / part


def _balls(ends: Sequence[Interval]) -> Scalars:
    return tuple(s if s == t else Ball.from_interval(s, t) for s, t in ends)


def _whole(placement: Placement) -> dict[int, Scalar]:
    """Return the columns in use with their factors added up."""
    found: dict[int, Scalar] = {}
    for i, c in filter(None, placement):
        found[i] = found.get(i, _ZERO) + c
    return found
