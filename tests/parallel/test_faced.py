"""What floats leave open is tried: theta at its ends or not, neurons on walls or beside them."""

from dataclasses import replace
from fractions import Fraction

import pytest

from polytope_nn.parallel import finding
from polytope_nn.parallel.conic.faced import ended, faced, flattened
from polytope_nn.parallel.conic.master import DeepKappa, Part, deep_kappa
from polytope_nn.parallel.equations.settled import basic
from polytope_nn.parallel.finding import parallel_optimum
from polytope_nn.parallel.networks.roads import some_network
from polytope_nn.parallel.problem import ParallelProblem
from polytope_nn.search.finding import optimum

ROWS = [[2, 0], [0, 2], [2, 2], [-2, 1], [-1, 2]]
FIT = [Fraction(t, 250) for t in (0, -1190, 0, -1679, -1771)]


def strict(third=Fraction(2)):
    """The instance *strict* (three-layer §7), another kappa in its third row.

    There the fit is 0 and theta times kappa is 33/20, so the network, and all that is above 33/20
    leave it optimal.
    """
    kappa = [-1, -1, third, 2, -3]
    y = [a + b for a, b in zip(kappa, FIT, strict=True)]
    return ParallelProblem(ROWS, y, beta_squared="629/50"), tuple(kappa)


def found(raised, inside=(1, 3, 4)):
    """What floats may say of it."""
    faces = {(-1, (1, 1, 1, -1, -1)): 2 / 25, (1, (-1, 1, 1, 1, 1)): 23 / 25}
    part = Part(-1, inside, raised, faces)
    return DeepKappa((-1.0, -1.0, 2.0, 2.0, -3.0), (part,))


def only(monkeypatch, floats):
    """Let these be all that floats find: no mixture, no digits and no bounds help."""

    def no_other_way(*_):
        raise AssertionError("the equations told no kappa")

    monkeypatch.setattr(finding, "_found", lambda *_: floats)
    for name in ("settled", "basic"):
        monkeypatch.setattr(finding, name, lambda *_: None)
    monkeypatch.setattr(finding, "chosen", lambda _, one: iter([one]))
    monkeypatch.setattr(finding, "completed", lambda _, one, __: one)
    monkeypatch.setattr(finding, "_between_bounds", no_other_way)


def test_a_theta_close_to_1_is_none_of_1():
    """Theta is 16500/16501, which floats take for 1: then z of its row is not asked to be 0."""
    D, kappa = strict(Fraction(16501, 10000))
    O = parallel_optimum(D)
    assert (O.level, O.kappa, O.fit) == ("exact", kappa, tuple(FIT))
    assert O.value == Fraction(552, 25) - 2 + kappa[2] ** 2 / 2


@pytest.mark.parametrize("beside", [10**5, 10**6])
def test_a_given_kappa_whose_theta_is_close_to_1(beside):
    """Theta is 6e-6, 6e-7 below 1, and the equation of its row is solved."""
    D, kappa = strict(Fraction(33, 20) + Fraction(1, beside))
    O = parallel_optimum(D, kappa=kappa)
    inner = {leaf.theta[2] for leaf in O.leaves if leaf.sigma < 0 and leaf.atoms}
    assert inner == {Fraction(33, 20) / kappa[2]}
    assert O.value == Fraction(552, 25) - 2 + kappa[2] ** 2 / 2


def test_a_row_is_flattened_where_shares_cancel():
    """Beside a theta of 1 the neurons are those of 33/20: their shares of row 2 cancel."""
    D, _ = strict(Fraction(16501, 10000))
    one = replace(found({}, (1, 2, 3, 4)), kappa=(-1.0, -1.0, 1.6501, 2.0, -3.0))
    (other,) = flattened(D, one)
    assert [p.inside for p in other.parts] == [(1, 3, 4)]
    assert [[*p.raised] for p in other.parts] == [[2]]
    assert other.parts[0].raised[2] == pytest.approx(-1.65, rel=1e-3)
    assert [*flattened(D, other)] == []


@pytest.mark.parametrize("last", [{3: -1.99}, {1: 0.99}, {3: -1.985, 1: 0.5}])
def test_a_theta_at_its_end_that_floats_have_raised(monkeypatch, last):
    """Row 3 has theta 1, and row 1 a positive kappa: z is not 0 there."""
    D, kappa = strict()
    floats = found({2: -1.65} | last)
    (other,) = ended(D, floats)
    assert other.parts == found({2: -1.65}).parts
    assert [*ended(D, other)] == []
    only(monkeypatch, floats)
    O = parallel_optimum(D)
    assert (O.level, O.kappa, O.value) == ("exact", kappa, Fraction(552, 25))


