"""``certify`` and ``gap`` for several outputs: a polytope or a continuum (general §4)."""

import argparse
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING

from polytope_nn.cli.inputs import fits_the_rest
from polytope_nn.cli.options import limits_of, title
from polytope_nn.cli.routes import routes_lines, routes_of
from polytope_nn.errors import InstanceError, Undecided

from .answer import Answer, refuse

if TYPE_CHECKING:
    from polytope_nn.problems.instance import Instance
    from polytope_nn.vector.descent import VectorDescent
    from polytope_nn.vector.gap import VectorGap
    from polytope_nn.vector.paths import VectorPath, VectorSeparation
    from polytope_nn.vector.polytope import OptimalSet

__all__ = ["certify", "descent_of", "gap_of", "path_of"]


def certify(args: argparse.Namespace, instance: "Instance") -> Answer:
    """Return the answer about an instance with several outputs."""
    from polytope_nn.certificate.exact import verdicts
    from polytope_nn.report.vector import vector_fields, vector_page
    from polytope_nn.vector.finding import vector_optimum
    from polytope_nn.vector.polytope import OptimalSet
    from polytope_nn.vector.reading import vector_kappa, vector_problem

    why = "is about one output, and y has several"
    refuse(args, instance.source, why, "--theorems")
    problem = vector_problem(instance)
    O = vector_optimum(problem, kappa=vector_kappa(instance), limits=limits_of(args))
    P = OptimalSet(O)
    S = P.staircase if P.is_listed else None
    named = {} if S is None else verdicts(S, one_fit=O.is_pinned or P.fit_is_unique is True)
    H = problem.arrangement
    routes = routes_of(args, [H], S, len(H))
    checked = {"cross_checked": list(routes.agreed)}
    figure = "the staircase of connectivity"
    if S is None:
        figure = "what two neurons sweep along the continuum"
    certificate, kept = _certified(P, args)
    return Answer(
        lambda: f"{vector_page(P, named)}\n{kept}\n{routes_lines(routes)}",
        lambda: vector_fields(P, named) | checked,
        ((figure, partial(_drawn, P)),) if O.continua or P.is_listed else (),
        certificate,
        kept,
    )


def _certified(P: "OptimalSet", args: argparse.Namespace) -> tuple[str, str]:
    """Return the text of the certificate, "" when there is none, and what is said of it.

    One that is to be written and cannot be made is Undecided.
    """
    from polytope_nn.vector.certificate.claims import vector_certificate

    rational = all(isinstance(t, Fraction) for row in P.optimum.N for t in row)
    if not (rational or args.output or args.report):
        return "", "-o FILE.json writes a certificate, or says why there is none"
    try:
        text = vector_certificate(P).to_json() + "\n"
    except Undecided as reason:
        if args.output:
            raise
        return "", f"no certificate: {reason}"
    return text, f"certificate of {len(text)} bytes, accepted by the checker"


def _drawn(P: "OptimalSet", form: str) -> bytes:
    """Return the staircase, or the arcs of a continuum."""
    said = title(P.optimum.problem)
    if P.optimum.continua:
        from polytope_nn.report.figures.arcs import arcs_figure

        return arcs_figure(P, said, form)
    from polytope_nn.report.figures.figure import staircase_figure

    return staircase_figure(P.staircase, said, form)


def gap_of(args: argparse.Namespace, instance: "Instance") -> "VectorGap":
    """Return the gap of a network with several outputs."""
    from polytope_nn.vector.finding import vector_optimum
    from polytope_nn.vector.gap import vector_gap, vector_residual_gap
    from polytope_nn.vector.network import VectorNetwork
    from polytope_nn.vector.reading import vector_kappa, vector_problem

    if args.support:
        raise InstanceError(
            f"{instance.source}: --support: is about one output, and y has several: leave it out"
        )
    problem = vector_problem(instance)
    network = VectorNetwork.load(args.network, problem)
    given = network.skip is not None or network.constant is not None
    if not (given or network.is_enclosed or fits_the_rest(args.network)):
        none = ((Fraction(0),) * len(problem.Y[0]),) * len(problem.free)
        network = network.beside(problem, none)
    if args.quick:
        return vector_residual_gap(problem, network)
    kappa = vector_kappa(instance)
    if kappa is not None:
        return vector_gap(vector_optimum(problem, kappa=kappa), network)
    return vector_gap(problem, network, limits=limits_of(args))


def path_of(
    args: argparse.Namespace, instance: "Instance"
) -> "VectorPath | VectorSeparation":
    """Return the path between two networks with several outputs, or what separates them."""
    from polytope_nn.vector.finding import vector_optimum
    from polytope_nn.vector.network import VectorNetwork
    from polytope_nn.vector.paths import vector_joining_width, vector_path
    from polytope_nn.vector.polytope import OptimalSet
    from polytope_nn.vector.reading import vector_kappa, vector_problem

    if args.interpolation:
        raise InstanceError(
            f"{instance.source}: --interpolation: is about one output, and y has several: "
            f"leave it out"
        )
    problem = vector_problem(instance)
    start, end = (VectorNetwork.load(file, problem) for file in (args.start, args.end))
    O = vector_optimum(problem, kappa=vector_kappa(instance), limits=limits_of(args))
    P = OptimalSet(O)
    m = args.width if args.width is not None else vector_joining_width(P, start, end)
    return vector_path(P, start, end, m)


def descent_of(args: argparse.Namespace, instance: "Instance") -> "VectorDescent":
    """Return a descent of a network with several outputs."""
    from polytope_nn.vector.descent import vector_descent
    from polytope_nn.vector.finding import vector_optimum
    from polytope_nn.vector.network import VectorNetwork
    from polytope_nn.vector.polytope import OptimalSet
    from polytope_nn.vector.reading import vector_kappa, vector_problem

    problem = vector_problem(instance)
    start = VectorNetwork.load(args.start, problem)
    end = None if args.end is None else VectorNetwork.load(args.end, problem)
    P = OptimalSet(vector_optimum(problem, kappa=vector_kappa(instance)))
    return vector_descent(P, start, end, args.width)
