"""Trees that grow: what old nodes stand for stays, and new words come where the codes are shortest."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import count_lists

from w2vcore.objectives.code_tree import CodeTree, checked, tree_of_paths
from w2vcore.objectives.growth import grown
from w2vcore.objectives.huffman import huffman_tree
from w2vcore.objectives.reference_paths import tree_paths

small_counts = st.lists(st.integers(0, 50), min_size=1, max_size=12)


def paths(tree):
    """(points, codes) of each id, as lists."""
    found = tree.paths()
    return [
        (found.points[start:stop].tolist(), found.codes[start:stop].tolist())
        for start, stop in pairwise(found.offsets.tolist())
    ]


def cost(tree, counts):
    """How many decisions all occurrences of all words take."""
    return sum(count * len(code) for count, (_, code) in zip(counts, paths(tree), strict=True))


def tree_of(generations):
    """A tree that has grown by these counts, and the counts of all its words."""
    counts = list(generations[0])
    tree = huffman_tree(np.array(counts, np.int64))
    for more in generations[1:]:
        counts += more
        tree = grown(tree, np.array(counts, np.int64))
    return tree, counts


def assert_is_a_tree(tree):
    """All codes differ, none begins another one, none could be shorter, and a node is passed in one place alone."""
    found = paths(tree)
    codes = sorted("".join(map(str, code)) for _, code in found)
    assert not any(following.startswith(one) for one, following in pairwise(codes))
    longest = max(map(len, codes))
    assert sum(2 ** (longest - len(code)) for code in codes) == 2**longest
    node_at = {}
    for points, code in found:
        for depth, point in enumerate(points):
            assert node_at.setdefault(tuple(code[:depth]), point) == point
    assert sorted(node_at.values()) == list(range(tree.words - 1))


generations = st.lists(st.lists(st.integers(0, 10**6), max_size=8), max_size=4)


@settings(deadline=None, max_examples=100)
@given(count_lists, generations)
def test_a_grown_tree_is_a_tree(first, more):
    tree, counts = tree_of([first, *more])
    assert tree.words == len(counts)
    assert_is_a_tree(tree)
    assert paths(tree) == tree_paths(tree.children.tolist())


@settings(deadline=None, max_examples=100)
@given(count_lists, st.lists(st.integers(0, 10**6), min_size=1, max_size=10))
def test_old_words_keep_their_way(first, more):
    """Some pass one more node, the last one, and all others keep their paths; new words share the way to that node."""
    old = huffman_tree(np.array(first, np.int64))
    new = grown(old, np.array(first + more, np.int64))
    node, before, after = new.words - 2, paths(old), paths(new)
    branch = after[old.words][0]
    for was, now in zip(before, after, strict=False):
        if node not in now[0]:
            assert now == was
            continue
        at = now[0].index(node)
        assert (now[0][:at] + now[0][at + 1 :], now[1][:at] + now[1][at + 1 :]) == was
    way = branch[: branch.index(node) + 1]
    assert all(points[: len(way)] == way for points, _ in after[old.words :])
    assert all(set(points[len(way) :]) <= set(range(old.words - 1, node)) for points, _ in after[old.words :])


def everywhere(tree, counts):
    """The same words in every other place: an oracle in a few lines."""
    branch = grown(tree, counts)
    first, node = len(tree.children), branch.words - 2
    joint = branch.children[node].tolist()
    top = next(child for child in joint if child >= tree.words or (child < 0 and -1 - child >= first))
    for place in [-1 - number for number in range(first)] + list(range(tree.words)):
        children = np.concatenate([tree.children, branch.children[first:node], [[top, place]]])
        children[:first][tree.children == place] = -1 - node
        yield checked(children)


@settings(deadline=None)
@given(small_counts, st.lists(st.integers(0, 50), min_size=1, max_size=6))
def test_no_other_place_makes_codes_shorter(first, more):
    counts = np.array(first + more, np.int64)
    old = huffman_tree(counts[: len(first)])
    best = cost(grown(old, counts), first + more)
    costs = [cost(tree, first + more) for tree in everywhere(old, counts)]
    assert len(costs) == 2 * len(first) - 1
    assert best == min(costs)


def test_rare_words_go_deep_and_frequent_ones_to_the_top():
    first = [1000 // (rank + 1) for rank in range(200)]
    old = huffman_tree(np.array(first))
    root = old.words - 2
    for count, deepest in ((1, 12), (50, 7), (100_000, 1)):
        new = grown(old, np.array([*first, count]))
        assert len(paths(new)[-1][0]) <= deepest
    assert paths(new)[-1][0] == [root + 1]  # a word that is most of the text is one turn away
    assert all(points[:2] == [root + 1, root] for points, _ in paths(new)[:-1])


def test_without_new_words_the_tree_stays():
    tree = huffman_tree(np.array([5, 2, 1]))
    assert grown(tree, np.array([5, 90, 1])) is tree


@pytest.mark.parametrize(("old", "new"), [([5], [3]), ([5], [3, 3, 1]), ([3], [5])])
def test_a_tree_of_one_word_grows(old, new):
    tree, counts = tree_of([old, new])
    assert_is_a_tree(tree)
    assert cost(tree, counts) == cost(huffman_tree(np.array(counts)), counts)
    rarer_is_left = paths(tree)[0][1][0] == int(old[0] > sum(new))
    assert rarer_is_left


@settings(deadline=None)
@given(count_lists, generations)
def test_weights_are_sums_over_the_words_below(first, more):
    tree, counts = tree_of([first, *more])
    expected = [0] * (tree.words - 1)
    for count, (points, _) in zip(counts, paths(tree), strict=True):
        for point in points:
            expected[point] += count
    assert tree.weights(np.array(counts, np.int64)).tolist() == expected


@settings(deadline=None)
@given(count_lists, generations, st.randoms(use_true_random=False))
def test_words_in_another_order_keep_their_paths(first, more, random):
    tree, counts = tree_of([first, *more])
    order = list(range(len(counts)))
    random.shuffle(order)
    before = paths(tree)
    assert paths(tree.reordered(np.array(order))) == [before[row] for row in order]


# ---------------------------------------------------------------------- from files


@settings(deadline=None)
@given(count_lists, generations)
def test_a_tree_comes_back_from_its_paths(first, more):
    tree, _ = tree_of([first, *more])
    found = tree.paths()
    again = tree_of_paths(found.offsets, found.points.astype(np.int64), found.codes.astype(np.int64))
    assert again.same_as(tree)
    assert checked(tree.children.astype(np.int32)).same_as(tree)


@settings(deadline=None, max_examples=150)
@given(small_counts, st.data())
def test_damaged_paths_are_no_tree(counts, data):
    """One number is another one: a tree with exactly these paths, or none."""
    found = huffman_tree(np.array(counts, np.int64)).paths()
    arrays = [found.offsets.copy(), found.points.astype(np.int64), found.codes.astype(np.int64)]
    which = data.draw(st.integers(0, 2))
    if len(arrays[which]):
        at = data.draw(st.integers(0, len(arrays[which]) - 1))
        arrays[which][at] = data.draw(st.integers(-3, len(counts) + 3))
    tree = tree_of_paths(*arrays)
    if tree is not None:
        assert_is_a_tree(tree)
        assert tree.paths().points.tolist() == arrays[1].tolist()
        assert tree.paths().codes.tolist() == arrays[2].tolist()


@settings(deadline=None, max_examples=150)
@given(st.integers(0, 6).flatmap(lambda n: st.lists(st.integers(-n - 1, n + 1), min_size=2 * n, max_size=2 * n)))
def test_any_numbers_are_a_tree_or_an_error(numbers):
    children = np.array(numbers, np.int64).reshape(-1, 2)
    try:
        tree = checked(children)
    except ValueError as error:
        assert "these are no children of a tree" in str(error)
    else:
        assert_is_a_tree(tree)


@pytest.mark.parametrize(
    ("children", "fault"),
    [
        ([[1, 2], [-1, 3]], "node 1 has the child 3, which is neither a word nor a node"),
        ([[1, 2], [-3, 0]], "node 1 has the child -3"),
        ([[1, 2], [-1, 1]], "node 1 has a child that is also one of node 0"),
        ([[1, 2], [-1, -2]], "a word is in no place of the tree"),
        ([[1, 2], [-2, 0]], "1 nodes are in a circle"),
        ([[1.0, 0.0]], "an array of float64"),
        ([0, 1], r"shape \(2,\)"),
    ],
)
def test_what_is_wrong_with_children(children, fault):
    with pytest.raises(ValueError, match=fault):
        checked(np.array(children))


def test_types_are_those_of_the_kernels():
    found = CodeTree(np.array([[1, 0]])).paths()
    assert (found.offsets.dtype, found.points.dtype, found.codes.dtype) == (np.int64, np.uint32, np.uint8)
