"""Certificates of roads between any networks, and of gaps, for every finite loss (T12, T13).

They are over Q whatever the optimum is known by: where breakpoints are not rational the road
is taken in fractions beside them, each ray of a slot by one rational ray, so that lines stay
lines; its objective is proved anew. The dual point is kappa, or fractions near it, scaled into
the dual: nothing is assumed of it.
"""

from collections.abc import Sequence
from fractions import Fraction
from typing import cast

from polytope_nn.certificate.format import Certificate, Json, written
from polytope_nn.certificate.general import data_of
from polytope_nn.certificate.interpolations import accepted
from polytope_nn.certificate.roads import enclosed, network_claim
from polytope_nn.certificate.units.neurons import relu
from polytope_nn.certificate.units.sloped import slopes_told
from polytope_nn.checker.claims.instance import KINDS
from polytope_nn.dual.atoms import Atom
from polytope_nn.errors import Undecided
from polytope_nn.exact.ball import precision
from polytope_nn.exact.radical import RootSum, exactly
from polytope_nn.exact.rational import Vector, text
from polytope_nn.exact.scalar import Scalars
from polytope_nn.networks.gap import Gap
from polytope_nn.networks.network import Network
from polytope_nn.paths.connection import Connection
from polytope_nn.paths.descent import Descent
from polytope_nn.paths.starts import parts_of, with_parts
from polytope_nn.problems.losses import SeparableLoss
from polytope_nn.problems.problem import Problem
from polytope_nn.problems.training import TrainingProblem
from polytope_nn.search.cones.near import are_few

from .dual_cones import dual_by_cones, optimum_by_cones
from .dual_point import PATTERNS, dual_point, fractions
from .rational_roads import BITS, PRECISION, falls, rational, stretch

__all__ = [
    "gap_by_cones",
    "gap_claim",
    "proved_gap",
    "require_known",
    "road_by_cones",
    "road_certificate",
    "road_claim",
]


def road_certificate(found: Connection | Descent) -> Certificate:
    """Return the certificate that a road has no barrier and comes near the optimum, checked.

    Where patterns are too many to be listed trees of cones prove its dual point (kind
    ``cones_road``).

    Raises
    ------
    Undecided
        When the loss is one's own, numbers are too long, no tree of cones ends, or the
        objective rises on the road in fractions, which says nothing of the road itself.

    Examples
    --------
    >>> from polytope_nn.paths.connection import connect
    >>> D = TrainingProblem([[1, -1, 0], [0, 1, -1]], [2, 2], beta_squared=2)
    >>> C = road_certificate(connect(D, Network.of((1, [3, 0, 0])), Network.of((-1, [1, 1, 0]))))
    >>> C.claim("road")["gap"]
    '0'
    """
    D, at, _ = _asked(found)
    if D.of_relu and not are_few(D, PATTERNS):
        return road_by_cones(found)
    kappa, proof, counts = dual_point(D, at)
    return _accepted(D, "road", [*_stated(kappa, counts), _of_road(D, found, kappa)], proof)


def road_by_cones(found: Connection | Descent) -> Certificate:
    """Return the certificate of a road, its dual point proved without patterns, checked.

    Raises
    ------
    Undecided
        As :func:`road_certificate` does, and where dimensions are many.
    """
    D, at, atoms = _asked(found)
    kappa, cones = optimum_by_cones(D, fractions(D, at), atoms)
    claims = [*_stated(kappa, [])[1:], _of_road(D, found, kappa)]
    return _accepted(D, "cones_road", claims, cones)


def _asked(
    found: Connection | Descent,
) -> tuple[TrainingProblem, Scalars, tuple[Atom, ...]]:
    """Return the problem of a road, the kappa of its optimum, and the atoms."""
    P = found.polytope if isinstance(found, Descent) else found.down.polytope
    D = P.optimum.training_of_slopes
    require_known(D)
    return D, P.kappa, P.optimum.atoms


def _of_road(D: TrainingProblem, found: Connection | Descent, kappa: Vector) -> Json:
    nets = [with_parts(D, x) for x in rational(found.breakpoints)]
    with precision(PRECISION):
        return _told(D, nets, kappa)


def _told(D: TrainingProblem, nets: Sequence[Network], kappa: Vector) -> Json:
    """Return the claim of a road in fractions; of a smooth loss its values are enclosed."""
    values = [x.objective(D) for x in nets]
    places = stretch(lambda i, j: falls(D, nets[i], nets[j]), values)
    dual = exactly(-D.loss.conjugate(kappa))
    return road_claim([_shown(D, x) for x in nets], nets[0].width, (values, places), dual)


