"""Claims *vertices* and *dimension*: ``P = {c >= 0 : F c = fit}`` modulo what is free (T4).

Claims *some* and *bounds*, where vertices are too many: some points of P, and Farkas vectors
that empty every column they do not use. So the columns in use are known, and their rank r_P
bounds the least width from which on all optimal networks are connected. The shortest point
bounds m*; the longest one, its columns independent, is a vertex, and where one fit belongs to
kappa its support is a minimal one, which bounds M*.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from itertools import compress, groupby
from typing import Protocol

from ..kernel.numbers import Vector, bits, cleared, dot, same, sign, union, zero
from ..kernel.primitives import combination, inside, side, tree
from ..kernel.reading import Clock, Json, array, indices, record, require, whole
from .instance import Instance

Wall = tuple[int, int, int]  # bits of w'F_j > 0, bits of w'F_j < 0, sign of w'fit


class Columns(Protocol):
    """Atoms, or other columns: their number, and each ``common`` times, modulo Z."""

    common: int

    def __len__(self) -> int:
        """Return the number of columns."""

    def reduced(self, i: int) -> Vector:
        """Return a column."""


class Held:
    """Vectors that are held, each ``common`` times."""

    def __init__(self, columns: list[Vector], common: int = 1) -> None:
        self.columns, self.common = columns, common

    def __len__(self) -> int:
        return len(self.columns)

    def reduced(self, i: int) -> Vector:
        """Return a vector."""
        return self.columns[i]


class Kept(ABC):
    """Columns that are held where there is room for all, else made anew."""

    def __init__(self, *, room: bool) -> None:
        self.held: dict[int, Vector] = {}
        self.room = room

    def reduced(self, i: int) -> Vector:
        """Return a column modulo what is free."""
        found = self.held.get(i)
        if found is None:
            found = self.made(i)
            if self.room:
                self.held[i] = found
        return found

    @abstractmethod
    def made(self, i: int) -> Vector:
        """Return it, made anew."""


class Based(Held):
    """All atoms by their shares in a basis, which have the rank of the features.

    Weight may be at some ``places`` of the basis only, and so only on atoms that are ``alive``.
    """

    def __init__(self, D: Instance, bits: int, columns: list[Vector]) -> None:
        super().__init__(columns)
        self.D, self.bits = D, bits
        self.keep(range(len(columns[0]) if columns else 0))

    def keep(self, places: Iterable[int]) -> None:
        """Leave out what is elsewhere in the basis, and the atoms that have shares there."""
        self.places = list(places)
        own = set(self.places)
        self.alive = [
            a
            for a, column in enumerate(self.columns)
            if not any(t for j, t in enumerate(column) if j not in own)
        ]

    def narrow(self, a: int) -> Vector:
        """Return the shares of an atom at those places."""
        return [self.columns[a][j] for j in self.places]


def vertices_of(D: Instance, atoms: Columns, fit: Vector, claim: Json) -> list[int]:
    """Return the supports, as bits, of the listed points of P, in the order of supports."""
    where, (b, b_den) = "claims.vertices", cleared(fit, D.clock)

    def proved(at: list[int], read: Json) -> None:
        weights = D.field.vector(read, len(at), where)
        require(all(sign(c) > 0 for c in weights), where, "a weight is not positive")
        c, den = cleared(weights, D.clock)
        scaled = [den * atoms.common * x for x in b]
        terms = ((b_den * t, atoms.reduced(a)) for t, a in zip(c, at, strict=True))
        combination(terms, scaled, D.clock.tick, (where, "a vertex does not give the fit"))

    return supports_of(D.clock, len(atoms), proved, claim)


def supports_of(
    clock: Clock, N: int, proved: Callable[[list[int], Json], None], claim: Json
) -> list[int]:
    """Return the supports of listed points among N atoms, in order, their weights proved."""
    where, supports = "claims.vertices", list[int]()
    listed = array(claim["list"], where)
    clock.hold(len(listed), N, where)
    before: list[int] | None = None
    for read in listed:
        clock.tick()
        record(read, "support weights", where)
        at = indices(read["support"], N, where)
        proved(at, read["weights"])
        require(before is None or before < at, where, "not in the order of supports")
        before = at
        supports.append(bits(at))
    require(supports, where, "P has no point: kappa is not shown optimal")
    return supports


def walls_of(D: Instance, atoms: Columns, fit: Vector, witness: Json) -> list[Wall]:
    """Return per Farkas vector w the bits of ``w'F_j > 0``, of ``< 0``, the sign of w'fit."""
    b, _ = cleared(fit, D.clock)
    return farkas(D, atoms, len(fit), lambda w: side(w, b), witness)


def farkas(
    D: Instance,
    atoms: Columns,
    size: int,
    right: Callable[[Vector], int],
    witness: Json,
) -> list[Wall]:
    """Return the same, of vectors of a size, ``right`` the sign of w'fit where it is proved."""
    where, walls = "witness.cover", list[Wall]()
    listed = array(witness, where)
    D.clock.hold(2 * len(listed), len(atoms), where)
    for read in listed:
        w = D.field.integers(read, size, where)
        above = below = 0
        for j in range(len(atoms)):
            D.clock.tick()
            F = atoms.reduced(j)
            s = side(compress(w, F), filter(None, F))
            above |= (s > 0) << j
            below |= (s < 0) << j
        walls.append((above, below, right(w)))
    return walls


