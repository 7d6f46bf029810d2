"""What is known of an optimal polytope whose vertices are too many to be listed.

An estimate of their number with its basis, some of them, and what these prove: the atoms in
use, m* at most and M* at least, connected for good from r_P + 1 on.

Floors: some (vertices, proved) > slices > estimate > float_slice (guesses); branches list the
vertices of a slice in parts, on any executor.
"""
