"""The cone-constrained group LASSO: blocks of unknowns, each with a norm (general §5).

``min L(z) + beta sum_i |u_i|_i`` with ``z = sum_i A_i u_i + Z a`` and
``cone_i u_i >= 0``. A block whose signs are both may enter twice, as ``A_i (u_i - v_i)`` with
both in the cone. Gated ReLU units are blocks ``Diag(mask) X`` without a cone.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from polytope_nn.called import listed
from polytope_nn.errors import DimensionError, InstanceError
from polytope_nn.exact.rational import Matrix, Vector
from polytope_nn.meant import meant
from polytope_nn.problems.free_part import FreePart
from polytope_nn.problems.losses import Loss
from polytope_nn.problems.problem import Problem
from polytope_nn.problems.reading.fields import kind
from polytope_nn.problems.reading.given import entries_given, rows_given
from polytope_nn.problems.relu import ReluUnit
from polytope_nn.problems.training import TrainingProblem
from polytope_nn.wording import plural, shown

from .activations import Slopes
from .given import penalty_of

__all__ = ["Block", "GroupLasso", "block_of", "gate_blocks", "unit_blocks"]

_KEYS = ("A", "cone", "norm", "signs")
_SIGNS = {"+": (1,), "+-": (1, -1)}


@dataclass(frozen=True)
class Block:
    """A block: A of shape (n, p), rows of a cone that are >= 0, a norm, its signs."""

    A: Matrix
    cone: Matrix
    norm: str
    signs: tuple[int, ...]

    @property
    def p(self) -> int:
        """The number of unknowns."""
        return len(self.A[0])


@dataclass(frozen=True, init=False, repr=False)
class GroupLasso(Problem):
    """A group LASSO, its blocks in cones, each with its own norm.

    Parameters
    ----------
    blocks
        Matrices A of shape (n, p), or mappings ``{"A": rows, "cone"?: rows (>= 0),
        "norm"?: "l2" | "l1" | "linf", "signs"?: "+" | "+-"}``.
    y
        Labels, shape (n,).
    beta, beta_squared
        The price of a block, or its square.
    free
        Columns that are fitted freely, each of shape (n,).
    loss
        As for a training problem: a word, or a mapping with its parameters.
    weights
        Positive weights of the samples' losses.
    exact
        How to read floats, as for a training problem.

    Examples
    --------
    >>> GroupLasso([[[1, 0], [0, 1]], [[1], [1]]], [1, 2], beta=1)
    GroupLasso(n=2, blocks=2, beta²=1)
    """

    blocks: tuple[Block, ...]
    y: Vector
    beta_squared: Fraction
    columns: tuple[Vector, ...]
    weights: Vector
    loss: Loss
    name: str
    X: Matrix
    bias: str
    skip: str

    def __init__(  # noqa: PLR0913 - the contract's names, all but two keyword-only
        self,
        blocks: Iterable[object],
        y: Iterable[object],
        *,
        beta: object = None,
        beta_squared: object = None,
        free: Iterable[Iterable[object]] = (),
        loss: object = "squared",
        weights: Iterable[object] | None = None,
        exact: str | None = None,
        name: str = "",
    ) -> None:
        labels = entries_given(y, exact, "y")
        if not labels:
            raise InstanceError("y is empty: give at least one label")
        # the scalar fields are read as those of a training problem
        read = TrainingProblem(
            [[0]] * len(labels),
            labels,
            beta=beta,
            beta_squared=beta_squared,
            loss=loss,
            weights=weights,
            exact=exact,
        )
        columns = rows_given(listed(free, "free", "give a list of columns"), exact, "free")
        for j, column in enumerate(columns, 1):
            if len(column) != len(labels):
                raise DimensionError(
                    f"free, column {j} has {plural(len(column), 'entry')} for "
                    f"{plural(len(labels), 'label')}: free lists columns, each with one entry a "
                    f"label"
                )
        put = object.__setattr__  # the class is frozen: this is its only writer
        found = tuple(
            block_of(b, len(labels), f"blocks, block {i}", exact)
            for i, b in enumerate(listed(blocks, "blocks", 'give a list of {"A": rows}'), 1)
        )
        if not found:
            raise InstanceError('blocks: is empty: give at least one, {"A": rows}')
        put(self, "blocks", found)
        put(self, "y", labels)
        put(self, "beta_squared", read.beta_squared)
        put(self, "columns", columns)
        put(self, "weights", read.weights)
        put(self, "loss", read.loss)
        put(self, "name", name)
        put(
            self,
            "X",
            tuple(tuple(t for b in found for t in b.A[k]) for k in range(len(labels))),
        )
        put(self, "bias", "none")
        put(self, "skip", "none")

    @cached_property
    def unit(self) -> ReluUnit:
        """No neurons.

        Raises
        ------
        InstanceError
            Always: there is no network.
        """
        raise self._no_network()

    def require_relu(self) -> None:
        """Refuse what is about networks."""
        raise self._no_network()

    def _no_network(self) -> InstanceError:
        return InstanceError(
            "blocks: a group LASSO has no network: there are optimum and optimal_polytope, "
            "and the command certify"
        )

    @property
    def of_relu(self) -> bool:
        """Whether its units are ReLU neurons: never."""
        return False

    @property
    def d(self) -> int:
        """The number of unknowns."""
        return sum(block.p for block in self.blocks)

    def free_for(self, X: Matrix) -> FreePart:  # noqa: ARG002 - the columns are given
        """Return the free columns."""
        return FreePart(
            self.n, self.columns, has_slopes=False, has_constant=False, limited=False
        )

    def __repr__(self) -> str:
        name = f"{self.name!r}, " if self.name else ""
        free = f", free={len(self.columns)}" if self.columns else ""
        return (
            f"GroupLasso({name}n={self.n}, blocks={len(self.blocks)}, "
            f"beta²={self.beta_squared}{free})"
        )


def gate_blocks(problem: TrainingProblem) -> tuple[Block, ...]:
    """Return the blocks of gated ReLU units: ``Diag(mask) X``, no cone, one sign."""
    return tuple(
        Block(
            tuple(
                tuple(t if bit else Fraction(0) for t in row)
                for bit, row in zip(mask, problem.plain_design, strict=True)
            ),
            (),
            "l2",
            (1,),
        )
        for mask in problem.gates or ()
    )


def unit_blocks(problem: TrainingProblem) -> tuple[Block, ...]:
    """Return the blocks that the units are: gates, or neurons without a kink; () of others.

    Those without a kink are ``+-slope X u``.
    """
    if problem.gates is not None:
        return gate_blocks(problem)
    a = problem.activation
    if not isinstance(a, Slopes) or a.right != a.left or problem.penalty != "l2":
        return ()
    A = tuple(tuple(a.right * t for t in row) for row in problem.plain_design)
    return (Block(A, (), "l2", (1, -1)),)


def block_of(given: object, n: int, place: str, exact: str | None) -> Block:
    """Return a block of n samples, exact, or refuse it by its place."""
    fields: Mapping[str, object] = given if isinstance(given, Mapping) else {"A": given}
    for key in fields:
        if key not in _KEYS:
            cure = meant(str(key), _KEYS, f"known: {', '.join(_KEYS)}")
            raise InstanceError(f"{place}: unknown key {shown(key)}: {cure}")
    if "A" not in fields:
        raise InstanceError(f'{place}: A is missing: give its rows, "A": [[...], ...]')
    A = rows_given(fields["A"], exact, f"{place}, A")
    if len(A) != n:
        raise DimensionError(
            f"{place}: A has {plural(len(A), 'row')} for {plural(n, 'label')}: give one row a label"
        )
    if not A[0]:
        raise InstanceError(f"{place}: A has no column: leave the block out")
    cone = rows_given(fields.get("cone", ()), exact, f"{place}, cone")
    if cone and len(cone[0]) != len(A[0]):
        raise DimensionError(
            f"{place}: cone has rows of {plural(len(cone[0]), 'entry')} for "
            f"{plural(len(A[0]), 'column')} of A: give one for each column"
        )
    signs = fields.get("signs", "+")
    if not isinstance(signs, str) or signs not in _SIGNS:
        raise InstanceError(f'{place}: signs: {kind(signs)} is unknown: write "+" or "+-"')
    norm = penalty_of(fields.get("norm", "l2"), f"{place}: norm")
    return Block(A, tuple(row for row in cone if any(row)), norm, _SIGNS[signs])
