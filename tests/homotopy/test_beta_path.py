"""Paths of beta: worked tables, independent solves, degenerate data, both ends."""

import json
from fractions import Fraction
from itertools import pairwise
from random import Random

import pytest

import polytope_nn as pn
from polytope_nn.errors import InstanceError
from polytope_nn.exact.ball import Ball
from polytope_nn.exact.radical import enclosure
from polytope_nn.homotopy.beta_path import beta_path
from polytope_nn.homotopy.decay import DecayFamily
from polytope_nn.homotopy.types import CombinatorialType
from polytope_nn.problems.training import TrainingProblem
from polytope_nn.report.beta_path import beta_path_fields, beta_path_page
from polytope_nn.report.figures.beta_figure import beta_figure

from .data import AXES, FALLING, FOUR, LINE, ONE, numbers, problem, solves

# lower end to nine digits, atoms, m*, M*, threshold, event: the tables of the theory
TABLES = {
    "four": (
        FOUR,
        [
            ("4.369533514", 1, 1, 1, 1, "enters"),
            ("4.079672139", 2, 2, 2, 3, "enters"),
            ("0.111803398", 3, 3, 3, 4, "end"),
        ],
    ),
    "line": (
        LINE,
        [
            ("2.023560599", 1, 1, 1, 1, "enters"),
            ("0.457823420", 2, 2, 2, 3, "enters"),
            ("0.448996362", 3, 3, 3, 4, "face"),
            ("0.395732806", 3, 3, 3, 4, "enters"),
            ("0.265721425", 4, 4, 4, 5, "leaves"),
            ("0.261203874", 3, 3, 3, 4, "enters"),
            ("0.253447879", 4, 4, 4, 5, "enters"),
            ("0.143890120", 6, 5, 5, 6, "wall"),
            ("0.042426406", 6, 5, 5, 6, "end"),
        ],
    ),
    "one": (ONE, [("5", 1, 1, 1, 1, "enters"), ("0.1", 2, 2, 2, 3, "end")]),
    "falling": (
        FALLING,
        [
            ("2.678780133", 1, 1, 1, 1, "enters"),
            ("0.371017757", 2, 2, 2, 3, "enters"),
            ("0.315271783", 3, 3, 3, 4, "leaves"),
            ("0.084852813", 2, 2, 2, 3, "end"),
        ],
    ),
}


@pytest.fixture(scope="module")
def paths():
    return {name: beta_path(problem(data)) for name, (data, _) in TABLES.items()}


@pytest.mark.parametrize("name", TABLES)
def test_worked_tables(paths, name):
    intervals = paths[name].intervals
    for i, (lower, *counts, event) in zip(intervals, TABLES[name][1], strict=True):
        low, high = enclosure(i.lower)
        assert abs(low - Fraction(lower)) < Fraction(1, 10**9)
        assert high - low < Fraction(1, 10**9)
        assert (*numbers(i.type), i.event) == (*counts, event)
        assert i.proved == 1
    assert paths[name].proved == 1


@pytest.mark.parametrize("name", TABLES)
def test_solves_inside_every_interval(paths, name):
    solves(TABLES[name][0], paths[name], len(TABLES[name][1]) + 1)


@pytest.mark.deep
@pytest.mark.parametrize("name", TABLES)
def test_twenty_solves(paths, name):
    solves(TABLES[name][0], paths[name])


@pytest.mark.parametrize(
    ("X", "y"),
    [
        pytest.param(AXES, (11, 5, 10, 6, 9, 7), marks=pytest.mark.deep),
        (AXES, (9, 4, 8, 8, 3, 7)),  # four atoms of rank 3 that move
        ([*AXES[:4], (2, 0, 0)], (5, 2, 4, 4, 3)),
    ],
)
def test_dependent_atoms_that_move(X, y):
    found = beta_path(problem((X, y)))
    assert found.proved == 1
    assert any(i.type.n_atoms > i.type.M_star for i in found.intervals)
    solves((X, y), found, 8)


@pytest.mark.parametrize("name", TABLES)
def test_neighbours_share_their_breakpoint(paths, name):
    intervals = paths[name].intervals
    assert intervals[0].upper == paths[name].beta_max
    assert all(a.lower is b.upper for a, b in pairwise(intervals))


