"""An exact N whose fits are no numbers of its field: masses in balls beside exact atoms (A2).

Where as many atoms are tied as there are rows their equations alone determine N, which is then
algebraic, while its fits are logarithms. All tight directions are decided in the field of N; the
masses are the one solution of equations with exact coefficients, in balls: where a fit is 0 it adds
nothing, so that masses may be 0 exactly. Features of atoms may be dependent: then a basis of
them makes the fit, and what the others are in it is exact.
"""

from collections.abc import Sequence
from fractions import Fraction

from polytope_nn.dual.fits import Fit
from polytope_nn.errors import Undecided
from polytope_nn.exact.ball import ball_vector
from polytope_nn.exact.linear import independent_rows, kernel, solve, transpose
from polytope_nn.exact.logarithms import Logarithms
from polytope_nn.exact.rational import identity, unit_vector
from polytope_nn.exact.scalar import Scalar, Scalars, dot, sign
from polytope_nn.problems.losses import rows_of
from polytope_nn.problems.losses.smooth import Poisson
from polytope_nn.search.programs.nonnegative import nonnegative
from polytope_nn.vector.lifted import Lifted, plane_rays
from polytope_nn.vector.losses.entries import flat
from polytope_nn.vector.optimum import Direction, Optimum, added
from polytope_nn.vector.oracle import Violation, oracle
from polytope_nn.vector.problem import Rows, VectorProblem
from polytope_nn.vector.verified import assembled, directions_of

__all__ = ["saturated_optimum"]

_ZERO = Fraction(0)


def saturated_optimum(problem: VectorProblem, N: Rows, bits: int) -> Optimum:
    """Return the optimum of an exact N with planes of independent features, or atoms, proved.

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
    lifted: list[Scalars] = []
    for k, rays in planes:
        lifted += [flat(rows) for rows in added(problem, N, k, [ray.g for ray in rays])]
    used, alike = _basis(problem, atoms, z) if not lifted else (range(len(atoms)), ())
    columns = [*(flat(atoms[i].feature) for i in used), *lifted]
    neurons = len(columns)
    columns += [free.columns[j] for j in free.basis]
    x = _solution(columns, z, _alike(problem, flat(N)), bits)
    masses: list[Scalar] = [_ZERO] * len(atoms)
    for i, t in zip(used, x, strict=False):
        masses[i] = t
    if not all(sign(c) >= 0 for c in masses):
        raise Undecided("whether the mass of an atom is positive")
    a: list[Scalar] = [_ZERO] * len(free)
    for j, t in zip(free.basis, x[neurons:], strict=True):
        a[j] = t
    left = x[len(used) : neurons]
    parts = tuple(
        Lifted(k, rays, left[3 * i : 3 * i + 3]) for i, (k, rays) in enumerate(planes)
    )
    if not all(masses) and not lifted and not alike:
        alike = identity(len(atoms))  # the features are independent
    network = assembled(problem, N, atoms, tuple(masses), parts)
    fit = Fit(tuple(masses), tuple(a), z, alone=True)
    continua = tuple(k for k, _ in planes)
    return Optimum(problem, N, atoms, continua, network, "interval", parts, fit, alike)


def _basis(
    problem: VectorProblem, atoms: Sequence[Direction], z: Scalars
) -> tuple[Sequence[int], tuple[Scalars, ...]]:
    """Return atoms that are to make a fit, and the features of all in a basis of them.

    All, and ``()``, where features are independent; else those of a basic point that floats find.
    """
    every = [problem.modulo(a.feature) for a in atoms]
    if not every or len(independent_rows(every)) == len(every):
        return range(len(every)), ()
    if problem.is_even:
        raise Undecided("opposite directions with one feature: ties beside logarithms")
    masses = _near(problem, atoms, z)
    order = sorted(range(len(every)), key=lambda i: -masses[i])
    basis = [order[i] for i in independent_rows([every[i] for i in order])]
    square = transpose([every[i] for i in basis])
    alike = tuple(solve(square, row) or () for row in every)
    if not all(isinstance(t, Fraction) for row in alike for t in row):
        raise Undecided("tight directions with dependent features: ties beside logarithms")
    return [i for i in basis if masses[i]], alike


def _near(problem: VectorProblem, atoms: Sequence[Direction], z: Scalars) -> list[float]:
    """Return masses of a basic point that makes a fit, in floats."""
    import numpy as np

    free = problem.entries.free
    columns = [flat(a.feature) for a in atoms]
    for j in free.basis:
        columns += [free.columns[j], tuple(-t for t in free.columns[j])]
    A = np.array([[float(t) for t in column] for column in columns]).T
    found = nonnegative(A, np.array([float(t) for t in z]))
    return [float(t) for t in found[: len(atoms)]]


def _solution(
    columns: Sequence[Scalars], z: Scalars, alike: Sequence[int], bits: int
) -> Scalars:
    """Return the one solution of ``sum x_i columns_i = z``, proved to be one."""
    rows = transpose(list(columns))
    kept = independent_rows(rows)
    if len(kept) < len(columns):
        raise Undecided("tight directions with dependent features: ties beside logarithms")
    for combination in kernel(columns, len(z)):
        if not _vanishes(combination, z, alike):
            raise Undecided("whether the atoms of an exact N make its fit")
    square = [rows[i] for i in kept]
    found: list[Scalar] = [_ZERO] * len(columns)
    for place, i in enumerate(kept):
        shares = solve(square, unit_vector(place, len(kept)))
        if not shares or not sign(z[i]):
            continue
        (own,) = ball_vector([z[i]], 2 * bits)
        for j, t in enumerate(shares):
            if sign(t):
                found[j] = found[j] + own * ball_vector([t], 2 * bits)[0]
    return tuple(found)


def _vanishes(combination: Scalars, z: Scalars, alike: Sequence[int]) -> bool:
    """Return whether a combination of fits is 0: by those that are one, and logarithms."""
    shares: dict[int, Scalar] = {}
    for s, k in zip(combination, alike, strict=True):
        shares[k] = shares.get(k, _ZERO) + s
    total: Scalar = _ZERO
    for k, s in shares.items():
        if not sign(s) or not sign(z[k]):
            continue
        if not isinstance(s, Fraction) or not isinstance(z[k], Fraction | Logarithms):
            return False
        total = total + s * z[k]
    return not sign(total)


def _alike(problem: VectorProblem, N: Scalars) -> list[int]:
    """Return for each entry the first one of the same fit: of one N and one loss.

    Of Poisson losses the fit is the logarithm of ``y - N/weight``.
    """
    rows = rows_of(problem.entries.loss)
    told = [
        (None, row.y - t / row.weight) if isinstance(row, Poisson) else (row, t)
        for row, t in zip(rows, N, strict=True)
    ]
    return [told.index(own) for own in told]
