"""Every statement has its proof, and what the proofs cite exists."""

import re
from importlib import import_module
from pathlib import Path

import pytest

from polytope_nn.checker.kinds import IN_BRANCHES, ROWS_1, ROWS_2
from polytope_nn.theorems import THEOREMS

PROOFS = Path(__file__).parents[1] / "proofs"
FILES = sorted(PROOFS.glob("*.md"))


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
    for module, function in re.findall(
        r"`((?:kernel|claims)\.\w+|kinds|lift)\.(\w+)", text
    ):
        if function != "py":
            assert hasattr(import_module(f"polytope_nn.checker.{module}"), function)
    for target in re.findall(r"\]\(([^)]+)\)", text):
        assert (PROOFS / target).is_file(), target
    for target in re.findall(r"`(\w+/\w+\.py)`", text):
        assert (PROOFS.parent / "polytope_nn" / target).is_file()


def test_the_table_knows_every_claim_and_every_kind():
    text = (PROOFS / "README.md").read_text(encoding="utf-8")
    table = text.split("## Claim, statement, requirement")[1].split("\n\n")[1]
    for claim in IN_BRANCHES:
        assert f"| *{claim}*" in table
    for kind in ROWS_1 | ROWS_2:
        assert f"| kind *{kind}* |" in table
    for name in THEOREMS:
        assert f"[{name.removesuffix('r')}]" in text
