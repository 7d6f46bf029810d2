"""Dual feasibility and the pieces where depth helps and kappa is in balls (P5, P7).

The equations of the parts say which bounds are tight: a neuron on a leaf that sees the same
symbols as an atom of a part has the length beta. Of rows of one direction it sees the sum: where
positive ones are inside, negative ones may make up for them. All other bounds are proved
strictly, so the zero of the equations is the optimum, and its pieces are those of the tight leaves.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import cast

from polytope_nn.dual.atoms import Atom
from polytope_nn.dual.optimum import Optimum
from polytope_nn.errors import Undecided
from polytope_nn.exact.linear import project_out, transpose
from polytope_nn.exact.rational import Matrix, Vector
from polytope_nn.exact.scalar import Scalar, Scalars, middle, sign
from polytope_nn.limits import Limits

from .blocks import Blocks, classes_of, with_alike
from .conic.saddle import Memory, Saddle
from .depth import two_layer_bound
from .enclosed import RayTree
from .equations.rays import RayForms, Rays, is_nothing
from .equations.solved import DeepAtom, DeepSolution
from .optimum import ParallelOptimum
from .pieces import Known, label, pieces
from .problem import ParallelProblem
from .shifts import Shift, Shifts, is_same
from .tree import Box, Leaf

__all__ = ["deep_enclosed"]

_ONE, _ZERO = Fraction(1), Fraction(0)


def deep_enclosed(
    problem: ParallelProblem,
    solved: DeepSolution,
    limits: Limits,
    flat: Optimum | None = None,
    memory: Memory | None = None,
) -> ParallelOptimum:
    """Return the optimum that a zero of the equations is, with its pieces.

    ``flat`` is the two-layer optimum, where it is known; ``memory`` is of the leaves in floats.

    Raises
    ------
    NotOptimal
        When a branch exceeds beta: floats led astray, or of this width it is not the optimum.
    Undecided
        When a leaf, a piece or a branch of the parts is not decided.
    """
    width = problem.inner_width
    if width is not None and any(len(part.faces) > width for part in solved.parts):
        raise Undecided("kappa: the branches that were found are wider than inner_width")
    blocks = Blocks(problem.design, problem.arrangement)
    hints = tuple((part.sigma, _theta(solved, j)) for j, part in enumerate(solved.parts))
    tree = _DeepTree(
        blocks, solved.kappa, problem.unit_beta_squared, problem.inner_width, limits, hints,
        memory or Memory(), solved=solved,
    )  # fmt: skip
    leaves, solved = tree.leaves, solved.whole
    listed = pieces(leaves, solved.kappa, tuple(_known(solved)), tree.classes, solved.flat)
    branches = tuple(  # rational, near those of the equations
        (
            part.sigma,
            tuple(
                ((a.sign, tuple(middle(t) for t in a.g)), middle(c))
                for a, c in zip(atoms, masses, strict=True)
            ),
        )
        for part, atoms, masses in zip(
            solved.parts, solved.atoms, solved.masses, strict=True
        )
    )
    if not all(map(solved.kept, range(len(solved.parts)))):
        raise Undecided("whether the branches of a network are optimal")
    O = ParallelOptimum(
        problem, solved.kappa, leaves, listed, branches, "interval", limits=limits,
        solved=solved, beside=flat,
    )  # fmt: skip
    two_layer_bound(O)  # or Undecided: that depth helps is proved
    return O


def _known(solved: DeepSolution) -> Iterator[Known]:
    """Yield the branches of the parts: z is 0 on their raised rows, and those of one direction."""
    alike = classes_of(solved.problem.design)
    for part, atoms, masses in zip(solved.parts, solved.atoms, solved.masses, strict=True):
        own = tuple((label(a), c) for a, c in zip(atoms, masses, strict=True))
        yield part.sigma, own, with_alike(part.raised, alike)


def _theta(solved: DeepSolution, j: int) -> dict[int, Scalar]:
    """Return theta of a part on the negative rows that its neurons see."""
    part, places = solved.parts[j], solved.places[j]
    seen = {i for _, face in part.faces for i, e in enumerate(face) if e > 0}
    found: dict[int, Scalar] = {}
    for i in seen:
        k = solved.kappa[i] * part.sigma
        if sign(k) < 0:
            inside = Fraction(int(i in part.inside))
            found[i] = solved.symbols[places[i]] / k if i in places else inside
    return found


@dataclass(frozen=True)
class _DeepTree(RayTree):
    """The search for leaves: tight at atoms of the parts, strict elsewhere."""

    solved: DeepSolution | None = field(default=None, compare=False)
    _columns: dict[tuple[tuple[int, ...], tuple[int, ...]], Matrix] = field(
        default_factory=dict, compare=False
    )

    def told(self, box: Box) -> Iterator[Mapping[int, Scalar]]:
        """Yield theta of the parts, and what makes up for the rows inside."""
        yield from super().told(box)
        yield from (shift.theta for shift in self._shifts.of(box))

    @cached_property
    def _shifts(self) -> Shifts:
        """Theta that makes up for the rows inside."""
        assert self.solved is not None  # as it is made
        return Shifts(self.solved, self.classes, self.signs)

    @property
    def rays(self) -> Rays:
        """What lengths on rays say of kappa and raised entries."""
        assert self.solved is not None  # as it is made
        return self.solved.rays

    def tell(self, box: Box, theta: Mapping[int, Scalar], seen: dict[int, int]) -> None:
        """Keep theta that the rays tell as a shift of the box."""
        self._shifts.tell(box, Shift(theta, seen))

    def _leaf(
        self,
        box: Box,
        theta: Scalars | Vector,
        saddle: Saddle | None = None,
    ) -> Leaf | None:
        """Return the leaf with this theta; None where a bound is not proved."""
        faces = () if saddle is None else saddle.faces
        N = self.negative(box.sigma)
        exact: dict[int, Scalar] = dict(zip(N, theta, strict=True))
        raised = self._raised(box.sigma, exact)
        summed: dict[int, int] = {}  # what a part sees of a class, and here is the same
        for shift in self._shifts.of(box):
            if all(is_same(exact[i], t) for i, t in shift.theta.items()):
                summed |= shift.seen
        summed |= self._kept(box, exact)
        other = {i: t for i, t in exact.items() if i not in summed}
        found: list[Atom] = []
        try:
            if not all(0 <= t <= 1 for t in exact.values()):
                return None
            for s, rows in ((1, {*box.inside, *box.open}), (-1, {*box.inside})):
                whole = rows | {i for i, t in exact.items() if i not in raised and t == 1}
                seen = {i: i + 1 for i in whole} | raised | summed
                known = {i: t for i, t in seen.items() if t}
                found += self._tight(box, s, other, known, faces)
        except Undecided:
            return None
        listed = tuple(sorted(found, key=lambda a: a.key))
        return Leaf(box.sigma, box.inside, box.open, box.excluded, exact, listed)

    def _kept(self, box: Box, theta: Mapping[int, Scalar]) -> dict[int, int]:
        """Return the symbols of rows of one direction of which theta keeps the whole sum."""
        kept = self.whole(box)
        whole = {i for i, t in kept.items() if theta[i] is t and sign(t) > 0}
        return {i: i + 1 for rows in self.classes if whole & {*rows} for i in rows}

    def _agree(self, a: DeepAtom, seen: Mapping[int, int], its: Mapping[int, int]) -> bool:
        """Return whether an atom sees in these symbols what it does in its own, in sum."""
        sums = self.rays.sum
        flat = self._flat(a.covector, tuple(its))
        return not any(
            sums(
                (t, x * turn)
                for i, x in zip(its, column, strict=True)
                for t, turn in ((seen.get(i, 0), 1), (its[i], -1))
            )
            for column in flat
        )

    def _flat(self, face: tuple[int, ...], rows: tuple[int, ...]) -> Matrix:
        """Return rows of the design without what the walls of a face take, column by column."""
        X = self.blocks.X
        if (face, rows) not in self._columns:
            walls = [x for x, e in zip(X, face, strict=True) if not e and any(x)]
            flat = transpose([project_out(walls, X[i]) for i in rows])
            self._columns[face, rows] = cast("Matrix", flat)  # rational in, rational out
        return self._columns[face, rows]

    def _raised(self, sigma: int, theta: Mapping[int, Scalar]) -> dict[int, int]:
        """Return the symbols of the rows where theta is that of a part."""
        assert self.solved is not None  # as it is made
        found: dict[int, int] = {}
        for (s, hint), places in zip(self.hints, self.solved.places, strict=True):
            if s == sigma:
                own = {i for i in places if i in hint and theta.get(i) is hint[i]}
                found |= {i: s * (places[i] + 1) for i in own}
        return found

    def _tight(
        self,
        box: Box,
        s: int,
        theta: Mapping[int, Scalar],
        seen: dict[int, int],
        faces: Sequence[tuple[int, ...]],
    ) -> Sequence[Atom]:
        """Return the atoms of one sign that are tight, all bounds being proved.

        Of those that no part has only such on ``faces`` are looked for.
        """
        solved = self.solved
        assert solved is not None  # as it is made
        sigma, mu = box.sigma, list[Scalar]()
        for i, k in enumerate(self.kappa):
            loose = k * theta[i] if i in theta else Fraction(0)
            mu.append((solved.value(seen[i]) if i in seen else loose) * sigma)
        unseen = {i for i in range(len(mu)) if i not in seen and not is_nothing(mu[i])}
        seen = solved.left(seen)
        known: dict[tuple[int, ...], Atom] = {}
        for part, own in zip(solved.parts, solved.atoms, strict=True):
            for a in own:
                turn = s * sigma * a.sign * part.sigma
                rows = [i for i, e in enumerate(a.covector) if e > 0 and self.signs[i]]
                its = {i: turn * a.symbols[i] for i in rows}
                apart = any(a.covector[i] > 0 for i in unseen)
                if not apart and self._agree(a, seen, its):
                    own_seen = {i: t for i, t in (seen | its).items() if t}
                    known.setdefault(
                        a.covector, solved.atom(sigma, s, a.covector, own_seen)
                    )
        for face in faces:
            if face not in known and not any(face[i] > 0 for i in unseen):
                other = solved.implied(sigma, s, face, seen)
                known |= {} if other is None else {face: other}
        forms = RayForms(tuple(mu), rays=self.rays, seen=seen)
        return self.bounded((box, s), known.values(), tuple(mu), forms)
