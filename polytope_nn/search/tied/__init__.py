"""Optima whose ties are identities: of symmetric samples, or of all kappa on a subspace (A4).

Floors: finding > symmetric, subspace > proving; symmetric > automorphisms, fits;
subspace > shares > near > fits.
"""
