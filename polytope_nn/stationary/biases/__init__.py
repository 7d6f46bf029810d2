"""Stationary networks of a free bias: their blocks, and where the biases may be (THEORY T19)."""
