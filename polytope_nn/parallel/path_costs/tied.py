"""The branches of path costs that attain beta where kappa is in balls (three-layer P12).

On a face of the cone of a group the longest branch is ``g = V'kappa`` with a rational ``V = A Pi``;
its length is ``(kappa'M kappa)^(1/2)`` and its output ``M kappa``, ``M = V V'``. The branches in
use have the length beta by the equations that kappa solves. So another one has it, too, if its M
is ``sum c_a M_a`` of theirs with ``sum c_a = 1``, and its output is the same combination of theirs.
All others are proved to be shorter. Where ``sum c_a = 0`` leaves one row and column of ``sum c_a
M_a`` the entry of kappa is 0, or what it is multiplied with.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import combinations
from typing import TypeAlias, cast

from polytope_nn.dual.atoms import Atom, cone_projection, multipliers
from polytope_nn.dual.units.blocks import BlockOptimum
from polytope_nn.errors import Undecided
from polytope_nn.exact.linear import independent_rows, kernel, project_out, solve, transpose
from polytope_nn.exact.rational import Matrix, Vector
from polytope_nn.exact.scalar import Scalar, Scalars, dot, sign, squared_norm
from polytope_nn.parallel.pieces import Piece

from .groups import Group
from .tree import PathLeaf, PathTree

__all__ = ["TiedBranches"]

_ZERO = Fraction(0)
_WALL = Fraction(1, 1 << 200)  # of squares: so close to a wall g is on it
_Neuron: TypeAlias = tuple[int, Matrix]
"""An inner neuron: its sign, and the matrix (n, d) that kappa makes it with."""


@dataclass(frozen=True)
class TiedBranches:
    """The branches that attain beta, proved.

    ``optimum`` is that of the LASSO of the groups in use, kappa in balls; ``near`` is the tree of
    a rational kappa close to it, whose leaves are proved here once more.
    """

    near: PathTree
    optimum: BlockOptimum
    used: Sequence[Group]

    @cached_property
    def pieces(self) -> tuple[Piece, ...]:
        """The branches, each a piece of its own.

        Raises
        ------
        Undecided
            When a branch is neither proved to be shorter than beta nor to attain it.
        """
        return tuple(b.piece for b in self._branches)

    @cached_property
    def shares(self) -> tuple[Scalars, ...]:
        """What each of them adds to the fit, as a combination of those in use."""
        return tuple(self._combined(b.form) for b in self._branches)

    @property
    def totals(self) -> Scalars:
        """The fit as a combination of the branches in use."""
        return self.optimum.weights

    @cached_property
    def _tree(self) -> PathTree:
        of = self.near
        tree = PathTree(of.blocks, self.kappa, of.square, of.k, raised=of.raised)
        if tree.signs != of.signs:
            raise Undecided("whether an entry of kappa is 0")
        return tree

    @cached_property
    def kappa(self) -> Scalars:
        """Kappa, 0 where the lengths of the branches in use prove it."""
        kappa = list(self.optimum.kappa)
        for k, near in enumerate(self.near.kappa):
            if not near and self._vanishes(kappa, k):
                kappa[k] = _ZERO
        return tuple(kappa)

    def _vanishes(self, kappa: Sequence[Scalar], k: int) -> bool:
        """Return whether an entry of kappa is proved to be 0."""
        forms = self._forms(kappa)
        places = [i for i in range(len(kappa)) if i != k]
        rows = [[form[i][j] for form in forms] for i in places for j in places]
        for c in kernel([*rows, [Fraction(1)] * len(forms)], len(forms)):
            row = [dot(c, [form[k][j] for form in forms]) for j in range(len(kappa))]
            doubled = [t * (1 + (j != k)) for j, t in enumerate(row)]
            if _is_not_0(dot(doubled, kappa)):
                return True
        return False

    @cached_property
    def _branches(self) -> "tuple[_Branch, ...]":
        found: dict[object, _Branch] = {}
        known: set[Group | None] = set()  # a group of one sign has one longest branch
        for leaf in self.near.leaves:
            theta = cast("dict[int, Fraction]", leaf.theta)  # of a rational kappa
            if leaf.group not in known and not self._tree.is_strict(leaf.box, theta):
                branch = self._attaining(leaf)
                found.setdefault(branch.key, branch)
                known.add(leaf.group)
        for one, other in combinations(found.values(), 2):
            if self._combined(one.form) == self._combined(other.form):
                one.require_apart(other)
        return tuple(sorted(found.values(), key=lambda b: repr(b.piece.key)))

    def _attaining(self, leaf: PathLeaf) -> "_Branch":
        """Return the longest branch of a box, proved to attain beta."""
        group, negative = leaf.group, sorted(leaf.theta)
        if group is None:
            raise Undecided("whether the branches of a box are shorter than beta")
        rows = group.rows(self.near.blocks, negative)
        outputs = group.outputs(self.near.blocks)
        p = cast("Vector", group.pull(self.near.blocks, self.near.kappa))
        zero, chosen = _face(rows, p)
        branch = _Branch.of(self._tree, group, [rows[j] for j in zero])
        for j, row in enumerate(rows):
            if j not in zero and any(row) and not dot(row, branch.g) > 0:
                raise Undecided("whether a branch of path costs is in its cone")
        shares = [multipliers({j: rows[j] for j in chosen}, row, chosen) for row in outputs]
        for j in chosen:
            form = [share[j] for share in shares]
            self._require_not_negative(form)
            if j < len(negative):  # theta is in [0, 1]
                end = [-t for t in form]
                end[negative[j]] -= group.sigma
                self._require_not_negative(end)
        if sum(self._combined(branch.form), _ZERO) != 1:
            raise Undecided("whether a branch of path costs attains beta")
        return branch

    def _require_not_negative(self, form: Sequence[Scalar]) -> None:
        """Raise Undecided where a form of kappa, a multiplier, may be negative."""
        if dot(form, self._tree.kappa) < 0:
            raise Undecided("whether theta of a box of path costs is in [0, 1]")

    def _forms(self, kappa: Sequence[Scalar]) -> list[Matrix]:
        """Return the matrices M of the branches in use."""
        found, of = [], self.near
        tree = PathTree(of.blocks, tuple(kappa), of.square, of.k)
        for i, a in zip(self.optimum.owners, self.optimum.atoms, strict=True):
            group = self.used[i]
            rows = group.cone(of.blocks)
            walls = [row for row, e in zip(rows, a.covector, strict=True) if not e]
            found.append(_Branch.of(tree, group, walls).form)
        return found

    @cached_property
    def _basis(self) -> Matrix:
        """Their entries, a column each."""
        forms = self._forms(self.kappa)
        return transpose([[t for row in form for t in row] for form in forms])

    def _combined(self, form: Matrix) -> Vector:
        """Return the coefficients of a matrix M in those of the branches in use."""
        found = solve(self._basis, [t for row in form for t in row])
        if found is None:
            raise Undecided("whether a branch of path costs attains beta")
        return cast("Vector", found)  # rational in, rational out


@dataclass(frozen=True)
class _Branch:
    """The longest branch on a face of the cone of a group, as linear functions of kappa.

    ``neurons`` are those of its slots; ``form`` is its M, whose columns where kappa is 0 are 0.
    """

    tree: PathTree
    group: Group
    neurons: tuple[_Neuron, ...]

    @classmethod
    def of(cls, tree: PathTree, group: Group, walls: Sequence[Vector]) -> "_Branch":
        """Return the branch of the face where some rows of the cone vanish."""
        outputs = zip(group.outputs(tree.blocks), tree.kappa, strict=True)
        flat = [
            project_out(
                walls, [_ZERO] * len(row) if isinstance(t, Fraction) and not t else row
            )
            for row, t in outputs
        ]
        columns = cast("Matrix", transpose(flat))  # rational in, rational out
        d = len(tree.blocks.X[0])
        slots = enumerate(group.used)
        return cls(
            tree,
            group,
            tuple((s, tuple(columns[l * d : (l + 1) * d])) for l, (s, _) in slots),
        )

    @cached_property
    def g(self) -> Scalars:
        """The neurons one after another, shape (kd,)."""
        kappa = self.tree.kappa
        return tuple(dot(form, kappa) for _, u in self.neurons for form in u)

    @cached_property
    def _heights(self) -> tuple[Vector, ...]:
        """Row by row z as a form of kappa."""
        columns = transpose([form for _, u in self.neurons for form in u])
        blocks = self.tree.blocks
        return tuple(
            tuple(dot(self.group.row(blocks, i), column) for column in columns)
            for i in range(len(blocks.X))
        )

    @cached_property
    def mask(self) -> tuple[bool, ...]:
        """The rows where z is positive."""
        return tuple(sign(dot(form, self.tree.kappa)) > 0 for form in self._heights)

    @cached_property
    def form(self) -> Matrix:
        """The matrix M."""
        zero = (_ZERO,) * len(self.mask)
        return tuple(
            tuple(t * self.group.sigma for t in form) if kept else zero
            for form, kept in zip(self._heights, self.mask, strict=True)
        )

    @property
    def key(self) -> tuple[object, ...]:
        """What makes branches one, whatever kappa is."""
        return self.group.sigma, frozenset(Counter(self.neurons).items()), self.mask

    @cached_property
    def atoms(self) -> dict[_Neuron, Atom]:
        """The neurons, each once, in order."""
        found = {name: self._atom(name) for name in self.neurons}
        for (s, u), (t, v) in combinations(found, 2):
            if s == t and not self._differ(u, v):
                raise Undecided("whether two neurons of a branch of path costs are one")
        return dict(sorted(found.items(), key=lambda x: (-x[1].sign, x[1].key)))

    def _atom(self, name: _Neuron) -> Atom:
        s, forms = name
        kappa, X = self.tree.kappa, self.tree.blocks.X
        u = tuple(dot(form, kappa) for form in forms)
        by_row = transpose(forms)
        at = [
            dot([dot(x, column) for column in by_row], kappa) for x in X
        ]  # 0 where that does not depend on kappa
        face = tuple(map(sign, at))
        if not any(face):
            raise Undecided("the branches of path costs: one leaves an inner slot empty")
        feature = tuple(t * s if e > 0 else _ZERO for t, e in zip(at, face, strict=True))
        return Atom(s, face, u, feature)

    @cached_property
    def piece(self) -> Piece:
        """The branch as a piece: its neurons, each with the number of its slots."""
        times = Counter(self.neurons)
        masses = tuple(Fraction(times[name], self.tree.k) for name in self.atoms)
        return Piece(
            self.group.sigma,
            tuple(self.atoms.values()),
            (None,) * len(self.mask),
            self.mask,
            (masses,),
        )

    def _differ(self, u: Matrix, v: Matrix) -> bool:
        """Return whether two neurons are proved to differ."""
        pairs = zip(u, v, strict=True)
        forms = ([a - b for a, b in zip(p, q, strict=True)] for p, q in pairs)
        return any(_is_not_0(dot(form, self.tree.kappa)) for form in forms)

    def require_apart(self, other: "_Branch") -> None:
        """Raise Undecided where two branches of other names may be one."""
        pairs = ((self.atoms, other.atoms), (other.atoms, self.atoms))
        alike = self.atoms.keys() == other.atoms.keys()  # in other numbers
        if self.group.sigma == other.group.sigma and not (
            (alike and self.mask == other.mask)
            or any(
                all(s != t or self._differ(u, v) for t, v in theirs)
                for mine, theirs in pairs
                for s, u in mine
            )
        ):
            raise Undecided("whether two branches of path costs are one")


def _is_not_0(x: Scalar) -> bool:
    try:
        return sign(x) != 0
    except Undecided:
        return False


def _face(rows: Sequence[Vector], p: Vector) -> tuple[list[int], list[int]]:
    """Return the rows of a cone that vanish at the projection, and independent ones that press.

    A row vanishes when it presses, when it is in the span of those that do, or when the
    projection is as good as on it.
    """
    g, weights = cone_projection(rows, p)
    size = squared_norm(g)
    order = sorted(
        (
            j
            for j, row in enumerate(rows)
            if any(row) and dot(row, g) ** 2 <= _WALL * size * squared_norm(row)
        ),
        key=lambda j: not weights[j],
    )
    chosen = [order[i] for i in independent_rows([rows[j] for j in order])] if order else []
    return order, chosen
