"""The checker: accepts a certificate of a staircase, or says where it is wrong and why.

Who finds is not who checks: this file imports the standard library only and runs alone,
``python check.py CERT.json``. It computes with ``int`` and ``Fraction`` and trusts no derived
number; every requirement is a :func:`require`. What is claimed, and why the requirements
prove it, stands in ``proofs/``; T1-T10 are THEORY.md's numbers. A scalar is an int, a fraction
or an element of Q(alpha): a polynomial in alpha modulo f, 0 if its coordinates are, of the
sign that an interval around alpha shows. Certificates about networks are handed to
``walks.py``, those of level ``interval`` to ``boxes.py``, those of problems with a skip or a
free bias to ``free.py``, if they lie beside this file.

Exit codes: 0 accepted, 1 refuted (where and why on stderr), 2 usage or unreadable file.
"""

import argparse
import hashlib
import json
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from importlib import import_module
from itertools import groupby, pairwise
from math import factorial, gcd, lcm
from operator import mul
from pathlib import Path
from typing import Any, TypeAlias

Json: TypeAlias = Any  # what json.loads returns: used only behind a requirement on its type
Scalar: TypeAlias = Any  # int | Fraction | Algebraic
Vector: TypeAlias = list[Scalar]

FORMAT = "polytope_nn.certificate/1"
CONVENTIONS = {
    "loss": "1/2 sum_k weights_k (fit_k - y_k)^2, kappa = weights (y - fit)",
    "order": "atoms by sign, + first, then by covector, + 0 -; vertices by support",
    "pattern": "topes only, + is active, zero rows excluded",
    "regulariser": "beta/2 sum_j (|w_j|^2 + alpha_j^2)",
}
CLAIMS = {  # the full claim set, in order, and the keys of each claim
    "patterns": "count",
    "dual": "kappa",
    "optimum": "fit objective",
    "atoms": "list",
    "vertices": "list",
    "dimension": "rank dim",
    "widths": "m_star M_star spectrum",
    "components": "widths",
    "threshold": "threshold bound bound_talk",
    "theorems": "verdicts",
}
SIBLINGS = dict.fromkeys(("path", "separation", "descent", "gap"), "walks")
SIBLINGS |= dict.fromkeys(("free", "free_path", "free_separation"), "free")
SIBLINGS["interval"] = "boxes"
TOP = "format version kind conventions data field claims witness sha256"
LARGEST = 1 << (1 << 18)
RATIONAL = re.compile(r"(0|-?[1-9][0-9]*)(?:/([1-9][0-9]*))?", re.ASCII)


class Refuted(ValueError):  # noqa: N818 - a verdict, not an accident
    """The certificate is wrong: ``where`` in it, and ``why``."""

    def __init__(self, where: str, why: str) -> None:
        super().__init__(f"{where}: {why}")
        self.where, self.why = where, why


class Unreadable(Refuted):
    """The file is no JSON text at all, or of a kind that this file alone cannot read."""


@dataclass(frozen=True)
class Limits:
    """What a file may cost: characters, digits of a number, seconds."""

    size: int = 100_000_000
    digits: int = 4000
    seconds: int = 300


def require(holds: object, where: str, why: str) -> None:
    """Refute the certificate unless the condition holds."""
    if not holds:
        raise Refuted(where, why)


# ---- reading: type, range and canonical form are known before anything is used


