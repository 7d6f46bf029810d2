"""``certify`` for parallel three-layer networks: pieces, and the table of two widths."""

import argparse
import json
from functools import partial
from typing import TYPE_CHECKING, cast

from polytope_nn.cli.inputs import scaled_fields
from polytope_nn.cli.options import limits_of
from polytope_nn.cli.written import put
from polytope_nn.errors import DimensionError, InstanceError, Undecided

from .answer import Answer, refuse

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from polytope_nn.exact.radical import RootSum
    from polytope_nn.parallel.counts.widths import TwoWidths, WidthStep
    from polytope_nn.parallel.networks.network import ParallelNetwork
    from polytope_nn.parallel.optimum import ParallelOptimum
    from polytope_nn.problems.instance import Instance

__all__ = ["certify", "gap", "path"]

_MOST = 12  # branches or inner neurons of a table


def certify(args: argparse.Namespace, instance: "Instance") -> Answer:
    """Return the answer about parallel three-layer networks."""
    from polytope_nn.parallel.counts.statements import statements
    from polytope_nn.parallel.counts.widths import two_widths
    from polytope_nn.parallel.finding import parallel_optimum
    from polytope_nn.parallel.reading import parallel_problem
    from polytope_nn.report.figures.three_layer_figure import table_figure
    from polytope_nn.report.three_layer import three_layer_fields, three_layer_page

    why = "is about two layers, and layers is 3"
    refuse(args, instance.source, why, "--theorems", "--cross-check")
    for option in ("branches", "inner"):
        size = getattr(args, option)
        if size is not None and not 1 <= size <= _MOST:
            raise InstanceError(
                f"--{option} {size}: is no size of a table: give a number from 1 to {_MOST}"
            )
    problem = parallel_problem(instance)
    O = parallel_optimum(problem, kappa=instance.kappa, limits=limits_of(args))
    S = two_widths(O)
    table = S.table(args.branches, args.inner)
    said = statements(S, table)
    certificate, kept = _certified(args, S, table)
    return Answer(
        lambda: "\n".join([three_layer_page(S, table, said), *filter(None, [kept]), ""]),
        lambda: three_layer_fields(S, table, said, args.inner),
        (("the table of both widths", partial(table_figure, O, table)),),
        certificate,
        kept,
    )


def _certified(
    args: argparse.Namespace, S: "TwoWidths", table: "Sequence[WidthStep]"
) -> tuple[str, str]:
    """Return the certificate where one is written, "" without, and what is said of it."""
    from polytope_nn.parallel.certificate.certify import parallel_certificate

    if not (args.output or args.report):
        return "", ""
    height = max((step.m for step in table), default=args.branches or 1)
    width = max((step.k for step in table), default=args.inner or 1)
    try:
        made = parallel_certificate(S, height, width)
    except Undecided as reason:
        if args.output:
            raise
        return "", f"no certificate: {reason}"
    text = made.to_json() + "\n"
    left = "M*(k), pieces, m*(k) and the table"
    if made.kind == "parallel":
        claimed = cast("list[object]", made.claim("most")["M_star"])
        least = cast("list[object]", made.claim("table")["m_star"])
        pairs = enumerate(zip(claimed, least, strict=True), 1)
        open_ = [str(k) for k, (M, m) in pairs if M is None and m is not None]
        left = f"M*(k) at k = {', '.join(open_)}" if open_ else ""
    beside = f"not in the certificate: {left}\n" if left else ""
    return text, f"{beside}certificate of {len(text)} bytes, accepted by the checker"


