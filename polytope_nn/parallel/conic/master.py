"""Kappa in floats, where depth helps: the dual program over the sign patterns that press (P3).

``max kappa'y - L*`` over the kappa with ``min over nu >= 0 of max over blocks of |g| <=
beta``, where the blocks see ``sigma kappa_S + nu`` on S and ``-nu`` elsewhere, for every
sign sigma and every set S of rows where a branch may be positive: a conic program, jointly
in kappa and nu. Only the S that a tree of leaves in floats finds violated are put in, with few
inner neurons each with its blocks. Nothing here is believed.
"""

from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import accumulate
from typing import TYPE_CHECKING

from polytope_nn.dual.feasibility import enclosure
from polytope_nn.exact.scalar import Scalars
from polytope_nn.parallel.blocks import Block, Blocks
from polytope_nn.parallel.problem import ParallelProblem
from polytope_nn.search.floats import Hints, to_float
from polytope_nn.search.programs.interior_point import ConeName, cone_program

from .pressing import Group, boxes, positive, violated
from .saddle import Memory, Saddles
from .zoom import spread

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

__all__ = ["DeepKappa", "Part", "completed", "deep_kappa", "exceeded"]

_ROUNDS = 60
_EXCEEDED = 1e-4  # of beta: what floats see by far
_TIGHT = 1e-6  # of beta: branches that come so close may attain it
_ACCURACY = 1e-13  # that is asked of the solver; the best that it reaches is taken
_USED = 1e-4  # of the largest: a smaller mass is not in use, or only beside less
_LEAST = 1e-5  # of the largest: branches of a smaller mass are none
_ZERO = 1e-6  # of the largest: a smaller kappa may be 0
_FLAT = 1e-4  # of a row times a direction: the direction may lie on the row's wall

_NOTHING = Fraction(0)


@dataclass(frozen=True)
class Part:
    """Optimal branches of one sign and set S, in floats: what the conic program says of it.

    ``inside`` are the rows of S, ``raised`` those where mu is not fixed by kappa (and z is 0), with
    mu there; ``faces`` are sign and face of each inner neuron in use, with its mass.
    """

    sigma: int
    inside: tuple[int, ...]
    raised: dict[int, float]
    faces: dict[tuple[int, tuple[int, ...]], float]


@dataclass(frozen=True)
class DeepKappa:
    """Kappa in floats, the branches that make its fit, and where kappa may be 0.

    ``unused`` are branches that attain beta, and no fit is seen to need. ``every`` are the parts
    with those of little mass, too, and all neurons that are not little beside others of a part.
    ``memory`` is what is known of leaves.
    """

    kappa: tuple[float, ...]
    parts: tuple[Part, ...]
    zeros: tuple[int, ...] = ()
    unused: tuple[Part, ...] = ()
    every: tuple[Part, ...] = ()
    memory: Memory = field(default_factory=Memory, compare=False)

    @property
    def ways(self) -> "tuple[DeepKappa, ...]":
        """The same without parts of little mass, and with them; that first where one is empty."""
        finer = replace(self, parts=self.every)
        if self.parts == self.every:
            return (self,)
        return (self, finer) if all(p.faces for p in self.parts) else (finer, self)

    @property
    def degenerate(self) -> "DeepKappa":
        """The same, its unused branches taken for used ones: their equations tell kappa."""
        return replace(self, parts=(*self.parts, *self.unused), unused=())


def exceeded(problem: ParallelProblem, kappa: Scalars) -> list[Group]:
    """Return branches that seem to exceed beta by far for kappa, the largest of each sign."""
    blocks = Blocks(problem.design, problem.arrangement)
    middles = tuple(enclosure(x)[0] for x in kappa)
    return violated(Saddles(blocks, middles, problem.unit_beta_squared), slack=_EXCEEDED)


