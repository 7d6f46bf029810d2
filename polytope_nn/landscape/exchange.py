"""Network files: the NETWORK JSON of DESIGN §3, and ``.npz`` archives of float weights."""

import json
from collections.abc import Mapping
from pathlib import Path

from polytope_nn.errors import InexactError, InstanceError
from polytope_nn.exact.field import Algebraic
from polytope_nn.exact.rational import rational
from polytope_nn.exact.scalar import Scalar, Scalars, encode

from .network import Network, Neuron, RawNeuron, Slot
from .weights import from_arrays, refuse, slot_of

__all__ = ["network_from_json", "network_to_json", "read_network"]

_FORM = (
    '{"neurons": [{"sign": 1, "u": ["1/2", "0"]}, null]} or {"w": [...], "alpha": "..."}'
)


def read_network(path: str | Path) -> Network:
    """Return the network of a file: JSON, or ``.npz`` with ``W`` (m, d), ``alpha`` (m,).

    An ``.npz`` may also hold the biases ``b`` (m,), then appended to W as its last column.

    Raises
    ------
    InstanceError
        One line: the file, the field, the offending value, the cure.
    """
    file = Path(path)
    if file.suffix == ".npz":
        return _read_npz(file)
    try:
        read = json.loads(file.read_text(encoding="utf-8"), object_pairs_hook=_unique)
    except UnicodeDecodeError:
        raise InstanceError(f"{file}: not UTF-8 text: write {_FORM}") from None
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise InstanceError(f"{file}: {where}: {error.msg}: write {_FORM}") from None
    except (RecursionError, ValueError) as error:
        raise InstanceError(f"{file}: {error}: write {_FORM}") from None
    return network_from_json(read, str(file))


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    read = dict(pairs)
    if len(read) < len(pairs):
        twice = next(k for i, (k, _) in enumerate(pairs) if k in dict(pairs[:i]))
        raise ValueError(f"the key {twice!r} comes twice")
    return read


def network_from_json(read: object, where: str = "network") -> Network:
    """Return the network of parsed JSON; ``where`` names its source in messages.

    >>> network_from_json({"neurons": [{"sign": -1, "u": ["1/2", 0]}, None]})
    Network(width=2, neurons=1)
    >>> network_from_json({"neurons": [{"sign": 1, "u": [0.5]}]}, "a.json")
    Traceback (most recent call last):
        ...
    polytope_nn.errors.InstanceError: a.json: neurons[0].u[0]: 0.5 is a float: write "1/2"
    """
    if not isinstance(read, Mapping) or not isinstance(read.get("neurons"), list):
        refuse(where, "neurons", read, f"write {_FORM}")
    if set(read) != {"neurons"}:
        unknown = sorted(map(str, set(read) - {"neurons"}))
        refuse(where, unknown[0], read[unknown[0]], 'the only key is "neurons"')
    slots = tuple(_slot(x, where, f"neurons[{j}]") for j, x in enumerate(read["neurons"]))
    lengths = {len(x.u): j for j, x in enumerate(slots) if x is not None}
    if len(lengths) > 1:
        j = max(lengths.values())
        refuse(where, f"neurons[{j}]", read["neurons"][j], "all must have one length")
    return Network(slots)


def _slot(x: object, where: str, name: str) -> Slot:
    if x is None:
        return None
    if isinstance(x, Mapping) and set(x) == {"sign", "u"}:
        if type(x["sign"]) is not int or x["sign"] not in {1, -1}:
            refuse(where, f"{name}.sign", x["sign"], "write 1 or -1")
        u = _numbers(x["u"], where, f"{name}.u")
        return Neuron(x["sign"], u) if any(t != 0 for t in u) else None
    if isinstance(x, Mapping) and set(x) == {"w", "alpha"}:
        w = _numbers(x["w"], where, f"{name}.w")
        return slot_of(w, _number(x["alpha"], where, f"{name}.alpha"))
    return refuse(where, name, x, 'write null, {"sign", "u"} or {"w", "alpha"}')


def _numbers(x: object, where: str, name: str) -> Scalars:
    if not isinstance(x, list) or not x:
        refuse(where, name, x, "write a list of numbers")
    return tuple(_number(t, where, f"{name}[{i}]") for i, t in enumerate(x))


def _number(x: object, where: str, name: str) -> Scalar:
    if isinstance(x, Mapping):
        try:
            return Algebraic.from_json(x)
        except (ValueError, TypeError, KeyError, ArithmeticError) as error:
            refuse(where, name, x, f"no number of a field ({error})")
    try:
        return rational(x)
    except InexactError as error:
        raise InstanceError(f"{where}: {name}: {error}") from None


def network_to_json(network: Network) -> dict[str, object]:
    """Return the NETWORK JSON of DESIGN §3, exact.

    >>> network_to_json(Network.of((1, ["1/2", 0]), None))
    {'neurons': [{'sign': 1, 'u': ['1/2', '0']}, None]}
    """
    return {"neurons": [_written(x) for x in network.slots]}


def _written(x: Slot) -> object:
    if x is None:
        return None
    if isinstance(x, RawNeuron):
        return {"w": [encode(t) for t in x.w], "alpha": encode(x.alpha)}
    return {"sign": x.sign, "u": [encode(t) for t in x.u]}


def _read_npz(file: Path) -> Network:
    from zipfile import BadZipFile

    import numpy as np

    name = str(file)
    try:
        loaded = np.load(file, allow_pickle=False)
        arrays = {}
        if not isinstance(loaded, np.ndarray):  # a lone array is no archive: W is absent
            with loaded as archive:
                arrays = {key: archive[key] for key in archive.files}
    except (BadZipFile, EOFError, ValueError, MemoryError) as error:
        first = (str(error) or type(error).__name__).splitlines()[0]
        if "pickle" in first:
            first = "holds no plain arrays of numbers"
        raise InstanceError(
            f"{name}: {first}: write numpy.savez(file, W=W, alpha=alpha) of floats"
        ) from None
    for key, dimension in (("W", 2), ("alpha", 1)):
        if getattr(arrays.get(key), "ndim", None) != dimension:
            shape = getattr(
                arrays.get(key), "shape", "no array" if key in arrays else "absent"
            )
            refuse(name, key, shape, "give W of shape (m, d) and alpha of shape (m,)")
    W = arrays["W"]
    if "b" in arrays:
        if arrays["b"].shape != W.shape[:1]:
            refuse(name, "b", arrays["b"].shape, f"give one bias for each of {len(W)} rows")
        W = np.column_stack([W, arrays["b"]])
    return from_arrays(W, arrays["alpha"], where=name)
