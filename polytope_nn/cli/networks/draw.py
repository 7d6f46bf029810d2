"""``polytope-nn draw INSTANCE -o FILE``: a path as a strip, or the rectified ellipsoid."""

import argparse
from functools import partial

from polytope_nn.cli import figure_path, put
from polytope_nn.cli.inputs import instance_of
from polytope_nn.cli.options import DATA, add_options, title
from polytope_nn.errors import DimensionError, InstanceError, NotOptimal

from .path import add_ends, found

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
    add_options(parser)
    add_ends(parser, required=False)
    parser.set_defaults(interpolation=False)
    parser.add_argument(
        "-o", "--output", metavar="FILE", required=True, help=".svg, .png or .pdf"
    )


def run(args: argparse.Namespace) -> int:
    """Write the picture and return 0."""
    from polytope_nn.paths.breakpoints import Parts
    from polytope_nn.paths.path import Path
    from polytope_nn.search.finding import optimum

    target = figure_path(args.output)
    assert target is not None  # -o is required
    if (args.start is None) != (args.end is None):
        missing = "--to" if args.end is None else "--from"
        raise InstanceError(f"{missing} is missing: a path has two ends")
    if args.start is not None:
        from polytope_nn.report.figures.drawing import path_strip

        answer = found(args)
        if isinstance(answer, Parts):
            raise NotOptimal(f"separate at width {answer.width}: {answer.reason}")
        if not isinstance(answer, Path):
            raise InstanceError(
                f"{args.instance}: a vector model: this command takes two-layer models"
            )
        said = f"{title(answer.polytope.problem)}, width {answer.width}"
        picture = partial(path_strip, answer, said, target.suffix)
    else:
        from polytope_nn.report.figures.drawing_ellipsoid import ellipsoid_picture

        instance = instance_of(args, args.instance)
        D = instance.problem()
        if D.n != 3:
            raise DimensionError(
                f"the rectified ellipsoid of n = {D.n} samples lies in R^{D.n}: only n = 3 "
                "can be drawn (a path can, with --from and --to)"
            )
        O = optimum(D, kappa=instance.kappa)
        picture = partial(ellipsoid_picture, O, title(D), target.suffix)
    try:
        put(target, picture())
    except OverflowError:
        raise InstanceError(
            f"{args.instance}: numbers beyond 1e308 cannot be drawn: divide y and beta by "
            "one large number, which divides the networks by it"
        ) from None
    print(f"wrote {target}")
    return 0