def road_claim(
    breakpoints: list[Json],
    width: int,
    told: tuple[Sequence[RootSum], tuple[int, int, int]],
    dual: RootSum,
) -> Json:
    """Return the claim of a road: its networks, their values and where these fall, the dual."""
    values, (down, close, up) = told
    return {
        "claim": "road",
        "width": width,
        "breakpoints": breakpoints,
        "objectives": list(map(enclosed, values)),
        "down": down,
        "close": close,
        "up": up,
        "dual": enclosed(dual),
        "gap": _gap(values[close], dual),
    }


def proved_gap(problem: TrainingProblem, found: Gap) -> Certificate:
    """Return the certificate of a gap, of a network of fractions, checked.

    The dual point is that of the gap, or fractions near it. Where patterns are too many to be
    listed trees of cones prove it (kind ``cones_gap``).

    Raises
    ------
    Undecided
        When a number of the network is not rational, the loss is one's own, or numbers or
        patterns are too many for a certificate.
    """
    if problem.of_relu and not are_few(problem, PATTERNS):
        return gap_by_cones(problem, found)
    net = _of_fractions(problem, found)
    kappa, proof, counts = dual_point(problem, found.kappa)
    claims = [*_stated(kappa, counts), _of_gap(problem, net, kappa)]
    return _accepted(problem, "gap", claims, proof)


def gap_by_cones(problem: TrainingProblem, found: Gap) -> Certificate:
    """Return the certificate of a gap, its dual point proved without patterns, checked.

    Raises
    ------
    Undecided
        When a number is not rational, the loss not piecewise, or the dual point was bounded by
        no tree of cones.
    """
    net = _of_fractions(problem, found)
    kappa, cones = dual_by_cones(problem, found)
    claims = [_stated(kappa, [])[1], _of_gap(problem, net, kappa)]
    return _accepted(problem, "cones_gap", claims, cones)


def _of_fractions(problem: TrainingProblem, found: Gap) -> Network:
    """Return the network of a gap, with its free part; refused where a certificate has no word."""
    require_known(problem)
    net = with_parts(problem, found.network)
    if net != rational([net])[0]:
        raise Undecided("a certificate: the numbers of the network are not rational")
    return net


def _of_gap(problem: TrainingProblem, net: Network, kappa: Vector) -> Json:
    with precision(PRECISION):
        primal, dual = net.objective(problem), exactly(-problem.loss.conjugate(kappa))
    return gap_claim(_shown(problem, net), primal, dual)


def gap_claim(network: Json, primal: RootSum, dual: RootSum) -> Json:
    """Return the claim of a gap: the network, its value and the dual one."""
    return {
        "claim": "gap",
        "network": network,
        "primal": enclosed(primal),
        "dual": enclosed(dual),
        "gap": _gap(primal, dual),
    }


def _accepted(
    D: TrainingProblem, kind: str, claims: list[Json], witness: dict[str, Json]
) -> Certificate:
    data = data_of(D, relu(D) if D.of_relu else slopes_told(D))
    return accepted(lambda: Certificate(kind, data, "Q", claims, witness, version=2))


def _stated(kappa: Vector, counts: list[int]) -> list[Json]:
    return [
        {"claim": "patterns", "counts": list(counts)},
        {"claim": "dual", "kappa": list(map(written, kappa))},
    ]


def _gap(primal: RootSum, dual: RootSum) -> Json:
    """Return a gap, which is not negative, whatever the width of its enclosure.

    One that is 0 by logarithms, which the checker encloses, is between two ends.
    """
    x = primal - dual
    if x.exact == 0 and not isinstance(primal.exact, Fraction):
        room = abs(primal.middle) / (1 << BITS)
        return {"lower": text(-room), "upper": text(room)}
    shown = enclosed(x)
    if isinstance(shown, dict) and str(shown["lower"]).startswith("-"):
        return shown | {"lower": "0"}
    return shown


def _shown(D: TrainingProblem, network: Network) -> Json:
    """Return the network of a claim, with what is free where the problem has something."""
    shown = cast("dict[str, Json]", network_claim(network))
    if D.free.columns:
        shown["free"] = list(map(written, parts_of(D, network)))
    return shown


def require_known(D: Problem) -> None:
    """Refuse a loss of which the checker knows no value."""
    loss = D.loss
    if isinstance(loss, SeparableLoss) and loss.kind not in KINDS:
        raise Undecided(f"certificates know no {loss.kind} loss: leave the certificate out")
