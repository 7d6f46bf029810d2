"""Exact polyhedral geometry of the optimal sets of two-layer ReLU networks.

The public names are loaded when they are first asked for, so ``import polytope_nn`` costs
nothing. A noun is a value; the same noun in lower case is the function that makes it:

>>> import polytope_nn as pn
>>> D = pn.TrainingProblem([[1, -1, 0], [0, 1, -1]], [2, 2], beta_squared=2)
>>> pn.staircase(pn.optimal_polytope(pn.optimum(D)))
Staircase(m*=1, M*=2, threshold=3, bound=3, vertices=2)
"""

from importlib import import_module
from typing import TYPE_CHECKING

__version__ = "0.1.0"

if TYPE_CHECKING:
    from .certificate.certify import certify
    from .certificate.check import Refuted, check
    from .certificate.format import Certificate
    from .errors import (
        DimensionError,
        EmptyPolyhedronError,
        InexactError,
        InstanceError,
        NotInterpolable,
        NotOptimal,
        PolytopeError,
        UnboundedError,
        Undecided,
    )
    from .geometry.arrangement import Arrangement, arrangement
    from .geometry.faces import FaceLattice, face_lattice
    from .geometry.polyhedron import Polyhedron
    from .landscape.components import component, components, orbit
    from .landscape.descent import Descent, descent
    from .landscape.exchange import read_network
    from .landscape.free_part import free_part_optimum
    from .landscape.gap import Gap, gap
    from .landscape.instance import Instance, read_instance
    from .landscape.interpolant import Interpolant
    from .landscape.interpolation import InterpolationProblem
    from .landscape.interpolation_path import interpolant_path
    from .landscape.interpolation_proof import interpolation
    from .landscape.limits import Limits
    from .landscape.membership import Membership, is_optimal
    from .landscape.minimum_norm import Interpolation
    from .landscape.nearest import nearest_support
    from .landscape.network import Network
    from .landscape.optimum import Optimum, optimum
    from .landscape.path import Path, Separation, joining_width, path
    from .landscape.polytope import OptimalPolytope, optimal_polytope
    from .landscape.problem import TrainingProblem
    from .landscape.staircase import Staircase, Step, staircase
    from .landscape.stationary import Stationarity, is_stationary
    from .landscape.uniqueness import Uniqueness, uniqueness
    from .landscape.zero_loss import zero_loss_path
    from .theorems import Verdict, verdict, verdicts

_HOMES = {
    "landscape.interpolant": "Interpolant",
    "landscape.interpolation_path": "interpolant_path",
    "landscape.zero_loss": "zero_loss_path",
    "landscape.nearest": "nearest_support",
    "landscape.free_part": "free_part_optimum",
    "certificate.certify": "certify",
    "certificate.check": "Refuted check",
    "certificate.format": "Certificate",
    "errors": "DimensionError EmptyPolyhedronError InexactError InstanceError "
    "NotInterpolable NotOptimal PolytopeError UnboundedError Undecided",
    "geometry.arrangement": "Arrangement arrangement",
    "geometry.faces": "FaceLattice face_lattice",
    "geometry.polyhedron": "Polyhedron",
    "landscape.components": "component components orbit",
    "landscape.descent": "Descent descent",
    "landscape.exchange": "read_network",
    "landscape.gap": "Gap gap",
    "landscape.instance": "Instance read_instance",
    "landscape.interpolation": "InterpolationProblem",
    "landscape.interpolation_proof": "interpolation",
    "landscape.limits": "Limits",
    "landscape.membership": "Membership is_optimal",
    "landscape.minimum_norm": "Interpolation",
    "landscape.network": "Network",
    "landscape.optimum": "Optimum optimum",
    "landscape.path": "Path Separation joining_width path",
    "landscape.polytope": "OptimalPolytope optimal_polytope",
    "landscape.problem": "TrainingProblem",
    "landscape.staircase": "Staircase Step staircase",
    "landscape.stationary": "Stationarity is_stationary",
    "landscape.uniqueness": "Uniqueness uniqueness",
    "theorems": "Verdict verdict verdicts",
}
_HOME = {name: home for home, names in _HOMES.items() for name in names.split()}

__all__ = [
    "Arrangement",
    "Certificate",
    "Descent",
    "DimensionError",
    "EmptyPolyhedronError",
    "FaceLattice",
    "Gap",
    "InexactError",
    "Instance",
    "InstanceError",
    "Interpolant",
    "Interpolation",
    "InterpolationProblem",
    "Limits",
    "Membership",
    "Network",
    "NotInterpolable",
    "NotOptimal",
    "OptimalPolytope",
    "Optimum",
    "Path",
    "Polyhedron",
    "PolytopeError",
    "Refuted",
    "Separation",
    "Staircase",
    "Stationarity",
    "Step",
    "TrainingProblem",
    "UnboundedError",
    "Undecided",
    "Uniqueness",
    "Verdict",
    "__version__",
    "arrangement",
    "certify",
    "check",
    "component",
    "components",
    "descent",
    "face_lattice",
    "free_part_optimum",
    "gap",
    "interpolant_path",
    "interpolation",
    "is_optimal",
    "is_stationary",
    "joining_width",
    "nearest_support",
    "optimal_polytope",
    "optimum",
    "orbit",
    "path",
    "read_instance",
    "read_network",
    "staircase",
    "uniqueness",
    "verdict",
    "verdicts",
    "zero_loss_path",
]


def __getattr__(name: str) -> object:
    """Load a public name on its first use (PEP 562)."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """Return the public names, loaded or not."""
    return sorted({*globals(), *__all__})


def _register_strategies() -> None:
    """Tell hypothesis how to draw a problem (its entry point; loads nothing heavy)."""
    from hypothesis import strategies as st

    from .landscape.problem import TrainingProblem

    def drawn(_: type[TrainingProblem]) -> st.SearchStrategy[TrainingProblem]:
        from .strategies import problems

        return problems()

    st.register_type_strategy(TrainingProblem, drawn)
