"""Gates, blocks and patterns in intervals: a basis of those that are tied, and the others."""
