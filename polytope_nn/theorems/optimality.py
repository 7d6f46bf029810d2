"""T1-T6: the optimum, its atoms and its polytope, decided again by other ways.

First of all: ``kappa = -grad L(fit)``, for the squared loss ``weights * (y - fit)``; the
talk's ``nu`` is ``-kappa``.
"""

from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations
from math import comb

from polytope_nn.dual.atoms import Bound, cone_projection, pull
from polytope_nn.errors import Undecided
from polytope_nn.exact.linear import kernel, rank, solve, transpose
from polytope_nn.exact.rational import Matrix, matrix, vector
from polytope_nn.exact.scalar import Scalar, Scalars, dot, encode, sign, squared_norm
from polytope_nn.geometry import cdd
from polytope_nn.geometry.faces import face_lattice
from polytope_nn.geometry.farkas import alternative
from polytope_nn.geometry.polyhedra.forms import Halfspaces
from polytope_nn.landscape.supports import bits_of
from polytope_nn.networks.membership import network_of
from polytope_nn.networks.network import feature, loss
from polytope_nn.problems.relu import Chart

from .statement import (
    FINITE,
    ONE_FIT,
    RELU,
    WIDTHS,
    Answer,
    Subject,
    agree,
    network_json,
    statement,
    vertex_placement,
)

__all__ = [
    "dual_feasibility",
    "ellipsoid",
    "irreducible_solutions",
    "polytope_of_optima",
    "strong_duality",
    "uniqueness",
]

_SUBSETS = 300  # of atoms, that a second route may try
_TOPES = 256  # that are projected onto again


@statement(
    "T1",
    "every width m >= m* reaches the dual's optimum, none below; m* <= n",
    RELU,
    FINITE,
    WIDTHS,
)
def strong_duality(s: Subject) -> Answer:
    """Return T1 (strong duality): one optimal network of width m*, multiplied out.

    Its objective is the dual value, ``kappa'y - sum_k kappa_k^2/(2 weights_k)`` for the squared
    loss, and (tried where there are few) no fewer atoms give the fit.
    """
    P, D, O = s.P, s.problem, s.P.optimum
    dual = -D.loss.conjugate(O.kappa)
    sizes = [bits.bit_count() for bits in P.supports]
    m = min(sizes)
    placement = vertex_placement(P, sizes.index(m), m)
    network = network_of(P.atoms, placement)
    held = [slot for slot in placement if slot is not None]
    # atoms have |g| = beta (T5), so a neuron of mass c costs beta^2 c
    cost = D.beta_squared * sum((mass for _, mass in held), Fraction(0))
    z = _combination([(mass, P.atoms[a].feature) for a, mass in held], D.n)
    if O.level == "exact":
        z = network.fit(D.design)
    if D.free.columns:
        beside = P.free_part(P.vertices[sizes.index(m)])
        z = tuple(t + dot(row, beside) for t, row in zip(z, D.free.Z, strict=True))
    reached = _allowed(s, z)
    reached &= agree(s, loss(D, z) + cost, dual)
    fewer, thinner = _representations(s, m - 1)
    witness = {
        "kappa": list(map(encode, O.kappa)),
        "optimum": network_json(network),
        "value": encode(dual),
        "m_star": m,
        "smaller supports refuted": fewer,
    }
    return reached and not thinner and s.S.m_star == m <= D.n, witness


def _allowed(s: Subject, z: Scalars) -> bool:
    """Return whether a fit belongs to kappa."""
    O = s.P.optimum
    if O.is_pinned:
        return all(agree(s, t, fit) for t, fit in zip(z, O.fit, strict=True))
    return all(
        (low is None or not t < low) and (high is None or not t > high)
        for t, (low, high) in zip(z, O.interval, strict=True)
    )


def _combination(parts: list[tuple[Scalar, Scalars]], n: int) -> Scalars:
    return tuple(sum((mass * F[k] for mass, F in parts), Fraction(0)) for k in range(n))


def _representations(s: Subject, size: int) -> tuple[int, list[list[int]]]:
    """Return how many supports of a size were tried, and those that give the fit."""
    N = len(s.P.atoms)
    if size < 0 or comb(N, size) > _SUBSETS or s.P.optimum.level != "exact":
        return 0, []
    tried = list(combinations(range(N), size))
    F, fit = s.P.features, s.fit
    found = [
        list(chosen)
        for chosen in tried
        if alternative([F[a] for a in chosen], fit)[0] is not None
    ]
    return len(tried), found


