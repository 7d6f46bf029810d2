"""The faces on which optimal directions can lie, whatever the dual variable is (general B1).

On the open face sigma, inside its linear hull L, the dual value of a neuron is ``u'Hu`` with ``H``
made of the positive rows alone: as a form on L its range is in the span W of their
projections on L, and with ``H u = lambda u``, ``lambda > 0``, u lies in W. So a face that W does
not meet has no optimal direction: top eigenvectors that lie on a wall identically, and
eigenvalues that are 0 identically, never come up. Where N annihilates what is free, as every
dual variable does, only combinations of the positive rows that do so count.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import islice
from typing import cast

from polytope_nn.errors import Undecided
from polytope_nn.exact.linear import gram, independent_rows, project_out, rref
from polytope_nn.exact.rational import Matrix, Vector, integer_row
from polytope_nn.exact.scalar import Scalar, Scalars, dot, sign
from polytope_nn.geometry.arrangement import Arrangement, covectors
from polytope_nn.geometry.farkas import alternative
from polytope_nn.geometry.lines import word
from polytope_nn.geometry.region_count import region_count

__all__ = [
    "Covector",
    "Face",
    "live_face",
    "live_faces",
    "strict_point",
]

Covector = tuple[int, ...]
_MOST = 50_000


@dataclass(frozen=True)
class Face:
    """A face of the arrangement of X, shape (n, d), and the span W of its positive rows.

    ``basis`` holds w independent vectors of R^d as rows, ``images`` has shape (n, w): what the
    samples see of them. Points of W are given by w coordinates.
    """

    covector: Covector
    basis: Matrix
    images: Matrix

    @property
    def w(self) -> int:
        """The dimension of W."""
        return len(self.basis)

    @cached_property
    def gram(self) -> Matrix:
        """The inner products of the basis, shape (w, w)."""
        return gram(self.basis)

    @cached_property
    def strict(self) -> Matrix:
        """The rows that are positive on the points of W in the open face, shape (., w)."""
        walls = (self.signed(k) for k, s in enumerate(self.covector) if s)
        return tuple(dict.fromkeys(walls))

    def signed(self, k: int) -> Vector:
        """Return the row of a sample that is positive on the face, as primitive integers."""
        s = self.covector[k]
        return tuple(map(Fraction, integer_row([s * t for t in self.images[k]])))

    @cached_property
    def active(self) -> tuple[int, ...]:
        """The samples at which neurons of the face are active."""
        return tuple(k for k, s in enumerate(self.covector) if s > 0)

    def point(self, a: Sequence[Scalar]) -> Scalars:
        """Return the vector of R^d with coordinates a."""
        return tuple(dot(a, column) for column in zip(*self.basis, strict=True))

    def pull(self, N: Sequence[Scalars]) -> tuple[Scalars, ...]:
        """Return ``M = B X'E N``, shape (w, c)."""
        rows = [(self.images[k], N[k]) for k in self.active]
        return tuple(
            tuple(
                dot([x[i] for x, _ in rows], [row[j] for _, row in rows])
                for j in range(len(N[0]))
            )
            for i in range(self.w)
        )

    def on(self, X: Matrix, basis: Matrix) -> "Face":
        """Return the face as samples X see it, another basis of W."""
        return Face(self.covector, basis, tuple(tuple(dot(x, b) for b in basis) for x in X))

    def contains(self, a: Sequence[Scalar]) -> bool:
        """Return whether a point of W is in the open face."""
        return all(dot(row, a) > 0 for row in self.strict)

    def in_closure_of(self, other: "Face") -> bool:
        """Return whether the face lies in the closure of another."""
        pairs = zip(self.covector, other.covector, strict=True)
        return all(s in (0, t) for s, t in pairs)

    def __str__(self) -> str:
        return word(self.covector)


def strict_point(rows: Sequence[Scalars], n: int) -> Scalars | None:
    """Return some a in R^n with ``row'a > 0`` for every row, or None: decided (Gordan).

    >>> strict_point([(Fraction(1), Fraction(0)), (Fraction(-1), Fraction(1))], 2)
    (Fraction(1, 1), Fraction(2, 1))
    """
    if not rows:
        return (Fraction(1), *(Fraction(0),) * (n - 1))
    if n == 1:
        signs = {sign(row[0]) for row in rows}
        return (Fraction(signs.pop()),) if len(signs) == 1 and 0 not in signs else None
    columns = [(*row, Fraction(1)) for row in rows]
    combination, w = alternative(columns, (*(Fraction(0),) * n, Fraction(1)))
    return None if combination is not None else w[:-1]


