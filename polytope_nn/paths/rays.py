"""Rational rays beside optimal atoms, on which descents decide every tie (THEORY T12).

An atom that is known in balls has rational rays of its own face as near as one likes: on them
features, and so the coefficients of a tableau, are rational.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction

from polytope_nn.dual.atoms import covector
from polytope_nn.errors import Undecided
from polytope_nn.exact.linear import kernel
from polytope_nn.exact.rational import Matrix, exponent
from polytope_nn.exact.scalar import Scalar, Scalars, middle
from polytope_nn.networks.network import Neuron, ray

from .mixtures import Columns

__all__ = [
    "beside",
    "differ",
    "known_rays",
    "largest_exponent",
    "ray_mass",
    "ray_of_face",
    "rounded",
    "vertex_on",
]


def known_rays(columns: Columns) -> dict[int, Neuron]:
    """Return the neurons of the start that no ball tells from the ray of an atom."""
    found: dict[int, Neuron] = {}
    design = columns.polytope.optimum.problem.rows_and_slopes[0]
    tight = columns.neurons[: columns.tight]
    faces = columns.optima.faces
    for x in columns.neurons[columns.tight :]:
        face = covector(design, x.u)
        for a, near in enumerate(tight):
            alike = (near.sign, faces[a]) == (x.sign, face)
            if alike and not differ(near.u, x.u):
                found.setdefault(a, x)
    return found


def differ(g: Scalars, u: Scalars) -> bool:
    """Return whether two vectors of one face are proved to lie on two rays."""
    i = ray(u)
    for a, b in zip(g, u, strict=True):
        try:
            if a * u[i] != b * g[i]:
                return True
        except Undecided:
            continue
    return not g[i] * u[i] > 0


def beside(design: Matrix, columns: Columns, a: int, bits: int) -> Neuron:
    """Return a rational ray of the face of a tight column, its direction to some bits."""
    x = columns.neurons[a]
    return Neuron(x.sign, ray_of_face(design, columns.optima.faces[a], x.u, bits))


def ray_of_face(
    design: Matrix, face: Sequence[int], g: Scalars, bits: int
) -> tuple[Fraction, ...]:
    """Return a rational vector of a face next to one that is known in balls, to some bits."""
    d = len(g)
    tied = [row for row, s in zip(design, face, strict=True) if s == 0 and any(row)]
    basis = kernel(tied or [(Fraction(0),) * d], d)
    near = [middle(t) for t in g]
    scale = bits - largest_exponent(near)
    u = [Fraction(0)] * d
    for b in basis:
        # a coordinate in which no other vector of the basis takes part
        j = next(j for j in range(d) if b[j] != 0 and sum(x[j] != 0 for x in basis) == 1)
        one = [middle(t) for t in b]
        share = rounded(near[j] / one[j], scale + largest_exponent(one))
        u = [r + share * t for r, t in zip(u, one, strict=True)]
    if covector(design, u) != face:
        raise Undecided(f"whether rays near an atom lie in its face, to {bits} bits")
    return tuple(u)


def vertex_on(wide: Columns, rays: Mapping[int, Neuron], used: set[int]) -> int | None:
    """Return a vertex of P whose atoms have their rays among the columns in use.

    A start on rays of atoms has the cheaper ones; those in use are cheapest for all their
    mixtures.
    """
    within = sum({1 << a for a, u in rays.items() for j in used if wide.neurons[j] == u})
    supports = enumerate(wide.optima.vertices.supports)
    return next((i for i, bits in supports if bits | within == within), None)


def ray_mass(u: Scalars, g: Scalars, v: Scalar, factor: Fraction, bits: int) -> Fraction:
    """Return about a factor times the mass of the ray u that makes the neuron ``v g``."""
    k = ray(u)
    exact = middle(v * g[k]) / middle(u[k]) * factor
    return rounded(exact, bits - exponent(exact))


def largest_exponent(x: Sequence[Fraction]) -> int:
    """Return about the binary logarithm of the largest entry."""
    return exponent(max(map(abs, x)))


def rounded(x: Fraction, bits: int) -> Fraction:
    """Return the multiple of ``2^-bits`` next to x."""
    return Fraction(round(x * Fraction(2) ** bits)) / Fraction(2) ** bits
