"""What is claimed of an instance, what it rests on, and what is proved so far."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from ..claims.losses import Ends, Flat, is_point
from ..claims.networks import Target
from ..claims.topes import Charted
from ..claims.vector import directions
from ..claims.versions import KEYS, KEYS_1
from ..kernel.numbers import Vector, dot, sign
from ..kernel.reading import Json, array, equal, require


@dataclass
class Proof:
    """What is claimed, what it rests on, and what is proved so far."""

    kind: str
    D: Any  # Instance, or Outputs
    claims: dict[str, Json]
    witness: Json
    version: int
    hints: Any
    bits: int = 0  # of intervals; 0: numbers are exact
    charts: Iterator[Charted] = field(default_factory=lambda: iter(()))
    fit: Vector = field(default_factory=list)
    atoms: Any = None  # Atoms, or the System of intervals
    x: Vector = field(default_factory=list)
    G: list[Vector] = field(default_factory=list)
    cones: Any = None  # the cones of polyhedral norms that were looked at
    cells: list[int] = field(default_factory=list)
    supports: list[int] = field(default_factory=list)
    box: list[Ends] = field(default_factory=list)
    points: list[tuple[int, Vector]] = field(default_factory=list)  # supports, weights
    continua: list[directions.Continuum] = field(default_factory=list)
    ranks: tuple[int, int, int] = (0, 0, 0)
    labels: dict[int, list[int]] = field(default_factory=dict)
    expected: dict[str, dict[str, Json]] = field(default_factory=dict)
    deep: Any = None  # the proof of three layers
    narrow: Any = None  # the instance, where D is one in which more is free
    standing: Any = None  # on which pieces entries stand, several outputs in intervals
    loose: bool = False  # other fits belong to kappa

    @cached_property
    def kappa(self) -> Vector:
        """The dual variable: as claimed, or as the system has it."""
        if self.bits:
            return self.x[: self.D.n]
        known: Vector = self.D.variable(self.claims["dual"]["kappa"])
        return known

    @property
    def modulo(self) -> list[str]:
        """What counts are taken modulo: the free part too, where no fits tell it (G5)."""
        pieces: Sequence[Any] = getattr(self.standing or self.atoms, "pieces", ())
        flats = {i: (p.low, p.high) for i, p in enumerate(pieces) if isinstance(p, Flat)}
        listed = [*enumerate(self.box), *flats.items()]
        many = {i for i, ends in listed if not is_point(ends)}
        told = not many or self.D.told_by(
            [i for i in range(self.D.entries) if i not in many]
        )
        return [*self.D.unfixed, *["free part"] * (not told)]

    @property
    def free(self) -> bool:
        """Whether networks show their free part: they do in format 2."""
        return self.version == 2

    @property
    def target(self) -> Target:
        """What is optimal."""
        return Target(self.D, self.kappa, self.fit)

    def signed(self) -> list[tuple[int, list[int]]]:
        """Return the atoms as signs and covectors."""
        if self.bits:
            return list(self.atoms.atoms)
        X = self.D.X
        return [(a.sign, [sign(dot(x, a.g)) for x in X]) for a in self.atoms]

    def follows(self, name: str) -> None:
        """Require that a claim is what was derived for it, in the keys of its format."""
        keys = (KEYS if self.version == 2 else KEYS_1)[name].split()
        stated = {key: self.expected[name][key] for key in keys}
        equal(self.claims[name], stated, name)


def measured(P: Proof, rank: int, used: int, dim: int) -> None:
    """Keep the ranks, and require the claim to state them."""
    P.ranks = (rank, used, P.D.entries)
    P.expected["dimension"] = {"rank": rank, "used_rank": used, "dim": dim}
    P.follows("dimension")


def pieces(P: Proof) -> None:
    """Prove the pieces: on each of them the fit is one number, l = u."""
    if P.version == 2:
        stated = array(P.claims["optimum"]["pieces"], "claims.optimum", P.D.n)
        right = all(piece == P.D.piece for piece in stated)
        require(right, "claims.optimum", "a piece is not that of the loss")


def stated_modulo(P: Proof) -> None:
    """Require that uniqueness says what it is modulo, where its format has the word."""
    right = P.version == 1 or P.claims["uniqueness"]["modulo"] == P.D.unfixed
    require(right, "claims.uniqueness", "is not what follows from the rest")
