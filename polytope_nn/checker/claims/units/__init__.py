"""Neurons that are listed, not found in topes: gates, and patterns of thresholds."""
