"""The JSON answers of the commands: exact numbers as strings, floats under ``_float``."""

from fractions import Fraction
from typing import TypeAlias

from polytope_nn.dual.optimum import Optimum
from polytope_nn.exact.scalar import Scalar, Scalars, encode, nearest_float
from polytope_nn.functions.attained import is_attained
from polytope_nn.functions.piecewise_linear import Interpolant
from polytope_nn.functions.uniqueness import Uniqueness
from polytope_nn.landscape.flats import loose_flats
from polytope_nn.landscape.optimal_set import Interpolation
from polytope_nn.landscape.polytope import OptimalPolytope
from polytope_nn.landscape.staircase import Staircase
from polytope_nn.search.free_part import objective

from .text import Verdicts, steps

__all__ = ["free_fields", "interpolation_fields", "staircase_fields"]

Fields: TypeAlias = dict[str, object]


def staircase_fields(P: OptimalPolytope, S: Staircase, verdicts: Verdicts) -> Fields:
    """Return the answer about a staircase.

    ``components`` and ``isolated`` count components and isolated points of Theta_m,
    permutations included; ``polytope_components`` those of P_m.
    """
    O = P.optimum
    return {
        **_optimum(O, P, len(O.arrangement), O.fit, O.value),
        "beta_squared": _exact(O.problem.beta_squared),
        **_widths(S),
        "vertices": [[_exact(x) for x in v] for v in P.vertices],
        "theorems": dict(verdicts),
    }


def free_fields(found: Uniqueness, S: Staircase | None, verdicts: Verdicts) -> Fields:
    """Return the same answer about a problem with a free part, and what is unique.

    ``vertices`` are weights of the atoms, ``free_parts`` what goes with them; null, like all
    that is said of widths, where no staircase is defined.
    """
    I = found.interpolation
    patterns = sum(len(chart.arrangement) for chart in I.problem.charts)
    vertices = () if S is None else I.vertices
    return {
        **_optimum(I, I, patterns, I.labels, objective(I)),
        "beta_squared": _exact(I.problem.beta_squared),
        **_uniqueness(found),
        **_widths(S, lines=bool(I.lines)),
        "vertices": [[_exact(x) for x in v] for v in vertices] or None,
        "free_parts": [[_exact(t) for t in I.free_part(v)] for v in vertices] or None,
        "theorems": dict(verdicts),
    }


def interpolation_fields(found: Uniqueness, S: Staircase | None) -> Fields:
    """Return the answer about interpolants of least cost."""
    I = found.interpolation
    vertices = () if S is None else I.vertices
    return {
        "level": I.level,
        "n": I.problem.n,
        "d": I.problem.d,
        "cost": _exact(I.cost),
        "cost_float": nearest_float(I.cost),
        **_uniqueness(found),
        "kappa": [_exact(t) for t in I.kappa],
        "n_atoms": len(I.atoms),
        "rank": I.rank,
        "dim": I.dim,
        "n_vertices": None if I.inner is not None else I.n_vertices,
        "atoms": [{"sign": a.sign, "g": [_exact(t) for t in a.g]} for a in I.atoms],
        "vertices": [
            {"c": [_exact(t) for t in c], "a": [_exact(t) for t in I.free_part(c)]}
            for c in vertices
        ]
        or None,
        **_widths(S, lines=bool(I.lines)),
    }


def _optimum(
    O: Optimum | Interpolation,
    P: OptimalPolytope | Interpolation,
    patterns: int,
    fit: Scalars,
    value: Scalar,
) -> Fields:
    inner = isinstance(P, Interpolation) and P.inner is not None
    return {
        "level": O.level,
        "n": O.problem.n,
        "d": O.problem.d,
        "n_patterns": patterns,
        "n_atoms": len(P.atoms),
        "rank": P.rank,
        "dim": P.dim,
        "n_vertices": None if inner else len(P.vertices),
        "kappa": [_exact(x) for x in O.kappa],
        "fit": [_exact(x) for x in fit],
        "objective": _exact(value),
        "objective_float": nearest_float(value),
        "atoms": [{"sign": a.sign, "g": [_exact(x) for x in a.g]} for a in P.atoms],
    }


def _uniqueness(found: Uniqueness) -> Fields:
    """Return the fields of a JSON answer about what is unique, and what is free."""
    I, problem, witness = found.interpolation, found.interpolation.problem, found.witness
    return {
        "bias": problem.bias,
        "skip": problem.skip,
        "attained": is_attained(I),
        "unique_network": found.unique_network,
        "unique_function": found.unique_function,
        "verdict": found.verdict,
        "reason": found.reason,
        "witness": None
        if witness is None
        else {
            "functions": [_function(f) for f in (witness.first, witness.second)],
            "x": [_exact(t) for t in witness.x],
            "values": [_exact(t) for t in witness.values],
        },
        "lines": len(I.lines),
        "flats": len(loose_flats(I)),
    }


def _widths(S: Staircase | None, *, lines: bool = False) -> Fields:
    """Return the fields about widths: null where they are not defined.

    ``components`` and ``isolated`` count components and isolated points of Theta_m,
    permutations included; with ``lines`` (undetermined directions of the skip) components
    are products with a space and no point is isolated.
    """
    if S is None:
        names = ("m_star", "M_star", "threshold", "bound", "bound_talk", "spectrum")
        return dict.fromkeys((*names, "widths"))
    return {
        "m_star": S.m_star,
        "M_star": S.M_star,
        "threshold": S.threshold,
        "bound": S.bound,
        "bound_talk": S.bound_talk,
        "spectrum": {str(size): times for size, times in S.spectrum.items()},
        "widths": [
            {
                "m": step.width,
                "components": step.components,
                "isolated": 0 if lines else step.isolated,
                "polytope_components": step.polytope_components,
            }
            for step in steps(S)
        ],
    }


def _function(f: Interpolant) -> Fields:
    """Return ``sum coefficient |w'x + b| + slope'x + offset`` as JSON."""
    return {
        "kinks": [
            {"w": [_exact(t) for t in w], "b": _exact(b), "coefficient": _exact(k)}
            for (*w, b), k in f.kinks
        ],
        "slope": [_exact(t) for t in f.slope],
        "offset": _exact(f.offset),
    }


def _exact(x: Scalar) -> object:
    """Return a number as JSON; what is not rational has its float beside it."""
    value = encode(x)
    if isinstance(x, Fraction | int) or not isinstance(value, dict):
        return value
    return value | {"value_float": nearest_float(x)}
