"""Certificates where N is known in balls: the system solved anew in the checker's intervals."""

from collections.abc import Sequence
from fractions import Fraction
from math import gcd
from typing import NamedTuple

import numpy as np

from polytope_nn.certificate.format import Json
from polytope_nn.checker.claims.vector.enclosed import Proved
from polytope_nn.checker.claims.vector.outputs import SYSTEM, Face, Outputs, face_of
from polytope_nn.checker.claims.vector.standing import fits_of, smooth
from polytope_nn.checker.claims.vector.system import System
from polytope_nn.checker.claims.vector.system import held as held_columns
from polytope_nn.checker.claims.vector.ties import (
    entry_of,
    is_turned,
    resting,
    tied,
    turned,
)
from polytope_nn.checker.kernel.intervals import Interval, regular, solution
from polytope_nn.errors import Undecided
from polytope_nn.exact.linear import solve
from polytope_nn.exact.rational import text, unit_vector
from polytope_nn.exact.scalar import Scalar, Scalars, dot, middle
from polytope_nn.vector.optimum import Direction, Optimum
from polytope_nn.vector.problem import Rows

from .encoding import entries_fit
from .given.inside import inside
from .given.shared import shared_entries
from .given.ties import entries_at_rest, free_shares, tied_entries, turned_entries
from .inverse import SINGULAR, inverse_near
from .standings import following, spared, stood

__all__ = ["Kept", "Located", "claimed", "middle_float", "spoken_ends"]

_ROUNDS = 40  # of Newton's method with one inverse in floats
_ROUNDED, _FINEST = 60, 360  # bits of a rational N: at usual precisions, and at most
_USUAL = 512
_LARGE = 16  # bits of the entries of a large row


class Kept(NamedTuple):
    """The face of a kernel, and rational vectors near its basis, with the checker's lengths."""

    covector: tuple[int, ...]
    vectors: tuple[tuple[Fraction, ...], ...]


