"""Polyhedra of one's own, over the rationals or a real number field.

From the ground: ``forms`` (values, the gate) and ``cone`` (double description with
incidences: both conversions); ``normal_form`` on it, ``programs`` (linear programs with
proofs), then what is derived: ``redundancy``, ``incidence``, ``volume``, ``lattice``,
``operations``, ``convex_set``. Texts of others: ``cdd_text``, ``normaliz``, ``polymake``,
``graphs``. :class:`~polytope_nn.geometry.polyhedra.polyhedron.Polyhedron` is the door;
``documents`` reads any of the texts.
"""
