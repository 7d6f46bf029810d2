# ruff: noqa: INP001, D401 - a script beside its output; a docstring names the instance
"""Make the golden certificates: ``python proofs/golden/make.py [NAME ...]``.

Each is a function of no arguments that returns a certificate; all of them, or the named
ones, are written beside this file. The tests mutate them and check them again, whatever has
become of the code that made them.
"""

import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from polytope_nn import (
    Certificate,
    GroupLasso,
    InterpolationProblem,
    Network,
    OptimalPolytope,
    TrainingProblem,
    VectorProblem,
    certify,
    interpolation,
    optimal_polytope,
    optimum,
    vector_optimal_set,
)
from polytope_nn.certificate.cones.boxed import boxed_cone_certificate
from polytope_nn.certificate.cones.exact import cone_certificate
from polytope_nn.certificate.free_networks import (
    free_path_certificate,
    free_separation_certificate,
)
from polytope_nn.certificate.general import normed_certificate
from polytope_nn.certificate.holes import holes_certificate
from polytope_nn.certificate.networks.connections import (
    gap_by_cones,
    proved_gap,
    road_by_cones,
    road_certificate,
)
from polytope_nn.certificate.networks.walks import (
    whole_certificate,
    with_a_separation,
    with_a_walk,
)
from polytope_nn.certificate.roads import (
    descent_certificate,
    gap_certificate,
    path_certificate,
    separation_certificate,
)
from polytope_nn.certificate.unlisted.points import (
    unlisted_certificate,
    unlisted_in_format_1,
)
from polytope_nn.exact.rational import vector
from polytope_nn.limits import Limits
from polytope_nn.networks.distance import gap as distance
from polytope_nn.networks.gap import Gap
from polytope_nn.networks.gap import residual_gap as gap
from polytope_nn.networks.membership import network_of, solution
from polytope_nn.networks.neuron import Neuron
from polytope_nn.parallel.certificate.certify import (
    bounds_certificate,
    parallel_certificate,
)
from polytope_nn.parallel.certificate.roads import parallel_path_certificate
from polytope_nn.parallel.counts.widths import two_widths
from polytope_nn.parallel.finding import parallel_optimum
from polytope_nn.parallel.networks.network import Branch, ParallelNetwork
from polytope_nn.parallel.networks.roads import parallel_path as road_of_branches
from polytope_nn.parallel.networks.roads import some_network
from polytope_nn.parallel.problem import ParallelProblem
from polytope_nn.paths.connection import connect
from polytope_nn.paths.descent import descent
from polytope_nn.paths.path import Path as Road
from polytope_nn.paths.path import (
    Separation,
    interpolant_path,
    path,
    vertex_placement,
)
from polytope_nn.paths.starts import with_parts
from polytope_nn.problems.families import square_of_lines, square_of_ridges, suffix_chain
from polytope_nn.problems.instance import read_instance
from polytope_nn.problems.sign_families import birkhoff, projective_plane
from polytope_nn.problems.sign_networks import SignNetworks
from polytope_nn.search.cones.near import best_dual
from polytope_nn.search.cones.scaling.charts import multiple_in_charts
from polytope_nn.search.cones.scaling.multiples import NearDual
from polytope_nn.search.cones.solving import (
    enclosed_by_trees,
    proved_by_cones,
    proved_by_tree,
)
from polytope_nn.vector.certificate.claims import enclosed_certificate, vector_certificate
from polytope_nn.vector.certificate.pairs import paired_certificate
from polytope_nn.vector.certificate.roads import proved_vector_gap
from polytope_nn.vector.certificate.roads import vector_road as proved_road
from polytope_nn.vector.finding import vector_optimum
from polytope_nn.vector.gap import vector_gap as vector_distance
from polytope_nn.vector.gap import vector_residual_gap
from polytope_nn.vector.network import VectorNetwork, VectorNeuron
from polytope_nn.vector.reading import vector_problem
from polytope_nn.vector.search.relaxed import widened
from polytope_nn.vector.trained.connection import vector_connect

HERE = Path(__file__).parent
Rows = list[list[int]]
MAKERS: dict[str, Callable[[], Certificate]] = {}


def golden(make: Callable[[], Certificate]) -> Callable[[], Certificate]:
    """Register a maker under its name."""
    MAKERS[make.__name__] = make
    return make


def cross(d: int) -> Rows:
    """Return the rows ``+-e_i``."""
    return [[s * int(i == j) for j in range(d)] for i in range(d) for s in (1, -1)]


TETRAHEDRON = [[1, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1]]


def planted(
    X: Rows, kappa: Sequence[int], square: object, fit: Sequence[object]
) -> OptimalPolytope:
    """Return the polytope of the problem whose optimum has this kappa and this fit."""
    y = [Fraction(str(z)) + k for z, k in zip(fit, kappa, strict=True)]
    D = TrainingProblem(X, y, beta_squared=square)
    return optimal_polytope(optimum(D, kappa=kappa))


def mixed(d: int, weights: Sequence[int]) -> Certificate:
    """Return the cross-polytope's certificate for the fit with the given atom weights."""
    n = 2 * d
    P = planted(cross(d), [1] * n, d, [4] * n)
    masses = [weights[i % len(weights)] for i in range(len(P.atoms))]
    pairs = list(zip(masses, P.atoms, strict=True))
    fit = [sum((c * a.feature[k] for c, a in pairs), Fraction(0)) for k in range(n)]
    return certify(planted(cross(d), [1] * n, d, fit))


@golden
def a2() -> Certificate:
    """The talk's toy data: a segment."""
    return certify(planted([[1, -1, 0], [0, 1, -1]], [1, 1], 2, [1, 1]))


@golden
def a2_rational() -> Certificate:
    """The same polytope with a rational beta."""
    return certify(planted([[1, 1, 1, 1], [-1, -1, -1, 1]], [1, 1], 4, [2, 2]))


@golden
def square() -> Certificate:
    """Two vertices, two widths apart."""
    return certify(planted(cross(2), [1] * 4, 2, [2] * 4))


@golden
def square_face() -> Certificate:
    """P is a point and uses one of four atoms: neither the rank nor N is that of its face."""
    return certify(planted(cross(2), [1] * 4, 2, [2, 0, 2, 0]))


@golden
def tetrahedron() -> Certificate:
    """Three vertices in general position."""
    return certify(planted(TETRAHEDRON, [1] * 4, 4, [1] * 4))


@golden
def tetrahedron_tilted() -> Certificate:
    """Vertices of two sizes."""
    return certify(planted(TETRAHEDRON, [1] * 4, 4, [4, 2, 4, 2]))


@golden
def octahedron() -> Certificate:
    """Six vertices; the number of components is not monotone."""
    return certify(planted(cross(3), [1] * 6, 3, [4] * 6))


@golden
def triangle() -> Certificate:
    """Dependent rows: rank 2 in dimension 3."""
    return certify(planted([[1, -1, 0], [0, 1, -1], [-1, 0, 1]], [1] * 3, 2, [4] * 3))


@golden
def one_sign_each() -> Certificate:
    """Atoms of both signs."""
    rows = [[-1, 1, -1], [-1, 1, 0], [-1, -1, -1]]
    return certify(planted(rows, [2, -2, -1], "8/3", ["4/3", -2, -4]))


@golden
def point() -> Certificate:
    """One sample, one neuron: P is a point and M* = 1."""
    return certify(TrainingProblem([[1]], [2], beta=1))


@golden
def point_in_space() -> Certificate:
    """The same with two features that no sample has."""
    return certify(TrainingProblem([[1, 0, 0]], [2], beta=1))


@golden
def zero_fit() -> Certificate:
    """The zero network is the only optimum, and no atom is tight."""
    return certify(TrainingProblem([[1, 0], [0, 1]], [1, 1], beta=2))


@golden
def zero_fit_tight() -> Certificate:
    """The zero network again, with an atom exactly at beta."""
    return certify(TrainingProblem([[1, 0], [0, 1]], [1, 1], beta_squared=2))


@golden
def degenerate_rows() -> Certificate:
    """Zero, repeated and opposite rows."""
    rows = [[0, 0], [1, 0], [1, 0], [-2, 0], [0, 1], [0, -1]]
    return certify(planted(rows, [0, 1, 1, 1, 2, 2], 8, [0, 2, 2, 4, 2, 2]))


@golden
def weighted() -> Certificate:
    """Rational sample weights."""
    D = TrainingProblem([[1]], [2], beta="1/2", weights=["3/2"])
    return certify(D)


@golden
def biased() -> Certificate:
    """A penalised bias, labels with fractions."""
    D = TrainingProblem([[-1], [0], [2]], ["1/2", 0, "3/2"], beta="1/3", bias="penalised")
    return certify(D)


@golden
def cross_4() -> Certificate:
    """48 vertices of the 4-dimensional cross-polytope's data."""
    return certify(planted(cross(4), [1] * 8, 4, [4] * 8))


@golden
def cross_4_mixed() -> Certificate:
    """Some 300 vertices."""
    return mixed(4, [7, 7, 1, 9, 7, 4, 8])


@golden
def cross_5() -> Certificate:
    """1278 vertices, of several sizes."""
    parts = [5, 1, 3, 5, 3]
    return certify(planted(cross(5), [1] * 10, 5, [z for p in parts for z in (p, 6 - p)]))


@golden
def field_quadratic() -> Certificate:
    """Numbers in Q(sqrt 10)."""
    D = TrainingProblem([[1, 0], [-1, 0], [0, 1], [0, -1]], [3, 3, 3, 3], beta=1)
    return certify(D)


@golden
def field_cubic_or_more() -> Certificate:
    """A number field of higher degree."""
    return certify(TrainingProblem([[2, 1], [1, 3]], [3, -2], beta="1/2"))


@golden
def field_octahedron() -> Certificate:
    """The octahedron with beta^2 = 3 over Q(sqrt 3): beta = 1."""
    return certify(TrainingProblem(cross(3), [5] * 6, beta=1))


@golden
def interval_point() -> Certificate:
    """Level interval, independent features."""
    return certify(
        TrainingProblem([[2, 2], [-1, -3], [-1, -1], [3, -1]], [2, 0, -3, 2], beta=1)
    )


@golden
def interval_zero_row() -> Certificate:
    """The same with a zero row."""
    rows = [[2, 2], [-1, -3], [0, 0], [-1, -1], [3, -1]]
    return certify(TrainingProblem(rows, [2, 0, 1, -3, 2], beta=1))


@golden
def interval_idle() -> Certificate:
    """An atom exactly at beta that lives on a sample with fit 0."""
    rows = [[1, -1], [0, -2], [1, -4], [-1, 0]]
    return certify(TrainingProblem(rows, [-4, -2, -1, "1/2"], beta="1/2"))


@golden
def interval_norms() -> Certificate:
    """A multiplier that is 0 because two norms are equal."""
    rows = [[0, -1], [2, -1], [2, 4], [-1, 0], [-3, 1]]
    return certify(TrainingProblem(rows, [1, -1, 0, 0, 0], beta="1/2"))


@golden
def interval_pairs() -> Certificate:
    """Level interval in the free-linear phase: opposite atoms, several vertices."""
    rows = [[2, -3], [-3, -3], [-1, -1], [-4, 1], [1, 3], [-2, 3], [-2, 2], [-2, -2]]
    return certify(TrainingProblem(rows, [-1, -2, 4, -2, -2, -3, 5, 3], beta="1/2"))


@golden
def holes_octahedron() -> Certificate:
    """Holes of every dimension up to 3."""
    return holes_certificate(planted(cross(3), [1] * 6, 3, [4] * 6))