@statement("T2", "on every tope, for both signs, |g|^2 <= beta^2: kappa is feasible", RELU)
def dual_feasibility(s: Subject) -> Answer:
    """Return T2: per tope and sign the multiplier's bound, and the projection itself.

    A bound is tight exactly where the projection is the g of an atom.
    """
    O, beta_squared = s.P.optimum, s.problem.beta_squared
    bounds = list(_bounds(s))
    again = O.level == "exact" and len(bounds) <= 2 * _TOPES
    tight = 0
    largest: Scalar = Fraction(0)
    for chart, b in bounds:
        X, p = chart.design, _pulled(s, chart.design, b)
        if b.tight:
            tight += 1
            ends = chart.neuron(p)
            fine = O.level != "exact" or any(
                (a.sign, a.g) == (b.sign, ends) for a in O.atoms
            )
        else:
            fine = bool(squared_norm(p) < beta_squared)
        fine &= not any(mu < 0 for mu in b.multiplier)
        if again:
            rows = [tuple(t * x for x in row) for t, row in zip(b.pattern, X, strict=True)]
            g, _ = cone_projection(rows, pull(X, O.kappa, b.sign, b.pattern))
            square = squared_norm(g)
            fine &= square <= squared_norm(p) and (square == beta_squared) == b.tight
            largest = max(largest, square)
        if not fine:
            return False, {"pattern": list(b.pattern), "sign": b.sign}
    return bool(tight) == bool(O.atoms), {
        "bounds": len(bounds),
        "tight": tight,
        "beta_squared": encode(beta_squared),
        "largest": encode(largest) if again else None,
    }


def _bounds(s: Subject) -> Iterator[tuple[Chart, Bound]]:
    """Yield the bounds of T2 with their charts."""
    proof = s.P.optimum.dual_proof
    if proof != "patterns":
        raise Undecided(f"T2's multipliers: dual feasibility is proved by {proof} instead")
    for chart, bounds in zip(s.problem.charts, s.P.optimum.bounds, strict=True):
        for bound in bounds:
            yield chart, bound


def _pulled(s: Subject, X: Matrix, b: Bound) -> Scalars:
    """Return ``sign X'D kappa + sum_k mu_k s_k x_k``, shape (d,)."""
    p = pull(X, s.P.optimum.kappa, b.sign, b.pattern)
    for x, t, mu in zip(X, b.pattern, b.multiplier, strict=True):
        if type(mu) is not Fraction or mu:
            p = tuple(z + mu * t * entry for z, entry in zip(p, x, strict=True))
    return p


@statement(
    "T3", "P = {c >= 0 : Fc = y*}, bounded: sum(c) = kappa'y*/beta^2 on it", RELU, ONE_FIT
)
def polytope_of_optima(s: Subject) -> Answer:
    """Return T3: every vertex is a point of P of that mass; cddlib, if any, finds the same."""
    P, beta_squared = s.P, s.problem.beta_squared
    mass = dot(P.optimum.kappa, P.b) / beta_squared
    F, fit = P.features, s.fit
    wrong = []
    for i, c in enumerate(P.vertices):
        used = bits_of(P.supports[i])
        z = _combination([(c[a], F[a]) for a in used], len(fit))
        fine = all(c[a] > 0 for a in used)
        fine &= all(agree(s, x, y) for x, y in zip(z, fit, strict=True))
        if not (fine and agree(s, sum((c[a] for a in used), Fraction(0)), mass)):
            wrong.append(i)
    N = len(F)
    same = True
    rational = all(type(x) is Fraction for c in (*F, fit) for x in c)
    by_cdd = rational and 0 < N <= 12 and cdd.is_installed()
    if by_cdd:
        minus = matrix([[-int(i == j) for j in range(N)] for i in range(N)])
        H = Halfspaces(minus, vector([0] * N), transpose(F), fit)
        again = cdd.generators(H, N)
        same = sorted(P.vertices) == sorted(again.vertices) and not again.rays
    return not wrong and same, {"mass": encode(mass), "wrong": wrong, "by cdd": by_cdd}


@statement(
    "T4",
    "the vertices are the solutions of independent features; M* <= r <= n",
    ONE_FIT,
    WIDTHS,
)
def irreducible_solutions(s: Subject) -> Answer:
    """Return T4: independence at each vertex, all independent supports where few.

    An edge of P has a support one larger than the rank of its features.
    """
    P, n = s.P, s.problem.n
    F = list(P.features)
    dependent = [
        i
        for i, bits in enumerate(P.supports)
        if rank([F[a] for a in bits_of(bits)]) < bits.bit_count()
    ]
    subsets = sum(comb(len(F), k) for k in range(P.rank + 1))
    few = subsets <= _SUBSETS and P.optimum.level == "exact"
    if few:
        every = {
            sum(1 << a for a in chosen)
            for k in range(P.rank + 1)
            for chosen in combinations(range(len(F)), k)
            if _irreducible([F[a] for a in chosen], s.fit)
        }
        dependent += [i for i, bits in enumerate(P.supports) if bits not in every]
        if len(every) != len(P.supports):
            return False, {"vertices": len(P.supports), "irreducible": len(every)}
    edges = []
    if len(P.supports) <= 20:
        edges = [edge.support for edge in face_lattice(P)[1]]
    thick = [
        bits_of(bits)
        for bits in edges
        if bits.bit_count() != rank([F[a] for a in bits_of(bits)]) + 1
    ]
    sizes_fit = max(bits.bit_count() for bits in P.supports) == s.S.M_star <= P.rank <= n
    witness = {
        "M_star": s.S.M_star,
        "rank": P.rank,
        "n": n,
        "dependent": dependent,
        "all supports tried": few,
        "edges": len(edges),
        "thick edges": thick,
    }
    return not dependent and not thick and sizes_fit, witness


