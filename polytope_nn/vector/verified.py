"""A dual variable that is given, verified completely or refused (general B2, B3, B6)."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import cast

from polytope_nn.dual.atoms import cone_projection
from polytope_nn.dual.fits import Fit, one_fit
from polytope_nn.errors import DimensionError, NotOptimal, Undecided
from polytope_nn.exact.linear import rank, solve, transpose
from polytope_nn.exact.radical import decimal, simplest
from polytope_nn.exact.rational import integer_row
from polytope_nn.exact.scalar import Scalar, Scalars, dot, sign
from polytope_nn.problems.losses import Interval
from polytope_nn.wording import plural

from .lifted import Lifted, plane_rays, samples
from .losses.entries import flat
from .optimum import Direction, Network, Optimum, added, columns, seen, seen_at
from .oracle import Kernel, Violation, oracle
from .problem import Rows, VectorProblem

__all__ = ["assembled", "directions_of", "verified"]

_FINEST = (1, 3, 9)  # weights of the rays in the directions that are tried


def verified(problem: VectorProblem, N: Rows) -> Optimum:
    """Return the optimum whose dual variable is N, shape (n, c): every decision is made.

    ``N`` is rational or in a number field.

    Raises
    ------
    NotOptimal
        With the face, the eigenvalue and the direction where N is not feasible, or why its
        fit is made by no network.
    Undecided
        When that is not decided for a continuum.

    Examples
    --------
    >>> from fractions import Fraction
    >>> one, none = Fraction(1), Fraction(0)
    >>> P = VectorProblem([[1, 0], [0, 1]], [[6, 4], [4, 6]], beta=1)
    >>> verified(P, ((one, none), (none, one)))
    vector.Optimum(value=11, continuum, atoms=0, continua=1, level=exact)
    """
    if len(N) != problem.n or any(len(row) != problem.c for row in N):
        raise DimensionError(
            f"kappa: {len(N)} rows of {sorted({len(row) for row in N})} entries: give "
            f"{plural(problem.n, 'row')} of {problem.c}"
        )
    if not problem.is_squared:
        problem.box(N)  # refuses an N that has no fits
    for j, z in enumerate(problem.free.columns):
        if any(sign(dot(z, column)) for column in transpose(N)):
            raise NotOptimal(
                f"kappa is not dual feasible: its product with free column {j + 1} is not 0"
            )
    kernels = oracle(problem, N)
    if isinstance(kernels, Violation):
        raise NotOptimal(_refusal(problem, kernels))
    atoms = directions_of(problem, N, kernels)
    continua = tuple(k for k in kernels if k.dim > 1)
    if not problem.is_squared:
        return _in_a_box(problem, N, atoms, continua)
    network, lifted = _network(problem, N, atoms, continua)
    return Optimum(problem, N, atoms, continua, network, "exact", lifted)


def _in_a_box(
    problem: VectorProblem, N: Rows, atoms: Sequence[Direction], continua: Sequence[Kernel]
) -> Optimum:
    """Return the optimum of a loss with a box of fits, and one of them that neurons make."""
    free, box = problem.entries.free.columns, problem.box(N)
    if not continua:
        fit = _settled(one_fit([flat(a.feature) for a in atoms], free, box), box)
        used = tuple((a, c) for a, c in zip(atoms, fit.weights, strict=True) if sign(c))
        return Optimum(problem, N, tuple(atoms), (), used, "exact", (), fit)
    found = _one_point(problem, N, atoms, continua)
    if found is not None:
        parts, fit = found
        network = assembled(problem, N, atoms, fit.weights, parts)
        return Optimum(
            problem, N, tuple(atoms), tuple(continua), network, "exact", parts, fit
        )
    for finest in _FINEST:
        trial = list(atoms)
        for k in continua:
            trial += [seen_at(problem, N, u) for u in samples(k, finest)]
        try:
            fit = _settled(one_fit([flat(a.feature) for a in trial], free, box), box)
        except NotOptimal:
            continue
        used = tuple((a, c) for a, c in zip(trial, fit.weights, strict=True) if sign(c))
        return Optimum(problem, N, tuple(atoms), tuple(continua), used, "exact", None, fit)
    raise Undecided(
        "whether a fit of kappa is made by neurons of a continuum (completely positive)"
    )


def _one_point(
    problem: VectorProblem, N: Rows, atoms: Sequence[Direction], continua: Sequence[Kernel]
) -> tuple[tuple[Lifted, ...], Fit] | None:
    """Return the lifted parts where entries of one fit leave one point; None where they do not.

    Raises
    ------
    NotOptimal
        When they leave none, or its fit is outside of the box.
    """
    planes = [(k, plane_rays(k)) for k in continua if k.dim == 2]
    if len(planes) < len(continua):
        return None
    free, box = problem.entries.free, problem.box(N)
    every = [flat(a.feature) for a in atoms]
    for k, rays in planes:
        every += [flat(rows) for rows in added(problem, N, k, [ray.g for ray in rays])]
    masses = len(every)
    every += [free.columns[j] for j in free.basis]
    ends = [
        (e, low) for e, (low, high) in enumerate(box) if low is not None and low == high
    ]
    rows = [tuple(column[e] for column in every) for e, _ in ends]
    if rank(rows) < len(every):
        return None
    point = solve(rows, [z for _, z in ends])
    if point is None:
        raise NotOptimal(
            "kappa is dual feasible but not optimal: no tight neurons make its fit"
        )
    fit = tuple(dot([column[e] for column in every], point) for e in range(len(box)))
    for z, (low, high) in zip(fit, box, strict=True):
        if (low is not None and z < low) or (high is not None and z > high):
            raise NotOptimal(
                "kappa is dual feasible but not optimal: its neurons' fit is outside of Z(kappa)"
            )
    a: list[Scalar] = [Fraction(0)] * len(free)
    for j, t in zip(free.basis, point[masses:], strict=True):
        a[j] = t
    left = point[len(atoms) : masses]
    parts = tuple(
        Lifted(k, rays, left[3 * i : 3 * i + 3]) for i, (k, rays) in enumerate(planes)
    )
    return parts, _settled(Fit(point[: len(atoms)], tuple(a), fit, alone=True), box)


def _settled(fit: Fit, box: Sequence[Interval]) -> Fit:
    """Return a fit with the numbers of its box where that has one, which are the shorter."""
    rows = zip(fit.fit, box, strict=True)
    z = [low if low is not None and low == high else simplest(t) for t, (low, high) in rows]
    return replace(fit, fit=tuple(z))


def _refusal(problem: VectorProblem, found: Violation) -> str:
    direction = ", ".join(decimal(x) for x in found.direction)
    return (
        f"kappa is not dual feasible: on face {found.face} the largest eigenvalue is "
        f"{decimal(found.value)}, above beta^2 = {problem.beta_squared}, and its direction "
        f"({direction}) is in the face"
    )


def directions_of(
    problem: VectorProblem, N: Rows, kernels: Sequence[Kernel]
) -> tuple[Direction, ...]:
    """Return the atoms among kernels, with what the samples and outputs see of them."""
    return tuple(
        seen(problem, N, k.covector, _primitive(k.witness)) for k in kernels if k.dim == 1
    )


def _primitive(g: Scalars) -> Scalars:
    """Return the primitive integer vector on the ray of a rational g; another g as it is."""
    if all(isinstance(t, Fraction) for t in g):
        return tuple(map(Fraction, integer_row(cast("Sequence[Fraction]", g))))
    return g


def _network(
    problem: VectorProblem, N: Rows, atoms: Sequence[Direction], continua: Sequence[Kernel]
) -> tuple[Network, tuple[Lifted, ...] | None]:
    """Return one network that makes the fit, and the lifted parts where there is one point."""
    fit = problem.modulo(problem.fit(N))
    if not continua:
        return _mixed(problem, atoms, fit), ()
    features = [problem.modulo(a.feature) for a in atoms]
    planes = [plane_rays(k) if k.dim == 2 else None for k in continua]
    lifted = [
        columns(problem, N, k, k.vectors if rays is None else [ray.g for ray in rays])
        for k, rays in zip(continua, planes, strict=True)
    ]
    every = [*features, *(column for part in lifted for column in part)]
    point = solve(transpose(every), fit)
    if point is None:
        raise NotOptimal(
            "kappa is dual feasible but not optimal: no tight neurons make its fit"
        )
    if rank(every) == len(every) and None not in planes:
        left = point[len(atoms) :]
        parts = tuple(
            Lifted(k, rays, left[3 * i : 3 * i + 3])
            for i, (k, rays) in enumerate(zip(continua, planes, strict=True))
            if rays is not None
        )
        return assembled(problem, N, atoms, point[: len(atoms)], parts), parts
    for finest in _FINEST:
        trial = list(atoms)
        for k in continua:
            trial += [seen_at(problem, N, u) for u in samples(k, finest)]
        try:
            return _mixed(problem, trial, fit), None
        except NotOptimal:
            continue
    raise Undecided(
        "whether the fit of kappa is made by neurons of a continuum (completely positive)"
    )


def _mixed(problem: VectorProblem, atoms: Sequence[Direction], fit: Scalars) -> Network:
    """Return weights of some directions that make the fit, or say why there are none."""
    features = [problem.modulo(a.feature) for a in atoms]
    residual, weights = cone_projection(features, tuple(-x for x in fit))
    if any(sign(x) for x in residual):
        raise NotOptimal(
            f"kappa is dual feasible but not optimal: its fit is no nonnegative combination "
            f"of its {len(features)} atoms"
        )
    return tuple((a, c) for a, c in zip(atoms, weights, strict=True) if sign(c))


def assembled(
    problem: VectorProblem,
    N: Rows,
    atoms: Sequence[Direction],
    weights: Scalars,
    parts: Sequence[Lifted],
) -> Network:
    """Return the network of the one lifted point, where it is completely positive."""
    if any(sign(c) < 0 for c in weights) or not all(
        part.is_completely_positive for part in parts
    ):
        raise NotOptimal(
            "kappa is dual feasible but not optimal: the one combination of tight "
            "directions that makes its fit is not nonnegative"
        )
    used = [(a, c) for a, c in zip(atoms, weights, strict=True) if sign(c)]
    turned = [
        (seen(problem, N, covector, g), mass)
        for part in parts
        for covector, g, mass in part.fewest()
    ]
    return (*used, *turned)
