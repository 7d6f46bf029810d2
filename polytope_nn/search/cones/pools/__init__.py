"""Pools of directions: neurons among which the support of the dual optimum is found."""
