"""What each slot of a network would like to hold of each atom."""

from fractions import Fraction

from polytope_nn.exact.scalar import Scalar, Scalars, dot, squared_norm
from polytope_nn.landscape.polytope import OptimalPolytope
from polytope_nn.networks.network import Network

__all__ = ["wished"]

_ZERO = Fraction(0)


def wished(P: OptimalPolytope, network: Network) -> tuple[Scalar, list[Scalars]]:
    """Return the square of a network's norm, and ``t_ja`` for each slot and atom.

    A free bias, the last entry, has no part in them.
    """
    end = -1 if P.problem.bias == "free" else None
    us = [None if x is None else (x.sign, x.u[:end]) for x in network.slots]
    size = sum((squared_norm(u[1]) for u in us if u is not None), _ZERO)
    return size, [
        tuple(
            dot(u[1], a.g[:end]) / P.problem.beta_squared
            if u is not None and u[0] == a.sign
            else _ZERO
            for a in P.atoms
        )
        for u in us
    ]
