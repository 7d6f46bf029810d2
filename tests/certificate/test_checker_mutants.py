"""The checker itself mutated: with any one requirement removed, a lie gets through.

For every ``require`` there is a forgery, a sampled lie or a unit test that it alone
refuses as it does; without it the answer changes, so the test of that forgery fails. The
same for each of the six primitive claims.
"""

import ast
import importlib
import pkgutil
import sys
from collections import defaultdict
from pathlib import Path

import pytest

from polytope_nn import checker
from polytope_nn.checker.kernel import primitives
from polytope_nn.checker.kernel.reading import Limits, Refuted, Unreadable
from polytope_nn.checker.kinds import check

from . import forgeries_enclosed, forgeries_losses  # noqa: F401 - they register their own
from .forgeries import FORGERIES
from .forgeries_outputs import OF_OUTPUTS, forged_outputs
from .forgeries_parallel import FORGERIES_PARALLEL, forged_parallel
from .forging import canonical, golden, sampled, sealed
from .test_forgeries import TEXTS
from .test_format_2 import FORGERIES_2, forged_2

SAMPLE = 50
# what no forgery is about is met by lies about these, one of each shape
SAMPLED = (
    *("weighted", "general_zero", "free_flats", "free_path", "interval_point"),
    *("enclosed_power", "free_balls_bias", "free_balls_pairs"),
)
MODULES = [
    importlib.import_module(found.name)
    for found in pkgutil.walk_packages(checker.__path__, "polytope_nn.checker.")
    if not found.name.endswith(("__main__", "archive"))
]
# reached by calling a function, not by a certificate: test_kernel.py, test_forgeries.py
BY_UNIT_TESTS = {
    "the sign of a constant is not proved",
    "a sum of roots is too near 0",
    "a division by 0 is not excluded",
    "is no JSON value",
    "allows fewer digits",
    "too many atoms with opposite ones",
    "is not alone in a face of the system",
    "a mass of the system may be 0",
    "the sign of an entry of kappa is not proved",
    "common denominators grow",
    "the powers of alpha are too long",
    "a multiplier is not proved to be >= 0",
    "its numbers are too long together",
    "a pair moves a fit that is not pinned",
    "HINTS, why)",
    "value is not None and value >= 0",
    "dot(w, x) == den * (k == m)",
    "== twice",
    "the other factor may be 0",
    "is no sum and no product",
    "poly has a factor twice",
    "a power of what is not proved positive",
    "sets of cells are to be looked at",
    "placements are to be looked at",
    "whether two neurons are one is not proved",
    "an atom may undo what has no weight",
    "a block without weight is not",
}


def is_requirement(node):
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Call)
        and (getattr(node.value.func, "id", "") or getattr(node.value.func, "attr", ""))
        == "require"
    )


def requirements():
    """Return the text of each requirement by its file and line; the lift's are its own."""
    found = {}
    for module in MODULES:
        text = Path(module.__file__).read_text(encoding="utf-8")
        if module.__name__.rsplit(".", 1)[1] in {
            "lift",
            "lift_networks",
            "lift_solving",
        }:
            continue
        for node in ast.walk(ast.parse(text)):
            if is_requirement(node):
                found[module.__file__, node.lineno] = ast.get_source_segment(text, node)
    return found


class Bench:
    """Requirements that tell which of them refused, one of them removed at will."""

    def __init__(self):
        self.removed = self.refused = None

    @classmethod
    def placed(cls, monkeypatch):
        """Return one that stands in for the requirement of every module."""
        made = cls()
        for module in MODULES:
            if hasattr(module, "require"):
                monkeypatch.setattr(module, "require", made.require)
        return made

    def require(self, holds, where, why):
        if holds:
            return
        frame = sys._getframe(1)
        self.refused = frame.f_code.co_filename, frame.f_lineno
        if self.refused != self.removed:
            raise Refuted(where, why)

    def outcome(self, lie, removed=None):
        """Return the refusal, the crash or None for acceptance."""
        self.removed, self.refused = removed, None
        text, digits, seconds = lie
        seconds = min(seconds, 10 if removed is None else 1)  # some would last for ever
        limits = Limits(size=2_000_000, digits=digits, seconds=seconds)
        try:
            check(text, limits)
        except Refuted as refusal:
            return refusal.where, refusal.why
        except Exception as crash:  # noqa: BLE001 - a mutant may crash in any way
            return type(crash).__name__
        return None


