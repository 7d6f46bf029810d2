"""The answer about a group LASSO: JSON and page. Its solutions are no networks: no slots."""

from collections.abc import Sequence

from polytope_nn.dual.units.blocks import BlockOptimum
from polytope_nn.dual.units.cells import CellOptimum
from polytope_nn.landscape.fits import counted_modulo, fit_is_unique
from polytope_nn.landscape.optimal_set import OptimalPolytope
from polytope_nn.landscape.slot_complex import SlotComplex
from polytope_nn.problems.units.lasso import GroupLasso

from .answers import Fields, numbers, optimum_fields, spectrum_fields
from .text import aligned, fit_lines, number, vector_lines

__all__ = ["block_fields", "block_page"]

_OF_VERTICES = ("M_star", "dim", "n_vertices", "spectrum", "minimal_supports", "vertices")


def block_fields(
    O: BlockOptimum | CellOptimum, found: OptimalPolytope | SlotComplex
) -> Fields:
    """Return the answer: widths m count pairs of a block and a sign that are not 0."""
    problem = O.problem
    assert isinstance(problem, GroupLasso)  # no other has pairs
    norms = {block.norm for block in problem.blocks}
    fields = {
        **optimum_fields(O),
        "model": "lasso",
        "n_blocks": O.n_patterns,  # a block is bounded as a pattern is
        "tight_set": "atoms" if norms == {"l2"} else "cells",
        "atoms": [
            {"block": i, "sign": a.sign, "g": numbers(a.g)}
            for a, i in zip(O.atoms, O.owners, strict=True)
        ],
        "modulo": list(counted_modulo(O)),
    }
    if isinstance(found, SlotComplex):
        return {
            **fields,
            **dict.fromkeys(_OF_VERTICES),
            "cells": [list(cell) for cell in O.cells],
            "used_rank": found.rank,
            "m_star": found.m_star,
            "bound": found.bound,
            "widths": _widths(_counted(found)),
        }
    S = found.staircase
    return {
        **fields,
        "used_rank": found.used_rank,
        "dim": found.dim,
        "n_vertices": found.n_vertices,
        "vertices": list(map(numbers, found.vertices)),
        **spectrum_fields(S),
        "m_star": S.m_star,
        "M_star": S.M_star,
        "bound": S.bound,
        "widths": _widths(_counted(found)),
    }


def _counted(found: OptimalPolytope | SlotComplex) -> list[tuple[int, int]]:
    """Return pairs of a width and the number of components of P_m, up to the bound."""
    if isinstance(found, SlotComplex):
        return [(step.width, step.classes) for step in found]
    S = found.staircase
    last = max(S.bound, S.threshold)
    return [(m, S[m].polytope_components) for m in range(S.m_star, last + 1)]


def _widths(counted: Sequence[tuple[int, int]]) -> list[dict[str, int]]:
    return [{"m": m, "polytope_components": count} for m, count in counted]


def block_page(
    O: BlockOptimum | CellOptimum, found: OptimalPolytope | SlotComplex
) -> list[str]:
    """Return the lines of the page."""
    problem, counted = O.problem, _counted(found)
    tight = "atoms" if isinstance(found, OptimalPolytope) else "tight rays"
    body = [(str(m), str(count)) for m, count in counted]
    marks = [
        ", ".join(
            word for word, at in (("m*", found.m_star), ("bound", _bound(found))) if at == m
        )
        for m, _ in counted
    ]
    return [
        (
            f"{problem.name or 'instance'}: group LASSO, n = {problem.n}, {O.n_patterns} "
            f"blocks, β² = {number(problem.beta_squared)}; level {O.level}"
        ),
        f"{tight} {len(O.atoms)}, rank of features {O.rank}",
        *vector_lines("κ", O.kappa),
        *fit_lines(O, unique=fit_is_unique(O)),
        f"objective {number(O.value)}, m* = {found.m_star}",
        "",
        *aligned(("pairs m", "components of P_m"), body, marks),
    ]


def _bound(found: OptimalPolytope | SlotComplex) -> int:
    return found.bound if isinstance(found, SlotComplex) else found.staircase.bound
