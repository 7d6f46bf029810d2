"""Polynomial equations of theta, and of kappa where depth helps: their units and zeros."""
