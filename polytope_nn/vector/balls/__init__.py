"""Several outputs in balls: the square system of an optimum, and what is decided about it.

Floors: enclosed > pieces, zeros > implied > system > parts; ``saturated`` has an exact N.
"""
