"""The faces above the edges in C and in Python: equal answers, sorted alike."""

from array import array
from fractions import Fraction
from itertools import permutations, product
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polytope_nn import Polyhedron, face_lattice
from polytope_nn.errors import Undecided
from polytope_nn.geometry.double_description import slice_vertices
from polytope_nn.geometry.kernel import closure

from .in_c import built, needs_sources

pytestmark = needs_sources


@pytest.fixture(scope="module")
def compiled(tmp_path_factory):
    """The function in C."""
    return built("_closure", tmp_path_factory.mktemp("kernel")).faces


def both(compiled, P, most=None):
    """The lattice by the function in C and by Python, None where there are too many faces."""
    found = []
    for function in (compiled, None):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(closure, "_compiled", function)
            try:
                L = face_lattice(P, most=most)
                found.append((L.faces, L.arcs, L.supports))
            except Undecided as no:
                found.append(str(no))
    return found


def cube(d):
    return [[s * int(i == j) for j in range(d)] for i in range(d) for s in (1, -1)]


def polytopes():
    yield Polyhedron.from_inequalities(cube(4), [1] * 8)
    yield Polyhedron.from_inequalities(cube(3) + cube(3), [1] * 6 + [1, 1, 2, 1, 1, 1])
    yield Polyhedron.from_generators([[t**k for k in range(1, 6)] for t in range(9)])
    yield Polyhedron.from_generators(list(permutations(range(5))))
    yield Polyhedron.from_generators([[0, 0]])  # a point
    yield Polyhedron.from_generators([[0, 0], [0, 2], [0, 1]])  # a segment in the plane
    yield Polyhedron.from_inequalities([[1], [-1]], [-1, -1])  # empty
    yield SimpleNamespace(supports=(0,))  # the point 0
    yield SimpleNamespace(supports=())
    for apart in (10, 12, 21, 32, 64, 90):  # supports of one word and of several
        yield SimpleNamespace(supports=tuple(1 << apart * j for j in range(5)))
        corners = product((0, 1), repeat=3)
        yield SimpleNamespace(
            supports=tuple(
                sum(1 << apart * (2 * j + t) for j, t in enumerate(corner))
                for corner in corners
            )
        )


def test_polytopes(compiled):
    for P in polytopes():
        C, Python = both(compiled, P)
        assert C == Python


def test_the_limit_is_the_same(compiled):
    P = Polyhedron.from_inequalities(cube(3), [1] * 6)  # 28 faces
    for most in (0, 1, 5, 9, 10, 20, 26, 27, 28, 29):
        C, Python = both(compiled, P, most)
        assert C == Python
        assert isinstance(C, str) == (most < 28)


@settings(max_examples=80)
@given(
    st.integers(1, 5).flatmap(
        lambda d: st.lists(
            st.tuples(*[st.integers(-1, 1)] * d), min_size=1, max_size=14, unique=True
        )
    )
)
def test_hulls_of_few_points(compiled, points):
    C, Python = both(compiled, Polyhedron.from_generators(points))
    assert C == Python


@settings(max_examples=80)
@given(
    st.integers(1, 9).flatmap(
        lambda N: st.tuples(
            st.lists(st.tuples(*[st.integers(-1, 2)] * N), max_size=4),
            st.tuples(*[st.integers(0, 1)] * N),
        )
    )
)
def test_slices(compiled, given):
    rows, point = given
    A = [(1,) * len(point), *rows, *rows[:1]]  # bounded; a row is repeated
    b = [sum(x * c for x, c in zip(row, point, strict=True)) for row in A]
    vertices = slice_vertices(
        [tuple(map(Fraction, row)) for row in A], list(map(Fraction, b))
    )
    supports = tuple(sum(1 << i for i, x in enumerate(c) if x) for c in vertices)
    C, Python = both(compiled, SimpleNamespace(supports=supports))
    assert C == Python


def test_wrong_input_is_refused(compiled):
    def words(*items):
        return array("Q", items)

    sound = (1, words(1, 2), array("q", [1, 2]), words(3, 3), -1, lambda *_: None)
    masks, counts, degrees, above = compiled(*sound)
    assert memoryview(masks).cast("Q").tolist() == [1, 2, 3]
    assert memoryview(counts).cast("q").tolist() == [2, 1]
    assert memoryview(degrees).cast("q").tolist() == [1, 1, 0]
    assert memoryview(above).cast("q").tolist() == [3, 3]
    for place, wrong in (
        (0, 0),
        (0, -1),
        (0, 2),
        (1, words(1, 2, 3)),
        (1, b"x"),
        (2, array("q", [1, 3])),
        (2, array("q", [2, 1])),
        (2, array("q", [-1, 2])),
        (3, b"abc"),
    ):
        with pytest.raises(ValueError, match="rows of words"):
            compiled(*sound[:place], wrong, *sound[place + 1 :])


def test_what_the_tick_raises_ends_the_work(compiled):
    def tick(_done, _total):
        raise KeyboardInterrupt

    edges = array("q", [1, 2])
    with pytest.raises(KeyboardInterrupt):
        compiled(1, array("Q", [1, 2]), edges, array("Q", [3, 3]), -1, tick)