def test_exact_breakpoints(paths):
    first = paths["four"].intervals[0].lower
    # beta = sqrt(5) (sqrt(466) - 4) / 9
    assert (first**2 * 81 / 5 - 450) ** 2 == first**2 * 72**2 / 5
    assert isinstance(paths["four"].intervals[1].lower, Ball)  # of high degree
    assert paths["one"].intervals[0].lower == 5


def test_m_star_is_not_monotone(paths):
    assert [i.type.m_star for i in paths["falling"].intervals] == [1, 2, 3, 2]


@pytest.mark.parametrize(
    "q, start, lower, vertices",
    [
        ((1, 0, 0), 12, [], [10]),
        ((2, 1, 0), 10, [5], None),
        ((3, 2, 1), "8.6", [4, 2], [8, 11, 14]),
    ],
)
def test_chambers_of_a_ray_phase(q, start, lower, vertices):
    y = [v for t in q for v in (8 + t, 8 - t)]
    found = beta_path(problem((AXES, y)), start=start, end=Fraction(1, 2))
    assert all(i.proved == 1 and i.type.n_atoms == 8 for i in found.intervals)
    assert [i.lower**2 for i in found.intervals[:-1]] == [3 * s * s for s in lower]
    assert {i.event for i in found.intervals[:-1]} <= {"wall"}
    if vertices:
        assert [len(i.type.supports) for i in found.intervals] == vertices
    solves((AXES, y), found, 4)


DEGENERATE = {
    "a zero row": ([(0, 0), (1, 2), (-1, 1)], (3, 1, 2)),
    "repeated rows": ([(1, 2), (1, 2), (-1, 1), (2, -1)], (3, 1, 2, -1)),
    "multiples": (
        [(0, 0), (1, 2), (2, 4), (-1, 1), (-1, -2), (3, -3)],
        (9, 3, 1, 2, 1, -4),
    ),
    "opposite rows": ([(1, 2), (-1, -2), (-1, 1), (2, -1)], (3, 1, 2, -1)),
    "one sample": ([(1, 2)], (-3,)),
    "rank 1": ([(1, 2), (2, 4), (-1, -2)], (3, 1, 2)),
    "orthogonal": ([(2, 0), (0, 2)], (3, -1)),
    "odd": ([(x, 1) for x in (-2, -1, 0, 1, 2)], (4, 1, 0, -1, -4)),
    "even": ([(x, 1) for x in (-2, -1, 1, 2)], (3, -1, -1, 3)),
    "A2": ([(1, -1, 0), (0, 1, -1)], (2, 2)),
    "square": ([(1, 0), (-1, 0), (0, 1), (0, -1)], (3, 3, 3, 3)),
    "octahedron": (AXES, (5,) * 6),
    "mirrored": ([(1, 0), (0, 1), (1, 1), (1, -1)], (1, 1, 2, 0)),
    "irrational tie": ([(0, 1), (1, 1), (2, 1), (-1, 1)], (2, 3, 1, 4)),
}


@pytest.mark.parametrize(
    "name",  # the multiples are zero, repeated and opposite rows together
    [
        pytest.param(x, marks=pytest.mark.deep) if x == "multiples" else x
        for x in DEGENERATE
    ],
)
def test_degenerate_data(name):
    found = beta_path(problem(DEGENERATE[name]))
    assert found.proved == 1
    solves(DEGENERATE[name], found, 6)


def test_labels_that_no_network_tells_apart_do_not_move_the_path():
    """Two labels at one sample: their difference falls out, and a phase stands still."""
    data = ([[x] for x in (0, -2, 2, -3, -3, -1)], (1, -4, 3, 4, -2, 4))
    found = beta_path(problem(data, bias="penalised"), start="0.3", end="0.1")
    assert [(i.event, i.proved) for i in found.intervals] == [("wall", 1), ("end", 1)]
    assert not isinstance(found.intervals[0].lower, Ball)
    solves(data, found, 4, bias="penalised")


def test_a_norm_that_leaves_one_form_is_tied_to_the_length_of_a_ray():
    """A multiplier is 0 for all beta, since a pull and a ray are multiples of one root."""
    X = [(-1, 2), (-2, 2), (-2, -2), (-2, -1), (-1, 2), (-2, 1)]
    data = (X, (1, 2, -1, -1, 1, 2))
    found = beta_path(problem(data), start="0.569", end="0.32")
    assert [(i.type.n_atoms, i.proved) for i in found.intervals] == [(4, 1)]
    solves(data, found, 4)


