"""The face oracle: against ascent in floats, against definitions, on degenerate data."""

from fractions import Fraction as Q
from random import Random

import numpy as np
import pytest

from polytope_nn.errors import Undecided
from polytope_nn.exact.ball import Ball, ball_vector
from polytope_nn.exact.linear import kernel, project_out, rank
from polytope_nn.exact.matrices.eigen import is_definite, top_eigenspace
from polytope_nn.exact.scalar import dot, sign
from polytope_nn.geometry.arrangement import arrangement, covectors
from polytope_nn.vector.balls.top import top_pair
from polytope_nn.vector.faces import live_face, live_faces, strict_point
from polytope_nn.vector.finding import vector_optimum
from polytope_nn.vector.oracle import Violation, form, oracle, semidefinite
from polytope_nn.vector.problem import VectorProblem
from tests.oracles.outputs import ascent


def drawn(random, n, d, size=3):
    return [[random.randint(-size, size) for _ in range(d)] for _ in range(n)]


def test_the_oracle_against_ascent():
    """beta^2 just above and just below the largest value that ascent finds."""
    random = Random(3)  # noqa: S311
    seen = 0
    for _ in range(14):
        n, d = random.choice([(2, 2), (3, 2), (4, 2), (3, 3), (4, 3)])
        X, N = drawn(random, n, d), drawn(random, n, 2)
        best = ascent(X, N, tries=10)
        if best < 1e-6:
            continue
        seen += 1
        exact = tuple(tuple(map(Q, row)) for row in N)
        above = VectorProblem(X, N, beta_squared=Q(best * (1 + 1e-6)))
        below = VectorProblem(X, N, beta_squared=Q(best * (1 - 1e-6)))
        assert oracle(above, exact) == ()
        found = oracle(below, exact)
        assert isinstance(found, Violation)
        assert float(found.value) > best * (1 - 1e-6)
        phi = [max(float(dot(x, found.direction)), 0) for x in above.X]
        h = np.array(phi) @ np.array(N)
        g = np.array([float(t) for t in found.direction])
        assert float(h @ h / (g @ g)) == pytest.approx(float(found.value))
    assert seen > 8


def test_faces_by_brute_force():
    """Every covector is one of a point; all sign vectors of a grid are found."""
    random = Random(5)  # noqa: S311
    for _ in range(12):
        n, d = random.choice([(2, 2), (4, 2), (3, 3), (5, 3), (1, 3)])
        X = drawn(random, n, d, 2)
        H = arrangement(X)
        found = list(covectors(H))
        assert len(found) == len(set(found))
        points = (random.choices(range(-3, 4), k=d) for _ in range(200))
        seen = {tuple(sign(Q(sum(map(int.__mul__, x, u)))) for x in X) for u in points}
        assert {s for s in seen if any(s)} <= set(found)


def test_a_face_that_its_positive_rows_miss_is_left_out():
    """Rows (1, 0) and (0, -1): on (+, +) the forms see u_1 alone, and e_1 is on a wall."""
    H = arrangement([[1, 0], [0, -1]])
    assert [str(f) for f in live_faces(H)] == ["++", "+0", "0+"]
    H = arrangement([[1, 0], [0, 1]])
    assert (1, -1) in set(covectors(H))
    assert "+-" not in {str(f) for f in live_faces(H)}
    with pytest.raises(Undecided, match="more than 2 faces"):
        live_faces(H, limit=2)


def test_the_span_by_its_definition():
    """Combinations that are 0 on free columns and alike on a name's rows, projected one by one."""
    random = Random(11)  # noqa: S311
    widths = set()
    for _ in range(40):
        n, d = random.randint(1, 6), random.randint(1, 3)
        X = [[Q(t) for t in row] for row in drawn(random, n, d)]
        free = [[Q(t) for t in row] for row in drawn(random, random.randint(0, 2), n, 2)]
        alike = random.choice([range(n), [random.choice([None, 0, 1, 2]) for _ in X]])
        ties = [
            [
                Q(i == k) - (name is not None and i == list(alike).index(name))
                for i in range(n)
            ]
            for k, name in enumerate(alike)
        ]
        for covector in covectors(arrangement(X)):
            walls = [x for x, s in zip(X, covector, strict=True) if s == 0]
            rows = [[t * (s > 0) for t in x] for x, s in zip(X, covector, strict=True)]
            sums = [
                [dot(c, column) for column in zip(*rows, strict=True)]
                for c in kernel([*free, *ties], n)
            ]
            span = [project_out(walls, x) for x in sums]
            face = live_face(X, covector, alike, free)
            if face is not None:
                assert (
                    rank(face.basis) == face.w == rank(span) == rank([*span, *face.basis])
                )
                widths.add(face.w)
            elif span and rank(span) == 1:
                u = next(x for x in span if any(x))
                signs = {tuple(s * sign(dot(x, u)) for x in X) for s in (1, -1)}
                assert covector not in signs
    assert widths == {1, 2, 3}


def test_zero_rows_and_lineality():
    H = arrangement([[0, 0, 0], [1, 2, 0], [2, 4, 0]])
    faces = live_faces(H)
    assert [f.covector for f in faces] == [(0, 1, 1)]
    assert faces[0].basis == ((1, 2, 0),)
    assert live_faces(arrangement([[0, 0]])) == ()


def test_a_strict_point_or_none():
    rows = [(Q(1), Q(0)), (Q(0), Q(1)), (Q(-1), Q(-1))]
    assert strict_point(rows, 2) is None
    a = strict_point(rows[:2], 2)
    assert all(dot(r, a) > 0 for r in rows[:2])
    assert strict_point([(Q(2),), (Q(-1),)], 1) is None
    assert strict_point([], 2) == (1, 0)


