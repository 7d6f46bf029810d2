"""``certify --report``: one page, whole, true, and the same each time."""

import json
import re
from base64 import b64decode
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path

import pytest

from polytope_nn.certificate.check import check
from polytope_nn.cli import main
from polytope_nn.report.glossary import WORDS
from polytope_nn.report.html.elements import word_id

EXAMPLES = Path(__file__).parents[2] / "examples"
VOID = {"meta", "link", "br", "img", "hr", "input"}


class Page(HTMLParser):
    """What a page says: its elements with their attributes, its texts, tables row by row."""

    def __init__(self, text):
        super().__init__()
        self.open, self.elements, self.texts, self.rows = [], [], [], []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in {"td", "th"}:
            self.rows[-1].append("")

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append(data)
        if {"td", "th"} & set(self.open):
            self.rows[-1][-1] += data

    @property
    def ids(self):
        return [a["id"] for _, a in self.elements if "id" in a]

    @property
    def text(self):
        return " ".join(" ".join(self.texts).split())


def report(tmp_path, capsys, *arguments):
    target = tmp_path / "report.html"
    assert main(["certify", *arguments, "--report", str(target), "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    text = target.read_text(encoding="utf-8")
    return text, Page(text), answer


def is_whole(text, page):
    """No name twice, no link into nowhere, and nothing that is asked of a network."""
    assert len(page.ids) == len(set(page.ids))
    for tag, attributes in page.elements:
        for key in ("href", "xlink:href", "src"):
            link = attributes.get(key)
            if link is None:
                continue
            assert link[:1] == "#" or link.startswith("data:application/json;base64,")
            assert link[:1] != "#" or link[1:] in page.ids, (tag, link)
        assert "src" not in attributes
        assert not any(key.startswith("on") for key in attributes)
    tags = {tag for tag, _ in page.elements}
    assert not tags & {"script", "link", "iframe", "object", "img", "embed"}
    outside = re.sub(r' xmlns(:xlink)?="[^"]*"', "", text)
    assert "://" not in outside
    assert "@import" not in text
    rule = {a.get("http-equiv"): a.get("content") for t, a in page.elements if t == "meta"}
    assert rule["Content-Security-Policy"].startswith("default-src 'none'")
    for reference in re.findall(r"url\(#([^)]*)\)", text):
        assert reference in page.ids


CASES = [
    ["--example", "octahedron"],
    ["--example", "a2", "--theorems"],
    ["--example", "anscombe_3", "--beta", "0.1", "--bias", "penalised"],
    ["--example", "losses/absolute_segment"],
    ["--example", "losses/logistic"],
    ["--example", "units/leaky"],
    ["--example", "units/lasso"],
    ["--example", "units/l1"],
    ["--example", "vector_continuum"],
    ["--example", "vector_pairs"],
    ["--example", "hat_three_layers"],
    ["--example", "interpolation/free_bias", "--loss", "interpolation"],
    ["--example", "interpolation/square_ridges", "--beta", "1/10"],
]


@pytest.mark.parametrize("arguments", CASES, ids=lambda a: a[1])
def test_every_model_has_a_page_that_is_whole(arguments, tmp_path, capsys):
    text, page, answer = report(tmp_path, capsys, *arguments)
    is_whole(text, page)
    assert "What the words mean" in page.text
    assert {word_id(key) for key, said in WORDS.items() if said} <= set(page.ids)
    if page.rows and page.rows[0][0] == "width m":
        for row, step in zip(page.rows[1:], answer["widths"], strict=False):
            assert row[0] == str(step["m"])
            assert row[2:5] == [
                str(step["polytope_components"]),
                str(step["components"]),
                str(step["isolated"]),
            ]


def test_the_octahedron_in_words(tmp_path, capsys):
    text, page, _ = report(tmp_path, capsys, "--example", "octahedron")
    for said in (
        "the least objective is 27 .",
        "= 2 neurons are needed and enough: there the optimal networks are 8 isolated points",
        "= 4 is the last width with a network that cannot be moved : there they fall into",
        "fall into 49 components, 48 of them isolated points",
        "From width 5 on any two optimal networks are joined",
        "promises it from 6 on",
        "Level exact",
    ):
        assert said.replace(" ", "") in page.text.replace(" ", "")
    for folded in ("κ and the fit", "Atoms: 8", "Vertices of P: 6"):
        assert folded in page.text
    assert ["0", "+", "(1, 1, 1)", "(1, 0, 1, 0, 1, 0)"] in page.rows
    assert [t for t, _ in page.elements].count("figure") == 2  # the staircase, P_m
    assert all(a["role"] == "img" and a["aria-label"]
               for t, a in page.elements if t == "svg")  # fmt: skip
    assert re.search(r"@media \(prefers-color-scheme: dark\)", text)
    assert "@media print" in text


def test_the_certificate_in_the_page_is_the_file(tmp_path, capsys):
    file = tmp_path / "octahedron.cert.json"
    arguments = ["--example", "octahedron", "-o", str(file)]
    text, page, _ = report(tmp_path, capsys, *arguments)
    (link,) = [a for t, a in page.elements if t == "a" and "download" in a]
    data = b64decode(link["href"].partition(",")[2], validate=True)
    assert data == file.read_bytes()
    check(data.decode())
    assert link["download"] == "octahedron.cert.json"
    assert re.search(r'id="certificate-sha256">(\w+)<', text)[1] == sha256(data).hexdigest()


def test_the_same_bytes_each_time(tmp_path, capsys):
    first, _, _ = report(tmp_path, capsys, "--example", "a2")
    again, _, _ = report(tmp_path, capsys, "--example", "a2")
    assert first == again


def test_names_are_text(tmp_path, capsys):
    file = tmp_path / "x.json"
    name = '<script>alert("&amp;")</script> ../x'
    fields = {"name": name, "X": [[1, 0]], "y": [3], "beta": 1}
    file.write_text(json.dumps(fields), encoding="utf-8")
    text, page, _ = report(tmp_path, capsys, str(file))
    is_whole(text, page)
    assert name in page.text
    (link,) = [a for t, a in page.elements if t == "a" and "download" in a]
    assert re.fullmatch(r"[\w.-]+\.cert\.json", link["download"])


@pytest.mark.parametrize(
    "X, y, said",
    [
        ([[1]], [0], "No neuron is used: the zero network is the only optimum."),
        ([[0, 0]], [1], "No neuron is used"),
        ([[1], [1]], [5, 5], "= 1 neuron is needed and enough"),
    ],
)
def test_degenerate_data(X, y, said, tmp_path, capsys):
    file = tmp_path / "x.json"
    file.write_text(json.dumps({"X": X, "y": y, "beta": 1}), encoding="utf-8")
    text, page, _ = report(tmp_path, capsys, str(file))
    is_whole(text, page)
    assert said in page.text


@pytest.mark.parametrize("name, unit, value", [
    ("leaky", "activation slopes 1, 1/3", "9"),
    ("gated", "gates 8", "27"),
    ("threshold", "activation threshold", "11"),
])  # fmt: skip
def test_other_units_have_the_whole_page(name, unit, value, tmp_path, capsys):
    text, page, answer = report(tmp_path, capsys, "--example", f"units/{name}")
    is_whole(text, page)
    assert answer["objective"] == value
    assert f"Of all two-layer networks ({unit}), of any width" in page.text
    for title in ("The statement", "Every width", "The theorems", "The numbers"):
        assert title in page.text


def test_many_fits_are_told(tmp_path, capsys):
    _, page, _ = report(tmp_path, capsys, "--example", "losses/absolute_segment")
    assert "of which no neuron can be split" in page.text
    assert "a fit" in page.text


def test_without_matplotlib_the_page_says_so(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("polytope_nn.cli.report.find_spec", lambda _: None)
    text, page, _ = report(tmp_path, capsys, "--example", "tie")
    is_whole(text, page)
    assert 'Not drawn: matplotlib is missing: pip install "polytope_nn[plot]"' in page.text


def test_what_is_refused_leaves_no_file(tmp_path, capsys):
    for name, said in (("r.txt", "must end in .html"), ("no/r.html", "no existing")):
        target = tmp_path / name
        assert main(["certify", "--example", "tie", "--report", str(target)]) == 2
        assert said in capsys.readouterr().err
    same = str(tmp_path / "r.html")
    assert main(["certify", "--example", "tie", "--report", same, "-o", same]) == 2
    assert "is named by -o and by --report: name two files" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
