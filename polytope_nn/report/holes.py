"""What is said of holes: the page, and the JSON object of CONTRACT §4."""

from collections import Counter
from collections.abc import Sequence
from itertools import groupby
from textwrap import wrap

from polytope_nn.landscape.topology.cells import Bar
from polytope_nn.landscape.topology.holes import Holes

from .text import count

__all__ = ["bar_text", "holes_fields", "holes_page", "number_field"]


def holes_fields(H: Holes) -> dict[str, object]:
    """Return the JSON answer: bars by degree, and Betti numbers by width.

    ``betti`` and ``torsion`` are those of P_m, ``network_betti`` and ``euler`` those of
    Theta_m; torsion is null where it is not decided, and then the Betti numbers of that
    width are over F_2, as the bars are (``field``).
    """
    widths = list(H)
    torsion = {m: H.torsion_by_degree(m) for m in widths}
    return {
        "n_faces": len(H.faces),
        "m_star": H.m_star,
        "threshold": H.threshold,
        "used_rank": H.used_rank,
        "bars": {str(i): [list(bar) for bar in bars] for i, bars in H.bars.items()},
        "betti": {str(m): list(H.betti(m)) for m in widths},
        "network_betti": {str(m): list(H.network_betti(m)) for m in widths},
        "euler": {str(m): H.euler(m) for m in widths},
        "torsion": {
            str(m): None if (found := H.torsion(m)) is None else list(found) for m in widths
        },
        "torsion_by_degree": {
            str(m): None if found is None else {str(i): list(t) for i, t in found.items()}
            for m, found in torsion.items()
        },
        "field": {str(m): number_field(H, m) for m in widths},
    }


def number_field(H: Holes, m: int) -> str:
    """Return the field that the Betti numbers of a width are over."""
    return "F_2" if H.torsion(m) is None else "Q"


def holes_page(H: Holes, name: str) -> str:
    """Return the page: the bars of P, and the holes of P_m and Theta_m by width."""
    faces = f"{len(H.faces)} face{'s' * (len(H.faces) != 1)}"
    facts = f"P has {faces}, m* = {H.m_star}, r_P = {H.used_rank}"
    lines = [
        f"{name or 'instance'}: {facts}; connected for good from m = {H.threshold}",
        "",
        "bars of P: a hole of P_m lives for the widths m from birth on, before death",
    ]
    for i, bars in H.bars.items():
        shown = ", ".join(
            f"{times}×{bar_text(bar)}" if times > 1 else bar_text(bar)
            for bar, times in Counter(bars).items()
        )
        head = f"degree {i}  "
        lines += wrap(head + shown, 96, subsequent_indent=" " * len(head))
    header = ("width m", "Betti of P_m", "torsion", "Betti of Θ_m", "χ(Θ_m)")
    body = [_row(H, m) for m in H]
    sizes = [max(map(len, column)) for column in zip(header, *body, strict=True)]
    table = [
        "  ".join(
            cell.rjust(size) for cell, size in zip(cells, sizes, strict=True)
        ).rstrip()
        for cells in (header, *body)
    ]
    lines += ["", table[0], "─" * len(table[0]), *table[1:], ""]
    doubtful = [m for m in H if H.torsion(m) is None]
    said = "Betti numbers over Q (proofs/T15.md)"
    if doubtful:
        said += f"; over F_2 at m = {', '.join(map(str, doubtful))}, torsion not decided"
    return "\n".join([*lines, said]) + "\n"


def bar_text(bar: Bar) -> str:
    """Return a bar as an interval.

    >>> bar_text((2, None)), bar_text((2, 4))
    ('[2, ∞)', '[2, 4)')
    """
    birth, death = bar
    return f"[{birth}, {'∞' if death is None else death})"


def _row(H: Holes, m: int) -> tuple[str, ...]:
    found = H.torsion_by_degree(m)
    torsion = "?" if found is None else "none"
    if found:
        torsion = ", ".join(
            f"H_{i}: " + " ⊕ ".join(f"Z/{t}" for t in divisors)
            for i, divisors in found.items()
        )
    return (
        str(m),
        _numbers(H.betti(m)),
        torsion,
        _numbers(H.network_betti(m)),
        count(H.euler(m)) if H.euler(m) >= 0 else f"-{count(-H.euler(m))}",
    )


def _numbers(betti: Sequence[int]) -> str:
    """Return Betti numbers, a run of zeros told by its length.

    >>> _numbers([1, 0, 0, 2]), _numbers([1, 0, 0, 0, 0, 2])
    ('1, 0, 0, 2', '1, 0 (×4), 2')
    """
    parts: list[str] = []
    for b, run in groupby(betti):
        times = len(list(run))
        short = b == 0 and times > 3
        parts += [f"0 (×{times})"] if short else [count(b)] * times
    return ", ".join(parts)
