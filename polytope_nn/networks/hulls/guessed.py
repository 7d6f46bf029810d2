"""Guesses in floats: which slots and vertices the nearest optimal network uses.

For given labels, least ``sum_j (c_j - t_j)^2`` over masses that add up to a point of the hull of
some vertices is a problem of nonnegative least squares; the multipliers say which labels would
be better. What is found is a guess, which
:mod:`~polytope_nn.networks.hulls.barycentric` proves or rounds.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, TypeAlias

from polytope_nn.exact.rational import Vector
from polytope_nn.exact.scalar import Scalars, middle
from polytope_nn.landscape.supports import bits_of, is_nothing
from polytope_nn.progress import counted

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats: TypeAlias = NDArray[np.float64]

__all__ = ["Guess", "guesses", "guesses_of"]

_ZERO = Fraction(0)
_STARTS = 16  # vertices from which labels are improved
_ROUNDS = 40
_TRIALS = 60  # changes of labels that are tried from a start, at least,
_WORK = 3_000_000_000  # and of few slots many: one costs about the cube of their number
_HEAVY = 1e4  # the weight of what must hold
_LEAST = 1e-7  # relative: masses and shares below it count as none
_GAIN = 1e-10
_STEPS = 300  # up to a bound


@dataclass(frozen=True)
class Guess:
    """Labels, masses and shares of vertices in floats; those in use; lam, rational."""

    labels: list[int]
    masses: list[float]
    mu: list[float]
    slots: list[int]
    vertices: list[int]
    lam: Vector


def guesses(points: Sequence[Scalars], wished: Sequence[Scalars]) -> list[Guess]:
    """Return guesses from several vertices, the nearest first, the last one for its bound.

    Of the points whose hull it is about, and the wished masses.
    """
    search = _Search(points, wished)
    found = [search.improved(labels) for labels in search.starts()]
    found.sort(key=lambda state: state.value)
    best = search.guess(found[0])
    raised = replace(best, lam=search.scaled(search.raised(found[0])))
    return [best, *(search.guess(state) for state in found[1:]), raised]


def guesses_of(
    points: Sequence[Scalars], wished: Sequence[Scalars]
) -> Callable[[list[int]], Guess | None]:
    """Return what guesses masses of given labels, or tells that they hold no vertex."""
    search = _Search(points, wished)

    def guessed(labels: list[int]) -> Guess | None:
        state = search.solved(labels)
        return None if state is None else search.guess(state)

    return guessed


@dataclass(frozen=True)
class _State:
    labels: list[int]
    c: "Floats"
    mu: "Floats"
    lam: "Floats"
    value: float


class _Search:
    """The hull and the wished masses in floats, of size about 1."""

    def __init__(self, points: Sequence[Scalars], wished: Sequence[Scalars]) -> None:
        import numpy as np

        middles = [[middle(x) for x in v] for v in points]
        hopes = [[middle(x) for x in t] for t in wished]
        sizes = [abs(x) for row in (*middles, *hopes) for x in row]
        self.scale = max(sizes, default=_ZERO) or Fraction(1)
        self.V = np.array([[float(x / self.scale) for x in v] for v in middles])
        self.t = np.array([[float(x / self.scale) for x in t] for t in hopes])
        self.supports = [
            sum(1 << a for a, x in enumerate(v) if not is_nothing(x)) for v in points
        ]
        # slots that wish alike may trade their labels: the empty ones do
        self.alike: dict[bytes, list[int]] = {}
        for j, row in enumerate(self.t):
            self.alike.setdefault(row.tobytes(), []).append(j)
        self.values: dict[
            tuple[tuple[int, ...], ...], float
        ] = {}  # of labels that were tried

    def starts(self) -> Iterator[list[int]]:
        """Yield labels: the atoms of a vertex in the slots that point at them, then the best."""
        slots = range(len(self.t))
        # how near a vertex is when every atom finds its best slot
        near = ((self.V - self.t.max(axis=0)) ** 2).sum(axis=1)
        for i in sorted(range(len(self.V)), key=lambda i: near[i])[:_STARTS]:
            atoms = bits_of(self.supports[i])
            if len(atoms) > len(self.t):
                continue
            held: dict[int, int] = {}
            for _, a, j in sorted((-self.t[j][a], a, j) for a in atoms for j in slots):
                if a not in held.values() and j not in held:
                    held[j] = a
            largest = max(atoms, key=lambda a: self.V[i][a], default=0)
            for j in slots:
                if j not in held:
                    best = int(self.t[j].argmax())
                    held[j] = best if self.t[j][best] > 0 else largest
            yield [held[j] for j in slots]

    def solved(self, labels: list[int]) -> _State | None:
        """Return the nearest masses of labels; None when no vertex is on them."""
        import numpy as np
        from scipy.optimize import nnls

        on = sum(1 << a for a in set(labels))
        used = [i for i, bits in enumerate(self.supports) if bits & ~on == 0]
        if not used:
            return None
        atoms, W = sorted(set(labels)), len(labels)
        t = np.array([self.t[j][a] for j, a in enumerate(labels)])
        sums = np.array([[float(a == label) for label in labels] for a in atoms])
        A = np.zeros((W + len(atoms) + 1, W + len(used)))
        A[:W, :W] = np.eye(W)
        A[W:-1, :W] = _HEAVY * sums
        A[W:-1, W:] = -_HEAVY * self.V[np.ix_(used, atoms)].T
        A[-1, W:] = _HEAVY
        x, _ = nnls(A, np.concatenate([t, np.zeros(len(atoms)), [_HEAVY]]))
        c, mu = x[:W], np.zeros(len(self.V))
        mu[used] = x[W:]
        away = sums @ c - self.V[np.ix_(used, atoms)].T @ x[W:]
        lam = np.full(self.V.shape[1], -np.inf)
        for a, gap in zip(atoms, away, strict=True):
            own = [c[j] - t[j] for j, b in enumerate(labels) if b == a and c[j] > _LEAST]
            lam[a] = own[0] if own else -gap * _HEAVY**2
        held = np.maximum(c, 0)
        for a in range(len(lam)):
            if lam[a] == -np.inf:
                lam[a] = float((held - self.t[:, a]).min())
        return _State(labels, c, mu, lam, float((c * c - 2 * c * t).sum()))

    def improved(self, labels: list[int]) -> _State:
        """Return the masses of labels that no change of one slot, or of two, improves."""
        state = self.solved(labels)
        assert state is not None  # a start has the atoms of a vertex
        most = max(_TRIALS, _WORK // len(labels) ** 3)
        trials = iter(counted("moving slots, changes at most", range(most)))
        for _ in range(_ROUNDS):
            better = self._better(state, trials)
            if better is None:
                break
            state = better
        return state

    def _better(self, state: _State, trials: Iterator[int]) -> _State | None:
        """Return masses of labels with one slot's changed to one it would rather have.

        None where there are none, or ``trials`` are over.
        """
        pulls = self.t + state.lam
        held = pulls[range(len(self.t)), state.labels].clip(min=0)
        gains = pulls - held[:, None]
        order = sorted(
            (-gains[j][a], j, a) for j, a in zip(*(gains > _GAIN).nonzero(), strict=True)
        )
        for _, j, a in order:
            for labels in _moved(state.labels, int(j), int(a)):
                kind = tuple(
                    tuple(sorted(labels[i] for i in slots)) for slots in self.alike.values()
                )
                if self.values.get(kind, -math.inf) >= state.value - _GAIN:
                    continue
                if next(trials, None) is None:
                    return None
                new = self.solved(labels)
                self.values[kind] = math.inf if new is None else new.value
                if new is not None and new.value < state.value - _GAIN:
                    return new
        return None

    def raised(self, state: _State) -> "Floats":
        """Return a lam of a better bound: subgradient steps, as long as the gap allows."""
        import numpy as np

        lam, slots = state.lam.copy(), np.arange(len(self.t))
        best, kept = -np.inf, lam
        for _ in range(_STEPS):
            pulls = self.t + lam
            at = pulls.argmax(axis=1)
            held = pulls[slots, at].clip(min=0)
            on = self.V @ lam
            i = int(on.argmin())
            bound = float(2 * on[i] - held @ held)
            if bound > best:
                best, kept = bound, lam.copy()
            step = self.V[i] - np.bincount(at, held, len(lam))
            square = float(step @ step)
            if state.value - bound <= _GAIN or square == 0:
                break
            lam += step * (state.value - bound) / (2 * square)
        return kept

    def scaled(self, lam: "Floats") -> Vector:
        """Return a lam in the numbers that were given, rational."""
        return tuple(Fraction(float(x)) * self.scale for x in lam)

    def guess(self, state: _State) -> Guess:
        """Return a state as a guess in the numbers that were given."""
        slots = [j for j, x in enumerate(state.c) if x > _LEAST]
        vertices = [i for i, x in enumerate(state.mu) if x > _LEAST]
        lam = self.scaled(state.lam)
        return Guess(
            state.labels,
            [float(x) for x in state.c],
            [float(x) for x in state.mu],
            slots,
            vertices,
            lam,
        )


def _moved(labels: list[int], j: int, best: int) -> Iterator[list[int]]:
    """Yield labels with another in slot j, and those where slot k has what j had."""
    for k in range(len(labels)):
        new = list(labels)
        new[j] = best
        if k != j:
            new[k] = labels[j]
            if labels[k] == labels[j]:
                continue
        yield new
