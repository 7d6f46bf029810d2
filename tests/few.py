"""Cases of one property: a few on every run, the others with the deep tests."""

import pytest


def few(count, cases):
    """Return the cases, those after the first ``count`` marked ``deep``."""
    cases = list(cases)
    later = [pytest.param(case, marks=pytest.mark.deep) for case in cases[count:]]
    return [*cases[:count], *later]
