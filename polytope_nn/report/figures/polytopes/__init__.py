"""Polytopes as they are drawn: bodies of floats, shadows of them, graphs, lattices."""
