"""The words of certificates of several outputs: the instance, matrices, continua, networks."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from polytope_nn.certificate.format import Json, numerators, written
from polytope_nn.certificate.general import spoken_loss
from polytope_nn.checker.claims.problem.planted import LogField
from polytope_nn.checker.claims.vector.outputs import Outputs
from polytope_nn.checker.kernel.numbers import Field
from polytope_nn.checker.kernel.reading import Clock, Limits
from polytope_nn.exact.linear import rank, transpose
from polytope_nn.exact.rational import text
from polytope_nn.exact.scalar import Scalar, Scalars
from polytope_nn.vector.losses.entries import rows_of
from polytope_nn.vector.optimum import Network, Optimum
from polytope_nn.vector.oracle import Kernel
from polytope_nn.vector.problem import Rows, VectorProblem

from .leaves import orthogonal

__all__ = [
    "Modulo",
    "by_column",
    "data_of",
    "entries_fit",
    "outputs_of",
    "spoken_atoms",
    "spoken_kernel",
    "spoken_neurons",
    "spoken_rows",
]


Entry = TypeVar("Entry")


def data_of(D: VectorProblem) -> dict[str, Json]:
    """Return the instance in the words of format 2, y as n rows."""
    told = spoken_loss(D.entries.loss, D.c)
    if D.entries.shifted:
        told["kind"] = D.kind
    return {
        "X": [list(map(text, row)) for row in D.X],
        "y": [list(map(text, row)) for row in D.Y],
        "beta_squared": text(D.beta_squared),
        "loss": told,
        "unit": {"kind": "relu", "bias": D.bias},
        "free": D.skip,
    }


def spoken_atoms(O: Optimum) -> list[Json]:
    """Return the claims of the atoms and of the bound by the rank of N."""
    listed: list[Json] = [
        {"g": list(map(written, a.g)), "h": list(map(written, a.h))} for a in O.atoms
    ]
    return [
        {"claim": "atoms", "list": listed},
        {"claim": "rank_bound", "rho": rank(O.N), "bound": O.rank_bound},
    ]


def outputs_of(data: dict[str, Json], *, logarithms: bool = False) -> Outputs:
    """Return the instance as the checker reads it, over Q or beside logarithms."""
    clock = Clock(Limits())
    if logarithms:
        return Outputs(data, LogField({"primes": [2]}, clock))
    return Outputs(data, Field("Q", clock))


@dataclass(frozen=True)
class Modulo:
    """What the checker leaves of an (n, c) matrix modulo what is free, column by column."""

    D: Outputs

    def __call__(self, fit: Rows) -> Scalars:
        """Return what is left."""
        return tuple(self.D.modulo([t for column in transpose(fit) for t in column]))


def by_column(entries: Sequence[Entry], c: int) -> list[Entry]:
    """Return entries, row after row, column after column."""
    return [t for j in range(c) for t in entries[j::c]]


def entries_fit(O: Optimum) -> Rows:
    """Return the network's fit; of softmax with constants of the rows that its box has."""
    return O.fit if O.chosen is None else rows_of(O.chosen.fit, O.problem.c)


def spoken_rows(
    rows: Sequence[Scalars], write: Callable[[Scalar], Json] = written
) -> list[Json]:
    """Return a matrix of exact numbers."""
    return [list(map(write, row)) for row in rows]


def spoken_neurons(
    network: Network, write: Callable[[Scalar], Json] = written
) -> list[Json]:
    """Return the neurons of a network with their masses."""
    return [{"g": list(map(written, u.g)), "mass": write(mass)} for u, mass in network]


def spoken_kernel(kernel: Kernel) -> dict[str, Json]:
    """Return a continuum: its face, an orthogonal basis, a point inside."""
    return {
        "face": list(kernel.covector),
        "kernel": [numerators(v, primitive=True)[0] for v in orthogonal(kernel.vectors)],
        "point": list(map(written, kernel.witness)),
    }
