"""Laws of the house that a linter does not see: where floats may live, and tolerances.

A float in the exact code would be a tolerance in disguise: ``x == 0.5`` passes the type
checker. Floats are for drawings, for JSON keys that end in ``_float``, and for *hints*,
guesses that exact code proves or drops; each file that makes hints is named here.
"""

import ast
from pathlib import Path

import pytest

import polytope_nn

ROOT = Path(polytope_nn.__file__).parent
FILES = sorted(path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*.py"))

# what each of these does with floats is said in its docstring
HINTS = {
    "landscape/conic.py",
    "landscape/hints.py",
    "landscape/feasibility.py",
    "landscape/finding.py",
    "landscape/resolvent.py",
}
# these show a float beside an exact number, or read one
SHOWN = {
    "cli/certify.py",
    "exact/ball.py",
    "exact/field.py",
    "exact/rational.py",
    "exact/scalar.py",
    "landscape/optimum.py",
    "landscape/problem.py",
}


def floats(path):
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    literals, calls = [], []
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, float | complex):
            literals.append(node.lineno)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "float":
            calls.append(node.lineno)
    return literals, calls


def is_report(path):
    return path.startswith("report/")


@pytest.mark.parametrize("path", [p for p in FILES if not is_report(p)])
def test_no_float_in_the_exact_code(path):
    literals, calls = floats(path)
    if path not in HINTS:
        assert literals == [], "a float literal"
    if path not in HINTS | SHOWN:
        assert calls == [], "a call of float()"


@pytest.mark.parametrize("path", sorted(HINTS | SHOWN))
def test_the_exceptions_are_needed(path):
    assert path in FILES
    assert any(floats(path)), "no float any more: take it off the list"


@pytest.mark.parametrize("path", FILES)
def test_no_tolerance(path):
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    names = {
        name
        for node in ast.walk(tree)
        for name in (getattr(node, "id", None), getattr(node, "arg", None))
        if name is not None
    }
    assert not {n for n in names if n.lower() in {"tol", "tolerance", "eps", "epsilon"}}
