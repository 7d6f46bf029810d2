"""``polytope-nn interpolate INSTANCE``: the minimum-norm interpolants, unique or not."""

import argparse
import json
from fractions import Fraction
from typing import TYPE_CHECKING

from polytope_nn.errors import InstanceError, UnboundedError, Undecided
from polytope_nn.exact.scalar import Scalar, encode

from . import put, writable

if TYPE_CHECKING:
    from polytope_nn.landscape.instance import Instance
    from polytope_nn.landscape.interpolant import Interpolant
    from polytope_nn.landscape.interpolation import InterpolationProblem
    from polytope_nn.landscape.minimum_norm import Interpolation
    from polytope_nn.landscape.staircase import Staircase
    from polytope_nn.landscape.uniqueness import Uniqueness

__all__ = ["NAME", "add", "answer", "run"]

NAME = "interpolate"


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command's arguments."""
    parser = commands.add_parser(
        NAME,
        help="the minimum-norm interpolants: unique, or a continuum",
        description="Find all interpolants of least cost and say whether they are one.",
    )
    parser.add_argument("instance", metavar="INSTANCE", help="JSON or CSV; - for stdin")
    parser.add_argument("--bias", choices=("none", "penalised", "free"), help="add a bias")
    parser.add_argument(
        "--skip", choices=("none", "linear", "affine"), help="add a free skip connection"
    )
    parser.add_argument("--figure", metavar="FILE", help="draw: .svg, .png or .pdf")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(args: argparse.Namespace) -> int:
    """Print the page or the JSON object, write the figure; return 0."""
    from polytope_nn.landscape.instance import read_instance
    from polytope_nn.landscape.interpolation_proof import interpolation
    from polytope_nn.landscape.uniqueness import uniqueness

    picture = writable(args.figure, (".svg", ".png", ".pdf"))
    instance = read_instance(args.instance, bias=args.bias)
    problem = _problem(instance, args.skip)
    found = uniqueness(interpolation(problem, kappa=instance.kappa))
    S, why = _staircase(found.interpolation)
    if picture is not None:
        from polytope_nn.report.interpolant_figure import interpolant_figure

        put(picture, interpolant_figure(found, problem.name or "instance", picture.suffix))
    print(answer(found, S) if args.json else _page(found, S, why))
    return 0


def _problem(instance: "Instance", skip: str | None) -> "InterpolationProblem":
    from polytope_nn.landscape.interpolation import InterpolationProblem

    unwanted = {
        "beta": instance.beta,
        "beta_squared": instance.beta_squared,
        "weights": instance.weights,
    }
    for name, value in unwanted.items():
        if value is not None:
            raise InstanceError(
                f"{instance.source}: {name}: belongs to training, not to interpolation: "
                f"take it out, or run certify"
            )
    return InterpolationProblem(
        instance.X,
        instance.y,
        skip=skip or instance.skip,
        bias=instance.bias,
        name=instance.name,
    )


def _staircase(solved: "Interpolation") -> "tuple[Staircase | None, str]":
    """Return the staircase, or why there is none."""
    try:
        return solved.staircase, ""
    except (UnboundedError, Undecided) as reason:
        return None, str(reason)


