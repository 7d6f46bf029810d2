"""Colour on a terminal: the head of a page bold, rules pale, verdicts green, red or yellow.

Nothing is coloured in a pipe or a file, where NO_COLOR is set (https://no-color.org), or on
a terminal that is called dumb. A colour only repeats what the words say.
"""

import os
import re
from typing import TextIO

__all__ = ["coloured", "has_colour", "red"]

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
