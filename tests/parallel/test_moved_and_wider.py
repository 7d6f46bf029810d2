"""What negative rows make up for, and which widths follow from others."""

from fractions import Fraction
from types import SimpleNamespace

import pytest

from polytope_nn.parallel.blocks import Box
from polytope_nn.parallel.counts import widths
from polytope_nn.parallel.counts.enclosed_widths import EnclosedWidth
from polytope_nn.parallel.shifts import Shifts

ONE = Fraction(1)
SIGNS = [-1, 1]
KAPPA = [Fraction(-2), Fraction(3)]


def shifts(seen):
    """Return the shifts of a part that sees two equal rows raised, their sum as given."""
    symbols = [*KAPPA, Fraction(seen), Fraction(0)]

    def named(line):
        symbols.append(sum((t * symbols[q] for q, t in line.items()), Fraction(0)))
        return len(symbols)

    rays = SimpleNamespace(named=named, symbol=lambda t: symbols[t - 1])
    part = SimpleNamespace(sigma=1, raised={0: None, 1: None})
    problem = SimpleNamespace(design=((ONE,), (ONE,)))
    solved = SimpleNamespace(
        rays=rays, problem=problem, parts=[part], places=[{0: 2, 1: 3}], kappa=KAPPA
    )
    return Shifts(solved, (), SIGNS)


@pytest.mark.parametrize(
    ("seen", "inside", "theta"),
    [  # theta kappa_0 + [inside] kappa_1 = seen, and theta is a share
        (2, True, Fraction(1, 2)),
        (1, True, ONE),
        (3, True, Fraction(0)),
        (0, True, None),
        (4, True, None),
        (-1, False, Fraction(1, 2)),
        (2, False, None),
        (-3, False, None),
    ],
)
def test_a_negative_row_makes_up_for_a_positive_one(seen, inside, theta):
    found = shifts(seen).of(Box(1, (1,) if inside else (), (), frozenset()))
    assert [dict(shift.theta) for shift in found] == ([] if theta is None else [{0: theta}])


def test_a_row_that_may_be_inside_is_not_made_up_for():
    assert shifts(2).of(Box(1, (), (1,), frozenset())) == ()
    assert shifts(-1).of(Box(1, (), (1,), frozenset())) == ()


def test_no_branch_wider_than_one_that_exceeds_beta_is_shorter(monkeypatch):
    asked = []
    monkeypatch.setattr(widths, "wider", lambda _, k: asked.append(k) or ("a piece",))
    O = SimpleNamespace(
        problem=SimpleNamespace(inner_width=1),
        leaves=[SimpleNamespace(excluded=True)],
        pieces=(),
    )
    S = widths.TwoWidths(O, {4: ()})
    assert S.pieces(3) == ("a piece",)
    assert (S.pieces(5), S.pieces(4), S.pieces(1), asked) == ((), (), (), [3])


def test_all_are_joined_from_the_sum_of_the_least_and_the_most_or_the_rank_and_one():
    for rank, joined in ((9, 5), (5, 5), (4, 5), (3, 4)):
        graph = SimpleNamespace(rank_at_most=rank)
        own = EnclosedWidth(None, (), 2, 1)
        own.__dict__.update(least=2, greatest=3)
        object.__setattr__(own, "graph", lambda m, graph=graph: graph)  # noqa: ARG005
        assert own.joined_from == joined


@pytest.mark.parametrize(("given", "k", "widest"), [(3, 2, 3), (3, 4, 4), (None, 2, 2)])
def test_points_of_pieces_are_branches_up_to_the_wider_of_two_widths(given, k, widest):
    for excluded in (True, False):
        O = SimpleNamespace(
            problem=SimpleNamespace(inner_width=given),
            leaves=[SimpleNamespace(excluded=excluded)],
        )
        assert EnclosedWidth(O, (), k, 1).rays.widest == (widest if excluded else None)
