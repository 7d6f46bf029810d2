"""Claims *attained*, *depth*, *branch_path*: networks of three layers (three-layer P1, P6).

One has the fit and reaches the bound: it is written in the listed atoms. Depth does not help
if a two-layer network attains the value: its neurons are branches of one neuron; it does if a
dual point of two layers has a larger value. Lines are between networks of m branches of k inner
slots, all optimal, their inner neurons listed atoms with masses (P10).
"""

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import TypeAlias

from ...kernel.numbers import Scalar, Vector, cleared, dot, same, sign, zero
from ...kernel.primitives import combination
from ...kernel.reading import Json, array, indices, record, require, whole
from ..dual import Atoms, Charted, bounded
from ..instance import Chart
from ..networks import Target, network, optimal
from .leaves import Layers
from .pieces import Branch, output

Slot: TypeAlias = tuple[int, Vector] | None  # a listed atom; its mass, a number or a form
SlotBranch: TypeAlias = tuple[int, list[Slot]]
Slots: TypeAlias = Sequence[SlotBranch | None]


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
    own: Fraction = D.dual_value([*kappa], D.box([*kappa]))
    require(D.field.rational(claim["value"], where) == own, where, "is not the dual value")
    require(sign(own - value) > 0, where, "two layers are not shown to be worse")


def path(L: Layers, T: Target, atoms: Atoms, claim: Json) -> None:
    """Prove lines between optimal networks of listed atoms."""

    def mass(read: Json, where: str) -> Vector:
        c = L.D.field.number(read, where)
        require(sign(c) > 0, where, "a mass is not positive")
        return [c]

    def reached(network: Slots, where: str) -> None:
        found = [
            (sigma, tuple((a, c) for a, (c,) in filter(None, slots)))
            for sigma, slots in filter(None, network)
        ]
        cleared([c for _, masses in found for _, c in masses], L.D.clock)  # sums stay short
        optimal_branches(L, (T.kappa, T.fit), atoms, found, where)

    lines(L, len(atoms), claim, mass, reached)


def lines(
    L: Layers,
    atoms: int,
    claim: Json,
    mass: Callable[[Json, str], Vector],
    optimal_there: Callable[[Slots, str], None],
) -> None:
    """Prove the breakpoints optimal, and that a branch is scaled between two of them.

    A slot whose branch is empty at one of two breakpoints has the other's direction. So fits and
    costs are linear on the lines, and the same at both ends.
    """
    where = "claims.branch_path"
    m, k = whole(claim["width"], where, 0), whole(claim["inner"], where, 0)
    require(L.holds(k), where, "has more inner slots than the problem")
    before: Slots | None = None
    for number, read in enumerate(array(claim["breakpoints"], where)):
        place = f"{where}.breakpoints[{number}]"
        reached = [
            None if b is None else branch(L, atoms, b, (k, mass), place)
            for b in array(read, place, m)
        ]
        whole_parts = L.parts in (1, k) or not any(reached)
        require(whole_parts, place, "a branch has not the parts of the problem")
        optimal_there(reached, place)
        for b, c in zip(before or reached, reached, strict=True):
            L.D.clock.tick()
            require(
                b is None or c is None or in_proportion(b, c),
                place,
                "a slot turns its branch",
            )
        before = reached
    require(before is not None, where, "has no breakpoint")


def branch(
    L: Layers,
    atoms: int,
    read: Json,
    of: tuple[int, Callable[[Json, str], Vector]],
    where: str,
) -> SlotBranch:
    """Return the branch of a slot: its sign, its inner slots; no mass is 0."""
    record(read, "sign slots", where)
    (k, mass), sigma = of, whole(read["sign"], where, -1, 1)
    slots: list[Slot] = []
    for entry in array(read["slots"], where, k):
        L.D.clock.tick()
        if entry is None:
            slots.append(None)
            continue
        a, told = array(entry, where, 2)
        c = mass(told, where)
        slots.append((whole(a, where, 0, atoms - 1), c))
    require(sigma != 0 and any(slots), where, "a branch is 0: write null")
    equal = len(forms_of(slots)) == k and alike(slots)
    require(L.parts == 1 or equal, where, "slots of a branch are no equal parts")
    return sigma, slots


def forms_of(slots: Sequence[Slot]) -> list[Vector]:
    """Return the masses of the slots in use."""
    return [slot[1] for slot in slots if slot is not None]


def alike(slots: Sequence[Slot]) -> bool:
    """Return whether the slots in use have one mass."""
    forms = forms_of(slots)
    return all(same(f, forms[0]) for f in forms)


def in_proportion(b: SlotBranch, c: SlotBranch) -> bool:
    """Return whether a branch is a multiple of another: masses are, or each has one mass."""
    names = [[slot and slot[0] for slot in slots] for _, slots in (b, c)]
    one, other = ([t for f in forms_of(slots) for t in f] for _, slots in (b, c))
    if b[0] != c[0] or names[0] != names[1]:
        return False
    p = next((i for i, t in enumerate(one) if not zero(t)), 0)
    crossed = same([s * other[p] for s in one], [t * one[p] for t in other])
    return crossed or (alike(b[1]) and alike(c[1]))
