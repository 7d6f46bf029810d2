"""Laws of the house that a linter does not see: where floats may live, and tolerances.

A float in the exact code would be a tolerance in disguise: ``x == 0.5`` passes the type
checker. Floats are for drawings (``report/``), for what is shown to a reader (inside an
f-string, ``__float__``, under a key that ends in ``_float``), and for *hints*: guesses that
exact code proves or drops. Each file that makes hints or hands floats over is named here,
and taken off when it no longer does.
"""

import ast
from pathlib import Path

import pytest

import polytope_nn

ROOT = Path(polytope_nn.__file__).parent
FILES = sorted(
    path.relative_to(ROOT).as_posix()
    for path in ROOT.rglob("*.py")
    if "report" not in path.parts
)

# float literals: the accuracy of a float solver, where its answer is only a hint
SOLVERS = {
    "parallel/conic/saddle.py",
    "parallel/conic/chosen.py",
    "parallel/conic/faced.py",
    "parallel/conic/master.py",
    "parallel/conic/pressing.py",
    "parallel/conic/zoom.py",
    "parallel/path_costs/boxes.py",  # conic programs of boxes: hints
    "parallel/path_costs/finding.py",
    "parallel/counts/separated.py",  # a linear program: a hint
    "parallel/equations/settled.py",  # masses of a basic solution: a hint
    "search/floats.py",
    "search/programs/conic.py",
    "search/losses/by_pieces.py",
    "search/losses/pieces.py",
    "search/losses/polishing.py",
    "search/losses/program.py",
    "search/search.py",
    "search/tied/near.py",
    "search/long_search.py",
    "search/pairs.py",
    "search/candidate.py",
    "search/cone_search.py",
    "search/programs/interior_point.py",
    "search/programs/nonnegative.py",
    "search/projecting/projections.py",
    "search/projecting/separating.py",  # a basis, proved in integers
    "search/units/block_search.py",
    "search/units/fits.py",
    "search/units/blocks.py",
    "search/units/columns.py",
    "search/units/piecewise.py",
    "search/units/program.py",
    "search/cones/ascents.py",
    "search/cones/asked.py",
    "search/cones/charted.py",
    "search/cones/scaling/multiples.py",
    "search/cones/scaling/quadratic.py",
    "search/cones/climbing.py",
    "search/cones/faces.py",
    "search/cones/feasible.py",
    "search/cones/floats.py",
    "search/cones/evaluated.py",
    "search/cones/growing.py",
    "search/cones/linear.py",
    "search/cones/near.py",
    "search/cones/opposite.py",
    "search/cones/pools/kinks.py",
    "search/cones/pools/pool.py",
    "search/cones/pools/problem.py",
    "search/cones/pools/separation.py",
    "search/cones/losses/priced.py",
    "search/cones/losses/precise.py",
    "search/cones/losses/standing.py",
    "search/cones/searching.py",
    "networks/hulls/guessed.py",
    "networks/masses/sharing.py",
    "vector/certificate/given/inside.py",
    "vector/certificate/inverse.py",  # of a Jacobian, in floats
    "vector/certificate/given/shared.py",  # what is shared, in floats
    "vector/certificate/given/ties.py",  # what is shared out, in floats
    "vector/certificate/pairs.py",  # shares far from their ends, in floats
    "vector/certificate/products.py",  # shares of products of rows, in floats
    "vector/certificate/robust.py",
    "vector/bounds/climbs.py",
    "vector/bounds/cuts.py",  # where to cut, in floats
    "vector/bounds/near.py",
    "vector/search/columns.py",
    "vector/search/generation.py",
    "vector/search/apart.py",
    "vector/search/structure.py",
    "vector/search/loosening.py",
    "vector/search/relaxed.py",
    "vector/search/decay.py",
    "vector/search/master.py",
    "vector/search/standing.py",
    "stationary/guess.py",
    "landscape/unlisted/estimate.py",
    "landscape/unlisted/float_slice.py",
    "stationary/descents.py",
}
# calls of float(): exact numbers handed to a float solver or to a prefilter
HINTS = SOLVERS | {
    "parallel/equations/square.py",  # factors of combinations: guessed, then multiplied out
    "parallel/equations/continued.py",  # where Newton's method starts
    "parallel/counts/enclosed_most.py",  # bases that are tried: their factors are proved
    "parallel/conic/bounds.py",
    "search/pressing.py",
    "geometry/kernel/insertion.py",
    "vector/balls/enclosed.py",
    "vector/balls/saturated.py",  # which features make a fit, in floats
    "vector/balls/ties.py",  # which coordinate is 1, in floats
    "vector/certificate/enclosures.py",
    "vector/bounds/largest.py",  # on which face, in floats
    "networks/masses/branched.py",
    "networks/masses/projected.py",  # rows that tell the others: proved regular
}
# calls of float() because floats are asked for, or were given
ASKED = {
    "exact/scalar.py",  # nearest_float, for keys that end in _float and for pages
    "functions/piecewise_linear.py",  # an order of equals, for the eye
    "networks/reading/formats.py",  # float64 on export, where a file has nothing else
    "networks/reading/weights.py",  # numpy arrays on export
    "parallel/networks/arrays.py",  # numpy arrays on export
    "vector/trained/files.py",  # numpy arrays on export
}


