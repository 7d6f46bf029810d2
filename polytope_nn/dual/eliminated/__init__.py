"""Systems of optimality without most of their unknowns: kappa, or what is known of it."""
