"""The certificates where kappa is in balls and depth does not help: that it does not, paths.

The two-layer system of the atoms in use is solved in the checker's intervals; the leaves are
those of the proof, their theta rational, tight at an atom or strict at a rational kappa near it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, partial
from typing import cast

from polytope_nn.certificate.enclosures import (
    atoms_claim,
    ends,
    faces_of,
    first_that_serves,
    locate,
    numbers,
    pairs_first,
)
from polytope_nn.certificate.format import Certificate, Json, numerators, sparse
from polytope_nn.certificate.raised import with_hints
from polytope_nn.certificate.trees import pattern_tree
from polytope_nn.checker.claims.boxes.polytope import fit_of
from polytope_nn.checker.claims.instance import Instance
from polytope_nn.checker.claims.parallel.leaves import layers_of, three_layers
from polytope_nn.checker.claims.system.equations import System
from polytope_nn.checker.claims.system.grouping import system_of
from polytope_nn.checker.kernel.intervals import Numbers, inner
from polytope_nn.checker.kernel.numbers import Field
from polytope_nn.checker.kernel.reading import Clock, Limits
from polytope_nn.checker.lift import Lift
from polytope_nn.dual.atoms import Atom, pull
from polytope_nn.dual.feasibility import enclosure
from polytope_nn.errors import Undecided
from polytope_nn.exact.linear import independent_rows
from polytope_nn.exact.rational import Vector, text
from polytope_nn.exact.scalar import Scalars, sign, squared_norm
from polytope_nn.parallel.networks.shared import SharedBranch, SharedPath
from polytope_nn.parallel.optimum import ParallelOptimum
from polytope_nn.parallel.tree import Leaf

from .bounds import leaves_of
from .instance import data_of
from .leaves import LeafWitness, short

__all__ = ["level_certificate", "shared_path_certificate"]

_PART = Fraction(1, 1 << 40)  # of the largest: a multiplier that may be 0
_BITS = 60  # of multipliers


def level_certificate(O: ParallelOptimum) -> Certificate:
    """Return the certificate of kind ``parallel_enclosed``, accepted by the checker.

    Raises
    ------
    Undecided
        Where depth helps, atoms are paired or idle, or the intervals do not decide.
    """
    _require_balls(O)
    return first_that_serves(partial(_attempt, O))


def shared_path_certificate(O: ParallelOptimum, found: SharedPath) -> Certificate:
    """Return the certificate of a path of networks of two-layer neurons, accepted.

    Raises
    ------
    Undecided
        Where atoms are paired or idle, or the intervals do not decide.
    """
    _require_balls(O)
    return first_that_serves(partial(_path_attempt, O, found))


def _require_balls(O: ParallelOptimum) -> None:
    flat = O.flat
    if flat is None or flat.enclosures is None:
        raise Undecided(
            "a certificate that depth does not help: kappa is not that of balls"
        )


def _attempt(O: ParallelOptimum, bits: int) -> Certificate:
    made = _proved(O, bits)
    shown: dict[str, Json] = dict.fromkeys(("network", "kappa", "value"))
    claims = [*made.claims, {"claim": "depth", "helps": O.depth_helps, **shown}]
    witness = made.witness | {"depth": None}
    return with_hints(made.of("parallel_enclosed", claims, witness))


def _path_attempt(O: ParallelOptimum, found: SharedPath, bits: int) -> Certificate:
    made = _proved(O, bits)
    system, kappa = made.system, made.x[: O.problem.n]
    cost = inner(kappa, fit_of(system.D, kappa)[0], bits)
    place = {(a.sign, a.covector): i for i, a in enumerate(made.atoms)}
    of = [place[a.sign, a.covector] for a in found.atoms]
    k = max(
        (len(b[1]) for stop in found.breakpoints for b in filter(None, stop)), default=0
    )
    claim: Json = {
        "claim": "branch_path",
        "width": len(found.breakpoints[0]),
        "inner": k,
        "cost": ends(cost),
        "breakpoints": [
            [b and _branch_json(b, of) for b in stop] for stop in found.breakpoints
        ],
    }
    claims = [*made.claims, claim]
    return with_hints(made.of("parallel_enclosed_path", claims, made.witness))


def _branch_json(b: SharedBranch, of: Sequence[int]) -> Json:
    """Return a branch: each slot its atom, and its mass as a form of all masses."""
    sigma, slots = b
    listed: list[Json] = []
    for slot in slots:
        if slot is None:
            listed.append(None)
            continue
        a, f = slot
        form = [text(f[of.index(i)]) for i in range(len(of))]
        listed.append([of[a], [*form]])
    return {"sign": sigma, "slots": listed}


@dataclass(frozen=True)
class _Made:
    """What both kinds claim, and what it rests on."""

    data: dict[str, Json]
    system: System
    x: Numbers
    atoms: Sequence[Atom]
    claims: list[Json]
    witness: dict[str, Json]

    def of(
        self, kind: str, claims: Sequence[Json], witness: Mapping[str, Json]
    ) -> Certificate:
        """Return the certificate of a kind."""
        field: Json = {"bits": self.system.bits}
        return Certificate(kind, self.data, field, [*claims], dict(witness), version=2)


def _proved(O: ParallelOptimum, bits: int) -> _Made:
    flat = O.flat
    assert flat is not None  # asked before
    proof = pairs_first(flat.enclosures)
    if any(unit.paired for unit in proof.units) or proof.pins:
        raise Undecided("a certificate that depth does not help: opposite atoms are tied")
    pairs = zip(flat.atoms, flat.weights, strict=True)
    atoms = [a for a, c in pairs if sign(c)]
    data = data_of(O.problem)
    layers, plain = layers_of(data)
    D = Instance(plain, Field("Q", Clock(Limits())))
    three_layers(D, layers)  # beta is that of a mass 1
    placed: dict[str, Json] = {
        "faces": faces_of(atoms, [unit.keys for unit in proof.units]),
        "free": [],
    }
    spoken = atoms_claim(atoms)
    system = system_of(D, spoken, placed, partial(System, bits=bits, hints=Lift(D.clock)))
    x, located = locate(system, list(proof.centre))
    dual, optimum = numbers(system, x)
    assert isinstance(optimum, dict)  # a claim
    tree, order = pattern_tree(O.problem.arrangement)
    kappa = tuple(enclosure(t)[0] for t in O.kappa)
    of = _Levels(
        O.blocks,
        kappa,
        D.beta_squared,
        O.problem.inner_width,
        leaves_of(O),
        order,
        used=atoms,
    )
    claims: list[Json] = [
        {"claim": "patterns", "counts": [len(order)]},
        dual,
        {**optimum, "pieces": ["smooth"] * D.n},
        spoken,
    ]
    witness: dict[str, Json] = {
        **placed,
        **located,
        "pins": [[], []],
        "patterns": [tree],
        "dual": [of.witness()],
    }
    return _Made(data, system, x, atoms, claims, witness)


@dataclass(frozen=True)
class _Levels(LeafWitness):
    """The leaves at a rational kappa near that of the optimum, tight at its atoms."""

    used: Sequence[Atom] = ()

    @cached_property
    def atoms(self) -> tuple[Atom, ...]:
        """None are told by leaf."""
        return ()

    def _leaf(self, leaf: Leaf, excluded: frozenset[int]) -> Json:
        num, den = numerators([leaf.theta[i] for i in sorted(leaf.theta)])
        told: dict[str, Json] = {"theta": [num, den]}
        for s, key, own in (
            (1, "plus", {*leaf.inside, *leaf.open}),
            (-1, "minus", {*leaf.inside}),
        ):
            whole = own | {i for i, t in leaf.theta.items() if t == 1}
            whole |= {i for i, t in enumerate(self.kappa) if not t}
            known = [
                (place, a)
                for place, a in enumerate(self.used)
                if a.sign == s * leaf.sigma
                and all(i in whole for i, t in enumerate(a.covector) if t > 0)
            ]
            told[key] = self._bounds(s, self._seen(leaf, own), excluded, known)
        return told

    def _bounds(
        self,
        s: int,
        mu: Scalars,
        excluded: frozenset[int],
        known: Sequence[tuple[int, Atom]],
    ) -> list[Json]:
        """Return for each tope that is not excluded what bounds it."""
        H, X = self.blocks.arrangement, self.blocks.X
        places = {pattern: t for t, pattern in enumerate(H.patterns)}
        found: list[Json] = []
        for i, pattern in enumerate(self.order):
            if 2 * i + (s < 0) in excluded:
                continue
            if squared_norm(pull(X, mu, s, pattern)) < self.square * (1 - _PART):
                found.append([])
                continue
            weights = cast("Vector", self.blocks.projection(mu, (s, places[pattern]))[1])
            pairs = zip(H.facets(pattern), weights, strict=True)
            largest = max((abs(m) for m in weights), default=Fraction(0))
            pressing = [(k, m) for k, m in pairs if m > _PART * largest]
            own = next((known_ for known_ in known if _holds(known_[1], pattern, X)), None)
            if own is not None:
                rows = _basis(own[1], [k for k, _ in pressing], H.facets(pattern), X)
                found.append([own[0], list(rows)])
                continue
            square = self.square * (1 - _PART)
            few = short(self.blocks, (s, pattern), mu, weights, square)
            if few is not None:
                pressing = [
                    (k, m) for k, m in zip(H.facets(pattern), few, strict=True) if m
                ]
            found.append(sparse({k: _rounded(m) for k, m in pressing}))
        return found


def _holds(a: Atom, pattern: Sequence[int], X: Sequence[Vector]) -> bool:
    """Return whether an atom lies in the closed cone of a tope."""
    rows = zip(X, a.covector, pattern, strict=True)
    return all(t in (0, e) for x, t, e in rows if any(x))


def _basis(
    a: Atom, pressing: Sequence[int], facets: Sequence[int], X: Sequence[Vector]
) -> list[int]:
    """Return rows that are a basis of those on the kink of an atom, those that press first."""
    order = dict.fromkeys([*pressing, *facets, *range(len(X))])
    on = [k for k in order if a.covector[k] == 0 and any(X[k])]
    return sorted(on[i] for i in independent_rows([X[k] for k in on])) if on else []


def _rounded(m: Fraction) -> Fraction:
    """Return a multiplier to so many bits."""
    shift = _BITS - (m.numerator.bit_length() - m.denominator.bit_length())
    unit = Fraction(1 << max(-shift, 0), 1 << max(shift, 0))
    return Fraction(round(m / unit)) * unit
