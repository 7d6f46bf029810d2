"""The vertices of a slice in independent branches, on any executor: c_j = 0 or c_j > 0.

A branch settles some coordinates: Z are 0, T positive. Its vertices are those of the
polyhedron without the columns Z in which the coordinates T need not be ``>= 0``, that have
them ``> 0``: at a vertex of P with c_T > 0 none of those inequalities is tight. So each
branch is a double description of its own, with fewer columns and fewer inequalities, and
every vertex of P is in one of them. The answer is sorted, whoever found which part.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING

from polytope_nn.errors import TooMany
from polytope_nn.exact.linear import kernel, rank, rref
from polytope_nn.exact.scalar import Scalar, Scalars, sign
from polytope_nn.geometry.adjacency import indices
from polytope_nn.geometry.double_description import affine_point, cone_rays
from polytope_nn.progress import Loop

if TYPE_CHECKING:
    from concurrent.futures import Executor, Future

__all__ = ["Branch", "branch_vertices", "branches", "vertices_on"]

_AHEAD = 8  # branches under way at a time
_DEPTH = 4  # coordinates that are settled: up to 16 branches

Branch = tuple[tuple[int, ...], tuple[int, ...]]  # Z, T


def branches(A: Sequence[Sequence[Scalar]], depth: int) -> Iterator[Branch]:
    """Yield the branches over the first columns that are settled, ``depth`` of them.

    A branch whose positive columns are dependent has no vertex, and is left out.

    >>> from polytope_nn.exact.rational import matrix
    >>> list(branches(matrix([[1, 1, 1]]), 2))
    [((1,), (0,)), ((0,), (1,)), ((0, 1), ())]
    """
    columns = list(zip(*A, strict=True))
    waiting: list[Branch] = [((), ())]
    while waiting:
        Z, T = waiting.pop()
        j = len(Z) + len(T)
        if len(T) > rank([columns[i] for i in T]):
            continue
        if j == min(depth, len(columns)):
            yield Z, T
        else:
            waiting += [((*Z, j), T), (Z, (*T, j))]


def branch_vertices(
    A: Sequence[Sequence[Scalar]],
    b: Sequence[Scalar],
    Z: Sequence[int],
    T: Sequence[int],
    *,
    most: int | None = None,
) -> list[tuple[int, Scalars]]:
    """Return the vertices of ``{c >= 0 : A c = b}`` with c_Z = 0 and c_T > 0, with supports.

    They are vertices of the polyhedron without the columns Z and without ``c_T >= 0``: none
    of these inequalities is tight at them. The columns T are bound, if they are independent;
    else there is no such vertex. More than ``most`` rays on the way are given up.

    >>> from polytope_nn.exact.rational import matrix, vector
    >>> for S, c in branch_vertices(matrix([[1, 1, 1], [0, 1, 2]]), vector([2, 2]), [], [1]):
    ...     print(bin(S), *c)
    0b10 0 2 0
    """
    N = len(A[0]) if A else 0
    order = [*T, *(j for j in range(N) if j not in {*T, *Z})]
    homogeneous = [[*(row[j] for j in order), -t] for row, t in zip(A, b, strict=True)]
    size = len(order)
    _, bound = rref(homogeneous)
    if tuple(bound[: len(T)]) != tuple(range(len(T))):
        return []
    free = [j for j in range(size + 1) if j not in bound]
    rays = cone_rays(kernel(homogeneous, size + 1), free, bound[len(T) :], most)
    found: list[tuple[int, Scalars]] = []
    for _, ray in rays:
        if size not in ray or not all(_is_positive(ray.get(i, 0)) for i in range(len(T))):
            continue
        c: list[Scalar] = [Fraction(0)] * N
        for j, x in zip(order, affine_point(ray, size), strict=True):
            c[j] = x
        found.append((sum(1 << order[i] for i in ray if i != size), tuple(c)))
    return found


def _is_positive(x: Scalar | int) -> bool:
    return x > 0 if isinstance(x, int) else sign(x) > 0


def vertices_on(
    executor: "Executor",
    A: Sequence[Sequence[Scalar]],
    b: Sequence[Scalar],
    *,
    depth: int = _DEPTH,
    most: int | None = None,
) -> tuple[Scalars, ...]:
    """Return the vertices of ``{c >= 0 : A c = b}``, sorted by support, found in branches.

    The same as :func:`~polytope_nn.geometry.double_description.slice_vertices` for a
    polytope. A few branches are under way at a time; what has not begun is given up
    with the first failure or interruption.

    Raises
    ------
    Undecided
        When there are more than ``most`` (TooMany), or balls do not decide a sign.
    """
    todo = list(branches(A, depth))
    job = partial(branch_vertices, tuple(map(tuple, A)), tuple(b), most=most)
    found: list[tuple[int, Scalars]] = []
    under_way: deque[Future[list[tuple[int, Scalars]]]] = deque()
    waiting = iter(todo)
    try:
        with Loop("vertices, branches", len(todo)) as loop:
            for done in range(len(todo)):
                while (
                    len(under_way) < _AHEAD and (branch := next(waiting, None)) is not None
                ):
                    under_way.append(executor.submit(job, *branch))
                found += under_way.popleft().result()
                loop.at(done)
                if most is not None and len(found) > most:
                    raise TooMany(f"more than {most} vertices in {done + 1} branches")
    finally:
        for future in under_way:
            future.cancel()
    found.sort(key=lambda vertex: indices(vertex[0]))
    return tuple(c for _, c in found)
