"""The claim *holes*: the checker's own faces, reductions and fibres against the finder's."""

from itertools import combinations
from types import SimpleNamespace

import pytest

from polytope_nn import InterpolationProblem, TrainingProblem
from polytope_nn.certificate.check import Limits, Refuted, accepted
from polytope_nn.certificate.format import canonical
from polytope_nn.certificate.holes import claimed, form, holes_certificate, torsion_forms
from polytope_nn.checker.claims import holes as checked
from polytope_nn.checker.claims.holes import Faces, Torsion, reduced, residue
from polytope_nn.checker.kernel.reading import Clock
from polytope_nn.errors import Undecided
from polytope_nn.landscape.topology.holes import holes
from tests.oracles.homology import abstracts, plane_supports
from tests.oracles.worked import WORKED


def derived(P):
    """What the checker derives from supports, as the claim."""
    H = holes(P)
    found = checked.holes(Clock(Limits()), P.supports, H.m_star, H.threshold)
    return {"claim": "holes", **found}


def test_both_ways_agree_on_random_polytopes():
    shapes = set()
    for P in abstracts("checker", 400):
        H = holes(P)
        assert canonical(derived(P)) == canonical(claimed(H))
        shapes.add((len(H.faces), max(H.faces.dims)))
    assert len(shapes) > 20


def test_both_ways_agree_on_the_birkhoff_polytope():
    from itertools import permutations

    supports = tuple(
        sum(1 << (i * 4 + p[i]) for i in range(4)) for p in permutations(range(4))
    )
    P = SimpleNamespace(supports=supports)
    assert canonical(derived(P)) == canonical(claimed(holes(P)))


@pytest.mark.parametrize("singletons, width", [(False, 12), (True, 18)])
def test_the_plane_is_told_over_the_field_of_two_elements(singletons, width):
    """Units alone do not exclude its torsion, so it is not claimed to have none."""
    found = derived(plane_supports(singletons=singletons))
    assert canonical(found) == canonical(
        claimed(holes(plane_supports(singletons=singletons)))
    )
    rows = {row["m"]: row for row in found["widths"]}
    assert (rows[width]["betti"], rows[width]["torsion"]) == ([1, 1, 1], None)
    assert rows[width - 1]["torsion"] == []


@pytest.mark.parametrize("singletons, width", [(False, 12), (True, 18)])
def test_torsion_is_multiplied_out(singletons, width):
    """Both derive the same claim, with Betti numbers over Q; other widths have none."""
    P = plane_supports(singletons=singletons)
    H = holes(P)
    forms = torsion_forms(H)
    found = checked.holes(Clock(Limits()), P.supports, H.m_star, H.threshold, forms)
    assert canonical({"claim": "holes", **found}) == canonical(claimed(H, forms))
    rows = {row["m"]: row for row in found["widths"]}
    assert {m: r["torsion"] for m, r in rows.items() if r["torsion"]} == {width: [[1, 2]]}
    assert rows[width]["betti"] == [1]
    assert not any(row["torsion"] is None for row in rows.values())


def moore(q):
    """Return a triangulation of the disc with its rim wound q times around a triangle."""
    ring = [3 + j for j in range(3 * q)]
    triangles = set()
    for j, i in enumerate(ring):
        k, after = ring[(j + 1) % len(ring)], (j + 1) % 3
        triangles |= {(j % 3, after, i), (after, i, k), (i, k, 3 + 3 * q)}
    faces = {frozenset(f) for t in triangles for r in (1, 2, 3) for f in combinations(t, r)}
    order = sorted(faces, key=lambda f: (len(f), sorted(f)))
    place = {f: i for i, f in enumerate(order)}
    facets = [sorted(place[f - {v}] for v in f if len(f) > 1) for f in order]
    return Faces([1] * len(order), [len(f) - 1 for f in order], facets)


@pytest.mark.parametrize("q", [1, 2, 3, 4, 6])
def test_torsion_of_other_orders(q):
    """A disc glued to a circle q times has the torsion Z/q, seen by Smith forms alone."""
    clock, F = Clock(Limits()), moore(q)
    known = reduced(clock, F)
    forms = [form(R) for i in (1, 2) if (R := residue(clock, F, known, 1, i))]
    found = Torsion(clock, F, known, [{"m": 1, "forms": forms}] if forms else [])
    assert found.of(1) == ([(1, q)] if q > 1 else [])
    found.closed()


@pytest.mark.parametrize("w", WORKED, ids=lambda w: w.name)
def test_worked_instances(w):
    C = holes_certificate(w.problem())
    assert accepted(C).kind == "holes"
    assert (C.kind, C.version, C.claims[-1]["claim"]) == ("holes", 1, "holes")


def test_no_neuron_a_field_and_something_free():
    assert holes_certificate(TrainingProblem([[1, 0], [0, 1]], [1, 1], beta=2)).version == 1
    D = TrainingProblem([[1, 2], [-1, 1], [3, -1]], [3, 1, 2], beta=1)
    assert holes_certificate(D).claim("holes")["widths"]
    square = [[1, 0], [-1, 0], [0, 1], [0, -1]]
    C = holes_certificate(InterpolationProblem(square, [1] * 4, skip="linear"))
    assert (C.version, C.claim("holes")["bars"]["0"]) == (2, [[1, None, 1], [1, 2, 3]])


def test_too_many_faces_are_undecided(monkeypatch):
    from polytope_nn.certificate import holes as producer

    monkeypatch.setattr(producer, "size", lambda _: 1 << 24)
    with pytest.raises(Undecided, match="45 faces are more than the checker has room for"):
        holes_certificate(WORKED[5].problem())


def test_room_and_time_are_limited():
    with pytest.raises(Refuted, match="exceeds the limit"):
        checked.holes(Clock(Limits(seconds=0)), (1, 2), 1, 2)
    cube = [sum(1 << (2 * i + (x >> i & 1)) for i in range(10)) for x in range(1 << 10)]
    clock = Clock(Limits())
    clock.room = 1 << 16
    with pytest.raises(Refuted, match="too long together"):
        checked.holes(clock, sorted(cube), 10, 11)
