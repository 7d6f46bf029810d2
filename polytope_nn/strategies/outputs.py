"""Planted problems with several outputs: N and a fit first, ties and continua built in.

Three families (general §4): a scalar planted problem with ``N = kappa r'``, whose staircase is
that of the scalar one; octahedra, with output directions that differ; planes, ``X = 1`` and N a
rotation, where a whole quarter of directions is optimal.
"""

from dataclasses import dataclass
from fractions import Fraction
from itertools import product

from hypothesis import strategies as st

from polytope_nn.exact.rational import Matrix
from polytope_nn.exact.scalar import dot
from polytope_nn.vector.problem import VectorProblem

from .planted import Planted, planted, require_known

__all__ = ["PlantedOutputs", "planted_outputs"]

_TRIPLES = ((1, 0, 1), (3, 4, 5), (-5, 12, 13), (8, -15, 17))
_RISES = (Fraction(2), Fraction(3, 2), Fraction(5, 2), Fraction(-2))
FAMILIES = ("scalar", "octahedron", "plane")


@dataclass(frozen=True)
class PlantedOutputs:
    """A problem with several outputs, its dual optimum, and what it is made of.

    ``scalar`` is the planted scalar problem of the family ``"scalar"``, else None.
    """

    problem: VectorProblem
    N: Matrix
    family: str
    scalar: Planted | None = None


@st.composite
def planted_outputs(draw: st.DrawFn, family: str | None = None) -> PlantedOutputs:
    """Draw a problem with two outputs and its dual optimum."""
    require_known(family, FAMILIES, "family")
    kind = draw(st.sampled_from(FAMILIES)) if family is None else family
    if kind == "scalar":
        return draw(_scalar())
    return draw(_octahedron() if kind == "octahedron" else _plane())


@st.composite
def _scalar(draw: st.DrawFn) -> PlantedOutputs:
    drawn = draw(planted(4, 2))
    D = drawn.problem
    a, b, length = draw(st.sampled_from(_TRIPLES))
    N = tuple((a * k, b * k) for k in drawn.kappa)
    problem = VectorProblem(
        D.X,
        [(a * y, b * y) for y in D.y],
        beta_squared=D.beta_squared * length**2,
        weights=D.weights,
        bias=D.bias,
    )
    return PlantedOutputs(problem, N, "scalar", drawn)


@st.composite
def _octahedron(draw: st.DrawFn) -> PlantedOutputs:
    """Rows +-e_i, N of (t, b), (t, -b) and (a, 0): ``b^2 = (a - t)(2 a + t)``."""
    s = draw(st.sampled_from(_RISES))
    t, a, b = s * s - 2, s * s + 1, 3 * s  # 2 a + t = 3 s^2
    rows = [
        tuple(Fraction(x * int(i == j)) for j in range(3))
        for i in range(3)
        for x in (1, -1)
    ]
    N = ((t, b), (t, -b), *((a, Fraction(0)),) * 4)
    square = a * (2 * a + t)
    weights = draw(st.lists(st.integers(0, 2), min_size=8, max_size=8))
    fit = [[Fraction(0)] * 2 for _ in rows]
    for g, c in zip(product((1, -1), repeat=3), weights, strict=True):
        phi = [max(dot(x, tuple(map(Fraction, g))), Fraction(0)) for x in rows]
        h = [dot(phi, column) for column in zip(*N, strict=True)]
        for row, p in zip(fit, phi, strict=True):
            row[:] = [z + c * p * x for z, x in zip(row, h, strict=True)]
    Y = [[z + x for z, x in zip(p, q, strict=True)] for p, q in zip(fit, N, strict=True)]
    return PlantedOutputs(VectorProblem(rows, Y, beta_squared=square), N, "octahedron")


@st.composite
def _plane(draw: st.DrawFn) -> PlantedOutputs:
    """``X = 1``, N a rotation times beta, ``Y = S N + N`` with S completely positive."""
    a, b, length = draw(st.sampled_from(_TRIPLES))
    beta = draw(st.sampled_from((Fraction(1), Fraction(2), Fraction(1, 3))))
    x, y = beta * Fraction(a, length), beta * Fraction(b, length)
    N = ((x, y), (-y, x))
    vectors = draw(
        st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=3)
    )
    S = [[Fraction(sum(v[i] * v[j] for v in vectors)) for j in range(2)] for i in range(2)]
    Y = [[dot(S[i], [N[0][j], N[1][j]]) + N[i][j] for j in range(2)] for i in range(2)]
    return PlantedOutputs(VectorProblem([[1, 0], [0, 1]], Y, beta=beta), N, "plane")
