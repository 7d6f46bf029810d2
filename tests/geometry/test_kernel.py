"""The loops in C and in Python: equal answers, and no wrong one where 64 bits are too few."""

import os
import subprocess
import sys
from fractions import Fraction
from itertools import permutations, product
from math import gcd
from operator import mul
from random import Random

import pytest

from polytope_nn import Polyhedron
from polytope_nn.errors import TooMany
from polytope_nn.geometry.double_description import slice_generators
from polytope_nn.geometry.kernel import rational
from polytope_nn.geometry.kernel.rational import integer_rays

from .in_c import ROOT, built, needs_sources

pytestmark = needs_sources


@pytest.fixture(scope="module")
def compiled(tmp_path_factory):
    """The function in C."""
    return built("_compiled", tmp_path_factory.mktemp("kernel")).cone


@pytest.fixture(scope="module")
def fractions_in_c(tmp_path_factory):
    """The function in C that makes fractions."""
    return built("_fractions", tmp_path_factory.mktemp("kernel")).quotients


def slices():
    """Degenerate slices ``{c >= 0 : A c = b}``: ties, repetitions, empty, a point, unbounded."""
    cells = list(product(range(4), repeat=2))
    sums = [[int(c[axis] == k) for c in cells] for axis in (0, 1) for k in range(4)]
    yield sums, [1] * 8
    yield sums, [4, 3, 2, 1, 1, 2, 3, 4]
    yield sums, [4, 3, 2, 1, 1, 2, 3, 5]  # the sums disagree: empty
    yield [[1, 1, 1], [1, 1, 1]], [0, 0]  # a point
    yield [[1, -1, 0, 0], [0, 0, 1, 1]], [0, 1]  # a ray
    yield [[1] * 70, [i % 2 for i in range(70)], [i % 3 for i in range(70)]], [2, 1, 2]
    yield [[10**12, -1, 0, 10**6], [1, 10**12, -(10**9), 1]], [10**6, 1]
    random = Random(5)  # noqa: S311 - test data
    for k in range(30):
        m, N = random.randint(1, 5), random.randint(2, 11)
        A = [[random.randint(-2, 2) for _ in range(N)] for _ in range(m)]
        if k % 3 == 0:
            A.append([1] * N)
        if k % 4 == 0:
            A.append([2 * x for x in A[0]])
        c = [random.randint(0, 1) for _ in range(N)]
        yield A, [sum(x * t for x, t in zip(row, c, strict=True)) for row in A]


def by(function, monkeypatch, ask, *given):
    monkeypatch.setattr(rational, "_compiled", function)
    return ask(*given)


def generators(A, b):
    rows = [tuple(map(Fraction, row)) for row in A]
    return slice_generators(rows, list(map(Fraction, b)))


def test_slices(compiled, monkeypatch):
    calls = []

    def told(*given):
        calls.append(compiled(*given))
        return calls[-1]

    for A, b in slices():
        found = by(told, monkeypatch, generators, A, b)
        assert found == by(None, monkeypatch, generators, A, b)
    assert sum(call is not None for call in calls) > 30


def forms(H):
    P = Polyhedron.from_inequalities(*H) if isinstance(H, tuple) else None
    P = P or Polyhedron.from_generators(H)
    return P.vertices, P.rays, P.lines, P.facets, P.hull, P.incidence


def test_polyhedra(compiled, monkeypatch):
    random = Random(3)  # noqa: S311 - test data
    cube = [[s * int(i == j) for j in range(5)] for i in range(5) for s in (1, -1)]
    cases = [
        (cube, [1] * 10),
        (cube + cube[:3], [1] * 10 + [2, 1, 0]),
        (cube[:6], [1] * 6),  # with lines
        (cube, [-1] * 10),  # empty
        [[t**k for k in range(1, 5)] for t in range(11)],
        list(permutations(range(4))),
        list(product((0, 1), repeat=6))[::3],
        [[random.randint(-1, 1) for _ in range(4)] for _ in range(16)],
    ]
    for case in cases:
        found = by(compiled, monkeypatch, forms, case)
        assert found == by(None, monkeypatch, forms, case)


