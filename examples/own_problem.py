"""A unit of one's own: convolutional neurons with sum pooling, and a loss drawn by hand.

A neuron u looks at every patch of a sample and answers ``sum_j (x_kj'u)_+``. Where the signs of
all patches are fixed that is linear: on the cells of the arrangement of all patches. So the
unit is a fan, and the staircase is exact like that of any other network.
"""

from collections.abc import Iterator
from fractions import Fraction

import polytope_nn as pn
from polytope_nn.problems.losses.graphs import Graph

PATCHES = (  # three samples of two patches each
    ((1, 0), (0, 1)),
    ((-1, 1), (2, 1)),
    ((1, -1), (1, 2)),
)


def cells() -> Iterator[dict[str, object]]:
    """Yield the cells: what a neuron answers there, and the rows that are >= 0 on it."""
    rows = [x for sample in PATCHES for x in sample]
    for pattern in pn.arrangement(rows).patterns:
        signs = iter(pattern)
        answers = []
        for sample in PATCHES:
            active = [x for x in sample if next(signs) > 0]
            answers.append([sum(column) for column in zip((0, 0), *active, strict=True)])
        cone = [[s * t for t in x] for s, x in zip(pattern, rows, strict=True)]
        yield {"A": answers, "cone": cone}


def tolerant(y: int) -> Graph:
    """Return a loss that is 0 within 1/2 of a label, then a parabola, then a line of slope 2."""
    half = Fraction(1, 2)
    return pn.polyline(
        [(y - half - 2, 2), (y - half, 0), (y + half, 0), (y + half + 2, -2)]
    )


def main() -> None:
    """Print the optimum and the staircase, for the squared loss and for one's own."""
    unit = pn.FanUnit(cells())
    print(unit)
    labels = (3, 4, 5)
    for name, problem in (
        ("squared", pn.AtomicProblem(unit, "squared", beta_squared=1, y=labels)),
        ("own", pn.AtomicProblem(unit, pn.GraphLoss(map(tolerant, labels)), (), 1)),
    ):
        O = pn.optimum(problem)
        S = pn.staircase(pn.optimal_polytope(O))
        print(f"{name}: value {float(O.value):.9f}, level {O.level}, {len(O.atoms)} atoms")
        for step in S:
            print(f"  width {step.width}: components {step.components}")


if __name__ == "__main__":
    main()
