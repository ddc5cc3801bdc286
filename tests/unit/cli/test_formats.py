"""Formats by name and by the ending of a file."""

from pathlib import Path

import click
import pytest

from w2vcore.cli import formats
from w2vcore.formats.registry import FORMATS


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.safetensors", "native"),
        ("A.KV", "native"),
        ("a.txt", "word2vec_text"),
        ("a.vec.gz", "word2vec_text"),
        ("a.bin.zst", "word2vec_binary"),
        ("a.glove.txt.xz", "glove"),
        ("a.npz", "numpy"),
        ("a_tensor.tsv", "projector"),
        ("a", None),
        ("txt", None),
        ("a.gz", None),
    ],
)
def test_endings(name, expected):
    assert formats.by_ending(Path(name)) == expected


def test_an_ending_stands_for_one_format():
    endings = [ending for entry in FORMATS.values() for ending in entry.endings]
    assert len(set(endings)) == len(endings)
    assert all(formats.by_ending(Path(f"x{end}")) == name for name, entry in FORMATS.items() for end in entry.endings)


def test_names():
    assert set(formats.FormatName(False).names()) == {formats.shown(name) for name in FORMATS}
    assert formats.FormatName(True).convert("Word2Vec_Text", None, None) == "word2vec_text"
    with pytest.raises(click.UsageError, match="'gensim' is not one of"):
        formats.FormatName(True).convert("gensim", None, None)
