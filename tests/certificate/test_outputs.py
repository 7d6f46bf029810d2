"""Certificates with several outputs: golden ones, forgeries, lies, and what makes them."""

import json
import operator
from fractions import Fraction
from types import SimpleNamespace

import numpy as np
import pytest

from polytope_nn import VectorProblem, vector_optimal_set, vector_optimum
from polytope_nn.certificate.check import Refuted, accepted, check
from polytope_nn.checker.claims.vector.enclosed import sides
from polytope_nn.checker.claims.vector.outputs import Face
from polytope_nn.checker.claims.vector.ties import turned
from polytope_nn.checker.kernel.numbers import Field
from polytope_nn.checker.kernel.reading import Clock, Limits
from polytope_nn.exact.field import NumberField
from polytope_nn.vector.certificate.claims import enclosed_certificate, vector_certificate
from polytope_nn.vector.search.generation import Generation
from tests.oracles.outputs import CONTINUUM, PLANTED, W1

from . import forgeries_enclosed, forgeries_losses  # noqa: F401 - they register their own
from .forgeries_outputs import OF_OUTPUTS, forged_outputs
from .forging import canonical, claim, golden, sealed


@pytest.mark.parametrize("name", OF_OUTPUTS)
def test_a_forgery_is_refuted_for_its_own_reason(name):
    _, _, where, why = OF_OUTPUTS[name]
    with pytest.raises(Refuted) as refusal:
        check(forged_outputs(name), Limits(digits=400))
    assert refusal.value.where == where, refusal.value
    assert why in refusal.value.why, refusal.value


BOXED = ("enclosed", "pieces", "tied", "paired", "listed")


def remade(c):
    """Return the certificate of the claimed N, found anew."""
    field = c["field"]

    def number(read):
        if isinstance(read, str):
            return read
        return NumberField(field["poly"], field["root"]).element(read)

    boxed = c["kind"].endswith(BOXED)
    rows = [] if boxed else claim(c, "dual")["kappa"]
    kappa = [list(map(number, row)) for row in rows] if rows and field == "Q" else None
    return json.loads(vector_certificate(vector_optimum(problem(c), kappa=kappa)).to_json())


def problem(c):
    """Return the problem of a certificate."""
    data = c["data"]
    return VectorProblem(
        data["X"],
        data["y"],
        beta_squared=data["beta_squared"],
        weights=data["loss"].get("weights"),
        loss=loss_told(data["loss"]),
        bias=data["unit"]["bias"],
        skip=data["free"],
    )


def loss_told(read):
    """Return a loss as problems take it: powers are one number."""
    told = {key: value for key, value in read.items() if key != "weights"}
    if "p" in told:
        (told["p"],) = {*told["p"]}
    return told


def confirmed(c):
    """Whether the claims are those of the claimed N; points and networks are any true ones.

    Of ends in intervals: whether they meet those that are found anew of the data.
    """
    found = remade(c)
    if c["kind"].endswith(BOXED):
        return met(c, found) and ("paired" not in c["kind"] or made_by_pairs(c))
    for theirs, ours in zip(c["claims"], found["claims"], strict=True):
        if theirs["claim"] == "continua":
            for one, other in zip(theirs["list"], ours["list"], strict=True):
                values = rows_of(c) @ numbers(c, one["point"], 1)
                assert list(np.sign(values.round(9))) == one["face"]
                other["point"], other["kernel"] = one["point"], one["kernel"]
        if theirs["claim"] == "network":
            fit = sum(added(c, x) for x in theirs["neurons"])
            boxed = c["kind"] == "continuum_general"
            made = claim(c, "fitted" if boxed else "optimum")["fit"]
            assert is_free(c, numbers(c, made, 2) - fit)
            ours["neurons"] = theirs["neurons"]
        if theirs["claim"] == "fitted":
            ours["fit"] = theirs["fit"]
    return canonical(c["claims"]) == canonical(found["claims"])


OTHERS = {  # what golden certificates have not: labels that are fitted, a bias beside constants
    "interpolation": (
        [[-2, -2], [0, 0]],
        [[0, -2, -2], [1, 0, -2]],
        "interpolation",
        "none",
    ),
    "continuum": (
        [[0, 0, -1], [-2, 2, 0], [-1, 0, 2]],
        [[3, 1, 2], [0, 1, -2], [-2, -2, -3]],
        *("squared", "penalised"),
    ),
}


