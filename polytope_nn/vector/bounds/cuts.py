"""A proved bound on ``max |N'(Xu)_+| / |u|`` without the faces of the arrangement.

What a direction makes of N, ``h = N'(Xu)_+`` for ``|u| <= 1``, is a vector of c outputs. In
any direction v of outputs ``|v'h|`` is the dual value of one output, of ``kappa = N v``, which a
tree of cones bounds: ``|v'h| <= b(v)``, whatever the number of samples. So all h are in

    Q = {z : |v'z| <= b(v) for the cuts v},

and ``|h|``, a convex function, is at most its value at a vertex of Q. The first cuts are an
orthonormal basis, where ``|z|^2`` is the sum of the squares of ``v'z``; each cut more is in the
direction of the farthest vertex.
"""

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, cast

from polytope_nn.dual.cone_form import ConeForm, cone_form
from polytope_nn.errors import Undecided
from polytope_nn.exact.linear import kernel, rank
from polytope_nn.exact.rational import Vector, approximate_root
from polytope_nn.exact.scalar import Scalar, dot
from polytope_nn.geometry.polyhedra.polyhedron import Polyhedron
from polytope_nn.progress import counted
from polytope_nn.search.cones.floats import float_form
from polytope_nn.search.cones.near import DIMENSION
from polytope_nn.search.cones.scaling.multiples import multiple_at_peaks, multiple_by_levels
from polytope_nn.search.cones.searching import maxima
from polytope_nn.vector.problem import Rows, VectorProblem

from .climbs import Climbs

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["Cuts"]

_STARTS = 24  # directions to climb from
_OUTPUTS = (
    4  # beyond which each output more leaves a fourth of the cuts: Q has 2^c vertices
)
_BOX = 6  # outputs, beyond which Q is the box of the first cuts, as it is where trees do not end
_NOTHING = 1e-9  # of the sum of all terms: their difference is rounding
_BITS = 60  # of a bound in one direction
_SHORT = 1 << 12  # directions are fractions of this denominator
_PEAKS = 1e-6  # below what floats climb to: maxima that are made peaks


class Cuts:
    """The largest ``|N'(Xu)_+|`` over ``|u| <= 1``, bounded by cuts; N is not 0.

    All is in units of ``scale``, in which no entry of X or N is larger than 1; ``c`` is the rank of
    N, and ``tops`` are directions that floats climbed to.
    """

    def __init__(self, problem: VectorProblem, N: Rows) -> None:
        import numpy as np

        X, Z = problem.design, cast("Sequence[Vector]", N)
        x, z = (max(abs(t) for row in rows for t in row) for rows in (X, Z))
        self.scale = (x or 1) * z
        self.X = tuple(tuple(t / (x or 1) for t in row) for row in X)
        self.N = [tuple(t / z for t in row) for row in Z]
        self.climbs = Climbs.of(self.X)
        self.floats = np.array([[float(t) for t in row] for row in self.N])
        nowhere = kernel(self.N, problem.c)  # outputs that N makes nothing of
        self.cuts = [(cast("Vector", v), Fraction(0)) for v in nowhere]
        self.c = problem.c - len(nowhere)
        self.tops = self.climbs.tops(self.floats, self.climbs.starts(_STARTS))

    @property
    def least(self) -> Fraction:
        """The largest ``|h|`` that floats climb to."""
        return Fraction(max((top.value for top in self.tops), default=0.0))

    def square(self, most: int, near: Fraction) -> Fraction:
        """Return the square of the bound, by so many cuts beside the first at most.

        Where it is near to what floats climb to, relative to that, it is good enough.

        Raises
        ------
        Undecided
            When a tree of cones cannot hold the numbers.
        """
        box = sum((self.cut(v) ** 2 for v in self.frame()), Fraction(0))
        if self.c > _BOX or rank(self.X) > DIMENSION:
            return box * self.scale**2
        most >>= 2 * max(0, self.c - _OUTPUTS)
        far = self.farthest()
        for _ in counted("cuts of a dual value, at most", range(most)):
            v = _short(far)
            known = any(v == w for w, _ in self.cuts)
            if known or dot(far, far) <= (self.least * (1 + near)) ** 2:
                break
            self.cut(v)
            far = self.farthest()
        return dot(far, far) * self.scale**2

    def frame(self) -> list[Vector]:
        """Return an orthonormal basis of fractions whose first vector is near the largest h.

        The reflection that takes ``e_1`` to it, of any vector ``w = h/|h| - e_1``.
        """
        import numpy as np

        one, zero = Fraction(1), Fraction(0)
        c = len(self.N[0])
        h = self.tops[0].h if self.tops else np.ones(c)
        toward = [float(t) for t in h / np.linalg.norm(h)]
        w = [Fraction(round(t * _SHORT), _SHORT) for t in toward]
        w[0] -= 1
        square = dot(w, w)
        if not square:
            return [tuple(Fraction(int(i == j)) for j in range(c)) for i in range(c)]
        return [
            tuple((one if i == j else zero) - 2 * w[i] * w[j] / square for j in range(c))
            for i in range(c)
        ]

    def cut(self, direction: Vector) -> Fraction:
        """Add the cut of a direction, and return its bound."""
        kappa = tuple(dot(row, direction) for row in self.N)
        bound = self.bound(kappa) if any(kappa) else Fraction(0)
        self.cuts.append((direction, bound))
        return bound

    def bound(self, kappa: Vector) -> Fraction:
        """Return what one output of kappa is not above, by a tree of cones."""
        import numpy as np

        form = cone_form(self.X, kappa, Fraction(1))
        if not any((*form.weights, *form.linear)):
            return Fraction(0)
        starts = [*(top.u for top in self.tops), *self.climbs.starts(_STARTS)]
        floats = np.array([float(t) for t in kappa])
        high = self.climbs.height(floats, starts)
        high = max(high, _NOTHING * float(abs(floats) @ self.climbs.sizes))
        square = self.proved(replace(form, beta_squared=Fraction(high) ** 2), kappa)
        root = approximate_root(square)
        while root * root < square:
            root *= 1 + Fraction(1, 1 << _BITS)
        return root

    def proved(self, form: ConeForm, kappa: Vector) -> Fraction:
        """Return a bound on ``|g|^2``: the largest peak exactly, or what trees show without.

        From the peaks of one output those of all are climbed to.
        """
        if len(form.basis) <= DIMENSION:
            try:
                floats = float_form(form)
                sides = [(side, floats.turned(side)) for side in (1, -1)]
                peaks = [(t, f, s) for s, f in sides for t in maxima(f, _PEAKS)]
                self.tops += self.climbs.tops(self.floats, [t.u for t, _, _ in peaks])
                guesses = [t.guess(f, s) for t, f, s in peaks]
                return multiple_at_peaks(form, kappa, guesses).square
            except (Undecided, OverflowError):
                pass
        return multiple_by_levels(form, kappa).square

    def farthest(self) -> Vector:
        """Return the vertex of Q that is farthest from 0."""
        rows = [v for v, _ in self.cuts]
        ends = [b for _, b in self.cuts]
        opposite = [tuple(-t for t in v) for v in rows]
        Q = Polyhedron.from_inequalities([*rows, *opposite], [*ends, *ends])
        vertices = cast("tuple[Vector, ...]", Q.vertices)
        return max(vertices, key=lambda z: dot(z, z))


def _short(v: "Sequence[Scalar] | Floats") -> Vector:
    """Return a vector in the direction of another, about, of short fractions."""
    size = max(abs(float(t)) for t in v)
    return tuple(Fraction(round(float(t) / size * _SHORT), _SHORT) for t in v)
