"""The dual optimum by trees of cones, against the search over all topes."""

from dataclasses import dataclass, replace
from fractions import Fraction
from random import Random

import numpy as np
import pytest

from polytope_nn import TrainingProblem, optimum
from polytope_nn.errors import Undecided
from polytope_nn.exact.rational import matrix, vector
from polytope_nn.search.cone_search import found_by_cones
from polytope_nn.search.cones import growing, searching
from polytope_nn.search.cones.ascents import all_climbed, climbed, climbed_on_sides
from polytope_nn.search.cones.asked import in_floats
from polytope_nn.search.cones.floats import FloatForm
from polytope_nn.search.cones.linear import faces_of_either_phase
from polytope_nn.search.cones.pools import pool, separation
from polytope_nn.search.cones.pools.problem import no_peaks
from polytope_nn.search.programs.nonnegative import nonnegative


@dataclass(frozen=True)
class Asked:
    rows: tuple
    y: tuple
    weights: tuple
    beta_squared: Fraction
    columns: tuple = ()
    free_bias: bool = False


def asked(D, columns=(), *, free_bias=False):
    rows = D.X if free_bias else D.design
    return Asked(rows, D.y, D.weights, D.beta_squared, tuple(columns), free_bias)


def instance(seed, n, d, beta):
    random = Random(seed)  # noqa: S311 - test data
    X = [[random.randint(-99, 99) for _ in range(d)] for _ in range(n)]
    y = [random.randint(-99, 99) for _ in range(n)]
    weights = [random.randint(1, 3) for _ in range(n)]
    return TrainingProblem(X, y, beta=beta, weights=weights)


def overlap(x, y):
    """Whether two numbers, exact or balls, may be one."""
    (a, b), (c, d) = (
        (t, t)
        if isinstance(t, Fraction)
        else (t.enclosure(200).lower, t.enclosure(200).upper)
        for t in (x, y)
    )
    return a <= d and c <= b


@pytest.mark.parametrize(
    "seed, n, d, columns", [(0, 24, 2, 0), (1, 30, 2, 0), (2, 14, 3, 1)]
)
def test_opposite_atoms_make_a_linear_map_free(seed, n, d, columns):
    """Small beta: X'kappa = 0, and each atom of a sign has its opposite."""
    random = Random(seed)  # noqa: S311 - test data
    X = [[random.randint(-99, 99) for _ in range(d)] for _ in range(n)]
    y = [random.randint(-99, 99) for _ in range(n)]
    Z = [[1] * n][:columns]
    D = TrainingProblem(X, y, beta=600, skip="constant" if columns else "none")
    found, known = (
        found_by_cones(asked(D, [tuple(map(Fraction, z)) for z in Z])),
        optimum(D),
    )
    keys = {(a.sign, a.covector) for a in found.atoms}
    assert keys == {(a.sign, a.covector) for a in known.atoms}
    assert all((s, tuple(-t for t in c)) in keys for s, c in keys)
    assert overlap(found.value, known.value)
    used = [a for a, c in zip(found.atoms, found.used, strict=False) if c > 0]
    assert len(used) > 2


@pytest.mark.parametrize("seed", range(8))
def test_it_is_the_optimum_of_the_topes(seed):
    D = instance(seed, 8 + seed, 2 + seed % 2, 9000 * (1 + seed % 3))
    found, known = found_by_cones(asked(D)), optimum(D)
    assert [(a.sign, a.covector) for a in found.atoms] == [
        (a.sign, a.covector) for a in known.atoms
    ]
    assert overlap(found.value, known.value)
    assert all(map(overlap, found.kappa, known.kappa))


def test_no_neuron_is_worth_its_price():
    D = TrainingProblem([[1, 2], [3, 1]], [1, 1], beta=100)
    found = found_by_cones(asked(D))
    assert (found.level, found.kappa, found.atoms) == ("exact", D.y, ())
    assert found.value == 1


def test_a_rational_optimum_is_exact():
    D = TrainingProblem([[1, -1, 0], [0, 1, -1]], [2, 2], beta_squared=2)
    found = found_by_cones(asked(D))
    assert (found.level, found.kappa, len(found.atoms)) == ("exact", (1, 1), 3)


@pytest.mark.parametrize("seed", range(3))
def test_a_constant_that_is_free(seed):
    D = instance(seed, 9, 2, 9000)
    found = found_by_cones(asked(D, [vector([1] * 9)]))
    assert found.value <= optimum(D).value  # the constant 0 is one of those
    moved = replace(asked(D, [vector([1] * 9)]), y=tuple(t + 5 for t in D.y))
    assert overlap(found_by_cones(moved).value, found.value)
    total = sum(found.kappa, Fraction(0))
    assert not isinstance(total, Fraction) or total == 0
    assert overlap(total, Fraction(0))


