"""Arrays by the names other tools give them: torch, scikit-learn, and ``W``, ``alpha``.

Orientation comes from the names, never from the shapes: torch's ``weight`` has a row for each
*output*, scikit-learn's ``coefs_`` a row for each *input*. An array that is not understood is
refused by its name.
"""

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from polytope_nn.networks.neuron import Parts
from polytope_nn.wording import shown

from .weights import ABSENT, Arrays, Told, arrays_of, refuse

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

__all__ = [
    "OURS",
    "arrays_by_name",
    "is_kernel",
    "layers_by_name",
    "layers_of",
    "parts_of_sklearn",
    "parts_of_state_dict",
    "sklearn_arrays",
    "state_dict_arrays",
    "tool_of",
]

OURS = ("W", "alpha", "b", "skip", "constant")
SKLEARN = ("coefs_0", "coefs_1", "intercepts_0", "intercepts_1")
_LAYER = re.compile(r"(?P<layer>.*\.|)(?P<kind>weight|bias)")
# what other layers keep, and how they are made part of a linear one
_OTHER = {
    r"running_(mean|var)|num_batches_tracked": "a batch norm: fold it into the linear layer",
    r"weight_[gv]|original[01]": "a weight norm: remove it (remove_weight_norm) and save again",
    r"weight_(orig|mask)": "a pruned layer: make it permanent (prune.remove) and save again",
}
_KERNEL = (
    "Keras' and Flax' kernels are (in, out): give W=kernel.T, b, alpha=kernel, constant"
)
_NAMES = (
    "W, alpha, b, skip, constant; torch's 0.weight, 0.bias, 2.weight, 2.bias; or "
    "scikit-learn's coefs_0, coefs_1, intercepts_0, intercepts_1"
)


def arrays_by_name(arrays: Mapping[str, Any], where: str) -> Arrays:
    """Return the weights of named arrays in no order, whichever tool's the names are."""
    for name in arrays:
        if re.fullmatch(r"arr_\d+", name):
            cure = (
                "an array without a name: write numpy.savez(file, W=W, alpha=alpha), W of a row "
                "for each neuron (a Keras kernel is its transpose)"
            )
            refuse(where, name, arrays[name].shape, cure)
    if tool_of(arrays):
        return _of_one_output(layers_by_name(arrays, where), where)
    for name in sorted(arrays, key=lambda name: not is_kernel(name)):
        if name not in OURS:
            hint = (
                "an output intercept is named constant; "
                if name in {"c", "b2", "bias", "intercept"}
                else ""
            )
            if is_kernel(name):
                hint = f"{_KERNEL}; "
            refuse(where, name, _shape(arrays[name]), f"{hint}the names are {_NAMES}")
    for name, shape in (("W", "(m, d)"), ("alpha", "(m,)")):
        if name not in arrays:
            refuse(where, name, ABSENT, f"give {name} of shape {shape}; known: {_NAMES}")
    return arrays_of(**{name: arrays[name] for name in arrays}, where=where)


def layers_by_name(arrays: Mapping[str, Any], where: str) -> dict[str, Any]:
    """Return W (m, d), alpha (m, c), b, constant of another tool's names; ours as they are."""
    tool = tool_of(arrays)
    if tool == "scikit-learn":
        return _sklearn(arrays, where)
    return _torch(arrays, where, ordered=False) if tool else dict(arrays)


def tool_of(names: Iterable[str]) -> str:
    """Return the tool whose names these are: scikit-learn, torch, or "" for ours.

    >>> tool_of(["coefs_0"]), tool_of(["0.weight"]), tool_of(["W", "alpha"])
    ('scikit-learn', 'torch', '')
    """
    listed = tuple(names)
    if any(name.startswith(("coefs_", "intercepts_")) for name in listed):
        return "scikit-learn"
    return "torch" if any(re.fullmatch(r"(.*\.)?weight", x) for x in listed) else ""


def is_kernel(name: str) -> bool:
    """Return whether an array is named as Keras and Flax name weights, which are (in, out).

    >>> is_kernel("dense/kernel:0"), is_kernel("layers/dense/vars/0"), is_kernel("W")
    (True, True, False)
    """
    return "kernel" in name or re.search(r"\bvars/\d+$", name) is not None


def _is_state_dict(given: object) -> bool:
    return isinstance(given, Mapping) and all(isinstance(key, str) for key in given)


