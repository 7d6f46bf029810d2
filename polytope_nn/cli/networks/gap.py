"""``polytope-nn gap DATA NETWORK``: T13 on the command line."""

import argparse
import json
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from polytope_nn.cli.inputs import (
    finite_instance,
    fits_the_rest,
    network_of,
    refusals_of,
    scaled_fields,
    scaled_page,
)
from polytope_nn.cli.options import (
    DATA,
    NETWORK,
    add_limits,
    add_options,
    limits_of,
    wanted,
)
from polytope_nn.cli.written import put_all, writable
from polytope_nn.errors import InstanceError, Undecided
from polytope_nn.exact.radical import enclosure
from polytope_nn.exact.rational import text
from polytope_nn.exact.scalar import Scalar, exact_number, nearest_float
from polytope_nn.report.text import at_most, rounded

if TYPE_CHECKING:
    from pathlib import Path

    from polytope_nn.networks.gap import Gap
    from polytope_nn.problems.instance import Instance
    from polytope_nn.vector.gap import VectorGap

__all__ = ["NAME", "add", "run"]

NAME = "gap"
_NARROW = 10**12  # an enclosure this many times as small as its end is shown as a number


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command's arguments."""
    parser = commands.add_parser(
        NAME,
        help="a proved bound on how far a network is from the global optimum",
        description="Prove how far a network is from the optimum of every width: its "
        "objective, a dual value below which no network goes, and their difference. "
        "Float weights are taken as the dyadic rationals they are.",
    )
    parser.add_argument("data", metavar="DATA", help=DATA)
    parser.add_argument("network", metavar="NETWORK", help=NETWORK)
    add_options(parser)
    parser.add_argument(
        "--support", action="store_true", help="find the nearest optimal network as well"
    )
    parser.add_argument(
        "--quick", action="store_true", help="bound it by the network's own residual only"
    )
    parser.add_argument("-o", "--output", metavar="FILE.json", help="write the JSON object")
    parser.add_argument("--certificate", metavar="CERT", help="write a certificate of it")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    add_limits(parser)


def run(args: argparse.Namespace) -> int:
    """Print primal value, dual value and gap; return 0, whatever the gap."""
    target, proof = writable(args.output), writable(args.certificate)
    instance = finite_instance(args, args.data)
    if instance.model == "three-layer":
        from polytope_nn.cli.models.three_layer import gap as three_layer_gap

        if proof is not None:
            raise InstanceError(
                "--certificate: gaps of three layers have none: leave it out"
            )

        return three_layer_gap(args, instance, target)
    found: Gap | VectorGap
    if instance.model == "vector":
        from polytope_nn.cli.models.vector import gap_of

        found = gap_of(args, instance)
    else:
        found = _gap(args, instance)
    near = nearest_float(found.value)
    fields: dict[str, object] = {
        "primal": _at_least(exact_number(found.primal), found.dual),
        "dual": exact_number(found.dual),
        "gap": _never_negative(exact_number(found.value)),
        "primal_float": nearest_float(found.primal),
        "dual_float": nearest_float(found.dual),
        "gap_float": near if near is None else max(0.0, near),
        "worst": None
        if found.bound is None
        else {"pattern": list(found.bound.pattern), "sign": found.bound.sign},
        "dual_point": found.dual_point,
    }
    fields |= scaled_fields(instance)
    nearest = None
    if args.support:
        from polytope_nn.landscape.optimal_set import optimal_polytope
        from polytope_nn.networks.nearest import nearest_support
        from polytope_nn.search.finding import optimum

        P = optimal_polytope(optimum(instance.problem(), kappa=instance.kappa))
        nearest = nearest_support(P, network_of(args.network, instance))
        fields["nearest"] = nearest.to_json()
    shown = json.dumps(fields)
    files: dict[Path | None, bytes | str] = {target: shown + "\n"}
    if proof is not None:
        with wanted("--certificate"):
            files[proof] = _certificate(instance, found) + "\n"
    put_all(files)
    if args.json:
        print(shown)
        return 0
    print(scaled_page(instance), end="")
    print(f"primal {_ends(found)}")
    print(f"dual   {rounded(found.dual, 15)}")
    proved = "0, exactly: the network is optimal" if _is_optimal(found) else ""
    print(f"gap    {proved or f'{at_most(found.value.enclosure()[1], 6)} at most'}")
    if found.bound is not None:
        pattern = "".join("-0+"[s + 1] for s in found.bound.pattern)
        sign = "+" if found.bound.sign > 0 else "-"
        print(f"worst  pattern {pattern}, sign {sign}")
    if nearest is not None:
        atoms = ", ".join(map(str, nearest.support))
        print(f"nearest optimum: vertex {nearest.vertex}, on the atoms {atoms}")
    return 0


def _is_optimal(found: "Gap | VectorGap") -> bool:
    """Return whether the gap is proved to be 0; of a box that holds an optimum it is not."""
    try:
        return bool(found.value.exact == 0)
    except Undecided:
        return False


def _gap(args: argparse.Namespace, instance: "Instance") -> "Gap":
    """Return the gap of a network with one output."""
    from polytope_nn.networks.distance import gap
    from polytope_nn.networks.free_parts import with_rest
    from polytope_nn.networks.gap import residual_gap

    D = instance.problem()
    network = network_of(args.network, instance)
    if not fits_the_rest(args.network):
        network = with_rest(D, network)
    with refusals_of(instance):
        if args.quick:
            return residual_gap(D, network)
        if instance.kappa is not None:
            from polytope_nn.search.finding import optimum

            return gap(optimum(D, kappa=instance.kappa), network)
        return gap(D, network, limits=limits_of(args))


def _certificate(instance: "Instance", found: "Gap | VectorGap") -> str:
    """Return the text of the certificate of a gap."""
    from polytope_nn.networks.gap import Gap

    if isinstance(found, Gap):
        from polytope_nn.certificate.networks.connections import proved_gap

        return proved_gap(instance.problem(), found).to_json()
    from polytope_nn.vector.certificate.roads import proved_vector_gap
    from polytope_nn.vector.reading import vector_problem

    return proved_vector_gap(vector_problem(instance), found).to_json()


def _ends(found: "Gap | VectorGap") -> str:
    """Return the primal value as a page shows it: of a wide box from where to where."""
    low, high = found.primal.enclosure()
    if high - low <= abs(high) / _NARROW:
        return rounded(found.primal, 15)
    low = max(low, enclosure(found.dual)[0])
    return f"from {rounded(low, 6)} to {at_most(high, 6)}, by the box of the network"


def _at_least(primal: object, dual: Scalar) -> object:
    """Return the enclosure of a primal value no lower than the dual one, as it is known."""
    if isinstance(primal, dict) and "lower" in primal:
        low = enclosure(dual)[0]
        if Fraction(primal["lower"]) < low:
            return _from(primal, low)
    return primal


def _from(box: dict[str, Any], low: Fraction) -> object:
    """Return an enclosure from another lower end on, and so the float that is near."""
    near = box["value_float"]
    inside = near is None or near >= low
    return box | {"lower": text(low), "value_float": near if inside else nearest_float(low)}


def _never_negative(gap: object) -> object:
    """Return the enclosure of a gap with a lower end ``>= 0``: no dual value is larger."""
    if isinstance(gap, dict) and str(gap.get("lower")).startswith("-"):
        return _from(gap, Fraction(0))
    return gap
