"""Vertices of atoms of which some are tied, N in balls: what kind ``vector_tied`` says more."""

from polytope_nn.certificate.exact import rank_witness
from polytope_nn.certificate.format import Json
from polytope_nn.certificate.units.tied import TiedWalls, vertices_told
from polytope_nn.checker.claims.vector.tied import spread
from polytope_nn.vector.polytope import OptimalSet

from .enclosures import Located

__all__ = ["spread_told"]


def spread_told(P: OptimalSet, L: Located) -> tuple[list[Json], dict[str, Json]]:
    """Return the claims of the vertices of atoms of which some are tied, and their witness."""
    faces, x = L.system.faces, L.proved.x
    masses = [x[face.first + len(face.others)] for face in faces]
    S = spread(L.D, faces, masses, L.witness["tied"])
    told = vertices_told(S, S.totals, P.supports)
    dimension: Json = {
        "claim": "dimension",
        "rank": P.rank,
        "used_rank": P.used_rank,
        "dim": P.dim,
    }
    walls = TiedWalls(S, S.totals)
    columns = [tuple(column) for column in S.columns]
    witness: dict[str, Json] = {
        "cover": walls.cover(P.supports),
        "rank": rank_witness(P.supports, columns, len(S.totals)),
    }
    return [told, dimension], witness
