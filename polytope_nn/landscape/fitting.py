"""Which features fit: sets of them of which some nonnegative combination is a given fit."""

from dataclasses import dataclass, field

from polytope_nn.dual.fits import boxed, is_pinned
from polytope_nn.dual.units.classed import ClassedOptimum
from polytope_nn.exact.scalar import Scalars, dot
from polytope_nn.geometry.farkas import alternative

from .supports import bits_of, support

__all__ = ["Fitting", "fitting_of"]


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
        reduced = tuple(map(free.modulo, features))
        return Fitting(reduced, free.modulo(O.fit), known=one)
    every = [*features, *free.columns, *(tuple(-t for t in z) for z in free.columns)]
    rows = [tuple(column[k] for column in every) for k in range(O.problem.n)]
    table, right, _ = boxed(rows, O.interval)
    columns = tuple(tuple(row[j] for row in table) for j in range(len(table[0])))
    always = (1 << len(columns)) - (1 << len(features))
    return Fitting(columns, tuple(right), always)
