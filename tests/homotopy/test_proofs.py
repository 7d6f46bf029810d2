"""What proves a path: stretches against solves, wrong types refused, relations, events."""

from fractions import Fraction

import pytest

from polytope_nn.errors import Undecided
from polytope_nn.homotopy.algebraic import confirmed
from polytope_nn.homotopy.conditions import Below, Linear
from polytope_nn.homotopy.decay import DecayFamily, square_root
from polytope_nn.homotopy.regime import regime_of
from polytope_nn.homotopy.relations import Relations, related
from polytope_nn.homotopy.sampling import candidate_regimes, samples
from polytope_nn.homotopy.standstill import standing
from polytope_nn.homotopy.stretch import stretch_around
from polytope_nn.homotopy.tracking import tracked
from polytope_nn.homotopy.types import CombinatorialType, event_between
from polytope_nn.search.finding import optimum

from .data import AXES, FOUR, ONE, problem

HALF = Fraction(1, 16)


def started(data, beta):
    family = DecayFamily(problem(data))
    return family, *next(candidate_regimes(family, optimum(family.at(beta)), beta))


def test_a_stretch_encloses_the_optima_in_it():
    family, regime, point = started(FOUR, Fraction(2))
    stretch = stretch_around(regime.curve, point, HALF)
    for step in range(-4, 5):
        t = HALF * step / 4
        O = optimum(family.at(2 + t))
        for x, value, slope, true in zip(
            point.x, stretch.values, point.tangent, (*O.kappa, *O.weights), strict=True
        ):
            assert value.overlaps(true)
            assert (true - x - slope * t).magnitude() < HALF**2 * 4


def test_what_is_left_of_a_stretch_is_of_third_order():
    family, regime, point = started(FOUR, Fraction(2))
    wide, narrow = (stretch_around(regime.curve, point, h) for h in (HALF, HALF / 16))
    pairs = zip(wide.left, narrow.left, strict=True)
    assert all(b.magnitude() * 16**2 * 8 < a.magnitude() for a, b in pairs)
    for t in (-HALF, HALF / 2, HALF):
        O = optimum(family.at(2 + t))
        parts = (point.x, point.tangent, wide.bend, wide.left, (*O.kappa, *O.weights))
        for x, slope, bend, left, true in zip(*parts, strict=True):
            assert left.overlaps(true - x - slope * t - bend * t**2)


def test_rows_that_are_nearly_parallel_are_tracked_to_the_end():
    near = Fraction(1, 10**5)
    family = DecayFamily(problem(([[1, 0], [1, near], [0, 1], [near, 1]], [1, -1, 2, -1])))
    beta = Fraction(1, 2)
    regime, point = next(candidate_regimes(family, optimum(family.at(beta)), beta))
    track = tracked(regime, point, beta - near, beta + beta / 16)
    assert track.below.reached
    assert track.above.reached
    assert track.stretches < 20


def test_slopes_are_enclosed():
    family, regime, point = started(FOUR, Fraction(2))
    stretch = stretch_around(regime.curve, point, HALF)
    low, high = (optimum(family.at(2 + t)) for t in (-HALF, HALF))
    pairs = zip((*low.kappa, *low.weights), (*high.kappa, *high.weights), strict=True)
    for slope, (a, b) in zip(stretch.slopes, pairs, strict=True):
        assert slope.overlaps((b - a) / (2 * HALF))  # a mean value


@pytest.mark.parametrize("condition", ["weight", "value"])
def test_a_condition_and_its_slope(condition):
    _, regime, point = started(FOUR, Fraction(2))
    n = regime.curve.n
    c = (
        Linear((Fraction(0),) * n + (Fraction(1),))
        if condition == "weight"
        else Below(regime.curve.units[0].factor)
    )
    wide = stretch_around(regime.curve, point, HALF)
    ends = []
    for t in (-HALF, HALF):
        beta = 2 + t
        at = regime.curve.point(beta, point.predicted(beta))
        exact = stretch_around(regime.curve, at, Fraction(0))
        assert wide.continues(exact)
        ends.append(c.value(exact))
        assert c.value(wide).overlaps(ends[-1])
    assert c.slope(wide).overlaps((ends[1] - ends[0]) / (2 * HALF))


def test_other_solutions_do_not_continue_a_stretch():
    _, regime, point = started(FOUR, Fraction(2))
    stretch = stretch_around(regime.curve, point, HALF)
    far = regime.curve.point(Fraction(3), point.predicted(Fraction(3)))
    moved = type(far)(Fraction(2), far.x, far.tangent, far.Y)
    with pytest.raises(Undecided):
        stretch_around(regime.curve, moved, Fraction(0))
    assert not stretch.continues(stretch_around(regime.curve, far, Fraction(0)))


