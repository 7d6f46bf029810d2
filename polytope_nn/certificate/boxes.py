"""The checker of level ``interval``: the numbers lie in boxes, and every decision is strict.

It stands on :mod:`check`, lies beside it, is called by it and like it imports the standard
library only. An atom is a sign and a covector;
its face has ``v_i``, the projections of the rows on the face's span, and

    g = sign sum_(i +) kappa_i v_i,   F = sign (X g)_+ = B kappa,   B_ij = v_i v_j.

kappa, the weights e and lambda solve the *system* (THEORY §§4, 10)

    kappa/weights + sum_a e_a B_a kappa + Z lambda = y,  kappa'B_a kappa = beta^2,  Z'kappa = 0

whose faces are single atoms, or pairs of opposite ones, where ``B_ij = s_i s_j v_i v_j / 4``
and ``Z = X U`` spans all ``X v_i``. Krawczyk's test proves one solution in the box, and that
the columns ``B_a kappa``, Z are independent. For pairs ``v_i'X'kappa = 0`` then makes both ends
tight, and P is ``{c : c+ + c- = e, sum (c+ - c-) gamma = lambda}``, ``Z gamma = sign X g / 2``.
Atoms in no face of the system are idle (:func:`idle_rank`): their weights on P are 0.
"""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING or __package__:
    from . import check as base
    from . import facts
    from .intervals import Interval, Numbers, axes_of, eliminated, enclosed, regular
    from .system import Chart, System, solution, system_of
else:
    import check as base
    import facts
    from intervals import Interval, Numbers, axes_of, eliminated, enclosed, regular
    from system import Chart, System, solution, system_of

Json: TypeAlias = Any  # what json.loads returns: used only behind a requirement on its type

WITNESS = "patterns dual faces free centre radius inverse cover components"
_MOST_BITS = 1 << 16


def dual(
    S: System, E: facts.Exact, chart: Chart, topes: Iterable[int], witness: Json
) -> None:
    """Prove that kappa is feasible on a chart, and that the atoms are all there are (T2).

    Per tope and sign: a multiplier with ``|p| < beta``, as integers; or an atom and rows R
    with ``p = g - sum_R mu_k s_k x_k``, an identity in kappa with ``mu >= 0``.
    """
    D, where = S.D, "witness.dual"
    multipliers = base.array(witness, where)[::-1]
    nothing = Interval(0, 0, S.bits)
    for active in topes:
        for s in (1, -1):
            base.require(multipliers, where, "a tope and sign has no multiplier")
            read = base.array(multipliers.pop(), where)
            if len(read) == 2:
                tight(S, E, chart, (s, active), read)
                continue
            weights = [s * k if active >> i & 1 else nothing for i, k in enumerate(E.kappa)]
            if read:
                support, num, den = base.array(read, where, 3)
                at, den = base.indices(support, D.n, where), base.whole(den, where, 1)
                for k, mu in zip(
                    at, D.field.integers(num, len(at), where, den), strict=True
                ):
                    base.require(mu > 0, where, "a multiplier is not positive")
                    weights[k] += Fraction(mu if active >> k & 1 else -mu, den)
            p = [base.dot(weights, (x[j] for x in chart.X)) for j in range(chart.D.d)]
            square = base.dot(p, p) - D.beta_squared
            base.require(square.high < 0, where, "a bound is not proved to be below beta")
    base.require(not multipliers, where, "there are more multipliers than topes and signs")


def tight(
    S: System, E: facts.Exact, chart: Chart, bound: tuple[int, int], read: Json
) -> None:
    """Prove one bound tight at a listed atom: its multipliers, linear in kappa, are >= 0."""
    where, X, (s, active) = "witness.dual", chart.X, bound
    a = base.whole(read[0], where, 0, len(S.atoms) - 1)
    R = base.indices(read[1], S.D.n, where)
    own, covector = S.atoms[a]
    signs = [t == 0 or (t > 0) == bool(active >> k & 1) for k, t in enumerate(covector)]
    passes = chart.anchor is None or covector[chart.anchor] == 0
    inside = own == s and all(signs) and passes
    base.require(inside, where, "an atom is not in this tope's closed cone")
    v = S.v[a]
    rows = [i for i in chart.D.rows if active >> i & 1]
    rests = [
        [x - t for x, t in zip(X[i], v[i], strict=True)] if covector[i] else X[i]
        for i in rows
    ]
    parts = eliminated(S.D, [X[k] for k in R], rests, where)
    for m, k in enumerate(R):
        form = [Fraction(0)] * S.D.n
        for i, part in zip(rows, parts, strict=True):
            form[i] = -s * (1 if active >> k & 1 else -1) * part[m]
        fine = not any(form) or base.dot(form, E.kappa).low >= 0
        if not fine:
            exact = E.value(form)
            fine = exact is not None and exact >= 0
        base.require(fine, where, "a multiplier is not proved to be >= 0")


