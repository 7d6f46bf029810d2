"""Tables in both widths against label cells and linear programs, on data of no special form."""

from collections import Counter

import pytest

from polytope_nn.errors import DimensionError, Undecided
from polytope_nn.parallel.counts.enclosed_widths import EnclosedWidth
from polytope_nn.parallel.counts.widths import two_widths
from polytope_nn.parallel.finding import parallel_optimum
from polytope_nn.parallel.problem import ParallelProblem
from polytope_nn.report.three_layer import three_layer_fields, three_layer_page
from tests.landscape.planted import seeded
from tests.oracles.label_cells import counted

WIDTHS = (1, 1), (1, 2), (1, 3), (2, 1), (2, 2), (3, 1), (3, 2)


def instances(seed, number):
    rng = seeded(seed)
    for _ in range(number):
        n, d, most = rng.randint(2, 5), rng.randint(1, 3), rng.choice([1, 2, 3])
        X = [[rng.randint(-most, most) for _ in range(d)] for _ in range(n)]
        y = [rng.randint(-4, 4) for _ in range(n)]
        beta, k = rng.choice(["1/10", "1/2", "1"]), rng.choice([None, None, 2])
        yield ParallelProblem(X, y, beta=beta, inner_width=k)


def compared(problems):
    """Compare what both count, and return how often by level and count."""
    seen = Counter()
    for problem in problems:
        try:
            O = parallel_optimum(problem)
        except Undecided:
            continue
        if O.vanishes or O.missing:
            continue
        S = two_widths(O)
        for m, k in WIDTHS:
            try:
                step = S[m, k]
            except DimensionError:  # kappa is not optimal for this inner width
                continue
            own = None if step.refused else counted(O.fit, S.pieces(k), m, k)
            if own is not None:
                assert own == (step.components, step.isolated), (problem, m, k)
                seen[O.level, min(step.components, 2)] += 1
    return seen


@pytest.mark.parametrize("seed", [0, 1])
def test_tables_of_random_data(seed):
    seen = compared(instances(seed, 4))
    assert sum(seen.values()) > 12


@pytest.mark.deep
def test_tables_of_more_random_data():
    """Exact numbers and balls, none, one and several components."""
    seen = compared(instances(7, 30))
    assert min(seen[level, t] for level in ("exact", "interval") for t in range(3)) > 2


def test_a_table_in_balls():
    """Two components with and without an isolated point."""
    X, y = [[-1, -1], [2, -1], [1, -2], [-1, 1]], [1, -2, -4, 2]
    O = parallel_optimum(ParallelProblem(X, y, beta="1/10", inner_width=2))
    assert O.level == "interval"
    S, found = two_widths(O), []
    for m, k in ((1, 2), (2, 1), (2, 2)):
        found.append(counted(O.fit, S.pieces(k), m, k))
        assert found[-1] == (S[m, k].components, S[m, k].isolated)
    assert found[:2] == [(0, 0), (0, 0)]
    assert found[2][0] > 1


def test_rows_below_a_least_width_that_is_open(monkeypatch):
    """Too many choices of pieces at m*(2) = 4: no network has fewer branches, all the same."""
    X, y = [[1, -2], [-2, 0], [1, 0], [1, -1], [0, -2]], [0, 4, -1, 2, -4]
    O = parallel_optimum(ParallelProblem(X, y, beta="1/10", inner_width=2))
    assert two_widths(O).m_star(2) == 4

    def left_open(_):
        raise Undecided("792 choices of pieces, more than 300")

    monkeypatch.setattr(EnclosedWidth, "least", property(left_open))
    S = two_widths(O)
    table = S.table(4, 2)
    told = [(1, 0), (2, 0), (3, 0), (4, None)]
    assert [(s.m, s.components) for s in table if s.k == 2] == told
    assert counted(O.fit, S.pieces(2), 1, 2) == (0, 0)
    assert three_layer_fields(S, table, [], 2)["m_star_at_least"]["2"] == 4
    page = three_layer_page(S, table, [])
    assert "m*(k)  > 3" in page
    assert "?: m*(2): 792 choices of pieces" in page