def deep_kappa(
    problem: ParallelProblem,
    start: Scalars,
    width: int | None = None,
    first: "Sequence[Group]" = (),
    memory: Memory | None = None,
) -> DeepKappa | None:
    """Return kappa in floats, starting from that of two layers; None where floats fail.

    With a ``width`` branches have at most so many inner neurons; ``first`` are branches that
    are known to exceed beta, ``memory`` what is known of leaves.
    """
    blocks = Blocks(problem.design, problem.arrangement)
    square = problem.unit_beta_squared
    master = _Master(problem, blocks, Hints(problem.design, square))
    kappa: Scalars = tuple(enclosure(x)[0] for x in start)
    groups: dict[tuple[int, tuple[int, ...], object], tuple[Block, ...]] = {}
    memory = memory or Memory()
    found: DeepKappa | None = None
    for _ in range(_ROUNDS):
        pressing = [*first] if first and found is None else []
        pressing = pressing or violated(Saddles(blocks, kappa, square, memory), width)
        new = [g for g in pressing if not {*g[2]} <= {*groups.get(_name(g, width), ())}]
        if not new:
            return None if found is None else replace(found, memory=memory)
        for g in new:
            known = groups.get(_name(g, width), ())
            groups[_name(g, width)] = tuple(sorted({*known, *g[2]}))
        found = master.solved([(*name[:2], own) for name, own in groups.items()])
        if found is None:
            return None
        kappa = tuple(Fraction(x) for x in found.kappa)
    return None


def _name(group: Group, width: int | None) -> tuple[int, tuple[int, ...], object]:
    """Return what groups of one set of blocks share; without a width that may grow."""
    sigma, inside, used = group
    return sigma, inside, None if width is None else used


def completed(
    problem: ParallelProblem, found: DeepKappa, width: int | None = None
) -> DeepKappa:
    """Return kappa with the branches that attain beta and no fit is seen to need."""
    blocks = Blocks(problem.design, problem.arrangement)
    kappa = tuple(
        _NOTHING if i in found.zeros else Fraction(t) for i, t in enumerate(found.kappa)
    )
    saddles = Saddles(blocks, kappa, problem.unit_beta_squared, found.memory)
    parts: list[Part] = []
    known = {(part.sigma, frozenset(part.faces)) for part in found.parts}
    for sigma, saddle in boxes(saddles, 1 - _TIGHT, width):
        negative = [i for i, t in enumerate(kappa) if sigma * t < 0]
        theta = dict(zip(negative, saddle.theta, strict=True))
        inner = {negative[j] for j in saddle.inner}
        inside = {*positive(saddles, saddle), *(i for i in negative if theta[i] > 0.5)}
        part = Part(
            sigma,
            tuple(sorted(inside - inner)),
            {i: float(kappa[i]) * sigma * theta[i] for i in sorted(inner)},
            {(b[0], face): 0.0 for (b, _), face in
             zip(saddle.neurons, saddle.faces, strict=True)},
        )  # fmt: skip
        key = (sigma, frozenset(part.faces))
        if key not in known:
            known.add(key)
            parts.append(part)
    return replace(found, unused=tuple(parts))


