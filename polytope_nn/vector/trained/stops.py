"""Where descents with several outputs stop, of any finite loss and at any level (G6).

The entries of a fit are n c numbers, and neurons are columns of features ``phi v'`` in R^(n c):
the legs of a descent are those of one output (:mod:`~polytope_nn.paths.legs`), over pairs
(u, v) in place of neurons with a sign. Beside a direction that is known in balls lies a
rational pair, u on its face. Softmax is no sum over entries, but its gradient is as good.
"""

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import cast

from polytope_nn.dual.atoms import covector
from polytope_nn.dual.fits import one_fit
from polytope_nn.exact.linear import transpose
from polytope_nn.exact.radical import RootSum, exactly, root
from polytope_nn.exact.rational import exponent
from polytope_nn.exact.scalar import Scalar, Scalars, dot, middle, sign, squared_norm
from polytope_nn.networks.membership import Held, Placement
from polytope_nn.networks.neuron import same_ray
from polytope_nn.paths.mixtures import Columns
from polytope_nn.paths.optima import Optima
from polytope_nn.paths.rays import differ, largest_exponent, ray_of_face, rounded
from polytope_nn.paths.stops import Ground, Stop, near
from polytope_nn.problems.free_part import FreePart
from polytope_nn.problems.losses import Interval
from polytope_nn.problems.losses.separable import Loss
from polytope_nn.problems.losses.smooth import exponential
from polytope_nn.vector.losses.entries import flat, rows_of
from polytope_nn.vector.losses.softmax import normalised
from polytope_nn.vector.network import VectorNetwork, VectorNeuron
from polytope_nn.vector.optimum import Direction, Optimum
from polytope_nn.vector.problem import VectorProblem

from .free_parts import moved_free_part

__all__ = ["PairColumns", "PairGround", "is_used"]

_ZERO = Fraction(0)


@dataclass(frozen=True)
class PairColumns(Columns):
    """Pairs of tight directions, then those of a network; features modulo what is free."""

    @classmethod
    def with_network(
        cls,
        optima: Optima,
        directions: Sequence[Direction],
        network: VectorNetwork,
        *,
        apart: bool,
    ) -> "PairColumns":
        """Return the columns of a network beside tight directions.

        With ``apart`` a neuron on the ray of one has a column of its own, as rational as the
        network is.
        """
        bare = cls(optima, (), (), (), ())
        pairs = [VectorNeuron(a.g, a.h) for a in directions]
        tight = replace(
            bare,
            neurons=tuple(pairs),  # type: ignore[arg-type] # of several outputs
            features=tuple(bare.modulo(flat(a.feature)) for a in directions),
            prices=tuple(exactly(near(squared_norm(a.h))) for a in directions),
        )
        used = [x for x in network.slots if x is not None and is_used(x)]
        wide, places = tight.joined(used, len(pairs) if apart else 0)
        waiting, start = iter(places), list[Held]()
        for x in network.slots:
            if x is None or not is_used(x):
                start.append(None)
                continue
            j = next(waiting)
            start.append((j, _share(x, wide.pair(j))))
        return replace(wide, start=tuple(start))

    @property
    def problem(self) -> VectorProblem:
        """The problem."""
        return cast("VectorProblem", cast("object", self.polytope.optimum.problem))

    def pair(self, j: int) -> VectorNeuron:
        """Return a column as a neuron of mass 1."""
        return cast("VectorNeuron", self.neurons[j])

    def modulo(self, fit: Scalars) -> Scalars:
        """Return entries of a fit modulo what is free, output after output."""
        D = self.problem
        columns = transpose(rows_of(fit, D.c))
        return tuple(t for column in columns for t in D.free.modulo(column))

    def made(self, x: VectorNeuron) -> Scalars:
        """Return what a neuron fits, entry after entry."""
        active = (max(dot(row, x.u), _ZERO) for row in self.problem.design)
        return tuple(t * v for t in active for v in x.v)

    def joined(  # type: ignore[override] # pairs
        self, rays: Sequence[VectorNeuron], first: int | None = None
    ) -> "tuple[PairColumns, list[int]]":
        """Return the columns with pairs added, and the column of each."""
        first = self.tight if first is None else first
        every, places = [self.pair(j) for j in range(len(self.neurons))], []
        for x in rays:
            alike = (
                j
                for j, z in enumerate(every)
                if j >= first and same_ray(z.u, x.u) and same_ray(z.v, x.v)
            )
            places.append(next(alike, len(every)))
            if places[-1] == len(every):
                every.append(x)
        new = every[len(self.neurons) :]
        square = self.problem.beta_squared
        costs = (root(square * squared_norm(x.u) * squared_norm(x.v)) for x in new)
        wide = replace(
            self,
            neurons=tuple(every),  # type: ignore[arg-type] # pairs
            features=(*self.features, *(self.modulo(self.made(x)) for x in new)),
            prices=(*self.prices, *costs),
        )
        return wide, places

    def fit_of(self, c: "dict[int, Scalar]") -> Scalars:  # type: ignore[override]
        """Return the fit of masses of columns, modulo what is free."""
        D = self.problem
        fit = self.modulo((_ZERO,) * (D.n * D.c))
        for j, x in c.items():
            fit = tuple(z + x * t for z, t in zip(fit, self.features[j], strict=True))
        return fit


