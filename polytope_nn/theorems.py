"""THEORY's statements T1-T14 as functions on instances: hypotheses, claim, verdict, witness.

Each statement is decided on the instance by another way than the one its own quantities
were found by, as far as there is one; the verdict says what was found and the witness what
it was found on. The five statements of the staircase are T7.1-T7.5. As the talk words them
they assume nothing of the fit or of M*, and then some fail: :data:`LITERAL` is that wording,
and :func:`counterexamples` has an instance for each that fails. What is *proved* of all
instances stands in ``proofs/``; here a statement meets one instance.
"""

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import factorial
from typing import TypeAlias

from polytope_nn.errors import InstanceError, Undecided
from polytope_nn.exact.linear import rank
from polytope_nn.exact.scalar import dot, encode, sign, squared_norm
from polytope_nn.landscape.atoms import pull
from polytope_nn.landscape.components import slot_components
from polytope_nn.landscape.descent import descent
from polytope_nn.landscape.gap import gap
from polytope_nn.landscape.membership import is_optimal, landscape_of, solution
from polytope_nn.landscape.network import Network
from polytope_nn.landscape.path import Path, path
from polytope_nn.landscape.polytope import OptimalPolytope
from polytope_nn.landscape.problem import TrainingProblem
from polytope_nn.landscape.staircase import Staircase, staircase
from polytope_nn.landscape.stationary import is_stationary

from .certificate.farkas import alternative

__all__ = [
    "LITERAL",
    "STATEMENTS",
    "Statement",
    "Verdict",
    "counterexamples",
    "verdict",
    "verdicts",
]

Witness: TypeAlias = dict[str, object]
Answer: TypeAlias = tuple[bool, Witness]


@dataclass(frozen=True)
class Subject:
    """What a statement is decided on: the optimal polytope and its staircase."""

    P: OptimalPolytope
    S: Staircase

    @property
    def problem(self) -> TrainingProblem:
        """The training problem."""
        return self.P.optimum.problem


@dataclass(frozen=True)
class Statement:
    """A statement of THEORY: what it assumes, what it claims, and how it is decided.

    ``hypotheses`` maps each one's text to the function that decides it.
    """

    name: str
    claim: str
    decide: Callable[[Subject], Answer]
    hypotheses: Mapping[str, Callable[[Subject], bool]]


@dataclass(frozen=True)
class Verdict:
    """What a statement says of one instance; ``verdict`` puts it in words.

    ``holds``: the claim is true there, whatever the hypotheses are; None if undecided.
    """

    name: str
    hypotheses: Mapping[str, bool]
    claim: str
    holds: bool | None
    witness: Witness

    @property
    def applies(self) -> bool:
        """Whether all hypotheses hold."""
        return all(self.hypotheses.values())

    @property
    def verdict(self) -> str:
        """``holds``, ``fails``, ``undecided``, or ``does not apply`` (and then which)."""
        word = {True: "holds", False: "fails", None: "undecided"}[self.holds]
        return word if self.applies else f"does not apply ({word} here)"

    def to_json(self) -> dict[str, object]:
        """Return the verdict as JSON data."""
        return {
            "name": self.name,
            "claim": self.claim,
            "hypotheses": dict(self.hypotheses),
            "holds": self.holds,
            "verdict": self.verdict,
            "witness": self.witness,
        }


def _not_zero(s: Subject) -> bool:
    return not s.S.vanishes


def _strong_duality(s: Subject) -> Answer:
    O, D = s.P.optimum, s.problem
    halves = [k * k / w / 2 for k, w in zip(O.kappa, D.weights, strict=True)]
    dual = dot(O.kappa, D.y) - sum(halves, Fraction(0))
    least = min(s.P.vertices, key=lambda c: sum(x != 0 for x in c))
    network = solution(s.P, least)
    # the network is optimal: its objective is L(fit) + kappa'fit, the value of O
    reached = bool(is_optimal(O, network)) and O.value == dual
    witness = {"dual": encode(dual), "width": network.width, "n": D.n}
    return reached and s.S.m_star == network.width <= D.n, witness


