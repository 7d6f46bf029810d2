"""Hypothesis strategies: planted problems, their networks, polyhedra.

Random data has no ties, and its dual optimum is no rational number; everything worth testing
happens where several faces are tight at once. So problems are planted with their optimum, ties
built in, and networks are drawn with them: optimal at some width, nearly optimal, arbitrary.

``st.from_type`` of TrainingProblem, InterpolationProblem, Network, Polyhedron, Optimum,
OptimalPolytope and Staircase draws from these: the package registers them.
"""

from .losses import PlantedLoss, planted_losses
from .networks import DrawnNetwork, drawn_networks, networks
from .outputs import PlantedOutputs, planted_outputs
from .planted import (
    Planted,
    PlantedInterpolation,
    interpolations,
    optima,
    optimal_polytopes,
    planted,
    planted_interpolations,
    points,
    staircases,
)
from .polyhedra import polyhedra
from .sign_networks import sign_networks
from .units import planted_units, problems

__all__ = [
    "DrawnNetwork",
    "Planted",
    "PlantedInterpolation",
    "PlantedLoss",
    "PlantedOutputs",
    "drawn_networks",
    "interpolations",
    "networks",
    "optima",
    "optimal_polytopes",
    "planted",
    "planted_interpolations",
    "planted_losses",
    "planted_outputs",
    "planted_units",
    "points",
    "polyhedra",
    "problems",
    "sign_networks",
    "staircases",
]
