"""The losses by name (general §3): from a word and its parameters to graphs.

A loss is given as a word, ``"huber"``, or with its parameters, ``{"kind": "huber", "delta":
"1/2"}``; parameters of one number hold for every sample, of n numbers for each its own.
"""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction

from polytope_nn.errors import DimensionError, InexactError, InstanceError
from polytope_nn.exact.radical import exactly
from polytope_nn.exact.rational import Vector, rational
from polytope_nn.meant import meant
from polytope_nn.wording import plural, shown

from .graphs import Flat, Graph, Slope, chain
from .quadratic import ExactFit, SquaredLoss
from .separable import Loss, SeparableLoss
from .smooth import Exponential, Logistic, Poisson, Power, Smooth

__all__ = ["INDICATORS", "KINDS", "SIGNED", "known_kind", "loss_of"]

_ZERO, _ONE = Fraction(0), Fraction(1)
Row = Graph | Smooth


def absolute(y: Fraction, w: Fraction, _: Fraction) -> Graph:
    """Return the graph of ``w |z - y|``."""
    return chain((Flat(-w, y, None), Slope(y, _ZERO, -w, w), Flat(w, None, y)))


def huber(y: Fraction, w: Fraction, delta: Fraction) -> Graph:
    """Return the graph of ``w`` times ``(z-y)^2/2``, from ``|z-y| = delta`` on a line."""
    end = w * delta
    flats = Flat(-end, y + delta, None), Flat(end, None, y - delta)
    return chain((flats[0], Slope(y, 1 / w, -end, end), flats[1]))


def quantile(y: Fraction, w: Fraction, tau: Fraction) -> Graph:
    """Return the graph of ``w`` times ``tau (y-z)_+ + (1-tau) (z-y)_+``."""
    low, high = w * (tau - 1), w * tau
    return chain((Flat(low, y, None), Slope(y, _ZERO, low, high), Flat(high, None, y)))


def insensitive(y: Fraction, w: Fraction, half: Fraction) -> Graph:
    """Return the graph of ``w (|z-y| - half)_+``."""
    if not half:
        return absolute(y, w, _ZERO)
    above, below = y + half, y - half
    rising = Flat(-w, above, None), Slope(above, _ZERO, -w, _ZERO)
    falling = Slope(below, _ZERO, _ZERO, w), Flat(w, None, below)
    return chain((*rising, Flat(_ZERO, below, above), *falling))


def hinge(y: Fraction, w: Fraction, _: Fraction) -> Graph:
    """Return the graph of ``w (1 - yz)_+``."""
    if y > 0:
        return chain((Flat(_ZERO, y, None), Slope(y, _ZERO, _ZERO, w), Flat(w, None, y)))
    return chain((Flat(-w, y, None), Slope(y, _ZERO, -w, _ZERO), Flat(_ZERO, None, y)))


def squared_hinge(y: Fraction, w: Fraction, _: Fraction) -> Graph:
    """Return the graph of ``w (1 - yz)_+^2 / 2``."""
    if y > 0:
        return chain((Flat(_ZERO, y, None), Slope(y, 1 / w, _ZERO, None)))
    return chain((Slope(y, 1 / w, None, _ZERO), Flat(_ZERO, None, y)))


def within(y: Fraction, _: Fraction, half: Fraction) -> Graph:
    """Return the graph of the indicator of ``|z-y| <= half``."""
    if not half:
        return chain((Slope(y, _ZERO, None, None),))
    above, below = y + half, y - half
    ends = Slope(above, _ZERO, None, _ZERO), Slope(below, _ZERO, _ZERO, None)
    return chain((ends[0], Flat(_ZERO, below, above), ends[1]))


def margin(y: Fraction, _w: Fraction, _: Fraction) -> Graph:
    """Return the graph of the indicator of ``yz >= 1``."""
    if y > 0:
        return chain((Flat(_ZERO, y, None), Slope(y, _ZERO, _ZERO, None)))
    return chain((Slope(y, _ZERO, None, _ZERO), Flat(_ZERO, None, y)))


def _power(y: Fraction, w: Fraction, p: Fraction) -> Row:
    return chain((Slope(y, 1 / w, None, None),)) if p == 2 else Power(y, w, p)


SIGNED = {"hinge", "squared_hinge", "logistic", "exponential", "margin"}
_ROWS: dict[str, tuple[str, Callable[..., Row]]] = {  # kind: its parameter, and a row of it
    "absolute": ("", absolute),
    "huber": ("delta", huber),
    "quantile": ("tau", quantile),
    "epsilon_insensitive": ("epsilon", insensitive),
    "hinge": ("", hinge),
    "squared_hinge": ("", squared_hinge),
    "logistic": ("", lambda y, w, _: Logistic(y, w)),
    "exponential": ("", lambda y, w, _: Exponential(y, w)),
    "poisson": ("", lambda y, w, _: Poisson(y, w)),
    "power": ("p", _power),
    "tolerance": ("epsilon", within),
    "margin": ("", margin),
}
INDICATORS = ("interpolation", "tolerance", "margin")  # losses of 0 and infinity
KINDS = ("squared", *_ROWS, "interpolation")


