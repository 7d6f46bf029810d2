"""The page as one file: what is proved, how to check it, what each word means."""

import re
from base64 import b64encode
from collections.abc import Sequence
from hashlib import sha256
from html import escape

from polytope_nn.report.glossary import WORDS

from .elements import folded, paragraph, section, typeset, word_id

__all__ = ["STYLE_SHEET", "certificate_section", "html_page"]

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


STYLE_SHEET = """
:root {
  color-scheme: light dark;
  --ink: #222222; --paper: #ffffff; --pale: #6b6b6b; --calm: #eff4f8; --line: #c9d1d8;
  --blue: #0b5fa5; --red: #c8401c;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ink: #e7e9ea; --paper: #16191c; --pale: #a4abb1; --calm: #222b33; --line: #46505a;
    --blue: #6cb4ee; --red: #ff9470;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 1.5rem 1rem 4rem; max-width: 56rem; background: var(--paper);
  color: var(--ink); font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", sans-serif;
}
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 0.2rem; }
h2 {
  font-size: 1.15rem; margin: 2.2rem 0 0.6rem; padding-bottom: 0.2rem;
  border-bottom: 1px solid var(--line);
}
.facts, figcaption, footer { color: var(--pale); }
a { color: var(--blue); }
a.word { color: inherit; text-decoration: underline dotted var(--pale); }
a:focus-visible, summary:focus-visible, .wide:focus-visible {
  outline: 3px solid var(--blue); outline-offset: 2px;
}
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: 0.2rem 0.8rem; text-align: right; vertical-align: top; }
thead th { border-bottom: 1px solid var(--ink); font-weight: 600; }
tbody th { font-weight: 600; }
tbody tr:nth-child(even) { background: var(--calm); }
td.said, th.said { text-align: left; min-width: 7rem; }
sub { line-height: 0; }
pre, code { font: 0.88rem/1.45 ui-monospace, "DejaVu Sans Mono", Menlo, monospace; }
pre { margin: 0.4rem 0; }
code { overflow-wrap: anywhere; }
figure { margin: 1rem 0; }
figure svg {
  fill: var(--ink); width: 100%; min-width: 34rem; height: auto; max-height: 42rem; display: block;
}
details { border: 1px solid var(--line); border-radius: 0.3rem; margin: 0.6rem 0; }
summary { cursor: pointer; padding: 0.4rem 0.8rem; font-weight: 600; }
details > div { padding: 0 0.8rem 0.6rem; }
dt { font-weight: 600; margin-top: 0.7rem; }
dd { margin-left: 1.2rem; }
dt:target, dt:target + dd { background: var(--calm); }
footer { margin-top: 3rem; font-size: 0.9rem; }
@media print {
  :root {
    --ink: #000000; --paper: #ffffff; --pale: #444444; --calm: #f2f2f2; --line: #999999;
    --blue: #0b5fa5; --red: #c8401c;
  }
  body { max-width: none; padding: 0; font-size: 10pt; }
  a, a.word { color: inherit; text-decoration: none; }
  h2, summary, dt { break-after: avoid; }
  figure, tr, dt { break-inside: avoid; }
  figure svg { min-width: 0; }
  pre { white-space: pre-wrap; }
  details::details-content { content-visibility: visible; block-size: auto; }
  .screen { display: none; }
}
"""
