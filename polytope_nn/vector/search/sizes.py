"""Data of any size: the problem in units near 1, and its optimum in the old units.

With ``X = s X'``, ``Y = t Y'``, ``N = r N'`` and ``beta = s r beta'`` directions are the same, and
masses are those of the other problem times ``t / (r s^2)``. Of the squared loss and Huber's r is
t, of a power p it is ``t^(p - 1)``, of losses that are linear in the units of Y it is 1; other
losses have units of their own. Weights of the losses are divided by what r is more than that.
Where labels are fitted it is what makes beta near 1.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import log2

from polytope_nn.dual.fits import Fit
from polytope_nn.exact.rational import approximate_root, rational
from polytope_nn.search.floats import binary
from polytope_nn.vector.lifted import Lifted
from polytope_nn.vector.optimum import Optimum, seen
from polytope_nn.vector.oracle import Kernel
from polytope_nn.vector.problem import VectorProblem

__all__ = ["Units", "in_units", "resized"]

_NEAR = 1 << 16  # sizes up to this are left alone
_NEARER = 1 << 3  # the same of labels of powers: N is as their p - 1st powers
_QUADRATIC = {"squared", "huber"}
_LINEAR = {"absolute", "quantile", "epsilon_insensitive", "interpolation", "tolerance"}
_FITTED = {"interpolation", "tolerance"}
_IN_LABELS = {"delta", "epsilon"}  # parameters in the units of Y


@dataclass(frozen=True)
class Units:
    """The powers of 2 that X, Y and N were divided by."""

    X: Fraction
    Y: Fraction
    N: Fraction

    @property
    def mass(self) -> Fraction:
        """What masses are multiplied by in the old units."""
        return self.Y / (self.N * self.X**2)


def resized(problem: VectorProblem, *, losses: bool = False) -> tuple[VectorProblem, Units]:
    """Return the problem with X and Y near 1, and the powers of 2 they were divided by.

    A column of ones of a bias cannot be divided: with a bias X is left alone. With ``losses``
    weights, or where labels are fitted beta, are brought near 1, too.

    >>> P = VectorProblem([[2**40, 0]], [[1, 1]], beta=2**30)
    >>> resized(P)[0].X
    ((Fraction(1, 1), Fraction(0, 1)),)
    """
    one = Fraction(1)
    s = _size(problem.X) if problem.bias == "none" else one
    t, r = _units(problem)
    w = _size((problem.weights,)) if losses else one
    if losses and problem.kind in _FITTED:
        w, r = one, _size(((approximate_root(problem.beta_squared),),)) / s
    units = Units(s, t, r * w)
    if s == t == units.N == 1:
        return problem, units
    smaller = problem.altered(
        weights=[x / w for x in problem.weights],
        X=[[x / s for x in row] for row in problem.X],
        Y=[[y / t for y in row] for row in problem.Y],
        beta_squared=problem.beta_squared / (s * units.N) ** 2,
        loss=_resized_loss(problem.given_loss, t),
    )
    return smaller, units


def _units(problem: VectorProblem) -> tuple[Fraction, Fraction]:
    """Return what Y and N are divided by: powers of 2."""
    one, kind = Fraction(1), problem.kind
    if kind in _QUADRATIC | _LINEAR:
        t = _size(problem.Y)
        return t, t if kind in _QUADRATIC else one
    if kind != "power":
        return one, one
    loss = problem.given_loss
    assert isinstance(loss, Mapping)  # a power has a parameter
    p, t = rational(loss["p"]), _size(problem.Y, _NEARER)
    e = round(log2(t) / p.denominator)  # t^(p - 1) is rational, too
    return Fraction(2) ** (e * p.denominator), Fraction(2) ** (
        e * (p.numerator - p.denominator)
    )


def _resized_loss(loss: object, t: Fraction) -> object:
    """Return a loss whose parameters are divided where they are in the units of labels."""
    if not isinstance(loss, Mapping):
        return loss
    found: dict[str, object] = {}
    for key, given in loss.items():
        several = isinstance(given, Sequence) and not isinstance(given, str)
        if key not in _IN_LABELS:
            found[key] = given
        elif several:
            found[key] = [rational(x) / t for x in given]
        else:
            found[key] = rational(given) / t
    return found


def _size(rows: tuple[tuple[Fraction, ...], ...], near: int = _NEAR) -> Fraction:
    largest = max(abs(x) for row in rows for x in row)
    if not largest or Fraction(1, near) < largest < near:
        return Fraction(1)
    return binary(largest)


def in_units(O: Optimum, problem: VectorProblem, units: Units) -> Optimum:
    """Return the optimum of a resized problem as that of the problem itself."""
    if units.X == units.Y == units.N == 1:
        return O
    N = tuple(tuple(x * units.N for x in row) for row in O.N)

    def moved(k: Kernel) -> Kernel:
        return replace(k, face=k.face.on(problem.design, k.face.basis))

    return Optimum(
        problem,
        N,
        tuple(seen(problem, N, a.covector, a.g) for a in O.atoms),
        tuple(map(moved, O.continua)),
        tuple((seen(problem, N, a.covector, a.g), c * units.mass) for a, c in O.network),
        O.level,
        None
        if O.lifted is None
        else tuple(
            Lifted(moved(part.kernel), part.rays, tuple(x * units.mass for x in part.T))
            for part in O.lifted
        ),
        None if O.chosen is None else _fit_in_units(O.chosen, problem, units),
        O.stand_ins,
    )


def _fit_in_units(fit: Fit, problem: VectorProblem, units: Units) -> Fit:
    """Return a fit in the old units: slopes of what is free are divided as X is."""
    slopes = problem.dimension * problem.c if problem.free.has_slopes else 0
    a = (
        x * units.Y / (units.X if i < slopes else 1) for i, x in enumerate(fit.coefficients)
    )
    return replace(
        fit,
        weights=tuple(c * units.mass for c in fit.weights),
        coefficients=tuple(a),
        fit=tuple(z * units.Y for z in fit.fit),
    )
