"""The worked instances of THEORY §11, with their exact answers."""

from dataclasses import dataclass
from fractions import Fraction

from polytope_nn.problems.training import TrainingProblem


@dataclass(frozen=True)
class Worked:
    name: str
    X: list
    kappa: list
    beta_squared: object
    fit: list
    N: int
    r: int
    supports: list
    components: dict

    @property
    def y(self):
        return [
            Fraction(k) + Fraction(z) for k, z in zip(self.kappa, self.fit, strict=True)
        ]

    def problem(self):
        return TrainingProblem(self.X, self.y, beta_squared=self.beta_squared)


TETRAHEDRON = [[1, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1]]
SIGNED = [[-1, 1, -1], [-1, 1, 0], [-1, -1, -1]]
WORKED = [
    Worked(
        "A2", [[1, -1, 0], [0, 1, -1]], [1, 1], 2, [1, 1], 3, 2, [1, 2], {1: 1, 2: 3, 3: 1}
    ),
    Worked(
        "A2-rational",
        [[1, 1, 1, 1], [-1, -1, -1, 1]],
        [1, 1],
        4,
        [2, 2],
        3,
        2,
        [1, 2],
        {1: 1, 2: 3, 3: 1},
    ),
    Worked(
        "square",
        [[1, 0], [-1, 0], [0, 1], [0, -1]],
        [1] * 4,
        2,
        [2] * 4,
        4,
        3,
        [2, 2],
        {2: 4, 3: 2, 4: 1},
    ),
    Worked(
        "tetrahedron", TETRAHEDRON, [1] * 4, 4, [1] * 4, 6, 4, [2] * 3, {2: 6, 3: 3, 4: 1}
    ),
    Worked(
        "tetrahedron-tilted",
        TETRAHEDRON,
        [1] * 4,
        4,
        [4, 2, 4, 2],
        6,
        4,
        [2, 3, 3],
        {2: 2, 3: 13, 4: 1},
    ),
    Worked(
        "octahedron",
        [[1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0], [0, 0, 1], [0, 0, -1]],
        [1] * 6,
        3,
        [4] * 6,
        8,
        4,
        [2, 2, 2, 2, 4, 4],
        {2: 8, 3: 4, 4: 49, 5: 1},
    ),
    Worked(
        "triangle",
        [[1, -1, 0], [0, 1, -1], [-1, 0, 1]],
        [1] * 3,
        2,
        [4] * 3,
        6,
        3,
        [2, 2, 2, 3, 3],
        {2: 6, 3: 15, 4: 1},
    ),
    Worked(
        "one-sign-each",
        SIGNED,
        [2, -2, -1],
        "8/3",
        ["4/3", -2, -4],
        4,
        3,
        [2, 3],
        {2: 2, 3: 7, 4: 1},
    ),
]
