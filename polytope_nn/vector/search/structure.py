"""Which kernels a dual variable in floats has: a guess, which the system and balls prove."""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import product
from typing import TYPE_CHECKING, cast

from polytope_nn.vector.balls.parts import Part, upper
from polytope_nn.vector.balls.system import System
from polytope_nn.vector.lifted import plane_rays
from polytope_nn.vector.oracle import Kernel

from .columns import DEPENDENT, dependent, least_squares, lengths_of
from .generation import Generation, Hint, Peak
from .loosening import Start, loosened
from .standing import Seen, standings

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["Start", "starts"]

_NEAR = (1e-7, 1e-5, 1e-8, 1e-4, 1e-9, 1e-3)  # of beta: how near is tight
_INSIDE = (1e-9, 1e-6, 0.0)  # how far from its walls a direction of a face is
_ABOVE = 1e-9
_PLANE = 2
_ROUNDS = 30


def starts(generation: Generation, hint: Hint) -> Iterator[Start]:
    """Yield systems whose solution the hint may be near to, each once, the likeliest first."""
    N = hint.N / float(generation.scales[1])
    peaks = generation.peaks(N)
    known = set()
    for near, inside in product(_NEAR, _INSIDE):
        found = _tight(generation, peaks, near, inside)
        parts = tuple(part for part, _ in found)
        for pieces in standings(generation.problem, hint, parts):
            if (parts, pieces) not in known:
                known.add((parts, pieces))
                yield _start(Seen(generation, hint, pieces), found)


def _tight(
    generation: Generation, peaks: list[Peak], near: float, inside: float
) -> "list[tuple[Part, Floats]]":
    """Return the maximal faces whose kernel seems to meet them, with its basis U."""
    import numpy as np

    found = []
    for peak, (_, Q, _) in zip(peaks, generation.bases, strict=True):
        k = int((peak.values > 1 - near).sum())
        if not k or peak.values[0] > 1 + max(near, _ABOVE):
            continue
        vectors = peak.vectors[:, :k]
        if _meets(generation, peak, Q.T @ vectors, inside):
            B = np.array([[float(t) for t in b] for b in peak.face.basis])
            U = least_squares(B.T, Q.T @ vectors)
            whole = k == peak.face.w == _PLANE
            found.append(_plane(generation, peak) if whole else _pivoted(peak, U))
    largest = [
        (part, U)
        for part, U in found
        if not any(part is not p and part.face.in_closure_of(p.face) for p, _ in found)
    ]
    return _one_of_twins(largest) if generation.problem.is_even else largest


def _one_of_twins(
    found: "list[tuple[Part, Floats]]",
) -> "list[tuple[Part, Floats]]":
    """Return the parts less those opposite to one before: their kernels are opposite, too."""
    kept: list[tuple[Part, Floats]] = []
    for part, U in found:
        opposite = tuple(-s for s in part.face.covector)
        if not any(p.face.covector == opposite for p, _ in kept):
            kept.append((part, U))
    return kept


def _meets(generation: Generation, peak: Peak, vectors: "Floats", inside: float) -> bool:
    """Return whether the span of some vectors seems to meet the open face, so far inside."""
    import numpy as np

    signs = np.array(peak.face.covector)
    rows = (signs[:, None] * (generation.directions @ vectors))[signs != 0]
    if vectors.shape[1] == 1:
        return bool((rows > inside).all() or (rows < -inside).all())
    from scipy.optimize import linprog

    k = rows.shape[1]
    solved = linprog(
        np.r_[np.zeros(k), -1],
        A_ub=np.c_[-rows, np.ones(len(rows))],
        b_ub=np.zeros(len(rows)),
        bounds=[(-1, 1)] * k + [(None, 1)],
        method="highs",
    )
    return solved.x is not None and bool(-solved.fun > max(inside, _ABOVE))


def _pivoted(peak: Peak, U: "Floats") -> "tuple[Part, Floats]":
    """Return the part, and U with the identity at its pivots."""
    import numpy as np
    from scipy.linalg import qr

    k = U.shape[1]
    order = qr(U.T, mode="economic", pivoting=True)[2]
    pivots = tuple(sorted(int(i) for i in order[:k]))
    return Part(peak.face, pivots), U @ np.linalg.inv(U[list(pivots)])


def _plane(generation: Generation, peak: Peak) -> "tuple[Part, Floats]":
    """Return the part of a plane that fills W, in the basis of its rays.

    Two such planes that share a ray then have one column in common, and one equation.
    """
    import numpy as np

    units = ((Fraction(1), Fraction(0)), (Fraction(0), Fraction(1)))
    rays = plane_rays(Kernel(peak.face, units, units[0]))
    basis = tuple(tuple(cast("Fraction", t) for t in ray.g) for ray in rays)
    face = peak.face.on(generation.problem.design, basis)
    return Part(face, (0, 1)), np.eye(2)


def _columns(seen: Seen, found: "list[tuple[Part, Floats]]") -> "tuple[Floats, Floats]":
    """Return what the entries of all S add to the fit, as the entries see it, as columns.

    Beside them the lengths of what they add to the whole fit: bases are of any length.
    """
    import numpy as np

    columns, whole = [], []
    for part, U in found:
        Phi = _images(part) @ U
        H = seen.hint.N.T @ Phi
        for i, j in upper(part.k):
            F = np.outer(Phi[:, i], H[:, j])
            if i != j:
                F = F + np.outer(Phi[:, j], H[:, i])
            columns.append(seen.column(F))
            whole.append(seen.length(F))
    return np.array(columns).T, np.array(whole)