def loss_of(given: object, y: Vector, weights: Vector) -> Loss:
    """Return the loss of a word, or of a mapping with its ``kind`` and parameters.

    A word may have its parameter behind a colon.

    Raises
    ------
    InstanceError
        When the kind is unknown, a parameter is missing, not known or out of range, or the
        labels are none of the loss.

    Examples
    --------
    >>> one = (Fraction(1),)
    >>> loss_of({"kind": "huber", "delta": "1/2"}, one, one).interval((Fraction(1, 2),))
    ((None, Fraction(1, 2)),)
    >>> loss_of("huber:1/2", one, one) == loss_of({"kind": "huber", "delta": "1/2"}, one, one)
    True
    """
    kind, parameters = _parts(_named(given))
    if kind == "squared":
        _only(kind, parameters, "")
        return SquaredLoss(y, weights)
    if kind == "interpolation":
        _only(kind, parameters, "")
        return ExactFit(y)
    name, make = _ROWS[kind]
    _only(kind, parameters, name)
    values = _parameter(kind, name, parameters, len(y))
    _labels(kind, y)
    rows = zip(y, weights, values, strict=True)
    graphs = tuple(make(label, w, t) for label, w, t in rows)
    return SeparableLoss(kind, y, weights, graphs, name, values if name else ())


def _named(given: object) -> object:
    """Return a loss in words: what it is for other labels is said by its kind."""
    if isinstance(given, SquaredLoss):
        return "squared"
    if isinstance(given, ExactFit):
        return "interpolation"
    if not isinstance(given, SeparableLoss):
        return given
    named: dict[str, object] = {"kind": given.kind}
    if given.parameter:
        alike = len(set(given.values)) == 1
        named[given.parameter] = given.values[0] if alike else given.values
    return named


def _parts(given: object) -> tuple[str, Mapping[str, object]]:
    parameters: Mapping[str, object] = {}
    if isinstance(given, Mapping):
        parameters = {key: value for key, value in given.items() if key != "kind"}
        if "kind" not in given:
            raise InstanceError(
                f'loss: kind is missing: write {{"kind": "{KINDS[2]}", ...}}'
            )
        given = given["kind"]
    if not isinstance(given, str):
        raise InstanceError(
            f"loss: {shown(given)} where a word belongs: write one of {', '.join(KINDS)}"
        )
    word, _, parameter = given.partition(":")
    if ":" in given and word in _ROWS and _ROWS[word][0]:  # "huber:1/2"
        return word, {_ROWS[word][0]: parameter}
    return known_kind(given), parameters


def known_kind(given: str, place: str = "loss") -> str:
    """Return the word of a loss, or refuse it with the nearest one."""
    if given == "softmax":
        raise InstanceError(
            f"{place}: softmax takes rows y of two or more outputs, a 1 among zeros each: for "
            f'labels 1 and -1 write "logistic"'
        )
    word, colon, _ = given.partition(":")
    if colon and (word in KINDS or word == "softmax"):
        raise InstanceError(f"{place}: {word} has no parameter: write {word}")
    if given not in KINDS:
        cure = meant(given, KINDS, f"known: {', '.join(KINDS)}")
        raise InstanceError(f"{place}: {shown(given)} is unknown: {cure}")
    return given


def _only(kind: str, parameters: Mapping[str, object], name: str) -> None:
    for key in parameters:
        if key != name:
            cure = f"it has {name}" if name else "it has no parameter"
            raise InstanceError(f"loss {kind}: {key} is no parameter of it: {cure}")


def _parameter(kind: str, name: str, parameters: Mapping[str, object], n: int) -> Vector:
    if not name:
        return (_ZERO,) * n  # which no row of such a kind looks at
    if name not in parameters:
        raise InstanceError(
            f'loss {kind}: {name} is missing: write {kind}:{_sample(name)}, or {{"kind": '
            f'"{kind}", "{name}": "{_sample(name)}"}} in a file'
        )
    given = parameters[name]
    if isinstance(given, str) or not isinstance(given, Sequence):
        return (_number(kind, name, given),) * n
    if kind == "power":
        raise InstanceError(
            'loss power: p: a list where one number belongs: write "4", say'
        )
    if len(given) != n:
        raise DimensionError(
            f"loss {kind}: {name} has {plural(len(given), 'entry')} for {plural(n, 'row')} of X: "
            f"give one number for all rows, or a list of {n}"
        )
    return tuple(_number(kind, name, t) for t in given)


def _sample(name: str) -> str:
    """Return a value that a parameter may have."""
    return {"tau": "1/2", "p": "4"}.get(name, "1/10")


def _number(kind: str, name: str, given: object) -> Fraction:
    try:
        x = rational(given)
    except InexactError as error:
        cure = f"write a number such as {_sample(name)}"
        raise InstanceError(f"loss {kind}: {name}: {error}: {cure}") from None
    wanted = {
        "delta": (x > 0, "above 0"),
        "tau": (0 < x < 1, "between 0 and 1"),
        "epsilon": (x >= 0, "that is not negative"),
        "p": (x > 1, "above 1"),
    }
    right, words = wanted[name]
    if not right:
        raise InstanceError(f"loss {kind}: {name}: {exactly(x)}: give a number {words}")
    return x


def _labels(kind: str, y: Vector) -> None:
    for k, label in enumerate(y, 1):
        if kind in SIGNED and abs(label) != 1:
            raise InstanceError(
                f"y, entry {k}: {exactly(label)} is no label of the {kind} loss: give 1 or -1"
            )
        if kind == "poisson" and label < 0:
            raise InstanceError(
                f"y, entry {k}: {exactly(label)} is negative: the poisson loss takes counts: give "
                "numbers from 0 on"
            )