@pytest.fixture
def bench(monkeypatch):
    return Bench.placed(monkeypatch)


def corpus():
    """Yield every lie the tests tell: text, most digits, most seconds."""
    for original, change, _, _ in FORGERIES.values():
        certificate = golden(original)
        change(certificate)
        yield canonical(sealed(certificate)), 400, 10
    for name in FORGERIES_2:
        yield canonical(forged_2(name)), 400, 10
    for name in FORGERIES_PARALLEL:
        yield canonical(forged_parallel(name)), 400, 10
    for name in OF_OUTPUTS:
        yield forged_outputs(name), 400, 10
    for text, _, _ in TEXTS.values():
        yield text, 400, 10
    yield canonical(golden("octahedron")), 400, 0
    for part in ("data", "claims", "witness"):
        forged = golden("octahedron")
        forged["sha256"][part] = "0" * 64
        yield canonical(forged), 400, 10
    for name in SAMPLED:
        for _, mutant in sampled(golden(name), SAMPLE, f"mutants {name}"):
            yield canonical(mutant), 4000, 10


def test_each_requirement_removed_lets_a_lie_through(bench):
    told, answers = defaultdict(list), {}
    for lie in corpus():
        answer = bench.outcome(lie)
        if bench.refused is not None:
            shortest = sorted([*told[bench.refused], lie], key=lambda lie: len(lie[0]))
            told[bench.refused] = shortest[:2]
            answers[lie] = answer
    unnoticed = []
    for place, statement in requirements().items():
        if any(words in statement for words in BY_UNIT_TESTS):
            continue
        if all(bench.outcome(lie, place) == answers[lie] for lie in told[place]):
            unnoticed.append((Path(place[0]).name, place[1], statement))
    assert len(requirements()) > 150
    assert not unnoticed, "\n".join(map(str, unnoticed))


REMOVED = {
    "combination": lambda *_: None,
    "side": lambda *_: -1,
    "inside": lambda *_: True,
    "tree": lambda *_, **__: iter(()),
    "forest": lambda inside, *_: dict.fromkeys(inside, inside[0]),
}


@pytest.fixture(scope="module")
def answers():
    """What is said of each forgery, and the forgery."""
    found = []
    for original, change, _, _ in FORGERIES.values():
        certificate = golden(original)
        change(certificate)
        lie = canonical(sealed(certificate))
        found.append((lie, said(lie)))
    return found


def said(lie):
    try:
        check(lie, Limits(digits=400))
    except Refuted as refusal:
        return str(refusal)
    except Exception as crash:  # noqa: BLE001 - a mutant may crash in any way
        return type(crash).__name__
    return None


@pytest.mark.parametrize("name", REMOVED)
def test_each_primitive_removed_is_noticed(name, answers, monkeypatch):
    """The sixth, ``quadratic``, is removed in test_kernel.py."""
    assert {*REMOVED, "quadratic"} == {
        node.name
        for node in ast.parse(Path(primitives.__file__).read_text("utf-8")).body
        if isinstance(node, ast.FunctionDef)
    }
    for module in MODULES:
        if hasattr(module, name):
            monkeypatch.setattr(module, name, REMOVED[name])
    noticed = any(said(lie) != before for lie, before in answers)
    assert noticed, "every forgery is refuted as before, without it"


def test_an_instance_is_unreadable_not_refuted():
    with pytest.raises(Unreadable, match="is an instance, no certificate"):
        check('{"X": [[1]], "y": [1], "beta": 1}')
