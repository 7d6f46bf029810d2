"""Pieces of optimal branches: what is asked of the masses of atoms, and the vertices of it."""
