"""Certificates where N is known in balls: the system solved anew in the checker's intervals."""

from collections.abc import Sequence
from fractions import Fraction
from math import gcd
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from polytope_nn.certificate.format import Json
from polytope_nn.checker.claims.vector.enclosed import Proved
from polytope_nn.checker.claims.vector.outputs import Outputs
from polytope_nn.checker.claims.vector.system import System, face_of, solution
from polytope_nn.checker.kernel.intervals import Interval, inner
from polytope_nn.errors import Undecided
from polytope_nn.exact.ball import Ball
from polytope_nn.exact.linear import solve
from polytope_nn.exact.rational import text
from polytope_nn.exact.scalar import Scalar, dot
from polytope_nn.vector.optimum import Optimum
from polytope_nn.vector.problem import Rows

__all__ = ["Atom", "Located", "claimed"]

_ROUNDS = 40  # of Newton's method with one inverse in floats
_SCALE = 48  # bits of the inverse
_ROUNDED = 60  # bits of a rational N


class Atom(NamedTuple):
    """The face of an atom, and its direction."""

    covector: tuple[int, ...]
    g: tuple[Fraction, ...]


class Located:
    """A solution that Krawczyk's test proves, and the witness of it."""

    def __init__(self, O: Optimum, D: Outputs, bits: int) -> None:
        self.O, self.D = O, D
        pivots = [_pivot(D, a.covector, a.g) for a in O.atoms]
        faces = [
            face_of(D, list(a.covector), p) for a, p in zip(O.atoms, pivots, strict=True)
        ]
        self.system = System(D, faces, bits)
        centre, inverse = self._refined(self._first())
        q = 1 << bits
        numbers = [round(t * q) for t in centre]
        self.witness: dict[str, Json] = {
            "bits": bits,
            "pivots": list(pivots),
            "centre": _lowest(numbers, q),
            "radius": text(Fraction(1, 1 << bits // 2)),
            "inverse": [[list(row) for row in inverse], 1 << _SCALE],
        }
        self.proved = Proved(self.system, *solution(self.system, self.witness))

    def _first(self) -> list[Fraction]:
        """Return a start: the middles of the balls."""
        O, D, S = self.O, self.D, self.system
        N = [[_middle(t) for t in row] for row in O.N]
        x = [N[k][j] for j in range(D.c) for k in range(D.n)]
        fit = [[_middle(t) for t in row] for row in O.fit]
        own = []
        left = [[fit[k][j] for k in range(D.n)] for j in range(D.c)]
        masses = dict(zip((id(u) for u, _ in O.network), O.network, strict=True))
        for face, a in zip(S.faces, O.atoms, strict=True):
            u, c = next((u, c) for u, c in masses.values() if u.covector == a.covector)
            g = [_middle(t) for t in u.g]
            coordinates = _coordinates(face.basis, g)
            one = abs(coordinates[face.pivot])
            mass = _middle(c) * one * one
            own += [t / one for i, t in enumerate(coordinates) if i != face.pivot]
            own.append(mass)
            phi = [_middle(t) for t in u.phi]
            h = [_middle(t) for t in u.h]
            for j in range(D.c):
                left[j] = [
                    t - _middle(c) * p * h[j] for t, p in zip(left[j], phi, strict=True)
                ]
        free: list[Fraction] = []
        for column in left:
            _, shares = D.reduced_by(D.pivots, list(column))
            free += [Fraction(shares[j]) for j in D.independent] if shares else []
        return [*x, *free, *own]

    def _refined(self, x: list[Fraction]) -> tuple[list[Fraction], NDArray[np.object_]]:
        """Return the solution to nearly all bits, and the inverse of the Jacobian there."""
        S = self.system
        point = [S.point(t) for t in x]
        J = np.array([[_float(t) for t in column] for column in S.jacobian(point)]).T
        try:
            inverse = np.linalg.inv(J)
        except np.linalg.LinAlgError:
            raise Undecided(
                "a certificate: the system of N and atoms is singular"
            ) from None
        rounded = np.array(
            [[round(Fraction(float(t)) * 2**_SCALE) for t in row] for row in inverse],
            dtype=object,
        )
        for _ in range(_ROUNDS):
            values = S.values([S.point(t) for t in x])
            steps = [
                sum(c * (v.low + v.high) for c, v in zip(row, values, strict=True))
                for row in rounded
            ]
            scale = 1 << (S.bits + 1 + _SCALE)
            x = [t - Fraction(int(d), scale) for t, d in zip(x, steps, strict=True)]
            q = 1 << S.bits
            x = [Fraction(round(t * q), q) for t in x]
            if max(abs(int(d)) for d in steps) < 1 << (_SCALE + 8):
                break
        return x, rounded

    @property
    def rounded(self) -> Rows:
        """A rational N near the optimal one."""
        D, x = self.D, self.proved.centre
        unit = Fraction(1, 1 << _ROUNDED)
        return tuple(
            tuple(round(x[j * D.n + k] / unit) * unit for j in range(D.c))
            for k in range(D.n)
        )

    @property
    def directions(self) -> list[Atom]:
        """The faces of the atoms, and rational directions of the checker's length."""
        found = []
        for face in self.system.faces:
            g, _ = self.proved.near(face)
            found.append(Atom(tuple(face.covector), tuple(g)))
        return found


def _lowest(numbers: Sequence[int], q: int) -> list[Json]:
    """Return integers over a denominator, in lowest terms."""
    divisor = gcd(q, *numbers)
    return [[t // divisor for t in numbers], q // divisor]


def _middle(x: Scalar) -> Fraction:
    if isinstance(x, Ball):
        return x.midpoint
    if isinstance(x, Fraction):
        return x
    low, high = x.enclosure(256).lower, x.enclosure(256).upper
    return (low + high) / 2


def _float(x: Interval) -> float:
    return float(Fraction(x.low + x.high, 1 << (x.bits + 1)))


def _coordinates(basis: Sequence[Sequence[int]], g: Sequence[Fraction]) -> list[Fraction]:
    """Return the coordinates of a vector near the span of a basis, by least squares."""
    rows = [tuple(map(Fraction, b)) for b in basis]
    gram = [[dot(b, d) for d in rows] for b in rows]
    found = solve(gram, [dot(b, g) for b in rows])
    assert found is not None  # a basis is independent
    return [_middle(t) for t in found]


def _pivot(D: Outputs, covector: Sequence[int], g: Sequence[Scalar]) -> int:
    """Return the place of the largest coordinate of an atom."""
    face = face_of(D, list(covector), 0)
    own = _coordinates(face.basis, [_middle(t) for t in g])
    place = max(range(len(own)), key=lambda i: abs(own[i]))
    return place if own[place] > 0 else place - len(own)


def claimed(L: Located) -> dict[str, Json]:
    """Return what is claimed of the optimum: ends of N, fit, objective and atoms."""
    D, P, bits = L.D, L.proved, L.system.bits
    N = P.x[: D.entries]
    apart = [t * D.inverse(i % D.n) for i, t in enumerate(N)]
    fit = [y - t for y, t in zip(D.flat.y, apart, strict=True)]
    value = inner(N, apart, bits) * Fraction(1, 2) + inner(N, fit, bits)
    atoms: list[Json] = []
    for face in L.system.faces:
        _, mass = P.coordinates(face)
        atoms.append(
            {
                "face": list(face.covector),
                "g": [_ends(t) for t in P.direction(face)],
                "mass": _ends(mass),
            }
        )
    return {
        "claim": "enclosed",
        "kappa": _rows(D, N),
        "fit": _rows(D, fit),
        "objective": _ends(value),
        "atoms": atoms,
    }


def _rows(D: Outputs, values: Sequence[Interval]) -> list[Json]:
    return [[_ends(values[j * D.n + k]) for j in range(D.c)] for k in range(D.n)]


def _ends(x: Interval) -> list[Json]:
    """Return ends a little wider than an interval, of few digits."""
    coarse = x.bits // 3
    low = x.low >> (x.bits - coarse)
    high = -(-x.high >> (x.bits - coarse))
    return [text(Fraction(low, 1 << coarse)), text(Fraction(high, 1 << coarse))]
