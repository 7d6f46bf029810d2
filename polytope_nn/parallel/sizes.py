"""Three-layer problems of any size, solved at sizes near 1 and brought back exactly (P1).

With ``X = s X'``, ``y = t y'`` and ``beta = s t beta'`` networks are the same up to their weights:
kappa is ``t kappa'``, inner atoms are ``s t g'`` with features ``s^2 t F'``, masses are ``c'/s^2``;
theta, leaves and pieces stay. A row of zeros is seen by no neuron, so kappa is ``w_i y_i`` there,
whatever the others are: where that is far from their size it is solved with another label.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction

from polytope_nn.dual.atoms import Atom
from polytope_nn.dual.optimum import Optimum
from polytope_nn.exact.rational import approximate_root
from polytope_nn.exact.scalar import Scalars
from polytope_nn.search.floats import Hints, binary, to_float

from .equations.solved import DeepSolution
from .equations.units import content
from .optimum import ParallelOptimum, flat_of
from .path_costs.tree import PathLeaf
from .pieces import Config, Label, Piece
from .problem import ParallelProblem
from .tree import Leaf

__all__ = ["Resized", "resized", "restored"]

_USUAL = 10**6
_BESIDE = 10**3  # kappa on a row of zeros, over beta by the length of the longest row


@dataclass(frozen=True)
class Resized:
    """A problem of sizes near 1, and what the whole one is beside it.

    ``alone`` are the rows of zeros that have another label.
    """

    whole: ParallelProblem
    problem: ParallelProblem
    s: Fraction
    t: Fraction
    alone: tuple[int, ...]

    def kappa(self, found: Scalars) -> Scalars:
        """Return kappa of the whole problem, or the symbols that begin with it."""
        D = self.whole.two_layer
        own = {i: D.weights[i] * D.y[i] for i in self.alone}
        return tuple(own.get(i, x * self.t) for i, x in enumerate(found))

    def atom(self, a: Atom) -> Atom:
        """Return an inner atom of the whole problem."""
        s, t = self.s, self.t
        g, feature = (x * s * t for x in a.g), (x * s * s * t for x in a.feature)
        return replace(a, g=tuple(g), feature=tuple(feature))

    def piece(self, p: Piece) -> Piece:
        """Return a piece of the whole problem."""
        return replace(p, atoms=tuple(map(self.atom, p.atoms)))

    def leaf(self, found: Leaf) -> Leaf:
        """Return a leaf of the whole problem."""
        leaf = replace(found, atoms=tuple(map(self.atom, found.atoms)))
        if isinstance(leaf, PathLeaf) and leaf.piece is not None:
            return replace(leaf, piece=self.piece(leaf.piece))
        return leaf

    def masses(self, found: Scalars) -> Scalars:
        """Return masses of inner neurons of the whole problem."""
        return tuple(c / (self.s * self.s) for c in found)

    def branch(self, found: Config) -> Config:
        """Return a branch of the whole problem."""
        sigma, own = found
        masses = self.masses(tuple(c for _, c in own))
        labels = (self._label(key) for key, _ in own)
        return sigma, tuple(zip(labels, masses, strict=True))

    def _label(self, found: Label) -> Label:
        """Return the label of an atom: its direction, turned by nothing; a face stays."""
        s, named = found
        if all(isinstance(x, int) for x in named):
            return found
        return s, tuple(x * self.s * self.t for x in named)

    def solution(self, found: DeepSolution) -> DeepSolution:
        """Return the zero of the equations of the whole problem."""
        s, t = self.s, self.t
        parts = tuple(
            replace(
                part,
                raised={i: to_float(Fraction(x) * t) for i, x in part.raised.items()},
                faces={f: to_float(Fraction(c) / (s * s)) for f, c in part.faces.items()},
            )
            for part in found.parts
        )
        masses = tuple(map(self.masses, found.masses))
        return DeepSolution(self.whole, parts, self.kappa(found.symbols), masses)


def resized(problem: ParallelProblem) -> Resized | None:
    """Return the problem with numbers of order 1; None when they are near that already.

    A penalised bias fixes the size of X.

    >>> far = ParallelProblem([["1e-12", 0], [0, "2e-12"], [0, 0]], [1, 2, "3e9"], beta="1e-12")
    >>> small = resized(far)
    >>> small.problem.design[1] == (0, 2), small.s == Fraction(1, 10**12), small.problem.y[2] < 2
    (True, True, True)
    """
    D, zeros = problem.two_layer, [i for i, x in enumerate(problem.design) if not any(x)]
    entries = [e for x in D.X for e in x]
    s = _size(entries) if D.bias == "none" else Fraction(1)
    t = _size(e for i, e in enumerate(D.y) if i not in zeros)
    X = tuple(tuple(e / s for e in x) for x in D.X)
    square = D.beta_squared / (s * t) ** 2
    if len(zeros) == problem.n:
        return None
    usual = approximate_root(square) / max(Hints(X, square).lengths)
    y, alone = [e / t for e in D.y], []
    for i in zeros:
        size = abs(y[i]) * D.weights[i] / usual
        if y[i] and not 1 <= size * _BESIDE <= _BESIDE**2:
            y[i] = (1 if y[i] > 0 else -1) * binary(usual / D.weights[i])
            alone.append(i)
    if s == t == 1 and not alone:
        return None
    small = ParallelProblem(
        X, y, beta_squared=square, weights=D.weights, bias=D.bias,
        inner_width=problem.inner_width, regulariser=problem.regulariser, name=D.name,
    )  # fmt: skip
    return Resized(problem, small, s, t, tuple(alone))


def restored(found: ParallelOptimum, of: Resized, beside: Optimum) -> ParallelOptimum:
    """Return the optimum of the whole problem, of which ``found`` is that of other sizes.

    ``beside`` is the two-layer optimum of the whole problem. No number that is scaled is decided
    again but whether two layers reach the value.
    """
    kappa = of.kappa(found.kappa)
    shares: tuple[tuple[Scalars, ...], Scalars] | None = None
    if found.shares is not None:
        shares = found.shares[0], of.masses(found.shares[1])
    return replace(
        found,
        problem=of.whole,
        kappa=kappa,
        leaves=tuple(map(of.leaf, found.leaves)),
        pieces=tuple(map(of.piece, found.pieces)),
        branches=tuple(map(of.branch, found.branches)),
        two_layer=None if found.two_layer is None else flat_of(of.whole, kappa),
        solved=None if found.solved is None else of.solution(found.solved),
        shares=shares,
        beside=None if found.beside is None else beside,
    )


def _size(numbers: Iterable[Fraction]) -> Fraction:
    """Return 1 where the largest number is of usual size.

    Else the number of which all are integer multiples, or a power of 2 near the largest.
    """
    known = [abs(x) for x in numbers if x]
    largest = max(known, default=Fraction(1))
    if largest <= _USUAL and largest * _USUAL >= 1:
        return Fraction(1)
    unit = content(known)
    return unit if largest <= unit * _USUAL else binary(largest)
