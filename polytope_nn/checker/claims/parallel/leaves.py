"""Claims *dual* and *atoms* of three layers: no branch exceeds beta (three-layer P3, P5).

Fix a sign sigma, ``k = sigma kappa``, P its positive rows, N its negative ones. A *leaf* has
rows ``inside`` and rows ``open`` of P, blocks (a tope with a sign) that no inner neuron is in,
and theta in [0, 1] on N. For z whose positive rows of P are ``inside`` and some of ``open``

    k'(z)_+  <=  G(z) = k_inside'z + sum_open k_i (z_i)_+ + sum_N theta_i k_i z_i,

so it is at most beta on the two-layer unit ball once G is on its neurons: positive ones see
``mu+ = k`` on inside and open and ``theta k`` on N, negative ones ``mu- = k`` on inside and the
same on N. A tree over the rows of P, then over blocks, leaves nothing out.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import TypeVar

from ...kernel.numbers import Scalar, Vector, bits, dot, members, sign, zero
from ...kernel.primitives import tree
from ...kernel.reading import Json, array, handed, indices, record, require, whole, word
from ..dual import Atom, Atoms, Charted, atom_of, bounded
from ..instance import Instance

WHERE = "witness.dual"
_FULL = -3
Box = TypeVar("Box")
PARTS = 1000  # the most equal parts of a branch: factorials are formed


@dataclass
class Layers:
    """A problem of three layers: its instance, and how many inner neurons a branch has.

    ``parts`` is how many equal parts an optimal branch has: more than 1 with path costs only.
    """

    D: Instance
    inner: int | None
    parts: int = 1
    path_costs: bool = False
    limited: bool = False  # whether kappa is proved for these widths only

    def holds(self, size: int) -> bool:
        """Return whether a branch has so many inner neurons."""
        return self.inner is None or size <= self.inner


@dataclass
class Leaf:
    """A proved leaf: its rows as bits, theta on N, and its tight atoms."""

    sigma: int
    inside: int
    open: int
    theta: dict[int, Scalar]
    atoms: list[int]


def layers_of(read: Json) -> tuple[Json, Json]:
    """Return what is said of layers, and the rest of the data."""
    fine = type(read) is dict and "layers" in read
    require(fine, "data", "says nothing of layers")
    return read["layers"], {key: read[key] for key in read if key != "layers"}


def three_layers(D: Instance, read: Json) -> Layers:
    """Return the problem: the squared loss, nothing free; beta is made that of a mass 1.

    With path costs k equal parts of mass 1 together cost ``beta / sqrt(k)`` (D14).
    """
    where = "data.layers"
    record(read, "inner_width regulariser", where)
    costs = word(read["regulariser"], "power3 path", where)
    plain = D.piece == "smooth" and D.bias != "free" and not D.Z
    require(plain, "data", "three layers have a squared loss and nothing free")
    inner = read["inner_width"]
    if costs == "path":
        parts = whole(inner, where, 1, PARTS)
        D.beta_squared /= parts
        return Layers(D, parts, parts, path_costs=True)
    return Layers(D, None if inner is None else whole(inner, where, 1))


def inner_atoms(D: Instance, claim: Json) -> Atoms:
    """Return the listed directions of inner neurons: ``|g| = beta``, in order."""
    where, atoms = "claims.atoms", list[Atom]()
    for read in array(claim["list"], where):
        a = atom_of(D, read, where)
        length = zero(dot(a.g, a.g) - D.beta_squared * a.den**2)
        require(a.sign and length, where, "|g|^2 is not beta^2, or g has no sign")
        fine = not atoms or _precedes(atoms[-1], a)
        require(fine, where, "not in order, or not distinct")
        atoms.append(a)
    return Atoms(D, atoms)


def _precedes(one: Atom, other: Atom) -> bool:
    """Return whether an atom is before another: + first, then by g."""
    if one.sign != other.sign:
        return one.sign > other.sign
    pairs = zip(one.g, other.g, strict=True)
    apart = (sign(other.den * s - one.den * t) for s, t in pairs)
    return next((x < 0 for x in apart if x), False)


def leaves(
    L: Layers, kappa: Vector, known: tuple[Charted, Sequence[int]], atoms: Atoms
) -> list[Leaf]:
    """Prove that no branch exceeds beta; return the leaves, with the atoms of each.

    ``known`` are the chart, with what bounds it, and its topes.
    """
    D, (charted, topes) = L.D, known
    found, signs = [], [sign(x) for x in kappa]
    for (sigma, rows, (inside, outside, excluded)), read in trees(
        signs, charted.bounds, "trees", partial(boxes, L, len(topes))
    ):
        leaf = _leaf(D, kappa, (sigma, inside, rows & ~(inside | outside)), atoms, read)
        seen = Seen(D, kappa, leaf)
        _attained(D, seen, atoms)
        for s, proof in by_signs(charted, topes, excluded, read):
            tight = [atoms.listed[a] for a in leaf.atoms if atoms.listed[a].sign == s]
            bounded(D, seen.by(s), proof, tight, (s,))
        found.append(leaf)
    used = bits(a for leaf in found for a in leaf.atoms)
    require(used == (1 << len(atoms)) - 1, "claims.atoms", "an atom is tight on no leaf")
    return found


def trees(
    signs: Sequence[int],
    witness: Json,
    name: str,
    of: Callable[[int, Json], Iterator[Box]],
) -> Iterator[tuple[tuple[int, int, Box], Json]]:
    """Yield sigma, the rows of that sign, and each box of the tree of both, with its leaf."""
    record(witness, f"{name} leaves", WHERE)
    pairs = zip((1, -1), array(witness[name], WHERE, 2), strict=True)
    own = ((s, bits(i for i, x in enumerate(signs) if x == s), read) for s, read in pairs)
    keys = ((s, rows, box) for s, rows, tokens in own for box in of(rows, tokens))
    missing, more = "a leaf is missing", "there are more leaves than the trees have"
    return handed(keys, witness["leaves"], WHERE, missing, more)


def by_signs(
    charted: Charted, topes: Sequence[int], excluded: int, read: Json
) -> Iterator[tuple[int, Charted]]:
    """Yield the signs of inner neurons, the topes that are not excluded, what bounds them."""
    for s, key in ((1, "plus"), (-1, "minus")):
        left = (t for i, t in enumerate(topes) if not excluded >> (2 * i + (s < 0)) & 1)
        yield s, Charted(charted.chart, left, read[key])


def boxes(L: Layers, topes: int, rows: int, tokens: Json) -> Iterator[tuple[int, int, int]]:
    """Yield rows inside, rows outside and excluded blocks of each leaf of a tree.

    Tokens are i for a branch on row i (inside comes first), n + b for one on block b (excluded
    comes first), -1 for a leaf, -2 where more blocks are in use than a branch has neurons, -3 for
    a leaf where as many are: a branch has no neurons in others.
    """
    n = L.D.n
    if not rows:  # k'(z)_+ <= 0
        array(tokens, WHERE, 0)
        return

    def branch(token: int, first: int, second: int) -> int | None:
        del first, second
        require(-3 <= token < n + 2 * topes, WHERE, "a token is no row and no block")
        if token < 0:
            return None
        L.limited = L.limited or token >= n
        mine = rows >> token & 1 if token < n else L.inner is not None
        require(mine, WHERE, "branches on a row without the sign, or needlessly on a block")
        return token

    every = (1 << n) - 1
    for token, first, second in tree(array(tokens, WHERE), branch, L.D.clock.tick, WHERE):
        if token == -1:
            yield first & every, second & every, first >> n
            continue
        if token == _FULL:
            used = second >> n
            full = not L.holds(used.bit_count() + 1)
            require(full, WHERE, "a leaf is called full although a branch has room")
            yield first & every, second & every, ((1 << 2 * topes) - 1) & ~used
            continue
        many = not L.holds((second >> n).bit_count())
        require(many, WHERE, "a branch of the tree is cut although it has room")


def _leaf(
    D: Instance, kappa: Vector, box: tuple[int, int, int], atoms: Atoms, read: Json
) -> Leaf:
    """Return a leaf as it is stated: theta in [0, 1], atoms of the list."""
    sigma, inside, free = box
    record(read, "theta atoms plus minus", WHERE)
    theta = theta_of(D, kappa, sigma, read["theta"])
    return Leaf(sigma, inside, free, theta, indices(read["atoms"], len(atoms), WHERE))


def theta_of(D: Instance, kappa: Vector, sigma: int, read: Json) -> dict[int, Scalar]:
    """Return theta in [0, 1] on the rows where sigma kappa is negative."""
    negative = [i for i, x in enumerate(kappa) if sign(x) == -sigma]
    num, den = array(read, WHERE, 2)
    below = whole(den, WHERE, 1)
    values = D.field.integers(num, len(negative), WHERE, below)
    fine = all(sign(t) >= 0 and sign(below - t) >= 0 for t in values)
    require(fine, WHERE, "theta is not between 0 and 1")
    return {i: Fraction(1, below) * t for i, t in zip(negative, values, strict=True)}


@dataclass
class Seen:
    """What inner neurons of either sign see on a leaf."""

    D: Instance
    kappa: Vector
    leaf: Leaf

    def by(self, s: int) -> Vector:
        """Return mu+ or mu-."""
        leaf = self.leaf
        own = leaf.inside | leaf.open if s > 0 else leaf.inside
        mu: Vector = [Fraction(0)] * self.D.n
        for i in members(own):
            mu[i] = leaf.sigma * self.kappa[i]
        for i, t in leaf.theta.items():
            mu[i] = leaf.sigma * t * self.kappa[i]
        return mu


def _attained(D: Instance, seen: Seen, atoms: Atoms) -> None:
    """Prove that the atoms of a leaf attain beta there: ``mu'F = beta^2``."""
    sees = {s: seen.by(s) for s in (1, -1)}
    for i in seen.leaf.atoms:
        D.clock.tick()
        a = atoms.listed[i]
        reached = dot(sees[a.sign], D.feature(a.sign, a.g))
        attained = zero(reached - D.beta_squared * a.den * D.scale)
        require(attained, WHERE, "an atom of a leaf does not attain beta there")
