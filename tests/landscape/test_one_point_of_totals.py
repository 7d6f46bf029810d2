"""Classes of atoms with one feature, whose totals are one point: those of any weights known."""

from dataclasses import replace
from fractions import Fraction

from polytope_nn import TrainingProblem, optimal_polytope, optimum


def test_the_total_of_a_class_is_the_sum_of_its_weights():
    """Beside a linear skip both neurons of one sample and its opposite have half of |x|."""
    O = optimum(TrainingProblem([[1], [-1]], [3, 3], beta="1/2", skip="linear"))
    P = optimal_polytope(O)
    assert (O.level, P.classes, O.rank) == ("exact", ((0, 1),), 1)
    total = sum(O.weights, Fraction(0))
    assert P.masses == ((total,),)
    for share in (Fraction(0), Fraction(1, 3), Fraction(1)):
        moved = replace(O, weights=(share * total, (1 - share) * total))
        assert optimal_polytope(moved).masses == ((total,),)
