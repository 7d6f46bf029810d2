"""Lines folded at the terminal's width; what is piped or written to a file is left whole."""

import io
from collections.abc import Sequence
from typing import Protocol, TextIO

__all__ = ["Folding", "fold", "is_page"]

_WHOLE = ("--json", "--to", "completion", "convert")  # data, which no fold may change


def is_page(arguments: Sequence[str]) -> bool:
    """Return whether a command's output is for reading."""
    return not any(a.split("=")[0] in _WHOLE for a in arguments)


def fold(line: str, width: int) -> str:
    """Return a line in pieces that fit, below each other where its last column begins.

    >>> print(fold("  2    4   m*, and connected for good", 24))
      2    4   m*, and
               connected for
               good
    >>> fold("─" * 30, 8)
    '────────'
    """
    if len(line) <= width:
        return line
    if set(line) == {"─"}:
        return line[:width]
    indent = _indent(line, width)
    pieces, left = [], line
    while len(left) > width:
        start = len(left) - len(left.lstrip())
        cut = left.rfind(" ", start + 1, width + 1)
        gap = left.rfind("   ", start, width)
        if gap > width // 2 and len(left[gap:].lstrip()) <= width - indent:
            cut = gap  # the last column goes below as a whole
        if cut < 0:
            cut = left.find(" ", width)  # a word longer than the line is left whole
        if cut < 0:
            break
        pieces.append(left[:cut].rstrip())
        left = " " * indent + left[cut:].lstrip()
    return "\n".join([*pieces, left])


def _indent(line: str, width: int) -> int:
    """Return where the last column begins: behind three spaces, not too far to the right."""
    start = len(line) - len(line.lstrip())
    gap = line.rfind("   ", start)
    if 0 <= gap <= width // 2 - 3:
        return gap + 3
    return min(start, width // 2) + min(4, width // 4)


class Colour(Protocol):
    """What gives a line its colours."""

    def __call__(self, line: str, *, first: bool) -> str:
        """Return the line in its colours."""


class Folding(io.TextIOBase):
    """A stream that folds the lines written to it, and keeps a copy of them unfolded.

    ``colour`` is applied to what is folded: a piece, and whether it is the page's first.
    """

    def __init__(
        self, stream: TextIO, width: int, copy: TextIO, colour: Colour | None = None
    ) -> None:
        self._stream = stream
        self._width = width
        self._copy = copy
        self._colour = colour
        self._begun = False
        self._left = ""

    def writable(self) -> bool:
        """Return True."""
        return True

    def write(self, text: str) -> int:
        """Write the whole lines of a text folded, and keep what follows the last one."""
        self._copy.write(text)
        *lines, self._left = (self._left + text).split("\n")
        for line in lines:
            self._stream.write(self._shown(line) + "\n")
        return len(text)

    def flush(self) -> None:
        """Flush the stream below."""
        self._stream.flush()

    def finish(self) -> None:
        """Write what is left without its line's end."""
        self._stream.write(self._shown(self._left))
        self._left = ""
        self.flush()

    def _shown(self, line: str) -> str:
        """Return a line folded, and in its colours."""
        folded = fold(line, self._width)
        if self._colour is None or not line:
            return folded
        first, *others = folded.split("\n")
        head = self._colour(first, first=not self._begun)
        self._begun = True
        return "\n".join([head, *(self._colour(piece, first=False) for piece in others)])
