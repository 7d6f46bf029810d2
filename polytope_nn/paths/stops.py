"""Where descents stop: neurons, and what is free beside them (T12, general G6).

What is free goes along: a stop is a placement with coefficients of it. On a line between two
stops that agree on the slots fit and cost are linear and the loss is convex, so the objective
is, and it never rises on the line iff it does not at its end.
"""

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import cast

from polytope_nn.errors import Undecided
from polytope_nn.exact.ball import Ball
from polytope_nn.exact.linear import solve
from polytope_nn.exact.radical import RootSum, simplest, total
from polytope_nn.exact.scalar import Scalar, Scalars, dot, sign
from polytope_nn.landscape.optimal_set import OptimalPolytope
from polytope_nn.networks.free_parts import with_free_part
from polytope_nn.networks.membership import Placement, mixture
from polytope_nn.networks.network import Network, Neuron, Slot, feature
from polytope_nn.problems.free_part import FreePart
from polytope_nn.problems.losses import Interval, SquaredLoss
from polytope_nn.problems.losses.graphs import Graph
from polytope_nn.problems.losses.separable import Loss, rows_of
from polytope_nn.problems.losses.smooth import Smooth

from .mixtures import Columns
from .rays import beside, known_rays, ray_mass

__all__ = ["Ground", "Stop", "near", "slope"]

_BITS = 600  # at which what is not rational is enclosed
_ZERO, _ONE = Fraction(0), Fraction(1)


@dataclass(frozen=True)
class Stop:
    """A placement, the coefficients of what is free beside it, and the fit of both, (n,)."""

    held: Placement
    free: Scalars
    fit: Scalars
    optimal: bool = False


@dataclass(frozen=True)
class Ground:
    """The columns of a problem of a finite loss, unprojected."""

    columns: Columns

    @property
    def polytope(self) -> OptimalPolytope:
        """The optimal polytope."""
        return self.columns.polytope

    @property
    def loss(self) -> Loss:
        """The loss of the entries of a fit."""
        return self.polytope.problem.loss

    @property
    def rows(self) -> Sequence[Graph | Smooth]:
        """The loss of each entry of a fit."""
        return rows_of(self.loss)

    @property
    def is_separable(self) -> bool:
        """Whether the loss of a fit is a sum over its entries."""
        return True

    @property
    def free(self) -> FreePart:
        """What networks have at no cost."""
        return self.polytope.problem.free.had

    @property
    def kappa(self) -> Scalars:
        """The dual variable, an entry for each of the fit."""
        return self.polytope.kappa

    @property
    def interval(self) -> Sequence[Interval]:
        """The fits that belong to kappa."""
        return self.polytope.optimum.interval

    def kappas(
        self, fit: Scalars, unmoved: Container[int] = ()
    ) -> Iterator[tuple[Scalar | None, Scalar | None]]:
        """Yield for each entry of a fit the least and the largest kappa that belong to it.

        Of an entry that is not moved those of the optimum.
        """
        for k, (row, z, t) in enumerate(zip(self.rows, fit, self.kappa, strict=True)):
            yield (t, t) if k in unmoved else row.kappas(z) or (None, None)

    def known_rays(self) -> dict[int, Neuron]:
        """Return the neurons of the start that no ball tells from the ray of an atom."""
        return known_rays(self.columns)

    def beside_atom(self, a: int, bits: int) -> Neuron:
        """Return a rational ray beside an atom, to some bits."""
        return beside(self.polytope.problem.rows_and_slopes[0], self.columns, a, bits)

    def ray_mass(
        self, place: int, a: int, v: Scalar, factor: Fraction, bits: int
    ) -> Fraction:
        """Return about a factor times the mass of a ray that makes the mass v of an atom."""
        u, g = self.columns.neurons[place].u, self.columns.neurons[a].u
        return ray_mass(u, g, v, factor, bits)

    @cached_property
    def features(self) -> tuple[Scalars, ...]:
        """The features of the columns, shape (n,) each."""
        atoms = [a.feature for a in self.polytope.atoms]
        X, psi = self.polytope.problem.rows_and_slopes
        others = self.columns.neurons[len(atoms) :]
        return (*atoms, *(feature(X, x.sign, x.u, psi) for x in others))

    def fit(self, held: Placement, free: Scalars) -> Scalars:
        """Return the fit of a placement and of what is free beside it, shape (n,)."""
        features, columns = self.features, self.free.columns
        parts = [(features[x[0]], x[1]) for x in held if x is not None]
        parts += zip(columns, free, strict=True)
        factors = [t for _, t in parts]
        n = len(self.interval)
        return tuple(dot([F[k] for F, _ in parts], factors) for k in range(n))

    def start(self, free: Scalars) -> Stop:
        """Return the start, which has this beside its neurons."""
        held = self.columns.start
        fit = self.fit(held, free)
        return Stop(held, free, fit, self._is_optimal(held, fit))

    def _is_optimal(self, held: Placement, fit: Scalars) -> bool:
        """Return whether all columns are tight and the fit belongs to kappa; exact numbers.

        In balls no neuron of the start has the column of an atom.
        """
        if self.polytope.level != "exact" or any(
            x and x[0] >= self.columns.tight for x in held
        ):
            return False
        return all(
            (low is None or low <= z) and (high is None or z <= high)
            for z, (low, high) in zip(fit, self.interval, strict=True)
        )

    def optimum(self, held: Placement) -> Stop:
        """Return the stop of a placement that adds up to a point of P."""
        P, chosen = self.polytope, self.columns.optima.chosen
        if self.columns.tight > len(P.atoms):  # neurons between kinks: there is one fit
            return replace(self.at(held, P.optimum.fit), optimal=True)
        a: Scalars = () if chosen is None else chosen.coefficients
        if self.free.columns and chosen is None:
            a = P.free_part(mixture(held, self.columns.tight))
        a = a[: len(self.free)]
        return Stop(held, a, self.fit(held, a), optimal=True)

    def at(self, held: Placement, fit: Scalars) -> Stop:
        """Return the stop of a placement that has a fit: what is free makes the rest."""
        free = self.free
        made = self.fit(held, (_ZERO,) * len(free))
        left = [s - t for s, t in zip(fit, made, strict=True)]
        rows = [[z[j] for j in free.basis] for z in free.Z]
        found = solve(rows, left) if free.basis else ()
        assert found is not None  # the two fits agree modulo what is free
        a: list[Scalar] = [_ZERO] * len(free)
        for j, x in zip(free.basis, found, strict=True):
            a[j] = x
        return Stop(held, tuple(a), fit)

    def beside(self, stop: Stop, goal: Placement | None) -> Stop | None:
        """Return an optimum that a line from a stop leads to; None when no slots are left."""
        held = self.columns.beside(stop.held, goal)
        return None if held is None else self.optimum(held)

    def pruned(self, stop: Stop) -> Stop:
        """Return a stop of the same fit, no dearer, on features independent of what is free."""
        return self.at(self.columns.pruned(stop.held), stop.fit)

    def steps(self, stop: Stop, target: Mapping[int, Scalar], fit: Scalars) -> list[Stop]:
        """Return the active-set steps from a pruned stop to the fit of a target.

        Their fits lie on the line from that of the stop to the one given, in this order.
        """
        held = self.columns.steps(stop.held, target)
        moved = [b - a for a, b in zip(stop.fit, fit, strict=True)]
        first, last = self.columns.fit(stop.held), self.columns.fit_of(target)
        # modulo what is free the fit says how far on the line a placement is
        far = [
            (k, b - a) for k, (a, b) in enumerate(zip(first, last, strict=True)) if a != b
        ]
        found = []
        for i, p in enumerate(held):
            share: Scalar = Fraction(int(i == len(held) - 1))
            if far:
                k, length = far[0]
                share = (self.columns.fit(p)[k] - first[k]) / length
            z = [a + share * t for a, t in zip(stop.fit, moved, strict=True)]
            found.append(self.at(p, tuple(z)))
        return found

    def cost(self, stop: Stop) -> RootSum:
        """Return the weight decay of a stop, what is not rational enclosed."""
        prices = self.columns.prices
        return total(prices[x[0]] * near(x[1]) for x in stop.held if x is not None)

    def objective(self, stop: Stop) -> RootSum:
        """Return the objective of a stop."""
        if stop.optimal:
            return self.columns.optimal_value
        if isinstance(self.loss, SquaredLoss):  # exact where the numbers are
            return self.columns.cost(stop.held) + self.loss.value(stop.fit)
        values = map(_value, self.rows, map(near, stop.fit))
        return self.cost(stop) + sum(values, _ZERO)

    def network(self, stop: Stop) -> Network:
        """Return the network of a stop."""
        bare = network_on(self.columns.neurons, stop.held)
        return with_free_part(self.polytope.optimum.training_of_slopes, bare, stop.free)

    def falls(self, p: Stop, q: Stop) -> bool:
        """Return whether the objective falls up to the end of the line from p to q."""
        change = self.cost(q) - self.cost(p)
        for row, a, b in zip(self.rows, p.fit, q.fit, strict=True):
            change = change + slope(row, b, b - a)
        return change.sign() <= 0


