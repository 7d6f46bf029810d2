"""THEORY §11: every worked instance, with kappa given and with kappa found."""

import pytest

from polytope_nn.landscape.optimal_set import optimal_polytope
from polytope_nn.landscape.staircase import staircase
from polytope_nn.search.finding import optimum
from tests.oracles.worked import WORKED


@pytest.mark.parametrize("given", [True, False], ids=["given", "found"])
@pytest.mark.parametrize("w", WORKED, ids=lambda w: w.name)
def test_worked_instance(w, given):
    O = optimum(w.problem(), kappa=w.kappa if given else None)
    assert O.level == "exact"
    assert list(O.kappa) == w.kappa
    assert list(map(str, O.fit)) == list(map(str, w.fit))
    P = optimal_polytope(O)
    S = staircase(P)
    assert len(O.atoms) == w.N
    assert P.rank == w.r
    assert sorted(S.sizes) == w.supports
    assert {m: S[m].components for m in w.components} == w.components
    assert S.threshold == max(w.components)
    assert all(v in P for v in P.vertices)