def test_a_free_bias():
    X = matrix([[k, (k * k) % 7] for k in range(9)])
    D = TrainingProblem(X, [3, -1, 4, 1, -5, 9, 2, -6, 5], beta=4, bias="free")
    found = found_by_cones(asked(D, [vector([1] * 9)], free_bias=True))
    known = optimum(D)
    assert overlap(found.value, known.value)
    assert [(a.sign, a.covector) for a in found.atoms] == [
        (a.sign, a.covector) for a in known.atoms
    ]


def test_what_is_not_found_is_not_returned(monkeypatch):
    monkeypatch.setattr(pool, "_ROUNDS", 1)
    with pytest.raises(Undecided, match="no consistent set"):
        found_by_cones(asked(instance(1, 9, 2, 900)))


@pytest.mark.parametrize("d", [2, pytest.param(3, marks=pytest.mark.deep)])
def test_climbing_from_many_directions_finds_what_trees_alone_find(monkeypatch, d):
    floats, _ = in_floats(asked(instance(2, 9, d, 1500)))
    found = pool.pooled(floats, faces_of_either_phase)
    monkeypatch.setattr(pool, "spread", lambda _: [])
    other = pool.pooled(floats, faces_of_either_phase)
    assert np.abs(found.kappa - other.kappa).max() < 1e-12
    for one, two in [(found, other), (other, found)]:
        for s, top in zip(one.signs, one.tops, strict=True):
            pairs = zip(two.signs, two.tops, strict=True)
            assert any(s == t and np.abs(top.u - z.u).max() < 1e-9 for t, z in pairs)


def test_directions_that_climbing_does_not_find_are_found_by_trees(monkeypatch):
    """From one direction alone little is found: trees show the rest, or their search is begun."""
    floats, _ = in_floats(asked(instance(2, 9, 2, 1500)))
    known = pool.pooled(floats, faces_of_either_phase)
    monkeypatch.setattr(separation, "_DIRECTIONS", 1)
    found = pool.pooled(floats, faces_of_either_phase)
    assert np.abs(found.kappa - known.kappa).max() < 1e-12
    assert len(found.tops) == len(known.tops)


def test_ascents_in_step_are_those_alone():
    """Each ends where no direction nearby is higher, and not below its start."""
    form, _ = above()
    U = np.random.default_rng(1).standard_normal((40, 3))
    tops = all_climbed(form, U)
    assert sum(top is not None for top in tops) > 30
    values = form.values(U) / np.linalg.norm(U, axis=1)
    for u, value, top in zip(U, values, tops, strict=True):
        alone = climbed(form, u)
        if top is None or alone is None:  # from below 0 rounding leads, or nothing does
            assert value < 0
            continue
        assert (alone.covector == top.covector).all()
        assert abs(alone.value - top.value) < 1e-12
        assert top.value >= value
        around = top.u + 1e-5 * np.random.default_rng(2).standard_normal((200, 3))
        assert (form.values(around) <= top.value * np.linalg.norm(around, axis=1)).all()
    high = int(np.argmax(values))
    below, same = climbed_on_sides(form, [-1, 1], [U[high], U[high]])
    assert same is not None
    assert same.value == pytest.approx(tops[high].value)
    assert below is not None
    assert below.value == pytest.approx(-form.values(below.u[None])[0])
    assert all_climbed(form, []) == []


def test_atoms_in_use_lead_cones_that_look_for_idle_ones(monkeypatch):
    """Beside known maxima none is lost, and no traceback ends it, where cones grow too long."""
    D = instance(1, 9, 2, 900)
    known = found_by_cones(asked(D))
    monkeypatch.setattr(searching, "grown", too_long)
    found = found_by_cones(asked(D))
    assert [a.key for a in found.atoms] == [a.key for a in known.atoms]


def too_long(*_, **__):
    raise OverflowError("generators beyond floats")


@pytest.mark.deep
def test_a_problem_of_which_cones_alone_grew_too_long():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(30, 4))
    W, alpha = rng.normal(size=(4, 4)), rng.normal(size=4)
    y = np.maximum(X @ W.T, 0) @ alpha + 0.1 * rng.normal(size=30)
    rows = [[Fraction(round(100 * t), 100) for t in row] for row in X]
    labels = [Fraction(round(100 * t), 100) for t in y]
    D = TrainingProblem(rows, labels, beta_squared=Fraction(3, 40))
    found = found_by_cones(asked(D))
    assert found.level == "interval"
    assert len(found.atoms) >= 4


def test_nonnegative_least_squares():
    rng = np.random.default_rng(5)
    for _ in range(40):
        A = rng.normal(size=(rng.integers(1, 6), rng.integers(1, 9)))
        b = rng.normal(size=len(A))
        x = nonnegative(A, b)
        slope = A.T @ (b - A @ x)
        assert (x >= 0).all()
        assert slope.max() < 1e-9
        assert np.abs(slope * x).max() < 1e-9