def _dual_feasible(s: Subject) -> Answer:
    O, X = s.P.optimum, s.problem.design
    tight = 0
    for b in O.bounds:
        p = list(pull(X, O.kappa, b.sign, b.pattern))
        for x, t, mu in zip(X, b.pattern, b.multiplier, strict=True):
            if sign(mu):
                p = [z + mu * t * entry for z, entry in zip(p, x, strict=True)]
        excess = sign(squared_norm(p) - s.problem.beta_squared)
        if excess > 0 or any(mu < 0 for mu in b.multiplier):
            return False, {"pattern": list(b.pattern), "sign": b.sign}
        tight += excess == 0
    return tight == 0 or bool(O.atoms), {"bounds": len(O.bounds), "tight": tight}


def _polytope(s: Subject) -> Answer:
    P, beta_squared = s.P, s.problem.beta_squared
    mass = dot(P.optimum.kappa, P.b) / beta_squared
    wrong = [
        i for i, c in enumerate(P.vertices) if c not in P or sum(c, Fraction(0)) != mass
    ]
    return not wrong, {"mass": encode(mass), "wrong": wrong}


def _vertices(s: Subject) -> Answer:
    wrong = []
    for i, bits in enumerate(s.P.supports):
        features = [a.feature for j, a in enumerate(s.P.atoms) if bits >> j & 1]
        if rank(features) < len(features):
            wrong.append(i)
    r, n = s.P.rank, s.problem.n
    fine = s.S.M_star <= r <= n
    return not wrong and fine, {"M_star": s.S.M_star, "rank": r, "n": n, "wrong": wrong}


def _ellipsoid(s: Subject) -> Answer:
    kappa, X, beta_squared = s.P.optimum.kappa, s.problem.design, s.problem.beta_squared
    wrong = []
    for i, a in enumerate(s.P.atoms):
        image = [dot(x, a.g) for x in X]
        positive = tuple(a.sign * z if z > 0 else Fraction(0) for z in image)
        on_ball = squared_norm(a.g) == beta_squared and positive == a.feature
        if not (on_ball and dot(kappa, a.feature) == beta_squared):
            wrong.append(i)
    return not wrong, {"touching": len(s.P.atoms), "wrong": wrong}


def _uniqueness(s: Subject) -> Answer:
    c, features = s.P.vertices[0], [a.feature for a in s.P.atoms]
    free = [F for F, x in zip(features, c, strict=True) if x != 0]
    off = [a for a, x in enumerate(c) if x == 0]
    columns = [features[a] for a in off]
    columns += [tuple(t * side for t in F) for F in free for side in (1, -1)]
    moving = []
    for a in off:  # does some dependency with delta >= 0 off the support have delta_a > 0?
        masses, _ = alternative(columns, tuple(-t for t in features[a]))
        if masses is not None:
            moving.append(a)
    return (not moving) == (len(s.P.vertices) == 1), {"moving": moving}


def _finite(s: Subject) -> Answer:
    m = s.S.m_star
    count = factorial(m) * s.S.spectrum[m]
    step = s.S[m]
    return step.components == step.isolated == count, {"m": m, "points": count}


def _later(s: Subject) -> list[int]:
    return list(range(s.S.m_star + 1, max(s.S.threshold, s.S.M_star) + 2))


def _continuum(s: Subject) -> Answer:
    wrong = [m for m in _later(s) if s.S[m].components <= s.S[m].isolated]
    return not wrong, {"widths": _later(s), "wrong": wrong}


def _isolated(s: Subject) -> Answer:
    step = s.S[s.S.M_star]
    single = step.components == 1 == step.isolated
    holds = step.isolated > 0 and (step.components > 1 or single)
    return holds, {
        "m": step.width,
        "isolated": step.isolated,
        "components": step.components,
    }


def _literally_disconnected(s: Subject) -> Answer:
    step = s.S[s.S.M_star]
    return step.components > 1, {"m": step.width, "components": step.components}


def _permutations(s: Subject) -> Answer:
    steps = [s.S[m] for m in _later(s) if m > s.S.M_star]
    wrong = [x.width for x in steps if x.isolated or x.components != x.polytope_components]
    return not wrong, {"widths": [x.width for x in steps], "wrong": wrong}


def _connected(s: Subject) -> Answer:
    S = s.S
    witness: Witness = {"threshold": S.threshold, "bound": S.bound, "talk": S.bound_talk}
    last = max(S.bound_talk, S.threshold) + 1
    joined = all(S[m].components == 1 for m in range(S.threshold, last + 1))
    return joined and S.threshold <= S.bound <= S.bound_talk, witness


