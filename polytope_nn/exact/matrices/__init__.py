"""Decisions about matrices: eigenvalues, eigenspaces, definiteness; entries that are functions."""