def live_faces(
    H: Arrangement, free: Sequence[Vector] = (), *, limit: int = _MOST
) -> tuple[Face, ...]:
    """Return the faces that can have an optimal direction, sorted, ``+`` before ``0, -``.

    ``free`` are columns that N annihilates. Where these are all that neurons see, a face and its
    opposite have one form, and one span.

    >>> from polytope_nn.geometry.arrangement import arrangement
    >>> [str(f) for f in live_faces(arrangement([[1, 0], [0, 1]]))]
    ['++', '+0', '0+']

    Raises
    ------
    Undecided
        When there are more than ``limit`` faces.
    """
    every = _counted(H, limit)
    found = []
    for covector in every:
        face = live_face(H.X, covector, free=free)
        if face is not None:
            found.append(face)
    return tuple(sorted(found, key=lambda f: [-s for s in f.covector]))


def _counted(H: Arrangement, limit: int) -> tuple[Covector, ...]:
    """Return the covectors of all faces, counted before any face is looked at."""
    try:
        region_count(H.X, limit=limit)
        every = tuple(islice(covectors(H), limit + 1))
    except Undecided:
        every = None
    if every is None or len(every) > limit:
        raise Undecided(
            f"more than {limit} faces: give fewer samples or features; gap needs no faces"
        )
    return every


def live_face(
    X: Matrix,
    covector: Covector,
    alike: Sequence[int | None] | None = None,
    free: Sequence[Vector] = (),
) -> Face | None:
    """Return the face of a covector, where it can have an optimal direction.

    ``alike`` has a name for each sample: rows of N of one name are equal, so that only the sum of
    their samples counts; rows without a name are 0, and span nothing. ``free`` are columns
    that N annihilates: only combinations of samples count that do so, too.
    """
    names = range(len(X)) if alike is None else alike
    walls = [x for x, s in zip(X, covector, strict=True) if s == 0]
    nothing = (Fraction(0),) * len(X[0])
    sums: dict[
        int, Vector
    ] = {}  # what is free of the rows of a name, then their positive part
    for k, (x, s, name) in enumerate(zip(X, covector, names, strict=True)):
        if name is not None:
            row = (*(z[k] for z in free), *(x if s > 0 else nothing))
            sums[name] = _plus(sums[name], row) if name in sums else row
    rows = _annihilating(list(sums.values()), len(free))
    span = _projected(rows, walls)
    if not span:
        return None
    basis = tuple(
        tuple(map(Fraction, integer_row(cast("Sequence[Fraction]", b)))) for b in span
    )
    face = Face(covector, (), ()).on(X, basis)
    if face.w + len(independent_rows(walls)) == len(X[0]):
        return face  # W is the hull, which the face is open in
    return face if strict_point(face.strict, face.w) is not None else None


def _projected(rows: Sequence[Scalars], walls: Sequence[Vector]) -> tuple[Scalars, ...]:
    """Return the reduced basis of the span of rows projected off walls.

    Some rows may span all that is off them: then the others are not asked.
    """
    d = len(rows[0]) if rows else 0
    off = d - len(independent_rows(walls))
    span: tuple[Scalars, ...] = ()
    for some in (rows[: 2 * d], rows):
        span, _ = rref([project_out(walls, x) for x in some]) if some else ((), ())
        if len(span) == off:
            break
    return span


def _plus(x: Vector, z: Vector) -> Vector:
    return tuple(s + t for s, t in zip(x, z, strict=True))


def _annihilating(rows: Sequence[Vector], k: int) -> list[Scalars]:
    """Return a basis of the combinations of rows that are 0 in the first k columns, without them.

    >>> [tuple(map(int, x)) for x in _annihilating([(1, 1, 0), (1, 0, 1), (0, 0, 2)], 1)]
    [(1, 0), (0, 1)]
    """
    reduced, pivots = rref(rows)
    return [x[k:] for x, p in zip(reduced, pivots, strict=True) if p >= k]
