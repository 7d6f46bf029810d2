"""The atoms of gates, blocks and patterns, told without numbers.

An atom is a block and a sign, with the rows of its cone that vanish at its g; or a sign and a
pattern, whose one column is ``sign 1_P``. Its V has the rows ``sign A_i Pi``, Pi onto where these
rows vanish: ``g = V'kappa``, and its feature is ``V V'kappa``.
"""

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from ...kernel.intervals import Numbers, linear
from ...kernel.numbers import Vector, cleared
from ...kernel.reading import Json, array, indices, record, require, whole
from ..instance import Instance
from ..system.faces import Face, axes_of, off
from ..units.blocks import block_of
from ..units.norms import squared

WHERE = "claims.atoms"


@dataclass
class Atom:
    """What tells the atom; its rows V, as a face; the rows of its cone: those that vanish."""

    key: tuple[Any, ...]
    face: Face
    zero: list[Vector] = field(default_factory=list)
    above: list[Vector] = field(default_factory=list)
    is_column: bool = False
    u: Vector = field(default_factory=list)  # of a ray

    def inside(self, kappa: Numbers, bits: int) -> bool:
        """Return whether g is proved to be where those rows are positive."""
        g = self.face.pull(kappa, bits)
        if self.is_column:
            return g[0].low > 0
        return all(linear(row, 1, g, bits).low > 0 for row in self.above)


def atoms_of(D: Instance, claim: Json) -> list[Atom]:
    """Return the listed atoms, which are in order and distinct."""
    of = of_block if D.unit.of_blocks else of_pattern
    if D.unit.polyhedral:
        of = of_any_norm
    found: list[Atom] = []
    for i, read in enumerate(array(claim["list"], WHERE)):
        D.clock.tick()
        atom = of(D, i, read)
        require(
            not found or found[-1].key < atom.key, WHERE, "not in order, or not distinct"
        )
        D.clock.hold((i + 1) * len(atom.face.columns) * D.n, 256, WHERE)
        found.append(atom)
    return found


def of_block(D: Instance, place: int, read: Json) -> Atom:
    """Return the atom of a block and sign."""
    record(read, "block sign zero", WHERE)
    i, s = whole(read["block"], WHERE, 0, D.unit.count - 1), whole(read["sign"], WHERE)
    block = block_of(D, i)
    require(s in block.signs, WHERE, "is no sign of its block")
    at = indices(read["zero"], len(block.cone), WHERE)
    cone = [cleared(row, D.clock)[0] for row in block.cone]
    zero = [cone[k] for k in at]
    axes = axes_of(D, zero)
    rows = zip(*block.columns, strict=True)
    projected = [off(D, axes, [s * t for t in row]) for row in rows]
    flat, den = cleared([t for row in projected for t in row], D.clock)
    p = len(block.columns)
    V = {k: flat[k * p : k * p + p] for k in range(D.n)}
    above = [row for k, row in enumerate(cone) if k not in at]
    return Atom((i, -s), Face([place], V, den * D.scale), zero, above)


def of_any_norm(D: Instance, place: int, read: Json) -> Atom:
    """Return the atom of a ray of length 1, or of a block of the norm l2 in its own words."""
    if not D.unit.blocks:
        record(read, "sign u", WHERE)
        s, u = whole(read["sign"], WHERE, -1, 1), D.field.vector(read["u"], D.d, WHERE)
        return of_ray(D, place, ((-s,), D.unit.norm), (u, feature_of(D, (-s,), u)))
    keys = {"block", "sign"}
    require(type(read) is dict and keys < set(read), WHERE, "has no block and sign")
    i, s = whole(read["block"], WHERE, 0, D.unit.count - 1), whole(read["sign"], WHERE)
    block = block_of(D, i)
    if block.norm == "l2":
        return of_block(D, place, read)
    record(read, "block sign u", WHERE)
    require(s in block.signs, WHERE, "is no sign of its block")
    u = D.field.vector(read["u"], len(block.columns), WHERE)
    return of_ray(D, place, ((i, -s), block.norm), (u, feature_of(D, (i, -s), u)))


def feature_of(D: Instance, owner: tuple[int, ...], u: Vector) -> Vector:
    """Return the feature of a direction: of a sign, or of a block and sign."""
    if not D.unit.blocks:
        return [Fraction(1, D.scale) * t for t in D.feature(-owner[0], u)]
    i, s = owner
    return block_of(D, i).feature(-s, u, D.scale)


def of_ray(
    D: Instance,
    place: int,
    told: tuple[tuple[int, ...], str],
    of: tuple[Vector, Vector],
) -> Atom:
    """Return the atom of a ray: its feature is one column."""
    (owner, norm), (u, F) = told, of
    require(squared(norm, u) == 1, WHERE, "a ray is not of length 1")
    num, den = cleared(F, D.clock)
    V = {k: [t] for k, t in enumerate(num) if t}
    require(V, WHERE, "no sample sees a ray")
    key = (*owner, *(-t for t in u))
    return Atom(key, Face([place], V, den), is_column=True, u=u)


def of_pattern(D: Instance, place: int, read: Json) -> Atom:
    """Return the atom of a sign and pattern."""
    record(read, "sign pattern", WHERE)
    s = whole(read["sign"], WHERE, -1, 1)
    require(s != 0, WHERE, "a sign is 0")
    pattern = [whole(t, WHERE, 0, 1) for t in array(read["pattern"], WHERE, D.n)]
    V = {k: [s] for k, t in enumerate(pattern) if t}
    require(V, WHERE, "a pattern is empty")
    return Atom((-s, *(-t for t in pattern)), Face([place], V, 1), is_column=True)
