"""What a loss adds to a conic program, and the program's matrices as its solver reads them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Compressed", "Entries", "Priced", "entries"]

# rows, columns, values
Entries = tuple["NDArray[np.int64]", "NDArray[np.int64]", "NDArray[np.float64]"]


@dataclass(frozen=True)
class Priced:
    """The part of a conic program that prices a fit: ``fit + fits v = labels``.

    Its variables v cost ``linear'v + v' diag(curved) v / 2``, and ``right - rows v`` lies in
    the cones, each the name of one and its parameters.
    """

    labels: "NDArray[np.float64]"
    fits: "NDArray[np.float64]"
    linear: "NDArray[np.float64]"
    curved: "NDArray[np.float64]"
    rows: "NDArray[np.float64]"
    right: "NDArray[np.float64]"
    cones: tuple[tuple[str, tuple[Any, ...]], ...] = ()

    @property
    def width(self) -> int:
        """The number of variables."""
        return len(self.linear)


@dataclass(frozen=True)
class Compressed:
    """A sparse matrix column by column: what clarabel reads of scipy's ``csc_matrix``.

    Loading scipy takes longer than a small program does. No place is given twice.

    >>> import numpy as np
    >>> A = Compressed((2, 2), [entries(np.array([[0.0, 1.0]])), entries(np.array([[2.0]]), 1)])
    >>> A.data, A.indices, A.indptr
    (array([2., 1.]), array([1, 0]), array([0, 1, 2]))
    """

    shape: tuple[int, int]
    parts: Sequence[Entries]
    has_sorted_indices = has_canonical_format = True

    @cached_property
    def _sorted(self) -> Entries:
        import numpy as np

        rows, columns, values = map(np.concatenate, zip(*self.parts, strict=True))
        order = np.lexsort((rows, columns))
        return rows[order], columns[order], values[order]

    @property
    def data(self) -> "NDArray[np.float64]":
        """The values."""
        return self._sorted[2]

    @property
    def indices(self) -> "NDArray[np.int64]":
        """Their rows."""
        return self._sorted[0]

    @cached_property
    def indptr(self) -> "NDArray[np.int64]":
        """Where each column begins, and the end."""
        import numpy as np

        return np.searchsorted(self._sorted[1], np.arange(self.shape[1] + 1))

    @property
    def nnz(self) -> int:
        """The number of values."""
        return len(self.data)


def entries(A: "NDArray[np.float64]", row: int = 0, column: int = 0) -> Entries:
    """Return the nonzero entries of a block that begins at the given place."""
    import numpy as np

    i, j = np.nonzero(A)
    return i + row, j + column, A[i, j]
