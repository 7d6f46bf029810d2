"""The pages of problems with a free part: unique or a continuum, and the staircase."""

from polytope_nn.functions.attained import is_attained
from polytope_nn.functions.uniqueness import Uniqueness
from polytope_nn.landscape.staircase import Staircase
from polytope_nn.wording import plural

from .text import (
    Verdicts,
    counted,
    number,
    patterns_of,
    staircase_table,
    statement_lines,
    vector_lines,
)

__all__ = ["interpolation_page", "page"]


def interpolation_page(found: Uniqueness, S: Staircase | None, why: str) -> list[str]:
    """Return the lines about interpolants of least cost; ``why`` there is no staircase."""
    I, problem = found.interpolation, found.interpolation.problem
    atoms = plural(len(I.atoms), "atom")
    extras = f"bias {problem.bias}, skip {problem.skip}"
    return [
        f"{problem.name or 'instance'}: n = {problem.n}, d = {problem.d}, {extras}",
        f"least cost {number(I.cost)}, {atoms} of rank {I.rank}; level {I.level}",
        *_uniqueness(found),
        *_widths(S, why),
    ]


def page(found: Uniqueness, S: Staircase | None, why: str, verdicts: Verdicts) -> list[str]:
    """Return the lines about training with a free part."""
    I, problem = found.interpolation, found.interpolation.problem
    extras = (
        f"bias {problem.bias}, skip {problem.skip}, β² = {number(problem.beta_squared)}"
    )
    lines = [
        (
            f"{problem.name or 'instance'}: n = {problem.n}, d = {problem.d}, {extras}; "
            f"level {I.level}"
        ),
        (
            f"{patterns_of(I.optimum)}, atoms {len(I.atoms)}, rank of features {I.rank} "
            f"modulo what is free"
        ),
        *vector_lines("κ", I.kappa),
        *vector_lines("y*", I.b),
        f"objective {number(I.optimum.value)}",
        *_uniqueness(found),
        *_widths(S, why),
    ]
    if S is None:
        return lines
    lines += ["", *statement_lines(S, verdicts)]
    if S.vanishes:
        lines.append("no neuron is used: what is free fits best, and T7 assumes neurons")
    return lines


def _uniqueness(found: Uniqueness) -> list[str]:
    """Return the verdict, its reason, and the functions: one, or two that differ."""
    I, lines = found.interpolation, [f"{found.verdict}: {found.reason}"]
    if found.witness is not None:
        first, second = map(number, found.witness.values)
        x = ", ".join(map(str, found.witness.x))
        lines += [
            f"  f(x) = {found.witness.first!r}",
            f"  h(x) = {found.witness.second!r}",
            f"  f({x}) = {first}, h({x}) = {second}".replace("= ≈", "≈"),
        ]
    else:
        lines.append(f"  f(x) = {found.function!r}")
    if not is_attained(I):
        lines.append(
            "no network reaches the least cost: a constant is needed, which is free only in "
            "the limit of a growing bias"
        )
    return lines


def _widths(S: Staircase | None, why: str) -> list[str]:
    """Return the staircase table, or why there is none."""
    if S is None:
        return [f"widths: {why}"]
    return [*counted(S), "", *staircase_table(S)]
