"""``polytope-nn draw INSTANCE -o FILE``: a path as a strip, or the rectified ellipsoid."""

import argparse
from functools import partial
from typing import TYPE_CHECKING

from polytope_nn.cli import put, writable
from polytope_nn.errors import DimensionError, InstanceError, NotOptimal

from .options import DATA, add_objective, instance_of
from .path import add_ends, found

if TYPE_CHECKING:
    from polytope_nn.problems.training import TrainingProblem

__all__ = ["NAME", "add", "run"]

NAME = "draw"


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command's arguments."""
    parser = commands.add_parser(
        NAME,
        help="a path of networks as a strip of pictures",
        description="With --from and --to: the path between two optimal networks as a strip "
        "of pictures. Without, for three samples: the rectified ellipsoid and the face "
        "that the dual optimum exposes.",
    )
    parser.add_argument("instance", metavar="INSTANCE", help=DATA)
    add_objective(parser)
    add_ends(parser, required=False)
    parser.set_defaults(interpolation=False)
    parser.add_argument(
        "-o", "--output", metavar="FILE", required=True, help=".svg, .png or .pdf"
    )


def run(args: argparse.Namespace) -> int:
    """Write the picture and return 0."""
    from polytope_nn.dual.optimum import optimum
    from polytope_nn.paths.breakpoints import Parts
    from polytope_nn.paths.path import Path

    target = writable(args.output, (".svg", ".png", ".pdf"))
    assert target is not None  # -o is required
    if (args.start is None) != (args.end is None):
        missing = "--to" if args.end is None else "--from"
        raise InstanceError(f"{missing} is missing: a path has two ends")
    if args.start is not None:
        from polytope_nn.report.drawing import path_strip

        answer = found(args)
        if isinstance(answer, Parts):
            raise NotOptimal(f"separate at width {answer.width}: {answer.reason}")
        if not isinstance(answer, Path):
            raise InstanceError(
                f"{args.instance}: a strip shows networks without a free part: run path"
            )
        title = f"{_title(answer.polytope.optimum.problem)}, width {answer.width}"
        picture = partial(path_strip, answer, title, target.suffix)
    else:
        from polytope_nn.report.drawing_ellipsoid import ellipsoid_picture

        instance = instance_of(args, args.instance)
        D = instance.problem()
        if D.n != 3:
            raise DimensionError(
                f"the rectified ellipsoid of n = {D.n} samples lies in R^{D.n}: only n = 3 "
                "can be drawn (a path can, with --from and --to)"
            )
        O = optimum(D, kappa=instance.kappa)
        picture = partial(ellipsoid_picture, O, _title(D), target.suffix)
    try:
        put(target, picture())
    except OverflowError:
        raise InstanceError(
            f"{args.instance}: numbers beyond 1e308 cannot be drawn: divide y and beta by "
            "one large number, which divides the networks by it"
        ) from None
    print(f"wrote {target}")
    return 0


def _title(D: "TrainingProblem") -> str:
    from polytope_nn.report.text import number

    name = f"{D.name}: " if D.name else ""
    return f"{name}n = {D.n}, d = {D.d}, β² = {number(D.beta_squared)}"
