"""Items that are integers, through every format: they come back as integers, or asking for one is an error."""

from pathlib import Path

import numpy as np
import pytest

from w2vcore import KeyedVectors, Word2Vec
from w2vcore.cli.formats import by_ending, save_vectors
from w2vcore.formats.registry import FORMATS, get
from w2vcore.recommend import Recommender

NAMES = [*("v.safetensors", "v.parquet", "v.arrow", "v.npz", "v.npy", "v.txt", "v.bin", "v.glove", "v.tsv", "v.fifu")]


@pytest.fixture(scope="module")
def model():
    rng = np.random.default_rng(8)
    sessions = rng.integers(0, 40, size=(60, 6)) + 2850  # 2872 is a row number to nobody
    return Word2Vec(sessions, vector_size=6, min_count=1, workers=1, seed=2)


@pytest.mark.parametrize("name", NAMES)
def test_an_item_is_never_another_item(model, name, tmp_path):
    if name.endswith((".parquet", ".arrow")):
        pytest.importorskip("pyarrow")
    (path, *_) = save_vectors(model.wv, tmp_path / name, by_ending(tmp_path / name))
    again = KeyedVectors.load_any(path)
    if isinstance(again.index_to_key[0], int):
        np.testing.assert_array_equal(again[2872], model.wv[2872])
    else:  # the way out
        for item in (2872, 3):  # an item, and a number that might be a row
            with pytest.raises(KeyError):
                again[item]
    again = KeyedVectors.load_any(path, keys=int)
    np.testing.assert_allclose(again[2872], model.wv[2872], rtol=1e-6)
    asked = [[2872], [2855, 2860]]
    expected = Recommender(model, "similar", cold=None).recommend_batch(asked, topn=5)
    assert Recommender(again, "similar", cold=None).recommend_batch(asked, topn=5).items() == expected.items()


def test_no_format_is_left_out():
    written = {name for name in FORMATS if hasattr(get(name), "write")}
    # fastText's and floret's hold words by their n-grams, and gensim's is only read
    assert {by_ending(Path(name)) for name in NAMES} == written - {"fasttext_binary", "floret", "gensim"}
