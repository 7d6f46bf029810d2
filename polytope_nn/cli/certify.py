"""``polytope-nn certify INSTANCE``: the main job."""

import argparse
import json
from functools import partial
from typing import TYPE_CHECKING

from polytope_nn.cli.written import outputs, put_all
from polytope_nn.errors import InstanceError, Undecided

from .examples import add_instance_or_example, chosen, example_lines
from .inputs import instance_of, scaled_fields, scaled_page
from .models.answer import Answer, Draw
from .models.unlisted import unlisted_answer
from .options import (
    JOBS,
    add_limits,
    add_options,
    amount,
    certified,
    integer,
    limits_of,
    staircase_of,
    title,
)
from .report import report_page
from .routes import add_cross_check, routes_lines, routes_of
from .sweep import executor_of

if TYPE_CHECKING:
    from polytope_nn.functions.uniqueness import Uniqueness
    from polytope_nn.landscape.optimal_set import OptimalPolytope
    from polytope_nn.landscape.staircase import Staircase
    from polytope_nn.problems.instance import Instance
    from polytope_nn.report.text import Verdicts
    from polytope_nn.theorems import Verdict

__all__ = ["NAME", "add", "run"]

NAME = "certify"
_PICTURED = 12  # vertices of a polytope that a report shows


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command's arguments."""
    parser = commands.add_parser(
        NAME,
        help="the staircase of connectivity of an instance, with its certificate",
        description="Find the optimal set of an instance and prove its staircase.",
    )
    add_instance_or_example(parser)
    add_options(parser)
    parser.add_argument("-o", "--output", metavar="CERT.json", help="write the certificate")
    parser.add_argument("--figure", metavar="FILE", help="draw: .svg, .png, .pdf or .tikz")
    parser.add_argument(
        "--report", metavar="FILE.html", help="write one page that anyone can open"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument(
        "--theorems", action="store_true", help="print what every theorem says of it"
    )
    add_cross_check(parser)
    group = parser.add_argument_group("three layers")
    group.add_argument(
        "--branches", type=integer, metavar="M", help="rows of the table (m)"
    )
    group.add_argument(
        "--inner", type=integer, metavar="K", help="its columns (inner neurons)"
    )
    add_limits(parser)
    parser.add_argument(
        "--jobs",
        type=integer,
        default=1,
        metavar="N",
        help="processes that list vertices (1)",
    )


def run(args: argparse.Namespace) -> int:
    """Print the page or the JSON object; write certificate, figure, report; return 0."""
    file = chosen(args)
    if file is None:
        print(*example_lines(), sep="\n")
        return 0
    target, picture, report = outputs(args.output, args.figure, args.report)
    instance = instance_of(args, file)
    amount("--jobs", args.jobs, JOBS)
    with executor_of(args) as args.executor:
        answer = _answer(args, instance)
    drawing = b""
    if picture is not None:
        (_, draw), *_others = answer.figures  # a model without figures has refused
        drawing = draw(picture.suffix)
    if args.json:
        fields = {**answer.fields(), **scaled_fields(instance)}
        said = json.dumps(fields, allow_nan=False) + "\n"
    else:
        said = scaled_page(instance) + answer.page()
    page = "" if report is None else report_page(answer, instance)
    put_all({target: answer.certificate, picture: drawing, report: page})
    print(said, end="")
    return 0


def _answer(args: argparse.Namespace, instance: "Instance") -> Answer:
    """Return the answer about an instance of any model."""
    if instance.model == "three-layer":
        from .models.three_layer import certify

        return certify(args, instance)
    for option in ("branches", "inner"):
        if getattr(args, option) is not None:
            raise InstanceError(
                f"{instance.source}: layers: --{option} belongs to three layers: write "
                f'"layers": 3, or leave it out'
            )
    if instance.model == "vector":
        from .models.vector import certify as several

        return several(args, instance)
    instance.require_model("two-layer", "lasso")
    if instance.model == "lasso":
        from .models.units import certify_lasso

        return certify_lasso(args, instance)
    if instance.problem().penalty != "l2":
        from .models.units import certify_cells

        return certify_cells(args, instance)
    return _two_layers(args, instance)


def _two_layers(args: argparse.Namespace, instance: "Instance") -> Answer:
    """Return the answer about two-layer networks with one output, and finitely many atoms."""
    from polytope_nn.certificate.certify import verdicts
    from polytope_nn.functions.uniqueness import uniqueness
    from polytope_nn.landscape.optimal_set import optimal_polytope
    from polytope_nn.problems.losses import SeparableLoss
    from polytope_nn.search.finding import optimum

    from .models.units import refuse_theorems, said_of

    problem, limits = instance.problem(), limits_of(args)
    if not problem.of_relu:
        refuse_theorems(args, instance)
    O = optimum(problem, kappa=instance.kappa, limits=limits)
    P = optimal_polytope(O, limits=limits)
    plain = problem.of_relu and not isinstance(P.problem.loss, SeparableLoss)
    told = said_of(instance, P)
    if P.is_unlisted:
        return unlisted_answer(args, P, told.line, told.fields)
    found = uniqueness(P) if P.problem.free.columns and plain else None
    S, why = staircase_of(P)
    if S is None and found is None:  # too many vertices to be listed
        raise Undecided(why)
    routes = routes_of(args, told.arrangements, S, O.n_patterns)
    required = args.output is not None or args.report is not None
    certificate, kept = certified(P, required=required, plain=plain)
    named = verdicts(S, one_fit=P.fit_is_unique)
    said: tuple[Verdict, ...] = ()
    if args.theorems:
        from polytope_nn import theorems

        said = theorems.verdicts(P)

    def page() -> str:
        from polytope_nn.report.text import theorem_lines

        lines = [told.line, kept, *theorem_lines(said)]
        shown = _page(P, found, S, why, named)
        return shown + "\n".join(lines) + "\n" + routes_lines(routes)

    def fields() -> dict[str, object]:
        from polytope_nn.report.answers import certify_fields

        every = dict(named) | {v.name: v.holds for v in said}
        checked: dict[str, object] = {"cross_checked": list(routes.agreed)}
        return certify_fields(P, S, every, found) | dict(told.fields) | checked

    def lead() -> list[str]:
        from polytope_nn.report.html.optimal_set import staircase_html, statement

        table = [] if S is None else [staircase_html(S)]
        return [statement(P, S, found, told.objective), *table]

    def details() -> list[str]:
        from polytope_nn.report.html.optimal_set import numbers, theorems_html
        from polytope_nn.report.text import theorem_lines

        counted = [] if S is None else [theorems_html(S, named, theorem_lines(said))]
        return [*counted, numbers(P)]

    figure = "the staircase of connectivity" if S else "the functions of least cost"
    drawn = partial(_drawn, P, found, S)
    figures: tuple[tuple[str, Draw], ...] = ((figure, drawn), *_polytope_figures(P, S))
    return Answer(page, fields, figures, certificate, kept, lead, details)


def _polytope_figures(
    P: "OptimalPolytope", S: "Staircase | None"
) -> tuple[tuple[str, Draw], ...]:
    """Return the pictures of P where it has few vertices and is not a point."""
    if S is None or P.missing or not 1 < P.n_vertices <= _PICTURED or not P.dim:
        return ()
    if P.level != "exact" and not P.optimum.is_pinned:
        return ()  # balls do not tell the faces of a polytope of several fits

    def strip(form: str) -> bytes:
        from polytope_nn.report.figures.polytopes.widths import widths_picture

        return widths_picture(P, title(P.problem), form)

    return (("the optimal polytope P, and in it the networks of at most m atoms", strip),)


def _page(
    P: "OptimalPolytope",
    found: "Uniqueness | None",
    S: "Staircase | None",
    why: str,
    named: "Verdicts",
) -> str:
    """Return the page about the optimal set, with what is free where there is something."""
    from polytope_nn.report.free_part import page as free_page
    from polytope_nn.report.text import page

    if S is None or found is not None:
        assert found is not None  # without something free there are widths
        return "\n".join([*free_page(found, S, why, named), ""])
    return page(P, S, named)


def _drawn(
    P: "OptimalPolytope", found: "Uniqueness | None", S: "Staircase | None", form: str
) -> bytes:
    """Return the staircase, or the functions where widths are not defined."""
    if S is None:
        from polytope_nn.report.figures.interpolant_figure import interpolant_figure

        assert found is not None  # without something free there are widths
        return interpolant_figure(found, title(P.problem), form)
    from polytope_nn.report.figures.figure import staircase_figure

    return staircase_figure(S, title(P.problem), form)
