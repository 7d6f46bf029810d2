"""Landscapes with a loop, and with torsion: the optimal networks of prescribed problems.

A complex of vertices, edges, triangles is the set of optimal networks of some training problem,
up to the order and the splitting of neurons (proofs/T18.md). Here a circle, and the projective
plane, in which a loop bounds only when it is run through twice.

Run: ``python examples/holes_of_networks.py``
"""

import polytope_nn as pn
from polytope_nn.problems.sign_families import projective_plane, simplicial


def main() -> None:
    """Print bars and holes of both."""
    circle = simplicial([(0, 1), (1, 2), (0, 2)])
    for networks, width in ((circle, 7), (projective_plane(), 18)):
        H = pn.holes(networks)  # from the vertices' supports: the problem is not solved
        D = networks.problem
        print(
            f"{networks.name}: n = {D.n}, beta^2 = {D.beta_squared}, {len(H.faces)} faces"
        )
        print(f"  bars {dict(H.bars)}")
        torsion = "".join(f", Z/{t}" for t in H.torsion(width) or ())
        print(f"  P_{width}: Betti numbers {H.betti(width)}{torsion}")
        print(f"  Theta_{width}: Betti numbers {H.network_betti(width)}")


if __name__ == "__main__":
    main()
