"""Dual feasibility by trees of signs: where atoms are the sign vectors of a subspace."""
