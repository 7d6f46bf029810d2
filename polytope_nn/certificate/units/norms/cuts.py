"""Cones under polyhedral norms, cut into pieces on which the norm is linear, and their rays."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from polytope_nn.certificate.format import Json, numerators
from polytope_nn.certificate.trees import cover_tree
from polytope_nn.certificate.units.bases import TiedAtom
from polytope_nn.checker.claims.cells.tight import Crossed, Cubed, Slice
from polytope_nn.checker.claims.instance import Instance
from polytope_nn.checker.claims.listed.dual import linear_pieces
from polytope_nn.errors import TooMany
from polytope_nn.exact.linear import transpose
from polytope_nn.exact.rational import Vector, text
from polytope_nn.exact.scalar import Scalars, dot
from polytope_nn.geometry.double_description import slice_vertices
from polytope_nn.geometry.farkas import alternative

__all__ = ["Cut", "FanRay"]

_PIECES = 600  # that are cut, in all


@dataclass(frozen=True)
class FanRay(TiedAtom):
    """A ray, or a direction of a block of the norm l2."""

    owner: tuple[int, ...]
    u: Vector
    place: int  # among the atoms of the optimum

    @property
    def key(self) -> tuple[object, ...]:
        """What rays are sorted by."""
        return (*self.owner, *(-t for t in self.u))


@dataclass(frozen=True)
class Cut:
    """The pieces that are cut so far."""

    D: Instance
    rays: Sequence[FanRay]
    cones: list[Json]

    def is_tight(self, owner: tuple[int, ...], rows: Sequence[Sequence[Fraction]]) -> bool:
        """Return whether a tight ray lies in a cone."""
        return any(
            ray.owner == owner and all(dot(row, ray.u) >= 0 for row in rows)
            for ray in self.rays
        )

    def pieces(
        self, norm: str, owner: tuple[int, ...], rows: Sequence[Sequence[Fraction]]
    ) -> None:
        """Cut a cone into pieces, each with its rays and the proof that there are no others."""
        d = len(rows[0]) if rows else len(next(r.u for r in self.rays if r.owner == owner))
        for signs in linear_pieces(norm, d):
            if len(self.cones) >= _PIECES:
                raise TooMany(f"certificates of cells: more than {_PIECES} pieces")
            S = (Crossed if norm == "l1" else Cubed)(self.D, signs, rows, set())
            self.cones.append(self._told(S, signs, owner))

    def _told(
        self, S: Slice, signs: Sequence[int], owner: tuple[int, ...]
    ) -> dict[str, Json]:
        columns = [tuple(map(Fraction, column)) for column in S.columns]
        right = tuple(map(Fraction, S.right))
        points = slice_vertices(transpose(columns), right) if columns else ((),)
        known = {ray.u: i for i, ray in enumerate(self.rays) if ray.owner == owner}
        corners = [_corner(S, signs, t) for t in points]
        at = sorted(known[u] for u in corners if u in known)
        others = [u for u in corners if u not in known]
        supports = [S.support(list(self.rays[i].u)) for i in at]
        supports += [S.support(list(u)) for u in others]
        told: list[Json] = [[text(t) for t in u] for u in others]
        if supports:
            tree = cover_tree(supports, columns, right)
        else:
            w = alternative(columns, right)[1]
            tree = {"farkas": [numerators(w, primitive=True)[0]], "tree": [2]}
        return {"rays": [*at], "others": told, **tree}


def _corner(S: Slice, signs: Sequence[int], point: Scalars) -> Vector:
    """Return the direction of a point of a slice."""
    t = [x for x in point if isinstance(x, Fraction)]  # all of them are
    if isinstance(S, Crossed):
        return tuple(e * x for e, x in zip(signs, t, strict=False))
    free = iter(t[0 : 2 * len(signs) : 2])
    return tuple(Fraction(e) if e else next(free) - 1 for e in signs)
