"""``polytope-nn path INSTANCE --from FILE --to FILE``: T11 on the command line."""

import argparse
import json
from fractions import Fraction
from typing import TYPE_CHECKING

from polytope_nn.cli.inputs import instance_of, network_of, placed, refusals_of
from polytope_nn.cli.options import NETWORK, add_instance, limits_of, wanted
from polytope_nn.cli.written import put, writable
from polytope_nn.errors import DimensionError, Undecided
from polytope_nn.report.text import rounded
from polytope_nn.wording import plural, shown

if TYPE_CHECKING:
    from polytope_nn.certificate.format import Certificate
    from polytope_nn.exact.scalar import Scalar
    from polytope_nn.networks.network import Network
    from polytope_nn.paths.breakpoints import Breakpoints, Parts
    from polytope_nn.problems.instance import Instance
    from polytope_nn.vector.network import VectorNetwork
    from polytope_nn.vector.paths import VectorPath

__all__ = ["NAME", "add", "end_of", "found", "run"]

NAME = "path"


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command's arguments."""
    parser = commands.add_parser(
        NAME,
        help="a path of optimal networks between two networks, or what separates them",
        description="Join two optimal networks by a path of optimal networks of one width, "
        "or prove that there is none (exit code 1).",
    )
    add_instance(parser)
    add_ends(parser)
    parser.add_argument(
        "--interpolation", action="store_true", help="fit the labels exactly, without beta"
    )
    parser.add_argument("-o", "--output", metavar="FILE.json", help="write the JSON object")
    parser.add_argument(
        "--certificate", metavar="CERT", help="write a certificate of the path"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def add_ends(parser: argparse.ArgumentParser, *, required: bool = True) -> None:
    """Declare the two networks and the width of a path."""
    parser.add_argument(
        "--from", dest="start", metavar="FILE", required=required, help=NETWORK
    )
    parser.add_argument("--to", dest="end", metavar="FILE", required=required, help=NETWORK)
    parser.add_argument(
        "--width",
        metavar="M",
        type=width,
        help="the number of slots (the least that joins)",
    )


def width(text: str) -> int:
    """Return a width given on the command line."""
    if not text.isascii() or not text.isdigit() or len(text) > 6:
        raise argparse.ArgumentTypeError(
            f"{shown(text)} is no width: give a number such as 3"
        )
    return int(text)


def run(args: argparse.Namespace) -> int:
    """Print the path and return 0, or the separation and return 1."""
    from polytope_nn.exact.scalar import exact_number
    from polytope_nn.paths.breakpoints import Breakpoints
    from polytope_nn.paths.path import Path

    target, proof = writable(args.output), writable(args.certificate)
    instance = instance_of(args, args.instance)
    if instance.model == "three-layer":
        from polytope_nn.cli.models.three_layer import path as three_layer_path

        return three_layer_path(args, instance, target, proof)
    answer = found(args, instance)
    with wanted("--certificate"):
        text = "" if proof is None else _certified(answer)
    fields: dict[str, object] = {"width": answer.width, "connected": bool(answer)}
    if isinstance(answer, Breakpoints):
        fields["breakpoints"] = [x.to_json() for x in answer.breakpoints]
        fields["moves"] = list(answer.moves)
        if isinstance(answer, Path) and answer.polytope.problem.free.columns:
            fields["free_parts"] = [list(map(exact_number, a)) for a in answer.free_parts]
        names = ("start", *answer.moves)
        page = [f"joined at width {answer.width} by {plural(len(answer.moves), 'line')}"]
        page += [
            f"{x:>9}  {line(z)}" for x, z in zip(names, answer.breakpoints, strict=True)
        ]
    else:
        fields["separation"] = answer.to_json()
        page = [f"separate at width {answer.width}: {answer.reason}"]
    shown = json.dumps(fields)
    if target is not None:
        put(target, shown + "\n")
    if proof is not None:
        put(proof, text)
    print(shown if args.json else "\n".join(page))
    return 0 if answer else 1


def _certified(answer: "Breakpoints | Parts") -> str:
    """Return the certificate of a path of two layers, or of what separates its ends.

    A path by its numbers where these are rational or of one field, and the loss is the squared
    one; else by its labels, beside the certificate of the staircase. Of several outputs, where
    there is none, as a road without a barrier, the gap of which is 0.
    """
    from polytope_nn.certificate.free_networks import free_path_certificate
    from polytope_nn.certificate.networks.walks import (
        whole_certificate,
        with_a_separation,
        with_a_walk,
    )
    from polytope_nn.certificate.roads import path_certificate
    from polytope_nn.paths.path import Path, Separation
    from polytope_nn.problems.losses import SeparableLoss
    from polytope_nn.vector.certificate.claims import vector_certificate
    from polytope_nn.vector.paths import VectorPath, VectorSeparation

    if isinstance(answer, Path):
        P = answer.polytope
        any_loss = isinstance(P.problem.loss, SeparableLoss)
        if P.problem.of_relu and P.level == "exact" and not any_loss:
            free = bool(P.problem.free.columns)
            made = (free_path_certificate if free else path_certificate)(answer)
        else:
            made = with_a_walk(whole_certificate(P), answer)
    elif isinstance(answer, VectorPath):
        made = _of_outputs(answer)
    elif isinstance(answer, VectorSeparation):
        whole = vector_certificate(answer.polytope)
        made = with_a_separation(whole, answer.ends, len(answer.polytope.optimum.atoms))
    else:
        assert isinstance(answer, Separation)
        whole = whole_certificate(answer.polytope)
        made = with_a_separation(whole, answer.ends, len(answer.polytope.atoms))
    return made.to_json() + "\n"


def _of_outputs(answer: "VectorPath") -> "Certificate":
    """Return the certificate of a path by its labels, else as a road: atoms may be unlisted."""
    from polytope_nn.certificate.networks.walks import with_a_walk
    from polytope_nn.vector.certificate.claims import vector_certificate
    from polytope_nn.vector.certificate.roads import vector_road
    from polytope_nn.vector.polytope import OptimalSet

    if not answer.optimum.is_bare:
        try:
            return with_a_walk(vector_certificate(OptimalSet(answer.optimum)), answer)
        except Undecided:
            pass
    return vector_road(answer)


def found(
    args: argparse.Namespace, instance: "Instance | None" = None
) -> "Breakpoints | Parts":
    """Return the path between the two networks, or what separates them."""
    from polytope_nn.functions.attained import require_attained
    from polytope_nn.landscape.optimal_set import optimal_polytope
    from polytope_nn.paths.path import joining_width, path
    from polytope_nn.search.finding import optimum

    instance = instance or instance_of(args, args.instance)
    if instance.model == "vector":
        from polytope_nn.cli.models.vector import path_of

        return path_of(args, instance)
    interpolated = getattr(args, "interpolation", False)
    problem = instance.interpolation() if interpolated else instance.problem()
    start, end = end_of(args, "from", instance), end_of(args, "to", instance)
    with refusals_of(instance):
        O = optimum(placed(problem), kappa=instance.kappa, limits=limits_of(args))
        P = optimal_polytope(O)
        require_attained(P)
        m = args.width if args.width is not None else joining_width(P, start, end)
        return path(P, start, end, m)


def end_of(args: argparse.Namespace, option: str, instance: "Instance") -> "Network":
    """Return the network of ``--from`` or ``--to``; a refusal names the file and the cure."""
    file = args.start if option == "from" else args.end
    network = network_of(file, instance, f"--{option} ")
    require_width(network, args.width, f"--{option} {file}")
    return network


def require_width(network: "Network", width: int | None, where: str) -> None:
    """Refuse a width that is less than a network's; the refusal names its file."""
    used = network.last_used
    if width is not None and used > width:
        raise DimensionError(
            f"{where}: {plural(used, 'slot')} in use, the width is {width}: "
            f"give --width {used} or more"
        )


def line(network: "Network | VectorNetwork") -> str:
    """Return a network on one line: sign and u of each slot, a dot for an empty one.

    With several outputs u and v.
    """
    shown = []
    for x in network.slots:
        if x is None:
            shown.append(".")
            continue
        u = ", ".join(map(number, x.u))
        after = "" if hasattr(x, "sign") else f"({', '.join(map(number, x.v))})"
        before = ("+" if x.sign > 0 else "-") if hasattr(x, "sign") else ""
        shown.append(f"{before}({u}){after}")
    return "  ".join(shown)


def number(x: "Scalar") -> str:
    """Return an exact number where it is short, else its float.

    >>> number(Fraction(2, 3)), number(Fraction(10**20, 3))
    ('2/3', '3.33333e+19')
    """
    exact = str(x) if isinstance(x, Fraction) else ""
    return exact if 0 < len(exact) <= 12 else rounded(x, 6)
