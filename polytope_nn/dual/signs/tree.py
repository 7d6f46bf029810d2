"""Dual feasibility with all atoms, proved by Cauchy-Schwarz and a tree of signs.

Let kappa have one sign and ``X'kappa = 0``. Then ``kappa'(Xu)_+`` is half the sum of
``kappa_k |x_k'u|``, and with ``c = sum |kappa| / (4 beta^2)`` at most
``beta (u'Mu)^(1/2)``, ``M = c sum_k |kappa_k| x_k x_k'``. Where M is a projector this is at
most ``beta |u|``, with equality for the u in its image W for which all ``|x_k'u|`` with
``kappa_k != 0`` are equal: the sign vectors of W (proofs/sign_networks.md, S4).

They are found by deciding the signs on a basis of W among the rows; a row that is then no
sign prunes. No pattern is listed: n and d may be large.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

from polytope_nn.dual.atoms import Atom, covector
from polytope_nn.exact.integer import integer_product
from polytope_nn.exact.linear import independent_rows, solve, transpose
from polytope_nn.exact.rational import Matrix, Vector
from polytope_nn.exact.scalar import Scalars, dot
from polytope_nn.progress import counted

__all__ = ["SignProof", "sign_proof"]

Signs = tuple[int, ...]


@dataclass(frozen=True)
class SignProof:
    """The proof that kappa is feasible, with all atoms: a tree of signs.

    ``pivots`` are r independent rows, ``relations`` every other row of ``kappa_k != 0`` with
    its coefficients in them. ``tree`` is in preorder: ``i < r`` decides the sign of pivot i,
    + first; ``r + q`` is a branch in which relation q gives no sign; beyond these come atoms.
    """

    pivots: tuple[int, ...]
    relations: tuple[tuple[int, Vector], ...]
    tree: tuple[int, ...]
    atoms: tuple[Atom, ...]

    @property
    def leaves(self) -> int:
        """The number of branches that end."""
        return sum(token >= len(self.pivots) for token in self.tree)


def sign_proof(X: Matrix, kappa: Scalars, beta_squared: Fraction) -> SignProof | None:
    """Return the proof by signs, or None where kappa is not of this kind.

    >>> X = tuple(tuple(map(Fraction, x)) for x in [(1, 0), (-1, 0), (0, 1), (0, -1)])
    >>> proof = sign_proof(X, (Fraction(1),) * 4, Fraction(2))
    >>> [tuple(map(int, a.g)) for a in proof.atoms], proof.leaves
    ([(1, 1), (1, -1), (-1, 1), (-1, -1)], 4)
    """
    weights = [abs(k) for k in kappa if isinstance(k, Fraction)]
    one_signed = all(k >= 0 for k in kappa) or all(k <= 0 for k in kappa)
    balanced = not any(dot(kappa, column) for column in zip(*X, strict=True))
    if len(weights) < len(X) or not any(weights) or not one_signed or not balanced:
        return None
    if not _projects(X, weights, sum(weights) / (4 * beta_squared)):
        return None
    used = [k for k, w in enumerate(weights) if w]
    chosen = independent_rows([X[k] for k in used])
    pivots = tuple(used[i] for i in chosen)
    basis = transpose([X[k] for k in pivots])
    relations = tuple((k, _known(solve(basis, X[k]))) for k in used if k not in pivots)
    tree, vectors = _grown(len(pivots), [c for _, c in relations])
    s = 1 if any(k > 0 for k in kappa) else -1
    listed = []
    for signs in vectors:
        on_rows = dict(zip(pivots, signs, strict=True))
        on_rows |= {k: int(dot(c, tuple(map(Fraction, signs)))) for k, c in relations}
        g = tuple(
            sum((weights[k] * t * X[k][j] for k, t in on_rows.items()), Fraction(0)) / 2
            for j in range(len(X[0]))
        )
        listed.append(_atom(X, s, g))
    order = sorted(range(len(listed)), key=lambda i: listed[i].key)
    place = {i: a for a, i in enumerate(order)}
    first = len(pivots) + len(relations)
    named = tuple(t if t < first else first + place[t - first] for t in tree)
    return SignProof(pivots, relations, named, tuple(listed[i] for i in order))


def _known(c: Scalars | None) -> Vector:
    assert c is not None  # the pivots span all rows in use
    return tuple(t for t in c if isinstance(t, Fraction))


def _denominator(numbers: Sequence[Fraction]) -> int:
    return lcm(*(t.denominator for t in numbers))


def _projects(X: Matrix, weights: Sequence[Fraction], c: Fraction) -> bool:
    """Return whether ``c sum_k weights_k x_k x_k'`` is a projector."""
    q, r = _denominator([t for x in X for t in x]), _denominator(weights)
    rows = [[int(t * q) for t in x] for x in X]
    scaled = [[int(w * r) * t for t in x] for w, x in zip(weights, rows, strict=True)]
    N = integer_product([list(column) for column in zip(*rows, strict=True)], scaled)
    f = c / (r * q * q)
    square = integer_product(N, N)
    return all(
        f.numerator * s == f.denominator * t
        for a, b in zip(square, N, strict=True)
        for s, t in zip(a, b, strict=True)
    )


def _atom(X: Matrix, s: int, g: Vector) -> Atom:
    feature = tuple(max(dot(x, g), Fraction(0)) * s for x in X)
    return Atom(s, covector(X, g), g, feature)


def _grown(r: int, relations: Sequence[Vector]) -> tuple[list[int], list[Signs]]:
    """Return the tree, its atoms in the order in which they come, and their signs."""
    found: list[Signs] = []
    tree = list(counted("signs, branches", _walk(r, relations, found), 2 << r))
    return tree, found


def _walk(r: int, relations: Sequence[Vector], found: list[Signs]) -> Iterator[int]:
    """Yield the tokens; a branch decides the pivot that the tightest relation needs most."""
    dens = [_denominator(c) for c in relations]
    rows = [[int(t * den) for t in c] for c, den in zip(relations, dens, strict=True)]
    stack: list[tuple[Signs, list[int]]] = [((0,) * r, [0] * len(rows))]
    rests = {(0,) * r: [sum(map(abs, c)) for c in rows]}
    while stack:
        signs, values = stack.pop()
        slack = rests.pop(signs)
        q = next(
            (
                q
                for q, (v, s, den) in enumerate(zip(values, slack, dens, strict=True))
                if abs(v) - s > den or (not s and abs(v) != den)
            ),
            None,
        )
        if q is not None:
            yield r + q
            continue
        if all(signs):
            yield r + len(rows) + len(found)
            found.append(signs)
            continue
        i = _next(signs, rows, slack)
        yield i
        for t in (-1, 1):
            child = (*signs[:i], t, *signs[i + 1 :])
            rests[child] = [s - abs(c[i]) for s, c in zip(slack, rows, strict=True)]
            moved = [v + t * c[i] for v, c in zip(values, rows, strict=True)]
            stack.append((child, moved))


def _next(signs: Signs, rows: Sequence[Sequence[int]], slack: Sequence[int]) -> int:
    """Return the undecided pivot of the largest coefficient where the least is open."""
    tightest = min(
        (c for c, s in zip(rows, slack, strict=True) if s),
        key=lambda c: sum(1 for t, e in zip(c, signs, strict=True) if t and not e),
        default=(),
    )
    free = [i for i, e in enumerate(signs) if not e]
    return max(free, key=lambda i: abs(tightest[i]) if tightest else 0)
