"""T15-T18: the holes of P_m and of Theta_m, of every dimension (proofs/T15.md to T18.md).

The homology of P_m is found by one reduction of its faces, and that of Theta_m follows from
T15. Here both are met by other ways: the slot complex cell by cell where it is small, the
closed form of the Euler characteristic, the skeleton of P, and networks that are moved.
"""

from collections.abc import Iterator
from functools import cache
from itertools import permutations
from typing import TYPE_CHECKING

from polytope_nn.landscape.supports import bits_of
from polytope_nn.landscape.topology.slot_complex import SlotCell, cell_count, slot_complex
from polytope_nn.networks.membership import Placement, is_optimal, mixture, network_of

from .statement import (
    FIT_IS_NOT_0,
    ONE_FIT,
    RELU,
    WIDTHS,
    Answer,
    Subject,
    Witness,
    agree,
    network_json,
    statement,
    vertex_placement,
)

if TYPE_CHECKING:
    from polytope_nn.exact.scalar import Scalar

__all__ = [
    "absorbed",
    "higher_connectivity",
    "holes_of_networks",
    "largest_neuron_absorbs",
    "short_bars",
]

_CELLS = 1500  # of a slot complex that is reduced again
_VERTICES = 6  # whose splittings are merged again


@statement(
    "T15",
    "Theta_m is P_m with w(|G|, m) spheres of dimension m - rho(G) attached at each face G "
    "of |G| <= m",
    FIT_IS_NOT_0,
    WIDTHS,
    ONE_FIT,
)
def holes_of_networks(s: Subject) -> Answer:
    """Return T15 by the slot complex over F_2 and Z where small, and by characteristics."""
    H, rows, holds = s.H, [], True
    for m in range(H.m_star, H.threshold + 2):
        betti = H.network_betti(m)
        row: Witness = {"m": m, "betti": list(betti), "euler": H.euler(m)}
        fine = sum(-b if i % 2 else b for i, b in enumerate(betti)) == H.euler(m)
        fine &= betti[0] == s.S[m].components
        if cell_count(H.faces, m) <= _CELLS:
            C, _ = slot_complex(H.faces, H.supports, m, most=_CELLS)
            row["slot complex"] = {"cells": len(C), "betti": list(C.betti_2(m))}
            fine &= C.divisors(m) == {} and C.betti_2(m) == betti
        rows.append(row | {"holds": fine})
        holds &= fine
    return holds, {"widths": rows}


@statement(
    "T16",
    "P_m and Theta_m are (m - r_P - 1)-connected: no hole of a dimension below m - r_P",
    FIT_IS_NOT_0,
    WIDTHS,
    ONE_FIT,
)
def higher_connectivity(s: Subject) -> Answer:
    """Return T16: no such hole, and the (m - r_P)-skeleton of P lies in P_m."""
    H = s.H
    r, wrong = s.P.used_rank, []
    last = len(s.P.used) + 1  # from there on P_m is all of P
    for m in range(r + 1, last + 1):
        none = (1, *(0,) * (m - r - 1))
        for betti in (H.betti(m), H.network_betti(m)):
            if (*betti, *(0,) * m)[: m - r] != none and m not in wrong:
                wrong.append(m)
    late = [
        {"support": bits_of(support), "dim": dim}
        for support, level, dim in zip(
            H.supports, H.faces.levels, H.faces.dims, strict=True
        )
        if level > dim + r
    ]
    witness: Witness = {"r_P": r, "to": last, "offending widths": wrong}
    return not wrong and not late, witness | {"faces that enter late": late}


@statement(
    "T17",
    "every bar of a hole ends, by min{birth + m*, i + 1 + r_P}",
    FIT_IS_NOT_0,
    WIDTHS,
    ONE_FIT,
)
def short_bars(s: Subject) -> Answer:
    """Return T17 on the bars of P; the longest is the witness."""
    H = s.H
    r, m_star, wrong = s.P.used_rank, s.S.m_star, []
    longest: Witness = {"length": 0}
    endless = 0
    for i, bars in H.bars.items():
        for birth, death in bars:
            if death is None:
                endless += 1
                if i:
                    wrong.append([i, birth, death])
                continue
            if death > min(birth + m_star, i + 1 + r):
                wrong.append([i, birth, death])
            if death - birth > longest["length"]:  # type: ignore[operator] # an int
                longest = {"length": death - birth, "degree": i, "bar": [birth, death]}
    witness: Witness = {"m_star": m_star, "r_P": r, "longest": longest}
    return endless == 1 and not wrong, witness | {"offending bars": wrong}


