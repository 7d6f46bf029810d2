"""What is said of several outputs: the page, and the JSON answer (general §4)."""

from collections.abc import Sequence
from fractions import Fraction
from typing import TypeAlias

from polytope_nn.exact.scalar import Scalar, exact_number, nearest_float
from polytope_nn.geometry.lines import word
from polytope_nn.vector.lifted import Lifted, Mass
from polytope_nn.vector.network import free_part_of
from polytope_nn.vector.optimum import Direction, seen
from polytope_nn.vector.oracle import Kernel
from polytope_nn.vector.polytope import OptimalSet
from polytope_nn.vector.problem import VectorProblem
from polytope_nn.wording import plural

from .answers import Fields, numbers, theorem_fields, width_fields
from .text import (
    Verdicts,
    counted,
    number,
    row,
    staircase_table,
    statement_lines,
)

__all__ = ["loss_words", "vector_fields", "vector_page"]

Rows: TypeAlias = Sequence[Sequence[Scalar]]
_NAMES = tuple(f"T7.{i}" for i in range(1, 6))
_COUNTED = (
    *("used_rank", "dim", "n_vertices", "vertices", "threshold", "bound"),
    *("M_star", "bound_talk", "spectrum", "minimal_supports", "widths"),
)
_SHARES = (0, 1, 2)  # halves of the arc: its ends and its middle


def vector_fields(P: OptimalSet, verdicts: Verdicts) -> Fields:
    """Return the answer about the optimal set of a problem with several outputs.

    ``verdicts`` says of T7.1 to T7.5 whether they hold; with a continuum it is not asked.
    """
    O, D = P.optimum, P.optimum.problem
    fields: Fields = {
        "level": O.level,
        "n": D.n,
        "d": D.d,
        "c": D.c,
        "n_patterns": len(D.arrangement),
        "dual_proof": "patterns",
        "n_atoms": len(O.atoms),
        "tight_set": O.tight_set,
        "rank": P.rank,
        "kappa": _rows(O.N),
        "fit": _rows(O.fit),
        **_unique(P),
        "objective": exact_number(O.value),
        "objective_float": nearest_float(O.value),
        "atoms": [_atom(a) for a in O.atoms],
        "beta_squared": exact_number(D.beta_squared),
        "rank_bound": O.rank_bound,
        "connected_from": P.connected_from,
        "network": [_neuron(u, mass) for u, mass in O.network],
        **_free_part(P),
        **({} if D.is_finite else {"cost": exact_number(O.cost)}),
    }
    return fields | (_continuum(P) if O.continua else _finite(P, verdicts))


def _unique(P: OptimalSet) -> Fields:
    """Return whether the fit is unique; where it is not, all that belong to kappa."""
    found: Fields = {"fit_unique": P.fit_is_unique}
    if P.fit_is_unique:
        return found
    O, c = P.optimum, P.optimum.problem.c
    pairs = list(map(numbers, O.interval))
    if O.problem.entries.shifted:  # a constant of each row may be added
        pairs = [[None, None] for _ in pairs]
    return found | {"interval": [pairs[i : i + c] for i in range(0, len(pairs), c)]}


def _free_part(P: OptimalSet) -> Fields:
    """Return the skip and the constant of the network, where there are any."""
    free = free_part_of(P.optimum)
    found: Fields = {}
    if free.skip is not None:
        found["skip"] = _rows(free.skip)
    if free.constant is not None:
        found["constant"] = numbers(free.constant)
    return found


def _finite(P: OptimalSet, verdicts: Verdicts) -> Fields:
    if not P.is_listed:
        return dict.fromkeys((*_COUNTED, "m_star")) | {
            "modulo": list(P.modulo),
            "m_star_at_most": len(P.optimum.network),
            "theorems": dict.fromkeys(_NAMES, "not claimed"),
        }
    return {
        "used_rank": P.used_rank,
        "dim": P.dim,
        "n_vertices": len(P.vertices),
        "vertices": _rows(P.vertices),
        **width_fields(P.staircase),
        "theorems": theorem_fields(verdicts),
    }


