"""Power losses of a kappa that is known exactly: fits are stated, and multiplied out.

Of ``w |z - y|^p / p`` with ``p - 1 = r/s`` is ``-kappa`` in the subdifferential at z iff
``y - z`` has the sign of kappa and ``w^s |y - z|^r = |kappa|^s`` (proofs/losses.md).
"""

from collections.abc import Iterable
from fractions import Fraction

from ...kernel.numbers import Field, Scalar, Vector, sign, zero
from ...kernel.reading import Json, array, require

Sample = tuple[str, Fraction, Fraction, Fraction]  # kind, label, weight, parameter
WHERE = "claims.intervals"


def raised(x: Scalar, exponent: int) -> Scalar:
    """Return a positive power."""
    found = x
    for _ in range(exponent - 1):
        found = found * x
    return found


def fit(field: Field, sample: Sample, kappa: Scalar, read: Json) -> Scalar:
    """Return the fit of a kappa, as it is stated."""
    _, y, w, p = sample
    low, high = array(read, WHERE, 2)
    z = field.number(low, WHERE)
    require(low == high, WHERE, "the ends of the fit of a power are not one")
    side, gap = sign(kappa), y - z
    require(sign(gap) == side, WHERE, "a fit is on the other side of its label")
    if side:
        field.tick()
        r, s = (p - 1).numerator, p.denominator
        apart = raised(side * gap, r) * w**s - raised(side * kappa, s)
        require(zero(apart), WHERE, "a fit is not that of kappa")
    return z


def fits(field: Field, samples: Iterable[Sample], kappa: Vector, read: Json) -> Vector:
    """Return the fits of a kappa, as they are stated."""
    listed = array(read, WHERE, len(kappa))
    rows = zip(samples, kappa, listed, strict=True)
    return [fit(field, *row) for row in rows]


def conjugate(sample: Sample, kappa: Scalar, z: Scalar) -> Scalar:
    """Return ``l*(-kappa) = -kappa z - w |z - y|^p / p`` at the fit z of kappa."""
    _, y, _, p = sample
    return -1 * kappa * (z + (y - z) * (1 / p))
