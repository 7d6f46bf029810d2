"""What is said of an optimal polytope whose vertices are too many to be listed."""

from collections import Counter
from dataclasses import dataclass
from math import prod

from polytope_nn.functions.uniqueness import Uniqueness
from polytope_nn.landscape.fits import counted_modulo
from polytope_nn.landscape.optimal_set import OptimalPolytope
from polytope_nn.landscape.supports import bits_of, support

from .answers import Fields, certify_fields, numbers
from .text import number, patterns_of, size_line, vector_lines

__all__ = ["cost_line", "unlisted_fields", "unlisted_page"]


@dataclass(frozen=True)
class _Known:
    """The widths that are decided: None for those that are not."""

    m_star: int | None
    M_star: int | None
    threshold: int | None
    bound: int | None
    n_vertices: int | None = None
    spectrum: dict[str, int] | None = None


def _known(P: OptimalPolytope) -> _Known:
    """Return what follows from some vertices, or from the total weights of the classes.

    With M* = r_P > 1 every network of width M* on a longest minimal support is in a component
    of its own, for each order of its neurons, so widths are connected from r_P + 1 on, and
    not before; and the bound min{m* + M*, r_P + 1} is r_P + 1, for m* >= 1.
    """
    if P.no_widths:
        return _Known(None, None, None, None, None if P.missing else P.n_vertices)
    r, low, high = P.used_rank, P.m_star_at_most, P.M_star_at_least
    if not P.missing:
        sizes: Counter[int] = Counter()
        for v in P.masses:
            at = bits_of(support(v))
            sizes[len(at)] += prod(len(P.classes[i]) for i in at)
        spectrum = {str(k): sizes[k] for k in sorted(sizes)}
        reached = high == r > 1
        return _Known(
            low,
            high,
            r + 1 if reached else None,
            min(low + (high or 0), r + 1),
            P.n_vertices,
            spectrum,
        )
    if P.connected_from == 0:
        return _Known(0, 0, 0, 0)
    m_star = 1 if low == 1 else None
    if high != r:
        return _Known(m_star, None, None, None)
    return _Known(m_star, r, r + 1 if r > 1 else None, r + 1)


def unlisted_fields(P: OptimalPolytope, found: Uniqueness | None) -> Fields:
    """Return the answer with null where vertices would decide, and what is proved without.

    ``some_vertices`` are weights of the atoms; ``cost_of_vertices`` says what the list would
    take. Where widths are not defined, nothing is said of them.
    """
    known = _known(P)
    estimate = None if P.unlisted is None else P.unlisted.estimate
    fields = certify_fields(P, None, {}, found) | {
        "n_vertices": known.n_vertices,
        "some_vertices": list(map(numbers, P.some_vertices)),
        "n_vertices_estimate_float": None if estimate is None else estimate.value,
        "n_vertices_estimate_basis": None if estimate is None else estimate.basis,
        "cost_of_vertices": cost_line(P),
        "theorems": {f"T7.{i}": "not claimed" for i in range(1, 6)},
    }
    if known.n_vertices is not None:
        fields["n_vertices_estimate_float"] = known.n_vertices
    if P.no_widths:
        return (
            fields
            | {"m_star_at_most": None, "M_star_at_least": None}
            | {"connected_from": None}
        )
    return fields | {
        "m_star": known.m_star,
        "M_star": known.M_star,
        "threshold": known.threshold,
        "bound": known.bound,
        "spectrum": known.spectrum,
        "modulo": list(counted_modulo(P.optimum)),
        "m_star_at_most": P.m_star_at_most,
        "M_star_at_least": P.M_star_at_least,
        "connected_from": P.connected_from,
    }


def cost_line(P: OptimalPolytope) -> str:
    """Return how many vertices are expected, and what ``--vertices`` would cost."""
    U = P.unlisted
    if U is None or U.estimate is None:
        if P.missing:
            return f"{P.missing}: their number is not estimated"
        return f"{P.n_vertices} vertices, more than the {P.most} that are listed"
    wanted = 10 ** len(str(int(2 * U.estimate.value)))
    return (
        f"{U.estimate} ({U.estimate.basis}), more than the {P.most} that are listed: "
        f"--vertices {wanted} would take {U.estimate.cost(len(P.atoms))}"
    )


def unlisted_page(P: OptimalPolytope, found: Uniqueness | None) -> str:
    """Return the page: the optimum, what is proved of the widths, and what is not listed."""
    O, known = P.optimum, _known(P)
    low, high, r = P.m_star_at_most, P.M_star_at_least, P.used_rank
    lines = [
        size_line(O),
        f"{patterns_of(O)}, atoms {len(P.atoms)}, rank of features {P.rank}",
        f"P has dimension {P.dim}; {cost_line(P)}",
        *vector_lines("κ", O.kappa),
        *vector_lines("y*" if P.fit_is_unique else "a fit", O.fit),
        f"objective {number(O.value)}",
        *([] if found is None else [f"{found.verdict}: {found.reason}"]),
    ]
    if P.no_widths:
        return "\n".join([*lines, f"widths: {P.no_widths}", ""])
    some = len(P.some_vertices)
    said = f"m* ≤ {low}" if known.m_star is None else f"m* = {known.m_star}"
    if known.M_star is not None:
        said += f", M* = {known.M_star}"
    else:
        said += f", M* ≤ r_P = {r}" + ("" if high is None else f", M* ≥ {high}")
    lines += [
        f"{some} vertices, each proved, use all {len(P.used)} atoms in use: {said}",
        (
            f"M* ≤ r_P = {r}, connected from m = {P.connected_from} on (proved)"
            if P.connected_from
            else "the zero network is optimal: every width is connected (proved)"
        ),
    ]
    if known.threshold:
        lines.append(f"and not at m = {known.threshold - 1}: the threshold is exact")
    return "\n".join(lines) + "\n"
