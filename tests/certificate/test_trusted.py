"""The page of what is read for each kind of certificate: measured, and not stale."""

import importlib.util
from pathlib import Path

import pytest

from polytope_nn.checker.rows import ROWS_1, ROWS_2

DOCS = Path(__file__).parents[2] / "docs"
SPEC = importlib.util.spec_from_file_location("trusted", DOCS / "trusted.py")
trusted = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(trusted)

ROWS, FILES = trusted.read((DOCS / trusted.PAGE).read_text(encoding="utf-8"))
TOLD = {(row.kind, row.numbers): row for row in ROWS}
PLAIN = {"staircase", "gap", "road", "path", "separation", "descent", "free", "holes"}
# by a refusal, by the command, by other tests; the methods of protocols are none
BY_NO_GOLDEN = {
    "claims/instance.Instance.makes",  # test_free: no neuron in use, constants in the limit
    "claims/parallel/networks.OfBranches.balanced",  # all of them are
    "claims/pieces/system.Pieced.fitted",  # pins of any loss
    # test_krawczyk: more samples than goldens have
    *(f"kernel/intervals.{x}" for x in ("shares", "short_column", "short_spread")),
    "claims/pieces/ties.is_still",  # forgeries: fits that do not cancel
    "claims/system/equations.System.curve",  # a sum of equations of the squared loss
    "claims/vector/standing.Standing.curved",  # many bits
    *(f"command.{name}" for name in ("options", "main", "silence", "text_at", "verdict")),
    *("command.failed", "command.Parser.error", "command.integer", "kinds.check"),
    "kinds.read_off",  # when it is imported
    *("kernel/reading.Refuted.__init__", "kernel/reading.parse.refuse"),
}
PROTOCOLS = ("Ways.", "Grouped.", "Columns.", "Slice.places", "Kept.made")


def test_every_file_stands_after_those_that_it_imports():
    for name, number in trusted.NUMBERED.items():
        for other in trusted.imported(name):
            assert trusted.NUMBERED.get(other, 0) < number, (name, other)
    files = sorted(trusted.CHECKER.rglob("*.py"))
    left = {trusted.name_of(path) for path in files} - set(trusted.NUMBERED)
    plain = {name for name in left if not name.endswith(("__init__", "__main__"))}
    assert plain == {"archive", "lift", "lift_networks", "lift_solving"}
    for page in (DOCS / trusted.PAGE, DOCS.parent / "README.md"):
        assert "lift.py` and the two files beside it" in page.read_text(encoding="utf-8")


def near(x, z):
    """Whether a number of lines is as measured, to a tenth: small changes make no page stale."""
    return abs(x - z) <= z // 10 + 5


@pytest.mark.parametrize("group", trusted.groups(), ids=" ".join)
def test_the_row_of_a_kind_is_what_its_golden_certificates_run(group):
    found, told = trusted.row(group), TOLD[group]
    assert told.always == found.always, "run python docs/trusted.py"
    assert told.also == found.also, "run python docs/trusted.py"
    assert told[2:5] == found[2:5], "run python docs/trusted.py"
    assert near(told.lines, found.lines)
    assert near(told.run, found.run)


def test_the_page_has_these_rows_and_no_others():
    kinds = {kind for kind, _ in trusted.groups()}
    assert kinds == set(ROWS_1 | ROWS_2)
    assert set(TOLD) == set(trusted.groups())
    assert len(ROWS) == len(TOLD)
    assert set(FILES) == set(trusted.NUMBERED), "run python docs/trusted.py"
    assert all(near(FILES[name], len(trusted.lines(name))) for name in FILES)
    assert trusted.read(trusted.page(ROWS))[0] == ROWS


def test_plain_kinds_need_few_files():
    """The goal, kind by kind: 19 files where the fit is exact and the output one."""
    plain = [row for row in ROWS if row.kind in PLAIN and row.numbers == "exact"]
    assert {row.kind for row in plain} == PLAIN
    assert all(row.least <= trusted.LIMIT for row in plain)


@pytest.mark.deep
def test_every_function_is_run_by_a_golden_certificate_or_named_here():
    ran = [trusted.measured(path) for paths in trusted.groups().values() for path in paths]
    idle = set()
    for name in trusted.NUMBERED:
        own = set().union(*(one.get(name, ()) for one in ran))
        for start, (called, _) in trusted.functions(name).items():
            if start not in own and not called.startswith(PROTOCOLS):
                idle.add(f"{name}.{called}")
    assert idle == BY_NO_GOLDEN
