"""``certify`` for parallel three-layer networks: pieces, and the table of two widths."""

import argparse
import json
from typing import TYPE_CHECKING

from polytope_nn.cli import outputs, put_all
from polytope_nn.cli.inputs import scaled_fields, scaled_page
from polytope_nn.cli.options import limits_of
from polytope_nn.errors import InstanceError

if TYPE_CHECKING:
    from polytope_nn.problems.instance import Instance

__all__ = ["certify"]

_MOST = 12  # branches or inner neurons of a table


def certify(args: argparse.Namespace, instance: "Instance") -> int:
    """Print the page or the JSON object; draw the table; return 0."""
    from polytope_nn.parallel.finding import parallel_optimum
    from polytope_nn.parallel.reading import parallel_problem
    from polytope_nn.parallel.statements import statements
    from polytope_nn.parallel.widths import two_widths
    from polytope_nn.report.three_layer import three_layer_fields, three_layer_page

    for option, given in (("-o", args.output), ("--theorems", args.theorems)):
        if given:
            raise InstanceError(
                f"{instance.source}: {option}: is about two layers, and layers is 3: leave "
                f"it out"
            )
    for option in ("branches", "inner"):
        size = getattr(args, option)
        if size is not None and not 1 <= size <= _MOST:
            raise InstanceError(
                f"--{option} {size}: is no size of a table: give a number from 1 to {_MOST}"
            )
    _, picture = outputs(None, args.figure)
    problem = parallel_problem(instance)
    O = parallel_optimum(problem, kappa=instance.kappa, limits=limits_of(args))
    S = two_widths(O)
    table = S.table(args.branches, args.inner)
    said = statements(S, table)
    if args.json:
        fields = three_layer_fields(S, table, said, args.inner) | scaled_fields(instance)
        text = json.dumps(fields, allow_nan=False)
    else:
        text = f"{scaled_page(instance)}{three_layer_page(S, table, said)}"
    if picture is not None:
        from polytope_nn.report.three_layer_figure import table_figure

        put_all({picture: table_figure(O, table, picture.suffix)})
    print(text)
    return 0
