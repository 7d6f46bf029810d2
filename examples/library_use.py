"""The library in one page: from data to the staircase, and a proof to give away.

Run: ``python examples/library_use.py``
"""

import polytope_nn as pn


def main() -> None:
    """Go through the stages, one frozen value after the other."""
    octahedron = [
        [1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0], [0, 0, 1], [0, 0, -1],
    ]  # fmt: skip
    D = pn.TrainingProblem(octahedron, [5] * 6, beta_squared=3, name="octahedron")

    H = pn.arrangement(D.design)
    print(f"{len(H)} activation patterns, the first is {H.patterns[0]}")

    O = pn.optimum(D)  # finds kappa and proves it
    print(f"objective {O.value}, kappa = {tuple(map(str, O.kappa))}, {len(O.atoms)} atoms")

    P = pn.optimal_polytope(O)
    print(P)
    print("a vertex:", tuple(map(str, P.vertices[0])))

    L = pn.face_lattice(P)
    print("f-vector:", L.f_vector)

    S = pn.staircase(P)
    for step in S:
        print(
            f"width {step.width}: {step.components} components of optimal networks, "
            f"{step.isolated} of them isolated points"
        )
    print(f"connected for good from width {S.threshold}; the bound says {S.bound}")

    C = pn.certify(P)
    pn.check(C)  # the standalone checker: returns, or raises Refuted
    print(f"certificate: {len(C.to_json())} bytes, accepted")


if __name__ == "__main__":
    main()
