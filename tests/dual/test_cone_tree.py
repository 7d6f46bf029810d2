"""Trees of cones: proofs of dual feasibility read a second time, and against lists of topes."""

from dataclasses import replace
from fractions import Fraction
from random import Random

import pytest

from polytope_nn.dual.atoms import cone_projection, pull
from polytope_nn.dual.cone_form import cone_form
from polytope_nn.dual.cone_tree import cone_proof
from polytope_nn.dual.feasibility import exactly_tight, feasibility
from polytope_nn.dual.peaks import PeakGuess, peak
from polytope_nn.errors import NotOptimal, Undecided
from polytope_nn.exact.field import NumberField
from polytope_nn.exact.rational import matrix, vector
from polytope_nn.exact.scalar import squared_norm
from polytope_nn.geometry.arrangement import arrangement
from polytope_nn.problems.relu import Chart
from polytope_nn.search.cones import feasible
from polytope_nn.search.cones.feasible import cone_feasibility
from tests.few import few
from tests.oracles.cone_tree import verified

# rows, kappa, beta^2 (None: the least that is feasible); the T+ instances have convex rows
# among the tied ones of their atom
NAMED = {
    "A2": ([(1, -1, 0), (0, 1, -1)], [1, 1], 2),
    "square": ([(1, 0), (-1, 0), (0, 1), (0, -1)], [1] * 4, 2),
    "tetrahedron": ([(1, 1, 1), (1, -1, -1), (-1, 1, -1), (-1, -1, 1)], [1] * 4, 4),
    "octahedron": (
        [(1, 0, 0), (-1, 0, 0), (0, 1, 0), (0, -1, 0), (0, 0, 1), (0, 0, -1)],
        [1] * 6,
        3,
    ),
    "triangle": ([(1, -1, 0), (0, 1, -1), (-1, 0, 1)], [1] * 3, 2),
    "one sign each": ([(-1, 1, -1), (-1, 1, 0), (-1, -1, -1)], [2, -2, -1], "8/3"),
    "T+": ([(1, 0, 0), (0, 1, 0), (1, 1, 0), (1, 1, 5)], [-3, -3, 1, 1], 25),
    "T+ askew": ([(1, -1, 0), (0, 1, -1), (1, 0, -1), (6, 5, 4)], [-3, -3, 1, 1], 75),
    "T+ oblique": (
        [(3, 0, -1), (1, 1, -1), (9, 3, -5), (19, 23, 25)],
        [-6, -9, 1, 1],
        1400,
    ),
    "dependent ties": (
        [(1, 0, 0), (0, 1, 0), (1, 1, 0), (1, -2, 0), (3, 2, 7)],
        [-2, -2, -1, -1, 1],
        49,
    ),
    "repeated, opposite, zero": (
        [(1, 0, 0), (2, 0, 0), (-1, 0, 0), (0, 1, 0), (0, 0, 0), (1, 1, 4)],
        [-3, 1, -1, -2, 5, 1],
        16,
    ),
    "rank 2 of 4": ([(1, 1, 0, 0), (0, 0, 1, 1), (1, 1, 1, 1)], [1, 1, 1], None),
    "one row": ([(2, -3)], [5], None),
    "no row": ([(0, 0)], [5], 1),
}


def listed(X, kappa, b):
    """The atoms by the list of topes."""
    return feasibility(X, b, kappa, arrangement(X), exactly_tight(X, b, kappa)).atoms


def least(X, kappa):
    """The least beta^2 for which kappa is feasible, by projection on every tope."""
    found = [Fraction(0)]
    for pattern in arrangement(X).patterns:
        rows = [tuple(s * t for t in x) for s, x in zip(pattern, X, strict=True)]
        for s in (1, -1):
            g, _ = cone_projection(rows, pull(X, kappa, s, pattern))
            found.append(squared_norm(g))
    return max(found)


def named(name):
    X, kappa, b = NAMED[name]
    X, kappa = matrix(X), vector(kappa)
    return X, kappa, least(X, kappa) if b is None else Fraction(b)


def random_instance(seed, d=4):
    random = Random(seed)  # noqa: S311 - test data
    n, d = random.randint(1, 8), random.randint(1, d)
    big = random.choice([1, 2, 5])
    X = [[random.randint(-big, big) for _ in range(d)] for _ in range(n)]
    if random.random() < 0.3 and n > 2:
        X[1] = [2 * t for t in X[0]]
    if random.random() < 0.3 and n > 3:
        X[2] = [-t for t in X[0]]
    return matrix(X), vector([random.randint(-3, 3) for _ in range(n)])


@pytest.mark.parametrize("name", NAMED)
def test_named(name):
    X, kappa, b = named(name)
    proof = cone_feasibility(cone_form(X, kappa, b))
    assert proof.atoms == listed(X, kappa, b)
    verified(proof, X, kappa, b)
    again = cone_feasibility(cone_form(X, kappa, b))
    assert again == proof
    assert again.trees == proof.trees


def test_a_look_that_does_not_end_is_not_the_end(monkeypatch):
    """The proof is the same where trees that look for maxima are too small, or overflow."""
    X, kappa, b = named(next(iter(NAMED)))
    whole = cone_feasibility(cone_form(X, kappa, b))
    looked, grown = [], feasible.grown

    def small(form, peaks, **terms):
        looked.append((terms["limit"], terms.get("level", 1)))
        if terms.get("level", 1) < 1 and terms["limit"] == feasible._LATER:
            raise OverflowError
        tree = grown(form, peaks, **terms)
        tree.finished &= terms["limit"] > feasible._SOON
        return tree

    monkeypatch.setattr(feasible, "grown", small)
    proof = cone_feasibility(cone_form(X, kappa, b))
    assert proof.atoms == whole.atoms
    verified(proof, X, kappa, b)
    limits = list(dict.fromkeys(limit for limit, _ in looked))
    assert limits == [feasible._SOON, feasible._LATER, feasible._LIMIT]
    levels = [level for limit, level in looked if limit == feasible._SOON]
    assert levels == sorted(levels)  # nearer and nearer to beta
    levels = [level for limit, level in looked if limit == feasible._LATER]
    assert levels == sorted(levels, reverse=True)


