"""Certificates of paths whose numbers no certificate writes: labels of slots, and vertices (T11).

The certificate of the staircase lists the vertices of P, by whatever numbers. A path is then its
labels: on each line every slot is empty or keeps its atom, and a breakpoint has a vertex below
it, in the same slots. So whatever is known of kappa, of any loss and of several outputs, all
that is added to the staircase are small integers.
"""

import itertools
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

from polytope_nn.certificate.certify import certify
from polytope_nn.certificate.check import check
from polytope_nn.certificate.format import Certificate, Json
from polytope_nn.certificate.free_networks import require_constants
from polytope_nn.certificate.interpolations import free_certificate
from polytope_nn.errors import Undecided
from polytope_nn.landscape.optimal_set import OptimalPolytope

if TYPE_CHECKING:
    from collections.abc import Sequence

    from polytope_nn.networks.membership import Placement
    from polytope_nn.paths.breakpoints import Breakpoints

__all__ = ["whole_certificate", "with_a_separation", "with_a_walk"]


def whole_certificate(P: OptimalPolytope) -> Certificate:
    """Return the certificate of the staircase to which roads of labels can be added.

    Raises
    ------
    InstanceError
        Where constants are free in the limit only: the checker proves no path there.
    """
    require_constants(P)
    made = certify(P)
    return made if made.version == 2 else free_certificate(P)  # which is of format 2


def with_a_walk(certificate: Certificate, found: "Breakpoints") -> Certificate:
    """Return a certificate of the staircase with the claim that a path joins networks.

    It is accepted by the checker.

    >>> from polytope_nn import Network, TrainingProblem, optimal_polytope
    >>> from polytope_nn.paths.path import path
    >>> D = TrainingProblem([[1], [2]], [3, 1], beta="1/10", loss="absolute")
    >>> ends = Network.of((1, ["1/2"])), Network.of(None, (1, ["1/2"]))
    >>> whole = whole_certificate(optimal_polytope(D))
    >>> with_a_walk(whole, path(D, *ends, 2)).claim("walk")["labels"]
    [[0, 0]]

    Parameters
    ----------
    certificate
        That of the staircase, with the vertices of P.
    found
        The path.

    Raises
    ------
    Undecided
        When the certificate lists no vertices, or other atoms than those that are passed.
    """
    rows, supports = _rows(found.placements), _supports(certificate, len(found.atoms))
    places: list[Json] = []
    for row, after in zip(rows, [*rows[1:], rows[-1]], strict=True):
        shared = {a for a, b in zip(row, after, strict=True) if a is not None and a == b}
        place = next((i for i, below in enumerate(supports) if below <= shared), None)
        if place is None:
            raise Undecided("a certificate of the path: its vertices are not listed")
        places.append(place)
    labels: list[Json] = [list(row) for row in rows]
    claim: Json = {
        "claim": "walk", "width": found.width, "labels": labels, "vertices": places
    }  # fmt: skip
    return _with(certificate, claim)


def with_a_separation(
    certificate: Certificate, ends: "tuple[Placement, Placement]", n_atoms: int
) -> Certificate:
    """Return a certificate of the staircase with the claim that no path joins two networks.

    It is accepted by the checker.

    >>> from polytope_nn import Network, TrainingProblem, optimal_polytope
    >>> from polytope_nn.paths.path import path
    >>> P = optimal_polytope(TrainingProblem([[1], [-1]], [3, 3], beta=1))
    >>> one, other = Network.of((1, [2]), (1, [-2])), Network.of((1, [-2]), (1, [2]))
    >>> apart = path(P, one, other, 2)
    >>> C = with_a_separation(whole_certificate(P), apart.ends, 2)
    >>> [C.claim("apart")[key] for key in ("start", "end", "near")]
    [[0, 1], [1, 0], [0]]

    Parameters
    ----------
    certificate
        That of the staircase, with all vertices of P.
    ends
        What the slots of the two networks hold.
    n_atoms
        The number of atoms that they speak of.

    Raises
    ------
    Undecided
        When the certificate lists no vertices, or other atoms.
    """
    supports = _supports(certificate, n_atoms)
    start, end = ([None if x is None else x[0] for x in held] for held in ends)
    m = len(start)
    near = [i for i, support in enumerate(supports) if support <= set(start)]
    for i in near:  # grows: all that is joined to them at the width
        beside = [j for j, other in enumerate(supports) if len(supports[i] | other) <= m]
        near += [j for j in beside if j not in near]
    slots: dict[str, Json] = {"start": list(start), "end": list(end)}
    claim: Json = {"claim": "apart", "width": m, "near": [*sorted(near)], **slots}
    return _with(certificate, claim)


def _with(certificate: Certificate, claim: Json) -> Certificate:
    made = replace(certificate, claims=[*certificate.claims, claim])
    check(made)
    return made


def _supports(C: Certificate, n_atoms: int) -> list[set[int]]:
    """Return the supports of the vertices that a certificate lists, in its atoms."""
    claims = {claim["claim"]: claim for claim in cast("list[dict[str, Any]]", C.claims)}
    enclosed = claims.get("enclosed")
    lists = ("vertices", "lifted", "some", "some_lifted")
    vertices = next((claims[name] for name in lists if name in claims), None)
    if enclosed and not enclosed["continua"]:  # P is a point
        atoms, rows = enclosed["atoms"], [range(len(enclosed["atoms"]))]
    elif vertices:
        atoms = claims["atoms"]["list"]
        rows = [row["support"] for row in vertices["list"]]
    else:
        raise Undecided(
            f"a certificate of the path: that of the staircase lists no vertices (it is of kind "
            f"{C.kind})"
        )
    if len(atoms) != n_atoms:
        raise Undecided(
            "a certificate of the path: it passes neurons that are no atoms of the certificate: "
            "those of a flat, a continuum, or opposite ones"
        )
    return [{a for a in row if a < n_atoms} for row in rows]  # others are slacks


def _rows(placements: "Sequence[Placement]") -> list[list[int | None]]:
    """Return the atom of each slot on each line; of a path of one network its own."""
    lines = [*itertools.pairwise(placements)] or [(placements[0], placements[0])]
    pairs = [[x or z for x, z in zip(p, q, strict=True)] for p, q in lines]
    return [[None if held is None else held[0] for held in row] for row in pairs]
