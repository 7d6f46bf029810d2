"""Smith forms with the two unimodular matrices that lead to them."""

from collections.abc import Sequence

__all__ = ["smith_form"]

Rows = list[list[int]]


def smith_form(A: Sequence[Sequence[int]]) -> tuple[Rows, Rows, Rows]:
    """Return ``(U, S, V)`` with ``U A V = S``, U and V unimodular.

    S is diagonal, its entries are at least 0, each divides the next. A has a row and a
    column at least. Rows and columns are reduced by their least entry until it divides all.

    >>> smith_form([[2, 0], [0, 3]])[1]
    [[1, 0], [0, 6]]
    """
    a, b = len(A), len(A[0])
    # A with U beside it and V below it: every step is one of both
    M = [[*row, *(int(i == j) for j in range(a))] for i, row in enumerate(A)]
    M += [[int(i == j) for j in range(b)] + [0] * a for i in range(b)]
    for k in range(min(a, b)):
        while (place := _least(M, k, a, b)) is not None:
            _moved(M, place, k)
            if not _cleared(M, k, a, b):
                continue
            odd = next((i for i in range(k + 1, a) if _rest(M, i, k, b)), None)
            if odd is None:
                break
            M[k] = [s + t for s, t in zip(M[k], M[odd], strict=True)]
        if M[k][k] < 0:
            M[k] = [-t for t in M[k]]
    return [r[b:] for r in M[:a]], [r[:b] for r in M[:a]], [r[:b] for r in M[a:]]


def _least(M: Rows, k: int, a: int, b: int) -> tuple[int, int] | None:
    """Return the place of the least entry, in size, from row and column k on; None: all 0."""
    entries = ((abs(M[i][j]), i, j) for i in range(k, a) for j in range(k, b) if M[i][j])
    found = min(entries, default=None)
    return found and found[1:]


def _moved(M: Rows, place: tuple[int, int], k: int) -> None:
    """Move an entry to (k, k)."""
    i, j = place
    M[i], M[k] = M[k], M[i]
    for row in M:
        row[j], row[k] = row[k], row[j]


def _cleared(M: Rows, k: int, a: int, b: int) -> bool:
    """Subtract row and column k from the others; return whether nothing is left in them."""
    t = M[k][k]
    for i in range(k + 1, a):
        if q := M[i][k] // t:
            M[i] = [x - q * y for x, y in zip(M[i], M[k], strict=True)]
    for j in range(k + 1, b):
        if q := M[k][j] // t:
            for row in M:
                row[j] -= q * row[k]
    return not any(M[i][k] for i in range(k + 1, a)) and not any(M[k][k + 1 : b])


def _rest(M: Rows, i: int, k: int, b: int) -> bool:
    """Return whether entry (k, k) does not divide row i."""
    return any(x % M[k][k] for x in M[i][k + 1 : b])
