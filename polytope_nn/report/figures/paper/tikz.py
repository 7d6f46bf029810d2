r"""Figures as TikZ: paths as paths, text as text that LaTeX sets in the paper's own font.

A renderer of matplotlib's, so every figure has this form. Lengths are in points of 1/72
inch, to two digits. Text in dollars goes to LaTeX as it is; of the rest what LaTeX cannot
read (Greek letters, signs) is written as mathematics. Needs ``\usepackage{tikz, amssymb}``.
"""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from matplotlib.path import Path

__all__ = ["latex_text", "tikz"]

_SIGNS = {
    **{c: rf"\{c}" for c in "#$%&_{}"},
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **dict(
        zip(
            "αβκνλωΘ·×≥≤≈∞∅−⋯²≠→∪±●△◇○₁₂",
            (
                *(r"\alpha", r"\beta", r"\kappa", r"\nu", r"\lambda", r"\omega", r"\Theta"),
                *(r"\cdot", r"\times", r"\ge", r"\le", r"\approx", r"\infty", r"\emptyset"),
                *("-", r"\cdots", "^2", r"\ne", r"\to", r"\cup", r"\pm", r"\bullet"),
                *(r"\vartriangle", r"\diamond", r"\circ", "_1", "_2"),
            ),
            strict=True,
        )
    ),
}
_WORDS = frozenset([r"\textbackslash{}", r"\textasciitilde{}", r"\textasciicircum{}"])
_ANCHORS = {"left": "west", "right": "east", "center": ""}


def latex_text(text: str) -> str:
    r"""Return a text of a figure as LaTeX, its dollars kept where they come in pairs.

    >>> latex_text("β² = 2, 50% of $m^*$")
    '$\\beta$$^2$ = 2, 50\\% of $m^*$'
    """
    parts = text.split("$")
    if len(parts) % 2 == 0:  # a dollar alone is a dollar
        parts = [text]
    return "$".join(p if i % 2 else _escaped(p) for i, p in enumerate(parts))


def _escaped(text: str) -> str:
    shown = []
    for c in text:
        sign = _SIGNS.get(c, c)
        plain = sign == c or c in "#$%&_{}" or sign in _WORDS
        shown.append(sign if plain else f"${sign}$")
    text = "".join(shown)
    return re.sub(r"[^\x00-\xff]", "?", text)  # what no font of LaTeX has


def tikz(figure: "Figure") -> str:
    """Return a figure as a ``tikzpicture``, of the size it has."""
    from matplotlib.backend_bases import RendererBase

    figure.draw_without_rendering()  # places what a layout places
    renderer: Any = type("TikzRenderer", (_Tikz, RendererBase), {})()
    renderer.on(figure)
    shown = figure.patch.get_visible()
    figure.patch.set_visible(False)  # paper has its own ground
    figure.draw(renderer)
    figure.patch.set_visible(shown)
    size = f"(0,0) rectangle ({_pt(renderer.width)},{_pt(renderer.height)})"
    lines = [
        r"\begin{tikzpicture}[x=1bp, y=1bp, line join=round]",
        rf"\useasboundingbox {size};",
        *renderer.lines,
        r"\end{tikzpicture}",
    ]
    return "\n".join(lines) + "\n"


def _pt(x: float) -> str:
    """Return a length to two digits, without a negative zero or trailing ones."""
    shown = f"{x:.2f}".rstrip("0").rstrip(".")
    return "0" if shown in {"-0", ""} else shown


