"""Claims *some* and *connected*: what is proved of P without the list of its vertices.

Some points of P, and Farkas vectors that empty every column they do not use: so the columns
in use are known, and their rank r_P bounds the least width from which on all optimal networks
are connected. The shortest point bounds m*; the longest one, its columns independent, is a
vertex, and where one fit belongs to kappa its support is a minimal one, which bounds M*.
"""

from collections.abc import Sequence

from ..kernel.numbers import Vector, dot, zero
from ..kernel.primitives import inside
from ..kernel.reading import Json, array, require
from .instance import Instance
from .polytope import Columns, walls_of


def idle(
    D: Instance, columns: Columns, right: Vector, supports: Sequence[int], witness: Json
) -> None:
    """Prove that columns outside the supports are 0 on the whole slice."""
    where, used, empty = "witness.idle", 0, 0
    for support in supports:
        used |= support
    for above, below, side in walls_of(D, columns, right, witness):
        require(not below and not side, where, "a vector is negative, or not 0 at the fit")
        empty |= above
    every = (1 << len(columns)) - 1
    require(inside(every, used | empty), where, "a column is neither used nor proved idle")


def independent(D: Instance, columns: Columns, support: int, witness: Json) -> None:
    """Prove columns independent: ``w_i'F_j`` is 0 but for i = j."""
    where = "witness.longest"
    at = [j for j in range(len(columns)) if support >> j & 1]
    read = array(witness, where, len(at))
    for i, row in enumerate(read):
        size = len(columns.reduced(at[i]))
        w = D.field.integers(row, size, where)
        for k, j in enumerate(at):
            D.clock.tick()
            one = zero(dot(w, columns.reduced(j))) is (i != k)
            require(one, where, "the columns are not shown independent")


def connected(
    sizes: Sequence[int], used_rank: int, *, pinned: bool
) -> dict[str, int | None]:
    """Return what the claim must be; ``sizes`` are those of the supports of the points.

    ``pinned``: one fit belongs to kappa, and the longest point is a vertex.
    """
    least, most = min(sizes), max(sizes)
    if not least:  # from every network all neurons may go
        return {"connected_from": 0, "m_star_at_most": 0, "M_star_at_least": 0}
    return {
        "connected_from": used_rank + 1,
        "m_star_at_most": least,
        "M_star_at_least": most if pinned else None,
    }
