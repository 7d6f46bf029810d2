"""The certificate as pure data, and how exact numbers are written in it (CERTIFICATES.md).

Data and claims hold canonical strings ``"p/q"``, and beyond Q lists of such coordinates in
the powers of alpha; witness vectors hold integers (lists of them beyond Q) over one positive
denominator, in lowest terms.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import gcd, lcm
from typing import TypeAlias

from polytope_nn.errors import InstanceError, Undecided
from polytope_nn.exact.field import Algebraic
from polytope_nn.exact.rational import Vector, text
from polytope_nn.exact.scalar import Scalar

__all__ = [
    "CONVENTIONS",
    "FORMAT",
    "Certificate",
    "Json",
    "canonical",
    "coordinates",
    "numerators",
    "sparse",
    "written",
]

FORMAT = "polytope_nn.certificate/"
CONVENTIONS = {
    "loss": "1/2 sum_k weights_k (fit_k - y_k)^2, kappa = weights (y - fit)",
    "order": "atoms by sign, + first, then by covector, + 0 -; vertices by support",
    "pattern": "topes only, + is active, zero rows excluded",
    "regulariser": "beta/2 sum_j (|w_j|^2 + alpha_j^2)",
}
_THREE_LAYERS = {
    "order": "atoms by sign, + first, then by direction; vertices by support",
    "regulariser": "beta/3 sum_j (|W_j|^3 + |w_j|^3 + |alpha_j|^3)",
}
_TWO_IN_THREE = {"regulariser": _THREE_LAYERS["regulariser"]}
PATH_COSTS = {"regulariser": "beta sum_j |alpha_j| (sum_l |W_jl|^2 w_jl^2)^(1/2)"}
OF_KINDS = {  # what is another convention in a kind
    "parallel": _THREE_LAYERS,
    "parallel_gap": _THREE_LAYERS,
    "parallel_road": _THREE_LAYERS,
    "parallel_path": _THREE_LAYERS,
    "parallel_enclosed": _TWO_IN_THREE,
    "parallel_enclosed_path": _TWO_IN_THREE,
}
_KEYS = "format version kind conventions data field claims witness sha256"

Json: TypeAlias = "bool | int | str | list[Json] | dict[str, Json] | None"
Numerators: TypeAlias = "list[Json]"


@dataclass(frozen=True)
class Certificate:
    """What is claimed of an instance, and the witness a stranger can check it with.

    ``kind`` is ``"staircase"``, ``"separation"``, ``"path"``, ``"descent"``, ``"gap"``; in
    format 1 also ``"interval"`` and, with a free part, ``"free"``, ``"free_path"``,
    ``"free_separation"``; of other losses and neurons ``"general"``, ``"enclosed"``,
    ``"lasso"``, ``"normed"``; ``version`` is that of the format, 1 where it can say all;
    ``field`` is ``"Q"``, the number field, or the bits of intervals. All parts are JSON values.
    """

    kind: str
    data: dict[str, Json]
    field: Json
    claims: list[Json]
    witness: dict[str, Json]
    version: int = 1

    @property
    def frame(self) -> dict[str, Json]:
        """What is around the claims: format, kind, conventions and field."""
        return {
            "format": f"{FORMAT}{self.version}",
            "version": self.version,
            "kind": self.kind,
            "conventions": {**CONVENTIONS, **OF_KINDS.get(self.kind, {}), **self._costs},
            "field": self.field,
        }

    @property
    def _costs(self) -> dict[str, str]:
        """What is another convention with path costs."""
        layers = self.data.get("layers")
        path = isinstance(layers, dict) and layers.get("regulariser") == "path"
        return PATH_COSTS if path and self.kind in OF_KINDS else {}

    @cached_property
    def sha256(self) -> dict[str, str]:
        """The hashes that bind data, claims and witness to each other's text."""
        parts: dict[str, Json] = {
            "data": self.data,
            "claims": self.claims,
            "witness": self.witness,
        }
        if self.version == 2:
            parts["frame"] = self.frame
        return {
            name: hashlib.sha256(canonical(part).encode()).hexdigest()
            for name, part in parts.items()
        }

    def to_json(self) -> str:
        """Return the canonical text: sorted keys, no spaces, ASCII; one line."""
        parts: dict[str, Json] = {
            "data": self.data,
            "claims": self.claims,
            "witness": self.witness,
            "sha256": dict(self.sha256),
        }
        return canonical(self.frame | parts)

    @classmethod
    def from_json(cls, source: str) -> "Certificate":
        """Return the certificate of a text; its truth is for the checker to decide.

        Raises
        ------
        InstanceError
            When the text is no JSON object with the keys of a certificate.
        """
        try:
            read = json.loads(source)
        except (TypeError, ValueError, RecursionError) as error:
            raise InstanceError(f"certificate: {error}: give the text of one") from None
        if not isinstance(read, dict) or set(read) != set(_KEYS.split()):
            raise InstanceError(f"certificate: its keys must be: {_KEYS}")
        parts = ("kind", "data", "field", "claims", "witness", "version")
        return cls(**{name: read[name] for name in parts})

    def claim(self, name: str) -> Mapping[str, Json]:
        """Return the claim of a name; KeyError when the kind has none of that name."""
        for claim in self.claims:
            if isinstance(claim, dict) and claim["claim"] == name:
                return claim
        raise KeyError(name)

    def __repr__(self) -> str:
        sizes = f"{len(self.claims)} claims, {len(self.to_json())} bytes"
        return f"Certificate(kind={self.kind}, {sizes})"


