"""The page a terminal shows: the instance, its widths, what each statement says of it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import ROUND_CEILING, Context, Decimal
from fractions import Fraction
from textwrap import wrap
from typing import TYPE_CHECKING, SupportsFloat, TypeAlias

from polytope_nn.dual.optimum import Optimum
from polytope_nn.errors import Undecided
from polytope_nn.exact.scalar import RealNumber, Scalar, encode, nearest_float
from polytope_nn.landscape.optimal_set import OptimalPolytope
from polytope_nn.landscape.staircase import Staircase, Step
from polytope_nn.landscape.topology.holes import Holes, holes
from polytope_nn.wording import plural

if TYPE_CHECKING:
    from polytope_nn.theorems import Verdict

__all__ = [
    "VERDICTS",
    "Verdicts",
    "aligned",
    "claims",
    "count",
    "counted",
    "fit_lines",
    "number",
    "page",
    "patterns_of",
    "row",
    "size_line",
    "staircase_rows",
    "staircase_table",
    "statement_lines",
    "steps",
    "theorem_lines",
    "vector_lines",
]

Verdicts: TypeAlias = Mapping[str, bool | None]

VERDICTS = {True: "holds", False: "fails", None: "does not apply"}
_ENTRIES = 12
_FEW, _FACES = 64, 2000  # vertices and faces of P up to which holes take milliseconds
_LONGEST = 24


def patterns_of(O: Optimum) -> str:
    """Return how many patterns are listed, or what proves dual feasibility without them."""
    proofs = O.cones if O.signs is None else (O.signs,)
    if not proofs:
        return f"patterns {O.n_patterns}"
    return f"dual feasible by {sum(proof.leaves for proof in proofs)} {O.dual_proof}"


def page(P: OptimalPolytope, S: Staircase, verdicts: Verdicts) -> str:
    """Return the whole page: instance, optimum, staircase table, statements.

    ``verdicts`` says of each of T7.1 to T7.5 whether it holds here; None: T7 assumes more.
    """
    O = P.optimum
    sizes = ", ".join(f"{size} (×{times})" for size, times in S.spectrum.items())
    lines = [
        size_line(O),
        f"{patterns_of(O)}, atoms {len(P.atoms)}, rank of features {P.rank}",
        f"P has dimension {P.dim} and {plural(len(P.vertices), 'vertex')}, of support {sizes}",
        *vector_lines("κ", O.kappa),
        *fit_lines(O, unique=P.fit_is_unique),
        *_minimal(P),
        f"objective {number(O.value)}, m* = {S.m_star}, M* = {S.M_star}",
        *counted(S),
        "",
        *staircase_table(S),
        "",
        *statement_lines(S, verdicts),
    ]
    if S.vanishes and O.problem.free.columns:
        lines.append("no optimal network uses a neuron, and T7 assumes that one does")
    elif S.vanishes:
        lines.append("y* = 0: the zero network is the only optimum, and T7 assumes y* ≠ 0")
    elif S.has_zero:
        lines.append(
            "the zero network is optimal, and so are others: T7 assumes that it is not"
        )
    return "\n".join(lines) + "\n"


def size_line(O: Optimum) -> str:
    """Return the first line of a page: the instance, its size, the level."""
    D = O.problem
    bias = "" if D.bias == "none" else f" ({D.bias} bias)"
    size = f"n = {D.n}, d = {D.d}{bias}, β² = {number(D.beta_squared)}"
    return f"{D.name or 'instance'}: {size}; level {O.level}"


def fit_lines(O: Optimum, *, unique: bool) -> list[str]:
    """Return the lines about the fit, and about those that belong to kappa where many do."""
    if unique:
        return vector_lines("y*", O.fit)
    ends = [_interval(*row) for row in O.interval[:_ENTRIES]]
    if len(O.interval) > _ENTRIES:
        ends.append("...")
    told = wrap(f"fits of κ: {', '.join(ends)}", 88, subsequent_indent="     ")
    return [*vector_lines("a fit", O.fit), *told]


def _minimal(P: OptimalPolytope) -> list[str]:
    """Return the line about minimal supports, where there are many fits."""
    if P.fit_is_unique:
        return []
    sizes = Counter(size for size, _ in P.minimal)
    counted = ", ".join(f"{size} (×{times})" for size, times in sorted(sizes.items()))
    return [f"minimal supports of size {counted}"]


def _interval(low: Scalar | None, high: Scalar | None) -> str:
    if low is not None and low is high:
        return number(low)
    first = "(-∞" if low is None else f"[{number(low)}"
    return f"{first}, {'∞)' if high is None else f'{number(high)}]'}"


def statement_lines(S: Staircase, verdicts: Verdicts) -> list[str]:
    """Return what T7.1 to T7.5 say of this instance, and the least connected width."""
    lines = [
        f"{name}  {VERDICTS[verdicts[name]]}  {claim}" for name, claim in claims(S).items()
    ]
    return [
        *lines,
        (
            f"connected for good from m = {S.threshold}; bound min{{m* + M*, n + 1}} = "
            f"{S.bound_talk}, sharper bound min{{m* + M*, r_P + 1}} = {S.bound}"
        ),
    ]


def steps(S: Staircase) -> tuple[Step, ...]:
    """Return the steps worth showing: from m* until every bound has been passed."""
    last = max(S.threshold, S.bound, S.bound_talk, S.M_star + 1)
    return tuple(S[m] for m in range(S.m_star, last + 1))


def counted(S: Staircase) -> list[str]:
    """Return the line that says what is counted modulo what; none where there is nothing."""
    said = " and ".join(S.modulo)
    return [f"components and isolated points are counted modulo {said}"] * bool(said)


def staircase_table(S: Staircase) -> list[str]:
    """Return the lines of the table, one width a line, the thresholds marked.

    Components and isolated points of Theta_m count permutations; ``vertices`` is the
    number of vertices of P_m. Where P has few faces, the loops of Theta_m that bound no
    disc are counted too: its first Betti number (T15).
    """
    return aligned(*staircase_rows(S))


def staircase_rows(S: Staircase) -> tuple[list[str], list[tuple[str, ...]], list[str]]:
    """Return the table's header, its rows and the marks beside them."""
    header = ["width m", "vertices", "components of P_m", "components of Θ_m", "isolated"]
    H = _few_holes(S)
    if H is not None:
        header.append("b₁")
    body = []
    for step in steps(S):
        counts = (
            step.vertices,
            step.polytope_components,
            step.components,
            step.isolated,
            *(() if H is None else (_loops(H, step.width),)),
        )
        body.append((str(step.width), *map(count, counts)))
    return header, body, [_marks(S, step.width) for step in steps(S)]