@pytest.mark.parametrize("name", OTHERS)
def test_the_oracle_knows_honest_ones(name):
    X, y, loss, bias = OTHERS[name]
    D = VectorProblem(X, y, beta=2, loss=loss, bias=bias, skip="constant")
    assert confirmed(json.loads(vector_certificate(vector_optimum(D)).to_json()))


# another kind is written of the first today; of the second what is free is held, fits may move
@pytest.mark.parametrize("name", ["paired_squares", "pieces_held"])
def test_the_oracle_knows_a_lie_about_a_fit(name):
    c = golden(name)
    found = remade(c)
    assert met(c, found)
    ends = claim(c, "enclosed")["fit"][0][0]
    ends[:] = [str(Fraction(t) + 1) for t in ends]
    assert not met(c, found)


def met(c, found):
    """Whether ends meet those that are found, faces and what is counted are the same.

    What is found may be exact, and then has more to say than is claimed.
    """
    one = claim(c, "enclosed")
    boxed = any(t["claim"] == "enclosed" for t in found["claims"])
    if boxed:
        other = claim(found, "enclosed")
        for name in ("atoms", "continua"):
            pair = ([x["face"] for x in y[name]] for y in (one, other))
            if not operator.eq(*pair):
                return False
        same, fits = (
            [
                pair
                for x, z in zip(one[k], other[k], strict=True)
                for pair in zip(x, z, strict=True)
            ]
            for k in ("kappa", "fit")
        )
        pairs = []
        if not all(meet(*pair) for pair in same) and not as_good(c):
            return False
        if not all(meet(*pair) for pair in fits) and not belongs(c):
            return False
    else:
        named = (
            "intervals"
            if any(t["claim"] == "intervals" for t in found["claims"])
            else "optimum"
        )
        other, pairs = claim(found, named), []
    value = other["objective"]
    if found["field"] != "Q" and not boxed:
        near = Fraction(numbers(found, value, 0))
        value = [near - abs(near) / 10**12, near + abs(near) / 10**12]
    pairs.append((one["objective"], value))
    shared = {t["claim"]: t for t in found["claims"]}
    if (c["kind"] == found["kind"] and "tied" in c["kind"]) or "listed" in c["kind"]:
        listed = [claim(x, "vertices")["list"] for x in (c, found)]
        if [v["support"] for v in listed[0]] != [v["support"] for v in listed[1]]:
            return False
        for v, w in zip(*listed, strict=True):
            pairs += zip(v["weights"], w["weights"], strict=True)
    counted = [
        t
        for t in c["claims"]
        if t["claim"] in {"patterns", "dimension", "widths", "threshold", "spanned"}
    ]
    same = all(t == shared.get(t["claim"], t) for t in counted)
    return same and all(meet(*pair) for pair in pairs)


def as_good(c):
    """Whether the claimed N is another dual optimum, in floats: kinks leave some of it open."""
    one, D = claim(c, "enclosed"), problem(c)
    N = [[(Fraction(t[0]) + Fraction(t[1])) / 2 for t in row] for row in one["kappa"]]
    generation = Generation(D)
    scaled = np.array([[float(t / generation.scales[1]) for t in row] for row in N])
    off = [
        sum(map(operator.mul, z, column))
        for z in zip(*D.free.Z, strict=True)
        for column in zip(*N, strict=True)
    ]
    value = float(D.dual_value(tuple(map(tuple, N))))
    near = value == pytest.approx(middle(one["objective"]))
    return (
        near
        and not generation.inside(scaled, 1 + 1e-9)
        and max(map(abs, off), default=0) < 1e-9
    )