def cover(
    clock: Clock, N: int, supports: Sequence[int], walls: Sequence[Wall], witness: Json
) -> None:
    """Prove that the extreme points of P are those listed: a tree on ``c_j > 0 | c_j = 0``.

    Tokens are 3j for a branch on c_j, 3i + 1 for vertex i, whose support lies in the
    positive set, 3f + 2 for the Farkas vector w: ``w'F_j >= 0`` off the vanishing set, and
    ``w'fit < 0``, or ``= 0`` with ``w'F_j > 0`` for a positive j.
    """
    where, sizes = "witness.cover", (N, len(supports), len(walls))

    def branch(token: int, positive: int, vanishing: int) -> int | None:
        del positive, vanishing
        require(token >= 0, where, "a token is no index")
        index, kind = divmod(token, 3)
        require(index < sizes[kind], where, "an index is out of range")
        return index if kind == 0 else None

    for token, positive, vanishing in tree(
        array(witness, where), branch, clock.tick, where
    ):
        index, kind = divmod(token, 3)
        if kind == 1:
            fine = inside(supports[index], positive)
            require(fine, where, "a leaf's vertex is not inside its positive set")
        else:
            above, below, right = walls[index]
            require(inside(below, vanishing), where, "a Farkas vector has w'F_j < 0")
            empty = right < 0 or (right == 0 and above & positive)
            require(empty, where, "a Farkas vector does not empty its leaf")
    antichain(clock, supports)


def extreme(
    D: Instance, columns: Columns, supports: Sequence[int], right: Vector, read: Json
) -> None:
    """Prove that points of ``{c >= 0 : sum c_j F_j = right}`` are its extreme ones."""
    walls = walls_of(D, columns, right, read["farkas"])
    cover(D.clock, len(columns), supports, walls, read["tree"])


def antichain(clock: Clock, supports: Sequence[int]) -> None:
    """Prove that no support contains another: with the cover, each is that of a vertex."""
    smaller: dict[int, list[int]] = {}  # by their least atom
    for _, group in groupby(sorted(supports, key=int.bit_count), int.bit_count):
        larger = list(group)
        for one in larger:
            clock.tick()
            outside = ~one  # the inclusion (c) written out: the innermost loop
            near = (others for least, others in smaller.items() if least & one)
            contains = any(not other & outside for others in near for other in others)
            require(
                not contains, "claims.vertices", "a support contains another: no vertex"
            )
        for one in larger:
            smaller.setdefault(one & -one or -1, []).append(one)


