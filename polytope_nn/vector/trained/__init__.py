"""Trained networks with several outputs: two of them joined, the optimal one nearest to one."""