def answer(found: "Uniqueness", S: "Staircase | None") -> str:
    """Return the JSON object of the command, exact numbers as strings.

    ``m_star`` and what follows from widths is null where no staircase is defined.
    ``components`` and ``isolated`` count components and isolated points of Theta_m,
    permutations included; with ``lines`` (undetermined directions of the skip) components
    are products with a space and no point is isolated.
    """
    from polytope_nn.landscape.free_bias import is_attained, loose_flats

    I, problem = found.interpolation, found.interpolation.problem
    witness = found.witness
    fields: dict[str, object] = {
        "level": I.level,
        "n": problem.n,
        "d": problem.d,
        "bias": problem.bias,
        "skip": problem.skip,
        "cost": _exact(I.cost),
        "cost_float": float(I.cost),
        "attained": is_attained(I),
        "unique_network": found.unique_network,
        "unique_function": found.unique_function,
        "verdict": found.verdict,
        "reason": found.reason,
        "witness": None
        if witness is None
        else {
            "functions": [_function(f) for f in (witness.first, witness.second)],
            "x": [_exact(t) for t in witness.x],
            "values": [_exact(t) for t in witness.values],
        },
        "kappa": [_exact(t) for t in I.kappa],
        "n_atoms": len(I.atoms),
        "rank": I.rank,
        "dim": I.dim,
        "lines": len(I.lines),
        "flats": len(loose_flats(I)),
        "n_vertices": None if I.inner is not None else I.n_vertices,
        "atoms": [{"sign": a.sign, "g": [_exact(t) for t in a.g]} for a in I.atoms],
        "vertices": None
        if S is None
        else [
            {"c": [_exact(t) for t in c], "a": [_exact(t) for t in I.free_part(c)]}
            for c in I.vertices
        ],
        **_widths(S, lines=bool(I.lines)),
    }
    return json.dumps(fields, allow_nan=False)


def _widths(S: "Staircase | None", *, lines: bool) -> dict[str, object]:
    if S is None:
        names = ("m_star", "M_star", "threshold", "bound", "bound_talk", "spectrum")
        return dict.fromkeys((*names, "widths"))
    from polytope_nn.report.text import steps

    return {
        "m_star": S.m_star,
        "M_star": S.M_star,
        "threshold": S.threshold,
        "bound": S.bound,
        "bound_talk": S.bound_talk,
        "spectrum": {str(size): times for size, times in S.spectrum.items()},
        "widths": [
            {
                "m": step.width,
                "components": step.components,
                "isolated": 0 if lines else step.isolated,
                "polytope_components": step.polytope_components,
            }
            for step in steps(S)
        ],
    }


def _function(f: "Interpolant") -> dict[str, object]:
    """Return ``sum coefficient |w'x + b| + slope'x + offset`` as JSON."""
    return {
        "kinks": [
            {"w": [_exact(t) for t in w], "b": _exact(b), "coefficient": _exact(k)}
            for (*w, b), k in f.kinks
        ],
        "slope": [_exact(t) for t in f.slope],
        "offset": _exact(f.offset),
    }


def _exact(x: Scalar) -> object:
    """Return a number as JSON; what is not rational has its float beside it."""
    value = encode(x)
    if isinstance(x, Fraction) or not isinstance(value, dict):
        return value
    return value | {"value_float": float(x)}


def _page(found: "Uniqueness", S: "Staircase | None", why: str) -> str:
    from polytope_nn.landscape.free_bias import is_attained
    from polytope_nn.report.text import number, staircase_table

    I, problem = found.interpolation, found.interpolation.problem
    extras = f"bias {problem.bias}, skip {problem.skip}"
    lines = [
        f"{problem.name or 'instance'}: n = {problem.n}, d = {problem.d}, {extras}",
        f"least cost {number(I.cost)}, {len(I.atoms)} atoms of rank {I.rank}; level {I.level}",
        f"{found.verdict}: {found.reason}",
    ]
    if found.witness is not None:
        first, second = map(number, found.witness.values)
        x = ", ".join(map(str, found.witness.x))
        lines += [
            f"  f(x) = {found.witness.first!r}",
            f"  h(x) = {found.witness.second!r}",
            f"  f({x}) = {first}, h({x}) = {second}".replace("= ≈", "≈"),
        ]
    else:
        lines.append(f"  f(x) = {I.function(I.point(I.some))!r}")
    if not is_attained(I):
        lines.append(
            "no network reaches the least cost: a constant is needed, which is free only in "
            "the limit of a growing bias"
        )
    if S is None:
        return "\n".join([*lines, f"widths: {why}"])
    if I.lines:
        lines.append(
            f"every component is a product with a space of dimension {len(I.lines)}, so "
            f"what is called isolated is one such space"
        )
    return "\n".join([*lines, "", *staircase_table(S)])
