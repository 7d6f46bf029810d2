"""The rows of a matrix as hyperplanes: zero rows, multiples, dependent columns set aside.

Terminology. A *line* is the set of all multiples of a nonzero row, among the rows of X; its
*normal* is primitive, on the side of the lowest of these rows, and given in r independent
columns of X (r the rank). The other columns are combinations of these, ``X = X' C``, so that
``X u = X' (C u)``: the signs that occur are the same. The sign vectors of rows are those of
lines, repeated, reflected, and filled up with +1 at zero rows.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice, product

from polytope_nn.exact.linear import rref
from polytope_nn.exact.rational import Matrix, integer_row

__all__ = ["Lines", "lines", "patterns", "word"]

Pattern = tuple[int, ...]
IntegerVector = tuple[int, ...]


@dataclass(frozen=True)
class Lines:
    """The nonzero rows up to scale, in independent columns.

    Row k is a positive multiple of ``sides[k]`` times the line ``places[k]``; a zero row
    has side 0. ``firsts[i]`` is the lowest row on line i, and its side is +1.
    """

    columns: tuple[int, ...]
    normals: tuple[IntegerVector, ...]
    firsts: tuple[int, ...]
    places: tuple[int, ...]
    sides: tuple[int, ...]


def lines(X: Matrix) -> Lines:
    """Return the lines of the rows of X, in order of first appearance.

    >>> from polytope_nn.exact.rational import matrix
    >>> found = lines(matrix([[0, 0], [2, 2], [-3, -3], [1, 1]]))
    >>> found.normals, found.firsts, found.sides
    (((1,),), (1,), (0, 1, -1, 1))
    """
    _, columns = rref(X)
    normals: dict[IntegerVector, int] = {}
    firsts, places, sides = [], [], []
    for k, x in enumerate(X):
        row = integer_row([x[j] for j in columns])
        side = 1 if any(row) else 0
        if (opposite := tuple(-t for t in row)) in normals:
            row, side = opposite, -side
        if side and row not in normals:
            normals[row] = len(normals)
            firsts.append(k)
        places.append(normals.get(row, 0))
        sides.append(side)
    return Lines(columns, tuple(normals), tuple(firsts), tuple(places), tuple(sides))


def word(signs: Iterable[int]) -> str:
    """Return a sign vector as a word.

    >>> word((1, -1, 0))
    '+-0'
    """
    return "".join("-0+"[1 + s] for s in signs)


def patterns(masks: Iterable[int], found: Lines) -> Iterator[Pattern]:
    """Yield the sign vectors on the rows of masks of positive lines, +1 at zero rows.

    The bit of line i of L is ``1 << (L - 1 - i)``: ascending masks give sorted patterns,
    because a line is positive where its first row is.

    >>> from polytope_nn.exact.rational import matrix
    >>> list(patterns([0b01, 0b10], lines(matrix([[1, 0], [0, 0], [0, 1], [-1, 0]]))))
    [(-1, 1, 1, 1), (1, 1, -1, -1)]
    """
    L = len(found.normals)
    size = (L + 7) // 8
    shift = 8 * size - L
    every = (1 << L) - 1
    octets = list(product((-1, 1), repeat=8))
    places = [
        2 * 8 * size if side == 0 else place if side > 0 else 8 * size + place
        for place, side in zip(found.places, found.sides, strict=True)
    ]
    plain = places == list(range(L))

    def signs(mask: int) -> Iterator[int]:
        octet = octets.__getitem__
        return chain.from_iterable(map(octet, (mask << shift).to_bytes(size, "big")))

    for mask in masks:
        if plain:
            yield tuple(islice(signs(mask), L))
        else:
            known = (*signs(mask), *signs(every ^ mask), 1)
            yield tuple(map(known.__getitem__, places))
