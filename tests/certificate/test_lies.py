"""Every leaf of every golden certificate changed: refuted, or the same claims, or true ones.

The full set of lies runs under the ``deep`` marker; here a fixed sample of it.
"""

import itertools
import json
from fractions import Fraction

import pytest

from polytope_nn import (
    GroupLasso,
    InterpolationProblem,
    TrainingProblem,
    holes,
    optimal_polytope,
    optimum,
    staircase,
)
from polytope_nn.certificate.certify import staircase_certificate
from polytope_nn.certificate.check import Refuted, check
from polytope_nn.certificate.enclosures import interval_certificate
from polytope_nn.certificate.format import Certificate
from polytope_nn.certificate.general import general_certificate
from polytope_nn.certificate.holes import claimed
from polytope_nn.certificate.interpolations import free_certificate
from polytope_nn.certificate.raised import raised
from polytope_nn.certificate.units.bases import listed_atoms
from polytope_nn.certificate.units.enclosed import enclosed_certificate
from polytope_nn.certificate.units.neurons import pulls
from polytope_nn.certificate.units.norms.cells import cell_certificate
from polytope_nn.certificate.units.norms.fans import fan_certificate
from polytope_nn.certificate.units.tied import tied_certificate
from polytope_nn.checker.rows import ROWS_2
from polytope_nn.dual.atoms import cone_projection
from polytope_nn.dual.optimum import verified
from polytope_nn.dual.units.blocks import BlockOptimum, block_optimum, parts_of
from polytope_nn.dual.units.listed import listed_optimum
from polytope_nn.dual.units.sloped import sloped
from polytope_nn.errors import PolytopeError
from polytope_nn.exact.ball import Ball, precision
from polytope_nn.exact.linear import rank, transpose
from polytope_nn.exact.parametric import Parametric
from polytope_nn.exact.radical import exactly
from polytope_nn.exact.scalar import dot
from polytope_nn.geometry.arrangement import arrangement
from polytope_nn.networks.gap import dual_bound
from polytope_nn.networks.membership import is_optimal, mixture, network_of, placed
from polytope_nn.networks.network import Network, same_ray
from polytope_nn.paths.path import Separation, interpolant_path, path
from polytope_nn.paths.route import compatible
from polytope_nn.problems.losses import SeparableLoss
from polytope_nn.problems.losses.kinds import loss_of
from polytope_nn.problems.units.activations import Threshold
from polytope_nn.problems.units.doubled import Doubled
from polytope_nn.problems.units.lasso import gate_blocks
from polytope_nn.problems.units.thresholds import threshold_patterns
from polytope_nn.search.units.columns import beta_of
from polytope_nn.vector.network import VectorNetwork
from polytope_nn.vector.oracle import Violation, oracle
from polytope_nn.vector.problem import VectorProblem
from tests.pipeline import verified_polytope

from .forgeries_parallel import parallel_true
from .forging import NAMES, canonical, claim, golden, mutants, sampled
from .road_oracle import SMOOTH, road_holds

SMALL = [name for name in NAMES if name not in {"cross_5", "cross_4_mixed", "signs_plane"}]
SAMPLE = 40


def problem_of(c):
    data = c["data"]
    if "skip" in data:
        return free_problem(c)
    return TrainingProblem(
        data["X"], data["y"], beta_squared=data["beta_squared"], weights=data["weights"]
    )


def scalars(c, values):
    """Return the numbers of a claim, in the field of the certificate."""
    if c["field"] == "Q" or "primes" in c["field"]:
        return tuple(map(Fraction, values))
    from polytope_nn.exact.field import NumberField

    K = NumberField(c["field"]["poly"], c["field"]["root"])
    return tuple(Fraction(x) if isinstance(x, str) else K.element(x) for x in values)


