"""Classes that users derive from KeyedVectors: built from files without a call of their constructor, attributes kept."""

import numpy as np
import pytest

from w2vcore import KeyedVectors


class Items(KeyedVectors):
    """Takes what KeyedVectors does not know."""

    def __init__(self, titles):
        super().__init__(2)
        self.titles = titles
        self.add_vectors(list(titles), np.eye(len(titles), 2))

    def title(self, key):
        return self.titles[key]


@pytest.fixture
def items():
    return Items({"a": "Anna Karenina", "b": "Buddenbrooks"})


def test_save_and_load(items, tmp_path):
    items.save(tmp_path / "items")
    for mmap in (None, "r"):
        loaded = Items.load(tmp_path / "items", mmap=mmap)
        assert type(loaded) is Items and loaded.title("b") == "Buddenbrooks"
        assert loaded.most_similar("a", topn=1) == items.most_similar("a", topn=1)


@pytest.mark.parametrize("binary", [False, True])
def test_other_formats(items, tmp_path, binary):
    items.save_word2vec_format(tmp_path / "items", binary=binary)
    loaded = Items.load_word2vec_format(tmp_path / "items", binary=binary)
    assert type(loaded) is Items and np.array_equal(loaded.vectors, items.vectors)
    assert type(Items.load_any(tmp_path / "items")) is Items
