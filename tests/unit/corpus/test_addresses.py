"""Addresses whose packages are not installed are refused with the extra that brings them, before anything is opened."""

import pytest
from smart_open import transport

from w2vcore import Word2Vec
from w2vcore.corpus.addresses import check_installed
from w2vcore.corpus.readers import LineSentence


@pytest.fixture
def bare(monkeypatch):
    """smart_open without any of its extras, as it comes."""

    def missing(scheme):
        if scheme == "webhdfs":
            raise NotImplementedError(f"Unable to handle scheme {scheme!r}")
        raise ImportError(f"You are trying to use the {scheme} functionality of smart_open\nbut\n\n    pip ...\n")

    monkeypatch.setattr(transport, "get_transport", missing)


@pytest.mark.parametrize(
    ("address", "extra"),
    [
        ("https://example.org/x.txt", "http"),
        ("HTTP://example.org/x.txt.gz", "http"),
        ("s3://bucket/x", "s3"),
        ("gs://bucket/x", "gcs"),
        ("sftp://host/x", "ssh"),
        ("azure://container/x", "azure"),
        ("webhdfs://host/x", "webhdfs"),
    ],
)
def test_the_extra_is_named(bare, address, extra):
    message = rf"needs a package that is not installed: pip install smart_open\[{extra}\]$"
    with pytest.raises(ImportError, match=f"^x {message}"):
        check_installed(address, "x")
    with pytest.raises(ImportError, match=f"^reading {address} {message}"):
        next(iter(LineSentence(address)))


def test_unknown_kinds():
    with pytest.raises(
        ValueError, match=r"^reading odd://x: 'odd' is no kind of address that can be opened; name a file$"
    ):
        Word2Vec(LineSentence("odd://x"), min_count=1)


def test_known_ones_pass():
    check_installed("file:///tmp/x", "x")