def test_a_form_in_a_rational_ratio_to_the_root_of_a_ray():
    """kappa_1 = beta/sqrt(6), and |P(kappa_1 x_1 + kappa_3 x_3)| = beta: kappa_3 is 4/3 of it.

    So the pull lies on the wall of sample 2, for all beta of the piece: a multiplier is 0.
    """
    data = ([(2, -1, 1), (-1, 0, -2), (-1, -1, -1)], (2, -2, 2))
    found = beta_path(problem(data), start="7/2", end=1)
    assert [(i.type.n_atoms, i.proved) for i in found.intervals] == [(2, 1), (3, 1), (2, 1)]
    solves(data, found, 4)


def test_merged_rows():
    X = [(2, 4), (0, 0), (1, 2), (-1, -2), ("1/2", 1)]
    D = TrainingProblem(X, (1, 5, 2, 3, -4), beta=1, weights=[1, 1, 2, 3, 4])
    reduced = DecayFamily(D).reduced
    small = reduced.family.problem
    assert reduced.places == (0, None, 0, 1, 0)
    assert (small.X, reduced.unit) == (((2, 4), (-1, -2)), 1)
    weight = 1 + Fraction(2, 4) + Fraction(4, 16)
    label = (1 + Fraction(2 * 2, 2) - Fraction(4 * 4, 4)) / weight
    assert (small.weights, small.y) == ((weight, 3), (label, 3))
    T = CombinatorialType(((1, (1, -1)),), (1,))
    assert reduced.lifted(T).atoms == ((1, (1, 0, 1, -1, 1)),)


def test_orthogonal_rows_have_two_breakpoints():
    """Rows of length l: kappa is y min(1, beta / (l |y|)) on the rows of each sign."""
    found = beta_path(problem(([(2, 0), (0, 2)], (3, -1))))
    assert [(i.lower, i.upper) for i in found.intervals] == [(2, 6), (Fraction(3, 50), 2)]


@pytest.mark.parametrize("data", [([(1, 2), (2, 1)], (0, 0)), ([(0, 0), (2, 1)], (5, 0))])
def test_no_neuron_at_any_beta(data):
    found = beta_path(problem(data))
    assert (found.beta_max, found.intervals, found.proved) == (0, (), 1)


@pytest.mark.parametrize("scale", [10**12, Fraction(1, 10**12)])
def test_a_path_scales(scale):
    X, y = FOUR
    scaled = beta_path(problem(([[t * scale for t in x] for x in X], y)))
    assert [numbers(i.type) for i in scaled.intervals] == [
        counts[1:5] for counts in TABLES["four"][1]
    ]
    low = enclosure(scaled.intervals[1].lower)[0] / scale
    assert abs(low - Fraction("4.079672139")) < Fraction(1, 10**8)


def test_weights_and_a_bias():
    data = ([[x] for x in (-2, -1, 0, 1, 3)], (1, -1, 2, 0, 1))
    more = {"weights": [1, 2, 1, 1, "1/2"], "bias": "penalised"}
    found = beta_path(problem(data, **more), end=Fraction(1, 2))
    assert found.proved == 1
    solves(data, found, 8, **more)
    plain = beta_path(problem(data, bias="penalised"), end=1)
    assert plain.intervals[0].type == beta_path(problem(LINE), end=1).intervals[0].type


def test_a_path_to_zero_and_its_limit():
    found = beta_path(problem(FOUR), end=0)
    assert found.intervals[-1].lower == 0
    assert found.proved == 1
    assert (found.limit.m_star, len(found.limit.atoms)) == (3, 3)
    assert beta_path(problem(FOUR), end=1).limit is None


def test_a_start_above_beta_max():
    found = beta_path(problem(ONE), start=20, end=6)
    assert [(i.lower, i.upper, numbers(i.type)) for i in found.intervals] == [
        (10, 20, (0, 0, 0, 0)),
        (6, 10, (1, 1, 1, 1)),
    ]
    assert beta_path(problem(ONE), start=20, end=15).intervals[0].event == "end"


def test_ends_inside_an_interval():
    (only,) = beta_path(problem(FOUR), start="4.2", end="4.1").intervals
    assert (only.lower, only.upper, only.proved) == (Fraction("4.1"), Fraction("4.2"), 1)
    assert only.type.n_atoms == 2


