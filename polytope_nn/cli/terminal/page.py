"""A command's page on a terminal: folded at its width, coloured, its words explained."""

import argparse
import io
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout

from polytope_nn.errors import InstanceError

from .colours import coloured, has_colour
from .folding import Folding, is_page

__all__ = ["said"]

_COLUMNS = 80  # of a terminal that does not say


def said(
    run: Callable[[argparse.Namespace], int],
    args: argparse.Namespace,
    arguments: Sequence[str],
) -> int:
    """Run a command, its page folded and coloured on a terminal, explained if asked."""
    page = is_page(arguments)
    if getattr(args, "explain", False) and not page:
        raise InstanceError("--explain: is about pages: leave --json out")
    shown = isinstance(sys.stdout, io.TextIOWrapper) and sys.stdout.isatty()
    if not (getattr(args, "explain", False) or (page and shown)):
        return int(run(args))
    width = sys.maxsize
    if shown:  # its own width, not COLUMNS: readline exports that to all it starts
        width = os.get_terminal_size(sys.stdout.fileno()).columns or _COLUMNS
    told = io.StringIO()
    folding = Folding(sys.stdout, width, told, coloured if has_colour(sys.stdout) else None)
    with redirect_stdout(folding):
        code = int(run(args))
        if getattr(args, "explain", False):
            from .explained import explained

            print("\n" + explained(told.getvalue()))
    folding.finish()
    return code
