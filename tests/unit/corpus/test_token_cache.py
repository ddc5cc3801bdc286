"""TokenCache: one batch out of many, in memory or in a file that leaves nothing behind."""

import collections
import errno
import gc
import tempfile
from pathlib import Path

import numpy as np
import pytest

from w2vcore.corpus import token_cache
from w2vcore.corpus.encoding import Batch, encode
from w2vcore.corpus.token_cache import TokenCache

IDS = {f"w{i}": i for i in range(50)}
CORPUS = [[f"w{(7 * i + j) % 50}" for j in range(i % 9)] + ["unknown"] * (i % 2) for i in range(300)]
WHOLE = next(encode(CORPUS, IDS, 10**9))


def assert_whole(batch):
    assert batch.ids.dtype == np.uint32
    assert batch.offsets.dtype == np.int64
    np.testing.assert_array_equal(batch.ids, WHOLE.ids)
    np.testing.assert_array_equal(batch.offsets, WHOLE.offsets)
    assert (batch.raw_words, batch.sentences) == (WHOLE.raw_words, WHOLE.sentences)


@pytest.mark.parametrize("chunk_bytes", [8, 64, 1 << 20])
@pytest.mark.parametrize("ram_limit", [0, 100, 1_000, 1 << 30])
@pytest.mark.parametrize("batch_words", [1, 10, 10**6])
def test_one_batch_comes_out_wherever_it_is_kept(tmp_path, monkeypatch, chunk_bytes, ram_limit, batch_words):
    monkeypatch.setattr(token_cache, "_CHUNK_BYTES", chunk_bytes)
    with TokenCache(tmp_path, ram_limit) as cache:
        assert_whole(cache.store(encode(CORPUS, IDS, batch_words)))
        assert_whole(cache.store(encode(CORPUS, IDS, batch_words)))  # and again


@pytest.mark.parametrize("ram_limit", [0, 1 << 30])
def test_arrays_are_read_only_and_contiguous_in_both_places(tmp_path, ram_limit):
    with TokenCache(tmp_path, ram_limit) as cache:
        batch = cache.store(encode(CORPUS, IDS, 10))
        for array in (batch.ids, batch.offsets):
            assert array.flags.c_contiguous
            assert array.flags.aligned
            with pytest.raises(ValueError, match="read-only"):
                array[0] = 1


@pytest.mark.parametrize("ram_limit", [-1, 0, 1 << 30])
def test_batches_without_tokens(tmp_path, ram_limit):
    with TokenCache(tmp_path, ram_limit) as cache:
        nothing = cache.store(iter([]))
        assert (len(nothing), nothing.offsets.tolist(), nothing.raw_words, nothing.sentences) == (0, [0], 0, 0)
        unknown = cache.store(encode([["x"], [], ["y", "z"]], IDS, 1))
        assert (len(unknown), unknown.offsets.tolist(), unknown.raw_words, unknown.sentences) == (0, [0], 3, 3)


def spilled_bytes():
    """Bytes of the files that this process holds open under the prefix of the cache, deleted ones too."""
    total = 0
    for entry in Path("/proc/self/fd").iterdir():
        try:
            name, size = str(entry.readlink()), entry.stat().st_size
        except OSError:
            continue
        if "(deleted)" in name and size:
            total += size
    return total


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="looks at open files through /proc")
def test_a_large_corpus_lies_in_nameless_files_of_the_folder_until_it_is_dropped(tmp_path):
    gc.collect()
    before = spilled_bytes()
    with TokenCache(tmp_path, ram_limit=0) as cache:
        batch = cache.store(encode(CORPUS, IDS, 10))
        assert list(tmp_path.iterdir()) == []
        assert spilled_bytes() - before >= batch.ids.nbytes + batch.offsets.nbytes
    del batch
    gc.collect()
    assert spilled_bytes() == before


def test_arrays_in_use_outlive_the_cache(tmp_path):
    with TokenCache(tmp_path, ram_limit=0) as cache:
        batch = cache.store(encode(CORPUS, IDS, 10))
    cache.close()
    assert_whole(batch)


