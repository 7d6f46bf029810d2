"""Into how many components a rigid one lifts when its slots are told apart (general G7)."""

from collections.abc import Sequence
from math import factorial

from .supports import bits_of

__all__ = ["copies"]


def copies(
    m: int,
    sets: Sequence[int],
    members: Sequence[int],
    changes: Sequence[tuple[int, int, int, int]],
) -> int:
    """Return ``m!/|H|``: into how many components a rigid one lifts."""
    ways: dict[int, list[tuple[int, int, int]]] = {i: [] for i in members}
    for i, j, x, y in changes:
        if i in ways:
            ways[i].append((j, x, y))
    frames = {members[0]: tuple(bits_of(sets[members[0]]))}
    todo, generators = [members[0]], set()
    while todo:
        i = todo.pop()
        for j, x, y in ways[i]:
            moved = tuple(y if z == x else z for z in frames[i])
            if j not in frames:
                frames[j] = moved
                todo.append(j)
            generators.add(tuple(map(frames[j].index, moved)))
    return factorial(m) // len(_group(m, generators))


def _group(m: int, generators: set[tuple[int, ...]]) -> set[tuple[int, ...]]:
    """Return the group of permutations of m things that some generate."""
    found = {tuple(range(m))}
    todo = list(found)
    while todo:
        p = todo.pop()
        for q in generators:
            product = tuple(p[i] for i in q)
            if product not in found:
                found.add(product)
                todo.append(product)
    return found
