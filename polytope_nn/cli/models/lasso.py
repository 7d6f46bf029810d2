"""``certify`` for a group LASSO: the components of its solutions with few blocks."""

import argparse
from typing import TYPE_CHECKING

from polytope_nn.cli.options import certified, limits_of

from .answer import Answer, refuse

if TYPE_CHECKING:
    from polytope_nn.problems.instance import Instance

__all__ = ["certify_lasso"]


def certify_lasso(args: argparse.Namespace, instance: "Instance") -> Answer:
    """Return the answer about a group LASSO."""
    from polytope_nn.dual.units.blocks import BlockOptimum
    from polytope_nn.dual.units.cells import CellOptimum
    from polytope_nn.landscape.optimal_set import optimal_polytope
    from polytope_nn.landscape.slot_complex import SlotComplex, slot_complex
    from polytope_nn.problems.units.lasso_file import lasso_of
    from polytope_nn.report.blocks import block_fields, block_page
    from polytope_nn.search.finding import optimum

    why = "is about the staircase of networks"
    refuse(args, f"{instance.source}: blocks", why, "--figure", "--cross-check")
    problem, kappa = lasso_of(instance)
    O = optimum(problem, kappa=kappa, limits=limits_of(args))
    assert isinstance(O, BlockOptimum | CellOptimum)  # a group LASSO has no other
    ranging = isinstance(O, CellOptimum) or any(len(cell) > 1 for cell in O.cells)
    found = slot_complex(O) if ranging else optimal_polytope(O)
    solved = O if isinstance(found, SlotComplex) else found
    certificate, kept = certified(solved, required=args.output is not None)
    return Answer(
        lambda: "\n".join([*block_page(O, found), kept, ""]),
        lambda: block_fields(O, found),
        certificate=certificate,
        kept=kept,
    )