@pytest.mark.parametrize("name", NAMED)
def test_a_tree_without_a_guess(name):
    X, kappa, b = named(name)
    guessed = cone_feasibility(cone_form(X, kappa, b))
    proof = cone_proof(guessed.form, guessed.peaks)
    assert proof.atoms == guessed.atoms
    verified(proof, X, kappa, b)


@pytest.mark.parametrize("seed", few(60, range(200)))
def test_atoms_are_those_of_the_topes(seed):
    X, kappa = random_instance(seed)
    b = least(X, kappa) or Fraction(1)
    proof = cone_feasibility(cone_form(X, kappa, b))
    assert proof.atoms == listed(X, kappa, b)
    if len(X) * len(X[0]) <= 10:
        verified(proof, X, kappa, b)
    if seed % 5 == 0 and any(any(x) for x in X) and any(kappa):
        with pytest.raises(NotOptimal):
            cone_feasibility(cone_form(X, kappa, b * Fraction(99999, 100000)))
        assert cone_feasibility(cone_form(X, kappa, 2 * b)).atoms == ()


@pytest.mark.parametrize("seed", few(16, range(40)))
def test_a_free_bias_is_one_tree(seed):
    X, kappa = random_instance(seed, 3)
    kappa = (*kappa[:-1], kappa[-1] - sum(kappa))
    charts = [
        Chart(tuple(tuple(s - t for s, t in zip(x, a, strict=True)) for x in X), a)
        for a in dict.fromkeys(X)
    ]
    b = max(least(c.design, kappa) for c in charts) or Fraction(1)
    atoms = {
        a.key: replace(a, g=c.neuron(a.g))
        for c in charts
        for a in listed(c.design, kappa, b)
    }
    proof = cone_feasibility(cone_form(X, kappa, b, free_bias=True))
    assert proof.atoms == tuple(atoms[key] for key in sorted(atoms))
    if len(X) * len(X[0]) <= 5:
        ones = matrix([(*(s - t for s, t in zip(x, X[0], strict=True)), 1) for x in X])
        verified(proof, ones, kappa, b, penalised=len(X[0]))


def test_a_number_field():
    root = NumberField((-2, 0, 1), (1, 2)).generator
    X = matrix([[1, 1], [1, -1], [-3, 1]])
    kappa = (root, -root / 2, root / 8)
    atoms = listed(X, kappa, Fraction(4))
    assert len(atoms) == 1
    assert not isinstance(atoms[0].g[0], Fraction)
    assert cone_feasibility(cone_form(X, kappa, Fraction(4))).atoms == atoms
    assert cone_feasibility(cone_form(X, kappa, Fraction(5))).atoms == ()
    with pytest.raises(NotOptimal):
        cone_feasibility(cone_form(X, kappa, Fraction(399, 100)))


def test_convex_ties_over_a_number_field():
    root = NumberField((-2, 0, 1), (1, 2)).generator
    X, kappa, b = named("T+ askew")
    kappa = tuple(k * root for k in kappa)
    proof = cone_feasibility(cone_form(X, kappa, 2 * b))
    assert proof.atoms == listed(X, kappa, 2 * b)
    assert len(proof.atoms) == 1
    assert any(p.convex_ties for p in proof.peaks)


@pytest.mark.parametrize("scale", [10**12, Fraction(1, 10**12), 10**200])
def test_scales(scale):
    X, kappa, b = named("one sign each")
    X = matrix([[t * scale for t in x] for x in X])
    proof = cone_feasibility(cone_form(X, kappa, b * Fraction(scale) ** 2))
    assert proof.atoms == listed(X, kappa, b * Fraction(scale) ** 2)
    verified(proof, X, kappa, b * Fraction(scale) ** 2)


def test_rational_numbers_of_many_digits():
    X, kappa = random_instance(7)
    odd = Fraction(10**40 + 7, 10**40 + 9)
    kappa = tuple(k + odd**q for q, k in enumerate(kappa))
    b = least(X, kappa)
    assert cone_feasibility(cone_form(X, kappa, b)).atoms == listed(X, kappa, b)


def test_what_is_guessed_is_not_believed():
    X, kappa, b = named("tetrahedron")
    proof = cone_feasibility(cone_form(X, kappa, b))
    plus = list(proof.trees[0])
    at = plus.index(1)
    plus[at + 2] *= 1000  # a p that is too long: the leaf is made anew
    other = cone_proof(proof.form, proof.peaks, (plus, proof.trees[1]))
    verified(other, X, kappa, b)
    with pytest.raises(Undecided, match="more than 50 nodes"):
        cone_proof(proof.form, proof.peaks[1:], proof.trees, nodes=50)
    with pytest.raises(NotOptimal, match="in direction"):
        cone_proof(cone_form(X, kappa, b / 2), [])


def test_peaks_are_decided():
    X, kappa, b = named("square")
    form = cone_form(X, kappa, b)
    right = PeakGuess(1, (1, 1), (), ())
    assert peak(form, right).tight
    assert not peak(cone_form(X, kappa, b * 2), right).tight
    with pytest.raises(NotOptimal, match="exceeds beta"):
        peak(cone_form(X, kappa, b / 2), right)
    # of sign -1 the rows are concave, and every direction a kink of value 0 or below
    assert peak(form, PeakGuess(-1, (1, 1), (0, 1), ())) is None
