"""The checker of certificates about networks: paths, separations, descents, gaps.

It stands on :mod:`check`, lies beside it, is called by it and like it imports the standard
library only. A network is a list of slots: ``null``; ``{"sign", "u"}``, that is
``alpha w = sign u`` with ``|alpha| = |w|``; or raw weights ``{"w", "alpha"}`` where it may
be unbalanced. Costs are sums of square roots, compared exactly: roots of different classes
modulo squares are linearly independent over Q, and others are put together.
"""

from dataclasses import dataclass
from fractions import Fraction
from math import isqrt
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

if TYPE_CHECKING or __package__:
    from . import check as base
else:
    import check as base

Json: TypeAlias = Any  # what json.loads returns: used only behind a requirement on its type
Terms: TypeAlias = list[tuple[Fraction, Fraction]]  # sum of q sqrt(s): the pairs (q, s)

PROOF = {name: base.CLAIMS[name] for name in ("patterns", "dual")}
OPTIMUM = PROOF | {"optimum": base.CLAIMS["optimum"]}
KINDS: dict[str, dict[str, str]] = {
    "separation": base.CLAIMS | {"separation": "width start end"},
    "path": OPTIMUM | {"path": "width breakpoints"},
    "descent": OPTIMUM | {"descent": "width breakpoints objectives"},
    "gap": PROOF | {"gap": "network primal dual gap"},
}


@dataclass(frozen=True)
class Neuron:
    """A balanced neuron ``alpha w = sign u``; with ``raw`` the weights (w, alpha) instead."""

    sign: int
    u: tuple[base.Scalar, ...]
    raw: tuple[tuple[base.Scalar, ...], base.Scalar] | None = None


Slots: TypeAlias = list[Neuron | None]


def network(D: base.Data, read: Json, width: int | None, where: str) -> Slots:
    """Return the slots of a network, as many as the width says."""
    slots: Slots = []
    for x in base.array(base.record(read, "neurons", where)["neurons"], where, width):
        if x is None:
            slots.append(None)
        elif type(x) is dict and "u" in x:
            base.record(x, "sign u", where)
            s, u = base.whole(x["sign"], where, -1, 1), D.field.vector(x["u"], D.d, where)
            base.require(
                s and not all(map(base.zero, u)), where, "a neuron is 0: write null"
            )
            slots.append(Neuron(s, tuple(u)))
        else:
            base.record(x, "w alpha", where)
            w, alpha = D.field.vector(x["w"], D.d, where), D.field.number(x["alpha"], where)
            s = base.sign(alpha)
            slots.append(Neuron(s, tuple(s * alpha * t for t in w), (tuple(w), alpha)))
    base.cleared([t for x in slots if x is not None for t in x.u])  # sums stay small
    return slots


def fit_of(D: base.Data, slots: Slots) -> base.Vector:
    """Return ``sum_j sign_j (X u_j)_+``."""
    features = [D.feature(x.sign, list(x.u)) for x in slots if x is not None]
    return [Fraction(1, D.scale) * sum(column) for column in zip([0] * D.n, *features)]  # noqa: B905 - all of length n


@dataclass(frozen=True)
class Target:
    """What is optimal: kappa and the fit, that of the neurons but for what is free."""

    D: base.Data
    kappa: base.Vector
    fit: base.Vector
    modulo: "Callable[[base.Vector], base.Vector]" = list


def optimal(T: Target, slots: Slots, where: str) -> None:
    """Prove a network globally optimal: it has the fit, and each neuron reaches the bound.

    ``sign kappa'(Xu)_+ = beta |u|`` says that u is a multiple of an atom of that sign (of
    a tight neuron: with a free bias only its w has a price).
    """
    D, kappa = T.D, T.kappa
    off = [s - t for s, t in zip(fit_of(D, slots), T.fit, strict=True)]
    fitted = all(map(base.zero, T.modulo(off)))
    base.require(fitted, where, "does not have the optimal fit")
    for x in slots:
        if x is None:
            continue
        base.require(x.raw is None, where, "has raw weights: balance it")
        reached = Fraction(1, D.scale) * base.dot(kappa, D.feature(x.sign, list(x.u)))
        base.require(base.sign(reached) > 0, where, "a neuron does not lower the loss")
        priced = x.u[: D.priced]
        excess = reached * reached - D.beta_squared * base.dot(priced, priced)
        base.require(base.zero(excess), where, "a neuron does not reach beta: no atom")


def along(x: Neuron, z: Neuron) -> bool:
    """Return whether two balanced neurons have one sign and one ray."""
    i = next(i for i, t in enumerate(x.u) if not base.zero(t))
    crossed = base.same([t * x.u[i] for t in z.u], [t * z.u[i] for t in x.u])
    return x.sign == z.sign and crossed and base.sign(x.u[i] * z.u[i]) > 0


