"""The bytes of a figure in the form that the ending of a file asks for."""

import io
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["FORMS", "picture_bytes"]

FORMS = (".svg", ".png", ".pdf", ".tikz")

_UNDATED: dict[str, dict[str, str | None]] = {
    ".svg": {"Date": None, "Creator": None},
    ".pdf": {"CreationDate": None, "Creator": None, "Producer": None},
    ".png": {"Software": None},
}


def picture_bytes(figure: "Figure", form: str) -> bytes:
    r"""Return a figure as the bytes of a file: no date, no version, the same on every run.

    ``.tikz`` is a ``tikzpicture`` for ``\input`` in a paper, its text set by LaTeX.
    """
    if form == ".tikz":
        from .tikz import tikz

        return tikz(figure).encode()
    out = io.BytesIO()
    options: dict[str, Any] = {"dpi": 200, "metadata": _UNDATED[form]}
    figure.savefig(out, format=form.lstrip("."), **options)
    return out.getvalue()
