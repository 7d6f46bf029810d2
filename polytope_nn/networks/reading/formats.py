"""Networks in files, whatever the form: JSON, ``.npz``, ``.safetensors``.

The ending of a file's name says its form; any other is read as JSON: the NETWORK, or lists of
numbers by the names of arrays.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from polytope_nn.called import given
from polytope_nn.errors import InstanceError
from polytope_nn.networks.neuron import Parts
from polytope_nn.problems.reading.archives import (
    npz_bytes,
    read_npz,
    read_safetensors,
    safetensors_bytes,
)

from .files import dimension_cure, json_of, parts_of_json
from .layers import (
    OURS,
    arrays_by_name,
    is_kernel,
    layers_by_name,
    sklearn_arrays,
    state_dict_arrays,
    tool_of,
)
from .weights import Arrays, Told, refuse, to_arrays

if TYPE_CHECKING:
    from polytope_nn.problems.reading.archives import Array

    from .weights import Floats

__all__ = [
    "FORMS",
    "encoded",
    "floats_of",
    "is_arrays",
    "layers_asked",
    "named_arrays",
    "read_parts",
    "require_finite",
]

FORMS = (".json", ".npz", ".safetensors")
_ARRAYS = (".npz", ".npy", ".safetensors")
_PICKLES = (".pt", ".pth", ".pkl", ".joblib")
# other tools' own files, and what writes one that is read; a Keras kernel is (in, out)
_KERAS = "W, b, a, c = model.get_weights(); numpy.savez('net.npz', W=W.T, b=b, alpha=a, constant=c)"
_NAMED = (
    "write its two layers as safetensors, by the names 0.weight, 0.bias, 2.weight, 2.bias"
)
_OTHERS = {
    **dict.fromkeys((".h5", ".hdf5", ".keras", ".tflite"), ("a Keras file", _KERAS)),
    **dict.fromkeys((".onnx", ".pb", ".mat", ".msgpack", ".ckpt", ".bin"),
                    ("another tool's file", _NAMED)),
}  # fmt: skip
_SAVE = "write numpy.savez(file, W=W, alpha=alpha) of floats"


def is_arrays(file: Path) -> bool:
    """Return whether a file holds arrays, read or not, by the ending of its name.

    JSON does where its keys are names of arrays.
    """
    known = (*_ARRAYS, *_PICKLES, *_OTHERS)
    return file.suffix.lower() in known or _lists(file) is not None


def _lists(file: Path) -> Mapping[str, object] | None:
    """Return the lists of a JSON file whose keys are names of arrays, else None."""
    if file.suffix.lower() != ".json":
        return None
    try:
        read = json_of(file)
    except (InstanceError, OSError):
        return None  # which is said where it is read as a network
    if not isinstance(read, Mapping):
        return None
    if tool_of(read) or set(OURS[:2]) <= set(read) or any(map(is_kernel, read)):
        return read
    return None


def read_parts(
    path: str | Path,
    dimension: int | None = None,
    *,
    free_bias: bool = False,
    biased: bool = True,
) -> Parts:
    """Return the parts of the network of a file: JSON, ``.npz`` or ``.safetensors``.

    With a ``dimension``, neurons of any other, zero ones included, are refused; where they have
    no bias, arrays with one are, whatever their shapes, but for scikit-learn's intercepts of 0.

    Raises
    ------
    InstanceError
        One line: the file, the field, the offending value, the cure.
    """
    given((str, Path), path)
    if dimension is not None and not isinstance(dimension, int):
        raise InstanceError(
            f"dimension: a {type(dimension).__name__}: give the number of weights of a neuron, "
            f"or read_network(file, problem)"
        )
    file = Path(path)
    if not is_arrays(file):
        return parts_of_json(json_of(file), str(file), dimension, free_bias=free_bias)
    named = named_arrays(file)
    arrays = arrays_by_name(named, str(file))
    if dimension is not None and arrays.W and arrays.W[0]:
        if not (biased or any(named.get("intercepts_0", (1,)))):
            arrays = arrays._replace(b=None)  # scikit-learn's form has one in any case
        d = len(arrays.W[0]) + (arrays.b is not None)
        if arrays.b is not None and (d == dimension + 1 or not biased):
            cure = "an instance without a bias takes none: add --bias penalised (or free)"
            refuse(str(file), "b", (len(arrays.b),), cure)
        if d != dimension:
            wrong = f"dimension {d}, the samples {dimension}"
            counted = "" if arrays.b is None else " (b counted)"
            refuse(
                str(file), "W", _shape(arrays), dimension_cure(wrong + counted, dimension)
            )
    return arrays.parts(free_bias=free_bias)


def layers_asked(file: Path, **had: bool) -> "dict[str, Array]":
    """Return the layers of a file of arrays, by our names.

    Scikit-learn's form has intercepts in any case: 0 where they are not ``had`` are left out.
    """
    named = named_arrays(file)
    layers = layers_by_name(named, str(file))
    if tool_of(named) != "scikit-learn":
        return layers
    return {name: x for name, x in layers.items() if had.get(name, True) or x.any()}


def named_arrays(file: Path) -> "dict[str, Array]":
    """Return the arrays of a file, by the names they have there."""
    if file.suffix.lower() == ".safetensors":
        return read_safetensors(file.read_bytes(), str(file))
    if file.suffix.lower() in _PICKLES:
        cure = "safetensors.torch.save_file(model.state_dict(), 'net.safetensors')"
        raise InstanceError(
            f"{file}: a pickle can run programs and is not read: write {cure}"
        )
    if file.suffix.lower() in _OTHERS:
        what, cure = _OTHERS[file.suffix.lower()]
        raise InstanceError(f"{file}: {what} is not read: {cure}")
    lists = _lists(file)
    if lists is not None:
        import numpy as np

        return {name: np.array(x, dtype=object) for name, x in lists.items()}
    return read_npz(file, _SAVE)


def _shape(arrays: Arrays) -> tuple[int, int]:
    return len(arrays.W), len(arrays.W[0])


def floats_of(parts: Parts, *, bias: bool = False) -> "dict[str, Floats]":
    """Return W, alpha and what else is given in the nearest float64, by name.

    ``bias`` says that the last entry of each neuron is one; it is then the array b.
    """
    import numpy as np

    try:
        W, alpha = to_arrays(parts)
        biased = bias and W.shape[1] > 0  # with no neuron at all there is no bias
        arrays = {"W": W[:, :-1], "b": W[:, -1]} if biased else {"W": W}
        arrays["alpha"] = alpha
        if parts.skip is not None:
            arrays["skip"] = np.array([float(t) for t in parts.skip])
        if parts.constant is not None:
            arrays["constant"] = np.array(float(parts.constant))
    except OverflowError:
        arrays = {"W": np.array([[np.inf]])}
    require_finite(arrays)
    return arrays


def require_finite(arrays: "Mapping[str, Floats]") -> None:
    """Refuse arrays with a number that no float64 holds."""
    import numpy as np

    for name, x in arrays.items():
        if not np.isfinite(x).all():
            refuse("network", name, Told("beyond 1e308"), "no float64 holds it: write JSON")


def encoded(arrays: "dict[str, Floats]", form: str, names: str = "") -> bytes:
    """Return the bytes of a file: ``.npz`` or ``.safetensors``, names ours or a tool's.

    ``names`` is "sklearn" for an ``.npz`` of the arrays of an MLPRegressor.
    """
    if form == ".npz" and names != "sklearn":
        return npz_bytes(arrays)
    if "skip" in arrays:
        cure = "two layers in a row have none: write .json or .npz"
        refuse("network", "skip", arrays["skip"].shape, cure)
    if form == ".npz":
        return npz_bytes(sklearn_arrays(arrays))
    return safetensors_bytes(state_dict_arrays(arrays))
