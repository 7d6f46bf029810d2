"""The JSON answers of the commands: exact numbers as strings, floats under ``_float``."""

from collections.abc import Iterable
from typing import TypeAlias

from polytope_nn.dual.optimum import Optimum
from polytope_nn.exact.scalar import Scalar, exact_number, nearest_float
from polytope_nn.functions.attained import is_attained
from polytope_nn.functions.piecewise_linear import Interpolant
from polytope_nn.functions.uniqueness import Uniqueness
from polytope_nn.landscape.fits import fit_is_unique
from polytope_nn.landscape.optimal_set import OptimalPolytope
from polytope_nn.landscape.staircase import Staircase
from polytope_nn.progress import counted

from .text import Verdicts

__all__ = [
    "Fields",
    "certify_fields",
    "interpolation_fields",
    "numbers",
    "optimum_fields",
    "spectrum_fields",
    "theorem_fields",
    "width_fields",
]

Fields: TypeAlias = dict[str, object]
_OF_INTERPOLATION = ("level", "n", "d", "dual_proof", "kappa", "n_atoms", "rank", "atoms")


def numbers(entries: Iterable[Scalar | None]) -> list[object]:
    """Return exact numbers as JSON, null for None.

    >>> from fractions import Fraction
    >>> numbers([Fraction(1, 2), None])
    ['1/2', None]
    """
    return [None if t is None else exact_number(t) for t in entries]


def optimum_fields(O: Optimum, *, unique: bool | None = None) -> Fields:
    """Return what every answer says of an optimum.

    ``unique`` is whether its fit is, where that is known; where it is not the only one, all
    that belong to kappa are an interval each.
    """
    alone = fit_is_unique(O) if unique is None else unique
    return {
        "level": O.level,
        "n": O.problem.n,
        "d": O.problem.d,
        "n_patterns": O.n_patterns,
        "dual_proof": O.dual_proof,
        "n_atoms": len(O.atoms),
        "rank": O.rank,
        "beta_squared": exact_number(O.problem.beta_squared),
        "kappa": numbers(O.kappa),
        "fit": numbers(O.fit),
        "fit_unique": alone,
        **({} if alone else {"interval": list(map(numbers, O.interval))}),
        "objective": exact_number(O.value),
        "objective_float": nearest_float(O.value),
        "atoms": [{"sign": a.sign, "g": numbers(a.g)} for a in O.atoms],
    }


def theorem_fields(verdicts: Verdicts) -> Fields:
    """Return what is said of each statement."""
    return {name: "not claimed" if v is None else v for name, v in verdicts.items()}


def spectrum_fields(S: Staircase) -> Fields:
    """Return how many supports of each size there are, and how many minimal ones."""
    pairs = ("spectrum", S.spectrum), ("minimal_supports", S.minimal_supports)
    return {name: {str(k): t for k, t in sizes.items()} for name, sizes in pairs}


def certify_fields(
    P: OptimalPolytope, S: Staircase | None, verdicts: Verdicts, found: Uniqueness | None
) -> Fields:
    """Return the answer about the optimal set of a training problem.

    ``components`` and ``isolated`` count components and isolated points of Theta_m,
    permutations included, modulo what ``modulo`` lists; ``polytope_components`` those of P_m.
    With something free, ``vertices`` are weights of the atoms and ``free_parts`` what goes
    with them; null, like all that is said of widths, where no staircase is defined, and
    ``found`` says what is unique.
    """
    O, vertices = P.optimum, () if S is None else P.vertices
    fields: Fields = {
        **optimum_fields(O, unique=P.fit_is_unique),
        **_polytope(P),
        **({"cost": exact_number(P.cost)} if O.problem.is_fitted else {}),
        **({} if found is None else _uniqueness(found)),
        **width_fields(S),
        "vertices": [numbers(v) for v in counted("writing vertices", vertices)] or None,
        "theorems": theorem_fields(verdicts),
    }
    if O.problem.free.columns:
        fields["free_parts"] = [numbers(P.free_part(v)) for v in vertices] or None
    return fields


def _polytope(P: OptimalPolytope) -> Fields:
    return {
        "used_rank": P.used_rank,
        "dim": P.dim,
        "n_vertices": None if P.missing else P.n_vertices,
    }


def interpolation_fields(found: Uniqueness, S: Staircase | None) -> Fields:
    """Return the answer about interpolants of least cost."""
    P = found.interpolation
    vertices = () if S is None else P.vertices
    said = optimum_fields(P.optimum, unique=True)
    return {
        **{name: said[name] for name in _OF_INTERPOLATION},
        "cost": exact_number(P.cost),
        "cost_float": nearest_float(P.cost),
        **_uniqueness(found),
        **_polytope(P),
        "vertices": [{"c": numbers(c), "a": numbers(P.free_part(c))} for c in vertices]
        or None,
        **width_fields(S),
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
            "x": numbers(witness.x),
            "values": numbers(witness.values),
        },
        "lines": len(I.lines),
        "flats": len(I.loose),
    }


def width_fields(S: Staircase | None) -> Fields:
    """Return the fields about widths: null where they are not defined."""
    if S is None:
        names = ("m_star", "M_star", "threshold", "bound", "bound_talk", "spectrum")
        nulls = dict.fromkeys((*names, "minimal_supports", "widths"))
        return {**nulls, "modulo": []}
    return {
        "m_star": S.m_star,
        "M_star": S.M_star,
        "threshold": S.threshold,
        "bound": S.bound,
        "bound_talk": S.bound_talk,
        **spectrum_fields(S),
        "modulo": list(S.modulo),
        "widths": [
            {
                "m": step.width,
                "components": step.components,
                "rigid": step.rigid,
                "isolated": step.isolated,
                "polytope_components": step.polytope_components,
            }
            for step in S
        ],
    }


def _function(f: Interpolant) -> Fields:
    """Return ``sum coefficient |w'x + b| + slope'x + offset`` as JSON."""
    return {
        "kinks": [
            {"w": numbers(w), "b": exact_number(b), "coefficient": exact_number(k)}
            for (*w, b), k in f.kinks
        ],
        "slope": numbers(f.slope),
        "offset": exact_number(f.offset),
    }
