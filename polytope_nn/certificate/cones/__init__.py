"""Certificates of a kappa that trees of cones, or of signs, prove feasible without patterns."""
