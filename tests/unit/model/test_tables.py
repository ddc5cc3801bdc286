"""Tables: how matrices begin and grow, what files keep of them, and where their hottest rows are."""

import numpy as np
import pytest

from w2vcore.backends.run_tables import tables_of
from w2vcore.model.config import TrainingConfig
from w2vcore.model.tables import WordRates, centre_rates, input_table
from w2vcore.objectives.huffman import huffman_tree
from w2vcore.objectives.registry import objective

COLUMNS = 20


def words_of(counts, examples=1.0, tree=None, **settings):
    counts = np.array(counts)
    return WordRates(TrainingConfig(**settings), counts, centre_rates(counts, None), 6.0, examples, tree)


def table_of(name):
    return input_table(COLUMNS) if name == "input" else objective(name).tables(COLUMNS)[0]


@pytest.mark.parametrize("name", ["input", "negative", "tree"])
@pytest.mark.parametrize("vocabulary", [0, 1, 2, 7])
def test_a_matrix_of_each_size(name, vocabulary):
    table = table_of(name)
    matrix = table.begin(vocabulary, seed=1)
    assert matrix.shape == (vocabulary, COLUMNS) and matrix.dtype == np.float32
    assert table.nbytes(vocabulary) == vocabulary * 32 * 4
    assert matrix.any() == (name == "input" and vocabulary > 0)


@pytest.mark.parametrize(("name", "kept"), [("negative", [1, 2, 3]), ("tree", [1, 2])])
def test_files_and_updates_keep_the_rows_that_are_trained(name, kept):
    table = table_of(name)
    matrix = table.begin(3, seed=1)
    matrix[:] = [[1], [2], [3]]
    assert table.stored(matrix, 3)[:, 0].tolist() == kept
    assert table.restored(table.stored(matrix, 3), 3).shape == (3, COLUMNS)
    assert table.grown(matrix, before=3, now=5)[:, 0].tolist() == kept + [0] * (5 - len(kept))


def test_the_single_row_of_a_tree_of_one_word_is_kept():
    table = table_of("tree")
    assert table.stored(table.begin(1, seed=1), 1).shape == (1, COLUMNS)


def test_rows_that_are_not_those_of_the_vocabulary_are_stored_as_they_are():
    """Vectors were added to the model, or taken from it: a reader is told so when it trains."""
    table = table_of("tree")
    assert len(table.stored(table.begin(3, seed=1), 5)) == 3
    assert len(table.restored(table.begin(3, seed=1), 5)) == 3


@pytest.mark.parametrize(
    ("name", "counts", "settings", "end"),
    [
        ("input", [5, 3, 3], {}, "first"),
        ("input", [3, 5, 3], {}, None),
        ("negative", [5, 3, 3], {}, "first"),
        ("negative", [5, 3, 3], {"ns_exponent": -0.5}, None),
        ("negative", [3, 5, 3], {"ns_exponent": 0.0}, None),
        ("tree", [5, 3, 3], {}, "last"),
        ("tree", [3, 5, 3], {}, None),
    ],
)
def test_the_end_at_which_the_hottest_rows_are(name, counts, settings, end):
    table, words = table_of(name), words_of(counts, **settings)
    assert table.hot_end(words) == end
    order, rates = table.hottest(words), table.update_rates(words)
    assert sorted(order) == list(range(len(counts)))
    assert (np.diff(rates[order]) <= 0).all()
    if end == "first":
        assert order.tolist() == list(range(len(counts)))
    elif end == "last":
        assert order[0] == len(counts) - 2  # the root; the row after it is of no node


def test_a_tree_whose_last_nodes_are_not_the_hottest():
    """As after an update of the vocabulary: new nodes have the last numbers, wherever they are."""
    tree = huffman_tree(np.array([9, 5, 1]))
    table = table_of("tree")
    assert table.hot_end(words_of([9, 5, 1], tree=tree)) == "last"
    swapped = type(tree)(np.where(tree.children < 0, -3 - tree.children, tree.children)[::-1].copy())
    assert table.hot_end(words_of([9, 5, 1], tree=swapped)) is None


def test_rates_add_up():
    """An example updates an input row, the centre and the noise words, or the nodes of a path."""
    words = words_of([5, 3, 2], examples=6.0, negative=4)
    assert table_of("input").update_rates(words).sum() == pytest.approx(6.0)
    assert table_of("negative").update_rates(words).sum() == pytest.approx(6.0 * 5)
    assert table_of("tree").update_rates(words).sum() == pytest.approx(6.0 * (5 + 2 * 3 + 2 * 2) / 10)


def test_words_that_were_never_counted_have_rates():
    words = words_of([0, 0])
    for name in ("input", "negative", "tree"):
        assert np.isfinite(table_of(name).update_rates(words)).all()


def test_tables_of_one_run_have_names_of_their_own(monkeypatch):
    monkeypatch.setattr(objective("tree"), "name", "negative")
    with pytest.raises(ValueError, match=r"names and attributes of their own, got input \(wv.vectors\), negative"):
        tables_of("cbow", ["tree", "negative"], COLUMNS)
