r"""LaTeX of numbers, matrices and the optimal polytope, for a paper or a notebook.

Fractions and field elements are printed exactly, the latter as polynomials in ``\alpha``
whose defining equation comes last; balls as their midpoint. Needs amsmath.
"""

from collections.abc import Sequence
from fractions import Fraction

from polytope_nn.exact.field import Algebraic, NumberField
from polytope_nn.exact.scalar import Scalar
from polytope_nn.landscape.optimal_set import OptimalPolytope

__all__ = ["latex_matrix", "latex_number", "latex_polytope", "polynomial"]


def latex_number(x: Scalar | int) -> str:
    r"""Return a number in LaTeX.

    >>> latex_number(Fraction(-3, 7))
    '-\\frac{3}{7}'
    >>> a = NumberField([-2, 0, 1], (1, 2)).element(["1/2", -1])
    >>> latex_number(a)
    '\\frac{1}{2} - \\alpha'
    """
    if isinstance(x, Algebraic):
        return polynomial(x.coordinates)
    if not isinstance(x, int | Fraction):
        return rf"\approx {float(x):.12g}"
    value = Fraction(x)
    minus = "-" if value < 0 else ""
    p, q = abs(value.numerator), value.denominator
    return f"{minus}{p}" if q == 1 else rf"{minus}\frac{{{p}}}{{{q}}}"


def polynomial(coordinates: Sequence[Fraction]) -> str:
    r"""Return ``sum of c_i \alpha^i``, low powers first."""
    terms = ""
    for i, c in enumerate(coordinates):
        if not c:
            continue
        power = {0: "", 1: r"\alpha"}.get(i, rf"\alpha^{{{i}}}")
        size = "" if i and abs(c) == 1 else latex_number(abs(c))
        joint = ("-" if c < 0 else "") if not terms else (" - " if c < 0 else " + ")
        space = " " if size.isdigit() and power else ""
        terms += joint + size + space + power
    return terms or "0"


def latex_matrix(rows: Sequence[Sequence[Scalar | int]]) -> str:
    r"""Return a matrix in LaTeX, of any number of columns.

    >>> print(latex_matrix([[1, Fraction(1, 2)]]))
    \left(\begin{array}{rr} 1 & \frac{1}{2} \end{array}\right)
    """
    columns = "r" * len(rows[0]) or "r"
    lines = [" & ".join(map(latex_number, row)) for row in rows]
    body = r" \\ ".join(lines)
    return rf"\left(\begin{{array}}{{{columns}}} {body} \end{{array}}\right)"


def latex_polytope(P: OptimalPolytope) -> str:
    r"""Return the H- and the V-form of P as an ``align*`` environment.

    >>> import polytope_nn as pn
    >>> D = pn.TrainingProblem([[1]], [2], beta=1)
    >>> print(latex_polytope(pn.optimal_polytope(pn.optimum(D))))
    \begin{align*}
    P &= \left\{ c \in \mathbb{R}_{\ge 0}^{1} :
      \left(\begin{array}{r} 1 \end{array}\right) c
      = \left(\begin{array}{r} 1 \end{array}\right) \right\} \\
      &= \operatorname{conv} \left\{
      \left(\begin{array}{r} 1 \end{array}\right) \right\}
    \end{align*}
    """
    vertices = ",\n  ".join(latex_matrix([[x] for x in v] or [[]]) for v in P.vertices)
    lines = [
        r"\begin{align*}",
        rf"P &= \left\{{ c \in \mathbb{{R}}_{{\ge 0}}^{{{len(P.atoms)}}} :",
        rf"  {latex_matrix(P.A)} c",
        rf"  = {latex_matrix([[x] for x in P.b])} \right\}} \\",
        r"  &= \operatorname{conv} \left\{",
        rf"  {vertices} \right\}}",
    ]
    field = next((x.field for x in _entries(P) if isinstance(x, Algebraic)), None)
    if field is not None:
        lines[-1] += r" \\"
        lines.append(f"  & {_definition(field)}")
    return "\n".join([*lines, r"\end{align*}"])


def _entries(P: OptimalPolytope) -> list[Scalar]:
    """Return every number that is printed."""
    return [x for row in (*P.A, P.b, *P.vertices) for x in row]


def _definition(field: NumberField) -> str:
    r"""Return the equation of ``\alpha`` and the interval it lies in."""
    lower, upper = map(latex_number, field.root)
    equation = polynomial([Fraction(c) for c in field.poly])
    return rf"\text{{where }} {equation} = 0,\ \alpha \in \left[{lower}, {upper}\right]"