def belongs(c):
    """Whether the claimed fit belongs to the claimed N and atoms make it, in floats.

    Where what is free is held there are others, as good.
    """
    one, D = claim(c, "enclosed"), problem(c)
    N, fit = (
        [[Fraction(middle(t)) for t in row] for row in one[k]] for k in ("kappa", "fit")
    )
    product = sum(
        s * t for x, z in zip(N, fit, strict=True) for s, t in zip(x, z, strict=True)
    )
    value = float(D.loss(fit) + product)
    return (
        not one["continua"]
        and value == pytest.approx(middle(one["objective"]))
        and made_by(c, [["0", "0"]] * len(one["atoms"]))
    )


def made_by_pairs(c):
    """Whether atoms and their opposites make the fit by the claimed shares, in floats."""
    return made_by(c, claim(c, "paired")["shares"])


def made_by(c, shares):
    """Whether atoms make the fit, each with a share of its opposite, in floats."""
    one = claim(c, "enclosed")
    N, left = (np.array([list(map(middle, r)) for r in one[k]]) for k in ("kappa", "fit"))
    for x, s in zip(one["atoms"], map(middle, shares), strict=True):
        z, m = rows_of(c) @ [middle(t) for t in x["g"]], middle(x["mass"])
        h = N.T @ np.maximum(z, 0)
        left -= m * np.outer((1 - s) * np.maximum(z, 0) + s * np.maximum(-z, 0), h)
        if not -1e-9 < s < 1 + 1e-9:
            return False
    return is_free(c, left)


def is_free(c, left):
    """Whether what is free makes a fit, in floats."""
    X = numbers(c, c["data"]["X"], 2)
    free, n = c["data"]["free"], len(X)
    if c["data"]["loss"]["kind"] == "softmax":
        left = left - left.mean(axis=1, keepdims=True)
    Z = {"none": X[:, :0], "linear": X, "constant": np.ones((n, 1))}
    Z = Z.get(free, np.c_[X, np.ones(n)])
    off = left - Z @ np.linalg.lstsq(Z, left, rcond=None)[0]
    return bool(np.abs(off).max() < 1e-7 * (1 + np.abs(left).max()))


def meet(one, other):
    """Whether two intervals, or numbers, meet."""
    (a, b), (s, t) = (
        [Fraction(x[0]), Fraction(x[-1])] if type(x) is list else [Fraction(x)] * 2
        for x in (one, other)
    )
    return a <= t and s <= b


def numbers(c, read, depth):
    """Return floats of a number (depth 0), a vector, a matrix of a certificate."""
    if depth:
        return np.array([numbers(c, t, depth - 1) for t in read])
    if isinstance(read, str):
        return float(Fraction(read))
    low, high = map(float, map(Fraction, c["field"]["root"]))
    roots = np.roots(c["field"]["poly"][::-1])
    (root,) = (t.real for t in roots if low < t.real < high and abs(t.imag) < 1e-9)
    return sum(float(Fraction(t)) * root**i for i, t in enumerate(read))


def rows_of(c):
    """Return what neurons see, in floats: the inputs, and 1 for the bias."""
    X = numbers(c, c["data"]["X"], 2)
    return np.c_[X, np.ones(len(X))] if c["data"]["unit"]["bias"] == "penalised" else X


def added(c, neuron):
    """Return what a neuron adds to the fit, in floats."""
    phi = np.maximum(rows_of(c) @ numbers(c, neuron["g"], 1), 0)
    h = numbers(c, claim(c, "dual")["kappa"], 2).T @ phi
    return numbers(c, neuron["mass"], 0) * np.outer(phi, h)


@pytest.mark.parametrize("w", PLANTED, ids=lambda w: w.name)
def test_planted(w):
    O = vector_optimum(w.problem(), kappa=w.N)
    C = vector_certificate(O)
    assert C.to_json() == vector_certificate(O).to_json()
    said = accepted(C)
    assert (said.kind, said.modulo) == ("vector", ())
    widths = {step["m"]: step["components"] for step in C.claim("components")["widths"]}
    assert {m: widths[m] for m in w.components} == w.components
    assert C.claim("dimension")["rank"] == w.rank
    assert len(C.claim("atoms")["list"]) == w.n_atoms
    assert f"{w.n_atoms} atoms, no other" in said.proved[1]


def test_a_continuum_says_what_joins():
    C = vector_certificate(CONTINUUM)
    assert accepted(C).proved == (
        "the optimum of every network, wide enough: 11",
        "the tight set: 0 atoms, continua of dimension [2], no other",
        "optimal networks are joined from width 4 on",
    )


