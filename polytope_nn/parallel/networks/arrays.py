"""Three-layer networks as arrays: ``W (m, d, k)``, ``w (m, k)``, ``alpha (m,)`` in float64.

A branch of inner vectors u_l, ``T = sum |u_l|``, costs least with ``|W| = |w| = |alpha| =
T^(1/3)`` and ``|W_l| / |W| = |w_l| / |w| = (|u_l| / T)^(1/2)`` (three-layer P1, P2).
"""

import json
from pathlib import Path
from typing import TYPE_CHECKING

from polytope_nn.errors import InstanceError
from polytope_nn.networks.reading.files import json_of
from polytope_nn.networks.reading.formats import encoded, is_arrays, named_arrays

from .network import ParallelNetwork, read_parallel_network

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

__all__ = ["converted", "has_branches", "parallel_arrays"]


def has_branches(file: Path) -> bool:
    """Return whether a file holds a three-layer network: branches, or a W of three axes."""
    if is_arrays(file):
        if file.suffix.lower() != ".npz":
            return False
        W = named_arrays(file).get("W")
        return W is not None and len(W.shape) == 3
    read = json_of(file)
    return isinstance(read, dict) and "branches" in read


def converted(file: Path, form: str) -> tuple[bytes, ParallelNetwork]:
    """Return the bytes of a three-layer network in another form, and the network.

    Between two ``.npz`` the arrays are kept bit by bit.

    Raises
    ------
    InstanceError
        When the form has no place for three layers, or no float64 holds a number.
    """
    network = read_parallel_network(file)
    if form == ".json":
        return (json.dumps(network.to_json()) + "\n").encode(), network
    if form != ".npz":
        raise InstanceError(
            f"{file}: branches: {form} has no place for three layers: write .json or .npz"
        )
    own = named_arrays(file) if is_arrays(file) else parallel_arrays(network)
    return encoded({name: own[name] for name in ("W", "w", "alpha")}, form), network


def parallel_arrays(network: ParallelNetwork) -> "dict[str, Floats]":
    """Return W (m, d, k), w (m, k) and alpha (m,), each branch rescaled best.

    >>> text = {"branches": [{"sign": -1, "neurons": [{"sign": 1, "u": ["8", "0"]}]}, None]}
    >>> arrays = parallel_arrays(ParallelNetwork.from_json(text))
    >>> arrays["W"].tolist(), arrays["w"].tolist(), arrays["alpha"].tolist()
    ([[[2.0], [0.0]], [[0.0], [0.0]]], [[2.0], [0.0]], [-2.0, 0.0])

    Raises
    ------
    InstanceError
        When a number is beyond float64.
    """
    import numpy as np

    used = [b for b in network.branches if b is not None]
    d = next((len(x.u) for b in used for x in b.neurons if x is not None), 0)
    m, k = network.width, network.inner_width
    W, w, alpha = np.zeros((m, d, k)), np.zeros((m, k)), np.zeros(m)
    for j, b in enumerate(network.branches):
        if b is None:
            continue
        U = np.zeros((d, len(b.neurons)))
        for l, x in enumerate(b.neurons):
            if x is not None:
                try:
                    U[:, l] = [float(t) for t in x.u]
                except OverflowError:
                    raise InstanceError(
                        f"branches[{j}].neurons[{l}]: no float64 holds it: write JSON"
                    ) from None
        largest = abs(U).max()
        lengths = np.linalg.norm(U / largest, axis=0) * largest if largest else U[0]
        total = lengths.sum()
        root = np.cbrt(total)
        for l, x in enumerate(b.neurons):
            if x is not None and lengths[l]:
                share = np.sqrt(lengths[l] / total)
                W[j, :, l] = U[:, l] / lengths[l] * root * share
                w[j, l] = x.sign * root * share
        alpha[j] = b.sign * root
    return {"W": W, "w": w, "alpha": alpha}
