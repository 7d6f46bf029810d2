"""Nonnegative combinations: all basic ones that make a fit; whether pulls mix to 0."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import combinations

from polytope_nn.dual.vanishing import LinearForms
from polytope_nn.errors import Undecided
from polytope_nn.exact.ball_matrix import solve_balls
from polytope_nn.exact.linear import solve, transpose
from polytope_nn.exact.scalar import Scalars, dot, sign
from polytope_nn.geometry.farkas import alternative

from .blocks import Block
from .comparing import middle

__all__ = ["mixed", "vertices"]


def vertices(features: Sequence[Scalars], fit: Scalars) -> Iterator[Scalars]:
    """Yield the c >= 0 on independent features that make a fit, each as long as features."""
    N = len(features)
    seen: list[frozenset[int]] = []
    for k in range(N + 1):
        for U in combinations(range(N), k):
            if any(S <= set(U) for S in seen):
                continue
            if not U:
                c: Scalars | None = () if not any(sign(t) for t in fit) else None
            else:
                c = solve(transpose([features[i] for i in U]), fit)
            if c is not None and all(t > 0 for t in c):
                seen.append(frozenset(U))
                masses = dict(zip(U, c, strict=True))
                yield tuple(masses.get(i, Fraction(0)) for i in range(N))


def mixed(b: Block, forms: LinearForms) -> bool:
    """Return whether 0 is inside the hull of the pulls, or proved to be outside.

    Raises
    ------
    Undecided
        When neither is strict.
    """
    pulls = [[forms.value(f) for f in pull] for pull in b.pulls]
    one, zero = Fraction(1), Fraction(0)
    q = len(b.pulls[0])
    columns = [(*(middle(t) for t in pull), one) for pull in pulls]
    mixture, separating = alternative(columns, (*(zero,) * q, one))
    if mixture is None:
        if all(sign(dot(separating[:-1], pull)) > 0 for pull in pulls):
            return False
        raise Undecided(f"whether the pulls around the face {b.face} mix to 0")
    chosen = sorted(mixture)
    if all(isinstance(t, Fraction) for i in chosen for t in pulls[i]):
        return True  # exact numbers, and 0 is their mixture
    if len(chosen) != q + 1:
        raise Undecided(f"whether the pulls around the face {b.face} mix to 0")
    rows = [*transpose([pulls[i] for i in chosen]), [one] * (q + 1)]
    shares = solve_balls(rows, [*(zero,) * q, one])
    if not all(t > 0 for t in shares):
        raise Undecided(f"whether the pulls around the face {b.face} mix to 0")
    return True