def test_labels_that_are_fitted_exactly():
    """Interpolation of the square's fit: the same polytope."""
    square, rows = PLANTED[-1], [[1, 0], [-1, 0], [0, 1], [0, -1]]
    C = vector_certificate(VectorProblem(rows, square.fit, beta=1, loss="interpolation"))
    assert C.claim("optimum")["pieces"] == ["vertical"] * 4
    same = vector_certificate(vector_optimum(square.problem(), kappa=square.N))
    for name in ("components", "dimension", "theorems"):
        assert C.claim(name) == same.claim(name)


LOSSES = [  # with the kind of the certificate
    ("absolute", {}, "vector_general"),
    ({"kind": "huber", "delta": "1"}, {}, "vector_pieces"),
    ({"kind": "quantile", "tau": "1/4"}, {"skip": "constant"}, "vector_pieces"),
    ({"kind": "epsilon_insensitive", "epsilon": "1/2"}, {}, "vector_pieces"),
    ({"kind": "power", "p": "4"}, {"bias": "penalised"}, "vector_pieces"),
    ({"kind": "power", "p": "3/2"}, {}, "vector_pieces"),
    ("poisson", {"weights": ["1", "2", "1/3"]}, "vector_pieces"),
    ("interpolation", {}, "vector"),
    ({"kind": "tolerance", "epsilon": "1/2"}, {"skip": "linear"}, "vector_general"),
    ("softmax", {"skip": "constant"}, "vector_pieces"),
]


@pytest.mark.parametrize(("loss", "given", "kind"), LOSSES)
def test_other_losses(loss, given, kind):
    """What is claimed is around what was found, and the counts are those of the staircase."""
    labels = [[1, 0], [0, 1], [0, 1]] if loss == "softmax" else [[3, 1], [2, 0], [1, 4]]
    D = VectorProblem([[1, 1], [-2, 1], [3, -1]], labels, beta="1/2", loss=loss, **given)
    P = vector_optimal_set(D)
    C = vector_certificate(P)
    assert accepted(C).kind == C.kind == kind
    if P.level == "interval":
        told = C.claim("enclosed")
        found = [*zip(told["kappa"], P.optimum.N, strict=True)]
        for ends, row in [*found, ([told["objective"]], [P.optimum.value])]:
            for (low, high), x in zip(ends, row, strict=True):
                near = float(x)
                assert float(Fraction(low)) - 1e-9 <= near <= float(Fraction(high)) + 1e-9
    steps = {step["m"]: step["components"] for step in C.claim("components")["widths"]}
    assert steps == {m: P.staircase[m].components for m in steps}


@pytest.mark.parametrize(
    ("X", "y", "square", "found"),
    [
        ([[-2, -2]], [[0, 1]], "4", (1, 0, ["0", "1"])),
        ([[1], [-1], [2]], [[1, 0], [0, 1], [1, 0]], "9/2", (1, 0, ["0", "3"])),
        (
            *([[1, 0], [-1, 0], [0, 1], [0, -1]], [[1, 0]] * 4),
            *("4/9", (4, 2, ["0", "-8/3", "4"])),
        ),
    ],
)
def test_softmax_whose_fits_are_logarithms(X, y, square, found):
    """At the largest beta an atom has no mass (n ln 2); dependent features: 4 ln 3 - 8/3 ln 2."""
    C = vector_certificate(VectorProblem(X, y, beta_squared=square, loss="softmax"))
    assert accepted(C).kind == C.kind == "vector_general"
    atoms, least = len(C.claim("atoms")["list"]), C.claim("widths")["m_star"]
    assert (atoms, least, C.claim("intervals")["objective"]) == found


def test_twins_are_few():
    """2^k vertices, each atom or its opposite, in the order of supports."""
    assert sides(2, even=True) == [0b0011, 0b1001, 0b0110, 0b1100]
    assert sides(13, even=False) == [(1 << 13) - 1]
    with pytest.raises(Refuted, match="too many atoms with opposite ones"):
        sides(13, even=True)


