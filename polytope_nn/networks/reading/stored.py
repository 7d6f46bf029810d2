"""Networks to and from what other tools keep: arrays, state_dicts, estimators, files.

What is written here is a network's parts and its way in and out;
:class:`~polytope_nn.networks.network.Network` adds what it computes and what it costs.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

from polytope_nn.exact.scalar import Scalar, Scalars
from polytope_nn.networks.neuron import Parts, Slot

from .files import json_of_parts, parts_of_json
from .formats import FORMS, encoded, floats_of, read_parts
from .layers import parts_of_sklearn, parts_of_state_dict, state_dict_arrays
from .weights import parts_of_arrays, refuse, refuse_others

if TYPE_CHECKING:
    from .weights import Floats

__all__ = ["Stored"]


@dataclass(frozen=True)
class Stored:
    """Slots, and the free parts of the output; None where they are not given."""

    slots: tuple[Slot, ...]
    skip: Scalars | None = None
    constant: Scalar | None = None

    @property
    def parts(self) -> Parts:
        """The slots, the skip and the constant."""
        return Parts(self.slots, self.skip, self.constant)

    @classmethod
    def from_arrays(  # noqa: PLR0913 - the names of the arrays of an archive
        cls,
        W: Iterable[Iterable[object]],
        alpha: Iterable[object],
        *others: object,
        b: Iterable[object] | None = None,
        skip: Iterable[object] | None = None,
        constant: object = None,
        free_bias: bool = False,
    ) -> Self:
        """Return the network of weights: W (m, d), alpha (m,), biases b (m,), a free part.

        Floats of any precision are the dyadic rationals they are. A bias becomes the last
        entry of its neuron; ``free_bias`` says that it is free of weight decay.

        >>> Stored.from_arrays([[0.5, 0.0]], [-0.5], constant=2.0).constant
        Fraction(2, 1)
        """
        refuse_others(others)
        parts = parts_of_arrays(
            W, alpha, b=b, skip=skip, constant=constant, free_bias=free_bias
        )
        return cls(*parts)

    @classmethod
    def from_state_dict(
        cls, state: Mapping[str, object], *, free_bias: bool = False
    ) -> Self:
        """Return the network of a torch ``state_dict``: two linear layers, one output.

        Tensors or arrays; torch is not imported. The output's bias is the constant.
        """
        return cls(*parts_of_state_dict(state, free_bias=free_bias))

    @classmethod
    def from_sklearn(cls, model: object, *, free_bias: bool = True) -> Self:
        """Return the network of a fitted ``MLPRegressor`` of one hidden layer of relu.

        Its biases are free of weight decay, and so is its output's, the constant.
        """
        return cls(*parts_of_sklearn(model, free_bias=free_bias))

    @classmethod
    def from_json(
        cls,
        read: object,
        where: str = "network",
        dimension: int | None = None,
        *,
        free_bias: bool = False,
    ) -> Self:
        """Return the network of parsed JSON; ``where`` names its source in messages.

        With a ``dimension``, neurons of any other, zero ones included, are refused.
        """
        return cls(*parts_of_json(read, where, dimension, free_bias=free_bias))

    def to_json(self) -> dict[str, object]:
        """Return the NETWORK JSON, exact.

        >>> Stored.from_arrays([["1/2", 0]], ["1/2"]).to_json()
        {'neurons': [{'sign': 1, 'u': ['1/4', '0']}]}
        """
        return json_of_parts(self.parts)

    @classmethod
    def load(
        cls,
        path: str | Path,
        dimension: int | None = None,
        *,
        free_bias: bool = False,
        biased: bool = True,
    ) -> Self:
        """Return the network of a file: JSON, ``.npz`` or ``.safetensors``.

        Where neurons have no bias (``biased`` is False) arrays with one are refused.

        Raises
        ------
        InstanceError
            One line: the file, the field, the offending value, the cure.
        """
        return cls(*read_parts(path, dimension, free_bias=free_bias, biased=biased))

    def to_state_dict(self, *, bias: bool = False) -> "dict[str, Floats]":
        """Return the arrays of torch's ``Sequential(Linear(d, m), ReLU(), Linear(m, 1))``.

        ``bias`` says that the last entry of each neuron is one.
        """
        if self.skip is not None:
            refuse("network", "skip", self.skip, "two layers in a row have none")
        return state_dict_arrays(floats_of(self.parts, bias=bias))

    def save(self, path: str | Path, *, bias: bool = False) -> None:
        """Write the network to a file; its name's ending says which form.

        JSON is exact; ``.npz`` and ``.safetensors`` (by torch's names) hold the nearest
        float64. ``bias`` says that the last entry of each neuron is one: an array of its own.
        """
        file = Path(path)
        form = file.suffix.lower()
        if form not in FORMS:
            refuse("save", "path", str(path), f"the name must end in {', '.join(FORMS)}")
        if form == ".json":
            file.write_text(json.dumps(self.to_json()) + "\n", encoding="utf-8")
        else:
            file.write_bytes(encoded(floats_of(self.parts, bias=bias), form))
