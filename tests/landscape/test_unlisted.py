"""Too many vertices: what is said without the list is true of the list, and certified."""

import copy
import hashlib
import json
from fractions import Fraction
from random import Random

import pytest

from polytope_nn import (
    InterpolationProblem,
    TrainingProblem,
    optimal_polytope,
    optimum,
    staircase,
)
from polytope_nn.certificate.certify import certify
from polytope_nn.certificate.check import Refuted, check
from polytope_nn.errors import TooMany, UnboundedError
from polytope_nn.exact.scalar import dot
from polytope_nn.functions.uniqueness import uniqueness
from polytope_nn.geometry.double_description import slice_vertices
from polytope_nn.landscape.supports import support
from polytope_nn.landscape.unlisted.estimate import estimate_of_slice
from polytope_nn.landscape.unlisted.float_slice import FloatSlice
from polytope_nn.landscape.unlisted.slices import Slice
from polytope_nn.landscape.unlisted.some import some_points
from polytope_nn.limits import Limits
from polytope_nn.report.unlisted import unlisted_fields, unlisted_page
from tests.certificate.forging import canonical

SQUARE = [[1, 0], [-1, 0], [0, 1], [0, -1]]
CROSS = [[1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0], [0, 0, 1], [0, 0, -1]]
TILTED = [[2, 1, 1], [-1, 1, -1], [-1, -1, 1], [1, -1, -1]]
LINE = [[0], [1], [2], [3], [4]]
BALLS = [[1, 2], [3, -1], [-2, 1], [-1, -3], [4, 1], [2, 5], [-3, 2], [1, -4]]
FEW = Limits(vertices=1)
PROBLEMS = {
    "square": TrainingProblem(SQUARE, [3] * 4, beta_squared=2),
    "cross": TrainingProblem(CROSS, [3] * 6, beta=1),
    "repeated": TrainingProblem([*SQUARE, *SQUARE, [0, 0]], [3] * 8 + [0], beta_squared=2),
    "large": TrainingProblem(
        [[10**12 * t for t in x] for x in SQUARE], [3] * 4, beta_squared=2 * 10**24
    ),
    "idle atoms": TrainingProblem(
        [[1, 0], [-1, 0], [0, 1], [0, -1]], [3, 3, 3, 1], beta_squared=1
    ),
    "pairs": TrainingProblem(SQUARE, [3] * 4, beta_squared=2, skip="linear"),
    "free bias": TrainingProblem(LINE, [0, 3, 0, 3, 0], beta="1/5", bias="free"),
    "constant": TrainingProblem(
        LINE, [0, 3, 0, 3, 0], beta="1/5", bias="free", skip="constant"
    ),
    "penalised": TrainingProblem(SQUARE, [3] * 4, beta=1, bias="penalised"),
    "interpolation": InterpolationProblem(SQUARE, [1, 1, 0, 0], skip="affine"),
    "absolute": TrainingProblem(SQUARE, [3] * 4, beta="1/2", loss="absolute"),
    "skip": TrainingProblem(
        CROSS, [3, 1, 3, 1, 3, 1], beta="1/2", loss="absolute", skip="constant"
    ),
    "tolerance": TrainingProblem(
        SQUARE, [3, 2, 3, 2], beta=1, loss={"kind": "tolerance", "epsilon": "1/2"}
    ),
    "hinge": TrainingProblem(SQUARE, [1] * 4, beta="1/4", loss="hinge"),
    "field": TrainingProblem(TILTED, [3] * 4, beta_squared=2),
    "balls": TrainingProblem(BALLS, [3, -1, 2, 4, -2, 5, 1, -3], beta="1/10"),
    "leaky": TrainingProblem(
        SQUARE, [3] * 4, beta_squared=2, activation={"slopes": ["1", "1/3"]}
    ),
    "threshold": TrainingProblem(
        CROSS, [2, 1, 2, 1, 2, 1], beta="1/2", activation="threshold"
    ),
}


