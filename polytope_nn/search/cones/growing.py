"""The tree of cones in floats: cut until every cone has a p of length below 1 (beta).

A cone is cut at the middle of the edge on which the mixed rows lose most; that edges of small
multipliers are passed over was worth a factor of 2, and cutting at rows or at the largest
value cost a factor of 2 to 10 (n = 50, d = 4).
"""

from dataclasses import dataclass, field, replace
from itertools import combinations, product
from typing import TYPE_CHECKING, Any

from polytope_nn.progress import Loop

from .evaluated import Chunk, Evaluated, FloatPeaks
from .floats import FloatForm

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]

__all__ = ["Allowance", "Grown", "grown", "separating"]

_CHUNK = 1_500_000  # pairs of a cone and a mixed row that are handled at once
_CONES = 20_000  # and cones, which may have few mixed rows
_STRICT = 1e-9  # by which a strict leaf stays below beta
_LONGEST = 2**52  # entries of generators
_ENOUGH = 2000  # violations where a tree only separates
_EVEN = 1e-12  # of the form's size: what rounding leaves of its odd part
_SAID = "searching directions, cones of at most"


@dataclass
class Allowance:
    """How many cones a search may still cut, over all its trees."""

    left: int


@dataclass
class Grown:
    """A tree: for each node ``("cut", i, j, a, b, first child)`` or a leaf; its violations.

    Leaves are ``("strict", p, U, c)`` and ``("peak", place)``; ``violations`` are pairs of a
    value above ``1 + margin`` and its direction, whose cones were not cut.
    """

    form: FloatForm
    roots: int
    nodes: list[Any] = field(default_factory=list)
    violations: "list[tuple[float, Floats]]" = field(default_factory=list)
    finished: bool = True


def grown(
    form: FloatForm,
    peaks: FloatPeaks,
    *,
    level: float = 1.0,
    margin: float | None = None,
    limit: int = 10**6,
) -> Grown:
    """Return the tree that shows a form below ``level``, as far as ``limit`` nodes go.

    With a margin, a cone in which a direction above ``1 + margin`` is found is a leaf.

    Raises
    ------
    OverflowError
        When floats do not hold a generator.
    """
    tree, stack = _planted(form)
    terms = _Terms(level, margin, limit)
    with Loop(_SAID, limit) as loop:
        while stack:
            loop.at(len(tree.nodes))
            _grow(tree, stack, peaks, terms)
    return tree


def separating(form: FloatForm, peaks: FloatPeaks, above: float, limit: int) -> Grown:
    """Return a tree that shows a form below ``1 + above``, or enough violations.

    It ends at some thousands of them, at ``limit`` nodes, or where floats do not hold a
    generator: unfinished, with the violations found by then.
    """
    tree, stack = _planted(form, half=_is_even(form))
    terms = _Terms(1 + above, above / 2, limit)
    with Loop(_SAID, limit) as loop:
        while stack and len(tree.violations) < _ENOUGH:
            loop.at(len(tree.nodes))
            try:
                _grow(tree, stack, peaks, terms)
            except OverflowError:
                tree.finished = False
                break
    tree.finished &= not stack
    return tree


@dataclass(frozen=True)
class _Terms:
    """What a tree is grown for: see :func:`grown`."""

    level: float
    margin: float | None
    limit: int


def _is_even(form: FloatForm) -> bool:
    """Return whether a form has the same value at u and -u: then a half of the cones has all."""
    import numpy as np

    if form.penalised < form.rows.shape[1] or not len(form.basis):
        return False
    odd = 2 * form.linear + form.weights @ form.rows
    size = np.abs(form.weights).sum() + np.abs(form.linear).sum()
    return bool(np.abs(odd).max(initial=0) <= _EVEN * size)


