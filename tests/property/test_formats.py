"""Whatever is saved comes back: every bit of a float32, every key that a format can hold."""

import io
from contextlib import suppress

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from w2vcore.formats import native, word2vec_binary, word2vec_text
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


@settings(deadline=None, max_examples=150)
@given(st.binary(max_size=300))
def test_any_bytes_load_or_raise_an_error_that_users_can_catch(data):
    for module in (native, word2vec_text, word2vec_binary):
        for head in (b"", b"2 1\n"):
            with suppress(ValueError, EOFError):
                snapshot = module.read(io.BytesIO(head + data))
                assert len(snapshot.keys) == len(snapshot.arrays["vectors"])
