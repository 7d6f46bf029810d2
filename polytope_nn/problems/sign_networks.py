"""Networks whose atoms are prescribed sign vectors (proofs/sign_networks.md).

Let W be a subspace of Q^p that contains a sign vector, Pi its projector, the rows of X the
vectors ``Pi e_j`` and ``-Pi e_j``, kappa = 1 and ``beta^2 = p``. Then ``kappa'(Xu)_+`` is the
sum of ``|(Pi u)_j|``, at most ``root(p) |u|``, with equality exactly for the multiples of sign
vectors in W. So kappa is feasible, the atoms are ``W n {1, -1}^p``, all positive, with
``g = e``, and their features are 0/1: nothing has to be searched.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import lcm
from typing import cast

from polytope_nn.errors import InexactError, InstanceError
from polytope_nn.exact.linear import projector, rref, transpose
from polytope_nn.exact.rational import Matrix, Vector, matrix, rational, vector
from polytope_nn.exact.scalar import Scalars
from polytope_nn.geometry.adjacency import indices
from polytope_nn.geometry.double_description import slice_vertices

from .training import TrainingProblem

__all__ = ["SignNetworks", "SignVector", "sign_vectors"]

SignVector = tuple[int, ...]
_LARGEST = 20  # rank of a subspace whose sign vectors are all tried


@dataclass(frozen=True, repr=False)
class SignNetworks:
    """The problem whose atoms are the sign vectors of a subspace, with one optimum.

    ``basis`` are the rows of the reduced echelon form of W, shape (r, p); ``vectors`` its
    sign vectors, in the order of atoms (by covector); ``masses`` one weight for each of them.

    >>> square = SignNetworks.of([[1, 0], [0, 1]], {(1, 1): 2, (-1, -1): 2})
    >>> square.vectors, [int(t) for t in square.fit], square.supports
    (((1, 1), (1, -1), (-1, 1), (-1, -1)), [2, 2, 2, 2], (9, 6))
    """

    basis: Matrix
    vectors: tuple[SignVector, ...]
    masses: Vector
    name: str = ""

    @classmethod
    def of(
        cls,
        W: Iterable[Iterable[object]],
        masses: Mapping[SignVector, object] | None = None,
        *,
        name: str = "",
    ) -> "SignNetworks":
        """Return the networks of the span of the rows of W; by default each mass is 1.

        Raises
        ------
        InstanceError
            When W is no matrix of numbers or has no sign vector, or a mass is negative or of
            none of them.
        """
        basis = cast("Matrix", rref(_rows(W))[0])
        vectors = sign_vectors(basis)
        if not vectors:
            raise InstanceError("W: its span has no vector of 1 and -1: give rows of signs")
        if masses is None:
            return cls(basis, vectors, (Fraction(1),) * len(vectors), name)
        given = {tuple(v): rational(mass) for v, mass in masses.items()}
        for v, mass in given.items():
            if v not in set(vectors) or mass < 0:
                raise InstanceError(f"masses: {mass} of {v}: give W's sign vectors >= 0")
        return cls(basis, vectors, tuple(given.get(v, Fraction(0)) for v in vectors), name)

    @property
    def p(self) -> int:
        """The dimension of the space that W lies in, and beta squared."""
        return len(self.basis[0])

    @cached_property
    def X(self) -> Matrix:
        """The rows ``Pi e_j, -Pi e_j``, shape (2p, p)."""
        outside = projector(self.basis, self.p)
        rows = []
        for j, row in enumerate(outside):
            inside = vector(int(i == j) - cast("Fraction", t) for i, t in enumerate(row))
            rows += [inside, tuple(-t for t in inside)]
        return tuple(rows)

    @property
    def kappa(self) -> Vector:
        """The dual optimum, all ones."""
        return (Fraction(1),) * (2 * self.p)

    @cached_property
    def features(self) -> Matrix:
        """The features of the atoms: ``max(e_j, 0), max(-e_j, 0)``, shape (N, 2p)."""
        return tuple(
            tuple(Fraction(int(s == t)) for t in v for s in (1, -1)) for v in self.vectors
        )

    @cached_property
    def fit(self) -> Vector:
        """The optimal fit: the features times the masses."""
        columns = zip(*self.features, strict=True)
        return tuple(
            sum((m * t for m, t in zip(self.masses, column, strict=True)), Fraction(0))
            for column in columns
        )

    @cached_property
    def problem(self) -> TrainingProblem:
        """The training problem, ``y = fit + kappa``."""
        y = [t + 1 for t in self.fit]
        return TrainingProblem(self.X, y, beta_squared=self.p, name=self.name)

    @cached_property
    def vertices(self) -> tuple[Scalars, ...]:
        """The vertices of the optimal polytope, without the problem being solved."""
        return tuple(slice_vertices(transpose(self.features), self.fit))

    @property
    def supports(self) -> tuple[int, ...]:
        """The supports of the vertices, as bits."""
        return tuple(sum(1 << a for a, x in enumerate(c) if x) for c in self.vertices)

    def support_vectors(self, bits: int) -> tuple[SignVector, ...]:
        """Return the sign vectors of a support."""
        return tuple(self.vectors[a] for a in indices(bits))

    def __repr__(self) -> str:
        return (
            f"SignNetworks(p={self.p}, rank={len(self.basis)}, atoms={len(self.vectors)})"
        )


def _rows(W: object) -> Matrix:
    """Return W as a matrix; what is none is refused by its row."""
    try:
        rows = [list(row) for row in cast("Iterable[Iterable[object]]", W)]
    except TypeError:
        raise InstanceError(f"W: {W!r} is no list of rows: write [[1, -1], ...]") from None
    for i, row in enumerate(rows, 1):
        if len(row) != len(rows[0]):
            raise InstanceError(
                f"W: row {i} has length {len(row)}, row 1 has {len(rows[0])}: give rows of one "
                f"length"
            )
        for j, entry in enumerate(row, 1):
            try:
                rational(entry)
            except InexactError as error:
                raise InexactError(f"W: row {i}, entry {j}: {error}") from None
    return matrix(rows)


def sign_vectors(basis: Sequence[Sequence[Fraction]]) -> tuple[SignVector, ...]:
    """Return the sign vectors of the row space of a reduced echelon form, + before -.

    The pivots of a vector determine it; all their signs are tried, one change at a time.

    >>> sign_vectors(matrix([[1, 0, 1], [0, 1, 1]]))  # e_3 = e_1 + e_2 is never a sign
    ()

    Raises
    ------
    InstanceError
        When the rank is too large for all signs to be tried.
    """
    if not basis:
        return ()
    if len(basis) > _LARGEST:
        raise InstanceError(
            f"W: rank {len(basis)}: the signs of at most {_LARGEST} are tried"
        )
    scales = [lcm(*(t.denominator for t in column)) for column in zip(*basis, strict=True)]
    rows = [[int(t * scale) for t, scale in zip(row, scales, strict=True)] for row in basis]
    found = []
    for values in _signed_sums(rows):
        if all(abs(t) == scale for t, scale in zip(values, scales, strict=True)):
            v = tuple(1 if t > 0 else -1 for t in values)
            found += [v, tuple(-t for t in v)]
    return tuple(sorted(found, reverse=True))


def _signed_sums(rows: Sequence[Sequence[int]]) -> Iterator[list[int]]:
    """Yield all sums of the rows with signs, the last sign +; a Gray code."""
    signs = [1] * len(rows)
    values = [sum(column) for column in zip(*rows, strict=True)]
    yield values
    for step in range(1, 1 << (len(rows) - 1)):
        k = (step & -step).bit_length() - 1
        signs[k] = -signs[k]
        change = 2 * signs[k]
        values = [t + change * x for t, x in zip(values, rows[k], strict=True)]
        yield values
