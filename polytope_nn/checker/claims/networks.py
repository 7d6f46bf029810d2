"""Networks: slots, fits, costs, the proof that one is optimal; *path*, *separation* (T8, T11).

A network is a list of slots: ``null``; ``{"sign", "u"}``, that is ``alpha w = sign u`` with
``|alpha| = |w|``; or raw weights ``{"w", "alpha"}`` where it may be unbalanced. A free part
``a`` is given in format 2, one entry for each column of the skip.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TypeAlias

from ..kernel.numbers import (
    Scalar,
    Vector,
    added,
    bits,
    cleared,
    dot,
    ray,
    same,
    sign,
    zero,
)
from ..kernel.primitives import combination, inside
from ..kernel.reading import Json, array, record, require, whole
from ..kernel.roots import Roots
from .dual import Atoms
from .instance import Instance


@dataclass(frozen=True)
class Neuron:
    """A balanced neuron ``alpha w = sign u``; with ``raw`` the weights (w, alpha) instead."""

    sign: int
    u: tuple[Scalar, ...]
    raw: tuple[tuple[Scalar, ...], Scalar] | None = None


Slots: TypeAlias = list[Neuron | None]


@dataclass
class Network:
    """Neurons in slots, and the coefficients of the columns of Z that are its own."""

    slots: Slots
    free: Vector = field(default_factory=list)

    @property
    def neurons(self) -> Iterable[Neuron]:
        """The neurons, without the empty slots."""
        return (x for x in self.slots if x is not None)


def network(
    D: Instance, read: Json, width: int | None, where: str, *, free: bool = False
) -> Network:
    """Return a network, of as many slots as the width says, with its free part if asked."""
    record(read, "neurons free" if free and D.Z else "neurons", where)
    slots: Slots = []
    for x in array(read["neurons"], where, width):
        D.clock.tick()
        slots.append(None if x is None else neuron(D, x, where))
    every = [t for x in slots if x is not None for t in x.u]
    a: Vector = []
    if free and D.Z:
        own = len(D.Z) - D.limited  # constants in the limit belong to no network
        a = D.field.vector(read["free"], own, where) + [Fraction(0)] * D.limited
    _, q = cleared([*every, *a], D.clock)  # sums stay short
    D.clock.hold(D.n * D.field.degree, q.bit_length(), where)
    return Network(slots, a)


def neuron(D: Instance, read: Json, where: str) -> Neuron:
    """Return the neuron of a slot."""
    if type(read) is dict and "u" in read:
        record(read, "sign u", where)
        s, u = whole(read["sign"], where, -1, 1), D.field.vector(read["u"], D.d, where)
        nothing = all(map(zero, u[: D.priced]))
        require(s and not nothing, where, "a neuron is 0: write null")
        return Neuron(s, tuple(u))
    record(read, "w alpha", where)
    w, alpha = D.field.vector(read["w"], D.d, where), D.field.number(read["alpha"], where)
    s = sign(alpha)
    return Neuron(s, tuple(s * alpha * t for t in w), (tuple(w), alpha))


def fit_of(D: Instance, x: Network) -> Vector:
    """Return ``sum_j sign_j (X u_j)_+ + Z a``, feature by feature."""
    total: Vector = [0] * D.n
    for z in x.neurons:
        total = added(D.clock, total, D.feature(z.sign, list(z.u)), 1)
    fit = added(D.clock, [Fraction(0)] * D.n, total, Fraction(1, D.scale))
    for t, column in zip(x.free, D.Z, strict=False):
        fit = added(D.clock, fit, column, t)
    return fit


@dataclass(frozen=True)
class Target:
    """What is optimal: kappa and the fit."""

    D: Instance
    kappa: Vector
    fit: Vector


def optimal(T: Target, x: Network, where: str, *, free: bool = False) -> None:
    """Prove a network globally optimal: it has the fit, and each neuron reaches the bound.

    ``sign kappa'(Xu)_+ = beta |u|`` says that u is a multiple of a tight neuron of that sign
    (with a free bias only its w has a price). Without a free part of its own it has the fit
    modulo Z.
    """
    D, kappa = T.D, T.kappa
    off = [s - t for s, t in zip(fit_of(D, x), T.fit, strict=True)]
    rest = off if free else D.modulo(off)
    combination([], rest, D.clock.tick, (where, "does not have the optimal fit"))
    for z in x.neurons:
        D.clock.tick()
        require(z.raw is None, where, "has raw weights: balance it")
        reached = Fraction(1, D.scale) * dot(kappa, D.feature(z.sign, list(z.u)))
        require(sign(reached) > 0, where, "a neuron does not lower the loss")
        priced = z.u[: D.priced]
        excess = reached * reached - D.beta_squared * dot(priced, priced)
        require(zero(excess), where, "a neuron does not reach beta: no atom")


def along(x: Neuron, z: Neuron) -> bool:
    """Return whether two balanced neurons have one sign and one ray."""
    return x.sign == z.sign and ray(x.u, z.u) > 0


def different(one: Slots, other: Slots) -> bool:
    """Return whether two networks are proved to be different points of Theta_m."""
    pairs = [(x, z) for x, z in zip(one, other, strict=True) if x is not z]
    return any(
        x is None or z is None or x.sign != z.sign or not same(x.u, z.u) for x, z in pairs
    )


def cost(D: Instance, slots: Iterable[Neuron | None]) -> Roots:
    """Return ``(beta/2) sum_j (|w_j|^2 + alpha_j^2)``, which is ``beta |u|`` if balanced."""
    terms: Roots = []
    for z in filter(None, slots):
        D.clock.tick()
        if z.raw is None:
            priced = z.u[: D.priced]
            terms.append((Fraction(1), D.beta_squared * dot(priced, priced)))
        else:
            w, alpha = z.raw
            priced = w[: D.priced]
            square = dot(priced, priced) + alpha * alpha
            terms.append((Fraction(square) / 2, D.beta_squared))
    return terms


def balanced(D: Instance, x: Neuron | None, where: str) -> Neuron | None:
    """Return the neuron of the same output, balanced; None for one without an output.

    With a free bias one without slope adds a constant, and is balanced in the limit only.
    """
    if x is None or x.raw is None:
        return x
    slope = any(x.u[: D.priced])
    require(slope or not any(x.u), where, "a neuron without slope has no balance")
    return Neuron(x.sign, x.u) if slope else None


def value_at(D: Instance, x: Network, point: Vector) -> Scalar:
    """Return the value of a network at a point of the inputs."""
    seen = [*point, Fraction(1)]
    total = dot(D.affine(x.free), seen)
    for z in x.neurons:
        D.clock.tick()
        h = dot(z.u, seen[: D.d])
        total += z.sign * h if sign(h) > 0 else 0
    return total


def path(T: Target, claim: Json, *, free: bool) -> None:
    """Prove that lines between the breakpoints stay among the optimal networks (T11).

    Between two of them every slot keeps its sign and ray, so fit and cost are linear.
    """
    D, where = T.D, "claims.path"
    require(not D.unmade, "data", "constants are free in the limit only: no path")
    width = whole(claim["width"], where, 0)
    before: Network | None = None
    for number, read in enumerate(array(claim["breakpoints"], where)):
        place = f"{where}.breakpoints[{number}]"
        reached = network(D, read, width, place, free=free)
        optimal(T, reached, place, free=free)
        for x, z in zip((before or reached).slots, reached.slots, strict=True):
            joined = x is None or z is None or along(x, z)
            require(joined, place, "a slot turns its direction")
        before = reached
    require(before is not None, where, "has no breakpoint")


def separation(
    T: Target,
    atoms: Atoms,
    vertices: tuple[Sequence[int], dict[int, list[int]]],
    claim: Json,
    *,
    free: bool,
) -> None:
    """Prove that two optimal networks lie in different components of Theta_m (T8).

    Their faces of P_m have vertices of different labels; or of one label whose only vertex
    fills every slot, and then each placement of it is a component of its own.
    """
    where, (supports, labels) = "claims.separation", vertices
    m = whole(claim["width"], where)
    require(m in labels, where, "the width is not among those of the components")
    directions = [Neuron(a.sign, tuple(a.g)) for a in atoms]
    found, ends = [], []
    for end in ("start", "end"):
        reached = network(T.D, claim[end], m, f"{where}.{end}", free=free)
        optimal(T, reached, f"{where}.{end}", free=free)
        ends.append(reached.slots)
        used = []
        for a, g in enumerate(directions):
            T.D.clock.tick()
            if any(along(x, g) for x in reached.neurons):
                used.append(a)
        face = bits(used)
        # the network is a point of P, so its face has a vertex: one below is found
        below = next(i for i, support in enumerate(supports) if inside(support, face))
        found.append(labels[m][below])
    own = [s for s, label in zip(supports, labels[m], strict=True) if label == found[0]]
    alone = len(own) == 1 and own[0].bit_count() == m and different(*ends)
    require(found[0] != found[1] or alone, where, "the two networks are joined")