def confirmed(c):
    """Return whether the claims are true, by the finder's way or by multiplying out."""
    if c["version"] == 2 and c["kind"] in {"road", "gap", "cones_gap", "cones_road"}:
        smooth = c["data"]["loss"]["kind"] in SMOOTH
        return not road_holds(c) if smooth else road_true(c)
    if c["kind"] in {"vector_road", "vector_gap"}:
        return road_of_outputs_true(c)
    if c["kind"].startswith(("vector", "continuum")):
        return outputs_true(c)
    if c["kind"] == "free_unlisted":
        C = raised(Certificate.from_json(canonical(c)))
        return unlisted_true(json.loads(C.to_json()))
    confirm = {
        "staircase": staircase_true,
        "interval": interval_true,
        "cones": cones_true,
        "signs": cones_true,
        "cones_holes": unlisted_holes_true,
        "gap": gap_true,
        "free": free_true,
        "holes": holes_true,
        **dict.fromkeys(("general", "general_cones", "general_signs"), general_true),
        "lasso": general_true,
        **dict.fromkeys(("enclosed", "enclosed_cones"), enclosed_true),
        "normed": normed_true,
        **dict.fromkeys(("cells", "lasso_cells"), cells_true),
        **dict.fromkeys(("cells_enclosed", "lasso_cells_enclosed"), fans_true),
        **dict.fromkeys(("listed_enclosed", "lasso_enclosed"), tied_true),
        **dict.fromkeys(("path", "separation", "descent"), networks_true),
        "free_path": free_path_true,
        "free_separation": free_separation_true,
        **{kind: unlisted_true for kind in ROWS_2 if kind.endswith("unlisted")},
        **dict.fromkeys(("parallel", "parallel_gap", "parallel_path"), parallel_true),
        "parallel_road": parallel_true,
        **dict.fromkeys(("parallel_enclosed", "parallel_enclosed_path"), parallel_true),
    }
    if c["version"] == 2 and c["kind"] in {"staircase", "path", "separation", "descent"}:
        return confirmed(lowered(c))
    return confirm.get(c["kind"], networks_true)(c)


def lowered(c):
    """Return a certificate of format 2 in the words of format 1.

    Free parts of networks are left out: those that fit are multiplied out by the checker.
    """
    data = dict(c["data"])
    loss, unit, skip = data.pop("loss"), data.pop("unit"), data.pop("free")
    data["weights"] = loss.get("weights")
    free = data["weights"] is None or unit["bias"] != "none" or skip != "none"
    if free:
        data |= {"bias": unit["bias"], "skip": skip}
    of_free = {"path": "free_path", "separation": "free_separation", "staircase": "free"}
    kind = of_free.get(c["kind"], c["kind"]) if free else c["kind"]
    return c | {"version": 1, "kind": kind, "data": data}


def outputs_true(c):
    from .test_outputs import confirmed

    return confirmed(c)


def optimum_of(c):
    return verified(problem_of(c), scalars(c, claim(c, "dual")["kappa"]))


def staircase_true(c):
    P = optimal_polytope(optimum_of(c))
    return canonical(staircase_certificate(P, staircase(P)).claims) == canonical(
        c["claims"]
    )


def cones_optimum(c):
    """Return the optimum of a certificate without patterns, by all of them."""
    data = c["data"]
    D = TrainingProblem(
        data["X"],
        data["y"],
        beta_squared=data["beta_squared"],
        weights=data["loss"]["weights"],
        bias=data["unit"]["bias"],
        skip=data["free"],
    )
    return verified(D, scalars(c, claim(c, "dual")["kappa"]))


def cones_true(c):
    """The claims are those of a proof by all patterns, said in the words of format 2."""
    boxed = "bits" in c["field"]
    P = optimal_polytope(general_problem(c) if boxed else cones_optimum(c))
    O, D = P.optimum, P.problem
    if boxed and not enclosed(c, O.kappa, (*O.fit, O.value), P.vertices):
        return False
    numbers = {"dual", "optimum", "vertices"} if boxed else set()
    told = [t for t in c["claims"] if t["claim"] not in numbers]
    if D.free.columns:  # the words of a proof by patterns are those of format 2 already
        known = {t["claim"]: t for t in free_certificate(P).claims}
        return all(canonical(known[t["claim"]]) == canonical(t) for t in told)
    made = (interval_certificate if boxed else staircase_certificate)(P, P.staircase)
    known = {t["claim"]: t for t in made.claims}
    S = P.staircase
    known["optimum"] = known["optimum"] | {"pieces": ["smooth"] * D.n}
    known["dimension"] = known["dimension"] | {"used_rank": P.used_rank}
    known["threshold"] = known["threshold"] | {
        "bound": S.bound,
        "bound_rank": min(S.m_star + S.M_star, P.rank + 1),
    }
    for name in ("components", "theorems"):
        known[name] = known[name] | {"modulo": []}
    return all(canonical(known[t["claim"]]) == canonical(t) for t in told)


