"""Networks with several outputs from one tool's file to another's, floats bit by bit."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from polytope_nn.errors import InstanceError
from polytope_nn.networks.reading.files import json_of
from polytope_nn.networks.reading.formats import (
    encoded,
    is_arrays,
    named_arrays,
    require_finite,
)
from polytope_nn.networks.reading.layers import layers_by_name
from polytope_nn.vector.network import VectorNetwork, VectorNeuron
from polytope_nn.wording import plural

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

__all__ = ["converted", "has_outputs", "vector_arrays"]


def has_outputs(file: Path) -> bool:
    """Return whether a file holds a two-layer network of several outputs.

    Of arrays the names say which axis of the second layer the outputs are.
    """
    if is_arrays(file):
        named = named_arrays(file)
        if any(x.ndim > 2 for x in named.values()):
            return False
        alpha = layers_by_name(named, str(file)).get("alpha")
        shape: tuple[int, ...] = () if alpha is None else alpha.shape
        return len(shape) == 2 and shape[1] > 1
    read = json_of(file)
    if not isinstance(read, Mapping) or not isinstance(read.get("neurons"), list):
        return False
    slots = [x for x in read["neurons"] if isinstance(x, Mapping)]
    out = [x.get(name) for x in slots for name in ("v", "alpha")]
    return any(isinstance(x, list) and len(x) > 1 for x in (*out, read.get("constant")))


def converted(
    file: Path, form: str, names: str = "", *, bias: bool = False
) -> tuple[bytes, VectorNetwork, bool]:
    """Return the bytes of a network in another form, the network, and whether it has biases.

    ``bias`` says that the last entry of each neuron of a JSON network is one.

    Raises
    ------
    InstanceError
        When shapes do not chain, the form has no place for a skip, or no float holds a number.
    """
    if is_arrays(file):
        layers = layers_by_name(named_arrays(file), str(file))
        network, biased = VectorNetwork.of_layers(layers, str(file)), "b" in layers
    else:
        network, biased = VectorNetwork.from_json(json_of(file), str(file)), bias
    _require_one_shape(network, str(file), biased=biased)
    if form == ".json":
        return (json.dumps(network.to_json()) + "\n").encode(), network, biased
    data = encoded(vector_arrays(network, bias=biased), form, names)
    return data, network, biased


def vector_arrays(network: VectorNetwork, *, bias: bool = False) -> "dict[str, Floats]":
    """Return W (m, d), alpha (m, c) and what else is given in the nearest float64, by name.

    A pair ``(u, v)`` that is not of arrays is balanced; ``bias`` makes the last column of W b.

    >>> N = VectorNetwork.from_json({"neurons": [{"u": [8, 0], "v": [0, 2]}, None]})
    >>> arrays = vector_arrays(N)
    >>> arrays["W"].tolist(), arrays["alpha"].tolist()
    ([[4.0, 0.0], [0.0, 0.0]], [[0.0, 4.0], [0.0, 0.0]])
    """
    import numpy as np

    d = next((len(x.u) for x in network.neurons), 0)
    c = next((len(x.v) for x in network.neurons), len(network.constant or ()))
    W, alpha = np.zeros((network.width, d)), np.zeros((network.width, c))
    try:
        for j, x in enumerate(network.slots):
            if x is not None:
                W[j], alpha[j] = _pair(x)
        arrays = {"W": W[:, :-1], "b": W[:, -1]} if bias and d else {"W": W}
        arrays["alpha"] = alpha
        if network.skip is not None:
            arrays["skip"] = np.array([[float(t) for t in row] for row in network.skip])
        if network.constant is not None:
            arrays["constant"] = np.array([float(t) for t in network.constant])
    except OverflowError:
        arrays = {"W": np.array([[np.inf]])}
    require_finite(arrays)
    return arrays


def _pair(x: VectorNeuron) -> "tuple[Floats, Floats]":
    """Return the weights of a neuron as they are, or balanced."""
    import numpy as np

    u, v = (np.array([float(t) for t in entries]) for entries in (x.u, x.v))
    if x.raw:
        return u, v
    sizes = [float(abs(t).max(initial=0)) for t in (u, v)]
    if not all(sizes):
        return 0 * u, 0 * v
    lengths = [s * float(np.linalg.norm(t / s)) for s, t in zip(sizes, (u, v), strict=True)]
    square = lengths[0] * lengths[1]
    exact = 0 < square < np.inf
    root = np.sqrt(square) if exact else np.prod(np.sqrt(lengths))
    return u / lengths[0] * root, v / lengths[1] * root


def _require_one_shape(network: VectorNetwork, where: str, *, biased: bool) -> None:
    """Refuse neurons, a skip and a constant whose numbers of features or outputs differ."""
    places = [j for j, x in enumerate(network.slots) if x is not None]
    u = _one_length(network.neurons, places, where, "u")
    v = _one_length(network.neurons, places, where, "v")
    outputs = v or len(network.constant or ())
    if network.constant is not None and len(network.constant) != outputs:
        _refused(
            where, "constant", f"give {plural(outputs, 'number')}, one for each output"
        )
    rows = network.skip or ()
    if any(len(row) != outputs for row in rows):
        _refused(
            where, "skip", f"give rows of {plural(outputs, 'number')}, one for each output"
        )
    if rows and u and len(rows) != u - biased:
        _refused(where, "skip", f"give {plural(u - biased, 'row')}, one for each feature")


def _one_length(
    neurons: Iterable[VectorNeuron], places: list[int], where: str, name: str
) -> int:
    lengths = [len(getattr(x, name)) for x in neurons]
    for j, length in zip(places, lengths, strict=True):
        if length != lengths[0]:
            had = f"{plural(length, 'entry')}, those before it {lengths[0]}"
            cure = f"{had}: all must have one length"
            _refused(where, f"neurons[{j}].{name}", cure)
    return lengths[0] if lengths else 0


def _refused(where: str, name: str, cure: str) -> NoReturn:
    raise InstanceError(f"{where}: {name}: {cure}")