@pytest.mark.parametrize("ram_limit", [0, 1 << 30])
def test_nothing_is_left_behind_after_an_exception(tmp_path, ram_limit):
    def batches():
        yield from encode(CORPUS, IDS, 10)
        raise KeyError("in the corpus")

    with pytest.raises(KeyError, match="in the corpus"), TokenCache(tmp_path, ram_limit) as cache:
        cache.store(batches())
    gc.collect()
    assert list(tmp_path.iterdir()) == []


def test_room_is_checked_before_each_write(tmp_path, monkeypatch):
    usage = collections.namedtuple("usage", "total used free")
    monkeypatch.setattr(token_cache.shutil, "disk_usage", lambda folder: usage(1000, 990, 10))
    with pytest.raises(OSError) as caught, TokenCache(tmp_path, ram_limit=0) as cache:
        cache.store(iter([Batch(np.arange(100, dtype=np.uint32), np.array([0, 100]), 100, 1)]))
    text = str(caught.value)
    assert caught.value.errno == errno.ENOSPC
    assert str(tmp_path) in text
    assert "400 more bytes needed" in text
    assert "10 free" in text
    assert "cache_dir=" in text


def test_a_folder_that_fills_up_between_check_and_write_gives_the_same_error(tmp_path, monkeypatch):
    class Full:
        def write(self, data):
            raise OSError(errno.ENOSPC, "No space left on device")

        def close(self):
            pass

    monkeypatch.setattr(token_cache.tempfile, "TemporaryFile", lambda **options: Full())
    with pytest.raises(OSError, match="no room for the encoded corpus"), TokenCache(tmp_path, ram_limit=0) as cache:
        cache.store(encode(CORPUS, IDS, 10))


def test_other_errors_of_the_file_are_left_alone(tmp_path, monkeypatch):
    class Broken:
        def write(self, data):
            raise OSError(errno.EIO, "Input/output error")

        def close(self):
            pass

    monkeypatch.setattr(token_cache.tempfile, "TemporaryFile", lambda **options: Broken())
    with pytest.raises(OSError, match="Input/output error"), TokenCache(tmp_path, ram_limit=0) as cache:
        cache.store(encode(CORPUS, IDS, 10))


def test_folders(tmp_path):
    assert str(TokenCache().cache_dir) == tempfile.gettempdir()
    with pytest.raises(NotADirectoryError, match="cache_dir must be an existing directory"):
        TokenCache(tmp_path / "absent")


@pytest.mark.parametrize("announced", [0, 1, 20, 10**12])
@pytest.mark.parametrize("ram_limit", [1 << 30, 64])
def test_how_many_tokens_were_announced_changes_nothing(monkeypatch, announced, ram_limit):
    monkeypatch.setattr(token_cache, "_CHUNK_BYTES", 16)
    batches = [Batch(np.arange(7, dtype=np.uint32), np.array([0, 3, 7]), 7, 2) for _ in range(5)]
    with TokenCache(ram_limit=ram_limit) as cache:
        batch = cache.store(iter(batches), announced)
        assert batch.ids.tolist() == list(range(7)) * 5
        assert batch.offsets.tolist() == [0, 3, 7, 10, 14, 17, 21, 24, 28, 31, 35]


def test_room_that_cannot_be_reserved_is_not_needed(monkeypatch):
    empty = np.empty

    def small_empty(length, dtype):
        if length > 1000:
            raise MemoryError
        return empty(length, dtype)

    monkeypatch.setattr(token_cache, "_CHUNK_BYTES", 16)
    monkeypatch.setattr(token_cache.np, "empty", small_empty)
    with TokenCache() as cache:
        assert cache.store(iter([Batch(np.arange(3, dtype=np.uint32), np.array([0, 3]), 3, 1)]), 2000).ids.tolist() == [
            0,
            1,
            2,
        ]