def unlisted_true(c):
    """Kappa, atoms and bounds are those of all vertices; the points are multiplied out."""
    D, bounds, boxed = general_problem(c), claim(c, "bounds"), "bits" in c["field"]
    kappa = claim(c, "dual")["kappa"]
    P = optimal_polytope(D if boxed else general_optimum(D, scalars(c, kappa)))
    pairs = zip(kappa, P.optimum.kappa, strict=True)
    if boxed and not all(holds(*pair) for pair in pairs):
        return False
    widths = P.staircase
    least, most = bounds["m_star_at_most"], bounds["M_star_at_least"]
    return (
        len(claim(c, "atoms")["list"]) == len(P.atoms)
        and claim(c, "dimension")["rank"] == P.rank
        and claim(c, "dimension")["used_rank"] == P.used_rank
        and (least is None or least >= widths.m_star)
        and (most is None or most <= widths.M_star)
        and bounds["connected_from"] in {None, P.used_rank + 1 if widths.m_star else 0}
    )


def holds(ends, x):
    """Whether the ends are around a ball or a number."""
    low, high = map(Fraction, ends)
    if isinstance(x, Parametric):  # it may be one of the ends, which its enclosures meet
        near = x.enclosure(400)
        return low <= near.upper and near.lower <= high
    below, above = (x.lower, x.upper) if isinstance(x, Ball) else (x, x)
    return low <= below and above <= high


def interval_true(c):
    """The claims have the balls' numbers between their ends; all else is the finder's."""
    O = optimum(problem_of(c))
    return enclosed(c, O.kappa, (*O.fit, O.value), optimal_polytope(O).vertices)


def enclosed(c, kappa, numbers, vertices):
    """Whether the claimed ends are around these numbers (fit, objective last)."""

    pairs = list(zip(claim(c, "dual")["kappa"], kappa, strict=True))
    stated = claim(c, "optimum")
    pairs += zip([*stated["fit"], stated["objective"]], numbers, strict=True)
    for v, vertex in zip(claim(c, "vertices")["list"], vertices, strict=True):
        assert v["support"] == [a for a, x in enumerate(vertex) if x != 0]
        used = [vertex[a] for a in v["support"]]
        pairs += zip(v["weights"], used, strict=True)
    return all(holds(*pair) for pair in pairs)


def free_problem(c):
    data = c["data"]
    if data["weights"] is None:
        return InterpolationProblem(
            data["X"], data["y"], bias=data["bias"], skip=data["skip"]
        )
    return TrainingProblem(
        data["X"],
        data["y"],
        beta_squared=data["beta_squared"],
        weights=data["weights"],
        bias=data["bias"],
        skip=data["skip"],
    )


def agrees(new, old):
    """Return whether a claim of format 2 says what one of format 1 does."""
    new = dict(new)
    if "bound_rank" in new and "bound_rank" not in old:
        new["bound"] = new["bound_rank"]
    return all(canonical(new[key]) == canonical(old[key]) for key in old)


def free_true(c):
    """The claims are those of the finder for the claimed kappa, or for its own in boxes."""
    problem = free_problem(c)
    if "bits" not in c["field"]:
        found = free_certificate(free_solved(c))
        return all(map(agrees, found.claims, c["claims"]))
    I = optimal_polytope(problem)
    kept = ("patterns", "dimension", "widths", "components", "threshold", "uniqueness")
    found = free_certificate(I)
    same = all(agrees(found.claim(name), claim(c, name)) for name in kept)
    return same and enclosed(c, I.kappa, (*I.b, I.optimum.value), I.vertices)