@statement(
    "T18",
    "up to the order of neurons Theta_m shrinks to P_m: in each direction the largest "
    "neuron absorbs the others, at the same cost",
    RELU,
    FIT_IS_NOT_0,
    WIDTHS,
    ONE_FIT,
)
def largest_neuron_absorbs(s: Subject) -> Answer:
    """Return T18 on networks whose neurons are split, and on the slot complex over Q.

    The masses move on a line; every point of it is optimal, uses no other slot and keeps
    the order of masses, so the motion is one of unordered networks. Chains of the slot
    complex that all permutations leave alone are those of P_m: one for each face.
    """
    shown: list[Witness] = []
    for i in range(min(_VERTICES, len(s.P.supports))):
        size = s.S.sizes[i]
        for start in _split(vertex_placement(s.P, i, size + 2)):
            end = absorbed(start)
            middle = _between(start, end)
            nets = [network_of(s.P.atoms, p) for p in (start, middle, end)]
            masses = (mixture(p, len(s.P.atoms)) for p in (start, end))
            same = all(agree(s, x, z) for x, z in zip(*masses, strict=True))
            kept = all(x is not None or z is None for x, z in zip(start, end, strict=True))
            single = sum(x is not None for x in end) == size
            optimal = s.P.level != "exact" or all(is_optimal(s.P, net) for net in nets)
            if not (same and kept and single and optimal):
                return False, {"wrong": [network_json(net) for net in nets]}
            if not shown:
                shown = [network_json(net) for net in nets]
    H, widths = s.H, []
    for m in range(s.S.m_star, 5):
        if cell_count(H.faces, m) > _CELLS // 2:
            break
        _, names = slot_complex(H.faces, H.supports, m, most=_CELLS)
        faces = sum(level <= m for level in H.faces.levels)
        if _invariant_cells(names, m) != faces:
            return False, {"wrong": {"m": m, "faces": faces}}
        widths.append({"m": m, "cells": len(names), "invariant": faces})
    return True, {"motion": shown, "slot complex": widths}


def absorbed(placement: Placement) -> Placement:
    """Return the placement in which the first largest mass of each atom holds all of it.

    >>> from fractions import Fraction as Q
    >>> absorbed(((0, Q(1)), (1, Q(2)), (0, Q(3)), None))
    (None, (1, Fraction(2, 1)), (0, Fraction(4, 1)), None)
    """
    largest: dict[int, int] = {}
    most: dict[int, Scalar] = {}
    whole: dict[int, Scalar] = {}
    for j, held in enumerate(placement):
        if held is None:
            continue
        a, mass = held
        if a not in most or mass > most[a]:  # a ball is not compared with itself
            largest[a], most[a] = j, mass
        whole[a] = whole[a] + mass if a in whole else mass
    return tuple(
        (held[0], whole[held[0]]) if held is not None and largest[held[0]] == j else None
        for j, held in enumerate(placement)
    )


def _split(placement: Placement) -> Iterator[Placement]:
    """Yield the placement with its first neuron in two slots, then in three, unequally."""
    first, *rest, _, _ = placement
    if first is None:
        return
    a, mass = first
    yield ((a, mass / 3), *rest, (a, mass * 2 / 3), None)
    yield ((a, mass / 6), *rest, (a, mass / 3), (a, mass / 2))


def _between(start: Placement, end: Placement) -> Placement:
    """Return the placement half way, on the slots of the first."""
    return tuple(
        x and (x[0], (x[1] + z[1]) / 2 if z else x[1] / 2)
        for x, z in zip(start, end, strict=True)
    )


def _invariant_cells(names: tuple[SlotCell, ...], m: int) -> int:
    """Return the dimension of the chains that all permutations of the slots leave alone.

    Over Q: one for each orbit of cells that no permutation maps to itself reversed.
    """
    left, found = set(names), 0
    orders = list(permutations(range(m)))
    while left:
        cell = next(iter(left))
        orbit, reversed_ = set(), False
        for order in orders:
            image = tuple((a, _moved(slots, order)) for a, slots in cell)
            orbit.add(image)
            reversed_ |= image == cell and _turns(cell, order)
        left -= orbit
        found += not reversed_
    return found


@cache
def _moved(slots: int, order: tuple[int, ...]) -> int:
    return sum(1 << order[j] for j in bits_of(slots))


def _turns(cell: SlotCell, order: tuple[int, ...]) -> bool:
    """Return whether a permutation of the slots turns the orientation of a cell it keeps.

    The cell is a fibre product of simplices over a face that does not move: the sign is
    that of the permutations of the slots of each atom.
    """
    swaps = 0
    for _, slots in cell:
        images = [order[j] for j in bits_of(slots)]
        swaps += sum(a > b for k, b in enumerate(images) for a in images[:k])
    return bool(swaps % 2)
