"""What floating point guesses and :mod:`~polytope_nn.dual` proves: the dual optimum."""
