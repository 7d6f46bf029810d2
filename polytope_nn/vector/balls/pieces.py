"""That entries are on the pieces of a system, proved in balls (general §2, G1-G3)."""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from polytope_nn.dual.fits import Fit
from polytope_nn.errors import Undecided
from polytope_nn.exact.linear import solve
from polytope_nn.exact.scalar import Scalar, Scalars, dot
from polytope_nn.landscape.supports import is_nothing
from polytope_nn.problems.losses import SeparableLoss
from polytope_nn.problems.losses.graphs import Flat, Slope
from polytope_nn.problems.losses.smooth import Power, Smooth
from polytope_nn.vector.losses.entries import flat, rows_of

from .implied import implied_fits
from .parts import ByFit, Solution, is_known
from .system import System

__all__ = ["exactly_known", "on_their_pieces", "proved_fit"]


def exactly_known(system: System, solution: Solution) -> Solution:
    """Return the solution with the entries of N that are given in place of their balls.

    And with those of samples that see no neuron and nothing free: their fit is 0, of softmax one
    number for all outputs.
    """
    rows = zip(flat(solution.N), system.standings, strict=True)
    closed, silent = system.problem.entries.closed, _silent(system)
    N = [Fraction(0) if e in closed else t for e, (t, _) in enumerate(rows)]
    for e, piece in enumerate(system.standings):
        if isinstance(piece, Flat):
            N[e] = piece.at
        elif e in silent and isinstance(piece, Slope) and piece.inverse:
            N[e] = piece.at / piece.inverse
    for e, t in _even_shares(system).items():
        N[e] = t
    known = dict(system.given)
    a = tuple(known.get(i, t) for i, t in enumerate(solution.a))
    return replace(solution, N=rows_of(N, system.problem.c), a=a)


def _silent(system: System) -> set[int]:
    """Return the entries that no part and no free column sees."""
    active = {k for part in system.parts for k in part.face.active}
    entries = range(len(system.standings))
    unseen = (e for e in entries if e // system.problem.c not in active)
    return {e for e in unseen if not any(g[e] for g in system.columns)}


def _even_shares(system: System) -> dict[int, Fraction]:
    """Return ``w (y - 1/c)`` of softmax at samples that no part and no skip sees.

    The shares ``y - N/w`` of such a row are equal, and add up to 1.
    """
    problem = system.problem
    c = problem.c
    if not problem.entries.shifted:
        return {}
    active = {k for part in system.parts for k in part.face.active}
    still = [
        k
        for k in range(problem.n)
        if k not in active and not any(z[k] for z in problem.free.columns)
    ]
    return {
        k * c + j: problem.weights[k] * (problem.Y[k][j] - Fraction(1, c))
        for k in still
        for j in range(c)
    }


def on_their_pieces(system: System, solution: Solution) -> None:
    """Prove that N annihilates what is free, and that its entries are on their pieces.

    Raises
    ------
    Undecided
        When that is not so, or not strictly.
    """
    for i, _ in system.given:
        if not _annihilated(system, i):
            raise Undecided(
                "whether N annihilates what is free: its flats forbid it in balls"
            )
    for e, (piece, t) in enumerate(zip(system.standings, flat(solution.N), strict=True)):
        if not _is_on(piece, t) or (
            isinstance(piece, Slope) and not _is_zero(system, e, t)
        ):
            k, j = divmod(e, system.problem.c)
            raise Undecided(
                f"whether kappa of sample {k + 1}, output {j + 1} is on the piece of its loss "
                f"that was found"
            )


def _annihilated(system: System, i: int) -> bool:
    """Return whether a column that depends on the others off the flats is annihilated, too.

    Less that combination of them it is 0 off the flats, where N is rational.
    """
    pieces, G = system.standings, system.columns
    off = [e for e, p in enumerate(pieces) if not isinstance(p, Flat)]
    held = {j for j, _ in system.given}
    kept = [g for j, g in enumerate(G) if j not in held]
    shares = solve([[g[e] for g in kept] for e in off], [G[i][e] for e in off])
    if shares is None:
        return False
    flats = [(e, p.at) for e, p in enumerate(pieces) if isinstance(p, Flat)]
    return not sum(
        ((G[i][e] - dot(shares, [g[e] for g in kept])) * at for e, at in flats), Fraction(0)
    )


def _is_zero(system: System, e: int, t: Scalar) -> bool:
    """Return whether N is exactly 0, where a label of a power is taken to be fitted."""
    loss = system.problem.entries.loss
    power = isinstance(loss, SeparableLoss) and isinstance(loss.rows[e], Power)
    return not power or is_nothing(t)


def _is_on(piece: object, t: Scalar) -> bool:
    if isinstance(piece, Slope):
        ends = (piece.low, piece.high)
    elif isinstance(piece, Smooth):
        ends = piece.domain
    else:
        return True  # N is the flat's
    low, high = ends
    return (low is None or bool(t > low)) and (high is None or bool(t < high))


def proved_fit(system: System, solution: Solution, weights: Scalars) -> Fit:
    """Return the fit of a solution, proved to belong to N.

    Raises
    ------
    Undecided
        When it is not strictly inside of its interval on a flat.
    """
    E = system.problem.entries
    fit = []
    for e, (z, (low, high)) in enumerate(_fits(system, solution)):
        fit.append(z)
        if not ((low is None or z >= low) and (high is None or z <= high)):
            k, j = divmod(e, system.problem.c)
            raise Undecided(
                f"whether the fit of sample {k + 1}, output {j + 1} is in its interval"
            )
    a: list[Scalar] = [Fraction(0)] * len(E.free)
    for j, t in zip(E.free.basis, solution.a, strict=True):
        a[j] = t
    return Fit(weights, tuple(a), tuple(fit), alone=system.is_whole and not system.given)


def _fits(
    system: System, solution: Solution
) -> Iterator[tuple[Scalar, tuple[Scalar | None, Scalar | None]]]:
    """Yield each entry's fit and the interval that it is still to be proved in."""
    loss = system.problem.entries.loss
    known = implied_fits(system)
    rows = zip(
        system.standings, solution.own, system.made(solution), flat(solution.N), strict=True
    )
    for e, (piece, own, z, t) in enumerate(rows):
        if isinstance(piece, ByFit):
            yield own, (None, None)
        elif not isinstance(piece, Flat):
            yield piece.fit(t), (None, None)
        elif not is_known(piece):
            yield known.get(e, z), (piece.low, piece.high)
        elif isinstance(loss, SeparableLoss):  # no neuron is active, and nothing is free
            yield Fraction(0), loss.rows[e].interval(t) or (None, None)
        else:  # labels that follow from others
            yield loss.y[e], (None, None)
