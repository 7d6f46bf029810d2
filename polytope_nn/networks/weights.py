"""Networks from arrays of weights and back: numpy, PyTorch's state_dict, sympy's radicals.

A float weight is read as the dyadic rational it is, so whatever is proved of the network
read is true of the network that was trained; nan and infinity are refused. A penalised bias
is the last entry of ``w`` and ``u``, as it is the last column of the design.
"""

import struct
import zlib
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from math import prod
from pathlib import Path
from tokenize import TokenError
from typing import TYPE_CHECKING, Any, NoReturn
from zipfile import BadZipFile

from polytope_nn.errors import InexactError, InstanceError
from polytope_nn.exact.rational import rational
from polytope_nn.exact.scalar import Scalar, Scalars, squared_norm

from .network import Network, RawNeuron, Slot

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Array = npt.NDArray[Any]

__all__ = [
    "from_arrays",
    "from_state_dict",
    "read_arrays",
    "refuse",
    "slot_of",
    "to_arrays",
    "to_state_dict",
    "to_sympy",
]

_SAVE = "write numpy.savez(file, W=W, alpha=alpha) of floats"
_UNREADABLE = (
    *(ArithmeticError, EOFError, LookupError, MemoryError, RuntimeError, SyntaxError),
    *(TypeError, ValueError, BadZipFile, TokenError, zlib.error, struct.error),
)


def slot_of(w: Scalars, alpha: Scalar) -> Slot:
    """Return the neuron of the weights: None for 0, balanced where it exactly is."""
    if alpha == 0 and all(t == 0 for t in w):
        return None
    raw = RawNeuron(w, alpha)
    return raw.balanced if squared_norm(w) == alpha * alpha else raw


def refuse(where: str, name: str, value: object, cure: str) -> NoReturn:
    """Raise the one line that refuses a field: its source, name, value, and the cure."""
    shown = repr(value)
    shown = shown if len(shown) <= 60 else f"{shown[:50]}..."
    raise InstanceError(f"{where}: {name}: {shown}: {cure}")


def from_arrays(
    W: Iterable[Iterable[object]], alpha: Iterable[object], *, where: str = "weights"
) -> Network:
    """Return the network of weights W, shape (m, d), and alpha, shape (m,).

    Floats of any precision are taken as the dyadic rationals they are.

    >>> from_arrays([[0.5, 0.0]], [-0.5]) == Network.of((-1, ["1/4", 0]))
    True
    """
    rows, outputs = _listed(W, where, "W"), _listed(alpha, where, "alpha")
    if len(rows) != len(outputs):
        refuse(where, "alpha", len(outputs), f"W has {len(rows)} rows: give one alpha each")
    slots = []
    for j, (row, output) in enumerate(zip(rows, outputs, strict=True)):
        entries = _listed(row, where, f"W[{j}]")
        w = tuple(_dyadic(x, where, f"W[{j}, {i}]") for i, x in enumerate(entries))
        slots.append(slot_of(w, _dyadic(output, where, f"alpha[{j}]")))
    return Network(tuple(slots))


def read_arrays(file: Path) -> "dict[str, Array]":
    """Return the arrays ``W``, ``alpha`` and ``b`` of an ``.npz``, those that are there.

    What an array announces is compared with the bytes it has before anything is allocated.

    Raises
    ------
    InstanceError
        One line, when the file is no archive or a member no array of numbers.
    """
    import numpy as np

    name = str(file)
    try:
        loaded = np.load(file, allow_pickle=False)
    except _UNREADABLE:
        raise InstanceError(f"{name}: no .npz archive: {_SAVE}") from None
    if isinstance(loaded, np.ndarray):  # a lone array is no archive: W is absent
        return {}
    arrays = {}
    with loaded as archive:
        for key in sorted({"W", "alpha", "b"}.intersection(archive.files)):
            try:
                wrong = _unlike(archive, f"{key}.npy")
                if not wrong:
                    arrays[key] = archive[key]
            except _UNREADABLE:
                wrong = "no array"
            if wrong:
                refuse(name, key, wrong, _SAVE)
    return arrays


