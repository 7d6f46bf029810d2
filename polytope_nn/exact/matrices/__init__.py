"""Decisions about matrices: eigenvalues, eigenspaces, definiteness."""
