"""Claims *attained*, *gap*, *depth*: networks of three layers (three-layer P1, P6).

One has the fit and reaches the bound: it is written in the listed atoms. The other is any
network, in slots as in two layers, with its distance to a dual value (T13). Depth does not help
if a two-layer network attains the value: its neurons are branches of one neuron; it does if a
dual point of two layers has a larger value.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction

from ...kernel.numbers import Scalar, Vector, cleared, dot, sign, zero
from ...kernel.primitives import combination
from ...kernel.reading import Json, array, indices, record, require, whole
from ...kernel.roots import Terms, enclosed
from ..dual import Atoms, bounded
from ..instance import Chart, Instance, loss
from ..networks import Target, cost, fit_of, network, optimal
from ..objectives import apart
from ..topes import Charted
from .leaves import Layers
from .pieces import Branch, output


def branches(L: Layers, atoms: Atoms, read: Json, where: str) -> list[Branch]:
    """Return the branches of a network: a sign, inner atoms and their masses."""
    found: list[Branch] = []
    for b in array(read, where):
        record(b, "sign support weights", where)
        sigma = whole(b["sign"], where, -1, 1)
        at = indices(b["support"], len(atoms), where)
        c = L.D.field.vector(b["weights"], len(at), where)
        require(all(sign(t) > 0 for t in c), where, "a mass is not positive")
        require(L.holds(len(at)), where, "a branch has too many inner neurons")
        found.append((sigma, tuple(zip(at, c, strict=True))))
    cleared([c for _, masses in found for _, c in masses], L.D.clock)  # sums stay short
    return found


def optimal_branches(
    L: Layers, target: tuple[Vector, Vector], atoms: Atoms, found: list[Branch], where: str
) -> None:
    """Prove a network optimal: it has the fit, and each branch reaches beta.

    A branch of masses c costs ``beta^2 sum c``; it reaches the bound if ``sigma kappa'(z)_+``
    is as much.
    """
    D, (kappa, fit) = L.D, target
    rest: Vector = [-atoms.common * t for t in fit]
    for sigma, masses in found:
        values = [output(D, atoms, masses, i) for i in range(D.n)]
        share = [sigma * t if sign(t) > 0 else 0 for t in values]
        total = sum((c for _, c in masses), Fraction(0))
        off = dot(kappa, share) - D.beta_squared * atoms.common * total
        require(zero(off), where, "a branch does not reach beta")
        equal = all(shares_of(masses, L.parts))
        require(equal, where, "a branch has no equal parts")
        rest = [s + t for s, t in zip(rest, share, strict=True)]
    combination([], rest, D.clock.tick, (where, "does not have the optimal fit"))


def shares_of(masses: Sequence[tuple[int, Scalar]], parts: int) -> Iterator[int]:
    """Yield how many of so many equal parts each mass is; 0 where it is no number of them."""
    total = sum((c for _, c in masses), Fraction(0))
    for _, c in masses:
        if parts == 1:
            yield 1
            continue
        times = range(1, parts + 1)
        yield next((t for t in times if zero(parts * c - t * total)), 0)


def gap(L: Layers, kappa: Vector, claim: Json) -> Fraction:
    """Prove the objective of a network, the dual value and their difference.

    Return a number that is not below the objective.
    """
    D, where = L.D, "claims.gap"
    fit: Vector = [Fraction(0)] * D.n
    terms: Terms = []
    record(claim["network"], "branches", where)
    for b in array(claim["network"]["branches"], where):
        record(b, "sign neurons", where)
        sigma = whole(b["sign"], where, -1, 1)
        inner = network(D, {"neurons": b["neurons"]}, None, where)
        require(L.holds(len(inner.slots)), where, "a branch has too many inner neurons")
        balanced = all(x.raw is None for x in inner.neurons)
        require(sigma and balanced, where, "a branch has no sign, or is not balanced")
        z = fit_of(D, inner)
        fit = [s + sigma * max(t, Fraction(0)) for s, t in zip(fit, z, strict=True)]
        squares = cost(D, inner)
        if L.parts > 1:  # beta^2 |u|^2 added under one root
            squares = [(Fraction(1), L.parts * sum((s for _, s in squares), Fraction(0)))]
        terms += squares
    primal = [(loss(D, fit), Fraction(1)), *terms]
    of = enclosed(claim["primal"], primal, D.clock, f"{where}.primal")
    apart(D, primal, of, ([(dual_value(D, kappa), Fraction(1))], claim), where)
    return of


def dual_value(D: Instance, kappa: Vector) -> Fraction:
    """Return ``kappa'y - 1/2 sum kappa^2/weights``."""
    squares = [t * t * D.inverse(i) for i, t in enumerate(kappa)]
    return Fraction(dot(kappa, D.y) - Fraction(1, 2) * sum(squares, Fraction(0)))


def depth(
    T: Target, known: tuple[Chart, Sequence[int], Scalar], claim: Json, witness: Json
) -> None:
    """Prove the claim; known are the chart, its topes and the value of three layers.

    Where the value is enclosed only (there is no fit) the claim may be left open.
    """
    D, where, (chart, topes, value) = T.D, "claims.depth", known
    if claim["helps"] is None:
        told = [name for name in ("network", "kappa", "value") if claim[name] is not None]
        require(
            not told and witness is None and not T.fit, where, "is left open needlessly"
        )
        return
    if claim["helps"] is False and T.fit:
        bare = claim["kappa"] is None and claim["value"] is None and witness is None
        require(bare, where, "a network needs no dual point")
        optimal(T, network(D, claim["network"], None, where), where)
        return
    fine = claim["helps"] is True and claim["network"] is None
    require(fine, where, "is neither shown by a network nor by a dual point")
    kappa = [D.field.rational(t, where) for t in array(claim["kappa"], where, D.n)]
    bounded(D, list(kappa), Charted(chart, iter(topes), witness), None)
    own = dual_value(D, list(kappa))
    require(D.field.rational(claim["value"], where) == own, where, "is not the dual value")
    require(sign(own - value) > 0, where, "two layers are not shown to be worse")
