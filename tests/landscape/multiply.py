"""An independent check of paths: it knows X, y and beta^2, and multiplies out.

Nothing of the package is imported. Networks are the parsed NETWORK JSON; X has the ones of a
bias as its last column, and a free bias is in no norm.
"""

from fractions import Fraction
from itertools import pairwise
from math import isqrt


def numbers(entries):
    return [Fraction(x) for x in entries]


def neuron(x, *, free_bias=False):
    """(sign, u, cost before the factor: (beta_squared -> lower, upper))."""
    if "u" in x:
        u = numbers(x["u"])
        return x["sign"], u, ("norm", sum(t * t for t in (u[:-1] if free_bias else u)))
    w, alpha = numbers(x["w"]), Fraction(x["alpha"])
    sign = (alpha > 0) - (alpha < 0)
    squares = sum(t * t for t in (w[:-1] if free_bias else w)) + alpha * alpha
    return sign, [abs(alpha) * t for t in w], ("raw", squares)


def root(x, bits=400):
    """lower, upper of the root of a rational."""
    p, q = x.numerator, x.denominator
    if isqrt(p) ** 2 == p and isqrt(q) ** 2 == q:
        exact = Fraction(isqrt(p), isqrt(q))
        return exact, exact
    low = isqrt((p << 2 * bits) // q)
    return Fraction(low, 1 << bits), Fraction(low + 1, 1 << bits)


def fit(X, network):
    skip = numbers(network.get("skip", []))
    z = [
        Fraction(network.get("constant", 0))
        + sum((a * b for a, b in zip(row, skip, strict=False)), Fraction(0))
        for row in X
    ]
    for x in network["neurons"]:
        if x is None:
            continue
        sign, u, _ = neuron(x)
        assert len(u) == len(X[0])
        for k, row in enumerate(X):
            z[k] += sign * max(Fraction(0), sum(a * b for a, b in zip(row, u, strict=True)))
    return z


def objective(instance, network):
    """lower, upper of the objective; equal when every root is rational."""
    X, y, beta_squared, weights, free_bias = instance
    z = fit(X, network)
    rows = zip(weights, z, y, strict=True)
    low = high = sum((w * (a - b) ** 2 for w, a, b in rows), Fraction(0)) / 2
    for x in network["neurons"]:
        if x is None:
            continue
        kind, squares = neuron(x, free_bias=free_bias)[2]
        if kind == "norm":
            a, b = root(beta_squared * squares)
        else:
            a, b = (t * squares / 2 for t in root(beta_squared))
        low, high = low + a, high + b
    return low, high


def instance(X, y, beta_squared, weights=None, *, free_bias=False):
    """The data as fractions."""
    rows = [numbers(row) for row in X]
    scale = numbers(weights or [1] * len(y))
    return rows, numbers(y), Fraction(beta_squared), scale, free_bias


def ray(u, v):
    i = next(i for i, t in enumerate(u) if t)
    return u[i] * v[i] > 0 and all(a * v[i] == b * u[i] for a, b in zip(u, v, strict=True))


def between(a, b, share):
    """The network at a share of the way; checks that sign and ray of each slot stay."""
    slots = []
    assert len(a["neurons"]) == len(b["neurons"])
    for x, z in zip(a["neurons"], b["neurons"], strict=True):
        (s, u, _), (t, v, _) = (neuron(e) if e else (0, [], None) for e in (x, z))
        if not any(u):
            u, s = [Fraction(0)] * len(v), t
        if not any(v):
            v, t = [Fraction(0)] * len(u), s
        if any(u) and any(v):
            assert s == t
            assert ray(u, v)
        if x and z is None and "w" in x and not any(numbers(x["w"])[:-1]):
            # its weight is a free bias alone: the output weight goes to 0
            slots.append(x | {"alpha": str(Fraction(x["alpha"]) * (1 - share))})
            continue
        mixed = [p + share * (q - p) for p, q in zip(u, v, strict=True)]
        slots.append({"sign": s, "u": [str(q) for q in mixed]} if any(mixed) else None)
    return {"neurons": slots} | parts(a, b, share)


def parts(a, b, share):
    """The free part at a share of the way."""
    found = {}
    if "skip" in a or "skip" in b:
        d = len(a.get("skip", b.get("skip")))
        p, q = (numbers(x.get("skip", [0] * d)) for x in (a, b))
        found["skip"] = [str(s + share * (t - s)) for s, t in zip(p, q, strict=True)]
    if "constant" in a or "constant" in b:
        s, t = (Fraction(x.get("constant", 0)) for x in (a, b))
        found["constant"] = str(s + share * (t - s))
    return found


def check_path(instance, networks, width, value):
    """Every breakpoint and midpoint has the width and exactly the objective value."""
    for a, b in pairwise(networks):
        for net in (a, between(a, b, Fraction(1, 2)), b):
            assert len(net["neurons"]) == width
            assert objective(instance, net) == (value, value)
    assert len(networks[0]["neurons"]) == width
    assert objective(instance, networks[0]) == (value, value)


def check_descent(instance, networks, width):
    """The objective does not rise along five points of every line, proved by enclosures.

    Equal values have enclosures that overlap, to 2^-390: those are told by the fit and
    the total of the masses, so here overlap of that width counts as equal.
    """
    last = None
    for a, b in pairwise(networks):
        for share in (0, 1, 2, 3, 4):
            net = (
                between(a, b, Fraction(share, 4))
                if share not in {0, 4}
                else (a, b)[share // 4]
            )
            assert len(net["neurons"]) == width
            low, high = objective(instance, net)
            assert last is None or low <= last
            last = high
