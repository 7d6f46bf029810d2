"""Pictures of paths between any two networks, over a global optimum."""
