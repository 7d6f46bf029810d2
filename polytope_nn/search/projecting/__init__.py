"""Projections on cones in floats, many at once: what the cones are (facets), and the search."""
