"""Systems whose samples fall apart: what is rational in a part, and ties without weight.

Floors: idle > rational.
"""
