"""Dual feasibility of a two-layer kappa in balls: which bounds are tight is known (P5, P6).

A two-layer kappa that is known in balls only is proved by its atoms: the leaves see vectors
mu that agree with kappa on the rows of an atom or do not, and where they agree the bound is
tight at that atom; everywhere else a rounded multiplier proves a strict bound.
"""

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property

from polytope_nn.dual.atoms import Atom, Bound, atom
from polytope_nn.dual.feasibility import feasibility
from polytope_nn.dual.optimum import Optimum
from polytope_nn.dual.tight import structural
from polytope_nn.errors import Undecided
from polytope_nn.exact.rational import Vector
from polytope_nn.exact.scalar import Scalar, Scalars, dot, sign
from polytope_nn.limits import Limits
from polytope_nn.search.floats import multiplier_guess

from .blocks import Blocks
from .conic.saddle import Saddle
from .equations.rays import RayForms, Rays, are_shares, is_nothing, told_rows, told_theta
from .optimum import ParallelOptimum
from .path_costs.shares import equal_parts
from .pieces import Piece, label, pieces
from .problem import ParallelProblem
from .tree import Box, Leaf, Tree

__all__ = ["RayTree", "enclosed"]


def enclosed(problem: ParallelProblem, flat: Optimum, limits: Limits) -> ParallelOptimum:
    """Return the optimum of a problem whose two-layer optimum is in balls (P6).

    Raises
    ------
    NotOptimal
        When a branch exceeds beta: then depth helps.
    Undecided
        When a leaf is not decided.
    """
    blocks = Blocks(problem.design, problem.arrangement)
    of_paths = problem.regulariser == "path"
    tree = _EnclosedTree(
        blocks,
        flat.kappa,
        flat.problem.beta_squared,
        problem.inner_width,
        limits,
        flat=flat,
    )
    leaves = tree.leaves
    branches = tuple(
        (a.sign, ((label(replace(a, sign=1)), c),))
        for a, c in zip(flat.atoms, flat.weights, strict=True)
        if sign(c)
    )
    listed: tuple[Piece, ...] = ()
    missing = ""
    try:
        listed = pieces(leaves, flat.kappa, alike=tree.classes)
        if of_paths and problem.inner_width is not None:
            listed = equal_parts(listed, problem.inner_width)
    except Undecided:
        listed = ()
        missing = "the pieces of optimal branches: kappa is known in intervals only"
    if of_paths and flat.rank != len(branches):
        listed, missing = (), "the branches of path costs: kappa is known in intervals only"
    two = None if of_paths and problem.inner_width != 1 else flat
    return ParallelOptimum(
        problem,
        flat.kappa,
        leaves,
        listed,
        branches,
        "interval",
        two,
        flat,
        limits=limits,
        missing=missing,
    )


@dataclass(frozen=True)
class RayTree(Tree, ABC):
    """The search for leaves where kappa is in balls: lengths on rays tell what balls hide."""

    @property
    @abstractmethod
    def rays(self) -> Rays:
        """What lengths on rays say of kappa."""

    @abstractmethod
    def tell(self, box: Box, theta: Mapping[int, Scalar], seen: dict[int, int]) -> None:
        """Keep theta that the rays tell, and the symbols that it lets a neuron see."""

    def nothing(self, sizes: Mapping[int, Fraction]) -> bool:
        """Return whether lengths say that a sum of entries of kappa is 0."""
        return not self.rays.reduced(sizes)

    def _polished(self, box: Box, saddle: Saddle) -> Scalars | None:
        """Return theta that lengths on rays tell; else in a number field."""
        N = self.negative(box.sigma)
        seen = told_rows(self.rays, box, saddle, N)
        if seen is None:  # no digits of balls tell a field
            every = (*box.inside, *box.open, *N)
            known = all(isinstance(self.kappa[i], Fraction) for i in every)
            return super()._polished(box, saddle) if known else None
        theta = told_theta(self.rays, self.kappa, saddle, N, seen)
        self.tell(box, {i: theta[i] for i in seen}, seen)
        return tuple(theta.values()) if are_shares(theta.values()) else None

    def bounded(
        self, at: tuple[Box, int], known: Collection[Atom], mu: Scalars, forms: RayForms
    ) -> Sequence[Atom]:
        """Return those of the known atoms that are tight for mu, all bounds being proved.

        ``at`` are the box and their sign.
        """
        X, (box, s), H = self.blocks.X, at, self.blocks.arrangement
        decide = structural(X, [*known], mu, self.square, forms)
        left = {p for t, p in enumerate(H.patterns) if (s, t) not in box.excluded}

        def wanted(
            pattern: tuple[int, ...],
            s: int,
            facets: tuple[int, ...],
            guess: tuple[int, ...],
        ) -> tuple[Bound, Atom | None]:
            if pattern not in left:
                return Bound(pattern, s, (), tight=False), None
            return decide(pattern, s, facets, guess)

        guess = multiplier_guess(X, self.square)
        return feasibility(X, self.square, mu, H, wanted, guess=guess, signs=(s,)).atoms


