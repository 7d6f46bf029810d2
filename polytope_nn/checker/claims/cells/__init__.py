"""Polyhedral norms: tight cells of rays, the optimal set over the rays, and the slot complex."""