def free_solved(c):
    return verified_polytope(free_problem(c), scalars(c, claim(c, "dual")["kappa"]))


def general_problem(c):
    data, unit = c["data"], c["data"]["unit"]
    if unit["kind"] == "blocks":
        return lasso_of(data)
    free = {"skip": data["free"]}
    told = loss_told(data)
    weights = data["loss"].get("weights")
    if "slopes" in unit:
        words = [*map(str, unit["slopes"])]  # 1 and 0 are ReLU's
        free["activation"] = "relu" if words == ["1", "0"] else {"slopes": words}
        if "norm" in unit:
            free["penalty"] = unit["norm"]
    elif unit["kind"] == "gates":
        free["gates"] = unit["masks"]
    else:
        free["activation"] = unit["kind"]
    return TrainingProblem(
        data["X"],
        data["y"],
        beta_squared=data["beta_squared"],
        loss=told,
        weights=weights,
        bias=unit["bias"],
        **free,
    )


def loss_told(data):
    """Return a loss of the certificate as problems take it, each sample with its parameter."""
    told = {k: v for k, v in data["loss"].items() if k != "weights"}
    if "p" not in told:
        return told
    y, weights = (tuple(map(Fraction, v)) for v in (data["y"], data["loss"]["weights"]))
    powers = tuple(map(Fraction, told["p"]))
    own = [
        loss_of({"kind": "power", "p": p}, (t,), (w,)).rows[0]
        for p, t, w in zip(powers, y, weights, strict=True)
    ]
    return SeparableLoss("power", y, weights, tuple(own), "p", powers)


def lasso_of(data):
    blocks, first = [], 0  # of the data
    for block in data["unit"]["blocks"]:
        last = first + block["columns"]
        A = [row[first:last] for row in data["X"]]
        blocks.append(
            {"A": A, "cone": block["cone"], "signs": block["signs"], "norm": block["norm"]}
        )
        first = last
    return GroupLasso(
        blocks,
        data["y"],
        beta_squared=data["beta_squared"],
        loss=loss_told(data),
        free=data["free"],
        weights=data["loss"].get("weights"),
    )


def normed_true(c):
    """The value and the fit are the finder's, and the parts make the fit at that price."""
    O = optimum(general_problem(c))
    stated = claim(c, "intervals")
    numbers = [[str_of(c, low), str_of(c, high)] for low, high in stated["fits"]]
    fits = [[low, high] for low, high in O.interval]
    kappa = scalars(c, claim(c, "dual")["kappa"])
    same = numbers == fits and kappa == O.kappa
    value = str_of(c, stated["objective"]) == O.value
    free = [z for z in O.problem.free.columns if any(z)]
    joined = claim(c, "joined")["connected_from"] == O.problem.n - rank(free) + 1
    return same and value and joined and parts_true(c, O)


def str_of(c, x):
    return scalars(c, [x])[0]


def parts_true(c, O):
    """The parts' features and norms add up to the fit and the price of the optimum."""
    D, blocks, made, cost = O.problem, c["data"]["unit"].get("blocks"), [0] * O.problem.n, 0
    rest = O.cost
    for part in claim(c, "solution")["list"]:
        u = scalars(c, part["u"])
        if blocks:
            block = D.blocks[part["block"]]
            F = [part["sign"] * dot(row, u) for row in block.A]
            norm = block.norm
        else:
            a = D.activation
            values = [dot(row, u) for row in D.plain_design]
            F = [part["sign"] * (a.right if z > 0 else a.left) * z for z in values]
            norm = D.penalty
        made = [s + t for s, t in zip(made, F, strict=True)]
        sizes = [t if t >= 0 else -t for t in u]
        cost += {"l1": sum(sizes), "linf": max(sizes)}.get(norm, 0)
        if norm == "l2":  # a root: its square is compared, and it is part of the price
            price = dot(O.kappa, F)
            assert price > 0
            assert price * price == D.beta_squared * dot(u, u)
            rest -= price
    fits = O.problem.free.modulo(made) == O.problem.free.modulo(O.fit)
    return fits and rest >= 0 and cost * cost * D.beta_squared == rest * rest


