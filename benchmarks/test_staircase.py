"""The staircase of many vertices for all widths, and its figure. Run: make bench.

The supports are those of a product of simplices: the vertices of
``{c >= 0 : the coordinates of each block sum to 1}`` take one coordinate a block, and two of
them are joined at the number of blocks plus the number they differ in. So every level is
known without the code: all merges have level ``blocks + 1``.
"""

from itertools import product

import pytest

from polytope_nn.landscape.merge_tree import merge_tree
from polytope_nn.landscape.staircase import Staircase
from polytope_nn.report.figures.figure import staircase_figure


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
