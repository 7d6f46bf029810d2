"""Optima whose ties are identities: of symmetric samples, or of all kappa on a subspace (A4).

Floors: finding > symmetric, subspace > proving > alike > fits; symmetric > automorphisms;
subspace > shares > near > fits.
"""
