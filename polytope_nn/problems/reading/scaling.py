"""Standardised features, exactly: each column less its mean, divided by a rational scale.

A standard deviation is seldom rational; six of its digits are, and divide just as well. What
was subtracted and by what was divided is part of the answer, for networks see the features
that are standardised.
"""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import isqrt

from polytope_nn.exact.rational import Matrix, text

__all__ = ["Scaling", "standardised"]

_DIGITS = 6


@dataclass(frozen=True)
class Scaling:
    """What was done to a feature: ``(x - mean) / scale``."""

    column: str
    mean: Fraction
    scale: Fraction

    def to_json(self) -> dict[str, str]:
        """Return the fields as JSON data, exact."""
        return {"column": self.column, "mean": text(self.mean), "scale": text(self.scale)}

    def __str__(self) -> str:
        scale = Decimal(self.scale.numerator) / Decimal(self.scale.denominator)
        return f"({self.column} - {text(self.mean)}) / {scale:f}"


def standardised(
    X: Matrix, names: tuple[str, ...] = ()
) -> tuple[Matrix, tuple[Scaling, ...]]:
    """Return X with each column of mean 0 and deviation about 1, and what was done to it.

    The scale is the first six digits of the root of the mean square about the mean; that of
    a constant column, which becomes 0, is 1.

    >>> X, (of_x1,) = standardised(((Fraction(1),), (Fraction(3),), (Fraction(8),)))
    >>> print(of_x1)
    (x1 - 4) / 2.94392
    """
    columns, done = [], []
    for j, column in enumerate(zip(*X, strict=True)):
        mean = sum(column, Fraction(0)) / len(column)
        centred = [x - mean for x in column]
        variance = sum((x * x for x in centred), Fraction(0)) / len(column)
        scale = _root(variance) if variance else Fraction(1)
        columns.append([x / scale for x in centred])
        done.append(Scaling(names[j] if names else f"x{j + 1}", mean, scale))
    return tuple(zip(*columns, strict=True)), tuple(done)


def _root(x: Fraction) -> Fraction:
    """Return the first digits of the root of ``x > 0``, a decimal."""
    ten, places = Fraction(10), 0
    low, high = ten ** (2 * _DIGITS - 2), ten ** (2 * _DIGITS)
    while x * ten ** (2 * places) < low:
        places += 1
    while x * ten ** (2 * places) >= high:
        places -= 1
    y = x * ten ** (2 * places)
    return isqrt(y.numerator // y.denominator) / ten**places
