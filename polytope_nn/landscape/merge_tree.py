"""The staircase of connectivity, for all widths in one pass (THEORY T7-T10).

``P_m`` is the set of points of P with support at most m, ``Theta_m`` the set of optimal
networks of width m. Two vertices v, w are joined at level ``|supp v | supp w|`` and lie in
one component of P_m iff their bottleneck level is at most m (T10), so a minimum spanning
tree of the vertices answers for every m: the single-linkage merge tree. Components of
Theta_m are ``m! N_m + K_m`` (T8): every vertex with support exactly m is isolated in all its
m! labellings, and a component of P_m with a vertex of smaller support reaches all its labellings.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import factorial
from typing import overload

from polytope_nn.called import asked_width
from polytope_nn.errors import DimensionError, UnboundedError
from polytope_nn.shown import Drawn, Sketched, Tabled, Typeset
from polytope_nn.wording import integer, shown

from .spanning_tree import Forest, exchanges, prim

__all__ = ["Forest", "Staircase", "Step", "merge_tree", "minimal_supports"]


@dataclass(frozen=True)
class Step:
    """One width: what P_m and Theta_m are made of.

    ``components`` and ``isolated`` count components and isolated points of Theta_m,
    permutations included; ``rigid`` those components in which no neuron can be split off:
    with a unique fit they are the isolated points. ``polytope_components`` are those of
    P_m; ``vertices`` is the number of vertices of P with support at most ``width``.
    """

    width: int
    components: int
    isolated: int
    rigid: int
    polytope_components: int
    vertices: int


@dataclass(frozen=True, repr=False)
class Staircase(Drawn, Tabled, Typeset, Sketched):
    """The merge tree of the vertices of P, and what it says for each width.

    ``sizes`` are the supports of the vertices; ``merges`` the edges (level, i, j) of a
    minimum spanning tree, sorted: vertices i < j are joined at width ``level``. ``rank`` is
    that of the features, ``used_rank`` that of the features P uses. Counts are ``modulo``
    what is listed there: ``"lines"``, what the samples leave undetermined of the free part;
    ``"dead neurons"``, whose bias is free (THEORY §6); ``"free part"`` where fits may move and
    the samples of one fit do not tell it (G5). Where optimal networks are no
    polytope ``reason`` says why, and what is asked about widths raises it.

    ``minimal`` are the inclusion-minimal supports S (general G4), by size and by the number
    of vertices with that support: 1 where the optimal weights on S are one point. With a
    unique fit they are the vertices, and it is (). ``vanishes``: P is the point 0.
    ``supports`` are those of the vertices, as bits, where all fits are one: then they tell
    the faces of P.
    """

    sizes: tuple[int, ...]
    merges: tuple[tuple[int, int, int], ...]
    rank: int
    used_rank: int
    n: int
    vanishes: bool
    modulo: tuple[str, ...] = ()
    reason: str = ""
    minimal: tuple[tuple[int, int], ...] = ()
    supports: tuple[int, ...] = ()

    @cached_property
    def _minimal(self) -> tuple[tuple[int, int], ...]:
        return self.minimal or tuple((size, 1) for size in self.sizes)

    def _counted(self) -> None:
        if self.reason:
            raise UnboundedError(self.reason)

    @property
    def m_star(self) -> int:
        """The least support of a vertex (m*); Theta_m is optimal from this width on."""
        self._counted()
        return min(self.sizes)

    @property
    def M_star(self) -> int:
        """The largest minimal support (M*): with a unique fit, that of a vertex."""
        self._counted()
        return max(size for size, _ in self._minimal)

    @property
    def minimal_supports(self) -> dict[int, int]:
        """The number of inclusion-minimal supports of each size."""
        return dict(sorted(Counter(size for size, _ in self._minimal).items()))

    @property
    def has_zero(self) -> bool:
        """Whether the zero network is optimal."""
        return min(self.sizes) == 0

    @property
    def bound(self) -> int:
        """T7.5 sharpened: ``min{m* + M*, r_P + 1}``, r_P the rank of the features P uses."""
        if self.has_zero:
            return 0
        return min(self.m_star + self.M_star, self.used_rank + 1)

    @property
    def bound_talk(self) -> int:
        """T7.5 as in the talk: ``min{m* + M*, n + 1}``."""
        if self.has_zero:
            return 0
        return min(self.m_star + self.M_star, self.n + 1)

    @property
    def spectrum(self) -> dict[int, int]:
        """The number of vertices of each support size."""
        return dict(sorted(Counter(self.sizes).items()))

    @cached_property
    def threshold(self) -> int:
        """The least m from which Theta is connected for good."""
        if self.has_zero:
            return 0
        last = max([self.m_star, self.M_star + 1, *(level for level, _, _ in self.merges)])
        m = last
        while m > self.m_star and self[m - 1].components == 1:
            m -= 1
        return m

    def labels(self, m: int) -> tuple[int | None, ...]:
        """Return the component of each vertex in P_m: its least vertex, None if outside."""
        m = asked_width(m)
        found = Forest(len(self.sizes))
        for level, i, j in self.merges:
            if level > m:
                break
            found.join(i, j)
        return tuple(
            found.root(i) if size <= m else None for i, size in enumerate(self.sizes)
        )

    @property
    def last(self) -> int:
        """The last width that iteration yields: connected, and no bound is larger."""
        return max(self.threshold, self.bound)

    def __len__(self) -> int:
        """Return how many widths iteration yields."""
        return self.last - self.m_star + 1

    def __bool__(self) -> bool:
        return True  # also where widths are not counted

    @overload
    def __getitem__(self, m: int) -> Step: ...
    @overload
    def __getitem__(self, m: slice) -> tuple[Step, ...]: ...
    def __getitem__(self, m: int | slice) -> Step | tuple[Step, ...]:
        """Return the step at width m >= m* (T8), of a slice of widths those from m* on.

        A slice without an end ends where iteration does.
        """
        if isinstance(m, slice):
            start = self.m_star if m.start is None else asked_width(m.start)
            stop = self.last + 1 if m.stop is None else asked_width(m.stop)
            widths = range(start, stop, 1 if m.step is None else asked_width(m.step))
            return tuple(self[k] for k in widths if k >= self.m_star)
        m = asked_width(m)
        if m < self.m_star:
            raise DimensionError(
                f"width {m} is below m* = {self.m_star}: no network of it is optimal"
            )
        labels = self.labels(m)
        inside = [
            (label, size)
            for label, size in zip(labels, self.sizes, strict=True)
            if label is not None
        ]
        polytope_components = len({label for label, _ in inside})
        if self.vanishes:
            return Step(m, 1, 1, 1, polytope_components, len(inside))
        if self.has_zero:  # every network can let its neurons go
            alone = int(m == 0)
            return Step(m, 1, alone, alone, polytope_components, len(inside))
        rigid = [vertices for size, vertices in self._minimal if size == m]
        placements = factorial(m) if rigid else 0  # wide: no number that fits a memory
        reaching = len({label for label, size in inside if size < m})
        return Step(
            m,
            placements * len(rigid) + reaching,
            placements * rigid.count(1),
            placements * len(rigid),
            polytope_components,
            len(inside),
        )

    def __iter__(self) -> Iterator[Step]:
        """Yield the steps from m* to the larger of threshold and bound."""
        for m in range(self.m_star, self.last + 1):
            yield self[m]

    def bottleneck(self, i: int, j: int) -> int:
        """Return the least width at which vertices i and j lie in one component of P."""
        count = len(self.sizes)
        if not {integer(i, 0), integer(j, 0)} <= {*range(count)}:
            raise DimensionError(
                f"vertices {shown(i)} and {shown(j)}: the polytope has {count}"
            )
        if i == j:
            return self.sizes[i]
        joined = Forest(count)
        level = 0
        for at, a, b in self.merges:
            level = at
            joined.join(a, b)
            if joined.root(i) == joined.root(j):
                break
        return level

    def __repr__(self) -> str:
        if self.reason:
            return f"Staircase(vertices={len(self.sizes)}, no widths: {self.reason})"
        return (
            f"Staircase(m*={self.m_star}, M*={self.M_star}, threshold={self.threshold}, "
            f"bound={self.bound}, vertices={len(self.sizes)})"
        )


def minimal_supports(supports: Sequence[int]) -> tuple[tuple[int, int], ...]:
    """Return the inclusion-minimal supports, each by its size and its number of vertices.

    >>> minimal_supports([0b1, 0b110, 0b110, 0b11])
    ((1, 1), (2, 2))
    """
    counted = Counter(supports)
    kept: list[int] = []
    for bits in sorted(counted, key=int.bit_count):
        if not any(other & bits == other for other in kept):
            kept.append(bits)
    return tuple((bits.bit_count(), counted[bits]) for bits in kept)


def merge_tree(
    supports: Sequence[int], *, antichain: bool = False
) -> tuple[tuple[int, int, int], ...]:
    """Return a minimum spanning tree under the level ``|a | b|``, sorted by level.

    With `antichain` no support contains another, as with vertices of one polytope in
    standard form: the tree is the same, and found sooner.

    >>> merge_tree([0b1, 0b110, 0b10])
    ((2, 0, 2), (2, 1, 2))
    """
    return exchanges(supports) or prim(supports, int(antichain))
