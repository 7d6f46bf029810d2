"""An exact N whose fits are no numbers of its field: masses in balls beside exact atoms (A2).

Where as many atoms are tied as there are rows their equations alone determine N, which is then
algebraic, while its fits are logarithms. All tight directions are decided in the field of N; the
masses are the one solution of equations with exact coefficients, in balls.
"""

from collections.abc import Sequence
from fractions import Fraction

from polytope_nn.dual.fits import Fit
from polytope_nn.errors import Undecided
from polytope_nn.exact.ball import ball_vector
from polytope_nn.exact.ball_matrix import solve_balls
from polytope_nn.exact.linear import independent_rows, kernel, transpose
from polytope_nn.exact.logarithms import Logarithms
from polytope_nn.exact.scalar import Scalar, Scalars, dot, sign
from polytope_nn.vector.lifted import Lifted, plane_rays
from polytope_nn.vector.losses.entries import flat
from polytope_nn.vector.optimum import Optimum, added
from polytope_nn.vector.oracle import Violation, oracle
from polytope_nn.vector.problem import Rows, VectorProblem
from polytope_nn.vector.verified import assembled, directions_of

__all__ = ["saturated_optimum"]


def saturated_optimum(problem: VectorProblem, N: Rows, bits: int) -> Optimum:
    """Return the optimum of an exact N with atoms and planes of independent features, proved.

    Raises
    ------
    Undecided
        When it is not feasible, or its atoms do not make its fit with masses that are positive.
    """
    kernels = oracle(problem, N)
    free = problem.entries.free
    if isinstance(kernels, Violation) or any(k.dim > 2 for k in kernels):
        raise Undecided(
            "whether an exact N is the dual optimum, with atoms and planes alone"
        )
    if any(sign(dot(z, flat(N))) for z in free.columns):
        raise Undecided("whether an exact N annihilates what is free")
    box = problem.box(N)
    z = tuple(low for low, high in box if low is not None and low is high)
    if len(z) < len(box):
        raise Undecided("whether a fit that is not unique is made by atoms")
    atoms = directions_of(problem, N, kernels)
    planes = [(k, plane_rays(k)) for k in kernels if k.dim == 2]
    columns = [flat(a.feature) for a in atoms]
    for k, rays in planes:
        columns += [flat(rows) for rows in added(problem, N, k, [ray.g for ray in rays])]
    neurons = len(columns)
    x = _solution([*columns, *(free.columns[j] for j in free.basis)], z, bits)
    masses = x[: len(atoms)]
    if not all(sign(c) > 0 for c in masses):
        raise Undecided("whether the mass of an atom is positive")
    a: list[Scalar] = [Fraction(0)] * len(free)
    for j, t in zip(free.basis, x[neurons:], strict=True):
        a[j] = t
    left = x[len(atoms) : neurons]
    parts = tuple(
        Lifted(k, rays, left[3 * i : 3 * i + 3]) for i, (k, rays) in enumerate(planes)
    )
    network = assembled(problem, N, atoms, masses, parts)
    fit = Fit(masses, tuple(a), z, alone=True)
    continua = tuple(k for k, _ in planes)
    return Optimum(problem, N, atoms, continua, network, "interval", parts, fit)


def _solution(columns: Sequence[Scalars], z: Scalars, bits: int) -> Scalars:
    """Return the one solution of ``sum x_i columns_i = z``, proved to be one."""
    rows = transpose(list(columns))
    kept = independent_rows(rows)
    if len(kept) < len(columns):
        raise Undecided("tight directions with dependent features: ties beside logarithms")
    for combination in kernel(columns, len(z)):
        if not _vanishes(combination, z):
            raise Undecided("whether the atoms of an exact N make its fit")
    balls = [ball_vector(rows[i], 2 * bits) for i in kept]
    return solve_balls(balls, ball_vector([z[i] for i in kept], 2 * bits))


def _vanishes(combination: Scalars, z: Scalars) -> bool:
    """Return whether a combination of fits is 0, which is decided for logarithms alone."""
    total: Scalar = Fraction(0)
    for s, t in zip(combination, z, strict=True):
        if not sign(s):
            continue
        if not isinstance(s, Fraction) or not isinstance(t, Fraction | Logarithms):
            return False
        total = total + s * t
    return not sign(total)
