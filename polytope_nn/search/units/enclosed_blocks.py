"""The optimum of a group LASSO in balls: every decision strict and proved.

Two tied blocks whose maps differ in one row k say that ``|V'kappa|^2 = |W'kappa|^2`` with a
difference ``kappa_k m(kappa)``, and where m is not 0 that ``kappa_k = 0``: the label k is fitted
exactly, and not by chance. Rows where kappa vanishes do not count in ``g = V'kappa``. So every part
whose quadratic form ``V V'`` agrees with that of a part of the basis, but for such rows, is tied
as well, and its feature differs from the other's in these rows only. Where the basis spans their
unit vectors, all features are combinations of its own, with coefficients in balls.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from polytope_nn.dual.atoms import Atom, cone_projection, multipliers
from polytope_nn.dual.units.blocks import BlockOptimum, Part, strictly_below
from polytope_nn.dual.vanishing import LinearForms
from polytope_nn.errors import Undecided
from polytope_nn.exact.ball import Ball
from polytope_nn.exact.linear import independent_rows, rank, solve, transpose
from polytope_nn.exact.rational import Matrix
from polytope_nn.exact.scalar import Scalar, Scalars, dot, sign
from polytope_nn.geometry.double_description import slice_vertices

from .block_search import BlockCandidate

__all__ = ["enclosed_blocks"]

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
    solution = system.enclosed(candidate.refined(bits).point, bits // 2)
    enclosed, weights, _ = system.split(solution)
    if not all(c > 0 for c in weights):
        raise Undecided("the weight of a block is not positive")
    known = system.known(enclosed)
    fixed = tuple(known.get(k, t) for k, t in enumerate(enclosed))
    kappa = _with_zeros(LinearForms(fixed, system.free, system.factors))
    silent = tuple(k for k, t in system.silent.items() if t == 0)
    faces = {face.chart: face.covector[1:] for face in candidate.faces}
    basis = [unit.face.chart for unit in candidate.basis]
    ties = _Ties(kappa, tuple(_feature(V, kappa) for V in system.factors), silent)
    tied, atoms, forms = [], [], []
    for i, part in enumerate(parts):
        if i not in faces:
            if strictly_below(part, kappa, problem.beta_squared) is None:
                raise Undecided(f"whether block {part.block + 1} is below beta")
            continue
        V = part.factor(faces[i])
        form = _feature(V, kappa)
        ties.require(form, part)
        tied.append(i)
        forms.append(form)
        atoms.append(_proved(part, faces[i], V, kappa))
    classes: dict[Matrix, list[int]] = {}
    for a, form in enumerate(forms):
        classes.setdefault(form, []).append(a)
    c = [_ZERO if i not in basis else weights[basis.index(i)] for i in tied]
    total: list[Scalar] = [*weights, *[_ZERO] * len(silent)]
    for i, held in candidate.kept:
        c[tied.index(i)] = held
        for j, share in enumerate(ties.shares(forms[tied.index(i)])):
            total[j] = total[j] + share * held
    coordinates, masses, missing = _vertices(ties, tuple(classes), total)
    every = dict(zip(classes, coordinates, strict=False))
    spread = tuple(every[form] for form in forms) if every else ()
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
        missing=missing,
    )


def _with_zeros(forms: LinearForms) -> Scalars:
    """Return kappa with a fraction 0 where norms that are equal prove it, one after another."""
    kappa = list(forms.kappa)
    while True:
        known = LinearForms(
            tuple(kappa),
            forms.vanishing,
            tuple(_without(V, kappa) for V in forms.factors),
        )
        for k, t in enumerate(kappa):
            unit = tuple(Fraction(int(i == k)) for i in range(len(kappa)))
            if isinstance(t, Ball) and _ZERO in t and known.vanishes(unit):
                kappa[k] = _ZERO
                break
        else:
            return tuple(kappa)


def _without(V: Matrix, kappa: Sequence[Scalar]) -> Matrix:
    """Return V without the rows where kappa is known to be 0."""
    return tuple(
        (_ZERO,) * len(v) if isinstance(t, Fraction) and t == 0 else v
        for v, t in zip(V, kappa, strict=True)
    )


def _feature(V: Matrix, kappa: Sequence[Scalar]) -> Matrix:
    """Return ``V W'``, W = V without the rows where kappa is 0: ``F = V W'kappa``."""
    W = _without(V, kappa)
    return tuple(tuple(dot(v, w) for w in W) for v in V)


@dataclass(frozen=True)
class _Ties:
    """The features of a basis, as matrices ``V W'``, and kappa with its zeros.

    ``silent`` are rows where kappa is 0 and no feature of the basis, nor what is free, is not:
    their unit vectors are independent of the basis, and further coordinates.
    """

    kappa: Scalars
    basis: tuple[Matrix, ...]
    silent: tuple[int, ...]

    def twin(self, form: Matrix) -> int | None:
        """Return the place in the basis of one that is as long, and agrees but where kappa is 0."""
        if form in self.basis:
            return self.basis.index(form)
        mine = _without(form, self.kappa)
        agreeing = (j for j, F in enumerate(self.basis) if _without(F, self.kappa) == mine)
        return next(agreeing, None)

    def require(self, form: Matrix, part: Part) -> None:
        """Raise Undecided where nothing proves that a part is tied."""
        if self.twin(form) is None:
            raise Undecided(
                f"whether block {part.block + 1} is tied: its features depend on others'"
            )

    def _steps(self) -> list[tuple[int, int]]:
        """Return pairs (j, i), i the first of the basis that j agrees with."""
        pairs = []
        for j, form in enumerate(self.basis):
            mine = _without(form, self.kappa)
            i = next(i for i, F in enumerate(self.basis) if _without(F, self.kappa) == mine)
            if i != j:
                pairs.append((j, i))
        return pairs

    @cached_property
    def _spanned(self) -> tuple[list[tuple[int, int]], list[int], list[Scalars]]:
        """Return independent steps, the rows they change, and their changes there."""
        steps = self._steps()
        changes = [self._change(self.basis[j], self.basis[i]) for j, i in steps]
        rows = [k for k in range(len(self.kappa)) if any(_known(v[k]) for v in changes)]
        middle = [[_middle(v[k]) for k in rows] for v in changes]
        kept = independent_rows(middle) if rows else ()
        return [steps[i] for i in kept], rows, [changes[i] for i in kept]

    def _change(self, form: Matrix, other: Matrix) -> Scalars:
        """Return the difference of two features, 0 where they agree whatever kappa is."""
        found = []
        for p, q in zip(form, other, strict=True):
            difference = [s - t for s, t in zip(p, q, strict=True)]
            found.append(dot(difference, self.kappa) if any(difference) else _ZERO)
        return tuple(found)

    def shares(self, form: Matrix) -> Scalars:
        """Return the coefficients of a tied feature in the basis, then its silent entries.

        Raises
        ------
        Undecided
            When the basis does not span the difference from its twin.
        """
        i = self.twin(form)
        assert i is not None  # required before
        c: list[Scalar] = [Fraction(int(j == i)) for j in range(len(self.basis))]
        if form == self.basis[i]:
            return (*c, *[_ZERO] * len(self.silent))
        change = self._change(form, self.basis[i])
        steps, rows, changes = self._spanned
        inside = {*rows, *self.silent}
        outside = [k for k, t in enumerate(change) if _known(t) and k not in inside]
        if outside or len(steps) < len(rows):
            raise Undecided(
                "tied blocks depend on each other: ties that balls cannot prove"
            )
        square = transpose([[v[k] for k in rows] for v in changes])
        found = solve(square, [change[k] for k in rows])
        if found is None:
            raise Undecided(
                "tied blocks depend on each other: ties that balls cannot prove"
            )
        for (j, other), t in zip(steps, found, strict=True):
            c[j] = c[j] + t
            c[other] = c[other] - t
        return (*c, *(change[k] for k in self.silent))


def _known(x: Scalar) -> bool:
    """Return whether x is not the fraction 0."""
    return not (isinstance(x, Fraction) and x == 0)


def _middle(x: Scalar) -> Fraction:
    if isinstance(x, Ball):
        return x.midpoint
    assert isinstance(x, Fraction)  # there are no others here
    return x


def _vertices(
    ties: _Ties, classes: Sequence[Matrix], total: Sequence[Scalar]
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