@pytest.fixture(scope="module", params=sorted(PROBLEMS))
def both(request):
    """Return a polytope listed, and the same one with a limit of one vertex."""
    O = optimum(PROBLEMS[request.param])
    return optimal_polytope(O), optimal_polytope(O, limits=FEW)


def zeros(c):
    return tuple(isinstance(x, Fraction) and x == 0 for x in c)


def test_what_is_said_without_the_list_is_true_of_it(both):
    whole, few = both
    if whole.n_vertices == 1:
        assert not few.is_unlisted
        return
    assert few.is_unlisted
    assert few.used == whole.used
    assert few.used_rank == whole.used_rank
    assert few.dim == whole.dim
    assert few.vanishes == whole.vanishes
    assert {zeros(c) for c in few.some_vertices} <= {zeros(c) for c in whole.vertices}
    if whole.level == "exact":
        assert set(few.some_vertices) <= set(whole.vertices)
        assert all(c in few for c in few.some_vertices)
    mask = 0
    for c in few.some_vertices:
        mask |= support(c)
    assert mask == sum(1 << a for a in whole.used)
    assert few.m_star_at_most >= whole.m_star
    assert few.M_star_at_least is None or few.M_star_at_least <= whole.M_star
    with pytest.raises(TooMany):
        staircase(few)
    if whole.no_widths:
        with pytest.raises(UnboundedError):
            _ = few.connected_from
    else:
        assert few.connected_from >= staircase(whole).threshold


def test_what_follows_is_what_the_staircase_says(both):
    whole, few = both
    if whole.n_vertices == 1:
        return
    fields = unlisted_fields(few, None)
    assert fields["vertices"] is fields["widths"] is None
    if whole.no_widths:
        assert fields["connected_from"] is fields["threshold"] is None
        return
    S = staircase(whole)
    known = {"m_star": S.m_star, "M_star": S.M_star, "bound": S.bound}
    known |= {"threshold": S.threshold, "n_vertices": whole.n_vertices}
    known["spectrum"] = {str(size): times for size, times in S.spectrum.items()}
    for key, value in known.items():
        assert fields[key] in (None, value), key
    assert f"connected from m = {few.connected_from}" in unlisted_page(few, None)


def test_the_certificate_is_accepted_and_lies_are_not(both):
    _, few = both
    if not few.is_unlisted:
        return
    C = json.loads(certify(few).to_json())
    assert C["kind"] in ("unlisted", "general_unlisted")
    assert check(C) is None
    claim = next(i for i, c in enumerate(C["claims"]) if c["claim"] == "bounds")
    some = next(i for i, c in enumerate(C["claims"]) if c["claim"].startswith("some"))
    lies = [
        (("claims", claim, "connected_from"), lambda t: 1 if t is None else t - 1),
        (("claims", claim, "m_star_at_most"), lambda t: 0 if t != 0 else 1),
        (("claims", claim, "M_star_at_least"), lambda t: (t or 0) + 1),
        (("claims", some, "list"), lambda t: t[1:]),
        (("claims", some, "list"), lambda _: []),
        (("claims", some, "list", 0, "weights"), lambda t: [*t[:-1], "7"]),
        (("witness", "idle"), lambda t: [[-x for x in t[0]]] if t else [[1]]),
        (("witness", "longest"), lambda t: t[1:] if t else [[1]]),
    ]
    changed = [lied(C, *lie) for lie in lies]
    refused = 0
    for lie in changed:
        try:
            check(lie)
        except Refuted:
            refused += 1
        else:  # a shorter list that still uses every atom, and bounds that still follow
            assert lie["claims"][claim] == C["claims"][claim]
    assert refused >= len(lies) - 1


def lied(C, path, change):
    """Return a certificate with one entry changed, sealed again."""
    C = copy.deepcopy(C)
    at = C
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = change(at[path[-1]])
    frame = {k: C[k] for k in ("format", "version", "kind", "conventions", "field")}
    parts = {name: C[name] for name in ("data", "claims", "witness")} | {"frame": frame}
    C["sha256"] = {
        name: hashlib.sha256(canonical(part).encode()).hexdigest()
        for name, part in parts.items()
    }
    return C


