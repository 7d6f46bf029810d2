"""The condensed merge tree keeps every vertex and every level that is drawn."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from polytope_nn.landscape.merge_tree import merge_tree
from polytope_nn.report.tree import condensed, rows


def vertices(branch):
    inside = sum(map(vertices, branch.children)) if branch.children else 1
    return branch.times * inside


def levels(branch):
    for child in branch.children:
        assert child.level <= branch.level
        levels(child)


supports = st.lists(st.integers(1, 2**9 - 1), min_size=1, max_size=40, unique=True)


@given(supports)
def test_the_whole_tree_has_a_row_for_each_vertex(found):
    sizes = [bits.bit_count() for bits in found]
    trunk = condensed(sizes, merge_tree(found), most=1000)
    assert rows(trunk) == vertices(trunk) == len(found)
    levels(trunk)


@given(supports)
def test_sheaves_lose_no_vertex(found):
    sizes = [bits.bit_count() for bits in found]
    whole = condensed(sizes, merge_tree(found), most=1000)
    trunk = condensed(sizes, merge_tree(found), most=3)
    assert trunk.level == whole.level
    assert rows(trunk) <= rows(whole)
    levels(trunk)


def test_ten_thousand_vertices_fit():
    found = sorted({(i * 2654435761) % 2**24 | 1 for i in range(10_000)})
    sizes = [bits.bit_count() for bits in found]
    merges = [
        (max(a, b) + 3, i, i + 1) for i, (a, b) in enumerate(itertools.pairwise(sizes))
    ]
    trunk = condensed(sizes, sorted(merges))
    assert rows(trunk) <= 28


def test_a_single_vertex():
    trunk = condensed([3], [])
    assert (trunk.level, rows(trunk)) == (3, 1)
