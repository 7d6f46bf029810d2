"""What a search hands over: a hint in floats, and a candidate to be proved.

Tied faces, a regular system for a basis of units among them, its refined solution. The float
helpers that choose faces and bases live here, too.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from polytope_nn.dual.system import Face, Semidefinite, Unit
from polytope_nn.errors import Undecided
from polytope_nn.exact.ball import Balls
from polytope_nn.exact.rational import Vector, exponent
from polytope_nn.limits import Limits
from polytope_nn.problems.problem import Problem

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = [
    "Candidate",
    "Hint",
    "Span",
    "apart",
    "comparable",
    "pin_values",
    "simple",
    "undecided",
]

_NEAREST = 1e-2  # how far a neuron may be from the direction it is counted for
_TINY = Fraction(1, 1000)  # an entry of kappa that may be 0, beside the largest
_INDEPENDENT = 1e-5  # the part of a feature outside the span of others, when independent


@dataclass(frozen=True)
class Candidate:
    """Tied faces, a regular system for a basis of units among them, its refined solution.

    ``held`` tells whether some weights are held at rationals; ``pins`` are the pinned
    entries of kappa; ``linear`` the independent columns that the pairs add to Z.
    """

    problem: Problem
    faces: tuple[Face, ...]
    basis: tuple[Unit, ...]
    held: bool
    pins: tuple[int, ...]
    linear: tuple[Vector, ...]
    system: Semidefinite
    point: Balls

    @property
    def kappa(self) -> Balls:
        """The refined dual variable, shape (n,)."""
        return self.point[: self.problem.n]

    @property
    def key(self) -> tuple[object, ...]:
        """What tells candidates apart: with the same faces samples may be on other pieces."""
        values = tuple(self.kappa[j].midpoint for j in self.pins)
        losses = self.system.y, self.system.inverse_weights, self.system.curves
        return self.faces, self.basis, self.pins, values, losses, self.system.prices

    def refined(self, bits: int) -> "Candidate":
        """Return the same candidate at a higher precision."""
        return replace(self, point=self.system.refined(self.point, bits))


@dataclass(frozen=True)
class Hint:
    """The dual variable and the neurons of a float solution, for rows scaled to order 1.

    ``scaled`` is ``kappa_k / beta`` times the scale of row k; ``neurons`` are triples of chart,
    sign and u (each of its own chart's dimension, in units of ``labels / rows``). ``fit`` is
    the fit of the samples that were kept, in units of their labels.
    """

    scaled: "NDArray[np.float64]"
    neurons: "tuple[tuple[int, int, NDArray[np.float64]], ...]"
    fit: "NDArray[np.float64] | None" = None

    def weights(
        self,
        directions: "Sequence[tuple[int, int, NDArray[np.float64]]]",
        anchors: Sequence[Vector | None],
    ) -> "NDArray[np.float64]":
        """Return the weights of unit directions (chart, sign, g): each neuron's nearest.

        With ``anchors`` of the charts, a neuron of another chart counts where its kink is
        the same.
        """
        import numpy as np

        weights = np.zeros(len(directions))
        for chart, sign, u in self.neurons:
            size = float(np.linalg.norm(u))
            if not size:
                continue
            distances = [
                float(np.linalg.norm(u / size - g))
                if s == sign and (i == chart or _same_kink(u, anchors[chart], anchors[i]))
                else np.inf
                for i, s, g in directions
            ]
            if distances and min(distances) < _NEAREST:
                weights[int(np.argmin(distances))] += size
        return weights


def _same_kink(
    u: "NDArray[np.float64]", anchor: Vector | None, other: Vector | None
) -> bool:
    """Return whether the kink through one sample also passes through another, about."""
    if anchor is None or other is None:
        return False
    steps = [s - t for s, t in zip(anchor, other, strict=True)]
    longest = max(map(abs, steps)) or 1
    gap = [float(t / longest) for t in steps]
    size = sum(t * t for t in gap) ** 0.5 * float((u @ u) ** 0.5)
    return bool(abs(sum(s * t for s, t in zip(gap, u, strict=True))) < 1e-6 * size)


def apart(lengths: dict[Face, float]) -> tuple[Face, ...]:
    """Return the faces, of those on each other's boundary the one with the longest g.

    Two such faces are never tied both: on the larger one ``|g|^2`` exceeds that on the
    smaller one by the square of the distance to it.
    """
    kept: list[Face] = []
    for face in sorted(lengths, key=lambda f: (-lengths[f], f.covector.count(0))):
        if not any(comparable(face, other) for other in kept):
            kept.append(face)
    return tuple(face for face in lengths if face in kept)


def comparable(a: Face, b: Face) -> bool:
    """Return whether one face lies on the boundary of the other."""
    pairs = list(zip(a.covector, b.covector, strict=True))
    return a.sign == b.sign and (
        all(s in (t, 0) for s, t in pairs) or all(t in (s, 0) for s, t in pairs)
    )


def simple(x: Fraction, largest: int) -> Fraction:
    """Return a simple rational near x, whatever its size."""
    if not x:
        return x
    size = Fraction(1 << max(0, -exponent(x)))
    return (x * size).limit_denominator(largest) / size


def pin_values(
    kappa: Sequence[Fraction], pins: Sequence[int], lengths: Sequence[Fraction], most: int
) -> dict[int, Fraction]:
    """Return simple values of the pinned entries of kappa; the roughest are 0 where tiny.

    Entries are compared as their rows' lengths make them comparable.

    >>> third, noise = Fraction(1, 3), Fraction(1, 10**40)
    >>> print(*pin_values([third, noise], [0, 1], [Fraction(1)] * 2, 1).values())
    1/2 0
    """
    sizes = [abs(t * length) for t, length in zip(kappa, lengths, strict=True)]
    least = max(sizes) * _TINY if most == 1 else 0
    return {j: simple(kappa[j], most) if sizes[j] > least else Fraction(0) for j in pins}


class Span:
    """An orthonormal basis in floats that grows by independent vectors."""

    def __init__(self, n: int) -> None:
        import numpy as np

        self.basis = np.zeros((0, n))

    def add(self, vector: "NDArray[np.float64]") -> bool:
        """Add a vector unless it is in the span already; tell whether it was added."""
        import numpy as np

        size = np.linalg.norm(vector)
        if not size:
            return False
        left = vector / size
        for _ in range(2):
            left = left - self.basis.T @ (self.basis @ left)
        length = np.linalg.norm(left)
        if length < _INDEPENDENT:
            return False
        self.basis = np.vstack([self.basis, left / length])
        return True

    def complement(self) -> list[int]:
        """Return coordinates whose unit vectors complete the span, ascending."""
        import numpy as np

        n = self.basis.shape[1]
        chosen = []
        while len(self.basis) < n:
            left = 1 - (self.basis**2).sum(axis=0)
            j = int(np.argmax(left))
            chosen.append(j)
            unit = np.zeros(n)
            unit[j] = 1
            if not self.add(unit):
                raise Undecided("the optimal directions are close to dependent")
        return sorted(chosen)


def undecided(reasons: list[str], fieldless: list[str], limits: Limits) -> Undecided:
    """Return what is said of a problem that was not solved."""
    if not reasons:
        return Undecided(
            "no set of optimal directions was found: the data are close to a degenerate "
            "instance; give kappa, or change beta or the labels a little"
        )
    if not fieldless:
        fieldless.append(
            f"kappa lies in no number field of degree at most {limits.degree} that "
            f"{limits.field_bits} bits show: raise the limits on degree and bits"
        )
    return Undecided(
        f"{'; '.join(dict.fromkeys(reasons + fieldless))}: give kappa, or change the labels "
        f"a little"
    )
