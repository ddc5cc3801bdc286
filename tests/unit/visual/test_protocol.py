"""Pictures need a few members of vectors, whatever class has them."""

import numpy as np
import pytest

from w2vcore import KeyedVectors, Word2Vec
from w2vcore.visual.projector import export_projector
from w2vcore.visual.protocol import ShownVectors, check_vectors
from w2vcore.visual.shown import counts_of, names_of, rows_of

KEYS = ["road", "sun", "the"]


class Table:
    """Vectors of another library: the members of the protocol, and nothing else."""

    def __init__(self):
        self.index_to_key = KEYS
        self.vectors = np.array([[0.5, 1], [0.25, -1], [1, 1]])
        self.expandos = {"count": np.array([3, 5, 9])}

    def __len__(self):
        return len(KEYS)

    def get_index(self, key):
        return KEYS.index(key)


def keyed():
    kv = KeyedVectors(2)
    kv.add_vectors(KEYS, Table().vectors, extras=Table().expandos)
    return kv


def test_another_class_is_shown_as_keyed_vectors_are(tmp_path):
    assert check_vectors(Table()) and isinstance(keyed(), ShownVectors)
    for number, wv in enumerate((Table(), keyed())):
        rows = rows_of(wv, None, 2)
        assert names_of(wv, rows) == ["the", "sun"] and counts_of(wv, rows) == [9, 5]
        export_projector(wv, tmp_path / str(number))
    for name in ("vectors.tsv", "metadata.tsv"):
        assert (tmp_path / "0" / name).read_text() == (tmp_path / "1" / name).read_text()


@pytest.mark.parametrize("member", ["index_to_key", "vectors", "expandos"])
def test_a_member_that_is_missing(member):
    table = Table()
    delattr(table, member)
    with pytest.raises(TypeError, match=r"wv must be KeyedVectors, got Table$"):
        check_vectors(table)


def test_a_model_is_told_from_its_vectors():
    with pytest.raises(TypeError, match=r"wv must be KeyedVectors, got Word2Vec: pass model\.wv"):
        check_vectors(Word2Vec())