def test_semidefinite_against_floats():
    random = Random(8)  # noqa: S311
    kinds = set()
    for _ in range(200):
        w = random.randint(1, 4)
        B = drawn(random, random.randint(1, 4), w, 2)
        D = [[Q(sum(b[i] * b[j] for b in B)) for j in range(w)] for i in range(w)]
        if random.random() < 0.5:
            i = random.randrange(w)
            D[i][i] -= random.choice([Q(1, 100), 1, 3])
        values = np.linalg.eigvalsh([[float(t) for t in row] for row in D])
        assert semidefinite(D) == (values[0] > -1e-9)
        assert not is_definite(D, 64) or values[0] > 1e-12
        assert is_definite(D, 200) == (values[0] > 1e-9)
        kinds.add((semidefinite(D), is_definite(D, 200)))
    assert kinds == {(True, True), (True, False), (False, False)}


def test_top_eigenspaces():
    one, none = Q(1), Q(0)
    value, space = top_eigenspace([[one, none], [none, one]])
    assert (value, len(space)) == (1, 2)
    value, ((a, b),) = top_eigenspace([[Q(2), one], [one, Q(1)]])
    assert value * value - 3 * value + 1 == 0
    assert 2 * a + b == value * a
    # two blocks with the same irrational top: a double eigenvalue of a field
    block = [[Q(2), one, none, none], [one, one, none, none]]
    A = [*block, [none, none, Q(2), one], [none, none, one, one]]
    assert len(top_eigenspace(A)[1]) == 2
    # the top of x^2 - 2 against 7/5 and 3/2: told apart, whichever is larger
    for t, top in ((Q(7, 5), 2), (Q(3, 2), Q(9, 4))):
        value, _ = top_eigenspace([[none, Q(2), none], [one, none, none], [none, none, t]])
        assert value * value == top


def balls_of(rows):
    return [ball_vector(row, 256) for row in rows]


def test_top_pair_in_balls():
    rows = [[Q(2), Q(1)], [Q(1), Q(1)]]
    value, v = top_pair(balls_of(rows), (Q(1), Q(1)))
    exact = top_eigenspace(rows)[0]
    assert value.overlaps(exact.enclosure(256))
    assert (v[0] - (exact.enclosure(256) - 1) * v[1]).value.contains(0)


def test_only_the_top_must_be_simple():
    """Rank one of three: 0 is a double eigenvalue; of the diagonal G = (1, 4, 9) too."""
    m = (Q(1), Q(2), Q(3))
    value, v = top_pair(balls_of([[s * t for t in m] for s in m]), (Q(1), Q(4), Q(9)))
    assert value.lower < 3 < value.upper
    assert all((3 * t * g - v[0] * 3).value.contains(0) for t, g in zip(v, m, strict=True))


@pytest.mark.parametrize("rows", [((1, 0), (0, 1)), ((0, 0), (0, 0)), ((-1, 0), (0, -1))])
def test_a_top_that_is_not_simple_is_undecided(rows):
    with pytest.raises(Undecided, match="isolated"):
        top_pair(balls_of([list(map(Q, row)) for row in rows]), (Q(1), Q(1)))


def test_a_top_below_0():
    value, _ = top_pair(balls_of([[Q(-1), Q(0)], [Q(0), Q(-2)]]), (Q(1), Q(1)))
    assert value.lower <= -1 <= value.upper < -Q(1, 2)


def test_a_top_of_a_large_scale_and_a_small_one():
    big = Q(10) ** 12
    for unit in (big, 1 / big, Q(10) ** 20):
        rows = [[2 * unit, unit], [unit, unit]]
        value, _ = top_pair(balls_of(rows), (Q(1), Q(1)))
        assert 2 * unit < value.lower < value.upper < 3 * unit


def test_forms_whose_other_eigenvalues_are_alike():
    """N of rank one, 0 a double eigenvalue of its forms; and a basis of lengths 1 and 10^9."""
    plain = VectorProblem(
        [[1, 1], [0, 1], [0, 0], [1, 0], [0, 0]],
        [[1, 1, 1], [-1, -1, 1], [-1, -1, -1], [1, 1, -1], [1, 1, 1]],
        beta="1/4",
        loss={"kind": "quantile", "tau": "9/10"},
        bias="penalised",
        skip="linear",
    )
    far = VectorProblem(
        [[-1, 2, 2], [-1, 1, 2], [1, 0, 2], [1, 1, 1], [2, -1, "1e-9"]],
        [[1, -1]] * 5,
        beta="1/4",
    )
    for problem in (plain, far):
        O = vector_optimum(problem)
        assert ascent(problem.design, O.N, tries=8) <= 0.0625 * (1 + 1e-9)


def test_a_form_is_the_value_on_its_face():
    P = VectorProblem([[1, 2], [-1, 1]], [[1, 0], [2, 3]], beta_squared=7)
    N = ((Q(1), Q(2)), (Q(-1), Q(3)))
    for face in P.faces:
        a = strict_point(face.strict, face.w)
        g = face.point(a)
        phi = [max(dot(x, g), Q(0)) for x in P.X]
        h = [dot(phi, column) for column in zip(*N, strict=True)]
        D = form(face, N, P.beta_squared)
        assert dot(a, [dot(row, a) for row in D]) == 7 * dot(g, g) - dot(h, h)


def test_balls_that_are_too_wide_prove_nothing():
    wide = Ball.from_interval(Q(-1), Q(1), 64)
    assert not is_definite([[wide]], 64)
