"""Certificates about networks with something free: a path, a separation, a gap (T11, T13)."""

from dataclasses import replace
from fractions import Fraction

from polytope_nn.checker.rows import data_of
from polytope_nn.errors import InstanceError
from polytope_nn.landscape.optimal_set import OptimalPolytope
from polytope_nn.networks.gap import Gap
from polytope_nn.networks.network import Network
from polytope_nn.paths.path import Path, Separation

from .exact import (
    field_of,
)
from .format import Certificate, Json, written
from .interpolations import (
    accepted,
    exact_certificate,
    free_data,
    proof_claims,
)
from .raised import raised
from .roads import enclosed, network_claim

__all__ = [
    "free_gap_certificate",
    "free_path_certificate",
    "free_separation_certificate",
    "require_constants",
]


def free_path_certificate(found: Path) -> Certificate:
    """Return the certificate that the path stays among the optimal networks, checked.

    Raises
    ------
    InstanceError
        Where constants are free in the limit only: the checker proves no path there.
    """
    require_constants(found.polytope)
    return accepted(lambda: raised(_path(found)))


def require_constants(P: OptimalPolytope) -> None:
    """Raise InstanceError where constants are free in the limit only."""
    if P.problem.free.limited and not any(line[-1] for line in P.lines):
        raise InstanceError(
            "skip: with a free bias and no constant paths have no certificate: add skip constant"
        )


def _path(found: Path) -> Certificate:
    solved = found.polytope
    claims, witness = proof_claims(solved)
    networks: list[Json] = [network_claim(net) for net in found.breakpoints]
    path: Json = {"claim": "path", "width": found.width, "breakpoints": networks}
    field = field_of([*solved.kappa, *(x for c in found.points for x in c)])
    data = free_data(solved.problem)
    return Certificate("free_path", data, field, [*claims, path], witness)


def free_separation_certificate(
    found: Separation, start: Network, end: Network
) -> Certificate:
    """Return the certificate that no path at the width joins two optimal networks, checked."""
    claim: Json = {
        "claim": "separation",
        "width": found.width,
        "start": network_claim(start.padded(found.width)),
        "end": network_claim(end.padded(found.width)),
    }

    def separation() -> Certificate:
        whole = exact_certificate(found.polytope)
        claims = [*whole.claims, claim]
        return raised(replace(whole, kind="free_separation", claims=claims))

    return accepted(separation)


def free_gap_certificate(solved: OptimalPolytope, found: Gap) -> Certificate:
    """Return the certificate of a network's gap to a proved optimum over Q, checked.

    The network shows its skip and its constant; the dual point is the optimum's.

    Raises
    ------
    InstanceError
        When a number is not rational: gaps are certified over Q.
    """
    net, data = found.network, data_of(free_data(solved.problem), 1, free=True)
    if solved.level == "interval" or field_of([*solved.kappa, found.dual]) != "Q":
        raise InstanceError("gap: its numbers are not rational: no certificate over Q")
    claims, witness = proof_claims(solved)
    shown = network_claim(net)
    assert isinstance(shown, dict)  # as every network of a claim
    word = solved.problem.skip
    own: list[Json] = []
    if word in {"linear", "affine"}:
        slope = net.skip or [Fraction(0)] * len(solved.problem.X[0])
        own += [written(t) for t in slope]
    if word in {"constant", "affine"}:
        own.append(written(net.constant or Fraction(0)))
    if own or solved.problem.free.columns:
        shown["free"] = own
    claim: Json = {
        "claim": "gap",
        "network": shown,
        "primal": enclosed(found.primal),
        "dual": written(found.dual),
        "gap": enclosed(found.value),
    }
    claims = [*claims[:2], claim]
    return accepted(lambda: Certificate("gap", data, "Q", claims, witness, version=2))
