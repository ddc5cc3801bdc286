"""Files as bytes: opened and unpacked, or refused with a message that says what they are if they are not text.

Files may be compressed (gzip, bzip2, xz, zstandard), which their first bytes show, and URLs are read through
smart_open, which is imported when there is one: it takes as long as numpy. Every error names the file.
"""

from __future__ import annotations

import errno
import io
import logging
import os
import re
import shlex
import stat
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from .addresses import check_installed
from .marks import binary_kind
from .paths import PathLike, expanded
from .warning import warn

logger = logging.getLogger(__name__)

# First bytes of a compressed file -> smart_open's name of the compression. A text file in UTF-8 cannot begin with those
# of gzip, xz and zstandard; bzip2's are ASCII, hence all ten (the last six: digits of pi, or of its root when empty).
_MAGIC = (
    (re.compile(rb"\x1f\x8b\x08"), ".gz"),
    (re.compile(rb"BZh[1-9](\x31\x41\x59\x26\x53\x59|\x17\x72\x45\x38\x50\x90)"), ".bz2"),
    (re.compile(rb"\xfd7zXZ\x00"), ".xz"),
    (re.compile(rb"\x28\xb5\x2f\xfd"), ".zst"),
)

# Other encodings of Unicode by their byte order marks; UTF-32's begins with UTF-16's.
_MARKS = (
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
NO_COMPRESSION = "disable"  # smart_open's names of these
BY_EXTENSION = "infer_from_extension"
_NO_TEXT = re.compile(rb"[\x00-\x08\x0e-\x1f\x7f]")
BYTE_ORDER_MARK = b"\xef\xbb\xbf"  # some editors begin UTF-8 text with it; it is not part of the first word
LONGEST_PATH = 1024  # a longer string is text, and not looked for on the disk
HEAD_BYTES = 1024  # bytes at the beginning of a text that are checked
_BUFFER = 1 << 18
_LONGEST = 4  # bytes of a character

PIPE, FOLDER, DEVICE, SOCKET, MISSING = "a pipe", "a folder", "a device", "a socket", "there is no such file"
_KINDS = (
    (stat.S_ISDIR, FOLDER),
    (stat.S_ISFIFO, PIPE),
    (stat.S_ISSOCK, SOCKET),
    (stat.S_ISCHR, DEVICE),
    (stat.S_ISBLK, DEVICE),
)


def kind_of(path: PathLike) -> str | None:
    """Return what a path leads to if not a regular file: PIPE, FOLDER, DEVICE, SOCKET, MISSING, or another reason.

    Examples
    --------
    >>> kind_of(os.devnull), kind_of("no such thing"), kind_of(os.curdir)
    ('a device', 'there is no such file', 'a folder')
    """
    try:
        mode = Path(expanded(path)).stat().st_mode
    except (FileNotFoundError, NotADirectoryError, ValueError):  # ValueError: there is a NUL in it
        return MISSING
    except OSError as error:
        return str(error.strerror).lower()
    return next((name for is_kind, name in _KINDS if is_kind(mode)), None)


@dataclass(frozen=True)
class Seen:
    """The state of a file when it was first seen.

    Attributes
    ----------
    size : int
        In bytes.
    identity : tuple of int
        Device and inode number; another file of the same name has a different one.
    """

    size: int
    identity: tuple[int, int]


def look_at(name: str) -> Seen | None:
    """Return the present state of a plain file; None if it is compressed, as its size says nothing about the text."""
    if is_packed(name):
        return None
    found = Path(name).stat()
    return Seen(found.st_size, (found.st_dev, found.st_ino))


@contextmanager
def open_bytes(source: PathLike, seen: Seen | None = None) -> Iterator[IO[bytes]]:
    """Open a file or URL to read its decompressed bytes, without a byte order mark of UTF-8 at its beginning.

    Parameters
    ----------
    source : str or path-like
    seen : Seen, optional
        Read as many bytes as there were then, so that each pass over a growing file gives the same.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    IsADirectoryError, OSError
        If it is a folder, a socket, or a device without an end; or if it is shorter than when it was seen.
    ImportError
        If the compression or the kind of URL needs a package that is not installed.
    ValueError
        If it is an archive or another binary file, or text in UTF-16 or UTF-32.
    EOFError, OSError, or what else the compression raises
        If a compressed file is damaged or cut short. The message names it.
    """
    name = expanded(source)
    _check_kind(name)
    compression = compression_of(name)
    packed = _is_packed(name, compression)
    try:
        with open_packed(name, compression) as file:
            text: Any = file if seen is None or packed else io.BufferedReader(_Bounded(file, name, seen), _BUFFER)
            head = text.peek(HEAD_BYTES)[:HEAD_BYTES] if hasattr(text, "peek") else b""
            check_text(head, name, packed)
            if head.startswith(BYTE_ORDER_MARK):
                text.read(len(BYTE_ORDER_MARK))
            yield text
    except Exception as error:
        if packed and _tells_of_damage(error):
            raise type(error)(f"{name} is damaged or cut short: {error}") from error
        raise


def open_packed(name: str, compression: str) -> IO[bytes]:
    """Open a file or URL, with the compression that `compression_of` gives."""
    if compression == NO_COMPRESSION:
        return Path(name).open("rb")
    import smart_open

    try:
        return smart_open.open(name, "rb", compression=compression)
    except (ImportError, NotImplementedError) as error:
        if "://" in name:
            check_installed(name, f"reading {name}")
        if not isinstance(error, ImportError):
            raise
        hint = "; for zstandard: pip install w2vcore[zstd]" if ".zst" in (compression, Path(name).suffix) else ""
        raise ImportError(f"reading {name} needs a package that is not installed: {error}{hint}") from error


def _check_kind(name: str) -> None:
    """Refuse a path that cannot be opened or has no end."""
    kind = kind_of(name)
    if kind == FOLDER:
        raise IsADirectoryError(errno.EISDIR, f"a folder; PathLineSentences({name!r}) reads the files in it", name)
    if kind == SOCKET:
        raise OSError(errno.ENXIO, "a socket, not a file", name)
    if kind == DEVICE and name != os.devnull and not is_terminal(name):
        raise OSError(errno.EINVAL, "a device, which has no end, not a file", name)


def is_terminal(name: str) -> bool:
    """Whether a device is a terminal."""
    device = os.open(name, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0))
    try:
        return os.isatty(device)
    finally:
        os.close(device)