def test_a_wrong_type_is_not_proved():
    """Fewer atoms, or an atom on a face that is not its own."""
    family = DecayFamily(problem(FOUR))
    O = optimum(family.at(Fraction(2)))
    keys = [(a.sign, a.covector) for a in O.atoms]
    wrong = [keys[:2], [*keys[:2], (-keys[2][0], keys[2][1])]]
    for atoms in wrong:
        regime = regime_of(family, atoms)
        guess = [*(t.midpoint for t in O.kappa), *(Fraction(1) for _ in atoms)]
        with pytest.raises(Undecided):
            tracked(
                regime, regime.curve.point(Fraction(2), guess), Fraction(1), Fraction(3)
            )


def test_a_type_ends_at_its_breakpoint():
    _, regime, point = started(ONE, Fraction(7))
    track = tracked(regime, point, Fraction(1), Fraction(11))
    assert track.below.lower <= 5 <= track.below.upper
    assert track.above.lower <= 10 <= track.above.upper
    stretch, c = track.below.crossing
    k = (Fraction(3, 5), Fraction(1, 5), Fraction(2, 5), Fraction(-2, 5))
    assert not confirmed(stretch, c, (*k, Fraction(1)), Fraction(5))


def test_an_end_is_the_limit_where_nothing_happens():
    _, regime, point = started(ONE, Fraction(7))
    track = tracked(regime, point, Fraction(6), Fraction(8))
    assert (track.below.lower, track.above.upper) == (6, 8)
    assert track.below.reached
    assert track.above.reached


def test_relations_are_affine():
    known = Relations()
    known.add([Fraction(1), Fraction(1)], Fraction(3))
    known.add([Fraction(1), Fraction(-1)], Fraction(1))
    known.add([Fraction(2), Fraction(0)], Fraction(4))  # follows
    assert len(known.rows) == 2
    assert known.reduced([Fraction(1), Fraction(0)])[0] == (0, 0)
    assert not known.vanishes([Fraction(1), Fraction(0)])
    assert known.vanishes([Fraction(1), Fraction(-2)])


@pytest.mark.parametrize(
    ("data", "beta", "least"),
    [
        (([(0, 1), (1, 1), (2, 1), (-1, 1)], (2, 3, 1, 4)), "13/100", 2),
        # |X'k| = 1 leaves one form, a square root of 1/5, as of rays of length 5^(1/2)
        (([(-2, 2), (-2, -2), (-2, -1), (-1, 2), (-2, 1)], (2, -1, -1, 1, 2)), "1/3", 4),
    ],
)
def test_relations_hold_at_the_optimum(data, beta, least):
    """Ties over the rationals among irrational entries of k: found, and true in the field."""
    family, regime, point = started(data, Fraction(beta))
    O = optimum(family.at(Fraction(beta)))
    stretch = stretch_around(regime.curve, point, Fraction(1, 1000))
    rows = related(regime.curve, stretch.values[: len(O.kappa)]).rows
    assert len(rows) >= least
    for _, row, value in rows:
        assert sum((a * b for a, b in zip(row, O.kappa, strict=True)), Fraction(0)) == value


def test_k_moves_where_it_does_not_stand_still():
    family = DecayFamily(problem(ONE))
    assert standing(family, optimum(family.at(Fraction(2)))) == ()
    octahedron = DecayFamily(problem((AXES, (5,) * 6)))
    (chamber,) = standing(octahedron, optimum(octahedron.at(Fraction(2))))
    assert (chamber.lower, chamber.upper**2) == (0, octahedron.beta_max_squared)


@pytest.mark.parametrize(
    "a, b", [(0, 1), (1, 2), (Fraction(1, 10**9), 1), (5, Fraction(500000001, 10**8))]
)
def test_samples_lie_inside(a, b):
    found = list(samples(Fraction(a), Fraction(b)))
    assert len(set(found)) > 1
    assert all(a < x < b for x in found)


def test_square_roots():
    assert square_root(Fraction(9, 4)) == Fraction(3, 2)
    for x in (Fraction(2), Fraction(125, 3), Fraction(7, 12)):
        assert square_root(x) ** 2 == x
        assert square_root(x) > 0


def kind(*atoms):
    return CombinatorialType(atoms, ((1 << len(atoms)) - 1,))


def test_names_of_events():
    X = tuple(tuple(map(Fraction, x)) for x in [(1, 0), (0, 1)])
    a, b, c = (1, (1, 1)), (1, (1, 0)), (-1, (1, 1))
    assert event_between(kind(a), kind(a, c), X) == "enters"
    assert event_between(kind(a, c), kind(a), X) == "leaves"
    assert event_between(kind(a, c), kind(a), X, idle=[c]) == "leaves"
    assert event_between(kind(a, c), kind(a), X, idle=[]) == "separates"
    assert event_between(kind(a), kind(b), X) == "face"
    assert event_between(kind(b, c), kind(a, c), X) == "face"
    assert event_between(kind(a), kind(a), X) == "wall"
    assert event_between(kind(a), kind(c), X) == "enters"
