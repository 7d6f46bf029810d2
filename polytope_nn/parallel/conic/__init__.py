"""Conic programs in floats: what they say of leaves, and of kappa where depth helps."""