@dataclass(frozen=True)
class _EnclosedTree(RayTree):
    """The search for leaves where kappa is in balls and its two-layer atoms are known."""

    flat: Optimum | None = field(default=None, compare=False)
    _told: list[tuple[Mapping[int, Scalar], dict[int, int]]] = field(
        default_factory=list, compare=False
    )

    @cached_property
    def rays(self) -> Rays:
        """What lengths on rays say of kappa: of its atoms, of entries that are known."""
        found = Rays(self.blocks.X, self.square, [*self.kappa])
        proof = None if self.flat is None else self.flat.enclosures
        found.entries(() if proof is None else proof.known.vanishing)
        every = {i: i + 1 for i in range(len(self.kappa))}
        for a in self.flat.atoms if self.flat is not None else ():
            found.told(found.length(a.sign, a.covector, every) or {})
        return found

    def tell(self, box: Box, theta: Mapping[int, Scalar], seen: dict[int, int]) -> None:
        """Keep theta that the rays tell, whatever the box."""
        del box
        self._told.append((theta, seen))

    def _leaf(
        self,
        box: Box,
        theta: Scalars | Vector,
        saddle: Saddle | None = None,
    ) -> Leaf | None:
        """Return the leaf with this theta; None where a bound is not proved."""
        exact: dict[int, Scalar] = dict(zip(self.negative(box.sigma), theta, strict=True))
        found: dict[tuple[int, ...], Atom] = {}
        try:
            plus, minus = self.seen(box, exact)
            kept = self.whole(box)
            agreed = {
                i for i, t in exact.items() if i in kept and t is kept[i] and sign(t) > 0
            }
            # rows of a class see one direction: there mu agrees with kappa in sum
            summed = {i for rows in self.classes if agreed & {*rows} for i in rows}
            own = {i for i, t in exact.items() if i not in summed and t == 1}
            own |= {*box.inside} | {i for i, e in enumerate(self.signs) if not e}
            own -= summed
            told: dict[int, int] = {}
            for shares, seen in self._told:
                if all(exact.get(i) is t for i, t in shares.items()):
                    told |= seen
            faces = () if saddle is None else saddle.faces
            for s, mu, same in ((1, plus, own | {*box.open}), (-1, minus, own)):
                symbols = {i: i + 1 for i in same} | told
                for a in self._tight_atoms((box, s), mu, symbols, summed, faces):
                    found[a.key] = a
        except Undecided:
            return None
        listed = tuple(found[key] for key in sorted(found))
        return Leaf(box.sigma, box.inside, box.open, box.excluded, exact, listed)

    def _tight_atoms(
        self,
        at: tuple[Box, int],
        mu: Scalars,
        seen: dict[int, int],
        summed: Collection[int],
        faces: Sequence[tuple[int, ...]],
    ) -> Sequence[Atom]:
        """Return the atoms of one sign that are tight for mu, all bounds being proved.

        ``at`` are the box and their sign. ``seen`` are the symbols of ``sigma
        mu``: those of kappa on its own rows; on ``summed`` rows it is kappa as far as atoms see
        it. Other atoms are looked for on ``faces`` that are rays.
        """
        X, (box, s) = self.blocks.X, at
        sigma = box.sigma
        own = {i for i, t in seen.items() if t == i + 1}
        known: dict[tuple[int, ...], Atom] = {}
        for a in self.flat.atoms if self.flat is not None else ():
            same = all(i in own or i in summed for i, e in enumerate(a.covector) if e > 0)
            if a.sign * sigma == s and same:
                feature = tuple(t * sigma for t in a.feature)
                known[a.covector] = replace(a, sign=s, feature=feature)
        unseen = {i for i, t in enumerate(mu) if i not in seen and not is_nothing(t)}
        for face in faces:
            apart = any(face[i] > 0 for i in unseen)
            if not (face in known or apart) and self.rays.attains(s * sigma, face, seen):
                other = atom(X, mu, s, face)
                pairs = zip(X, face, strict=True)
                if all(sign(dot(x, other.g)) == e for x, e in pairs if e):
                    known[face] = other
        return self.bounded(at, known.values(), mu, self._forms(sigma, mu, seen))

    def _forms(self, sigma: int, mu: Scalars, seen: dict[int, int]) -> RayForms:
        """Return the forms of mu with what is known of those of kappa, on its own rows."""
        proof = None if self.flat is None else self.flat.enclosures
        if proof is None:
            return RayForms(tuple(mu), rays=self.rays, seen=seen)
        facts, own = proof.known, {i for i, t in seen.items() if t == i + 1}
        pairs = enumerate(zip(facts.kappa, mu, strict=True))
        return RayForms(
            tuple(k * sigma if i in own else t for i, (k, t) in pairs),
            tuple(
                z for z in facts.vanishing if all(i in own for i, t in enumerate(z) if t)
            ),
            tuple(
                V for V in facts.factors if all(i in own for i, v in enumerate(V) if any(v))
            ),
            rays=self.rays,
            seen=seen,
        )