def aligned(
    header: Sequence[str], body: Sequence[Sequence[str]], marks: Sequence[str]
) -> list[str]:
    """Return the lines of a table, a rule below its header, a mark behind each line.

    >>> aligned(("m", "count"), [("1", "20")], ["m*"])
    ['m  count', '────────', '1     20   m*']
    """
    widths = [max(map(len, column)) for column in zip(header, *body, strict=True)]
    lines = [
        "  ".join(cell.rjust(width) for cell, width in zip(cells, widths, strict=True))
        for cells in (header, *body)
    ]
    rule = "─" * len(lines[0])
    told = ["", *marks]
    marked = [f"{line}   {mark}".rstrip() for line, mark in zip(lines, told, strict=True)]
    return [marked[0], rule, *marked[1:]]


def _few_holes(S: Staircase) -> Holes | None:
    """Return the holes where they take no time, None where P has many faces."""
    if not 0 < len(S.supports) <= _FEW:
        return None
    try:
        return holes(S, most=_FACES)
    except Undecided:
        return None


def _loops(H: Holes, m: int) -> int:
    """Return the first Betti number of Theta_m."""
    return (*H.network_betti(m), 0)[1]


def _marks(S: Staircase, m: int) -> str:
    places = {
        "m*": S.m_star,
        "M*": S.M_star,
        "M* + 1": S.M_star + 1,
        "connected for good": S.threshold,
        "sharper bound": S.bound,
        "bound": S.bound_talk,
    }
    return ", ".join(name for name, place in places.items() if place == m)


