"""Which atom each slot of the nearest optimal network holds: labels, improved one by one.

The wished masses are ``t_ja = u_j'g_a / beta^2`` where signs agree, else 0. A multiplier lam of
:func:`~polytope_nn.networks.masses.nearest_masses` says which label a slot would rather have: one
of larger *pull* ``t_ja + F_a'lam``. Where no slot has a better one, the labels are best
(:mod:`~polytope_nn.networks.closest`).
"""

from collections.abc import Iterator, Sequence
from copy import copy
from fractions import Fraction
from typing import TypeAlias

from polytope_nn.errors import Undecided
from polytope_nn.exact.ball import Ball
from polytope_nn.exact.radical import enclosure
from polytope_nn.exact.scalar import Scalar, Scalars, dot, nearest_float
from polytope_nn.geometry.simplex import feasible
from polytope_nn.landscape.polytope import OptimalPolytope
from polytope_nn.landscape.supports import is_nothing
from polytope_nn.progress import counted

from .hulls.barycentric import widened
from .masses import Sharing, SharingSearch, nearest_masses
from .masses.wishes import wished
from .network import Network

__all__ = ["LabelSearch"]

Labelled: TypeAlias = tuple[list[int], Scalars, Scalar, bool]
"""Labels, masses, the distance, and whether it is proved that no labels are better."""

_Table: TypeAlias = tuple[Scalar, list[dict[int, Scalar]], list[Scalar]]

_NODES, _LEAVES = 20_000, 300  # of a branch and bound, beyond which it is given up
_STARTS = 32  # vertices from which labels are improved
_ZERO = Fraction(0)