def _images(part: Part) -> "Floats":
    import numpy as np

    return np.array([[float(t) for t in row] for row in part.images])


def _start(seen: Seen, found: "list[tuple[Part, Floats]]") -> Start:
    """Return the system of some kernels, and the hint as a point of it."""
    import numpy as np

    hint = seen.hint
    masses, held = np.zeros(0), set()
    if found:
        columns, whole = _columns(seen, found)
        if hint.central:
            masses = _seen_masses(seen, found)
        else:
            masses = _weights(columns, seen.column(seen.fit), found)
        held = _dependent(columns, whole, masses)
        if held and any(part.k > 1 for part, _ in found):
            masses = _seen_masses(seen, found)  # a point that neurons make
            held = _dependent(columns, whole, masses)
        elif not hint.central:
            masses = _split(masses, [part for part, _ in found])
    parts, at = [], 0
    for part, _ in found:
        places = upper(part.k)
        known = tuple(
            (place, Fraction(float(masses[at + i])))
            for i, place in enumerate(places)
            if at + i in held
        )
        parts.append(replace(part, held=known))
        at += len(places)
    a = seen.coefficients(_made(hint, found, masses))
    given = tuple((i, Fraction(float(a[i]))) for i in seen.given)
    system = System(seen.generation.problem, tuple(parts), seen.pieces, given)
    point = seen.own
    point += [float(t) for t in a]
    at = 0
    for part, U in found:
        point += [float(U[i, j]) for i in part.others for j in range(part.k)]
        size = len(upper(part.k))
        point += [float(masses[i]) for i in range(at, at + size) if i not in held]
        at += size
    return loosened(Start(system, tuple(map(Fraction, point))))


def _made(hint: Hint, found: "list[tuple[Part, Floats]]", masses: "Floats") -> "Floats":
    """Return what the neurons add to the fit, shape (n, c)."""
    import numpy as np

    total, at = np.zeros(hint.N.shape), 0
    for part, U in found:
        Phi = _images(part) @ U
        S = np.zeros((part.k, part.k))
        for i, j in upper(part.k):
            S[i, j] = S[j, i] = masses[at]
            at += 1
        total = total + Phi @ S @ (hint.N.T @ Phi).T
    return total


def _weights(
    columns: "Floats", target: "Floats", found: "list[tuple[Part, Floats]]"
) -> "Floats":
    """Return entries of the S that make the fit: of atoms alone a basic nonnegative point."""
    from polytope_nn.search.programs.nonnegative import nonnegative

    if any(part.k > 1 for part, _ in found):
        return least_squares(columns, target)
    unit, size = lengths_of(columns)
    return nonnegative(unit, target) / size


def _seen_masses(seen: Seen, found: "list[tuple[Part, Floats]]") -> "Floats":
    """Return the entries of all S that the neurons of the hint make."""
    import numpy as np

    generation, masses = seen.generation, []
    x = float(generation.scales[0])
    unit = 1 / (x * x * generation.beta)  # of a mass: |z| is mass beta |u|
    left = list(seen.hint.used)
    for part, U in found:
        B = np.array([[float(t) for t in b] for b in part.face.basis]).T @ U
        S = np.zeros((part.k, part.k))
        own = [f for f in left if f[0].in_closure_of(part.face)]
        left = [f for f in left if not any(f is g for g in own)]
        for _, u, size in own:
            a = least_squares(B, u)
            S += size * unit * np.outer(a, a)
        masses += [S[i, j] for i, j in upper(part.k)]
    return np.array(masses)


def _split(masses: "Floats", parts: list[Part]) -> "Floats":
    """Return the masses with those of shared rays shared out, to keep each T positive."""
    masses = masses.copy()
    at = _beginnings(parts)
    rays: dict[tuple[Fraction, ...], list[tuple[int, int, int]]] = {}
    for part, start in zip(parts, at, strict=True):
        if part.k == part.face.w == _PLANE:
            for own, other, ray in zip((0, 2), (2, 0), part.face.basis, strict=True):
                places = (start + own, start + 1, start + other)
                rays.setdefault(ray, []).append(places)
    for _ in range(_ROUNDS):
        for shared in rays.values():
            if len(shared) < 2:
                continue
            total = sum(masses[own] for own, _, _ in shared)
            least = [masses[mixed] ** 2 / masses[other] for _, mixed, other in shared]
            spare = (total - sum(least)) / len(shared)
            for (own, _, _), low in zip(shared, least, strict=True):
                masses[own] = low + spare
    return masses


def _beginnings(parts: list[Part]) -> list[int]:
    """Return where the entries of each part's S begin."""
    starts, at = [], 0
    for part in parts:
        starts.append(at)
        at += len(upper(part.k))
    return starts


def _dependent(columns: "Floats", whole: "Floats", masses: "Floats") -> set[int]:
    """Return the columns that depend on the others, those with little mass first."""
    import numpy as np

    seen = np.linalg.norm(columns, axis=0) > DEPENDENT * whole  # others are on flats alone
    columns = columns * seen
    heavy = np.abs(masses) * lengths_of(columns)[1]
    return dependent(columns, np.argsort(-heavy, kind="stable"))
