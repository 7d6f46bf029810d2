"""Which of the branches in floats are used: a basic solution of few, each on its own side.

The solver's mixture is in the middle of all optimal ones, and its equations depend on each other.
Nonnegative least squares finds masses on independent columns: outputs that make the fit, with z
of each part 0 on its raised rows, ``>= 0`` on those inside and ``<= 0`` elsewhere, by slacks.
"""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import product
from typing import TYPE_CHECKING, TypeAlias

from polytope_nn.dual.atoms import atom
from polytope_nn.exact.rational import Matrix, Vector
from polytope_nn.exact.scalar import dot, sign, squared_norm
from polytope_nn.parallel.blocks import classes_of, size_of
from polytope_nn.parallel.problem import ParallelProblem
from polytope_nn.search.floats import Hints

from .master import DeepKappa, Part

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Column = NDArray[np.float64]

_Name: TypeAlias = tuple[int, tuple[int, tuple[int, ...]]]
"""The place of a part, and a neuron of it: its sign and face."""

__all__ = ["absorbed", "chosen", "merged_part", "seen", "united"]

_TIGHT = 1e-3  # of beta: a neuron that comes no closer is no optimal one
_END = 1e-4  # a theta so close to 0 or 1 is that
_LITTLE = 1e-2  # of the largest: what the neurons of a smaller part see is known to
_VAGUE = 1e-3
_MOST_ZEROS = 3  # rows where both sides are tried
_DEPENDENT = 1e-7  # outputs of neurons that differ by less are dependent
_NOTHING = 1e-6  # of the largest: a smaller mass is 0
_GONE = 1e-10  # of the largest: what is less after masses moved is 0, too


def chosen(problem: ParallelProblem, found: DeepKappa) -> Iterator[DeepKappa]:
    """Yield kappa with the parts of a basic solution, their masses in units of the fit.

    Where one leaves a part out and another does not the latter comes first: all its branches
    attain beta, and equations of both say so.
    """
    import numpy as np
    from scipy.optimize import nnls

    hints = Hints(problem.design, problem.unit_beta_squared)
    if not found.parts:
        yield found
        return
    merged = tuple(merged_part(part, found.kappa, problem.design) for part in found.parts)
    found = replace(found, parts=_sided(replace(found, parts=merged), hints))
    n, size = problem.n, len(found.parts)
    columns: list[Column] = []
    names: list[_Name] = []
    for j, part in enumerate(found.parts):
        for name, f in _features(problem, found, part, hints):
            column = np.zeros(n * (1 + size))
            kept = list(part.inside)
            column[kept] = part.sigma * f[kept]
            column[n * (1 + j) : n * (2 + j)] = f
            columns.append(column)
            names.append((j, name))
    for j, part in enumerate(found.parts):
        for i in range(n):
            if i not in part.raised:
                slack = np.zeros(n * (1 + size))
                slack[n * (1 + j) + i] = -1 if i in part.inside else 1
                columns.append(slack)
    kappa = tuple(Fraction(t) for t in found.kappa)
    fit = problem.loss.fit(kappa)
    right = np.zeros(n * (1 + size))
    for i, (t, length) in enumerate(zip(fit, hints.lengths, strict=True)):
        right[i] = float(t / length / hints.beta)
    A = np.array(columns).T
    units = np.linalg.norm(A, axis=0)
    units[units == 0] = 1
    try:
        masses = nnls(A / units, right)[0] / units
    except RuntimeError:  # too many steps
        yield found
        return
    other = _other(A / units, masses * units, names)
    if other is not None:
        yield _basic(found, names, A, other / units)
    yield _basic(found, names, A, masses)


def _basic(
    found: DeepKappa, names: "list[_Name]", A: "Column", every: "Column"
) -> DeepKappa:
    """Return the parts of masses and slacks."""
    import numpy as np

    masses = every[: len(names)].copy()
    masses[masses <= _NOTHING * masses.max(initial=0)] = 0
    used = np.flatnonzero(masses)
    masses[used] = _inside(A[:, used], A[:, len(names) :], masses[used])
    masses[masses <= _GONE * masses.max(initial=0)] = 0
    return replace(found, parts=_parts(found, names, masses))


