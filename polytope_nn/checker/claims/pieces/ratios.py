"""Claims *vertices* and *dimension* where zeros follow from samples that are alike, and only so.

P is ``{c >= 0 : sum c = e, sum c gamma = lambda}``, an e for each face of atoms that are alike.
Where samples of one equation have one kappa, differences of their equations say what lambda is:
then P is a rational polytope, each face times its e; its equations are ratios of forms in kappa
(proofs/curves.md).
"""

from fractions import Fraction

from ...kernel.intervals import Numbers, linear
from ...kernel.numbers import Vector, cleared
from ...kernel.reading import Json, array, rationals, record, require, whole
from ..identities import Exact
from ..polytope import Held, vertices_of
from .system import Pieced

WHERE = "witness.ratios"


def columns_of(S: Pieced, kappa: Numbers, read: Json) -> Held:
    """Return the columns ``(1_f, rho_a)`` of the rational polytope, after proving its equations.

    With ``lambda_m = -sum_f e_f phi_fm`` the equation m is ``sum c_a (gamma_am + phi_fm) = 0``, f
    the face of a, and each ``gamma_am + phi_fm`` is ``rho_am`` times the value of one form, which
    is not 0. It is of one face: so the e of the others are not asked.
    """
    n, clock, faces = S.D.n, S.D.clock, range(len(S.faces))
    nothing: list[Vector] = [[Fraction(0)] * n] * S.linear
    told_by = {
        a: (f, W)
        for f in faces
        for a, W in zip(S.faces[f].atoms, [nothing, *S.faces[f].beside], strict=False)
    }
    fine = len(told_by) == len(S.atoms) and not S.prices
    require(fine, WHERE, "an atom is in no face of atoms that are alike")
    E = Exact(S, kappa)
    columns: list[Vector] = [
        [Fraction(f == told_by[a][0]) for f in faces] for a in range(len(S.atoms))
    ]
    for m, told in enumerate(array(read, WHERE, S.linear)):
        record(told, "pairs form ratios", WHERE)
        own = len(S.Z) - S.linear + m
        phi, form = level(S, E, told["pairs"], own), rationals(told["form"], n, WHERE)
        apart(S, kappa, form)
        of = rationals(told["ratios"], len(columns), WHERE)
        owners = {told_by[a][0] for a, rho in enumerate(of) if rho}
        require(len(owners) < 2, WHERE, "an equation is of two faces")
        for a, rho in enumerate(of):
            clock.tick()
            f, W = told_by[a]
            parts = zip(phi[f], W[m], form, strict=True)
            nought(E, [p - w - rho * t for p, w, t in parts], "a ratio is another")
            columns[a].append(rho)
    return Held(columns)


def level(
    S: Pieced, E: Exact, read: Json, m: int | None, where: str = WHERE
) -> list[Vector]:
    """Return the phi with ``lambda_m = -sum_f e_f phi_f'kappa``: from differences of equations.

    Two samples of one equation and one kappa have one fit; of Z only column m must be left, or
    none: then the sum is 0.
    """
    n, left, long = S.D.n, [Fraction(0)] * len(S.Z), 0
    phi = [[Fraction(0)] * n for _ in S.faces]
    for told in array(read, where):
        i, j, share = array(told, where, 3)
        i, j = whole(i, where, 0, n - 1), whole(j, where, 0, n - 1)
        (s,) = rationals(share, 1, where)
        long += s.denominator.bit_length()
        S.D.clock.hold(n * len(phi) + len(left), long, where)  # sums of these shares
        require(S.equation(i) == S.equation(j), where, "two samples have other equations")
        nought(
            E,
            [Fraction((k == i) - (k == j)) for k in range(n)],
            "two kappas may differ",
            where,
        )
        for face, form in zip(S.faces, phi, strict=True):
            S.D.clock.tick()
            for k in range(n):
                form[k] += s * (face.product(i, k) - face.product(j, k))
        left = [t + s * (z[i] - z[j]) for t, z in zip(left, S.Z, strict=True)]
    alone = all(t == (k == m) for k, t in enumerate(left))
    require(alone, where, "a lambda is not told by these samples")
    return phi


def apart(S: Pieced, kappa: Numbers, form: Vector, where: str = WHERE) -> None:
    """Prove that a linear form is not 0 at kappa."""
    num, den = cleared(form, S.D.clock)
    value = linear(num, den, kappa, S.bits)
    require(value.low > 0 or value.high < 0, where, "a form may be 0")


def nought(E: Exact, form: Vector, why: str, where: str = WHERE) -> None:
    """Prove that a linear form is 0 at kappa."""
    require(not any(form) or E.value(form) == 0, where, why)


def points_of(
    S: Pieced, columns: Held, pair: tuple[Json, Json]
) -> tuple[dict[int, Vector], Vector]:
    """Return the weights of the vertices of the rational polytope by supports; its right side.

    The claim has e times these; the witness has them as they are.
    """
    claim, points = pair
    where, right = "claims.vertices", [Fraction(1)] * len(S.faces)
    right += [Fraction(0)] * S.linear
    listed = array(claim["list"], where)
    told = array(points, WHERE, len(listed))
    for v in listed:
        record(v, "support weights", where)
    rational = [{**v, "weights": x} for v, x in zip(listed, told, strict=True)]
    supports = vertices_of(S.D, columns, right, {"list": rational})
    weights = [[Fraction(t) for t in x] for x in told]
    return dict(zip(supports, weights, strict=True)), right
