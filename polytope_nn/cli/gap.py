"""``polytope-nn gap DATA NETWORK``: T13 on the command line."""

import argparse
import json
from fractions import Fraction
from typing import TYPE_CHECKING

from polytope_nn.cli import put, writable
from polytope_nn.exact.rational import text
from polytope_nn.exact.scalar import nearest_float
from polytope_nn.report.text import rounded

from .certify import add_options

if TYPE_CHECKING:
    from polytope_nn.networks.network import Network
    from polytope_nn.problems.training import TrainingProblem

__all__ = ["NAME", "add", "run"]

NAME = "gap"


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command's arguments."""
    parser = commands.add_parser(
        NAME,
        help="a proved bound on how far a network is from the global optimum",
        description="Prove how far a network is from the optimum of every width: its "
        "objective, a dual value below which no network goes, and their difference. "
        "Float weights are taken as the dyadic rationals they are.",
    )
    parser.add_argument("data", metavar="DATA", help="JSON or CSV; - for stdin")
    parser.add_argument("network", metavar="NETWORK", help=".npz with W, alpha; or JSON")
    add_options(parser)
    parser.add_argument(
        "--quick", action="store_true", help="bound by the scaled residual only"
    )
    parser.add_argument(
        "--support", action="store_true", help="find the nearest optimal network as well"
    )
    parser.add_argument("-o", "--output", metavar="FILE.json", help="write the JSON object")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(args: argparse.Namespace) -> int:
    """Print primal value, dual value and gap; return 0, whatever the gap."""
    from polytope_nn.networks.files import read_network
    from polytope_nn.networks.gap import gap
    from polytope_nn.problems.instance import read_instance

    target = writable(args.output)
    instance = read_instance(
        args.data, beta=args.beta, beta_squared=args.beta_squared, bias=args.bias
    )
    D = instance.problem()
    network = read_network(args.network, None if D.bias == "free" else D.d)
    found = gap(D, network)
    dual = found.dual if args.quick else _best_dual(D, network, found.dual)
    value = found.primal - dual
    near = nearest_float(value)
    fields: dict[str, object] = {
        "primal": found.primal.to_json(),
        "dual": text(dual),
        "gap": _never_negative(value.to_json()),
        "primal_float": nearest_float(found.primal),
        "dual_float": nearest_float(dual),
        "gap_float": near if near is None else max(0.0, near),
        "worst": {"pattern": list(found.bound.pattern), "sign": found.bound.sign},
    }
    nearest = None
    if args.support:
        from polytope_nn.dual.optimum import optimum
        from polytope_nn.landscape.polytope import optimal_polytope
        from polytope_nn.networks.nearest import nearest_support

        P = optimal_polytope(optimum(D, kappa=instance.kappa))
        nearest = nearest_support(P, network)
        fields["nearest"] = nearest.to_json()
    shown = json.dumps(fields)
    if target is not None:
        put(target, shown + "\n")
    if args.json:
        print(shown)
        return 0
    pattern = "".join("+" if s > 0 else "-" for s in found.bound.pattern)
    sign = "+" if found.bound.sign > 0 else "-"
    print(f"primal {rounded(found.primal, 15)}")
    print(f"dual   {rounded(dual, 15)}")
    proved = "0, exactly: the network is optimal" if value.exact == 0 else ""
    print(f"gap    {proved or f'{rounded(value, 6)} at most'}")
    print(f"worst  pattern {pattern}, sign {sign}")
    if nearest is not None:
        atoms = ", ".join(map(str, nearest.support))
        print(f"nearest optimum: vertex {nearest.vertex}, on the atoms {atoms}")
    return 0


def _best_dual(D: "TrainingProblem", network: "Network", bound: Fraction) -> Fraction:
    """Return the optimum where it can be solved for, else the bound of the residual."""
    from polytope_nn.errors import Undecided
    from polytope_nn.networks.solved_gap import solved_gap

    try:
        return max(bound, solved_gap(D, network).dual)
    except Undecided:
        return bound


def _never_negative(gap: object) -> object:
    """Return the enclosure of a gap with a lower end ``>= 0``: no dual value is larger."""
    if isinstance(gap, dict) and str(gap.get("lower")).startswith("-"):
        return gap | {"lower": "0"}
    return gap
