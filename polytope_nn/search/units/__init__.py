"""Optima of units with a list of features: an exact LASSO, and what is listed.

Floors: lasso > columns.
"""
