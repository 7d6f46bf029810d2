"""Draw the gallery: every command of ``gallery.md`` that writes into ``gallery/``."""

import io
import re
from contextlib import chdir, redirect_stdout
from pathlib import Path

from polytope_nn.cli import main

__all__ = ["commands", "draw"]

HERE = Path(__file__).parent


def commands(page: str) -> dict[str, list[str]]:
    """Return what draws each picture of a page, by the picture's name."""
    found = re.findall(r"^    polytope-nn (.* gallery/(\S+))$", page, re.MULTILINE)
    return {name: line.split() for line, name in found}


def draw(command: list[str], folder: Path) -> None:
    """Run a command from the root of the repository; its last word is the picture's name."""
    *rest, target = command
    path = folder.resolve() / Path(target).name
    with chdir(HERE.parent), redirect_stdout(io.StringIO()):
        code = main([*rest, str(path)])
    if code:
        raise SystemExit(code)


if __name__ == "__main__":
    (HERE / "gallery").mkdir(exist_ok=True)
    for drawn in commands((HERE / "gallery.md").read_text(encoding="utf-8")).values():
        draw(drawn, HERE / "gallery")
        print("drew", drawn[-1], flush=True)