def cells_true(c):
    """The claims are those of the finder for the claimed kappa, or for its own in a field."""
    kappa = scalars(c, claim(c, "dual")["kappa"])
    plain = all(isinstance(t, Fraction) for t in kappa)
    O = optimum(general_problem(c), kappa=kappa if plain else None)
    assert O.kappa == kappa
    return canonical(cell_certificate(O).claims) == canonical(c["claims"])


def fans_true(c):
    """The claims but for ends are the finder's, and the ends are around its numbers."""
    O = optimum(general_problem(c))
    found = fan_certificate(O)
    told = {t["claim"] for t in c["claims"]} - {"dual", "optimum", "vertices"}
    same = all(found.claim(name) == claim(c, name) for name in told)
    supports = [v["support"] for v in claim(c, "vertices")["list"]]
    same = same and supports == [v["support"] for v in found.claim("vertices")["list"]]
    pieces = found.claim("optimum")["pieces"] == claim(c, "optimum")["pieces"]
    own = c | {"claims": [*c["claims"][:-2], {"claim": "vertices", "list": []}]}
    return same and pieces and enclosed(own, O.kappa, (*O.fit, O.value), ())


def tied_true(c):
    """The claims have the finder's numbers between their ends; all else is the finder's."""
    D = general_problem(c)
    P = optimal_polytope(D)
    O, found = P.optimum, tied_certificate(P)
    told = {t["claim"] for t in c["claims"]} - {"dual", "optimum", "vertices"}
    same = all(found.claim(name) == claim(c, name) for name in told)
    pieces = found.claim("optimum")["pieces"] == claim(c, "optimum")["pieces"]
    order, unit = listed_atoms(P)[0], Fraction(1)
    if not isinstance(O, BlockOptimum):  # patterns, in units of beta
        unit = beta_of(D.beta_squared)
        assert isinstance(unit, Fraction)
    vertices = [tuple(v[i] / unit for i in order) for v in P.vertices]
    vertices.sort(key=lambda v: [a for a, x in enumerate(v) if x != 0])
    return same and pieces and enclosed(c, O.kappa, (*O.fit, O.value), vertices)


def enclosed_true(c):
    """The claims have the finder's numbers between their ends; all else is the finder's."""
    P = optimal_polytope(general_problem(c))
    O, found = P.optimum, enclosed_certificate(P)
    kept = ("patterns", "atoms", "dimension", "widths", "components", "threshold")
    kept = [k for k in (*kept, "theorems") if k in ROWS_2[c["kind"]]]
    same = all(found.claim(k) == claim(c, k) for k in kept)
    pieces = found.claim("optimum")["pieces"] == claim(c, "optimum")["pieces"]
    order = sorted(range(len(P.atoms)), key=lambda i: P.atoms[i].key)
    vertices = [tuple(v[i] for i in order) for v in P.vertices]
    vertices.sort(key=lambda v: [a for a, x in enumerate(v) if x != 0])
    return same and pieces and enclosed(c, O.kappa, (*O.fit, O.value), vertices)


def general_true(c):
    """The claims are those of the finder for the claimed kappa."""
    kappa = scalars(c, claim(c, "dual")["kappa"])
    P = optimal_polytope(general_optimum(general_problem(c), kappa))
    *claims, last = c["claims"]
    if last["claim"] not in {"walk", "apart"}:
        claims.append(last)
    found = [x for x in general_certificate(P).claims if x["claim"] in ROWS_2[c["kind"]]]
    same = canonical(found) == canonical(claims)
    return same and (last in claims or labels_true(P, last))