def gap(args: argparse.Namespace, instance: "Instance", target: "Path | None") -> int:
    """Print primal value, dual value and gap of a three-layer network; return 0."""
    from polytope_nn.exact.radical import exactly
    from polytope_nn.exact.scalar import nearest_float
    from polytope_nn.report.text import at_most, rounded

    for option in ("support", "quick"):
        if getattr(args, option):
            raise InstanceError(
                f"{instance.source}: --{option}: is about two layers, and layers is 3: leave "
                f"it out"
            )
    O = _optimum(args, instance)
    primal = _network(args.network, O).objective(O.problem)
    dual = exactly(O.value)
    excess = _settled(primal - dual)
    values = {"primal": primal, "dual": dual, "gap": excess}
    fields: dict[str, object] = {name: _shown(x) for name, x in values.items()}
    fields |= {f"{name}_float": nearest_float(x) for name, x in values.items()}
    low, high = excess.enclosure(128)
    if low < 0:  # no network is below the optimum
        fields["gap_float"] = max(0, nearest_float(excess) or 0)
    shown = json.dumps(fields | scaled_fields(instance))
    if target is not None:
        put(target, shown + "\n")
    if args.json:
        print(shown)
        return 0
    zero = "0, exactly: the network is optimal" if excess.exact == 0 else ""
    print(f"primal {rounded(primal, 15)}\ndual   {rounded(dual, 15)}")
    some = f"at most {at_most(high, 6)}" if low < 0 else rounded(excess, 6)
    print(f"gap    {zero or some}")
    return 0


def _settled(x: "RootSum") -> "RootSum":
    """Return 0 where a number of several roots is that, else the number."""
    try:
        return x * 0 if x.sign() == 0 else x
    except Undecided:
        return x


def _shown(x: "RootSum") -> object:
    """Return a number ``>= 0`` as JSON; an enclosure has its float beside it."""
    value = x.to_json()
    if not isinstance(value, dict):
        return value
    low = {"lower": "0"} if str(value.get("lower")).startswith("-") else {}
    return value | low | {"value_float": max(0, float(x))}


def path(
    args: argparse.Namespace,
    instance: "Instance",
    target: "Path | None",
    proof: "Path | None" = None,
) -> int:
    """Print a path between two optimal three-layer networks; return 0."""
    from polytope_nn.parallel.certificate.roads import parallel_path_certificate
    from polytope_nn.parallel.networks.roads import parallel_path

    if args.interpolation:
        raise InstanceError(
            f"{instance.source}: --interpolation: is about two layers, and layers is 3: leave "
            f"it out"
        )
    O = _optimum(args, instance)
    start, end = _network(args.start, O, "--from "), _network(args.end, O, "--to ")
    found = parallel_path(O, start, end, args.width)
    said = ""
    if proof is not None:
        made = parallel_path_certificate(found)
        put(proof, made.to_json() + "\n")
        if made.kind == "parallel_road":
            said = "; the certificate is of rational networks near these"
    fields: dict[str, object] = {
        "width": found.breakpoints[0].width,
        "connected": True,
        "breakpoints": [net.to_json() for net in found.breakpoints],
    }
    shown = json.dumps(fields)
    if target is not None:
        put(target, shown + "\n")
    lines = len(found.breakpoints) - 1
    page = f"joined at {fields['width']} branches by {lines} line{'s' * (lines != 1)}{said}"
    print(shown if args.json else page)
    return 0


def _optimum(args: argparse.Namespace, instance: "Instance") -> "ParallelOptimum":
    from polytope_nn.parallel.finding import parallel_optimum
    from polytope_nn.parallel.reading import parallel_problem

    problem = parallel_problem(instance)
    return parallel_optimum(problem, kappa=instance.kappa, limits=limits_of(args))


def _network(file: str, O: "ParallelOptimum", option: str = "") -> "ParallelNetwork":
    """Return a network of the problem; a refusal names the file and the cure."""
    from polytope_nn.parallel.networks.network import read_parallel_network

    try:
        network = read_parallel_network(file)
        network.fit(O.problem.design)
    except DimensionError as error:
        raise DimensionError(f"{option}{file}: {error}") from None
    given = O.problem.inner_width
    if given is not None and network.inner_width > given:
        raise DimensionError(
            f"{option}{file}: inner width {network.inner_width}, and inner_width is {given}"
        )
    return network
