"""What is known of the optimal networks of a problem: the statement, tables, folded numbers."""

from collections.abc import Sequence
from html import escape

from polytope_nn.functions.uniqueness import Uniqueness
from polytope_nn.landscape.optimal_set import OptimalPolytope
from polytope_nn.landscape.staircase import Staircase
from polytope_nn.landscape.supports import bits_of
from polytope_nn.problems.problem import Problem
from polytope_nn.problems.training import TrainingProblem
from polytope_nn.report.html.elements import masses, signed
from polytope_nn.report.text import (
    VERDICTS,
    Verdicts,
    claims,
    number,
    row,
    staircase_rows,
)

from .elements import bulleted, folded, paragraph, section, table, typeset, word

__all__ = ["numbers", "staircase_html", "statement", "theorems_html"]

_ROWS = 60  # of a folded table
_LEVELS = {
    "exact": "every number is rational or in a real number field, and every equality and "
    "inequality was decided exactly",
    "interval": "numbers are enclosed in balls of proved radius, and every decision was strict",
}


def statement(
    P: OptimalPolytope, S: Staircase | None, found: Uniqueness | None, asked: str
) -> str:
    """Return the statement in words; ``asked`` is what is minimised, as plain text."""
    D, level = P.problem, P.level
    extras = [f"a {D.bias} bias"] if D.bias != "none" else []
    extras += [f"a free {D.skip} part"] if D.skip != "none" else []
    beside = f" with {' and '.join(extras)}" if extras else ""
    fitted = "fitting the labels exactly" if D.is_fitted else f"minimising {typeset(asked)}"
    lines = [
        paragraph(
            f"Of all two-layer {_networks(D)}{beside}, of any width, on the n = {D.n} samples "
            f"in dimension {D.dimension} below, {fitted} with β² = "
            f"{number(D.beta_squared)}, the least objective is "
            f"<strong>{number(P.optimum.value)}</strong>."
        )
    ]
    if found is not None:
        lines.append(
            paragraph(f"{escape(found.verdict.capitalize())}: {escape(found.reason)}.")
        )
    lines += ["<p>Widths are not counted here.</p>"] if S is None else _widths(P, S)
    said = f"{word('level', f'Level {level}')}: {_LEVELS[level]}."
    return section("The statement", *lines, paragraph(said))


def _networks(D: Problem) -> str:
    """Return which networks a problem is about."""
    if D.of_relu or not isinstance(D, TrainingProblem):
        return "ReLU networks"
    return f"networks ({escape(f'{D.unit_key} {D.unit_word}')})"


def _widths(P: OptimalPolytope, S: Staircase) -> list[str]:
    """Return what is said of every width, in words."""
    if S.vanishes:
        alone = "" if P.problem.free.columns else ": the zero network is the only optimum"
        return [f"<p>No neuron is used{alone}.</p>"]
    if S.has_zero:
        said = (
            "the zero network is optimal, and so are others: at every width from 0 on the "
        )
        return [f"<p>Here {said}optimal networks are connected.</p>"]
    low, high, last = S.m_star, S.M_star, S.threshold
    first, top = S[low], S[high]
    stuck = "that cannot be moved"
    if not P.fit_is_unique:
        stuck = "of which no neuron can be split"
    lines = [
        (
            f"{word('m*')} = {low} {'neuron is' if low == 1 else 'neurons are'} needed and "
            f"enough: there the optimal networks {_parts(first.components, first.isolated)}."
        ),
        f"{word('M*')} = {high} is the last width with a network {stuck}"
        + (f": there they {_parts(top.components, top.isolated)}." if high != low else "."),
        (
            f"From width <strong>{last}</strong> on any two optimal networks are joined by a "
            f"path of optimal networks: {word('threshold', 'connected for good')}. The general "
            f"bound min{{m* + M*, n + 1}} promises it from {S.bound_talk} on, its sharper form "
            f"min{{m* + M*, {typeset('r_P')} + 1}} from {S.bound} on."
        ),
    ]
    if S.modulo:
        lines.append(f"Counted modulo {escape(' and '.join(S.modulo))}.")
    return [bulleted(lines)]


