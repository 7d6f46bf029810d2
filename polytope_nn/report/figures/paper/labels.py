"""Labels beside markers: each goes where it covers neither a marker, a line nor a label."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import cos, hypot, pi, sin
from typing import TYPE_CHECKING, Any

from .look import INK

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Around", "Label", "put_labels"]

Place = tuple[float, float]
Box = tuple[float, float, float, float]
_TURNS = 24  # directions that are tried around a marker
_NEAR, _FAR = 1.0, 2.2  # distances of the text from it, in heights of a letter
_CHARACTER = 0.62  # mean width of a letter, in font sizes


@dataclass(frozen=True)
class Label:
    """A text beside a marker, which it may say where to keep off: ``away`` from there."""

    text: str
    at: Place
    away: Place | None = None
    color: str = INK


@dataclass(frozen=True)
class Around:
    """What labels keep off: markers besides their own, lines; the radius in points."""

    markers: Sequence[Place] = ()
    lines: Sequence[tuple[Place, Place]] = ()
    radius: float = 5


@dataclass
class _Page:
    """What is on the axes already, in points: discs, lines, boxes of text."""

    discs: list[Place]
    radius: float
    lines: Sequence[tuple[Place, Place]]
    boxes: list[Box] = field(default_factory=list)
    frame: Box = (0, 0, 0, 0)

    def covered(self, box: Box) -> float:
        """Return how much of the page a box of text would cover; 0 is best."""
        x, y, u, v = box
        cost = 0.0
        for a, b in self.discs:
            dx = max(x - a, 0.0, a - u)
            dy = max(y - b, 0.0, b - v)
            cost += 8.0 * (hypot(dx, dy) < self.radius)
        for a, b, c, d in self.boxes:
            wide, tall = min(u, c) - max(x, a), min(v, d) - max(y, b)
            cost += 10.0 * (wide > 0 and tall > 0)
        cost += sum(1.0 for line in self.lines if _crosses(line, box))
        left, low, right, high = self.frame
        inside = left <= x and low <= y and u <= right and v <= high
        return cost + 6.0 * (not inside)


def put_labels(
    axes: "Axes",
    labels: Sequence[Label],
    around: "Around",
    fontsize: float = 9,
) -> None:
    """Write labels off the markers and, where there is room, off the lines.

    Places are in the data's coordinates, whose limits are final.
    """
    scale = 72 / float(axes.figure.dpi)
    to_points: Any = lambda p: axes.transData.transform(p) * scale  # noqa: E731 - a map
    left, low, right, high = (t * scale for t in axes.get_window_extent().extents)
    page = _Page(
        [tuple(to_points(p)) for p in (*around.markers, *(x.at for x in labels))],
        around.radius,
        [(tuple(to_points(p)), tuple(to_points(q))) for p, q in around.lines],
        frame=(left, low, right, high),
    )
    for label in labels:
        x, y = to_points(label.at)
        far = None if label.away is None else to_points(label.away)
        box = _best(page, label.text, (x, y), far, fontsize)
        page.boxes.append(box)
        axes.annotate(
            label.text,
            label.at,
            ((box[0] + box[2]) / 2 - x, (box[1] + box[3]) / 2 - y),
            textcoords="offset points",
            ha="center",
            va="center",
            fontsize=fontsize,
            color=label.color,
            zorder=20,
            annotation_clip=False,
        )


def _best(page: _Page, text: str, at: Place, away: Place | None, fontsize: float) -> Box:
    """Return the box of a text that covers least, of those the nearest to its wish."""
    wide, tall = _CHARACTER * fontsize * max(len(text), 1), 1.25 * fontsize
    x, y = at
    wish = (0.0, 1.0) if away is None else (x - away[0], y - away[1])
    length = hypot(*wish) or 1.0
    tried: list[tuple[float, int, Box]] = []
    for far in (_NEAR, 1.5, _FAR):
        gap = page.radius + 0.35 * fontsize * far
        for k in range(_TURNS):
            a, b = cos(2 * pi * k / _TURNS), sin(2 * pi * k / _TURNS)
            middle = x + a * (gap + wide / 2), y + b * (gap + tall / 2)
            box = (
                *(middle[0] - wide / 2, middle[1] - tall / 2),
                *(middle[0] + wide / 2, middle[1] + tall / 2),
            )
            turned = 1 - (a * wish[0] + b * wish[1]) / length
            cost = page.covered(box) + 0.3 * turned + 0.4 * (far - _NEAR)
            tried.append((round(cost, 6), len(tried), box))
    return min(tried)[2]


def _crosses(line: tuple[Place, Place], box: Box) -> bool:
    """Return whether a segment meets a box (Liang and Barsky's clipping).

    >>> _crosses(((0, 0), (4, 4)), (1, 1, 2, 2)), _crosses(((0, 3), (1, 4)), (1, 1, 2, 2))
    (True, False)
    """
    (x, y), (u, v) = line
    first, last = 0.0, 1.0
    for start, step, low, high in ((x, u - x, box[0], box[2]), (y, v - y, box[1], box[3])):
        if not step:
            if not low <= start <= high:
                return False
            continue
        ends = sorted(((low - start) / step, (high - start) / step))
        first, last = max(first, ends[0]), min(last, ends[1])
    return first <= last
