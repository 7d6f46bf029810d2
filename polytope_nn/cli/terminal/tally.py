"""How many of the instances of a sweep are done: one line on a terminal, nothing elsewhere."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["cleared", "line", "show"]

_CLEAR = "\r\x1b[K"


def show(done: int, total: int) -> None:
    """Say how much is done; a total of 0 is not known."""
    _write(f"{_CLEAR}{done} of {total} done" if total else f"{_CLEAR}{done} done")


def cleared() -> None:
    """Take the line away: a message comes in its place."""
    _write(_CLEAR)


@contextmanager
def line() -> Iterator[None]:
    """End the line, whatever happens: what is said next has its own."""
    try:
        yield
    finally:
        _write("\n")


def _write(text: str) -> None:
    if sys.stderr.isatty():
        print(text, end="", file=sys.stderr, flush=True)
