r"""Values as LaTeX: in mathematics (:func:`latex`), or by themselves (:func:`displayed`).

By itself a staircase is a table of booktabs, a verdict a line of text, all else a formula.
Nothing is lost on the way: an element of a number field comes with the equation of its
generator, a ball with its radius, rounded up.
"""

import re
from collections.abc import Sequence
from fractions import Fraction
from functools import singledispatch

from polytope_nn.dual.optimum import Optimum
from polytope_nn.errors import InstanceError
from polytope_nn.exact.ball import Ball
from polytope_nn.exact.field import Algebraic, NumberField
from polytope_nn.exact.logarithms import Logarithms
from polytope_nn.exact.radical import RootSum
from polytope_nn.exact.scalar import RealNumber, Scalar
from polytope_nn.landscape.merge_tree import Staircase
from polytope_nn.landscape.optimal_set import OptimalPolytope
from polytope_nn.report.figures.paper.tikz import latex_text
from polytope_nn.report.latex import latex_number, latex_polytope, polynomial
from polytope_nn.report.text import staircase_rows
from polytope_nn.theorems.statement import Verdict

__all__ = ["displayed", "latex"]

_LETTERS = {"Theta": r"\Theta", "Θ": r"\Theta", "κ": r"\kappa", "kappa'": r"\kappa'"}
_LETTERS |= {"kappa": r"\kappa", "beta": r"\beta", "rho": r"\rho", "ν": r"\nu"}
_SIGNS = {">=": r"\ge", "<=": r"\le", "≥": r"\ge", "≤": r"\le", "·": r"\cdot "}
_PARTS = re.compile(
    r"(b₁|(?:Theta|Θ|[A-Za-z])_[A-Za-z]\*?|\b[mMy]\*!?|m!|\d+!·\d+"
    r"|\b(?:kappa'?|Theta|beta|rho)(?!\w)|\b[mn] [≥=<>] \d+|>=|<=)"
)
_DIGITS = 12  # of a ball's middle


@singledispatch
def latex(x: object) -> str:
    r"""Return a value as LaTeX inside mathematics.

    Parameters
    ----------
    x
        A number, a vector of numbers, an optimum, an optimal polytope, a staircase, a verdict.

    Returns
    -------
    str
        What stands between dollars; nothing of the value is lost.

    Raises
    ------
    InstanceError
        For what is none of them.

    Examples
    --------
    >>> latex([Fraction(1, 2), 3])
    '\\left(\\frac{1}{2},\\ 3\\right)'
    """
    if isinstance(x, int | Fraction) and not isinstance(x, bool):
        return latex_number(Fraction(x))
    if isinstance(x, list | tuple):
        fields = {t.field for t in x if isinstance(t, Algebraic) and not t.is_rational}
        if len(fields) == 1 and all(isinstance(t, Algebraic | Fraction | int) for t in x):
            entries = ",\\ ".join(map(latex_number, x))
            return _where(rf"\left({entries}\right)", fields.pop())
        entries = ",\\ ".join(map(latex, x))
        return rf"\left({entries}\right)"
    raise InstanceError(f"latex: {x!r} is no value that is typeset")


def displayed(x: object) -> str | None:
    """Return a value as LaTeX that stands by itself in a page."""
    if isinstance(x, Staircase):
        return None if x.reason else _booktabs(x)
    if isinstance(x, Verdict):
        return _sentence(x)
    if isinstance(x, OptimalPolytope):
        return latex_polytope(x)
    return rf"$\displaystyle {latex(x)}$"


@latex.register
def _(x: Algebraic) -> str:
    value = x.rational
    if value is not None:
        return latex_number(value)
    return _where(latex_number(x), x.field)


def _where(formula: str, field: NumberField) -> str:
    r"""Return a formula in ``\alpha``, and which root of which polynomial that is."""
    lower, upper = map(latex_number, field.root)
    equation = polynomial([Fraction(c) for c in field.poly])
    condition = rf"{equation} = 0,\ \alpha \in [{lower}, {upper}]"
    return rf"\left.{formula}\right|_{{{condition}}}"


@latex.register
def _(x: Ball) -> str:
    value = x.rational
    return _approximate(x) if value is None else latex_number(value)


