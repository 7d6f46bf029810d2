"""Whether all optimal networks with several outputs have one fit (general A1)."""

from typing import TYPE_CHECKING

from polytope_nn.dual.fits import Fit
from polytope_nn.exact.scalar import Scalar
from polytope_nn.landscape.fits import is_only_fit
from polytope_nn.vector.lifted import samples
from polytope_nn.vector.optimum import added, seen_at

from .entries import flat

if TYPE_CHECKING:
    from polytope_nn.vector.optimum import Optimum

__all__ = ["one_fit_only"]


def one_fit_only(O: "Optimum") -> bool | None:
    """Return whether all optimal networks have one fit; None where that is not decided.

    With a continuum it is one where even S that nothing makes leave it so, and it is not
    where a few directions of the continuum move it. Softmax does not see constants of rows,
    and a skip makes them.
    """
    E = O.problem.entries
    if E.shifted:
        return not E.columns
    if O.is_pinned:
        return True
    assert O.chosen is not None  # of all other losses than the squared one
    if O.level == "interval":
        return O.chosen.alone or (None if O.continua and O.lifted is None else False)
    features = [flat(a.feature) for a in O.atoms]
    free, box = E.free.columns, O.interval
    if not O.continua:
        return is_only_fit(features, free, O.chosen, box)
    weights = (*O.masses, *(c for u, c in O.network if not _is_atom(O, u.g)))
    lifted = [
        flat(rows) for k in O.continua for rows in added(O.problem, O.N, k, k.vectors)
    ]
    fit = Fit(weights[: len(features)], O.chosen.coefficients, O.chosen.fit)
    if is_only_fit(features, (*free, *lifted), fit, box):
        return True
    others = [u.feature for u, _ in O.network if not _is_atom(O, u.g)]
    tried = [*features, *map(flat, others)]
    for k in O.continua:
        tried += [flat(seen_at(O.problem, O.N, u).feature) for u in samples(k, 1)]
    nothing: Scalar = 0 * O.problem.beta_squared
    padded = (*weights, *(nothing for _ in range(len(tried) - len(weights))))
    fit = Fit(padded, O.chosen.coefficients, O.chosen.fit)
    return None if is_only_fit(tried, free, fit, box) else False


def _is_atom(O: "Optimum", g: tuple[Scalar, ...]) -> bool:
    return any(a.g is g for a in O.atoms)
