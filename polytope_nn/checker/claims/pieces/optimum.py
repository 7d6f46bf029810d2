"""Claim *optimum* where each sample is on a piece: kappa inside of it, the fit in its interval."""

from fractions import Fraction

from ...kernel.intervals import Interval, Numbers, enclosed, valued
from ...kernel.reading import Json, array, require
from ..identities import Exact, resting
from ..losses import End, Flat, Slope, conjugate
from ..problem.curves import WHERE
from .graphs import Rest, value
from .system import Pieced


def optimum(S: Pieced, x: Numbers, claims: Json) -> None:
    """Prove kappa on its pieces and fits in their intervals; the ends that are claimed."""
    D, kappa = S.D, S.kappa(x)
    for name, listed in (("dual", "kappa"), ("optimum", "fit")):
        array(claims[name][listed], f"claims.{name}", D.n)
    fit, objective = fit_of(S, x)
    at_rest(S, kappa)
    still = resting(S)
    for i, piece in enumerate(S.pieces):
        D.clock.tick()
        if isinstance(piece, Flat):
            inside = between(fit[i], piece.low, piece.high)
            require(
                inside or (i in still and around(piece.low, piece.high)),
                WHERE,
                "a fit is not proved to be inside of its interval",
            )
        if isinstance(piece, Slope):
            require(
                between(kappa[i], piece.low, piece.high),
                WHERE,
                "kappa is not proved to be inside of its piece",
            )
        enclosed(D.clock, claims["dual"]["kappa"][i], kappa[i], "claims.dual")
        enclosed(D.clock, claims["optimum"]["fit"][i], fit[i], WHERE)
    valued(D.clock, claims["optimum"]["objective"], objective, WHERE)


def at_rest(S: Pieced, kappa: Numbers) -> None:
    """Prove that kappa is 0 where a curve is at rest."""
    at = [i for i, piece in enumerate(S.pieces) if isinstance(piece, Rest)]
    if not at:
        return
    E = Exact(S, kappa)
    for i in at:
        value = E.value([Fraction(int(k == i)) for k in range(S.D.n)])
        require(value == 0, WHERE, "an entry of kappa is not proved to be 0")


def between(x: Interval, low: End, high: End) -> bool:
    """Return whether x is proved to lie strictly between two ends."""
    above = low is None or (x - low).sign == 1
    return above and (high is None or (x - high).sign == -1)


def around(low: End, high: End) -> bool:
    """Return whether 0 lies between two ends, or is one of them."""
    return (low is None or low <= 0) and (high is None or high >= 0)


def fit_of(S: Pieced, x: Numbers) -> tuple[Numbers, Interval]:
    """Return the fit and the objective ``-L*(-kappa)``; on a flat ``lambda = -z``."""
    D, kappa = S.D, S.kappa(x)
    waiting = iter(x[D.n + len(S.faces) + len(D.independent) :])
    fit: Numbers = []
    total = Interval(0, 0, S.bits)
    for piece, sample, t in zip(S.pieces, D.samples(), kappa, strict=True):
        D.clock.tick()
        if isinstance(piece, Flat):
            fit.append(-1 * next(waiting))
            total = total - Fraction(conjugate(*sample, piece.at))
        elif isinstance(piece, Slope):
            fit.append(piece.at - t * piece.inverse)
            total = total - value(piece, sample, t)
        else:
            fit.append(piece.fit(t))
            total = total - piece.value(t)
    return fit, total
