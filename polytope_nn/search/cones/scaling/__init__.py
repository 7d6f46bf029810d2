"""Multiples of a kappa that are proved feasible: by trees, at kinks, by quadratic forms."""