def labels_true(P, last):
    """A path search between networks of the labels finds what is claimed."""
    rows = last["labels"] if last["claim"] == "walk" else [last["start"], last["end"]]
    ends = []
    for row in (rows[0], rows[-1]):
        below = next(v for v in P.vertices if all(a in row for a, x in enumerate(v) if x))
        places = {row.index(a): (a, x) for a, x in enumerate(below) if x}
        ends.append(network_of(P.atoms, [places.get(j) for j in range(len(row))]))
    return bool(path(P, *ends, last["width"])) == (last["claim"] == "walk")


def general_optimum(D, kappa):
    """Return the optimum of a kappa, which may be in a field."""
    if isinstance(D, GroupLasso) or D.gates is not None:
        blocks = D.blocks if isinstance(D, GroupLasso) else gate_blocks(D)
        return block_optimum(D, parts_of(blocks), kappa, len(blocks))
    if D.of_relu:
        return verified(D, kappa)
    if isinstance(D.activation, Threshold):
        patterns = threshold_patterns(D.plain_design, closed=D.activation.closed)
        return listed_optimum(D, patterns, beta_of(D.beta_squared), kappa)
    sides = Doubled(D)
    return sloped(verified(sides, sides.split(kappa)))


def holes_true(c):
    """The claims before it are true, and the holes are those of the finder."""
    boxed = "bits" in c["field"]
    shape = {**c, "kind": "staircase", "claims": c["claims"][:-1]}
    P = optimal_polytope(optimum(problem_of(c)) if boxed else optimum_of(c))
    true = interval_true(shape) if boxed else staircase_true(shape)
    return true and canonical(claimed(holes(P))) == canonical(c["claims"][-1])


def unlisted_holes_true(c):
    """The claims before it are true without patterns, and the holes are the finder's."""
    shape = {**c, "kind": "cones", "claims": c["claims"][:-1]}
    P = optimal_polytope(cones_optimum(c))
    return cones_true(shape) and canonical(claimed(holes(P))) == canonical(c["claims"][-1])


def free_path_true(c):
    """Every breakpoint is placed in the finder's optimal set; no slot turns."""
    solved, stated = free_solved(c), claim(c, "path")
    nets = [read_network(c, read) for read in stated["breakpoints"]]
    if any(net.width != stated["width"] for net in nets):
        return False
    placements = [placed(solved, net, "breakpoint") for net in nets]
    points = [solved.point(mixture(p, len(solved.atoms))) for p in placements]
    return all(map(compatible, placements, placements[1:])) and all(
        point in solved for point in points
    )


def free_separation_true(c):
    stated, solved = claim(c, "separation"), free_solved(c)
    ends = [read_network(c, stated[end]) for end in ("start", "end")]
    placements = [placed(solved, net, "end") for net in ends]
    shape = {**c, "kind": "free", "claims": c["claims"][:-1]}
    return free_true(shape) and not interpolant_path(solved, *placements)


def gap_true(c):
    D, stated = problem_of(c), claim(c, "gap")
    kappa = scalars(c, claim(c, "dual")["kappa"])
    bound = dual_bound(D.design, kappa, D.beta_squared, arrangement(D.design))
    primal = Network.from_json(stated["network"]).objective(D)
    half = sum(k * k / w / 2 for k, w in zip(kappa, D.weights, strict=True))
    dual = sum(k * t for k, t in zip(kappa, D.y, strict=True)) - half

    def inside(read, x):
        ends = read if isinstance(read, dict) else {"lower": read, "upper": read}
        return Fraction(ends["lower"]) <= x <= Fraction(ends["upper"])

    values = ((stated["primal"], primal), (stated["gap"], primal - dual))
    stated_dual = inside(stated["dual"], dual)
    return (
        bound.square <= D.beta_squared
        and stated_dual
        and all(inside(read, x) for read, x in values)
    )


