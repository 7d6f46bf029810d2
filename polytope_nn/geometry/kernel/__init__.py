"""The loops that geometry spends its time in, over the integers: in C where it was built.

``insertion`` requires the coordinates of a cone one by one, on rays of any scalars;
``rational`` does it for integers, by ``_compiled`` (C, 64 bits, every overflow noticed) where
a compiler was found when the package was built, by ``insertion`` where not, or where 64 bits
are too few; vectors of fractions are made by ``_fractions`` or in Python. ``closure`` lists
the faces of a polytope, by ``_closure`` or by Python's integers. The answers are the same,
and sorted alike.
"""
