"""Huffman trees: prefix-free, of least cost, and with gensim's node numbers and codes."""

import heapq
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import count_lists

from w2vcore.objectives.huffman import huffman
from w2vcore.objectives.reference_paths import huffman_paths

# What gensim 4.4.0 stores for words with these counts, none of which equals another or a sum: count, code, points.
GENSIM = [
    (136, "00", [10, 8]),
    (124, "111", [10, 9, 7]),
    (102, "101", [10, 9, 6]),
    (80, "011", [10, 8, 5]),
    (71, "010", [10, 8, 5]),
    (62, "1101", [10, 9, 7, 4]),
    (43, "1001", [10, 9, 6, 3]),
    (41, "1000", [10, 9, 6, 3]),
    (19, "11000", [10, 9, 7, 4, 2]),
    (13, "110010", [10, 9, 7, 4, 2, 1]),
    (10, "1100111", [10, 9, 7, 4, 2, 1, 0]),
    (6, "1100110", [10, 9, 7, 4, 2, 1, 0]),
]


def paths(tree):
    """(points, codes) of each id, as lists."""
    return [
        (tree.points[start:stop].tolist(), tree.codes[start:stop].tolist())
        for start, stop in pairwise(tree.offsets.tolist())
    ]


def least_cost(counts):
    """Sum of count times code length of the best prefix code: the sum of all inner nodes, in exact integers."""
    heap, cost = [int(count) for count in counts], 0
    heapq.heapify(heap)
    while len(heap) > 1:
        both = heapq.heappop(heap) + heapq.heappop(heap)
        cost += both
        heapq.heappush(heap, both)
    return cost


def assert_is_a_code(counts, found):
    codes = ["".join(map(str, code)) for _, code in found]
    in_order = sorted(codes)
    for one, following in pairwise(in_order):  # a prefix sorts right before what it begins
        assert not following.startswith(one)
    # Kraft's sum is 1: no code could be shorter with the others as they are
    assert len(counts) == 1 or sum(2 ** (64 * 2 - len(code)) for code in codes) == 2 ** (64 * 2)
    assert sum(int(count) * len(code) for count, code in zip(counts, codes, strict=True)) == least_cost(counts)


@settings(deadline=None, max_examples=300)
@given(count_lists)
def test_codes_are_prefix_free_and_of_least_cost(counts):
    assert_is_a_code(counts, paths(huffman(np.array(counts, np.int64))))


@settings(deadline=None)
@given(count_lists)
def test_points_name_the_nodes_that_the_codes_pass(counts):
    found = paths(huffman(np.array(counts, np.int64)))
    node_at = {}
    for points, code in found:
        assert len(points) == len(code)
        for depth, point in enumerate(points):
            assert node_at.setdefault(tuple(code[:depth]), point) == point
    assert sorted(node_at.values()) == list(
        range(len(counts) - 1)
    )  # each inner node is passed at one place, all are used
    if len(counts) > 1:
        assert node_at[()] == len(counts) - 2  # the root is made last


@settings(deadline=None, max_examples=300)
@given(count_lists)
def test_tree_is_the_one_of_a_plain_heap(counts):
    assert paths(huffman(np.array(counts, np.int64))) == huffman_paths(counts)


@settings(deadline=None)
@given(st.permutations(GENSIM))
def test_codes_and_node_numbers_are_those_of_gensim(words):
    expected = [(points, [int(bit) for bit in code]) for _, code, points in words]
    counts = [count for count, _, _ in words]
    assert paths(huffman(np.array(counts))) == expected
    assert huffman_paths(counts) == expected


def test_sums_past_2_to_the_53_stay_exact():
    # in doubles 2**53 + 1 is 2**53, and the two smallest would not be told from the others
    counts = [2**53 + 4, 2**53 + 3, 2**53 + 2, 2**53 + 1, 2**53]
    lengths = np.diff(huffman(np.array(counts)).offsets)
    assert lengths.tolist() == [2, 2, 2, 3, 3]
    assert_is_a_code(counts, paths(huffman(np.array(counts))))


@pytest.mark.parametrize("words", [61, 90])
def test_the_deepest_tree(words):
    counts = [1, 1]
    while len(counts) < words:
        counts.append(counts[-1] + counts[-2])
    tree = huffman(np.array(counts[::-1], np.int64))
    assert_is_a_code(counts[::-1], paths(tree))
    assert tree.max_depth == words - 1


def test_one_key_has_an_empty_path():
    tree = huffman(np.array([7]))
    assert paths(tree) == [([], [])]
    assert tree.offsets.tolist() == [0, 0]
    assert tree.max_depth == 0


@pytest.mark.parametrize("counts", [[5, 2], [2, 5], [3, 3]])
def test_two_keys_take_one_turn(counts):
    tree = huffman(np.array(counts))
    assert [points for points, _ in paths(tree)] == [[0], [0]]
    rarer = 1 if counts[0] >= counts[1] else 0
    assert paths(tree)[rarer][1] == [0]
    assert paths(tree)[1 - rarer][1] == [1]


def test_types_are_those_of_the_kernels():
    tree = huffman(np.array([3, 2, 1], np.int32))
    assert (tree.offsets.dtype, tree.points.dtype, tree.codes.dtype) == (np.int64, np.uint32, np.uint8)
