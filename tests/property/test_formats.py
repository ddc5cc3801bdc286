"""Whatever is saved comes back: every bit of a float32, every key that a format can hold."""

import io
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from w2vcore.formats import evidence, glove, native, recognition, registry, word2vec_binary, word2vec_text
from w2vcore.formats.snapshot import Snapshot

every_string = st.text(st.characters(codec=None), max_size=8)  # lone surrogates and newlines among them
words = st.text(st.characters(codec="utf-8", exclude_characters=" \n"), max_size=8)
floats = st.floats(width=32, allow_nan=False, allow_infinity=False)
every_float = st.floats(width=32)


@st.composite
def snapshots(draw, keys, numbers, min_size=1):
    chosen = draw(st.lists(keys, unique=True, max_size=12))
    size = draw(st.integers(min_size, 20))
    padding = draw(st.integers(0, 3))
    matrix = draw(arrays.arrays(np.float32, (len(chosen), size + padding), elements=numbers))
    return Snapshot("keyedvectors", chosen, {"vectors": matrix[:, :size]})


def saved(module, snapshot):
    file = io.BytesIO()
    module.write(snapshot, file)
    return io.BytesIO(file.getvalue())


def assert_same_bits(read, written):
    assert list(read.keys) == list(written.keys)
    assert read.arrays["vectors"].shape == written.arrays["vectors"].shape
    assert read.arrays["vectors"].tobytes() == written.arrays["vectors"].tobytes()


def recognised(data):
    """What a file of these bytes is taken for."""
    found = [name for name in recognition.candidates() if registry.get(name).sniff(data[: evidence.SAMPLE_BYTES])]
    return found[0] if found else None


@settings(deadline=None, max_examples=80)
@given(snapshots(every_string, every_float) | snapshots(st.integers(-(2**63), 2**63 - 1), every_float))
def test_native(snapshot):
    read = native.read(saved(native, snapshot))
    assert_same_bits(read, snapshot)
    assert [type(key) for key in read.keys] == [type(key) for key in snapshot.keys]


@settings(deadline=None, max_examples=80)
@given(snapshots(words, every_float))
def test_binary(snapshot):
    assert_same_bits(word2vec_binary.read(saved(word2vec_binary, snapshot)), snapshot)


@settings(deadline=None, max_examples=80)
@given(snapshots(words, floats))
def test_text(snapshot):
    assert_same_bits(word2vec_text.read(saved(word2vec_text, snapshot)), snapshot)


@settings(deadline=None, max_examples=80)
@given(snapshots(words, floats), st.sampled_from([word2vec_text, glove]))
def test_text_is_never_taken_for_binary(snapshot, module):
    data = saved(module, snapshot).getvalue()
    if snapshot.keys and module is word2vec_text:
        assert recognised(data) == "word2vec_text"
        if snapshot.arrays["vectors"].size > 3:  # fewer may be both, and are then what the caller says
            with pytest.raises((ValueError, EOFError)):
                word2vec_binary.read(io.BytesIO(data), unicode_errors="ignore")
    assert recognised(data) != "word2vec_binary"


@settings(deadline=None, max_examples=200)
@given(
    st.integers(1, 60),
    st.integers(1, 60),
    st.sampled_from([1e-5, 0.01, 1, 100]),
    st.sampled_from([b"", b"\n"]),
    st.sampled_from(["word", "1850", "東京", "the-longest-word-of-them-all-and-longer-still", "naïve"]),
    st.integers(0, 2**32),
)
def test_binary_is_never_taken_for_text(rows, size, scale, newline, stem, seed):
    """False alarms of kind(): one row of one number is read as text by a chance of 1e-5, more rows or numbers of far less."""
    vectors = (np.random.default_rng(seed).standard_normal((rows, size)) * scale).astype(np.float32)
    keys = [f"{stem}{row}" for row in range(rows)]
    data = b"%d %d\n" % vectors.shape
    data += b"".join(key.encode() + b" " + row.tobytes() + newline for key, row in zip(keys, vectors, strict=True))
    assert recognised(data) == "word2vec_binary"
    assert_same_bits(word2vec_binary.read(io.BytesIO(data)), Snapshot("keyedvectors", keys, {"vectors": vectors}))


@settings(deadline=None, max_examples=80)
@given(snapshots(words, every_float))
def test_unusual_words_and_numbers_are_binary_too(snapshot):
    if snapshot.arrays["vectors"].size > 3:
        assert recognised(saved(word2vec_binary, snapshot).getvalue()) == "word2vec_binary"


@settings(deadline=None, max_examples=150)
@given(st.binary(max_size=300))
def test_any_bytes_load_or_raise_an_error_that_users_can_catch(data):
    for module in (native, word2vec_text, word2vec_binary):
        for head in (b"", b"2 1\n"):
            with suppress(ValueError, EOFError):
                snapshot = module.read(io.BytesIO(head + data))
                assert len(snapshot.keys) == len(snapshot.arrays["vectors"])
