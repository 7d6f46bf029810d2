"""Which features fit: sets of them of which some nonnegative combination is a given fit."""

from dataclasses import dataclass, field

from polytope_nn.exact.scalar import Scalars, dot
from polytope_nn.geometry.farkas import alternative

from .supports import bits_of

__all__ = ["Fitting"]


@dataclass(frozen=True)
class Fitting:
    """Whether a fit is a nonnegative combination of some of the features, as bits.

    What was decided is kept: supports of solutions, and largest sets without one.
    """

    features: tuple[Scalars, ...]
    fit: Scalars
    known: list[int] = field(default_factory=list, compare=False)
    barred: list[int] = field(default_factory=list, compare=False)

    def __call__(self, mask: int) -> bool:
        """Return whether the features of a mask fit."""
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
        """Return the features of a mask that some solution uses."""
        left, found = mask, 0
        while left:
            a = left & -left
            left ^= a
            if found & a:
                continue
            support = self._with(mask, a)
            found |= support
        return found

    def _with(self, mask: int, a: int) -> int:
        """Return the support of a solution that uses the feature a; 0 where none does.

        ``sum_b c_b F_b + t F_a = s fit`` with t = 1: homogeneous, with the fit at s >= 0.
        """
        chosen = bits_of(mask)
        at = chosen.index(a.bit_length() - 1)
        one = tuple(-x for x in self.features[chosen[at]])
        columns = [self.features[b] for b in chosen]
        columns.append(tuple(-x for x in self.fit))
        masses, _ = alternative(columns, one)
        if masses is None or len(chosen) not in masses:
            return 0
        return a | sum(1 << chosen[j] for j in masses if j < len(chosen))
