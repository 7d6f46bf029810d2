"""A statement of THEORY as a function on instances, and its answer with a witness."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, wraps
from typing import NamedTuple, TypeAlias, cast

from polytope_nn.certificate.roads import network_claim
from polytope_nn.dual.optimum import Optimum
from polytope_nn.dual.units.cells import CellOptimum
from polytope_nn.errors import Undecided
from polytope_nn.exact.scalar import Scalar, Scalars, encode
from polytope_nn.functions.attained import is_attained
from polytope_nn.landscape.optimal_set import OptimalPolytope, Solvable, optimal_polytope
from polytope_nn.landscape.staircase import Staircase, staircase
from polytope_nn.landscape.topology.holes import Holes, holes
from polytope_nn.networks.membership import Placement, network_of
from polytope_nn.networks.network import Network
from polytope_nn.problems.losses.graphs import Graph, Slope
from polytope_nn.problems.losses.separable import rows_of
from polytope_nn.problems.training import TrainingProblem
from polytope_nn.shown import Tabled, Typeset

__all__ = [
    "ATTAINED",
    "FIT_IS_NOT_0",
    "ONE_FIT",
    "RELU",
    "Answer",
    "Hypothesis",
    "Instance",
    "Subject",
    "Theorem",
    "Verdict",
    "Witness",
    "agree",
    "network_json",
    "placement_json",
    "ranging",
    "statement",
    "subject_of",
    "vertex_placement",
]

Witness: TypeAlias = dict[str, object]
Answer: TypeAlias = tuple[bool, Witness]


@dataclass(frozen=True)
class Verdict(Tabled, Typeset):
    """What a statement says of one instance.

    ``holds`` is True or False, or None where nothing is asserted: a hypothesis fails, or
    the claim was not decided, and then ``undecided`` says what is missing. ``witness`` is
    JSON data with exact numbers: what shows the claim, or what refutes it.
    """

    name: str
    hypotheses: Mapping[str, bool]
    claim: str
    holds: bool | None
    witness: Witness
    undecided: str = ""

    @property
    def applies(self) -> bool:
        """Whether all hypotheses hold."""
        return all(self.hypotheses.values())

    @property
    def verdict(self) -> str:
        """``holds``, ``fails``, ``undecided`` or ``does not apply``."""
        if not self.applies:
            return "does not apply"
        return {True: "holds", False: "fails", None: "undecided"}[self.holds]

    def to_json(self) -> dict[str, object]:
        """Return the verdict as JSON data; ``verdict`` is true, false or null."""
        found: dict[str, object] = {
            "theorem": self.name,
            "claim": self.claim,
            "hypotheses": dict(self.hypotheses),
            "verdict": self.holds,
            "witness": self.witness,
        }
        return found | ({"undecided": self.undecided} if self.undecided else {})


@dataclass(frozen=True)
class Subject:
    """What a statement is decided on: the optimal polytope, with its staircase."""

    P: OptimalPolytope

    @cached_property
    def S(self) -> Staircase:
        """The staircase of P."""
        return staircase(self.P)

    @cached_property
    def H(self) -> Holes:
        """The holes of P_m and of Theta_m."""
        return holes(self.P)

    @cached_property
    def fit(self) -> Scalars:
        """The fit, modulo what is free."""
        return self.problem.free.modulo(self.P.b)

    @property
    def has_finite_loss(self) -> bool:
        """Whether every fit has a loss: no indicator."""
        return not self.problem.is_fitted and getattr(self.problem.loss, "is_finite", True)

    @property
    def has_gradient(self) -> bool:
        """Whether the loss has no kink: no fit has several kappa."""
        rows = (row for row in rows_of(self.problem.loss) if isinstance(row, Graph))
        return not any(
            isinstance(p, Slope) and not p.inverse for row in rows for p in row.pieces
        )

    @property
    def problem(self) -> TrainingProblem:
        """The training problem."""
        problem = self.P.problem
        assert isinstance(problem, TrainingProblem)  # as subject_of has seen
        return problem


Instance: TypeAlias = Solvable | Subject | CellOptimum
Theorem: TypeAlias = Callable[[Instance], Verdict]


def subject_of(instance: Instance) -> Subject:
    """Return what the statements are decided on, solving the problem where needed.

    Raises
    ------
    InstanceError
        Of an ``InterpolationProblem``: the statements are of training.
    """
    if isinstance(instance, Subject):
        return instance
    s = Subject(optimal_polytope(instance))
    if not isinstance(s.P.problem, TrainingProblem):
        if s.P.problem.of_relu:
            _ = s.P.optimum.training  # labels are fitted exactly: refused
        s.P.problem.require_relu()
    return s


def ranging(instance: Instance) -> bool:
    """Return whether neurons range over cells: then there is no polytope of atoms."""
    if isinstance(instance, Optimum):
        return isinstance(instance, CellOptimum)
    return isinstance(instance, TrainingProblem) and instance.penalty != "l2"


class Hypothesis(NamedTuple):
    """A hypothesis: its text, and what decides it."""

    text: str
    test: Callable[[Subject], bool]


ATOMS = "neurons are atoms"
FIT_IS_NOT_0 = Hypothesis("y* is not 0", lambda s: not s.S.has_zero)
WIDTHS = Hypothesis("widths are counted", lambda s: not s.P.no_widths)
RELU = Hypothesis("the neurons are ReLU", lambda s: s.P.problem.of_relu)
FINITE = Hypothesis("the loss is finite", lambda s: s.has_finite_loss)
GRADIENT = Hypothesis("the loss has a gradient", lambda s: s.has_gradient)
ONE_FIT = Hypothesis("the fit is unique", lambda s: s.P.fit_is_unique)
ATTAINED = Hypothesis("a network attains the infimum", lambda s: is_attained(s.P))


def statement(
    name: str, claim: str, *hypotheses: Hypothesis
) -> Callable[[Callable[[Subject], Answer]], Theorem]:
    """Return the decorator that makes a theorem of what decides its claim."""

    def made(decide: Callable[[Subject], Answer]) -> Theorem:
        @wraps(decide)
        def theorem(instance: Instance) -> Verdict:
            if ranging(instance):
                return Verdict(name, {ATOMS: False}, claim, None, {})
            s = subject_of(instance)
            pinned = s.P.optimum.is_pinned  # then one fit is no hypothesis
            other = not s.P.problem.of_relu
            known = {
                h.text: h.test(s)
                for h in hypotheses
                if (h is not ONE_FIT or not pinned)
                and (h is not RELU or other)
                and (h is not FINITE or not s.has_finite_loss)
                and (h is not GRADIENT or not s.has_gradient)
            }
            if not all(known.values()):
                return Verdict(name, known, claim, None, {})
            try:
                holds, witness = decide(s)
            except Undecided as error:
                return Verdict(name, known, claim, None, {}, str(error))
            return Verdict(name, known, claim, holds, witness)

        return theorem

    return made


def agree(s: Subject, x: Scalar, z: Scalar) -> bool:
    """Return whether an equation of the optimum holds.

    Two balls that overlap are not proved equal by themselves; at level ``interval`` the
    optimum's enclosure proves the equations it satisfies, and balls can only refute them.
    """
    try:
        return bool(x == z)
    except Undecided:
        if s.P.optimum.enclosures is None:
            raise
        return True


def network_json(network: Network) -> Witness:
    """Return the NETWORK of DESIGN §3, with exact numbers.

    >>> network_json(Network.of((1, ["1/2", 0]), None))
    {'neurons': [{'sign': 1, 'u': ['1/2', '0']}, None]}
    """
    return cast("Witness", network_claim(network, encode))


def placement_json(P: OptimalPolytope, placement: Placement) -> Witness:
    """Return the network of a placement; of other units the atom and its weight in each slot."""
    if P.problem.of_relu:
        return network_json(network_of(P.atoms, placement))
    slots = [
        None if x is None else {"atom": x[0], "weight": encode(x[1])} for x in placement
    ]
    return {"neurons": slots}


def vertex_placement(P: OptimalPolytope, i: int, width: int) -> Placement:
    """Return vertex i of P in the first slots, one for each atom."""
    c, bits = P.vertices[i], P.supports[i]
    held = tuple((a, c[a]) for a in range(len(c)) if bits >> a & 1)
    return (*held, *(None,) * (width - len(held)))