def _unlike(archive: Any, member: str) -> str:  # noqa: ANN401 - numpy's NpzFile
    """Return why a member of an archive is no array of numbers; "" when it is one."""
    from numpy.lib import format as npy

    held = archive.zip.getinfo(member).file_size
    with archive.zip.open(member) as stream:
        version = npy.read_magic(stream)
        read = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
        shape, _, dtype = read(stream)
    if dtype.hasobject:
        return "an array of objects, not of numbers"
    if min(shape, default=0) < 0 or prod(shape) * dtype.itemsize > held:
        return f"{held} bytes for an announced shape {shape}"
    return ""


def _listed(x: Any, where: str, name: str) -> list[Any]:  # noqa: ANN401 - any array
    try:
        return list(x)
    except TypeError:
        refuse(where, name, x, "give an array: W of shape (m, d), alpha of shape (m,)")


def _dyadic(x: Any, where: str, name: str) -> Fraction:  # noqa: ANN401 - numpy's scalars
    try:
        p, q = x.as_integer_ratio()
        return Fraction(int(p), int(q))
    except (OverflowError, ValueError):
        refuse(where, name, x, "not finite: no weight")
    except (AttributeError, TypeError):
        try:
            return rational(x)
        except InexactError as error:
            raise InstanceError(f"{where}: {name}: {error}") from None


def from_state_dict(state: Mapping[str, Any]) -> Network:
    """Return the network of a PyTorch ``state_dict``: two linear layers, ReLU between.

    Tensors or plain arrays; torch is not imported. The first layer's bias, if it is there,
    becomes the last entry of each w.

    Raises
    ------
    InstanceError
        When it does not hold exactly two weights, or the output layer has a bias that is
        not 0 or more than one output.
    """
    arrays = {key: _array(x) for key, x in state.items()}
    weights = [key for key in arrays if key.endswith("weight")]
    if len(weights) != 2:
        refuse("state_dict", "weights", weights, "give the two layers of d -> m -> 1")
    first, second = weights
    W, output = arrays[first], arrays[second]
    if len(output) != 1:
        refuse("state_dict", second, len(output), "one output is supported: shape (1, m)")
    bias = arrays.get(second.removesuffix("weight") + "bias", [])
    if any(b != 0 for b in bias):
        refuse("state_dict", second, bias, "an output bias is no part of the problem: 0")
    inner = arrays.get(first.removesuffix("weight") + "bias")
    rows = [list(row) for row in W]
    if inner is not None:
        rows = [[*row, b] for row, b in zip(rows, inner, strict=True)]
    return from_arrays(rows, output[0], where="state_dict")


def _array(x: Any) -> Any:  # noqa: ANN401 - tensors of a package not imported
    return x.detach().cpu().numpy() if hasattr(x, "detach") else x


def to_arrays(network: Network) -> "tuple[Floats, Floats]":
    """Return ``W`` (m, d) and ``alpha`` (m,) in float64, the nearest the roots allow.

    Empty slots are rows of 0; with no neuron at all d is 0.
    """
    import numpy as np

    W = np.zeros((network.width, network.dimension or 0))
    alpha = np.zeros(network.width)
    for j, x in enumerate(network.slots):
        if isinstance(x, RawNeuron):
            W[j], alpha[j] = [float(t) for t in x.w], float(x.alpha)
        elif x is not None:
            u = np.array([float(t) for t in x.u])
            size = np.sqrt(np.linalg.norm(u))
            W[j], alpha[j] = u / size, x.sign * size
    return W, alpha


def to_state_dict(network: Network) -> "dict[str, Floats]":
    """Return the arrays of ``Sequential(Linear(d, m), ReLU(), Linear(m, 1))``, unbiased."""
    W, alpha = to_arrays(network)
    return {"0.weight": W, "2.weight": alpha[None, :]}


def to_sympy(network: Network) -> Sequence[tuple[Any, Any]]:
    """Return one pair ``(w, alpha)`` per neuron in exact radicals; w a sympy row Matrix.

    >>> to_sympy(Network.of((-1, [4, 0])))
    [(Matrix([[2, 0]]), -2)]
    """
    import sympy

    pairs = []
    for x in network.neurons:
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
