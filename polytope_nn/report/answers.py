"""The JSON answers of the commands: exact numbers as strings, floats under ``_float``."""

from typing import TypeAlias

from polytope_nn.exact.scalar import exact_number, nearest_float
from polytope_nn.functions.attained import is_attained
from polytope_nn.functions.piecewise_linear import Interpolant
from polytope_nn.functions.uniqueness import Uniqueness
from polytope_nn.landscape.optimal_set import OptimalPolytope
from polytope_nn.landscape.staircase import Staircase
from polytope_nn.progress import counted

from .cells import fit_fields
from .text import Verdicts

__all__ = [
    "Fields",
    "certify_fields",
    "interpolation_fields",
    "width_fields",
]

Fields: TypeAlias = dict[str, object]


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
        "level": O.level,
        "n": O.problem.n,
        "d": O.problem.d,
        "n_patterns": O.n_patterns,
        "dual_proof": O.dual_proof,
        "n_atoms": len(P.atoms),
        "rank": P.rank,
        "used_rank": P.used_rank,
        "dim": P.dim,
        "n_vertices": None if P.missing else P.n_vertices,
        "kappa": [exact_number(x) for x in O.kappa],
        "fit": [exact_number(x) for x in O.fit],
        **fit_fields(P.optimum, unique=P.fit_is_unique),
        "objective": exact_number(O.value),
        "objective_float": nearest_float(O.value),
        **({"cost": exact_number(P.cost)} if O.problem.is_fitted else {}),
        "atoms": [{"sign": a.sign, "g": [exact_number(x) for x in a.g]} for a in P.atoms],
        "beta_squared": exact_number(O.problem.beta_squared),
        **({} if found is None else _uniqueness(found)),
        **width_fields(S),
        "vertices": [
            [exact_number(x) for x in v] for v in counted("writing vertices", vertices)
        ]
        or None,
        "theorems": {k: "not claimed" if v is None else v for k, v in verdicts.items()},
    }
    if O.problem.free.columns:
        parts = [[exact_number(t) for t in P.free_part(v)] for v in vertices]
        fields["free_parts"] = parts or None
    return fields


def interpolation_fields(found: Uniqueness, S: Staircase | None) -> Fields:
    """Return the answer about interpolants of least cost."""
    P = found.interpolation
    vertices = () if S is None else P.vertices
    return {
        "level": P.level,
        "n": P.problem.n,
        "d": P.problem.d,
        "dual_proof": P.optimum.dual_proof,
        "cost": exact_number(P.cost),
        "cost_float": nearest_float(P.cost),
        **_uniqueness(found),
        "kappa": [exact_number(t) for t in P.kappa],
        "n_atoms": len(P.atoms),
        "rank": P.rank,
        "used_rank": P.used_rank,
        "dim": P.dim,
        "n_vertices": None if P.missing else P.n_vertices,
        "atoms": [{"sign": a.sign, "g": [exact_number(t) for t in a.g]} for a in P.atoms],
        "vertices": [
            {
                "c": [exact_number(t) for t in c],
                "a": [exact_number(t) for t in P.free_part(c)],
            }
            for c in vertices
        ]
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
            "x": [exact_number(t) for t in witness.x],
            "values": [exact_number(t) for t in witness.values],
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
    spectrum = {str(size): times for size, times in S.spectrum.items()}
    return {
        "m_star": S.m_star,
        "M_star": S.M_star,
        "threshold": S.threshold,
        "bound": S.bound,
        "bound_talk": S.bound_talk,
        "spectrum": spectrum,
        "minimal_supports": {str(k): times for k, times in S.minimal_supports.items()},
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
            {
                "w": [exact_number(t) for t in w],
                "b": exact_number(b),
                "coefficient": exact_number(k),
            }
            for (*w, b), k in f.kinks
        ],
        "slope": [exact_number(t) for t in f.slope],
        "offset": exact_number(f.offset),
    }
