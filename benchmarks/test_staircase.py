"""The staircase of many vertices for all widths, and its figure. Run: make bench.

The supports are those of a product of simplices: the vertices of
``{c >= 0 : the coordinates of each block sum to 1}`` take one coordinate a block, and two of
them are joined at the number of blocks plus the number they differ in. So every level is
known without the code: all merges have level ``blocks + 1``.
"""

from itertools import product

import pytest

from polytope_nn.geometry.double_description import slice_vertices
from polytope_nn.landscape.merge_tree import merge_tree
from polytope_nn.landscape.staircase import Staircase
from polytope_nn.report.figures.figure import staircase_figure

from .test_polyhedra import zeros_and_ones


def supports(blocks, size):
    return [
        sum(1 << (size * block + i) for block, i in enumerate(chosen))
        for chosen in product(range(size), repeat=blocks)
    ]


@pytest.mark.parametrize("blocks, size", [(3, 10), (4, 10), (13, 2)])
def test_all_widths_of_a_product_of_simplices(benchmark, blocks, size):
    bits = supports(blocks, size)
    rank = blocks * (size - 1) + 1

    def made():
        merges = merge_tree(bits)
        S = Staircase((blocks,) * len(bits), merges, rank, rank, rank, vanishes=False)
        return S, list(S)

    S, steps = benchmark.pedantic(made, rounds=1)
    assert {level for level, _, _ in S.merges} == {blocks + 1}
    assert S.threshold == blocks + 1
    assert steps[0].polytope_components == len(bits)
    assert steps[-1].components == 1


def test_the_figure_of_ten_thousand_vertices(benchmark):
    bits = supports(4, 10)
    S = Staircase((4,) * len(bits), merge_tree(bits), 37, 37, 37, vanishes=False)
    picture = benchmark.pedantic(staircase_figure, (S, "product", ".svg"), rounds=1)
    assert picture.startswith(b"<?xml")


@pytest.mark.parametrize("antichain", [False, True])
@pytest.mark.benchmark(group="merge tree of 17 551 supports of five sizes")
def test_mixed_supports(benchmark, antichain):
    vertices = slice_vertices(*zeros_and_ones(9, 28, 1))
    bits = [sum(1 << i for i, x in enumerate(c) if x) for c in vertices]
    tree = benchmark.pedantic(merge_tree, (bits,), {"antichain": antichain}, rounds=1)
    assert len({b.bit_count() for b in bits}) > 1
    assert tree == merge_tree(bits, antichain=True)
