"""``polytope-nn patterns DATA``: the activation patterns of a data set."""

import argparse
import json

__all__ = ["NAME", "add", "run"]

NAME = "patterns"
_SHOWN = 40


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command's arguments."""
    parser = commands.add_parser(
        NAME,
        help="the activation patterns of a data set",
        description="List the patterns of the full-dimensional regions of the arrangement "
        "of the rows of X, each with an integer point of its region.",
    )
    parser.add_argument("data", metavar="DATA", help="JSON or CSV; - for stdin")
    parser.add_argument("--bias", choices=("none", "penalised", "free"), help="add a bias")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(args: argparse.Namespace) -> int:
    """Print the patterns, beside the count that deletion and restriction give."""
    from polytope_nn.geometry.arrangement import arrangement
    from polytope_nn.problems.instance import read_instance

    instance = read_instance(args.data, bias=args.bias, labelled=False)
    H = arrangement(instance.design)
    if args.json:
        fields = {
            "n": H.n,
            "d": H.d,
            "rank": H.rank,
            "n_patterns": len(H),
            "patterns": [list(pattern) for pattern in H.patterns],
            "witnesses": [list(H.witness(pattern)) for pattern in H.patterns],
        }
        print(json.dumps(fields))
        return 0
    print(
        f"{instance.name or 'data'}: n = {H.n}, d = {H.d}, rank {H.rank}, "
        f"{len(H)} patterns (deletion and restriction count {H.count})"
    )
    for pattern in H.patterns[:_SHOWN]:
        signs = "".join("+" if s > 0 else "-" for s in pattern)
        print(f"{signs}  u = {H.witness(pattern)}")
    if len(H) > _SHOWN:
        print(f"... and {len(H) - _SHOWN} more: --json lists them all")
    return 0
