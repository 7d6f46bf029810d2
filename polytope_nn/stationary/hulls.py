"""Nonnegative combinations: all basic ones that make a fit; whether pulls mix to 0."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from fractions import Fraction
from itertools import chain, combinations

from polytope_nn.dual.enclosures import LinearForms
from polytope_nn.errors import Undecided
from polytope_nn.exact.ball_matrix import solve_balls
from polytope_nn.exact.linear import independent_rows, solve, transpose
from polytope_nn.exact.rational import Vector
from polytope_nn.exact.scalar import Scalar, Scalars, dot, middle, sign
from polytope_nn.geometry.farkas import alternative

from .blocks import Block

__all__ = ["mixed", "stationary", "vertices"]

_ZERO, _ONE = Fraction(0), Fraction(1)


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


def stationary(members: Sequence[Block], kappa: Scalars) -> bool:
    """Return whether the directions of exact kappa are in open faces, and the pulls mix to 0."""
    for b in members:
        if not all(dot(f, kappa) > 0 for f in b.forms):
            return False
        if b.pulls and len(b.pulls[0]) == 1:
            sides = {sign(dot(pull[0], kappa)) for pull in b.pulls}
            if 0 not in sides and len(sides) == 1:
                return False
        elif b.pulls:
            columns = [(*(dot(f, kappa) for f in forms), _ONE) for forms in b.pulls]
            goal = (*(_ZERO,) * len(b.pulls[0]), _ONE)
            if alternative(columns, goal)[0] is None:
                return False
    return True


def mixed(b: Block, forms: LinearForms) -> bool:
    """Return whether 0 is inside the hull of the pulls, or proved to be outside.

    It is inside where positive shares of some pulls make it. On a face of the hull these pulls
    are in a smaller space because their forms are: as many equations as there are shares are
    independent.

    Raises
    ------
    Undecided
        When neither is proved.
    """
    pulls = [tuple(forms.value(f) for f in pull) for pull in b.pulls]
    q = len(pulls[0])
    columns = [(*(middle(t) for t in pull), _ONE) for pull in pulls]
    mixture, separating = alternative(columns, (*(_ZERO,) * q, _ONE))
    with suppress(Undecided):
        if mixture is None and all(sign(dot(separating[:-1], p)) > 0 for p in pulls):
            return False
    likely = [tuple(sorted(mixture))] if mixture is not None else []
    every = (S for k in range(q + 1) for S in combinations(range(len(pulls)), k + 1))
    known = forms.knowing(f for pull in b.pulls for f in pull)
    rows = [[known.reduced(f) for f in pull] for pull in b.pulls]
    if any(_inside(S, pulls, rows) for S in chain(likely, every)):
        return True
    raise Undecided(f"whether the pulls around the face {b.face} mix to 0")


def _inside(
    S: Sequence[int], pulls: Sequence[Scalars], rows: Sequence[Sequence[Vector]]
) -> bool:
    """Return whether positive shares of the pulls S are proved to make 0."""
    forms = [sum((rows[j][i] for j in S), ()) for i in range(len(pulls[0]))]
    basis = independent_rows(forms)  # what the others say follows
    if len(basis) != len(S) - 1:
        return False
    equations: list[list[Scalar]] = [
        [_ONE] * len(S),
        *([pulls[j][i] for j in S] for i in basis),
    ]
    with suppress(Undecided):
        return all(t > 0 for t in solve_balls(equations, [_ONE, *(_ZERO,) * len(basis)]))
    return False
