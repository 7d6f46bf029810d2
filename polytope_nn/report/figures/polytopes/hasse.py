"""The face lattice as its Hasse diagram: a row a dimension, lines are covers.

Faces of an optimal polytope are named by their supports, so the width from which a face
lies in P_m is the length of its name.
"""

from typing import TYPE_CHECKING

from polytope_nn.errors import InstanceError
from polytope_nn.geometry.adjacency import indices
from polytope_nn.geometry.faces import Face, FaceComplex
from polytope_nn.landscape.optimal_set import OptimalPolytope
from polytope_nn.report.figures.paper.look import (
    CALM,
    INK,
    PALE,
    Look,
    Sheet,
    bare,
    one_panel,
)

from .body import lattice_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["draw_lattice", "lattice_picture", "size_of_lattice"]

_MOST = 1500  # faces
_SWEEPS = 6
_LEGIBLE = 4.5  # points; smaller names are left out
_CHARACTER = 0.6  # width of a letter, in font sizes


def lattice_picture(P: OptimalPolytope, title: str, form: str) -> bytes:
    """Return the face lattice of an optimal polytope as the bytes of a file."""
    lattice = lattice_of(P)
    rows = _rows(lattice)
    foot = "a face is named by its support: the atoms in use on it, numbered from 0"
    if not P.optimum.is_pinned:
        foot = "a face is named by the facets it does not lie in, numbered from 0"
    if not _named(rows):
        foot = "a dot is a face, a line a cover"
    return one_panel(
        lambda axes, look: draw_lattice(axes, lattice, look),
        f"{title}: {len(lattice)} faces",
        form,
        Sheet(_size_of_rows(rows), foot),
    )


def size_of_lattice(faces: FaceComplex) -> tuple[float, float]:
    """Return the width and height of a diagram in inches."""
    return _size_of_rows(_rows(faces))


def _size_of_rows(rows: list[list[Face]]) -> tuple[float, float]:
    return min(14, max(6.4, 0.62 * max(map(len, rows)) + 1.2)), 0.95 * len(rows) + 1


def _named(rows: list[list[Face]]) -> bool:
    return max(map(len, rows)) <= 24


def _rows(faces: FaceComplex) -> list[list[Face]]:
    """Return the faces by dimension, swept until a face stands over what it covers."""
    if len(faces) > _MOST:
        raise InstanceError(
            f"{len(faces)} faces: a picture shows {_MOST} at most: to_graphml() has all"
        )
    rows: dict[int, list[Face]] = {}
    for face in faces.faces:
        rows.setdefault(face.dim, []).append(face)
    below: dict[Face, list[Face]] = {face: [] for face in faces.faces}
    above: dict[Face, list[Face]] = {face: [] for face in faces.faces}
    for E, F in faces.arcs:
        below[F].append(E)
        above[E].append(F)
    ordered = [rows[dim] for dim in sorted(rows)]
    for sweep in range(_SWEEPS):
        beside, way = (below, ordered) if sweep % 2 == 0 else (above, ordered[::-1])
        place = _places(ordered)
        for row in way:
            means = {
                face: sum(place[g][0] for g in beside[face]) / (len(beside[face]) or 1)
                for face in row
            }
            row.sort(key=lambda face: (round(means[face], 9), face.support))
            place = _places(ordered)
    return ordered


def _places(rows: list[list[Face]]) -> dict[Face, tuple[float, float]]:
    """Return where each face stands: rows are spread over the width of 1."""
    return {
        face: ((i + 0.5) / len(row), float(y))
        for y, row in enumerate(rows)
        for i, face in enumerate(row)
    }


def draw_lattice(axes: "Axes", faces: FaceComplex, look: Look) -> None:
    """Draw a face lattice, or a part of one, on axes."""
    rows = _rows(faces)
    place = _places(rows)
    bare(axes)
    wide = float(axes.get_window_extent().width) * 72 / float(axes.figure.dpi)
    margin = min(0.4, 7 * look.fontsize / wide)  # what "dim 3: 120" takes
    axes.set_xlim(-margin / (1 - margin), 1.0)
    axes.set_ylim(-0.45, len(rows) - 0.55)
    crowd = min(1.0, 60 / max(1, len(faces.arcs)))
    for E, F in faces.arcs:
        (x, y), (u, v) = place[E], place[F]
        width = (0.35 + 0.45 * crowd) * look.linewidth / 1.4
        axes.plot([x, u], [y, v], color=PALE, lw=width, zorder=1)
    size = _size(rows, look.fontsize, wide * (1 - margin))
    named = look.labels and _named(rows) and size >= _LEGIBLE
    for face, (x, y) in place.items():
        if named:
            axes.text(
                x, y, _name(face, _joint(rows)), ha="center", va="center", fontsize=size, color=INK,
                bbox={"boxstyle": "round,pad=0.25", "fc": CALM, "ec": INK, "lw": 0.6},
                zorder=3,
            )  # fmt: skip
        else:
            axes.plot(x, y, "o", ms=0.5 * look.markersize, color=look.color, zorder=3)
    for y, row in enumerate(rows):
        said = f"dim {row[0].dim}: {len(row)}".replace("-", "−")
        axes.text(
            -0.97 * margin / (1 - margin), y, said, ha="left", va="center",
            fontsize=look.fontsize, color=INK, zorder=4,
        )  # fmt: skip


def _name(face: Face, joint: str) -> str:
    if face.dim < 0:
        return "∅"
    return joint.join(map(str, indices(face.support))) or "{}"


def _joint(rows: list[list[Face]]) -> str:
    """Return what stands between the numbers of a name: nothing, where all are digits."""
    return "" if rows[-1][0].support < 1 << 10 else " "


def _size(rows: list[list[Face]], wish: float, wide: float) -> float:
    """Return the size of letters at which no two names of a row meet."""
    sizes = [wish]
    for row in rows:
        longest = max(len(_name(face, _joint(rows))) for face in row)
        sizes.append(0.86 * wide / len(row) / (_CHARACTER * longest + 0.9))
    return min(sizes)