def above():
    """A form that exceeds beta here and there, and its values by definition."""
    rng = np.random.default_rng(0)
    rows = rng.standard_normal((100, 3))
    rows /= np.linalg.norm(rows, axis=1)[:, None]
    weights = rng.standard_normal(100)
    weights -= rows @ np.linalg.lstsq(rows, weights, rcond=None)[0]
    U = rng.standard_normal((4000, 3))
    values = np.maximum(U @ rows.T, 0) @ weights / np.linalg.norm(U, axis=1)
    weights *= 1.2 / values.max()
    form = FloatForm(rows, weights, np.zeros(3), np.eye(3, dtype=np.int64), 3)
    return form, lambda u: weights @ np.maximum(rows @ u, 0) / np.linalg.norm(u)


def test_a_tree_that_only_separates_ends_at_enough_violations(monkeypatch):
    form, value = above()
    monkeypatch.setattr(growing, "_is_even", lambda _: False)
    whole = growing.separating(form, no_peaks(form), 1e-3, 10**6)
    same = growing.grown(form, no_peaks(form), level=1 + 1e-3, margin=1e-3 / 2)
    assert whole.finished
    assert (len(whole.nodes), len(whole.violations)) == (
        len(same.nodes),
        len(same.violations),
    )
    monkeypatch.setattr(growing, "_ENOUGH", 2)
    part = growing.separating(form, no_peaks(form), 1e-3, 10**6)
    assert not part.finished
    assert 2 <= len(part.violations) < len(whole.violations)
    assert len(part.nodes) < len(whole.nodes)
    assert all(abs(value(u) - t) < 1e-9 < t - 1 for t, u in part.violations)


def test_of_an_even_form_half_of_the_cones_show_all(monkeypatch):
    form, value = above()
    half = growing.separating(form, no_peaks(form), 1e-3, 10**6)
    monkeypatch.setattr(growing, "_is_even", lambda _: False)
    whole = growing.separating(form, no_peaks(form), 1e-3, 10**6)
    assert half.finished
    assert (half.roots, whole.roots) == (4, 8)
    worst = [max(tree.violations, key=lambda t: t[0]) for tree in (half, whole)]
    assert worst[0][0] == pytest.approx(worst[1][0], rel=1e-9)
    assert all(value(-u) == pytest.approx(t, rel=1e-9) for t, u in half.violations)
    for side in (1, -1):  # whichever half a direction is in, it or its opposite is found
        near = [side * u for _, u in whole.violations]
        assert all(max(abs(u @ v) for _, v in half.violations) > 0.9 for u in near)
    odd = FloatForm(form.rows, form.weights, form.rows[0], form.basis, 3)
    assert growing.separating(odd, no_peaks(odd), 1e-3, 10**6).roots == 8


def test_climbing_leads_from_neurons_to_what_trees_prove():
    floats, _ = in_floats(asked(instance(2, 9, 2, 1500)))
    known = pool.pooled(floats, faces_of_either_phase)
    found = pool.led(floats, faces_of_either_phase, known)
    assert np.abs(found.kappa - known.kappa).max() < 1e-12
    assert len(found.tops) == len(known.tops)


def test_violations_found_before_a_generator_overflows_stay(monkeypatch):
    form, value = above()
    monkeypatch.setattr(growing, "_LONGEST", 4)
    with pytest.raises(OverflowError):
        growing.grown(form, no_peaks(form), level=1 + 1e-3, margin=1e-3 / 2)
    part = growing.separating(form, no_peaks(form), 1e-3, 10**6)
    assert not part.finished
    assert part.violations
    assert all(abs(value(u) - t) < 1e-9 for t, u in part.violations)


def test_rows_that_depend_on_others_at_an_atom_pass_through_it():
    """Of small integers many rows vanish at one direction: no sign of rounding tells faces apart.

    X'kappa = 0, and the atoms are pairs: kappa, the fit and the weights satisfy the optimality
    conditions, found by themselves.
    """
    draw = np.random.default_rng(1)
    X = draw.integers(-2, 3, size=(24, 3)).tolist()
    y = draw.integers(-5, 6, size=24).tolist()
    floats, _ = in_floats(asked(TrainingProblem(X, y, beta=Fraction(1, 2))))
    found = pool.pooled(floats, faces_of_either_phase)
    assert found.settled
    assert np.abs(floats.X.T @ found.kappa).max() < 1e-9
    assert any(len(top.pressing) < (top.covector == 0).sum() for top in found.tops)
    U = np.array([top.u for top in found.tops])
    signs = np.array(found.signs)
    features = floats.features(U) * signs
    assert found.kappa @ features == pytest.approx(1, abs=1e-9)
    assert (found.weights > 0).all()
    assert floats.y - features @ found.weights == pytest.approx(found.kappa, abs=1e-8)
    every = draw.normal(size=(2000, 3))
    every /= np.linalg.norm(every, axis=1)[:, None]
    assert np.abs(found.kappa @ floats.features(every)).max() < 1 + 1e-9
