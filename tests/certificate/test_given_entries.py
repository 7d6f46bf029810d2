"""Entries of N that are given, and fits that are known because nothing else makes them."""

from fractions import Fraction
from types import SimpleNamespace

import pytest

from polytope_nn.checker.claims.vector import enclosed, standing, system
from polytope_nn.checker.kernel.reading import Clock, Limits, Refuted
from polytope_nn.checker.kinds import proof_of, provers_of

from .forging import golden


@pytest.mark.parametrize("w", [1, 2, Fraction(1, 3)])
@pytest.mark.parametrize("t", [-3, Fraction(-1, 2), 0, 1, 2])
@pytest.mark.parametrize("p", [4, Fraction(3, 2), Fraction(4, 3)])
def test_a_given_entry_of_a_power(w, t, p):
    """``N = w (y - z)^(p - 1)``, signed, and ``l*(-N) = -N z - w |z - y|^p/p``."""
    y, w, p, t = Fraction(5), Fraction(w), Fraction(p), Fraction(t)
    root = t * abs(t) ** ((p - 1).denominator - 1)
    size = abs(t) ** (p - 1).numerator  # |root|^(p - 1)
    at = w * size * ((t > 0) - (t < 0))
    D = SimpleNamespace(clock=Clock(Limits()))
    sample = ("power", y, w, p)
    piece = standing.given(D, sample, at)
    assert (piece.at, piece.low, piece.high) == (at, y - root, y - root)
    told = -at * (y - root) - w * abs(root) * size / p
    assert standing.constant(D, sample, at) == told


def proved(name):
    """Return what the golden certificate proves about N and the atoms."""
    P, kept = proof_of(golden(name), Clock(Limits())), []
    known = enclosed.proved
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            enclosed, "proved", lambda *given: kept.append(known(*given)) or kept[0]
        )
        for claimed, prove in provers_of(P).items():
            if claimed in P.claims:
                prove(P)
            if kept:
                return kept[0]
    raise AssertionError(name)


@pytest.mark.parametrize("name", ["pieces_silent", "pieces_roots"])
def test_what_is_free_makes_a_fit_that_is_known_where_it_is_held(name):
    """A fit of 0 is not known where a free column reaches it, and its coefficient is not told."""
    P = proved(name)
    standing.fits_of(P)
    P.S.held = {}
    for e, piece in enumerate(P.S.standing.pieces):
        if isinstance(piece, standing.Flat):
            P.S.standing.pieces[e] = standing.Flat(piece.at, Fraction(0), Fraction(0))
    with pytest.raises(Refuted, match="a fit is not proved to be in its interval"):
        standing.fits_of(P)


def test_rows_that_are_known_count_as_they_are():
    """Two rows of even shares cancel, and do not where one weighs more."""
    P = proved("rows_cancel")
    exact = system.exact_rows(P.S.D, P.S.standing, P.S.used)
    half = Fraction(1, 2)
    assert exact == {0: [-half, half], 2: [half, -half], 3: [-half, half]}
    cell = enclosed.Known(P.S.D, [0, 1, 1, 1], P.pull([0, 1, 1, 1]), 1)
    cell.exact = exact
    assert not any(cell.pulled([0, 1]))
    assert any(cell.pulled([1, 0]))  # what a neuron sees
    cell.exact = exact | {3: [2 * t for t in exact[3]]}
    assert any(cell.pulled([0, 1]))
    cell.exact = {k: exact[k] for k in (0, 2)}
    assert any(cell.pulled([0, 1]))


def test_slopes_that_nothing_sees_and_labels_that_are_fitted_are_known():
    """A fit of 0 has ``N = at / inverse``; where a unit vector is free N is 0."""
    one, low = Fraction(1), Fraction(-1)
    pieces = [
        standing.Slope(3 * one, one / 2, low, one),
        standing.Slope(one, 0 * one, low, one),
    ]
    S = standing.Standing(SimpleNamespace(), pieces)
    assert [S.exact(0), S.exact(1)] == [None, None]
    S.unseen, S.nothing = {0}, {1}
    assert [S.exact(0), S.exact(1)] == [6, 0]