def _continuum(P: OptimalSet) -> Fields:
    """Return what is known with a continuum: its witness, m*, the lifted point, its arcs."""
    O = P.optimum
    arcs = [part for part in O.lifted or () if part.has_arcs]
    theorems: Fields = dict.fromkeys(_NAMES, "not claimed")
    witnesses: Fields = {}
    if arcs:
        theorems["T7.1"] = False
        witnesses["T7.1"] = _curve(P, arcs[0])
    return {
        **dict.fromkeys(_COUNTED),
        "modulo": list(P.modulo),
        "m_star": P.m_star,
        "components_at_m_star": P.components_at_m_star,
        "witness": _kernel(O.continua[0]),
        "continua": [_kernel(k) for k in O.continua],
        "lifted": None if O.lifted is None else [_lifted(part) for part in O.lifted],
        "theorems": theorems,
        "witnesses": witnesses,
    }


def _kernel(kernel: Kernel) -> Fields:
    return {
        "face": str(kernel.face),
        "kernel": _rows(kernel.vectors),
        "point": numbers(kernel.witness),
    }


def _lifted(part: Lifted) -> Fields:
    """Return a lifted part: rays of the cone, T in them, how few neurons make it, its arcs."""
    a, b, c = numbers(part.T)
    return {
        "face": str(part.kernel.face),
        "rays": _rows([ray.g for ray in part.rays]),
        "T": [[a, b], [b, c]],
        "cp_rank": part.rank,
        "arcs": 2 if part.has_arcs else 0,
    }


def _curve(P: OptimalSet, part: Lifted) -> Fields:
    """Return members of a curve of optimal networks of width m*: both ends, the middle."""
    inside = {part.kernel.covector, *(ray.covector for ray in part.rays)}
    others = [_neuron(u, c) for u, c in P.optimum.network if u.covector not in inside]
    members = [
        [*others, *(_turned(P, mass) for mass in part.member(Fraction(share, 2)))]
        for share in _SHARES
    ]
    return {"width": P.m_star, "networks": [{"neurons": m} for m in members]}


def _turned(P: OptimalSet, neuron: Mass) -> Fields:
    covector, g, mass = neuron
    return _neuron(seen(P.optimum.problem, P.optimum.N, covector, g), mass)


def _neuron(u: Direction, mass: Scalar) -> Fields:
    """Return a neuron of a mass as a network file has it: it adds ``(X u)_+ v'``."""
    return {
        "u": numbers(u.g),
        "v": [exact_number(mass * t) for t in u.h],
    }


def _atom(a: Direction) -> Fields:
    return {
        "face": word(a.covector),
        "g": numbers(a.g),
        "h": numbers(a.h),
    }


def _rows(rows: Rows) -> list[list[object]]:
    return list(map(numbers, rows))


def vector_page(P: OptimalSet, verdicts: Verdicts) -> str:
    """Return the page: instance, optimum, atoms or continuum, what is proved of widths."""
    O, D = P.optimum, P.optimum.problem
    bias = "" if D.bias == "none" else f" ({D.bias} bias)"
    size = f"n = {D.n}, d = {D.d}{bias}, c = {D.c}, β² = {number(D.beta_squared)}"
    lines = [
        f"{D.name or 'instance'}: {size}; level {O.level}",
        f"patterns {len(D.arrangement)}, tight set: {_tight(P)}",
        *_matrix("N", O.N),
        *_matrix("Y*", O.fit),
        *_other_fits(P),
        *_free_lines(P),
        f"objective {number(O.value)}",
        *(f"atom {row(a.g)} → {row(a.h)}" for a in O.atoms),
        *(_lifted_lines(P) if O.continua else _finite_lines(P, verdicts)),
    ]
    lines.append(f"minimised: {loss_words(D)} + β/2 Σ_j (|u_j|² + |v_j|²)")
    return "\n".join(lines)


