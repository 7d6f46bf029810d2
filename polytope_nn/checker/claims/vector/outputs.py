"""The instance with several outputs: n rows of c labels; fits and features column by column."""

from copy import copy

from ...kernel.numbers import Field, Vector
from ...kernel.reading import Json, array, require
from .. import dual
from ..instance import Instance


class Outputs(Instance):
    """The instance of the first output, the labels Y of all, shape (n, c).

    A fit is one vector of ``n c`` entries, column after column; ``flat`` has so many samples.
    """

    def __init__(self, read: Json, field: Field) -> None:
        where = "data.y"
        require(type(read) is dict and "y" in read, where, "is missing")
        rows = [array(row, where) for row in array(read["y"], where)]
        require(rows and rows[0], where, "is empty")
        self.c = len(rows[0])
        require(all(len(row) == self.c for row in rows), where, "is ragged")
        super().__init__(read | {"y": [row[0] for row in rows]}, field)
        require(self.bias != "free", "data.bias", "is free with several outputs")
        self.flat = copy(self)
        self.flat.n = self.n * self.c
        self.flat.y = [field.rational(row[j], where) for j in range(self.c) for row in rows]
        self.flat.weights = list(self.weights) * self.c

    @property
    def entries(self) -> int:
        """The number of entries of a fit."""
        return self.n * self.c

    def columns(self, v: Vector) -> list[Vector]:
        """Return the columns of a fit."""
        return [v[j * self.n : (j + 1) * self.n] for j in range(self.c)]

    def entered(self, read: Json, where: str) -> list[Json]:
        """Return the entries of n rows of c as they are written, column after column."""
        rows = [array(row, where, self.c) for row in array(read, where, self.n)]
        return [row[j] for j in range(self.c) for row in rows]

    def variable(self, read: Json) -> Vector:
        """Return N, column after column."""
        where = "claims.dual"
        return self.field.vector(self.entered(read, where), self.entries, where)

    def modulo(self, v: Vector) -> Vector:
        """Return a fit modulo what is free, for each output alike."""
        return [
            t for column in self.columns(v) for t in super(Outputs, self).modulo(column)
        ]


def orthogonal(D: Outputs, N: Vector) -> None:
    """Prove that N is orthogonal to what is free."""
    for column in D.columns(N):
        dual.orthogonal(D, column)


def optimum(D: Outputs, N: Vector, claim: Json) -> Vector:
    """Return the fit; it and the value are those of N, entry by entry."""
    fit = D.entered(claim["fit"], "claims.optimum")
    return dual.optimum(D.flat, N, claim | {"fit": fit})