class Located:
    """A solution that Krawczyk's test proves, and the witness of it.

    ``standing``: the pieces of the entries are told; else all are those of the squared loss.
    """

    def __init__(self, O: Optimum, D: Outputs, bits: int, *, standing: bool) -> None:
        self.O, self.D, self.standing = O, D, standing
        self.stood = stood(O, D) if standing else smooth(D)
        twice = 1 + O.problem.is_even  # the opposite ones come after
        half = len(O.atoms) // twice
        kernels = [(a.covector, [a.g]) for a in O.atoms[:half]]
        half = len(O.continua) // twice
        kernels += [(k.covector, list(k.vectors)) for k in O.continua[:half]]
        self.pivots = [_pivots(D, covector, vectors) for covector, vectors in kernels]
        faces = [
            face_of(D, list(covector), list(p))
            for (covector, _), p in zip(kernels, self.pivots, strict=True)
        ]
        start, free = self._fitted()
        held: list[Json] = spared(self.stood, D, free) if standing else []
        known = held_columns(D, self.stood, held)
        rest = entries_at_rest(O) + turned_entries(O, faces, D)
        resting(D, faces, self.stood, len(known), rest)
        self.system = System(D, faces, bits, self.stood, known, tied(D, faces, rest))
        start += [known.get(m, t) for m, t in enumerate(free)]
        start += self._unknowns([v for _, v in kernels])
        for i, *_, read in filter(is_turned, map(entry_of, rest)):
            j, share = turned(D, faces, (i, []), read)
            start[faces[j].masses] += share * start[faces[i].masses]
            start[faces[i].masses] = Fraction(0)
        knots = rest + (tied_entries(self.system, start, rest) if O.is_bare else [])
        crossed = shared_entries(self.system, start, knots) if O.continua else []
        centre, inverse = self._refined(start)
        q = 1 << bits
        self.witness: dict[str, Json] = {
            "bits": bits,
            "pivots": [list(p) for p in self.pivots],
            "centre": _lowest([round(t * q) for t in centre], q),
            "radius": text(Fraction(1, 1 << bits // 2)),
            "inverse": inverse,
        }
        if knots:
            self.witness["tied"] = knots
        if crossed:
            self.witness["shared"] = crossed
        follow: list[Json] = []
        if standing:
            follow = following(self.system)
            self.witness |= {"held": held, "follow": follow}
        self.proved = Proved(
            self.system, *solution(self.system, self.witness, SYSTEM), follow
        )
        for e, t in self.system.pinned.items():
            self.proved.x[e] = self.system.point(t)

    def _fitted(self) -> tuple[list[Fraction], list[Fraction]]:
        """Return a start, the middles of the balls: of N, and of the free coefficients."""
        O, D = self.O, self.D
        N = [[middle(t) for t in row] for row in O.N]
        fit = [[middle(t) for t in row] for row in entries_fit(O)]
        left = [[fit[k][j] for k in range(D.n)] for j in range(D.c)]
        for u, c in O.network:
            for j in range(D.c):
                share = middle(c) * middle(u.h[j])
                for k, p in enumerate(u.phi):
                    left[j][k] -= share * middle(p)
        free = free_shares(D.free_entries(), [t for column in left for t in column])
        return [N[k][j] for j in range(D.c) for k in range(D.n)], free

    def _unknowns(self, kernels: Sequence[Sequence[Scalars]]) -> list[Fraction]:
        """Return the same of the kernels."""
        own, waiting = list[Fraction](), list(self.O.network)
        for face, vectors in zip(self.system.faces, kernels, strict=True):
            waiting, part = _split(waiting, face)
            own += _unknowns(face, vectors, part)
        return own

    def _refined(self, x: list[Fraction]) -> tuple[list[Fraction], Json]:
        """Return the solution to nearly all bits, and the inverse of the Jacobian there."""
        S, q = self.system, 1 << self.system.bits
        point = [S.point(t) for t in x]
        scale, rounded = inverse_near(list(S.jacobian(point)), S.bits)
        for _ in range(_ROUNDS):
            values = S.values([S.point(t) for t in x])
            steps = [
                int(sum(c * (v.low + v.high) for c, v in zip(row, values, strict=True)))
                for row in rounded
            ]
            moved = zip(x, steps, strict=True)
            x = [t - Fraction(d, 2 * q << scale) for t, d in moved]
            x = [Fraction(round(t * q), q) for t in x]
            longest = max(map(abs, steps))
            if longest < 1 << (scale + 8):
                break
            if longest >> (scale + S.bits + S.bits // 2):  # it moves without end
                raise Undecided(SINGULAR)
        return x, [[list(row) for row in rounded], 1 << scale]

    @property
    def rounded(self) -> Rows:
        """A rational N near the optimal one, the nearer where rows of X are large."""
        D, x = self.D, self.proved.centre
        bits = min(_ROUNDED + max(0, self.system.bits - _USUAL) // 4, _FINEST)
        found = []
        for k, row in enumerate(self.O.problem.design):
            large = max(map(abs, row)).__ceil__().bit_length()
            unit = Fraction(1, 1 << bits + (large if large > _LARGE else 0))
            found.append(tuple(round(x[j * D.n + k] / unit) * unit for j in range(D.c)))
        return tuple(found)

    @property
    def kept(self) -> list[Kept]:
        """The faces of the kernels, and vectors near their bases; then the opposite ones."""
        found = []
        for face in self.system.faces:
            vectors, _ = self.proved.near(face)
            found.append(Kept(tuple(face.covector), tuple(map(tuple, vectors))))
        if self.D.even:
            found += [Kept(tuple(-s for s in k.covector), k.vectors) for k in found]
        return found


def _split(
    network: Sequence[tuple[Direction, Scalar]], face: Face
) -> tuple[list[tuple[Direction, Scalar]], list[tuple[Direction, Scalar]]]:
    """Return the neurons off the closure of a face, and those in it; of an atom its own."""
    off: list[tuple[Direction, Scalar]] = []
    on: list[tuple[Direction, Scalar]] = []
    for u, c in network:
        pairs = zip(u.covector, face.covector, strict=True)
        within = all(s in (0, t) for s, t in pairs)
        own = list(u.covector) == face.covector if face.k == 1 else within
        (on if own else off).append((u, c))
    return off, on


def _unknowns(
    face: Face, vectors: Sequence[Scalars], part: Sequence[tuple[Direction, Scalar]]
) -> list[Fraction]:
    """Return the unknowns of a kernel: its basis, the identity at the pivots, and S."""
    columns = [_coordinates(face.basis, [middle(t) for t in v]) for v in vectors]
    square = [[column[p] * face.one for column in columns] for p in face.pivots]
    k = face.k
    turned = [_solved(square, unit_vector(m, k)) for m in range(k)]
    basis = [[dot(column, own) for own in turned] for column in zip(*columns, strict=True)]
    S = [[Fraction(0)] * k for _ in range(k)]
    for u, c in part:
        own = _coordinates(face.basis, [middle(t) for t in u.g])
        a = [own[p] * face.one for p in face.pivots]
        for m in range(k):
            for o in range(k):
                S[m][o] += middle(c) * a[m] * a[o]
    rows = [middle(t) for i in face.others for t in basis[i]]
    return [*rows, *(S[m][o] for m, o in face.entries)]


def _lowest(numbers: Sequence[int], q: int) -> list[Json]:
    """Return integers over a denominator, in lowest terms."""
    divisor = gcd(q, *numbers)
    return [[t // divisor for t in numbers], q // divisor]


def middle_float(x: Interval) -> float:
    """Return the middle of an interval, rounded."""
    return float(Fraction(x.low + x.high, 1 << (x.bits + 1)))


def _solved(A: Sequence[Sequence[Fraction]], b: Sequence[Fraction]) -> list[Fraction]:
    found = solve([tuple(row) for row in A], tuple(b))
    assert found is not None  # a basis is independent
    return [middle(t) for t in found]


def _coordinates(basis: Sequence[Sequence[int]], g: Sequence[Fraction]) -> list[Fraction]:
    """Return the coordinates of a vector near the span of a basis, by least squares."""
    rows = [tuple(map(Fraction, b)) for b in basis]
    gram = [[middle(dot(b, d)) for d in rows] for b in rows]
    return _solved(gram, [middle(dot(b, g)) for b in rows])


def _pivots(D: Outputs, covector: Sequence[int], vectors: Sequence[Scalars]) -> list[int]:
    """Return the rows of a basis that are largest, one after another (elimination)."""
    face = face_of(D, list(covector), [0])
    left = [_coordinates(face.basis, [middle(t) for t in v]) for v in vectors]
    places: list[int] = []
    while left:
        own = max(left, key=lambda v: max(map(abs, v)))
        p = max(range(len(own)), key=lambda i: abs(own[i]))
        places.append(p)
        left = [
            [s - v[p] / own[p] * t for s, t in zip(v, own, strict=True)]
            for v in left
            if v is not own
        ]
    if len(vectors) == 1:
        (g,) = ([middle(t) for t in v] for v in vectors)
        if _coordinates(face.basis, g)[places[0]] < 0:
            return [places[0] - face.w]
    return places


def claimed(L: Located) -> dict[str, Json]:
    """Return what is claimed: ends of N, fit and objective, atoms, continua."""
    D, P = L.D, L.proved
    N = P.x[: D.entries]
    fit, value = fits_of(P), L.stood.value(N)
    atoms: list[Json] = []
    continua: list[Json] = []
    for face in L.system.faces:
        basis: list[Json] = [[spoken_ends(t) for t in g] for g in P.directions(face)]
        told: dict[str, Json] = {"face": list(face.covector)}
        if face.k == 1:
            _, S = L.system.kernel(face, P.x)
            atoms.append(told | {"g": basis[0], "mass": spoken_ends(S[0][0])})
        else:
            neurons = _neurons(L, face)
            continua.append(told | {"kernel": basis, "neurons": neurons})
    return {
        "claim": "enclosed",
        "kappa": _rows(D, N),
        "fit": _rows(D, fit),
        "objective": spoken_ends(value),
        "atoms": atoms,
        "continua": continua,
    }


def _neurons(L: Located, face: Face) -> list[Json]:
    """Return neurons strictly inside a continuum that make its S."""
    S, P = L.system, L.proved
    U, T = S.kernel(face, P.x)
    rows = []
    for k, s in enumerate(face.covector):
        if s:
            own = [int(dot(L.D.X[k], b)) * s for b in face.basis]
            seen = np.array(own) @ np.array([[middle_float(t) for t in row] for row in U])
            rows.append([float(t) for t in seen])
    chosen = inside(rows, [[middle_float(t) for t in row] for row in T])
    if chosen is None:
        raise Undecided("a certificate: neurons strictly inside a continuum")
    columns = [[S.point(b[m] * b[o]) for m, o in face.entries] for b in chosen]
    right = [T[m][o] for m, o in face.entries]
    masses = regular(L.D.clock, columns, right, "a certificate")
    made = zip(chosen, masses, strict=True)
    return [{"at": list(map(text, b)), "mass": spoken_ends(t)} for b, t in made]


def _rows(D: Outputs, values: Sequence[Interval]) -> list[Json]:
    return [[spoken_ends(values[j * D.n + k]) for j in range(D.c)] for k in range(D.n)]


def spoken_ends(x: Interval) -> list[Json]:
    """Return ends a little wider than an interval, of few digits."""
    coarse = x.bits // 3
    low = x.low >> (x.bits - coarse)
    high = -(-x.high >> (x.bits - coarse))
    return [text(Fraction(low, 1 << coarse)), text(Fraction(high, 1 << coarse))]
