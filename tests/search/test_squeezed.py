"""Entries of kappa that walls squeeze: multipliers by cells, and which pins are left."""

from fractions import Fraction
from itertools import product
from types import SimpleNamespace

import numpy as np
import pytest

from polytope_nn import TrainingProblem
from polytope_nn.dual.system import Face
from polytope_nn.errors import Undecided
from polytope_nn.search.tied.shares import differences
from polytope_nn.search.tied.squeezed import squeezed
from polytope_nn.search.tied.subspace import _left

ROWS = [
    [1, 0, 0],
    [1, 1, 0],
    [2, 0, 0],
    [-1, -1, 0],
    [0, 0, 0],
    [1, 2, 3],
    [-1, 1, 2],
    [1, 1, -1],
]
X = tuple(tuple(map(Fraction, x)) for x in ROWS)
WALLS = (0, 1)  # a basis of those that meet (0, 0, 1)
SMALL = [Fraction(t) for t in (3, 5, -2, 7, 11, -4, 6, 9)]


def cells():
    """Yield the samples that are active on the sides of the walls, by neurons that are there."""
    A = np.array(ROWS, float)
    seen = set()
    for u, v in product((-3, 3), (-5, 5)):
        seen.add(tuple(A @ (u * 1e-3, v * 1e-3, 1) > 0))
    return sorted(seen)


def multipliers(kappa):
    """Return the multipliers of the walls in each cell: ``sum kappa_k x_k`` is their sum."""
    B = np.array([ROWS[k] for k in WALLS], float).T
    found = []
    for active in cells():
        pull = sum(
            k * np.array(x) for k, x, on in zip(kappa, ROWS, active, strict=True) if on
        )
        found.append(np.linalg.lstsq(B, pull, rcond=None)[0])
    return found


def yielded(kappa, covector=(0, 0, 0, 0, 0, 1, 1, -1)):
    kappa = [SimpleNamespace(midpoint=t) for t in kappa]
    problem = SimpleNamespace(charts=[SimpleNamespace(design=X)])
    faces = [Face(1, covector, 0)]
    return list(squeezed(SimpleNamespace(problem=problem, kappa=kappa, faces=faces)))


def test_multipliers_that_vanish_are_relations():
    assert len(cells()) == 4
    assert yielded(SMALL) == []
    values = {
        round(float(t), 9) for own in multipliers(list(map(float, SMALL))) for t in own
    }
    assert 0 not in values
    met = set()
    for place, active in enumerate(cells()):
        for wall in (0, 1):
            # the entry of one wall is moved until the multiplier is 0
            k = next(
                k for k in (2 * (1 - wall), 3 * wall, *WALLS, 5) if active[k] and k != 4
            )
            moved = [float(t) for t in SMALL]
            before = multipliers(moved)[place][wall]
            moved[k] += 1
            slope = multipliers(moved)[place][wall] - before
            if abs(slope) < 1e-9:
                continue
            kappa = [*SMALL]
            kappa[k] -= Fraction(before / slope).limit_denominator(100)
            forms = yielded(kappa)
            exact = [sum(t * s for t, s in zip(form, kappa, strict=True)) for form in forms]
            assert forms
            assert not any(exact)
            assert all(any(form) for form in forms)
            wanted = sum(
                abs(t) < 1e-9 for own in multipliers(list(map(float, kappa))) for t in own
            )
            assert len(forms) == wanted
            met.add((place, wall))
            off = [*kappa]
            off[k] += Fraction(1, 10**5)
            assert set(forms) <= set(yielded(off))
            off[k] += 1
            assert not set(forms) & set(yielded(off))
    assert len(met) >= 4


def test_a_wall_through_where_others_meet_is_in_no_multiplier():
    """The row (2, 1, 0) is 0 on the face, and on no side of a wall of the basis alone."""
    one, zero = Fraction(1), Fraction(0)
    rows = ((one, zero, zero), (one, one, zero), (2 * one, one, zero), (one, -3 * one, one))
    problem = SimpleNamespace(charts=[SimpleNamespace(design=rows)])
    kappa = [SimpleNamespace(midpoint=t) for t in (zero, zero, one, zero)]
    given = SimpleNamespace(problem=problem, kappa=kappa, faces=[Face(1, (0, 0, 0, 1), 0)])
    assert list(squeezed(given)) == []
    kappa[0], kappa[3] = (SimpleNamespace(midpoint=t) for t in (-4 * one, one))
    # x_3 is 4 x_0 - 3 x_1 on the plane: with 0 active the multiplier is kappa_0 + 4 kappa_3
    assert {*squeezed(given)} == {(1, 0, 0, 4)}


def test_a_face_without_walls_has_no_multipliers():
    assert yielded(SMALL, (1, 1, 1, -1, 0, 1, 1, -1)) == []


def test_each_relation_takes_the_place_of_a_pin():
    free = SimpleNamespace(modulo=lambda z: z if z[4] == 0 else (0,) * 5)
    candidate = SimpleNamespace(
        pins=(1, 2, 3),
        problem=SimpleNamespace(free=free, y=(1, 2, 3, 4, 5)),
        system=SimpleNamespace(y=(1, 12, 23, 34, 5)),
    )
    assert _left(candidate, ()) == {1: 10, 2: 20, 3: 30}
    assert _left(candidate, ((0, 0, 1, 1, 0),)) == {1: 10, 3: 30}
    assert _left(candidate, ((0, 0, 1, 0, 0), (0, 0, 1, 1, 0))) == {1: 10}
    assert _left(candidate, ((0, 0, 1, 0, 1),)) == {1: 10, 2: 20, 3: 30}  # what is free
    assert _left(candidate, ((1, 0, 0, 0, 0),)) == {1: 10, 2: 20, 3: 30}


def test_pins_are_free_of_what_neurons_and_fits_span():
    """A feature of the first two of four samples, the fit of the third: the last is free."""
    one, nothing = Fraction(1), Fraction(0)
    D = TrainingProblem([[1], [1], [0], [0]], [0, 0, 0, 0], beta=1, loss="absolute")
    D = SimpleNamespace(n=4, y=(nothing, nothing, one, nothing), inverse_weights=(nothing,) * 4,
                        curves=(), free=D.free)  # fmt: skip
    V = ((one,), (one,), (nothing,), (nothing,))
    O = tuple(tuple(Fraction(i == j) for j in range(4)) for i in range(4))
    assert differences(D, [[V]], ((), (), (3,)), O) == ()
    for pins in ((2,), (0, 1), (2, 3)):
        with pytest.raises(Undecided, match="were chosen are not free"):
            differences(D, [[V]], ((), (), pins), O)
    assert differences(D, [[V]], ((), (), (0, 3)), O) == ()  # of two, one is told
    D.y, D.inverse_weights = (nothing,) * 4, (one,) * 4  # the fit spans all
    with pytest.raises(Undecided, match="were chosen are not free"):
        differences(D, [[V]], ((), (), (3,)), O)