def idle_rank(S: System) -> int:
    """Return the rank of the features of the atoms outside the system, proved idle.

    Those are active only at samples with fit 0 that no other feature reaches. On P they
    add up to 0 there, and ``kappa'F = beta^2`` makes their weights 0.
    """
    where, features = "claims.atoms", []
    silent = facts.silent(S.D, S.faces, S.Z)
    for v in S.idle.values():
        base.require(
            all(k in silent for k in v), where, "an atom is in no face, and not idle"
        )
        g = [base.dot(map(silent.get, v), (x[j] for x in v.values())) for j in range(S.D.d)]
        tight = base.dot(g, g) == S.D.beta_squared
        base.require(tight, where, "|g|^2 of an idle atom is not beta^2")
        products = [base.dot(x, g) for x in S.charts[None].X]
        features.append([Fraction(z if k in v else 0) for k, z in enumerate(products)])
    return len(axes_of(S.D, features))


def atoms_hold(S: System, kappa: Numbers) -> None:
    """Prove that each g has its covector."""
    where = "claims.atoms"
    for a, (_, covector) in enumerate(S.atoms):
        for z, t in zip(S.products(a, kappa), covector, strict=True):
            strict = t == 0 or (z.low > 0 if t > 0 else z.high < 0)
            base.require(strict, where, "a sign of X g is not proved")


def gammas(S: System, kappa: Numbers) -> list[Numbers]:
    """Return gamma for each pair: the coordinates of half the difference of its features.

    In the last columns of Z: of ``sign X g / 2`` for opposite atoms, of ``1_A`` times
    ``(x_l - x_k)'V'kappa / 2`` for the ends of a flat. That Z spans it, with the rows of
    opposite atoms one by one, makes both tight: ``Z'kappa = 0``.
    """
    nothing, found = Interval(0, 0, S.bits), []
    own = range(len(S.Z) - S.linear, len(S.Z))
    for face in S.faces:
        if len(face.atoms) == 1:
            continue
        X, covector = S.chart(face.atoms[0]).X, S.atoms[face.atoms[0]][1]
        if face.v:
            pulls = [[Fraction(base.dot(x, v)) for x in X] for v in face.v.values()]
            terms = [kappa[i] * Fraction(covector[i], 4) for i in face.v]
        else:
            pulls = [[Fraction(int(i in face.between)) for i in range(S.D.n)]]
            heights = [Fraction(base.dot(face.across, face.V[i])) / 2 for i in face.between]
            terms = [nothing + base.dot((kappa[i] for i in face.between), heights)]
        shares = eliminated(S.D, S.Z, pulls, "witness.free")
        found.append([nothing + base.dot(terms, (c[m] for c in shares)) for m in own])
    return found


def weights_of(
    S: System, x: Numbers, G: list[Numbers], at: Sequence[int]
) -> dict[int, Interval]:
    """Return the weights of the vertex of a support, by atom.

    As many pairs as U has vectors are free, both weights positive; of the others one is.
    """
    where, n = "claims.vertices", S.D.n
    weights, free, right, row = {}, [], x[len(x) - S.linear :], iter(G)
    for face, e in zip(S.faces, x[n:], strict=False):
        used = [a for a in face.atoms if a in at]
        base.require(used, where, "a pair, or an atom without one, is not used")
        gamma = next(row) if len(face.atoms) == 2 else []
        if len(used) < len(face.atoms):
            t = e if used[0] == face.atoms[0] else -1 * e
            right = [r - t * c for r, c in zip(right, gamma, strict=True)]
        elif gamma:
            free.append((face.atoms, e, gamma))
            continue
        weights[used[0]] = e
    base.require(len(free) == S.linear, where, "not as many free pairs as equations")
    positions = regular([gamma for _, _, gamma in free], right, where)
    for ((plus, minus), e, _), t in zip(free, positions, strict=True):
        weights[plus], weights[minus] = (e + t) * Fraction(1, 2), (e - t) * Fraction(1, 2)
    return weights


def vertices_of(S: System, x: Numbers, G: list[Numbers], claim: Json) -> list[int]:
    """Return the supports of the listed vertices, after enclosing their weights."""
    where, listed = "claims.vertices", []
    for read in base.array(claim["list"], where):
        S.D.field.tick()
        base.record(read, "support weights", where)
        at = base.indices(read["support"], len(S.atoms), where)
        weights = weights_of(S, x, G, at)
        base.require(sorted(weights) == at, where, "a support names an idle atom")
        for a, ends in zip(at, base.array(read["weights"], where, len(at)), strict=True):
            base.require(weights[a].low > 0, where, "a weight is not proved positive")
            enclosed(S.D, ends, weights[a], where)
        listed.append(at)
    base.require(listed, where, "P has no point")
    rising = all(a < b for a, b in pairwise(listed))
    base.require(rising, where, "not in the order of supports")
    return list(map(base.bits, listed))


