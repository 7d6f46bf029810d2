"""The page and the JSON answer of a path of beta."""

from collections.abc import Iterator
from fractions import Fraction

from polytope_nn.exact.scalar import Scalar, exact_number, nearest_float
from polytope_nn.homotopy.beta_path import BetaInterval, BetaPath

from .text import number, rounded

__all__ = ["beta_path_fields", "beta_path_page", "decimals"]

_DIGITS = 12  # of a proved part, rounded down
_EVENTS = {
    "leaves": "an atom leaves",
    "enters": "an atom enters",
    "face": "an atom changes its face",
    "wall": "the fit crosses a chamber wall",
    "separates": "a dependent atom separates",
    "end": "end of the path",
}


def beta_path_fields(found: BetaPath) -> dict[str, object]:
    """Return the answer: descending intervals of constant type, exact ends where known.

    ``proved`` is the proved part of an interval, rounded down; ``limit`` is about the
    interpolation polytope, for a path that ends at 0.
    """
    fields: dict[str, object] = {
        "beta_max": exact_number(found.beta_max),
        "intervals": [_interval(i) for i in found.intervals],
        "proved": decimals(found.proved),
    }
    P = found.limit
    if P is not None and not P.missing:
        fields["limit"] = {
            "n_atoms": len(P.atoms),
            "m_star": P.m_star,
            "M_star": P.M_star,
            "threshold": P.staircase.threshold,
        }
    return fields


def _interval(i: BetaInterval) -> dict[str, object]:
    T = i.type
    numbers: dict[str, object] = dict.fromkeys(("n_atoms", "m_star", "M_star", "threshold"))
    atoms = None
    if T is not None:
        numbers = {
            "n_atoms": T.n_atoms,
            "m_star": T.m_star,
            "M_star": T.M_star,
            "threshold": T.threshold,
        }
        atoms = [{"sign": s, "face": face(covector)} for s, covector in T.atoms]
    return {
        "lower": exact_number(i.lower),
        "upper": exact_number(i.upper),
        "event": i.event,
        **numbers,
        "proved": decimals(i.proved),
        "atoms": atoms,
    }


def face(covector: tuple[int, ...]) -> str:
    """Return a covector as a word.

    >>> face((1, 0, -1))
    '+0-'
    """
    return "".join("+" if t > 0 else "-" if t < 0 else "0" for t in covector)


def decimals(part: Fraction) -> str:
    """Return a part of 1 as a decimal, rounded down.

    >>> decimals(Fraction(1)), decimals(Fraction(1, 3))
    ('1', '0.333333333333')
    """
    if part >= 1:
        return "1"
    digits = part * 10**_DIGITS // 1
    return f"0.{digits:0{_DIGITS}d}".rstrip("0").rstrip(".")


def beta_path_page(found: BetaPath) -> Iterator[str]:
    """Yield the lines of the page: a table of the intervals."""
    top = number(found.beta_max)
    equals = "" if top.startswith("≈") else "= "
    yield f"beta_max {equals}{top}: from there on the zero network is optimal"
    if not found.intervals:
        yield "no neuron at any weight decay: there is no path"
        return
    yield f"{'beta':>33}  atoms  m*  M*  threshold  proved  at the lower end"
    for i in found.intervals:
        ends = f"({rounded(i.lower, 12):>14}, {rounded(i.upper, 12):>14})"
        T = i.type
        numbers = (
            f"{'?':>5}  {'?':>2}  {'?':>2}  {'?':>9}"
            if T is None
            else f"{T.n_atoms:>5}  {T.m_star:>2}  {T.M_star:>2}  {T.threshold:>9}"
        )
        proved = "all" if i.proved >= 1 else f"{decimals(i.proved)[:7]}"
        yield f"{ends:>33}  {numbers}  {proved:>6}  {_EVENTS[i.event]}"
    missing = [i for i in found.intervals if i.proved < 1]
    for i in missing:
        width = (1 - i.proved) * (Fraction(_near(i.upper)) - Fraction(_near(i.lower)))
        yield f"not proved: {rounded(width, 3)} of the interval above {rounded(i.lower, 12)}"


def _near(x: Scalar) -> float:
    return nearest_float(x) or 0.0
