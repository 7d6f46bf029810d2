"""The claim of M*(k), the most independent branches that make the fit, where it is their rank."""

from collections.abc import Mapping
from fractions import Fraction

from polytope_nn.certificate.format import Json
from polytope_nn.errors import Undecided
from polytope_nn.exact.scalar import Scalars
from polytope_nn.parallel.counts.independent import widest
from polytope_nn.parallel.pieces import Config, Label, Piece

from .cells import Table, branch_json
from .parts import PathTable

__all__ = ["most_claim"]

_ZERO = Fraction(0)


def most_claim(table: Table | PathTable, places: Mapping[Label, int]) -> Json:
    """Return for each k M*(k), a network of as many independent branches and a basis.

    Null where it is not decided, or below the rank of all optimal branches: then nothing
    shown excludes more.
    """
    if isinstance(table, PathTable):
        return _of_parts(table)
    shown, networks, ranks = list[Json](), list[Json](), list[Json]()
    for k, least in enumerate(table.least, 1):
        if table.S.optimum.vanishes:
            shown.append(least)
            networks.append(None)
            ranks.append(None)
            continue
        found = None if least is None else _network(table, k)
        outputs = [] if found is None else [_output(b, table.S.pieces(k)) for b in found]
        full = found is not None and len(found) == table.S.rank(k)
        shown.append(len(found) if full and found else None)
        listed = [
            (sigma, tuple(sorted((places[name], c) for name, c in own)))
            for sigma, own in found or ()
        ]
        networks.append([branch_json(b) for b in listed] if full else None)
        ranks.append(table.basis(k, outputs) if full else None)
    return {"claim": "most", "M_star": shown, "networks": networks, "ranks": ranks}


def _network(table: Table, k: int) -> tuple[Config, ...] | None:
    try:
        return widest(table.S.cover(k))
    except Undecided:
        return None


def _output(b: Config, listed: tuple[Piece, ...]) -> Scalars:
    """Return what a branch of some piece adds to the fit."""
    masses = dict(b[1])
    p = next(p for p in listed if masses.keys() <= p.places.keys() and p.contains(b))
    return p.output([masses.get(name, _ZERO) for name in p.places])


def _of_parts(table: PathTable) -> Json:
    """Return the claim with path costs: it is read off the vertices of the mixtures."""
    S = table.S
    widths = range(1, table.width + 1)
    shown: list[Json] = [S.M_star(k) if S.m_star(k) is not None else None for k in widths]
    nothing: list[Json] = [None] * table.width
    return {"claim": "most", "M_star": shown, "networks": nothing, "ranks": nothing}
