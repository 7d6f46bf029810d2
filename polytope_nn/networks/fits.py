"""Whether the fit of a network is that of an optimal one, and how fits are told."""

from fractions import Fraction

from polytope_nn.dual.fits import left_of, one_fit
from polytope_nn.dual.optimum import Optimum
from polytope_nn.errors import NotOptimal, Undecided
from polytope_nn.exact.radical import RootSum, decimal
from polytope_nn.exact.rational import text
from polytope_nn.exact.scalar import Scalar, Scalars

from .network import Network

__all__ = ["listed", "misfit", "shown"]


def misfit(O: Optimum, network: Network) -> str:
    """Return why the fit of a network is that of no optimal one; "" if it is."""
    fit, had = network.fit(*O.problem.rows_and_slopes), O.problem.free.had
    given = network.skip is not None or network.constant is not None
    beside = " up to what is free" if had.columns and not given else ""
    if not O.is_pinned:
        left = left_of(O.interval, fit)
        try:
            one_fit((), () if given else had.columns, left)
        except NotOptimal:
            ends = ", ".join(f"[{_end(low)}, {_end(high)}]" for low, high in O.interval)
            return f"the fit is {listed(fit)}, those of optimal networks {ends}{beside}"
        return ""
    # where what is free is limited the optimal fit may be that of no network
    if not (given or O.problem.free.limited or any(fit)) and O.vanishes:
        return ""  # what is free makes every optimal fit
    gap: Scalars = tuple(a - b for a, b in zip(fit, O.fit, strict=True))
    if not given:
        gap = had.modulo(gap)
    if _differ(gap, (Fraction(0),) * len(gap)):
        return (
            f"the fit is {listed(fit)}, that of every optimal network {listed(O.fit)}"
            f"{beside}"
        )
    return ""


def _end(x: Scalar | None) -> str:
    return "unbounded" if x is None else shown(x)


def _differ(a: Scalars, b: Scalars) -> bool:
    """Return whether two fits differ; one entry that is proved to is enough."""
    missing = None
    for s, t in zip(a, b, strict=True):
        try:
            if s != t:
                return True
        except Undecided as error:
            missing = error
    if missing is not None:
        raise missing
    return False


def shown(x: RootSum | Scalar) -> str:
    """Return a number as a message shows it: a fraction while it is short."""
    known = x.exact if isinstance(x, RootSum) else x
    if isinstance(known, Fraction) and len(shown := text(known)) <= 40:
        return shown
    return decimal(x)


def listed(z: Scalars) -> str:
    """Return a vector as a message shows it."""
    return f"({', '.join(map(shown, z))})"
