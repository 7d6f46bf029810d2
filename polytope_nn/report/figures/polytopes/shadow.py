"""Shadows of bodies in the plane: where vertices fall, and what lies behind.

Dimension 3 is seen along the direction, of a fixed list, from which the picture is least
crowded, and so is the Schlegel diagram of a polytope of dimension 4. Else from dimension 4
on the vertex-edge graph is laid on a circle: no vertex lies on an edge of others, and
lengths mean nothing.
"""

from dataclasses import dataclass
from itertools import combinations
from math import pi
from typing import TYPE_CHECKING

from .body import Body

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["Shadow", "on_a_circle", "shadow"]

_VIEWS = 180


@dataclass(frozen=True)
class Shadow:
    """Places of the vertices in the plane, shape (V, 2); what is hidden behind the rest."""

    places: "Floats"
    hidden_edges: frozenset[int] = frozenset()
    hidden_vertices: frozenset[int] = frozenset()
    visible_polygons: frozenset[int] = frozenset()


def shadow(body: Body) -> Shadow:
    """Return the shadow of a body."""
    import numpy as np

    count = len(body.names)
    if body.base:
        return Shadow(body.places @ _best_frame(body)[:2].T)
    if body.dim > 3:
        return on_a_circle(body)
    if body.dim == 3:
        return _seen(body)
    places = np.zeros((count, 2))
    places[:, : body.dim] = body.places
    return Shadow(places, visible_polygons=frozenset(range(len(body.polygons))))


def on_a_circle(body: Body) -> Shadow:
    """Return the vertices on a circle, those that are joined early near each other."""
    import numpy as np

    count = len(body.names)
    turns = 2 * pi * np.arange(count) / count + pi / 2
    places = np.zeros((count, 2))
    places[list(body.order)] = np.column_stack([np.cos(turns), np.sin(turns)])
    return Shadow(places)


def _seen(body: Body) -> Shadow:
    """Return the least crowded view of a body of dimension 3."""
    return _behind(body, _best_frame(body))


def _best_frame(body: Body) -> "Floats":
    """Return the axes of the least crowded view of places in space."""
    import numpy as np

    scored = []
    for k in range(_VIEWS):
        z = (2 * k + 1) / (2 * _VIEWS)  # the upper half of a spiral around the sphere
        turn = k * pi * (3 - 5**0.5)
        r = (1 - z * z) ** 0.5
        frame = _frame(np.array([r * np.cos(turn), r * np.sin(turn), z]))
        room = _room(body, body.places @ frame[:2].T)
        scored.append((-round(room, 9), k, frame))
    return min(scored, key=lambda row: row[:2])[2]


def _frame(view: "Floats") -> "Floats":
    """Return axes to the right, up, and towards the eye, as rows."""
    import numpy as np

    up = np.array([0.0, 0.0, 1.0]) if abs(view[2]) < 0.9 else np.array([0.0, 1.0, 0.0])
    right = np.cross(up, view)
    right = right / np.linalg.norm(right)
    frame: Floats = np.array([right, np.cross(view, right), view])
    return frame


def _room(body: Body, flat: "Floats") -> float:
    """Return the least distance of a vertex from another, or from an edge of others."""
    import numpy as np

    least = min(
        (
            float(np.hypot(*(flat[i] - flat[j])))
            for i, j in combinations(range(len(flat)), 2)
        ),
        default=1.0,
    )
    for edge in body.edges:
        a, b = (flat[v] for v in edge.vertices)
        along = b - a
        size = float(along @ along) or 1.0
        for v, p in enumerate(flat):
            if v not in edge.vertices:
                share = min(1.0, max(0.0, float((p - a) @ along) / size))
                off = p - a - share * along
                # a vertex beside an edge is told from it sooner than two vertices
                least = min(least, 1.6 * float(np.hypot(*off)))
    return least


def _behind(body: Body, frame: "Floats") -> Shadow:
    """Return a view: a polygon is seen iff its outer normal points to the eye."""
    import numpy as np

    middle = body.places.mean(axis=0)
    seen = set()
    for i, part in enumerate(body.polygons):
        corners = body.places[list(part.vertices)]
        normal = np.cross(corners[1] - corners[0], corners[2] - corners[1])
        if normal @ (corners[0] - middle) < 0:
            normal = -normal
        if normal @ frame[2] > 0:
            seen.add(i)
    shown = [set(body.polygons[i].vertices) for i in sorted(seen)]
    hidden = {
        i
        for i, e in enumerate(body.edges)
        if not any(s.issuperset(e.vertices) for s in shown)
    }
    outside = set(range(len(body.names))) - set().union(*shown)
    return Shadow(
        body.places @ frame[:2].T, frozenset(hidden), frozenset(outside), frozenset(seen)
    )
