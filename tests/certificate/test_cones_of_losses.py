"""Any loss without patterns, and without the list of vertices: certified, and as with them."""

import json
import random
from dataclasses import replace
from fractions import Fraction
from itertools import product

import pytest

from polytope_nn import TrainingProblem, certify, optimal_polytope, optimum, staircase
from polytope_nn.certificate.check import Refuted, check
from polytope_nn.cli import main
from polytope_nn.dual.units.sloped import sloped
from polytope_nn.errors import NotAttained, TooMany
from polytope_nn.limits import Limits
from polytope_nn.problems.sign_families import birkhoff
from polytope_nn.search.cones.solving import (
    enclosed_by_trees,
    proved_by_cones,
    proved_by_tree,
)

from .forging import canonical, claim, golden, registry, sealed

SHAPE = ("dimension", "widths", "components", "threshold", "theorems")
RATIONAL = ("absolute", "hinge", "quantile", "tolerance", "squared_hinge")
CURVED = ("logistic", "exponential", "poisson", "squared_hinge", "huber")
FORGED = {}
forged = registry(FORGED)


def drawn(kind, seed):
    """Draw a problem of few samples, one of them opposite another, with one loss."""
    r = random.Random(f"{kind} {seed}")  # noqa: S311 - test data
    n, d = r.randint(3, 5), r.randint(1, 2)
    X = [[r.randint(-3, 3) for _ in range(d)] for _ in range(n - 1)]
    X.append([-t for t in X[0]])
    signs = kind in ("hinge", "squared_hinge", "logistic", "exponential")
    least, most = (0, 3) if kind == "poisson" else (-3, 3)
    y = [r.choice((1, -1)) if signs else r.randint(least, most) for _ in X]
    parameter = {"quantile": "tau", "tolerance": "epsilon", "huber": "delta"}.get(kind)
    loss = {"kind": kind, parameter: "1/2"} if parameter else kind
    bias, skip = r.choice(("none", "penalised")), r.choice(("none", "constant", "linear"))
    beta = Fraction(1, r.randint(1, 4))
    return TrainingProblem(X, y, beta=beta, loss=loss, bias=bias, skip=skip)


def by_cones(O):
    """Return the same optimum, proved by trees of cones: None where they prove no such."""
    if all(isinstance(t, Fraction) for t in O.kappa):
        return proved_by_cones(O.problem, O.kappa)
    if O.enclosures is None:  # a number field: cones find it in balls alone
        return None
    trees = enclosed_by_trees(O.problem, O.kappa, [O.atoms])
    return replace(O, bounds=(), cones=trees)


def found(kind, seeds):
    """Yield optima that are attained, and the same by cones."""
    for seed in seeds:
        try:
            O = optimum(drawn(kind, seed))
        except ValueError:  # nothing fits, or no minimum
            continue
        Q = by_cones(O)
        if Q is not None:
            yield O, Q


@pytest.mark.parametrize("kind", sorted({*RATIONAL, *CURVED}))
def test_cones_and_patterns_certify_the_same(kind):
    kinds = set()
    for O, Q in found(kind, range(4)):
        one, other = certify(O), certify(Q)
        check(json.loads(other.to_json()))
        kinds.add(other.kind)
        assert other.kind in {"general_cones", "enclosed_cones"}
        assert "patterns" not in {c["claim"] for c in other.claims}
        if other.kind.removesuffix("_cones") == one.kind:
            for name in SHAPE:
                assert one.claim(name) == other.claim(name)
        else:  # numbers in boxes beside exact ones: rigid is not claimed there
            assert one.claim("widths") == other.claim("widths")
    assert kinds


@pytest.mark.parametrize("kind", ["absolute", "quantile", "hinge", "logistic"])
def test_some_vertices_say_what_all_do(kind):
    """The claims of some vertices, by patterns and by cones, beside the list of all."""
    seen = 0
    for O, Q in found(kind, range(12)):
        whole = optimal_polytope(O)
        if whole.n_vertices == 1 or whole.no_widths:
            continue
        S = staircase(whole)
        for known in (O, Q):
            few = optimal_polytope(known, limits=Limits(vertices=1))
            try:
                C = certify(few)
            except TooMany as error:  # sums of others' features, in intervals
                assert "list all vertices" in str(error)  # noqa: PT017 - and go on
                continue
            assert C.kind.endswith("_unlisted")
            said = C.claim("bounds")
            assert said["connected_from"] >= S.threshold
            assert said["m_star_at_most"] >= S.m_star
            assert said["M_star_at_least"] is None or said["M_star_at_least"] <= S.M_star
            listed = certify(whole)
            one, other = C.claim("dimension"), listed.claim("dimension")
            assert one["rank"] == other["rank"]
            assert one["used_rank"] == other["used_rank"]
            assert one["dim"] == other["dim"] or not O.is_pinned  # rays of what is free
            seen += 1
    assert seen


@pytest.mark.parametrize("kind", ["logistic", "exponential", "poisson", "squared_hinge"])
def test_signs_certify_any_loss_or_say_what_is_missing(kind):
    """Sign vectors are the atoms, as cones find them; fits may be logarithms."""
    S = birkhoff(2)
    labels = [2 if kind == "poisson" else 1] * S.problem.n
    quarter = Fraction(1, 4)
    given = {"beta_squared": S.problem.beta_squared * quarter**2, "loss": kind}
    D = TrainingProblem(S.problem.X, labels, **given)
    O = proved_by_tree(D, [t * quarter for t in S.kappa])
    assert O.dual_proof == "signs"
    C, same = certify(O), certify(proved_by_cones(D, O.kappa))
    check(json.loads(C.to_json()))
    assert (C.kind, same.kind) == ("general_signs", "general_cones")
    assert C.claims == same.claims
    few = optimal_polytope(O, limits=Limits(vertices=1))
    if kind == "squared_hinge":
        assert certify(few).kind == "general_signs_unlisted"
    else:
        with pytest.raises(TooMany, match="have numbers of a field"):
            certify(few)


