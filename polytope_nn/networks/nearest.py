"""The optimum nearest to a network: which atoms its neurons point at (an aid to reading).

Angles are compared through squared cosines, rational for rational data: ``u`` points at
the atom of its sign with the largest ``u'g |u'g| / |u|^2``.
"""

from dataclasses import dataclass

from polytope_nn.called import given
from polytope_nn.exact.scalar import Scalar, dot, sign, squared_norm
from polytope_nn.landscape.optimal_set import OptimalPolytope
from polytope_nn.landscape.supports import bits_of

from .network import Network

__all__ = ["Nearest", "nearest_support"]


@dataclass(frozen=True)
class Nearest:
    """The atom each slot points at (None where it is empty), and a vertex of P.

    ``vertex`` is the index of the vertex that misses the fewest of these atoms, then uses
    the fewest others; ``support`` are its atoms.
    """

    atoms: tuple[int | None, ...]
    vertex: int
    support: tuple[int, ...]

    def to_json(self) -> dict[str, object]:
        """Return the fields as JSON data."""
        return {
            "atoms": list(self.atoms),
            "vertex": self.vertex,
            "support": list(self.support),
        }


def nearest_support(P: OptimalPolytope, network: Network) -> Nearest:
    """Return the atoms a network points at, and the vertex of P closest to those.

    >>> from polytope_nn.landscape.optimal_set import optimal_polytope
    >>> from polytope_nn.problems.training import TrainingProblem
    >>> D = TrainingProblem([[1, -1, 0], [0, 1, -1]], [2, 2], beta_squared=2)
    >>> nearest_support(optimal_polytope(D), Network.of((1, [5, 1, -5]), None))
    Nearest(atoms=(0, None), vertex=0, support=(0,))

    Parameters
    ----------
    P
        The optimal polytope.
    network
        Any network of its dimension.

    Returns
    -------
    Nearest
        Atoms by their angle to the neurons, and a vertex of P.

    Raises
    ------
    DimensionError
        When the network is of another dimension.
    """
    given(OptimalPolytope, P)
    given(Network, network)
    pointed: list[int | None] = []
    for held in network.slots:
        x = None if held is None else held.balanced
        if x is None:
            pointed.append(None)
            continue
        best: tuple[Scalar, int] | None = None
        for a, atom in enumerate(P.atoms):
            if atom.sign == x.sign:
                along = dot(x.u, atom.g)
                angle = along * along * sign(along) / squared_norm(x.u)
                if best is None or angle > best[0]:
                    best = angle, a
        pointed.append(None if best is None else best[1])
    mask = sum(1 << a for a in {a for a in pointed if a is not None})
    missed = [
        ((mask & ~bits).bit_count(), (bits & ~mask).bit_count(), i)
        for i, bits in enumerate(P.supports)
    ]
    vertex = min(missed)[2]
    return Nearest(tuple(pointed), vertex, tuple(bits_of(P.supports[vertex])))
