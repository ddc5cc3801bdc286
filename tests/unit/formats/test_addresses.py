"""Addresses (``s3://...``): read through smart_open, written where a file appears whole, refused where a path is needed."""

import io

import numpy as np
import pytest
import smart_open

from w2vcore import KeyedVectors, Word2Vec
from w2vcore.callbacks import Checkpoint
from w2vcore.formats import atomic, numpy_file, projector
from w2vcore.formats.snapshot import Snapshot
from w2vcore.word2vec import BrownCorpus, LineSentence, PathLineSentences

SENTENCES = [["new", "york", "city"], ["new", "jersey"]] * 5
SMALL = {"min_count": 1, "vector_size": 4, "epochs": 1, "sample": 0}
SNAPSHOT = Snapshot("keyedvectors", ["a"], {"vectors": np.ones((1, 2), np.float32)})


@pytest.fixture
def store(monkeypatch):
    """A store of objects in memory, in which one appears when it is closed without an exception."""
    objects = {}

    class Upload(io.BytesIO):
        def __init__(self, name):
            super().__init__()
            self.name = name

        def __exit__(self, kind, *rest):
            if kind is None:
                objects[self.name] = self.getvalue()
            super().__exit__(kind, *rest)

    def opened(name, mode="r", **_):
        assert mode in ("rb", "wb")
        return Upload(name) if mode == "wb" else io.BytesIO(objects[name])

    monkeypatch.setattr(smart_open, "open", opened)
    return objects


@pytest.mark.parametrize("address", ["s3://bucket/x", "gs://bucket/x", "azure://container/x"])
def test_saved_where_files_appear_whole(store, address):
    model = Word2Vec(SENTENCES, **SMALL)
    model.save(address)
    assert (Word2Vec.load(address).wv.vectors == model.wv.vectors).all()
    model.wv.save_word2vec_format(f"{address}.txt", fvocab=f"{address}.vocab")
    assert (
        KeyedVectors.load_word2vec_format(f"{address}.txt", fvocab=f"{address}.vocab").get_vecattr("new", "count") == 10
    )
    before = dict(store)
    with pytest.raises(KeyError), atomic.atomic_write(address) as file:
        file.write(b"half")
        raise KeyError
    assert store == before


@pytest.mark.parametrize(
    "address", ["ssh://host/x", "sftp://host/x", "hdfs://host/x", "ftp://host/x", "https://host/x"]
)
def test_not_saved_where_half_a_file_could_be_seen(store, address):
    model = Word2Vec(SENTENCES, **SMALL)
    message = r"files at such addresses are not replaced in one step.*: save to a local path, and copy the file there"
    for write in (model.save, model.wv.save, model.wv.save_word2vec_format):
        with pytest.raises(ValueError, match=message):
            write(address)
    with pytest.raises(ValueError, match=message):
        Word2Vec(SENTENCES, checkpoint=address, **SMALL)
    with pytest.raises(ValueError, match=message):
        Word2Vec(SENTENCES, callbacks=[Checkpoint(address)], **SMALL)
    assert store == {}


def test_an_address_of_this_machine_is_a_path():
    with pytest.raises(ValueError, match=r"give the path itself, '/data/x'"):
        Word2Vec(SENTENCES, **SMALL).save("file:///data/x")


@pytest.mark.parametrize("make", [PathLineSentences, lambda name: list(BrownCorpus(name))])
def test_folders_are_local(make):
    with pytest.raises(
        ValueError, match=r"'s3://bucket/texts' is an address, and only local folders are read: .*LineSentence"
    ):
        make("s3://bucket/texts")


def test_what_needs_local_files_says_so(store):
    store["s3://bucket/x"] = b""
    for load in (Word2Vec.load, KeyedVectors.load):
        with pytest.raises(OSError, match=r"mmap='r' needs an uncompressed local file, got 's3://bucket/x'"):
            load("s3://bucket/x", mmap="r")
    with pytest.raises(ValueError, match="two plain local"):
        numpy_file.write(SNAPSHOT, "s3://bucket/x.npy")
    with pytest.raises(ValueError, match="two plain local"):
        projector.write(SNAPSHOT, "s3://bucket/x")
    with pytest.raises(ValueError, match="append=True needs a plain local file"):
        KeyedVectors.from_snapshot(SNAPSHOT).save_word2vec_format("s3://bucket/x", append=True)
    with pytest.raises(NotADirectoryError, match="cache_dir must be an existing directory"):
        Word2Vec(SENTENCES, cache_dir="s3://bucket", **SMALL)
    with pytest.raises(TypeError, match=r"a URL: pass LineSentence\('s3://bucket/x'\) instead of corpus_file"):
        Word2Vec(corpus_file="s3://bucket/x", **SMALL)


def test_corpora_are_read(store):
    store["s3://bucket/text"] = b"new york\nnew jersey\n" * 5
    assert len(Word2Vec(LineSentence("s3://bucket/text"), **SMALL).wv) == 3