def test_what_is_too_long_is_handed_back(compiled, monkeypatch):
    def tick(_):
        return None

    # the first crossing has values near 2^66: too long; read too long; at the very end
    long = [(1, 0, 2**40 + 1, 3), (0, 1, -(2**40) + 15, 2**26 + 1)]
    assert compiled(long, [0, 1], [2, 3], -1, tick, None) is None
    assert compiled([(1, 2**63)], [0], [1], -1, tick, None) is None
    assert compiled([(1, -(2**63))], [0], [1], -1, tick, None) is None
    most = 2**63 - 1
    assert compiled([(1, most)], [0], [1], -1, tick, None) == [(3, (1, most))]
    for rows in (long, [(1, 0, most), (0, 1, -most)], [(1, 0, most), (0, 1, 1 - most)]):
        bound = list(range(2, len(rows[0])))
        found = by(compiled, monkeypatch, integer_rays, rows, [0, 1], bound)
        assert found == by(None, monkeypatch, integer_rays, rows, [0, 1], bound)


def test_too_many_is_said_alike(compiled, monkeypatch):
    rows = [(*(int(i == j) for j in range(4)), v) for i, v in enumerate((1, 1, -1, -1))]
    for function in (compiled, None):
        monkeypatch.setattr(rational, "_compiled", function)
        assert len(integer_rays(rows, range(4), [4], most=6)) == 6
        with pytest.raises(TooMany):
            integer_rays(rows, range(4), [4], most=5)


def test_wrong_input_is_refused(compiled):
    for *given, back in (
        ([], [], [], None),
        ([(1,)], [1], [], None),
        ([(1,)], [0], [1], None),
        ([(1,), (1, 2)], [0, 0], [], None),
        ([(1,)], [0], [], []),
        ([(1,)], [0], [], [1]),
        ([(1, 0), (0, 1)], [0, 1], [], [(1,), (1, 2)]),
    ):
        with pytest.raises(ValueError, match=r"row|column"):
            compiled(*given, -1, print, back)
    with pytest.raises(TypeError):
        compiled([("1",)], [0], [], -1, print, None)


def test_rays_put_through_a_matrix(compiled, monkeypatch):
    """As each ray times the matrix, also where 63 bits hold the rays and not the product."""
    rows, free, bound = [(1, 0, 0, 2), (0, 1, 0, -3), (0, 0, 1, 5)], [0, 1, 2], [3]
    rays = [(S, [x[j] for j in free]) for S, x in integer_rays(rows, free, bound)]
    for back in (
        [(1, 2, 4, 0), (6, 3, 9, 1), (0, 0, 7, -2)],
        [(2**62, 1), (2**61 - 1, 0), (5, 7)],
        [(2**63, 1), (1, 2**63), (1, 1)],
    ):
        expected = []
        for S, x in rays:
            y = [sum(map(mul, x, column)) for column in zip(*back, strict=True)]
            expected.append((S, tuple(v // gcd(*y) for v in y)))
        for function in (compiled, None):
            found = by(function, monkeypatch, integer_rays, rows, free, bound, None, back)
            assert found == expected


def test_fractions(fractions_in_c, monkeypatch):
    random = Random(8)  # noqa: S311 - test data
    most = 2**63 - 1
    pairs = [((), 3), ((0, 6, -6, most, -most), most), ((most, -most, 2, 0), 6)]
    pairs += [
        (tuple(random.randint(-9, 9) for _ in range(7)), random.randint(1, 12))
        for _ in range(3000)
    ]
    for given in (pairs, [*pairs, ((2**63,), 2)], [((1,), 2**70)]):
        assert (fractions_in_c(given, Fraction) is not None) == (given is pairs)
        expected = tuple(tuple(Fraction(y, t) for y in x) for x, t in given)
        for function in (fractions_in_c, None):
            monkeypatch.setattr(rational, "_fractions", function)
            found = rational.quotients(given)
            assert found == expected  # in lowest terms, as their texts show
            assert str(found) == str(expected)


def test_wrong_pairs_are_refused(fractions_in_c):
    for given in ([(1, 2)], [((1,), 0)], [((1,), -2)], [((1,),)], [[(1,), 2]]):
        with pytest.raises(ValueError, match=r"pairs|positive"):
            fractions_in_c(given, Fraction)
    with pytest.raises(TypeError):
        fractions_in_c([(("1",), 2)], Fraction)
    with pytest.raises(AttributeError):
        fractions_in_c([((1,), 2)], int)


def test_without_a_compiler_the_build_goes_on(tmp_path):
    command = [sys.executable, "setup.py", "-q", "build_ext"]
    places = ["--build-lib", tmp_path / "lib", "--build-temp", tmp_path / "temp"]
    environment = os.environ | {"CC": "no-such-compiler"}
    done = subprocess.run([*command, *places], cwd=ROOT, env=environment, check=False,
                          capture_output=True, text=True)  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert not list(tmp_path.rglob("*.so"))
