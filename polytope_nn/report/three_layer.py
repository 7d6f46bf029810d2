"""What certify says of three layers: the JSON object and the page."""

from collections.abc import Sequence

from polytope_nn.errors import Undecided
from polytope_nn.exact.scalar import encode, exact_number, nearest_float, sign
from polytope_nn.parallel.counts.statements import Statement
from polytope_nn.parallel.counts.widths import TwoWidths, WidthStep
from polytope_nn.parallel.depth import TwoLayerBound, two_layer_bound
from polytope_nn.parallel.pieces import Piece
from polytope_nn.parallel.problem import ParallelProblem
from polytope_nn.wording import plural

from .answers import numbers
from .text import count, number, row, vector_lines

__all__ = ["step_text", "three_layer_fields", "three_layer_page"]

_VERDICTS = {True: "holds", False: "fails", None: "does not apply"}
_DECAY = {
    "power3": "β/3 Σ_j (|W_j|³ + |w_j|³ + |α_j|³)",
    "path": "β Σ_j |α_j| (Σ_l |W_jl|² w_jl²)^(1/2)",
}


def three_layer_fields(
    S: TwoWidths,
    table: Sequence[WidthStep],
    said: Sequence[Statement],
    inner: int | None = None,
) -> dict[str, object]:
    """Return the answer as JSON data, the keys of the contract first.

    ``vertices`` of a piece are masses of its atoms, of sum 1, and ``outputs`` what they add to
    the fit; ``components`` and ``isolated`` of a step are null where ``refused`` says why, and
    ``M_star`` where it is not decided.
    """
    O = S.optimum
    problem = O.problem
    widest = max([inner or 1, *(step.k for step in table)])
    bound, above = _bound(S), _above(S, table)
    least = {str(k): m + 1 for k, (m, _) in above.items() if m}
    return {
        "layers": 3,
        "kappa": numbers(O.kappa),
        "value": exact_number(O.value),
        "depth_helps": O.depth_helps,
        "pieces": [_piece(p) for p in O.pieces],
        "m_star": {str(k): _least(S, k) for k in range(1, widest + 1)},
        "M_star": {str(k): _greatest(S, k) for k in range(1, widest + 1)},
        "table": [_step(step) for step in table],
        "level": O.level,
        "n": problem.n,
        "d": len(problem.design[0]),
        "n_patterns": len(problem.arrangement),
        "dual_proof": "patterns",
        "inner_width": problem.inner_width or "unlimited",
        "regulariser": problem.regulariser,
        "beta_squared": encode(problem.two_layer.beta_squared),
        "fit": numbers(O.fit),
        "fit_unique": True,  # the loss is strictly convex
        "value_float": nearest_float(O.value),
        "leaves": len(O.leaves),
        "two_layer_bound": bound
        and {"kappa": [encode(x) for x in bound.kappa], "value": encode(bound.value)},
        "theorems": {s.name: "not claimed" if s.holds is None else s.holds for s in said},
        "counterexamples": {s.name: list(s.at) for s in said if s.at is not None},
    } | ({"m_star_at_least": least} if least else {})


def _bound(S: TwoWidths) -> TwoLayerBound | None:
    try:
        return two_layer_bound(S.optimum)
    except Undecided:
        return None


def _least(S: TwoWidths, k: int) -> int | None:
    try:
        return S.m_star(k)
    except Undecided:
        return None


def _least_text(S: TwoWidths, k: int) -> str:
    """Return m*(k) in words: ``-`` where kappa is not optimal for k, ``?`` where it is open."""
    try:
        m = S.m_star(k)
    except Undecided:
        return "?"
    return "-" if m is None else str(m)


def _above(S: TwoWidths, table: Sequence[WidthStep]) -> dict[int, tuple[int, str]]:
    """Return where m*(k) is open a number that it exceeds, of those of a table, and why."""
    found = {}
    for k in sorted({step.k for step in table}):
        try:
            S.m_star(k)
        except Undecided as reason:
            none = [step.m for step in table if step.k == k and step.components == 0]
            found[k] = max(none, default=0), str(reason)
    return found


def _greatest(S: TwoWidths, k: int) -> int | None:
    try:
        return S.M_star(k)
    except Undecided:
        return None


def _piece(p: Piece) -> dict[str, object]:
    return {
        "sign": p.sigma,
        "atoms": [{"sign": a.sign, "g": numbers(a.g)} for a in p.atoms],
        "vertices": list(map(numbers, p.vertices)),
        "outputs": list(map(numbers, p.outputs)),
    }