def claims(S: Staircase) -> dict[str, str]:
    """Return what T7.1 to T7.5 say of this instance, its numbers put in."""
    low, high = S.m_star, S.M_star
    supports, step = S.minimal_supports.get(low, 0), S[low]
    finite = f"m = {low}: Θ_m is finite, {low}!·{supports} = {count(step.isolated)} point"
    if step.isolated != 1:
        finite += "s"
    if step.rigid != step.isolated:
        finite = f"m = {low}: Θ_m is {low}!·{supports} = {count(step.rigid)} polytopes"
    return {
        "T7.1": finite,
        "T7.2": f"m ≥ {low + 1}: Θ_m has a component that is not a point",
        "T7.3": f"m = {high}: Θ_m has an isolated point",
        "T7.4": f"m ≥ {high + 1}: no isolated point, permutations are joined",
        "T7.5": f"m ≥ {S.bound_talk}: Θ_m is connected (sharper: m ≥ {S.bound})",
    }


def theorem_lines(said: Sequence["Verdict"]) -> list[str]:
    """Return what each statement says of an instance: name, verdict, claim."""
    lines = []
    for v in said:
        head = f"{v.name:5} {v.verdict:26} "
        lines += wrap(head + v.claim, 110, subsequent_indent=" " * len(head))
    return lines


def count(number: int) -> str:
    """Return a count, in full or, beyond 15 digits, by its leading ones.

    >>> count(40320), count(10**20)
    ('40320', '1.00e20')
    """
    digits = str(number)
    if len(digits) <= 15:
        return digits
    return f"{digits[0]}.{digits[1:3]}e{len(digits) - 1}"


def rounded(x: SupportsFloat, digits: int) -> str:
    """Return a number to so many digits, also where the largest float is smaller.

    >>> rounded(0.125, 2), rounded(10**400, 2)
    ('0.12', 'beyond 1e308')
    """
    near = nearest_float(x)
    return "beyond 1e308" if near is None else f"{near:.{digits}g}"


def at_most(x: Fraction, digits: int) -> str:
    """Return a number that is no smaller, to so many digits.

    >>> at_most(Fraction(1, 3), 2), at_most(Fraction(1, 4), 2), at_most(Fraction(10**400), 2)
    ('0.34', '0.25', 'beyond 1e308')
    """
    up = Context(prec=digits, rounding=ROUND_CEILING, Emin=-(10**9), Emax=10**9)
    return rounded(
        Fraction(up.divide(Decimal(x.numerator), Decimal(x.denominator))), digits
    )


def number(x: Scalar) -> str:
    """Return a number as a reader wants it: exact while it is short, else rounded.

    >>> from fractions import Fraction
    >>> number(Fraction(27, 2)), number(Fraction(1, 3**60))
    ('27/2', '≈ 2.35898249e-29')
    """
    exact = encode(x)
    if isinstance(exact, str) and len(exact) <= _LONGEST:
        return exact
    near = nearest_float(x)
    if near:
        return f"≈ {near:.9g}"
    middle = x.enclosure(64).midpoint if isinstance(x, RealNumber) else x
    return f"≈ {Decimal(middle.numerator) / Decimal(middle.denominator):.8e}"


def row(v: Sequence[Scalar]) -> str:
    """Return a vector, its tail cut where it is long.

    >>> row([1, 2]), row([0] * 20)
    ('(1, 2)', '(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, ... 20 entries)')
    """
    shown = [number(x) for x in v[:_ENTRIES]]
    if len(v) > _ENTRIES:
        shown.append(f"... {len(v)} entries")
    return f"({', '.join(shown)})"


def vector_lines(name: str, v: Sequence[Scalar]) -> list[str]:
    """Return a named vector, on as many lines as it takes."""
    return wrap(f"{name} = {row(v)}", 88, subsequent_indent="     ")
