"""Krawczyk's test: the box around a centre has exactly one solution of a system."""

from fractions import Fraction
from operator import add, mul, sub
from typing import Any

from ...kernel.intervals import Interval, Numbers, linear
from ...kernel.reading import Json, array, require, whole
from .equations import Row, System


def solution(S: Any, witness: Json, where: str = "") -> tuple[Numbers, list[Fraction]]:
    """Return the image of the box under Krawczyk's operator, proved inside it; the centre.

    ``|I - Y J|`` is bounded column by column from middles and radii: no column is kept.
    The radii of a row of J, which one entry of Y multiplies, are added first.
    """
    size, bits, tick = S.size, S.bits, S.D.clock.tick
    at = {key: where or f"witness.{key}" for key in ("centre", "radius", "inverse")}
    num, den = array(witness["centre"], at["centre"], 2)
    den = whole(den, at["centre"], 1)
    read = S.D.field.integers(num, size, at["centre"], den)
    centre = [Fraction(x, den) for x in read]
    radius = S.D.field.rational(witness["radius"], at["radius"])
    require(radius > 0, at["radius"], "the radius is not positive")
    entries, scale = array(witness["inverse"], at["inverse"], 2)
    scale = whole(scale, at["inverse"], 1)
    Y = []
    for row in array(entries, at["inverse"], size):
        tick()
        told = array(row, at["inverse"], size)
        Y.append([whole(t, at["inverse"]) for t in told])
    values = S.values([Interval.around(p, p, bits) for p in centre])
    box = [Interval.around(p - radius, p + radius, bits) for p in centre]
    one = scale << bits + 1
    short = isinstance(S, System) and has_short_columns(S, Y)
    spread = (short_spread if short else whole_spread)(S, Y, one, box)
    image: Numbers = []
    for i, row in enumerate(Y):
        tick()
        newton = linear(row, scale, values, bits)
        moved = Fraction(spread[i], one) * radius
        offset = Interval.around(-moved, moved, bits)
        image.append(centre[i] - newton - offset)
        inside = box[i].low < image[i].low and image[i].high < box[i].high
        require(inside, at["centre"], "Krawczyk's test fails: no solution is proved here")
    return image, centre


def whole_spread(S: Any, Y: list[Row], one: int, box: Numbers) -> Row:
    """Return bounds of the rows of ``|I - Y J|``, in units in which 1 is ``one``."""
    found, radii = [0] * len(Y), [0] * len(Y)
    for j, (middle, wide) in enumerate(S.doubled(box)):
        for i, row in enumerate(Y):
            found[i] += abs(sum(map(mul, row, middle)) - (one if i == j else 0))
        radii = list(map(add, radii, wide))
        S.D.clock.tick()
    return [
        t + sum(map(mul, map(abs, row), radii)) for t, row in zip(found, Y, strict=True)
    ]


def short_spread(S: System, Y: list[Row], one: int, x: Numbers) -> Row:
    """Return the same where columns of faces are few: ``Y e V V'`` is ``(Y V) e V'``.

    So column j of J has its steep entry, what stands below kappa, and ``e V_j`` for each face.
    """
    n, images = S.D.n, S.images(x[: S.D.n])
    tails = [row[n:] + shares(S, row) for row in Y]
    found, own, radii = [0] * len(Y), [0] * n, [0] * len(tails[0])
    for j in range(n):
        steep, (middle, wide) = S.steep(j, x[j]), short_column(S, j, x, images)
        twice, own[j] = steep.low + steep.high, steep.high - steep.low
        for i, (row, tail) in enumerate(zip(Y, tails, strict=True)):
            apart = row[j] * twice + sum(map(mul, tail, middle))
            found[i] += abs(apart - (one if i == j else 0))
        radii = list(map(add, radii, wide))
        S.D.clock.tick()
    for j in range(n, S.size):
        middle, wide = S.column(j, x, images)
        for i, row in enumerate(Y):
            found[i] += abs(sum(map(mul, row, middle)) - (one if i == j else 0))
        own = list(map(add, own, wide))  # of the other equations there are no radii
        S.D.clock.tick()
    for i, (row, tail) in enumerate(zip(Y, tails, strict=True)):
        found[i] += sum(map(mul, map(abs, row), own)) + sum(map(mul, map(abs, tail), radii))
    return found


def has_short_columns(S: System, Y: list[Row]) -> bool:
    """Return whether the columns of faces are few, and their products with Y have room."""
    count = sum(len(f.columns) for f in S.faces)
    longest = max((t.bit_length() for row in Y for t in row), default=0)
    longest += max(
        (t.bit_length() for f in S.faces for row in f.V.values() for t in row),
        default=0,
    )
    return 0 < 3 * count < S.D.n and S.D.clock.fits(len(Y) * count, longest + 64)


def shares(S: System, row: Row) -> Row:
    """Return the products of a row of Y with the columns of V of all faces, as integers."""
    S.D.clock.tick()
    return [
        sum(map(mul, own, column))
        for f in S.faces
        for own in ([row[i] for i in f.at],)
        for column in f.columns
    ]


def short_column(S: System, j: int, x: Numbers, images: list[Numbers]) -> tuple[Row, Row]:
    """Return what stands below kappa_j, then ``e V_j`` by face: middles twice, radii."""
    n, low, high = S.D.n, [], []
    for F in images:
        low.append(2 * F[j].low)
        high.append(2 * F[j].high)
    for z in S.Z:
        unit = Interval.around(z[j], z[j], S.bits)
        low.append(unit.low)
        high.append(unit.high)
    for f, weight in zip(S.faces, x[n:], strict=False):
        den, a, b = f.den * f.den, weight.low, weight.high
        for t in f.V.get(j, [0] * len(f.columns)):
            up, down = (a, b) if t > 0 else (b, a)
            low.append(up * t // den)
            high.append(-(-down * t // den))
    return list(map(add, low, high)), list(map(sub, high, low))
