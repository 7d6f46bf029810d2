"""The proof of an optimum whose kappa is ``O theta``: what is equal is so for every theta.

Features and the fit are rational functions of theta, of the weights and of the coefficients
of what is free: what cancels in them is 0. Of these numbers some may be known exactly.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import cast

from polytope_nn.dual.atoms import Atom
from polytope_nn.dual.enclosures import LinearForms
from polytope_nn.dual.feasibility import feasibility
from polytope_nn.dual.fits import Fit, is_pinned
from polytope_nn.dual.optimum import Optimum
from polytope_nn.dual.system import Face
from polytope_nn.dual.tight import proved_atom, structural
from polytope_nn.errors import Undecided
from polytope_nn.exact.ball import Ball, ball_vector
from polytope_nn.exact.linear import kernel, rank, transpose
from polytope_nn.exact.parametric import as_enclosed, as_letters
from polytope_nn.exact.rational import Matrix
from polytope_nn.exact.scalar import Scalars, dot
from polytope_nn.problems.losses import rows_of
from polytope_nn.problems.losses.graphs import Slope
from polytope_nn.problems.losses.smooth import Smooth
from polytope_nn.problems.problem import Problem
from polytope_nn.search.floats import multiplier_guess
from polytope_nn.search.losses.pieces import Pieces

from .alike import alike

__all__ = ["TiedFace", "proved"]

_ZERO = Fraction(0)

# a face, its factor, the weight of its atom: one ball object is one number
TiedFace = tuple[Face, Matrix, Ball]


def proved(
    problem: Problem,
    whole: Problem,
    dual: tuple[Matrix, Scalars],
    tied: Sequence[TiedFace],
    beside: Scalars = (),
) -> Optimum:
    """Return the optimum of ``whole`` at ``O theta``, every strict decision made.

    ``dual`` is O and theta; ``beside`` are the coefficients of the problem's free columns.
    That the bounds of the tied faces are equalities, and that weights and coefficients make
    the fit, is known.
    """
    (O, theta), chart = dual, problem.charts[0]
    X, square = chart.design, problem.beta_squared
    balls = tuple(dot(row, theta) for row in O)
    _require_pieces(problem, balls)
    near = [proved_atom(X, face.key, V, balls) for face, V, _ in tied]
    vanishing = cast("Matrix", kernel(transpose(O), len(O)))
    known = LinearForms(balls, vanishing, tuple(V for _, V, _ in tied))
    guess = multiplier_guess(X, square)
    tight = structural(X, near, balls, square, known)
    proof = feasibility(X, square, balls, chart.arrangement, tight, guess=guess)
    listed, weights, w = _as_functions(problem, dual, zip(near, tied, strict=True), beside)
    features, Z = [a.feature for a in listed], problem.free.columns
    fit = tuple(
        dot([F[i] for F in features], weights) + dot([z[i] for z in Z], w)
        for i in range(problem.n)
    )
    r = rank([problem.free.modulo(F) for F in features]) if features else 0
    flats = problem.whole.loss.interval(balls) if isinstance(problem, Pieces) else ()
    chosen = Fit(weights, w, fit, alone=is_pinned(flats))
    return Optimum(
        whole,
        balls,
        listed,
        weights,
        (proof.bounds,),
        "interval",
        r,
        chosen=chosen,
        relations=vanishing,
    )


def _as_functions(
    problem: Problem,
    dual: tuple[Matrix, Scalars],
    tied: Iterable[tuple[Atom, TiedFace]],
    beside: Scalars,
) -> tuple[tuple[Atom, ...], Scalars, Scalars]:
    """Return atoms in order, their weights and the free coefficients, as functions of letters.

    The letters are theta, the weights and the coefficients; where samples that are alike tie
    these, they are functions of fewer.
    """
    (O, theta), X = dual, problem.charts[0].design
    order = sorted(tied, key=lambda pair: pair[0].key)
    masses = {id(c): c for _, (_, _, c) in order}
    place = {key: i for i, key in enumerate(masses)}
    q, known = len(theta), [*theta, *masses.values(), *beside]

    def stated(more: Scalars) -> tuple[tuple[Atom, ...], Scalars, Scalars]:
        letters = as_letters([*known, *more])
        kappa: Scalars = tuple(dot(row, letters[:q]) for row in O)
        atoms = tuple(_parametric(X, a, V, kappa) for a, (_, V, _) in order)
        weights = [letters[q + place[id(c)]] for _, (_, _, c) in order]
        every = (*letters[q + len(masses) : len(known)], *weights)
        return atoms, every, letters[len(known) :]

    p = len(beside)
    atoms, every, _ = stated(())
    ties = alike(problem, O, [*problem.free.columns, *(a.feature for a in atoms)])
    if ties is not None:
        told = [as_enclosed(t) for t in ties.told(every)]
        atoms, every, more = stated(ball_vector(told))
        again = alike(problem, O, [*problem.free.columns, *(a.feature for a in atoms)])
        assert again is not None  # the same functions
        every = again.weights(every, more)
    return atoms, every[p:], every[:p]


def _parametric(X: Matrix, a: Atom, V: Matrix, kappa: Scalars) -> Atom:
    """Return the atom with g and feature as functions of theta."""
    g = tuple(dot(column, kappa) * a.sign for column in transpose(V))
    feature = tuple(
        dot(x, g) * a.sign if t == 1 else _ZERO for x, t in zip(X, a.covector, strict=True)
    )
    return replace(a, g=g, feature=feature)


def _require_pieces(problem: Problem, kappa: Scalars) -> None:
    """Raise Undecided unless kappa is inside of the pieces that were taken.

    Where the label of a power is taken to be fitted, whoever took it so, kappa is 0.
    """
    if not isinstance(problem, Pieces):
        return
    rows = zip(rows_of(problem.whole.loss), problem.pieces, kappa, strict=True)
    for k, (row, piece, t) in enumerate(rows):
        if isinstance(row, Smooth) and not isinstance(piece, Smooth):
            inside = isinstance(t, Fraction) and t == 0
        elif isinstance(piece, Slope):
            inside = (piece.low is None or t > piece.low) and (
                piece.high is None or t < piece.high
            )
        else:
            inside = True  # a smooth graph is one piece
        if not inside:
            raise Undecided(
                f"whether kappa of sample {k + 1} is on the piece that was found"
            )
