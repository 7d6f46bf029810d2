"""The trees of topes: facets are all the rows that need to be asked."""

from dataclasses import replace

import pytest

from polytope_nn.exact.rational import matrix
from polytope_nn.vector.certificate.leaves import off
from polytope_nn.vector.certificate.trees import branched, tope_of
from polytope_nn.vector.problem import VectorProblem
from tests.landscape.planted import seeded


@pytest.mark.parametrize("seed", range(8))
def test_facets_give_the_tree_of_all_rows(seed):
    """Rows repeated, opposite, and 0 among them; branched until each face is open or empty."""
    rng = seeded(seed)
    d = 2 + seed % 2
    X = [[rng.randint(-2, 2) for _ in range(d)] for _ in range(4)]
    X += [[-2 * t for t in X[0]], X[1], [0] * d]
    D = VectorProblem(X, [[1, 2]] * len(X), beta=1)
    N = matrix([[rng.randint(-3, 3) for _ in range(2)] for _ in X])

    def proof(cell):
        if off(cell) is not None:
            return {"off": True}
        return None if cell.open else {"off": False}

    for pattern in D.arrangement.patterns:
        tope = tope_of(D, N, pattern)
        assert tope.facets == D.arrangement.facets(pattern)
        found, every = (
            [leaf["off"] for leaf in branched(t, proof)["leaves"]]
            for t in (tope, replace(tope, facets=()))
        )
        assert found.count(False) == every.count(False)  # the open faces
