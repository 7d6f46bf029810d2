"""One number field for the numbers of several: their generators, as elements of it."""

from collections.abc import Sequence
from math import lcm

from .field import Algebraic, NumberField
from .generator import at
from .recognise import guess_coordinates, guess_field

__all__ = ["MOST", "generators_in_one"]

MOST = 24  # the largest degree of a field that is looked for
_PRECISIONS = (400, 1600, 6400)  # bits at which coordinates are sought


def generators_in_one(fields: Sequence[NumberField]) -> tuple[Algebraic, ...] | None:
    """Return the generators of fields as elements of one field; None where none is seen.

    It is the first field where the others lie in it. What is guessed is substituted: a number
    of an isolating interval is the generator iff the polynomial is 0 there.

    >>> golden = [NumberField([-1, 1, 1], ends) for ends in ((0, 1), (-2, -1))]
    >>> generators_in_one(golden)
    (a (~0.618034), -1 - a (~-1.618034))
    >>> a, b = generators_in_one([NumberField([-2, 0, 1], (1, 2)), NumberField([-3, 0, 1], (1, 2))])
    >>> a.field.degree, (a * b) ** 2
    (4, 6)

    Parameters
    ----------
    fields
        At least one number field.

    Returns
    -------
    tuple of Algebraic or None
        An element for each field, all of one.
    """
    images = [fields[0].generator]
    for field in fields[1:]:
        known = images[0].field
        inside = _inside(field, known)
        if inside is not None:
            images.append(inside)
            continue
        both = _both(known, field)
        if both is None:
            return None
        images = [*(at(x, both[0]) for x in images), both[1]]
    return tuple(images)


def _inside(field: NumberField, known: NumberField) -> Algebraic | None:
    """Return the generator of a field as an element of another one, None where it is not seen."""
    if known.degree % field.degree:
        return None
    guesses = (guess_coordinates(field.enclosure(bits), known) for bits in _PRECISIONS)
    return next((x for x in guesses if x is not None and _generates(x, field)), None)


def _both(first: NumberField, second: NumberField) -> tuple[Algebraic, Algebraic] | None:
    """Return the generators of two fields in a field of both, None where none is seen."""
    if lcm(first.degree, second.degree) > MOST:
        return None
    for bits in _PRECISIONS[:-1]:
        balls = [first.enclosure(bits), second.enclosure(bits)]
        guess = guess_field(balls, max_degree=MOST)
        if guess is None:
            continue
        a, b = (guess[0].element([0]) + x for x in guess[1])
        if _generates(a, first) and _generates(b, second):
            return a, b
    return None


def _generates(x: Algebraic, field: NumberField) -> bool:
    """Return whether an element of another field is the generator of a field, exactly."""
    value = x.field.element([0])
    for c in reversed(field.poly):
        value = value * x + c
    low, high = field.root
    return value == 0 and low <= x <= high
