"""Dual feasibility with all atoms, proved by a tree of cones and without patterns.

For a sign s and a cone with generators r_i let ``v_i = s linear'r_i + sum w_k``, over convex
rows of ``k (x_k'r_i)_+``, over concave rows of one sign on the cone the same, and over mixed
concave rows of ``theta_k k x_k'r_i`` with any ``theta_k`` in [0, 1]. If ``p'r_i >= v_i`` for
all i and ``|p| <= beta`` then ``s kappa'(Xu)_+ <= p'u <= beta |u|`` on the cone, and equality
forces ``|p| = beta`` and u on the ray of p: convex rows are convex, ``-(t)_+ <= -theta t``,
and Cauchy-Schwarz. So cones that cover the space, each with a p of length below beta or
with that of a listed peak (:mod:`~polytope_nn.dual.peaks`), prove that kappa is dual
feasible and that its atoms are the peaks of length beta among the listed ones.

The tree of a sign is a preorder list of integers, one orthant after the other::

    0 i j a b              cut the edge (i, j) at a r_i + b r_j; then its two children
    1 e P_1 .. P_d c_1 ..  a strict leaf: p = 2^e P, theta_k = 1 where x_k'(sum c_i r_i) > 0
    2 + q                  a leaf of peak q

All comparisons are of integers with a proved error (:class:`~polytope_nn.dual.cone_form.Integers`),
or exact. A guessed tree is proved leaf by leaf; where a leaf fails, its cone is cut further
here, at the middle of an edge, or at a row of T that alone keeps a peak from proving it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from operator import mul
from typing import cast

from polytope_nn.errors import NotOptimal, Undecided
from polytope_nn.exact.radical import exactly
from polytope_nn.geometry.cone_tree import (
    Ray,
    crossed,
    halved,
    longest_edge,
    orthants,
)
from polytope_nn.progress import Loop

from .atoms import Atom, cone_projection
from .cone_form import ConeForm, Integers
from .cone_node import Node, PeakLeaf, values_at
from .peaks import Peak

__all__ = ["ConeProof", "cone_proof"]

_WEIGHTS = 31  # the largest c of a strict leaf
_NODES = 2_000_000
_ALL = 1 << 60  # the share of an orthant; of a cone that is cut each child has half
_REPAIRS = 20_000  # cones that are cut beyond the guess, one sign
_DEEP = 64  # times the dimension: how often a cone is halved in balls


@dataclass(frozen=True)
class ConeProof:
    """The proof that kappa is dual feasible: a tree for each sign, over common peaks.

    ``trees`` holds the integers for sign +1, then -1; a leaf ``2 + q`` names ``peaks[q]``.
    """

    form: ConeForm
    peaks: tuple[Peak, ...]
    trees: tuple[tuple[int, ...], tuple[int, ...]]

    @property
    def leaves(self) -> int:
        """The number of cones of both trees."""
        total = 0
        for tree in self.trees:
            at, width = 0, self.form.dim + len(self.form.basis) + 2
            while at < len(tree):
                total += tree[at] > 0
                at += (5, width)[tree[at]] if tree[at] < 2 else 1
        return total

    @cached_property
    def atoms(self) -> tuple[Atom, ...]:
        """All atoms: the peaks of length beta, on the rows of X (with a free bias (w, b))."""
        tight = [peak for peak in self.peaks if peak.tight]
        found = [self.form.atom(peak.sign, peak.u, peak.signs) for peak in tight]
        if self.form.anchor is not None:
            for peak in tight:
                found += self.form.kinks(peak.sign, peak.u, peak.signs)
        listed = {a.key: a for a in found}
        return tuple(listed[key] for key in sorted(listed))


def cone_proof(
    form: ConeForm,
    peaks: Sequence[Peak],
    guesses: Sequence[Sequence[int] | None] = (None, None),
    *,
    nodes: int = _NODES,
) -> ConeProof:
    """Return the proof that the form stays below beta, its trees guessed or made here.

    ``guesses`` are trees in the form above, whose leaves name places in ``peaks``.

    Raises
    ------
    NotOptimal
        When some generator shows that kappa is not dual feasible.
    Undecided
        When the tree grows beyond ``nodes``: an atom is missing among the peaks, or a
        decision in balls.
    """
    trees = tuple(
        tuple(_Proving(form, side, peaks, nodes).tree(guess))
        for side, guess in zip((1, -1), guesses, strict=True)
    )
    return ConeProof(
        form, tuple(peaks), cast("tuple[tuple[int, ...], tuple[int, ...]]", trees)
    )


class _Proving:
    """The proof of one sign."""

    def __init__(
        self, form: ConeForm, side: int, peaks: Sequence[Peak], nodes: int
    ) -> None:
        self.form, self.side, self.nodes = form, side, nodes
        self.integers: Integers = form.integers
        self.rows = form.rows
        self.weights = [side * k for k in self.integers.weights]
        self.linear = tuple(side * t for t in self.integers.linear)
        self.convex = form.convex(side)
        self.peaks = {
            q: PeakLeaf(peak, self.integers, self.convex)
            for q, peak in enumerate(peaks)
            if peak.sign == side
        }
        self.repairs = 0

    def roots(self) -> Iterator[Node]:
        for cone in orthants(self.form.basis):
            yield Node(cone, self.linear, 0, 0, values_at(self.rows, cone))

    def tree(self, guess: Sequence[int] | None) -> Iterator[int]:
        """Yield the integers of a proved tree, along the guess as far as that holds."""
        reading = None if guess is None else iter(guess)
        every = _ALL << len(self.form.basis)
        with Loop("dual feasibility, cones", every, in_percent=True) as loop:
            yield from self._walked(reading, loop)

    def _walked(self, reading: Iterator[int] | None, loop: Loop) -> Iterator[int]:
        """Yield the integers of the tree, and say what share of the cones is done."""
        count = covered = 0
        width = self.form.dim + len(self.form.basis) + 1
        for root in self.roots():
            stack = [(root, reading is not None)]
            while stack:
                node, guided = stack.pop()
                node = node.settled(self.rows, self.weights)
                count += 1
                if count > self.nodes:
                    raise Undecided(
                        f"dual feasibility: the tree of cones has more than {self.nodes} "
                        f"nodes; an atom is missing, or kappa exceeds beta by very little"
                    )
                code: list[int] = []
                if guided and reading is not None:
                    first = next(reading)
                    length = 4 if first == 0 else width if first == 1 else 0
                    code = [first, *(next(reading) for _ in range(length))]
                    guided = self.holds(node, code)
                if not guided:
                    code = self.made(node)
                yield from code
                if code[0] == 0:
                    low, high = node.children(*code[1:])
                    stack += [(high, guided), (low, guided)]
                else:
                    covered += _ALL >> node.depth
                    loop.at(covered)

    def holds(self, node: Node, code: Sequence[int]) -> bool:
        """Return whether a guessed cut or leaf is one."""
        if code[0] == 0:
            return True
        if code[0] == 1:
            d = self.form.dim
            return self.strict(node, code[1], code[2 : 2 + d], code[2 + d :])
        leaf = self.peaks.get(code[0] - 2)
        return leaf is not None and leaf.proves(node)

    def made(self, node: Node) -> list[int]:
        """Return a leaf or a cut of a node that no guess has settled."""
        self.repairs += 1
        if self.repairs > _REPAIRS:
            raise Undecided(
                f"dual feasibility: {_REPAIRS} cones were cut beyond the guess; an atom is "
                f"missing, or kappa exceeds beta by very little"
            )
        if self.integers.error and node.depth > _DEEP * self.form.dim:
            raise Undecided(
                "dual feasibility: rows that vanish at an atom leave its multipliers no room"
            )
        self.refute(node)
        for q, leaf in self.peaks.items():
            if leaf.proves(node):
                return [2 + q]
        found = self.strict_leaf(node)
        if found is not None:
            return found
        for leaf in self.peaks.values():
            k = leaf.hindrance(node)
            if k is not None and node.depth:
                return [0, *(crossed(node.cone, self.rows[k]) or ())]
        i, j = longest_edge(node.cone)
        return [0, i, j, *halved(node.cone, i, j)]

    def refute(self, node: Node) -> None:
        """Raise :class:`NotOptimal` when a generator has a value above beta."""
        for i, ray in enumerate(node.cone):
            value = sum(s * t for s, t in zip(node.slope, ray, strict=True))
            at = zip(node.mixed[0], node.mixed[1][i], strict=True)
            value += sum(self.weights[k] * t for k, t in at if t > 0)
            value -= self.integers.reach * max(map(abs, ray))
            square = sum(t * t for t in ray[: self.form.penalised])
            if value > 0 and value * value > self.integers.square * square:
                size = Fraction(value * value) / square * self.integers.unit**2
                raise NotOptimal(
                    f"kappa is not dual feasible: in direction "
                    f"({', '.join(map(str, ray))}), sign {self.side:+d}, the square of its "
                    f"value over the length is {exactly(size)} at least, and beta^2 = "
                    f"{exactly(self.form.beta_squared)}"
                )

    def values(self, node: Node, q: Sequence[int]) -> list[int]:
        """Return the v of a node, for theta by the signs at ``sum q_i r_i``."""
        rows, values = node.mixed
        weights, chords = [], []  # of convex rows, and of concave ones with theta = 1
        for k, own in zip(rows, zip(*values, strict=True), strict=True):
            bent = self.convex >> k & 1
            weights.append(self.weights[k] if bent else 0)
            chords.append(self.weights[k] if not bent and sum(map(mul, q, own)) > 0 else 0)
        return [
            sum(map(mul, node.slope, ray))
            + sum(w * t for w, t in zip(weights, column, strict=True) if t > 0)
            + sum(map(mul, chords, column))
            for ray, column in zip(node.cone, values, strict=True)
        ]

    def strict(self, node: Node, e: int, P: Sequence[int], q: Sequence[int]) -> bool:
        """Return whether ``p = 2^e P`` dominates every generator, strictly inside beta."""
        if e < 0 or any(P[self.form.penalised :]):
            return False
        p = [t << e for t in P]
        if not sum(t * t for t in p) < self.integers.square:
            return False
        reach = self.integers.reach
        return all(
            sum(s * t for s, t in zip(p, ray, strict=True))
            >= v + reach * max(map(abs, ray))
            or self.pole(node, ray, q)
            for ray, v in zip(node.cone, self.values(node, q), strict=True)
        )

    def pole(self, node: Node, ray: Ray, q: Sequence[int]) -> bool:
        """Return whether the generator is a free bias alone, where kappa sums to 0.

        Every row has one sign there: 0 is the value of no row, and of all of them, as
        long as every mixed concave row has the theta of its sign.
        """
        if self.form.anchor is None or any(ray[:-1]):
            return False
        i, (rows, values) = node.cone.index(ray), node.mixed
        return all(
            self.convex >> k & 1 or (sum(map(mul, q, own)) > 0) == (own[i] > 0)
            for k, own in zip(rows, zip(*values, strict=True), strict=True)
        )

    def strict_leaf(self, node: Node) -> list[int] | None:
        """Return the best strict leaf of a node, None when its p is not below beta."""
        sizes = [max(map(abs, ray)) for ray in node.cone]
        penalised = self.form.penalised
        q = [max(1, _WEIGHTS * min(sizes) // size) for size in sizes]
        poles = [int(not any(ray[:penalised])) for ray in node.cone]
        q = poles if any(poles) else q
        reach = self.integers.reach
        rows, values = [], []
        for ray, v in zip(node.cone, self.values(node, q), strict=True):
            short = tuple(Fraction(t) for t in ray[:penalised])
            if any(short):
                rows.append(short)
                values.append(Fraction(v + reach * max(map(abs, ray))))
            elif not self.pole(node, ray, q):
                return None
        if not rows:
            return [1, 0, *[0] * self.form.dim, *q]
        p = _least(rows, values)
        if p is None or not sum(t * t for t in p) < self.integers.square:
            return None
        inside = _least(rows, [max(map(abs, row)) for row in rows])
        if inside is None:
            return None
        longest = max(Fraction(1), *map(abs, p))
        for bits in (12, 30, 60, 90):
            e = max(0, int(longest).bit_length() - bits)
            shift = Fraction((1 << e) * penalised)  # more than the rounding can take away
            moved = [t + shift * w for t, w in zip(p, inside, strict=True)]
            P = [round(t / (1 << e)) for t in moved] + [0] * (self.form.dim - penalised)
            if self.strict(node, e, P, q):
                return [1, e, *P, *q]
        return None


def _least(
    rows: Sequence[Sequence[Fraction]], v: Sequence[Fraction]
) -> list[Fraction] | None:
    """Return the shortest p with ``rows p >= v``, exactly; None when there is none.

    The projection of (0, 1) onto ``{(q, t) : rows q >= t v}`` is on the ray of (p, 1).
    """
    cone = [(*row, -t) for row, t in zip(rows, v, strict=True)]
    target = (*(Fraction(0) for _ in rows[0]), Fraction(1))
    g = cast("tuple[Fraction, ...]", cone_projection(cone, target)[0])
    return [t / g[-1] for t in g[:-1]] if g[-1] > 0 else None
