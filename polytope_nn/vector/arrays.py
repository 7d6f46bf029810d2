"""Networks with several outputs from arrays of weights."""

from collections.abc import Mapping
from typing import NoReturn

from polytope_nn.errors import InstanceError
from polytope_nn.exact.scalar import Scalars
from polytope_nn.networks.reading.weights import dyadic

from .problem import Rows

__all__ = ["rows_of_arrays"]

_ARRAYS = ("W", "alpha", "b", "skip", "constant")


def rows_of_arrays(
    arrays: Mapping[str, object], where: str
) -> tuple[Rows, Rows, Rows | None, Scalars | None]:
    """Return the rows of W, biases last, and of alpha, the skip and the constant, exact.

    Shapes: W (m, d), alpha (m, c), b (m,), skip (d, c), constant (c,).
    """
    import numpy as np

    for name in arrays:
        if name not in _ARRAYS:
            _refused(where, name[:40], f"the arrays are {', '.join(_ARRAYS)}")
    read: dict[str, Rows] = {}
    for name, axes in (("W", 2), ("alpha", 2), ("b", 1), ("skip", 2), ("constant", 1)):
        if name in arrays:
            x = np.asarray(arrays[name])
            if x.ndim != axes:
                _refused(where, name, f"give {axes} axes, not {x.ndim}")
            rows = x.reshape(-1, x.shape[-1]) if axes == 2 else x.reshape(1, -1)
            read[name] = tuple(tuple(dyadic(t, where, name) for t in row) for row in rows)
    if "W" not in read or "alpha" not in read or len(read["W"]) != len(read["alpha"]):
        _refused(where, "alpha", "give W (m, d) and alpha (m, c)")
    W = read["W"]
    if "b" in read:
        if len(read["b"][0]) != len(W):
            _refused(where, "b", "give one bias for each row of W")
        W = tuple((*w, b) for w, b in zip(W, read["b"][0], strict=True))
    constant = read["constant"][0] if "constant" in read else None
    return W, read["alpha"], read.get("skip"), constant


def _refused(where: str, name: str, cure: str) -> NoReturn:
    raise InstanceError(f"{where}: {name}: {cure}")