@dataclass(frozen=True)
class _Master:
    problem: ParallelProblem
    blocks: Blocks
    hints: Hints

    def solved(self, groups: list[Group]) -> DeepKappa | None:
        """Return the kappa that is optimal for some signs and sets."""
        import numpy as np
        from scipy import sparse

        n, d = self.hints.unit.shape
        facets = [
            self.blocks.arrangement.facets(p) for p in self.blocks.arrangement.patterns
        ]
        owned = [g[2] for g in groups]
        sizes = [n + sum(len(facets[t]) for _, t in own) for own in owned]
        starts = list(accumulate(sizes, initial=n))
        size = starts.pop()
        nonnegative = size - n
        sides = sparse.hstack(
            [sparse.csc_matrix((nonnegative, n)), -sparse.identity(nonnegative)]
        )
        places: list[NDArray[np.int64]] = []
        rows: list[NDArray[np.float64]] = []
        for (sigma, chosen, _), own, nu in zip(groups, owned, starts, strict=True):
            at = nu + n
            inside = np.isin(np.arange(n), chosen)
            for s, t in own:
                mine = facets[t]
                rows.append(self._cone(sigma, s, t, inside))
                columns = [*range(n), *range(nu, nu + n), *range(at, at + len(mine))]
                places.append(np.array(columns, dtype=np.int64))
                at += len(mine)
        right = np.concatenate(
            [np.zeros(nonnegative), np.tile([1.0, *[0.0] * d], len(rows))]
        )
        cones: list[ConeName] = [("NonnegativeConeT", (nonnegative,))]
        cones += [("SecondOrderConeT", (d + 1,))] * len(rows)
        quadratic, linear = self._objective()
        P = sparse.csc_matrix(sparse.diags(np.concatenate([quadratic, np.zeros(size - n)])))
        A = sparse.csc_matrix(sparse.vstack([sides, spread(rows, places, size)]))
        cost = np.concatenate([linear, np.zeros(size - n)])
        solution = cone_program(P, cost, A, right, cones, accuracy=_ACCURACY)
        if not solution.solved:
            return None
        x, duals = solution.x, solution.z[nonnegative:].reshape(len(rows), d + 1)
        largest = float(duals[:, 0].max(initial=0))
        # the same neurons: the same branches
        parts, every = dict[object, Part](), dict[object, Part]()
        for group, own, nu in zip(groups, owned, starts, strict=True):
            rest, duals = duals[: len(own)], duals[len(own) :]
            mass = float(rest[:, 0].sum())
            pairs = list(zip(own, rest, strict=True))
            for least, of, into in (
                (_USED * largest, largest, parts),
                (_LEAST * largest, float(rest[:, 0].max(initial=0)), every),
            ):
                if mass > least:
                    part = self._part(group, x[:n], x[nu : nu + n], pairs, of)
                    made = frozenset(self._made(pairs) & {*part.inside})
                    into.setdefault((part.sigma, frozenset(part.faces), made), part)
        scaled = zip(x[:n], self.hints.lengths, strict=True)
        kappa = (Fraction(float(t)) * self.hints.beta / length for t, length in scaled)
        nothing = np.flatnonzero(np.abs(x[:n]) <= _ZERO * np.abs(x[:n]).max(initial=0))
        zeros = tuple(int(i) for i in nothing)
        return DeepKappa(
            tuple(map(to_float, kappa)), (*parts.values(),), zeros, every=(*every.values(),)
        )

    def _part(
        self,
        group: Group,
        scaled: "NDArray[np.float64]",
        nu: "NDArray[np.float64]",
        duals: "Sequence[tuple[Block, NDArray[np.float64]]]",
        largest: float,
    ) -> Part:
        """Return what the solution says of one sign and set."""
        import numpy as np

        sigma, inside, _ = group
        size = float(np.abs(scaled).max(initial=0))
        raised = {}
        for i, t in enumerate(nu):
            if t > _USED * size:
                mu = (sigma * float(scaled[i]) + float(t)) if i in inside else -float(t)
                raised[i] = to_float(Fraction(mu) * self.hints.beta / self.hints.lengths[i])
        faces: dict[tuple[int, tuple[int, ...]], float] = {}
        for (s, _), dual in duals:
            if dual[0] > _USED * largest:
                products = self.hints.unit @ -dual[1:]
                flat = np.abs(products) <= _FLAT * np.linalg.norm(dual[1:])
                face = tuple(int(t) for t in np.where(flat, 0, np.sign(products)))
                faces[s, face] = faces.get((s, face), 0.0) + float(dual[0])
        return Part(sigma, inside, raised, faces)

    def _made(self, duals: "Sequence[tuple[Block, NDArray[np.float64]]]") -> set[int]:
        """Return the rows where the inner neurons of a group add up to more than 0."""
        import numpy as np

        z = np.zeros(len(self.hints.unit))
        for (s, _), dual in duals:
            z += s * np.maximum(self.hints.unit @ -dual[1:], 0)
        return {int(i) for i in np.flatnonzero(z > _FLAT * np.abs(z).max())}

    def _objective(self) -> "tuple[NDArray[np.float64], NDArray[np.float64]]":
        """Return the quadratic and linear parts of ``L* - kappa'y`` in scaled kappa."""
        import numpy as np

        D = self.problem.two_layer
        unit = [self.hints.beta / length for length in self.hints.lengths]
        pairs = zip(unit, D.weights, D.y, strict=True)
        quadratic, linear = [], []
        for u, w, y in pairs:
            quadratic.append(u * u / w)
            linear.append(-u * y)
        largest = max(map(abs, (*quadratic, *linear)))
        return (
            np.array([to_float(x / largest) for x in quadratic]),
            np.array([to_float(x / largest) for x in linear]),
        )

    def _cone(
        self, sigma: int, s: int, t: int, inside: "NDArray[np.bool_]"
    ) -> "NDArray[np.float64]":
        """Return the rows of one block of one group, ``|g| <= 1``, on its own columns.

        These are kappa, the nu of the group, and the multipliers of the block's facets.
        """
        import numpy as np

        U = self.hints.unit
        named = self.blocks.arrangement.patterns[t]
        pattern, mine = np.array(named), list(self.blocks.arrangement.facets(named))
        active = pattern > 0
        side = np.where(inside, 1, -1)
        parts = [
            -(s * sigma * (active & inside)[:, None] * U).T,
            -(s * (side * active)[:, None] * U).T,
            -(pattern[mine, None] * U[mine]).T,
        ]
        return np.vstack([np.zeros((1, 2 * len(U) + len(mine))), np.hstack(parts)])
