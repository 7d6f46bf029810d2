"""``polytope-nn patterns DATA``: the activation patterns of a data set."""

import argparse
import json

from polytope_nn.wording import plural

from .inputs import instance_of, scaled_fields, scaled_page
from .options import DATA, add_bias_and_skip

__all__ = ["NAME", "add", "run"]

NAME = "patterns"
_SHOWN = 40


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command's arguments."""
    parser = commands.add_parser(
        NAME,
        help="the activation patterns of a data set",
        description="List the patterns of the full-dimensional regions of the arrangement "
        "of the rows of X, each with an integer point of its region. They depend on X and on "
        "whether there is a bias: nothing else of an instance is used.",
    )
    parser.add_argument("data", metavar="DATA", help=DATA)
    add_bias_and_skip(parser)
    parser.add_argument(
        "--cdd", action="store_true", help="enumerate them by cddlib as well, and compare"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(args: argparse.Namespace) -> int:
    """Print the patterns, beside the count that deletion and restriction give."""
    from polytope_nn.geometry.arrangement import arrangement
    from polytope_nn.landscape.second_routes import walk_patterns

    instance = instance_of(args, args.data, labelled=False)
    instance.require_model("two-layer", "vector", "three-layer")
    H = arrangement(instance.design)
    if args.cdd:
        walk_patterns(H)
    if args.json:
        fields = {
            "n": H.n,
            "d": H.d,
            "rank": H.rank,
            "n_patterns": len(H),
            "patterns": [list(pattern) for pattern in H.patterns],
            "witnesses": [list(H.witness(pattern)) for pattern in H.patterns],
            "cross_checked": ["patterns: cdd"] if args.cdd else [],
        }
        print(json.dumps(fields | scaled_fields(instance)))
        return 0
    print(scaled_page(instance), end="")
    print(
        f"{instance.name or 'data'}: n = {H.n}, d = {H.d}, rank {H.rank}, "
        f"{plural(len(H), 'pattern')} (deletion and restriction count {H.count})"
    )
    if args.cdd:
        print("cddlib's facets and vertices give the same patterns")
    for pattern in H.patterns[:_SHOWN]:
        signs = "".join("+" if s > 0 else "-" for s in pattern)
        print(f"{signs}  u = {H.witness(pattern)}")
    if len(H) > _SHOWN:
        print(f"... and {len(H) - _SHOWN} more: --json lists them all")
    return 0