def _other(A: "Column", every: "Column", names: "list[_Name]") -> "Column | None":
    """Return masses and slacks that make the same, most of them in parts that have none."""
    import numpy as np
    from scipy.optimize import linprog

    masses = every[: len(names)]
    largest = masses.max(initial=0)
    used = {j for (j, _), c in zip(names, masses, strict=True) if c > _NOTHING * largest}
    cost = np.array(
        [float(j not in used) for j, _ in names] + [0.0] * len(every[len(names) :])
    )
    _, sizes, V = np.linalg.svd(A)
    turns = V[int((sizes > _DEPENDENT * sizes.max(initial=0)).sum()) :].T
    if not cost.any() or not turns.size:
        return None
    best = linprog(-cost @ turns, A_ub=-turns, b_ub=every, bounds=[(None, None)])
    moved: Column = every + turns @ np.array(best.x) if not best.status else every
    return moved if cost @ moved > _NOTHING * largest else None


def _inside(columns: "Column", slacks: "Column", masses: "Column") -> "Column":
    """Return masses of the same outputs, if there are more, with no slack and no mass small.

    At a slack of 0 the outer ReLU has its kink: digits that are wrong would matter there.
    """
    import numpy as np
    from scipy.optimize import linprog

    sides = slacks.sum(axis=1)  # of each row: its sign, 0 for equations
    equations = columns[sides == 0]
    _, sizes, V = np.linalg.svd(equations / np.linalg.norm(columns, axis=0))
    rank = int((sizes > _DEPENDENT).sum())
    turns = (V[rank:] / np.linalg.norm(columns, axis=0)).T  # the outputs stay
    if not turns.size:
        return masses
    z = -sides[sides != 0, None] * columns[sides != 0]
    size = np.abs(z) @ masses
    z = z[size > 0] / size[size > 0, None]
    own = np.diag(1 / masses)
    rows = np.vstack([z, own])
    moved = np.hstack([-rows @ turns, np.ones((len(rows), 1))])
    free = [(None, None)] * turns.shape[1]
    cost = np.append(np.zeros(turns.shape[1]), -1.0)
    best = linprog(cost, A_ub=moved, b_ub=rows @ masses, bounds=[*free, (None, 1)])
    if best.status or best.x[-1] <= _NOTHING:
        return masses
    moved_masses: Column = masses + turns @ np.array(best.x[:-1])
    return moved_masses


def merged_part(part: Part, kappa: "tuple[float, ...]", X: Matrix) -> Part:
    """Return a part in which one row of a direction is raised at most: what neurons see stays.

    Where one is raised z is 0 on all of them. What they add up to is taken from the rows of the
    other sign, one after the other: theta is 1 on the first, between on one, 0 on the rest. Where
    that is all of them none is raised.
    """
    inside, raised = {*part.inside}, dict(part.raised)
    for rows in classes_of(X):
        if not any(i in raised for i in rows):
            continue
        sizes = {i: float(size_of(X[i])) for i in rows}
        own = {i: part.sigma * kappa[i] for i in rows}
        left = sum(sizes[i] * raised.get(i, own[i] if i in inside else 0.0) for i in rows)
        whole = sum(sizes[i] * own[i] for i in rows)
        inside -= {*rows}
        if whole < 0 and abs(left / whole - 1) < _END:  # theta is 1 for them all
            inside |= {*rows}
            raised = {i: t for i, t in raised.items() if i not in rows}
            continue
        for i in rows:
            raised.pop(i, None)
            if own[i] < 0 and left < 0:
                raised[i] = max(left / sizes[i], own[i])
                left -= raised[i] * sizes[i]
    return replace(part, inside=tuple(sorted(inside)), raised=raised)


def absorbed(found: DeepKappa) -> DeepKappa:
    """Return the same with fewer parts: one that lies in the piece of another is put into it.

    Its neurons are among those of the other and see the same, as far as the digits of a part of
    little mass tell. Mass could move between the two, so their equations would depend on each
    other.
    """
    left = sorted(found.parts, key=lambda part: len(part.faces))
    kept: list[Part] = []
    size = max(map(abs, found.kappa), default=0.0)
    most = max((sum(part.faces.values()) for part in left), default=0.0)
    while left:
        part = left.pop(0)
        little = sum(part.faces.values()) <= _LITTLE * most
        close = (_VAGUE if little else _END) * size
        for own in (left, kept):
            at = next((i for i, q in enumerate(own) if _lies_in(part, q, close)), None)
            if at is not None:
                masses = dict(own[at].faces)
                for name, c in part.faces.items():
                    masses[name] += c
                own[at] = replace(own[at], faces=masses)
                break
        else:
            kept.append(part)
    return replace(found, parts=tuple(kept))


