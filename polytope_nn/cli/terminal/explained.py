"""``--explain``: below a page what the words mean that are used in it."""

import re
from textwrap import wrap

from polytope_nn.report.glossary import WORDS

__all__ = ["explained"]

_WIDTH = 80
_SHOWN = {  # how a word appears in a page, where not as itself
    "kappa": "κ",
    "atom": "atoms?|ray of",
    "vertex": "vert(ex|ices)",
    "feature": "features?",
    "P": r"P|P_m",
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
