"""What floating point guesses and :mod:`~polytope_nn.dual` proves: the dual optimum.

Terminology
-----------
hint
    A float solution of the conic program over some cones.
pressing
    A tope and sign where a float kappa is as large as beta, or nearly.
candidate
    Faces taken as tied, a regular system for a basis of them, its solution to many bits.

Floors: finding (the one door: ``optimum``) > enclosing, field_guess, interior, sizes >
search > programs, pairs > candidate, pressing > floats.
"""