def path(T: Target, claim: Json) -> None:
    """Prove that lines between the breakpoints stay among the optimal networks (T11).

    Between two of them every slot keeps its sign and ray, so fit and cost are linear.
    """
    width = base.whole(claim["width"], "claims.path", 0)
    before: Slots | None = None
    for number, read in enumerate(base.array(claim["breakpoints"], "claims.path")):
        T.D.field.tick()
        where = f"claims.path.breakpoints[{number}]"
        slots = network(T.D, read, width, where)
        optimal(T, slots, where)
        for x, z in zip(before or slots, slots, strict=True):
            joined = x is None or z is None or along(x, z)
            base.require(joined, where, "a slot turns its direction")
        before = slots
    base.require(before is not None, "claims.path", "has no breakpoint")


def separation(T: Target, claims: dict[str, Json], labels: dict[int, list[int]]) -> None:
    """Prove that two optimal networks lie in different components of Theta_m (T8).

    Their faces of P_m have vertices of different labels; or of one label whose only vertex
    fills every slot, and then each placement of it is a component of its own.
    """
    claim, where = claims["separation"], "claims.separation"
    m = base.whole(claim["width"], where)
    base.require(m in labels, where, "the width is not among those of the components")
    atoms = base.atoms_of(T.D, T.kappa, claims["atoms"])
    directions = [Neuron(a.sign, tuple(a.g)) for a in atoms]
    supports = [base.bits(v["support"]) for v in claims["vertices"]["list"]]
    found, ends = [], []
    for end in ("start", "end"):
        slots = network(T.D, claim[end], m, f"{where}.{end}")
        optimal(T, slots, f"{where}.{end}")
        ends.append(slots)
        used = [
            a for a, g in enumerate(directions) if any(x and along(x, g) for x in slots)
        ]
        face = base.bits(used)
        # the network is a point of P, so its face has a vertex: one below is found
        below = [i for i, support in enumerate(supports) if not support & ~face]
        base.require(below, f"{where}.{end}", "no vertex is seen below the network")
        found.append(labels[m][below[0]])
    own = [s for s, label in zip(supports, labels[m], strict=True) if label == found[0]]
    alone = len(own) == 1 and own[0].bit_count() == m and different(*ends)
    base.require(found[0] != found[1] or alone, where, "the two networks are joined")


def different(one: Slots, other: Slots) -> bool:
    """Return whether two networks are proved to be different points of Theta_m."""
    pairs = [(x, z) for x, z in zip(one, other, strict=True) if x is not z]
    return any(
        x is None or z is None or x.sign != z.sign or distinct(x.u, z.u) for x, z in pairs
    )


def distinct(u: "Sequence[base.Scalar]", v: "Sequence[base.Scalar]") -> bool:
    """Return whether two vectors are proved to differ: the sign of an entry shows it."""
    return any(base.sign(s - t) for s, t in zip(u, v, strict=True))


def cost(D: base.Data, slots: Slots) -> Terms:
    """Return ``(beta/2) sum_j (|w_j|^2 + alpha_j^2)``, which is ``beta |u|`` if balanced."""
    terms: Terms = []
    for x in slots:
        if x is not None and x.raw is None:
            terms.append((Fraction(1), D.beta_squared * base.dot(x.u, x.u)))
        elif x is not None and x.raw is not None:
            w, alpha = x.raw
            terms.append(((base.dot(w, w) + alpha * alpha) / 2, D.beta_squared))
    return terms


