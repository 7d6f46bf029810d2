"""What presses, in floats."""

from fractions import Fraction

from polytope_nn.search.floats import Hints
from polytope_nn.search.pressing import ConicHint
from tests.oracles.worked import WORKED


def test_what_presses_is_sorted_and_long():
    D = WORKED[5].problem()
    hints = Hints(D.design, D.beta_squared)
    conic = ConicHint(hints, D.unit.charts[0])
    scaled = hints.scaled([Fraction(t) for t in (1, 1, 1, 1, 1, 2)])
    found = [*conic.pressing(scaled, 1 + 1e-9)]
    assert [f.length for f in found] == sorted((f.length for f in found), reverse=True)
    assert {f.sign for f in found} == {1}
    assert len(found) == 4  # the octants with the last row active
    assert not [*conic.pressing(scaled, 10)]
