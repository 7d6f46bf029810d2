"""The polytope of a certificate in intervals: strict, or a rational one, each face times its e.

Where vertices have fewer atoms than there are equations zeros follow from samples that are alike,
which have one equation of the system and one kappa (proofs/curves.md, *Ratios*). So they have one
fit, which ties the weights of a basis: vertices have weights that are forms in these (*Shares*).
"""

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import TypeAlias, cast

from polytope_nn.certificate.enclosures import ends, vertices_claim
from polytope_nn.certificate.exact import polytope_witness
from polytope_nn.certificate.format import Json
from polytope_nn.certificate.strict_walls import cover_of, midpoint
from polytope_nn.checker.claims.pieces.system import Pieced, equal
from polytope_nn.checker.claims.pieces.ties import value
from polytope_nn.checker.claims.system.equations import Face
from polytope_nn.checker.claims.system.identities import Exact
from polytope_nn.checker.kernel.intervals import Numbers, contains
from polytope_nn.checker.lift import hint
from polytope_nn.errors import Undecided
from polytope_nn.exact.linear import independent_rows, kernel, rank, rref, solve, transpose
from polytope_nn.exact.rational import Matrix, Vector, text, unit_vector
from polytope_nn.exact.scalar import Scalar, dot
from polytope_nn.landscape.supports import bits_of

from .sums import alike_in, cancelling, firsts, still_at

__all__ = ["polytope_told", "ties_of", "ties_told", "zeros_told"]

_ZERO, _ONE = Fraction(0), Fraction(1)
_Equal: TypeAlias = Callable[[Sequence[Fraction]], list[Fraction]]
_Told: TypeAlias = tuple[dict[str, Json], Vector]


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
    if found is None:
        raise Undecided("the atoms of a vertex do not solve the equations of samples alike")
    return _rational([found])[0]


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
    equal, sums = _sums(S, x)
    told: list[Json] = []
    columns = [[Fraction(f == beside[a][0]) for f in faces] for a in range(len(S.atoms))]
    for m in range(S.linear):
        found = None
        for f in _sums_for(S, (equal, sums), m):
            phi = [_phi_of(face, f) for face in S.faces]
            forms = [
                equal([p - w for p, w in zip(phi[j], W[m], strict=True)])
                for _, (j, W) in sorted(beside.items())
            ]
            found = found or _in_one_form(f, forms)
        if found is None:
            return None
        for column, r in zip(columns, found[1], strict=True):
            column.append(r)
        told.append(found[0])
    return told, [tuple(column) for column in columns]


def _sums_for(S: Pieced, of: tuple[_Equal, Sequence[Vector]], m: int) -> Iterator[Vector]:
    """Yield sums that leave of all columns the one of an equation, and of one face its feature."""
    equal, sums = of
    sides = [tuple(dot(f, z) for z in S.Z) for f in sums]
    phi = [[equal(_phi_of(face, f)) for face in S.faces] for f in sums]
    unit = unit_vector(len(S.Z) - S.linear + m, len(S.Z))
    for j in range(len(S.faces)):
        others = [[t for form in (*p[:j], *p[j + 1 :]) for t in form] for p in phi]
        rows = [(*side, *more) for side, more in zip(sides, others, strict=True)]
        target = (*unit, *[_ZERO] * (len(S.faces) - 1) * S.D.n)
        shares = solve(transpose(rows), target) if rows else None
        if shares is not None:
            yield _sum_of(sums, shares)


def _in_one_form(f: Vector, forms: Sequence[Sequence[Fraction]]) -> _Told | None:
    """Return an equation in words and the ratios of forms to one of them; None without such."""
    form = next((own for own in forms if any(own)), None)
    if form is None:
        return None
    k = next(k for k, t in enumerate(form) if t)
    of = tuple(own[k] / form[k] for own in forms)
    if any(own != [r * t for t in form] for own, r in zip(forms, of, strict=True)):
        return None
    return {"sum": hint(f), "form": hint(form), "ratios": hint(of)}, of


