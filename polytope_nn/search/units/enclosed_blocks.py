"""The optimum of a group LASSO in balls: every decision strict and proved.

The system encloses kappa and the weights of a basis; :mod:`ties` says which other blocks are
tied with it, and why.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction

from polytope_nn.dual.atoms import Atom, cone_projection, multipliers
from polytope_nn.dual.enclosures import LinearForms
from polytope_nn.dual.units.blocks import BlockOptimum, Part, strictly_below
from polytope_nn.errors import Undecided
from polytope_nn.exact.ball import Ball
from polytope_nn.exact.linear import independent_rows, rank, transpose
from polytope_nn.exact.rational import Matrix, Vector, unit_vector
from polytope_nn.exact.scalar import Scalar, Scalars, dot, sign
from polytope_nn.geometry.double_description import slice_vertices
from polytope_nn.problems.problem import Problem
from polytope_nn.search.enclosing import enclosures_of
from polytope_nn.search.losses.pieces import Pieces

from .block_search import BlockCandidate
from .columns import beta_of
from .ties import Ties, image, silenced

__all__ = ["enclosed_blocks", "proved_atom"]

_ZERO = Fraction(0)


def enclosed_blocks(
    candidate: BlockCandidate, parts: Sequence[Part], bits: int, blocks: int
) -> BlockOptimum:
    """Return the optimum of a candidate, proved in balls.

    The system encloses kappa and the weights of a basis, whose features the test proves
    independent modulo what is free. Every other part is strictly below beta, or tied with one of
    the basis.

    Raises
    ------
    Undecided
        When a decision is not strict.
    """
    system, problem = candidate.system, candidate.problem
    proof = enclosures_of(candidate.refined(bits), bits)
    enclosed, weights, _ = proof.parts
    if not all(c > 0 for c in weights):
        raise Undecided("the weight of a block is not positive")
    forms = proof.known
    known = system.known(enclosed)
    fixed = tuple(known.get(k, t) for k, t in enumerate(forms.kappa))
    silent = tuple(system.silent)
    faces = {face.chart: face.covector[1:] for face in candidate.faces}
    basis = [unit.face.chart for unit in candidate.basis]
    columns = tuple(parts[i].columns[0] if parts[i].is_column else None for i in basis)
    alike = (*forms.vanishing, *_differences(columns))
    facts = _with_zeros(replace(forms, kappa=fixed, vanishing=alike))
    kappa = facts.kappa
    ties = Ties(
        kappa,
        tuple(image(V, kappa) for V in system.factors),
        silent,
        columns,
        _whole(problem).free.columns,
        beta_of(problem.beta_squared),
        facts,
        None not in columns and not (isinstance(problem, Pieces) and problem.flats),
    )
    tied, atoms, images = list[int](), list[Atom](), list[Matrix]()
    for i, part in enumerate(parts):
        if i not in faces:
            if strictly_below(part, kappa, problem.beta_squared) is None:
                raise Undecided(f"whether block {part.block + 1} is below beta")
            continue
        V = part.factor(faces[i])
        form = ties.like(image(V, kappa))
        ties.require(form, part)
        tied.append(i)
        images.append(form)
        atoms.append(proved_atom(part, faces[i], V, kappa))
    classes: dict[Matrix, list[int]] = {}
    for a, form in enumerate(images):
        classes.setdefault(form, []).append(a)
    c = [_ZERO if i not in basis else weights[basis.index(i)] for i in tied]
    total: list[Scalar] = [*weights, *[_ZERO] * (len(silent) + len(ties.beside))]
    for i, held in candidate.kept:
        c[tied.index(i)] = held
        for j, share in enumerate(ties.shares(images[tied.index(i)])):
            total[j] = total[j] + share * held
    coordinates, masses, missing = _vertices(ties, tuple(classes), total)
    every = dict(zip(classes, coordinates, strict=False))
    spread = tuple(every[form] for form in images) if every else ()
    return BlockOptimum(
        problem,
        kappa,
        tuple(atoms),
        tuple(c),
        (),
        "interval",
        rank(spread) if spread else len(weights),
        pairs=tuple(parts[i].pair for i in tied),
        owners=tuple(parts[i].block for i in tied),
        blocks=blocks,
        classes=tuple(map(tuple, classes.values())),
        masses=masses,
        coordinates=spread,
        totals=tuple(total),
        missing=missing,
    )


def _whole(problem: Problem) -> Problem:
    """Return the problem that was asked, where each sample was put on one piece."""
    return problem.whole if isinstance(problem, Pieces) else problem


def _differences(columns: Sequence[Vector | None]) -> Iterator[Vector]:
    """Yield differences of columns: forms that vanish, as ``F'kappa = beta`` for each."""
    known = [column for column in columns if column is not None]
    for column in known[1:]:
        yield tuple(s - t for s, t in zip(column, known[0], strict=True))


def _with_zeros(forms: LinearForms) -> LinearForms:
    """Return what is known with a 0 where norms that are equal prove one, one after another."""
    kappa = list(forms.kappa)
    while True:
        known = replace(
            forms,
            kappa=tuple(kappa),
            factors=tuple(silenced(V, kappa) for V in forms.factors),
        )
        for k, t in enumerate(kappa):
            unit = unit_vector(k, len(kappa))
            if isinstance(t, Ball) and _ZERO in t and known.vanishes(unit):
                kappa[k] = _ZERO
                break
        else:
            return known


def _vertices(
    ties: Ties, classes: Sequence[Matrix], total: Sequence[Scalar]
) -> tuple[tuple[Scalars, ...], tuple[Scalars, ...], str]:
    """Return the classes in coordinates, and the vertices of their weights.

    What is not decided has none, and the last entry says what it is.
    """
    columns: tuple[Scalars, ...] = ()
    try:
        columns = tuple(map(ties.shares, classes))
        if len(classes) == len(ties.basis):
            places = [ties.basis.index(form) for form in classes]
            return columns, (tuple(total[j] for j in places),), ""
        return columns, slice_vertices(transpose(columns), total), ""
    except Undecided as reason:
        return columns, (), str(reason)


def proved_atom(
    part: Part, zero: tuple[int, ...], V: Matrix, kappa: Sequence[Scalar]
) -> Atom:
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
