"""How N is found in floats: columns, the kernels they show, and where a proof may begin.

Floors: structure > generation > master; ``sizes`` knows only units. The system and its proof are
in :mod:`~polytope_nn.vector.balls`.
"""
