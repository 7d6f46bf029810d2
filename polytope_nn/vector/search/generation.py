"""Column generation in floats: about the optimum, to start from (general B7).

The master problem is a group LASSO over the directions so far; the oracle adds the top singular
vectors of all faces that are above beta. Plain training would stall on kinks: optimal
directions on walls are common, and here they are faces of their own.
"""

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

from polytope_nn.errors import Undecided
from polytope_nn.exact.rational import approximate_root
from polytope_nn.search.programs.interior_point import cone_program
from polytope_nn.vector.faces import Face
from polytope_nn.vector.problem import VectorProblem

from .columns import stacked
from .master import master

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["Generation", "Hint", "Peak"]

_ROUNDS = 80
_ENTERING = 12
_SLACK = 1e-10
_LOOSE = 1e-9  # of losses whose programs are less exact
_NOTHING = 1e-9  # of the largest: a column that is not used
_WALL = 1e-12


@dataclass(frozen=True)
class Peak:
    """The singular values of a face, in units of beta, and its left singular vectors.

    ``vectors`` are coordinates in W, as columns, of vectors of length 1.
    """

    face: Face
    values: "Floats"
    vectors: "Floats"


@dataclass(frozen=True)
class Hint:
    """A dual variable in floats, and the directions in use: faces, vectors of R^d, masses.

    ``N`` is in the problem's own units, as the fits are, which other losses than the squared one
    have; ``over`` is by how much N may be above beta. ``central`` says that masses are good as they
    are: N is of a central path in long floats.
    """

    N: "Floats"
    used: "list[tuple[Face, Floats, float]]"
    over: float
    fits: "Floats | None" = None
    central: bool = False


