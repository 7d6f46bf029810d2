"""``certify`` where P has too many vertices to be listed: what is proved without them."""

import argparse
from collections.abc import Mapping
from typing import TYPE_CHECKING

from polytope_nn.errors import TooMany, Undecided

from .answer import Answer

if TYPE_CHECKING:
    from polytope_nn.functions.uniqueness import Uniqueness
    from polytope_nn.landscape.optimal_set import OptimalPolytope

__all__ = ["unlisted_answer"]


def unlisted_answer(
    args: argparse.Namespace,
    P: "OptimalPolytope",
    line: str,
    more: Mapping[str, object],
) -> Answer:
    """Return the answer; ``line`` says what is minimised, ``more`` are fields beside."""
    from polytope_nn.report.unlisted import cost_line, unlisted_fields, unlisted_page

    if args.figure is not None or getattr(args, "theorems", False):
        option = "--figure" if args.figure is not None else "--theorems"
        raise TooMany(f"{option} is about all vertices: {cost_line(P)}")
    found = _uniqueness(P)
    certificate = kept = ""
    if getattr(args, "output", None) is not None:
        from polytope_nn.certificate.certify import certify

        certificate = certify(P).to_json() + "\n"
        kept = f"certificate of {len(certificate)} bytes, accepted by the checker\n"
    return Answer(
        lambda: f"{unlisted_page(P, found)}{line}\n{kept}",
        lambda: {**unlisted_fields(P, found), "cross_checked": [], **more},
        certificate=certificate,
        kept=kept or "-o FILE.json writes a certificate of what is proved",
    )


def _uniqueness(P: "OptimalPolytope") -> "Uniqueness | None":
    """Return what is unique beside something free; None where vertices would decide it."""
    from polytope_nn.functions.uniqueness import uniqueness
    from polytope_nn.problems.losses import SeparableLoss

    if not P.problem.free.columns or isinstance(P.problem.loss, SeparableLoss):
        return None
    try:
        return uniqueness(P)
    except Undecided:
        return None
