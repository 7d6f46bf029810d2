"""Problems of any size, brought to sizes near 1 by powers of 10, exactly.

With ``X = s X'``, ``y = t y'``, ``kappa = r kappa'`` the conditions of optimality are those of
X' and y' with ``beta' = beta/(s r)`` and the inverse weights of the loss times ``r/t``: neurons
turn by nothing, and what is fitted freely spans the same. So a kappa' that is found for
the other sizes is r times smaller or larger here, and is verified here. The graphs of other
losses, sets of (z, kappa), are divided by (t, r); of some t is 1.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from fractions import Fraction

from polytope_nn.dual.enclosures import Enclosures
from polytope_nn.dual.fits import Fit
from polytope_nn.dual.optimum import Optimum
from polytope_nn.dual.system import Unit
from polytope_nn.exact.rational import Matrix, Vector, approximate_root, exponent
from polytope_nn.problems.free_part import FreePart
from polytope_nn.problems.losses import ExactFit, Loss, SeparableLoss, SquaredLoss
from polytope_nn.problems.losses.graphs import Flat, Graph, Slope
from polytope_nn.problems.losses.smooth import Power, Smooth
from polytope_nn.problems.problem import Problem
from polytope_nn.search.derived import Derived

from .losses.pieces import Pieces, Standing
from .pairs import added_columns

__all__ = ["Resized", "height", "resized", "restored"]

_IN_LABELS = {"absolute", "huber", "quantile", "epsilon_insensitive", "tolerance", "power"}
_WIDTHS = {"delta", "epsilon"}  # parameters in the units of labels
_USUAL = 6  # decimal digits before or behind the point that floats take as they are


@dataclass(frozen=True, init=False, repr=False)
class Resized(Derived):
    """A problem whose X, y and kappa are those of ``whole`` over s, t and r."""

    s: Fraction
    t: Fraction
    r: Fraction

    def __init__(self, whole: Problem, s: Fraction, t: Fraction, r: Fraction) -> None:
        X = tuple(tuple(x / s for x in row) for row in whole.X)
        y = tuple(label / t for label in whole.y)
        loss: Loss = ExactFit(y)
        if isinstance(whole.loss, SquaredLoss):  # its weights in units of r/t
            loss = SquaredLoss(y, tuple(w * t / r for w in whole.loss.weights))
        elif isinstance(whole.loss, SeparableLoss):
            loss = _in_units(whole.loss, t, r)
        square = whole.beta_squared / (s * r) ** 2
        self._take(whole, s=s, t=t, r=r, X=X, y=y, beta_squared=square, loss=loss)

    def free_for(self, X: Matrix) -> FreePart:
        """Return what is fitted without a price beside samples X."""
        return self.whole.free_for(X)

    @property
    def d(self) -> int:
        """The number of features of a sample."""
        return self.whole.d

    @property
    def determining(self) -> tuple[int, ...]:
        """Samples whose labels determine all labels that networks can fit."""
        return self.whole.determining


def restored(found: Optimum, other: Resized) -> Optimum | None:
    """Return the optimum of the whole problem, of which ``found`` is that of other sizes.

    Numbers of the one are those of the other times powers of 10: kappa r, neurons s r, features
    s^2 r, weights t/(s^2 r), and so the equations, whose one solution the box encloses. None
    where what proves it is no system of faces.
    """
    proof = found.enclosures
    if proof is None or found.relations or found.cones or found.signs:
        return None
    whole, s, t, r = other.whole, other.s, other.t, other.r
    local = whole
    if isinstance(proof.solved, Pieces):
        local = Pieces(whole, [_standing(p, 1 / t, 1 / r) for p in proof.solved.pieces])
    units = tuple(
        replace(unit, factor=tuple(tuple(s * x for x in row) for row in unit.factor))
        for unit in proof.units
    )
    kept = tuple(local.free.columns[j] for j in local.free.basis)
    linear = added_columns(local, kept, units)
    slopes = len(whole.X[0]) if whole.free.has_slopes else 0
    skips = [t / s if j < slopes else t for j in local.free.basis]
    own = {j: r * x for j, x in zip(proof.pins, proof.chosen, strict=True)}  # whole, with 1
    system = replace(
        proof.system,
        y=tuple(t * y + own.get(j, 0) * (1 - t / r) for j, y in enumerate(proof.system.y)),
        inverse_weights=local.inverse_weights,
        beta_squared=whole.beta_squared,
        factors=tuple(unit.factor for unit in units),
        free=(*kept, *linear),
        prices=tuple(r * x for x in proof.system.prices),
        curves=local.curves if any(local.curves) else (),
        form=tuple(
            tuple(
                x * t / r + (1 - t / r) * (i == j and i in own) for j, x in enumerate(row)
            )
            for i, row in enumerate(proof.system.form)
        ),
    )
    sizes = (
        *[r] * whole.n, *[t / (s * s * r)] * len(units), *skips,
        *_added_sizes(local, kept, units, other),
    )  # fmt: skip
    scaled = Enclosures(
        system,
        units,
        linear,
        tuple(x * size for x, size in zip(proof.centre, sizes, strict=True)),
        proof.radius,
        tuple(x * size for x, size in zip(proof.solution, sizes, strict=True)),
        proof.pins,
        tuple(own.values()),
        None if local is whole else local,
        tuple((i, x * sizes[i]) for i, x in proof.exact),
    )
    last = s if whole.bias == "free" else Fraction(1)
    return Optimum(
        whole,
        tuple(x * r for x in found.kappa),
        tuple(
            replace(
                a,
                g=(*(x * s * r for x in a.g[:-1]), a.g[-1] * s * r * last),
                feature=tuple(x * s * s * r for x in a.feature),
            )
            for a in found.atoms
        ),
        tuple(c * t / (s * s * r) for c in found.weights),
        tuple(
            tuple(replace(b, multiplier=tuple(x * r for x in b.multiplier)) for b in bounds)
            for bounds in found.bounds
        ),
        found.level,
        found.rank,
        scaled,
        None if found.chosen is None else _restored_fit(found.chosen, other, slopes),
    )


def _added_sizes(
    local: Problem, kept: Sequence[Vector], units: Sequence[Unit], other: Resized
) -> list[Fraction]:
    """Return the sizes of coefficients of what units add: of ``X u``, then of ``1_A``.

    Of either some may be left out, as what is free has them.
    """
    opposite = [unit for unit in units if unit.column is None]
    first, every = (len(added_columns(local, kept, own)) for own in (opposite, units))
    return [other.t / other.s**2] * first + [other.t] * (every - first)


def _restored_fit(fit: Fit, other: Resized, slopes: int) -> Fit:
    s, t, r = other.s, other.t, other.r
    return replace(
        fit,
        weights=tuple(c * t / (s * s * r) for c in fit.weights),
        coefficients=tuple(
            a * (t / s if j < slopes else t) for j, a in enumerate(fit.coefficients)
        ),
        fit=tuple(z * t for z in fit.fit),
    )


def _in_units(loss: SeparableLoss, t: Fraction, r: Fraction) -> SeparableLoss:
    """Return a loss whose fits are divided by t, and kappa by r."""
    other: SeparableLoss = object.__new__(type(loss))  # one's own is made of graphs alone
    for f in fields(loss):
        object.__setattr__(other, f.name, getattr(loss, f.name))
    object.__setattr__(other, "y", tuple(y / t for y in loss.y))
    object.__setattr__(other, "rows", tuple(_row(row, t, r) for row in loss.rows))
    if loss.parameter in _WIDTHS:
        object.__setattr__(other, "values", tuple(x / t for x in loss.values))
    return other


def _row(row: Graph | Smooth, t: Fraction, r: Fraction) -> Graph | Smooth:
    if isinstance(row, Smooth):
        share = _whole_power(t, row.p - 1) if isinstance(row, Power) else Fraction(1)
        return replace(row, y=row.y / t, weight=row.weight * share / r)
    return Graph(tuple(_piece(p, t, r) for p in row.pieces))


def _standing(piece: Standing, t: Fraction, r: Fraction) -> Standing:
    if isinstance(piece, Smooth):
        found = _row(piece, t, r)
        assert isinstance(found, Smooth)  # as it was
        return found
    return _piece(piece, t, r)


def _piece(piece: Flat | Slope, t: Fraction, r: Fraction) -> Flat | Slope:
    def over(x: Fraction | None, unit: Fraction) -> Fraction | None:
        return None if x is None else x / unit

    if isinstance(piece, Flat):
        return Flat(piece.at / r, over(piece.low, t), over(piece.high, t))
    inverse = piece.inverse * r / t
    return Slope(piece.at / t, inverse, over(piece.low, r), over(piece.high, r))


def _whole_power(t: Fraction, p: Fraction) -> Fraction:
    """Return a power of a power of 10 that is one: :func:`resized` chose it so."""
    digits = len(str(t.numerator)) - len(str(t.denominator))
    return Fraction(10) ** int(digits * p)


def resized(problem: Problem) -> Resized | None:
    """Return the problem with numbers of order 1; None when they are near that already.

    A penalised bias fixes the size of X, and some losses that of labels.

    >>> from polytope_nn.problems.interpolation import InterpolationProblem
    >>> large = InterpolationProblem([["1e400"], ["-2e400"]], [1, "3e-50"])
    >>> resized(large).X, resized(large).r == Fraction(1, 10**400)
    (((Fraction(1, 1),), (Fraction(-2, 1),)), True)
    """
    rows = (x for chart in problem.charts for x in chart.design)
    s = _size(t for x in rows for t in x) if problem.bias != "penalised" else Fraction(1)
    t = _label_size(problem)
    r = _size([approximate_root(problem.beta_squared)]) / s
    if s == t == r == 1:
        return None
    return Resized(problem, s, t, r)


def _label_size(problem: Problem) -> Fraction:
    """Return the power of 10 that labels are divided by: 1 where the loss has one size."""
    loss, t = problem.loss, _size(problem.y)
    if not isinstance(loss, SeparableLoss) or t == 1:
        return t
    if loss.kind.rsplit(" ", 1)[-1] not in _IN_LABELS:  # of two sides, too
        return Fraction(1)
    powers = (row.p for row in loss.rows if isinstance(row, Power))  # of one p
    step = next((p.denominator for p in powers), 1)  # t^(p - 1) is rational, too
    digits = len(str(t.numerator)) - len(str(t.denominator))
    return Fraction(10) ** (round(digits / step) * step)


def height(problem: Problem) -> int:
    """Return the number of bits of the largest integer in the data."""
    entries = [*(t for x in problem.X for t in x), *problem.y, problem.beta_squared]
    entries += problem.inverse_weights
    return max(max(t.numerator.bit_length(), t.denominator.bit_length()) for t in entries)


def _size(numbers: Iterable[Fraction]) -> Fraction:
    """Return a power of 10 near the largest number; 1 when that is of usual size."""
    largest = max(map(abs, numbers), default=Fraction(0)) or Fraction(1)
    bits = exponent(largest)
    digits = (30103 * bits + 50000) // 100000  # log 2 = 0.30103
    return Fraction(1) if abs(digits) <= _USUAL else Fraction(10) ** digits
