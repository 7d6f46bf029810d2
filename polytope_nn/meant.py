"""What was meant: the known word or the file nearest to one that is unknown."""

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

__all__ = ["meant", "meant_file"]


def meant(word: str, known: Iterable[str], otherwise: str = "") -> str:
    """Return the cure of an unknown word: a near one, also of another case, or what else.

    >>> meant("Huber", ["hinge", "huber"]), meant("x", ["X", "y"]), meant("q", ["X"], "known: X")
    ("did you mean 'huber'?", "did you mean 'X'?", 'known: X')
    """
    near = _near(word, known)
    return f"did you mean {near!r}?" if near is not None else otherwise


def _near(word: str, known: Iterable[str]) -> str | None:
    words: dict[str, str] = {}
    for w in known:
        words.setdefault(_folded(w), w)
    given = _folded(word)
    if given in words:
        return words[given]
    from difflib import get_close_matches

    near = get_close_matches(given, words, 1)
    return words[near[0]] if near else None


def _folded(word: str) -> str:
    return word.casefold().lstrip("-").replace("-", "_")


def meant_file(path: Path) -> str:
    """Return the cure of a path at which there is nothing: a near one that exists."""
    there = Path(path.anchor or ".")
    for part in path.parts[1:] if path.anchor else path.parts:
        nearer = there / part
        if not nearer.exists():
            listed: list[str] = []
            with suppress(OSError):
                listed = sorted(x.name for x in there.iterdir())
            near = _near(part, listed)
            if near is None:
                return "check the path"
            nearer = there / near
        there = nearer
    return f"did you mean {there}?" if there.is_file() else "check the path"
