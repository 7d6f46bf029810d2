"""Exact polyhedral geometry of the optimal sets of two-layer ReLU networks."""

__version__ = "0.1.0"