def _counts(s: Subject) -> Answer:
    checked: list[int] = []
    for m in range(s.S.m_star, s.S.threshold + 2):
        nodes = sum(factorial(m) // factorial(m - size) for size in s.S.sizes if size <= m)
        if nodes > 400:
            break
        if slot_components(s.P, m) != (s.S[m].components, s.S[m].isolated):
            return False, {"m": m}
        checked.append(m)
    return True, {"slot complexes": checked}


def _monotone(s: Subject) -> Answer:
    steps = [s.S[m] for m in range(s.S.M_star + 1, s.S.threshold + 3)]
    counts = [x.components for x in steps]
    falling = all(a >= b for a, b in itertools.pairwise(counts))
    equal = all(x.components == x.polytope_components for x in steps)
    return falling and equal, {"from": s.S.M_star + 1, "components": counts}


def _merging(s: Subject) -> Answer:
    supports = s.P.supports[:400]
    wrong = []
    for m in range(s.S.m_star, s.S.threshold + 1):
        labels = s.S.labels(m)
        for i, one in enumerate(supports):
            close = [j for j in range(i) if (one | supports[j]).bit_count() <= m]
            wrong += [(m, i, j) for j in close if labels[i] != labels[j]]
    return not wrong, {"vertices": len(supports), "wrong": wrong[:10]}


def _paths(s: Subject) -> Answer:
    P, S = s.P, s.S
    first, last = P.vertices[0], P.vertices[-1]
    lengths: dict[str, int] = {}
    for m in range(S.M_star, S.threshold + 1):
        found = path(P, solution(P, first, m), solution(P, last, m), m)
        labels = S.labels(m)
        same = labels[0] == labels[-1] and (S[m].isolated == 0 or len(P.vertices) == 1)
        alone = S.sizes[0] == m or S.sizes[-1] == m
        expected = same or (labels[0] == labels[-1] and not alone)
        if isinstance(found, Path) != expected:
            return False, {"m": m}
        lengths[str(m)] = len(found.placements) if isinstance(found, Path) else 0
    return True, {"breakpoints": lengths}


def _descents(s: Subject) -> Answer:
    found = descent(s.P, Network((None,) * (s.problem.n + 1)))
    values = found.objectives
    falling = all(b <= a for a, b in itertools.pairwise(values))
    ends = is_optimal(s.P.optimum, found.breakpoints[-1])
    return falling and bool(ends), {"breakpoints": len(values), "width": found.width}


def _gaps(s: Subject) -> Answer:
    best = gap(s.problem, solution(s.P, s.P.vertices[0]), s.P.optimum.arrangement)
    empty = gap(s.problem, Network((None,)), s.P.optimum.arrangement)
    truth = empty.primal - s.P.optimum.value
    witness: Witness = {"optimum": float(best.value), "zero network": float(empty.value)}
    # a fit that is not rational is rounded for the dual point: then the gap is only small
    rational = all(isinstance(x, Fraction) for x in s.P.optimum.kappa)
    tight = best.value == 0 if rational else best.value >= 0
    return tight and empty.value >= truth, witness


def _stationary(s: Subject) -> Answer:
    wrong = [
        i
        for i, c in enumerate(s.P.vertices[:20])
        if not is_stationary(s.P.optimum, solution(s.P, c)).is_global
    ]
    return not wrong, {"optima": min(20, len(s.P.vertices)), "wrong": wrong}


_CLAIMS: Mapping[str, tuple[str, Callable[[Subject], Answer]]] = {
    "T1": ("every width m >= m* reaches the dual's optimum, m* <= n", _strong_duality),
    "T2": ("on every tope, for both signs, |g|^2 <= beta^2", _dual_feasible),
    "T3": ("P = {c >= 0 : Fc = fit}; sum(c) = kappa'fit/beta^2 on it", _polytope),
    "T4": ("vertices have independent features: |supp| <= r <= n", _vertices),
    "T5": ("{kappa'z = beta} touches the rectified ellipsoid in F/beta", _ellipsoid),
    "T6": ("P is a point iff no dependency is >= 0 off a support", _uniqueness),
    "T7.1": ("Theta_(m*) is finite: m*! N_(m*) points", _finite),
    "T7.2": ("for m > m*, Theta_m has a component that is no point", _continuum),
    "T7.3": ("Theta_(M*) has an isolated point, or is one", _isolated),
    "T7.4": ("for m > M*, no isolated point, permutations are joined", _permutations),
    "T7.5": ("Theta_m is connected from min{m* + M*, r + 1} on", _connected),
    "T8": ("components are m! N_m + K_m, isolated points m! N_m", _counts),
    "T9": ("for m > M*, as many components as P_m, never more", _monotone),
    "T10": ("joined in P_m iff the bottleneck is <= m", _merging),
    "T11": ("a path in Theta_m, or a proof that there is none", _paths),
    "T12": ("at m = n + 1 the objective falls to the optimum", _descents),
    "T13": ("primal minus dual bounds the suboptimality", _gaps),
    "T14": ("optimal networks are Clarke stationary", _stationary),
}
_OF_A_FIT = {"T7.1", "T7.2", "T7.3", "T7.4", "T7.5", "T8", "T9", "T11"}

STATEMENTS: Mapping[str, Statement] = {
    name: Statement(
        name, claim, decide, {"fit is not 0": _not_zero} if name in _OF_A_FIT else {}
    )
    for name, (claim, decide) in _CLAIMS.items()
}

_WORDING: Mapping[str, tuple[str, Callable[[Subject], Answer]]] = {
    "T7.1": ("Theta_(m*) is finite", _finite),
    "T7.2": ("for m > m*, Theta_m is not finite", _continuum),
    "T7.3": ("Theta_(M*) is disconnected", _literally_disconnected),
    "T7.4": ("for m > M*, permutations are joined, no isolated point", _permutations),
    "T7.5": ("Theta_m is connected from min{m* + M*, n + 1} on", _connected),
}
LITERAL: Mapping[str, Statement] = {
    name: Statement(f"{name} literally", claim, decide, {})
    for name, (claim, decide) in _WORDING.items()
}


def verdict(name: str | Statement, problem: TrainingProblem | OptimalPolytope) -> Verdict:
    """Return what a statement says of an instance.

    InstanceError when no statement has the name.

    >>> D = TrainingProblem([[1, -1, 0], [0, 1, -1]], [2, 2], beta_squared=2)
    >>> verdict("T7.1", D).verdict, verdict("T7.1", D).witness
    ('holds', {'m': 1, 'points': 1})
    """
    if isinstance(name, str) and name not in STATEMENTS:
        raise InstanceError(f"theorem: {name!r} is none of {', '.join(STATEMENTS)}")
    statement = STATEMENTS[name] if isinstance(name, str) else name
    P = landscape_of(problem)
    return _decided(statement, Subject(P, staircase(P)))


def _decided(statement: Statement, subject: Subject) -> Verdict:
    known = {text: bool(test(subject)) for text, test in statement.hypotheses.items()}
    holds: bool | None
    try:
        holds, witness = statement.decide(subject)
    except Undecided as error:
        holds, witness = None, {"undecided": str(error)}
    return Verdict(statement.name, known, statement.claim, holds, witness)


def verdicts(
    problem: TrainingProblem | OptimalPolytope, names: Sequence[str] = tuple(STATEMENTS)
) -> tuple[Verdict, ...]:
    """Return the verdicts of the statements named, all of T1 to T14 by default."""
    P = landscape_of(problem)
    subject = Subject(P, staircase(P))
    return tuple(_decided(STATEMENTS[name], subject) for name in names)


def counterexamples() -> tuple[tuple[str, TrainingProblem, Verdict], ...]:
    """Return instances on which the talk's wording fails, with the verdicts that say so.

    A zero fit breaks T7.2 and T7.4 (``Theta_m`` is one point for every m), and M* = 1
    breaks T7.3 (one optimal neuron: ``Theta_1`` is one point, so it is connected).

    >>> [(name, v.holds) for name, _, v in counterexamples()]
    [('T7.2', False), ('T7.4', False), ('T7.3', False)]
    """
    zero = TrainingProblem([[1, 0], [0, 1]], [1, 1], beta=2, name="y* = 0")
    single = TrainingProblem([[1]], [2], beta=1, name="M* = 1")
    cases = (("T7.2", zero), ("T7.4", zero), ("T7.3", single))
    return tuple((name, D, verdict(LITERAL[name], D)) for name, D in cases)
