"""Turns of a system that leave it as it is, searched for: permutations of its samples and faces.

Outside the trusted base, as all that :mod:`.lift` derives (``claims.identities.turned``).
"""

from collections.abc import Iterator, Sequence
from typing import Any

from .lift_solving import Row, spread, sums

MOST = 4000  # partial turns that are looked at


def turn(E: Any, form: Row) -> list[Any] | None:
    """Return shares of the columns of Z and of those tied, and a turn that makes the rest 0.

    Samples may change places where their equations are one and their entries of kappa not
    proved apart.
    """
    from .claims.identities import gathered

    S = E.S
    for samples in turns(S, E.kappa):
        of = [gathered([*v], samples) for v in (form, *S.Z, *S.level)]
        target, *columns = ([t for k, t in enumerate(v) if k not in E.known] for v in of)
        parts = spread(columns, target, S.D.clock)
        if sums(columns, parts, target) != target:
            continue
        faces = places(S, samples)
        free = matched(list(map(tuple, S.Z)), [moved(z, samples) for z in S.Z])
        if faces is not None and free is not None:
            return [parts[: len(S.Z)], parts[len(S.Z) :], samples, faces, free]
    return None


def turns(S: Any, kappa: Sequence[Any]) -> Iterator[list[int]]:
    """Yield permutations of the samples that keep equations, and products in all faces."""
    n = S.D.n

    def alike(i: int, j: int) -> bool:
        together = kappa[i].low <= kappa[j].high and kappa[j].low <= kappa[i].high
        return i == j or (together and S.equation(i) == S.equation(j))

    may = [[j for j in range(n) if alike(i, j)] for i in range(n)]
    if all(len(row) == 1 for row in may):
        return
    seen: dict[tuple[int, int], list[Any]] = {}

    def products(i: int, j: int) -> list[Any]:
        if (i, j) not in seen:
            S.D.clock.tick()
            seen[i, j] = sorted(f.product(i, j) for f in S.faces)
        return seen[i, j]

    waiting, looked = [[j] for j in reversed(may[0])], 0
    while waiting and looked < MOST:
        looked += 1
        part = waiting.pop()
        i, j = len(part) - 1, part[-1]
        if any(products(p, i) != products(q, j) for p, q in enumerate(part)):
            continue
        if len(part) == n:
            yield part
            continue
        waiting += [[*part, t] for t in reversed(may[i + 1]) if t not in part]


def places(S: Any, samples: Sequence[int]) -> list[int] | None:
    """Return where the faces go; None if one goes to none."""

    def form(f: Any, at: Sequence[int]) -> tuple[Any, ...]:
        S.D.clock.tick()
        return tuple(f.product(i, j) for i in at for j in at)

    return matched(
        [form(f, samples) for f in S.faces], [form(f, range(S.D.n)) for f in S.faces]
    )


def moved(z: Sequence[Any], samples: Sequence[int]) -> tuple[Any, ...]:
    """Return a column of which the entries have changed places."""
    found = list(z)
    for i, j in enumerate(samples):
        found[j] = z[i]
    return tuple(found)


def matched(those: list[Any], wanted: list[Any]) -> list[int] | None:
    """Return for each that is wanted the place of its own one among those; None without one."""
    free = list(range(len(those)))
    found = []
    for x in wanted:
        place = next((i for i in free if those[i] == x), None)
        if place is None:
            return None
        free.remove(place)
        found.append(place)
    return found
