"""Polyhedral norms cell by cell: where a norm is linear, and the rays of its cells (general §1).

The l1 norm is linear on orthants, the linf norm where one signed coordinate is largest. On such
a piece of a polyhedral cone, with the cone itself, a ray is an extreme ray of length 1; the
points of length 1 are the convex hull of the rays, and two pieces of a fan meet in the hull of
their common rays.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import combinations, product
from operator import mul
from typing import cast

from polytope_nn.exact.linear import rank
from polytope_nn.exact.rational import Matrix, Vector, identity
from polytope_nn.geometry.arrangement import Arrangement, arrangement
from polytope_nn.geometry.double_description import extreme_rays

__all__ = ["norm", "pieces", "rays", "rays_of_cells"]

_Ray = tuple[int, ...]


def norm(name: str, u: Sequence[Fraction]) -> Fraction:
    """Return the l1 or linf norm of a vector.

    >>> norm("l1", (Fraction(1), Fraction(-2))), norm("linf", (Fraction(1), Fraction(-2)))
    (Fraction(3, 1), Fraction(2, 1))
    """
    sizes = [abs(t) for t in u]
    return sum(sizes, Fraction(0)) if name == "l1" else max(sizes)


def pieces(name: str, d: int) -> Iterator[tuple[tuple[int, ...], ...]]:
    """Yield the cones of R^d on which a norm is linear, each by rows that are >= 0 on it.

    >>> list(pieces("linf", 1))
    [((1,),), ((-1,),)]
    """
    unit = [tuple(int(i == j) for j in range(d)) for i in range(d)]
    if name == "l1":
        for signs in product((1, -1), repeat=d):
            yield tuple(tuple(s * t for t in e) for s, e in zip(signs, unit, strict=True))
        return
    for i, s in product(range(d), (1, -1)):
        largest = tuple(s * t for t in unit[i])
        others = [
            tuple(p + side * q for p, q in zip(largest, unit[j], strict=True))
            for j in range(d)
            if j != i
            for side in (1, -1)
        ]
        yield (largest, *others)


def rays(name: str, cone: Sequence[Vector], d: int) -> Iterator[tuple[Vector, ...]]:
    """Yield for each piece of a cone ``{u : rows u >= 0}`` its rays of length 1, if any."""
    whole = _integral_rays(cone, d) if rank(cone) == d else []
    for piece in pieces(name, d):
        if whole and any(all(sum(map(mul, p, ray)) < 0 for ray in whole) for p in piece):
            continue  # it meets the cone in 0 alone
        found = _integral_rays([*cone, *piece], d)
        if found:
            yield tuple(_scaled(name, list(map(Fraction, ray))) for ray in found)


def rays_of_cells(name: str, X: Matrix) -> tuple[list[_Ray], list[tuple[int, ...]]]:
    """Return the primitive rays of all cells, and each cell as the places of its rays.

    A cell is a closed tope of the rows of X met with a piece of the norm, of full dimension.
    The topes of these rows and of the walls of the norm together refine them. The rays of
    the cells are those of the refinement on which enough of the cells' own walls vanish:
    which these are is the same in every cell, for where entries are largest together, the
    walls of each piece there span what the walls of any other do.

    >>> rays, cells = rays_of_cells("linf", ((Fraction(0), Fraction(1)),))
    >>> len(rays), len(cells)
    (6, 6)
    """
    H = arrangement([*X, *_walls(name, len(X[0]))])
    columns, firsts = H.topes.columns, H.lines.firsts
    own = sum(1 << len(firsts) - 1 - i for i, k in enumerate(firsts) if k < len(X))
    every = (1 << len(firsts)) - 1
    found: list[_Ray] = [*zip(*columns, strict=True)]
    kept = set(range(len(found)))
    if name == "linf":
        kept = {v for v, u in enumerate(found) if _is_ray(H, len(X), u)}
    places: dict[_Ray, int] = {}
    cells: dict[tuple[int, object], set[int]] = {}
    for mask, cone in zip(H.topes.masks, H.topes.cones, strict=True):
        inside = [sum(x[v] for v in cone) for x in columns]
        at = [found[v] for v in kept.intersection(cone)]
        for side, plus in ((1, mask), (-1, every ^ mask)):
            cell = cells.setdefault((plus & own, _piece(name, side, inside)), set())
            for u in at:
                turned = u if side > 0 else tuple(-t for t in u)
                cell.add(places.setdefault(turned, len(places)))
    return [*places], [tuple(sorted(cell)) for cell in cells.values()]


def _walls(name: str, d: int) -> list[Vector]:
    """Return the normals of the hyperplanes on which a norm is not linear, which span R^d."""
    unit = identity(d)
    if name == "l1" or d == 1:
        return [*unit]
    return [
        tuple(p + side * q for p, q in zip(a, b, strict=True))
        for a, b in combinations(unit, 2)
        for side in (1, -1)
    ]


def _piece(name: str, side: int, u: Sequence[int]) -> object:
    """Return which piece of a norm has ``side * u`` inside."""
    if name == "l1":
        return tuple(side * t > 0 for t in u)
    j = max(range(len(u)), key=lambda j: abs(u[j]))
    return j, side * u[j] > 0


def _is_ray(H: Arrangement, n: int, u: _Ray) -> bool:
    """Return whether the first n rows, and the walls of linf beside u, leave its line alone."""
    largest = max(map(abs, u))
    full = [j for j, t in enumerate(u) if abs(t) == largest]
    normals = zip(H.lines.normals, H.lines.firsts, strict=True)
    walls = [x for x, k in normals if k < n and not sum(map(mul, x, u))]
    for j in full[1:]:
        wall = [0] * len(u)
        wall[full[0]], wall[j] = u[j], -u[full[0]]
        walls.append(tuple(wall))
    if len(walls) < len(u) - 1:
        return False
    return len(u) == 1 or rank([[*map(Fraction, x)] for x in walls]) == len(u) - 1


def _integral_rays(rows: Sequence[Sequence[Fraction | int]], d: int) -> list[_Ray]:
    """Return the extreme rays of a pointed cone of rational rows."""
    return cast("list[_Ray]", extreme_rays(rows, d))  # rational in, integers out


def _scaled(name: str, ray: Sequence[Fraction]) -> Vector:
    length = norm(name, ray)
    return tuple(t / length for t in ray)