@dataclass(frozen=True)
class PairGround(Ground):
    """The columns of a problem with several outputs; ``directions`` are the tight ones."""

    directions: tuple[Direction, ...]

    @property
    def pairs(self) -> PairColumns:
        """The columns."""
        return cast("PairColumns", self.columns)

    @property
    def problem(self) -> VectorProblem:
        """The problem."""
        return self.pairs.problem

    @property
    def optimal(self) -> Optimum:
        """The optimum."""
        return cast("Optimum", cast("object", self.polytope.optimum))

    @property
    def loss(self) -> Loss:
        """The loss of the entries."""
        return self.problem.entries.loss

    @property
    def is_separable(self) -> bool:
        """Whether the loss is a sum over entries."""
        return not self.problem.entries.shifted

    @cached_property
    def free(self) -> FreePart:
        """What is free of the entries, output after output; no constants of rows."""
        E, of = self.problem.entries, self.problem.free
        return FreePart(E.n, E.columns, of.has_slopes, of.has_constant, of.limited)

    @property
    def kappa(self) -> Scalars:
        """N, entry after entry."""
        return flat(self.optimal.N)

    @cached_property
    def interval(self) -> Sequence[Interval]:
        """The fits that belong to N; of softmax the one whose rows sum to 0."""
        if self.is_separable:
            return self.optimal.interval
        return tuple((z, z) for z in flat(self.optimal.fit))

    def kappas(
        self, fit: Scalars, unmoved: Container[int] = ()
    ) -> Iterator[tuple[Scalar | None, Scalar | None]]:
        """Yield for each entry of a fit the least and the largest entry of N."""
        if self.is_separable:
            yield from super().kappas(fit, unmoved)
            return
        D = self.problem
        shares = normalised(rows_of(tuple(map(near, fit)), D.c))
        for z, labels, w in zip(shares, D.Y, D.weights, strict=True):
            for t, y in zip(z, labels, strict=True):
                entry = (y - near(exponential(near(t)))) * w
                yield entry, entry

    @cached_property
    def features(self) -> tuple[Scalars, ...]:
        """The features of the columns, entry after entry."""
        tight = [flat(a.feature) for a in self.directions]
        others = range(len(tight), len(self.columns.neurons))
        return (*tight, *(self.pairs.made(self.pairs.pair(j)) for j in others))

    def known_rays(self) -> dict[int, VectorNeuron]:  # type: ignore[override] # pairs
        """Return the neurons of the start that no ball tells from a tight direction."""
        found: dict[int, VectorNeuron] = {}
        for j in range(self.columns.tight, len(self.columns.neurons)):
            x = self.pairs.pair(j)
            face = covector(self.problem.design, x.u)
            for a, known in enumerate(self.directions):
                alike = known.covector == face
                if alike and not differ(known.g, x.u) and not differ(known.h, x.v):
                    found.setdefault(a, x)
        return found

    def beside_atom(self, a: int, bits: int) -> VectorNeuron:  # type: ignore[override]
        """Return a rational pair beside a tight direction, to some bits."""
        x = self.directions[a]
        outputs = [middle(t) for t in x.h]
        scale = bits - largest_exponent(outputs)
        u = ray_of_face(self.problem.design, x.covector, x.g, bits)
        return VectorNeuron(u, tuple(rounded(t, scale) for t in outputs))

    def ray_mass(
        self, place: int, a: int, v: Scalar, factor: Fraction, bits: int
    ) -> Fraction:
        """Return about a factor times the mass of a pair that makes the mass v."""
        x, g = self.pairs.pair(place), self.pairs.pair(a)
        exact = middle(v) * middle(_share(g, x)) * factor
        return rounded(exact, bits - exponent(exact))

    def optimum(self, held: Placement) -> Stop:
        """Return the stop of a placement of tight directions with an optimal fit."""
        O, D = self.optimal, self.problem
        none = (_ZERO,) * len(self.free)
        a: Scalars = none
        if self.free.columns:
            made = self.fit(held, none)
            if D.is_squared:
                a = flat(D.best_beside(rows_of(made, D.c)))
            elif O.level == "interval":
                a = flat(moved_free_part(O, made))
            else:
                left = [
                    (low if low is None else low - z, high if high is None else high - z)
                    for z, (low, high) in zip(made, self.interval, strict=True)
                ]
                a = one_fit((), self.free.columns, left).coefficients
        return Stop(held, a, self.fit(held, a), optimal=True)

    def objective(self, stop: Stop) -> RootSum:
        """Return the objective of a stop."""
        if self.is_separable or stop.optimal:
            return super().objective(stop)
        loss = self.problem.loss(rows_of(stop.fit, self.problem.c))
        assert loss is not None  # softmax is finite
        return self.cost(stop) + near(loss)

    def falls(self, p: Stop, q: Stop) -> bool:
        """Return whether the objective falls up to the end of the line from p to q."""
        if self.is_separable:
            return super().falls(p, q)
        change = self.cost(q) - self.cost(p)
        ends = self.kappas(q.fit)
        for (entry, _), a, b in zip(ends, p.fit, q.fit, strict=True):
            assert entry is not None  # softmax has one at every fit
            change = change - near(b - a) * entry
        return change.sign() <= 0

    def network(self, stop: Stop) -> VectorNetwork:  # type: ignore[override] # of outputs
        """Return the network of a stop."""
        slots: list[VectorNeuron | None] = []
        for held in stop.held:
            x = None if held is None else self.pairs.pair(held[0])
            v = () if x is None or held is None else tuple(held[1] * t for t in x.v)
            slots.append(x if x is None else VectorNeuron(x.u, v))
        D = self.problem
        bare = VectorNetwork(tuple(slots))
        return bare.beside(D, rows_of(stop.free, D.c)) if D.free.columns else bare


def is_used(x: VectorNeuron) -> bool:
    """Return whether a neuron has a product that is not 0."""
    return any(map(sign, x.u)) and any(map(sign, x.v))


def _share(x: VectorNeuron, column: VectorNeuron) -> Scalar:
    """Return the mass of a column that makes a neuron on its ray."""
    i, j = _largest(column.u), _largest(column.v)
    return x.u[i] * x.v[j] / (column.u[i] * column.v[j])


def _largest(u: Scalars) -> int:
    """Return the place of an entry that is not 0, whatever balls others are in."""
    return max(range(len(u)), key=lambda i: abs(middle(u[i])))
