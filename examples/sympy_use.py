"""With sympy: X and beta from sympy, the polytope back as matrices and as LaTeX.

Run: ``python examples/sympy_use.py``
"""

import sympy

import polytope_nn as pn
from polytope_nn.report.latex import latex_polytope


def main() -> None:
    """Build a problem from a sympy Matrix and take the answer back."""
    X = sympy.Matrix([[1, -1, 0], [0, 1, -1], [-1, 0, 1]])
    y = sympy.Matrix([5, 5, 5])
    D = pn.TrainingProblem(X, y, beta=sympy.sqrt(2))  # only beta**2 must be rational
    P = pn.optimal_polytope(pn.optimum(D))

    F = sympy.Matrix(P.A)  # the features, one column an atom
    fit = sympy.Matrix(P.b)
    vertices = [sympy.Matrix(v) for v in P.vertices]
    sympy.pprint(F, use_unicode=True)
    print("every vertex fits:", all(F * v == fit for v in vertices))
    print("rank", F.rank(), "and the kernel has dimension", len(F.nullspace()))

    beta = sympy.sqrt(2)
    neurons = [  # the first vertex as a network, radicals exact: w = sqrt(c/beta) g
        (sympy.sqrt(c / beta) * sympy.Matrix(a.g), a.sign * sympy.sqrt(c * beta))
        for c, a in zip(vertices[0], P.atoms, strict=True)
        if c
    ]
    for w, alpha in neurons:
        print("w =", list(map(sympy.simplify, w)), " alpha =", sympy.simplify(alpha))

    print(latex_polytope(P))


if __name__ == "__main__":
    main()
