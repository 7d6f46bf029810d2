"""Second routes to the counts of an answer: cddlib's patterns, the face lattice's components.

The patterns of an arrangement are found by splitting cones; cddlib finds them by a search from
facet to facet. The components of P_m are read off a merge tree of the vertices (THEORY T10);
the face lattice finds them from the faces of P with at most m atoms. Both second routes are
run where they are cheap, and a disagreement is raised with both answers.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from polytope_nn.errors import RoutesDisagreeError, Undecided
from polytope_nn.geometry import cdd
from polytope_nn.geometry.arrangement import Arrangement
from polytope_nn.geometry.faces import FaceLattice, face_lattice

from .staircase import Staircase

__all__ = ["FACES", "PATTERNS", "Routes", "second_routes", "walk_patterns"]

PATTERNS = 100  # patterns that cddlib enumerates in a tenth of a second
FACES = 2000  # faces of P whose lattice takes milliseconds


class Routes(NamedTuple):
    """What was found twice, as the key ``cross_checked`` lists it, and what stood in the way."""

    agreed: tuple[str, ...]
    missing: str = ""


@dataclass(frozen=True)
class _Supports:
    """The supports of the vertices, as the face lattice reads them."""

    supports: tuple[int, ...]


def second_routes(
    arrangements: Iterable[Arrangement],
    S: Staircase | None,
    *,
    n_patterns: int | None,
    forced: bool = False,
) -> Routes:
    """Return which second routes were run, all of which agreed with the first.

    Patterns are enumerated again up to :data:`PATTERNS` of them (``n_patterns``; None: too
    many to be listed), components of P_m for every width up to :data:`FACES` faces;
    ``forced`` is for any size.

    Raises
    ------
    RoutesDisagreeError
        When a second route finds something else.
    MissingEngineError
        When cddlib is not installed, and ``forced``.

    Examples
    --------
    >>> from polytope_nn import TrainingProblem, staircase
    >>> D = TrainingProblem([[1, -1, 0], [0, 1, -1]], [2, 2], beta_squared=2)
    >>> second_routes([], staircase(D), n_patterns=0).agreed
    ('components: face lattice',)
    """
    agreed, missing = [], ""
    if forced or (n_patterns is not None and n_patterns <= PATTERNS):
        found = list(arrangements)
        if found and (forced or cdd.is_installed()):
            for H in found:
                walk_patterns(H)
            agreed.append("patterns: cdd")
        elif found:
            missing = 'cddlib is not installed: pip install "polytope_nn[cdd]"'
    if S is not None and S.supports and not S.reason and _components(S, forced=forced):
        agreed.append("components: face lattice")
    return Routes(tuple(agreed), missing)


def walk_patterns(H: Arrangement) -> None:
    """Raise RoutesDisagreeError when a search by cddlib finds other patterns than H has."""
    from polytope_nn.geometry.cdd import patterns_by_cdd

    found = patterns_by_cdd(H.X)
    if found != H.patterns:
        other = min(set(found) ^ set(H.patterns))
        raise RoutesDisagreeError(
            f"{len(H)} patterns by splitting, {len(found)} by cddlib: {other} is found by one"
        )


def _components(S: Staircase, *, forced: bool) -> bool:
    """Return whether P has few enough faces to be met; raise where they say otherwise."""
    lattice = _lattice(S, forced=forced)
    if lattice is None:
        return False
    for m in range(S.m_star, max(S.threshold, S.M_star) + 2):
        parts: dict[int, list[int]] = {}
        for i, label in enumerate(S.labels(m)):
            if label is not None:
                parts.setdefault(label, []).append(i)
        tree = tuple(sorted(map(tuple, parts.values())))
        faces = lattice.components(m)
        if tree != faces:
            raise RoutesDisagreeError(
                f"width {m}: {len(tree)} components of P_m by the merge tree {_shown(tree)}, "
                f"{len(faces)} by the face lattice {_shown(faces)}"
            )
    return True


def _lattice(S: Staircase, *, forced: bool) -> FaceLattice | None:
    """Return the face lattice; None where there are more faces than are met unasked.

    A vertex lies on at least dim edges, so there are at least ``V (1 + dim / 2)`` faces;
    P has one equation less than coordinates for each dimension, ``dim = used - r_P``.
    """
    used = 0
    for bits in S.supports:
        used |= bits
    dim = used.bit_count() - S.used_rank
    if not forced and len(S.supports) * (2 + dim) > 2 * FACES:
        return None
    try:
        return face_lattice(_Supports(S.supports), most=None if forced else FACES)
    except Undecided:
        return None


def _shown(parts: tuple[tuple[int, ...], ...]) -> str:
    text = " ".join(f"{{{', '.join(map(str, part))}}}" for part in parts)
    return text if len(text) <= 120 else f"{text[:117]}..."
