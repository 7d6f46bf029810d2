"""The optimum of a group LASSO in balls: every decision strict and proved."""

from collections.abc import Sequence
from fractions import Fraction

from polytope_nn.dual.atoms import Atom, cone_projection, multipliers
from polytope_nn.dual.units.blocks import BlockOptimum, Part, strictly_below
from polytope_nn.errors import Undecided
from polytope_nn.exact.ball import Ball
from polytope_nn.exact.linear import independent_rows
from polytope_nn.exact.rational import Matrix
from polytope_nn.exact.scalar import Scalar, dot, sign
from polytope_nn.search.candidate import Candidate

__all__ = ["enclosed_blocks"]


def enclosed_blocks(
    candidate: Candidate, parts: Sequence[Part], bits: int, blocks: int
) -> BlockOptimum:
    """Return the optimum of a candidate, proved in balls.

    The system encloses kappa and the weights of a basis, whose features the test proves
    independent modulo what is free. Every other part is strictly below beta, or has the quadratic
    form ``V V'`` of a part of the basis: then it is tied and has its feature.

    Raises
    ------
    Undecided
        When a decision is not strict.
    """
    system, problem = candidate.system, candidate.problem
    solution = system.enclosed(candidate.refined(bits).point, bits // 2)
    kappa, weights, _ = system.split(solution)
    if candidate.held or not all(c > 0 for c in weights):
        raise Undecided("tied blocks have dependent features: ties that balls cannot prove")
    faces = {face.chart: face.covector[1:] for face in candidate.faces}
    forms = [_form(V) for V in system.factors]
    members: list[list[int]] = [[] for _ in forms]
    atoms: list[Atom] = []
    tied: list[Part] = []
    for i, part in enumerate(parts):
        if i not in faces:
            if strictly_below(part, kappa, problem.beta_squared) is None:
                raise Undecided(f"whether block {part.block + 1} is below beta")
            continue
        V = part.factor(faces[i])
        form = _form(V)
        if form not in forms:
            raise Undecided(
                f"whether block {part.block + 1} is tied: its features depend on others'"
            )
        members[forms.index(form)].append(len(atoms))
        atoms.append(_proved(part, faces[i], V, kappa))
        tied.append(part)
    c: list[Scalar] = [Fraction(0)] * len(atoms)
    for places, total in zip(members, weights, strict=True):
        c[places[0]] = total
    order = sorted(range(len(members)), key=lambda j: members[j])
    return BlockOptimum(
        problem,
        tuple(kappa),
        tuple(atoms),
        tuple(c),
        (),
        "interval",
        len(weights),
        pairs=tuple(part.pair for part in tied),
        owners=tuple(part.block for part in tied),
        blocks=blocks,
        classes=tuple(tuple(members[j]) for j in order),
        totals=tuple(weights[j] for j in order),
    )


def _form(V: Matrix) -> Matrix:
    return tuple(tuple(dot(a, b) for b in V) for a in V)


def _proved(part: Part, zero: tuple[int, ...], V: Matrix, kappa: Sequence[Scalar]) -> Atom:
    """Return the atom of a tied part: g is inside its face, and multipliers prove it g."""
    g = tuple(dot(column, kappa) for column in zip(*V, strict=True))
    signs = []
    for k, row in enumerate(part.cone):
        if k not in zero and not dot(row, g) > 0:
            raise Undecided(
                f"whether the direction of block {part.block + 1} is in its cone"
            )
        signs.append(0 if k in zero else 1)
    if zero:
        _require_pressed(part, zero, kappa)
    return part.atom(g, tuple(signs))


def _require_pressed(part: Part, zero: tuple[int, ...], kappa: Sequence[Scalar]) -> None:
    """Prove that ``g - A'kappa`` is a sum of multiples >= 0 of the rows that vanish at g."""
    middle = [t.midpoint if isinstance(t, Ball) else t for t in kappa]
    mu = cone_projection(part.cone, part.pull(middle))[1]
    order = sorted(zero, key=lambda k: not sign(mu[k]))
    chosen = [order[i] for i in independent_rows([part.cone[k] for k in order])]
    rows = {k: part.cone[k] for k in chosen}
    shares = [multipliers(rows, row, chosen) for row in part.A]
    for k in chosen:
        if not dot([share[k] for share in shares], kappa) >= 0:
            raise Undecided(f"whether a multiplier of block {part.block + 1} is >= 0")