def _step(step: WidthStep) -> dict[str, object]:
    fields: dict[str, object] = {
        "m": step.m,
        "k": step.k,
        "components": step.components,
        "isolated": step.isolated,
    }
    return fields | ({"refused": step.refused} if step.refused else {})


def step_text(step: WidthStep) -> str:
    """Return components and isolated points of a step, as in ``6/6``; ``?`` where refused.

    >>> step_text(WidthStep(2, 2, 4, 0)), step_text(WidthStep(1, 1, 0, 0))
    ('4/0', '·')
    """
    if step.components is None or step.isolated is None:
        return "?"
    if not step.components:
        return "·"
    return f"{count(step.components)}/{count(step.isolated)}"


def three_layer_page(
    S: TwoWidths, table: Sequence[WidthStep], said: Sequence[Statement]
) -> str:
    """Return the page: problem, optimum, pieces, the table of both widths, statements."""
    O, problem = S.optimum, S.optimum.problem
    width = "unlimited" if problem.inner_width is None else str(problem.inner_width)
    bound = _bound(S)
    helps = "no" if not O.depth_helps else "yes"
    if bound is not None:
        helps += f" (every two-layer network is above {number(bound.value)})"
    elif not O.depth_helps:
        helps += " (κ is the two-layer optimum as well)"
    size = f"n = {problem.n}, d = {len(problem.design[0])}"
    beta = f"β² = {number(problem.two_layer.beta_squared)}"
    lines = [
        f"{problem.name or 'instance'}: three layers, {size}, {beta}",
        f"inner width {width}, {problem.regulariser}; level {O.level}",
        f"dual feasible by {len(O.leaves)} leaves over {len(problem.arrangement)} patterns",
        *vector_lines("κ", O.kappa),
        *vector_lines("y*", O.fit),
        f"objective {number(O.value)}; depth helps: {helps}",
        "",
        *_piece_lines(O.pieces),
        *_table_lines(S, table),
        "",
    ]
    for s in said:
        where = "" if s.at is None else f" at (m, k) = ({s.at[0]}, {s.at[1]})"
        lines.append(f"{s.name:5} {_VERDICTS[s.holds]}{where}: {s.claim}")
    if O.vanishes:
        lines.append("y* = 0: the zero network is the only optimum")
    return "\n".join([*lines, _minimised(problem)])


def _minimised(problem: ParallelProblem) -> str:
    """Return the line that says what is minimised over the weights of the branches (P1, P12)."""
    D = problem.two_layer
    weight = "" if all(w == 1 for w in D.weights) else "ω_k "
    bias = "; W_j includes the bias" if D.bias == "penalised" else ""
    return f"minimised: ½ Σ_k {weight}(f(x_k) - y_k)² + {_DECAY[problem.regulariser]}{bias}"


def _piece_lines(listed: Sequence[Piece]) -> list[str]:
    lines = []
    for p in listed:
        lines.append(
            f"piece {p.sigma:+d}: {plural(len(p.atoms), 'inner atom')}, "
            f"{plural(len(p.vertices), 'vertex')}"
        )
        for v, f in zip(p.vertices, p.outputs, strict=True):
            used = sum(1 for x in v if sign(x))
            lines.append(f"    {row(f)} on {used} inner neuron{'s' * (used > 1)}")
    return [*lines, ""] if lines else []


def _table_lines(S: TwoWidths, table: Sequence[WidthStep]) -> list[str]:
    """Return components/isolated, a row for each m and a column for each k."""
    columns = sorted({step.k for step in table})
    if not columns:
        return ["no inner width of the table reaches the optimum"]
    above = _above(S, table)
    least = [
        f"> {above[k][0]}" if k in above and above[k][0] else _least_text(S, k)
        for k in columns
    ]
    most = ["?" if (m := _greatest(S, k)) is None else str(m) for k in columns]
    body = [["m \\ k", *map(str, columns)], ["m*(k)", *least], ["M*(k)", *most]]
    body += [
        [str(m), *(step_text(s) for s in table if s.m == m)]
        for m in sorted({step.m for step in table})
    ]
    widths = [max(map(len, column)) for column in zip(*body, strict=True)]
    lines = [
        "  ".join(c.rjust(w) for c, w in zip(cells, widths, strict=True)) for cells in body
    ]
    told = (f"m*({k}): {why}" for k, (m, why) in above.items() if m)
    refused = dict.fromkeys([*(step.refused for step in table if step.refused), *told])
    return [
        "components/isolated points of the optimal networks, m branches of k inner neurons:",
        *lines,
        *(f"?: {why}" for why in refused),
    ]
