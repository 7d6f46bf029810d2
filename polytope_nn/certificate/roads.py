"""Certificates about networks: a path, a separation, a descent, a gap (THEORY T11-T13).

Each is accepted by :mod:`~polytope_nn.checker` before it is returned.
"""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from polytope_nn.errors import InstanceError
from polytope_nn.exact.radical import RootSum
from polytope_nn.exact.rational import text
from polytope_nn.exact.scalar import Scalar
from polytope_nn.geometry.arrangement import arrangement
from polytope_nn.networks.gap import Gap
from polytope_nn.networks.network import Network, RawNeuron
from polytope_nn.paths.descent import Descent
from polytope_nn.paths.path import Path, Separation
from polytope_nn.problems.training import TrainingProblem

from .check import check
from .exact import data_of, field_of, proof_of_optimum, staircase_certificate, stated
from .format import Certificate, Json, sparse, written
from .trees import pattern_tree

__all__ = [
    "descent_certificate",
    "enclosed",
    "gap_certificate",
    "network_claim",
    "path_certificate",
    "separation_certificate",
]


def network_claim(network: Network, number: Callable[[Scalar], Any] = written) -> Json:
    """Return the NETWORK of a claim, its numbers in canonical form, or in another one."""
    neurons: list[Json] = []
    for x in network.slots:
        if x is None:
            neurons.append(None)
        elif isinstance(x, RawNeuron):
            neurons.append({"w": list(map(number, x.w)), "alpha": number(x.alpha)})
        else:
            neurons.append({"sign": x.sign, "u": list(map(number, x.u))})
    return {"neurons": neurons}


def path_certificate(found: Path) -> Certificate:
    """Return the certificate that the path stays among the optimal networks.

    >>> from polytope_nn.paths.path import path
    >>> D = TrainingProblem([[1, 0], [-1, 0], [0, 1], [0, -1]], [3, 3, 3, 3], beta_squared=2)
    >>> ends = [Network.of((1, u), (1, [-x for x in u]), None, None)
    ...         for u in ([2, 2], [2, -2])]
    >>> found = path(D, *ends, 4)
    >>> path_certificate(found).claim("path")["width"]
    4
    """
    O = found.polytope.optimum
    proof, count = proof_of_optimum(O)
    breakpoints = [network_claim(net) for net in found.breakpoints]
    claim: Json = {"claim": "path", "width": found.width, "breakpoints": breakpoints}
    scalars = [*O.kappa, *_scalars(found.breakpoints)]
    return _accepted(
        Certificate(
            "path",
            data_of(O.training),
            field_of(scalars),
            [*stated(O, count), claim],
            proof,
        )
    )


def separation_certificate(found: Separation, start: Network, end: Network) -> Certificate:
    """Return the certificate that no path at the width joins the two optimal networks."""
    P = found.polytope
    whole = staircase_certificate(P, P.staircase)
    claim: Json = {
        "claim": "separation",
        "width": found.width,
        "start": network_claim(start.padded(found.width)),
        "end": network_claim(end.padded(found.width)),
    }
    claims = [*whole.claims, claim]
    return _accepted(
        Certificate("separation", whole.data, whole.field, claims, whole.witness)
    )


def descent_certificate(found: Descent) -> Certificate:
    """Return the certificate that the objective never rises and ends at the optimum.

    Raises
    ------
    InstanceError
        When a number is not rational: descents are certified over Q.
    """
    O = found.polytope.optimum
    if field_of([*O.kappa, *_scalars(found.breakpoints)]) != "Q":
        raise InstanceError("descent: its numbers are not rational: no certificate over Q")
    proof, count = proof_of_optimum(O)
    claim: Json = {
        "claim": "descent",
        "width": found.width,
        "breakpoints": [network_claim(net) for net in found.breakpoints],
        "objectives": [enclosed(x) for x in found.objectives],
    }
    claims = [*stated(O, count), claim]
    return _accepted(Certificate("descent", data_of(O.training), "Q", claims, proof))


def gap_certificate(problem: TrainingProblem, found: Gap) -> Certificate:
    """Return the certificate that the network is within the gap of the optimum.

    >>> from polytope_nn.networks.gap import residual_gap as gap
    >>> D = TrainingProblem([[1]], [2], beta=1)
    >>> gap_certificate(D, gap(D, Network.of(None))).claim("gap")["gap"]
    '1/2'
    """
    if found.bound is None:
        raise InstanceError("gap: its dual point is the optimum's: certify the residual's")
    tree, order = pattern_tree(arrangement(problem.design))
    known = {(m.pattern, m.sign): m.mu for m in found.bound.multipliers}
    multipliers: list[Json] = []
    for pattern in order:
        for s in (1, -1):
            mu = {k: x * found.scale for k, x in known.get((pattern, s), ())}
            multipliers.append(sparse(mu))
    claims: list[Json] = [
        {"claim": "patterns", "count": len(order)},
        {"claim": "dual", "kappa": list(map(written, found.kappa))},
        {
            "claim": "gap",
            "network": network_claim(found.network),
            "primal": enclosed(found.primal),
            "dual": written(found.dual),
            "gap": enclosed(found.value),
        },
    ]
    witness: Mapping[str, Json] = {"patterns": tree, "dual": multipliers}
    return _accepted(Certificate("gap", data_of(problem), "Q", claims, dict(witness)))


def _accepted(certificate: Certificate) -> Certificate:
    check(certificate)
    return certificate


def _scalars(networks: Sequence[Network]) -> list[Scalar]:
    return [t for net in networks for x in net.slots if x is not None for t in x.u]


def enclosed(x: RootSum) -> Json:
    """Return a sum of roots of a claim: exact where it is rational, else 128 bits of it."""
    if isinstance(x.exact, Fraction):
        return text(x.exact)
    low, high = x.enclosure(128)
    return {"lower": text(low), "upper": text(high)}
