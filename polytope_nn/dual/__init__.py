"""Why nothing is better: atoms, dual feasibility, the square system, proofs in balls."""
