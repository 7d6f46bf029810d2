"""Exact polyhedral geometry of the optimal sets of two-layer ReLU networks.

The public names are loaded when they are first asked for, so ``import polytope_nn`` costs
nothing. A noun is a value; the same noun in lower case is the function that makes it:

>>> import polytope_nn as pn
>>> D = pn.TrainingProblem([[1, -1, 0], [0, 1, -1]], [2, 2], beta_squared=2)
>>> pn.staircase(pn.optimal_polytope(pn.optimum(D)))
Staircase(m*=1, M*=2, threshold=3, bound=3, vertices=2)
"""

from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any

from .shown import show_with

__version__ = "0.1.0"

show_with(
    plots=partial(import_module, f"{__name__}.report.figures.plots"),
    notebook=partial(import_module, f"{__name__}.report.notebook.display"),
)

if TYPE_CHECKING:
    from .certificate.certify import certify
    from .certificate.check import Refuted, check
    from .certificate.format import Certificate
    from .dual.optimum import Optimum
    from .errors import (
        DimensionError,
        EmptyPolyhedronError,
        InexactError,
        InstanceError,
        MissingEngineError,
        NotAttained,
        NotInterpolable,
        NotOptimal,
        PolytopeError,
        RoutesDisagreeError,
        UnboundedError,
        Undecided,
    )
    from .functions.piecewise_linear import Interpolant
    from .functions.uniqueness import Uniqueness, uniqueness
    from .geometry.affine import AffineArrangement, affine_arrangement, at_infinity
    from .geometry.arrangement import Arrangement, arrangement
    from .geometry.faces import FaceLattice, face_lattice
    from .geometry.polyhedra.polyhedron import Polyhedron
    from .homotopy.beta_path import BetaInterval, BetaPath, beta_path
    from .landscape.optimal_set import (
        OptimalPolytope,
        free_part_optimum,
        interpolation,
        optimal_polytope,
    )
    from .landscape.optimal_set import OptimalPolytope as Interpolation
    from .landscape.slot_complex import SlotComplex, slot_complex
    from .landscape.staircase import Staircase, Step, staircase
    from .landscape.topology.holes import Holes, holes
    from .limits import Limits
    from .networks.closest import Closest, nearest
    from .networks.components import component, components, orbit
    from .networks.distance import gap
    from .networks.gap import Gap
    from .networks.membership import Membership, is_optimal
    from .networks.nearest import nearest_support
    from .networks.network import Network, read_network
    from .networks.rest import Stationarity
    from .networks.stationary import is_stationary
    from .parallel.counts.widths import TwoWidths, two_widths
    from .parallel.finding import parallel_optimum
    from .parallel.networks.network import ParallelNetwork
    from .parallel.networks.roads import ParallelPath, parallel_path
    from .parallel.optimum import ParallelOptimum
    from .parallel.problem import ParallelProblem
    from .paths.connection import Connection, connect
    from .paths.descent import Descent, descent
    from .paths.path import Path, Separation, interpolant_path, joining_width, path
    from .paths.zero_loss import zero_loss_path
    from .problems.instance import Instance, read_instance
    from .problems.interpolation import InterpolationProblem
    from .problems.losses.own import GraphLoss, polyline
    from .problems.training import TrainingProblem
    from .problems.units.atomic import AtomicProblem, FanUnit
    from .problems.units.lasso import GroupLasso
    from .report.notebook.typeset import latex
    from .search.finding import optimum
    from .stationary.points import StationaryPoint, StationaryPoints, stationary_points
    from .theorems import Verdict, verdict, verdicts
    from .vector.certificate.claims import vector_certificate
    from .vector.descent import vector_descent
    from .vector.finding import vector_optimum
    from .vector.gap import vector_gap
    from .vector.network import VectorNetwork
    from .vector.paths import vector_joining_width, vector_path
    from .vector.polytope import vector_optimal_set
    from .vector.problem import VectorProblem
    from .vector.trained.closest import vector_nearest
    from .vector.trained.connection import vector_connect

