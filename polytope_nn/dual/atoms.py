"""Atoms: the optimal directions, found by projecting onto cones, without roots (THEORY §3).

Write a tope as its pattern ``s`` in {+1, -1}^n and ``D = Diag(s = +1)``. The largest value
of ``sign * kappa'(Xu)_+`` over the tope's closed cone K and the unit ball is ``|g|``, where g
is the projection of ``p = sign * X'D kappa`` onto K. Moreau's multipliers ``mu >= 0`` with
``g = p + sum_k mu_k s_k x_k`` prove it: for *any* ``mu >= 0`` the norm of the right-hand
side bounds that value from above. So a strict bound needs no projection, only a good guess.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from polytope_nn.exact.linear import gram, project_out, solve
from polytope_nn.exact.rational import Matrix
from polytope_nn.exact.scalar import Scalar, Scalars, dot, sign

__all__ = ["Atom", "Bound", "atom", "cone_projection", "covector", "multipliers", "pull"]

Covector = tuple[int, ...]


@dataclass(frozen=True)
class Atom:
    """An optimal direction: ``|g|^2 = beta^2``, in the relative interior of one face.

    ``g`` has shape (d,), ``covector`` is the sign vector of ``X g``, ``feature`` is
    ``F = sign * (X g)_+``, shape (n,). Atoms are sorted by sign, positive ones first,
    then by covector, ``+`` before ``0`` before ``-``.
    """

    sign: int
    covector: Covector
    g: Scalars
    feature: Scalars

    @cached_property
    def key(self) -> tuple[int, ...]:
        """The place of the atom in every list of atoms."""
        return (-self.sign, *(-s for s in self.covector))


@dataclass(frozen=True)
class Bound:
    """A proof that one sign on one tope does not exceed beta: the multipliers mu.

    ``|sign * X'D kappa + sum_k mu_k s_k x_k|^2 <= beta^2`` with ``mu >= 0``; equality
    exactly when ``tight``, and then the vector inside the norm is the g of an atom.
    """

    pattern: tuple[int, ...]
    sign: int
    multiplier: Scalars
    tight: bool


def pull(X: Matrix, kappa: Sequence[Scalar], sign: int, active: Sequence[int]) -> Scalars:
    """Return ``sign`` times the sum of kappa_k x_k where ``active_k = 1``, shape (d,)."""
    rows = [k for k, s in enumerate(active) if s == 1]
    weights = [kappa[k] * sign for k in rows]
    return tuple(dot(weights, [X[k][j] for k in rows]) for j in range(len(X[0])))


def atom(X: Matrix, kappa: Sequence[Scalar], sign: int, covector: Covector) -> Atom:
    """Return the candidate of a face: ``g = sign * Pi X'E kappa``, and its feature.

    Pi projects onto the face's span ``{u : x_k'u = 0 where covector_k = 0}`` and
    ``E = Diag(covector = +)``. It is an atom when ``|g|^2 = beta^2`` and the covector of
    ``g`` is the given one, which the caller decides.

    >>> X = ((Fraction(1), Fraction(0)), (Fraction(0), Fraction(1)))
    >>> a = atom(X, (Fraction(3), Fraction(4)), 1, (1, 1))
    >>> a.g == a.feature == (3, 4)
    True
    """
    zero = [x for x, s in zip(X, covector, strict=True) if s == 0 and any(x)]
    g = project_out(zero, pull(X, kappa, sign, covector))
    feature = tuple(
        dot(x, g) * sign if s == 1 else Fraction(0)
        for x, s in zip(X, covector, strict=True)
    )
    return Atom(sign, covector, g, feature)


def covector(X: Matrix, u: Sequence[Scalar]) -> Covector:
    """Return the sign vector of ``X u``.

    >>> covector(((Fraction(1), Fraction(-1)), (Fraction(1), Fraction(1))), (1, 1))
    (0, 1)
    """
    return tuple(sign(dot(x, u)) for x in X)


def cone_projection(
    rows: Sequence[Sequence[Scalar]], p: Sequence[Scalar], guess: Sequence[int] = ()
) -> tuple[Scalars, Scalars]:
    """Return the projection g of p onto ``{u : rows u >= 0}`` and its multipliers mu.

    ``g = p + sum_k mu_k rows_k``, ``mu >= 0``, ``rows g >= 0``, ``mu_k (rows g)_k = 0``:
    by Moreau these determine g. Exact active-set method: the multipliers of a set of
    independent rows are solved for, a negative one leaves, a row with ``(rows g)_k < 0``
    enters. ``|g|^2`` falls at every change, so no set comes twice. ``guess`` is a set of
    rows to start from; whatever it is, the answer is the projection.

    >>> one = Fraction(1)
    >>> cone_projection([(one, 0 * one)], (-2 * one, one))
    ((Fraction(0, 1), Fraction(1, 1)), (Fraction(2, 1),))

    References
    ----------
    C. Lawson, R. Hanson, *Solving Least Squares Problems* (1974), ch. 23.
    """
    mu: dict[int, Scalar] = _feasible_start(rows, p, guess)
    while True:
        # mu is the multiplier vector of its own set of rows, and positive there
        g = tuple(
            dot([*mu.values()], [rows[k][j] for k in mu]) + x for j, x in enumerate(p)
        )
        slack = [(dot(row, g), k) for k, row in enumerate(rows) if k not in mu]
        entering = min(slack, default=(Fraction(0), -1))
        if not entering[0] < 0:
            zero = Fraction(0)
            return g, tuple(mu.get(k, zero) for k in range(len(rows)))
        mu[entering[1]] = Fraction(0)
        while True:
            target = multipliers(rows, p, [*mu])
            falling = [k for k in mu if not target[k] > 0]
            if not falling:
                mu = target
                break
            step = min(mu[k] / (mu[k] - target[k]) for k in falling)
            moved = {k: mu[k] + step * (target[k] - mu[k]) for k in mu}
            mu = {k: x for k, x in moved.items() if x > 0}


def _feasible_start(
    rows: Sequence[Sequence[Scalar]], p: Sequence[Scalar], guess: Sequence[int]
) -> dict[int, Scalar]:
    mu = multipliers(rows, p, list(guess))
    while any(not x > 0 for x in mu.values()):
        mu = multipliers(rows, p, [k for k, x in mu.items() if x > 0])
    return mu


def multipliers(
    rows: Sequence[Sequence[Scalar]] | Mapping[int, Sequence[Scalar]],
    p: Sequence[Scalar],
    chosen: list[int],
) -> dict[int, Scalar]:
    """Return mu on the chosen rows that puts ``p + sum_k mu_k rows_k`` orthogonal to them."""
    if not chosen:
        return {}
    mu = solve(gram([rows[i] for i in chosen]), [-dot(rows[i], p) for i in chosen])
    assert mu is not None  # a Gram system with this right-hand side is solvable
    return dict(zip(chosen, mu, strict=True))
