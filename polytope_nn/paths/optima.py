"""The optimal mixtures that networks attain: where descents end (THEORY §8, T12).

A neuron is *tight* when the dual optimum prices it at its cost, ``sign kappa'(Xu)_+ = beta |u|``:
the atoms are, and along a flat of a free bias so are neurons between two kinks, or above the
last one. For finitely many tight columns the optimal mixtures ``{c >= 0 : F c = fit}``, modulo
what networks have at no cost, are a polytope, and all that is said of P holds of it: supports of
vertices have at most r columns, and from ``r + 1`` slots on everything is joined (T7.5).

Where constants are free in the limit only, they are not part of what networks have at no cost.
Then the mixtures are fewer than those of P, and one neuron above its last kink, if there may
be one, makes the constant that is missing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from polytope_nn.dual.atoms import covector
from polytope_nn.dual.fits import Fit
from polytope_nn.errors import NotOptimal, Undecided
from polytope_nn.exact.linear import transpose
from polytope_nn.exact.rational import Matrix
from polytope_nn.exact.scalar import Scalar, Scalars, dot, sign
from polytope_nn.functions.attained import attained, require_attained
from polytope_nn.geometry.double_description import slice_vertices
from polytope_nn.landscape.kinks import rising
from polytope_nn.landscape.optimal_set import OptimalPolytope
from polytope_nn.landscape.supports import bits_of, support
from polytope_nn.networks.hulls.without_constant import (
    one_without_constant,
    without_constant,
)
from polytope_nn.networks.membership import Held, Placement, held_by, is_optimal
from polytope_nn.networks.network import Network, Neuron, feature, ray, same_ray

from .route import Vertices

__all__ = ["Optima", "modulo", "optima", "tight_placement"]


@dataclass(frozen=True)
class Optima:
    """Tight columns, the atoms first, and vertices of the polytope of their optimal mixtures.

    ``complete`` says that all vertices are listed.
    """

    polytope: OptimalPolytope
    neurons: tuple[Neuron, ...]
    vertices: Vertices
    complete: bool = True

    @cached_property
    def chosen(self) -> Fit | None:
        """The one optimum that is gone to, where balls do not tell which fits there are."""
        P, O = self.polytope, self.polytope.optimum
        if P.is_unlisted:  # whose points are vertices, each with its fit
            return None
        several = O.level == "interval" and not O.is_pinned
        return O.chosen if several and O.problem.free.columns else None

    @cached_property
    def features(self) -> tuple[Scalars, ...]:
        """The features of the columns, modulo what networks have at no cost, shape (n,) each."""
        atoms = [a.feature for a in self.polytope.atoms]
        return tuple(self.modulo(F) for F in (*atoms, *self._more))

    @cached_property
    def prices(self) -> Scalars:
        """The cost of one unit of mass of each column."""
        P = self.polytope
        paid = (P.problem.beta_squared,) * len(P.atoms)
        return (*paid, *(dot(P.kappa, F) for F in self._more))

    @cached_property
    def _more(self) -> list[Scalars]:
        others = self.neurons[len(self.polytope.atoms) :]
        X, psi = self.polytope.problem.rows_and_slopes
        return [feature(X, x.sign, x.u, psi) for x in others]

    @cached_property
    def faces(self) -> tuple[tuple[int, ...], ...]:
        """The covectors of the columns."""
        P = self.polytope
        others = self.neurons[len(P.atoms) :]
        X, _ = P.problem.rows_and_slopes
        faces = (covector(X, x.u) for x in others)
        return (*(a.covector for a in P.atoms), *faces)

    @cached_property
    def _annihilator(self) -> Matrix:
        D = self.polytope.optimum.training_of_slopes
        return D.free.had.annihilator(D.weights)

    def modulo(self, z: Scalars) -> Scalars:
        """Return a vector of R^n less what networks have at no cost and fits it best.

        The rest is orthogonal to all of that in the inner product of the loss, so that the
        loss of a rest is the loss of the best free part.
        """
        return modulo(self._annihilator, z)

    def network(self, i: int) -> Network:
        """Return the i-th vertex as a network, without a free part: the one that fits is its."""
        used = bits_of(self.vertices.supports[i])
        c = self.vertices.points[i]
        us = [tuple(c[a] * t for t in self.neurons[a].u) for a in used]
        signs = [self.neurons[a].sign for a in used]
        return Network(tuple(map(Neuron, signs, us)))


def modulo(annihilator: Matrix, z: Scalars) -> Scalars:
    """Return a vector less its projection; itself where nothing is free, ``()``."""
    return tuple(dot(row, z) for row in annihilator) if annihilator else z


def optima(P: OptimalPolytope, others: Sequence[Neuron] = ()) -> Optima:
    """Return the optimal mixtures of the atoms, and of other tight neurons beside them.

    Raises
    ------
    NotAttained
        When no network of any width is optimal.
    Undecided
        When balls do not tell which mixtures networks attain.
    """
    require_attained(P)
    chosen = Optima(P, (), Vertices((), ())).chosen
    if chosen is not None or (P.missing and not P.is_unlisted):
        one = (P.optimum.weights if chosen is None else chosen.weights,)
        V = Vertices(one, tuple(map(support, one)))
        return Optima(P, tuple(Neuron(a.sign, a.g) for a in P.atoms), V, complete=False)
    neurons = [Neuron(a.sign, a.g) for a in P.atoms]
    neurons += [x for x in others if not _known(neurons, x)]
    at_limit = P.problem.free.limited and not any(line[-1] for line in P.lines)
    if not at_limit and not P.is_unlisted and len(neurons) == len(P.atoms):
        return Optima(P, tuple(neurons), Vertices(P.vertices, P.supports))
    # of many one will do: others are not asked for
    points = P.some_vertices[:1] if P.is_unlisted else None
    if at_limit:
        points = _attained(P)
        if points is None:
            raised, c = _raised(P)
            points = (c,)
            if raised is not None:
                neurons.append(raised)
    if P.level == "exact" and not P.is_unlisted:
        return Optima(P, tuple(neurons), _vertices(P, neurons))
    if points is None or (P.level == "interval" and len(neurons) > len(P.atoms) + 1):
        raise Undecided(
            "the optimal mixtures of neurons between kinks: known in balls only"
        )
    V = Vertices(points, tuple(map(support, points)))
    return Optima(P, tuple(neurons), V, complete=False)


def _attained(P: OptimalPolytope) -> tuple[Scalars, ...] | None:
    """Return points with the constant 0, one of many; None where a neuron makes constants."""
    if not without_constant(P):
        return None
    return (one_without_constant(P),) if P.is_unlisted else attained(P).points


def _known(neurons: Sequence[Neuron], x: Neuron) -> bool:
    return any(x.sign == z.sign and same_ray(x.u, z.u) for z in neurons)


def _vertices(P: OptimalPolytope, neurons: Sequence[Neuron]) -> Vertices:
    """Return the vertices of the optimal mixtures of tight neurons, modulo what is had."""
    D = P.problem
    X, psi = D.rows_and_slopes
    columns = [D.free.had.modulo(feature(X, x.sign, x.u, psi)) for x in neurons]
    right = D.free.had.modulo(P.optimum.fit)
    points: tuple[Scalars, ...] = (
        (),
    )  # of no columns: what is free fits, as it is attained
    if columns:
        points = slice_vertices(transpose(columns), right)
    return Vertices(points, tuple(map(support, points)))


def _raised(P: OptimalPolytope) -> tuple[Neuron | None, Scalars]:
    """Return a neuron above its last kink that makes the constant of a point, and the point.

    The point has the neuron as its last column; where its constant is 0 there is none.
    """
    flats = rising(P.atoms, P.loose)
    ends = [flat.lower for flat in flats.values()]
    zero, some = Fraction(0), P.some_vertices
    using = [next(v for v in some if v[a] > 0) for a in ends]
    mean = tuple(sum(column, zero) / len(using) for column in zip(*using, strict=True))
    for c in (*some, mean):
        constant = P.free_part(c)[-1]
        s = sign(constant)
        if not s:
            return None, c
        a = flats[s].lower
        if c[a] > 0:
            *w, b = P.atoms[a].g
            x = Neuron(s, (*w, b + constant * s / c[a]))
            return x, (*(zero if i == a else t for i, t in enumerate(c)), c[a])
    raise AssertionError("the mean has weight on both")  # of the vertices that use the ends


def tight_placement(
    P: OptimalPolytope, network: Network, name: str
) -> tuple[Placement, tuple[Neuron, ...]]:
    """Return the placement of an optimal network, and the tight neurons beside the atoms.

    The columns of the placement are the atoms, then those neurons.

    Raises
    ------
    NotOptimal
        When the network is not optimal; the message says why.
    """
    member = is_optimal(P, network)
    if not member:
        raise NotOptimal(f"{name} is not optimal: {member.reason}")
    if network.is_enclosed:
        return member.placement, ()
    others: list[Neuron] = []
    places: list[Held] = []
    for x in network.slots:
        y = x if isinstance(x, Neuron | None) else x.balanced
        held = None if y is None else held_by(P.atoms, P.problem.rows_and_slopes[0], y)
        if y is not None and held is None:
            held = _among(others, y, len(P.atoms))
        places.append(held)
    return tuple(places), tuple(others)


def _among(others: list[Neuron], x: Neuron, first: int) -> tuple[int, Scalar]:
    """Return the column of a neuron among others, to which it is added, and its mass."""
    for j, z in enumerate(others):
        if z.sign == x.sign and same_ray(z.u, x.u):
            i = ray(x.u)
            return first + j, x.u[i] / z.u[i]
    others.append(x)
    return first + len(others) - 1, Fraction(1)