def test_intervals():
    """W1, and data with a skip and a bias: what is claimed is around what was found."""
    skipped = {"beta": "1/3", "bias": "penalised", "skip": "constant"}
    for D in (W1, VectorProblem([[1], [-2], [3]], [[2, 1], [-1, 3], [1, -2]], **skipped)):
        O = vector_optimum(D)
        assert O.level == "interval"
        C = vector_certificate(O)
        told, enclosed = accepted(C), C.claim("enclosed")
        assert told.proved[1] == f"the tight set: {len(O.atoms)} atoms, no other"
        pairs = [*zip(enclosed["kappa"], O.N, strict=True)]
        pairs += zip(enclosed["fit"], O.fit, strict=True)
        for ends, row in [*pairs, ([enclosed["objective"]], [O.value])]:
            for (low, high), x in zip(ends, row, strict=True):
                assert Fraction(low) <= x.upper
                assert x.lower <= Fraction(high)
        assert [tuple(a["face"]) for a in enclosed["atoms"]] == [
            a.covector for a in O.atoms
        ]
        steps = {step["m"]: step["components"] for step in C.claim("components")["widths"]}
        S = vector_optimal_set(O).staircase
        assert steps == {m: S[m].components for m in steps}


def test_an_exact_optimum_in_intervals():
    """The planted square of four independent atoms, and V2's vertex, in both kinds."""
    w = PLANTED[6]
    P = vector_optimal_set(vector_optimum(w.problem(), kappa=w.N))
    boxed = enclosed_certificate(P, 256)
    check(boxed)
    for name in ("components", "theorems", "threshold"):
        assert boxed.claim(name) == vector_certificate(P).claim(name)


CONTINUA = [  # a plane beside two atoms; V0, which is exact as well
    VectorProblem(
        [[2, 0], [-2, 2], [0, 2], [0, -2]],
        [[-2, -1], [-4, -3], [-2, 4], [-3, 2]],
        beta="1/2",
    ),
    CONTINUUM,
]


@pytest.mark.parametrize("D", CONTINUA)
def test_a_continuum_in_intervals(D):
    """Neurons strictly inside it make the fit, and are as dear as the network that was found."""
    O = vector_optimum(D)
    C = enclosed_certificate(vector_optimal_set(O), 256)
    told, enclosed = accepted(C), C.claim("enclosed")
    assert told.kind == "continuum_enclosed"
    assert "continua of dimension [2], no other" in told.proved[1]
    assert [tuple(one["face"]) for one in enclosed["continua"]] == [
        k.covector for k in O.continua
    ]
    (one,) = enclosed["continua"]
    basis = np.array([[middle(t) for t in g] for g in one["kernel"]])
    kappa = np.array([[middle(t) for t in row] for row in enclosed["kappa"]])
    X = np.array([[float(t) for t in x] for x in D.design])
    fit = np.zeros(kappa.shape)
    used = [
        (np.array([float(Fraction(t)) for t in x["at"]]) @ basis, x) for x in one["neurons"]
    ]
    used += [(np.array([middle(t) for t in x["g"]]), x) for x in enclosed["atoms"]]
    for g, x in used:
        phi = np.maximum(X @ g, 0)
        h = kappa.T @ phi
        assert h @ h == pytest.approx(float(D.beta_squared) * (g @ g))
        fit += middle(x["mass"]) * np.outer(phi, h)
    assert fit == pytest.approx(np.array([[middle(t) for t in r] for r in enclosed["fit"]]))
    P = vector_optimal_set(O)
    assert C.claim("spanned")["connected_from"] >= P.connected_from


def middle(pair):
    low, high = map(Fraction, pair)
    return float((low + high) / 2)


SHARING = {
    "two rays": (
        [[-2, 1], [-2, 2], [0, -1], [-3, 2], [3, 0]],
        [[3, -4], [-2, 1], [3, 3], [0, 1], [-2, 2]],
    ),
    "a solid, too": (
        [[-2, -1, -1], [1, 3, -2], [3, 0, -2], [0, 0, -3]],
        [[-4, 2, -1], [1, -2, -2], [-1, -4, 3], [4, 3, -1]],
    ),
}


