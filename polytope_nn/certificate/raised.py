"""Format 2 from the words of format 1: what it says more is derived, and then checked.

Counts are told modulo what is free, ranks of the features in use beside those of all; a
continuum shows two networks, what is attained one, and every exact fact its identity.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from polytope_nn.certificate.units.hints import Recorder
from polytope_nn.checker.claims.networks import fit_of, network
from polytope_nn.checker.kernel.reading import Clock, Limits
from polytope_nn.checker.kinds import IN_BOXES, PLAIN, proof_of, provers_of
from polytope_nn.checker.lift_networks import networks_of, written
from polytope_nn.checker.provers.proof import Proof
from polytope_nn.checker.rows import KEYS, data_of

from .format import Certificate, Json

__all__ = ["raised", "with_hints"]

KINDS = {
    "free": "staircase",
    "free_path": "path",
    "free_separation": "separation",
    "free_unlisted": "unlisted",
}


def raised(certificate: Certificate) -> Certificate:
    """Return the certificate in format 2; as it is where format 1 says all that is to say.

    Raises
    ------
    Refuted
        When the certificate is not true.
    """
    kind, free = certificate.kind, certificate.kind.startswith("free")
    if certificate.version == 2 or not (free or kind in ("path", "descent", "gap")):
        return certificate
    clock = Clock(Limits())
    hints = Recorder(clock)
    P = proof_of(json.loads(certificate.to_json()), clock, hints)
    for name, prove in (IN_BOXES if P.bits else PLAIN).items():
        if name in P.claims:
            prove(P)
    data = data_of(certificate.data, 1, free=free)
    witness = dict(P.witness)
    if P.bits:
        witness["hints"] = hints.answers
        witness.setdefault("pins", [[], []])
        if "uniqueness" in P.claims:
            witness.setdefault("differ", None)
    elif "uniqueness" in P.claims:
        witness["differ"] = networks_of(P, witness["differ"])
    claims = [_claim(P, name) for name in P.claims]
    return Certificate(
        KINDS.get(kind, kind), data, certificate.field, claims, witness, version=2
    )


def with_hints(certificate: Certificate) -> Certificate:
    """Return a certificate in intervals of format 2 with the identities that it rests on.

    What rests on none is not looked at: a tree of cones.

    Raises
    ------
    Refuted
        When they do not hold.
    """
    empty: dict[str, Json] = {"hints": []}
    asked = replace(certificate, witness={**certificate.witness, **empty})
    clock = Clock(Limits())
    hints = Recorder(clock)
    P = proof_of(json.loads(asked.to_json()), clock, hints)
    cones = P.kind.startswith("cones")
    # listed before: who proves rays states atoms, which are proved by then
    told = [name for name in provers_of(P) if name in P.claims]
    for name in told:
        if not (name == "dual" and cones):
            provers_of(P)[name](P)
    return replace(asked, witness={**asked.witness, "hints": hints.answers})


def _claim(P: Proof, name: str) -> Json:
    """Return a claim with the keys of format 2."""
    known: dict[str, Any] = {**P.claims[name], **P.expected.get(name, {})}
    if name == "optimum":
        known["pieces"] = [P.D.piece] * P.D.n
    elif name == "uniqueness":
        known["modulo"] = P.D.unfixed
    elif name == "threshold":
        known["bound"] = known["bound_used"]
    elif name == "path":
        known["breakpoints"] = [_network(P, x) for x in known["breakpoints"]]
    elif name == "separation":
        known |= {end: _network(P, known[end]) for end in ("start", "end")}
    return {"claim": name} | {key: known[key] for key in KEYS[name].split()}


def _network(P: Proof, read: Mapping[str, Json]) -> Json:
    """Return a network with the free part that fits."""
    D = P.D
    if not D.Z:
        return dict(read)
    off = zip(P.fit, fit_of(D, network(D, read, None, "network")), strict=True)
    a = D.reduced_by(D.pivots, [s - t for s, t in off])[1]
    own = (a or [0] * len(D.Z))[: len(D.Z) - D.limited]
    return {**read, "free": [written(t) for t in own]}
