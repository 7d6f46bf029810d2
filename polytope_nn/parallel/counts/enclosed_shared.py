"""Vertices in balls where rays are independent: each ray in use is in one branch (P9).

The factors of the rays are known then, whatever the branches are: a cell is a product of
simplices, one for each ray, of what its branches have of it. So no balls are compared.
"""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import combinations

from polytope_nn.errors import Undecided
from polytope_nn.exact.ball_matrix import solve_balls
from polytope_nn.exact.scalar import Scalar, Scalars, sign
from polytope_nn.parallel.pieces import Piece

from .enclosed_cells import Branches, EnclosedBranch
from .enclosed_most import Name, Rays

__all__ = ["shared_vertices"]


def shared_vertices(rays: Rays, m: int) -> list[Branches] | None:
    """Return the vertices of m branches; None where rays may depend on each other."""
    if rays.only is None:
        return None
    names = sorted(rays.only, key=repr)
    if not rays.only <= rays.every.keys():
        return []
    factors = _factors(rays, names)
    if factors is None:
        return None
    whole = dict(zip(names, factors, strict=True))
    every: dict[frozenset[Name], EnclosedBranch] = {}
    for p in rays.pieces:
        for own in rays.groups(p):
            if frozenset(own) not in every:
                every[frozenset(own)] = _sum(rays, p, own, whole)
    return [tuple(map(every.__getitem__, own)) for own in _parts(names, [*every], m)]


def _sum(
    rays: Rays, p: Piece, names: Sequence[Name], factors: Mapping[Name, Scalar]
) -> EnclosedBranch:
    """Return the branch of a piece that has all of some rays."""
    own = [ray for ray in rays.of_piece(p) if ray.name in names]
    masses: dict[int, Scalar] = {}
    for ray in own:
        for a, c in ray.masses:
            masses[a] = masses.get(a, Fraction(0)) + c * factors[ray.name]
    zeros = frozenset.intersection(*(ray.zeros for ray in own))
    return EnclosedBranch(p, tuple(sorted(masses.items())), zeros)


def _factors(rays: Rays, names: Sequence[Name]) -> Scalars | None:
    """Return the factors of rays that make the fit; None where balls hide them."""
    fit, columns = rays.graph(1).fit, [rays.every[name] for name in names]
    for rows in combinations(range(len(fit)), len(names)):
        try:
            A = [[z[i] for z in columns] for i in rows]
            found = solve_balls(A, [fit[i] for i in rows])
            if all(sign(t) > 0 for t in found):
                return found
        except Undecided:
            continue
    return None


def _parts(
    names: Sequence[Name], groups: Sequence[frozenset[Name]], m: int
) -> Iterator[list[frozenset[Name]]]:
    """Yield the partitions of rays into at most m groups."""
    if not names:
        yield []
    for group in groups if names and m else ():
        if names[0] in group and group <= {*names}:
            left = [name for name in names if name not in group]
            yield from ([group, *rest] for rest in _parts(left, groups, m - 1))
