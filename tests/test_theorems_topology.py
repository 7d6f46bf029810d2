"""T15-T18: on many polytopes, by another way, and on what would refute them."""

from fractions import Fraction as Q
from itertools import permutations

import pytest

from polytope_nn import TrainingProblem, holes, optimal_polytope
from polytope_nn.landscape.topology.cells import Cells
from polytope_nn.landscape.topology.holes import Holes
from polytope_nn.landscape.topology.slot_complex import slot_complex
from polytope_nn.theorems import verdict
from polytope_nn.theorems.statement import Subject, subject_of
from polytope_nn.theorems.topology import _invariant_cells, absorbed
from tests.oracles.homology import abstracts
from tests.oracles.worked import WORKED

NAMES = ("T15", "T16", "T17", "T18")


def worked(name):
    return next(w for w in WORKED if w.name == name).problem()


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("w", WORKED, ids=lambda w: w.name)
def test_worked_instances(w, name):
    v = verdict(name, w.problem())
    assert (v.verdict, v.applies) == ("holds", True)
    assert "the fit is unique" not in v.hypotheses  # the loss is strictly convex


def test_the_slot_complex_is_met_where_it_is_small():
    rows = verdict("T15", worked("square")).witness["widths"]
    assert [row["m"] for row in rows if "slot complex" in row] == [2, 3, 4, 5]
    assert rows[2]["slot complex"] == {"cells": 124, "betti": [1, 23, 2]}


def test_the_witnesses_of_T16_and_T17():
    witness = verdict("T16", worked("octahedron")).witness
    assert (witness["r_P"], witness["to"]) == (4, 9)
    longest = verdict("T17", worked("octahedron")).witness["longest"]
    assert longest == {"length": 2, "degree": 0, "bar": [2, 4]}


def with_holes(changed):
    """The square, with other faces said to be its own."""
    s = subject_of(worked("square"))
    H = s.H
    cells = H.faces
    faces = Cells(
        *(changed.get(k, getattr(cells, k)) for k in ("levels", "dims", "facets"))
    )
    other = Subject(s.P)
    other.__dict__["H"] = Holes(faces, H.supports)
    return other


def test_faces_that_enter_late_refute_T16_and_T17():
    late = with_holes({"levels": (2, 2, 6)})  # the edge of the square has 4 atoms
    assert verdict("T16", late).verdict == "fails"
    assert verdict("T16", late).witness["faces that enter late"]
    assert verdict("T17", late).verdict == "fails"
    assert verdict("T17", late).witness["offending bars"] == [[0, 2, 6]]


def test_other_faces_refute_T15_and_T18():
    early = with_holes({"levels": (2, 2, 3)})
    assert verdict("T15", early).verdict == "fails"


def test_other_masses_refute_T18(monkeypatch):
    from polytope_nn.theorems import topology

    s = subject_of(worked("square"))
    monkeypatch.setattr(topology, "absorbed", lambda start: (*start[:-2], None, None))
    v = verdict("T18", s)
    assert v.verdict == "fails"
    assert len(v.witness["wrong"]) == 3


def test_the_first_of_equal_masses_absorbs():
    start = ((3, Q(1)), None, (3, Q(1)), (5, Q(2)), (3, Q(1, 2)))
    assert absorbed(start) == ((3, Q(5, 2)), None, None, (5, Q(2)), None)
    assert absorbed((None, None)) == (None, None)


def test_masses_that_are_enclosed_absorb_each_other():
    rows = [[-1, -1, -2], [-2, 3, 2], [-3, -1, 1], [0, 1, -3]]
    P = optimal_polytope(TrainingProblem(rows, [1, 4, -4, 2], beta="1/2"))
    assert P.level == "interval"
    assert verdict("T18", subject_of(P)).verdict == "holds"


def test_invariant_chains_are_one_for_each_face():
    """A2 on the slot complex: over all permutations, by the definition of an orbit."""
    tried = 0
    for P in abstracts("orbits", 60):
        H = holes(P)
        for m in range(H.m_star, 4):
            C, names = slot_complex(H.faces, H.supports, m)
            if len(C) < 200:
                faces = sum(level <= m for level in H.faces.levels)
                assert _invariant_cells(names, m) == faces
                single = {
                    min(
                        tuple((a, 1 << order[slots.bit_length() - 1]) for a, slots in cell)
                        for order in permutations(range(m))
                    )
                    for cell in names
                    if all(slots & (slots - 1) == 0 for _, slots in cell)
                }
                assert len(single) == faces
                tried += 1
    assert tried > 10


def test_where_they_say_nothing():
    zero = TrainingProblem([[1, 0], [0, 1]], [1, 1], beta=2)
    for name in NAMES:
        v = verdict(name, zero)
        assert (v.holds, v.hypotheses["y* is not 0"]) == (None, False)
    flat = TrainingProblem([[0], [1], [2]], [0, 0, 3], beta=1, bias="free")
    assert verdict("T15", flat).verdict == "does not apply"


def test_several_fits_are_no_subject():
    """With l < u supports of vertices do not tell the faces."""
    several = TrainingProblem(
        [[0, 1], [0, 1], [1, -2], [1, 0], [-1, 1]],
        [-2, -3, -2, 3, -1],
        beta="1/2",
        loss={"kind": "epsilon_insensitive", "epsilon": "1/2"},
    )
    P = optimal_polytope(several)
    assert len(P.supports) == 2
    for name in NAMES:
        v = verdict(name, P)
        assert (v.holds, v.hypotheses["the fit is unique"]) == (None, False)
    for stage in (several, P, P.staircase):
        with pytest.raises(ValueError, match="holes need a unique fit"):
            holes(stage)


def test_one_fit_though_the_loss_is_not_strictly_convex():
    D = TrainingProblem([[0], [-2], [1]], [1, -1, -1], beta="1/2", loss="hinge")
    P = optimal_polytope(D)
    assert P.fit_is_unique
    assert not P.optimum.is_pinned
    for name in NAMES:
        v = verdict(name, P)
        assert (v.holds, v.hypotheses["the fit is unique"]) == (True, True)
    assert holes(P).network_betti(2) == (2,)