@forged("cones_hinge", "data.loss", "is no loss of this kind")
def gates_by_cones(c):
    masks = [[1] * len(c["data"]["X"])]
    c["data"]["unit"] = {"kind": "gates", "masks": masks, "bias": "none"}


SLOPES = [(1, "1/3"), (1, -1), (2, "-1/2"), (-1, -2), (0, 1), (0, -2), (-1, "1/2"), (-1, 1)]


@pytest.mark.parametrize("slopes", SLOPES, ids=str)
def test_two_slopes_are_certified_by_cones_as_by_patterns(slopes):
    """The form of both sides is that of the source; of negative slopes alone it is minus it."""
    kinds = set()
    for kind, seed in product(["squared", "hinge", "logistic"], range(3)):
        D = drawn(kind, seed)
        given = {"beta": "1/4", "loss": kind, "bias": D.bias, "skip": D.skip}
        try:
            O = optimum(TrainingProblem(D.X, D.y, activation={"slopes": slopes}, **given))
        except NotAttained:
            continue
        sides = by_cones(O.sides)
        if sides is None:  # a number field
            continue
        Q = sloped(sides)
        assert (Q.dual_proof, Q.n_patterns) == ("cones", None)
        one, other = certify(O), certify(Q)
        check(json.loads(other.to_json()))
        kinds.add(other.kind)
        for name in SHAPE:
            assert one.claim(name) == other.claim(name)
    assert kinds <= {"general_cones", "enclosed_cones"}
    assert kinds


@pytest.mark.parametrize("loss, value", [("squared", "1"), ("logistic", "1/4")])
def test_a_slope_that_exceeds_beta_is_seen_by_cones(loss, value):
    """The atom 1 sees the right slope alone; a left slope of -2 would have -1 exceed beta."""
    given = {"beta": value, "loss": loss, "activation": {"slopes": [1, "1/3"]}}
    O = optimum(TrainingProblem([[1]], [2 if loss == "squared" else 1], **given))
    C = json.loads(certify(sloped(by_cones(O.sides))).to_json())
    check(C)
    C["data"]["unit"]["slopes"][1] = "-2"
    with pytest.raises(Refuted) as refused:
        check(canonical(sealed(C)))
    assert refused.value.where == "witness.dual"
    C["data"]["unit"]["slopes"][1] = "-1/3"  # another certificate of what is as true
    check(canonical(sealed(C)))


@forged("signs_huber", "data.loss", "is no loss of this kind")
def slopes_by_signs(c):
    c["data"]["unit"] = {"kind": "slopes", "slopes": ["1", "1/2"], "bias": "none"}


@forged("cones_logistic", "witness.centre", "Krawczyk's test fails")
def other_slopes(c):
    c["data"]["unit"] = {"kind": "slopes", "slopes": ["1", "1/2"], "bias": "none"}


@forged("cones_logistic", "witness.dual", "must have 2 entries")
def a_tree_is_missing(c):
    c["witness"]["dual"]["trees"].pop()


@forged("enclosed_unlisted", "claims.bounds", "is not what follows from the rest")
def connected_too_early(c):
    claim(c, "bounds")["connected_from"] -= 1


@forged("cones_logistic_unlisted", "claims.bounds", "is not what follows from the rest")
def a_longer_vertex(c):
    claim(c, "bounds")["M_star_at_least"] += 1


@forged("cones_hinge_unlisted", "claims.bounds", "is not what follows from the rest")
def a_vertex_of_many_fits(c):
    claim(c, "bounds")["M_star_at_least"] = 1


@forged("enclosed_unlisted", "witness", "its keys must be: patterns dual idle")
def ranks_left_to_shares_that_nothing_reads(c):
    """Where vertices are not listed no claim proves shares: the ranks were those of nothing."""
    c["witness"]["shares"] = {}
    claim(c, "dimension").update(rank=0, used_rank=0, dim=0)
    claim(c, "bounds")["connected_from"] = 1


@forged("cones_logistic_unlisted", "witness", "its keys must be: dual idle")
def a_dimension_left_to_ratios_that_nothing_reads(c):
    c["witness"]["ratios"] = {}
    claim(c, "dimension")["dim"] = len(c["data"]["X"])


@pytest.mark.parametrize("name", sorted(FORGED))
def test_forgeries_are_refused(name):
    stem, change, where, why = FORGED[name]
    lie = golden(stem)
    change(lie)
    with pytest.raises(Refuted) as refused:
        check(canonical(sealed(lie)))
    assert refused.value.where == where
    assert refused.value.why.startswith(why)


@pytest.mark.deep
def test_many_samples_with_hinges_are_certified(tmp_path, capsys):
    r = random.Random(9)  # noqa: S311 - test data
    X = [[str(round(r.gauss(0, 1), 2)) for _ in range(3)] for _ in range(80)]
    y = [1 if abs(float(x[0])) > 0.5 + r.gauss(0, 0.3) else -1 for x in X]
    given = {"beta": 1, "loss": "hinge", "bias": "penalised", "skip": "constant"}
    (tmp_path / "i.json").write_text(json.dumps({"X": X, "y": y, **given}))
    target = str(tmp_path / "c.json")
    assert main(["certify", str(tmp_path / "i.json"), "-o", target, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["dual_proof"] == "cones"
    assert main(["check", target]) == 0
