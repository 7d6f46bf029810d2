"""Other losses than the squared one, by cones: a pool priced, made precise, read as pieces."""
