"""Polyhedra and arrangements; this room knows nothing of networks."""
