"""Holes against chains of faces, the explicit slot complex, and the worked tables."""

from fractions import Fraction
from math import factorial
from random import Random
from types import SimpleNamespace

import pytest
from hypothesis import given

from polytope_nn import TrainingProblem, optimal_polytope, optimum, staircase
from polytope_nn.errors import DimensionError, InstanceError, UnboundedError, Undecided
from polytope_nn.geometry.faces import face_lattice
from polytope_nn.landscape.topology.holes import holes
from polytope_nn.landscape.topology.slot_complex import cell_count, slot_complex
from polytope_nn.strategies import planted
from tests.oracles.homology import LARGE, abstracts, chain_betti, plane_supports, unions
from tests.oracles.worked import WORKED

CELLS = 3000

# topology, the worked table: bars by degree with their number, b(Theta_m) from m* on
TABLE = {
    "A2": ({0: {(1, None): 1, (2, 3): 1}}, [(1,), (3,), (1, 6)]),
    "square": ({0: {(2, None): 1, (2, 4): 1}}, [(4,), (2, 2), (1, 23, 2)]),
    "tetrahedron": (
        {0: {(2, None): 1, (2, 4): 2}, 1: {(4, 6): 1}},
        [(6,), (3, 3), (1, 70, 3), (1, 1, 363, 3), (1, 0, 719, 1437, 3)],
    ),
    "tetrahedron-tilted": (
        {0: {(2, None): 1, (3, 4): 2}, 1: {(5, 6): 1}},
        [(2,), (13, 1), (1, 72, 1), (1, 120, 300, 1)],
    ),
    "octahedron": (
        {
            0: {(2, None): 1, (2, 4): 3, (4, 5): 2},
            1: {(4, 6): 3, (5, 6): 6},
            2: {(6, 7): 7},
            3: {(7, 8): 1},
        },
        [(8,), (4, 4), (49, 141, 4), (1, 1203, 726, 4), (1, 0, 21117, 2874, 4)],
    ),
    "triangle": (
        {0: {(2, None): 1, (2, 4): 2, (3, 4): 2}, 1: {(4, 5): 5}, 2: {(5, 6): 1}},
        [(6,), (15, 3), (1, 238, 3), (1, 0, 1862, 3)],
    ),
    "one-sign-each": ({0: {(2, None): 1, (3, 4): 1}}, [(2,), (7, 1), (1, 36, 1)]),
}


def counted(bars):
    return {i: {bar: found.count(bar) for bar in found} for i, found in bars.items()}


@pytest.mark.parametrize("name", TABLE)
def test_the_worked_table(name):
    H = holes(next(w for w in WORKED if w.name == name).problem())
    bars, betti = TABLE[name]
    assert counted(H.bars) == bars
    assert [H.network_betti(m) for m in range(H.m_star, H.m_star + len(betti))] == betti
    assert all(H.torsion(m) == () for m in H)


def test_the_euler_characteristics_of_the_octahedron():
    H = holes(next(w for w in WORKED if w.name == "octahedron").problem())
    assert [H.euler(m) for m in range(2, 9)] == [8, 0, -88, -480, 18248, -248640, 2558312]


def agree(H, supports):
    """The faces, the Betti numbers of P_m over F_2 and Q, and Theta_m on its own cells."""
    assert set(H.supports) == unions(supports)
    for m in H:
        assert H.betti(m) == chain_betti(supports, m, LARGE)
        assert H.faces.betti_2(m) == chain_betti(supports, m, 2)
        alternating = sum((-1) ** i * b for i, b in enumerate(H.network_betti(m)))
        assert alternating == H.euler(m)
    compared = 0
    for m in range(H.m_star, 5):
        if cell_count(H.faces, m) <= CELLS:
            C, _ = slot_complex(H.faces, H.supports, m, most=CELLS)
            assert len(C) == cell_count(H.faces, m)
            assert C.betti_2(m) == H.network_betti(m)
            assert C.divisors(m) == {}  # so the same over Q
            compared += 1
    return compared


def test_random_abstract_polytopes():
    small = [P for P in abstracts("faces", 600) if len(unions(P.supports)) < 40]
    assert sum(agree(holes(P), P.supports) for P in small) > 500
    assert max(face_lattice(P).dim for P in small) >= 3


