"""``certify`` for a group LASSO: the components of its solutions with few blocks."""

import argparse
import json
from typing import TYPE_CHECKING

from polytope_nn.cli.options import limits_of
from polytope_nn.errors import InstanceError

if TYPE_CHECKING:
    from polytope_nn.problems.instance import Instance

__all__ = ["certify_lasso"]


def certify_lasso(args: argparse.Namespace, instance: "Instance") -> int:
    """Print the page or the JSON object of a group LASSO; return 0."""
    from polytope_nn.dual.units.blocks import BlockOptimum
    from polytope_nn.dual.units.cells import CellOptimum
    from polytope_nn.landscape.optimal_set import optimal_polytope
    from polytope_nn.landscape.slot_complex import slot_complex
    from polytope_nn.problems.units.lasso_file import lasso_of
    from polytope_nn.report.blocks import block_fields, block_page
    from polytope_nn.search.finding import optimum

    if args.figure is not None:
        raise InstanceError(
            f"{instance.source}: blocks: --figure draws a staircase of networks: leave it out"
        )
    problem, kappa = lasso_of(instance)
    O = optimum(problem, kappa=kappa, limits=limits_of(args))
    assert isinstance(O, BlockOptimum | CellOptimum)  # a group LASSO has no other
    ranging = isinstance(O, CellOptimum) or any(len(cell) > 1 for cell in O.cells)
    found = slot_complex(O) if ranging else optimal_polytope(O)
    if args.json:
        print(json.dumps(block_fields(O, found), allow_nan=False))
    else:
        print(*block_page(O, found), sep="\n")
    return 0