@golden
def holes_pairs() -> Certificate:
    """Holes at level interval."""
    rows = [[2, -3], [-3, -3], [-1, -1], [-4, 1], [1, 3], [-2, 3], [-2, 2], [-2, -2]]
    return holes_certificate(
        TrainingProblem(rows, [-1, -2, 4, -2, -2, -3, 5, 3], beta="1/2")
    )


def ends(P: OptimalPolytope, width: int) -> tuple[Network, Network]:
    """Return the networks of the first and the last vertex."""
    return solution(P, P.vertices[0], width), solution(P, P.vertices[-1], width)


@golden
def path_square() -> Certificate:
    """A path between the two vertices of the square."""
    P = planted(cross(2), [1] * 4, 2, [2] * 4)
    found = path(P, *ends(P, 4), 4)
    assert isinstance(found, Road)
    return path_certificate(found)


@golden
def path_field() -> Certificate:
    """A path whose masses are in a number field."""
    P = optimal_polytope(optimum(TrainingProblem(cross(3), [5] * 6, beta=1)))
    found = path(P, *ends(P, 5), 5)
    assert isinstance(found, Road)
    return path_certificate(found)


@golden
def separation_square() -> Certificate:
    """The two vertices of the square are apart at width 3."""
    P = planted(cross(2), [1] * 4, 2, [2] * 4)
    start, end = ends(P, 3)
    found = path(P, start, end, 3)
    assert isinstance(found, Separation)
    return separation_certificate(found, start, end)


@golden
def separation_permuted() -> Certificate:
    """A network that fills its slots is apart from its permutation."""
    P = planted(cross(3), [1] * 6, 3, [4] * 6)
    full = next(
        v for v, bits in zip(P.vertices, P.supports, strict=True) if bits.bit_count() == 4
    )
    start = solution(P, full, 4)
    end = start.permuted([1, 0, 2, 3])
    found = path(P, start, end, 4)
    assert isinstance(found, Separation)
    return separation_certificate(found, start, end)


@golden
def descent_square() -> Certificate:
    """From an unbalanced network down to the optimum."""
    P = planted(cross(2), [1] * 4, 2, [2] * 4)
    start = Network.from_arrays([[0.5, 0.25], [1.0, -1.0], [0.0, 0.0]], [0.75, -0.5, 1.0])
    return descent_certificate(descent(P, start))


@golden
def gap_trained() -> Certificate:
    """A float network: the gap is enclosed."""
    D = TrainingProblem(cross(2), [3] * 4, beta_squared=2)
    return gap_certificate(
        D, gap(D, Network.from_arrays([[0.9, 1.1], [-1.2, -0.8]], [1.0, 1.1]))
    )


@golden
def gap_zero() -> Certificate:
    """An optimal network has the gap 0."""
    P = planted(cross(2), [1] * 4, 2, [2] * 4)
    D = P.optimum.problem
    return gap_certificate(D, gap(D, solution(P, P.vertices[0], 2)))


@golden
def road_square() -> Certificate:
    """Two networks joined over an exact optimum; one end is not balanced."""
    P = planted(cross(2), [1] * 4, 2, [2] * 4)
    start = Network.from_arrays([[0.5, 0.25], [1.0, -1.0]], [0.75, -0.5])
    end = Network.of(*((1, u) for u in ([3, 1], [-1, 2], [-2, -1], [1, -4])))
    return road_certificate(connect(P, start, end))


@golden
def road_near() -> Certificate:
    """The optimum is in a number field: the road in fractions comes near it."""
    D = TrainingProblem([[0, 1], [2, -2], [-1, -1]], [1, 0, 1], beta=1)
    rows = [(1, [-1, -1]), (1, [-1, -3]), (1, [3, 2]), (-1, [2, 2])]
    return road_certificate(connect(D, Network.of(*rows), Network.of((1, [0, 1]))))


@golden
def road_hinge() -> Certificate:
    """Another loss, with a skip: its slopes at kinks are those of the side one comes from."""
    D = TrainingProblem(
        [[1, 0], [-1, 1], [0, -1]], [1, -1, 1], beta="1/5", loss="hinge", skip="constant"
    )
    start = Network.of(*((1, u) for u in ([1, 2], [-1, -1])), (-1, [2, -1]))
    return road_certificate(connect(D, start, Network.of(None)))


@golden
def road_logistic() -> Certificate:
    """A smooth loss: values, slopes and the dual value of kappa are enclosed."""
    D = TrainingProblem(
        [[1, 0], [-1, 1], [0, -1]], [1, -1, 1], beta="1/5", loss="logistic", skip="constant"
    )
    start = Network.of(*((1, u) for u in ([1, 2], [-1, -1])), (-1, [2, -1]))
    return road_certificate(connect(D, start, Network.of(None)))


@golden
def gap_poisson() -> Certificate:
    """The gap of a network of the Poisson loss; of a fit 0 it is known."""
    D = TrainingProblem([[1, 0], [-1, 1], [0, -1]], [2, 0, 1], beta="1/5", loss="poisson")
    return proved_gap(D, distance(D, Network.of((1, [1, "1/2"]))))


@golden
def road_power() -> Certificate:
    """A power whose values are fractions at some fits, and roots at others."""
    loss = {"kind": "power", "p": "5/2"}
    D = TrainingProblem([[1, 0], [-1, 1], [0, -1]], [4, -3, 1], beta="1/5", loss=loss)
    return road_certificate(connect(D, Network.of((1, [4, 0])), Network.of((-1, [1, 1]))))


def one_row(loss: object, **given: object) -> Certificate:
    """Return the road of three samples of other labels, with a loss of its own."""
    D = TrainingProblem(
        [[1, 0], [-1, 1], [0, -1]],
        given.pop("y", [1, -1, 1]),
        beta="1/5",
        loss=loss,
        **given,
    )
    start = Network.of(*((1, u) for u in ([1, 2], [-1, -1])), (-1, [2, -1]))
    return road_certificate(connect(D, start, Network.of(None)))


@golden
def road_exponential() -> Certificate:
    """Exponentials of fits, with weights of their own."""
    return one_row("exponential", weights=[1, 2, "1/2"])


@golden
def road_squared_hinge() -> Certificate:
    """A loss that is flat on one side, and a parabola on the other."""
    return one_row("squared_hinge")


@golden
def road_quantile() -> Certificate:
    """Slopes that differ on the two sides of a label."""
    return one_row({"kind": "quantile", "tau": "1/3"}, y=[4, -3, 1])


@golden
def road_epsilon() -> Certificate:
    """Two kinks for each sample."""
    loss = {"kind": "epsilon_insensitive", "epsilon": "1/2"}
    return one_row(loss, y=[4, -3, 1], skip="constant")


@golden
def cones_road_poisson() -> Certificate:
    """The road of Poisson losses, its dual point proved by trees of cones."""
    D = TrainingProblem([[1, 0], [-1, 1], [0, -1]], [2, 0, 1], beta="1/5", loss="poisson")
    start = Network.of(*((1, u) for u in ([1, 2], [-1, -1])), (-1, [2, -1]))
    return road_by_cones(connect(D, start, Network.of(None)))


@golden
def road_free_bias() -> Certificate:
    """With a free bias: a neuron without slope would add a constant at no price."""
    X, y = [[0], [1], [2]], [1, 0, 3]
    D = TrainingProblem(X, y, beta=1, bias="free", skip="constant")
    return road_certificate(connect(D, Network.of((1, [1, 0])), Network.of((1, [2, -1]))))


@golden
def road_leaky() -> Certificate:
    """Neurons of two slopes, of which the left one falls."""
    X, y, psi = [[2, 1], [-1, 2], [1, -1]], [3, 1, -2], {"slopes": [1, "-1/2"]}
    D = TrainingProblem(X, y, beta="1/2", skip="constant", activation=psi)
    ends = Network.of((1, [1, 2]), (-1, ["1/2", -1])), Network.of(None)
    return road_certificate(connect(D, *ends))


@golden
def gap_absolute() -> Certificate:
    """The gap of a network of absolute values, Huber's loss."""
    X, y = [[2, 1], [-1, 2], [1, -1]], [3, 1, -2]
    loss = {"kind": "huber", "delta": 1}
    D = TrainingProblem(X, y, beta="1/2", activation="absolute", loss=loss)
    return proved_gap(D, distance(D, Network.of((1, [1, 2]), (-1, ["1/2", -1]))))


@golden
def gap_skip() -> Certificate:
    """The gap of a network with a skip, its dual point fractions near the optimum."""
    X, y = [[2, 1], [-1, 2], [1, -1], [-1, -1]], [3, 1, 2, 0]
    D = TrainingProblem(X, y, beta="1/2", skip="constant")
    net = Network.of((1, [1, 2]), (-1, ["1/2", -1]))
    return proved_gap(D, distance(D, net))


@golden
def cones_gap() -> Certificate:
    """The same dual point, scaled into the dual and proved by trees of cones; Huber's loss."""
    X, y = [[2, 1], [-1, 2], [1, -1], [-1, -1]], [3, 1, 2, 0]
    loss = {"kind": "huber", "delta": 1}
    D = TrainingProblem(X, y, beta="1/2", skip="constant", loss=loss)
    net = Network.of((1, [1, 2]), (-1, ["1/2", -1]))
    near = best_dual(D)
    assert isinstance(near, NearDual)  # of this loss the optimum itself is not sought
    primal, dual = net.objective(D), -D.loss.conjugate(near.kappa)
    found = Gap(net, primal, dual, near.kappa, near.scale, proof=near.proof, near=True)
    return gap_by_cones(D, found)


@golden
def cones_road() -> Certificate:
    """The road of the hinge loss with a skip, its dual point proved by trees of cones."""
    D = TrainingProblem(
        [[1, 0], [-1, 1], [0, -1]], [1, -1, 1], beta="1/5", loss="hinge", skip="constant"
    )
    start = Network.of(*((1, u) for u in ([1, 2], [-1, -1])), (-1, [2, -1]))
    return road_by_cones(connect(D, start, Network.of(None)))


def interpolated(
    X: Rows, y: Sequence[object], bias: str = "none", skip: str = "none"
) -> Certificate:
    """Return the certificate of the minimum-norm interpolants."""
    return certify(InterpolationProblem(X, y, bias=bias, skip=skip))


@golden
def free_square() -> Certificate:
    """Affine skip: a continuum of functions."""
    return certify(square_of_lines())


@golden
def free_square_linear() -> Certificate:
    """Linear skip: one function, though skip and neurons trade."""
    return certify(square_of_lines("linear"))


@golden
def free_ridges() -> Certificate:
    """A continuum over Q(sqrt 2)."""
    return certify(square_of_ridges())


@golden
def free_chain() -> Certificate:
    """No free part at all: a segment of interpolants."""
    return certify(suffix_chain(3))


@golden
def free_none_needed() -> Certificate:
    """The skip alone fits the labels."""
    return interpolated([[1, 0], [0, 1], [1, 1]], [1, 2, 3], skip="linear")


@golden
def free_lines() -> Certificate:
    """The samples leave a direction of the skip undetermined."""
    return interpolated([[1, 1], [2, 2], [-1, -1]], [1, 1, 0], "penalised", "linear")


@golden
def free_flats() -> Certificate:
    """Optimal neurons move along their bias."""
    return interpolated([[2], [-3], [1], [4]], [3, -3, 2, -3], "free", "affine")


@golden
def free_rising() -> Certificate:
    """A neuron whose bias may grow makes the constant that has no other source."""
    return interpolated([[-4, 0], [-3, -4], [4, -2]], [-1, 2, 2], "free")


@golden
def free_limit() -> Certificate:
    """A constant is needed, and no network attains the least cost."""
    return interpolated([[4], [-4], [-2]], [-3, -3, 3], "free")