def walls_of(
    S: System, x: Numbers, G: list[Numbers], witness: Json
) -> list[tuple[int, int, int]]:
    """Return the Farkas vectors as masks: (nothing, not proved >= 0, -1 if proved < 0).

    A vector is ``(alpha, omega)``, one alpha per face and one omega per vector of U, on the
    equations ``c+ + c- = e`` (or ``c = e``) and ``sum (c+ - c-) gamma = lambda``.
    """
    k, walls = len(S.faces), []
    for read in base.array(witness, "witness.cover"):
        S.D.field.tick()
        w = S.D.field.integers(read, k + S.linear, "witness.cover")
        alpha, omega, below = w[:k], w[k:], 0
        tilts = iter(G)
        for face, height in zip(S.faces, alpha, strict=True):
            tilt = base.dot(omega, next(tilts)) if len(face.atoms) == 2 else 0
            for a, side in zip(face.atoms, (1, -1), strict=False):
                value = Interval(0, 0, S.bits) + height + side * tilt
                below |= (value.low < 0) << a
        tail = x[len(x) - S.linear :]
        total = base.dot(alpha, x[S.D.n : S.D.n + k]) + base.dot(omega, tail)
        walls.append((0, below, -1 if total != 0 and total.high < 0 else 1))
    return walls


def bits_of(field: Json) -> int:
    """Return the bits of the intervals, from the field of a certificate of this level."""
    base.record(field, "bits", "field")
    return base.whole(field["bits"], "field", 32, _MOST_BITS)


def solved(S: System, witness: Json) -> Numbers:
    """Return the solution of the system, with which each g has its covector."""
    rows = base.array(
        base.array(witness["inverse"], "witness.inverse", 2)[0], "witness.inverse"
    )
    # so memory is bounded by the file
    base.require(len(rows) == S.size, "witness.inverse", "is not of the size of the system")
    x = solution(S, witness)
    atoms_hold(S, x[: S.D.n])
    return x


def stated(D: base.Data, kappa: Numbers, claims: Json) -> None:
    """Prove the claimed ends of kappa, fit and objective."""
    for name, listed in (("dual", "kappa"), ("optimum", "fit")):
        base.array(claims[name][listed], f"claims.{name}", D.n)
    fit, value = fit_of(D, kappa)
    for i in range(D.n):
        enclosed(D, claims["dual"]["kappa"][i], kappa[i], "claims.dual")
        enclosed(D, claims["optimum"]["fit"][i], fit[i], "claims.optimum")
    enclosed(D, claims["optimum"]["objective"], value, "claims.optimum")


def fit_of(D: base.Data, kappa: Numbers) -> tuple[Numbers, Interval]:
    """Return the fit ``y - kappa/weights`` and the objective ``L(fit) + kappa'fit``."""
    off = [k * D.inverse(i) for i, k in enumerate(kappa)]
    fit = [y - t for y, t in zip(D.y, off, strict=True)]
    return fit, base.dot(kappa, off) * Fraction(1, 2) + base.dot(kappa, fit)


def polytope(S: System, x: Numbers, rank: int, claims: Json, witness: Json) -> list[int]:
    """Return the supports of the vertices of P, after proving them and its dimension."""
    D = S.D
    G = gammas(S, x[: D.n])
    supports = vertices_of(S, x, G, claims["vertices"])
    base.record(witness["cover"], "farkas tree", "witness.cover")
    walls = walls_of(S, x, G, witness["cover"]["farkas"])
    base.cover(D, len(S.atoms), supports, walls, witness["cover"]["tree"])
    dim = sum(len(f.atoms) == 2 for f in S.faces) - S.linear
    base.equal(claims["dimension"], {"rank": rank, "dim": dim}, "dimension")
    return supports


def check(certificate: Json, limits: base.Limits | None = None) -> None:
    """Accept a certificate of level ``interval``, or raise Refuted."""
    limits = limits or base.Limits()
    read = base.opened(base.text_of(certificate), limits)
    base.require(read["kind"] == "interval", "kind", "is not interval: see check.py")
    bits = bits_of(read["field"])
    claims = base.claims_of(read["claims"], base.CLAIMS)
    witness = base.record(read["witness"], WITNESS, "witness")
    D = base.Data(read["data"], base.Field("Q", limits))
    S = system_of(D, claims["atoms"], witness, bits)
    x = solved(S, witness)
    rank = len(S.faces) + S.linear + idle_rank(S)
    stated(D, x[: D.n], claims)
    topes = base.patterns(D, claims["patterns"], witness["patterns"])
    E = facts.Exact(D, S.faces, S.Z, x[: D.n])
    dual(S, E, S.charts[None], topes, witness["dual"])
    supports = polytope(S, x, rank, claims, witness)
    base.staircase(D, claims, witness["components"], supports, rank)
