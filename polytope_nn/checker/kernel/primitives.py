"""The six primitive claims: all that a certificate is proved by.

(a) :func:`combination`: a sum of vectors with given coefficients is a vector;
(b) :func:`side`: the sign of a dot product;
(c) :func:`inside`: one set of indices, as bits, lies in another;
(d) :func:`tree`: the leaves of a preorder tree leave no branch out;
(e) :func:`forest`: parents of smaller rank lead every member to a root;
(f) :func:`quadratic`: two quadratic forms are one.

Each has its lemma in ``proofs/kernel.md``, under its name. The rest is bookkeeping.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from math import lcm

from .numbers import SHORT, Scalar, Vector, dot, over_common, sign, zero
from .reading import Json, require, whole


def combination(
    terms: Iterable[tuple[Scalar, Sequence[Scalar]]],
    target: Sequence[Scalar],
    tick: Callable[[], None],
    place: tuple[str, str],
) -> None:
    """Prove that the sum of the terms, coefficients times vectors, is the target.

    Terms are added one by one: nothing but the sum is held.
    """
    where, why = place
    rest, over = over_common(
        [-1 * t for t in target]
    )  # a vector, and what it is divided by
    for c, v in terms:
        tick()
        if not zero(c):
            (share,), under = over_common([c])
            own, den = over_common(v)
            common = lcm(over, den * under)
            share, times = share * (common // (den * under)), common // over
            rest = [times * r + share * t for r, t in zip(rest, own, strict=True)]
            over = common
            if over.bit_length() > SHORT:
                rest, over = [Fraction(1, over) * r for r in rest], 1
    require(all(map(zero, rest)), where, why)


def side(x: Iterable[Scalar], y: Iterable[Scalar], less: Scalar = 0) -> int:
    """Return the sign of ``x'y - less``."""
    return sign(dot(x, y) - less)


def inside(few: int, many: int) -> bool:
    """Return whether the first set lies in the second."""
    return not few & ~many


Leaf = tuple[int, int, int]  # the token, the first set, the second set


def tree(
    tokens: Sequence[Json],
    branch: Callable[[int, int, int], int | None],
    tick: Callable[[], None],
    where: str,
    *,
    halved: bool = False,
) -> Iterator[Leaf]:
    """Yield the leaves of a preorder tree over two disjoint sets, in order.

    ``branch(token, first, second)`` is the member that a token decides: it is in the first
    set in the branch that comes next, in the second one in the branch after that; None for
    a leaf. Every pair of disjoint sets that decides all members lies below one leaf: so a
    property of all leaves is one of all pairs. ``halved``: of the first decision only the
    first branch is there. One path is held, whatever the tree.
    """
    path: list[
        tuple[int, bool]
    ] = []  # what is decided, and whether the second branch waits
    first = second = 0
    at = 0
    while True:
        tick()
        require(at < len(tokens), where, "the tree ends too early")
        token = tokens[at]
        require(type(token) is int, where, "is no integer")
        at += 1
        member = branch(token, first, second)
        if member is not None:
            bit = 1 << member
            require(not (first | second) & bit, where, "a branch comes twice")
            first |= bit
            path.append((bit, not (halved and not path)))
            continue
        yield token, first, second
        while path and not path[-1][1]:
            bit, _ = path.pop()
            first, second = first & ~bit, second & ~bit
        if not path:
            break
        bit, _ = path.pop()
        first, second = first & ~bit, second | bit
        path.append((bit, False))
    require(at == len(tokens), where, "goes on after the last leaf")


def forest(
    inside_of: Sequence[int],
    parents: Sequence[Json],
    ranks: Sequence[Json],
    joined: Callable[[int, int], bool],
    place: tuple[str, str],
) -> Mapping[int, int]:
    """Return the root of each member: parents are joined to it, of smaller rank."""
    where, why = place
    checked = [whole(x, where, 1) for x in ranks]
    rank = dict(zip(inside_of, checked, strict=True))
    parent = dict(zip(inside_of, parents, strict=True))
    root: dict[int, int] = {}
    for i in sorted(inside_of, key=rank.__getitem__):
        above = whole(parent[i], where, 0)
        descends = above == i or (above in rank and rank[above] < rank[i])
        require(descends, where, "a parent has no smaller rank")
        require(joined(i, above), where, why)
        root[i] = i if above == i else root[above]
    return root


def quadratic(
    entry: Callable[[int, int], Scalar],
    one: Vector,
    other: Vector,
    tick: Callable[[], None],
    place: tuple[str, str],
) -> None:
    """Prove that the symmetric form ``x'Ex`` is the product ``(one'x)(other'x)``."""
    where, why = place
    for j in range(len(one)):
        tick()
        for k in range(j, len(one)):
            twice = one[j] * other[k] + one[k] * other[j]
            require(2 * entry(j, k) == twice, where, why)