def united(found: DeepKappa) -> DeepKappa:
    """Return the same with one part of those whose neurons see the same: they are of one piece.

    A basic solution may share its masses among such parts, none of which has all its neurons.
    """
    close = _END * max(map(abs, found.kappa), default=0.0)
    kept: list[Part] = []
    for part in found.parts:
        for i, other in enumerate(kept):
            whole = replace(part, faces=dict.fromkeys((*part.faces, *other.faces), 0.0))
            if _lies_in(replace(other, faces=whole.faces), whole, close):
                masses = {
                    name: part.faces.get(name, 0.0) + other.faces.get(name, 0.0)
                    for name in whole.faces
                }
                kept[i] = replace(other, faces=masses)
                break
        else:
            kept.append(part)
    return replace(found, parts=tuple(kept))


def _lies_in(part: Part, other: Part, close: float) -> bool:
    """Return whether the neurons of a part are some of another's, and see the same."""
    if part.sigma != other.sigma or not part.faces.keys() <= other.faces.keys():
        return False
    rows = {i for _, face in part.faces for i, e in enumerate(face) if e > 0}
    return all(
        i in part.raised and abs(part.raised[i] - other.raised[i]) <= close
        if i in other.raised
        else i not in part.raised and (i in part.inside) == (i in other.inside)
        for i in rows
    )


def _sided(found: DeepKappa, hints: Hints) -> tuple[Part, ...]:
    """Return the parts, theta of 1 inside and of 0 outside, on both sides where kappa is 0."""
    made: dict[object, Part] = {}
    zeros = found.zeros[:_MOST_ZEROS]
    for part in found.parts:
        inside, raised = {*part.inside}, dict(part.raised)
        for i, t in part.raised.items():
            k = part.sigma * found.kappa[i]
            close = _END / max(1.0, float(abs(Fraction(k) * hints.lengths[i] / hints.beta)))
            if k < 0 and not close < t / k < 1 - close:
                del raised[i]
                (inside.add if t / k > _END else inside.discard)(i)
        for sides in product((True, False), repeat=len(zeros)):
            own = (inside - {*zeros}) | {i for i, e in zip(zeros, sides, strict=True) if e}
            rows = tuple(sorted(own))
            key = part.sigma, rows, frozenset(part.faces), tuple(raised)
            made.setdefault(key, replace(part, inside=rows, raised=raised))
    return tuple(made.values())


def seen(problem: ParallelProblem, found: DeepKappa, part: Part) -> Vector:
    """Return what the inner neurons of a part see, shape (n,)."""
    mu = [Fraction(0)] * problem.n
    for i in part.inside:
        mu[i] = part.sigma * Fraction(found.kappa[i])
    for i, t in part.raised.items():
        mu[i] = Fraction(t)
    return tuple(mu)


def _features(
    problem: ParallelProblem, found: DeepKappa, part: Part, hints: Hints
) -> "list[tuple[tuple[int, tuple[int, ...]], Column]]":
    """Return the neurons of a part that attain beta, with their features over ``beta |x_i|``."""
    import numpy as np

    mu = seen(problem, found, part)
    kept = []
    for s, face in part.faces:
        a = atom(problem.design, mu, s, face)
        length = float(squared_norm(a.g) / problem.unit_beta_squared)
        signs = [sign(dot(x, a.g)) for x in problem.design]
        lies = all(e in (0, t) for e, t in zip(face, signs, strict=True))
        if lies and abs(length - 1) < _TIGHT:
            pairs = zip(a.feature, hints.lengths, strict=True)
            scaled = [float(t / size / hints.beta) for t, size in pairs]
            kept.append(((s, face), np.array(scaled)))
    return kept


def _parts(
    found: DeepKappa,
    names: "list[tuple[int, tuple[int, tuple[int, ...]]]]",
    masses: "Column",
) -> tuple[Part, ...]:
    """Return the parts in use, without the raised rows that none of their neurons see."""
    made: list[Part] = []
    for j, part in enumerate(found.parts):
        faces = {
            name: float(c)
            for (q, name), c in zip(names, masses, strict=True)
            if q == j and c > 0
        }
        seen = {i for _, face in faces for i, e in enumerate(face) if e > 0}
        raised = {i: t for i, t in part.raised.items() if i in seen}
        if faces:
            made.append(replace(part, raised=raised, faces=faces))
    return tuple(made)
