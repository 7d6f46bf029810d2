"""What separates a point from a cone: guessed in floats, proved, and found where floats fail."""

from operator import mul

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polytope_nn.geometry.farkas import integer_alternative
from polytope_nn.search.projecting import separating as module
from polytope_nn.search.projecting.separating import separating

LONG = st.integers(-(10**18), 10**18)


def systems(entries, most):
    """Columns of 6 entries, more of them than are left to exact pivots, and a point."""
    vectors = st.tuples(*[entries] * 6)
    return st.tuples(st.lists(vectors, min_size=17, max_size=most), vectors)


def separates(w, columns, b):
    inside = all(sum(map(mul, w, a)) >= 0 for a in columns)
    return inside and sum(map(mul, w, b)) < 0


@given(systems(LONG, 20) | systems(st.integers(-1, 3), 24))
def test_a_vector_separates_and_there_is_none_just_where_the_cone_has_the_point(system):
    columns, b = system
    w = separating(columns, b)
    inside = integer_alternative(columns, b)[0] is not None
    assert separates(w, columns, b) if w else inside
    assert not (w and inside)


@pytest.fixture
def exactly(monkeypatch):
    """Return the calls that were left to exact pivots."""
    calls = []

    def counted(columns, b):
        calls.append((columns, b))
        return integer_alternative(columns, b)

    monkeypatch.setattr(module, "integer_alternative", counted)
    return calls


FAR = [(1, k, k * k, k**3, k**4, k**5) for k in range(2, 20)]


@pytest.mark.parametrize("size", [1, 10**30])
def test_floats_lead_to_a_vector(exactly, size):
    b = (size, -size, size, size, -size, size)
    assert separates(separating(FAR, b), FAR, b)
    assert not exactly


@pytest.mark.parametrize(
    "b",
    [
        (0, -1, 0, 0, 0, 0),  # masses of a basis are 0
        (1, 0, 0, 0, 0, -(10**400)),  # no float
        tuple(map(sum, zip(*FAR, strict=True))),  # in the cone
    ],
)
def test_what_floats_do_not_decide_is_decided_exactly(exactly, b):
    w = separating(FAR, b)
    assert w == integer_alternative(FAR, b)[1]
    assert exactly


@pytest.mark.parametrize("basis", [[6, 7, 8, 9, 10, 11], [0] * 6, list(range(18, 24))])
def test_a_wrong_guess_is_dropped(exactly, monkeypatch, basis):
    b = tuple(map(sum, zip(*FAR, strict=True)))
    monkeypatch.setattr(module, "_basis", lambda *_given: basis)
    assert separating(FAR, b) == ()
    assert len(exactly) == 1
