"""Optima with symmetries: equal entries of kappa are one unknown, ties are identities (A4).

Floors: solving > automorphisms.
"""
