"""Programs in floats, solved for hints: cones, a barrier, nonnegative least squares."""
