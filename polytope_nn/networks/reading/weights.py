"""Networks from arrays of weights and back: numpy, and sympy's radicals.

A float weight is read as the dyadic rational it is, so whatever is proved of the network
read is true of the network that was trained; nan and infinity are refused. A penalised bias
is the last entry of ``w`` and ``u``, as it is the last column of the design.
"""

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn, Protocol

from polytope_nn.errors import InexactError, InstanceError
from polytope_nn.exact.rational import rational
from polytope_nn.exact.scalar import Scalar, Scalars
from polytope_nn.networks.neuron import Parts, RawNeuron, Slot, slot_of
from polytope_nn.wording import plural, shown

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

__all__ = [
    "ABSENT",
    "Arrays",
    "Slotted",
    "Told",
    "arrays_of",
    "dyadic",
    "parts_of_arrays",
    "refuse",
    "refuse_others",
    "to_arrays",
    "to_sympy",
]


class Slotted(Protocol):
    """Whatever has neurons in slots: a network, or the parts of one."""

    @property
    def slots(self) -> tuple[Slot, ...]:
        """The neurons, None where a slot is empty."""


class Told(str):
    """What is said of a value, and stands where the value would."""

    __slots__ = ()


ABSENT = Told("absent")


def refuse(where: str, name: str, value: object, cure: str) -> NoReturn:
    """Raise the one line that refuses a field: its source, name, value, and the cure."""
    raise InstanceError(f"{where}: {name}: {shown(value, 60)}: {cure}")


def refuse_others(others: Sequence[object]) -> None:
    """Refuse arrays that are given without a name: their order is not guessed."""
    if others:
        refuse(
            "weights",
            f"{2 + len(others)} arrays in a row",
            others[0],
            "name all but W and alpha: from_arrays(W, alpha, b=..., skip=..., constant=...)",
        )


class Arrays(NamedTuple):
    """The exact weights of a network, array by array; None where one is not given."""

    W: tuple[Scalars, ...]
    alpha: Scalars
    b: Scalars | None = None
    skip: Scalars | None = None
    constant: Scalar | None = None

    def parts(self, *, free_bias: bool = False) -> Parts:
        """Return the slots, the biases as last entries, and the free parts."""
        rows = self.W
        if self.b is not None:
            rows = tuple((*w, b) for w, b in zip(rows, self.b, strict=True))
        slots = (
            slot_of(w, alpha, free_bias=free_bias)
            for w, alpha in zip(rows, self.alpha, strict=True)
        )
        return Parts(tuple(slots), self.skip, self.constant)


def arrays_of(  # noqa: PLR0913 - the names of the arrays of an archive
    W: object,
    alpha: object,
    *,
    b: object = None,
    skip: object = None,
    constant: object = None,
    where: str = "weights",
) -> Arrays:
    """Return the exact weights of arrays of floats, ints, Fractions or strings.

    Shapes: W (m, d), alpha (m,) or (m, 1), b (m,), skip (d,), constant () or (1,).
    """
    _axes(W, 2, where, "W", "give shape (m, d), a row for each neuron")
    listed = [
        _listed(row, where, f"W[{j}]") for j, row in enumerate(_listed(W, where, "W"))
    ]
    for j, row in enumerate(listed):
        if len(row) != len(listed[0]):
            first = plural(len(listed[0]), "entry")
            refuse(where, f"W[{j}]", len(row), f"W[0] has {first}: give every row as many")
    rows = tuple(
        tuple(dyadic(x, where, f"W[{j}, {i}]") for i, x in enumerate(row))
        for j, row in enumerate(listed)
    )
    outputs = _entries(_flat(alpha, where), where, "alpha")
    if len(rows) != len(outputs):
        had = plural(len(outputs), "entry")
        cure = "give as many of both"
        if rows and len(rows[0]) == len(outputs):
            cure += "; if W has a column for each neuron, give its transpose"
        raise InstanceError(
            f"{where}: alpha has {had}, W {plural(len(rows), 'row')}, one for each neuron: {cure}"
        )
    biases = None if b is None else _entries(b, where, "b")
    if biases is not None and len(biases) != len(rows):
        refuse(
            where,
            "b",
            (len(biases),),
            f"give one bias for each of {plural(len(rows), 'row')}",
        )
    line = None if skip is None else _entries(skip, where, "skip")
    if line is not None and rows and len(line) not in {len(rows[0]), len(rows[0]) - 1}:
        refuse(where, "skip", (len(line),), f"give one entry a feature, {len(rows[0])}")
    return Arrays(
        rows, outputs, biases, line, None if constant is None else _one(constant, where)
    )


def _axes(x: object, axes: int, where: str, name: str, cure: str) -> None:
    """Refuse an array of another number of axes; a list is looked at later."""
    if getattr(x, "ndim", axes) != axes:
        refuse(where, name, getattr(x, "shape", x), cure)