def test_a_theta_of_0_is_not_inside():
    """Of little theta the outer ReLU clips the row."""
    D, _ = strict()
    (other,) = ended(D, found({2: -0.02}, (1, 2, 3, 4)))
    assert (other.parts[0].inside, other.parts[0].raised) == ((1, 3, 4), {})


def test_a_neuron_that_makes_nothing():
    """It is on the side of no row: no unit of its output is to be divided by."""
    D, _ = strict()
    nothing = {(1, (-1,) * 5): 1.0}
    (part,) = found({2: -1.65}).parts
    more = replace(found({}), parts=(replace(part, faces=part.faces | nothing),))
    (left,) = basic(D, more).parts
    assert {*part.faces} <= {*left.faces}
    for name, c in part.faces.items():
        assert left.faces[name] == pytest.approx(c, rel=1e-6)


# a neuron on the wall of row 0; without the wall it is 2e-4 on the other side of it
ON_A_WALL = ParallelProblem(
    [[1, 1], [0, 2], [-2, 3], [-3, 0], [-2, 2]], [1, -3, 1, -1, "101/50"],
    beta=1, inner_width=2,
)  # fmt: skip
WALL, BESIDE = (0, 1, 1, 1, 1), (1, 1, 1, 1, 1)


def floats_of_the_wall():
    floats = deep_kappa(ON_A_WALL, optimum(ON_A_WALL.two_layer).kappa)
    (j,) = [j for j, p in enumerate(floats.parts) if (1, WALL) in p.faces]
    return floats, j


def of_faces(floats, j, faces):
    parts = [*floats.parts]
    kept = {name: c for name, c in parts[j].faces.items() if name != (1, WALL)}
    parts[j] = replace(parts[j], faces=kept | faces)
    return replace(floats, parts=tuple(parts), every=tuple(parts))


def test_a_neuron_on_two_faces_is_put_on_the_largest(monkeypatch):
    """From there the digits put it on the wall: so says the optimum that is found alone."""
    O = parallel_optimum(ON_A_WALL)
    assert O.level == "exact"
    assert float(O.value) == pytest.approx(5.95424773606, rel=1e-11)
    floats, j = floats_of_the_wall()
    mass = floats.parts[j].faces[1, WALL]
    split = of_faces(floats, j, {(1, WALL): mass / 4, (1, BESIDE): 3 * mass / 4})
    own = faced(ON_A_WALL, split).parts[j].faces
    assert (1, WALL) not in own
    assert own[1, BESIDE] == pytest.approx(mass)
    monkeypatch.setattr(finding, "_found", lambda *_: split)
    again = parallel_optimum(ON_A_WALL)
    assert (again.kappa, again.value) == (O.kappa, O.value)


def test_a_neuron_that_crosses_a_wall_is_put_on_it():
    floats, j = floats_of_the_wall()
    part = floats.parts[j]
    raised = part.raised | {3: floats.kappa[3]}  # of theta 1
    over = of_faces(floats, j, {(1, BESIDE): part.faces[1, WALL]})
    parts = [*over.parts]
    parts[j] = replace(parts[j], raised=raised)
    (other,) = ended(ON_A_WALL, replace(over, parts=tuple(parts)))
    assert other.parts[j] == part


def test_a_little_beta_by_a_larger_one():
    """Labels are met at the cost c: ``c beta - |kappa|^2 / 2``, c as at a beta of 1/1000."""
    beta = Fraction(1, 10**6)
    D = ParallelProblem(
        [[1, -3], [-2, 0], [-3, 1], [-4, -1]], [2, 0, 4, 2], beta=beta, inner_width=2
    )
    O = parallel_optimum(D)
    assert (O.level, O.depth_helps, len(O.pieces)) == ("interval", True, 2)
    net = some_network(O)
    assert float(net.objective(D)) == pytest.approx(float(O.value), rel=1e-13)
    cost = (O.value + sum((t * t for t in O.kappa), Fraction(0)) / 2) / beta
    assert float(cost) == pytest.approx(6.0971335, abs=2e-6)