def _parts(components: int, isolated: int) -> str:
    """Return how a set of networks falls apart.

    >>> _parts(1, 0), _parts(8, 8), _parts(49, 48)[:26]
    ('are one piece', 'are 8 isolated points', 'fall into 49 components, 4')
    """
    if components == 1:
        return "are one isolated point" if isolated else "are one piece"
    if isolated == components:
        return f"are {isolated} isolated points"
    points = {0: "none of them a point", 1: "one of them an isolated point"}
    return f"fall into {components} components, " + points.get(
        isolated, f"{isolated} of them isolated points"
    )


def staircase_html(S: Staircase) -> str:
    """Return the staircase as a table, one width a row."""
    header, body, marks = staircase_rows(S)
    links = {
        "width m": "width m",
        "vertices": word("vertex", "vertices"),
        "components of P_m": f"{word('component', 'components')} of {word('P', 'P_m')}",
        "components of Θ_m": f"{word('component', 'components')} of {word('Theta_m', 'Θ_m')}",
        "isolated": word("isolated"),
        "b₁": word("hole", "b₁"),
    }
    rows = [[*cells, typeset(mark)] for cells, mark in zip(body, marks, strict=True)]
    shown = table([*(links[name] for name in header), ""], rows, left=(len(header),))
    said = (
        f"{word('staircase', 'Staircase of connectivity')}: components count permutations."
    )
    return section("Every width", shown, f'<p class="facts">{said}</p>')


def theorems_html(S: Staircase, verdicts: Verdicts, said: Sequence[str]) -> str:
    """Return what the theorems say of this instance; ``said`` are further lines."""
    rows = [
        [name, VERDICTS[verdicts[name]], typeset(claim)]
        for name, claim in claims(S).items()
    ]
    text = table(["", "verdict", "what it says here"], rows, left=(1, 2))
    more = (
        [folded("Every theorem", f"<pre>{escape(chr(10).join(said))}</pre>")]
        if said
        else []
    )
    return section("The theorems", text, *more)


def numbers(P: OptimalPolytope) -> str:
    """Return the folded part: the data, kappa and the fit, the atoms, the vertices."""
    D, O = P.problem, P.optimum
    data = [
        [str(k), row(x), number(y), number(t), number(z)]
        for k, (x, y, t, z) in enumerate(zip(D.X, D.y, O.kappa, O.fit, strict=True), 1)
    ]
    fit = "y*" if P.fit_is_unique else "a fit"
    atoms = [
        [str(i), signed(a.sign), row(a.g), row(a.feature)] for i, a in enumerate(P.atoms)
    ]
    parts = [
        folded(
            "Samples, labels, κ and the fit",
            _cut(["", "x", "y", word("kappa", "κ"), fit], data),
        ),
        folded(
            f"Atoms: {len(atoms)}",
            _cut(["", "sign", word("atom", "g"), word("feature", "feature")], atoms),
        ),
    ]
    if not P.missing and P.n_vertices <= P.most:
        parts.append(folded(f"Vertices of P: {P.n_vertices}", _vertices(P)))
    return section("The numbers", *parts)


def _vertices(P: OptimalPolytope) -> str:
    """Return the vertices by their masses, which are indexed by the atoms."""
    rows = []
    for i, (bits, c) in enumerate(zip(P.supports, P.vertices, strict=True)):
        held = bits_of(bits)
        rows.append([str(i), str(len(held)), masses(held, c)])
        if len(rows) == _ROWS + 1:
            break
    return _cut(["", word("vertex", "support"), "mass of each atom"], rows, P.n_vertices)


def _cut(header: Sequence[str], rows: Sequence[Sequence[str]], count: int = 0) -> str:
    """Return a table, its tail cut where it is long."""
    text = table(header, rows[:_ROWS])
    left = max(count, len(rows)) - _ROWS
    return text + (
        f"<p>... and {left} more: --json lists them all.</p>" if left > 0 else ""
    )