def says_float(key):
    """Return whether a key of a dict display is a string that ends in ``_float``."""
    return isinstance(key, ast.Constant) and str(key.value).endswith("_float")


def floats(path):
    """Return the lines of float literals and of calls of float() that are not for show."""
    literals, calls = [], []
    waiting = [ast.parse((ROOT / path).read_text(encoding="utf-8"))]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.JoinedStr) or getattr(node, "name", "") == "__float__":
            continue
        if isinstance(node, ast.Dict):
            named = zip(node.keys, node.values, strict=True)
            waiting.extend(value for key, value in named if not says_float(key))
            continue
        if isinstance(node, ast.Constant) and isinstance(node.value, float | complex):
            literals.append(node.lineno)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "float":
            calls.append(node.lineno)
        waiting.extend(ast.iter_child_nodes(node))
    return literals, calls


@pytest.mark.parametrize("path", FILES)
def test_no_float_in_the_exact_code(path):
    literals, calls = floats(path)
    if path not in SOLVERS:
        assert literals == [], "a float literal"
    if path not in HINTS | ASKED:
        assert calls == [], "a call of float()"


@pytest.mark.parametrize("path", sorted(HINTS | ASKED))
def test_the_exceptions_are_needed(path):
    literals, calls = floats(path)
    assert literals or calls, "no float any more: take it off the list"
    assert bool(literals) == (path in SOLVERS)


@pytest.mark.parametrize("path", FILES)
def test_no_tolerance(path):
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    names = {
        str(name).lower()
        for node in ast.walk(tree)
        for name in (getattr(node, "id", None), getattr(node, "arg", None))
    }
    assert not names & {"tol", "tolerance", "eps", "epsilon", "atol", "rtol"}


@pytest.mark.parametrize("call", ["x == 0.5", "float(x) < 1", "y = 1j", '{"x": 0.5}'])
def test_the_alarm_rings(call, tmp_path, monkeypatch):
    monkeypatch.setitem(globals(), "ROOT", tmp_path)
    (tmp_path / "exact.py").write_text(call, encoding="utf-8")
    assert any(floats("exact.py"))


def test_what_is_shown_is_no_alarm(tmp_path, monkeypatch):
    monkeypatch.setitem(globals(), "ROOT", tmp_path)
    method = "def __float__(self):\n    return float(self.x)\n"
    shown = 'f"{float(x):.3g} {0.5}"\n{"x_float": float(x)}\n' + method
    (tmp_path / "exact.py").write_text(shown, encoding="utf-8")
    assert floats("exact.py") == ([], [])
