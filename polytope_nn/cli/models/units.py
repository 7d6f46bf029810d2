"""``certify`` for other neurons than ReLU ones: slopes, gates, thresholds, penalties, blocks."""

import argparse
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from polytope_nn.cli.inputs import loss_line, minimised, objective_line
from polytope_nn.cli.options import certified, limits_of
from polytope_nn.problems.units.activations import Threshold

from .answer import Answer, refuse

if TYPE_CHECKING:
    from polytope_nn.geometry.arrangement import Arrangement
    from polytope_nn.landscape.optimal_set import OptimalPolytope
    from polytope_nn.problems.instance import Instance
    from polytope_nn.problems.training import TrainingProblem

__all__ = ["certify_cells", "certify_lasso", "refuse_theorems", "said_of"]


def refuse_theorems(args: argparse.Namespace, instance: "Instance") -> None:
    """Refuse ``--theorems`` of an instance of other units."""
    what = "blocks" if instance.model == "lasso" else instance.problem().unit_key
    refuse(args, f"{instance.source}: {what}", "is about ReLU networks", "--theorems")


def certify_cells(args: argparse.Namespace, instance: "Instance") -> Answer:
    """Answer a problem whose neurons range over polytopes."""
    from polytope_nn.dual.units.cells import CellOptimum
    from polytope_nn.landscape.slot_complex import slot_complex
    from polytope_nn.report.cells import cell_fields, cell_page
    from polytope_nn.search.finding import optimum

    refuse_theorems(args, instance)
    problem = instance.problem()
    why = "is about the vertices of a polytope of atoms, and there is none"
    refuse(args, f"{instance.source}: penalty", why, "--figure", "--cross-check")
    O = optimum(problem, kappa=instance.kappa, limits=limits_of(args))
    assert isinstance(O, CellOptimum)  # the penalty is polyhedral
    S = slot_complex(O)
    certificate, kept = certified(O, required=args.output is not None)
    unit = {"penalty": problem.penalty, "activation": problem.activation.word}
    return Answer(
        lambda: "\n".join([*cell_page(O, S), _line(instance, problem), kept, ""]),
        lambda: cell_fields(O, S) | unit | {"cross_checked": []},
        certificate=certificate,
        kept=kept,
    )


@dataclass(frozen=True)
class Said:
    """What is said of the neurons of an instance: what is minimised, fields, arrangements."""

    line: str
    objective: str
    fields: Mapping[str, object]
    arrangements: Iterable["Arrangement"]


def said_of(instance: "Instance", P: "OptimalPolytope") -> Said:
    """Return what is said of neurons: ReLU ones, or others with finitely many atoms."""
    from polytope_nn.geometry.arrangement import arrangement
    from polytope_nn.problems.training import TrainingProblem

    problem = P.problem
    assert isinstance(problem, TrainingProblem)  # of two layers
    if problem.of_relu:
        charts = (chart.arrangement for chart in problem.charts)
        return Said(minimised(instance), objective_line(instance), {}, charts)
    designs = [instance.design] if problem.gates is None else []
    asked, line = _objective(instance, problem), _line(instance, problem)
    return Said(line, asked, _fields(P, problem), map(arrangement, designs))


def _fields(P: "OptimalPolytope", problem: "TrainingProblem") -> dict[str, object]:
    """Return the fields that say which neurons these are, and what is free beside them."""
    from polytope_nn.dual.units.blocks import BlockOptimum
    from polytope_nn.report.answers import numbers

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


def _objective(instance: "Instance", problem: "TrainingProblem") -> str:
    """Return what is minimised, as a page writes it."""
    size = {"l1": "|w_j|₁²", "linf": "|w_j|∞²"}.get(problem.penalty, "|w_j|²")
    price = f"β/2 Σ_j ({size} + α_j²)"
    if isinstance(problem.activation, Threshold):
        price = "β Σ_j |α_j|"
    return f"{loss_line(instance)} + {price}"


def _line(instance: "Instance", problem: "TrainingProblem") -> str:
    """Return the line of the page that says what was minimised."""
    biased = instance.bias == "penalised" and not isinstance(problem.activation, Threshold)
    said = "; w_j includes the bias" if biased else ""
    unit = f"{problem.unit_key} {problem.unit_word}"
    return f"minimised: {_objective(instance, problem)}, {unit}{said}"


def certify_lasso(args: argparse.Namespace, instance: "Instance") -> Answer:
    """Return the answer about a group LASSO."""
    from polytope_nn.dual.units.blocks import BlockOptimum
    from polytope_nn.dual.units.cells import CellOptimum
    from polytope_nn.landscape.optimal_set import optimal_polytope
    from polytope_nn.landscape.slot_complex import SlotComplex, slot_complex
    from polytope_nn.problems.units.lasso_file import lasso_of
    from polytope_nn.report.blocks import block_fields, block_page
    from polytope_nn.search.finding import optimum

    refuse_theorems(args, instance)
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
