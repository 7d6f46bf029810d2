"""The nearest optimal network in a hull of vertices, by branch and bound over labels.

For every lam, one number for each atom, labels that begin with a part cost at least
``|network|^2 + beta^2 (2 min_i lam'v_i - sum_j (pull_j)_+^2)``, with the pull ``t_ja + lam_a`` of
its label where a slot has one, else the largest (:mod:`~polytope_nn.networks.hulls.barycentric`). A
network of given labels adds up to a point of the face of P on which all other atoms are 0, the
hull of the vertices there: the nearest of them is a convex problem, which a lam decides.
"""

from collections.abc import Sequence
from fractions import Fraction
from math import ceil, floor

from polytope_nn.errors import Undecided
from polytope_nn.exact.radical import enclosure
from polytope_nn.exact.rational import Vector
from polytope_nn.exact.scalar import dot
from polytope_nn.landscape.supports import is_nothing
from polytope_nn.progress import counted

from .barycentric import Hull, Spread
from .guessed import guesses_of

__all__ = ["branched"]

_NODES, _TABLES = 20_000, 8  # beyond which it is given up; bounds that are kept
_SLOTS = 3000  # of all complete labels that are tried
_BITS = 120  # to which costs are rounded in a tree
_ZERO = Fraction(0)


class _Table:
    """What a lam makes of the whole, and of each slot and label, in whole units, safely."""

    def __init__(self, hull: Hull, lam: Vector, unit: Fraction) -> None:
        least = min(enclosure(dot(lam, v))[0] for v in hull.points)
        whole = enclosure(hull.size)[0] + 2 * hull.beta_squared * least
        pulls = [
            [max(enclosure(x + s)[1], _ZERO) for x, s in zip(t, lam, strict=True)]
            for t in hull.wished
        ]
        self.whole = floor(whole / unit)
        self.rows = [[ceil(hull.beta_squared * x * x / unit) for x in row] for row in pulls]
        self.most = [max(row) for row in self.rows]
        self.all = sum(self.most)

    def least(self, order: Sequence[int], part: Sequence[int]) -> int:
        """Return a lower bound of all labels that begin with a part."""
        held = zip(order, part, strict=False)
        return self.whole - self.all + sum(self.most[j] - self.rows[j][a] for j, a in held)


def branched(hull: Hull, found: Spread) -> Spread:
    """Return the nearest network of all labels; as found where those are too many.

    ``hull`` is that of the vertices of P, ``found`` the nearest network that is known.
    """
    guessed = guesses_of(hull.points, hull.wished)
    first = guessed(found.labels)
    assert first is not None  # it is a network of its labels
    top = enclosure(found.distance)[1]
    unit = max(top, enclosure(hull.size)[1]) / (1 << _BITS)
    tables, leaves = [_Table(hull, first.lam, unit)], list[Spread]()
    slots = range(len(hull.wished))
    order = sorted(slots, key=tables[0].most.__getitem__, reverse=True)
    waiting: list[tuple[int, ...]] = [()]
    for _ in counted("labels of slots, parts of at most", range(_NODES)):
        if not waiting:
            break
        part = waiting.pop()
        if len(leaves) * len(order) > _SLOTS:
            return found
        if any(T.least(order, part) * unit > top for T in tables):
            continue
        if len(part) < len(order):
            waiting += _longer(hull, tables[-1], order, part)
            continue
        guess = guessed([a for _, a in sorted(zip(order, part, strict=True))])
        if guess is None:
            continue  # no vertex of P has these labels only
        if len(tables) < _TABLES:
            tables.append(_Table(hull, guess.lam, unit))
        proved = hull.proved(guess, own=True)
        leaf = proved or hull.rounded(guess, _least_of(hull, guess.labels, guess.lam))
        leaves.append(leaf)
        top = min(top, enclosure(leaf.distance)[1])
    if waiting or not leaves:
        return found
    return _best(leaves, found)


def _best(leaves: list[Spread], found: Spread) -> Spread:
    """Return the nearest of the leaves, decided if it is proved to be the nearest of all."""
    best = leaves[0]
    for leaf in leaves[1:]:
        try:
            best = leaf if leaf.distance < best.distance else best
        except Undecided:
            continue
    if best.decided and all(_is_no_nearer(leaf, best) for leaf in leaves):
        return best._replace(at_least=best.distance)
    low = min(enclosure(leaf.at_least)[0] for leaf in leaves)
    return best._replace(
        at_least=max(low, enclosure(found.at_least)[0], _ZERO), decided=False
    )


def _is_no_nearer(leaf: Spread, best: Spread) -> bool:
    if leaf is best:
        return True
    try:
        return not leaf.at_least < best.distance
    except Undecided:
        return False


def _least_of(hull: Hull, labels: Sequence[int], lam: Vector) -> Fraction:
    """Return a lower bound of the networks of labels, of a rational lam."""
    held = set(labels)
    vertices = [
        v
        for v in hull.points
        if all(a in held for a, x in enumerate(v) if not is_nothing(x))
    ]
    whole = 2 * min(enclosure(dot(lam, v))[0] for v in vertices)
    for j, a in enumerate(labels):
        whole -= max(enclosure(hull.wished[j][a] + lam[a])[1], _ZERO) ** 2
    return enclosure(hull.size)[0] + hull.beta_squared * whole


def _longer(
    hull: Hull, T: _Table, order: Sequence[int], part: tuple[int, ...]
) -> list[tuple[int, ...]]:
    """Return the parts with one label more, the likelier ones last.

    Slots that wish for nothing are labelled in one order.
    """
    j, last = order[len(part)], order[len(part) - 1]
    empty = (j, last) if part else ()
    alike = bool(empty) and all(is_nothing(x) for i in empty for x in hull.wished[i])
    row = T.rows[j]
    allowed = [a for a in range(len(row)) if not alike or a >= part[-1]]
    return [(*part, a) for a in sorted(allowed, key=row.__getitem__)]
