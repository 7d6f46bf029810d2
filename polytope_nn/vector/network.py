"""Networks with several outputs: exact neurons in slots, their files, their objective."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import NoReturn, TypeAlias

from polytope_nn.called import given, slots_of
from polytope_nn.errors import InstanceError
from polytope_nn.exact.ball import Ball
from polytope_nn.exact.radical import RootSum, exactly, root, total
from polytope_nn.exact.scalar import Scalars, dot, exact_number, squared_norm
from polytope_nn.networks.neuron import rectified
from polytope_nn.networks.reading.files import json_of, listed_neurons, number_of
from polytope_nn.networks.reading.formats import is_arrays, layers_asked
from polytope_nn.networks.reading.layers import layers_of
from polytope_nn.networks.reading.samples import designed, one_sample
from polytope_nn.networks.reading.weights import refuse_others
from polytope_nn.problems.reading.given import rows_given
from polytope_nn.wording import plural

from .losses.entries import rows_of
from .optimum import Optimum
from .problem import Rows, VectorProblem
from .reading import rows_of_arrays

__all__ = ["VectorNetwork", "VectorNeuron", "free_part_of"]

_NEURON = '{"u": [...], "v": [...]}, {"w": [...], "alpha": [...]} or null'
_FORM = f"write {_NEURON}"


@dataclass(frozen=True)
class VectorNeuron:
    """A neuron ``(x'u)_+ v``; a raw one is paid for as ``(|u|^2 + |v|^2) / 2``.

    Otherwise it is the balanced pair of that product, of cost ``|u| |v|``.
    """

    u: Scalars
    v: Scalars
    raw: bool = False

    def __post_init__(self) -> None:
        """Take whole numbers as fractions: halves of their sums are exact."""
        for name in ("u", "v"):
            own = getattr(self, name)
            told = tuple(Fraction(t) if isinstance(t, int) else t for t in own)
            object.__setattr__(self, name, told)

    @property
    def cost(self) -> RootSum:
        """What the neuron costs for ``beta = 1``."""
        if self.raw:
            return exactly((squared_norm(self.u) + squared_norm(self.v)) / 2)
        return root(squared_norm(self.u) * squared_norm(self.v))


Slot: TypeAlias = VectorNeuron | None


@dataclass(frozen=True)
class VectorNetwork:
    """Neurons in slots, None in an empty one; ``skip`` (d, c) and ``constant`` (c,) if given.

    >>> N = VectorNetwork.from_json({"neurons": [{"u": [1, 0], "v": ["4/5", 1]}, None]})
    >>> N.width, N.slots[0].v
    (2, (Fraction(4, 5), Fraction(1, 1)))
    """

    slots: tuple[Slot, ...]
    skip: Rows | None = None
    constant: Scalars | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "slots", slots_of(self.slots, VectorNeuron, "slots"))

    @property
    def width(self) -> int:
        """The number of slots."""
        return len(self.slots)

    @property
    def neurons(self) -> tuple[VectorNeuron, ...]:
        """The neurons that are not empty."""
        return tuple(x for x in self.slots if x is not None)

    @property
    def is_enclosed(self) -> bool:
        """Whether some number is only known as an enclosure."""
        free = [*(self.skip or ()), self.constant or ()]
        numbers = [t for x in self.neurons for t in (*x.u, *x.v)]
        return any(isinstance(t, Ball) for t in (*numbers, *(t for r in free for t in r)))

    def fit(self, problem: VectorProblem) -> Rows:
        """Return what the network fits, shape (n, c)."""
        given(VectorProblem, problem)
        return self._values(problem.design, problem.X, problem.c)

    def _values(self, design: Rows, X: Rows, c: int) -> Rows:
        """Return the values at rows of a design, and of the samples that a skip sees."""
        rows = []
        for x, plain in zip(design, X, strict=True):
            pulled = [dot(x, neuron.u) for neuron in self.neurons]
            active = [rectified(t) for t in pulled]
            row = [dot(active, [neuron.v[j] for neuron in self.neurons]) for j in range(c)]
            for j in range(c):
                if self.skip is not None:
                    row[j] = row[j] + dot(plain, [a[j] for a in self.skip])
                if self.constant is not None:
                    row[j] = row[j] + self.constant[j]
            rows.append(tuple(row))
        return tuple(rows)

    def predict(self, X: Iterable[object], *, exact: str | None = None) -> Rows:
        """Return the values at samples, shape (n, d), as rows; ``exact``: how floats are read.

        Neurons with one weight more than a sample has entries have a bias, the last one.
        The zero network has values in no known dimension: ``()``.

        Raises
        ------
        DimensionError
            When the neurons have neither d weights nor d and a bias.
        """
        rows = rows_given(X, exact)
        size = next((len(x.u) for x in self.neurons), None)
        outputs = [len(x.v) for x in self.neurons]
        outputs += [len(self.constant)] if self.constant is not None else []
        outputs += [len(self.skip[0])] if self.skip else []
        design = designed(rows, size, None if self.skip is None else len(self.skip))
        return self._values(design, rows, outputs[0] if outputs else 0)

    def __call__(self, x: Iterable[object], *, exact: str | None = None) -> Scalars:
        """Return the values at one sample, shape (d,): see :meth:`predict`."""
        return self.predict([one_sample(x)], exact=exact)[0]

    def objective(self, problem: VectorProblem) -> RootSum:
        """Return the objective of the network: its loss, and beta times the neurons' costs."""
        given(VectorProblem, problem)
        loss = problem.loss(self.fit(problem)) if problem.is_finite else None
        if loss is None:
            raise InstanceError(
                f"loss: the {problem.kind} loss of a fit is 0 or infinite: take a finite one"
            )
        beta = root(problem.beta_squared).exact
        if beta is not None:
            return exactly(loss) + total(neuron.cost * beta for neuron in self.neurons)
        costs = [_with_root(neuron, problem.beta_squared) for neuron in self.neurons]
        return exactly(loss) + total(costs)

    def completed(self, problem: VectorProblem) -> "VectorNetwork":
        """Return the network with the free part that fits best, where its file gives none.

        With another loss than the squared one it is 0, and left out.
        """
        given(VectorProblem, problem)
        has_one = self.skip is not None or self.constant is not None
        if has_one or not problem.is_squared or not problem.free.columns:
            return self
        return self.beside(problem, problem.best_beside(self.fit(problem)))

    def beside(self, problem: VectorProblem, A: Rows) -> "VectorNetwork":
        """Return the network with coefficients (q, c) of what is free, slopes first."""
        free = problem.free
        slopes = A[: len(problem.X[0])] if free.has_slopes else None
        return replace(self, skip=slopes, constant=A[-1] if free.has_constant else None)

    def required(self, problem: VectorProblem, where: str) -> "VectorNetwork":
        """Return the network without the parts, all 0, that the problem has not; refuse others."""
        given(VectorProblem, problem)
        d, c = len(problem.design[0]), problem.c
        for j, x in enumerate(self.slots):
            if x is not None and (len(x.u), len(x.v)) != (d, c):
                has = f"{plural(len(x.u), 'weight')} and {plural(len(x.v), 'output')}"
                cure = f"the problem has {d} (a bias is the last) and {c}: give as many"
                _refuse(where, f"neurons[{j}]", f"{has}, {cure}")
        had, samples = problem.free, len(problem.X[0])
        none: Rows = ((Fraction(0),) * c,) * samples
        slopes, offset = none if self.skip is None else self.skip, self.constant or ()
        if [len(row) for row in slopes] != [c] * samples or (
            not had.has_slopes and any(t != 0 for row in slopes for t in row)
        ):
            cure = f"give {plural(samples, 'row')} of {c}, with a linear skip"
            _refuse(where, "skip", cure)
        if (self.constant is not None and len(offset) != c) or (
            not had.has_constant and any(t != 0 for t in offset)
        ):
            cure = f"give {plural(c, 'number')}, with a skip that has a constant"
            _refuse(where, "constant", cure)
        constant = self.constant if had.has_constant else None
        return replace(self, skip=self.skip if had.has_slopes else None, constant=constant)

    @classmethod
    def load(cls, file: str, problem: VectorProblem) -> "VectorNetwork":
        """Return the network of a JSON or ``.npz`` file; a refusal is one line."""
        given((str, Path), file)
        path = Path(file)
        if is_arrays(path):
            had = {"b": problem.bias != "none", "constant": problem.free.has_constant}
            layers = layers_asked(path, **had)
            network = cls.of_layers(layers, file)
            if problem.bias == "none" and layers.get("b") is not None:
                cure = "an instance without a bias takes none: add --bias penalised"
                _refuse(file, "b", cure)
        else:
            try:
                network = cls.from_json(json_of(path), file)
            except OSError as error:
                raise InstanceError(f"{file}: {error.strerror}: check the path") from None
        return network.required(problem, file)

    @classmethod
    def from_arrays(
        cls, W: object, alpha: object, *others: object, **free: object
    ) -> "VectorNetwork":
        """Return the network of W (m, d), alpha (m, c), b (m,), skip (d, c), constant (c,).

        >>> N = VectorNetwork.from_arrays([[1, 2]], [[3, 4]], b=[5])
        >>> print(N.slots[0].u == (1, 2, 5), *N([0, 0]))
        True 15 20
        """
        refuse_others(others)
        return cls.of_layers({"W": W, "alpha": alpha, **free}, "weights")

    @classmethod
    def from_state_dict(cls, state: Mapping[str, object]) -> "VectorNetwork":
        """Return the network of a PyTorch ``state_dict`` of two layers; biases are last."""
        return cls.of_layers(layers_of(state), "state_dict")

    @classmethod
    def from_sklearn(cls, model: object) -> "VectorNetwork":
        """Return the network of a fitted ``MLPRegressor`` with several outputs."""
        return cls.of_layers(layers_of(model), type(model).__name__)

    @classmethod
    def of_layers(cls, arrays: Mapping[str, object], where: str) -> "VectorNetwork":
        """Return the network of arrays by our names; ``where`` names their source."""
        W, alpha, skip, constant = rows_of_arrays(arrays, where)
        pairs = zip(W, alpha, strict=True)
        return cls(tuple(VectorNeuron(w, a, raw=True) for w, a in pairs), skip, constant)

    @classmethod
    def from_json(cls, read: object, where: str = "network") -> "VectorNetwork":
        """Return the network of parsed JSON; ``where`` names its source in messages."""
        given = listed_neurons(read, where, f'{{"neurons": [...]}}, in it {_NEURON}')
        for key in given:
            if key not in {"neurons", "skip", "constant"}:
                _refuse(where, str(key)[:40], "the keys are neurons, skip, constant")
        slots = tuple(
            _slot(x, where, f"neurons[{j}]") for j, x in enumerate(given["neurons"])
        )
        skip = given.get("skip")
        if skip is not None and not isinstance(skip, list):
            _refuse(where, "skip", "write a list of rows")
        rows = (
            None
            if skip is None
            else tuple(_numbers(row, where, f"skip[{i}]") for i, row in enumerate(skip))
        )
        constant = given.get("constant")
        free = None if constant is None else _numbers(constant, where, "constant")
        return cls(slots, rows, free)

    def to_json(self) -> dict[str, object]:
        """Return the network as JSON data, exact."""
        written: dict[str, object] = {"neurons": [_written(x) for x in self.slots]}
        if self.skip is not None:
            written["skip"] = [[exact_number(t) for t in row] for row in self.skip]
        if self.constant is not None:
            written["constant"] = [exact_number(t) for t in self.constant]
        return written


def free_part_of(O: Optimum) -> VectorNetwork:
    """Return a network of no neurons: the free part of an optimum's network."""
    D, bare = O.problem, VectorNetwork(())
    if not D.free.columns:
        return bare
    if O.chosen is not None:
        return bare.beside(D, D.entries.coefficients(O.chosen))
    return bare.beside(D, D.best_beside(rows_of(O.made, D.c)))


def _with_root(neuron: VectorNeuron, square: Fraction) -> RootSum:
    """Return the cost of a neuron times an irrational beta."""
    if not neuron.raw:
        return root(square * squared_norm(neuron.u) * squared_norm(neuron.v))
    return root(square) * ((squared_norm(neuron.u) + squared_norm(neuron.v)) / 2)


def _slot(x: object, where: str, name: str) -> Slot:
    if x is None:
        return None
    for first, second in (("u", "v"), ("w", "alpha")):
        if isinstance(x, Mapping) and set(x) == {first, second}:
            u = _numbers(x[first], where, f"{name}.{first}")
            v = _numbers(x[second], where, f"{name}.{second}")
            return VectorNeuron(u, v, raw=first == "w")
    return _refuse(where, name, _FORM)


def _numbers(x: object, where: str, name: str) -> Scalars:
    if not isinstance(x, list) or not x:
        _refuse(where, name, "write a list of numbers")
    return tuple(number_of(t, where, f"{name}[{i}]") for i, t in enumerate(x))


def _written(x: Slot) -> object:
    if x is None:
        return None
    names = ("w", "alpha") if x.raw else ("u", "v")
    pairs = zip(names, (x.u, x.v), strict=True)
    return {name: [exact_number(t) for t in entries] for name, entries in pairs}


def _refuse(where: str, name: str, cure: str) -> NoReturn:
    raise InstanceError(f"{where}: {name}: {cure}")