def _flat(alpha: Any, where: str) -> object:  # noqa: ANN401 - any array
    """Return the output weights (m,) of an array (m,) or (m, 1)."""
    shape: tuple[int, ...] = getattr(alpha, "shape", (0,))
    if len(shape) == 2 and shape[1] == 1:
        return _plain(alpha)[:, 0]
    if len(shape) == 2:
        refuse(where, "alpha", shape, "several outputs: give one, shape (m,)")
    return alpha


def _entries(x: object, where: str, name: str) -> Scalars:
    _axes(x, 1, where, name, "give an array of one axis")
    return tuple(
        dyadic(t, where, f"{name}[{i}]") for i, t in enumerate(_listed(x, where, name))
    )


def _one(x: Any, where: str) -> Scalar:  # noqa: ANN401 - any array
    """Return the number of a scalar, an array () or (1,)."""
    shape = getattr(x, "shape", (len(x),) if isinstance(x, list | tuple) else ())
    if shape not in {(), (1,)}:
        refuse(where, "constant", shape, "give one number, shape ()")
    x = _plain(x)[0] if shape else x
    return dyadic(x.item() if hasattr(x, "item") else x, where, "constant")


def parts_of_arrays(  # noqa: PLR0913 - the names of the arrays of an archive
    W: object,
    alpha: object,
    *,
    b: object = None,
    skip: object = None,
    constant: object = None,
    where: str = "weights",
    free_bias: bool = False,
) -> Parts:
    """Return the parts of a network of arrays of weights (see :func:`arrays_of`).

    Floats of any precision are taken as the dyadic rationals they are.

    >>> parts_of_arrays([[0.5, 0.0]], [-0.5], constant=2.0)
    Parts(slots=(Neuron(sign=-1, u=(Fraction(1, 4), Fraction(0, 1))),), skip=None, \
constant=Fraction(2, 1))
    """
    read = arrays_of(W, alpha, b=b, skip=skip, constant=constant, where=where)
    return read.parts(free_bias=free_bias)


def _plain(x: Any) -> Any:  # noqa: ANN401 - any array
    """Return the array of a data frame or a series, whose own order is by names."""
    return x.to_numpy(dtype=object) if hasattr(x, "iloc") else x


def _listed(x: Any, where: str, name: str) -> list[Any]:  # noqa: ANN401 - any array
    try:
        return list(_plain(x))
    except TypeError:
        refuse(where, name, x, "give an array: W of shape (m, d), alpha of shape (m,)")


def dyadic(x: Any, where: str, name: str) -> Fraction:  # noqa: ANN401 - numpy's scalars
    """Return the rational a number is, a float the dyadic one; nan and inf are refused."""
    try:
        if not isinstance(x, bool):
            p, q = x.as_integer_ratio()
            return Fraction(int(p), int(q))
    except (OverflowError, ValueError):
        cure = "give the weights from before training diverged"
        raise InexactError(f"{where}: {name}: {x!s} is not finite: {cure}") from None
    except (AttributeError, TypeError):
        pass
    try:
        return rational(x)
    except InexactError as error:
        raise InstanceError(f"{where}: {name}: {error}: give real numbers") from None


def to_arrays(network: Slotted) -> "tuple[Floats, Floats]":
    """Return ``W`` (m, d) and ``alpha`` (m,) in float64, the nearest the roots allow.

    Empty slots are rows of 0; with no neuron at all d is 0. A bias is the last column.
    """
    import numpy as np

    d = next((len(x.u) for x in network.slots if x is not None), 0)
    W, alpha = np.zeros((len(network.slots), d)), np.zeros(len(network.slots))
    for j, x in enumerate(network.slots):
        if isinstance(x, RawNeuron):
            W[j], alpha[j] = [float(t) for t in x.w], float(x.alpha)
        elif x is not None:
            u = np.array([float(t) for t in x.u])
            largest = abs(u).max()
            size = np.sqrt(largest) * np.sqrt(np.linalg.norm(u / largest))
            W[j], alpha[j] = u / size, x.sign * size
    return W, alpha


def to_sympy(network: Slotted) -> Sequence[tuple[Any, Any]]:
    """Return one pair ``(w, alpha)`` per neuron in exact radicals; w a sympy row Matrix.

    >>> to_sympy(parts_of_arrays([[2, 0]], [-2]))
    [(Matrix([[2, 0]]), -2)]
    """
    import sympy

    pairs = []
    for x in network.slots:
        if x is None:
            continue
        if isinstance(x, RawNeuron):
            pairs.append((sympy.Matrix([[_sympy(t) for t in x.w]]), _sympy(x.alpha)))
            continue
        u = sympy.Matrix([[_sympy(t) for t in x.u]])
        size = sympy.sqrt(sympy.sqrt(sum(t * t for t in u)))
        pairs.append((sympy.simplify(u / size), x.sign * size))
    return pairs


def _sympy(x: Scalar) -> Any:  # noqa: ANN401 - sympy is not typed
    import sympy

    if isinstance(x, Fraction):
        return sympy.Rational(x.numerator, x.denominator)
    return sympy.sympify(x)
