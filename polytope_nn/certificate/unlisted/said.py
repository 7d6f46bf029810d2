"""What some vertices say for all: their claims, the dimension, where widths are joined."""

from collections.abc import Sequence

from polytope_nn.certificate.enclosures import vertices_claim
from polytope_nn.certificate.format import Json
from polytope_nn.checker.claims.polytope import bounds
from polytope_nn.checker.claims.system.equations import System
from polytope_nn.checker.kernel.intervals import Numbers
from polytope_nn.checker.rows import KEYS
from polytope_nn.landscape.optimal_set import OptimalPolytope
from polytope_nn.landscape.supports import bits_of, support

__all__ = ["said_of_points", "some_claim", "some_supports"]


def some_supports(P: OptimalPolytope) -> list[int]:
    """Return the supports of the vertices that stand for all."""
    return sorted({support(c) for c in P.some_vertices}, key=bits_of)


def some_claim(system: System, x: Numbers, supports: Sequence[int]) -> Json:
    """Return the claim of these vertices, with the checker's own enclosures."""
    some = vertices_claim(system, x, supports)
    assert isinstance(some, dict)  # a claim
    return {**some, "claim": "some"}


def said_of_points(
    P: OptimalPolytope,
    supports: Sequence[int],
    modulo: Sequence[str],
    *,
    pinned: bool = True,
) -> list[Json]:
    """Return what some points say of the dimension and of widths.

    ``pinned``: one fit belongs to kappa, and the longest point is a vertex.
    """
    sizes = [bits.bit_count() for bits in supports]
    found: dict[str, int | None] = dict.fromkeys(
        name for name in KEYS["bounds"].split() if name != "modulo"
    )
    if not P.no_widths:
        found |= bounds(sizes, P.used_rank, pinned=pinned)
    return [
        {
            "claim": "dimension",
            "rank": P.rank,
            "used_rank": P.used_rank,
            "dim": P.dim,
        },
        {"claim": "bounds", **found, "modulo": [*modulo]},
    ]