def _approximate(x: Ball) -> str:
    r"""Return a decimal and a radius around it that holds the whole ball.

    >>> _approximate(Ball.from_interval(Fraction(1, 3), Fraction(334, 1000)))
    '0.33367 \\pm 3.4 \\cdot 10^{-4}'
    """
    power = max(_power(x.radius), _power(x.magnitude()) - _DIGITS)
    middle = Fraction(round(x.midpoint, 1 - power))
    beyond = (x.radius + abs(x.midpoint - middle)) / Fraction(10) ** power
    tenths = -(-10 * beyond.numerator // beyond.denominator)
    shown = _decimal(middle, max(1 - power, 0))
    scale = rf" \cdot 10^{{{power}}}" if power else ""
    return rf"{shown} \pm {_decimal(Fraction(tenths, 10), 1)}{scale}"


def _power(x: Fraction) -> int:
    """Return the power of ten of a positive number's first digit."""
    power = len(str(x.numerator)) - len(str(x.denominator))
    return power if x >= Fraction(10) ** power else power - 1


def _decimal(x: Fraction, digits: int) -> str:
    """Return a decimal fraction of so many digits in full."""
    unit = 10**digits
    whole, part = divmod(abs(x.numerator) * unit // x.denominator, unit)
    minus = "-" if x < 0 else ""
    return f"{minus}{whole}.{part:0{digits}d}" if digits else f"{minus}{whole}"


@latex.register
def _(x: Logarithms) -> str:
    parts = [latex_number(x.constant)] if x.constant or not x.terms else []
    parts += [rf"{_times(q)}\ln {p}" for p, q in x.terms.items()]
    return " + ".join(parts).replace("+ -", "- ")


def _times(q: Scalar) -> str:
    """Return a factor, left out where it is 1."""
    if isinstance(q, Fraction) and abs(q) == 1:
        return "-" if q < 0 else ""
    shown = latex(q) if isinstance(q, RealNumber) else latex_number(q)
    return rf"{shown}\, "


@latex.register
def _(x: RootSum) -> str:
    if x.exact is not None:
        return latex(x.exact)
    parts = [latex(q) if s == 1 else rf"{_times(q)}\sqrt{{{latex(s)}}}" for s, q in x.terms]
    return " + ".join(parts).replace("+ -", "- ")


@latex.register
def _(x: Optimum) -> str:
    lines = [rf"\kappa &= {latex(x.kappa)}", rf"y^* &= {latex(x.fit)}"]
    lines.append(rf"\text{{objective}} &= {latex(x.value)}")
    return _aligned(lines)


def _aligned(lines: Sequence[str]) -> str:
    joined = " \\\\\n".join(lines)
    return f"\\begin{{aligned}}\n{joined}\n\\end{{aligned}}"


@latex.register
def _(x: OptimalPolytope) -> str:
    return latex_polytope(x).replace("{align*}", "{aligned}")


@latex.register
def _(x: Staircase) -> str:
    header, rows = _cells(x)
    lines = [" & ".join(rf"\text{{{t}}}" for t in header) + r" \\ \hline"]
    lines += [" & ".join(rf"\text{{{t}}}" for t in row) + r" \\" for row in rows]
    body = "\n".join(lines)
    columns = "r" * (len(header) - 1) + "l"
    return f"\\begin{{array}}{{{columns}}}\n{body}\n\\end{{array}}"


@latex.register
def _(x: Verdict) -> str:
    return rf"\text{{{_sentence(x)}}}"


def _booktabs(S: Staircase) -> str:
    header, rows = _cells(S)
    lines = [
        rf"\begin{{tabular}}{{{'r' * (len(header) - 1)}l}}",
        r"\toprule",
        " & ".join(header) + r" \\",
        r"\midrule",
        *(" & ".join(row) + r" \\" for row in rows),
        r"\bottomrule",
        r"\end{tabular}",
    ]
    return "\n".join(lines)


def _cells(S: Staircase) -> tuple[list[str], list[list[str]]]:
    """Return the staircase's header and rows, the marks last."""
    header, body, marks = staircase_rows(S)
    top = [_prose(name).replace("width m", "width $m$") for name in header]
    rows = [[*cells, _prose(mark)] for cells, mark in zip(body, marks, strict=True)]
    return [*top, ""], rows


def _sentence(x: Verdict) -> str:
    r"""Return a verdict as a line of a page."""
    said = rf"\textbf{{{latex_text(x.name)}}} {x.verdict}: {_prose(x.claim)}"
    return said + (f" ({_prose(x.undecided)})" if x.undecided else "")


def _prose(text: str) -> str:
    r"""Return a line of a page as LaTeX: names of the theory as mathematics.

    >>> _prose("m ≥ 3: Θ_m is connected, 2!·4 points")
    '$m \\ge 3$: $\\Theta_m$ is connected, $2!\\cdot 4$ points'
    """
    return "".join(_worded(i, part) for i, part in enumerate(_PARTS.split(text)))


def _worded(i: int, part: str) -> str:
    """Return a part of a line: every other one is a piece of mathematics."""
    if i % 2 == 0:
        return latex_text(part)
    if part == "b₁":
        return "$b_1$"
    name, _, index = part.partition("_")
    if index:
        return f"${_LETTERS.get(name, name)}_{_starred(index)}$"
    if part in _LETTERS:
        return f"${_LETTERS[part]}$"
    for sign, typed in _SIGNS.items():
        part = part.replace(sign, typed)
    return f"${part.replace('*', '^*')}$"


def _starred(index: str) -> str:
    return f"{{{index[0]}^*}}" if index.endswith("*") else index
