"""The resolvent equations: Newton's method, the interval Newton test, silent samples."""

from fractions import Fraction

import pytest

from polytope_nn.dual.resolvent import Resolvent, factor
from polytope_nn.errors import Undecided
from polytope_nn.exact.ball import Ball, ball_vector
from polytope_nn.exact.linear import projector
from polytope_nn.exact.rational import matrix
from polytope_nn.exact.scalar import dot

ONE = Fraction(1)


def square_root_of_two(scale=ONE):
    """One sample x = 1, y = 3: kappa = beta = sqrt 2, (1 + c) kappa = 3."""
    return Resolvent((3 * scale,), (ONE,), 2 * scale**2, (((ONE,),),))


def test_factor_is_the_projected_active_part():
    X = matrix([[1, 2, 0], [0, 1, 1], [1, 0, 0], [0, 0, 0], [2, 0, 1]])
    covector = (1, -1, 0, 0, 1)
    V = factor(X, covector)
    Pi = projector([X[2]], 3)
    for k, (row, x) in enumerate(zip(V, X, strict=True)):
        expected = [dot(p, x) for p in Pi] if covector[k] == 1 else [0] * 3
        assert list(row) == expected


def test_newton_finds_the_root_and_the_box_encloses_it():
    system = square_root_of_two()
    point = system.refined((Fraction(7, 5), Fraction(11, 10)), 200)
    kappa, c = point
    assert abs(kappa.midpoint**2 - 2) < Fraction(1, 1 << 190)
    solution = system.enclosed(point, 160)
    assert solution[0].lower ** 2 < 2 < solution[0].upper ** 2
    assert solution[0].radius < Fraction(1, 1 << 160)
    assert all(v.lower <= 0 <= v.upper for v in system.residual(solution))
    assert abs((1 + c.midpoint) * kappa.midpoint - 3) < Fraction(1, 1 << 190)


@pytest.mark.parametrize("exponent", [-40, -200])
def test_small_scales_need_a_small_unit(exponent):
    scale = Fraction(2) ** exponent
    system = square_root_of_two(scale)
    unit = scale**2  # kappa is of the size of scale, c of 1
    point = system.refined((Fraction(7, 5) * scale, Fraction(11, 10)), 100, unit)
    solution = system.enclosed(point, 60, unit)
    assert solution[0].lower ** 2 < 2 * scale**2 < solution[0].upper ** 2
    assert solution[0].radius < scale / (1 << 60)


def test_a_free_column():
    # kappa_1 + kappa_2 = 0: the mean is fitted freely, and the rest by two opposite atoms
    half = Fraction(1, 2)
    system = Resolvent(
        (Fraction(5), Fraction(1)), (ONE, ONE), ONE, (((half,), (-half,)),), ((ONE, ONE),)
    )
    point = system.refined((ONE, -ONE, ONE, Fraction(3)), 100)
    kappa, c, free = system.split(system.enclosed(point, 80))
    assert 1 in kappa[0]
    assert -1 in kappa[1]
    assert 2 in c[0]
    assert 3 in free[0]


def test_no_convergence():
    # |kappa|^2 = -1 has no real root
    system = Resolvent((ONE,), (ONE,), Fraction(-1), (((ONE,),),))
    with pytest.raises(Undecided, match=r"did not settle|not proved regular"):
        system.refined((Fraction(1, 3), ONE), 100)


def test_the_box_test_fails_far_from_the_root():
    system = square_root_of_two()
    far = ball_vector((Fraction(3, 2), ONE), 300)
    with pytest.raises(Undecided, match=r"interval Newton test .* fails at 160 bits"):
        system.enclosed(far, 160)


def test_the_box_test_refuses_dependent_features():
    V = ((ONE,), (ONE,))
    system = Resolvent((ONE, ONE), (ONE, ONE), ONE, (V, V))
    with pytest.raises(Undecided, match="not proved regular"):
        system.enclosed(ball_vector((ONE / 2, ONE / 2, ONE, ONE), 300), 160)


def test_silent_samples_are_exact():
    zero = Fraction(0)
    system = Resolvent(
        (Fraction(3), Fraction(1, 3), Fraction(2)),
        (ONE, Fraction(1, 2), ONE),
        Fraction(2),
        (((ONE,), (zero,), (zero,)),),
        ((zero, zero, ONE),),
    )
    assert system.silent == {1: Fraction(2, 3)}


def test_without_atoms():
    system = Resolvent((Fraction(3), Fraction(4)), (ONE, Fraction(2)), ONE, ())
    point = system.refined((ONE, ONE), 100)
    assert [t.midpoint for t in point] == [3, 2]
    assert system.silent == {0: 3, 1: 2}


def test_entries_known_from_a_norm():
    zero = Fraction(0)
    # kappa_0^2 = 4; then 2 kappa_0^2 + kappa_1^2 = 9: kappa_1 = 1 or -1; kappa_2 is no root
    system = Resolvent(
        (Fraction(9),) * 3,
        (ONE,) * 3,
        Fraction(4),
        (
            ((ONE, zero), (zero, zero), (zero, zero)),
            ((ONE, zero), (zero, ONE / 2), (zero, zero)),
            ((zero, zero), (zero, zero), (ONE, ONE)),
        ),
    )
    near = [
        Ball.from_interval(t - ONE / 9, t + ONE / 9) for t in (2, 0, Fraction(2**60, 3**37))
    ]
    assert system.known(near) == {0: 2, 1: 0}
    negative = [Ball.from_interval(t - ONE / 9, t + ONE / 9) for t in (-2, 0, 1)]
    assert system.known(negative) == {0: -2, 1: 0}
    wide = [Ball.from_interval(-3, 3)] * 3
    assert system.known(wide) == {}
    none = Resolvent((ONE,), (ONE,), Fraction(-1), (((ONE,),),))
    assert none.known(wide[:1]) == {}
