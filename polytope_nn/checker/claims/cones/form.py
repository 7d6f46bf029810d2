"""The function ``kappa'(Xu)_+`` in integers, over rows of which no two are parallel.

A row and its multiples become one primitive row x, by ``(-t)_+ = t_+ - t``; zero rows go. So
``factor kappa'(Xu)_+ = linear'u + sum_k weights_k (x_k'u)_+`` for all u (proofs/cones.md, C1).
With a free bias the rows are those of a chart.
"""

from dataclasses import dataclass, replace
from fractions import Fraction
from math import gcd, lcm

from ...kernel.numbers import Vector, cleared, dot
from ...kernel.reading import Json, array, require, whole
from ..instance import Chart, Instance

Ray = tuple[int, ...]


@dataclass(frozen=True)
class Form:
    """The rows, their weights, the linear part; ``square`` is ``(factor beta)^2``."""

    rows: list[Ray]
    weights: list[int]
    linear: list[int]
    factor: int
    square: Fraction
    places: list[tuple[int, int]]  # of each sample: its row, and what it is times; -1, 0

    def turned(self, s: int) -> "Form":
        """Return the form times a sign."""
        weights, linear = [s * t for t in self.weights], [s * t for t in self.linear]
        return replace(self, weights=weights, linear=linear)


def form_of(D: Instance, kappa: Vector, chart: Chart) -> Form:
    """Return the form of a rational dual variable on the rows of a chart."""
    require(D.field.degree == 1, "field", "cones are proved over the rationals")
    numerators, den = cleared(kappa, D.clock)
    places: dict[Ray, int] = {}
    samples: list[tuple[int, int]] = []
    weights: list[int] = []
    linear = [0] * chart.d
    for x, k in zip(chart.X, numerators, strict=True):
        D.clock.tick()
        divisor = gcd(*x)
        if not divisor:
            samples.append((-1, 0))
            continue
        lead = next(t for t in x if t)
        sign = 1 if lead > 0 else -1
        row = tuple(sign * t // divisor for t in x)
        at = places.setdefault(row, len(places))
        if at == len(weights):
            weights.append(0)
        weights[at] += k * divisor
        samples.append((at, sign * divisor))
        if sign < 0:
            linear = [b - k * divisor * t for b, t in zip(linear, row, strict=True)]
    factor = den * D.scale
    square = D.beta_squared * factor**2
    return Form(list(places), weights, linear, factor, square, samples)


def basis_of(D: Instance, F: Form, read: Json) -> list[Ray]:
    """Return integer rows in reduced echelon form whose span holds all rows."""
    where = "witness.dual"
    basis = []
    for row in array(read, where):
        D.clock.tick()
        basis.append(tuple(whole(t, where) for t in array(row, where, len(F.linear))))
    pivots = [next((j for j, t in enumerate(b) if t), 0) for b in basis]
    for i, b in enumerate(basis):
        fine = all((b[j] != 0) is (i == q) for q, j in enumerate(pivots))
        require(fine, where, "the basis is not in reduced echelon form")
    common = lcm(*(b[j] for b, j in zip(basis, pivots, strict=True)))
    for x in F.rows:
        D.clock.tick()
        shares = [x[j] * (common // b[j]) for b, j in zip(basis, pivots, strict=True)]
        fine = all(
            common * t == dot(shares, (b[j] for b in basis)) for j, t in enumerate(x)
        )
        require(fine, where, "a row is not in the span of the basis")
    return basis
