"""The page as one file: what is proved, how to check it, what each word means."""

import re
from base64 import b64encode
from collections.abc import Sequence
from hashlib import sha256
from html import escape

from polytope_nn.report.glossary import WORDS

from .elements import folded, paragraph, section, typeset, word_id
from .style import STYLE_SHEET

__all__ = ["certificate_section", "html_page"]

_RULE = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def html_page(title: str, facts: str, parts: Sequence[str], version: str) -> str:
    """Return the whole page; ``title`` and ``facts`` are plain text, ``parts`` HTML.

    The page forbids itself every request (Content-Security-Policy), and has no script.
    """
    body = "\n".join(parts)
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{_RULE}">
<title>{escape(title)}</title>
<style>{STYLE_SHEET}</style>
</head>
<body>
<main>
<header><h1>{escape(title)}</h1>
<p class="facts">{escape(facts)}</p></header>
{body}
{_glossary()}
</main>
<footer>Written by polytope_nn {escape(version)}. This file is whole: it loads nothing.</footer>
</body>
</html>
"""


def certificate_section(text: str, said: str, name: str) -> str:
    """Return the certificate, embedded byte for byte, its hash, and how to check it.

    ``said`` is why there is none, where ``text`` is "".
    """
    if not text:
        return section("Certificate", paragraph(f"{escape(said)}."))
    data = text.encode()
    file = re.sub(r"[^\w.-]+", "_", name.strip()).strip("._") or "instance"
    file = f"{file}.cert.json"
    link = f"data:application/json;base64,{b64encode(data).decode('ascii')}"
    return section(
        "Certificate",
        paragraph(
            f"{len(data)} bytes that a stranger can check, with Python's standard library "
            f"alone: every claim above that is counted, with its witness."
        ),
        paragraph(
            f'<a class="screen" download="{escape(file)}" href="{link}">Save {file}</a>'
        ),
        paragraph(
            f'SHA-256 <code id="certificate-sha256">{sha256(data).hexdigest()}</code>'
        ),
        folded(
            "How to check it",
            "<p>Save it, compare its hash (<code>sha256sum</code>), then either of</p>",
            f"<pre>polytope-nn check {escape(file)}\n"
            f"python -I checker.pyz {escape(file)}</pre>",
            "<p>The second needs nothing of this package: <code>polytope-nn check "
            "--write-checker checker.pyz</code> writes that file. Neither solves the problem "
            "again: they multiply out.</p>",
        ),
    )


def _glossary() -> str:
    """Return what the words mean, each with an anchor."""
    said = "\n".join(
        f'<dt id="{word_id(key)}">{typeset(key)}</dt>'
        f"<dd>{typeset(' '.join(text.split()))}</dd>"
        for key, text in WORDS.items()
        if text
    )
    return section("What the words mean", f"<dl>{said}</dl>")
