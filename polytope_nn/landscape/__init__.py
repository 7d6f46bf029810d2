"""All that is as good: the optimal polytope, and its staircase of connectivity."""
