"""How N is found: columns in floats, the kernels they show, a square system, its proof in balls.

Floors: enclosed > structure > system, generation; ``sizes`` knows only units.
"""
