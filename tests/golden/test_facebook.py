"""fastText 0.9.3's own files: each vector is the one of its `get_word_vector`, and what was read is written again byte for byte."""

import io
from pathlib import Path

import numpy as np
import pytest

from w2vcore.fasttext import FastTextKeyedVectors, load_facebook_vectors
from w2vcore.formats import fasttext_binary
from w2vcore.keyedvectors import KeyedVectors

FOLDER = Path(__file__).parent / "facebook"
MODELS = sorted(path for path in FOLDER.iterdir() if path.suffix in {".bin", ".ftz"})
WHOLE = [path for path in MODELS if path.suffix == ".bin"]
NO_NGRAMS = {"skipgram_words", "supervised_words", "supervised_trigrams_of_words"}
NOT_UTF8 = {b"caf\xe9", b"\xff\xfe", b"\xe6\x9d"}


def held(path):
    """What fastText said: its words with their vectors, and new words with theirs."""
    stored = np.load(path.with_suffix(".npz"))
    words, new = ([bytes.fromhex(word) for word in stored[name].tolist()] for name in ("words", "new"))
    return words, stored["vectors"], [word.decode() for word in new], stored["new_vectors"]


def name_of(path):
    return path.stem


def test_all_kinds_are_there():
    assert len(MODELS) == 14
    assert {path.stem for path in MODELS} > NO_NGRAMS
    assert all(len(held(path)[2]) == 200 for path in MODELS)


@pytest.mark.parametrize("mmap", [None, "r"])
@pytest.mark.parametrize("path", MODELS, ids=name_of)
def test_every_vector(path, mmap):
    words, vectors, new, new_vectors = held(path)
    wv = load_facebook_vectors(path, mmap=mmap)
    keys = [word.decode("utf8", "backslashreplace") for word in words]
    assert len(wv) == len(words)
    assert set(wv.index_to_key) == set(keys)
    assert (b"</s>" in words) and (not path.stem.startswith("skip") or set(words) > NOT_UTF8)
    np.testing.assert_allclose(wv.vectors_for(keys), vectors, rtol=0, atol=1e-6)
    known = np.array([word in wv.key_to_index for word in new])
    assert known.sum() < 10
    if path.stem in NO_NGRAMS:
        assert wv.bucket == 0
        assert not new_vectors[~known].any()
        return
    np.testing.assert_allclose(wv.vectors_for(new), new_vectors, rtol=0, atol=1e-6)
    np.testing.assert_allclose([wv[word] for word in new], new_vectors, rtol=0, atol=1e-6)


@pytest.mark.parametrize("path", MODELS, ids=name_of)
def test_vectors_made_anew(path, tmp_path):
    """What each word has of its own, and its bytes where they are no UTF-8, are kept by our file, too."""
    words, vectors, _, _ = held(path)
    load_facebook_vectors(path).save(tmp_path / "wv")
    wv = FastTextKeyedVectors.load(tmp_path / "wv")
    wv.adjust_vectors()
    keys = [word.decode("utf8", "backslashreplace") for word in words]
    np.testing.assert_allclose(wv.vectors_for(keys), vectors, rtol=0, atol=1e-6)


@pytest.mark.parametrize("path", MODELS, ids=name_of)
def test_load_any(path):
    words, vectors, _, _ = held(path)
    kv = KeyedVectors.load_any(path, unicode_errors="surrogateescape")
    assert isinstance(kv, FastTextKeyedVectors) == (path.stem not in NO_NGRAMS)
    keys = [word.decode("utf8", "surrogateescape") for word in words]
    np.testing.assert_allclose([kv[key] for key in keys], vectors, rtol=0, atol=1e-6)


@pytest.mark.parametrize("errors", ["backslashreplace", "surrogateescape", "replace"])
@pytest.mark.parametrize("mmap", [None, "r"])
@pytest.mark.parametrize("path", WHOLE, ids=name_of)
def test_the_same_bytes(path, errors, mmap):
    again = io.BytesIO()
    fasttext_binary.write(fasttext_binary.read(path, mmap=mmap, unicode_errors=errors), again)
    assert again.getvalue() == path.read_bytes()


def test_words_that_are_not_utf8_are_named(caplog):
    load_facebook_vectors(FOLDER / "cbow_ns.bin")
    assert "3 words are not valid UTF-8" in caplog.text
