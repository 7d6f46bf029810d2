"""Claims at level *interval*: every decision is strict, or exact."""