@given(planted(n=4))
def test_planted_problems(drawn):
    P = optimal_polytope(optimum(drawn.problem, kappa=drawn.kappa))
    H, S = holes(P), staircase(P)
    if len(H.faces) < 22:
        agree(H, P.supports)
    assert (H.m_star, H.threshold, H.used_rank) == (S.m_star, S.threshold, P.used_rank)
    for m in range(S.m_star, S.threshold + 2):
        assert H.betti(m)[0] == S[m].polytope_components
        assert H.network_betti(m)[0] == S[m].components
    assert holes(S).bars == H.bars


def test_the_filtration_of_slots_has_the_bars_of_P_and_bars_of_length_1():
    """A7: permutation holes live for exactly one width."""
    from polytope_nn.landscape.topology.holes import sphere_count

    tried = 0
    for P in abstracts("slots", 60):
        H = holes(P)
        M = max((m for m in range(1, 7) if cell_count(H.faces, m) <= CELLS), default=0)
        if M <= H.m_star:
            continue
        C, _ = slot_complex(H.faces, H.supports, M, most=CELLS)
        expected = {}
        for i, bars in H.bars.items():
            for birth, death in bars:
                if birth <= M:
                    seen = death if death is not None and death <= M else None
                    expected.setdefault(i, []).append((birth, seen))
        for (level, dim), times in H.faces.counts().items():
            for m in range(level, M + 1):
                bar = (m, m + 1 if m < M else None)
                number = times * sphere_count(level, m)
                expected.setdefault(m - level + dim, []).extend([bar] * number)
        assert {i: sorted(x, key=str) for i, x in C.bars.items()} == {
            i: sorted(x, key=str) for i, x in expected.items() if x
        }
        tried += 1
    assert tried > 20


@pytest.mark.parametrize("singletons, width", [(False, 12), (True, 18)])
def test_the_projective_plane(singletons, width):
    """P_m is the projective plane: torsion Z/2, of which F_2 sees two classes."""
    H = holes(plane_supports(singletons=singletons))
    assert len(H.faces) == 63
    plane = [m for m in H if H.torsion(m)]
    assert plane == [width]
    assert (H.torsion(width), H.torsion_by_degree(width)) == ((2,), {1: (2,)})
    assert H.betti(width) == (1,)
    assert H.faces.betti_2(width) == (1, 1, 1)
    assert chain_betti(plane_supports(singletons=singletons).supports, width, 2) == (
        1,
        1,
        1,
    )
    assert chain_betti(plane_supports(singletons=singletons).supports, width, 3) == (1,)
    assert H.network_betti(width)[:2] == (1, 0)


def test_birkhoff_polytopes():
    """C3: permutation matrices; the threshold is n + 2, far below the bound 2n."""
    from itertools import permutations

    for n in (2, 3, 4):
        supports = tuple(
            sum(1 << (i * n + p[i]) for i in range(n)) for p in permutations(range(n))
        )
        H = holes(SimpleNamespace(supports=supports))
        assert (H.m_star, H.used_rank, H.threshold) == (n, 2 * n - 1, n + 2)
        assert H.betti(n) == (factorial(n),)
    assert len(H.faces) == 7443


def test_no_neuron_and_one():
    zero = TrainingProblem([[1, 0], [0, 1]], [1, 1], beta=2)
    H = holes(zero)
    assert [(m, H.betti(m), H.network_betti(m), H.euler(m)) for m in H] == [
        (0, (1,), (1,), 1),
        (1, (1,), (1,), 1),
    ]
    H = holes(TrainingProblem([[1]], [2], beta=1))
    assert (H.threshold, H.network_betti(1), H.network_betti(2)) == (1, (1,), (1,))


def test_a_point_of_three_neurons():
    H = holes(SimpleNamespace(supports=(0b111,)))
    assert [H.network_betti(m) for m in (3, 4, 5)] == [(6,), (1, 13), (1, 0, 29)]
    assert H.threshold == 4


def test_far_apart_atoms_and_scales():
    """Supports are bits of any length; data of extreme scale have the same holes."""
    w = next(w for w in WORKED if w.name == "square")
    for scale in (Fraction(10) ** 12, Fraction(1, 10**12)):
        X = [[scale * t for t in x] for x in w.X]
        D = TrainingProblem(X, w.y, beta_squared=scale**2 * w.beta_squared)
        assert holes(D).network_betti(4) == (1, 23, 2)
    wide = SimpleNamespace(supports=(1 << 200 | 1, 1 << 200 | 1 << 70, 1 << 131 | 2))
    narrow = SimpleNamespace(supports=(0b11, 0b101, 0b11000))
    assert holes(wide).bars == holes(narrow).bars