def parts_of_state_dict(state: Mapping[str, Any], *, free_bias: bool = False) -> Parts:
    """Return the parts of a PyTorch ``state_dict``: two linear layers, ReLU between.

    Tensors or plain arrays; torch is not imported. The first layer's bias, if it is there,
    becomes the last entry of each w, the second's the constant.

    Raises
    ------
    InstanceError
        When it does not hold exactly two weights of one output, or anything else.
    """
    if not _is_state_dict(state):
        refuse("state_dict", "keys", state, "give a mapping of names, model.state_dict()")
    arrays = {key: _array(x) for key, x in state.items()}
    layers = _torch(arrays, "state_dict", ordered=True)
    return _of_one_output(layers, "state_dict").parts(free_bias=free_bias)


def layers_of(given: Any) -> dict[str, Any]:  # noqa: ANN401 - duck
    """Return W (m, d), alpha (m, c), b, constant of a ``state_dict`` or a fitted regressor.

    Raises
    ------
    InstanceError
        When it does not hold exactly two layers, or anything else.
    """
    if not hasattr(given, "coefs_"):
        if not _is_state_dict(given):
            refuse(
                "state_dict", "keys", given, "give a mapping of names, or an MLPRegressor"
            )
        arrays = {key: _array(x) for key, x in given.items()}
        return _torch(arrays, "state_dict", ordered=True)
    return _fitted(given)


def parts_of_sklearn(model: Any, *, free_bias: bool = True) -> Parts:  # noqa: ANN401 - duck
    """Return the parts of a fitted ``MLPRegressor``; scikit-learn is not imported."""
    return _of_one_output(_fitted(model), type(model).__name__).parts(free_bias=free_bias)


def _fitted(model: Any) -> dict[str, Any]:  # noqa: ANN401 - duck
    """Return the layers of a fitted ``MLPRegressor``."""
    where = type(model).__name__
    if hasattr(model, "classes_"):
        cure = "a classifier's intercepts are not decayed: none of these objectives"
        refuse(where, "out_activation_", getattr(model, "out_activation_", ABSENT), cure)
    wishes = (
        ("activation", "relu"),
        ("loss", "squared_error"),
        ("out_activation_", "identity"),
    )
    for name, wanted in wishes:
        given = getattr(model, name, wanted)
        if given != wanted:
            refuse(where, name, given, f"train with {name}={wanted!r}")
    if not hasattr(model, "coefs_"):
        refuse(
            where, "coefs_", ABSENT, "give a fitted MLPRegressor (a pipeline's last step)"
        )
    named = {f"coefs_{i}": x for i, x in enumerate(model.coefs_)}
    named |= {f"intercepts_{i}": x for i, x in enumerate(model.intercepts_)}
    return _sklearn(named, where)


def _sklearn(arrays: Mapping[str, Any], where: str) -> dict[str, Any]:
    """Return the layers of ``coefs_`` (in, out) and ``intercepts_``."""
    for name in arrays:
        if name not in SKLEARN:
            refuse(
                where, name, _shape(arrays[name]), f"one hidden layer has {_all(SKLEARN)}"
            )
    for name in SKLEARN:
        if name not in arrays:
            refuse(where, name, ABSENT, f"one hidden layer has {_all(SKLEARN)}")
    into, out = (_two_axes(arrays[name], where, name, "(in, out)") for name in SKLEARN[:2])
    _chain(out.shape[0], into.shape[1], where, "coefs_1", out.shape)
    biases = {"b": arrays["intercepts_0"], "constant": arrays["intercepts_1"]}
    return {"W": into.T, "alpha": out, **biases}


