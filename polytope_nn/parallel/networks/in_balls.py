"""The ways to a path where kappa is in balls: by two-layer neurons, cells, shares of the proof."""

from collections.abc import Callable
from functools import cache
from typing import TypeAlias, TypeVar

from polytope_nn.errors import Undecided
from polytope_nn.parallel.optimum import ParallelOptimum

from .enclosed import EnclosedNetworks
from .equal_parts import EqualParts
from .network import ParallelNetwork
from .of_proof import OfProof
from .shared import SharedNetworks, SharedPath

__all__ = ["found_in_balls", "found_of_proof"]

Found: TypeAlias = tuple[tuple[ParallelNetwork, ...], SharedPath | None]
"""The networks of a path, and the same as forms where they are of two-layer neurons."""
_ByWidth: TypeAlias = Callable[[int], Found | None]
_Ends: TypeAlias = tuple[ParallelNetwork, ParallelNetwork]
_Slot = TypeVar("_Slot")


def found_in_balls(O: ParallelOptimum, ends: _Ends, k: int) -> _ByWidth:
    """Return what gives the networks of a path of a width, or None."""
    path_costs = O.problem.regulariser == "path"
    shared: SharedNetworks = (EqualParts if path_costs else SharedNetworks)(O, k)
    try:
        told = tuple(map(shared.placed, ends))
    except Undecided:
        if path_costs:
            raise
        return _of_cells(O, ends, k)
    cells = cache(lambda: _of_cells(O, ends, k))

    def at(width: int) -> Found | None:
        found = shared.path(*(_padded(own, width) for own in told))
        if found is not None:
            return shared.networks(found), found
        try:
            return None if path_costs else cells()(width)
        except Undecided:  # cells know less of these networks
            return None

    return at


def found_of_proof(network: ParallelNetwork, ends: _Ends, k: int) -> _ByWidth:
    """Return the same of networks made of shares of an optimal one."""
    known = OfProof(network, k)
    start, end = map(known.placed, ends)
    between = known.path()

    def at(width: int) -> Found | None:
        found = between(_padded(start, width), _padded(end, width))
        return None if found is None else (tuple(found), None)

    return at


def _of_cells(O: ParallelOptimum, ends: _Ends, k: int) -> _ByWidth:
    """Return the same through the cells of the slot complex."""
    known = EnclosedNetworks(O, k)
    placed = tuple(map(known.placed, ends))

    def at(width: int) -> Found | None:
        start, end = (_padded(own, width) for own in placed)
        found = known.path(start, end) or known.path(start, end, through=True)
        return None if found is None else (tuple(found), None)

    return at


def _padded(own: tuple[_Slot | None, ...], width: int) -> tuple[_Slot | None, ...]:
    return (*own, *(None,) * (width - len(own)))
