"""The ReLU unit: neurons ``(w'x + b)_+`` of cost ``|w|``, chart by chart (THEORY §§1, 8).

Without a bias, and with a penalised one, a neuron is one vector u of cost ``|u|`` that sees
the rows of one design matrix. With a free bias the cost is ``|w|`` alone. For fixed w the dual
value ``kappa'(Xw + b1)_+`` is piecewise linear in b, 0 for small b and constant for large b
(``1'kappa = 0``), so its extreme values are met where the kink passes through a sample:
``b = -x_k'w``. That makes the unit a union of units without bias, one *chart* for each distinct
sample, whose design matrix is ``X - 1 x_k'``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from polytope_nn.errors import InstanceError
from polytope_nn.exact.rational import Matrix, Vector
from polytope_nn.exact.scalar import Scalars, dot
from polytope_nn.geometry.arrangement import Arrangement, arrangement
from polytope_nn.wording import shown

__all__ = ["BIASES", "Chart", "ReluUnit", "bias_of"]

BIASES = ("none", "penalised", "free")

_ZERO, _ONE = Fraction(0), Fraction(1)


def bias_of(word: str | bool) -> str:  # noqa: FBT001 - a bool is one of the words
    """Return the word of a bias; True and False stand for "penalised" and "none".

    >>> bias_of(True)
    'penalised'
    """
    if isinstance(word, bool):
        return "penalised" if word else "none"
    if word not in BIASES:
        raise InstanceError(f"bias: {shown(word)} is none of {', '.join(BIASES)}")
    return word


@dataclass(frozen=True)
class Chart:
    """Neurons ``(design u)_+`` of cost ``|u|``: all of them, or the kinks through one sample.

    ``design`` has shape (n, d'); ``anchor`` is the sample the kink passes through where the
    bias is free, else None.
    """

    design: Matrix
    anchor: Vector | None

    @cached_property
    def arrangement(self) -> Arrangement:
        """The arrangement of the rows of the design."""
        return arrangement(self.design)

    @property
    def beside(self) -> set[tuple[int, ...]]:
        """The patterns on both sides of the kink; its samples are the zero rows of the design.

        >>> sorted(ReluUnit(((Fraction(0),), (Fraction(2),)), "free").charts[0].beside)
        [(-1, -1), (-1, 1), (1, -1), (1, 1)]
        """
        on = [not any(row) for row in self.design]
        return {
            tuple(side if zero else s for s, zero in zip(pattern, on, strict=True))
            for pattern in self.arrangement.patterns
            for side in (1, -1)
        }

    def neuron(self, g: Scalars) -> Scalars:
        """Return the neuron of a direction: g, or (w, b) with ``b = -anchor'w``."""
        return g if self.anchor is None else (*g, -dot(self.anchor, g))


@dataclass(frozen=True)
class ReluUnit:
    """The neurons of a two-layer ReLU network: samples X, shape (n, d), and a bias."""

    X: Matrix
    bias: str

    @cached_property
    def design(self) -> Matrix:
        """The samples as neurons ``(design u)_+`` see them: (n, d), with a bias (n, d + 1)."""
        if self.bias == "none":
            return self.X
        return tuple((*row, _ONE) for row in self.X)

    @cached_property
    def charts(self) -> tuple[Chart, ...]:
        """The charts: one, or with a free bias one for each distinct sample."""
        if self.bias != "free":
            return (Chart(self.design, None),)
        return tuple(
            Chart(tuple(tuple(s - t for s, t in zip(x, a, strict=True)) for x in self.X), a)
            for a in dict.fromkeys(self.X)
        )

    @cached_property
    def reach(self) -> tuple[Vector, ...]:
        """Vectors of R^n that span the fits of all networks.

        On each tope the fits are ``D X u`` with u in an open cone, so they span the image of
        ``D X``. Across a wall the rows ``x_k = lambda_k x`` change, those with a negative
        lambda_k the other way, so ``(D - D') X u = (x'u) |lambda|``. One tope and the
        vectors ``|lambda|`` therefore span all.
        """
        vectors: list[Vector] = []
        for chart in self.charts:
            H, X = chart.arrangement, chart.design
            first = H.patterns[-1]
            vectors += [_active(first, column) for column in zip(*X, strict=True)]
            lines = H.lines
            for i, k in enumerate(lines.firsts):
                j = next(j for j, t in enumerate(X[k]) if t)
                vectors.append(
                    tuple(
                        abs(x[j] / X[k][j]) if side and place == i else _ZERO
                        for x, place, side in zip(X, lines.places, lines.sides, strict=True)
                    )
                )
        return tuple(vectors)

    def __repr__(self) -> str:
        return f"ReluUnit(n={len(self.X)}, d={len(self.X[0])}, bias={self.bias})"


def _active(pattern: Sequence[int], column: Sequence[Fraction]) -> Vector:
    return tuple(t if s > 0 else _ZERO for s, t in zip(pattern, column, strict=True))
