"""The optimum in balls: every decision strict and proved (general B7)."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from math import log2

from polytope_nn.dual.newton import enclosed, refined
from polytope_nn.errors import Undecided
from polytope_nn.exact.ball import Balls
from polytope_nn.exact.ball_matrix import solve_balls
from polytope_nn.exact.linear import independent_rows, transpose
from polytope_nn.exact.matrices.eigen import is_definite
from polytope_nn.exact.rational import Vector
from polytope_nn.exact.scalar import Scalar, Scalars, dot, sign
from polytope_nn.search.programs.nonnegative import nonnegative
from polytope_nn.vector.faces import Face
from polytope_nn.vector.lifted import Lifted, cone_rays, plane_rays, spread
from polytope_nn.vector.optimum import Direction, Optimum, seen
from polytope_nn.vector.oracle import Kernel, form, maximal
from polytope_nn.vector.problem import Rows, VectorProblem
from polytope_nn.vector.verified import assembled

from .implied import alike_rows
from .outside import Outside
from .parts import Part, Solution, upper
from .pieces import exactly_known, on_their_pieces, proved_fit
from .resting import beside_rest, require_rest
from .system import System
from .ties import Ties, equation, turned
from .zeros import with_zeros

__all__ = ["approached", "enclosed_optimum"]

_ZERO = Fraction(0)
_FINEST = (1, 2, 5, 9)  # weights of the rays in the directions that are tried


def approached(system: System, start: Sequence[Scalar], bits: int) -> Balls:
    """Return a point near the solution of a system, to so many bits, with no proof."""
    return refined(system.evaluated, start, bits)


def enclosed_optimum(system: System, point: Balls, bits: int) -> Optimum:
    """Return the optimum that the solution near a refined point is, proved in balls.

    Krawczyk's test gives a box with one solution and a regular Jacobian: so the lifted features
    that are not held are independent. On each face in use D is semidefinite with the kernel of
    the solution, a point of which is in the open face; on faces in its closure nothing more is
    tight; on all others D is definite or the top eigenvector is outside, or N is exact there and an
    atom is *at rest*: tight, of no mass in any optimal network.

    Raises
    ------
    Undecided
        When a decision is not strict.
    """
    problem = system.problem
    box = enclosed(system.evaluated, point, bits // 2)
    x = with_zeros(system, point, box, bits // 2)
    solution = exactly_known(system, system.named(x))
    alike = alike_rows(system, solution.N)
    Ties(system, solution, alike).prove()
    on_their_pieces(system, solution)
    kernels = [
        _kernel(part, solution.N, U, problem)
        for part, (U, _) in zip(system.parts, solution.parts, strict=True)
    ]
    kernels += _twins(kernels) if problem.is_even else []
    used = [kernel.face for kernel in kernels]
    outside = Outside(problem, solution.N, alike, kernels, bits)
    others = (f for f in problem.faces if not any(f.in_closure_of(g) for g in used))
    found = [kernel for face in others if (kernel := outside.prove(face))]
    rest = maximal(found)
    require_rest(system, kernels, rest)
    return _assembled(system, solution, kernels, rest)


def _twins(kernels: Sequence[Kernel]) -> list[Kernel]:
    """Return the kernels of the opposite faces, where a face and its opposite have one form."""
    return [
        Kernel(
            replace(k.face, covector=tuple(-s for s in k.covector)),
            k.coordinates,
            tuple(-t for t in k.point),
        )
        for k in kernels
    ]


def _kernel(part: Part, N: Rows, U: Rows, problem: VectorProblem) -> Kernel:
    """Return the kernel of a face in use, after proving that it is all of it and inside.

    ``D + beta^2 G U U'G`` is definite: with ``D U = 0`` D has no other kernel and is
    nonnegative.
    """
    face = part.face
    D = form(face, N, problem.beta_squared)
    GU = [[dot(g, u) for u in transpose(U)] for g in face.gram]
    raised = [
        [t + problem.beta_squared * dot(a, b) for t, b in zip(row, GU, strict=True)]
        for row, a in zip(D, GU, strict=True)
    ]
    # a kernel of all of W: D = 0
    if part.k < face.w and not is_definite(raised, _bits(N)):
        raise Undecided(f"face {face}: whether its form is semidefinite")
    coordinates = transpose(U)
    return Kernel(face, coordinates, _inside(face, coordinates))


def _bits(N: Rows) -> int:
    return max(getattr(x, "precision", 64) for row in N for x in row)


def _inside(face: Face, vectors: Sequence[Scalars]) -> Scalars:
    """Return a point of the open face in the span of some vectors, proved strictly."""
    rows = [[dot(r, v) for v in vectors] for r in face.strict]
    a = _guess(rows)
    point = tuple(dot(a, column) for column in transpose(vectors))
    if not all(sign(dot(r, point)) > 0 for r in face.strict):
        raise Undecided(f"face {face}: whether its kernel meets it")
    return point


def _guess(rows: Sequence[Sequence[Scalar]]) -> tuple[Fraction, ...]:
    """Return rational weights that make all rows positive, as far inside as floats tell."""
    import numpy as np
    from scipy.optimize import linprog

    A = np.array([[float(t) for t in row] for row in rows])
    k = A.shape[1]
    if k == 1:
        return (Fraction(1 if A[0, 0] > 0 else -1),)
    A = A / np.linalg.norm(A, axis=1)[:, None]
    solved = linprog(
        np.r_[np.zeros(k), -1],
        A_ub=np.c_[-A, np.ones(len(A))],
        b_ub=np.zeros(len(A)),
        bounds=[(-1, 1)] * k + [(None, 1)],
        method="highs",
    )
    if solved.x is None:
        raise Undecided("whether a kernel meets its face")
    return tuple(Fraction(round(float(t) * 1024), 1024) for t in solved.x[:k])


def _assembled(
    system: System,
    solution: Solution,
    kernels: Sequence[Kernel],
    rest: Sequence[Kernel],
) -> Optimum:
    problem, N = system.problem, solution.N
    atoms: list[Direction] = []
    weights: list[Scalar] = []
    parts: list[Lifted] = []
    solid: list[tuple[Direction, Scalar]] = []
    twins = kernels[len(system.parts) :]
    for kernel, (_, S) in zip(kernels, solution.parts, strict=False):
        if kernel.dim == 1:
            atoms.append(seen(problem, N, kernel.covector, kernel.witness))
            weights.append(S[0][0])
        elif kernel.dim == 2:
            parts.append(_lifted(kernel, S))
        else:
            solid += _made(problem, N, kernel, S)
    spare = [bool(part.held) for part in system.parts if part.k == 1]
    if not all(sign(c) > 0 or (s and not c) for c, s in zip(weights, spare, strict=True)):
        raise Undecided("whether the weight of an atom is positive")
    network = (*assembled(problem, N, atoms, tuple(weights), parts), *solid)
    atoms += [seen(problem, N, k.covector, k.witness) for k in twins if k.dim == 1]
    continua = tuple(k for k in kernels if k.dim > 1)
    whole = system.is_whole and not solid and not any(k.dim > 1 for k in twins)
    lifted = tuple(parts) if whole else None
    some = not continua and any((*spare, *rest))
    alike: tuple[Scalars, ...] = _stand_ins(system) if some else ()
    alike *= 1 + problem.is_even
    if rest:
        still = [seen(problem, N, k.covector, k.witness) for k in rest]
        atoms, weights, alike = beside_rest((atoms, weights, alike), still)
    fit = None
    if not problem.is_squared:
        fit = proved_fit(system, solution, tuple(weights))
    if alike and fit is not None:  # weights move with what is free, the fit does not
        fit = replace(fit, alone=not system.given)
    return Optimum(
        problem, N, tuple(atoms), continua, network, "interval", lifted, fit, alike
    )


def _stand_ins(system: System) -> tuple[Vector, ...]:
    """Return rational vectors with the relations of the features of atoms, modulo what is free.

    ``phi phi' N`` is free for a combination of rays where that of the ``phi phi'`` is, modulo what
    N annihilates; the equations that are kept have independent features. An atom that is another
    one, turned, has its feature divided by the square of the factor of their bases.
    """
    rays = [part.face.w == 1 for part in system.parts]
    heard = [False] * system.problem.n
    rows = [
        equation(system, part, (0, 0), heard) if ray else []
        for part, ray in zip(system.parts, rays, strict=True)
    ]
    wide, n = max(map(len, rows)), len(rows)
    whole = []
    for i, (row, part) in enumerate(zip(rows, system.parts, strict=True)):
        unit, share = i, Fraction(not rays[i])
        for j, other in enumerate(system.parts) if part.held and not rays[i] else ():
            if not other.held and (factor := turned(system, other, part)):
                unit, share = j, 1 / factor**2
        units = (share * int(unit == j) for j in range(n))
        whole.append((*(row or [_ZERO] * wide), *units))
    kept = independent_rows(transpose(whole))
    return tuple(tuple(row[m] for m in kept) for row in whole)


def _made(
    problem: VectorProblem, N: Rows, kernel: Kernel, S: Rows
) -> list[tuple[Direction, Scalar]]:
    """Return neurons of positive masses that make S on a kernel that fills W, proved.

    Floats choose as many directions as S has entries; their masses are solved for in balls.
    """
    import numpy as np

    k = kernel.dim
    if k < kernel.face.w:
        raise Undecided(
            f"face {kernel.face}: whether a lifted part of dimension {k} is completely "
            f"positive"
        )
    places = upper(k)
    target = [S[i][j] for i, j in places]
    rays = _measured(cone_rays(kernel), S)
    for finest in _FINEST:
        tried = spread(rays, finest)
        rows = [[a[i] * a[j] for i, j in places] for a in tried]
        A = np.array([[float(t) for t in row] for row in rows]).T
        masses = nonnegative(A, np.array([float(t) for t in target]))
        chosen = [int(j) for j in np.flatnonzero(masses)]
        if len(chosen) != len(places):
            continue
        solved = solve_balls(transpose([rows[j] for j in chosen]), target)
        if all(t.value > 0 for t in solved):
            columns = transpose(kernel.vectors)
            return [
                (_placed(problem, N, tuple(dot(tried[j], x) for x in columns)), t)
                for j, t in zip(chosen, solved, strict=True)
            ]
    raise Undecided(f"face {kernel.face}: whether its lifted part is completely positive")


def _measured(rays: Sequence[Scalars], S: Rows) -> list[Scalars]:
    """Return the rays times powers of 2, so that ``S - r r'`` is about to lose its sign."""
    import numpy as np

    try:
        inverse = np.linalg.inv(np.array([[float(t) for t in row] for row in S]))
    except np.linalg.LinAlgError:
        return list(rays)
    found = []
    for ray in rays:
        r = np.array([float(t) for t in ray])
        square = float(r @ inverse @ r)
        factor = Fraction(2) ** round(-log2(square) / 2) if square > 0 else Fraction(1)
        found.append(tuple(factor * t for t in ray))
    return found


def _placed(problem: VectorProblem, N: Rows, g: Scalars) -> Direction:
    """Return a rational direction, its face decided exactly."""
    return seen(problem, N, tuple(sign(dot(x, g)) for x in problem.design), g)


def _lifted(kernel: Kernel, S: Rows) -> Lifted:
    """Return the lifted part of a plane in the rays of its cone: ``T = R^(-1) S R'^(-1)``."""
    rays = plane_rays(kernel)
    (a, b), (c, d) = (ray.coordinates for ray in rays)
    det = a * d - b * c
    inverse = ((d / det, -c / det), (-b / det, a / det))  # of the matrix with these columns
    T = [[dot(row, column) for column in transpose(S)] for row in inverse]
    first, mixed = (dot(T[0], row) for row in inverse)
    return Lifted(kernel, rays, (first, mixed, dot(T[1], inverse[1])))
