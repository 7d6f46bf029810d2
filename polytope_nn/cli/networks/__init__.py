"""Commands about networks: read, converted, measured, joined. `path` holds what they share."""