def road_true(c):
    """Values, slopes and the gap of roads and gaps of format 2, by the finder's own numbers."""
    data, stated = c["data"], claim(c, c["kind"].removeprefix("cones_"))
    loss, psi = _plain(data["loss"]), data["unit"].get("slopes")
    D = TrainingProblem(
        data["X"], data["y"], beta_squared=data["beta_squared"], weights=loss.pop("weights"),
        bias=data["unit"]["bias"], skip=data["free"], loss=loss,
        **({"activation": {"slopes": psi}} if psi else {}),
    )  # fmt: skip
    kappa = scalars(c, claim(c, "dual")["kappa"])
    if psi:
        squares = list(_squares_of_slopes(D, kappa))
    else:
        squares = [
            dual_bound(t.design, kappa, D.beta_squared, t.arrangement).square
            for t in D.charts
        ]
    free = all(
        sum(k * t for k, t in zip(kappa, z, strict=True)) == 0 for z in D.free.columns
    )
    nets = [
        _with_free(D, read) for read in stated.get("breakpoints", [stated.get("network")])
    ]
    with precision(600):
        values = [net.objective(D) for net in nets]
        dual = exactly(-D.loss.conjugate(kappa))
    D.loss.interval(kappa)
    return (
        free
        and all(square <= D.beta_squared for square in squares)
        and _values_true(stated, nets, values, dual)
    )


def _values_true(stated, nets, values, dual):
    """Return whether the values of a road or a gap are those said, and fall and rise as said."""
    pairs = [(stated["dual"], dual)]
    if "primal" in stated:
        pairs += [(stated["primal"], values[0]), (stated["gap"], values[0] - dual)]
        return all(within(read, x) for read, x in pairs)
    down, close, up = (stated[key] for key in ("down", "close", "up"))
    pairs += [*zip(stated["objectives"], values, strict=True)]
    pairs.append((stated["gap"], values[close] - dual))
    return (
        all(_below(b, a) for a, b in itertools.pairwise(values[: down + 1]))
        and all(_below(a, b) for a, b in itertools.pairwise(values[up:]))
        and all(
            _below(x, values[down]) or _below(x, values[up]) for x in values[down : up + 1]
        )
        and all(x.width == stated["width"] for x in nets)
        and all(within(read, x) for read, x in pairs)
    )


def _squares_of_slopes(D, kappa):
    """Yield the largest ``|g|^2`` on each tope, of neurons of two slopes."""
    X, psi = D.rows_and_slopes
    H = arrangement(X)
    for p, cone, _ in pulls(H, H.patterns, kappa, psi):
        g, _ = cone_projection(cone, p)
        yield sum(t * t for t in g)


def road_of_outputs_true(c):
    """Values and feasibility of roads and gaps of several outputs, by the finder's numbers."""
    data, kind = c["data"], c["kind"].removeprefix("vector_")
    stated, loss = claim(c, kind), _plain(data["loss"])
    weights = loss.pop("weights")
    D = VectorProblem(
        data["X"], data["y"], beta_squared=data["beta_squared"], weights=weights,
        bias=data["unit"]["bias"], skip=data["free"], loss=loss,
    )  # fmt: skip
    N = tuple(tuple(map(Fraction, row)) for row in claim(c, "dual")["kappa"])
    D.box(N)
    tight = oracle(D, N)
    free = all(dot(z, k) == 0 for z in D.free.columns for k in transpose(N))
    if isinstance(tight, Violation) or not free:
        return False
    listed = len(claim(c, "atoms")["list"]) + len(claim(c, "continua")["list"])
    nets = [_pairs(D, x) for x in stated.get("breakpoints", [stated.get("network")])]
    with precision(600):
        values, dual = [x.objective(D) for x in nets], exactly(D.dual_value(N))
    return listed == len(tight) and _values_true(stated, nets, values, dual)


def _pairs(D, read):
    """Return the network of a claim with its free part."""
    A = [list(map(Fraction, row)) for row in read.get("free", [])]
    net = VectorNetwork.from_json({"neurons": read["neurons"]})
    return net.beside(D, transpose(A)) if A else net


def within(read, x):
    ends = read if isinstance(read, dict) else {"lower": read, "upper": read}
    low, high = x.enclosure(500)
    return Fraction(ends["lower"]) <= high and low <= Fraction(ends["upper"])


def _below(x, y):
    """Return whether a value is not above another, to 500 bits where it is enclosed."""
    return (x - y).enclosure(500)[0] <= 0


