"""The encoded corpus in one place: in memory while it is small, else in a file that is mapped into memory."""

from __future__ import annotations

import errno
import mmap
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from .encoding import Batch
from .paths import expanded
from .tagging import Tags

# Ids take 4 bytes a token, so this holds 250 million tokens. It is a constant, not a share of the memory, so that the
# same corpus is treated alike everywhere; and it need not be large, because reading the file back costs next to
# nothing: training reads a few MB a second, in order, and free memory keeps the file's pages anyway.
RAM_LIMIT = 1 << 30

# Above the 32 MiB up to which glibc may keep freed blocks (M_MMAP_THRESHOLD_MAX), so that a chunk returns to the system
# as soon as it is dropped; the unwritten rest of a chunk takes no memory.
_CHUNK_BYTES = 1 << 26


class TokenCache:
    """Keeps an encoded corpus for one call of the constructor or of ``train()``.

    Parameters
    ----------
    cache_dir : str or path-like, optional
        Folder for the file that a large corpus needs; the system's temporary folder by default. The file has no name
        where the system allows that, and is deleted at close otherwise, so nothing is left behind even by a crash.
    ram_limit : int
        A corpus of at most this many bytes (4 a token and 8 a sentence; with tags 4 a tag and 8 a sentence more) stays
        in memory.

    Raises
    ------
    NotADirectoryError
        If `cache_dir` is no directory.

    Examples
    --------
    >>> from w2vcore.corpus.encoding import encode
    >>> with TokenCache() as cache:
    ...     batch = cache.store(encode([["b", "a"], ["a"]], {"a": 0, "b": 1}, batch_words=2))
    ...     print(batch.ids, batch.offsets, batch.raw_words, batch.sentences)
    [1 0 0] [0 2 3] 3 2
    """

    def __init__(self, cache_dir: str | os.PathLike[str] | None = None, ram_limit: int = RAM_LIMIT) -> None:
        self.cache_dir = Path(tempfile.gettempdir() if cache_dir is None else expanded(cache_dir))
        self.ram_limit = ram_limit
        self._columns: list[_Column] = []
        if not self.cache_dir.is_dir():
            raise NotADirectoryError(f"cache_dir must be an existing directory, got {str(cache_dir)!r}")

    def __enter__(self) -> TokenCache:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def store(self, batches: Iterator[Batch], tokens: int = 0) -> Batch:
        """Read all batches and return them as one, with read-only arrays.

        Ids after the last offset of a batch belong to a sentence that continues in the next one (`scanning.scan`).
        If there are at most `tokens` tokens, nothing is copied at the end; there may be more.

        Raises
        ------
        ValueError
            If some batches have tags and others have none.
        OSError
            If the folder lacks room; it names the folder, and the bytes needed and free.
        """
        ids = _Column(np.dtype(np.uint32), self.cache_dir, min(tokens, self.ram_limit // 4))
        offsets = _Column(np.dtype(np.int64), self.cache_dir)
        tag_offsets, tags = _Column(np.dtype(np.int64), self.cache_dir), _Column(np.dtype(np.uint32), self.cache_dir)
        columns = [ids, offsets, tag_offsets, tags]
        self._columns += columns
        offsets.append(np.zeros(1, np.int64))
        raw_words = sentences = 0
        tagged: bool | None = None
        for batch in batches:
            if tagged is None:
                tagged = batch.tags is not None
                tag_offsets.append(np.zeros(int(tagged), np.int64))
            if tagged != (batch.tags is not None):
                raise ValueError("either all batches of a corpus have tags, or none of them")
            if batch.tags is not None:
                tag_offsets.append(batch.tags.offsets[1:] + tags.length)
                tags.append(batch.tags.rows)
            offsets.append(batch.offsets[1:] + ids.length)
            ids.append(batch.ids)
            raw_words += batch.raw_words
            sentences += batch.sentences
            if not ids.spilled and sum(column.nbytes for column in columns) > self.ram_limit:
                for column in columns if tagged else columns[:2]:
                    column.spill()
        found = Tags(tag_offsets.finish(), tags.finish()) if tagged else None
        return Batch(ids.finish(), offsets.finish(), raw_words, sentences, found)

    def close(self) -> None:
        """Give up the files. Safe to call twice; arrays that are still in use stay readable until they are dropped."""
        for column in self._columns:
            column.close()
        self._columns.clear()


class _Column:
    """A one-dimensional array that grows: first in chunks of memory, after `spill` in a file."""

    def __init__(self, dtype: np.dtype[Any], folder: Path, first_chunk: int = 0) -> None:
        self.dtype = dtype
        self.folder = folder
        self.length = 0
        self._file: IO[bytes] | None = None
        self._chunks: list[NDArray[Any]] = []
        self._room = 0  # items that still fit into the last chunk
        self._first_chunk = max(first_chunk, _CHUNK_BYTES // dtype.itemsize)

    @property
    def nbytes(self) -> int:
        return self.length * self.dtype.itemsize

    @property
    def spilled(self) -> bool:
        return self._file is not None

    def append(self, values: NDArray[Any]) -> None:
        """Add values at the end."""
        if self._file is not None:
            self._write(np.ascontiguousarray(values, self.dtype))
        start = 0
        while self._file is None and start < len(values):
            if self._room == 0:
                self._add_chunk()
            part = values[start : start + self._room]
            chunk = self._chunks[-1]
            first = len(chunk) - self._room
            chunk[first : first + len(part)] = part
            self._room -= len(part)
            start += len(part)
        self.length += len(values)

    def _add_chunk(self) -> None:
        """Make room: the first chunk for as much as was announced, if the system can reserve that much."""
        self._room = _CHUNK_BYTES // self.dtype.itemsize
        if not self._chunks and self._first_chunk > self._room:
            with suppress(MemoryError):
                self._chunks.append(np.empty(self._first_chunk, self.dtype))
                self._room = self._first_chunk
                return
        self._chunks.append(np.empty(self._room, self.dtype))

    def _drain(self) -> Iterator[NDArray[Any]]:
        """Yield what is in memory, chunk by chunk, each given back to the system before the next."""
        self._chunks.reverse()
        while self._chunks:
            chunk = self._chunks.pop()
            yield chunk if self._chunks else chunk[: len(chunk) - self._room]
        self._room = 0

    def spill(self) -> None:
        """Move to a file that has no name, or that vanishes when it is closed."""
        self._file = tempfile.TemporaryFile(prefix="w2vcore-", suffix=".ids", dir=self.folder)  # noqa: SIM115
        for chunk in self._drain():
            self._write(chunk)

    def _write(self, values: NDArray[Any]) -> None:
        assert self._file is not None
        free = shutil.disk_usage(self.folder).free
        if free < values.nbytes:
            raise self._full(values.nbytes, free)
        try:
            self._file.write(values.data)
        except OSError as error:  # another process took the room, or there is a quota
            if error.errno not in (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)):
                raise
            raise self._full(values.nbytes, shutil.disk_usage(self.folder).free) from error

    def _full(self, needed: int, free: int) -> OSError:
        return OSError(
            errno.ENOSPC,
            f"no room for the encoded corpus in {self.folder}: {needed:,} more bytes needed after {self.nbytes:,}, "
            f"{free:,} free; name another folder with cache_dir=",
        )

    def finish(self) -> NDArray[Any]:
        """Return the whole as one read-only array.

        In memory, the chunks are copied one by one into an array whose pages are allocated as they are written, and
        each is dropped after that: memory never exceeds the array and a chunk. A single chunk is the array.
        """
        whole: NDArray[Any]
        if self._file is None and len(self._chunks) == 1:
            whole = next(self._drain())
        elif self._file is None:
            whole = np.empty(self.length, self.dtype)
            start = 0
            for chunk in self._drain():
                whole[start : start + len(chunk)] = chunk
                start += len(chunk)
                del chunk
        elif self.length == 0:  # an empty file cannot be mapped
            whole = np.empty(0, self.dtype)
        else:
            self._file.flush()
            # the array owns the map, which stays valid as long as the array is used; writeable for spooling.renumber
            whole = np.frombuffer(mmap.mmap(self._file.fileno(), self.nbytes, access=mmap.ACCESS_WRITE), self.dtype)
        whole.flags.writeable = False
        return whole

    def close(self) -> None:
        """Drop the chunks and the file."""
        self._chunks.clear()
        if self._file is not None:
            self._file.close()
