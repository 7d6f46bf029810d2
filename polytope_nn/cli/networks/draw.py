"""``polytope-nn draw INSTANCE --what W -o FILE``: each picture of an optimal set."""

import argparse
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from polytope_nn.cli.inputs import instance_of, refusals_in, refusals_of
from polytope_nn.cli.options import DATA, add_limits, add_options, limits_of, title
from polytope_nn.cli.written import FIGURES, figure_path, put
from polytope_nn.errors import InstanceError, NotOptimal

from .path import add_ends, end_of, found

if TYPE_CHECKING:
    from polytope_nn.dual.optimum import Optimum
    from polytope_nn.landscape.optimal_set import OptimalPolytope
    from polytope_nn.problems.instance import Instance
    from polytope_nn.problems.problem import Problem

__all__ = ["NAME", "add", "run"]

NAME = "draw"

WHAT = {
    "path": "a path of optimal networks as a strip (--from and --to)",
    "objective": "the objective along a descent (--from), or a connection (and --to)",
    "function": "a network on R^1 or R^2 with its kinks (--from; else an optimal one)",
    "ellipsoid": "the rectified ellipsoid and the face kappa exposes (n = 2, 3)",
    "atoms": "the optimal directions as arrows (d = 2, 3)",
    "polytope": "the optimal polytope, exact up to dimension 3, else its graph",
    "widths": "P_m for each width as a strip",
    "faces": "the face lattice",
    "staircase": "the staircase of connectivity above its merge tree",
    "arcs": "what two neurons sweep along a continuum (several outputs)",
}
_OF_ENDS = ("path", "objective", "function")


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command's arguments."""
    listed = "; ".join(f"{name}: {what}" for name, what in WHAT.items())
    parser = commands.add_parser(
        NAME,
        help="pictures: polytope, widths, faces, atoms, functions, paths, ellipsoid",
        description=f"Draw one picture. {listed}. Left out, --what is path with --from and "
        "--to, else ellipsoid, with several outputs polytope or arcs.",
    )
    parser.add_argument("instance", metavar="INSTANCE", help=DATA)
    add_options(parser)
    parser.add_argument("--what", metavar="W", choices=tuple(WHAT), help=", ".join(WHAT))
    add_ends(parser, required=False)
    add_limits(parser)
    parser.add_argument(
        "--interpolation", action="store_true", help="fit the labels exactly, without beta"
    )
    parser.add_argument(
        "-o", "--output", metavar="FILE", required=True, help=", ".join(FIGURES)
    )


def run(args: argparse.Namespace) -> int:
    """Write the picture and return 0."""
    target = figure_path(args.output)
    assert target is not None  # -o is required
    what = _what(args)
    picture = _of_ends(args, what) if what in _OF_ENDS else _of_instance(args, what)
    source = "standard input" if args.instance == "-" else args.instance
    try:
        with refusals_in(source):
            drawn = picture(target.suffix)
    except OverflowError:
        raise InstanceError(
            f"{source}: numbers beyond 1e308 cannot be drawn: divide y and beta by "
            "one large number, which divides the networks by it"
        ) from None
    put(target, drawn)
    print(f"wrote {target}")
    return 0


Picture = Callable[[str], bytes]
"""Makes the bytes of a picture in the form of a file's ending."""


def _what(args: argparse.Namespace) -> str:
    """Return what is drawn; the ends that it needs are there, and no others."""
    start, end = args.start is not None, args.end is not None
    what: str = args.what or ("path" if start or end else "ellipsoid")
    if what == "path" or (what == "objective" and end):
        needs = {"--from": start, "--to": end}
    else:
        needs = {"--from": start or what != "objective"}
    for option, given in needs.items():
        if not given:
            raise InstanceError(
                f"{option} is missing: a path has two ends"
                if what == "path"
                else f"{option} is missing: the objective is drawn from a network on"
            )
    if what not in _OF_ENDS and (start or end):
        raise InstanceError(f"--what {what} takes no networks: leave --from and --to out")
    if what == "function" and end:
        raise InstanceError("--what function takes one network: leave --to out")
    return what


def _of_ends(args: argparse.Namespace, what: str) -> Picture:
    """Return what draws paths and networks."""
    if what == "path":
        from polytope_nn.paths.breakpoints import Parts
        from polytope_nn.paths.path import Path
        from polytope_nn.report.figures.drawing import path_strip
        from polytope_nn.vector.paths import VectorPath

        answer = found(args)
        if isinstance(answer, Parts):
            raise NotOptimal(f"separate at width {answer.width}: {answer.reason}")
        assert isinstance(answer, Path | VectorPath)  # no separation
        O = answer.optimum if isinstance(answer, VectorPath) else answer.polytope.optimum
        return partial(path_strip, answer, f"{title(O.problem)}, width {answer.width}")
    instance = instance_of(args, args.instance)
    D = _problem(args, instance)
    if what == "function":
        return _function(args, instance)
    from polytope_nn.functions.attained import require_attained
    from polytope_nn.paths.connection import Connection, connect
    from polytope_nn.paths.descent import Descent, descent
    from polytope_nn.report.figures.roads.objective import objective_picture

    P = _polytope(args, instance)
    require_attained(P)
    start = end_of(args, "from", instance)
    road: Descent | Connection
    if args.end is None:
        road = descent(P, start, None, args.width)
    else:
        road = connect(P, start, end_of(args, "to", instance), args.width)
    return partial(objective_picture, road, f"{title(D)}, width {road.width}")


def _function(args: argparse.Namespace, instance: "Instance") -> Picture:
    """Return what draws a network, the given one or that of the first vertex."""
    from polytope_nn.functions.piecewise_linear import represented
    from polytope_nn.report.figures.functions import (
        function_of,
        function_picture,
        samples_of,
    )

    D = _problem(args, instance)
    with refusals_of(instance):
        D.require_relu()
    if args.start is not None:
        f = function_of(end_of(args, "from", instance), D)
        said = title(D)
    else:
        P = _polytope(args, instance)
        f = represented(P, P.point(P.some))
        said = f"{title(D)}: an optimal network"
    return partial(function_picture, f, samples_of(D), said)


def _of_instance(args: argparse.Namespace, what: str) -> Picture:
    """Return what draws the optimal set of an instance."""
    from polytope_nn.report.figures import pictures

    instance = instance_of(args, args.instance)
    if instance.model == "vector":
        from polytope_nn.cli.models.vector_networks import picture_of

        with refusals_of(instance):
            return picture_of(args, instance)
    D = _problem(args, instance)
    if what == "arcs":
        raise InstanceError(
            "--what arcs: is about several outputs: give y with rows of them"
        )
    if what in {"ellipsoid", "atoms"}:
        return partial(pictures.OF_OPTIMA[what], _optimum(args, instance), title(D))
    return partial(pictures.OF_POLYTOPES[what], _polytope(args, instance), title(D))


def _problem(args: argparse.Namespace, instance: "Instance") -> "Problem":
    with refusals_of(instance):
        return instance.interpolation() if args.interpolation else instance.problem()


def _optimum(args: argparse.Namespace, instance: "Instance") -> "Optimum":
    from polytope_nn.search.finding import optimum

    D, limits = _problem(args, instance), limits_of(args)
    with refusals_of(instance):
        return optimum(D, kappa=instance.kappa, limits=limits)


def _polytope(args: argparse.Namespace, instance: "Instance") -> "OptimalPolytope":
    from polytope_nn.landscape.optimal_set import optimal_polytope

    O, limits = _optimum(args, instance), limits_of(args)
    with refusals_of(instance):
        return optimal_polytope(O, limits=limits)
