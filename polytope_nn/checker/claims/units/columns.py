"""Features that are listed with their atoms."""

from collections.abc import Sequence

from ...kernel.numbers import Vector, longest
from ..instance import Instance


class Listed:
    """The features of listed atoms, modulo what is free; ``keys`` tell the atoms."""

    common = 1

    def __init__(
        self, D: Instance, keys: Sequence[tuple[int, ...]], features: Sequence[Vector]
    ) -> None:
        self.keys = list(keys)
        self.columns: list[Vector] = []
        entries = len(features) * D.n * D.field.degree
        for F in features:
            D.clock.tick()
            column = D.modulo(F)
            D.clock.hold(entries, longest(column) + 256, "claims.atoms")
            self.columns.append(column)

    def __len__(self) -> int:
        return len(self.columns)

    def reduced(self, i: int) -> Vector:
        """Return the feature of an atom modulo what is free."""
        return self.columns[i]
