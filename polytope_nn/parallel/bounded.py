"""Kappa in balls where depth helps: a dual point and a network close to each other (T13).

Newton's digits give a rational kappa, a little inside the feasible set, which a tree of leaves
proves feasible, and a rational network. Between its dual value and the network's objective lies
the optimum. The dual objective falls at least as ``1/2 sum (kappa - kappa*)^2 / weight`` from its
maximum, so the optimal kappa is in a ball around the rational one.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import combinations

from polytope_nn.dual.atoms import atom
from polytope_nn.dual.optimum import Optimum
from polytope_nn.errors import NotOptimal, Undecided
from polytope_nn.exact.ball import Ball, Balls
from polytope_nn.exact.radical import root, root_enclosure, total
from polytope_nn.exact.rational import Matrix, Vector
from polytope_nn.exact.scalar import dot, squared_norm
from polytope_nn.limits import Limits

from .blocks import Blocks, classes_of, size_of
from .conic.master import DeepKappa, Part
from .depth import two_layer_bound
from .equations.deep import DeepSystem
from .equations.theta import near
from .optimum import ParallelOptimum
from .pieces import Config
from .problem import ParallelProblem
from .tree import Tree

__all__ = ["Astray", "around", "bounded"]

_BITS = 300  # of Newton's digits
_INSIDE = 100  # bits: kappa is scaled by 1 - 2^-100 into the feasible set
_CLOSE = 60  # bits of the relative gap that is asked for
_ZERO = Fraction(0)


class Astray(Undecided):
    """What floats found is not the optimum's: more digits of it are of no use."""


def bounded(
    problem: ParallelProblem,
    found: DeepKappa,
    limits: Limits,
    flat: Optimum | None = None,
) -> ParallelOptimum:
    """Return the optimum with kappa in balls, depth helping, its pieces left open.

    ``flat`` is the two-layer optimum, where it is known.

    Raises
    ------
    Undecided
        When the dual point is not proved feasible, or network and dual point are not close.
    """
    D, n = problem.two_layer, problem.n
    system = DeepSystem(problem, found.parts)
    solved = system.solution(found.kappa, _BITS)
    if solved is None:
        raise Undecided("kappa: depth helps, and Newton's method finds no solution")
    point = tuple(near(t, _BITS) for t in system.real(solved))
    kappa = tuple(t * (1 - Fraction(1, 1 << _INSIDE)) for t in point[:n])
    parts = list(_parts(system, point))
    blocks = Blocks(problem.design, problem.arrangement)
    hints = tuple(
        (part.sigma, hint)
        for part, mu, _ in parts
        for hint in (
            _theta(part, mu, point[:n]),
            *_shared(part, mu, point[:n], problem.design),
        )
    )
    square = problem.unit_beta_squared
    tree = Tree(blocks, kappa, square, problem.inner_width, limits, hints, found.memory)
    try:
        leaves = tree.leaves
    except NotOptimal as error:
        raise Astray(f"kappa: depth helps, and floats led astray: {error}") from None
    dual = (
        dot(kappa, D.y)
        - sum((k * k / w for k, w in zip(kappa, D.weights, strict=True)), _ZERO) / 2
    )
    least = max((abs(c) for _, _, masses in parts for c in masses), default=_ZERO)
    least /= 1 << _CLOSE  # a part of less mass is not used
    branches = tuple(
        _branch(problem, part, mu, masses)
        for part, mu, masses in parts
        if any(abs(c) > least for c in masses)
    )
    wide = max((len(own) for _, own in branches), default=0)
    if problem.inner_width is not None and wide > problem.inner_width:
        raise Astray(
            f"kappa: depth helps, and the branches that were found have {wide} inner neurons, "
            f"more than inner_width = {problem.inner_width}"
        )
    balls = around(problem, kappa, dual, _objective(problem, branches), limits)
    missing = (
        "the pieces of optimal branches: depth helps, and kappa is known in intervals only"
    )
    O = ParallelOptimum(
        problem, balls, leaves, (), branches, "interval", limits=limits, missing=missing,
        beside=flat,
    )  # fmt: skip
    two_layer_bound(O)  # or Undecided: that depth helps is proved
    return O


