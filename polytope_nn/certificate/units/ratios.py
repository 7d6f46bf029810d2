"""The polytope of a certificate in intervals: strict, or a rational one, each face times its e.

Where vertices have fewer atoms than there are equations zeros follow from samples that are alike,
which have one equation of the system and one kappa (proofs/curves.md, *Ratios*).
"""

from collections.abc import Sequence
from fractions import Fraction

from polytope_nn.certificate.enclosures import cover_of, ends, vertices_claim
from polytope_nn.certificate.exact import polytope_witness
from polytope_nn.certificate.format import Json
from polytope_nn.checker.claims.pieces.system import Pieced
from polytope_nn.checker.claims.system.equations import Face
from polytope_nn.checker.kernel.intervals import Numbers
from polytope_nn.checker.lift import hint
from polytope_nn.exact.linear import solve, transpose
from polytope_nn.exact.rational import Vector, text
from polytope_nn.landscape.supports import bits_of

__all__ = ["polytope_told"]

_ZERO, _ONE = Fraction(0), Fraction(1)


def polytope_told(
    S: Pieced, x: Numbers, supports: Sequence[int]
) -> tuple[Json, dict[str, Json]]:
    """Return the claim of the vertices, and what it rests on."""
    equations = len(S.faces) + S.linear
    found = None
    if any(support.bit_count() != equations for support in supports):
        found = _columns(S, x)
    if found is None:
        return vertices_claim(S, x, supports), {"cover": cover_of(S, x, supports)}
    told, columns = found
    right = (*[_ONE] * len(S.faces), *[_ZERO] * S.linear)
    e = {a: x[S.D.n + f] for f, face in enumerate(S.faces) for a in face.atoms}
    used = [list(bits_of(support)) for support in supports]
    points = [_weights(columns, at, right) for at in used]
    listed: list[Json] = [
        {
            "support": [*at],
            "weights": [ends(e[a] * t) for a, t in zip(at, own, strict=True)],
        }
        for at, own in zip(used, points, strict=True)
    ]
    proof = polytope_witness(supports, columns, right)
    ratios: dict[str, Json] = {
        "columns": told,
        "points": [list(map(text, point)) for point in points],
        "rank": proof["rank"],
    }
    return {"claim": "vertices", "list": listed}, {
        "cover": proof["cover"],
        "ratios": ratios,
    }


def _weights(columns: Sequence[Vector], at: Sequence[int], right: Vector) -> Vector:
    """Return the weights of a vertex of the rational polytope."""
    found = solve(transpose([columns[a] for a in at]), right)
    return tuple(t for t in found or () if isinstance(t, Fraction))


def _columns(S: Pieced, x: Numbers) -> tuple[list[Json], list[Vector]] | None:
    """Return each equation in words, and the columns of the rational polytope; None without."""
    n, faces = S.D.n, range(len(S.faces))
    nothing = [[_ZERO] * n] * S.linear
    beside = {
        a: (f, W)
        for f in faces
        for a, W in zip(S.faces[f].atoms, [nothing, *S.faces[f].beside], strict=False)
    }
    if S.prices or len(beside) < len(S.atoms):
        return None
    first = [next(j for j in range(n) if _same(S, x, i, j)) for i in range(n)]
    pairs = [(i, j) for i, j in enumerate(first) if i != j]
    sides = [tuple(z[i] - z[j] for z in S.Z) for i, j in pairs]
    told: list[Json] = []
    columns = [[Fraction(f == beside[a][0]) for f in faces] for a in range(len(S.atoms))]
    for m in range(S.linear):
        own = len(S.Z) - S.linear + m
        unit = tuple(Fraction(int(k == own)) for k in range(len(S.Z)))
        shares = solve(transpose(sides), unit) if sides else None
        if shares is None:
            return None
        used = [(i, j, Fraction(s)) for (i, j), s in zip(pairs, shares, strict=True) if s]  # type: ignore[arg-type] # rational
        phi = [_phi(face, used, n) for face in S.faces]
        forms = [
            _gathered([p - w for p, w in zip(phi[f], W[m], strict=True)], first)
            for _, (f, W) in sorted(beside.items())
        ]
        form = next((f for f in forms if any(f)), None)
        if form is None:
            return None
        k = next(k for k, t in enumerate(form) if t)
        of = [f[k] / form[k] for f in forms]
        if any(f != [r * t for t in form] for f, r in zip(forms, of, strict=True)):
            return None
        for column, r in zip(columns, of, strict=True):
            column.append(r)
        spoken: list[Json] = [[i, j, hint([s])] for i, j, s in used]
        told.append({"pairs": spoken, "form": hint(form), "ratios": hint(of)})
    return told, [tuple(column) for column in columns]


def _phi(face: Face, used: Sequence[tuple[int, int, Fraction]], n: int) -> list[Fraction]:
    """Return what differences of equations say of a face: a form in kappa."""
    rows = (
        [s * (face.product(i, k) - face.product(j, k)) for k in range(n)]
        for i, j, s in used
    )
    return [sum(column, _ZERO) for column in zip(*rows, strict=True)] or [_ZERO] * n


def _same(S: Pieced, x: Numbers, i: int, j: int) -> bool:
    """Return whether two samples have one equation, and maybe one kappa."""
    near = x[i].low <= x[j].high and x[j].low <= x[i].high
    return i == j or (near and S.equation(i) == S.equation(j))


def _gathered(form: Sequence[Fraction], first: Sequence[int]) -> list[Fraction]:
    """Return a form with what stands at samples of one kappa at the first of them."""
    found = [_ZERO] * len(form)
    for i, t in zip(first, form, strict=True):
        found[i] += t
    return found