@golden
def free_cross() -> Certificate:
    """Two limits, |x2| and 1 - |x1|, of which one is a network."""
    return interpolated([[1, 0], [-1, 0], [0, 1], [0, -1]], [0, 0, 1, 1], "free")


@golden
def free_cancelling() -> Certificate:
    """Vertices with constants of both signs: what networks attain lies between them."""
    rows = [[-2], [2], [1], [0]]
    return interpolated(rows, [-1, 3, -3, 3], "free", "linear")


@golden
def free_repeated() -> Certificate:
    """Repeated samples: one chart for both; one network."""
    return interpolated(
        [[0, 0], [2, 0], [2, 0], [0, 1], [2, 1]], [0, 1, 1, 2, -1], "free", "affine"
    )


@golden
def free_path() -> Certificate:
    """From one extreme function of the square to the other."""
    solved = interpolation(square_of_lines())
    ends = (vertex_placement(solved, i, 2) for i in (0, 3))
    found = interpolant_path(solved, *ends)
    assert isinstance(found, Road)
    return free_path_certificate(found)


@golden
def free_path_bias() -> Certificate:
    """A path where biases are free: a neuron trades with the skip."""
    solved = interpolation(
        InterpolationProblem([[-4], [3], [-2]], [-3, 2, 2], bias="free", skip="affine")
    )
    found = interpolant_path(solved, *(vertex_placement(solved, i, 2) for i in (0, 1)))
    assert isinstance(found, Road)
    return free_path_certificate(found)


def labelled(width: int) -> tuple[OptimalPolytope, Road | Separation]:
    """Return P of an absolute loss, and what joins or separates two of its vertices."""
    D = TrainingProblem(
        cross(2), [2, 2, 3, 3], beta_squared=2, loss="absolute", weights=[2, 2, 1, 1]
    )
    P = optimal_polytope(optimum(D, kappa=[1] * 4))
    least = [i for i, bits in enumerate(P.supports) if bits.bit_count() == 2]
    ends = [network_of(P.atoms, vertex_placement(P, i, width)) for i in least]
    return P, path(P, *ends, width)


@golden
def walk_absolute() -> Certificate:
    """A path by its labels."""
    P, found = labelled(4)
    assert isinstance(found, Road)
    return with_a_walk(whole_certificate(P), found)


@golden
def apart_absolute() -> Certificate:
    """A separation by labels."""
    P, found = labelled(2)
    assert isinstance(found, Separation)
    return with_a_separation(whole_certificate(P), found.ends, len(P.atoms))


@golden
def apart_permuted() -> Certificate:
    """One vertex that fills every slot, in two orders."""
    P = optimal_polytope(TrainingProblem([[1], [-1]], [3, 3], beta="1/2", loss="absolute"))
    one, other = Network.of((1, [3]), (1, [-3])), Network.of((1, [-3]), (1, [3]))
    found = path(P, one, other, 2)
    assert isinstance(found, Separation)
    return with_a_separation(whole_certificate(P), found.ends, 2)


@golden
def free_separation() -> Certificate:
    """The same two extreme functions are apart at width 1."""
    solved = interpolation(square_of_lines())
    start, end = (vertex_placement(solved, i, 1) for i in (0, 3))
    found = interpolant_path(solved, start, end)
    assert isinstance(found, Separation)
    ends = (network_of(solved.atoms, placement) for placement in (start, end))
    return free_separation_certificate(found, *ends)


@golden
def free_training() -> Certificate:
    """Weight decay with a free bias."""
    return certify(TrainingProblem([[0], [1], [2]], [0, 0, 3], beta=1, bias="free"))


@golden
def free_balls_pins() -> Certificate:
    """Level interval; kappa is not unique."""
    return interpolated([[0, 2], [-4, 0], [-2, -3], [-3, 4]], [0, 0, -3, 1], "penalised")


@golden
def free_balls_pairs() -> Certificate:
    """Opposite atoms whose linear parts are tied together: one function."""
    rows = [[3, 2], [-2, 1], [-1, 4], [3, -4], [2, -1], [3, 3]]
    return interpolated(rows, [-2, -2, 2, 1, 2, 2], "penalised", "linear")


@golden
def free_balls_trade() -> Certificate:
    """Opposite atoms trade with the skip: a box of networks, one function."""
    rows = [[-2, 0], [-1, 3], [3, 1], [-4, -3], [-2, -2], [2, -4]]
    return interpolated(rows, [3, -3, 0, 3, 2, -2], "none", "affine")


@golden
def free_balls_affine() -> Certificate:
    """A continuum: affine functions that vanish at the samples."""
    rows = [[0, 1], [2, 1], [3, 1], [4, 1], [1, 1]]
    return interpolated(rows, [-2, -2, -1, -2, 0], "penalised", "linear")


@golden
def free_balls_bias() -> Certificate:
    """A free bias, opposite atoms in several charts; not attained."""
    rows = [[-2, -4], [-2, -1], [4, -2], [-1, -4], [2, 3], [-3, 2]]
    return interpolated(rows, [-3, 2, 3, -3, -2, 1], "free")


@golden
def free_balls_flats() -> Certificate:
    """Optimal neurons move along their bias, at level interval."""
    rows = [[2, 3], [-1, 2], [3, -3], [0, -1], [3, 2]]
    return interpolated(rows, [1, 1, 2, -2, -1], "free")


@golden
def free_balls_last_kinks() -> Certificate:
    """A neuron that is linear on the samples: last kinks of (w, b) and of (-w, b')."""
    rows = [[0, 0], [-2, 3], [-1, -1], [-3, -3]]
    return interpolated(rows, [-1, 2, 1, -3], "free")


@golden
def free_balls_two_flats() -> Certificate:
    """Two flats, between kinks that part the samples in the same two halves."""
    rows = [[-1, -1], [0, 2], [-3, 1], [-3, 0], [3, 3]]
    return interpolated(rows, [2, 1, 1, -2, -3], "free")


@golden
def free_balls_last_and_flat() -> Certificate:
    """Last kinks, and a flat whose position is tied to theirs."""
    rows = [[3, 2], [1, 0], [-1, 0], [-3, -2], [0, -3], [-3, -1]]
    return interpolated(rows, [2, -2, -3, -2, 0, -3], "free")


@golden
def free_balls_training() -> Certificate:
    """Weight decay with a free bias, at level interval."""
    rows = [[-2, 0], [-1, 3], [3, 1], [-4, -3]]
    return certify(TrainingProblem(rows, [3, -2, -2, 0], beta=1, bias="free"))


def several(  # noqa: PLR0913 - the names of the problem, all but three keyword-only
    X: Rows,
    Y: Sequence[Sequence[object]],
    square: object,
    *,
    bias: str = "none",
    skip: str = "none",
    weights: Sequence[int] | None = None,
) -> Certificate:
    """Return the certificate of a problem with several outputs."""
    given = {"bias": bias, "skip": skip}
    return vector_certificate(
        VectorProblem(X, Y, beta_squared=square, weights=weights, **given)
    )


def pair(u: Sequence[object], v: Sequence[object], *, raw: bool = False) -> VectorNeuron:
    """Return a neuron of two outputs."""
    return VectorNeuron(vector(u), vector(v), raw=raw)


@golden
def vector_road() -> Certificate:
    """A road of two outputs over an exact optimum; a neuron of one end is not balanced."""
    P = vector_optimal_set(VectorProblem([[1, 0], [-1, 0]], [[3, 4], [4, -3]], beta=1))
    start = VectorNetwork((pair([1, 1], [2, 1], raw=True), pair([-1, 2], [1, "-1/2"])))
    return proved_road(vector_connect(P, start, VectorNetwork((pair([1, -1], [0, 1]),))))


@golden
def vector_road_near() -> Certificate:
    """N in intervals, a skip, sums of absolute values: the road in fractions comes near."""
    X, Y = [[2, 1], [-1, 2], [1, -1], [0, 3]], [[3, 1], [1, -2], [2, 2], [-1, 1]]
    loss = {"kind": "huber", "delta": 2}
    D = VectorProblem(X, Y, beta="1/2", skip="constant", loss=loss)
    start = VectorNetwork((pair([1, 2], [1, -1]), pair([-2, 1], [3, 1])))
    return proved_road(vector_connect(vector_optimal_set(D), start, VectorNetwork((None,))))


@golden
def vector_road_poisson() -> Certificate:
    """Smooth losses of two outputs; neurons of one end are not balanced, or have no output."""
    X, Y = [[2, 1], [-1, 2], [1, -1]], [[2, 1], [0, 1], [1, 0]]
    P = vector_optimal_set(VectorProblem(X, Y, beta="1/2", loss="poisson"))
    raw = (pair([1, 2], [1, -1], raw=True), pair([1, 1], [0, 0], raw=True))
    return proved_road(vector_connect(P, VectorNetwork(raw), VectorNetwork((None,))))


@golden
def vector_road_level() -> Certificate:
    """A road that is level: a neuron's u and v are scaled, its output is kept, and back again."""
    made = vector_road()
    told = made.claim("road")
    best = told["breakpoints"][told["close"]]
    half = [
        x
        and {
            "u": [str(2 * int(t)) for t in x["u"]],
            "v": [str(Fraction(t) / 2) for t in x["v"]],
        }
        for x in best["neurons"]
    ]
    nets, places = [best, {"neurons": half}, best], {"down": 1, "close": 1, "up": 2}
    level = told | {"breakpoints": nets, "objectives": ["9"] * 3} | places
    claims = [level if t is told else t for t in made.claims]
    return replace(made, claims=claims)


@golden
def vector_gap_power() -> Certificate:
    """The gap of a network with a skip, where losses are powers."""
    X, Y = [[2, 1], [-1, 2], [1, -1]], [[3, 1], [1, -2], [2, 2]]
    loss = {"kind": "power", "p": "3/2"}
    D = VectorProblem(X, Y, beta="1/2", skip="constant", loss=loss)
    net = VectorNetwork((pair([1, 2], [1, -1]), None))
    return proved_vector_gap(D, vector_distance(D, net))


@golden
def vector_gap() -> Certificate:
    """The gap of a network of two outputs by the optimum: what is tight is listed."""
    P = VectorProblem([[1, 0], [0, 1]], [[6, 4], [4, 6]], beta=1)
    best = VectorNetwork((pair([4, 5], ["4/5", 1]), pair([1, 0], ["9/5", 0])))
    return proved_vector_gap(P, vector_distance(P, best))


@golden
def vector_gap_residual() -> Certificate:
    """The gap by the residual of the network, with a skip."""
    X, Y = [[2, 1], [-1, 2], [1, -1]], [[3, 1], [1, -2], [2, 2]]
    D = VectorProblem(X, Y, beta=10, skip="constant", loss={"kind": "huber", "delta": 9})
    net = VectorNetwork((pair([1, 2], [1, -1]), None))
    return proved_vector_gap(D, vector_residual_gap(D, net))


