"""The answer where neurons range over polytopes: JSON and page (general G7)."""

from collections.abc import Sequence

from polytope_nn.dual.units.cells import CellOptimum
from polytope_nn.errors import TooMany
from polytope_nn.landscape.fits import counted_modulo, fit_is_unique
from polytope_nn.landscape.slot_complex import SlotComplex, SlotStep
from polytope_nn.wording import plural

from .answers import Fields, optimum_fields
from .text import aligned, count, fit_lines, number, size_line, vector_lines

__all__ = ["cell_fields", "cell_page"]

_NOT_COUNTED = ("M_star", "dim", "n_vertices", "spectrum", "minimal_supports", "vertices")
_STATEMENTS = ("T7.1", "T7.2", "T7.3", "T7.4")


def _tight_fields(O: CellOptimum) -> Fields:
    """Return the fields about the optimum and its tight set; ``cells`` number the atoms."""
    cells = [list(cell) for cell in O.cells]
    return optimum_fields(O) | {"tight_set": "cells", "cells": cells}


def cell_fields(O: CellOptimum, S: SlotComplex) -> Fields:
    """Return the answer: ``atoms`` are the tight rays, and no coordinates of networks."""
    try:
        steps = list(S)
    except TooMany:
        return _uncounted_fields(O, S)
    theorems: Fields = dict.fromkeys(_STATEMENTS, "not claimed")
    theorems["T7.5"] = "not claimed" if S.has_zero else steps[-1].components == 1
    return {
        **_tight_fields(O),
        **dict.fromkeys(_NOT_COUNTED),
        "used_rank": S.rank,
        "m_star": S.m_star,
        "threshold": S.threshold,
        "bound": S.bound,
        "bound_talk": 0 if S.has_zero else S.n + 1,
        "modulo": list(counted_modulo(O)),
        "widths": [step.told() for step in steps],
        "theorems": theorems,
    }


def _uncounted_fields(O: CellOptimum, S: SlotComplex) -> Fields:
    """Return the answer where the sets of cells are too many to be looked at."""
    low, high = S.m_star_at_least, S.m_star_at_most
    return {
        **_tight_fields(O),
        **dict.fromkeys((*_NOT_COUNTED, "threshold", "widths")),
        "used_rank": S.rank,
        "m_star": low if low == high else None,
        "m_star_at_least": low,
        "m_star_at_most": high,
        "connected_from": S.bound,
        "bound": S.bound,
        "bound_talk": 0 if S.has_zero else S.n + 1,
        "modulo": list(counted_modulo(O)),
        "theorems": dict.fromkeys((*_STATEMENTS, "T7.5"), "not claimed"),
    }


def _counted(S: SlotComplex) -> list[str]:
    """Return the lines about m* and widths; where sets of cells are too many, bounds alone."""
    try:
        table = _table(S, list(S))
    except TooMany as reason:
        low, high = S.m_star_at_least, S.m_star_at_most
        least = f"m* = {low}" if low == high else f"{low} <= m* <= {high}"
        return [
            f"{least}; connected from m = {S.bound} on (r_P + 1, by rank)",
            f"components at smaller widths are not counted: {reason}",
        ]
    last = f"connected for good from m = {S.threshold}; bound r_P + 1 = {S.bound}"
    return [f"m* = {S.m_star}", "", *table, "", last]


def cell_page(O: CellOptimum, S: SlotComplex) -> list[str]:
    """Return the lines of the page."""
    first, *counted = _counted(S)
    largest = max(map(len, O.cells), default=0)
    lines = [
        size_line(O),
        (
            f"patterns {O.n_patterns}, tight rays {len(O.atoms)} of rank {O.rank}, in "
            f"{plural(len(O.cells), 'cell')} of up to {largest}"
        ),
        *vector_lines("κ", O.kappa),
        *fit_lines(O, unique=fit_is_unique(O)),
        f"objective {number(O.value)}, {first}",
        *counted,
    ]
    if said := " and ".join(counted_modulo(O)):
        lines.append(f"components and isolated points are counted modulo {said}")
    return lines


def _table(S: SlotComplex, steps: Sequence[SlotStep]) -> list[str]:
    header = ("width m", "up to order", "components of Θ_m", "rigid", "isolated")
    body = [
        (
            str(step.width),
            count(step.classes),
            count(step.components),
            count(step.rigid),
            "?" if step.isolated is None else count(step.isolated),
        )
        for step in steps
    ]
    places = {"m*": S.m_star, "connected for good": S.threshold, "bound": S.bound}
    marks = [
        ", ".join(name for name, place in places.items() if place == step.width)
        for step in steps
    ]
    return aligned(header, body, marks)
