"""Losses of several outputs: sums over the n c entries of a fit, and softmax (general §§1-4).

Floors: minimum > entries, given, softmax stand below the problem; uniqueness stands above the
optimum.
"""
