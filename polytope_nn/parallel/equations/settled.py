"""Neurons on the faces on which the digits of a solution put them (P1, P7).

Floats take a direction for one on a wall where it is close, and for one beside it where their
digits are wrong. For what a part sees by Newton's digits the projections onto the topes around a
face are exact: where one of them lies elsewhere the neuron is put there. Of a negative row that no
neuron of the part sees theta is not known: topes that see it are left out.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from fractions import Fraction

from polytope_nn.exact.rational import Vector
from polytope_nn.exact.scalar import dot, squared_norm
from polytope_nn.parallel.blocks import Blocks
from polytope_nn.parallel.conic.master import DeepKappa
from polytope_nn.parallel.problem import ParallelProblem
from polytope_nn.search.floats import to_float

from .deep import DeepSystem
from .theta import near

__all__ = ["basic", "settled", "used"]

_BITS = 200  # of Newton's digits
_FLAT = Fraction(1, 1 << 100)  # of a row times a direction: what is less is 0
_APART = Fraction(1, 1000)  # of beta: a kappa that differs by more is another
_NOTHING = _FLAT  # in units of the problem: what is less seems to be 0
_DEPENDENT = 1e-9  # outputs of neurons that differ by less are dependent
_LITTLE = 1e-4  # of the largest mass: a smaller one of a basic solution is 0
_ROUNDS = 4

_Face = tuple[int, ...]


def settled(problem: ParallelProblem, found: DeepKappa) -> DeepKappa | None:
    """Return what was found, its neurons on other faces; None where none leaves its own."""
    blocks = Blocks(problem.design, problem.arrangement)
    before = _lifted(problem, found)
    for _ in range(_ROUNDS):
        after = _moved(problem, before, blocks)
        if after is None:
            break
        before = after
    return None if before is found else before


def _lifted(problem: ParallelProblem, found: DeepKappa) -> DeepKappa:
    """Return the same, neurons beside the walls of rows of which they make a little.

    A row that no neuron makes has the kappa of a fit 0: where floats say another, some do.
    """
    system = DeepSystem(problem, found.parts)
    kappa = system.start(found.kappa)[: problem.n]
    made = {i: t - kappa[i] for i, t in system.told.items() if abs(t - kappa[i]) > _APART}
    parts = []
    for part in found.parts:
        own = {i for i in made.keys() & {*part.inside} if made[i] * part.sigma > 0}
        faces = {
            (s, tuple(s if i in own and not e else e for i, e in enumerate(face))): c
            for (s, face), c in part.faces.items()
        }
        parts.append(replace(part, faces=faces))
    return replace(found, parts=tuple(parts)) if parts != [*found.parts] else found


def _moved(problem: ParallelProblem, found: DeepKappa, blocks: Blocks) -> DeepKappa | None:
    """Return the same at its solution, once with other faces; None where they stay."""
    system = DeepSystem(problem, found.parts)
    solved = system.solution(found.kappa, _BITS)
    if solved is None:
        return None
    point = [near(t, _BITS) for t in system.real(solved)]
    parts, at, moved = [], problem.n, False
    for part in found.parts:
        first = at + len(part.raised)
        raised = point[at:first]
        at = first + len(part.faces)
        mu = system.mu(part, point[: problem.n], raised)
        seen = {i for _, face in part.faces for i, e in enumerate(face) if e > 0}
        free = {i for i, k in enumerate(point[: problem.n]) if part.sigma * k < 0} - seen
        faces: dict[tuple[int, _Face], float] = {}
        for (s, face), c in part.faces.items():
            own = _face(blocks, (s, face), mu, free)
            moved = moved or own != face
            faces[s, own] = faces[s, own] + c if (s, own) in faces else c
        told = dict(zip(part.raised, map(to_float, raised), strict=True))
        parts.append(replace(part, raised=told, faces=faces))
    kappa = tuple(map(to_float, point[: problem.n]))
    return replace(found, kappa=kappa, parts=tuple(parts)) if moved else None


def _face(
    blocks: Blocks, neuron: tuple[int, _Face], mu: Vector, free: Collection[int]
) -> _Face:
    """Return the face of the longest projection onto a tope around that of a neuron."""
    s, face = neuron
    longest, found = Fraction(0), face
    for t, pattern in enumerate(blocks.arrangement.patterns):
        around = all(e in (0, p) for e, p in zip(face, pattern, strict=True))
        if around and not any(pattern[i] > 0 for i in free):
            g = blocks.projection(mu, (s, t))[0]
            length = near(squared_norm(g), 1)
            if length > longest * (1 + _FLAT):
                longest, found = length, _signs(blocks, [near(u, 1) for u in g])
    return found


def _signs(blocks: Blocks, g: Sequence[Fraction]) -> _Face:
    """Return the signs of the rows on a direction, those of little being 0."""
    size, found = squared_norm(g), []
    for x in blocks.X:
        height = dot(x, g)
        flat = height * height <= _FLAT**2 * squared_norm(x) * size
        found.append(0 if flat else 1 if height > 0 else -1)
    return tuple(found)


def used(system: DeepSystem, found: DeepKappa, point: Sequence[Fraction]) -> DeepKappa:
    """Return what was found without parts whose masses are 0 by their digits.

    Floats took little masses for some; then kappa that is 0 by its digits is known to be, too.
    """
    parts, at = [], system.problem.n
    for part in found.parts:
        first = at + len(part.raised)
        at = first + len(part.faces)
        if any(abs(c) > _NOTHING for c in point[first:at]):
            parts.append(part)
    if len(parts) == len(found.parts):
        return found
    zeros = (i for i, t in enumerate(point[: system.problem.n]) if abs(t) <= _NOTHING)
    return replace(found, parts=(*parts,), zeros=(*sorted({*found.zeros, *zeros}),))


def basic(problem: ParallelProblem, found: DeepKappa) -> DeepKappa | None:
    """Return what was found at its solution, its masses on independent outputs.

    Where outputs of parts depend on each other masses may be moved until some are 0, and floats put
    masses on all of them: their equations would depend on each other, too. None where outputs are
    independent, or no masses ``>= 0`` make the same with each z on its side.
    """
    import numpy as np
    from scipy.optimize import linprog

    system = DeepSystem(problem, found.parts)
    solved = system.solution(found.kappa, _BITS)
    columns = [*system.masses]
    if solved is None or not columns:
        return None
    J = np.array([[float(row[j]) for j in columns] for row in system.at(solved)[1]])
    units = np.linalg.norm(J, axis=0)
    units[units == 0] = 1  # of a neuron that makes nothing
    _, sizes, _ = np.linalg.svd(J / units)
    if len(sizes) == len(columns) and sizes[-1] > _DEPENDENT * sizes[0]:
        return None
    made = J @ np.array([float(solved[j]) for j in columns])
    sides = np.array(system.sides(solved), dtype=float).reshape(-1, len(columns))
    size = np.abs(made).max() or 1.0
    best = linprog(
        np.zeros(len(columns)), A_ub=-sides / units, b_ub=np.zeros(len(sides)),
        A_eq=J / units, b_eq=made / size,
    )  # fmt: skip
    if best.status:
        return None
    masses = best.x * (best.x > _LITTLE * best.x.max()) * size / units
    point = [near(t, _BITS) for t in system.real(solved)]
    own = [float(c) * float(system.units.mass) for c in masses]
    parts, at = [], problem.n
    for part in found.parts:
        first = at + len(part.raised)
        faces = {name: own.pop(0) for name in part.faces}
        kept = {name: c for name, c in faces.items() if c > 0}
        seen = {i for _, face in kept for i, e in enumerate(face) if e > 0}
        told = zip(part.raised, map(to_float, point[at:first]), strict=True)
        raised = {i: t for i, t in told if i in seen}
        at = first + len(faces)
        parts += [replace(part, raised=raised, faces=kept)] if kept else []
    kappa = tuple(map(to_float, point[: problem.n]))
    return replace(found, kappa=kappa, parts=tuple(parts))
