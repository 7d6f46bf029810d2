"""Networks joined by lines: inside the optimal set, and down to it."""
