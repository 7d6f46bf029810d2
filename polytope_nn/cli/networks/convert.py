"""``polytope-nn convert NETWORK -o OUT``: a network from one tool's file to another's."""

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

from polytope_nn.cli.options import NETWORK
from polytope_nn.cli.written import put, writable
from polytope_nn.errors import InstanceError
from polytope_nn.wording import plural

if TYPE_CHECKING:
    from collections.abc import Mapping

    from polytope_nn.networks.neuron import Parts
    from polytope_nn.problems.reading.archives import Array

__all__ = ["NAME", "add", "run"]

NAME = "convert"
TORCH = (
    "torch's weight_decay shrinks {bias} too: not this objective; it is with the output bias "
    "in a parameter group without decay (skip constant), or with bias=False"
)
SKLEARN = (
    "an MLPRegressor's objective is this one with --bias free, --skip constant and beta = its "
    "alpha; an MLPClassifier's is none of ours: its intercepts are not decayed"
)


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command's arguments."""
    parser = commands.add_parser(
        NAME,
        help="a network from one tool's file to another's",
        description="Write a network in another form: JSON, .npz (W, alpha, b, skip, "
        "constant; of three layers W, w, alpha), .safetensors (torch's 0.weight, 0.bias, "
        "2.weight, 2.bias), or an .npz of scikit-learn's coefs_ and intercepts_. Floats are "
        "carried over bit by bit; what is no float becomes the nearest.",
    )
    parser.add_argument("network", metavar="NETWORK", help=NETWORK)
    parser.add_argument("-o", "--output", metavar="OUT", required=True, help=NETWORK)
    parser.add_argument(
        "--bias",
        action="store_true",
        help="the last entry of each neuron of a JSON network is a bias",
    )
    parser.add_argument(
        "--sklearn", action="store_true", help="write an .npz by scikit-learn's names"
    )


def run(args: argparse.Namespace) -> int:
    """Write the file, and say on stderr what objective it was probably trained by."""
    from polytope_nn.networks.reading.files import json_of as read_json
    from polytope_nn.networks.reading.files import json_of_parts, parts_of_json
    from polytope_nn.networks.reading.formats import FORMS, encoded, floats_of, is_arrays
    from polytope_nn.parallel.networks.arrays import has_branches
    from polytope_nn.vector.trained.files import has_outputs

    target = writable(args.output, FORMS)
    assert target is not None  # -o is required
    file, form = Path(args.network), target.suffix.lower()
    if args.sklearn and form != ".npz":
        raise InstanceError(f"--sklearn: {args.output}: scikit-learn's arrays are an .npz")
    if has_branches(file):
        return _three_layers(args, file, target)
    if has_outputs(file):
        return _several_outputs(args, file, target)
    if is_arrays(file):
        parts, bias = _of_arrays(args, file)
    else:
        parts, bias = parts_of_json(read_json(file), str(file)), args.bias
    if form == ".json":
        put(target, json.dumps(json_of_parts(parts)) + "\n")
    else:
        names = "sklearn" if args.sklearn else ""
        put(target, encoded(floats_of(parts, bias=bias), form, names))
    _say(target, [f"width {len(parts.slots)}", *(["biases"] * bias)], parts)
    return 0


def _say(target: Path, said: list[str], free: object) -> None:
    beside = [name for name in ("skip", "constant") if getattr(free, name) is not None]
    print(f"wrote {target}: {', '.join([*said, *beside])}")


def _several_outputs(args: argparse.Namespace, file: Path, target: Path) -> int:
    """Write a network with several outputs, and say its width and outputs."""
    from polytope_nn.networks.reading.formats import is_arrays, named_arrays
    from polytope_nn.vector.trained.files import converted

    if is_arrays(file):
        _tell(args, file, named_arrays(file))
    names = "sklearn" if args.sklearn else ""
    data, network, biased = converted(file, target.suffix.lower(), names, bias=args.bias)
    put(target, data)
    c = next((len(x.v) for x in network.neurons), len(network.constant or ()))
    said = [f"width {network.width}", f"{plural(c, 'output')}", *(["biases"] * biased)]
    _say(target, said, network)
    return 0


def _three_layers(args: argparse.Namespace, file: Path, target: Path) -> int:
    """Write a three-layer network, and say its widths."""
    from polytope_nn.parallel.networks.arrays import converted

    for option in ("bias", "sklearn"):
        if getattr(args, option):
            raise InstanceError(
                f"--{option}: {file}: is about two layers, and it has branches: leave it out"
            )
    data, network = converted(file, target.suffix.lower())
    put(target, data)
    m, k = network.width, network.inner_width
    print(f"wrote {target}: three layers, {plural(m, 'branch')} of {plural(k, 'neuron')}")
    return 0


def _of_arrays(args: argparse.Namespace, file: Path) -> "tuple[Parts, bool]":
    """Return the weights as they are, and whether the last entry of each w is a bias."""
    from polytope_nn.networks.neuron import Parts, RawNeuron
    from polytope_nn.networks.reading.formats import named_arrays
    from polytope_nn.networks.reading.layers import arrays_by_name

    named = named_arrays(file)
    _tell(args, file, named)
    arrays = arrays_by_name(named, str(file))
    rows = arrays.W
    if arrays.b is not None:
        rows = tuple((*w, b) for w, b in zip(rows, arrays.b, strict=True))
    # as given, balanced or not: which norm counts a bias only an instance says
    slots = tuple(
        RawNeuron(w, alpha) if alpha or any(w) else None
        for w, alpha in zip(rows, arrays.alpha, strict=True)
    )
    return Parts(slots, arrays.skip, arrays.constant), arrays.b is not None


def _tell(args: argparse.Namespace, file: Path, named: "Mapping[str, Array]") -> None:
    """Refuse a bias that names say; say what objective the tool of the names has."""
    from polytope_nn.networks.reading.layers import layers_by_name, tool_of

    if args.bias:
        raise InstanceError(f"--bias: {file}: the names of its arrays say it: leave it out")
    tool = tool_of(named)
    constant = layers_by_name(named, str(file)).get("constant")
    if tool == "torch" and constant is not None and any(map(bool, constant.flat)):
        name = next(name for name in sorted(named, reverse=True) if name.endswith("bias"))
        args.told = (f"{file}: {name}: {TORCH.format(bias='it')}",)
    if tool == "scikit-learn":
        args.told = (f"{file}: {SKLEARN}",)
