"""Proofs that a block set has no stationary network: kappa_T in a ball, strict inequalities.

For kappa with ``Z'kappa = 0`` and ``|V_a'kappa| <= beta``, weights ``c >= 0`` and any b let
``rho = y - sum_a c_a V_a V_a'kappa - Z b - W^-1 kappa``. The face program's primal less dual value
is at most ``|rho|_W^2/2 + sum_a c_a (beta^2 - |V_a'kappa|^2)``; the dual is strongly concave:

    |kappa - kappa_T|^2  <=  R^2 = |rho|_W^2 + 2 sum_a c_a (beta^2 - |V_a'kappa|^2)

in the norm of ``W^-1``. So a form f has the same sign at kappa_T and at kappa as soon as
``(f'kappa)^2 > R^2 |f|_W^2``. All of it is rational; kappa and c are a float's guess.

A set is excluded when some neuron is 0 (``|V_a'kappa_T| < beta``), some direction is proved to
leave its open face, or the pulls of some face are proved to lie on one side of 0 (THEORY T19).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from polytope_nn.exact.linear import solve
from polytope_nn.exact.rational import Vector
from polytope_nn.exact.scalar import dot, squared_norm
from polytope_nn.geometry.farkas import alternative
from polytope_nn.problems.training import TrainingProblem

from .blocks import Block, squared_loss

__all__ = ["Exclusion", "KappaBall"]

_ZERO, _ONE = Fraction(0), Fraction(1)
_TRIMMED = 16  # bits of that factor beside those of its distance from 1


@dataclass(frozen=True)
class KappaBall:
    """A rational kappa, and the square of a proved radius around it."""

    kappa: Vector
    directions: tuple[Vector, ...]
    square: Fraction


@dataclass(frozen=True)
class Exclusion:
    """Decides for block sets, by a guess at kappa and c, whether they are excluded."""

    problem: TrainingProblem
    blocks: tuple[Block, ...]
    _sizes: dict[Vector, Fraction] = field(default_factory=dict, compare=False)

    def excludes(self, T: Sequence[int], ball: KappaBall) -> bool:
        """Return whether no stationary network has the block set T, proved."""
        return any(
            self._silent(b, g, ball) or self._outside(b, ball)
            for b, g in zip((self.blocks[a] for a in T), ball.directions, strict=True)
        ) or any(self._one_sided(self.blocks[a], ball) for a in T)

    def entering(self, ball: KappaBall) -> frozenset[int]:
        """Return the blocks that may have a neuron beside T: ``|V'kappa_T| < beta`` is not proved.

        With any other block added the solution stays as it is, the new neuron 0.
        """
        return frozenset(
            a
            for a, b in enumerate(self.blocks)
            if not self._silent(b, self._pulled(b, ball.kappa), ball)
        )

    def ball(self, T: Sequence[int], kappa: Vector, c: Sequence[Fraction]) -> KappaBall:
        """Return a ball around kappa_T.

        ``Z'kappa = 0``; kappa and ``c >= 0`` are close to the face program's solution.
        """
        D = self.problem
        directions = [self._pulled(self.blocks[a], kappa) for a in T]
        most = max(map(squared_norm, directions), default=_ZERO) / D.beta_squared
        if most > 1:
            t = _below_inverse_root(most)
            kappa = tuple(t * x for x in kappa)
            directions = [tuple(t * x for x in g) for g in directions]
        rho = list(squared_loss(D).fit(kappa))
        square = _ZERO
        for a, g, t in zip(T, directions, c, strict=True):
            if t:
                F = (dot(v, g) for v in self.blocks[a].factor)
                rho = [x - t * f for x, f in zip(rho, F, strict=True)]
                square += 2 * t * (D.beta_squared - squared_norm(g))
        rest = self._less_free([x for x in rho if isinstance(x, Fraction)])
        square += sum((w * x * x for w, x in zip(D.weights, rest, strict=True)), _ZERO)
        return KappaBall(kappa, tuple(directions), square)

    def _pulled(self, b: Block, kappa: Vector) -> Vector:
        return tuple(dot(column, kappa) for column in b.columns)

    def _less_free(self, rho: Sequence[Fraction]) -> Sequence[Fraction]:
        """Return the part of rho that what is free does not fit, in the norm of W."""
        D = self.problem
        columns = [D.free.columns[j] for j in D.free.basis]
        if not columns:
            return rho
        weighted = [[w * t for w, t in zip(D.weights, z, strict=True)] for z in columns]
        gram = [[dot(p, q) for q in columns] for p in weighted]
        a = solve(gram, [dot(p, rho) for p in weighted])
        assert a is not None  # a Gram matrix of independent columns is regular
        fit = [dot(a, [z[k] for z in columns]) for k in range(D.n)]
        return [x - t for x, t in zip(rho, fit, strict=True) if isinstance(t, Fraction)]

    def _size(self, form: Vector) -> Fraction:
        """Return ``|form|_W^2``."""
        size = self._sizes.get(form)
        if size is None:
            pairs = zip(self.problem.weights, form, strict=True)
            size = self._sizes[form] = sum((w * t * t for w, t in pairs), _ZERO)
        return size

    def _sign(self, form: Vector, ball: KappaBall) -> int:
        """Return the sign of a form at kappa_T, 0 where the ball leaves it open."""
        value = dot(form, ball.kappa)
        if value * value <= ball.square * self._size(form):
            return 0
        return 1 if value > 0 else -1

    def _silent(self, b: Block, g: Vector, ball: KappaBall) -> bool:
        """Return whether ``|V'kappa_T| < beta``: the neuron is 0."""
        square = squared_norm(g)
        if square >= self.problem.beta_squared:
            return False
        spread = ball.square * sum(map(self._size, b.columns), _ZERO)
        room = self.problem.beta_squared - square - spread
        return room > 0 and 4 * square * spread < room * room

    def _outside(self, b: Block, ball: KappaBall) -> bool:
        """Return whether g is proved to lie outside the open face."""
        return any(self._sign(form, ball) < 0 for form in b.forms)

    def _one_sided(self, b: Block, ball: KappaBall) -> bool:
        """Return whether the pulls of the adjacent topes are proved to have no mixture 0."""
        if not b.pulls:
            return False
        q = len(b.pulls[0])
        columns = [(*(dot(f, ball.kappa) for f in forms), _ONE) for forms in b.pulls]
        mixture, separating = alternative(columns, (*(_ZERO,) * q, _ONE))
        if mixture is not None:
            return False
        normal = [t for t in separating[:-1] if isinstance(t, Fraction)]
        return all(self._sign(_combined(normal, forms), ball) > 0 for forms in b.pulls)


def _combined(weights: Sequence[Fraction], forms: Sequence[Vector]) -> Vector:
    return tuple(dot(weights, entries) for entries in zip(*forms, strict=True))


def _below_inverse_root(x: Fraction) -> Fraction:
    """Return a rational a little below ``1/sqrt(x)``, for x a little above 1.

    By Bernoulli ``1 - (x - 1)/2 <= 1/sqrt(x)``; the factor is rounded down.
    """
    exact = max(1 - (x - 1) / 2, 1 / x)
    near = 1 - exact
    bits = _TRIMMED + near.denominator.bit_length() - near.numerator.bit_length()
    return Fraction((exact.numerator << bits) // exact.denominator, 1 << bits)
