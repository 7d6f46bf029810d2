"""Units that are not ReLU neurons of l2 weights, and the group LASSO.

Floors: lasso_file > lasso, doubled (both know the training problem, which knows given) >
given > activations; thresholds and gauges list patterns and rays.
"""
