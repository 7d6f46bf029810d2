"""Claim *branch_path*: lines between networks of m branches of k inner slots, all optimal (P10).

A network is written at these widths, its inner neurons as listed atoms with their masses.
"""

from typing import TypeAlias

from ...kernel.numbers import Scalar, cleared, sign, zero
from ...kernel.reading import Json, array, record, require, whole
from ..dual import Atoms
from ..networks import Target
from .branches import optimal_branches
from .leaves import Layers

Slot: TypeAlias = tuple[int, Scalar] | None  # a listed atom, its mass
Branch: TypeAlias = tuple[int, list[Slot]]


def path(L: Layers, T: Target, atoms: Atoms, claim: Json) -> None:
    """Prove the breakpoints optimal, and that a branch is scaled between two of them.

    A slot whose branch is empty at one of two breakpoints has the other's direction. So fits and
    costs are linear on the lines, and the same at both ends.
    """
    where = "claims.branch_path"
    m, k = whole(claim["width"], where, 0), whole(claim["inner"], where, 0)
    require(L.holds(k), where, "has more inner slots than the problem")
    before: list[Branch | None] | None = None
    for number, read in enumerate(array(claim["breakpoints"], where)):
        place = f"{where}.breakpoints[{number}]"
        reached = [
            None if b is None else branch(L, atoms, b, k, place)
            for b in array(read, place, m)
        ]
        whole_parts = L.parts in (1, k) or not any(reached)
        require(whole_parts, place, "a branch has not the parts of the problem")
        found = [
            (sigma, tuple(slot for slot in slots if slot is not None))
            for sigma, slots in (b for b in reached if b is not None)
        ]
        optimal_branches(L, (T.kappa, T.fit), atoms, found, place)
        for b, c in zip(before or reached, reached, strict=True):
            L.D.clock.tick()
            require(b is None or c is None or along(b, c), place, "a slot turns its branch")
        before = reached
    require(before is not None, where, "has no breakpoint")


def branch(L: Layers, atoms: Atoms, read: Json, k: int, where: str) -> Branch:
    """Return the branch of a slot: its sign, its k inner slots."""
    record(read, "sign slots", where)
    sigma = whole(read["sign"], where, -1, 1)
    slots: list[Slot] = []
    for entry in array(read["slots"], where, k):
        if entry is None:
            slots.append(None)
            continue
        a, mass = array(entry, where, 2)
        c = L.D.field.number(mass, where)
        require(sign(c) > 0, where, "a mass is not positive")
        slots.append((whole(a, where, 0, len(atoms) - 1), c))
    used = [slot[1] for slot in slots if slot is not None]
    require(sigma != 0 and used, where, "a branch is 0: write null")
    equal = len(used) == k and all(zero(c - used[0]) for c in used)
    require(L.parts == 1 or equal, where, "slots of a branch are no equal parts")
    cleared(used, L.D.clock)  # sums stay short
    return sigma, slots


def along(b: Branch, c: Branch) -> bool:
    """Return whether a branch is a positive multiple of another, slot by slot."""
    pairs = list(zip(b[1], c[1], strict=True))
    same = b[0] == c[0]
    shares = []
    for x, z in pairs:
        same = same and (x is None) == (z is None)
        if x is not None and z is not None:
            same = same and x[0] == z[0]
            shares.append((x[1], z[1]))
    s, t = shares[0] if shares else (0, 0)
    return same and all(zero(s * q - t * p) for p, q in shares)
