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
    from .landscape.instance import Instance, read_instance
    from .landscape.network import Network
    from .landscape.optimum import Optimum, optimum
    from .landscape.polytope import OptimalPolytope, optimal_polytope
    from .landscape.problem import TrainingProblem
    from .landscape.staircase import Staircase, Step, staircase

_HOMES = {
    "certificate.certify": "certify",
    "certificate.check": "Refuted check",
    "certificate.format": "Certificate",
    "errors": "DimensionError EmptyPolyhedronError InexactError InstanceError "
    "NotInterpolable NotOptimal PolytopeError UnboundedError Undecided",
    "geometry.arrangement": "Arrangement arrangement",
    "geometry.faces": "FaceLattice face_lattice",
    "geometry.polyhedron": "Polyhedron",
    "landscape.instance": "Instance read_instance",
    "landscape.network": "Network",
    "landscape.optimum": "Optimum optimum",
    "landscape.polytope": "OptimalPolytope optimal_polytope",
    "landscape.problem": "TrainingProblem",
    "landscape.staircase": "Staircase Step staircase",
}
_HOME = {name: home for home, names in _HOMES.items() for name in names.split()}

__all__ = [
    "Arrangement",
    "Certificate",
    "DimensionError",
    "EmptyPolyhedronError",
    "FaceLattice",
    "InexactError",
    "Instance",
    "InstanceError",
    "Network",
    "NotInterpolable",
    "NotOptimal",
    "OptimalPolytope",
    "Optimum",
    "Polyhedron",
    "PolytopeError",
    "Refuted",
    "Staircase",
    "Step",
    "TrainingProblem",
    "UnboundedError",
    "Undecided",
    "__version__",
    "arrangement",
    "certify",
    "check",
    "face_lattice",
    "optimal_polytope",
    "optimum",
    "read_instance",
    "staircase",
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
