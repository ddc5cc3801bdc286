"""Formats by name, and what each says to the first bytes of a file."""

from pathlib import Path

import numpy as np
import pytest

from w2vcore.formats import foreign, registry

GOLDEN = Path(__file__).parents[2] / "golden"


def test_unknown_name_lists_the_known_ones():
    with pytest.raises(
        ValueError,
        match=r"unknown format 'hdf5'; known formats: fasttext_binary, finalfusion, floret, gensim, glove, native, numpy, parquet, projector, word2vec_binary",
    ):
        registry.get("hdf5")


@pytest.mark.parametrize("name", sorted(registry.FORMATS))
def test_every_format_has_the_three_functions(name):
    module = registry.get(name)
    assert callable(module.read)
    assert callable(module.write)
    assert callable(module.sniff)


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        ("word2vec/gensim.txt", "word2vec_text"),
        ("word2vec/word2vec_c.txt", "word2vec_text"),
        ("word2vec/gensim.bin", "word2vec_binary"),
        ("word2vec/word2vec_c.bin", "word2vec_binary"),
        ("native/version1.safetensors", "native"),
        ("word2vec/gensim_prefix.txt", "glove"),
        ("word2vec/vectors.npy", "numpy"),
        ("gensim/gensim4_sgns.model", "gensim"),
        ("gensim/gensim3_sgns.kv", "gensim"),
        ("fasttext/subwords.bin", "fasttext_binary"),
        ("README.md", None),
    ],
)
def test_exactly_one_format_takes_a_file(file, expected):
    head = (GOLDEN / file).read_bytes()[: foreign.HEAD_BYTES]
    taken = [name for name in registry.FORMATS if registry.get(name).sniff(head)]
    assert taken == ([expected] if expected else [])


@pytest.mark.parametrize("head", [b"", b"\n", b"3 4", b"\x80\x04", bytes(range(256)), np.zeros(100).tobytes()])
def test_sniffing_odd_bytes_raises_nothing(head):
    assert not any(registry.get(name).sniff(head) for name in registry.FORMATS)
