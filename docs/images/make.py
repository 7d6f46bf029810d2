"""Make the pictures of the README: `make images`, or `python make.py FOLDER`.

Each is one `polytope-nn draw` of an example. Their bytes are the same on every run with one
version of matplotlib; `matplotlib.txt` says with which these were made.
"""

import sys
from importlib.metadata import version
from pathlib import Path

from polytope_nn.cli import main

HERE = Path(__file__).parent
EXAMPLES = HERE.parents[1] / "examples"
IMAGES = {
    "octahedron_widths.svg": ("octahedron.json", "widths"),
    "octahedron_staircase.svg": ("octahedron.json", "staircase"),
    "triangle_polytope.svg": ("triangle.json", "polytope"),
}


def make(folder: Path) -> None:
    """Write every picture into a folder, and the version that drew them."""
    for name, (instance, what) in IMAGES.items():
        target = str(folder / name)
        code = main(["draw", str(EXAMPLES / instance), "--what", what, "-o", target])
        if code:
            sys.exit(code)
    (folder / "matplotlib.txt").write_text(version("matplotlib") + "\n", encoding="utf-8")


if __name__ == "__main__":
    make(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)
