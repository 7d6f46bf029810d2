"""Every statement has its proof, and what the proofs cite exists."""

import re
from pathlib import Path
from pkgutil import resolve_name

import pytest

from polytope_nn.checker.rows import ROWS_1, ROWS_2, added
from polytope_nn.theorems import THEOREMS

PROOFS = Path(__file__).parents[1] / "proofs"
FILES = sorted(PROOFS.glob("*.md"))
COQ = PROOFS / "coq"
STATEMENT = r"\b([A-Z]\d+[a-z]?(?:\.\d+)?)(?:–([A-Z]\d+[a-z]?(?:\.\d+)?))?"


@pytest.mark.parametrize("name", THEOREMS)
def test_every_theorem_has_a_statement_a_proof_and_a_certificate(name):
    text = (PROOFS / f"{name.removesuffix('r')}.md").read_text(encoding="utf-8")
    assert text.startswith(f"# {name.removesuffix('r')}. ")
    assert "**Statement.**" in text
    assert "**Proof.**" in text
    assert "∎" in text
    assert "**Certificate.**" in text or "**On instances.**" in text


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_functions_and_files_cited_exist(path):
    text = path.read_text(encoding="utf-8")
    for name in re.findall(
        r"`((?:kernel|claims|provers|kinds|lift|rows)\.[\w.]+\w)`", text
    ):
        if not name.endswith(".py"):
            resolve_name(f"polytope_nn.checker.{name}")  # or it raises
    for target in re.findall(r"\]\(([^)]+)\)", text):
        assert (PROOFS / target).is_file(), target
    for target in re.findall(r"`(\w+/\w+\.py)`", text):
        assert (PROOFS.parent / "polytope_nn" / target).is_file()


def test_every_module_that_requires_something_has_its_row():
    """The table *Requirement → lemma* names the module, a function of it, or its room."""
    text = (PROOFS / "kernel.md").read_text(encoding="utf-8")
    rows = text.split("## Requirement → lemma")[1]
    cited = set(re.findall(r"`((?:kernel|claims|provers|kinds|rows)[\w.]*)`", rows))
    cited.add("kernel.primitives")  # the lemmas
    checker = PROOFS.parent / "polytope_nn" / "checker"
    untold = []
    for path in sorted(checker.rglob("*.py")):
        name = ".".join(path.relative_to(checker).with_suffix("").parts)
        if "require(" not in path.read_text(encoding="utf-8") or name.startswith("lift"):
            continue
        above = {name[:i] for i, c in enumerate(name) if c == "."} & cited
        if not above and not any(f"{x}.".startswith(f"{name}.") for x in cited):
            untold.append(name)
    assert not untold


def table():
    """Return the rows of the table of claims: what is claimed, rests on, is required by."""
    text = (PROOFS / "README.md").read_text(encoding="utf-8")
    lines = text.split("## Claim, statement, requirement")[1].split("\n\n")[1]
    return [line.strip("|").split("|") for line in lines.splitlines()[2:]]


def test_the_table_knows_every_claim_and_every_kind():
    rows = ROWS_1 | ROWS_2
    named = {name for first, *_ in table() for name in re.findall(r"\*(\w+)\*", first)}
    kinds = {name for first, *_ in table() for name in re.findall(r"kind \*(\w+)\*", first)}
    alone = [first for first, *_ in table() if not first.startswith(" kind")]
    claims = {name for first in alone for name in re.findall(r"\*(\w+)\*", first)}
    told = {
        name
        for row in (*ROWS_1.values(), *ROWS_2.values(), *map(added, ROWS_2))
        for name in row
    }
    assert kinds == set(rows)
    assert claims == told
    assert named == kinds | claims
    text = (PROOFS / "README.md").read_text(encoding="utf-8")
    for name in THEOREMS:
        assert f"[{name.removesuffix('r')}]" in text


def test_every_statement_that_the_table_cites_is_there():
    theorems = {path.stem for path in FILES if path.stem.startswith("T")}
    for first, grounds, _ in table():
        known = set(theorems)
        for file in re.findall(r"\]\((\w+\.md)\)", grounds):
            text = (PROOFS / file).read_text(encoding="utf-8")
            known |= set(re.findall(r"(?:\*\*|^## )([A-Z]\d+[a-z]?)\b", text, re.MULTILINE))
        for span in re.findall(STATEMENT, re.sub(r"\[\w+\]\([\w.]+\)", " ", grounds)):
            assert set(filter(None, span)) <= known, (first, span)


def declared(file):
    """Return what a file of Coq declares, fields of records included."""
    words = r"^ *(?:Theorem|Lemma|Definition|Fixpoint|Record|Inductive|with) (\w+)"
    text = (COQ / f"{file}.v").read_text(encoding="utf-8")
    return {*re.findall(words, text, re.MULTILINE), *re.findall(r"\b(\w+) :", text)}


def test_every_lemma_that_is_cited_in_coq_is_there():
    text = (COQ / "README.md").read_text(encoding="utf-8")
    theorems = re.findall(r"^\| (`.*?`) \| (\w+) \|", text, re.MULTILINE)
    primitives = re.findall(r"(`\w+`(?:, `\w+`)*)(?: \(\w+\))? in (\w+)", text)
    to_read = text.split("## What must be read")[1].split("## What is trusted")[0]
    read = re.findall(r"((?:`\w+`(?:,? and |,\s|\s)*)+)\s?in\s`(\w+)\.v`", to_read)
    assert len(theorems) > 14
    assert len(read) > 8
    for names, file in (*theorems, *primitives, *read):
        assert set(re.findall(r"`(\w+)`", names)) <= declared(file), (names, file)
    files = {path.stem for path in COQ.glob("*.v")}
    make = (COQ / "Makefile").read_text(encoding="utf-8").replace("\\\n", " ")
    lists = dict(re.findall(r"^(THEORY|THEOREMS) := (.*)", make, re.MULTILINE))
    assert {*lists["THEORY"].split(), "Extract"} == files
    assert set(lists["THEOREMS"].split()) <= set().union(*map(declared, files))