def _plain(loss):
    """Return a loss as instances say it: with one power for all samples."""
    told = dict(loss)
    if told["kind"] == "power":
        (told["p"],) = set(told["p"])
    return told


def _with_free(D, read):
    a = [*map(Fraction, read.get("free", []))]
    net = Network.from_json({"neurons": read["neurons"]})
    slopes = tuple(a[: D.dimension]) if D.skip in {"linear", "affine"} else None
    constant = a[-1] if D.skip in {"constant", "affine"} else None
    return Network(net.slots, slopes, constant)


def read_network(c, read):
    """Return a network of a certificate, its field elements as the exchange form has them."""
    if c["field"] != "Q":
        field = c["field"]
        neurons = [
            x
            and {
                "sign": x["sign"],
                "u": [t if isinstance(t, str) else {**field, "coords": t} for t in x["u"]],
            }
            for x in read["neurons"]
        ]
        read = {"neurons": neurons}
    return Network.from_json({"neurons": read["neurons"]})


def networks_true(c):
    O = optimum_of(c)
    if c["kind"] == "separation":
        P, stated = optimal_polytope(O), claim(c, "separation")
        ends = [read_network(c, stated[end]) for end in ("start", "end")]
        return isinstance(path(P, *ends, stated["width"]), Separation)
    stated = claim(c, c["kind"])
    nets = [read_network(c, read) for read in stated["breakpoints"]]
    if any(net.width != stated["width"] for net in nets):
        return False
    if c["kind"] == "descent":
        values = [net.objective(O.problem) for net in nets]
        falling = all(b <= a for a, b in itertools.pairwise(values))
        return falling and bool(is_optimal(O, nets[-1]))
    rays = all(
        x is None or z is None or (x.sign == z.sign and same_ray(x.u, z.u))
        for a, b in itertools.pairwise(nets)
        for x, z in zip(a.slots, b.slots, strict=True)
    )
    return rays and all(is_optimal(O, net) for net in nets)


def same_root(one, other):
    """Return whether two fields have one polynomial and one root: what bisection finds."""
    if one == other or "Q" in (one, other) or "bits" in one:
        return one == other or "bits" in one
    from polytope_nn.exact.field import NumberField

    def field(read):
        f, (low, high) = read["poly"], map(Fraction, read["root"])

        def value(t):
            return sum(c * t**i for i, c in enumerate(f))

        for _ in range(80):
            middle = (low + high) / 2
            low, high = (low, middle) if value(low) * value(middle) < 0 else (middle, high)
        return NumberField(f, (low, high))

    return field(one) == field(other)


def judged(original, lie, mutant):
    """Return whether the checker accepts a mutant; then what it claims must be true."""
    try:
        check(canonical(mutant))
    except Refuted:
        return False
    spoken = ("data", "claims", "kind")
    if all(canonical(mutant[key]) == canonical(original[key]) for key in spoken):
        assert same_root(original["field"], mutant["field"]), lie
        return True
    try:
        assert confirmed(mutant), lie
    except PolytopeError as error:
        raise AssertionError(f"{lie}: accepted, and not confirmed: {error}") from error
    return True


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_of_lies(name):
    original = golden(name)
    size = SAMPLE if name in SMALL else 12
    refused = [not judged(original, *lie) for lie in sampled(original, size, name)]
    assert sum(refused) >= 0.7 * len(refused)


@pytest.mark.deep
@pytest.mark.parametrize("name", SMALL)
def test_every_lie(name):
    original = golden(name)
    accepted = [judged(original, lie, mutant) for lie, mutant in mutants(original)]
    assert len(accepted) > 500
    assert sum(accepted) < 0.2 * len(accepted)  # leaves of cones may be proved in many ways


@pytest.mark.deep
@pytest.mark.parametrize("name", sorted(set(NAMES) - set(SMALL)))
def test_lies_about_the_large(name):
    original = golden(name)
    for lie, mutant in sampled(original, 400, name):
        judged(original, lie, mutant)
