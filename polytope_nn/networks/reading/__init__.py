"""Networks as files and other tools have them: JSON, archives, tensors by name.

Floors: stored (one door) > formats > files, layers > weights; all of them make neurons.
"""
