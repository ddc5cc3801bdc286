"""gensim's saves of Doc2Vec are read whole: words, tags, output matrices and settings are the same to the bit.

Most of it runs where W2VCORE_GENSIM_PYTHON names a Python that has gensim 4.4.0. One save, of documents with both kinds of tags, is
in the folder `gensim`. Saves of gensim 0.12 to 3.4 are in gensim's own test data; gensim 4.4.0 itself opens none of them.
"""

import os
import subprocess
from pathlib import Path

import numpy as np
import pytest

from w2vcore.formats import gensim_documents

PYTHON = os.environ.get("W2VCORE_GENSIM_PYTHON")
HERE = Path(__file__).parent / "gensim"
SCRIPT = HERE / "documents.py"
needs_gensim = pytest.mark.skipif(not PYTHON, reason="set W2VCORE_GENSIM_PYTHON to a Python that has gensim 4.4.0")
NAMES = [
    f"{kind}_{tags}_{objective}"
    for kind in ("dbow", "words", "mean", "sum", "concat")
    for tags in ("int", "str", "both")
    for objective in ("neg", "hs", "two")
]


def ask(*arguments):
    subprocess.run([PYTHON, SCRIPT, *arguments], check=True, capture_output=True, cwd=arguments[0], timeout=300)


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    folder = tmp_path_factory.mktemp("documents")
    ask(folder)
    return folder


def check(snapshot, held):
    """A snapshot holds what gensim has."""
    arrays, settings = snapshot.arrays, snapshot.settings
    assert snapshot.kind == "doc2vec"
    assert [key.rstrip("\0") for key in snapshot.keys] == held["words"].tolist()  # NumPy drops the null word's NUL
    np.testing.assert_array_equal(arrays["vectors"], held["vectors"])
    np.testing.assert_array_equal(arrays["counts"], held["counts"])
    np.testing.assert_array_equal(arrays["tags"], held["tag_vectors"])
    tags = [int(tag) if is_int else tag for tag, is_int in zip(held["tags"].tolist(), held["is_int"], strict=True)]
    assert arrays["tags.keys"].tolist() == tags
    assert (arrays["tags.keys"].dtype == np.int64) == held["is_int"].all()
    for name, stored in (("negative", "syn1neg"), ("tree", "syn1")):
        assert (name in arrays) == (stored in held)
        if name in arrays:
            rows = slice(None, -1) if name == "tree" else slice(None)  # the last row of a tree belongs to no node
            np.testing.assert_array_equal(arrays[name], held[stored][rows])
    for name in ("doc_count", "word_count"):
        assert (f"tags.{name}" in arrays) == (name in held)
        if name in held:
            np.testing.assert_array_equal(arrays[f"tags.{name}"], held[name])
    for name in held:
        if name.startswith("set_"):
            assert settings[name.removeprefix("set_")] == held[name]


@needs_gensim
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("apart, mmap", [("", None), ("apart_", None), ("apart_", "r")])
def test_saves_of_gensim_4(saved, name, apart, mmap):
    snapshot = gensim_documents.read_model(saved / (apart + name), mmap)
    check(snapshot, np.load(saved / f"{name}.npz"))
    assert all(isinstance(snapshot.arrays[array], np.memmap) == (mmap == "r") for array in ("vectors", "tags"))


@needs_gensim
def test_saves_of_gensim_0_12_to_3_4(tmp_path):
    code = "import gensim.test.utils; print(gensim.test.utils.datapath(''))"
    said = subprocess.run([PYTHON, "-c", code], check=True, capture_output=True, text=True, cwd=tmp_path).stdout
    data = Path(said.strip())
    found = [*sorted(data.glob("old_d2v_models/*.mdl")), data / "doc2vec_old", data / "doc2vec_old_sep"]
    assert len(found) >= 20
    for path in found:
        snapshot = gensim_documents.read_model(path)
        arrays = snapshot.arrays
        tags = 300 if path.name.startswith("doc2vec_old") else 2
        assert arrays["tags.keys"].tolist() == [*range(tags)]
        assert arrays["tags"].shape == (tags, snapshot.settings["vector_size"])
        assert np.isfinite(arrays["tags"]).all() and arrays["tags"].any(axis=1).all()
        rows, size = arrays["vectors"].shape
        assert arrays["tree" if snapshot.settings["hs"] else "negative"].shape == (rows - snapshot.settings["hs"], size)
        assert snapshot.settings["epochs"] >= 1 and snapshot.settings["sg"] in (0, 1)


def test_a_save_that_is_kept_here():
    check(gensim_documents.read_model(HERE / "gensim4_documents.d2v"), np.load(HERE / "gensim4_documents.d2v.npz"))
