"""``connect``, ``nearest`` and ``draw`` for several outputs (general §4)."""

import argparse
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING, cast

from polytope_nn.cli.options import limits_of, title
from polytope_nn.errors import InstanceError

if TYPE_CHECKING:
    from polytope_nn.landscape.optimal_set import OptimalPolytope
    from polytope_nn.problems.instance import Instance
    from polytope_nn.vector.network import VectorNetwork
    from polytope_nn.vector.polytope import OptimalSet
    from polytope_nn.vector.trained.closest import VectorClosest
    from polytope_nn.vector.trained.connection import VectorConnection

__all__ = ["connection_of", "nearest_of", "optimal_set_of", "picture_of", "with_both"]


def optimal_set_of(args: argparse.Namespace, instance: "Instance") -> "OptimalSet":
    """Return the optimal set of an instance with several outputs."""
    from polytope_nn.vector.finding import vector_optimum
    from polytope_nn.vector.polytope import OptimalSet
    from polytope_nn.vector.reading import vector_kappa, vector_problem

    problem, kappa = vector_problem(instance), vector_kappa(instance)
    return OptimalSet(vector_optimum(problem, kappa=kappa, limits=limits_of(args)))


def connection_of(args: argparse.Namespace, instance: "Instance") -> "VectorConnection":
    """Return the path between any two networks with several outputs."""
    from polytope_nn.vector.network import VectorNetwork
    from polytope_nn.vector.trained.connection import vector_connect

    P = optimal_set_of(args, instance)
    start, end = (
        VectorNetwork.load(file, P.optimum.problem) for file in (args.start, args.end)
    )
    return vector_connect(P, start, end, args.width)


def with_both(network: "VectorNetwork", found: "VectorConnection") -> "VectorNetwork":
    """Return a network with both free parts, 0 where it has none."""
    D = found.down.polytope.optimum.problem
    zeros = (Fraction(0),) * D.c
    skip = network.skip or (zeros,) * len(D.X[0])
    return replace(network, skip=skip, constant=network.constant or zeros)


def nearest_of(args: argparse.Namespace, instance: "Instance") -> "VectorClosest":
    """Return the optimal network nearest to one with several outputs."""
    from polytope_nn.vector.network import VectorNetwork
    from polytope_nn.vector.trained.closest import vector_nearest

    P = optimal_set_of(args, instance)
    network = VectorNetwork.load(args.network, P.optimum.problem)
    return vector_nearest(P, network, args.width)


def picture_of(args: argparse.Namespace, instance: "Instance") -> Callable[[str], bytes]:
    """Return what draws the optimal set: P as with one output, or the arcs of a continuum."""
    from polytope_nn.report.figures.pictures import OF_POLYTOPES

    what = args.what
    if what is not None and what != "arcs" and what not in OF_POLYTOPES:
        raise InstanceError(
            f"{instance.source}: --what {what}: is about one output, and y has several: write "
            f"{', '.join(OF_POLYTOPES)} or arcs"
        )
    P = optimal_set_of(args, instance)
    said = title(P.optimum.problem)
    if what == "arcs" or (what is None and P.optimum.continua):
        from polytope_nn.report.figures.arcs import arcs_figure

        if not P.optimum.continua:
            raise InstanceError(
                f"{instance.source}: --what arcs: there is no continuum: write polytope"
            )
        return partial(arcs_figure, P, said)
    # what the pictures ask of a polytope it has: vertices, supports, dimension, staircase
    polytope = cast("OptimalPolytope", cast("object", P))
    return partial(OF_POLYTOPES[what or "polytope"], polytope, said)