@golden
def vector_gap_softmax() -> Certificate:
    """The gap of a cross-entropy by the optimum, a constant free."""
    X, Y = [[2, 1], [-1, 2], [1, -1]], [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
    D = VectorProblem(X, Y, beta="1/4", loss="softmax", skip="constant", weights=[1, 2, 1])
    net = VectorNetwork((pair([1, 2], [1, -1, 0]), None), constant=vector((0, "1/2", -1)))
    return proved_vector_gap(D, vector_distance(D, net))


@golden
def vector_road_softmax() -> Certificate:
    """A road of a cross-entropy: ends in raw weights, one without an output."""
    X, Y = [[2, 1], [-1, 2], [1, -1]], [[1, 0], [0, 1], [1, 0]]
    P = vector_optimal_set(VectorProblem(X, Y, beta="1/4", loss="softmax"))
    raw = (pair([1, 2], [1, -1], raw=True), pair([1, 1], [0, 0], raw=True))
    return proved_road(vector_connect(P, VectorNetwork(raw), VectorNetwork((None,))))


@golden
def vector_square() -> Certificate:
    """One output direction: the scalar square in disguise, two vertices."""
    return several(SQUARE, [[15, 20]] * 4, 50)


@golden
def vector_pairs() -> Certificate:
    """Five output directions, vertices of two and of four atoms; the rank bound is sharp."""
    path = HERE.parents[1] / "examples" / "vector_pairs.json"
    return vector_certificate(vector_problem(read_instance(path)))


@golden
def vector_walls() -> Certificate:
    """Top eigenvectors outside their faces: of a rational eigenvalue, of irrational ones."""
    return several([[-2, 1], [2, 1], [-1, -2]], [[3, 0], [1, -3], [-78, 26]], 50)


@golden
def vector_field() -> Certificate:
    """Three atoms over a number field."""
    return several([[-3, 0], [3, 1], [2, -3]], [[-2, 0], [-3, 1], [4, 2]], "1/4")


@golden
def vector_lines() -> Certificate:
    """A linear skip whose lines nobody sees, rows of two weights, a quadratic field."""
    rows, labels = [[1, 1], [-1, -1], [2, 2]], [[3, 0], [2, -1], [3, 4]]
    return several(rows, labels, 1, skip="linear", weights=[1, 2, 1])


@golden
def vector_zero() -> Certificate:
    """Nothing but the zero network; a bias that is paid for."""
    return several([[1, 0], [0, 0]], [[1, 0], [0, 1]], 9, bias="penalised")


@golden
def continuum_arcs() -> Certificate:
    """A plane of optimal directions on one face, none in the other's top eigenspace."""
    return several([[1, 0, 0], [0, 1, 0], [-1, -1, 1]], [[6, 4], [4, 6], [0, 0]], 1)


@golden
def continuum_and_atom() -> Certificate:
    """A plane and an atom, over a number field."""
    return several([[-3, 3], [-2, 1], [3, 0]], [[1, 3], [-4, 3], [-4, 0]], "1/4")


@golden
def continuum_two() -> Certificate:
    """Two planes that no tope sees together."""
    return several([[1, -2], [3, -3], [3, 1]], [[0, -4], [-3, -3], [-4, 3]], "1/4")


@golden
def enclosed_walls() -> Certificate:
    """Three atoms on rays, N in no small field: intervals."""
    return several([[1, 0], [1, 2], [-1, 1]], [[2, 1], [0, 3], [1, -1]], "1/4")


@golden
def enclosed_skip() -> Certificate:
    """Atoms beside a constant that is free and a bias that is paid for, in intervals."""
    rows, labels = [[1], [-2], [3]], [[2, 1], [-1, 3], [1, -2]]
    return several(rows, labels, "1/9", bias="penalised", skip="constant")


@golden
def enclosed_point() -> Certificate:
    """One atom and a sample that is 0: an exact optimum, in intervals all the same."""
    D = VectorProblem([[2], [0]], [[3, 4], [0, 0]], beta=1)
    return enclosed_certificate(vector_optimal_set(D), 256)


@golden
def enclosed_plane() -> Certificate:
    """A plane of optimal directions beside atoms, in intervals."""
    rows = [[-2, 2], [3, -3], [2, 1], [-2, -2]]
    return several(rows, [[-4, -4], [0, 4], [-2, 0], [-4, -3]], "1/4")


@golden
def enclosed_arcs() -> Certificate:
    """A plane of directions and no more: an exact optimum, in intervals all the same."""
    D = VectorProblem([[1, 0], [0, 1]], [[6, 4], [4, 6]], beta=1)
    return enclosed_certificate(vector_optimal_set(D), 256)


@golden
def enclosed_tied() -> Certificate:
    """Two planes that share a ray: its mass is in either."""
    rows = [[3, -3], [1, -1], [3, -1]]
    return several(rows, [[-3, -3], [1, 2], [3, -3]], "1/4", bias="penalised")


def lossy(
    X: Rows, Y: Sequence[Sequence[object]], beta: object, loss: object, **given: object
) -> Certificate:
    """Return the certificate of a problem with several outputs and another loss."""
    return vector_certificate(VectorProblem(X, Y, beta=beta, loss=loss, **given))  # type: ignore[arg-type] # words


@golden
def tied_turned() -> Certificate:
    """Modulo a constant samples see of one face what they see of another, reflected."""
    rows, labels = [[-1, 2], [-1, 1], [-2, 0]], [[2, 1], [-2, -1], [1, 2]]
    return vector_certificate(VectorProblem(rows, labels, beta=1, skip="constant"))


@golden
def tied_rest() -> Certificate:
    """An atom at rest: its sample makes no fit, and its row of kappa is as long as beta asks."""
    labels = [[1, 2, 1], [0, 0, 2], [0, 0, 0]]
    return lossy([[2, 0], [-2, 0], [-2, 0]], labels, 2, "poisson")


@golden
def tied_rest_softmax() -> Certificate:
    """The same of a cross-entropy: the shares of a sample that nothing sees are equal."""
    labels = [[0, 1], [1, 0], [0, 1]]
    return lossy([[2, -2], [2, 2], [-2, -1]], labels, 2, "softmax")


@golden
def tied_opposite() -> Certificate:
    """Two opposite atoms whose features agree modulo a constant: a segment, in intervals."""
    X = [[1, -1], [1, -1], [-1, -1], [1, -1], [-1, -1]]
    Y = [[-2, 2], [3, -2], [-2, -2], [3, 3], [2, 2]]
    return lossy(X, Y, "1/2", {"kind": "power", "p": 3}, skip="constant")


@golden
def tied_line() -> Certificate:
    """Two of four atoms that share a mass, entries on flats, modulo a linear skip."""
    X = [[1], [2], [0], [1], [-2]]
    Y = [[3, -2, 2], [3, -2, -2], [-2, 2, -2], [2, -2, -2], [-2, -2, 2]]
    loss = {"kind": "huber", "delta": 2}
    return lossy(X, Y, "1/4", loss, bias="penalised", skip="linear")


def of_pairs(problem: VectorProblem) -> Certificate:
    """Return the certificate of pairs of opposite atoms, their vertices not listed."""
    P = vector_optimal_set(problem)
    return paired_certificate(P, vector_optimum(widened(problem)), 256, listed=False)


@golden
def paired_squares() -> Certificate:
    """N annihilates the ones though only X is free: three pairs of opposite atoms make them."""
    Y = [[-1, -2], [1, 0], [3, -4], [4, -2], [-4, -1]]
    X = [[3], [2], [-6], [-3], [-2]]
    given = {"bias": "penalised", "skip": "linear"}
    return of_pairs(VectorProblem(X, Y, beta_squared="1/30", **given))


@golden
def paired_listed() -> Certificate:
    """Three pairs make X though only the ones are free: of a segment both ends are listed."""
    X, Y = [[-2], [-1], [4], [-3], [5]], [[3, 1], [-3, 4], [1, -1], [4, -3], [-2, 1]]
    loss = {"kind": "huber", "delta": 1}
    return lossy(X, Y, "1/100", loss, bias="penalised", skip="constant")


@golden
def rows_cancel() -> Certificate:
    """Two samples of two classes that no neuron sees: what a neuron would see of them is 0."""
    X, Y = [[0, 0], [2, 0], [0, 2], [0, 2]], [[0, 1], [0, 1], [1, 0], [0, 1]]
    return vector_certificate(VectorProblem(X, Y, beta="1/2", loss="softmax"))


@golden
def paired_idle() -> Certificate:
    """The same beside an output of zeros: N is given as 0 there, and what is free is held."""
    X, Y = [[3], [6], [6], [-5], [-2]], [[0, -3], [0, 3], [0, 3], [0, 3], [0, 2]]
    loss = {"kind": "power", "p": 3}
    return lossy(X, Y, "1/30", loss, bias="penalised", skip="constant")


@golden
def paired_softmax() -> Certificate:
    """Two classes, N annihilates X though only the ones are free: two pairs, one equation."""
    Y = [[1, 0], [0, 1], [1, 0], [1, 0], [0, 1]]
    X = [[4], [-3], [0], [3], [2]]
    given = {"bias": "penalised", "skip": "constant", "loss": "softmax"}
    return of_pairs(VectorProblem(X, Y, beta="1/10", **given))


@golden
def vector_kinks() -> Certificate:
    """Labels at kinks, more than one fit: a segment of points, three samples of one row."""
    labels = [[-3, 0], [-1, 3], [4, -2], [1, 0]]
    loss = {"kind": "quantile", "tau": "1/4"}
    return lossy([[-3], [-3], [-2], [1]], labels, "1/4", loss)


@golden
def vector_logarithms() -> Certificate:
    """The fit of equal shares, softmax: no neuron, and logarithms of 2."""
    rows, labels = [[-2, 0, -3], [-2, 0, -3]], [[0, 1], [1, 0]]
    return lossy(rows, labels, "1/4", "softmax")


@golden
def continuum_kinks() -> Certificate:
    """A plane beside labels that are told up to a tolerance."""
    loss = {"kind": "tolerance", "epsilon": "1/2"}
    return lossy([[-1, 2], [-1, 1]], [[-4, 3], [3, 2]], 2, loss)


@golden
def pieces_softmax() -> Certificate:
    """Softmax in intervals: constants of rows and of outputs are free, a bias is paid for."""
    labels = [[1, 0], [0, 1], [1, 0], [0, 1]]
    given = {"bias": "penalised", "skip": "constant", "weights": [2, 2, "1/3", 2]}
    return lossy([[-3], [3], [3], [2]], labels, "1/2", "softmax", **given)


@golden
def pieces_huber() -> Certificate:
    """Entries at both ends of the Huber loss, and between them."""
    labels = [[2, 2, 1], [0, 3, -3], [3, -1, 1]]
    return lossy([[-1], [1], [-2]], labels, "1/4", {"kind": "huber", "delta": "1"})


@golden
def pieces_follow() -> Certificate:
    """Three samples of one row: labels between two others, whose fits are the middle one's."""
    rows = [[-2, -3], [-2, -3], [-2, -3], [3, -1]]
    labels = [[-2, 0, 3], [1, -4, 1], [1, 3, 3], [-2, -3, -1]]
    loss = {"kind": "quantile", "tau": "1/4"}
    return lossy(rows, labels, "1/2", loss, weights=["1/3", "1/3", "1/3", 2])


@golden
def pieces_across() -> Certificate:
    """Two samples that see an atom each tell a fit of both: an output is minus another."""
    rows, labels = [[2, 1], [-2, 2], [2, -2]], [[-1, 1, -1], [-1, 1, -1], [-1, 1, 1]]
    return lossy(rows, labels, 4, "absolute", bias="penalised")


@golden
def pieces_power() -> Certificate:
    """Powers: what is free fits every label, and no neuron is used."""
    loss, labels = {"kind": "power", "p": "4"}, [[-4, -1, -1]]
    D = VectorProblem([[-1]], labels, beta=1, loss=loss, skip="linear")
    return enclosed_certificate(vector_optimal_set(D), 256)


@golden
def pieces_silent() -> Certificate:
    """Powers: a constant alone fits the labels of one output, another is in intervals."""
    power = {"kind": "power", "p": "5/2"}
    return lossy([[-3, 2], [-2, 0]], [[3, -3], [3, -1]], 2, power, skip="constant")


@golden
def pieces_roots() -> Certificate:
    """The same of labels that are not fitted: roots of N are rational, N is 0 at one of them."""
    power = {"kind": "power", "p": 4}
    labels = [[1, 0], [-3, 0], [-1, -4]]
    return lossy([[2], [2], [-1]], labels, "1/2", power, skip="constant")


@golden
def pieces_even() -> Certificate:
    """A linear skip: each atom is as good as its opposite, logarithms in intervals."""
    given = {"skip": "linear", "weights": [1, 1, 2]}
    return lossy([[0], [-3], [3]], [[2, 3], [0, 4], [4, 1]], 1, "poisson", **given)


@golden
def pieces_held() -> Certificate:
    """A constant that all flats see alone: another fit, the same neurons."""
    rows = [[1, -2, 0], [-1, -2, 1], [-1, -2, 0], [1, -1, 2]]
    loss = {"kind": "huber", "delta": "1/2"}
    return lossy(rows, [[2, 9], [-2, 9], [-1, -9], [1, -9]], 1, loss, skip="constant")


@golden
def continuum_pieces() -> Certificate:
    """A plane in intervals; kinks, a given entry of N."""
    rows = [[-3, 1], [3, -1], [2, -3], [2, -3]]
    labels = [[1, 4, -3], [2, -2, -2], [4, 0, -1], [-1, 4, 2]]
    return lossy(rows, labels, "1/2", "absolute")


@golden
def pieces_alone() -> Certificate:
    """A label 0 of an atom alone: the atom has no such output, and another fit is 0 exactly."""
    loss = {"kind": "epsilon_insensitive", "epsilon": 1}
    labels = [[-2, 1], [2, -1], [3, -1], [2, 2]]
    return lossy([[1, 0], [-2, 1], [-1, 2], [0, 2]], labels, "1/4", loss)


@golden
def continuum_shared() -> Certificate:
    """Two planes turn, less than their hulls; they share a ray of the wall between them."""
    rows = [[1, 0, 0], [0, 1, 0], [0, 0, 1], [-2, 2, 2]]
    eighths = [[18, 20], [11, 4], [3, 13], [9, 9]]
    labels = [[Fraction(t, 8) for t in row] for row in eighths]
    return vector_certificate(VectorProblem(rows, labels, beta=1))


@golden
def pieces_apart() -> Certificate:
    """N is 0 at a sample: the two faces beside it have one form, and one of them the atom."""
    loss = {"kind": "epsilon_insensitive", "epsilon": 1}
    rows = [[-3, -1], [1, 0], [0, 3], [3, -1], [0, -1]]
    return lossy(rows, [[1, -2], [1, -2], [-1, -2], [3, -3], [1, 3]], "1/3", loss)


SQUARE = [[1, 0], [-1, 0], [0, 1], [0, -1]]


def general(
    y: list[object], beta_squared: object, loss: object, **given: object
) -> Certificate:
    """Return the certificate of the square of another loss."""
    return certify(
        TrainingProblem(SQUARE, y, beta_squared=beta_squared, loss=loss, **given)
    )


@golden
def general_absolute() -> Certificate:
    """Two fits pinned, two free below: a hexagon, two rigid pairs."""
    return general([2, 2, 3, 3], 2, "absolute", weights=[2, 2, 1, 1])


@golden
def general_segment() -> Certificate:
    """A rigid component that is no point: Huber's loss, three samples on its lines."""
    return general([3, 1, "5/2", "5/2"], 2, {"kind": "huber", "delta": [2, 1, 1, 1]})


@golden
def general_hinge() -> Certificate:
    """Four labels of 1, a constant free."""
    return general([1, 1, 1, -1], 1, "hinge", skip="constant")


@golden
def general_tube() -> Certificate:
    """Fits with two ends: a tube of width 1 about the labels."""
    return general([1, 2, 0, 1], "1/16", {"kind": "epsilon_insensitive", "epsilon": "1/2"})


@golden
def general_zero() -> Certificate:
    """The zero network is optimal, and so are others."""
    return certify(TrainingProblem([[1]], [1], beta=1, loss="absolute"))


@golden
def unlisted_face() -> Certificate:
    """Of a face that uses one of four atoms, as if there were many vertices."""
    return unlisted_certificate(planted(cross(2), [1] * 4, 2, [2, 0, 2, 0]))


@golden
def unlisted_balls() -> Certificate:
    """Opposite pairs in balls, without the list."""
    rows = [[1, 2], [3, -1], [-2, 1], [-1, -3], [4, 1], [2, 5], [-3, 2], [1, -4]]
    labels = [3, -1, 2, 4, -2, 5, 1, -3]
    few = Limits(vertices=1)
    return certify(optimal_polytope(TrainingProblem(rows, labels, beta="1/10"), limits=few))


@golden
def free_unlisted_face() -> Certificate:
    """The face in format 1, with what is free."""
    return unlisted_in_format_1(planted(cross(2), [1] * 4, 2, [2, 0, 2, 0]))


@golden
def free_unlisted_balls() -> Certificate:
    """Opposite pairs in balls in format 1: labels are fitted, a skip is free."""
    rows = [[3, 2], [-2, 1], [-1, 4], [3, -4], [2, -1], [3, 3]]
    given = {"bias": "penalised", "skip": "linear"}
    I = InterpolationProblem(rows, [-2, -2, 2, 1, 2, 2], **given)
    return unlisted_in_format_1(optimal_polytope(I, limits=Limits(vertices=1)))


@golden
def general_unlisted() -> Certificate:
    """Four labels of 1, a constant free, without the list."""
    loss, labels = "hinge", [1, 1, 1, -1]
    D = TrainingProblem(SQUARE, labels, beta_squared=1, loss=loss, skip="constant")
    return unlisted_certificate(optimal_polytope(D))


HAT = [[-1, 1], [0, 1], [1, 1]]
STRICT = [[2, 0], [0, 2], [2, 2], [-2, 1], [-1, 2]]


def parallel(
    X: Rows, y: Sequence[object], size: tuple[int, int], **given: object
) -> Certificate:
    """Return the certificate of three layers, its table of that size."""
    kappa = given.pop("kappa", None)
    D = ParallelProblem(X, y, **given)
    return parallel_certificate(two_widths(parallel_optimum(D, kappa=kappa)), *size)


BALLS = [[0, -2], [-2, -1], [-2, 0], [-1, 2]]


@golden
def parallel_hat() -> Certificate:
    """Branches of both signs; m*(4 k) is 3, 2, 1, 1; two components that are no points."""
    return parallel(HAT, [-1, 4, -1], (2, 4), beta=1)


@golden
def parallel_zero_row() -> Certificate:
    """A kappa that is 0 at a sample: pieces are split there."""
    return parallel([*HAT, [2, 1]], [-1, 5, 0, 0], (1, 2), beta=1)


@golden
def parallel_strict() -> Certificate:
    """Depth helps; theta is (33/40, 1) on the tight leaf."""
    y = [-1, "-144/25", 2, "-1179/250", "-2521/250"]
    return parallel(STRICT, y, (2, 2), beta_squared="629/50")


@golden
def parallel_bounded() -> Certificate:
    """Kappa is feasible for one inner neuron, not for two: blocks are excluded."""
    y, kappa = [-1, -6, 2, "-11/2", "-21/2"], [-1, -1, 2, 2, -3]
    return parallel(STRICT, y, (2, 2), beta_squared="25/2", inner_width=1, kappa=kappa)


@golden
def parallel_full() -> Certificate:
    """One inner neuron: where a block is in use a branch has none in others."""
    X = [[-3, -1], [3, -2], [2, 3], [2, 3], [-1, -1]]
    return parallel(X, [-3, -8, 9, -4, 4], (1, 1), beta=1, inner_width=1)


@golden
def parallel_field() -> Certificate:
    """The square in a number field, with a label of its own."""
    return parallel(cross(2), [3] * 4, (2, 2), beta=1)


@golden
def parallel_gap() -> Certificate:
    """Kappa in intervals: a dual point and a network; depth is left open."""
    D = ParallelProblem(BALLS, [-1, 3, 3, -4], beta=1)
    return bounds_certificate(parallel_optimum(D))


@golden
def parallel_level() -> Certificate:
    """Kappa in intervals, and depth does not help: leaves tight at the atoms of two layers."""
    return parallel(BALLS, [-1, 3, 3, -4], (2, 2), beta=1)


@golden
def parallel_gap_deep() -> Certificate:
    """Kappa in intervals, and depth helps."""
    rows = [[-2, -3], [0, -3], [3, 3], [3, 2], [-1, -3]]
    return parallel(rows, [2, -5, 1, 1, 4], (2, 2), beta=1)


@golden
def parallel_nothing() -> Certificate:
    """Nothing is fitted, though beta is attained."""
    return parallel(cross(2), [1] * 4, (1, 2), beta_squared=2)


@golden
def parallel_path() -> Certificate:
    """A branch changes its slot, its inner neurons theirs: two branches of three slots."""
    O = parallel_optimum(ParallelProblem(HAT, [-1, 4, -1], beta=1))
    inner = ((1, (0, 1)), (-1, (-1, 0)), (-1, (1, 0)))
    b = Branch(1, tuple(Neuron(s, tuple(map(Fraction, u))) for s, u in inner))
    turned = Branch(1, tuple(reversed(b.neurons)))
    start, end = ParallelNetwork((b, None)), ParallelNetwork((None, turned))
    return parallel_path_certificate(road_of_branches(O, start, end, 2))


OF_PATHS = {"inner_width": 2, "regulariser": "path"}


@golden
def parallel_parts() -> Certificate:
    """Path costs: six branches of two equal parts, four of them with two orders."""
    return parallel(HAT, [-1, 4, -1], (3, 2), beta_squared=2, **OF_PATHS)


@golden
def parallel_parts_level() -> Certificate:
    """Path costs, kappa in intervals."""
    return parallel(BALLS, [-1, 3, 3, -4], (2, 2), beta=1, **OF_PATHS)


@golden
def parallel_parts_gap() -> Certificate:
    """Path costs, kappa in intervals: a dual point and a network of equal parts."""
    D = ParallelProblem(BALLS, [-1, 3, 3, -4], beta=1, **OF_PATHS)
    return bounds_certificate(parallel_optimum(D))


@golden
def parallel_tuples() -> Certificate:
    """Path costs, unequal mixtures are longer: tuples of blocks, a dual point and a network."""
    X, y = [[2, -2], [-1, 1], [-1, 0], [-1, -1]], [1, -3, -2, 6]
    return bounds_certificate(
        parallel_optimum(ParallelProblem(X, y, beta_squared=2, **OF_PATHS))
    )


def turned_near(D: ParallelProblem) -> Certificate:
    """The branches of the proof change places, kappa in intervals or mixtures unequal."""
    O = parallel_optimum(D)
    start = some_network(O)
    end = ParallelNetwork(tuple(reversed(start.branches)))
    return parallel_path_certificate(road_of_branches(O, start, end))


@golden
def parallel_road() -> Certificate:
    """Kappa in intervals, and depth helps: rational networks near those of a path."""
    X, y = [[1, -2], [-2, 0], [1, 0], [1, -1], [0, -2]], [0, 4, -1, 2, -4]
    return turned_near(ParallelProblem(X, y, beta="1/10", inner_width=2))


@golden
def parallel_tuples_road() -> Certificate:
    """Path costs, unequal mixtures are longer: the same by tuples of blocks."""
    X, y = [[2, -2], [-1, 1], [-1, 0], [-1, -1]], [1, -3, -2, 6]
    return turned_near(ParallelProblem(X, y, beta_squared=2, **OF_PATHS))


@golden
def parallel_parts_path() -> Certificate:
    """Path costs: two branches of two equal parts change places."""
    O = parallel_optimum(ParallelProblem(HAT, [-1, 4, -1], beta_squared=2, **OF_PATHS))
    start = some_network(O)
    end = ParallelNetwork(tuple(reversed(start.branches)))
    return parallel_path_certificate(road_of_branches(O, start, end))


@golden
def parallel_most() -> Certificate:
    """M*(k): three branches of one inner neuron, and of two, that make a fit alone."""
    return parallel(HAT, [-2, 4, -2], (2, 2), beta=1)


@golden
def parallel_parts_most() -> Certificate:
    """M*(k) with path costs: the widest vertex."""
    return parallel(HAT, [-1, 4, -1], (2, 2), beta_squared=2, **OF_PATHS)


def of_two_layers(of: dict[str, object], *ends: str) -> Certificate:
    """A path in intervals between networks of the atoms a, b, c of two layers.

    Branches are divided by /, neurons by a comma: an atom, and its mass by those of the atoms.
    """
    X, y = [[-1, -1], [2, -1], [1, -2], [-1, 1]], [1, -2, -4, 2]
    O = parallel_optimum(ParallelProblem(X, y, beta="1/10", **of))
    atoms = dict(zip("abc", O.flat.atoms, strict=True))
    masses = dict(zip("abc", O.flat.weights, strict=True))

    def neuron(sigma: int, read: str) -> Neuron:
        name, *terms = read.split()
        sums = [Fraction(t[:-1] or 1) * masses[t[-1]] for t in terms]
        mass = sum(sums[1:], sums[0])
        return Neuron(sigma * atoms[name].sign, tuple(mass * t for t in atoms[name].g))

    def branch(read: str) -> Branch:
        sigma = int(f"{read[0]}1")
        return Branch(sigma, tuple(neuron(sigma, x) for x in read[1:].split(",")))

    networks = [ParallelNetwork(tuple(map(branch, end.split("/ ")))) for end in ends]
    return parallel_path_certificate(road_of_branches(O, *networks))


@golden
def parallel_shared() -> Certificate:
    """Kappa in intervals, depth does not help: an atom leaves a branch that subtracts it."""
    start = "- c 0.6c, b b/ + a a/ - c 0.4c"
    return of_two_layers({"inner_width": 2}, start, "- c c/ + b b, a a")


@golden
def parallel_shared_parts() -> Certificate:
    """The same with path costs: two halves of a branch are two atoms."""
    end = "+ b b, a b/ + a 0.5a -0.5b, a 0.5a -0.5b/ - c 0.5c, c 0.5c"
    start = "- c 0.5c, c 0.5c/ + a 0.5a, a 0.5a/ + b 0.5b, b 0.5b"
    return of_two_layers(OF_PATHS, start, end)


@golden
def units_leaky() -> Certificate:
    """Slopes 1 and 1/3: three atoms, one of them on both sides of every kink."""
    slopes = {"slopes": [1, "1/3"]}
    return certify(
        TrainingProblem([[2, 1, 1], [-2, -1, 1]], [5, 5], beta=2, activation=slopes)
    )


@golden
def units_absolute() -> Certificate:
    """Four atoms with one feature, an absolute loss with a fit that may move, a zero row."""
    return certify(
        TrainingProblem(
            [[1, 0], [0, 1], [0, 0]],
            [4, 3, 0],
            beta_squared=2,
            loss="absolute",
            weights=[1, 2, 1],
            activation="absolute",
        )
    )


@golden
def units_gates() -> Certificate:
    """Eight gates, all tight, and one that is not."""
    masks = [[i, 1 - i, j, 1 - j, k, 1 - k] for i in (0, 1) for j in (0, 1) for k in (0, 1)]
    return certify(
        TrainingProblem(
            cross(3),
            [5, -5, 5, -5, 5, -5],
            beta_squared=3,
            gates=[*masks, [1, 0, 0, 0, 0, 0]],
        )
    )


@golden
def units_threshold() -> Certificate:
    """Closed thresholds: the patterns of two rays are tight."""
    return certify(TrainingProblem(SQUARE, [4, 4, 0, 0], beta=3, activation="threshold"))


@golden
def units_threshold_open() -> Certificate:
    """Open thresholds at a price that is a root, with a zero row and a constant free."""
    return certify(
        TrainingProblem(
            [[1, 0], [-1, 1], [0, 0], [0, -1]],
            [4, 1, 0, -3],
            beta_squared=2,
            activation="threshold_open",
            skip="constant",
        )
    )


@golden
def lasso_rotated() -> Certificate:
    """Two blocks that an orthogonal map ties, with equal features: a segment."""
    rotation = [["3/5", "-4/5"], ["4/5", "3/5"]]
    return certify(GroupLasso([[[1, 0], [0, 1]], rotation], [2, 2], beta=1))


@golden
def lasso_cones() -> Certificate:
    """Blocks in cones that press, one of both signs, and a column that is free."""
    blocks = [
        {"A": [[1, 1], [0, 1], [1, 0]], "cone": [[1, 0], [1, -1]], "signs": "+-"},
        {"A": [[1], [2], [3]], "cone": [[1]]},
        {"A": [[-1], [-2], [0]], "cone": [[1]]},
    ]
    return certify(GroupLasso(blocks, [9, 3, -7], beta=2, free=[[1, 1, 1]]))


CIRCLE = {"X": SQUARE, "y": [3] * 4, "beta": 1, "penalty": "l1"}
LEAKY_CUBE = {
    "X": [[1, 2], [-1, 1], [2, 0]],
    "y": [3, -1, 2],
    "beta_squared": 2,
    "penalty": "linf",
    "activation": {"slopes": [1, "1/3"]},
    "skip": "constant",
}
ALL_NORMS = [
    {"A": [[1, 1], [0, 1], [1, 0]], "cone": [[1, 0], [1, -1]]},
    {"A": [[1, 2], [2, 0], [-1, 3]], "cone": [[0, 1]], "norm": "linf"},
    {"A": [[1, 0], [0, 2], [-1, 1]], "norm": "l1", "signs": "+-"},
]


@golden
def normed_l1() -> Certificate:
    """The l1 norm: the whole circle of it is tight, a cell each quarter."""
    return normed_certificate(optimum(TrainingProblem(**CIRCLE)))


@golden
def normed_linf() -> Certificate:
    """The linf norm at a price that is a root, leaky units, multipliers that press."""
    return normed_certificate(optimum(TrainingProblem(**LEAKY_CUBE)))


@golden
def normed_lasso() -> Certificate:
    """Blocks of all norms, one of them in a cone."""
    return normed_certificate(optimum(GroupLasso(ALL_NORMS, [4, 3, -7], beta=2)))


@golden
def cells_circle() -> Certificate:
    """Four cells around a circle: 4, 1, 1 components."""
    return certify(TrainingProblem(**CIRCLE))


@golden
def cells_root() -> Certificate:
    """The price is a root, leaky units, rows that press."""
    return certify(TrainingProblem(**LEAKY_CUBE))


@golden
def cells_several_fits() -> Certificate:
    """The absolute loss: many fits; two sets of cells are joined in their slots."""
    X = [[-1, 1], [2, 1], [1, 1], [1, 1], [2, 0]]
    D = TrainingProblem(X, [4, -2, 0, -2, -3], beta="1/2", loss="absolute", penalty="l1")
    return certify(D)


@golden
def cells_cube() -> Certificate:
    """The linf norm: entries that are free between -1 and 1, and many fits."""
    X = [[1, 2, -1], [1, 0, -1], [0, -1, 1], [1, 0, 1]]
    given = {"loss": "absolute", "penalty": "linf", "skip": "constant"}
    return certify(TrainingProblem(X, [4, -1, -3, -4], beta=1, **given))


@golden
def cells_smooth() -> Certificate:
    """Blocks of all norms, that of the norm l2 tight in its one direction."""
    blocks = [
        {"A": [[1, -2], [0, 2], [1, 1]], "cone": [[1, 0], [0, 1]]},
        {"A": [[0, 1], [0, 2], [-1, 2]], "norm": "linf", "signs": "+-"},
        {"A": [[-1, 0], [-1, -2], [2, 0]], "norm": "l1", "cone": [[1, 1]]},
    ]
    return certify(GroupLasso(blocks, [2, 5, 6], beta=2))


@golden
def fans_cube() -> Certificate:
    """The linf norm and the logistic loss: cells in balls, a ray that is a sum of others."""
    given = {"loss": "logistic", "penalty": "linf"}
    return certify(
        TrainingProblem([[2, 2], [0, 0], [2, 0]], [1, -1, -1], beta="1/4", **given)
    )


@golden
def fans_blocks() -> Certificate:
    """Blocks of all norms and the logistic loss, that of the norm l2 tight."""
    blocks = [
        {"A": [[-1, 0], [-2, 0], [2, -1]]},
        {"A": [[1, -2], [-2, -1], [0, 1]], "norm": "linf", "signs": "+-"},
        {"A": [[2, 1], [1, -1], [-1, 0]], "norm": "l1", "cone": [[1, 1]]},
    ]
    return certify(GroupLasso(blocks, [-1, -1, -1], beta="1/4", loss="logistic"))


@golden
def fans_idle() -> Certificate:
    """The l1 norm and the Poisson loss: a ray that is tied and has no weight."""
    X = [[1, 1, 2], [-1, -1, -2], [2, 0, 2], [2, -2, 3]]
    return certify(TrainingProblem(X, [4, 2, 2, 4], beta=2, loss="poisson", penalty="l1"))


@golden
def fans_rest() -> Certificate:
    """The l1 norm and a power, a label that is fitted: kappa is 0 as columns are tied."""
    given = {"loss": {"kind": "power", "p": "5/2"}, "bias": "penalised", "penalty": "l1"}
    return certify(
        TrainingProblem([[2], [-2], [0], [2]], [-1, 2, 1, 4], beta="1/2", **given)
    )


@golden
def cells_logarithms() -> Certificate:
    """The l1 norm and the logistic loss of a rational kappa: four cells, fits ln 2."""
    given = {"loss": "logistic", "penalty": "l1"}
    return certify(TrainingProblem(cross(2), [1] * 4, beta="1/3", **given))


@golden
def cells_blocks() -> Certificate:
    """Blocks of all norms, one of them in a cone."""
    return certify(GroupLasso(ALL_NORMS, [4, 3, -7], beta=2))


@golden
def cells_nothing() -> Certificate:
    """Kappa is 0: every fit on the flat is optimal, and no network is, too."""
    D = TrainingProblem(
        [[-2]], [1], beta="3/7", loss="hinge", penalty="l1", skip="constant"
    )
    return certify(D)


@golden
def cells_apart() -> Certificate:
    """Two cells of one ray each, of which one makes what the other does."""
    given = {"loss": "absolute", "activation": "absolute", "penalty": "linf"}
    return certify(TrainingProblem([[1], [0]], [3, 3], beta="1/2", **given))


@golden
def normed_squared_hinge() -> Certificate:
    """A sample that no neuron sees, its loss a parabola."""
    given = {"activation": {"slopes": [1, "-1/2"]}, "penalty": "linf", "weights": ["1/2"]}
    return certify(TrainingProblem([[0]], [-1], beta=1, loss="squared_hinge", **given))


@golden
def lasso_margin() -> Certificate:
    """A margin that a block reaches."""
    blocks = [{"A": [[0, -3, 2]], "signs": "+"}]
    return certify(GroupLasso(blocks, [-1], beta="1/2", loss="margin", free=[[0]]))


@golden
def general_logarithms() -> Certificate:
    """Logistic losses of a rational kappa: fits are 2 ln 2 - ln 3, with a spare dimension."""
    return certify(
        TrainingProblem(cross(2), [1] * 4, beta_squared="18/49", loss="logistic")
    )


@golden
def general_counts() -> Certificate:
    """Poisson losses of a rational kappa: fits are ln 2 + ln 3 = ln 6 + ln 1, two by two."""
    D = TrainingProblem(cross(2), [3, 4, 7, 2], beta_squared=2, loss="poisson")
    return certify(optimum(D, kappa=[1] * 4))


def enclosed(
    X: Rows, y: list[int], beta: object, loss: object, **given: object
) -> Certificate:
    """Return the certificate of a loss whose optimum is known in balls."""
    return certify(TrainingProblem(X, y, beta=beta, loss=loss, **given))


@golden
def enclosed_logistic() -> Certificate:
    """Two atoms, every row a curve (L1 of the theory)."""
    X = [[1, 2], [-2, 1], [1, -1], [0, 1]]
    return enclosed(X, [1, -1, 1, -1], "1/5", "logistic")


@golden
def enclosed_exponential() -> Certificate:
    """Curves with other weights and a constant that is free."""
    X = [[1, 0], [1, 2], [-1, 1], [2, -1]]
    given = {"weights": [1, 2, 1, "1/2"], "skip": "constant"}
    return enclosed(X, [1, -1, 1, -1], "1/5", "exponential", **given)


@golden
def enclosed_poisson() -> Certificate:
    """One atom, and a row that no neuron reaches (L3 of the theory)."""
    return enclosed([[1, 1], [2, -1], [-1, 1]], [4, 1, 2], "1/2", "poisson")


@golden
def enclosed_power() -> Certificate:
    """A cube: fits are roots."""
    X = [[1, 1], [2, -1], [-1, 1]]
    return enclosed(X, [4, 1, 2], "1/2", {"kind": "power", "p": 3})


@golden
def enclosed_pairs() -> Certificate:
    """A free linear part ties a neuron and its opposite: a segment, of logistic losses."""
    X = [[-1, 2], [-2, 0], [-2, 1], [1, 1], [1, -1]]
    return enclosed(X, [1, -1, 1, -1, -1], "1/2", "logistic", skip="linear")


@golden
def enclosed_alike() -> Certificate:
    """A constant makes two neurons of opposite signs alike: they share one weight."""
    return enclosed(
        [[-1, 4, -1], [0, -3, 3]], [3, 2], "3/7", "poisson",
        weights=[2, "1/2"], bias="penalised", skip="constant",
    )  # fmt: skip


@golden
def enclosed_alike_four() -> Certificate:
    """Four neurons that a linear skip makes alike, g and -g of both signs."""
    X = [[1, 1], [1, -1], [-1, -1], [1, 1], [-1, 1], [-1, 1]]
    both = {"slopes": [1, "-1/2"]}
    loss = {"kind": "power", "p": "4/3"}
    return enclosed(X, [-3, -2, -1, 0, 0, -3], 1, loss, skip="linear", activation=both)


@golden
def enclosed_related() -> Certificate:
    """Five neurons of two weights: equal entries of kappa, and a column that they share."""
    X = [[1, 2, 1], [1, 1, 1], [0, 0, 0], [2, 0, 0], [0, 0, 2]]
    return enclosed(X, [-1, 1, 1, -1, -1], "1/4", "logistic")


@golden
def enclosed_rests() -> Certificate:
    """A row on a flat, at its end: an atom of no weight alone is active there."""
    X = [[1, 1, 0], [0, -1, 0], [2, 0, 0], [0, 0, "1/2"]]
    return enclosed(X, [-1, -1, -1, 1], "1/2", {"kind": "huber", "delta": 1})


@golden
def enclosed_factor() -> Certificate:
    """A multiplier that is 0: two faces differ by a product of linear forms."""
    return enclosed([[0, -1], [-2, -2], [1, 1]], [1, -1, 1], "1/7", "logistic")


@golden
def blocks_untouched() -> Certificate:
    """A block that is tied where its samples are not reached: it has no weight."""
    blocks = [{"A": [[0, 0], [2, -1]]}, {"A": [[-1], [0]]}]
    return certify(GroupLasso(blocks, [1, 1], beta=1, loss="exponential"))


@golden
def free_mixed() -> Certificate:
    """Vertices with constants of both signs, of which mixtures have none."""
    X, y = [[3], [-1], [2], [1]], [2, -2, -3, 2]
    return certify(InterpolationProblem(X, y, bias="free", skip="linear"))


@golden
def free_two_limits() -> Certificate:
    """Nothing attains: limits of networks differ."""
    X, y = [[-2], [2], [3], [-1]], [-3, 3, 2, 2]
    return certify(TrainingProblem(X, y, beta=1, bias="free"))


@golden
def enclosed_hinge() -> Certificate:
    """Flats on both sides: a zero row that is missed, and a row beyond its margin."""
    X = [[0, 0], [2, -1], [0, -1], [1, 1], [0, -2]]
    return enclosed(X, [1, 1, 1, -1, 1], "1/5", "hinge")


@golden
def enclosed_huber() -> Certificate:
    """Slopes, and one row that is an outlier."""
    X = [[-2, -2], [-2, 0], [-1, 0], [0, 2]]
    return enclosed(X, [-2, 1, -3, 1], "1/2", {"kind": "huber", "delta": 1})


@golden
def enclosed_leaky() -> Certificate:
    """Slopes 1 and 1/3, Huber's loss, an outlier."""
    X = [[1, 1], [-2, 0], [2, 1], [1, 0]]
    given = {"activation": {"slopes": [1, "1/3"]}}
    return enclosed(X, [0, -1, 1, -2], "1/2", {"kind": "huber", "delta": 1}, **given)


@golden
def enclosed_absolute() -> Certificate:
    """The absolute value and the squared loss: a neuron and its opposite have one feature."""
    X = [[-1, 2], [-2, 0], [-2, 1], [1, 1]]
    return enclosed(X, [2, 0, 3, -2], "1/2", "squared", activation="absolute")


@golden
def enclosed_turned() -> Certificate:
    """Slopes -1 and 2: outputs turned, and a constant that is free."""
    X = [[1, 2], [-2, 1], [1, -1], [0, 1]]
    given = {"activation": {"slopes": [-1, 2]}, "skip": "constant"}
    return enclosed(X, [1, -1, 1, -1], "1/5", "logistic", **given)


@golden
def enclosed_epsilon() -> Certificate:
    """Two kinks for each label, in intervals: slopes, and a flat between them."""
    X = [[1, 2], [-2, 1], [1, -1], [0, 1]]
    loss = {"kind": "epsilon_insensitive", "epsilon": "1/3"}
    return enclosed(X, [3, -2, 2, 1], "3/2", loss)


@golden
def enclosed_band() -> Certificate:
    """Bands of no width: one kink for each label, kappa on both sides of 0."""
    X = [[2, 2], [0, 1], [-1, -2], [-1, -1], [1, -1]]
    loss = {"kind": "epsilon_insensitive", "epsilon": 0}
    return enclosed(X, [-1, 2, -2, 3, -1], "1/4", loss)


@golden
def enclosed_ratios() -> Certificate:
    """A cross-polytope, kappa irrational, fits of logarithms: zeros by samples that are alike."""
    X = [[1, 0, 0], [-1, 0, 0], [0, 2, 0], [0, -2, 0], [0, 0, 1], [0, 0, -1]]
    return enclosed(X, [1] * 6, "1/4", "logistic", weights=[1, 1, 1, 1, 2, 2])


@golden
def enclosed_ratios_beside() -> Certificate:
    """Powers of 4, a bias: four atoms that are alike beside a single one; a sample is 0."""
    X, weights = [[2, 0], [-2, 0], [0, 1], [0, -1], [0, 0]], [2, 2, 1, 1, 1]
    loss = {"kind": "power", "p": 4}
    return enclosed(X, [3, 3, 3, 3, 1], "1/4", loss, bias="penalised", weights=weights)


@golden
def enclosed_zeros() -> Certificate:
    """Leaky units, features that are sums; vertices of two atoms and of three: labels are alike."""
    X = [[-1, 2, -1], [2, -1, -1], [-1, -1, 2]]
    power, leaky = {"kind": "power", "p": 3}, {"slopes": ["1", "1/3"]}
    return enclosed(X, [2, 2, 4], "1/3", power, activation=leaky)


@golden
def enclosed_swapped() -> Certificate:
    """A multiplier is 0, as two samples are alike to all neurons: a relation has no part."""
    X = [[-1, -1, 2], [2, -1, -1], [1, 1, -1]]
    return enclosed(X, [1, 1, -1], "1/2", "logistic", bias="penalised")


@golden
def enclosed_cycled() -> Certificate:
    """The same of three samples that no neuron sees, modulo a constant that is free."""
    X = [[1, -1, -1], [-1, 1, -1], [1, -1, 1], [-1, 1, -1]]
    return enclosed(X, [2, 1, 1, 1], "1/2", "poisson", skip="constant")


@golden
def enclosed_roots() -> Certificate:
    """The roots of A_2: one kappa of all, a vertex for each of two triangles."""
    X = [[1, -1, 0], [0, 1, -1], [-1, 0, 1], [-1, 1, 0], [0, -1, 1], [1, 0, -1]]
    return enclosed(X, [1] * 6, "1/2", "exponential")


@golden
def enclosed_shifted() -> Certificate:
    """Labels that differ by what two features make: their samples have one kappa."""
    X = [[0, 1], [1, 0], [1, 1], [0, -1], [-1, 0], [-1, -1]]
    return enclosed(X, [2, 3, 2, 3, 2, 3], "1/3", {"kind": "power", "p": 4})


@golden
def general_power() -> Certificate:
    """A power loss in a number field: the fits are stated, leaky units."""
    D = TrainingProblem(
        [[2, 2], [-1, 0]],
        [2, -1],
        beta=1,
        loss={"kind": "power", "p": "3/2"},
        activation={"slopes": [1, "1/3"]},
    )
    return certify(D)


@golden
def tied_without_weight() -> Certificate:
    """A gate of samples of both others is tied as they are, and sums of equations say: unused."""
    X, gates = (
        [[2, 1], [1, 2], [-2, -1], [-1, -2]],
        [[1, 1, 0, 0], [0, 0, 1, 1], [1, 0, 0, 1]],
    )
    D = TrainingProblem(X, [1, 1, -1, -1], beta="1/2", loss="logistic", gates=gates)
    return certify(optimal_polytope(D))


@golden
def tied_gates() -> Certificate:
    """Gates and the logistic loss: one gate twice, another below beta."""
    masks = [[1, 0, 1], [0, 1, 0], [1, 1, 0], [1, 0, 1]]
    X = [[2, 0], [0, -1], [-1, -2]]
    return certify(TrainingProblem(X, [1, 1, 1], beta="1/4", loss="logistic", gates=masks))


@golden
def tied_linear() -> Certificate:
    """Two neurons without a kink, g and -g, one feature; squared, kappa of high degree."""
    X, both = [[1, -1], [2, -2], [0, 1]], {"slopes": ["1/2", "1/2"]}
    return certify(
        TrainingProblem(X, [1, 0, 3], beta="1/4", bias="penalised", activation=both)
    )


@golden
def tied_blocks() -> Certificate:
    """Blocks in balls: cones that press on atoms and on others, one block twice."""
    first = {"A": [[-1, 2], [2, 1], [-2, -2]], "cone": [[1, 1]]}
    blocks = [
        first,
        {"A": [[2, -2], [1, 0], [1, -2]], "cone": [[2, -1]], "signs": "+-"},
        {"A": [[-2, -2], [-1, -1], [1, 1]], "cone": [[0, -1], [-1, 0]]},
        first,
    ]
    loss = {"kind": "huber", "delta": 1}
    return certify(GroupLasso(blocks, [-2, -2, 1], beta="1/2", loss=loss))


@golden
def tied_patterns() -> Certificate:
    """Open thresholds and the logistic loss: patterns that are sums of others'."""
    X = [[-2, 1], [0, -2], [-2, -1], [2, 1]]
    given = {"loss": "logistic", "activation": "threshold_open"}
    return certify(TrainingProblem(X, [-1, -1, 1, -1], beta="1/4", **given))


@golden
def cones_segment() -> Certificate:
    """Three atoms and two vertices, of rank 2 in three dimensions: no pattern is listed."""
    D = TrainingProblem([[1, -1, 0], [0, 1, -1]], [2, 2], beta_squared=2)
    return by_cones(D, [1, 1])


@golden
def cones_oblique() -> Certificate:
    """A convex row passes through the atom: the cones around it must be cut there."""
    X = [[3, 0, -1], [1, 1, -1], [9, 3, -5], [19, 23, 25]]
    D = TrainingProblem(X, [-6, -9, 1, 1401], beta_squared=1400)
    return by_cones(D, [-6, -9, 1, 1])


@golden
def cones_biased() -> Certificate:
    """Weights, a penalised bias, a sample that comes twice."""
    X, y = (
        [[0, 1], [0, -1], [1, 0], [0, 1], [0, 2], [3, 3]],
        [15, -1, "17/2", 10, "37/2", 21],
    )
    given = {"bias": "penalised", "weights": [1, 2, 1, 1, 1, 1]}
    D = TrainingProblem(X, y, beta_squared="121/2", **given)
    return by_cones(D, [4, -2, 3, -1, 2, -1])


@golden
def cones_skip() -> Certificate:
    """The three atoms of the segment beside a constant: a sample of features 0 balances kappa."""
    X = [[1, -1, 0], [0, 1, -1], [0, 0, 0]]
    D = TrainingProblem(X, [7, 7, 3], beta_squared=2, skip="constant")
    return by_cones(D, [1, 1, -2])


@golden
def cones_lines() -> Certificate:
    """A linear skip that the samples do not tell: counts are modulo its lines."""
    X = [[-1, -1], [0, 0], [-2, -2], [1, 1]]
    D = TrainingProblem(X, [0, 4, 1, 2], beta=3, skip="linear", bias="penalised")
    return by_cones(D, optimum(D).kappa)


@golden
def cones_kinks() -> Certificate:
    """A free bias: trees for the kinks of each sample."""
    given = {"beta": 1, "bias": "free", "skip": "constant"}
    D = TrainingProblem([[0], [1], [2], [3]], [0, 3, -3, 0], **given)
    return by_cones(D, [Fraction(k, 5) for k in (-4, 13, -13, 4)])


@golden
def cones_kinks_enclosed() -> Certificate:
    """A free bias, kappa in intervals: trees for the kinks of each sample."""
    X = [[0, 1], [-1, -1], [-2, -2], [3, 2], [-3, -1]]
    given = {"beta": "1/2", "bias": "free", "skip": "constant"}
    return by_boxed_cones(TrainingProblem(X, [3, 2, 4, -4, 0], **given))


@golden
def cones_kinks_gap() -> Certificate:
    """A dual point with a free bias, scaled into the dual by trees; a sample comes twice."""
    X, y = [[0, 1], [1, -1], [2, 0], [0, 1]], [3, 1, 2, 4]
    D = TrainingProblem(X, y, beta="1/2", bias="free", skip="constant")
    net = with_parts(D, Network.of((1, [1, 2, 0]), (-1, ["1/2", -1, 1])))
    near = multiple_in_charts(D, tuple(Fraction(k, 8) for k in (2, -3, 2, -1)))
    primal, dual = net.objective(D), -D.loss.conjugate(near.kappa)
    found = Gap(net, primal, dual, near.kappa, near.scale, proof=near.proof, near=True)
    return gap_by_cones(D, found)


@golden
def cones_skip_enclosed() -> Certificate:
    """Kappa in intervals beside a constant."""
    X = [[-5, 2], [7, 4], [-3, -8], [9, -1], [2, 6], [-6, 5]]
    D = TrainingProblem(X, [3, 1, -7, 8, -2, 5], beta="1/2", skip="constant")
    return by_boxed_cones(D)


@golden
def cones_holes() -> Certificate:
    """Holes without patterns: a square between two vertices."""
    D = TrainingProblem(cross(2), [3] * 4, beta_squared=2)
    O = proved_by_cones(D, [Fraction(1)] * 4)
    return holes_certificate(optimal_polytope(O))


@golden
def signs_birkhoff() -> Certificate:
    """The atoms are the sign vectors of a subspace, P is a Birkhoff polytope."""
    return certify(by_signs(birkhoff(3)))


@golden
def signs_unlisted() -> Certificate:
    """The same, its vertices not listed."""
    S = birkhoff(3)
    O = proved_by_tree(S.problem, S.kappa)
    return certify(optimal_polytope(O, limits=Limits(vertices=3)))


@golden
def signs_plane() -> Certificate:
    """Torsion: P_18 is the projective plane; 58 samples, no pattern is listed."""
    return holes_certificate(by_signs(projective_plane()))


def by_signs(S: SignNetworks) -> OptimalPolytope:
    """Return the optimal polytope of sign networks, kappa proved by a tree of signs."""
    return optimal_polytope(proved_by_tree(S.problem, S.kappa))


@golden
def cones_hinge() -> Certificate:
    """Hinges, kappa proved by cones: samples at the kink, before and beyond it."""
    return certify(hinged())


@golden
def cones_hinge_unlisted() -> Certificate:
    """The same, its vertices not listed."""
    return certify(hinged(Limits(vertices=1)))


def hinged(limits: Limits | None = None) -> OptimalPolytope:
    """Return the optimal polytope of four points with hinges, kappa proved by cones."""
    given = {"loss": "hinge", "skip": "constant"}
    D = TrainingProblem([[-2], [2], [0], [1]], [-1, -1, 1, 1], beta=1, **given)
    O = proved_by_cones(D, optimum(D).kappa)
    return optimal_polytope(O, limits=limits)


@golden
def signs_huber() -> Certificate:
    """Sign vectors of a subspace, P a Birkhoff polytope, the loss that of Huber."""
    return certify(of_huber())


@golden
def signs_huber_unlisted() -> Certificate:
    """The same, its vertices not listed."""
    return certify(of_huber(Limits(vertices=3)))


def of_huber(limits: Limits | None = None) -> OptimalPolytope:
    """Return the optimal polytope of sign networks under the loss of Huber, by signs."""
    D = birkhoff(3).problem
    loss = {"kind": "huber", "delta": 100}  # where it is squared
    near = TrainingProblem(D.X, D.y, beta_squared=D.beta_squared, loss=loss)
    O = proved_by_tree(near, birkhoff(3).kappa)
    return optimal_polytope(O, limits=limits)


@golden
def cones_logistic() -> Certificate:
    """Curves in intervals, kappa proved by cones; two neurons are alike beside the skip."""
    return certify(by_trees(curved()))


@golden
def cones_logistic_unlisted() -> Certificate:
    """The same, its vertices not listed."""
    return certify(by_trees(curved(), Limits(vertices=1)))


@golden
def enclosed_unlisted() -> Certificate:
    """Curves in intervals, the vertices not listed."""
    return certify(optimal_polytope(optimum(curved()), limits=Limits(vertices=1)))


def curved() -> TrainingProblem:
    """Return a logistic problem with a linear skip: two atoms of one face."""
    X, third = [[2, -2], [1, -1], [-2, -1], [-2, 0]], Fraction(1, 3)
    given = {"beta": third, "loss": "logistic", "skip": "linear"}
    return TrainingProblem(X, [-1, 1, -1, 1], **given)


def by_trees(D: TrainingProblem, limits: Limits | None = None) -> OptimalPolytope:
    """Return the optimal polytope of an optimum in balls that cones prove."""
    O = optimum(D)
    trees = enclosed_by_trees(D, O.kappa, [O.atoms])
    return optimal_polytope(replace(O, bounds=(), cones=trees), limits=limits)


def by_cones(D: TrainingProblem, kappa: Sequence[Fraction | int]) -> Certificate:
    """Return the certificate of a dual variable that cones prove."""
    O = proved_by_cones(D, tuple(map(Fraction, kappa)))
    return cone_certificate(optimal_polytope(O))


@golden
def cones_enclosed() -> Certificate:
    """Kappa in intervals; a convex row is dependent on the others through an atom."""
    X = [[1, 0, 0], [0, 1, 0], [1, 1, 0], [-2, 2, 1], [2, -1, 2], [0, 2, 2]]
    return by_boxed_cones(TrainingProblem(X, [-7, -4, 2, 3, 6, 8], beta=3))


@golden
def cones_shares() -> Certificate:
    """Kappa in intervals; three concave rows of a plane through an atom, one bears a theta."""
    X = [
        [0, 2, 0],
        [-1, 0, 0],
        [-1, 1, 0],
        [1, 0, 0],
        [-2, -2, 0],
        [-1, -1, 1],
        [-2, -1, -2],
    ]
    return by_boxed_cones(TrainingProblem(X, [4, -4, -5, 0, -5, 7, 8], beta=4))


@golden
def cones_lower() -> Certificate:
    """Kappa in intervals; a leaf names a peak that is lower than beta, and no atom."""
    X = [[0, -1, 3], [-2, -2, 1], [0, -1, -3], [-1, 0, -3], [0, 2, 0]]
    return by_boxed_cones(TrainingProblem(X, [2, -7, -1, -7, -5], beta=1))


@golden
def cones_pairs() -> Certificate:
    """Opposite atoms of one sign; a sample twice, one opposite, one 0, weights."""
    return by_boxed_cones(paired())


@golden
def cones_unlisted() -> Certificate:
    """The same, its vertices not listed."""
    return by_boxed_cones(paired(), Limits(vertices=1))


def paired() -> TrainingProblem:
    """Return a problem with three pairs of opposite atoms and two vertices."""
    X = [
        [3, 1],
        [1, 2],
        [-2, 3],
        [-1, -2],
        [1, 2],
        [0, 0],
        [2, -3],
        [-3, 1],
        [1, -1],
        [-1, 3],
    ]
    y, weights = [8, 8, 2, 6, 9, 8, 6, 9, 7, 5], [1, 2, 1, 1, 1, 3, 1, 1, 1, 1]
    return TrainingProblem(X, y, beta=1, weights=weights)


def by_boxed_cones(D: TrainingProblem, limits: Limits | None = None) -> Certificate:
    """Return the certificate of a dual optimum in balls that cones prove."""
    O = optimum(D)
    through = [
        [replace(a, g=a.g[:-1]) for a in O.atoms if a.covector[D.X.index(x)] == 0]
        for x in (chart.anchor for chart in D.charts)
        if x is not None
    ]
    trees = enclosed_by_trees(D, O.kappa, through or [O.atoms])
    proved = replace(O, bounds=(), cones=trees)
    return boxed_cone_certificate(optimal_polytope(proved, limits=limits))


def main(names: Sequence[str]) -> None:
    """Write the named certificates, or all."""
    for name in names or MAKERS:
        text = MAKERS[name]().to_json() + "\n"
        (HERE / f"{name}.json").write_text(text, encoding="ascii")
        print(f"{name}: {len(text)} bytes")  # noqa: T201 - a script


if __name__ == "__main__":
    main(sys.argv[1:])
