"""Activations: two slopes, or a threshold (general §§1, 5).

``psi(t) = right t`` for t > 0 and ``left t`` for t < 0: the ReLU has slopes (1, 0), the absolute
value (1, -1), a leaky ReLU (1, eta). A threshold is 1 where t >= 0 (closed) or t > 0 (open).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from polytope_nn.errors import InexactError, InstanceError
from polytope_nn.exact.rational import text
from polytope_nn.meant import meant
from polytope_nn.problems.reading.fields import kind, number

__all__ = ["RELU", "Activation", "Slopes", "Threshold", "activation_of"]


@dataclass(frozen=True)
class Slopes:
    """``right t`` for t > 0, ``left t`` for t < 0."""

    right: Fraction
    left: Fraction

    @property
    def word(self) -> str:
        """The activation as a page names it."""
        named = next((word for word, known in _WORDS.items() if known == self), None)
        return named or f"slopes {text(self.right)}, {text(self.left)}"

    @property
    def is_even(self) -> bool:
        """Whether opposite neurons have equal features."""
        return self.left == -self.right


@dataclass(frozen=True)
class Threshold:
    """1 where t >= 0, or, not ``closed``, where t > 0; else 0."""

    closed: bool

    @property
    def word(self) -> str:
        """The activation as a page names it."""
        return "threshold" if self.closed else "threshold_open"


Activation: TypeAlias = Slopes | Threshold

RELU = Slopes(Fraction(1), Fraction(0))
_WORDS: dict[str, Activation] = {
    "relu": RELU,
    "absolute": Slopes(Fraction(1), Fraction(-1)),
    "threshold": Threshold(closed=True),
    "threshold_open": Threshold(closed=False),
}
_SLOPES = '{"slopes": [right, left]}'


def activation_of(given: object, place: str = "activation") -> Activation:
    """Return the activation of a word, or of ``{"slopes": [right, left]}``.

    >>> activation_of({"slopes": ["1", "1/3"]}).word
    'slopes 1, 1/3'
    >>> activation_of("rellu")
    Traceback (most recent call last):
        ...
    polytope_nn.errors.InstanceError: activation: 'rellu' is unknown: did you mean 'relu'?
    """
    if isinstance(given, Slopes | Threshold):
        return given
    if isinstance(given, str):
        if given in _WORDS:
            return _WORDS[given]
        known = ", ".join(f'"{word}"' for word in _WORDS)
        cure = meant(given, _WORDS, f"write {known} or {_SLOPES}")
        raise InstanceError(f"{place}: {kind(given)} is unknown: {cure}")
    if isinstance(given, Mapping):
        return _slopes(given, place)
    raise InstanceError(f"{place}: {kind(given)}: write a word or {_SLOPES}")


def _slopes(given: Mapping[object, object], place: str) -> Slopes:
    if set(given) != {"slopes"}:
        unknown = next((key for key in given if key != "slopes"), None)
        what = "an empty object" if unknown is None else f"key {kind(unknown)}"
        raise InstanceError(f"{place}: {what}: write {_SLOPES}")
    pair = given["slopes"]
    if hasattr(pair, "tolist"):  # of numpy
        pair = pair.tolist()
    if isinstance(pair, str) or not isinstance(pair, Sequence) or len(pair) != 2:
        raise InstanceError(f"{place}: slopes: {kind(pair)}: give two, [right, left]")
    try:
        right, left = (
            number(x, f"{place}: slopes, entry {k}") for k, x in enumerate(pair, 1)
        )
    except InexactError as error:
        raise InstanceError(str(error)) from None
    if not right and not left:
        raise InstanceError(f"{place}: slopes: both are 0: such neurons do nothing")
    return Slopes(right, left)