def root_sign(field: base.Field, terms: Terms) -> int:
    """Return the sign of ``sum q sqrt(s)`` with every ``s > 0``."""
    classes: Terms = []  # sqrt(s) = (sqrt(s t) / t) sqrt(t): one t for each class
    for q, s in terms:
        field.tick()
        for i, (known, t) in enumerate(classes):
            p, r = (s * t).numerator, (s * t).denominator
            if isqrt(p) ** 2 == p and isqrt(r) ** 2 == r:
                classes[i] = (known + q * Fraction(isqrt(p), isqrt(r)) / t, t)
                break
        else:
            classes.append((q, s))
    classes = [(q, s) for q, s in classes if q]
    bits = 64
    while classes:
        field.tick()
        base.require(
            bits <= 4 * field.limits.digits, "field", "a sum of roots is too near 0"
        )
        low = high = Fraction(0)
        for q, s in classes:
            floor = Fraction(isqrt((s.numerator << 2 * bits) // s.denominator), 1 << bits)
            ends = (q * floor, q * (floor + Fraction(1, 1 << bits)))
            low, high = low + min(ends), high + max(ends)
        if low > 0 or high < 0:
            return 1 if low > 0 else -1
        bits *= 2
    return 0


def enclosed(D: base.Data, read: Json, terms: Terms, where: str) -> None:
    """Prove a claimed value: exact, or between its lower and its upper end."""
    pair = read if type(read) is dict else {"lower": read, "upper": read}
    base.record(pair, "lower upper", where)
    for end, side in (("lower", 1), ("upper", -1)):
        value = D.field.rational(pair[end], where)
        apart = root_sign(D.field, [*terms, (-value, Fraction(1))])
        base.require(apart * side >= 0, where, f"the {end} end is on the wrong side")


def descent(T: Target, claim: Json) -> None:
    """Prove that the objective never rises on the way, and ends at the optimum (T12).

    A slot is balanced first, which keeps its output and lowers its cost, and then moves on
    its ray: on that line the objective is convex, so its slope at the end decides.
    """
    D, width = T.D, base.whole(claim["width"], "claims.descent", 0)
    reads = base.array(claim["breakpoints"], "claims.descent")
    base.require(reads, "claims.descent", "has no breakpoint")
    objectives = base.array(claim["objectives"], "claims.descent", len(reads))
    before: Slots = []
    for number, (read, objective) in enumerate(zip(reads, objectives, strict=True)):
        where = f"claims.descent.breakpoints[{number}]"
        slots = network(D, read, width, where)
        reached = fit_of(D, slots)
        value = [(loss(D, reached), Fraction(1)), *cost(D, slots)]
        enclosed(D, objective, value, f"claims.descent.objectives[{number}]")
        previous, before = before, slots
        if number == 0:
            continue
        pairs = [
            (x if x == z else balanced(x), z) for x, z in zip(previous, slots, strict=True)
        ]
        for x, z in pairs:
            raw = z is not None and z.raw is not None
            joined = x == z or (not raw and (x is None or z is None or along(x, z)))
            base.require(joined, where, "a slot turns its direction, or loses its balance")
        start = [x for x, _ in pairs]
        step = [s - t for s, t in zip(reached, fit_of(D, start), strict=True)]
        pull = [w * (z - y) for w, z, y in zip(D.weights, reached, D.y, strict=True)]
        rest = [(-q, s) for q, s in cost(D, start)]
        slope = [(base.dot(pull, step), Fraction(1)), *cost(D, slots), *rest]
        base.require(root_sign(D.field, slope) <= 0, where, "the objective rises before it")
    optimal(T, before, "claims.descent, the last breakpoint")


def loss(D: base.Data, z: base.Vector) -> Fraction:
    """Return ``1/2 sum_k weights_k (z_k - y_k)^2``."""
    off = [s - t for s, t in zip(z, D.y, strict=True)]
    weighted = [w * t for w, t in zip(D.weights, off, strict=True)]
    return Fraction(base.dot(weighted, off)) / 2


def balanced(x: Neuron | None) -> Neuron | None:
    """Return the neuron balanced; one without output becomes None."""
    if x is None or x.raw is None:
        return x
    return Neuron(x.sign, x.u) if any(x.u) else None


def gap(D: base.Data, kappa: base.Vector, claim: Json) -> None:
    """Prove the primal value of a network, the dual value of kappa and the difference (T13)."""
    slots = network(D, claim["network"], None, "claims.gap.network")
    primal = [(loss(D, fit_of(D, slots)), Fraction(1)), *cost(D, slots)]
    halves = [k * k / w / 2 for k, w in zip(kappa, D.weights, strict=True)]
    value = base.dot(kappa, D.y) - sum(halves)
    enclosed(D, claim["primal"], primal, "claims.gap.primal")
    enclosed(D, claim["dual"], [(value, Fraction(1))], "claims.gap.dual")
    enclosed(D, claim["gap"], [*primal, (-value, Fraction(1))], "claims.gap.gap")


def check(certificate: Json, limits: base.Limits | None = None) -> None:
    """Accept a certificate about networks, or raise Refuted."""
    limits = limits or base.Limits()
    text = base.text_of(certificate)
    read = base.opened(text, limits)
    kind = read["kind"]
    base.require(
        type(kind) is str and kind in KINDS, "kind", f"is none of {', '.join(KINDS)}"
    )
    claims = base.claims_of(read["claims"], KINDS[kind])
    D = base.Data(read["data"], base.Field(read["field"], limits))
    kappa = D.field.vector(claims["dual"]["kappa"], D.n, "claims.dual")
    if kind == "separation":
        keys = "patterns dual cover rank components"
        labels = base.prove(D, claims, base.record(read["witness"], keys, "witness"))
        fit = base.optimum(D, kappa, claims["optimum"])
        separation(Target(D, kappa, fit), claims, labels)
        return
    exact = kind == "path" or D.field.degree == 1
    base.require(exact, "field", "descents and gaps are checked over Q")
    witness = base.record(read["witness"], "patterns dual", "witness")
    topes = base.patterns(D, claims["patterns"], witness["patterns"])
    base.dual(D, kappa, topes, witness["dual"], None)
    if kind == "gap":
        gap(D, kappa, claims["gap"])
        return
    fit = base.optimum(D, kappa, claims["optimum"])
    proofs: dict[str, Callable[..., None]] = {"path": path, "descent": descent}
    proofs[kind](Target(D, kappa, fit), claims[kind])