def around(
    problem: ParallelProblem,
    kappa: Vector,
    dual: Fraction,
    primal: Fraction,
    limits: Limits,
) -> Balls:
    """Return balls around a feasible kappa that hold the optimal one.

    ``dual`` is its dual value, ``primal`` the objective of a network or more.

    Raises
    ------
    Undecided
        When the two are not close.
    """
    gap = primal - dual
    if gap < 0 or gap * (1 << _CLOSE) > dual:
        raise Undecided(
            "kappa: a network and a dual point are not close: give kappa, or another inner_width"
        )
    radii = [root_enclosure(2 * gap * w, _BITS)[1] for w in problem.two_layer.weights]
    return tuple(
        Ball.from_interval(k - r, k + r, limits.bits)
        for k, r in zip(kappa, radii, strict=True)
    )


def _parts(
    system: DeepSystem, point: Sequence[Fraction]
) -> Sequence[tuple[Part, Vector, Vector]]:
    """Return each part with its mu and its masses."""
    start, found = system.problem.n, []
    for part in system.parts:
        first = start + len(part.raised)
        mu = system.mu(part, point[: system.problem.n], point[start:first])
        start = first + len(part.faces)
        found.append((part, mu, tuple(point[first:start])))
    return found


def _theta(part: Part, mu: Vector, kappa: Sequence[Fraction]) -> dict[int, Fraction]:
    """Return theta on the negative rows that its neurons see: what of kappa mu keeps there."""
    seen = {i for _, face in part.faces for i, e in enumerate(face) if e > 0}
    return {
        i: min(max(mu[i] / (part.sigma * k), _ZERO), Fraction(1))
        for i, k in enumerate(kappa)
        if part.sigma * k < 0 and i in seen
    }


def _shared(
    part: Part, mu: Vector, kappa: Sequence[Fraction], X: Matrix
) -> Iterator[dict[int, Fraction]]:
    """Yield theta where a leaf has positive rows inside of the direction of a raised one.

    What neurons see of the direction stays: the negative rows make up for these.
    """
    for rows in classes_of(X):
        if not any(i in part.raised for i in rows):
            continue
        k = {i: part.sigma * kappa[i] * size_of(X[i]) for i in rows}
        positive, negative = [i for i in rows if k[i] > 0], [i for i in rows if k[i] < 0]
        seen = sum((mu[i] * size_of(X[i]) for i in rows), _ZERO)
        for size in range(1, len(positive) + 1):
            for inside in combinations(positive, size):
                left, hint = seen - sum((k[i] for i in inside), _ZERO), {}
                for i in negative:
                    hint[i] = min(max(left / k[i], _ZERO), Fraction(1))
                    left -= hint[i] * k[i]
                yield hint


def _branch(problem: ParallelProblem, part: Part, mu: Vector, masses: Vector) -> Config:
    """Return the branch of a part; its masses must be positive."""
    if any(c <= 0 for c in masses):
        raise Astray("kappa: depth helps, and floats led astray: a mass is negative")
    labels = []
    for (s, face), c in zip(part.faces, masses, strict=True):
        g = atom(problem.design, mu, s, face).g
        labels.append(((s, g), c))
    return part.sigma, tuple(labels)


def _objective(problem: ParallelProblem, branches: Sequence[Config]) -> Fraction:
    """Return a number not below the objective of the network of some branches."""
    X, D = problem.design, problem.two_layer
    fit = [_ZERO] * problem.n
    lengths = []
    for sigma, labels in branches:
        z = [_ZERO] * problem.n
        for (s, direction), mass in labels:
            g, c = [near(t, 1) for t in direction], near(mass, 1)  # rational: themselves
            for i, x in enumerate(X):
                z[i] += max(dot(x, g), _ZERO) * c * s
            lengths.append(root(squared_norm(g) * c * c * problem.unit_beta_squared))
        fit = [a + sigma * max(t, _ZERO) for a, t in zip(fit, z, strict=True)]
    residual = zip(fit, D.y, D.weights, strict=True)
    loss = sum((w * (a - y) ** 2 for a, y, w in residual), _ZERO) / 2
    return loss + total(lengths).enclosure(_BITS)[1]
