"""Moves away from ends, and forms modulo what is free: each by a second route."""

from fractions import Fraction
from random import Random

from polytope_nn.exact.linear import projector, transpose
from polytope_nn.exact.scalar import dot
from polytope_nn.geometry import farkas
from polytope_nn.geometry.simplex import feasible
from polytope_nn.search.units.piecewise import _leaving
from polytope_nn.search.units.ties import Ties


def _rows(random, size, n):
    return [tuple(Fraction(random.randint(-1, 1)) for _ in range(n)) for _ in range(size)]


def _can_fall(held, loose, j):
    """Whether some direction along ``held = 0``, ``loose <= 0`` lets row j fall: by its dual."""
    both = [*held, *(tuple(-t for t in row) for row in held)]
    return feasible([*both, *loose], tuple(-t for t in loose[j]))[0] is None


def test_all_that_can_fall_falls():
    moved = 0
    for seed in range(60):
        random = Random(seed)  # noqa: S311 - planted data
        held, loose = _rows(random, random.randint(0, 2), 4), _rows(random, 5, 4)
        delta = _leaving(held, loose)
        falls = [_can_fall(held, loose, j) for j in range(len(loose))]
        if delta is None:
            assert not any(falls)
            continue
        moved += 1
        assert not any(dot(row, delta) for row in held)
        assert [dot(row, delta) < 0 for row in loose] == falls
        assert all(dot(row, delta) <= 0 for row in loose)
    assert moved > 20


def test_a_tableau_has_no_row_for_each_loose_row(monkeypatch):
    sizes, asked = [], farkas.integer_alternative

    def told(columns, b):
        sizes.append(len(b))
        return asked(columns, b)

    monkeypatch.setattr(farkas, "integer_alternative", told)
    random = Random(1)  # noqa: S311 - planted data
    assert _leaving(_rows(random, 2, 6), _rows(random, 200, 6)) is None
    assert max(sizes) <= 5


def test_forms_that_agree_modulo_what_is_free_are_one():
    """They agree between vectors orthogonal to Z: with the projection on both sides, too."""
    random, n = Random(3), 6  # noqa: S311 - planted data
    Z = [(Fraction(1),) * n, tuple(map(Fraction, range(n)))]
    forms = [_form(random, n) for _ in range(3)]
    ones = (Fraction(1),) * n
    ties = Ties(ones, tuple(forms), (), (), tuple(Z), Fraction(1), None, widens=False)
    R = projector(Z, n)
    for form in [*forms, *(_form(random, n) for _ in range(3))]:
        z, w = Z[random.randrange(2)], _rows(random, 1, n)[0]
        moved = tuple(
            tuple(form[i][k] + z[i] * w[k] + w[i] * z[k] for k in range(n))
            for i in range(n)
        )
        own = [F for F in forms if _between(R, F) == _between(R, moved)]
        assert ties.like(moved) == (own[0] if own else moved)
        assert bool(own) is (form in forms)


def _form(random, n):
    V = _rows(random, n, 2)
    return tuple(tuple(dot(v, w) for w in V) for v in V)


def _between(R, form):
    half = [[dot(row, column) for column in transpose(form)] for row in R]
    return [[dot(row, r) for r in R] for row in half]
