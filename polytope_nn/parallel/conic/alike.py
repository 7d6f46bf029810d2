"""Rows of one direction put into one, for floats: where their labels differ kappa is large on them.

On ``x_i = c_i x`` the outputs of a branch are ``c_i t``, so the losses of such rows are one loss of
t and a constant. Beside a small beta the entries of kappa of these rows nearly cancel; of
the one row kappa is their sum ``sum c_i kappa_i``, of the size of the others.
"""

from dataclasses import replace
from fractions import Fraction

from polytope_nn.dual.feasibility import enclosure
from polytope_nn.exact.rational import Vector
from polytope_nn.exact.scalar import dot
from polytope_nn.parallel.blocks import classes_of, size_of
from polytope_nn.parallel.problem import ParallelProblem
from polytope_nn.search.floats import to_float

from .master import DeepKappa, Part

__all__ = ["Merged"]


class Merged:
    """A problem with one row of each direction, and its solutions as those of all rows.

    >>> M = Merged(ParallelProblem([[1, 0], [2, 0], [0, 1]], [1, 3, 1], beta=1))
    >>> M.problem.design == ((1, 0), (0, 1)), M.problem.y
    (True, (Fraction(7, 5), Fraction(1, 1)))
    """

    def __init__(self, problem: ParallelProblem) -> None:
        D, X = problem.two_layer, problem.design
        self.whole = problem
        first = {i: rows[0] for rows in classes_of(X) for i in rows}
        self.first = tuple(first.get(i, i) for i in range(len(X)))
        kept = [i for i, j in enumerate(self.first) if i == j]
        self.place = {i: q for q, i in enumerate(kept)}
        self.sizes = tuple(
            size_of(X[i]) / size_of(X[j]) if i != j else Fraction(1)
            for i, j in enumerate(self.first)
        )
        weights, y = [], []
        for j in kept:
            rows = [i for i, q in enumerate(self.first) if q == j]
            parts = [D.weights[i] * self.sizes[i] for i in rows]
            weights.append(dot(parts, [self.sizes[i] for i in rows]))
            y.append(dot(parts, [D.y[i] for i in rows]) / weights[-1])
        self.problem = ParallelProblem(
            [D.X[i] for i in kept], y, beta_squared=D.beta_squared, weights=weights,
            bias=D.bias, inner_width=problem.inner_width, regulariser=problem.regulariser,
        )  # fmt: skip

    def start(self, kappa: Vector) -> Vector:
        """Return kappa of the rows in one."""
        found = [Fraction(0)] * len(self.place)
        for i, j in enumerate(self.first):
            found[self.place[j]] += self.sizes[i] * kappa[i]
        return tuple(found)

    def restored(self, found: DeepKappa) -> DeepKappa:
        """Return what was found, of all rows."""
        D, one = self.whole.two_layer, self.problem
        fit = one.loss.fit(tuple(map(Fraction, found.kappa)))
        at = [self.place[j] for j in self.first]
        kappa = (
            w * (y - c * fit[q])
            for w, y, c, q in zip(D.weights, D.y, self.sizes, at, strict=True)
        )
        zeros = (i for i, q in enumerate(at) if q in found.zeros and at.count(q) == 1)
        kept = {q: i for i, q in self.place.items()}

        def part(p: Part) -> Part:
            return Part(
                p.sigma,
                tuple(i for i, q in enumerate(at) if q in p.inside and q not in p.raised),
                {kept[q]: t for q, t in p.raised.items()},
                {(s, tuple(face[q] for q in at)): c for (s, face), c in p.faces.items()},
            )

        return replace(
            DeepKappa(
                tuple(to_float(enclosure(t)[0]) for t in kappa),
                tuple(map(part, found.parts)),
            ),
            zeros=tuple(zeros),
            unused=tuple(map(part, found.unused)),
            every=tuple(map(part, found.every)),
        )
