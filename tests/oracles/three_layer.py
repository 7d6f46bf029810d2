"""The eleven worked instances of three-layer §7, with their exact answers."""

from dataclasses import dataclass
from fractions import Fraction

from polytope_nn.parallel.problem import ParallelProblem

Q = Fraction


@dataclass(frozen=True)
class Deep:
    name: str
    X: list
    kappa: list
    beta_squared: object
    fit: list
    value: object
    pieces: list  # sign and inner atoms of each
    least: list  # m*(k) for k = 1, 2, ...
    counts: dict  # (m, k): components, isolated points

    @property
    def y(self):
        return [Q(k) + Q(z) for k, z in zip(self.kappa, self.fit, strict=True)]

    def problem(self, **options):
        return ParallelProblem(self.X, self.y, beta_squared=self.beta_squared, **options)


HAT = [[-1, 1], [0, 1], [1, 1]]
OCTAHEDRON = [[1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0], [0, 0, 1], [0, 0, -1]]
HAT_COUNTS = {(3, 1): (6, 6), (4, 1): (1, 0), (2, 2): (2, 0), (3, 2): (1, 0)}
HAT_COUNTS |= {(1, 3): (6, 6), (2, 3): (1, 0), (1, 4): (1, 0)}
TENT = [(1, 3), (-1, 2)]
DEEP = [
    Deep(
        "square", [[1, 0], [-1, 0], [0, 1], [0, -1]], [1] * 4, 2, [2] * 4, 10, [(1, 4)],
        [2, 1], {(1, 2): (4, 4), (2, 1): (4, 4), (1, 3): (2, 0), (3, 1): (2, 0),
                 (1, 4): (1, 0), (2, 2): (1, 0)},
    ),
    Deep(
        "octahedron", OCTAHEDRON, [1] * 6, 3, [4] * 6, 27, [(1, 8)],
        [2, 1], {(1, 2): (8, 8), (2, 1): (8, 8), (1, 3): (4, 0), (3, 1): (4, 0),
                 (1, 4): (49, 48), (2, 2): (49, 48), (4, 1): (49, 48), (1, 5): (1, 0)},
    ),
    Deep("hat", HAT, [-1, 3, -1], 1, [0, 1, 0], Q(17, 2), TENT, [3, 2, 1], HAT_COUNTS),
    Deep("tilted", HAT, [-1, 3, -1], 1, [0, 3, 1], Q(27, 2), TENT, [3, 2, 1], HAT_COUNTS),
    Deep(
        "signed", HAT, [-1, 3, -1], 1, [-1, 1, -1], Q(21, 2), TENT, [3, 2, 2],
        {(3, 1): (6, 6), (4, 1): (1, 0), (2, 2): (4, 0), (3, 2): (1, 0), (2, 3): (2, 0),
         (2, 4): (2, 0), (3, 3): (1, 0)},
    ),
    Deep(
        "zero", [*HAT, [2, 1]], [-1, 3, -1, 0], 1, [0, 2, 1, 0], Q(21, 2),
        [(1, 3), (1, 3), (-1, 2)], [3, 2, 1], HAT_COUNTS,
    ),
    Deep(
        "skew", [*HAT, [0, -1]], [-1, 3, -1, 1], 1, [0, 1, 0, 1], 10, [(1, 4), (-1, 2)],
        [4, 2, 2, 1], {(4, 1): (24, 24), (5, 1): (1, 0), (2, 2): (8, 8), (3, 2): (1, 0),
                       (2, 3): (14, 0), (1, 4): (24, 24), (1, 5): (1, 0)},
    ),
    Deep(
        "one-sign-each", [[-1, 1, -1], [-1, 1, 0], [-1, -1, -1]], [2, -2, -1], Q(8, 3),
        [Q(4, 3), -2, -4], Q(91, 6), [(1, 1), (-1, 3)], [2, 2],
        {(2, 1): (2, 2), (3, 1): (7, 6), (4, 1): (1, 0), (2, 2): (6, 0), (3, 2): (1, 0),
         (2, 3): (2, 0), (2, 4): (2, 0)},
    ),
    Deep(
        "strict", [[2, 0], [0, 2], [2, 2], [-2, 1], [-1, 2]], [-1, -1, 2, 2, -3],
        Q(629, 50), [0, Q(-119, 25), 0, Q(-1679, 250), Q(-1771, 250)], Q(552, 25),
        [(-1, 2)], [None, 1, 1], {(1, 2): (2, 2), (2, 2): (1, 0), (1, 3): (1, 0),
                                  (2, 3): (1, 0)},
    ),
    Deep(
        "cross", [[1, 1], [-1, 1], [1, -1], [-1, -1], [0, 2], [0, -2]], [-2] * 4 + [4, 4],
        16, [0, 0, 0, 0, 4, 4], 56, [(1, 4), (-1, 2)], [4, 2, 2, 1],
        {(4, 1): (24, 24), (2, 2): (8, 8), (2, 3): (2, 0), (1, 4): (24, 24),
         (1, 5): (1, 0)},
    ),
    Deep(
        "pyramid",
        [[-1, 0, 1, 1], [1, 0, 1, 1], [0, -1, 1, 1], [0, 1, 1, 1], [0, 0, 1, 1]],
        [-1] * 4 + [5], 2, [0, 0, 0, 0, 2], Q(49, 2), [(1, 5), (-1, 4)], [3, 2, 1],
        {(3, 1): (12, 12), (4, 1): (2, 0), (2, 2): (4, 0), (1, 3): (12, 12),
         (1, 4): (2, 0), (1, 5): (1, 0)},
    ),
]  # fmt: skip
BY_NAME = {deep.name: deep for deep in DEEP}
