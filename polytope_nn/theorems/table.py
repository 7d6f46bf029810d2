"""The table of the statements, and what they say of an instance."""

from collections.abc import Mapping, Sequence

from polytope_nn.called import given, listed
from polytope_nn.errors import InstanceError
from polytope_nn.meant import meant
from polytope_nn.wording import shown

from . import connectivity, optimality, topology, walks, wordings
from .statement import Instance, Theorem, Verdict, ranging, subject_of

__all__ = ["LITERAL", "THEOREMS", "theorem", "verdict", "verdicts"]

THEOREMS: Mapping[str, Theorem] = {
    "T1": optimality.strong_duality,
    "T2": optimality.dual_feasibility,
    "T3": optimality.polytope_of_optima,
    "T4": optimality.irreducible_solutions,
    "T5": optimality.ellipsoid,
    "T6": optimality.uniqueness,
    "T7.1": connectivity.finite_at_m_star,
    "T7.2": connectivity.continuum_beyond_m_star,
    "T7.3": connectivity.isolated_at_M_star,
    "T7.4": connectivity.permutations_joined,
    "T7.5": connectivity.connected_from_the_bound,
    "T7.5r": connectivity.connected_from_the_bound_of_the_rank,
    "T8": connectivity.component_counts,
    "T9": connectivity.polytope_components,
    "T10": connectivity.merge_levels,
    "T11": walks.joining_paths,
    "T12": walks.descent_to_optima,
    "T13": walks.certified_gap,
    "T14": walks.stationary_optima,
    "T15": topology.holes_of_networks,
    "T16": topology.higher_connectivity,
    "T17": topology.short_bars,
    "T18": topology.largest_neuron_absorbs,
}

LITERAL: Mapping[str, Theorem] = {
    "T7.2-literal": wordings.infinite_beyond_m_star,
    "T7.3-literal": wordings.disconnected_at_M_star,
    "T7.4-literal": wordings.no_isolated_point_beyond_M_star,
    "T9-literal": wordings.monotone_from_m_star,
    "T12-literal": wordings.connected_at_n,
    "T14-literal": wordings.stationary_is_optimal,
}


def theorem(name: str) -> Theorem:
    """Return the function of a name, of THEOREMS or of LITERAL.

    Raises
    ------
    InstanceError
        When no statement has the name.
    """
    given(str, name)
    found = THEOREMS.get(name) or LITERAL.get(name)
    if found is None:
        known = (*THEOREMS, *LITERAL)
        cure = meant(name, known, f"write one of {', '.join(known)}")
        raise InstanceError(f"theorem: {shown(name)} is unknown: {cure}")
    return found


def verdict(name: str, instance: Instance) -> Verdict:
    """Return what a statement says of an instance.

    >>> from polytope_nn import TrainingProblem
    >>> D = TrainingProblem([[1, -1, 0], [0, 1, -1]], [2, 2], beta_squared=2)
    >>> verdict("T7.1", D).verdict, verdict("T7.1", D).witness["points"]
    ('holds', 1)

    Parameters
    ----------
    name
        "T7.1", say; ``"T7.3-literal"`` is the wording without its hypotheses.
    instance
        A problem, or what is known of it.

    Returns
    -------
    Verdict
        Hypotheses, claim, whether it holds, and a witness.

    Raises
    ------
    InstanceError
        When there is no statement of that name.
    Undecided
        When the dual optimum cannot be proved, or a decision is open.
    """
    return theorem(name)(instance)


def verdicts(
    instance: Instance, names: Sequence[str] = tuple(THEOREMS)
) -> tuple[Verdict, ...]:
    """Return the verdicts of the statements named, T1 to T18 by default; solved once.

    Parameters
    ----------
    instance
        A problem, or what is known of it.
    names
        The statements.

    Returns
    -------
    tuple[Verdict, ...]
        In the order of the names.

    Raises
    ------
    InstanceError
        When there is no statement of a name.
    Undecided
        When the dual optimum cannot be proved, or a decision is open.

    Examples
    --------
    >>> from polytope_nn.problems.training import TrainingProblem
    >>> D = TrainingProblem([[1, -1, 0], [0, 1, -1]], [2, 2], beta_squared=2)
    >>> [(v.name, v.holds) for v in verdicts(D, ["T7.1", "T9"])]
    [('T7.1', True), ('T9', True)]
    """
    known = listed(names, "names", 'give a list such as ["T7.1"]')
    functions = [theorem(name) for name in known]
    subject = instance if ranging(instance) else subject_of(instance)
    return tuple(function(subject) for function in functions)
