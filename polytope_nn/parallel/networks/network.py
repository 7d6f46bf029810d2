"""Three-layer networks: branches of inner neurons in slots, exact (three-layer §5, §9).

A branch is a sign and inner neurons (sign s, vector u); it adds ``sign (sum s (X u)_+)_+`` to the
fit. Rescaled best its weights cost ``beta sum |u|``, or with path costs ``beta (sum |u|^2)^(1/2)``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TypeAlias

from polytope_nn.called import given, slots_of
from polytope_nn.errors import DimensionError, InstanceError, NotOptimal, Undecided
from polytope_nn.exact.radical import RootSum, exactly, root, total
from polytope_nn.exact.rational import Matrix, Vector
from polytope_nn.exact.scalar import Scalar, Scalars, squared_norm
from polytope_nn.limits import width_of
from polytope_nn.networks.network import loss
from polytope_nn.networks.neuron import Neuron, Parts, feature, rectified
from polytope_nn.networks.reading.files import json_of, json_of_parts, parts_of_json
from polytope_nn.networks.reading.samples import Valued, design_of
from polytope_nn.parallel.problem import ParallelProblem
from polytope_nn.wording import plural, shown

__all__ = ["Branch", "ParallelNetwork", "read_parallel_network"]

_BRANCH = 'write null or {"sign": 1, "neurons": [{"sign": 1, "u": ["1/2", "0"]}, null]}'


@dataclass(frozen=True)
class Branch:
    """A branch of a network: its sign and the inner neurons in its slots."""

    sign: int
    neurons: tuple[Neuron | None, ...]

    def output(self, X: Matrix) -> Scalars:
        """Return what the branch adds to the fit, shape (n,)."""
        features = [feature(X, x.sign, x.u) for x in self.neurons if x is not None]
        zero: Scalar = Fraction(0)
        z = [sum((f[i] for f in features), zero) for i in range(len(X))]
        return tuple(rectified(t) * self.sign for t in z)

    def times(self, factor: Scalar) -> "Branch":
        """Return the branch with all inner masses multiplied."""
        return Branch(
            self.sign,
            tuple(
                None if x is None else Neuron(x.sign, tuple(factor * t for t in x.u))
                for x in self.neurons
            ),
        )


Place: TypeAlias = Branch | None


@dataclass(frozen=True)
class ParallelNetwork(Valued):
    """A three-layer network: a branch, or None, in each of its slots.

    ``raw`` are the squares of the norms of W, w and alpha of each branch of a trained network,
    whose power-3 decay is what they say; without them branches are rescaled best.

    Examples
    --------
    >>> text = {"branches": [{"sign": 1, "neurons": [{"sign": 1, "u": ["2", "0"]}]}, None]}
    >>> net = ParallelNetwork.from_json(text)
    >>> net.width, net.fit(((Fraction(1), Fraction(0)), (Fraction(-1), Fraction(0))))
    (2, (Fraction(2, 1), Fraction(0, 1)))
    """

    branches: tuple[Place, ...]
    raw: tuple[Vector, ...] = ()

    skip = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "branches", slots_of(self.branches, Branch, "branches"))

    @classmethod
    def from_json(cls, read: object, where: str = "network") -> "ParallelNetwork":
        """Return the network of a JSON object, or refuse it in one line."""
        if not isinstance(read, Mapping) or set(read) != {"branches"}:
            raise InstanceError(f'{where}: a three-layer network is {{"branches": [...]}}')
        listed = read["branches"]
        if not isinstance(listed, list):
            raise InstanceError(f"{where}: branches: a list belongs here: {_BRANCH}")
        return cls(tuple(_branch(x, where, f"branches[{j}]") for j, x in enumerate(listed)))

    def to_json(self) -> dict[str, object]:
        """Return the network as JSON data, exact."""
        return {
            "branches": [
                None if b is None else {"sign": b.sign, **json_of_parts(Parts(b.neurons))}
                for b in self.branches
            ]
        }

    @property
    def width(self) -> int:
        """The number m of branches, empty ones included."""
        return len(self.branches)

    @property
    def dimension(self) -> int | None:
        """The length of every inner u; None when every slot is empty."""
        inner = (x for b in self.branches if b is not None for x in b.neurons)
        return next((len(x.u) for x in inner if x is not None), None)

    @property
    def inner_width(self) -> int:
        """The largest number k of inner slots of a branch."""
        return max((len(b.neurons) for b in self.branches if b is not None), default=0)

    def fit(self, X: Matrix) -> Scalars:
        """Return the output on the samples, shape (n,), for a design X, shape (n, d)."""
        X = design_of(X)
        sizes = {len(x.u) for b in self.branches if b for x in b.neurons if x is not None}
        if X and not sizes <= {len(X[0])}:
            raise DimensionError(
                f"the inner neurons have dimensions {sorted(sizes)}, the samples {len(X[0])}: "
                f"give every neuron {plural(len(X[0]), 'weight')}"
            )
        outputs = [b.output(X) for b in self.branches if b is not None]
        zero: Scalar = Fraction(0)
        return tuple(sum((f[i] for f in outputs), zero) for i in range(len(X)))

    def cost(self, problem: ParallelProblem) -> RootSum:
        """Return what the branches cost: as they are if raw, else rescaled best (P1)."""
        given(ParallelProblem, problem)
        square = problem.two_layer.beta_squared
        parts: list[RootSum] = []
        if self.raw and problem.regulariser == "power3":
            return total(root(q**3 * square / 9) for squares in self.raw for q in squares)
        for b in self.branches:
            squares = [squared_norm(x.u) for x in b.neurons if x is not None] if b else []
            if problem.regulariser == "path":
                squares = [sum(squares, Fraction(0))]
            parts += [root(q * square) for q in squares]
        return total(parts)

    def objective(self, problem: ParallelProblem) -> RootSum:
        """Return the objective of the network."""
        given(ParallelProblem, problem)
        return exactly(loss(problem.two_layer, self.fit(problem.design))) + self.cost(
            problem
        )

    def padded(self, m: int, k: int) -> "ParallelNetwork":
        """Return the network with empty slots added, m branches of k inner neurons."""
        m, k = width_of(m, 0), width_of(k, 0)
        if self.width > m or self.inner_width > k:
            raise DimensionError(
                f"({self.width}, {self.inner_width}) branches and inner slots do not fit in "
                f"({m}, {k})"
            )
        filled = tuple(
            b
            if b is None
            else Branch(b.sign, (*b.neurons, *(None,) * (k - len(b.neurons))))
            for b in self.branches
        )
        return ParallelNetwork((*filled, *(None,) * (m - self.width)))


def _branch(x: object, where: str, name: str) -> Place:
    if x is None:
        return None
    if not isinstance(x, Mapping) or set(x) != {"sign", "neurons"}:
        raise InstanceError(f"{where}: {name}: {_BRANCH}")
    if type(x["sign"]) is not int or x["sign"] not in {1, -1}:
        raise InstanceError(f"{where}: {name}.sign: {shown(x['sign'])}: write 1 or -1")
    parts = parts_of_json({"neurons": x["neurons"]}, f"{where}: {name}")
    slots: list[Neuron | None] = []
    for l, neuron in enumerate(parts.slots):
        if neuron is not None and not isinstance(neuron, Neuron):
            raise InstanceError(
                f'{where}: {name}.neurons[{l}]: an inner neuron is {{"sign", "u"}}'
            )
        slots.append(neuron)
    return Branch(x["sign"], tuple(slots)) if any(slots) else None


def read_parallel_network(path: str | Path) -> ParallelNetwork:
    """Return the three-layer network of a JSON file, or of an archive ``.npz``.

    An archive has ``W (m, d, k)``, ``w (m, k)``, ``alpha (m,)``; its floats are the dyadic
    rationals they are.
    """
    file = Path(path)
    if file.suffix == ".npz":
        return _of_arrays(file)
    return ParallelNetwork.from_json(json_of(file), str(path))


def _listed(shapes: Mapping[str, object]) -> str:
    """Return the names of arrays and their shapes in words."""
    return ", ".join(f"{name} {shape}" for name, shape in shapes.items()) or "no array"


def _of_arrays(file: Path) -> ParallelNetwork:
    from polytope_nn.networks.reading.formats import named_arrays
    from polytope_nn.networks.reading.weights import dyadic

    arrays = named_arrays(file)
    for name in arrays:
        if name not in {"W", "w", "alpha"}:
            raise InstanceError(f"{file}: {name}: is no array of three layers: W, w, alpha")
    shapes = {name: x.shape for name, x in arrays.items()}
    if set(arrays) != {"W", "w", "alpha"} or len(shapes["W"]) != 3:
        raise InstanceError(
            f"{file}: {_listed(shapes)}: three layers are W (m, d, k), w (m, k), alpha (m,)"
        )
    m, d, k = shapes["W"]
    if shapes["w"] != (m, k) or shapes["alpha"] != (m,):
        raise InstanceError(
            f"{file}: w {shapes['w']}, alpha {shapes['alpha']}: W {shapes['W']} needs "
            f"w ({m}, {k}) and alpha ({m},)"
        )
    branches: list[Place] = []
    raw: list[Vector] = []
    for j in range(m):
        alpha = dyadic(arrays["alpha"][j], str(file), f"alpha[{j}]")
        neurons: list[Neuron | None] = []
        squares = [Fraction(0), Fraction(0), alpha * alpha]
        for l in range(k):
            w = dyadic(arrays["w"][j, l], str(file), f"w[{j}, {l}]")
            factor = abs(alpha * w)
            column = [
                dyadic(arrays["W"][j, i, l], str(file), f"W[{j}, {i}, {l}]")
                for i in range(d)
            ]
            squares[0] += squared_norm(column)
            squares[1] += w * w
            u = tuple(factor * t for t in column)
            neurons.append(Neuron(1 if w > 0 else -1, u) if any(u) else None)
        raw.append(tuple(squares))
        used = any(x is not None for x in neurons)
        branches.append(Branch(1 if alpha > 0 else -1, tuple(neurons)) if used else None)
    return ParallelNetwork(tuple(branches), tuple(raw))


def require_optimal(
    network: ParallelNetwork,
    problem: ParallelProblem,
    value: Scalar,
    *,
    boxes: bool = False,
) -> None:
    """Refuse a network whose objective is not the optimum.

    Where balls hide it Undecided, but not with ``boxes``, which may contain an optimal one.
    """
    excess = network.objective(problem) - value
    try:
        optimal = excess.sign() == 0
    except Undecided:
        if boxes:
            return
        raise Undecided(
            "whether the network is optimal: its objective and the optimum are not told apart "
            "(gap bounds the distance)"
        ) from None
    if not optimal:
        raise NotOptimal(
            f"the network is not optimal: its objective exceeds the optimum by "
            f"{float(excess):.6g}"
        )


def branch_of(sigma: int, masses: Sequence[tuple[object, Scalar]], k: int) -> Branch:
    """Return a branch of a piece in k slots: each inner atom in its own, ``u = c g``."""
    neurons: list[Neuron | None] = []
    for label, c in masses:
        assert isinstance(label, tuple)  # labels are pairs of a sign and a direction
        s, g = label
        neurons.append(Neuron(s, tuple(c * t for t in g)))
    return Branch(sigma, (*neurons, *(None,) * (k - len(neurons))))