def canonical(value: Json) -> str:
    """Return the canonical JSON text of a value.

    >>> canonical({"b": [1, None], "a": "1/2"})
    '{"a":"1/2","b":[1,null]}'
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def coordinates(x: Scalar) -> Vector:
    """Return the coordinates of a scalar of Q or a number field; (x,) when rational."""
    if isinstance(x, Algebraic):
        return (x.as_fraction(),) if x.is_rational else x.coordinates
    if isinstance(x, Fraction):
        return (x,)
    raise Undecided(f"certificates write no number like {x}")


def written(x: Scalar) -> Json:
    """Return a number of a claim: ``"p/q"``, or the list of its coordinates.

    >>> written(Fraction(-6, 4))
    '-3/2'
    """
    parts = coordinates(x)
    return text(parts[0]) if len(parts) == 1 else [text(t) for t in parts]


def numerators(v: Sequence[Scalar], *, primitive: bool = False) -> tuple[Numerators, int]:
    """Return the integers of a witness vector and their denominator, in lowest terms.

    With ``primitive`` only the ray matters: the denominator is dropped and returned as 1.

    >>> numerators((Fraction(1, 2), Fraction(-1, 3)))
    ([3, -2], 6)
    >>> numerators((Fraction(2), Fraction(4)), primitive=True)
    ([1, 2], 1)
    """
    rational = [x for x in v if isinstance(x, Fraction)]
    if len(rational) == len(v):
        common = lcm(*(x.denominator for x in rational))
        whole = [x.numerator * (common // x.denominator) for x in rational]
        shared = gcd(0 if primitive else common, *whole) or 1
        return [t // shared for t in whole], 1 if primitive else common // shared
    parts = [coordinates(x) for x in v]
    q = lcm(*(t.denominator for part in parts for t in part))
    integers = [[t.numerator * (q // t.denominator) for t in part] for part in parts]
    divisor = gcd(0 if primitive else q, *(t for part in integers for t in part)) or 1
    reduced = [[t // divisor for t in part] for part in integers]
    entries: Numerators = [part[0] if len(part) == 1 else list(part) for part in reduced]
    return entries, 1 if primitive else q // divisor


def sparse(mu: Mapping[int, Scalar]) -> list[Json]:
    """Return the multipliers that are not 0: their places, integers, the denominator.

    >>> sparse({4: Fraction(1, 2), 2: Fraction(0), 1: Fraction(1, 3)})
    [[1, 4], [2, 3], 6]
    """
    places = sorted(k for k, t in mu.items() if t != 0)
    if not places:
        return []
    num, den = numerators([mu[k] for k in places])
    return [list(places), num, den]