def test_what_is_unique_is_told_without_the_list(both):
    whole, few = both
    if not few.is_unlisted or not few.problem.of_relu or not few.problem.free.columns:
        return
    if few.problem.free.limited or few.level == "interval":
        return
    assert uniqueness(few).verdict == uniqueness(whole).verdict


def transportation(m, n):
    rows = [[int(k // n == i) for k in range(m * n)] for i in range(m)]
    rows += [[int(k % n == j) for k in range(m * n)] for j in range(n)]
    return tuple(tuple(map(Fraction, col)) for col in zip(*rows, strict=True)), tuple(
        map(Fraction, [n] * m + [m] * n)
    )


def simple(r, N, seed):
    chance = Random(seed)  # noqa: S311
    columns = tuple(
        tuple(Fraction(chance.randint(0, 9)) for _ in range(r)) for _ in range(N)
    )
    x = [Fraction(chance.randint(1, 5)) for _ in range(N)]
    return columns, tuple(dot(row, x) for row in zip(*columns, strict=True))


SLICES = [transportation(3, 3), transportation(3, 4), simple(5, 12, 3), simple(6, 16, 3)]


@pytest.mark.parametrize("columns, right", SLICES)
def test_an_estimate_is_near_the_number_of_vertices(columns, right):
    listed = slice_vertices(tuple(zip(*columns, strict=True)), right)
    estimate = estimate_of_slice(FloatSlice(columns, right))
    assert len(listed) / 3 < estimate.value < 3 * len(listed)
    assert "300 random dives" in estimate.basis
    again = estimate_of_slice(FloatSlice(columns, right))
    assert again == estimate


@pytest.mark.parametrize("columns, right", SLICES)
def test_some_points_are_vertices_and_use_every_column(columns, right):
    listed = slice_vertices(tuple(zip(*columns, strict=True)), right)
    U = some_points(Slice(columns, right, len(columns)))
    assert set(U.points) <= set(listed)
    used = {j for v in listed for j, x in enumerate(v) if x}
    assert set(U.used) == used
    assert U.dim == len(used) - Slice(columns, right, len(columns))._rank(sorted(used))
    assert min(map(support, listed), key=int.bit_count).bit_count() <= U.m_star_at_most


def test_a_column_that_no_point_uses_has_a_wall():
    one, zero = Fraction(1), Fraction(0)
    columns = ((one, zero), (one, zero), (zero, one), (one, one))
    U = some_points(Slice(columns, (one, zero), 4))
    assert U.used == (0, 1)
    assert [tuple(map(int, (dot(w, c) for c in columns))) for w in U.walls] != []
    for w in U.walls:
        assert all(dot(w, c) >= 0 for c in columns)
        assert dot(w, (one, zero)) == 0
    assert some_points(Slice(columns, (-one, zero), 4)).points == ()


def test_numbers_of_very_different_sizes():
    big = Fraction(10) ** 400
    columns = ((big, Fraction(0)), (big, Fraction(0)), (Fraction(0), 1 / big))
    U = some_points(Slice(columns, (big, 1 / big), 3))
    assert [list(map(int, x)) for x in U.points] == [[1, 0, 1], [0, 1, 1]]


def test_slacks_that_grow_without_end():
    """Fits of a hinge have no upper end, and what is free takes them there."""
    X, y = [[2, -1], [-2, 1], [0, 1], [2, 1]], [1, 1, -1, 1]
    O = optimum(TrainingProblem(X, y, beta=1, loss="hinge", skip="affine"))
    P = optimal_polytope(O)  # the triangle c_1 + c_2 <= 2, of two atoms alike
    some = optimal_polytope(O, limits=FEW)
    assert (len(P.vertices), some.missing != "") == (3, True)
    assert some.some_vertices == P.vertices
    assert (some.dim, some.used) == (P.dim, P.used) == (2, (0, 1))
    assert sorted(support(x) for x in some.unlisted.points) == [0b001, 0b011, 0b100]
    assert all(
        sum(s * t for (s,), t in zip(some.unlisted.slice.columns, x, strict=True)) == 4
        for x in some.unlisted.points
    )
    check(certify(some))