def parse(text: str, limits: Limits) -> Json:
    """Return the JSON value; no float, no second key, no -0, no endless number."""

    def integer(digits: str) -> int:
        fine = len(digits) <= limits.digits and digits != "-0"
        require(fine, "file", "an integer has too many digits, or is -0")
        return int(digits)

    def refuse(number: str) -> None:
        raise Refuted("file", f"{number[:40]} is a float")

    def unique(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
        require(len(dict(pairs)) == len(pairs), "file", "a key comes twice in one object")
        return dict(pairs)

    require(len(text) <= limits.size, "file", "is larger than the limit")
    decoder = json.JSONDecoder(
        parse_int=integer,
        parse_float=refuse,
        parse_constant=refuse,
        object_pairs_hook=unique,
    )
    try:
        return decoder.decode(text)
    except json.JSONDecodeError as error:
        raise Unreadable("file", f"is not JSON: {error}") from None
    except RecursionError:
        raise Refuted("file", "is nested too deep") from None


def canonical(value: Json) -> str:
    """Return the canonical text; two values have one text iff they are identical."""
    try:
        return json.dumps(value, sort_keys=True, separators=(",", ":"))
    except RecursionError:
        raise Refuted("file", "is nested too deep") from None


def record(value: Json, keys: str, where: str) -> Json:
    """Return the object, which has exactly these keys."""
    require(type(value) is dict, where, "is no object")
    require(set(value) == set(keys.split()), where, f"its keys must be: {keys}")
    return value


def array(value: Json, where: str, length: int | None = None) -> list[Json]:
    """Return the array, of this length where one is given."""
    require(type(value) is list, where, "is no array")
    require(length in {None, len(value)}, where, f"must have {length} entries")
    return list(value)


def whole(value: Json, where: str, low: int | None = None, high: int | None = None) -> int:
    """Return the integer, which lies in low..high."""
    require(type(value) is int, where, "is no integer")
    require(low is None or value >= low, where, f"is below {low}")
    require(high is None or value <= high, where, f"is above {high}")
    return int(value)


def indices(value: Json, below: int, where: str) -> list[int]:
    """Return the strictly increasing indices, each in 0..below-1."""
    read = [whole(i, where, 0, below - 1) for i in array(value, where)]
    require(all(i < j for i, j in pairwise(read)), where, "indices must increase")
    return read


class Field:
    """The scalars: Q, or Q(alpha) for the root alpha of f that bisection finds."""

    def __init__(self, read: Json, limits: Limits) -> None:
        self.limits, self.end = limits, time.monotonic_ns() + limits.seconds * 10**9
        self.degree = 1
        if read == "Q":
            return
        where = "field"
        record(read, "poly root", where)
        self.f = [whole(x, where) for x in array(read["poly"], where)]
        self.degree = whole(len(self.f) - 1, where, 2, 256)
        require(self.f[-1] > 0 and gcd(*self.f) == 1, where, "poly is not normalised")
        low, high = (self.rational(x, where) for x in array(read["root"], where, 2))
        self.q = lcm(low.denominator, high.denominator)
        self.a, self.b = int(low * self.q), int(high * self.q)
        left, right = horner(self.f, self.a, self.q), horner(self.f, self.b, self.q)
        require(low < high and left * right < 0, where, "poly has no sign change at root")
        self.rising = right > 0
        # powers[i] = alpha^(degree + i) modulo f: shift, then replace the leading power
        last = [Fraction(-x, self.f[-1]) for x in self.f[:-1]]
        self.powers = [last]
        for _ in range(self.degree - 2):
            *low_part, top = self.powers[-1]
            power = []
            for x, t in zip([Fraction(0), *low_part], last, strict=True):
                self.tick()
                power.append(x + top * t)
            size = max(x.denominator.bit_length() for x in power)
            require(size < 16 * limits.digits, where, "the powers of alpha are too long")
            self.powers.append(power)

    def tick(self) -> None:
        """Refute the certificate when the time is over."""
        require(time.monotonic_ns() < self.end, "time", "checking exceeds the limit")

    def rational(self, text: Json, where: str) -> Fraction:
        """Return the rational of a canonical string."""
        form = RATIONAL.fullmatch(text) if type(text) is str else None
        if form is None or len(text) > self.limits.digits:
            raise Refuted(where, "holds no string of a rational, or too long a one")
        p, q = int(form[1]), int(form[2] or 1)
        lowest = gcd(p, q) == 1 and (q > 1 or form[2] is None)
        require(lowest, where, "a rational is not in lowest terms")
        return Fraction(p, q)

    def number(self, read: Json, where: str) -> Scalar:
        """Return the scalar: a rational, or the coordinates of what is not one."""
        if type(read) is not list:
            return self.rational(read, where)
        coordinates = [self.rational(x, where) for x in array(read, where, self.degree)]
        require(any(coordinates[1:]), where, "a rational is written as a string")
        return Algebraic(coordinates, self)

    def vector(self, read: Json, length: int, where: str) -> Vector:
        """Return the vector of a claim."""
        return [self.number(x, where) for x in array(read, where, length)]

    def integers(self, num: Json, length: int, where: str, den: Json = 0) -> Vector:
        """Return the numerators of a witness, primitive together with the denominator."""
        values: Vector = []
        divisor = whole(den, where)
        for x in array(num, where, length):
            entry = [whole(t, where) for t in (x if type(x) is list else [x])]
            plain = type(x) is not list or (len(x) == self.degree and any(entry[1:]))
            require(plain, where, "an entry is no integer, and no irrational either")
            divisor = gcd(divisor, *entry)
            values.append(Algebraic(entry, self) if type(x) is list else x)
        require(divisor == 1, where, "is not in lowest terms")
        return values

    def refine(self) -> None:
        """Halve the interval around alpha; f keeps changing its sign on it."""
        self.tick()
        bits = 4 * self.limits.digits
        require(self.q.bit_length() < bits, "field", "a sign is not decided: a hidden zero")
        middle = self.a + self.b
        self.a, self.b, self.q = 2 * self.a, 2 * self.b, 2 * self.q
        value = horner(self.f, middle, self.q)
        require(value != 0, "field", "poly has a rational root there")
        if (value > 0) == self.rising:
            self.b = middle
        else:
            self.a = middle


def horner(f: Sequence[int], p: int, q: int) -> int:
    """Return ``f(p/q) q^degree``."""
    value, power = 0, 1
    for c in reversed(f):
        value, power = value * p + c * power, power * q
    return value


class Algebraic:
    """An element of Q(alpha): a polynomial in alpha of degree below that of f."""

    __slots__ = ("coordinates", "field")

    def __init__(self, coordinates: Sequence[int | Fraction], field: Field) -> None:
        self.coordinates, self.field = coordinates, field

    def __add__(self, other: Scalar) -> "Algebraic":
        x = self.coordinates
        y = (
            other.coordinates
            if isinstance(other, Algebraic)
            else [other] + [0] * (len(x) - 1)
        )
        return Algebraic([s + t for s, t in zip(x, y, strict=True)], self.field)

    def __mul__(self, other: Scalar) -> "Algebraic":
        x, k = self.coordinates, self.field.degree
        if not isinstance(other, Algebraic):
            return Algebraic([other * t for t in x], self.field)
        product: Vector = [0] * (2 * k - 1)
        for i, s in enumerate(x):
            for j, t in enumerate(other.coordinates):
                product[i + j] += s * t
        for s, power in zip(product[k:], self.field.powers, strict=True):
            for j, t in enumerate(power):
                product[j] += s * t
        return Algebraic(product[:k], self.field)

    __radd__ = __add__
    __rmul__ = __mul__

    def __sub__(self, other: Scalar) -> "Algebraic":
        return self.__add__(-1 * other)

    def __rsub__(self, other: Scalar) -> "Algebraic":
        return self.__mul__(-1).__add__(other)

    @property
    def sign(self) -> int:
        """The sign at alpha, by interval Horner on ever smaller intervals."""
        if zero(self):
            return 0
        integers, _ = cleared([Fraction(t) for t in self.coordinates])
        while True:
            low, high, power = 0, 0, 1
            a, b, q = self.field.a, self.field.b, self.field.q
            for c in reversed(integers):
                ends = (low * a, low * b, high * a, high * b)
                low, high, power = min(ends) + c * power, max(ends) + c * power, power * q
            if low > 0 or high < 0:
                return 1 if low > 0 else -1
            self.field.refine()


def sign(x: Scalar) -> int:
    """Return -1, 0 or 1."""
    if isinstance(x, Algebraic):
        return x.sign
    p: int = x.numerator
    return (p > 0) - (p < 0)


def zero(x: Scalar) -> bool:
    """Return whether x is 0: as a number, or as a polynomial modulo f."""
    return not (any(x.coordinates) if isinstance(x, Algebraic) else x)


def same(x: Iterable[Scalar], y: Iterable[Scalar]) -> bool:
    """Return whether two vectors are equal."""
    return all(zero(s - t) for s, t in zip(x, y, strict=True))


def dot(x: Iterable[Scalar], y: Iterable[Scalar]) -> Scalar:
    """Return the inner product."""
    return sum(map(mul, x, y))


def cleared(values: Sequence[Scalar]) -> tuple[Vector, int]:
    """Return the vector times its least common denominator, and that denominator."""
    q = 1
    for x in values:
        for t in x.coordinates if type(x) is Algebraic else (x,):
            q = lcm(q, t.denominator)
        require(q < LARGEST, "file", "common denominators grow beyond 2^18 bits")
    scaled = (
        q * x if type(x) is Algebraic else x.numerator * (q // x.denominator)
        for x in values
    )
    return list(scaled), q


def bits(members: Iterable[int]) -> int:
    """Return the set as the bits of an int."""
    return sum(1 << i for i in members)


# ---- the proofs, one claim each


class Data:
    """The instance: X, y, sample weights and beta^2, all rational; X times ``scale``."""

    def __init__(self, read: Json, field: Field) -> None:
        where, self.field = "data", field
        record(read, "X y weights beta_squared", where)
        rows = [array(row, where) for row in array(read["X"], where)]
        require(rows and rows[0], where, "X is empty")
        self.n, self.d = len(rows), len(rows[0])
        self.priced = self.d  # the entries of g whose squares count
        self.exactly = False  # whether the labels are fitted exactly, without a loss
        require(all(len(row) == self.d for row in rows), where, "X is ragged")
        flat, self.scale = cleared([field.rational(x, where) for row in rows for x in row])
        self.X = [flat[i : i + self.d] for i in range(0, len(flat), self.d)]
        self.y = [field.rational(x, where) for x in array(read["y"], where, self.n)]
        self.weights = [
            field.rational(x, where) for x in array(read["weights"], where, self.n)
        ]
        self.beta_squared = field.rational(read["beta_squared"], where)
        require(
            self.beta_squared > 0 < min(self.weights), where, "beta, weights must be > 0"
        )
        self.rows = [k for k, x in enumerate(self.X) if any(x)]
        self.common = 1  # a multiple of the denominators of features: see atoms_of
        cleared([*self.y, *self.weights])  # refuses where sums over samples grow long

    def inverse(self, i: int) -> Fraction:
        """Return ``1 / weights_i``, 0 where the labels are fitted exactly."""
        return Fraction(0) if self.exactly else 1 / Fraction(self.weights[i])

    def feature(self, s: int, u: Vector) -> Vector:
        """Return ``scale s (X u)_+``."""
        products = [dot(x, u) for x in self.X]
        return [s * z if sign(z) > 0 else 0 for z in products]


def patterns(D: Data, claim: Json, witness: Json) -> Iterator[int]:
    """Yield the active rows of each tope, as bits; the tree proves that none is missing.

    It branches on the sign of ``x_k h`` over the nonzero rows in order (token -1; + comes
    first), the first of them + only: the other topes are the negatives. A branch ends in the
    next point (-2) or is pruned by the circuit named: a dependency ``sum_k t_k x_k = 0``
    whose signs are all those of the branch.
    """
    where, every = "witness.patterns", bits(D.rows)
    record(witness, "circuits tree points", where)
    circuits = []
    for circuit in array(witness["circuits"], where):
        D.field.tick()
        support, values = array(circuit, where, 2)
        rows = indices(support, D.n, where)
        t = D.field.integers(values, len(rows), where)
        require(bits(rows) & ~every == 0 and all(map(sign, t)), where, "a circuit has a 0")
        total = [dot(t, (D.X[k][j] for k in rows)) for j in range(D.d)]
        require(same(total, [0] * D.d), where, "a circuit is no dependency of the rows")
        plus = bits(k for k, x in zip(rows, t, strict=True) if sign(x) > 0)
        circuits.append((plus, bits(rows) & ~plus))
    tree, points = (
        array(witness["tree"], where)[::-1],
        array(witness["points"], where)[::-1],
    )
    stack, count = [(0, 0, 0)], 0
    while stack:
        D.field.tick()
        depth, plus, minus = stack.pop()
        require(tree, where, "the tree ends too early")
        token = whole(tree.pop(), where, -2, len(circuits) - 1)
        if token == -2:
            require(
                depth == len(D.rows) and points, where, "a point too early, or no point"
            )
            h = [whole(x, where) for x in array(points.pop(), where, D.d)]
            agree = all(
                (dot(D.X[k], h) if plus >> k & 1 else -dot(D.X[k], h)) > 0 for k in D.rows
            )
            require(agree and gcd(*h) <= 1, where, f"point {count} is not in its tope")
            yield plus
            if every:
                yield minus
            count += 2 if every else 1
        elif token == -1:
            require(depth < len(D.rows), where, "branches on no row")
            bit = 1 << D.rows[depth]
            stack += [(depth + 1, plus, minus | bit)] * (depth > 0)
            stack.append((depth + 1, plus | bit, minus))
        else:
            up, down = circuits[token]
            refuted = not (up & ~plus or down & ~minus) or not (up & ~minus or down & ~plus)
            require(refuted, where, "a pruned branch is not refuted by its circuit")
    require(not tree and not points, where, "goes on after the last leaf")
    equal(claim, {"count": count}, "patterns")


@dataclass
class Atom:
    """An atom: its sign, ``g`` times ``den``, its feature times ``common`` of the data."""

    sign: int
    g: Vector
    den: int
    F: Vector


def dual(
    D: Data, kappa: Vector, topes: Iterable[int], witness: Json, atoms: list[Atom] | None
) -> None:
    """Prove that kappa is feasible and, when atoms are given, that there is no other (T2).

    Per tope and sign ``p = s X'D kappa + sum_k mu_k s_k x_k`` with ``mu >= 0`` has
    ``|p| <= beta``, and with equality it is the g of a listed atom.
    """
    where, bound = "witness.dual", D.beta_squared
    multipliers = array(witness, where)[::-1]
    k_num, k_den = cleared(kappa)
    pulls = [[t * x for x in row] for t, row in zip(k_num, D.X, strict=True)]
    for active in topes:
        rows = [pulls[k] for k in D.rows if active >> k & 1]
        pull = list(map(sum, zip(*rows, strict=True))) or [0] * D.d
        for s in (1, -1):
            require(multipliers, where, "a tope and sign has no multiplier")
            read = array(multipliers.pop(), where)
            p, scale = [s * t for t in pull], D.scale * k_den
            if read:
                support, num, den = array(read, where, 3)
                at, den = indices(support, D.n, where), whole(den, where, 1)
                mu = D.field.integers(num, len(at), where, den)
                require(all(sign(t) > 0 for t in mu), where, "a multiplier is not positive")
                mu = [t if active >> k & 1 else -1 * t for k, t in zip(at, mu, strict=True)]
                push = [k_den * dot(mu, (D.X[k][j] for k in at)) for j in range(D.d)]
                p, scale = [den * t + m for t, m in zip(p, push, strict=True)], scale * den
            over = sign(bound.denominator * dot(p, p) - bound.numerator * scale * scale)
            require(over <= 0, where, "a bound exceeds beta: kappa is not shown feasible")
            if over == 0 and atoms is not None:
                tight = [[t * a.den for t in p] for a in atoms if a.sign == s]
                gs = [[t * scale for t in a.g] for a in atoms if a.sign == s]
                require(
                    any(map(same, tight, gs)), where, "a bound is tight at no listed atom"
                )
    require(not multipliers, where, "there are more multipliers than topes and signs")


def optimum(D: Data, kappa: Vector, claim: Json) -> Vector:
    """Return the fit ``y - kappa/weights``; the objective is ``L(fit) + kappa'fit``."""
    where = "claims.optimum"
    fit = D.field.vector(claim["fit"], D.n, where)
    off = [y - z for y, z in zip(D.y, fit, strict=True)]
    require(
        same(map(mul, D.weights, off), kappa), where, "the fit is not y - kappa/weights"
    )
    value = Fraction(1, 2) * dot(kappa, off) + dot(kappa, fit)
    claimed = D.field.number(claim["objective"], where)
    require(zero(claimed - value), where, "the objective is not L(fit) + kappa'fit")
    return fit


def atoms_of(D: Data, kappa: Vector, claim: Json) -> list[Atom]:
    """Return the listed atoms: ``|g|^2 = beta^2 = kappa'F`` with ``F = sign (X g)_+`` (T5)."""
    where, atoms, keys = "claims.atoms", [], []
    for read in array(claim["list"], where):
        record(read, "sign g", where)
        s = whole(read["sign"], where, -1, 1)
        g, den = cleared(D.field.vector(read["g"], D.d, where))
        F = D.feature(s, g)
        length = dot(g[: D.priced], g[: D.priced])
        require(zero(length - D.beta_squared * den**2), where, "|g|^2 is not beta^2")
        tight = zero(dot(kappa, F) - D.beta_squared * den * D.scale)
        require(tight, where, "kappa'F is not beta^2: no atom")
        keys.append((-s, *(-sign(dot(x, g)) for x in D.X)))
        atoms.append(Atom(s, g, den, F))
    require(all(a < b for a, b in pairwise(keys)), where, "not in order, or not distinct")
    D.common = lcm(*(a.den for a in atoms))
    for a in atoms:
        a.F = [D.common // a.den * t for t in a.F]
    D.common *= D.scale
    return atoms


def vertices_of(D: Data, atoms: list[Atom], fit: Vector, claim: Json) -> list[int]:
    """Return the supports, as bits, of the listed points of P, in the order of supports."""
    where, listed = "claims.vertices", []
    b, b_den = cleared(fit)
    for read in array(claim["list"], where):
        D.field.tick()
        record(read, "support weights", where)
        at = indices(read["support"], len(atoms), where)
        weights = D.field.vector(read["weights"], len(at), where)
        require(all(sign(c) > 0 for c in weights), where, "a weight is not positive")
        c, den = cleared(weights)
        columns = zip(*(atoms[a].F for a in at), strict=True)
        reached = [b_den * dot(c, column) for column in columns] or [0] * D.n
        scaled = [den * D.common * x for x in b]
        require(same(reached, scaled), where, "a vertex does not give the fit")
        listed.append(at)
    require(listed, where, "P has no point: kappa is not shown optimal")
    require(all(a < b for a, b in pairwise(listed)), where, "not in the order of supports")
    return list(map(bits, listed))


def walls_of(
    D: Data, atoms: list[Atom], fit: Vector, witness: Json
) -> list[tuple[int, int, int]]:
    """Return per Farkas vector w the bits of ``w'F_j > 0``, of ``< 0``, the sign of w'fit."""
    walls = []
    b, _ = cleared(fit)
    for read in array(witness, "witness.cover"):
        D.field.tick()
        w = D.field.integers(read, D.n, "witness.cover")
        signs = [sign(dot(w, a.F)) for a in atoms]
        above, below = (bits(j for j, x in enumerate(signs) if x == s) for s in (1, -1))
        walls.append((above, below, sign(dot(w, b))))
    return walls


def cover(
    D: Data, N: int, supports: list[int], walls: list[tuple[int, int, int]], witness: Json
) -> None:
    """Prove that every extreme point of P is listed: a tree on ``c_j > 0 | c_j = 0``.

    Tokens are 3j for a branch on c_j, 3i + 1 for vertex i, whose support lies in the
    positive set, 3f + 2 for the Farkas vector w: ``w'F_j >= 0`` off the vanishing set, and
    ``w'fit < 0``, or ``= 0`` with ``w'F_j > 0`` for a positive j.
    """
    where, sizes = "witness.cover", (N, len(supports), len(walls))
    tree, stack = array(witness, where)[::-1], [(0, 0)]
    plain = all(type(token) is int and token >= 0 for token in tree)
    require(plain, where, "a token is no index")
    while stack:
        D.field.tick()
        positive, vanishing = stack.pop()
        require(tree, where, "the tree ends too early")
        index, kind = divmod(tree.pop(), 3)
        require(index < sizes[kind], where, "an index is out of range")
        if kind == 0:
            fresh = not (positive | vanishing) >> index & 1
            require(fresh, where, "a branch comes twice")
            stack += [
                (positive, vanishing | 1 << index),
                (positive | 1 << index, vanishing),
            ]
        elif kind == 1:
            inside = not supports[index] & ~positive
            require(inside, where, "a leaf's vertex is not inside its positive set")
        else:
            above, below, right = walls[index]
            require(not below & ~vanishing, where, "a Farkas vector has w'F_j < 0")
            empty = right < 0 or (right == 0 and above & positive)
            require(empty, where, "a Farkas vector does not empty its leaf")
    require(not tree, where, "the tree goes on after its last leaf")


def dimension(
    D: Data, atoms: list[Atom], supports: list[int], claim: Json, witness: Json
) -> int:
    """Return the rank of the features, after proving it and ``dim P`` (T4).

    ``w_i'F_(b_j) = [i = j]`` makes the basis independent, ``F = sum_i (w_i'F) F_(b_i)``
    makes it span; its first part spans the features of the atoms that P uses.
    """
    where, positive = "witness.rank", 0
    record(witness, "basis used dual", where)
    for support in supports:
        positive |= support
    basis = [whole(a, where, 0, len(atoms) - 1) for a in array(witness["basis"], where)]
    used = whole(witness["used"], where, 0, len(basis))
    require(len(set(basis)) == len(basis), where, "an atom comes twice in the basis")
    first = all(positive >> a & 1 for a in basis[:used])
    require(first, where, "P does not use the first part")
    rows = []
    for read in array(witness["dual"], where, len(basis)):
        num, den = array(read, where, 2)
        rows.append((D.field.integers(num, D.n, where, den), whole(den, where, 1)))
    for a, atom in enumerate(atoms):
        D.field.tick()
        x = [Fraction(1, den * D.common) * dot(w, atom.F) for w, den in rows]
        unit = a not in basis or same(x, [int(a == b) for b in basis])
        require(unit, where, "w_i'F_(b_j) is not [i = j]")
        sums = [dot(x, (atoms[b].F[k] for b in basis)) for k in range(D.n)]
        require(same(sums, atom.F), where, "a feature is not spanned by the basis")
        inside = not positive >> a & 1 or all(map(zero, x[used:]))
        require(inside, where, "a used feature is not spanned by the first part")
    equal(claim, {"rank": len(basis), "dim": positive.bit_count() - used}, "dimension")
    return len(basis)


def equal(claim: Json, expected: dict[str, Json], name: str) -> None:
    """Require that the claim is exactly what follows."""
    agrees = canonical(claim) == canonical({"claim": name, **expected})
    require(agrees, f"claims.{name}", "is not what follows from the rest")


def staircase(
    D: Data, claims: Json, witness: Json, supports: list[int], rank: int
) -> dict[int, list[int]]:
    """Return the label of each vertex in P_m by width, after proving all counts (T7-T10)."""
    vanishes = supports == [0]  # c = 0 is in P iff the fit is 0; it is then the only point
    sizes = [support.bit_count() for support in supports]
    least, most, where = min(sizes), max(sizes), "claims.components"
    spectrum = {str(size): count for size, count in Counter(sizes).items()}
    equal(
        claims["widths"], {"m_star": least, "M_star": most, "spectrum": spectrum}, "widths"
    )
    forests = array(witness, "witness.components")
    last = least + len(forests) - 1
    require(most < last <= 1000, where, "must reach beyond M* (and not beyond 1000)")
    labels = {m: forest(m, supports, read) for m, read in enumerate(forests, least)}
    antichain(D, supports)
    steps = []
    for m, label in labels.items():
        apart(D, m, supports, label)
        isolated = 1 if vanishes else factorial(m) * sizes.count(m)
        below = {x for x, size in zip(label, sizes, strict=True) if size < m}
        step = {"m": m, "components": isolated + len(below) * (not vanishes)}
        parts = {"isolated": isolated, "polytope_components": len({*label} - {-1})}
        steps.append(step | parts)
    equal(claims["components"], {"widths": steps}, "components")
    joined = steps[-1]["polytope_components"] == steps[-2]["components"] == 1
    require(joined, where, "the last two widths are not the connected ones")
    early = len(steps) > 2 and steps[-3]["components"] == 1
    require(not early, where, "a smaller width is connected for good")
    bound, bound_talk = min(least + most, rank + 1), min(least + most, D.n + 1)
    ends = {"threshold": last - 1, "bound": bound, "bound_talk": bound_talk}
    equal(claims["threshold"], ends, "threshold")
    count, beyond = factorial(least) * sizes.count(least), steps[most - least + 1 :]
    whole_steps = [x["components"] == x["polytope_components"] for x in beyond]
    verdicts = {
        "T7.1": steps[0]["components"] == steps[0]["isolated"] == count,
        "T7.2": all(x["components"] > x["isolated"] for x in steps[1:]),
        "T7.3": steps[most - least]["isolated"] > 0,
        "T7.4": not any(x["isolated"] for x in beyond) and all(whole_steps),
        "T7.5": last - 1 <= bound,
    }
    held = dict.fromkeys(verdicts) if vanishes else verdicts  # null: the hypothesis fails
    equal(claims["theorems"], {"verdicts": held}, "theorems")
    return labels


def forest(m: int, supports: list[int], read: Json) -> list[int]:
    """Return a label per vertex, -1 outside P_m: the root to which its parents lead.

    A parent has a smaller rank, and at most m atoms together with its child.
    """
    where = "witness.components"
    record(read, "parent rank", where)
    inside = [i for i, support in enumerate(supports) if support.bit_count() <= m]
    ranks = [whole(x, where, 1) for x in array(read["rank"], where, len(inside))]
    rank = dict(zip(inside, ranks, strict=True))
    parent = dict(zip(inside, array(read["parent"], where, len(inside)), strict=True))
    label = [-1] * len(supports)
    for i in sorted(inside, key=lambda i: rank[i]):
        above = whole(parent[i], where, 0, len(supports) - 1)
        descends = above == i or (above in rank and rank[above] < rank[i])
        require(descends, where, "a parent has no smaller rank")
        close = (supports[i] | supports[above]).bit_count() <= m
        require(close, where, f"a parent is not joined at width {m}")
        label[i] = i if above == i else label[above]
    return label


def antichain(D: Data, supports: list[int]) -> None:
    """Prove that no support contains another: with the cover, each is that of a vertex."""
    smaller: dict[int, list[int]] = {}  # by their least atom
    for _, group in groupby(sorted(supports, key=int.bit_count), int.bit_count):
        larger = list(group)
        for one in larger:
            D.field.tick()
            near = (others for least, others in smaller.items() if least & one)
            inside = any(not other & ~one for others in near for other in others)
            require(not inside, "claims.vertices", "a support contains another: no vertex")
        for one in larger:
            smaller.setdefault(one & -one or -1, []).append(one)


def apart(D: Data, m: int, supports: list[int], label: list[int]) -> None:
    """Prove that vertices of different labels are not joined at width m.

    Only vertices of support below m can be: in an antichain unions are larger than both.
    """
    parts: dict[int, list[int]] = {}
    for support, x in zip(supports, label, strict=True):
        if support.bit_count() < m:
            parts.setdefault(x, []).append(support)
    ordered = sorted(parts.values(), key=len)
    while ordered:
        part, *ordered = ordered
        for one in part:
            D.field.tick()
            joined = any(
                (one | other).bit_count() <= m for rest in ordered for other in rest
            )
            require(not joined, "witness.components", f"two components meet at width {m}")


# ---- the whole certificate


def opened(text: str, limits: Limits) -> Json:
    """Return the parsed certificate: format and conventions known, hashes right."""
    most = sys.get_int_max_str_digits() or limits.digits
    require(
        limits.digits <= most, "limits", "sys.set_int_max_str_digits allows fewer digits"
    )
    read = record(parse(text, limits), TOP, "certificate")
    require(read["format"] == FORMAT, "format", f"is not {FORMAT}")
    require(canonical(read["version"]) == "1", "version", "is not 1")
    require(read["conventions"] == CONVENTIONS, "conventions", "are not this checker's")
    for part, seal in record(read["sha256"], "data claims witness", "sha256").items():
        digest = hashlib.sha256(canonical(read[part]).encode()).hexdigest()
        require(seal == digest, f"sha256.{part}", "is not the hash of that part")
    return read


def claims_of(read: Json, expected: dict[str, str]) -> dict[str, Json]:
    """Return the claims by name: exactly these, in this order."""
    claims = {}
    for claim, name in zip(array(read, "claims", len(expected)), expected, strict=True):
        claims[name] = record(claim, f"claim {expected[name]}", f"claims.{name}")
        require(claim["claim"] == name, f"claims.{name}", "claims are not in their order")
    return claims


def prove(D: Data, claims: dict[str, Json], witness: Json) -> dict[int, list[int]]:
    """Return the labels of the vertices by width, after proving the staircase's claims."""
    kappa = D.field.vector(claims["dual"]["kappa"], D.n, "claims.dual")
    atoms = atoms_of(D, kappa, claims["atoms"])
    topes = patterns(D, claims["patterns"], witness["patterns"])
    dual(D, kappa, topes, witness["dual"], atoms)
    fit = optimum(D, kappa, claims["optimum"])
    supports, rank = polytope(D, atoms, fit, claims, witness)
    return staircase(D, claims, witness["components"], supports, rank)


def polytope(
    D: Data, atoms: list[Atom], fit: Vector, claims: dict[str, Json], witness: Json
) -> tuple[list[int], int]:
    """Return the supports of the vertices of P and the rank, after proving both."""
    supports = vertices_of(D, atoms, fit, claims["vertices"])
    record(witness["cover"], "farkas tree", "witness.cover")
    walls = walls_of(D, atoms, fit, witness["cover"]["farkas"])
    cover(D, len(atoms), supports, walls, witness["cover"]["tree"])
    return supports, dimension(D, atoms, supports, claims["dimension"], witness["rank"])


def check(certificate: Json, limits: Limits | None = None) -> None:
    """Accept a certificate (a Certificate, its JSON value or its text), or raise Refuted."""
    limits = limits or Limits()
    read = opened(text_of(certificate), limits)
    if read["kind"] != "staircase":
        beside(read["kind"]).check(certificate, limits)
        return
    claims = claims_of(read["claims"], CLAIMS)
    witness = record(read["witness"], "patterns dual cover rank components", "witness")
    prove(Data(read["data"], Field(read["field"], limits)), claims, witness)


def beside(kind: Json) -> Json:
    """Return the checker of another kind, from the file beside this one."""
    require(type(kind) is str and kind in SIBLINGS, "kind", "is unknown")
    return sibling(SIBLINGS[kind])


def sibling(name: str) -> Json:
    """Return the module in the file beside this one."""
    try:
        return (
            import_module(f".{name}", __package__) if __package__ else import_module(name)
        )
    except ImportError:
        why = f"this kind needs {name}.py beside this file: copy the whole folder"
        raise Unreadable("kind", why) from None


def text_of(certificate: Json) -> str:
    """Return the certificate as text."""
    plain = certificate.to_json() if hasattr(certificate, "to_json") else certificate
    try:
        return plain if isinstance(plain, str) else json.dumps(plain)
    except (TypeError, ValueError, RecursionError):
        raise Refuted("certificate", "is no JSON value") from None


def main(
    arguments: Sequence[str] | None = None, checks: Callable[..., None] = check
) -> int:
    """Check one file; 0 accepted, 1 refuted, 2 unreadable."""
    parser = argparse.ArgumentParser(description="Check a certificate.")
    parser.add_argument("certificate", type=Path, metavar="CERT.json")
    for name in ("size", "digits", "seconds"):
        parser.add_argument(f"--{name}", type=int, default=getattr(Limits, name))
    given = parser.parse_args(arguments)
    sys.set_int_max_str_digits(max(4300, given.digits))
    limits = Limits(given.size, given.digits, given.seconds)
    try:
        with given.certificate.open(encoding="utf-8") as file:
            checks(file.read(limits.size + 1), limits)
    except (OSError, UnicodeDecodeError, Unreadable) as error:
        print(f"{given.certificate}: {error}", file=sys.stderr)  # noqa: T201 - a command
        return 2
    except Refuted as error:
        print(f"{given.certificate}: refuted: {error}", file=sys.stderr)  # noqa: T201 - as above
        return 1
    print(f"{given.certificate}: accepted")  # noqa: T201 - as above
    return 0


if __name__ == "__main__":
    # the files beside this one shall find this module, not a second copy of it
    sys.modules[f"{__package__}.check" if __package__ else "check"] = sys.modules[
        "__main__"
    ]
    sys.exit(main())
