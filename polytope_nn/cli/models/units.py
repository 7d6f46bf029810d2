"""``certify`` for other neurons than ReLU ones: slopes, gates, thresholds, penalties, blocks."""

import argparse
from functools import partial
from typing import TYPE_CHECKING

from polytope_nn.cli.inputs import loss_line
from polytope_nn.cli.options import certified, limits_of, staircase_of, title
from polytope_nn.cli.routes import routes_lines, routes_of
from polytope_nn.errors import Undecided
from polytope_nn.problems.units.activations import Threshold

from .answer import Answer, refuse
from .unlisted import unlisted_answer

if TYPE_CHECKING:
    from polytope_nn.landscape.optimal_set import OptimalPolytope
    from polytope_nn.problems.instance import Instance
    from polytope_nn.problems.training import TrainingProblem

__all__ = ["certify", "certify_lasso"]


def certify(args: argparse.Namespace, instance: "Instance") -> Answer:
    """Return the answer about an instance of other units."""
    lasso = instance.model == "lasso"
    what = "blocks" if lasso else instance.problem().unit_key
    where = f"{instance.source}: {what}"
    refuse(args, where, "is about ReLU networks", "--theorems")
    if lasso:
        return certify_lasso(args, instance)
    problem = instance.problem()
    answer = _cells if problem.penalty != "l2" else _finite
    return answer(args, instance, problem)


def _cells(
    args: argparse.Namespace, instance: "Instance", problem: "TrainingProblem"
) -> Answer:
    """Answer a problem whose neurons range over polytopes."""
    from polytope_nn.dual.units.cells import CellOptimum
    from polytope_nn.landscape.slot_complex import slot_complex
    from polytope_nn.report.cells import cell_fields, cell_page
    from polytope_nn.search.finding import optimum

    why = "is about the vertices of a polytope of atoms, and there is none"
    refuse(args, f"{instance.source}: penalty", why, "--figure", "--cross-check")
    O = optimum(problem, kappa=instance.kappa, limits=limits_of(args))
    assert isinstance(O, CellOptimum)  # the penalty is polyhedral
    S = slot_complex(O)
    certificate, kept = certified(O, required=args.output is not None)
    unit = {"penalty": problem.penalty, "activation": problem.activation.word}
    return Answer(
        lambda: "\n".join([*cell_page(O, S), _minimised(instance, problem), kept, ""]),
        lambda: cell_fields(O, S) | unit | {"cross_checked": []},
        certificate=certificate,
        kept=kept,
    )


def _finite(
    args: argparse.Namespace, instance: "Instance", problem: "TrainingProblem"
) -> Answer:
    """Answer a problem with finitely many atoms."""
    from polytope_nn.certificate.exact import verdicts
    from polytope_nn.geometry.arrangement import arrangement
    from polytope_nn.landscape.optimal_set import optimal_polytope
    from polytope_nn.report.answers import certify_fields
    from polytope_nn.report.figures.figure import staircase_figure
    from polytope_nn.report.text import page
    from polytope_nn.search.finding import optimum

    limits = limits_of(args)
    O = optimum(problem, kappa=instance.kappa, limits=limits)
    P = optimal_polytope(O, limits=limits)
    if P.is_unlisted:
        return unlisted_answer(args, P, _minimised(instance, problem), _what(P))
    S, why = staircase_of(P)
    if S is None:
        raise Undecided(why)
    certificate, kept = certified(P, required=args.output is not None)
    designs = [instance.design] if problem.gates is None else []
    routes = routes_of(args, map(arrangement, designs), S, O.n_patterns)
    named = verdicts(S, one_fit=P.fit_is_unique)
    checked = {"cross_checked": list(routes.agreed)}
    return Answer(
        lambda: (
            f"{page(P, S, named)}{_minimised(instance, problem)}\n{kept}\n"
            f"{routes_lines(routes)}"
        ),
        lambda: certify_fields(P, S, named, None) | _what(P) | checked,
        (("the staircase of connectivity", partial(staircase_figure, S, title(problem))),),
        certificate,
        kept,
    )


def _what(P: "OptimalPolytope") -> dict[str, object]:
    """Return the fields that say which neurons these are, and what is free beside them."""
    from polytope_nn.dual.units.blocks import BlockOptimum
    from polytope_nn.problems.training import TrainingProblem
    from polytope_nn.report.answers import numbers

    problem = P.problem
    assert isinstance(problem, TrainingProblem)  # no other has such neurons
    fields: dict[str, object] = {problem.unit_key: problem.unit_word}
    if isinstance(problem.activation, Threshold):
        fields["atoms"] = [
            {"sign": a.sign, "pattern": list(a.covector), "g": numbers(a.g)}
            for a in P.atoms
        ]
    if problem.gates is not None and isinstance(P.optimum, BlockOptimum):
        fields["gates"] = [list(mask) for mask in problem.gates]
        fields["atoms"] = [
            {"sign": a.sign, "gate": i, "g": numbers(a.g)}
            for a, i in zip(P.atoms, P.optimum.owners, strict=True)
        ]
    if problem.free.columns:
        parts = [numbers(P.free_part(v)) for v in P.some_vertices]
        fields |= {"skip": problem.skip, "free_parts": parts}
    return fields


def _minimised(instance: "Instance", problem: "TrainingProblem") -> str:
    """Return the line of the page that says what was minimised."""
    size = {"l1": "|w_j|₁²", "linf": "|w_j|∞²"}.get(problem.penalty, "|w_j|²")
    price, bias = f"β/2 Σ_j ({size} + α_j²)", instance.bias
    if isinstance(problem.activation, Threshold):
        price, bias = "β Σ_j |α_j|", "none"
    said = "; w_j includes the bias" if bias == "penalised" else ""
    return (
        f"minimised: {loss_line(instance)} + {price}, "
        f"{problem.unit_key} {problem.unit_word}{said}"
    )


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
