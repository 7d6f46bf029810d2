"""What networks cost, what a dual point bounds, and how a loss rises on a line."""
