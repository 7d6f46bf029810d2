"""The polytope of a certificate in intervals: strict, or a rational one, each face times its e.

Where vertices have fewer atoms than there are equations zeros follow from samples that are alike,
which have one equation of the system and one kappa (proofs/curves.md, *Ratios*). So they have one
fit, which ties the weights of a basis: vertices have weights that are forms in these (*Shares*).
"""

from collections.abc import Sequence
from fractions import Fraction

from polytope_nn.certificate.enclosures import cover_of, ends, vertices_claim
from polytope_nn.certificate.exact import polytope_witness
from polytope_nn.certificate.format import Json
from polytope_nn.certificate.strict_walls import midpoint
from polytope_nn.checker.claims.identities import Exact
from polytope_nn.checker.claims.pieces.system import Pieced
from polytope_nn.checker.claims.pieces.ties import value
from polytope_nn.checker.claims.system.equations import Face
from polytope_nn.checker.kernel.intervals import Numbers, contains
from polytope_nn.checker.lift import hint
from polytope_nn.errors import Undecided
from polytope_nn.exact.linear import independent_rows, kernel, rref, solve, transpose
from polytope_nn.exact.rational import Matrix, Vector, text, unit_vector
from polytope_nn.exact.scalar import Scalar, dot
from polytope_nn.landscape.supports import bits_of

__all__ = ["polytope_told", "ties_told", "zeros_told"]

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
    first = _classes(S, x)
    pairs = [(i, j) for i, j in enumerate(first) if i != j]
    sides = [tuple(z[i] - z[j] for z in S.Z) for i, j in pairs]
    told: list[Json] = []
    columns = [[Fraction(f == beside[a][0]) for f in faces] for a in range(len(S.atoms))]
    for m in range(S.linear):
        own = len(S.Z) - S.linear + m
        unit = unit_vector(own, len(S.Z))
        shares = solve(transpose(sides), unit) if sides else None
        if shares is None:
            return None
        used = [(i, j, Fraction(s)) for (i, j), s in zip(pairs, shares, strict=True) if s]  # type: ignore[arg-type] # rational
        phi = [_phi_of(face, used, n) for face in S.faces]
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


def _phi_of(
    face: Face, used: Sequence[tuple[int, int, Fraction]], n: int
) -> list[Fraction]:
    """Return what differences of equations say of a face: a form in kappa."""
    rows = (
        [s * (face.product(i, k) - face.product(j, k)) for k in range(n)]
        for i, j, s in used
    )
    return [sum(column, _ZERO) for column in zip(*rows, strict=True)] or [_ZERO] * n


def _classes(S: Pieced, x: Numbers) -> list[int]:
    """Return for each sample the first of one equation with it, and maybe one kappa."""
    every = range(S.D.n)
    return [next(j for j in every if _same(S, x, i, j)) for i in every]


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


def ties_told(
    S: Pieced, x: Numbers, shares: Sequence[Vector], supports: Sequence[int]
) -> tuple[Json, Vector, Json]:
    """Return the claim of the vertices, numbers near the weights of the basis, what ties them.

    Raises
    ------
    Undecided
        When a vertex has fewer atoms than what is tied says.
    """
    told, forms = _forms(S, x)
    k, e = len(S.faces), x[S.D.n : S.D.n + len(S.faces)]
    T, of = _left(forms, k)
    near = tuple(dot(row, tuple(map(midpoint, e))) for row in T)
    listed: list[Json] = []
    points: list[Json] = []
    for support in supports:
        at = list(bits_of(support))
        W = _weights_in([shares[a] for a in at], T)
        points.append([hint(w) for w in W])
        weights = [ends(value(S, list(w), e)) for w in W]
        listed.append({"support": [*at], "weights": [*weights]})
    tied: dict[str, Json] = {"forms": told, "shares": of, "points": points}
    return {"claim": "vertices", "list": listed}, near, tied


def _forms(S: Pieced, x: Numbers) -> tuple[list[Json], list[Vector]]:
    """Return the forms in the weights that are seen to be 0, in words and as they are."""
    n, first = S.D.n, _classes(S, x)
    pairs = [(i, j) for i, j in enumerate(first) if i != j]
    sides = [tuple(z[i] - z[j] for z in S.Z) for i, j in pairs]
    told: list[Json] = []
    found: list[Vector] = []
    for s in _rational(kernel(transpose(sides), len(pairs))) if pairs else ():
        used = [(i, j, t) for (i, j), t in zip(pairs, s, strict=True) if t]
        phi = [_gathered(_phi_of(face, used, n), first) for face in S.faces]
        form = next((f for f in phi if any(f)), None)
        if form is None:
            continue
        k = next(k for k, t in enumerate(form) if t)
        ratios = tuple(f[k] / form[k] for f in phi)
        if any(f != [r * t for t in form] for f, r in zip(phi, ratios, strict=True)):
            continue
        spoken: list[Json] = [[i, j, hint([t])] for i, j, t in used]
        told.append({"pairs": spoken, "form": hint(form), "ratios": hint(ratios)})
        found.append(ratios)
    chosen = independent_rows(found)
    return [told[i] for i in chosen], [found[i] for i in chosen]


def zeros_told(S: Pieced, x: Numbers) -> list[Json]:
    """Return differences and sums of two entries of kappa that are proved to be 0, in turn.

    The checker's system has them after this, for what is asked next.
    """
    kappa, n = S.kappa(x), S.D.n
    E, root = Exact(S, kappa), list(range(n))
    told: list[Json] = []
    waiting = [
        (i, j, s)
        for j in range(n)
        for i in range(j)
        for s in (1, -1)
        if contains(kappa[j] - s * kappa[i], _ZERO) and j not in E.known
    ]
    while waiting:
        left = []
        for i, j, s in waiting:
            if root[i] == root[j]:
                continue
            form = [Fraction((k == j) - s * (k == i)) for k in range(n)]
            if E.value(form) != 0:
                left.append((i, j, s))
                continue
            told.append(hint(form))
            S.zeros.append(form)
            root = [root[i] if t == root[j] else t for t in root]
        if len(left) == len(waiting):
            break
        waiting = left
    return told


def _left(forms: Matrix | Sequence[Vector], k: int) -> tuple[Matrix, list[Json]]:
    """Return each weight in those that the forms leave free, and its shares of the forms."""
    R, pivots = rref(forms) if forms else ((), ())
    own = dict(zip(pivots, _rational(R), strict=False))
    T: list[Vector] = []
    told: list[Json] = []
    for j in range(k):
        unit = tuple(Fraction(int(i == j)) for i in range(k))
        rest = tuple(-t for t in own.get(j, (_ZERO,) * k))
        shares = _rational([solve(transpose(forms), rest) or ()])[0] if forms else ()
        T.append(tuple(s + t for s, t in zip(unit, rest, strict=True)))
        told.append(hint(shares))
    return tuple(T), told


def _weights_in(columns: Sequence[Vector], T: Matrix) -> list[Vector]:
    """Return the weights of a vertex as forms in those of the basis."""
    made = [solve(transpose(columns), b) for b in transpose(T)]
    if None in made:
        raise Undecided("certificates in intervals know the ties of samples that are alike")
    return list(transpose(_rational([row for row in made if row is not None])))


def _rational(rows: Sequence[Sequence[Scalar]]) -> tuple[Vector, ...]:
    """Return rows that are rational, as they came from rational ones."""
    assert all(isinstance(t, Fraction) for row in rows for t in row)  # of rational ones
    return tuple(tuple(t for t in row if isinstance(t, Fraction)) for row in rows)
