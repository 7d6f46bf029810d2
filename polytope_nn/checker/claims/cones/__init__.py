"""Dual feasibility by trees of cones, without patterns: a form, what bounds it, the walk."""
