"""How far a long loop is: one line on a terminal, rewritten, and nothing anywhere else.

A loop says what it counts and how much there is of it; where a stream was named
(:func:`shown`, by the command line when stderr is a terminal) lines appear when two seconds
have passed, in short loops as well: many of them are long work. A line is gone when its loop
ends. Without a stream a loop costs one test.
"""

from collections.abc import Iterable, Iterator, Sized
from contextlib import contextmanager
from time import monotonic_ns
from typing import Self, TextIO, TypeVar

__all__ = ["Loop", "cleared", "counted", "shown"]

T = TypeVar("T")
_PATIENCE = 2_000_000_000  # nanoseconds of work before a loop is shown
_PAUSE = 200_000_000  # between two lines
_WHOLE = 100  # percent
_CLEAR = "\r\x1b[K"


class _Terminal:
    """The stream that lines go to, None for nowhere, and the loop whose line stands on it.

    No line comes before ``next``.
    """

    stream: TextIO | None = None
    line: "Loop | None" = None
    next = 0


@contextmanager
def shown(stream: TextIO | None) -> Iterator[None]:
    """Show the loops inside on a terminal; None: on none."""
    before, _Terminal.stream = _Terminal.stream, stream
    _Terminal.next = monotonic_ns() + _PATIENCE
    try:
        yield
    finally:
        cleared()
        _Terminal.stream = before


def cleared() -> None:
    """Take the line away that stands on the terminal, if one does."""
    if _Terminal.line is not None and _Terminal.stream is not None:
        _Terminal.stream.write(_CLEAR)
        _Terminal.stream.flush()
        _Terminal.line = None


class Loop:
    """A loop that says itself how much is done: of a tree the share of its leaves."""

    def __init__(self, what: str, total: int, *, in_percent: bool = False) -> None:
        self.what, self.total, self.in_percent = what, total, in_percent

    def at(self, done: int) -> None:
        """Say how much is done."""
        if _Terminal.stream is None or monotonic_ns() < _Terminal.next:
            return
        _Terminal.next = monotonic_ns() + _PAUSE
        share = _WHOLE * done // max(self.total, 1)
        counts = "" if self.in_percent else f"{done} of {self.total}, "
        _Terminal.line = self  # first: an interruption may come while it is written
        _Terminal.stream.write(f"{_CLEAR}{self.what}: {counts}{share} %")
        _Terminal.stream.flush()

    def closed(self) -> None:
        """Take this loop's line away, if it stands; those of loops around it stay."""
        if _Terminal.line is self:
            cleared()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self.closed()


def counted(what: str, items: Iterable[T], total: int | None = None) -> Iterator[T]:
    """Yield the items; on a terminal, say how many of all there are have been.

    ``total`` is their number where they do not know it themselves.

    >>> list(counted("squares", [1, 4]))
    [1, 4]
    """
    if _Terminal.stream is None:
        yield from items
        return
    size = total if total is not None else len(items) if isinstance(items, Sized) else 0
    with Loop(what, size) as loop:
        for done, item in enumerate(items):
            loop.at(done)
            yield item
