"""The certificate of the holes: that of the staircase, with one claim more (T15)."""

from collections import Counter
from collections.abc import Sequence

from polytope_nn.checker.claims.holes import WIDEST, faces_of, reduced, residue, size
from polytope_nn.checker.kernel.reading import Clock, Limits
from polytope_nn.errors import Undecided
from polytope_nn.exact.integer import integer_inverse
from polytope_nn.exact.matrices.smith import smith_form
from polytope_nn.landscape.optimal_set import Solvable, optimal_polytope
from polytope_nn.landscape.topology.holes import Holes, holes

from .certify import certify
from .check import check
from .format import Certificate, Json
from .raised import raised

__all__ = ["holes_certificate"]

_LARGEST = 10_000  # entries of a matrix whose Smith form is written
_KINDS = {
    "staircase": "holes",
    "interval": "holes",
    "cones": "cones_holes",
    "signs": "signs_holes",
}


def holes_certificate(problem: Solvable, found: Holes | None = None) -> Certificate:
    """Return the certificate of the holes of a problem, accepted by the checker.

    Raises
    ------
    Undecided
        When P has more faces than the checker has room for, or the units are others than ReLU,
        the loss another one than squared and interpolation.

    The checker finds the faces of P and reduces its boundary again, over F_2 and over Z;
    where units alone do not exclude torsion the witness has Smith forms, and torsion is
    claimed by degree. Where these are too large none is, and Betti numbers are over F_2.

    >>> from polytope_nn.problems.training import TrainingProblem
    >>> D = TrainingProblem([[1, -1, 0], [0, 1, -1]], [2, 2], beta_squared=2)
    >>> holes_certificate(D).claim("holes")["bars"]
    {'0': [[1, None, 1], [2, 3, 1]]}
    """
    P = optimal_polytope(problem)
    H = holes(P) if found is None else found
    if not Clock(Limits()).fits(len(H.faces), size(P.supports)):
        raise Undecided(
            f"a certificate of holes: {len(H.faces)} faces are more than the checker has "
            f"room for: leave out -o"
        )
    C = raised(certify(P))
    if C.kind not in _KINDS:
        raise Undecided(
            "a certificate of holes: it is made for ReLU units, squared loss and "
            "interpolation; the answer is proved: leave out -o"
        )
    forms = torsion_forms(H)
    claims = [*C.claims, claimed(H, forms)]
    witness = C.witness | ({"torsion": forms} if forms else {})
    made = Certificate(_KINDS[C.kind], C.data, C.field, claims, witness, C.version)
    check(made)
    return made


def torsion_forms(H: Holes) -> list[Json]:
    """Return the Smith forms, width by width, where units alone do not exclude torsion.

    A width comes without where its matrices are too large: there torsion is not claimed.
    """
    if H.faces.torsion_from is None:
        return []
    clock = Clock(Limits())
    F = faces_of(clock, H.vertex_supports)
    known = reduced(clock, F)
    found: list[Json] = []
    for m in H:
        if m > WIDEST or not known.doubt(F, m) or H.torsion(m) is None:
            continue
        rests = [residue(clock, F, known, m, i) for i in range(1, max(F.dims) + 1)]
        if all(len(R) * len(R[0]) <= _LARGEST for R in rests if R):
            found.append({"m": m, "forms": [form(R) for R in rests if R]})
    return found


def form(R: list[list[int]]) -> Json:
    """Return U and V of the Smith form ``U R V``, each with its inverse."""
    U, _, V = smith_form(R)
    left: list[Json] = [_rows(U), _rows(integer_inverse(U)[0])]
    right: list[Json] = [_rows(V), _rows(integer_inverse(V)[0])]
    return {"left": left, "right": right}


def _rows(M: list[list[int]]) -> Json:
    return [list(row) for row in M]


def claimed(H: Holes, forms: Sequence[Json] = ()) -> Json:
    """Return the claim: bars with their number, and what follows for each width."""
    doubtful = H.faces.torsion_from
    proved = {told["m"] for told in forms if isinstance(told, dict)}
    widths: list[Json] = []
    for m in (m for m in H if m <= WIDEST):
        known = doubtful is None or m < doubtful or m in proved
        divisors = (H.torsion_by_degree(m) or {}) if known else {}
        betti = H.betti(m) if known else H.faces.betti_2(m)
        networks = H.network_betti(m) if known else H.network_betti_2(m)
        torsion: Json = [[i, t] for i, found in divisors.items() for t in found]
        widths.append(
            {
                "m": m,
                "betti": list(betti),
                "network_betti": list(networks),
                "euler": H.euler(m),
                "torsion": torsion if known else None,
            }
        )
    bars: dict[str, Json] = {
        str(i): [[*bar, times] for bar, times in Counter(found).items()]
        for i, found in H.bars.items()
    }
    return {"claim": "holes", "bars": bars, "widths": widths}