def _phi_of(face: Face, f: Vector) -> list[Fraction]:
    """Return what a sum of equations says of a face: a form in kappa."""
    return [
        sum((f[i] * face.product(i, k) for i in face.at if f[i]), _ZERO)
        for k in range(len(f))
    ]


def _sum_of(sums: Sequence[Vector], shares: Sequence[Scalar]) -> Vector:
    """Return a sum of vectors with rational shares."""
    (row,) = _rational([tuple(dot(shares, column) for column in zip(*sums, strict=True))])
    return row


def _sums(S: Pieced, x: Numbers) -> tuple[_Equal, list[Vector]]:
    """Return how forms in kappa are told, and sums of equations in which fits cancel.

    Forms that are equal at kappa, for entries are equal or opposite, are told alike.
    """
    n, alike = S.D.n, alike_in(S, S.kappa(x))
    pairs = ((k, i, side) for k in range(n) for i in range(k) for side in (1, -1))
    same = [(k, i, side) for k, i, side in pairs if alike(k, i, side)]
    gaps = [
        tuple(Fraction((j == k) - side * (j == i)) for j in range(n)) for k, i, side in same
    ]
    still = [z for m, z in enumerate(S.Z) if not S.prices.get(m)]
    R, pivots = rref([*still, *S.level, *gaps]) if (still or gaps or S.level) else ((), ())

    def equal(form: Sequence[Fraction]) -> list[Fraction]:
        left = list(form)
        for row, k in zip(_rational(R), pivots, strict=True):
            left = [s - left[k] * t for s, t in zip(left, row, strict=True)]
        return left

    O = cast("Matrix", kernel([*still, *S.level, *gaps], n))
    return equal, cancelling(S, firsts(S, alike), O, still_at(S, S.kappa(x)))


def ties_told(
    S: Pieced, x: Numbers, shares: Sequence[Vector], supports: Sequence[int]
) -> tuple[Json, Vector, Json]:
    """Return the claim of the vertices, numbers near the weights of the basis, what ties them.

    Raises
    ------
    Undecided
        When a vertex has fewer atoms than what is tied says.
    """
    told, forms = ties_of(S, x)
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


def ties_of(S: Pieced, x: Numbers) -> tuple[list[Json], list[Vector]]:
    """Return the forms in the weights that are seen to be 0, in words and as they are."""
    equal, sums = _sums(S, x)
    sides = [tuple(dot(f, z) for z in S.Z) for f in sums]
    told: list[Json] = []
    found: list[Vector] = []
    for s in _rational(kernel(transpose(sides), len(sums))) if sums else ():
        f = _sum_of(sums, s)
        of = _in_one_form(f, [equal(_phi_of(face, f)) for face in S.faces])
        if of is not None:
            told.append(of[0])
            found.append(of[1])
    chosen = independent_rows(found)
    return [told[i] for i in chosen], [found[i] for i in chosen]


def zeros_told(S: Pieced, x: Numbers) -> list[Json]:
    """Return entries of kappa that are proved to be 0, differences and sums of two, in turn.

    The checker's system has them after this, for what is asked next.
    """
    kappa, n = S.kappa(x), S.D.n
    E, told = Exact(S, kappa), list[Json]()
    units = [unit_vector(j, n) for j in range(n)]
    waiting = [
        [*form]
        for j, own in enumerate(units)
        if j not in E.known
        for form in (own, *_pairs(units, j))
        if contains(value(S, [*form], kappa), _ZERO)
    ]
    while waiting:
        left = []
        for form in waiting:
            if rank([*S.zeros, form]) <= len(S.zeros):
                continue
            if not equal(S, form) and E.value(form) != 0:
                left.append(form)
                continue
            told.append(hint(form))
            S.zeros.append(form)
        if len(left) == len(waiting):
            break
        waiting = left
    return told


def _pairs(units: Sequence[Vector], j: int) -> Iterator[Vector]:
    """Yield differences and sums of a unit vector and those before it."""
    for own in units[:j]:
        for side in (1, -1):
            yield tuple(t - side * s for s, t in zip(own, units[j], strict=True))


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