def _torch(arrays: Mapping[str, Any], where: str, *, ordered: bool) -> dict[str, Any]:
    """Return the layers of ``N.weight`` (out, in) and ``N.bias``, N in order of layers."""
    layers: dict[str, dict[str, Any]] = {}
    for name, x in arrays.items():
        found = _LAYER.fullmatch(name)
        if found is None:
            cure = "leave it out if the function does not need it"
            if isinstance(x, Mapping):
                inner = f"of a checkpoint give checkpoint[{shown(name)}]"
                refuse(where, name, Told("a mapping"), inner)
            last = name.rpartition(".")[2]
            kinds = (_OTHER[k] for k in _OTHER if re.fullmatch(k, last))
            cure = next(kinds, f"linear layers have weight and bias: {cure}")
            refuse(where, name, _shape(x), cure)
        layers.setdefault(found["layer"].removesuffix("."), {})[found["kind"]] = x
    for layer, held in layers.items():
        if "weight" not in held:
            cure = f"a bias without a weight: give {layer}.weight"
            refuse(where, f"{layer}.bias", _shape(held["bias"]), cure)
    if len(layers) != 2:
        cure = "give the two layers of d -> m -> 1"
        refuse(where, "weights", [f"{layer}.weight" for layer in layers], cure)
    first, second = _in_order(*layers, where=where, ordered=ordered)
    W = _two_axes(layers[first]["weight"], where, f"{first}.weight", "(out, in)")
    out = _two_axes(layers[second]["weight"], where, f"{second}.weight", "(out, in)")
    _chain(out.shape[1], W.shape[0], where, f"{second}.weight", out.shape)
    made = {"W": W, "alpha": out.T}
    for name, layer in (("b", first), ("constant", second)):
        if layers[layer].get("bias") is not None:
            made[name] = layers[layer]["bias"]
    return made


def _of_one_output(layers: Mapping[str, Any], where: str) -> Arrays:
    """Return the exact weights of layers that end in one output."""
    outputs = layers["alpha"].shape[1]
    if outputs != 1:
        cure = (
            "one output is read here: VectorNetwork reads several, of labels with as many"
        )
        refuse(where, "outputs", outputs, cure)
    return arrays_of(**{**layers, "alpha": layers["alpha"][:, 0]}, where=where)


def _in_order(one: str, other: str, *, where: str, ordered: bool) -> tuple[str, str]:
    """Return the names of two layers, the first one first.

    Names that differ in their numbers alone say it (0 and 2, fc1 and fc2); else their order
    does, where there is one (a ``state_dict`` has it, a file of tensors has not).
    """
    stems = [re.sub(r"\d+", "#", name) for name in (one, other)]
    numbers = [tuple(map(int, re.findall(r"\d+", name))) for name in (one, other)]
    if stems[0] == stems[1]:
        return (one, other) if numbers[0] < numbers[1] else (other, one)
    if not ordered:
        cure = "which comes first is not said by the names: name them 0 and 2"
        refuse(where, "layers", [one, other], cure)
    return one, other


def _two_axes(x: Any, where: str, name: str, axes: str) -> Any:  # noqa: ANN401 - any array
    import numpy as np

    held = np.asarray(x)
    if held.ndim != 2:
        refuse(where, name, held.shape, f"give a matrix, shape {axes}")
    return held


def _chain(into: int, width: int, where: str, name: str, shape: object) -> None:
    if into != width:
        cure = f"its {into} inputs are not the {width} neurons of the layer before it"
        refuse(where, name, shape, cure)


def state_dict_arrays(arrays: "Mapping[str, Floats]") -> "dict[str, Floats]":
    """Return W, alpha, b, constant as those of ``Linear(d, m), ReLU(), Linear(m, c)``."""
    alpha = arrays["alpha"]
    out = alpha[None, :] if alpha.ndim == 1 else alpha.T
    named = {"0.weight": arrays["W"], "2.weight": out}
    if "b" in arrays:
        named["0.bias"] = arrays["b"]
    if "constant" in arrays:
        named["2.bias"] = arrays["constant"].reshape(-1)
    return dict(sorted(named.items()))


def sklearn_arrays(arrays: "Mapping[str, Floats]") -> "dict[str, Floats]":
    """Return W, alpha, b, constant as an MLPRegressor's; what is not given is 0."""
    import numpy as np

    alpha = arrays["alpha"]
    out = alpha[:, None] if alpha.ndim == 1 else alpha
    return {
        "coefs_0": arrays["W"].T,
        "coefs_1": out,
        "intercepts_0": arrays.get("b", np.zeros(len(out))),
        "intercepts_1": arrays.get("constant", np.zeros(out.shape[1])).reshape(-1),
    }


def _array(x: Any) -> Any:  # noqa: ANN401 - tensors of a package not imported
    if not hasattr(x, "detach"):
        return x
    held = x.detach().cpu()
    try:
        return held.numpy()
    except TypeError:  # bfloat16 is no type of numpy's; a float32 holds it exactly
        return held.float().numpy()


def _shape(x: Any) -> object:  # noqa: ANN401 - any array
    return getattr(x, "shape", Told(type(x).__name__))


def _all(names: tuple[str, ...]) -> str:
    return ", ".join(names)
