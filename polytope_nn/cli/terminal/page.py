"""A command's page on a terminal: folded at its width, coloured, its words explained.

What is piped or written to a file is left whole. The head of a page is bold, rules are pale,
verdicts green, red or yellow; nothing is coloured in a pipe or a file, where NO_COLOR is set
(https://no-color.org), or on a terminal that is called dumb. A colour only repeats what the
words say. ``--explain`` puts below a page what the words mean that are used in it.
"""

import argparse
import io
import os
import re
import sys
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout
from textwrap import wrap
from typing import Protocol, TextIO

from polytope_nn.errors import InstanceError
from polytope_nn.report.glossary import WORDS

__all__ = [
    "Folding",
    "coloured",
    "explained",
    "fold",
    "has_colour",
    "is_page",
    "red",
    "said",
]

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
            from .page import explained

            print("\n" + explained(told.getvalue()))
    folding.finish()
    return code


_BOLD, _PALE, _RED, _GREEN, _YELLOW = "1", "2", "31", "32", "33"
_RULES = (
    (r"^─+$", _PALE),
    (
        r"(?<=: )accepted\b|\baccepted by the checker\b|\bcross-checked, and the same\b",
        _GREEN,
    ),
    (r"(?<=level )exact\b|\bconnected for good\b", _GREEN),
    (
        r"(?<=level )interval\b|\bnot cross-checked\b|\bundecided\b|\bdoes not apply\b",
        _YELLOW,
    ),
    (r"(?<=  )holds\b(?=:|  | at)|\bglobal(?=  )", _GREEN),
    (r"(?<=  )fails\b(?=:|  | at)|\brefuted\b", _RED),
)
_HEAD = re.compile(r"(?:width m|m \\ k)  ")


def has_colour(stream: TextIO) -> bool:
    """Return whether a stream is a terminal that takes colours, and nobody objects."""
    wanted = not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return wanted and not stream.closed and stream.isatty()


def coloured(line: str, *, first: bool = False) -> str:
    r"""Return a line of a page in its colours; the first one is the page's title.

    >>> coloured("T7.5  holds  m = 5")
    'T7.5  \x1b[32mholds\x1b[0m  m = 5'
    >>> coloured("no verdict")
    'no verdict'
    """
    if line and _HEAD.match(line):
        return _in(line, _BOLD)
    for pattern, colour in _RULES:
        line = re.sub(pattern, lambda found, c=colour: _in(found[0], c), line)  # type: ignore[misc] # a default argument
    title, colon, rest = line.partition(": ")
    return f"{_in(title, _BOLD)}{colon}{rest}" if first and colon else line


def red(text: str) -> str:
    """Return a text in red, as errors begin."""
    return _in(text, _RED)


def _in(text: str, colour: str) -> str:
    return f"\x1b[{colour}m{text}\x1b[0m"


_WIDTH = 80
_SHOWN = {  # how a word appears in a page, where not as itself
    "kappa": "κ",
    "atom": "atoms?|ray of",
    "vertex": "vert(ex|ices)",
    "feature": "features?",
    "Theta_m": "Θ_m",
    "component": "components?",
    "staircase": "width m",
    "hole": "b₁|Betti|holes?",
    "bar": "bars?",
    "threshold": "connected for good|threshold",
    "pattern": "patterns?",
    "level": "level",
    "continuum": "continuum|lifted",
    "skip": "skip",
    "fit": r"y\*|fits?",
    "rank": "rank",
    "minimal supports": "minimal supports",
    "cell": "cells?",
    "modulo": "modulo|dead neurons",
    "event": "event|leaves|enters|separates|wall",
    "verdict": "verdict|unique (network|function)",
    "depth": "depth",
}


def explained(page: str) -> str:
    """Return what the words of a page mean, each in a few lines, in the glossary's order.

    >>> print(explained("gap    48.8 at most"))
    gap  The gap is primal minus dual: the network's own objective less a value below
         which no network of any width goes. 0 proves it optimal. (proofs/T13.md)
    """
    found = []
    for word, text in WORDS.items():
        pattern = _SHOWN.get(word, re.escape(word))
        if text and re.search(rf"(?<![\w*])(?:{pattern})(?![\w*])", page):
            head = f"{word}  "
            body = wrap(
                " ".join(text.split()), _WIDTH, initial_indent=head,
                subsequent_indent=" " * len(head),
            )  # fmt: skip
            found.append("\n".join(body))
    return "\n".join(found)


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
