"""The producer: from a problem to a certificate of its staircase (CERTIFICATES.md).

Nothing found is trusted here either: what :func:`certify` returns has passed the checker.
"""

from fractions import Fraction

from polytope_nn.dual.units.blocks import BlockOptimum
from polytope_nn.dual.units.cells import CellOptimum
from polytope_nn.dual.units.listed import ListedOptimum
from polytope_nn.dual.units.sloped import SlopedOptimum
from polytope_nn.errors import TooMany, Undecided
from polytope_nn.landscape.optimal_set import OptimalPolytope, Solvable, optimal_polytope
from polytope_nn.problems.losses import SeparableLoss
from polytope_nn.problems.losses.own import GraphLoss
from polytope_nn.problems.problem import Problem
from polytope_nn.problems.units.lasso import GroupLasso
from polytope_nn.search.finding import optimum

from .check import check
from .exact import in_one_field, staircase_certificate, verdicts
from .format import Certificate

__all__ = ["certify", "staircase_certificate", "verdicts", "what_is_left_out"]


def certify(problem: Solvable) -> Certificate:
    """Return the certificate of the staircase of a problem, accepted by the checker.

    A problem is solved first; an optimum or its polytope is taken as given. Interpolation and
    training with something free (a skip, a free bias) have certificates of their own kind,
    which also say whether the network is unique. Deterministic: the same instance gives the
    same bytes. Of a polytope with more vertices than its limit it is what is proved without
    them (:mod:`~polytope_nn.certificate.unlisted.points`).

    Parameters
    ----------
    problem
        The problem, or its optimum or optimal polytope when they are at hand.

    Returns
    -------
    Certificate
        Claims, witnesses and hashes; ``to_json()`` is the text of the file.

    Raises
    ------
    Undecided
        When the dual optimum cannot be proved.
    Refuted
        When the checker refuses what was found (a defect of the finder, never returned).

    Examples
    --------
    >>> from polytope_nn.problems.training import TrainingProblem
    >>> D = TrainingProblem([[1, -1, 0], [0, 1, -1]], [2, 2], beta_squared=2)
    >>> C = certify(D)
    >>> C.claim("components")["widths"][0] == {
    ...     "m": 1, "components": 1, "isolated": 1, "polytope_components": 1}
    True
    """
    if not isinstance(problem, OptimalPolytope):
        O = optimum(problem)
        if isinstance(O, CellOptimum) or (isinstance(O, BlockOptimum) and _ranging(O)):
            _require_known(O.problem)
            return _of_cells(O)
        problem = O
    P = optimal_polytope(problem)
    if isinstance(P.problem, GroupLasso) and any(b.norm != "l2" for b in P.problem.blocks):
        assert isinstance(P.optimum, BlockOptimum)  # of blocks
        _require_known(P.problem)
        return _of_cells(P.optimum)
    _require_known(P.problem)
    if _needs_intervals(P):
        return _in_intervals(P)
    squared = not isinstance(P.problem.loss, SeparableLoss) and P.problem.of_relu
    if squared and P.optimum.dual_proof != "patterns":
        return _without_patterns(P)
    if not P.is_unlisted:
        return _listed_certificate(P)
    from .unlisted.points import unlisted_certificate

    return unlisted_certificate(P)


def _in_intervals(P: OptimalPolytope) -> Certificate:
    """Return the certificate in intervals for any loss, or for two slopes."""
    from .units.enclosed import enclosed_certificate
    from .units.tied import tied_certificate

    tied = isinstance(P.optimum, BlockOptimum | ListedOptimum)
    return tied_certificate(P) if tied else enclosed_certificate(P)


def _without_patterns(P: OptimalPolytope) -> Certificate:
    """Return the certificate of an optimum that cones or signs prove dual feasible."""
    from .cones.boxed import boxed_cone_certificate
    from .cones.exact import cone_certificate

    in_balls = P.optimum.enclosures is not None
    return boxed_cone_certificate(P) if in_balls else cone_certificate(P)


def _ranging(O: BlockOptimum) -> bool:
    """Return whether what is tight is more than one direction for each block and sign."""
    return any(len(cell) > 1 for cell in O.cells)


def _of_cells(O: BlockOptimum | CellOptimum) -> Certificate:
    """Return the certificate of cells; where they are too many, of the value alone."""
    from .general import normed_certificate
    from .units.norms.cells import cell_certificate
    from .units.norms.fans import fan_certificate
    from .units.planted import primes_of

    loss = O.problem.loss
    known = not isinstance(loss, SeparableLoss) or loss.is_piecewise or loss.kind == "power"
    in_field = known and in_one_field([*O.kappa, *O.weights, *O.fit]) and _prices(O)
    if not (in_field or primes_of(O)):
        return fan_certificate(O)
    try:
        return cell_certificate(O)
    except TooMany:
        if not (in_field and O.is_pinned):
            raise
        return normed_certificate(O)


def _prices(O: BlockOptimum | CellOptimum) -> bool:
    """Return whether beta, which lengths of l1 and linf are compared with, is in kappa's field."""
    from .units.norms.normed import price

    try:
        price(O)
    except Undecided:
        return False
    return True


def what_is_left_out(certificate: Certificate) -> str:
    """Return what a certificate keeps to where it says less than the answer, else ""."""
    if certificate.kind != "normed":
        return ""
    return (
        "the value, one optimum and a width that joins all are proved; counts of so many "
        "cells are not"
    )


def _listed_certificate(P: OptimalPolytope) -> Certificate:
    """Return the certificate of a polytope whose vertices are listed."""
    if isinstance(P.problem.loss, SeparableLoss) or not P.problem.of_relu:
        from .general import general_certificate

        return general_certificate(P)
    if P.problem.free.columns or not P.problem.has_loss:
        from .interpolations import free_certificate

        return free_certificate(P)
    if P.level == "interval":
        from .enclosures import interval_certificate

        return interval_certificate(P, P.staircase)
    certificate = staircase_certificate(P, P.staircase)
    check(certificate)
    return certificate


def _require_known(problem: Problem) -> None:
    """Raise Undecided for units and losses that no kind of certificate knows."""
    if not problem.of_relu:
        from polytope_nn.problems.units.atomic import AtomicProblem

        if isinstance(problem, AtomicProblem):
            raise Undecided("certificates know no units of one's own")
    if isinstance(problem.loss, GraphLoss):
        raise Undecided("certificates know no loss of one's own")


def _needs_intervals(P: OptimalPolytope) -> bool:
    """Return whether a problem of any loss, or of two slopes, is one for intervals."""
    loss = P.problem.loss
    if P.level == "interval" and P.optimum.dual_proof != "signs":
        other = BlockOptimum | ListedOptimum | SlopedOptimum
        return isinstance(loss, SeparableLoss) or isinstance(P.optimum, other)
    if not isinstance(loss, SeparableLoss) or P.optimum.dual_proof == "signs":
        return False  # signs prove rational numbers alone
    by_cones = bool(P.optimum.cones)  # exactly they prove rational numbers alone
    if by_cones and not all(isinstance(t, Fraction) for t in P.kappa):
        return True
    if loss.kind == "power":
        return not in_one_field([*P.kappa, *P.optimum.fit])
    if loss.is_piecewise:
        return False
    from .units.planted import primes_of

    return P.is_unlisted or not primes_of(P)