class LabelSearch:
    """The search for labels; ``bound`` is the largest lower bound met on the way.

    Where the totals of ``classes`` of atoms with one feature are a ``point``, P is all ways to
    share them out: only atoms of those in use hold anything, and a slot of a class rather the one
    that it wishes for most. One atom each, that is P a point.
    """

    def __init__(self, P: OptimalPolytope, network: Network) -> None:
        self.beta_squared = P.problem.beta_squared
        self.F, self.y = P.features, P.problem.free.modulo(P.b)
        self.size, self.t = wished(P, network)
        self.at(P.classes, P.masses[0] if len(P.masses) == 1 else None, len(P.atoms))

    def at(self, classes: Sequence[Sequence[int]], point: Scalars | None, n: int) -> None:
        """Set the one point of the totals of classes of n atoms, if there is one.

        ``preferred`` is the atom of each that a slot would rather hold.
        """
        self.bound: Scalar = _ZERO
        self.point: Scalars | None = None
        self.used, self.preferred = list(range(n)), list[list[int]]()
        if point is None:
            return
        pairs = [p for p in zip(classes, point, strict=True) if not is_nothing(p[1])]
        try:
            self.preferred = [[max(m, key=t.__getitem__) for m, _ in pairs] for t in self.t]
        except Undecided:  # of balls that overlap
            return
        self.point = tuple(x for _, x in pairs)
        self.used = sorted(a for members, _ in pairs for a in members)

    def best(self, vertices: Sequence[Scalars]) -> Labelled:
        """Return the best labels found from vertices, those first that lie nearest."""
        if self.point is not None:
            return self._at_point(self.point)
        starts = [self.start(v) for v in vertices]
        if len(starts) > 1:
            starts.sort(key=lambda s: _about(self.distance(*s)))
        found = [self.improved(*s) for s in starts[:_STARTS]]
        labels, c, distance, decided = found[0]
        for other in found[1:]:
            if _less(other[2], distance):
                labels, c, distance, decided = other
        if isinstance(distance, Ball) or isinstance(self.bound, Ball):
            return labels, c, distance, decided
        return labels, c, distance, decided or self.bound == distance

    def _at_point(self, masses: Scalars) -> Labelled:
        """Return the best labels where all that counts are the totals of classes.

        Empty slots of one label are a number.
        """
        pairs = zip(self.t, self.preferred, strict=True)
        every = [tuple(t[a] for a in row) for t, row in pairs]
        wishing = [j for j, t in enumerate(every) if not all(map(is_nothing, t))]
        merged = copy(self)
        merged.t, merged.used = every, list(range(len(masses)))
        start = merged.start(masses)[0]
        empty = [j for j in range(len(self.t)) if j not in wishing]
        sharing = Sharing([every[j] for j in wishing], masses, len(empty))
        search = SharingSearch(sharing)
        found, least, decided = search.best([start[j] for j in wishing])
        labels, numbers, cost, *_ = found
        least = enclosure(self.size)[0] + self.beta_squared * least
        self.bound = max(least // search.unit * search.unit, _ZERO)  # a shorter number
        held = dict(zip(wishing, labels, strict=True))
        spare = [i for i, k in enumerate(numbers) for _ in range(k)]
        held |= dict(zip(empty, spare, strict=True))
        c = [_ZERO] * len(self.t)
        for i in range(len(numbers)):
            own = [j for j in wishing if held[j] == i]
            shares = sharing.spread([every[j][i] for j in own], numbers[i], i)
            own += [j for j in empty if held[j] == i]
            for j, x in zip(own, shares, strict=True):
                c[j] = x
        distance = self.size + self.beta_squared * cost
        labels = [row[held[j]] for j, row in enumerate(self.preferred)]
        alone = len(self.used) == len(masses)
        return labels, tuple(c) if alone else widened(c), distance, decided

    def start(self, v: Scalars) -> tuple[list[int], list[Scalar]]:
        """Return labels and masses of a vertex: its atoms in the slots that point at them."""
        labels: dict[int, int] = {}
        support = [a for a, x in enumerate(v) if not is_nothing(x)]
        pairs = [(a, j) for a in support for j in range(len(self.t))]
        pairs.sort(key=lambda p: _about(self.t[p[1]][p[0]]), reverse=True)
        for a, j in pairs:
            if a not in labels.values() and j not in labels:
                labels[j] = a
        c = [v[labels[j]] if j in labels else _ZERO for j in range(len(self.t))]
        largest = max(support, key=lambda a: _about(v[a]))
        for j, row in enumerate(self.t):
            if j not in labels:
                best = max(self.used, key=lambda a, row=row: _about(row[a]))  # type: ignore[misc]
                labels[j] = best if _about(row[best]) > 0 else largest
        return [labels[j] for j in range(len(self.t))], c

    def distance(self, labels: Sequence[int], c: Sequence[Scalar]) -> Scalar:
        """Return the distance of the optimal network of labels and masses."""
        parts = [
            x * x - 2 * x * self.t[j][a]
            for j, (a, x) in enumerate(zip(labels, c, strict=True))
            if not is_nothing(x)
        ]
        return self.size + self.beta_squared * sum(parts, _ZERO)

    def improved(self, labels: list[int], start: list[Scalar]) -> Labelled:
        """Return labels that no change of one slot, or of two, improves."""
        c, lam = self.solved(labels, start)
        distance = self.distance(labels, c)
        changed = True
        most = len(labels) * len(self.used)
        while changed:
            changed = False
            every = self.changes(labels, c, lam)
            for new, masses in counted("moving slots, changes of about", every, most):
                other, multiplier = self.solved(new, masses)
                away = self.distance(new, other)
                if _less(away, distance):
                    labels, c, lam, distance, changed = new, other, multiplier, away, True
                    break
        return labels, c, distance, self.settled(labels, lam)

    def solved(self, labels: list[int], start: list[Scalar]) -> tuple[Scalars, Scalars]:
        """Return the nearest masses of the labels and lam; the bound of lam is kept."""
        t = [self.t[j][a] for j, a in enumerate(labels)]
        c, lam = nearest_masses([self.F[a] for a in labels], t, start, self.y)
        try:
            best = [max(self.pulls(j, lam).values()) for j in range(len(self.t))]
            squares = sum((p * p for p in best if p > 0), _ZERO)
            bound = self.size + self.beta_squared * (2 * dot(lam, self.y) - squares)
            self.bound = max(self.bound, bound)
        except Undecided:  # of balls that overlap: another lam has a bound
            pass
        return c, lam

    def pulls(self, j: int, lam: Scalars) -> dict[int, Scalar]:
        """Return ``t_ja + F_a'lam`` of slot j for each atom that may be used."""
        return {a: self.t[j][a] + dot(self.F[a], lam) for a in self.used}

    def settled(self, labels: Sequence[int], lam: Scalars) -> bool:
        """Return whether it is proved that each label has the largest pull, or none above 0."""
        try:
            for j, a in enumerate(labels):
                pulls = self.pulls(j, lam)
                held = max(pulls[a], _ZERO)
                if any(pull > held for i, pull in pulls.items() if i != a):
                    return False
        except Undecided:
            return False
        return True

    def changes(
        self, labels: list[int], c: Scalars, lam: Scalars
    ) -> Iterator[tuple[list[int], list[Scalar]]]:
        """Yield labels with one slot's changed to one that lam prefers, and feasible masses.

        Empty slots of one label hold one mass, lam's: the first stands for all of them.
        """
        empty: set[int] = set()
        for j, held in enumerate(labels):
            if all(is_nothing(x) for x in self.t[j]):
                if held in empty:
                    continue
                empty.add(held)
            pulls = self.pulls(j, lam)
            more = {a: x for a, x in pulls.items() if a != held and _less(pulls[held], x)}
            better = [a for a, x in more.items() if _less(_ZERO, x)]
            order = {a: nearest_float(pulls[a]) or 0 for a in better}  # an order, no more
            better.sort(key=order.__getitem__, reverse=True)
            for a in better:
                yield from self.moved(labels, c, j, a)

    def moved(
        self, labels: list[int], c: Scalars, j: int, best: int
    ) -> Iterator[tuple[list[int], list[Scalar]]]:
        """Yield labels with another in slot j; its mass goes where its old label stays."""
        new, masses = list(labels), list(c)
        new[j] = best
        twin = next((k for k, a in enumerate(labels) if a == labels[j] and k != j), None)
        if is_nothing(c[j]):
            yield new, masses
        elif twin is not None:
            masses[twin], masses[j] = masses[twin] + masses[j], _ZERO
            yield new, masses
        else:
            for k, a in enumerate(labels):  # slots j and k change places
                if a == best or is_nothing(c[k]):
                    new, masses = list(labels), list(c)
                    new[j], new[k] = best, labels[j]
                    masses[j], masses[k] = (c[k] if a == best else _ZERO), c[j]
                    yield new, masses

    def branched(self, found: Labelled) -> Labelled:
        """Return the best labels of all, by branch and bound; as given where those are many.

        Slots are labelled one by one. For every lam a part of the labels costs at least
        ``|network|^2 + beta^2 (2 lam'y - sum_j (pull_j)_+^2)``, with the pull of its label where
        a slot has one, else the largest. Slots that wish the same are labelled in one order.
        """
        labels, c, distance, decided = found
        if decided or isinstance(distance, Ball) or self.point is not None:
            return found
        order = sorted(range(len(self.t)), key=lambda j: -max(self.t[j]))
        lams = [self.solved(labels, list(c))[1]]
        tables = [self._table(lam) for lam in lams]
        waiting: list[tuple[int, ...]] = [()]
        nodes = leaves = 0
        while waiting:
            part = waiting.pop()
            nodes += 1
            if nodes > _NODES or leaves > _LEAVES:
                return labels, c, distance, False
            if any(self._least(T, order, part) >= distance for T in tables):
                continue
            if len(part) < len(order):
                waiting += self._longer(tables[-1], order, part)
                continue
            leaves += 1
            new = [a for _, a in sorted(zip(order, part, strict=True))]
            start, _ = feasible([self.F[a] for a in new], self.y)
            if start is None:
                continue
            other, lam = self.solved(new, [start.get(j, _ZERO) for j in range(len(new))])
            away = self.distance(new, other)
            tables.append(self._table(lam))
            if away < distance:
                labels, c, distance = new, other, away
        self.bound = distance
        return labels, c, distance, True

    def _table(self, lam: Scalars) -> _Table:
        """Return what lam makes of each slot and label, and of the whole."""
        squares = [
            {a: x * x if x > 0 else _ZERO for a, x in self.pulls(j, lam).items()}
            for j in range(len(self.t))
        ]
        most = [max(row.values()) for row in squares]
        return self.size + self.beta_squared * 2 * dot(lam, self.y), squares, most

    def _least(self, T: _Table, order: Sequence[int], part: Sequence[int]) -> Scalar:
        """Return a lower bound of all labels that begin with a part."""
        whole, squares, most = T
        total = sum((squares[j][a] for j, a in zip(order, part, strict=False)), _ZERO)
        total = sum((most[j] for j in order[len(part) :]), total)
        return whole - self.beta_squared * total

    def _longer(
        self, T: _Table, order: Sequence[int], part: tuple[int, ...]
    ) -> list[tuple[int, ...]]:
        """Return the parts with one label more, the likelier ones last."""
        j = order[len(part)]
        alike = bool(part) and self.t[order[len(part) - 1]] == self.t[j]
        row = T[1][j]
        allowed = [a for a in self.used if not alike or a >= part[-1]]
        allowed.sort(key=lambda a: row[a])
        return [(*part, a) for a in allowed]


def _about(x: Scalar) -> Scalar:
    """Return what guides a search, where equal balls have no order: the midpoint of a ball."""
    return x.midpoint if isinstance(x, Ball) else x


def _less(x: Scalar, y: Scalar) -> bool:
    """Return whether x is proved to be less than y."""
    try:
        return x < y
    except Undecided:
        return False