def compression_of(name: str) -> str:
    """Return the compression of a file by its first bytes; if they are not text, by its extension."""
    if Path(name).is_file():
        with Path(name).open("rb") as file:
            head = file.read(HEAD_BYTES)
        for magic, compression in _MAGIC:
            if magic.match(head):
                return compression
        if head and not _NO_TEXT.search(head):
            return NO_COMPRESSION
    return BY_EXTENSION


def is_packed(name: str) -> bool:
    """Whether a file is compressed, by its first bytes or its name."""
    return _is_packed(name, compression_of(name))


def _is_packed(name: str, compression: str) -> bool:
    if compression == NO_COMPRESSION:
        return False
    from smart_open.compression import get_supported_compression_types

    return compression != BY_EXTENSION or Path(name).suffix.lower() in get_supported_compression_types()


def is_plain(source: PathLike) -> bool:
    """Whether a path names a local file that is read as it is: not a URL, and not packed.

    Examples
    --------
    >>> is_plain("https://example.org/corpus.txt")
    False
    """
    return Path(source).is_file() and not is_packed(os.fspath(source))


def _tells_of_damage(error: Exception) -> bool:
    """Whether an error comes from a decompressor, which does not know the file."""
    of_its_own = type(error).__name__ in ("LZMAError", "ZstdError")  # modules that some builds of Python lack
    plain = isinstance(error, OSError) and error.errno is None
    return of_its_own or plain or isinstance(error, (EOFError, zlib.error))


def check_kind(head: bytes, name: str) -> None:
    """Refuse a file whose first bytes are known not to be text, with a ValueError that says what it is."""
    what = binary_kind(head) if _encoding(head) is None else None
    if what is not None:
        raise ValueError(f"{name} is no text but {what}. A corpus is text in UTF-8, a sentence a line")


