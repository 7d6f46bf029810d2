"""``certify --report F.html``: the answer as one page that anyone can open."""

import json
from importlib.util import find_spec
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from polytope_nn.problems.instance import Instance

    from .models.answer import Answer

__all__ = ["report_page"]

_LONGEST = 200_000  # characters of a JSON object that a page repeats


def report_page(answer: "Answer", instance: "Instance") -> str:
    """Return the page: statement, table, figures, numbers, certificate, what words mean."""
    from polytope_nn import __version__
    from polytope_nn.report.html.document import certificate_section, html_page
    from polytope_nn.report.html.elements import folded, preformatted, section

    name = instance.name or "instance"
    lead, details = answer.lead, answer.details
    page = answer.page()
    facts = page.split("\n", 1)[0].removeprefix(f"{name}: ")
    parts = [section("The answer", preformatted(page))] if lead is None else lead()
    parts.append(_figures(answer))
    parts += [] if details is None else details()
    shown = json.dumps(dict(answer.fields()), indent=1, ensure_ascii=False)
    printed = [folded("The page of the terminal", preformatted(page))]
    if len(shown) <= _LONGEST:
        printed.append(folded("The JSON object", preformatted(shown)))
    parts.append(section("As it was printed", *printed, on_paper=False))
    parts.append(certificate_section(answer.certificate, answer.kept, name))
    return html_page(name, facts, parts, __version__)


def _figures(answer: "Answer") -> str:
    """Return the figures, or why there are none."""
    from polytope_nn.report.html.elements import figure, paragraph, section

    if not answer.figures:
        return ""
    if find_spec("matplotlib") is None:
        cure = 'pip install "polytope_nn[plot]"'
        return section("Figures", paragraph(f"Not drawn: matplotlib is missing: {cure}"))
    drawn = [
        figure(draw(".svg"), caption, i) for i, (caption, draw) in enumerate(answer.figures)
    ]
    return section("Figures", *drawn)
