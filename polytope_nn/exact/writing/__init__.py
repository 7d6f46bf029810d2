"""Exact numbers as people write them: decimals of proved digits, and sympy's intervals."""
