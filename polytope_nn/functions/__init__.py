"""Networks as functions on R^d: compared, attained, unique or not."""