def _planted(form: FloatForm, *, half: bool = False) -> tuple[Grown, list[Chunk]]:
    """Return a tree of its roots, of half of them if asked, and the chunks to be grown."""
    import numpy as np

    r, D = form.basis.shape
    signs = np.array(list(product((1, -1), repeat=r)), dtype=np.int64).reshape(2**r, r)
    signs = signs[: len(signs) // 2] if half else signs
    B, n = len(signs), len(form.rows)
    tree = Grown(form, B, [None] * B)
    if r == 0:
        tree.nodes = [("strict", np.zeros(D), np.zeros((0, D)), np.zeros(0, dtype=int))]
        return tree, []
    first = Chunk(
        signs[:, :, None] * form.basis[None],
        np.repeat(form.linear[None], B, axis=0),
        np.tile(np.arange(n), B),
        np.full(B, n),
        np.arange(B),
    )
    return tree, [first]


def _grow(tree: Grown, stack: list[Chunk], peaks: FloatPeaks, terms: _Terms) -> None:
    """Grow the last chunk of a stack: its leaves go to the tree, what is cut to the stack."""
    import numpy as np

    chunk = stack.pop()
    B = len(chunk.R)
    if B > 1 and (B > _CONES or chunk.counts.sum() > _CHUNK):
        stack += [chunk.part(B // 2, B), chunk.part(0, B // 2)]
        return
    evaluated = Evaluated(tree.form, chunk)
    waiting = evaluated.norm > terms.level * (1 - _STRICT)
    for z in np.flatnonzero(~waiting):
        tree.nodes[chunk.names[z]] = (
            "strict", evaluated.p[z], evaluated.U[z], evaluated.c[z]
        )  # fmt: skip
    proved = evaluated.at_peaks(peaks, waiting)
    for z in np.flatnonzero(proved >= 0):
        tree.nodes[chunk.names[z]] = ("peak", peaks.places[proved[z]])
    waiting &= proved < 0
    if terms.margin is not None:
        waiting = evaluated.violated(waiting, 1 + terms.margin, peaks, tree.violations)
    if not waiting.any():
        return
    if len(tree.nodes) > terms.limit or chunk.R.shape[1] < 2:
        tree.finished = False
        stack.clear()
        return
    stack.append(_children(evaluated, peaks, waiting, tree))


def _children(
    E: Evaluated, peaks: FloatPeaks, waiting: "NDArray[np.bool_]", tree: Grown
) -> Chunk:
    """Return the chunk of the two children of each waiting cone."""
    import numpy as np

    chunk = E.chunk
    I, J, a, b = _edges(E)
    _cut_at_ties(E, peaks, waiting, (I, J, a, b))
    place = np.arange(len(I))
    M = a[:, None] * chunk.R[place, I] + b[:, None] * chunk.R[place, J]
    M //= np.gcd.reduce(M, axis=1)[:, None]
    if np.abs(M[waiting]).max(initial=0) > _LONGEST:
        raise OverflowError("generators beyond floats")
    z = np.flatnonzero(waiting)
    base = len(tree.nodes)
    for q, i in enumerate(z):
        tree.nodes[chunk.names[i]] = (
            "cut", int(I[i]), int(J[i]), int(a[i]), int(b[i]), base + 2 * q
        )  # fmt: skip
    tree.nodes += [None] * (2 * len(z))
    R = np.repeat(chunk.R[z], 2, axis=0)
    R[::2][np.arange(len(z)), I[z]] = M[z]
    R[1::2][np.arange(len(z)), J[z]] = M[z]
    rows, counts = chunk.rows[waiting[E.node]], chunk.counts[z]
    starts = np.repeat(np.cumsum(counts) - counts, 2)
    twice = np.repeat(counts, 2)
    within = np.arange(int(twice.sum())) - np.repeat(np.cumsum(twice) - twice, twice)
    return replace(
        chunk,
        R=R,
        slope=np.repeat(chunk.slope[z], 2, axis=0),
        rows=rows[within + np.repeat(starts, twice)],
        counts=twice,
        names=base + np.arange(2 * len(z)),
    )


def _edges(E: Evaluated) -> "tuple[Integers, Integers, Integers, Integers]":
    """Return the edge of each cone that mixed rows lose most on, and where to cut it."""
    import numpy as np

    B, r = E.size.shape
    pairs = list(combinations(range(r), 2)) or [(0, 0)]
    score = np.zeros((B, len(pairs)))
    weight = np.abs(E.weights)
    m = E.mu / (E.mu.sum(axis=1, keepdims=True) + 1e-300) + 0.05
    unit = E.chunk.R / E.full[:, :, None]
    G = unit @ unit.transpose(0, 2, 1)
    for q, (i, j) in enumerate(pairs):
        x, y = E.V[:, i], E.V[:, j]
        lost = np.abs(x * y) / (np.abs(x) + np.abs(y) + 1e-300)
        loss = np.bincount(E.node, np.where(x * y < 0, weight * lost, 0), minlength=B)
        score[:, q] = loss * np.sqrt(m[:, i] * m[:, j]) + 1e-12 * (1 - G[:, i, j])
    best = np.argmax(score, axis=1)
    I, J = (np.array([pair[side] for pair in pairs])[best] for side in (0, 1))
    place = np.arange(B)
    x, y = E.full[place, I], E.full[place, J]
    a = np.maximum(1, np.rint(y / x)).astype(np.int64)
    b = np.maximum(1, np.rint(x / y)).astype(np.int64)
    return I, J, a, b


def _cut_at_ties(
    E: Evaluated,
    peaks: FloatPeaks,
    waiting: "NDArray[np.bool_]",
    edges: "tuple[Integers, Integers, Integers, Integers]",
) -> None:
    """Move the cuts to the convex rows that alone keep a peak from proving a cone."""
    import numpy as np

    if not peaks.askew.any():
        return
    I, J, a, b = edges
    starts = np.concatenate([[0], np.cumsum(E.chunk.counts)])
    for z in np.flatnonzero(waiting & peaks.askew[E.near]):
        e = np.arange(starts[z], starts[z + 1])
        convex = e[E.weights[e] > 0]
        tied = peaks.ties[E.near[z], E.chunk.rows[convex]]
        if not len(convex) or not tied.all():
            continue
        values = E.V[convex[0]] * E.size[z]
        i, j = int(np.argmax(values)), int(np.argmin(values))
        ratio = values[i] / -values[j]
        for den in range(1, 4096):  # the rows are unit vectors: their integers come back
            num = round(ratio * den)
            if num and abs(num / den - ratio) < 1e-12 * ratio:
                I[z], J[z], a[z], b[z] = i, j, den, num
                break
