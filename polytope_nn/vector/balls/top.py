"""On which sides of its walls the top eigenvector of a face is, in balls (general B1).

In an orthogonal basis of W, scaled to lengths near 1, the eigenpairs ``M M'v = t G v`` have a
diagonal G. Krawczyk's test encloses one near the largest t. It is the top one if, for a number
s below it, ``s G - M M' + a (G v)(G v)'`` is positive definite: then M M' is below s G where v'G is
0, a subspace of all dimensions but one, and one eigenvalue alone is s or more.
"""

from collections.abc import Sequence
from fractions import Fraction
from typing import cast

from polytope_nn.dual.newton import Evaluated, enclosed
from polytope_nn.errors import Undecided
from polytope_nn.exact.ball import Ball, Balls, ball_vector
from polytope_nn.exact.linear import gram, transpose
from polytope_nn.exact.matrices.eigen import is_definite, near_top
from polytope_nn.exact.rational import Vector, unit_vector
from polytope_nn.exact.scalar import Scalar, dot, middle
from polytope_nn.vector.faces import Face
from polytope_nn.vector.problem import Rows

__all__ = ["misses", "top_pair"]

_BITS = 256
_RADII = (100, 64, 40)  # bits of Krawczyk's box, in turn


def misses(face: Face, N: Rows) -> bool:
    """Return whether the top eigenvector is proved, in balls, to be outside on both sides.

    Raises
    ------
    Undecided
        When the top eigenvalue is not isolated.
    """
    basis = _orthogonal(face.gram)
    lengths = [dot(b, [dot(row, b) for row in face.gram]) for b in basis]
    pulled = face.pull([ball_vector(row, _BITS) for row in N])
    columns = transpose(pulled)
    M = _near_one([[dot(b, column) for column in columns] for b in basis])
    walls = [[dot(r, b) for b in basis] for r in face.strict]
    if len(basis) <= len(columns):
        _, a = top_pair(gram(M), lengths)
    else:  # G^(-1) M times the top eigenvector of M' G^(-1) M
        scaled = [[t / g for t in row] for row, g in zip(M, lengths, strict=True)]
        pairs = [(u, v) for u in transpose(M) for v in transpose(scaled)]
        c = len(columns)
        inner = [dot(u, v) for u, v in pairs]
        H = [inner[i * c : (i + 1) * c] for i in range(c)]
        _, b = top_pair(H, (Fraction(1),) * c)
        a = tuple(cast("Ball", dot(row, b)) for row in scaled)
    values = [cast("Ball", dot(row, a)) for row in walls]
    return any(x.value > 0 for x in values) and any(x.value < 0 for x in values)


def _near_one(M: Sequence[Sequence[Scalar]]) -> list[list[Scalar]]:
    """Return a matrix times a power of 2, the largest entry near 1: vectors stay as they are."""
    largest = max(abs(middle(t)) for row in M for t in row)
    if not largest:
        return [list(row) for row in M]
    e = largest.numerator.bit_length() - largest.denominator.bit_length()
    return [[t * Fraction(2) ** -e for t in row] for row in M]


def top_pair(H: Sequence[Sequence[Scalar]], G: Sequence[Fraction]) -> tuple[Ball, Balls]:
    """Return the largest t with ``H v = t G v``, enclosed, and its v, one entry of it 1.

    For every symmetric matrix (n, n) in H; G is a positive diagonal.

    >>> one = Ball.from_rational(Fraction(1), 256)
    >>> value, v = top_pair([[3 * one, one], [one, 3 * one]], (Fraction(1), Fraction(1)))
    >>> value.lower < 4 < value.upper, v[0].lower < v[1].upper
    (True, True)

    Raises
    ------
    Undecided
        When it is not proved to be isolated.
    """
    rows = [ball_vector(row, _BITS) for row in H]
    divided = tuple(tuple(t / g for t in row) for row, g in zip(rows, G, strict=True))
    value, second, near = near_top(divided)
    p = max(range(len(near)), key=lambda i: abs(near[i]))
    point = [t / near[p] for t in near]

    def evaluated(x: Balls) -> tuple[Balls, list[list[Scalar]]]:
        t = x[p]
        v = [*x[:p], Ball.from_rational(Fraction(1), _BITS), *x[p + 1 :]]
        found, jacobian = [], []
        for i, (row, g) in enumerate(zip(rows, G, strict=True)):
            found.append(dot(row, v) - t * g * v[i])
            own: list[Scalar] = [s - t * g if i == j else s for j, s in enumerate(row)]
            own[p] = -g * v[i]
            jacobian.append(own)
        return ball_vector(found, _BITS), jacobian

    start = ball_vector([*point[:p], value, *point[p + 1 :]], _BITS)
    box = _enclosed(evaluated, start, min(Fraction(1), abs(value)))
    v = [*box[:p], Ball.from_rational(Fraction(1), _BITS), *box[p + 1 :]]
    cut = (value + second) / 2
    _require_top(rows, G, box[p], [t.midpoint for t in v], cut)
    return box[p], tuple(v)


def _enclosed(evaluated: Evaluated, point: Balls, unit: Fraction) -> Balls:
    for bits in _RADII:
        try:
            return enclosed(evaluated, point, bits, unit)
        except Undecided:
            continue
    raise Undecided("the top eigenvalue of a form is not isolated in balls")


def _require_top(
    H: Sequence[Balls], G: Sequence[Fraction], t: Ball, v: Sequence[Fraction], cut: Fraction
) -> None:
    """Prove that one eigenvalue alone is not below a number."""
    Gv = [g * x for g, x in zip(G, v, strict=True)]
    most = max(t.midpoint, t.midpoint - cut)  # at least what v lifts the form above the cut
    raised = 2 * most / sum(x * z for x, z in zip(Gv, v, strict=True))
    rest = [
        [raised * Gv[i] * Gv[j] - s + (cut * g if i == j else 0) for j, s in enumerate(row)]
        for i, (row, g) in enumerate(zip(H, G, strict=True))
    ]
    if not (cut < t.lower and is_definite(rest, _BITS)):
        raise Undecided("the top eigenvalue of a form is not isolated in balls")


def _orthogonal(gram: Sequence[Vector]) -> list[Vector]:
    """Return an orthogonal basis in coordinates (Gram-Schmidt), of lengths near 1."""
    found: list[Vector] = []
    for i in range(len(gram)):
        v = unit_vector(i, len(gram))
        for b in found:
            Gb = [dot(row, b) for row in gram]
            share = Fraction(dot(v, Gb)) / dot(b, Gb)
            v = tuple(s - share * t for s, t in zip(v, b, strict=True))
        size = Fraction(dot(v, [dot(row, v) for row in gram]))
        e = (size.numerator.bit_length() - size.denominator.bit_length()) // 2
        found.append(tuple(t / Fraction(2) ** e for t in v))
    return found
