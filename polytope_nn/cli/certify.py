"""``polytope-nn certify INSTANCE``: the main job."""

import argparse
import json
from dataclasses import replace
from typing import TYPE_CHECKING

from polytope_nn.cli import outputs, put_all
from polytope_nn.errors import InstanceError

from .interpolate import certified, staircase_of
from .options import DATA, add_objective, instance_of, minimised, scaled_fields, scaled_page

if TYPE_CHECKING:
    from pathlib import Path

    from polytope_nn.functions.uniqueness import Uniqueness
    from polytope_nn.landscape.staircase import Staircase
    from polytope_nn.limits import Limits
    from polytope_nn.problems.instance import Instance
    from polytope_nn.problems.interpolation import InterpolationProblem
    from polytope_nn.problems.training import TrainingProblem
    from polytope_nn.theorems import Verdict

__all__ = ["NAME", "add", "run"]

NAME = "certify"
LIMITS = {
    "bits": "working precision of balls",
    "degree": "largest degree of a number field that is tried",
    "field_bits": "precision at which its polynomial is sought",
    "vertices": "most vertices that are listed in balls",
}


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command's arguments."""
    parser = commands.add_parser(
        NAME,
        help="the staircase of connectivity of an instance, with its certificate",
        description="Find the optimal set of an instance and prove its staircase.",
    )
    parser.add_argument("instance", metavar="INSTANCE", help=DATA)
    add_objective(parser)
    parser.add_argument("-o", "--output", metavar="CERT.json", help="write the certificate")
    parser.add_argument("--figure", metavar="FILE", help="draw: .svg, .png or .pdf")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument(
        "--theorems", action="store_true", help="print what every theorem says of it"
    )
    add_limits(parser)


def add_limits(parser: argparse.ArgumentParser) -> None:
    """Declare how far the search for the optimum goes before it is undecided."""
    group = parser.add_argument_group("limits of the search (integers)")
    for name, what in LIMITS.items():
        group.add_argument(f"--{name.replace('_', '-')}", type=int, metavar="N", help=what)


def limits_of(args: argparse.Namespace, usual: "Limits") -> "Limits":
    """Return the limits given on the command line, with progress on a terminal."""
    from polytope_nn.limits import on_terminal

    given = {name: getattr(args, name) for name in LIMITS}
    chosen = {name: value for name, value in given.items() if value is not None}
    return replace(usual, **chosen, progress=on_terminal)


def run(args: argparse.Namespace) -> int:
    """Print the page or the JSON object; write certificate and figure; return 0."""
    from polytope_nn.certificate.certify import certify, verdicts
    from polytope_nn.dual.optimum import optimum
    from polytope_nn.landscape.polytope import optimal_polytope
    from polytope_nn.landscape.staircase import staircase
    from polytope_nn.limits import Limits

    target, picture = outputs(args.output, args.figure)
    instance = instance_of(args, args.instance)
    if instance.has_free_part:
        return _free(args, instance, target, picture)
    limits = limits_of(args, Limits())
    O = optimum(instance.problem(), kappa=instance.kappa, limits=limits)
    P = optimal_polytope(O)
    S = staircase(P)
    certificate = certify(P).to_json() + "\n"
    drawing = b""
    if picture is not None:
        from polytope_nn.report.figure import staircase_figure

        drawing = staircase_figure(S, _title(O.problem), picture.suffix)
    put_all({target: certificate, picture: drawing})
    said: tuple[Verdict, ...] = ()
    if args.theorems:
        from polytope_nn import theorems

        said = theorems.verdicts(P)
    if args.json:
        from polytope_nn.report.answers import staircase_fields

        named = verdicts(S) | {v.name: v.holds for v in said}
        fields = staircase_fields(P, S, named) | scaled_fields(instance)
        print(json.dumps(fields, allow_nan=False))
    else:
        from polytope_nn.report.text import page, theorem_lines

        print(scaled_page(instance), page(P, S, verdicts(S)), sep="", end="")
        print(minimised(instance))
        print(f"certificate of {len(certificate)} bytes, accepted by the checker")
        print(*theorem_lines(said), sep="\n", end="\n" * bool(said))
    return 0


def _free(
    args: argparse.Namespace,
    instance: "Instance",
    target: "Path | None",
    picture: "Path | None",
) -> int:
    """Do the same for a problem with a free part."""
    from polytope_nn.certificate.interpolations import free_verdicts
    from polytope_nn.functions.uniqueness import uniqueness
    from polytope_nn.search.free_part import free_part_optimum
    from polytope_nn.search.proving import DEFAULT_LIMITS

    if args.theorems:
        raise InstanceError(
            "--theorems: speaks of networks without a skip, with a penalised bias or none: "
            "leave it out"
        )
    solved = free_part_optimum(
        instance.problem(skip=True),
        skip=instance.skip,
        kappa=instance.kappa,
        limits=limits_of(args, DEFAULT_LIMITS),
    )
    found = uniqueness(solved)
    S, why = staircase_of(solved)
    certificate, said = certified(solved, required=True)
    drawing = b""
    if picture is not None:
        drawing = _drawn(found, S, picture.suffix)
    put_all({target: certificate, picture: drawing})
    named = free_verdicts(solved)
    if args.json:
        from polytope_nn.report.answers import free_fields

        fields = free_fields(found, S, named) | scaled_fields(instance)
        print(json.dumps(fields, allow_nan=False))
    else:
        from polytope_nn.report.free_part import page

        print(scaled_page(instance), end="")
        print(*page(found, S, why, named), minimised(instance), said, sep="\n")
    return 0


def _drawn(found: "Uniqueness", S: "Staircase | None", form: str) -> bytes:
    """Return the staircase, or the functions where widths are not defined."""
    name = _title(found.interpolation.problem)
    if S is None:
        from polytope_nn.report.interpolant_figure import interpolant_figure

        return interpolant_figure(found, name, form)
    from polytope_nn.report.figure import staircase_figure

    return staircase_figure(S, name, form)


def _title(problem: "TrainingProblem | InterpolationProblem") -> str:
    from polytope_nn.report.text import number

    name = f"{problem.name}: " if problem.name else ""
    return f"{name}n = {problem.n}, d = {problem.d}, β² = {number(problem.beta_squared)}"