@pytest.mark.parametrize(
    "more, message",
    [
        ({"loss": "absolute"}, "loss"),
        ({"bias": "free"}, "bias"),
        ({"skip": "linear"}, "skip"),
        ({"skip": "constant"}, "skip"),
    ],
)
def test_other_problems_are_refused(more, message):
    with pytest.raises(InstanceError, match=message):
        beta_path(problem(FOUR, **more))


@pytest.mark.parametrize(
    "ends", [{"start": 1, "end": 2}, {"end": 30}, {"start": 0}, {"end": -1}]
)
def test_ends_are_refused(ends):
    with pytest.raises(InstanceError, match="--"):
        beta_path(problem(FOUR), **ends)


def test_public_names():
    assert pn.beta_path is beta_path
    assert repr(pn.beta_path(problem(ONE))) == "BetaPath(intervals=2, proved=1)"


@pytest.mark.parametrize("seed", [0, pytest.param(1, marks=pytest.mark.deep)])
def test_random_data(seed):
    random = Random(seed)  # noqa: S311 - data
    X = [[random.randint(-4, 4) for _ in range(2)] for _ in range(4)]
    y = [random.randint(-5, 5) for _ in range(4)]
    found = beta_path(TrainingProblem(X, y, beta=1))
    assert found.proved == 1
    solves((X, y), found)


@pytest.mark.deep
@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("d", [2, 3])
def test_random_data_are_tiled(seed, d):
    random = Random(f"{seed} {d}")  # noqa: S311 - data
    n = random.randint(3, 6)
    X = [[random.randint(-4, 4) for _ in range(d)] for _ in range(n)]
    y = [random.randint(-5, 5) for _ in range(n)]
    found = beta_path(TrainingProblem(X, y, beta=1))
    assert found.proved > Fraction(999, 1000)
    if found.intervals:
        solves((X, y), found)


def test_a_path_that_takes_too_long_ends_and_names_what_is_left(monkeypatch):
    monkeypatch.setattr("polytope_nn.homotopy.beta_path._WORK", 100)
    found = beta_path(problem(FOUR))
    assert 0 < found.proved < 1
    ends = [enclosure(t) for t in (found.beta_max, found.intervals[-1].lower)]
    assert enclosure(found.intervals[0].upper)[1] >= ends[0][0]
    assert ends[1][0] <= Fraction("0.11180339888") <= ends[1][1] + Fraction(1, 10**9)
    for i, j in pairwise(found.intervals):
        assert enclosure(i.lower)[0] <= enclosure(j.upper)[1]


RATIONAL_RAYS = ([(-1, 2, 1), (-2, 2, 1), (0, -2, 1)], (4, -3, 4))


def test_an_atom_between_rays_whose_lengths_have_a_rational_proportion():
    """Its feature is a combination of theirs for each k that keeps them tight, not for others."""
    found = beta_path(problem(RATIONAL_RAYS), start=3, end="13/5")
    assert [i.type.n_atoms for i in found.intervals] == [2, 3, 4]
    assert found.proved > 1 - Fraction(1, 10**9)
    for beta, atoms in ((2.9, 2), (2.8, 3), (2.7, 3), (2.62, 4)):  # one beta at a time
        D = TrainingProblem(*RATIONAL_RAYS, beta=str(beta))
        assert len(pn.optimum(D).atoms) == atoms


def test_of_what_is_not_proved_no_type_is_told(monkeypatch):
    """One optimum inside is no proof of what is around it: here 2 and 3 atoms are in one gap."""
    monkeypatch.setattr(
        "polytope_nn.homotopy.beta_path.candidate_regimes", lambda *_: iter(())
    )
    found = beta_path(problem(RATIONAL_RAYS), start=3, end="5/2")
    left = [i for i in found.intervals if not i.proved]
    assert left
    assert all(i.type is None and i.event in {"wall", "end"} for i in left)
    assert [i.type is None for i in found.intervals] == [
        not i.proved for i in found.intervals
    ]
    assert b"<svg" in beta_figure(found, "unproved", ".svg")
    assert '"n_atoms": null' in json.dumps(beta_path_fields(found), default=str)
    assert any(" ?  " in line for line in beta_path_page(found))
