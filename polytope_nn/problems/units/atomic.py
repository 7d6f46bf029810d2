"""A problem of one's own: any unit that is linear on the cells of a fan, any loss (general §1).

``min L(sum_j c_j F_j + Z a) + beta sum_j c_j`` over slots ``c_j >= 0`` of features
``F_j = s A_i u`` with u in the cone of cell i and of length 1. On a common face of two cells the
maps agree, and a direction there is one neuron, not two. A gauge R and an output weight alpha with
the price ``1/2 (R(w)^2 + alpha^2)`` balance to this.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from polytope_nn.called import listed
from polytope_nn.errors import DimensionError, InstanceError
from polytope_nn.exact.rational import Matrix, Vector
from polytope_nn.exact.scalar import dot
from polytope_nn.geometry.polyhedra.polyhedron import Polyhedron
from polytope_nn.problems.free_part import FreePart
from polytope_nn.problems.losses import ExactFit, Loss, SeparableLoss, SquaredLoss
from polytope_nn.problems.problem import Problem
from polytope_nn.problems.reading.given import rows_given
from polytope_nn.problems.relu import ReluUnit
from polytope_nn.problems.training import TrainingProblem
from polytope_nn.wording import plural

from .given import penalty_of
from .lasso import Block, block_of

__all__ = ["AtomicProblem", "FanUnit"]


@dataclass(frozen=True, init=False)
class FanUnit:
    """Neurons that are linear on each of finitely many cones of R^p.

    Parameters
    ----------
    cells
        Mappings ``{"A": rows, "cone": rows}``: on ``{u : cone u >= 0}`` a neuron u answers
        ``A u``, shape (n,), at the n samples. Without a cone the cell is all of R^p.
    signs
        ``"+-"`` for output weights of both signs, ``"+"`` for output weights ``>= 0``.
    norm
        The length of a neuron: ``"l2"``, ``"l1"`` or ``"linf"``.
    exact
        How to read floats, as for a training problem.

    Raises
    ------
    InstanceError, DimensionError
        When a cell is none, or the cells differ in n or p.

    Examples
    --------
    The absolute value of one input, at the samples 1 and -2:

    >>> A = [[1], [2]]
    >>> FanUnit([{"A": A, "cone": [[1]]}, {"A": [[-1], [-2]], "cone": [[-1]]}])
    FanUnit(n=2, p=1, cells=2, norm=l2)
    """

    cells: tuple[Block, ...]

    def __init__(
        self,
        cells: Iterable[object],
        *,
        signs: str = "+-",
        norm: str = "l2",
        exact: str | None = None,
    ) -> None:
        given_cells = listed(cells, "cells", 'give a list of {"A": rows, "cone": rows}')
        if not given_cells:
            raise InstanceError('cells: is empty: give at least one, {"A": rows}')
        length = penalty_of(norm, "norm")
        found: list[Block] = []
        for i, cell in enumerate(given_cells, 1):
            place = f"cells, cell {i}"
            if not isinstance(cell, dict) or not {"A"} <= cell.keys() <= {"A", "cone"}:
                raise InstanceError(f'{place}: write {{"A": rows, "cone": rows}}')
            n = (
                len(found[0].A)
                if found
                else len(listed(cell["A"], place, "A is a list of rows"))
            )
            given = {**cell, "norm": length, "signs": signs}
            found.append(block_of(given, n, place, exact))
            if found[-1].p != found[0].p:
                raise DimensionError(
                    f"{place}: A has {plural(found[-1].p, 'column')}, cell 1 has {found[0].p}: "
                    f"give as many"
                )
        _require_one_function(found)
        object.__setattr__(self, "cells", tuple(found))

    @property
    def n(self) -> int:
        """The number of samples."""
        return len(self.cells[0].A)

    @property
    def p(self) -> int:
        """The number of weights of a neuron."""
        return self.cells[0].p

    def __repr__(self) -> str:
        return (
            f"FanUnit(n={self.n}, p={self.p}, cells={len(self.cells)}, "
            f"norm={self.cells[0].norm})"
        )


def _require_one_function(cells: Sequence[Block]) -> None:
    """Refuse cells that answer differently at a direction they share."""
    for i, cell in enumerate(cells):
        opposite = [[-t for t in row] for row in cell.cone]
        C = Polyhedron.from_inequalities(opposite, [0] * len(opposite), ambient_dim=cell.p)
        for u in (*C.rays, *C.lines, *(tuple(-t for t in line) for line in C.lines)):
            answer = [dot(row, u) for row in cell.A]
            for j, other in enumerate(cells):
                inside = all(dot(row, u) >= 0 for row in other.cone)
                if inside and [dot(row, u) for row in other.A] != answer:
                    shown = ", ".join(map(str, u))
                    raise InstanceError(
                        f"cells, cells {i + 1} and {j + 1}: their answers to ({shown}), which is "
                        f"in both, differ: a unit is one function: let cones meet in faces on "
                        f"which A agrees (masks without cones are gates or a GroupLasso)"
                    )


@dataclass(frozen=True, init=False, repr=False)
class AtomicProblem(Problem):
    """A problem by its four members: ``AtomicProblem(unit, loss, free, beta_squared)``.

    Parameters
    ----------
    unit
        A :class:`FanUnit`.
    loss
        A loss, such as a :class:`~polytope_nn.problems.losses.own.GraphLoss`; or a word or a
        mapping, as for a training problem, then with labels ``y``.
    free
        Columns that are fitted freely, each of shape (n,).
    beta_squared, beta
        The square of the price of a neuron of length 1, or the price.
    y, weights
        Labels and positive weights of the samples' losses, shape (n,), for a loss in words.
    name
        What pages call it.

    Examples
    --------
    Two samples, a neuron ``|u x|`` of one weight, Huber's loss:

    >>> unit = FanUnit([{"A": [[1], [2]], "cone": [[1]]}, {"A": [[-1], [-2]], "cone": [[-1]]}])
    >>> AtomicProblem(unit, {"kind": "huber", "delta": 1}, beta_squared=1, y=[3, 5])
    AtomicProblem(n=2, p=1, cells=2, loss=huber, beta²=1)
    """

    source: FanUnit
    loss: Loss
    columns: tuple[Vector, ...]
    beta_squared: Fraction
    y: Vector
    X: Matrix
    bias: str
    skip: str
    name: str

    def __init__(  # noqa: PLR0913 - its members, and how a loss in words is read
        self,
        unit: object,
        loss: object = "squared",
        free: Iterable[Iterable[object]] = (),
        beta_squared: object = None,
        *,
        beta: object = None,
        y: Iterable[object] | None = None,
        weights: Iterable[object] | None = None,
        exact: str | None = None,
        name: str = "",
    ) -> None:
        if not isinstance(unit, FanUnit):
            raise InstanceError(f"unit: {unit!r}: give FanUnit(cells)")
        given = isinstance(loss, SquaredLoss | ExactFit | SeparableLoss)
        if given and (y is not None or weights is not None):
            raise InstanceError("y, weights: the loss has its own: leave them out")
        if not given and y is None:
            raise InstanceError("y is missing: give a label for each sample")
        # the scalar fields are read as those of a training problem
        labels = (
            [0] * unit.n if y is None else listed(y, "y", "give a label for each sample")
        )
        if len(labels) != unit.n:
            raise DimensionError(
                f"y has {plural(len(labels), 'label')} for {plural(unit.n, 'sample')}"
            )
        read = TrainingProblem(
            [[0]] * unit.n,
            labels,
            beta=beta,
            beta_squared=beta_squared,
            loss="squared" if given else loss,
            weights=weights,
            exact=exact,
        )
        found = (
            loss if isinstance(loss, SquaredLoss | ExactFit | SeparableLoss) else read.loss
        )
        if len(found.y) != unit.n:
            raise DimensionError(
                f"loss: of {plural(len(found.y), 'sample')}, the unit has {unit.n}"
            )
        columns = rows_given(listed(free, "free", "give a list of columns"), exact, "free")
        for j, column in enumerate(columns, 1):
            if len(column) != unit.n:
                raise DimensionError(
                    f"free, column {j} has {plural(len(column), 'entry')} for "
                    f"{plural(unit.n, 'sample')}: give one for each"
                )
        put = object.__setattr__  # the class is frozen: this is its only writer
        put(self, "source", unit)
        put(self, "loss", found)
        put(self, "columns", columns)
        put(self, "beta_squared", read.beta_squared)
        put(self, "y", found.y)
        put(
            self,
            "X",
            tuple(tuple(t for c in unit.cells for t in c.A[k]) for k in range(unit.n)),
        )
        put(self, "bias", "none")
        put(self, "skip", "none")
        put(self, "name", name)

    @cached_property
    def unit(self) -> ReluUnit:
        """No ReLU neurons.

        Raises
        ------
        InstanceError
            Always.
        """
        raise self._no_relu()

    def require_relu(self) -> None:
        """Refuse what is about ReLU networks."""
        raise self._no_relu()

    def _no_relu(self) -> InstanceError:
        return InstanceError(
            f"{self!r}: this is about ReLU networks: of other units there are optimum, "
            f"optimal_polytope, staircase and slot_complex"
        )

    @property
    def of_relu(self) -> bool:
        """Whether its units are ReLU neurons of the pipeline's own: never."""
        return False

    @property
    def d(self) -> int:
        """The number of weights of a neuron."""
        return self.source.p

    def free_for(self, X: Matrix) -> FreePart:  # noqa: ARG002 - the columns are given
        """Return the free columns."""
        return FreePart(
            self.n, self.columns, has_slopes=False, has_constant=False, limited=False
        )

    def __repr__(self) -> str:
        name = f"{self.name!r}, " if self.name else ""
        kind = self.loss.kind if isinstance(self.loss, SeparableLoss) else "squared"
        kind = "interpolation" if isinstance(self.loss, ExactFit) else kind
        return (
            f"AtomicProblem({name}n={self.n}, p={self.d}, cells={len(self.source.cells)}, "
            f"loss={kind}, beta²={self.beta_squared})"
        )