@dataclass(frozen=True)
class Generation:
    """The float side of a problem: X, Y and beta scaled to order 1."""

    problem: VectorProblem

    @cached_property
    def scales(self) -> tuple[Fraction, Fraction]:
        """What X and Y are divided by."""
        x = max((abs(t) for row in self.problem.design for t in row), default=Fraction(0))
        y = max((abs(t) for row in self.problem.Y for t in row), default=Fraction(0))
        return x or Fraction(1), y or Fraction(1)

    @cached_property
    def beta(self) -> float:
        """The weight decay in the scaled problem."""
        x, y = self.scales
        return float(approximate_root(self.problem.beta_squared / (x * y) ** 2))

    @cached_property
    def X(self) -> "Floats":
        """The scaled design, shape (n, d)."""
        return _array(self.problem.design, self.scales[0])

    @cached_property
    def directions(self) -> "Floats":
        """The rows of the design at length 1, whatever their sizes, shape (n, d)."""
        rows = []
        for x in self.problem.design:
            size = max(map(abs, x)) or Fraction(1)
            rows.append(tuple(t / size for t in x))
        return _array(tuple(rows), Fraction(1))

    @cached_property
    def Y(self) -> "Floats":
        """The scaled labels, shape (n, c)."""
        return _array(self.problem.Y, self.scales[1])

    @cached_property
    def roots(self) -> "Floats":
        """The roots of the weights, as a column."""
        import numpy as np

        return np.sqrt([[float(w)] for w in self.problem.weights])

    @cached_property
    def residual(self) -> "Floats":
        """The projection (n, n) of weighted fits off what is free."""
        import numpy as np

        n = self.problem.n
        if not self.problem.free.columns:
            return np.eye(n)
        Z = self.roots * np.array([[float(t) for t in z] for z in self.problem.free.Z])
        Q = np.linalg.qr(Z[:, list(self.problem.free.basis)])[0]
        off: Floats = np.eye(n) - Q @ Q.T
        return off

    @cached_property
    def bases(self) -> "list[tuple[Face, Floats, Floats]]":
        """Each face with an orthonormal basis of W as rows, and the active rows' images."""
        import numpy as np

        found = []
        for face in self.problem.faces:
            B = np.array([[float(t) for t in b] for b in face.basis])
            Q = np.linalg.qr(B.T)[0].T
            active = np.array(face.covector) > 0
            found.append((face, Q, active[:, None] * (self.X @ Q.T)))
        return found

    def peaks(self, N: "Floats") -> list[Peak]:
        """Return the singular values and vectors of ``B X'E N`` on every face."""
        import numpy as np

        found: dict[int, Peak] = {}
        for at, images in self._stacks:
            left, values, _ = np.linalg.svd(images @ N)
            for i, u, size in zip(at, left, values / self.beta, strict=True):
                found[i] = Peak(self.bases[i][0], size, u)
        return [found[i] for i in range(len(self.bases))]

    @cached_property
    def _stacks(self) -> "list[tuple[list[int], Floats]]":
        return stacked([image.T for _, _, image in self.bases])

    def inside(self, N: "Floats", least: float) -> "list[tuple[float, Face, Floats]]":
        """Return value, face and direction of the top vectors inside their faces."""
        import numpy as np

        found = []
        for peak, (face, Q, _) in zip(self.peaks(N), self.bases, strict=True):
            if peak.values[0] <= least:
                continue
            u = peak.vectors[:, 0] @ Q
            signs = np.array(face.covector)
            values = signs * (self.directions @ u)
            strict = values[signs != 0]
            side = 1 if strict[0] > 0 else -1
            if (side * strict > _WALL).all():
                found.append((float(peak.values[0]), face, side * u))
        return sorted(found, key=lambda f: -f[0])

    def hint(self) -> Hint:
        """Return the optimum as far as floats can tell."""
        import numpy as np

        if not self.problem.is_squared:
            return self._of_a_loss()
        N = self.roots**2 * self.Y
        if self.problem.free.columns:
            N = self.roots * (self.residual @ (self.roots * self.Y))
        columns: list[tuple[Face, Floats]] = []
        Z = np.zeros((0, self.problem.c))
        over = 0.0
        for _ in range(_ROUNDS):
            above = self.inside(N, 1 + _SLACK)
            over = above[0][0] - 1 if above else 0.0
            if not above:
                break
            size = np.linalg.norm(Z, axis=1)
            kept = [
                c
                for c, s in zip(columns, size, strict=True)
                if s > _NOTHING * size.max(initial=0)
            ]
            fresh = [(face, u) for _, face, u in above[:_ENTERING]]
            if all(_known(u, kept) for _, u in fresh):
                break
            columns = [*kept, *fresh]
            Z = self._master(columns)
            N = self._dual(columns, Z)
        size = np.linalg.norm(Z, axis=1)
        used = [
            (face, u, float(s))
            for (face, u), s in zip(columns, size, strict=True)
            if s > _NOTHING * size.max(initial=0)
        ]
        return Hint(N * float(self.scales[1]), used, over)

    def _of_a_loss(self) -> Hint:
        """Return the optimum of another loss, as far as floats can tell."""
        columns: list[tuple[Face, Floats]] = []
        found = self._best(columns)
        if found is None:  # labels that are fitted: along rays neurons fit all they can
            columns = [(face, Q[0]) for face, Q, _ in self.bases if face.w == 1]
            columns = [(face, _turned(face, self.X, u)) for face, u in columns]
            found = self._best(columns)
        for _ in range(_ROUNDS):
            if found is None:
                break
            above = self.inside(found[1], 1 + _LOOSE)[:_ENTERING]
            fresh = [(face, u) for _, face, u in above if not _near_known(u, columns)]
            if not fresh:
                return self._hinted(columns, *found, above[0][0] - 1 if above else 0.0)
            columns = [*columns, *fresh]
            found = self._best(columns)
        raise Undecided("no optimum was found in floats: give kappa")

    def _hinted(
        self,
        columns: "list[tuple[Face, Floats]]",
        Z: "Floats",
        N: "Floats",
        fits: "Floats",
        over: float,
    ) -> Hint:
        import numpy as np

        size, unit = np.linalg.norm(Z, axis=1), float(self.scales[1])
        used = [
            (face, u, float(s))
            for (face, u), s in zip(columns, size, strict=True)
            if s > _NOTHING * size.max(initial=0)
        ]
        return Hint(N * unit, used, over, fits * unit)

    def _best(
        self, columns: "list[tuple[Face, Floats]]"
    ) -> "tuple[Floats, Floats, Floats] | None":
        import numpy as np

        n = self.problem.n
        Phi = self.features(columns) if columns else np.zeros((n, 0))
        # without neurons beta is nobody's price, only a scale of N
        beta = self.beta if columns else min(self.beta, 1.0)
        return master(self.problem, Phi, beta, float(self.scales[1]), self.lengths)

    @property
    def lengths(self) -> "Floats | None":
        """The lengths of rows that a program is to see at length 1; None where that is all."""
        return None

    def features(self, columns: "list[tuple[Face, Floats]]") -> "Floats":
        """Return ``(X u)_+`` of directions as columns, shape (n, m)."""
        import numpy as np

        return np.array([(np.array(f.covector) > 0) * (self.X @ u) for f, u in columns]).T

    def _dual(self, columns: "list[tuple[Face, Floats]]", Z: "Floats") -> "Floats":
        left = self.roots * (self.Y - self.features(columns) @ Z)
        dual: Floats = self.roots * (self.residual @ left)
        return dual

    def _master(self, columns: "list[tuple[Face, Floats]]") -> "Floats":
        """Return the output weights (m, c) of the group LASSO over some directions."""
        import numpy as np
        from scipy import sparse

        P = self.residual @ (self.roots * self.features(columns))
        target = self.residual @ (self.roots * self.Y)
        m, c = P.shape[1], self.problem.c
        # for each column a bound t and then z, (t, z) in a second-order cone
        block = np.zeros((c + 1, c + 1))
        block[1:, 1:] = np.eye(c)
        form = sparse.csc_matrix(np.triu(np.kron(P.T @ P, block)))
        q = np.zeros((m, c + 1))
        q[:, 0] = self.beta
        q[:, 1:] = -P.T @ target
        size = m * (c + 1)
        solved = cone_program(
            form,
            q.ravel(),
            -sparse.eye(size, format="csc"),
            np.zeros(size),
            [("SecondOrderConeT", (c + 1,))] * m,
            accuracy=1e-13,
        )
        if not solved.finite:
            raise Undecided(f"the conic solver failed: {solved.status}: give kappa")
        return solved.x.reshape(m, c + 1)[:, 1:]


def _array(rows: "tuple[tuple[Fraction, ...], ...]", scale: Fraction) -> "Floats":
    import numpy as np

    return np.array([[float(t / scale) for t in row] for row in rows])


def _known(u: "Floats", columns: "list[tuple[Face, Floats]]") -> bool:
    return any(float(u @ v) > 1 - 1e-15 for _, v in columns)


def _near_known(u: "Floats", columns: "list[tuple[Face, Floats]]") -> bool:
    return any(float(u @ v) > 1 - 1e-13 for _, v in columns)


def _turned(face: Face, X: "Floats", u: "Floats") -> "Floats":
    """Return the vector or its opposite: the one that is on the face."""
    import numpy as np

    signs = np.array(face.covector)
    first = int(np.flatnonzero(signs)[0])
    return u if signs[first] * (X[first] @ u) > 0 else -u