class _Tikz:
    """What a renderer of matplotlib's does here: each call appends a line."""

    _text2path: Any

    def on(self, figure: "Figure") -> None:
        """Begin a figure: points are 1/72 inch, and y grows upwards."""
        self.scale = 72 / figure.dpi
        self.width = figure.bbox.width * self.scale
        self.height = figure.bbox.height * self.scale
        self.lines: list[str] = []

    def points_to_pixels(self, points: Any) -> Any:  # noqa: ANN401 - numbers or arrays
        return points / self.scale

    def get_canvas_width_height(self) -> tuple[float, float]:
        return self.width / self.scale, self.height / self.scale

    def draw_path(
        self,
        gc: Any,  # noqa: ANN401 - matplotlib's graphics context
        path: "Path",
        transform: Any,  # noqa: ANN401 - as above
        rgbFace: Sequence[float] | None = None,
    ) -> None:
        rgb, width = gc.get_rgb(), gc.get_linewidth() * self.scale
        stroked = width > 0 and len(rgb) > 2 and (len(rgb) < 4 or rgb[3] > 0)
        alpha = gc.get_alpha()
        options = []
        if rgbFace is not None and (len(rgbFace) < 4 or rgbFace[3] > 0):
            options.append(f"fill={_colour(rgbFace)}")
            options += _opacity("fill", rgbFace, alpha, forced=gc.get_forced_alpha())
        if stroked:
            options += [f"draw={_colour(rgb)}", f"line width={_pt(width)}bp"]
            options += _opacity("draw", rgb, alpha, forced=gc.get_forced_alpha())
            options += self._dashes(gc)
        if not options:
            return
        steps = self._steps(path, transform)
        if steps:
            self._put(gc, rf"\path[{', '.join(options)}] {steps};")

    def _put(self, gc: Any, line: str) -> None:  # noqa: ANN401 - as above
        """Append a line, clipped where the context asks for it."""
        box = gc.get_clip_rectangle()
        if box is not None:
            a, b, c, d = (_pt(t * self.scale) for t in box.extents)
            line = (
                rf"\begin{{scope}}\clip ({a},{b}) rectangle ({c},{d});{line}\end{{scope}}"
            )
        self.lines.append(line)

    def _dashes(self, gc: Any) -> list[str]:  # noqa: ANN401 - as above
        offset, lengths = gc.get_dashes()
        if not lengths:
            return []
        parts = [
            f"{'off' if i % 2 else 'on'} {_pt(t * self.scale)}bp"
            for i, t in enumerate(lengths)
        ]
        phase = [f"dash phase={_pt(offset * self.scale)}bp"] if offset else []
        return [f"dash pattern={' '.join(parts)}", *phase]

    def _steps(self, path: "Path", transform: Any) -> str:  # noqa: ANN401 - as above
        """Return a path in TikZ's words; quadratic curves are raised to cubic ones."""
        steps, last = [], (0.0, 0.0)
        segments = path.iter_segments(transform, simplify=False, curves=True)
        for numbers, code in segments:
            ends = [
                (numbers[i] * self.scale, numbers[i + 1] * self.scale)
                for i in range(0, len(numbers), 2)
            ]
            if code == path.MOVETO:
                steps.append(_point(ends[0]))
            elif code == path.LINETO:
                steps.append(f"-- {_point(ends[0])}")
            elif code == path.CURVE3:
                q, end = ends
                first, second = (
                    tuple(a + 2 * (t - a) / 3 for a, t in zip(p, q, strict=True))
                    for p in (last, end)
                )
                steps.append(_curve(first, second, end))
            elif code == path.CURVE4:
                steps.append(_curve(*ends))
            elif code == path.CLOSEPOLY:
                steps.append("-- cycle")
            last = last if code == path.CLOSEPOLY else ends[-1]
        return " ".join(steps)

    def draw_text(  # noqa: PLR0913, PLR0917 - matplotlib's signature
        self,
        gc: Any,  # noqa: ANN401 - as above
        x: float,
        y: float,
        s: str,
        prop: Any,  # noqa: ANN401 - as above
        angle: float,
        ismath: Any = False,  # noqa: ANN401, ARG002, FBT002 - as above
        mtext: Any = None,  # noqa: ANN401 - as above
    ) -> None:
        if not s.strip():
            return
        anchor, place = "base west", (x, y)
        if mtext is not None and "\n" not in mtext.get_text() and not angle:
            anchor, place = self._anchored(mtext, place)
        options = [f"anchor={anchor}"] if anchor else []
        options += ["inner sep=0", f"text={_colour(gc.get_rgb())}"]
        options += [f"rotate={_pt(angle)}"] if angle else []
        size = prop.get_size_in_points()
        bold = r"\bfseries" if prop.get_weight() == "bold" else ""
        font = rf"\fontsize{{{_pt(size)}}}{{{_pt(1.2 * size)}}}\selectfont{bold}"
        node = rf"\node[{', '.join(options)}] at "
        at = _point((place[0] * self.scale, place[1] * self.scale))
        self.lines.append(f"{node}{at} {{{font} {latex_text(s)}}};")

    def _anchored(
        self,
        mtext: Any,  # noqa: ANN401 - as above
        place: tuple[float, float],
    ) -> tuple[str, tuple[float, float]]:
        """Return anchor and place by which LaTeX's text, of another size, is aligned."""
        across, up = mtext.get_horizontalalignment(), mtext.get_verticalalignment()
        x, y = mtext.get_transform().transform(mtext.get_unitless_position())
        side = _ANCHORS[across]
        if up in {"center", "center_baseline"}:
            return side or "center", (x, y)
        return f"base {side}".strip(), (x, place[1])

    def get_text_width_height_descent(
        self,
        s: str,
        prop: Any,  # noqa: ANN401 - as above
        ismath: Any,  # noqa: ANN401 - as above
    ) -> tuple[float, float, float]:
        """Return the size of a text as matplotlib sets it: near LaTeX's own."""
        width, height, descent = self._text2path.get_text_width_height_descent(
            s, prop, ismath
        )
        factor = 1 / self.scale
        return width * factor, height * factor, descent * factor

    def flipy(self) -> bool:
        return False


def _point(p: Sequence[float]) -> str:
    return f"({_pt(p[0])},{_pt(p[1])})"


def _curve(a: Sequence[float], b: Sequence[float], end: Sequence[float]) -> str:
    return f".. controls {_point(a)} and {_point(b)} .. {_point(end)}"


def _colour(rgb: Sequence[float]) -> str:
    """Return a colour in xcolor's words.

    >>> _colour((0, 0.5, 1))
    '{rgb,255:red,0;green,128;blue,255}'
    """
    r, g, b = (round(255 * t) for t in rgb[:3])
    return f"{{rgb,255:red,{r};green,{g};blue,{b}}}"


def _opacity(kind: str, rgb: Sequence[float], alpha: float, *, forced: bool) -> list[str]:
    value = alpha if forced or len(rgb) < 4 else rgb[3]
    return [] if value == 1 else [f"{kind} opacity={_pt(value)}"]