def _irreducible(features: list[Scalars], b: Scalars) -> bool:
    """Return whether independent features give b with positive masses."""
    if rank(features) < len(features):
        return False
    if not features:
        return not any(sign(x) for x in b)
    c = solve(transpose(features), b)
    return c is not None and all(x > 0 for x in c)


@statement(
    "T5", "{kappa'z = beta} touches the rectified ellipsoid exactly in the F/beta", RELU
)
def ellipsoid(s: Subject) -> Answer:
    """Return T5: ``|g|^2 = beta^2 = kappa'F``, ``F = sign (Xg)_+``, and no other contact.

    Contacts are the tight bounds of T2: each is at a listed atom, and every atom is met.
    """
    O, X, beta_squared = s.P.optimum, s.problem.design, s.problem.beta_squared
    wrong = []
    for i, a in enumerate(O.atoms):
        # at level interval the zeros of the covector are proved, not computed
        F = feature(X, a.sign, a.g) if O.level == "exact" else a.feature
        paid = a.g[:-1] if s.problem.bias == "free" else a.g
        fine = agree(s, squared_norm(paid), beta_squared)
        fine &= agree(s, dot(O.kappa, a.feature), beta_squared)
        if not (fine and F == a.feature):
            wrong.append(i)
    met = set()
    for chart, b in _bounds(s):
        if b.tight:
            inside = [
                i
                for i, a in enumerate(O.atoms)
                if a.sign == b.sign and _in_closed_cone(chart, a.covector, b.pattern)
            ]
            if len(inside) != 1:  # the projection onto a cone is one point
                return False, {"pattern": list(b.pattern), "sign": b.sign}
            met.add(inside[0])
    contacts = [[encode(x) for x in a.feature] for a in O.atoms]
    fine = not wrong and met == set(range(len(O.atoms)))
    return fine, {"beta times contacts": contacts, "wrong": wrong}


def _in_closed_cone(
    chart: Chart, covector: tuple[int, ...], pattern: tuple[int, ...]
) -> bool:
    rows = zip(covector, pattern, chart.design, strict=True)
    return all(t in {0, p} if any(x) else t == 0 or not chart.anchor for t, p, x in rows)


@statement(
    "T6", "P is a point iff no dependency of the features is >= 0 off a support", ONE_FIT
)
def uniqueness(s: Subject) -> Answer:
    """Return T6, decided at a vertex and at the mean of all vertices.

    The witness is a dependency delta along which the point moves, or for each atom off the
    support a vector that forbids it.
    """
    P = s.P
    count = len(P.vertices)
    mean = tuple(
        sum(column, Fraction(0)) / count for column in zip(*P.vertices, strict=True)
    )
    used = 0
    for bits in P.supports:
        used |= bits
    delta, forbidden = _movement(s, bits_of(P.supports[0]))
    for c, found in (
        (P.vertices[0], delta),
        (mean, _movement(s, bits_of(used))[0]),
    ):
        if (found is None) != (count == 1):
            return False, {"point": list(map(encode, c)), "vertices": count}
    if delta is not None:
        return True, {"unique": False, "delta": list(map(encode, delta))}
    return True, {"unique": True, "separations": forbidden}


def _movement(s: Subject, support: list[int]) -> tuple[Scalars | None, dict[str, object]]:
    """Return a dependency that is >= 0 off the support and not 0; or what forbids each."""
    F = s.P.features
    inside = [F[a] for a in support]
    zero: list[Scalar] = [Fraction(0)] * len(F)
    if rank(inside) < len(inside):
        found = kernel(transpose(inside), len(inside))[0]
        for a, x in zip(support, found, strict=True):
            zero[a] = x
        return tuple(zero), {}
    off = [a for a in range(len(F)) if a not in support]
    columns = [F[a] for a in off]
    columns += [tuple(t * side for t in v) for v in inside for side in (1, -1)]
    forbidden: dict[str, object] = {}
    for a in off:
        masses, w = alternative(columns, tuple(-t for t in F[a]))
        if masses is None:
            forbidden[str(a)] = list(map(encode, w))
            continue
        zero[a] = Fraction(1)
        for j, x in masses.items():
            if j < len(off):
                zero[off[j]] = zero[off[j]] + x
            else:
                k, side = divmod(j - len(off), 2)
                zero[support[k]] = zero[support[k]] + (x if side == 0 else -x)
        return tuple(zero), {}
    return None, forbidden
