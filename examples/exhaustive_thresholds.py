"""How tight is ``min{m* + M*, r_P + 1}``? The exact threshold over all small data sets.

All sets of n distinct nonzero rows with entries in -h..h, kappa = 1, and every fit that is the
sum of 2 or 3 features. With kappa = 1 the atoms are the longest sums of rows: for every u,
``sum_k (x_k'u)_+ = max_S (sum_S x_k)'u``, so beta is the length of the longest sum, and the
longest ones are the atoms' g. Everything is in integers.

    python exhaustive_thresholds.py                    the small families, in seconds
    python exhaustive_thresholds.py --all [--jobs N]   406 639 data sets, in minutes
    python exhaustive_thresholds.py --all --dask tcp://scheduler:8786
"""

import argparse
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import nullcontext
from fractions import Fraction
from importlib import import_module
from itertools import combinations, islice, product
from math import comb

from polytope_nn.exact.integer import independent_integer_rows
from polytope_nn.geometry.double_description import slice_vertices
from polytope_nn.landscape.merge_tree import Staircase, merge_tree
from polytope_nn.landscape.supports import support

Family = tuple[int, int, int]  # d, n, h
Row = tuple[int, ...]
SMALL: list[Family] = [(2, 2, 1), (2, 3, 1), (2, 4, 1), (2, 5, 1), (3, 2, 1), (3, 3, 1)]
ALL: list[Family] = [*SMALL, (3, 4, 1), (3, 5, 1), (2, 3, 2), (2, 4, 2), (3, 3, 2)]
CHUNK = 4000  # data sets of one task


def atoms(X: tuple[Row, ...]) -> list[Row]:
    """Return the features of the atoms for kappa = 1, sorted."""
    sums = [(0,) * len(X[0])]
    for x in X:
        sums += [tuple(s + t for s, t in zip(g, x, strict=True)) for g in sums]
    lengths = [sum(t * t for t in g) for g in sums]
    most = max(lengths)
    tight = {g for g, length in zip(sums, lengths, strict=True) if length == most}
    return sorted(
        {
            tuple(max(0, sum(s * t for s, t in zip(x, g, strict=True))) for x in X)
            for g in tight
        }
    )


def counted(family: Family, first: int, last: int) -> Counter[tuple[object, ...]]:
    """Return what was counted over the data sets first, ..., last - 1 of a family."""
    d, n, h = family
    rows = [x for x in product(range(-h, h + 1), repeat=d) if any(x)]
    found: Counter[tuple[object, ...]] = Counter()
    for X in islice(combinations(rows, n), first, last):
        found["data",] += 1
        F = atoms(X)
        if len(F) < 3:
            continue
        rank = len(independent_integer_rows(F))
        if rank == len(F):
            continue
        found["dependent",] += 1
        for fit in fits(F):
            S = staircase_of(F, fit, rank)
            if len(S.sizes) > 1:
                by_rank = min(S.m_star + S.M_star, rank + 1)
                found["instances",] += 1
                found["r", by_rank - S.threshold] += 1
                found["r_P", S.bound - S.threshold] += 1
                found["seen", S.m_star, S.M_star, S.used_rank, S.threshold] += 1
    return found


def fits(F: list[Row]) -> list[Row]:
    """Return all sums of 2 or 3 features, each once."""
    chosen = (c for k in (2, 3) for c in combinations(F, k))
    return sorted({tuple(map(sum, zip(*c, strict=True))) for c in chosen})


def staircase_of(F: list[Row], fit: Row, rank: int) -> Staircase:
    """Return the staircase of ``{c >= 0 : F c = fit}``."""
    A = [[Fraction(t) for t in row] for row in zip(*F, strict=True)]
    supports = [support(c) for c in slice_vertices(A, [Fraction(t) for t in fit])]
    used = [f for a, f in enumerate(F) if any(bits >> a & 1 for bits in supports)]
    sizes = tuple(bits.bit_count() for bits in supports)
    own = len(independent_integer_rows(used))
    return Staircase(sizes, merge_tree(supports), rank, own, len(fit), vanishes=False)


def tasks(families: list[Family]) -> Iterator[tuple[Family, int, int]]:
    """Yield the families in pieces of at most CHUNK data sets."""
    for d, n, h in families:
        total = comb((2 * h + 1) ** d - 1, n)
        for first in range(0, total, CHUNK):
            yield (d, n, h), first, min(first + CHUNK, total)


def swept(
    families: list[Family], executor: Executor | None = None
) -> Counter[tuple[object, ...]]:
    """Return the counts of all families, on any executor: the sum does not depend on it."""
    if executor is None:
        return sum((counted(*task) for task in tasks(families)), Counter())
    futures = [executor.submit(counted, *task) for task in tasks(families)]
    return sum((future.result() for future in futures), Counter())


def main() -> None:
    """Sweep, and print how far the bounds are from the threshold."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--all", action="store_true", help="all families, some minutes")
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    parser.add_argument("--dask", metavar="ADDRESS", help="a Dask scheduler's address")
    args = parser.parse_args()
    families = ALL if args.all else SMALL
    if args.dask:
        client = import_module("distributed").Client(args.dask)
        found = swept(families, client.get_executor())
    else:
        with ProcessPoolExecutor(args.jobs) if args.jobs > 1 else nullcontext() as executor:
            found = swept(families, executor)
    print(
        f"{found['data',]} data sets, {found['dependent',]} with dependent features, "
        f"{found['instances',]} instances with more than one vertex"
    )
    for name in ("r", "r_P"):
        gaps = {
            key[1]: times for key, times in sorted(found.items(), key=str) if key[0] == name
        }
        print(f"min{{m* + M*, {name} + 1}} less the threshold: {gaps}")
    for key, times in sorted((k, t) for k, t in found.items() if k[0] == "seen"):
        m_star, M_star, rank, threshold = key[1:]
        print(
            f"m* = {m_star}, M* = {M_star}, r_P = {rank}: threshold {threshold} ({times})"
        )


if __name__ == "__main__":
    main()