def independent(
    of: "tuple[Clock, int]",
    feature: Callable[[int], Vector],
    used: int,
    coordinates: Callable[[int], Vector],
    witness: Json,
) -> tuple[int, int]:
    """Return the rank of N features and of those in use (bits), after proving both.

    ``w_i'F_(b_j) = [i = j]`` makes the basis independent, ``F = sum_i (w_i'F) F_(b_i)``
    makes it span; its first part spans the features of the atoms that P uses.
    """
    where, (clock, N) = "witness.rank", of
    basis = [whole(a, where, 0, N - 1) for a in array(witness["basis"], where)]
    first = whole(witness["used"], where, 0, len(basis))
    place = {b: i for i, b in enumerate(basis)}
    require(len(place) == len(basis), where, "an atom comes twice in the basis")
    fine = all(used >> a & 1 for a in basis[:first])
    require(fine, where, "P does not use the first part")
    for a in range(N):
        clock.tick()
        x = coordinates(a)
        unit = a not in place or same(x, [int(i == place[a]) for i in range(len(basis))])
        require(unit, where, "w_i'F_(b_j) is not [i = j]")
        terms = ((t, feature(b)) for t, b in zip(x, basis, strict=True))
        spans = (where, "a feature is not spanned by the basis")
        combination(terms, feature(a), clock.tick, spans)
        within = not used >> a & 1 or all(map(zero, x[first:]))
        require(within, where, "a used feature is not spanned by the first part")
    return len(basis), first


def dimension(
    D: Instance, atoms: Columns, supports: Sequence[int], witness: Json
) -> tuple[int, int, int]:
    """Return the rank of the features, the rank of those in use, ``dim P`` (T4)."""
    where = "witness.rank"
    record(witness, "basis used dual", where)
    rows, size = [], len(atoms.reduced(0)) if len(atoms) else D.n
    basis = array(witness["basis"], where)
    for read in array(witness["dual"], where, len(basis)):
        num, den = array(read, where, 2)
        rows.append((D.field.integers(num, size, where, den), whole(den, where, 1)))

    def coordinates(a: int) -> Vector:
        F = atoms.reduced(a)
        own = [t for t in F if t]  # of a slack nearly all entries are 0
        products = [(dot(compress(w, F), own), den) for w, den in rows]
        return [Fraction(1, den * atoms.common) * t for t, den in products]

    used = union(supports)
    rank, first = independent(
        (D.clock, len(atoms)), atoms.reduced, used, coordinates, witness
    )
    return rank, first, used.bit_count() - first


def idle(
    D: Instance, columns: Columns, right: Vector, supports: Sequence[int], witness: Json
) -> None:
    """Prove that columns outside the supports are 0 on the whole slice."""
    where, used, empty = "witness.idle", union(supports), 0
    for above, below, fit in walls_of(D, columns, right, witness):
        require(not below and not fit, where, "a vector is negative, or not 0 at the fit")
        empty |= above
    every = (1 << len(columns)) - 1
    require(inside(every, used | empty), where, "a column is neither used nor proved idle")


def alone(D: Instance, columns: Columns, support: int, witness: Json) -> None:
    """Prove columns independent: ``w_i'F_j`` is 0 but for i = j."""
    where = "witness.longest"
    at = [j for j in range(len(columns)) if support >> j & 1]
    read = array(witness, where, len(at))
    for i, row in enumerate(read):
        size = len(columns.reduced(at[i]))
        w = D.field.integers(row, size, where)
        for k, j in enumerate(at):
            D.clock.tick()
            one = zero(dot(w, columns.reduced(j))) is (i != k)
            require(one, where, "the columns are not shown independent")


def bounds(sizes: Sequence[int], used_rank: int, *, pinned: bool) -> dict[str, int | None]:
    """Return what the claim must be; ``sizes`` are those of the supports of the points.

    ``pinned``: one fit belongs to kappa, and the longest point is a vertex.
    """
    least, most = min(sizes), max(sizes)
    if not least:  # from every network all neurons may go
        return {"connected_from": 0, "m_star_at_most": 0, "M_star_at_least": 0}
    return {
        "connected_from": used_rank + 1,
        "m_star_at_most": least,
        "M_star_at_least": most if pinned else None,
    }
