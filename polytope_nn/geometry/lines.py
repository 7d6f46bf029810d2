"""The rows of a matrix as hyperplanes: zero rows, multiples, dependent columns set aside.

Terminology. A *line* is the set of all multiples of a nonzero row, among the rows of X; its
*normal* is primitive, on the side of the lowest of these rows, and given in r independent
columns of X (r the rank). The other columns are combinations of these, ``X = X' C``, so that
``X u = X' (C u)``: the signs that occur are the same. The sign vectors of rows are those of
lines, repeated, reflected, and filled up with +1 at zero rows.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product
from operator import itemgetter

from polytope_nn.exact.linear import rref
from polytope_nn.exact.rational import Matrix, integer_row

__all__ = ["Lines", "lines", "patterns", "word"]

Pattern = tuple[int, ...]
IntegerVector = tuple[int, ...]

_CHUNK = 10  # how many signs are read off a table at once


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
    tables = []
    for end in range(L, 0, -_CHUNK):
        width = min(end, _CHUNK)
        tables.append((L - end, (1 << width) - 1, list(product((-1, 1), repeat=width))))
    tables.reverse()

    def signs(mask: int) -> Pattern:
        joined: Pattern = ()
        for shift, low, table in tables:
            joined += table[mask >> shift & low]
        return joined

    places = [
        2 * L if side == 0 else place if side > 0 else L + place
        for place, side in zip(found.places, found.sides, strict=True)
    ]
    if places == list(range(L)):
        yield from map(signs, masks)
        return
    every = (1 << L) - 1
    pick = itemgetter(*places, 0)  # of one place it would be no tuple
    for mask in masks:
        yield pick((*signs(mask), *signs(every ^ mask), 1))[:-1]
