"""Pieces of a page: escaped text, tables, folded parts, figures, words that are explained."""

import re
from collections.abc import Sequence
from html import escape

from polytope_nn.exact.scalar import Scalar
from polytope_nn.report.figures.paper.look import BLUE, CALM, INK, PALE, RED
from polytope_nn.report.text import number

__all__ = [
    "bulleted",
    "figure",
    "folded",
    "paragraph",
    "preformatted",
    "section",
    "table",
    "typeset",
    "word",
    "word_id",
]

_VARIABLES = {  # the colours of the figures, and what the style sheet calls them
    INK: "ink",
    RED: "red",
    BLUE: "blue",
    PALE: "pale",
    CALM: "calm",
    "#ffffff": "paper",
    "#000000": "ink",
}


def typeset(text: str) -> str:
    """Return a text with its subscripts set as such; everything else is escaped.

    >>> typeset("m < n: Θ_m, r_P and α_j²")
    'm &lt; n: Θ<sub>m</sub>, r<sub>P</sub> and α<sub>j</sub>²'
    """
    return re.sub(r"(?<=\w)_([A-Za-z])(?![A-Za-z0-9_])", r"<sub>\1</sub>", escape(text))


def paragraph(html: str) -> str:
    """Return a paragraph."""
    return f"<p>{html}</p>"


def preformatted(text: str) -> str:
    """Return a text as a terminal shows it."""
    return f'<div class="wide" tabindex="0"><pre>{escape(text.rstrip())}</pre></div>'


def bulleted(lines: Sequence[str]) -> str:
    """Return a list."""
    return "<ul>" + "".join(f"<li>{line}</li>" for line in lines) + "</ul>"


def section(title: str, *parts: str, on_paper: bool = True) -> str:
    """Return a section under its heading; one that is not ``on_paper`` is not printed."""
    kind = "" if on_paper else ' class="screen"'
    return f"<section{kind}><h2>{escape(title)}</h2>\n" + "\n".join(parts) + "\n</section>"


def folded(title: str, *parts: str) -> str:
    """Return a part that is opened by a click or a key, and is open on paper."""
    inner = "\n".join(parts)
    return f"<details><summary>{escape(title)}</summary>\n<div>{inner}</div></details>"


def table(
    header: Sequence[str], body: Sequence[Sequence[str]], *, left: Sequence[int] = ()
) -> str:
    """Return a table of cells of HTML; the first cell of each row is its heading.

    Columns of text, ``left``, begin at their left side, those of numbers end at the right.

    >>> table(["m", "count"], [["1", "20"]], left=[1]).count('class="said"')
    2
    """
    said = ['class="said"' if j in left else "" for j in range(len(header))]
    top = "".join(
        f'<th scope="col" {c}>{cell}</th>' for c, cell in zip(said, header, strict=True)
    )
    rows = "".join(
        f'<tr><th scope="row">{first}</th>'
        + "".join(f"<td {c}>{t}</td>" for c, t in zip(said[1:], cells, strict=True))
        + "</tr>\n"
        for first, *cells in body
    )
    text = (
        f'<div class="wide" tabindex="0"><table><thead><tr>{top}</tr></thead>\n'
        f"<tbody>{rows}</tbody></table></div>"
    )
    return text.replace(" >", ">")


def word_id(key: str) -> str:
    """Return the anchor of a word of the glossary.

    >>> word_id("M*"), word_id("m*"), word_id("Theta_m")
    ('word-capital-M-star', 'word-m-star', 'word-capital-Theta-m')
    """
    capital = "capital-" if key[0].isupper() else ""
    return f"word-{capital}{key.replace('*', '-star').replace('_', '-')}"


def word(key: str, shown: str = "") -> str:
    """Return a word of the glossary, linked to what it means."""
    return f'<a class="word" href="#{word_id(key)}">{typeset(shown or key)}</a>'


def figure(svg: bytes, caption: str, number: int) -> str:
    """Return a figure in the page itself, in the page's colours, its names made its own.

    The names of two figures of one page must differ; the ``metadata`` name a vocabulary by
    its address, which is left out.
    """
    text = svg.decode()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>\s*", "", text, flags=re.DOTALL)
    own = f"figure{number}-"
    text = re.sub(r'\bid="', f'id="{own}', text)
    text = re.sub(r'href="#', f'href="#{own}', text)
    text = re.sub(r"url\(#", f"url(#{own}", text)
    for colour, name in _VARIABLES.items():
        text = re.sub(re.escape(colour), f"var(--{name})", text, flags=re.IGNORECASE)
    label = escape(caption, quote=True)
    text = text.replace("<svg", f'<svg role="img" aria-label="{label}"', 1)
    return (
        f'<figure><div class="wide" tabindex="0">{text}</div>'
        f"<figcaption>{escape(caption)}</figcaption></figure>"
    )


def masses(held: Sequence[int], c: Sequence[Scalar]) -> str:
    """Return the masses of the atoms that a point uses, each after its place."""
    return ", ".join(f"{a}: {number(c[a])}" for a in held) or "the zero network"


def signed(sign: int) -> str:
    """Return a sign as it is typeset."""
    return "+" if sign > 0 else "−"
