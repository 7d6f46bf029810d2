"""Whether all optimal networks have one fit (general A1), and which features make a fit."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from polytope_nn.dual.fits import Fit, boxed, is_pinned
from polytope_nn.dual.optimum import Optimum
from polytope_nn.dual.units.classed import ClassedOptimum
from polytope_nn.dual.units.sloped import SlopedOptimum
from polytope_nn.exact.linear import independent_rows, rank, transpose
from polytope_nn.exact.scalar import Scalar, Scalars, dot, sign
from polytope_nn.geometry.farkas import alternative
from polytope_nn.problems.losses import Interval

from .supports import bits_of, support

__all__ = [
    "Fitting",
    "counted_modulo",
    "fit_is_unique",
    "fitting_of",
    "free_is_pinned",
    "is_only_fit",
    "solved",
]


def fit_is_unique(O: Optimum) -> bool:
    """Return whether ``F c + Z a`` is the same on the whole optimal set.

    From one point (c, a) it moves along the directions (delta, omega) with ``delta >= 0`` off
    the support of c and a fit that leaves no end of its interval that it stands on: for
    each sample a linear program asks for one that moves its fit, up or down. In balls the weights
    in a basis are one solution of a regular system, and with them the fit, where pairs of
    opposite neurons leave it as it is.
    """
    chosen, of = O.chosen, solved(O)
    if of.enclosures is not None and of.balls.is_still(of.problem.free):
        return True
    if chosen is None or (isinstance(O, ClassedOptimum) and O.totals):
        return True
    features = [a.feature for a in O.atoms]
    return is_only_fit(features, O.problem.free.columns, chosen, O.interval)


def solved(O: Optimum) -> Optimum:
    """Return the optimum whose system was solved: that of the sides, for other slopes."""
    return O.sides if isinstance(O, SlopedOptimum) and O.sides is not None else O


def is_only_fit(
    features: Sequence[Scalars],
    free: Sequence[Scalars],
    chosen: Fit,
    box: Sequence[Interval],
) -> bool:
    """Return whether ``F c + Z a`` is the same for all ``c >= 0`` and a that keep it in a box.

    ``chosen`` is one of them, its weights those of the features.
    """
    idle = [j for j, x in enumerate(chosen.weights) if not sign(x)]
    both = [*(f for j, f in enumerate(features) if j not in idle), *free]
    columns: list[Scalars] = [features[j] for j in idle]
    columns += [*both, *(tuple(-t for t in f) for f in both)]
    moves = [_moves(z, *ends) for z, ends in zip(chosen.fit, box, strict=True)]
    return not any(
        _moving(columns, moves, k, side)
        for k, allowed in enumerate(moves)
        for side in (1, -1)
        if side in allowed
    )


def free_is_pinned(O: Optimum) -> bool:
    """Return whether samples with one fit alone determine what is free, up to its kernel.

    Then one point of the weights, up to atoms with equal features modulo Z, has one fit.
    """
    Z = O.problem.free.Z
    pinned = [k for k, ends in enumerate(O.interval) if is_pinned([ends])]
    return rank([Z[k] for k in pinned]) == rank(Z)


def counted_modulo(O: Optimum) -> tuple[str, ...]:
    """Return what networks are counted modulo (THEORY §6, general G5).

    ``"lines"``, what the samples leave undetermined of the free part; ``"dead neurons"``, whose
    bias is free; ``"free part"`` where fits may move and no samples of one fit tell it.
    """
    lines = ("lines",) if O.problem.free.lines else ()
    dead = ("dead neurons",) if O.problem.bias == "free" else ()
    loose = () if O.is_pinned or free_is_pinned(O) else ("free part",)
    return (*lines, *dead, *loose)


def _moves(z: Scalar, low: Scalar | None, high: Scalar | None) -> tuple[int, ...]:
    """Return the sides to which a fit may move inside of its interval."""
    if low is not None and low is high:
        return ()  # pinned, however z is written
    below = low is None or z > low
    above = high is None or z < high
    return tuple(side for side, free in ((1, above), (-1, below)) if free)


def _moving(
    columns: Sequence[Scalars], moves: Sequence[tuple[int, ...]], k: int, side: int
) -> bool:
    """Return whether a direction moves the fit of sample k by ``side``."""
    n = len(moves)
    slacks = [
        tuple(Fraction(-s * (i == j)) for i in range(n))
        for j, allowed in enumerate(moves)
        for s in allowed
        if j != k
    ]
    goal = tuple(Fraction(side * (i == k)) for i in range(n))
    return alternative([*columns, *slacks], goal)[0] is not None


@dataclass(frozen=True)
class Fitting:
    """Whether a fit is a nonnegative combination of some of the features, as bits.

    What was decided is kept: supports of solutions, and largest sets without one.
    """

    features: tuple[Scalars, ...]
    fit: Scalars
    always: int = 0
    known: list[int] = field(default_factory=list, compare=False)
    barred: list[int] = field(default_factory=list, compare=False)

    def __call__(self, mask: int) -> bool:
        """Return whether the features of a mask, and those that are ``always`` there, fit."""
        mask |= self.always
        if any(s & mask == s for s in self.known):
            return True
        if any(mask & s == mask for s in self.barred):
            return False
        chosen = bits_of(mask)
        masses, w = alternative([self.features[a] for a in chosen], self.fit)
        if masses is not None:
            self.known.append(sum(1 << chosen[j] for j in masses))
            return True
        # w separates the fit from these features, and from all on their side
        self.barred.append(
            sum(1 << a for a, F in enumerate(self.features) if dot(w, F) >= 0)
        )
        return False

    def used(self, mask: int) -> int:
        """Return the features of a mask that some solution uses.

        From one solution with support S the mass of a feature a grows along a direction iff
        ``sum_b x_b F_b = -F_a`` with ``x_b >= 0`` off S: no number of the fit is in that.
        """
        mask |= self.always
        if not self(mask):
            return 0
        found = next(s for s in self.known if s & mask == s)
        chosen = bits_of(mask)
        columns = [self.features[b] for b in chosen]
        left = mask & ~found & ~self.always
        while left:
            a = left & -left
            left ^= a
            if found & a:
                continue
            back = [tuple(-x for x in self.features[b]) for b in bits_of(found)]
            goal = tuple(-x for x in self.features[a.bit_length() - 1])
            masses, _ = alternative([*columns, *back], goal)
            if masses is not None:
                moved = sum(1 << chosen[j] for j in masses if j < len(chosen))
                found |= a | moved
        return found & ~self.always


def fitting_of(O: ClassedOptimum) -> Fitting:
    """Return which atoms of an optimum fit, modulo what is free.

    Where a box of fits belongs to kappa, the slacks of its ends and what is free are further
    features, behind those of the atoms, and always there.
    """
    features = tuple(a.feature for a in O.atoms)
    free = O.problem.free
    one = [support(O.weights)]
    if O.level == "interval" and O.coordinates:
        return Fitting(O.coordinates, O.totals, known=one)
    if O.chosen is None or is_pinned(O.interval):
        if O.level == "interval" and not O.atoms:
            return Fitting((), (), known=one)  # what is free fits: no ball says so
        reduced, fit = tuple(map(free.modulo, features)), free.modulo(O.fit)
        if O.level == "interval" and all(
            isinstance(t, Fraction) for F in reduced for t in F
        ):
            told = independent_rows(transpose(reduced))  # the others say no more of a sum
            reduced = tuple(tuple(F[k] for k in told) for F in reduced)
            fit = tuple(fit[k] for k in told)
        return Fitting(reduced, fit, known=one)
    every = [*features, *free.columns, *(tuple(-t for t in z) for z in free.columns)]
    rows = [tuple(column[k] for column in every) for k in range(O.problem.n)]
    table, right, _ = boxed(rows, O.interval)
    columns = tuple(tuple(row[j] for row in table) for j in range(len(table[0])))
    always = (1 << len(columns)) - (1 << len(features))
    return Fitting(columns, tuple(right), always)
