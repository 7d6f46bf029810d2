"""``polytope-nn certify INSTANCE``: the main job."""

import argparse
import json
from fractions import Fraction
from typing import TYPE_CHECKING

from polytope_nn.errors import InstanceError
from polytope_nn.exact.scalar import Scalar, encode, nearest_float

from . import put, writable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from polytope_nn.landscape.limits import Limits
    from polytope_nn.landscape.polytope import OptimalPolytope
    from polytope_nn.landscape.staircase import Staircase
    from polytope_nn.theorems import Verdict

__all__ = ["NAME", "add", "add_options", "answer", "run"]

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
    parser.add_argument("instance", metavar="INSTANCE", help="JSON or CSV; - for stdin")
    add_options(parser)
    parser.add_argument("-o", "--output", metavar="CERT.json", help="write the certificate")
    parser.add_argument("--figure", metavar="FILE", help="draw: .svg, .png or .pdf")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument(
        "--theorems", action="store_true", help="print what every theorem says of it"
    )
    add_limits(parser)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Declare the options by which a command line completes an instance file."""
    parser.add_argument("--beta", help="the weight decay, as 1/10 or 0.1")
    parser.add_argument("--beta-squared", metavar="B", help="its square instead")
    parser.add_argument("--bias", choices=("none", "penalised", "free"), help="add a bias")


def add_limits(parser: argparse.ArgumentParser) -> None:
    """Declare how far the search for the optimum goes before it is undecided."""
    group = parser.add_argument_group("limits of the search (integers)")
    for name, what in LIMITS.items():
        group.add_argument(f"--{name.replace('_', '-')}", type=int, metavar="N", help=what)


def limits_of(args: argparse.Namespace) -> "Limits":
    """Return the limits given on the command line, with progress on a terminal."""
    from polytope_nn.landscape.limits import Limits, on_terminal

    given = {name: getattr(args, name) for name in LIMITS}
    chosen = {name: value for name, value in given.items() if value is not None}
    return Limits(**chosen, progress=on_terminal)


def run(args: argparse.Namespace) -> int:
    """Print the page or the JSON object; write certificate and figure; return 0."""
    from polytope_nn.certificate.certify import certify, verdicts
    from polytope_nn.landscape.instance import read_instance
    from polytope_nn.landscape.optimum import optimum
    from polytope_nn.landscape.polytope import optimal_polytope
    from polytope_nn.landscape.staircase import staircase

    target = writable(args.output)
    picture = writable(args.figure, (".svg", ".png", ".pdf"))
    if target is not None and target == picture:
        raise InstanceError(
            f"{args.figure}: is named by -o and by --figure: name two files"
        )
    instance = read_instance(
        args.instance, beta=args.beta, beta_squared=args.beta_squared, bias=args.bias
    )
    limits = limits_of(args)
    O = optimum(instance.problem(), kappa=instance.kappa, limits=limits)
    P = optimal_polytope(O)
    S = staircase(P)
    certificate = certify(P).to_json() + "\n"
    drawing = b""
    if picture is not None:
        from polytope_nn.report.figure import staircase_figure

        drawing = staircase_figure(S, _title(P), picture.suffix)
    if target is not None:  # all of it is at hand: nothing half done is left behind
        put(target, certificate)
    if picture is not None:
        put(picture, drawing)
    said: tuple[Verdict, ...] = ()
    if args.theorems:
        from polytope_nn import theorems

        said = theorems.verdicts(P)
    if args.json:
        print(answer(P, S, verdicts(S) | {v.name: v.holds for v in said}))
    else:
        from polytope_nn.report.text import page, theorem_lines

        print(page(P, S, verdicts(S)), end="")
        print(f"certificate of {len(certificate)} bytes, accepted by the checker")
        print(*theorem_lines(said), sep="\n", end="\n" * bool(said))
    return 0


def _title(P: "OptimalPolytope") -> str:
    from polytope_nn.report.text import number

    D = P.optimum.problem
    name = f"{D.name}: " if D.name else ""
    return f"{name}n = {D.n}, d = {D.d}, β² = {number(D.beta_squared)}"


def answer(
    P: "OptimalPolytope", S: "Staircase", verdicts: "Mapping[str, bool | None]"
) -> str:
    """Return the JSON object of the command, exact numbers as strings.

    ``components`` and ``isolated`` count components and isolated points of Theta_m,
    permutations included; ``polytope_components`` those of P_m.
    """
    from polytope_nn.report.text import steps

    O, D = P.optimum, P.optimum.problem
    fields = {
        "level": O.level,
        "n": D.n,
        "d": D.d,
        "n_patterns": len(O.arrangement),
        "n_atoms": len(P.atoms),
        "rank": P.rank,
        "dim": P.dim,
        "n_vertices": len(P.vertices),
        "beta_squared": _exact(D.beta_squared),
        "kappa": [_exact(x) for x in O.kappa],
        "fit": [_exact(x) for x in O.fit],
        "objective": _exact(O.value),
        "objective_float": nearest_float(O.value),
        "m_star": S.m_star,
        "M_star": S.M_star,
        "threshold": S.threshold,
        "bound": S.bound,
        "bound_talk": S.bound_talk,
        "spectrum": {str(size): times for size, times in S.spectrum.items()},
        "atoms": [{"sign": a.sign, "g": [_exact(x) for x in a.g]} for a in P.atoms],
        "vertices": [[_exact(x) for x in v] for v in P.vertices],
        "widths": [
            {
                "m": step.width,
                "components": step.components,
                "isolated": step.isolated,
                "polytope_components": step.polytope_components,
            }
            for step in steps(S)
        ],
        "theorems": dict(verdicts),
    }
    return json.dumps(fields, allow_nan=False)


def _exact(x: Scalar) -> object:
    """Return a number as JSON; what is not rational has its float beside it."""
    value = encode(x)
    if isinstance(x, Fraction | int) or not isinstance(value, dict):
        return value
    return value | {"value_float": nearest_float(x)}
