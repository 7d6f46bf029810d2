"""The checkers themselves mutated: with any one requirement removed, a lie gets through.

For every ``require`` there is a forgery, a sampled lie or a unit test that it alone
refuses as it does; without it the answer changes, so the test of that forgery fails.
"""

import ast
import importlib
import sys
from collections import defaultdict
from pathlib import Path

import pytest

from polytope_nn.certificate import check as installed

from .forgeries import FORGERIES
from .forging import NAMES, canonical, golden, sampled, sealed
from .test_forgeries import TEXTS

SOURCE = Path(installed.__file__).parent
FILES = (
    *("check", "walks", "boxes", "system", "facts", "intervals"),
    *("free", "functions", "free_boxes"),
)
SAMPLE = 80
# reached by calling a function, not by a certificate: tests in test_forgeries.py
BY_UNIT_TESTS = {
    "is not interval: see check.py",
    "is not free: see check.py",
    "the sign of a constant is not proved",
    "is none of",
    "a sum of roots is too near 0",
    "a division by 0 is not excluded",
    "rows that must be independent are not",
    "a row is not in a span it must be in",
    "is no JSON value",
    "allows fewer digits",
    "common denominators grow",
    "the powers of alpha are too long",
    "a multiplier is not proved to be >= 0",
}


def is_requirement(node):
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Call)
        and (getattr(node.value.func, "id", "") or getattr(node.value.func, "attr", ""))
        == "require"
    )


def requirements():
    """Return the text of each requirement by its file and line."""
    found = {}
    for name in FILES:
        text = (SOURCE / f"{name}.py").read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(text)):
            if is_requirement(node):
                found[name, node.lineno] = ast.get_source_segment(text, node)
    return found


class Without(ast.NodeTransformer):
    def __init__(self, line):
        self.line = line

    def visit_Expr(self, node):
        if is_requirement(node) and node.lineno == self.line:
            return ast.copy_location(ast.Pass(), node)
        return node


@pytest.fixture
def loaded(tmp_path, monkeypatch):
    """Return a loader of the checkers as plain files, one requirement removed."""

    plain = {name: (SOURCE / f"{name}.py").read_text(encoding="utf-8") for name in FILES}

    def load(mutated=None):
        for name in FILES:
            text = plain[name]
            if mutated and mutated[0] == name:
                tree = Without(mutated[1]).visit(ast.parse(text))
                text = ast.unparse(ast.fix_missing_locations(tree))
            (tmp_path / f"{name}.py").write_text(text, encoding="utf-8")
            sys.modules.pop(name, None)
        importlib.invalidate_caches()
        return importlib.import_module("check")

    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    yield load
    for name in FILES:
        sys.modules.pop(name, None)


def outcome(module, text, digits, seconds=10, size=2_000_000):
    """Return the refusal, the crash or None for acceptance."""
    try:
        module.check(text, module.Limits(size=size, digits=digits, seconds=seconds))
    except module.Refuted as refusal:
        return refusal.where, refusal.why
    except Exception as crash:  # noqa: BLE001 - a mutant may crash in any way
        return type(crash).__name__
    return None


def corpus():
    """Yield every lie the tests tell: text, most digits, most seconds."""
    for original, change, _, _ in FORGERIES.values():
        certificate = golden(original)
        change(certificate)
        yield canonical(sealed(certificate)), 400, 10
    for text, _, _ in TEXTS.values():
        yield text, 400, 10
    yield canonical(golden("octahedron")), 400, 0
    for part in ("data", "claims", "witness"):
        forged = golden("octahedron")
        forged["sha256"][part] = "0" * 64
        yield canonical(forged), 400, 10
    for name in NAMES:
        if name in {"cross_5", "cross_4_mixed"}:
            continue
        for _, mutant in sampled(golden(name), SAMPLE, f"mutants {name}"):
            yield canonical(mutant), 4000, 10


def refused_at(error):
    """Return the requirement that refused: file and line of the call."""
    found, traceback = None, error.__traceback__
    while traceback:
        code = traceback.tb_frame.f_code
        name = Path(code.co_filename).stem
        if name in FILES and code.co_name != "require":
            found = name, traceback.tb_lineno
        traceback = traceback.tb_next
    return found


def refusals():
    """Return for each requirement some lies it refuses."""
    lines = {
        (name, line): (name, node.lineno)
        for name in FILES
        for node in ast.walk(ast.parse((SOURCE / f"{name}.py").read_text(encoding="utf-8")))
        if is_requirement(node)
        for line in range(node.lineno, node.end_lineno + 1)
    }
    found = defaultdict(list)
    for lie in corpus():
        text, digits, seconds = lie
        limits = installed.Limits(size=2_000_000, digits=digits, seconds=seconds)
        try:
            installed.check(text, limits)
        except installed.Refuted as refusal:
            place = lines.get(refused_at(refusal))
            if place is not None and len(found[place]) < 2:
                found[place].append(lie)
    return found


def test_each_requirement_removed_lets_a_lie_through(loaded):
    told = refusals()
    unnoticed = []
    original = loaded()
    answers = {lie: outcome(original, *lie) for lies in told.values() for lie in lies}
    for place, statement in requirements().items():
        if any(words in statement for words in BY_UNIT_TESTS):
            continue
        mutant = loaded(place)
        if all(outcome(mutant, *lie) == answers[lie] for lie in told[place]):
            unnoticed.append((place, statement))
    assert len(requirements()) > 100
    assert not unnoticed, "\n".join(f"{p}: {s}" for p, s in unnoticed)