def loss_words(problem: VectorProblem) -> str:
    """Return the loss as a page writes it."""
    weight = "" if all(w == 1 for w in problem.weights) else "ω_k "
    if problem.is_squared:
        return f"½ Σ_k {weight}|f(x_k) - y_k|²"
    loss, given = problem.kind, problem.given_loss
    parts = (
        [str(t) for key, t in given.items() if key != "kind"]
        if isinstance(given, dict)
        else []
    )
    if parts:
        loss = f"{loss}[{', '.join(parts)}]"
    if problem.entries.shifted:
        return f"Σ_k {weight}{loss}(f(x_k), y_k)"
    return f"Σ_kj {weight}{loss}(f_j(x_k), y_kj)"


def _other_fits(P: OptimalSet) -> list[str]:
    """Return what is said where more than one fit is optimal."""
    if P.fit_is_unique:
        return []
    if P.optimum.problem.entries.shifted:
        return ["optimal fits differ by constants of the rows, which softmax does not see"]
    if P.fit_is_unique is None:
        return ["whether this is the only optimal fit is not decided"]
    return ["Y* is one of many optimal fits"]


def _free_lines(P: OptimalSet) -> list[str]:
    """Return the skip and the constant of the network."""
    free = free_part_of(P.optimum)
    constant = [] if free.constant is None else _matrix("constant", [free.constant])
    return [*([] if free.skip is None else _matrix("skip", free.skip)), *constant]


def _tight(P: OptimalSet) -> str:
    O = P.optimum
    atoms = f"{len(O.atoms)} atom{'s' * (len(O.atoms) != 1)}"
    if not O.continua:
        return f"{atoms}, rank of features {P.rank}"
    planes = ", ".join(f"dimension {k.dim} on face {k.face}" for k in O.continua)
    return f"a continuum ({planes}) and {atoms}"


def _matrix(name: str, rows: Rows) -> list[str]:
    pad = " " * (len(name) + 3)
    return [f"{pad if i else f'{name} = '}{row(r)}" for i, r in enumerate(rows)]


def _finite_lines(P: OptimalSet, verdicts: Verdicts) -> list[str]:
    if not P.is_listed:
        m, many = P.connected_from, len(P.optimum.network)
        known = f"m* ≤ {many}; connected from m = {m} on (by rank, B5)"
        return ["P has too many vertices to list: widths are not counted", known]
    S = P.staircase
    sizes = ", ".join(f"{size} (×{times})" for size, times in S.spectrum.items())
    lines = [
        f"P has dimension {P.dim} and {plural(len(P.vertices), 'vertex')}, of support {sizes}",
        f"m* = {S.m_star}, M* = {S.M_star}",
        *counted(S),
        "",
        *staircase_table(S),
        "",
        *statement_lines(S, verdicts),
        f"n stands for n c = {S.n}; by rank alone connected from m = {P.optimum.rank_bound}",
    ]
    if S.vanishes and P.optimum.problem.free.columns:
        lines.append("no optimal network uses a neuron, and T7 assumes that one does")
    elif S.vanishes:
        lines.append("Y* = 0: the zero network is the only optimum, and T7 assumes Y* ≠ 0")
    return lines


def _lifted_lines(P: OptimalSet) -> list[str]:
    O = P.optimum
    lines = [
        f"face {k.face}: every direction of the kernel inside it is optimal, "
        f"{row(k.witness)} for one"
        for k in O.continua
    ]
    for part in O.lifted or ():
        a, b, c = part.T
        known = f"{number(a)} {number(b)}; {number(b)} {number(c)}"
        arcs = "; with two neurons they turn: two arcs" if part.has_arcs else ""
        rays = " and ".join(row(ray.g) for ray in part.rays)
        lines.append(
            f"face {part.kernel.face}: lifted to one point, T = ({known}) in the rays "
            f"{rays}, made by {plural(part.rank, 'neuron')}{arcs}"
        )
    m = "not decided" if P.m_star is None else str(P.m_star)
    return [
        *lines,
        f"m* = {m}; connected from m = {P.connected_from} on (by rank, B5)",
        *_denied(P),
    ]


def _denied(P: OptimalSet) -> list[str]:
    """Return what T7 says beside a continuum."""
    if any(part.has_arcs for part in P.optimum.lifted or ()):
        return [
            f"T7.1 fails at m = {P.m_star}: a curve of optimal networks; T7.3 not claimed"
        ]
    return ["T7.1 and T7.3 are not claimed with a continuum"]
