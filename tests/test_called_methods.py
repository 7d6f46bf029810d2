"""No method of a value that users hold answers what is no argument with a bare error."""

import inspect
from fractions import Fraction

import numpy as np
import pytest

import polytope_nn as pn
from polytope_nn.parallel.networks.roads import some_network

D = pn.TrainingProblem([[1, -1, 0], [0, 1, -1]], [2, 2], beta_squared=2)
P = pn.optimal_polytope(D)
NET = pn.Network.of((1, [1, 0, -1]))
V = pn.VectorProblem([[2], [1]], [[3, 4], [1, 0]], beta=1)
DEEP = pn.ParallelProblem([[-1, 1], [0, 1], [1, 1]], [-1, 4, -1], beta=1)
OF_DEEP = pn.parallel_optimum(DEEP)
BRANCHES = some_network(OF_DEEP)
L1 = pn.TrainingProblem([[1], [-1]], [3, 2], beta=1, penalty="l1")
VALUES = {
    "Staircase": P.staircase,
    "OptimalPolytope": P,
    "Optimum": P.optimum,
    "SlotComplex": pn.slot_complex(L1),
    "Holes": pn.holes(P),
    "Network": NET,
    "VectorNetwork": pn.VectorNetwork((None,)),
    "Polyhedron": pn.Polyhedron.from_inequalities([[1, 0], [0, 1], [-1, -1]], [0, 0, -1]),
    "Arrangement": pn.arrangement([[1, 0], [0, 1]]),
    "FaceLattice": pn.face_lattice(P),
    "StationaryPoints": pn.stationary_points(D, 1),
    "Path": pn.path(P, NET, NET, 2),
    "BetaPath": pn.beta_path(D),
    "Certificate": pn.certify(P),
    "ParallelProblem": DEEP,
    "ParallelOptimum": OF_DEEP,
    "TwoWidths": pn.two_widths(OF_DEEP),
    "ParallelNetwork": BRANCHES,
    "ParallelPath": pn.parallel_path(OF_DEEP, BRANCHES, BRANCHES),
}
WRONG = [None, "1", "x", 1.5, -1, 10**9, True, [], {}, [1, 2], [[1]], object(), D, int]
ASKED = ("__getitem__", "__call__", "__contains__")
OF_THE_PROGRAM = {  # called by what has read a network
    "require", "require_dimension", "require_parts", "beside", "of_layers", "of_json",
}  # fmt: skip
NO_ARGUMENTS = {"Optimum", "Path", "BetaPath", "ParallelPath"}
NATURAL = {  # what Python says of a sequence, a dictionary, a file
    ("StationaryPoints", "__getitem__"): (TypeError, IndexError),
    ("Certificate", "claim"): (KeyError,),
    ("Network", "load"): (OSError,),
    ("VectorNetwork", "load"): (OSError,),
}


def methods(value):
    for name in dir(type(value)):
        if (name[0] == "_" and name not in ASKED) or name in OF_THE_PROGRAM:
            continue
        if callable(getattr(type(value), name)) and not name.startswith("plot"):
            yield name, getattr(value, name)


def said(method, arguments, natural):
    """Return the line of a refusal, None where there is none."""
    try:
        method(*arguments)
    except pn.PolytopeError as error:
        return str(error)
    except natural:
        return None
    return None


@pytest.mark.parametrize("of", VALUES)
def test_a_method_refuses_what_is_no_argument_in_one_line(of, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    asked = 0
    for name, method in methods(VALUES[of]):
        try:
            takes = list(inspect.signature(method).parameters.values())
        except ValueError:  # of a class in C
            continue
        plain = [p for p in takes if p.kind not in (p.VAR_KEYWORD, p.KEYWORD_ONLY)]
        required = [p for p in plain if p.default is p.empty]
        if name == "save" or not plain:
            continue
        for wrong in WRONG:
            asked += 1
            told = said(
                method, [wrong] * max(len(required), 1), NATURAL.get((of, name), ())
            )
            assert told is None or (told and "\n" not in told), name
    assert asked or of in NO_ARGUMENTS


def test_floats_are_no_masses():
    c = (Fraction(1, 2), Fraction(1, 2), Fraction(0))
    for call in (P.point, P.lift, P.free_part, P.__contains__):
        with pytest.raises(pn.InexactError, match=r"0\.5 is a float"):
            call([0.5, "1/2", 0])
        assert call(["1/2", "1/2", 0]) == call(c)


def test_slots_of_numpy_are_slots():
    net = NET.padded(2)
    assert net.permuted(np.array([1, 0])).slots == net.slots[::-1]
    parts = net.split(np.int64(0), 1, "1/3").slots
    assert [x.u[0] for x in parts] == [Fraction(2, 3), Fraction(1, 3)]
    with pytest.raises(pn.DimensionError, match=r"^\[0, 0\] is no permutation of 2 slots$"):
        net.permuted([0, 0])
    with pytest.raises(pn.DimensionError, match="slot -1 must hold a neuron"):
        net.split(-1, 1, "1/2")


def test_widths_of_three_layers_are_integers():
    """A table of 10^9 branches ran on; one and a half inner neurons had an m*."""
    S = VALUES["TwoWidths"]
    assert [S.m_star(np.int64(k)) for k in (1, 2, 3)] == [3, 2, 1]
    assert S[[np.int64(3), 1]] == S[3, 1]
    for wrong in (1.5, True, "1", 0, -1, None):
        with pytest.raises(pn.InstanceError, match=r"is no width: give an integer >= 1$"):
            S.m_star(wrong)
        with pytest.raises(pn.InstanceError, match=r"is no width: give an integer >= 1$"):
            S[3, wrong]
    with pytest.raises(pn.InstanceError, match=r"^widths: 1, 101: give at most 100$"):
        S.table(1, 101)
    with pytest.raises(pn.InstanceError, match=r"^widths: null: give a pair \(m, k\)$"):
        S[None]
    with pytest.raises(pn.InstanceError, match=r"^width: 1000000000: give an integer"):
        BRANCHES.padded(10**9, 3)
    assert BRANCHES.fit([]) == ()