def test_what_is_refused():
    S = WORKED[2].problem()
    with pytest.raises(DimensionError, match=r"width 1 is below m\* = 2"):
        holes(S).betti(1)
    with pytest.raises(Undecided, match="more than 2 faces"):
        holes(S, most=2)
    with pytest.raises(InstanceError, match="there are none"):
        holes(SimpleNamespace(supports=()))
    flat = TrainingProblem([[0], [1], [2]], [0, 0, 3], beta=1, bias="free")
    with pytest.raises(UnboundedError):
        holes(flat)


def test_torsion_beyond_the_cap_is_not_told(monkeypatch):
    from polytope_nn.landscape.topology import cells

    monkeypatch.setattr(cells, "_DENSE", 10)
    H = holes(plane_supports())
    assert H.torsion(12) is None
    assert H.betti(12) == (1, 1, 1)  # over F_2 then
    assert H.torsion(6) == ()


def renamed(supports, order):
    return tuple(
        sum(1 << order[a] for a in range(20) if bits >> a & 1) for bits in supports
    )


def test_laws():
    """Atoms have no order; an atom of every vertex shifts all widths by one; products."""
    for k, P in enumerate(abstracts("laws", 80)):
        H = holes(P)
        order = Random(k).sample(range(20), 20)  # noqa: S311 - repeatable
        assert holes(SimpleNamespace(supports=renamed(P.supports, order))).bars == H.bars
        shifted = holes(SimpleNamespace(supports=tuple(S | 1 << 30 for S in P.supports)))
        assert shifted.bars == {
            i: tuple((b + 1, e and e + 1) for b, e in bars) for i, bars in H.bars.items()
        }
        segment = (1 << 30, 1 << 31)  # times a segment: as P twice, joined by P
        double = tuple(S | t for S in P.supports for t in segment)
        K = holes(SimpleNamespace(supports=double))
        assert len(K.faces) == 3 * len(H.faces)
        assert K.betti(H.m_star + 1)[0] == 2 * H.betti(H.m_star)[0]
        assert K.used_rank == H.used_rank + 1


def test_m_star_bounds_every_bar():
    """T16 and T17 on polytopes that no problem is behind."""
    for P in abstracts("lengths", 200):
        H = holes(P)
        for i, bars in H.bars.items():
            for birth, death in bars:
                assert (death is None) == (
                    i == 0 and birth == H.m_star
                ) or death is not None
                if death is not None:
                    assert death <= min(birth + H.m_star, i + 1 + H.used_rank)
        for m in range(H.used_rank + 1, max(H.faces.levels) + 2):
            assert (*H.network_betti(m), *[0] * m)[: m - H.used_rank] == (
                1,
                *[0] * (m - H.used_rank - 1),
            )


FIGURES = (
    [[1, 0], [-1, 0], [0, 1], [0, -1]],
    [[1, -1, 0], [0, 1, -1], [-1, 0, 1]],
    [[1, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1]],
)


@pytest.mark.parametrize(
    "loss", ["absolute", {"kind": "huber", "delta": "1"}, "hinge", "squared_hinge"]
)
def test_losses_with_one_fit_and_with_several(loss):
    """Where the fit is one, though the loss has no say in it, and where it is not."""
    rng = Random(f"losses {loss}")  # noqa: S311 - repeatable
    one = several = 0
    for _ in range(30):
        X = [*rng.choice(FIGURES)]
        X += [rng.choice(X) for _ in range(rng.randint(0, 1))]
        y = [1] * len(X) if "hinge" in loss else [rng.choice([2, 3]) for _ in X]
        P = optimal_polytope(
            TrainingProblem(X, y, beta=rng.choice(["1/2", "1"]), loss=loss)
        )
        if not P.fit_is_unique:
            several += 1
            with pytest.raises(InstanceError, match="holes need a unique fit"):
                holes(P)
            continue
        H, S = holes(P), P.staircase
        assert (H.m_star, H.threshold, H.used_rank) == (S.m_star, S.threshold, P.used_rank)
        for m in range(S.m_star, S.threshold + 2):
            assert H.network_betti(m)[0] == S[m].components
            if cell_count(H.faces, m) <= 500:
                C, _ = slot_complex(H.faces, H.supports, m, most=500)
                assert C.betti_2(m) == H.network_betti(m)
        one += len(P.supports) > 1
    assert one + several > 5
