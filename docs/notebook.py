"""Run the notebook of the examples and keep what its cells show: `make notebook`.

A cell's last expression is shown by the forms that it has of itself (HTML, LaTeX, SVG), axes
of matplotlib by their figure. Nothing but this file is needed to run it; Jupyter runs it too.
"""

import ast
import io
import json
import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import matplotlib as mpl

NOTEBOOK = Path(__file__).parents[1] / "examples" / "first_hour.ipynb"
_FORMS = {"text/html": "_repr_html_", "text/latex": "_repr_latex_"}
_STYLE = {"svg.hashsalt": "polytope_nn", "svg.fonttype": "path"}


def run(text: str) -> str:
    """Return the notebook with the outputs of its cells, executed in their order."""
    from matplotlib import pyplot as plt

    notebook = json.loads(text)
    names: dict[str, Any] = {}
    mpl.use("agg")
    count = 0
    for cell in notebook["cells"]:
        if cell["cell_type"] != "code":
            continue
        count += 1
        cell["execution_count"] = count
        cell["outputs"] = _outputs("".join(cell["source"]), names, count)
        plt.close("all")
    return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"


def _outputs(source: str, names: dict[str, Any], count: int) -> list[dict[str, Any]]:
    """Return what a cell prints and shows."""
    tree = ast.parse(source)
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    printed, value = io.StringIO(), None
    with redirect_stdout(printed):
        exec(compile(tree, "cell", "exec"), names)  # noqa: S102 - our own notebook
        if isinstance(last, ast.Expr):
            value = eval(  # noqa: S307 - as above
                compile(ast.Expression(last.value), "cell", "eval"), names
            )
    outputs: list[dict[str, Any]] = []
    if printed.getvalue():
        lines = printed.getvalue().splitlines(keepends=True)
        outputs.append({"name": "stdout", "output_type": "stream", "text": lines})
    if value is not None:
        shown = {
            "data": _data(value),
            "execution_count": count,
            "metadata": {},
            "output_type": "execute_result",
        }
        outputs.append(shown)
    return outputs


def _data(value: Any) -> dict[str, list[str]]:  # noqa: ANN401 - what a cell ends with
    """Return a value in the forms that it has."""
    from matplotlib.axes import Axes

    if isinstance(value, Axes):
        out = io.StringIO()
        with mpl.rc_context(_STYLE):
            value.figure.savefig(
                out, format="svg", metadata={"Date": None, "Creator": None}
            )
        return {
            "image/svg+xml": out.getvalue().splitlines(keepends=True),
            "text/plain": ["<Axes>"],
        }
    found = {"text/plain": repr(value)}
    for form, method in _FORMS.items():
        text = getattr(value, method, lambda: None)()
        if text is not None:
            found[form] = text
    return {form: text.splitlines(keepends=True) for form, text in found.items()}


if __name__ == "__main__":
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else NOTEBOOK
    path.write_text(run(path.read_text(encoding="utf-8")), encoding="utf-8")
    sys.stdout.write(f"wrote {path}\n")
