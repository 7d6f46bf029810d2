"""Which entries of S are given in a certificate: of hulls that share what neurons see.

What two planes share, such as a ray, is shared out first, so that each S is as far inside of what
neurons make as floats find it.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction

import numpy as np

from polytope_nn.certificate.format import Json
from polytope_nn.checker.claims.vector.outputs import Face, Outputs
from polytope_nn.checker.claims.vector.system import System
from polytope_nn.checker.claims.vector.ties import equation, tied
from polytope_nn.checker.lift_solving import Inverse, halves
from polytope_nn.exact.linear import independent_rows, kernel, rank, solve, transpose
from polytope_nn.exact.rational import Vector, text
from polytope_nn.exact.scalar import dot
from polytope_nn.vector.losses.entries import flat
from polytope_nn.vector.optimum import Optimum

from .inside import sums_of_rays

__all__ = ["entries_at_rest", "free_shares", "given", "tied_entries", "turned_entries"]

_Place = tuple[int, int]

_FINEST = 1 << 40  # denominators of what is given, of entries near 1


def tied_entries(S: System, x: list[Fraction], rest: list[Json]) -> list[Json]:
    """Return the entries whose equations follow from others, with their shares, at a point.

    Those with little mass are given, and the system is told so, with ``rest``. The point is moved
    to where masses are shared out.
    """
    places = [
        (i, m)
        for i, face in enumerate(S.faces)
        if face.k == face.w and (i, 0) not in S.tied
        for m in range(len(face.entries))
    ]
    whole = {
        (i, m): tuple(Fraction(t) for t in equation(S.D, S.faces[i], m)) for i, m in places
    }
    Z = [tuple(map(Fraction, S.D.Z[j])) for j in S.D.independent]
    rows = {place: _modulo(row, Z, S.D.n) for place, row in whole.items()}
    if rank(list(rows.values())) == len(places):
        return []
    for (i, m), t in _shared_out(S, x, rows).items():
        x[S.faces[i].first + m] = t
    values = {(i, m): x[S.faces[i].first + m] for i, m in places}
    heavy = sorted(places, key=lambda p: -abs(values[p]))
    kept = {heavy[j] for j in independent_rows([rows[p] for p in heavy])}
    table = transpose([rows[p] for p in places if p in kept])
    found: list[Json] = []
    for i, m in (p for p in places if p not in kept):
        shares = solve(table, rows[i, m])
        assert shares is not None  # it depends on them
        near = given(values[i, m])
        own = [Fraction(t) for t in shares]  # type: ignore[arg-type] # rational in, rational out
        entry: list[Json] = [i, m, text(near), [*map(text, own)]]
        left = list(whole[i, m])
        for share, row in zip(own, (whole[p] for p in places if p in kept), strict=True):
            left = [s - share * t for s, t in zip(left, row, strict=True)]
        if any(left):
            entry.append(_beside(left[1:], Z, S))
        found.append(entry)
    S.tied = tied(S.D, S.faces, rest + found)
    return found


def entries_at_rest(O: Optimum) -> list[Json]:
    """Return the entries of atoms whose stand-ins are their features: N is exact there."""
    found = list[Json]()
    for i, (u, row) in enumerate(zip(O.atoms, O.stand_ins, strict=False)):
        feature = flat(u.feature)
        exact = all(isinstance(t, Fraction) for t in feature)
        if exact and row[-len(feature) :] == feature:
            found.append([i, 0, "0", None])
    return found


def turned_entries(O: Optimum, faces: Sequence[Face], D: Outputs) -> list[Json]:
    """Return the entries of atoms that are others, turned: stand-ins say so, on one line."""
    found = list[Json]()
    names = [next((m for m, t in enumerate(row) if t), -1) for row in O.stand_ins]
    for i, face in enumerate(faces if O.stand_ins else ()):
        others = [j for j in range(len(faces)) if names[j] == names[i]]
        if face.k < face.w and others[0] != i:
            other = faces[others[0]]
            table, columns = (_seen(f, D) for f in (other, face))
            Q = [solve(transpose(table), column) for column in columns]
            rows = transpose([tuple(column) for column in Q if column is not None])
            by: list[Json] = [[text(Fraction(t)) for t in row] for row in rows]  # type: ignore[arg-type] # rational
            found.append([i, 0, "0", {"of": others[0], "by": by}])
    return found


def _seen(face: Face, D: Outputs) -> list[Vector]:
    """Return what samples see of a basis, modulo what is free."""
    rows = [face.rows.get(k, [0] * face.w) for k in range(D.n)]
    return [tuple(D.left(list(map(Fraction, t)))) for t in zip(*rows, strict=True)]


def given(t: Fraction) -> Fraction:
    """Return what an entry near t is given as."""
    return Fraction(round(t * _FINEST), _FINEST)


def _modulo(row: Vector, Z: Sequence[Vector], n: int) -> Vector:
    """Return an equation modulo ``z w' + w z'``: its matrix on what is orthogonal to Z."""
    if not Z:
        return row
    M = _matrix(row[1:], n)
    O = kernel(Z, n)
    images = [[dot(line, o) for line in M] for o in O]
    form = [dot(p, q) for i, p in enumerate(O) for q in images[i:]]
    return (row[0], *form)  # type: ignore[arg-type] # rational in, rational out


def _matrix(upper: Sequence[Fraction], n: int) -> list[list[Fraction]]:
    """Return the symmetric matrix with these entries on and above the diagonal."""
    M = [[Fraction(0)] * n for _ in range(n)]
    places = ((k, j) for k in range(n) for j in range(k, n))
    for (k, j), t in zip(places, upper, strict=True):
        M[k][j] = M[j][k] = t
    return M


def _beside(upper: Sequence[Fraction], Z: Sequence[Vector], S: System) -> list[Json]:
    """Return the w of each free column with ``sum z w' + w z'`` a matrix that is one."""
    T = Inverse(Z, S.D.clock).functionals()
    return [list(map(text, w)) for w in halves(_matrix(upper, S.D.n), Z, T)]


def _shared_out(
    S: System, x: Sequence[Fraction], rows: Mapping[_Place, Vector]
) -> dict[_Place, Fraction]:
    """Return entries of the same sum that neurons make, each S as far inside as can be.

    By a linear program: ``S = sum (t + masses) b b'`` over directions b of its cone, the largest t.
    """
    from scipy.optimize import linprog

    twice = [1 + (len(set(S.faces[i].entries[m])) > 1) for i, m in rows]  # off the diagonal
    sides = np.array(
        [[float(t) * c for t in rows[p]] for p, c in zip(rows, twice, strict=True)]
    )
    blocks = []
    for i in dict.fromkeys(i for i, _ in rows):
        face = S.faces[i]
        B = sums_of_rays(_walls(S, face))
        blocks.append(np.array([B[:, m] * B[:, o] for m, o in face.entries]))
    width = sum(block.shape[1] for block in blocks)
    made, at = np.zeros((len(sides), width + 1)), [0, 0]
    for block in blocks:
        high, wide = block.shape
        made[at[0] : at[0] + high, at[1] : at[1] + wide] = block
        made[at[0] : at[0] + high, -1] = block.sum(axis=1)
        at = [at[0] + high, at[1] + wide]
    own = np.array([float(x[S.faces[i].first + m]) for i, m in rows])
    solved = linprog(
        np.r_[np.zeros(width), -1.0],
        A_eq=sides.T @ made,
        b_eq=sides.T @ own,
        method="highs",
    )
    if solved.x is None:
        return {}
    return dict(zip(rows, map(Fraction, (made @ solved.x).tolist()), strict=True))


def _walls(S: System, face: Face) -> list[list[float]]:
    """Return the rows that are positive in a face, in the coordinates of its kernel."""
    return [
        [float(s * dot(S.D.X[k], face.basis[p])) * face.one for p in face.pivots]
        for k, s in enumerate(face.covector)
        if s
    ]


def free_shares(
    G: Sequence[Sequence[Fraction]], left: Sequence[Fraction]
) -> list[Fraction]:
    """Return coefficients of free columns that make a fit nearly, by least squares."""
    if not G:
        return []
    A = np.array([[float(t) for t in g] for g in G]).T
    found, *_ = np.linalg.lstsq(A, np.array([float(t) for t in left]), rcond=None)
    return [Fraction(float(t)) for t in found]
