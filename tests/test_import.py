"""The package's front door: fast, silent, complete."""

import subprocess
import sys
from pathlib import Path

import pytest

import polytope_nn
import polytope_nn.errors

HEAVY = (
    *("numpy", "scipy", "sympy", "matplotlib", "networkx", "clarabel", "flint", "cdd"),
    *("rich", "hypothesis"),
)
EXAMPLES = Path(__file__).parents[1] / "examples"


def python(code):
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, text=True
    )


def test_the_import_is_silent_and_loads_nothing_heavy():
    done = python(
        f"import sys, polytope_nn; print([m for m in {HEAVY!r} if m in sys.modules])"
    )
    assert (done.stdout, done.stderr) == ("[]\n", "")


def test_the_import_takes_less_than_a_seventh_of_a_second():
    """The promise is 0.15 s; processor time, so that a busy machine does not decide."""
    code = "from time import process_time as t; a = t(); import polytope_nn; print(t() - a)"
    best = min(float(python(code).stdout) for _ in range(3))
    assert best < 0.15


def test_the_command_line_loads_only_what_is_asked_for():
    code = f"""if 1:
        import sys
        from polytope_nn.cli import main
        main(["--version"])
        print([m for m in {HEAVY!r} if m in sys.modules])
        print([m for m in sys.modules if m.startswith("polytope_nn.cli.")])
    """
    assert python(code).stdout.splitlines()[1:] == ["[]", "[]"]


def test_certify_loads_nothing_that_a_small_rational_instance_does_not_need():
    code = f"""if 1:
        import sys
        from polytope_nn.cli import main
        main(["certify", "{EXAMPLES / "octahedron.json"}", "--json"])
        rooms = ("theorems", "networks", "paths", "search.units.other", "search.tied",
                 "search.cones.solving", "search.long_search", "geometry.polyhedra.polyhedron",
                 "certificate.cones", "certificate.units")
        others = ("scipy", "sympy", "matplotlib", "networkx", "concurrent", "tempfile", "difflib")
        heavy = (*("polytope_nn." + room for room in rooms), *others)
        print([m for m in heavy if m in sys.modules])
    """
    assert python(code).stdout.splitlines()[1:] == ["[]"]


@pytest.mark.parametrize("name", polytope_nn.__all__)
def test_every_public_name_is_there_and_is_itself(name):
    value = getattr(polytope_nn, name)
    assert name in dir(polytope_nn)
    if hasattr(value, "__name__"):
        assert value.__name__ == {"Interpolation": "OptimalPolytope"}.get(name, name)
        assert value.__doc__


def test_a_name_that_is_not_public_is_refused():
    with pytest.raises(AttributeError, match="no attribute 'polytopes'"):
        _ = polytope_nn.polytopes


def test_the_public_names_are_sorted():
    assert polytope_nn.__all__ == sorted(polytope_nn.__all__)


PRIVATE = {"Drawn", "Stored", "Valued", "ConvexSet", "Parts", "FaceComplex"}


def test_wrong_calls_are_told_in_one_line_by_the_public_class():
    """Methods come from classes that nobody names; Python would name these."""
    for name in polytope_nn.__all__:
        kind = getattr(polytope_nn, name)
        for method in dir(kind) if isinstance(kind, type) else ():
            held = getattr(kind, method)
            owner = getattr(held, "__qualname__", "").split(".")[0]
            if method.startswith("_") or owner not in PRIVATE:
                continue
            args = () if getattr(held, "__self__", None) is kind else (kind.__new__(kind),)
            many = method.startswith("plot")  # any keyword is a style there
            wrong = (
                "too many positional arguments" if many else "no_such_argument is unknown"
            )
            with pytest.raises(polytope_nn.errors.CallError) as caught:
                held(*args, *range(9 * many), **{} if many else {"no_such_argument": 1})
            said = f"{kind.__name__}.{method}: {wrong}: give {method}("
            assert str(caught.value).startswith(said)


@pytest.mark.parametrize(
    "call, said",
    [
        (
            lambda N: N.from_arrays([[1]]),
            "from_arrays: without alpha: give from_arrays(W, ",
        ),
        (lambda N: N.from_state_dict(), "from_state_dict: without state: give from_state_"),
        (
            lambda N: N.from_sklearn(),
            "from_sklearn: without model: give from_sklearn(model",
        ),
        (
            lambda N: N.load("a", "b", "c"),
            "load: too many positional arguments: give load(",
        ),
        (lambda N: N(()).save(), "save: without path: give save(path, bias=...)"),
    ],
)
def test_calls_without_what_they_need_say_what_to_give(call, said):
    with pytest.raises(TypeError) as caught:  # which Python's own would be
        call(polytope_nn.Network)
    assert str(caught.value).startswith(f"Network.{said}")
    assert "\n" not in str(caught.value)
