"""Which entries of S a certificate gives: those that several outputs leave free, and proofs of it."""