_HOMES = {
    "functions.piecewise_linear": "Interpolant",
    "paths.zero_loss": "zero_loss_path",
    "networks.nearest": "nearest_support",
    "networks.closest": "Closest nearest",
    "certificate.certify": "certify",
    "certificate.check": "Refuted check",
    "certificate.format": "Certificate",
    "errors": "DimensionError EmptyPolyhedronError InexactError InstanceError "
    "MissingEngineError NotAttained NotInterpolable NotOptimal PolytopeError "
    "RoutesDisagreeError UnboundedError Undecided",
    "geometry.affine": "AffineArrangement affine_arrangement at_infinity",
    "geometry.arrangement": "Arrangement arrangement",
    "geometry.faces": "FaceLattice face_lattice",
    "geometry.polyhedra.polyhedron": "Polyhedron",
    "homotopy.beta_path": "BetaInterval BetaPath beta_path",
    "networks.components": "component components orbit",
    "paths.descent": "Descent descent",
    "paths.connection": "Connection connect",
    "networks.distance": "gap",
    "networks.gap": "Gap",
    "problems.instance": "Instance read_instance",
    "problems.interpolation": "InterpolationProblem",
    "limits": "Limits",
    "networks.membership": "Membership is_optimal",
    "landscape.optimal_set": "OptimalPolytope free_part_optimum interpolation "
    "optimal_polytope",
    "networks.network": "Network read_network",
    "dual.optimum": "Optimum",
    "search.finding": "optimum",
    "parallel.finding": "parallel_optimum",
    "parallel.networks.network": "ParallelNetwork",
    "parallel.optimum": "ParallelOptimum",
    "parallel.problem": "ParallelProblem",
    "parallel.networks.roads": "ParallelPath parallel_path",
    "parallel.counts.widths": "TwoWidths two_widths",
    "stationary.points": "StationaryPoint StationaryPoints stationary_points",
    "paths.path": "Path Separation interpolant_path joining_width path",
    "problems.training": "TrainingProblem",
    "landscape.staircase": "Staircase Step staircase",
    "landscape.slot_complex": "SlotComplex slot_complex",
    "problems.units.lasso": "GroupLasso",
    "problems.units.atomic": "AtomicProblem FanUnit",
    "problems.losses.own": "GraphLoss polyline",
    "landscape.topology.holes": "Holes holes",
    "networks.rest": "Stationarity",
    "networks.stationary": "is_stationary",
    "report.notebook.typeset": "latex",
    "functions.uniqueness": "Uniqueness uniqueness",
    "theorems": "Verdict verdict verdicts",
    "vector.certificate.claims": "vector_certificate",
    "vector.descent": "vector_descent",
    "vector.finding": "vector_optimum",
    "vector.paths": "vector_joining_width vector_path",
    "vector.gap": "vector_gap",
    "vector.network": "VectorNetwork",
    "vector.polytope": "vector_optimal_set",
    "vector.problem": "VectorProblem",
    "vector.trained.closest": "vector_nearest",
    "vector.trained.connection": "vector_connect",
}
_OTHER = {"Interpolation": "OptimalPolytope"}  # other names of the same
_HOME = {name: home for home, names in _HOMES.items() for name in names.split()}

__all__ = [
    "AffineArrangement",
    "Arrangement",
    "AtomicProblem",
    "BetaInterval",
    "BetaPath",
    "Certificate",
    "Closest",
    "Connection",
    "Descent",
    "DimensionError",
    "EmptyPolyhedronError",
    "FaceLattice",
    "FanUnit",
    "Gap",
    "GraphLoss",
    "GroupLasso",
    "Holes",
    "InexactError",
    "Instance",
    "InstanceError",
    "Interpolant",
    "Interpolation",
    "InterpolationProblem",
    "Limits",
    "Membership",
    "MissingEngineError",
    "Network",
    "NotAttained",
    "NotInterpolable",
    "NotOptimal",
    "OptimalPolytope",
    "Optimum",
    "ParallelNetwork",
    "ParallelOptimum",
    "ParallelPath",
    "ParallelProblem",
    "Path",
    "Polyhedron",
    "PolytopeError",
    "Refuted",
    "RoutesDisagreeError",
    "Separation",
    "SlotComplex",
    "Staircase",
    "Stationarity",
    "StationaryPoint",
    "StationaryPoints",
    "Step",
    "TrainingProblem",
    "TwoWidths",
    "UnboundedError",
    "Undecided",
    "Uniqueness",
    "VectorNetwork",
    "VectorProblem",
    "Verdict",
    "__version__",
    "affine_arrangement",
    "arrangement",
    "at_infinity",
    "beta_path",
    "certify",
    "check",
    "component",
    "components",
    "connect",
    "descent",
    "face_lattice",
    "free_part_optimum",
    "gap",
    "holes",
    "interpolant_path",
    "interpolation",
    "is_optimal",
    "is_stationary",
    "joining_width",
    "latex",
    "nearest",
    "nearest_support",
    "optimal_polytope",
    "optimum",
    "orbit",
    "parallel_optimum",
    "parallel_path",
    "path",
    "polyline",
    "read_instance",
    "read_network",
    "slot_complex",
    "staircase",
    "stationary_points",
    "two_widths",
    "uniqueness",
    "vector_certificate",
    "vector_connect",
    "vector_descent",
    "vector_gap",
    "vector_joining_width",
    "vector_nearest",
    "vector_optimal_set",
    "vector_optimum",
    "vector_path",
    "verdict",
    "verdicts",
    "zero_loss_path",
]


def __getattr__(name: str) -> object:
    """Load a public name on its first use (PEP 562)."""
    if name in _OTHER:
        return __getattr__(_OTHER[name])
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """Return the public names, loaded or not."""
    return sorted({*globals(), *__all__})


def _register_strategies() -> None:
    """Tell hypothesis how to draw our types (its entry point; draws nothing, loads little)."""
    from hypothesis import strategies as st

    from .dual.optimum import Optimum
    from .geometry.polyhedra.polyhedron import Polyhedron
    from .landscape.merge_tree import Staircase
    from .landscape.polytope import OptimalPolytope
    from .networks.network import Network
    from .problems.interpolation import InterpolationProblem
    from .problems.training import TrainingProblem

    types = {
        TrainingProblem: "problems",
        InterpolationProblem: "interpolations",
        Network: "networks",
        Polyhedron: "polyhedra",
        Optimum: "optima",
        OptimalPolytope: "optimal_polytopes",
        Staircase: "staircases",
    }
    for kind, name in types.items():
        st.register_type_strategy(kind, partial(_drawn, name))


def _drawn(name: str, _: object) -> Any:  # noqa: ANN401 - hypothesis is not imported
    """Return a strategy of the package by its name."""
    return getattr(import_module(f"{__name__}.strategies"), name)()
