"""Values as tables of a notebook: each number exact while it is short, else rounded."""

import re
from collections.abc import Sequence
from functools import singledispatch
from html import escape

from polytope_nn.dual.optimum import Optimum
from polytope_nn.homotopy.beta_path import BetaPath
from polytope_nn.landscape.merge_tree import Staircase
from polytope_nn.landscape.optimal_set import OptimalPolytope
from polytope_nn.landscape.supports import bits_of
from polytope_nn.landscape.topology.holes import Holes
from polytope_nn.networks.network import Network
from polytope_nn.report.html.elements import masses, signed, table, typeset
from polytope_nn.report.text import count, number, row, staircase_rows
from polytope_nn.theorems.statement import Verdict

__all__ = ["table_of"]

_ROWS = 40


@singledispatch
def table_of(x: object) -> str | None:
    """Return the table of a value, None where it has none."""
    del x
    return None


def _titled(x: object, *parts: str) -> str:
    """Return parts under the line that a value says of itself."""
    return f"<div><p><code>{escape(repr(x))}</code></p>{''.join(parts)}</div>"


def _cut(
    header: Sequence[str], rows: Sequence[Sequence[str]], left: Sequence[int] = ()
) -> str:
    """Return a table, its tail cut where it is long."""
    more = len(rows) - _ROWS
    rest = f"<p>… and {more} more rows</p>" if more > 0 else ""
    return table([*map(typeset, header)], rows[:_ROWS], left=left) + rest


@table_of.register
def _(x: Staircase) -> str | None:
    if x.reason:
        return None
    header, body, marks = staircase_rows(x)
    rows = [[*cells, typeset(mark)] for cells, mark in zip(body, marks, strict=True)]
    return _titled(x, _cut([*header, ""], rows, (len(header),)))


@table_of.register
def _(x: OptimalPolytope) -> str:
    rows = [
        [str(i), str(bits.bit_count()), masses(bits_of(bits), v)]
        for i, (bits, v) in enumerate(zip(x.supports, x.vertices, strict=True))
    ]
    return _titled(x, _cut(["vertex", "support", "mass of each atom"], rows, (2,)))


@table_of.register
def _(x: Optimum) -> str:
    D = x.problem
    samples = [
        [str(k), escape(row(z)), number(y), number(t), number(f)]
        for k, (z, y, t, f) in enumerate(zip(D.X, D.y, x.kappa, x.fit, strict=True))
    ]
    atoms = [
        [str(a), "+" if atom.sign > 0 else "−", row(atom.g), row(atom.feature)]
        for a, atom in enumerate(x.atoms)
    ]
    fit = "fit" if x.is_pinned else "a fit"
    return _titled(
        x,
        _cut(["sample", "x", "y", "κ", fit], samples),
        _cut(["atom", "sign", "g", "feature"], atoms),
    )


@table_of.register
def _(x: Network) -> str:
    rows = [
        [str(j), "", "·"] if held is None else [str(j), signed(held.sign), row(held.u)]
        for j, held in enumerate(x.slots)
    ]
    return _titled(x, _cut(["slot", "sign", "u"], rows))


@table_of.register
def _(x: Holes) -> str:
    widths = list(x)
    rows = []
    for m in widths:
        of_networks = ", ".join(map(count, x.network_betti(m)))
        rows.append([str(m), ", ".join(map(count, x.betti(m))), of_networks])
    return _titled(x, _cut(["width m", "Betti of P_m", "Betti of Θ_m"], rows))


@table_of.register
def _(x: BetaPath) -> str:
    rows = []
    for i in x.intervals:
        t = i.type
        numbers = ["…"] * 4 if t is None else [t.n_atoms, t.m_star, t.M_star, t.threshold]
        ends = (number(i.lower), number(i.upper))
        rows.append([*ends, *map(str, numbers), escape(str(i.event or ""))])
    header = ["from β =", "to", "atoms", "m*", "M*", "threshold", "at the lower end"]
    return _titled(x, _cut(header, rows, (6,)))


@table_of.register
def _(x: Verdict) -> str:
    hypotheses = [
        [escape(name), "yes" if holds else "no"] for name, holds in x.hypotheses.items()
    ]
    claim = f"<p><b>{escape(x.name)}</b> {x.verdict}: {_prose(x.claim)}</p>"
    missing = f"<p>{escape(x.undecided)}</p>" if x.undecided else ""
    listed = _cut(["hypothesis", "holds"], hypotheses, (1,)) if hypotheses else ""
    return f"<div>{claim}{missing}{listed}</div>"


def _prose(text: str) -> str:
    """Return a claim with its indices set as such.

    >>> _prose("Theta_m* has m*! N_m* points")
    'Θ<sub>m*</sub> has m*! N<sub>m*</sub> points'
    """
    indexed = r"(?<![A-Za-z])(Theta|[A-Za-z])_([A-Za-z]\*?)"
    shown = re.sub(indexed, r"\1<sub>\2</sub>", escape(text))
    greek = shown.replace("Theta", "Θ").replace("kappa", "κ").replace("beta", "β")
    return greek.replace("&gt;=", "≥").replace("&lt;=", "≤")
