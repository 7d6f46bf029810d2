"""Test a theorem on instances nobody chose: hypothesis draws them, ties built in.

Run: ``pytest examples/test_planted.py``
"""

from hypothesis import given

import polytope_nn as pn
from polytope_nn.strategies import planted


@given(planted())
def test_the_staircase_theorem_holds_where_it_applies(drawn) -> None:  # noqa: ANN001 - a test
    """T7 on a planted problem, each answer checked by the standalone checker."""
    O = pn.optimum(drawn.problem, kappa=drawn.kappa)
    C = pn.certify(O)
    pn.check(C)
    verdicts = C.claim("theorems")["verdicts"]
    if O.vanishes:  # T7 assumes that the fit is not 0
        assert set(verdicts.values()) == {None}
    else:
        assert verdicts == dict.fromkeys(("T7.1", "T7.2", "T7.3", "T7.4", "T7.5"), True)
