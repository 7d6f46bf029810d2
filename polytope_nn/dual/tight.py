"""Tight bounds in balls: what is equal to beta because a system says so (THEORY §§3, 4)."""

from collections.abc import Sequence
from fractions import Fraction
from typing import cast

from polytope_nn.errors import Undecided
from polytope_nn.exact.linear import independent_rows, rref, transpose
from polytope_nn.exact.rational import Matrix, Vector
from polytope_nn.exact.scalar import Scalar, Scalars, dot, sign
from polytope_nn.geometry.lines import word

from .atoms import Atom, Bound
from .enclosures import LinearForms
from .feasibility import Tight

__all__ = ["balanced", "opposite", "proved_atom", "structural"]

_ZERO = Fraction(0)


def proved_atom(
    X: Matrix, face: tuple[int, tuple[int, ...]], V: Matrix, kappa: Sequence[Scalar]
) -> Atom:
    """Return the atom of a face whose ``|g| = beta`` the system proves; check its signs."""
    s, covector = face
    g = tuple(dot(column, kappa) * s for column in transpose(V))
    heights = [dot(x, g) if t else _ZERO for x, t in zip(X, covector, strict=True)]
    for height, expected in zip(heights, covector, strict=True):
        try:
            met = not expected or sign(height) == expected
        except Undecided:
            met = False
        if not met:
            raise Undecided(
                f"whether the direction of pattern {word(covector)} lies on its face"
            )
    rows = zip(heights, covector, strict=True)
    return Atom(s, covector, g, tuple(h * s if t == 1 else _ZERO for h, t in rows))


def opposite(X: Matrix, a: Atom) -> Atom:
    """Return the atom of the opposite direction and the same sign."""
    covector, g = tuple(-t for t in a.covector), tuple(-t for t in a.g)
    return Atom(a.sign, covector, g, _feature(X, a.sign, covector, g))


def _feature(X: Matrix, s: int, covector: tuple[int, ...], g: Scalars) -> Scalars:
    rows = zip(X, covector, strict=True)
    return tuple(dot(x, g) * s if t == 1 else Fraction(0) for x, t in rows)


def structural(
    X: Matrix,
    atoms: Sequence[Atom],
    kappa: Sequence[Scalar],
    beta_squared: Fraction,
    known: LinearForms | None = None,
) -> Tight:
    """Return the decision of a bound that is tight at a known atom, in balls.

    ``known`` tells when a linear form of kappa is 0.
    """
    value = (known or LinearForms(tuple(kappa))).value

    def decide(
        pattern: tuple[int, ...], s: int, facets: tuple[int, ...], guess: tuple[int, ...]
    ) -> tuple[Bound, Atom | None]:
        named = word(pattern)
        inside = [
            a
            for a in atoms
            if a.sign == s
            and all(
                t in (0, u)
                for t, u, x in zip(a.covector, pattern, X, strict=True)
                if any(x)
            )
        ]
        if len(inside) != 1:
            raise Undecided(
                f"whether |g|^2 < beta^2 = {beta_squared} on pattern {named}, sign {s:+d}: "
                f"it is equal or very close"
            )
        a = inside[0]
        forms = balanced(X, pattern, (a.sign, a.covector), [*guess, *facets])
        mu = {k: value(form) for k, form in forms.items()}
        try:
            positive = all(t >= 0 for t in mu.values())
        except Undecided:
            positive = False
        if not positive:
            raise Undecided(
                f"whether a multiplier on pattern {named}, sign {s:+d}, is >= 0"
            )
        full = tuple(mu.get(k, Fraction(0)) for k in range(len(X)))
        return Bound(pattern, s, full, tight=True), a

    return decide


def balanced(
    X: Matrix,
    pattern: tuple[int, ...],
    face: tuple[int, tuple[int, ...]],
    preferred: Sequence[int],
) -> dict[int, Vector]:
    """Return linear forms mu of kappa on independent rows with ``g - p = sum mu_k s_k x_k``.

    The ``face`` is a sign and a covector, g its candidate. The difference is
    ``-sign * sum kappa_i (I - Pi) x_i`` over the active rows, and each
    ``(I - Pi) x_i`` has rational coordinates in the rows where ``X g = 0``.
    """
    s, covector = face
    flat = [k for k in dict.fromkeys(preferred) if covector[k] == 0]
    chosen = [flat[i] for i in independent_rows([X[k] for k in flat])]
    rows = [tuple(pattern[k] * t for t in X[k]) for k in chosen]
    active = [i for i, t in enumerate(pattern) if t == 1]
    # the normal equations of all right sides; the rows are independent
    solved, _ = rref([
        [*(dot(x, z) for z in rows), *(-s * dot(x, X[i]) for i in active)] for x in rows
    ])  # fmt: skip
    forms = {}
    for k, row in zip(chosen, solved, strict=True):
        form = [Fraction(0)] * len(X)
        for i, t in zip(active, cast("Vector", row)[len(rows) :], strict=True):
            form[i] = t
        forms[k] = tuple(form)
    return forms