@pytest.mark.parametrize("name", SHARING)
def test_hulls_that_share_rays_are_proved_in_intervals(name):
    """The rank that is claimed is that of the features, counted again in floats."""
    X, Y = SHARING[name]
    C = vector_certificate(VectorProblem(X, Y, beta="1/2"))
    check(C)
    tied = C.witness["system"]["tied"]
    enclosed, X = C.claim("enclosed"), np.array(X, float)
    kappa = np.array([[middle(t) for t in row] for row in enclosed["kappa"]])
    features = []
    for one in enclosed["continua"]:
        V = [np.array([middle(t) for t in v]) for v in one["kernel"]]
        phi = [(np.array(one["face"]) > 0) * (X @ v) for v in V]
        features += [
            (np.outer(p, kappa.T @ q) + np.outer(q, kappa.T @ p)).ravel()
            for i, p in enumerate(phi)
            for q in phi[i:]
        ]
    rank = len(enclosed["atoms"]) + np.linalg.matrix_rank(np.array(features), 1e-9)
    assert tied
    assert C.claim("spanned")["rank"] == rank


def test_a_sample_that_no_neuron_sees_counts_exactly():
    """Its label 0 makes its row of N 0: a face that sees it has the form of one in its closure."""
    X, Y = [[-2, -3], [0, -1], [-2, 2], [1, 0]], [[-1, 1], [0, 0], [-2, 3], [3, 1]]
    O = vector_optimum(VectorProblem(X, Y, beta="1/2"))
    assert (O.level, O.N[1]) == ("interval", (0, 0))
    assert {a.covector for a in O.atoms} == {
        (1, -1, 1, -1),
        (-1, 0, -1, 1),
        (-1, -1, 1, -1),
    }
    c = json.loads(vector_certificate(O).to_json())
    check(canonical(c))
    c["data"]["y"][1] = ["1/100", "0"]
    with pytest.raises(Refuted):
        check(canonical(sealed(c)))


POWER = {"kind": "power", "p": 4}


@pytest.mark.parametrize(
    "X, Y, more",
    [
        ([[1], [0], [0]], [[1, 2], [0, 0], [2, 2]], {"loss": "poisson", "skip": "linear"}),
        ([[-2], [-2]], [[-1, 2], [-3, -2]], {"loss": POWER, "bias": "penalised"}),
    ],
)
def test_a_rational_entry_whose_fit_balls_make_stands_on_its_curve(X, Y, more):
    """Its fit is the label, or 0, but no structure says so: the entry is not given."""
    O = vector_optimum(VectorProblem(X, Y, beta_squared=2, **more))
    check(vector_certificate(O))


def test_outputs_that_given_numbers_make_0_have_a_certificate():
    """N is (2, -1) at samples -1 and -2 of a label 0: so the fits 0 of that output are exact."""
    Y = [[0, 3], [0, 0], [1, 0], [0, 0]]
    P = VectorProblem([[-1], [-2], [2], [0]], Y, beta=1, loss="poisson")
    C = enclosed_certificate(vector_optimal_set(P), 256)
    assert claim(json.loads(C.to_json()), "standing")["pieces"][1] == [
        "0 curve",
        {"at": "-1"},
    ]
    check(C)
    lie = json.loads(C.to_json())
    claim(lie, "standing")["pieces"][1][1] = {"at": "0"}
    with pytest.raises(Refuted, match="has not the fit 0"):
        check(canonical(sealed(lie)))


def test_an_atom_that_is_turned_is_as_long_and_its_share_is_a_square():
    """Of two atoms on lines, of which one sample sees the one twice as well."""
    D = SimpleNamespace(
        n=1, clock=Clock(Limits()), field=Field("Q", Clock(Limits())), left=lambda v: v
    )
    other, told = Face([1], [[1, 0]], {0: [1]}, [0]), {"of": 1, "by": [["2"]]}
    twice = Face([1], [[0, 2]], {0: [2]}, [0])
    assert turned(D, [twice, other], (0, [0]), told) == (1, 4)
    short = Face([1], [[0, 1]], {0: [2]}, [0])
    with pytest.raises(Refuted, match="is not that other one, turned"):
        turned(D, [short, other], (0, [0]), told)