def check_text(head: bytes, name: str, packed: bool = False) -> None:
    """Refuse an archive, and text that is not UTF-8 but would pass for it, by its first bytes.

    Raises
    ------
    ValueError
        For an archive, a model, a picture or another binary file.
    UnicodeDecodeError
        For UTF-16 and UTF-32, with or without a byte order mark.

    Warns
    -----
    UserWarning
        If there are NUL bytes.
    """
    if head.startswith(b"PK\x03\x04"):
        raise ValueError(f"{name} is a zip archive (.docx and .npz are such, too), not text: unpack it first")
    if head[257:262] == b"ustar":
        raise ValueError(f"{name} is a tar archive, not text: unpack it first, and pass the files")
    check_kind(head, name)
    encoding = _encoding(head)
    if encoding is not None:
        command = "" if packed else f": iconv -f {encoding} -t utf-8 {shlex.quote(name)} > NEW"
        reason = f"{name} is {encoding.upper()}, and must be UTF-8{command}"
        raise UnicodeDecodeError("utf-8", head, 0, len(head), reason)
    if b"\0" in head:
        command = "" if packed else f"; without them: tr -d '\\000' < {shlex.quote(name)} > NEW"
        message = f"{name} has NUL bytes: if it is text at all, they are part of its words{command}"
        logger.warning(message)
        warn(message)


def _encoding(head: bytes) -> str | None:
    """Return the encoding of a text that is UTF-16 or UTF-32."""
    return next((encoding for mark, encoding in _MARKS if head.startswith(mark)), None) or _wide(head)


def _wide(head: bytes) -> str | None:
    """Return the encoding of Latin text without a byte order mark: all bytes of a letter but one are 0."""
    for encoding, width, place in (("utf-32le", 4, 0), ("utf-32be", 4, 3), ("utf-16le", 2, 0), ("utf-16be", 2, 1)):
        letters = head[place::width]
        zeros = sum(head[other::width].count(0) for other in range(width) if other != place)
        if len(letters) >= 8 and letters.count(0) < 0.1 * len(letters) and zeros > 0.8 * (len(head) - len(letters)):
            return encoding
    return None


class _Bounded(io.RawIOBase):
    """The bytes that a file had when it was seen; if it has grown, they do not end inside a character."""

    def __init__(self, file: IO[bytes], name: str, seen: Seen) -> None:
        self._file, self._name, self._seen, self._left = file, name, seen, seen.size
        now = self._now()
        if now.size < seen.size:
            raise self._cut_short(now.size)
        if now.identity != seen.identity:
            logger.warning("%s has been replaced by another file since it was opened first", name)

    def _now(self) -> Seen:
        found = os.fstat(self._file.fileno())
        return Seen(found.st_size, (found.st_dev, found.st_ino))

    def _cut_short(self, size: int) -> OSError:
        text = f"cut short or replaced while it was read: it had {self._seen.size:,} bytes, and has {size:,}"
        return OSError(errno.ESTALE, text, self._name)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return False

    def readinto(self, buffer: Any) -> int:
        """Fill a buffer, as far as there are bytes."""
        if not self._left:
            return 0
        room = len(buffer)
        if 0 < self._left - room < _LONGEST:  # the last character comes in one piece
            room = max(1, self._left - _LONGEST)
        view = memoryview(buffer)[: min(room, self._left)]
        count: int = self._file.readinto(view)  # type: ignore[attr-defined]
        self._left -= count
        if not count:
            raise self._cut_short(self._now().size)
        if not self._left and self._now().size > self._seen.size:
            count -= _begun(bytes(view[max(0, count - _LONGEST) : count]))
        return count


def _begun(data: bytes) -> int:
    """Return how many bytes at the end of a text begin a character of UTF-8 that has more.

    Examples
    --------
    >>> [_begun("é€".encode()[:end]) for end in range(6)]
    [0, 1, 0, 1, 2, 0]
    """
    for count in range(1, min(_LONGEST, len(data) + 1)):
        byte = data[-count]
        if byte & 0xC0 != 0x80:  # not a continuation byte
            length = 1 if byte < 0xC0 else 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4
            return count if count < length else 0
    return 0