def network_on(neurons: Sequence[Neuron], p: Placement) -> Network:
    """Return the network of a placement of neurons."""
    slots: list[Slot] = []
    for held in p:
        x = None if held is None else neurons[held[0]]
        u = () if x is None or held is None else tuple(held[1] * t for t in x.u)
        slots.append(x if x is None else Neuron(x.sign, u))
    return Network(tuple(slots))


def slope(row: Graph | Smooth, z: Scalar, moved: Scalar) -> Scalar:
    """Return how the loss of a sample rises at the end z of a line that moved so far.

    Of a kink the side that the line comes from.
    """
    z, moved = near(z), near(moved)
    if isinstance(moved, Fraction) and not moved:
        return _ZERO
    if isinstance(row, Smooth):
        return -(near(row.kappa(z)) * moved)
    ends = cast("tuple[Scalar, Scalar]", row.kappas(z))
    return -(near(ends[0]) * moved) if sign(moved) < 0 else -(near(ends[1]) * moved)


def _value(row: Graph | Smooth, z: Scalar) -> Scalar:
    """Return the loss of a sample; of a ball around a kink an enclosure of it."""
    try:
        value = row.value(z)
    except Undecided:
        if not (isinstance(row, Graph) and isinstance(z, Ball)):
            raise
        ends = [row.value(t) for t in (z.lower, z.upper)]
        found = [t for t in ends if isinstance(t, Fraction)]
        # convex with the least value 0, taken where kappa passes 0
        falling, rising = slope(row, z.lower, -_ONE), slope(row, z.upper, _ONE)
        least = _ZERO if falling > 0 and rising > 0 else min(found)
        return Ball.from_interval(least, max(found), _BITS)
    assert value is not None  # the loss is finite
    return near(value)


def near(x: Scalar) -> Scalar:
    """Return a fraction as it is, another number as a ball: balls compute with each other."""
    x = simplest(x)
    if isinstance(x, Fraction):
        return x
    ball = x.enclosure(_BITS)
    assert isinstance(ball, Ball)  # what encloses is a ball here
    return ball
