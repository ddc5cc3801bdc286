r"""Corpora in files: each reader can be iterated any number of times, and opens nothing before it is iterated.

One rule for all of them: a line ends at ``b"\n"``, and its tokens are those of ``line.decode("utf8").split()``. So the
same file gives the same tokens through every reader. files.py opens files and refuses those that are not text.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from .files import BYTE_ORDER_MARK, DEVICE, FOLDER, PIPE, Seen, is_terminal, kind_of, look_at, open_bytes
from .paths import PathLike, expanded, in_home, is_url

logger = logging.getLogger(__name__)

MAX_SENTENCE_LENGTH = 10_000  # gensim's default for a piece of a long line; no token is lost here, whatever it is

_BLOCK = 1 << 16  # bytes that Text8Corpus reads at a time


def read_lines(source: Any, limit: int | None = None, seen: Seen | None = None) -> Iterator[list[str]]:
    """Yield the tokens of each line, empty lists for blank lines; this library reads lines in no other way.

    Parameters
    ----------
    source : str, path-like or file object
        A file, a URL, or an object with ``seek``, which is rewound first and stays open.
    limit : int, optional
        Stop after this many lines.
    seen : Seen, optional
        As for `open_bytes`.

    Raises
    ------
    UnicodeDecodeError
        If a line is not UTF-8; the reason names the file and the line.
    """
    if hasattr(source, "seek"):
        if can_rewind(source):
            source.seek(0)
        yield from _split_lines(_unmarked(source), name_of(source), limit)
    else:
        with open_bytes(source, seen) as file:
            yield from _split_lines(file, name_of(source), limit)


def _unmarked(lines: Iterable[bytes | str]) -> Iterator[bytes | str]:
    """Yield the lines of an open file without a byte order mark, which `open_bytes` drops from other files."""
    first = True
    for line in lines:
        if first:
            line = line.removeprefix("\ufeff") if isinstance(line, str) else line.removeprefix(BYTE_ORDER_MARK)
            first = False
        yield line


def can_rewind(file: Any) -> bool:
    """Whether an open file can be read again from its beginning; a pipe cannot."""
    return bool(file.seekable()) if hasattr(file, "seekable") else True


def read_once(reader: Any) -> str | None:
    """Say why a reader can be read only once, if it reads a pipe or a terminal."""
    source = reader.source if isinstance(reader, LineSentence) else getattr(reader, "fname", None)
    if hasattr(source, "seek"):
        return None if can_rewind(source) else f"{name_of(source)} cannot be rewound: it"
    if isinstance(source, (str, os.PathLike)):
        name, kind = os.fspath(source), kind_of(source)
        if kind == PIPE or (kind == DEVICE and is_terminal(name)):
            return f"{name} is {kind}: it"
    return None


def _split_lines(lines: Iterable[bytes | str], name: str, limit: int | None) -> Iterator[list[str]]:
    for number, line in enumerate(islice(lines, limit), 1):
        # files opened as text give str, which is decoded already
        yield line.split() if isinstance(line, str) else decode(line, name, number).split()


def decode(text: bytes, name: str, line: int) -> str:
    """Decode UTF-8; an error names the file and the line (`line` is the number of the first line of the text)."""
    try:
        return text.decode("utf8")
    except UnicodeDecodeError as error:
        line += text.count(b"\n", 0, error.start)
        reason = f"{error.reason} in line {line} of {name}; the corpus must be UTF-8"
        raise UnicodeDecodeError(error.encoding, error.object, error.start, error.end, reason) from None


def name_of(source: Any) -> str:
    """Return what to call a source in messages."""
    return str(source if isinstance(source, (str, os.PathLike)) else getattr(source, "name", source))


def pieces(words: list[str], size: int | None) -> Iterator[list[str]]:
    """Cut a list into lists of at most `size`; None leaves it whole, an empty one yields nothing."""
    if size is None or len(words) <= size:
        if words:
            yield words
    else:
        for start in range(0, len(words), size):
            yield words[start : start + size]


def _check_length(max_sentence_length: int | None) -> int | None:
    if max_sentence_length is not None and max_sentence_length < 1:
        raise ValueError(f"max_sentence_length must be at least 1, or None for no limit, got {max_sentence_length!r}")
    return max_sentence_length


def _check_limit(limit: int | None) -> int | None:
    if limit is not None and limit < 0:
        raise ValueError(f"limit must be at least 0, or None for all lines, got {limit!r}")
    return limit


class LineSentence:
    r"""One sentence a line, tokens separated by white space.

    Parameters
    ----------
    source : str, path-like or file object
        A file (compressed or not), a URL, or an object with ``seek``, which is rewound for each iteration.
    max_sentence_length : int or None, default 10000
        Longer lines become several sentences of this length; None keeps lines whole. No token is dropped either way.
    limit : int, optional
        Read only the first `limit` lines.

    Raises
    ------
    FileNotFoundError
        When iterated, if there is no such file.
    UnicodeDecodeError
        When iterated, if a line is not UTF-8; it names the file and the line.

    Examples
    --------
    >>> import io
    >>> file = io.BytesIO(b"the quick fox\n\njumps over\n")
    >>> list(LineSentence(file))
    [['the', 'quick', 'fox'], ['jumps', 'over']]
    >>> list(LineSentence(file, max_sentence_length=2, limit=1))
    [['the', 'quick'], ['fox']]
    """

    def __init__(
        self, source: Any, max_sentence_length: int | None = MAX_SENTENCE_LENGTH, limit: int | None = None
    ) -> None:
        self.source = in_home(source)
        self.max_sentence_length = _check_length(max_sentence_length)
        self.limit = _check_limit(limit)

    def __iter__(self) -> Iterator[list[str]]:
        for words in read_lines(self.source, self.limit):
            yield from pieces(words, self.max_sentence_length)


class PathLineSentences:
    r"""The files of a directory in the order of their names, each as `LineSentence` reads it.

    Parameters
    ----------
    source : str or path-like
        A directory (its subdirectories are not read), or a single file.
    max_sentence_length : int or None, default 10000
        As in `LineSentence`.
    limit : int, optional
        Read only the first `limit` lines of each file.

    Attributes
    ----------
    input_files : list of str
        The files, in the order in which they are read.

    Raises
    ------
    ValueError
        If `source` is neither a file nor a directory.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = pathlib.Path(folder, "b.txt").write_bytes(b"second file\n")
    ...     _ = pathlib.Path(folder, "a.txt").write_bytes(b"first file\n")
    ...     list(PathLineSentences(folder))
    [['first', 'file'], ['second', 'file']]
    """

    def __init__(
        self, source: PathLike, max_sentence_length: int | None = MAX_SENTENCE_LENGTH, limit: int | None = None
    ) -> None:
        self.source = _local_folder(source)
        self.max_sentence_length = _check_length(max_sentence_length)
        self.limit = _check_limit(limit)
        path = Path(self.source)
        if path.is_file():
            logger.debug("single file given as source, rather than a directory of files")
            self.input_files = [self.source]
        elif path.is_dir():
            logger.info("reading directory %s", self.source)
            self.input_files = sorted(str(file) for file in path.iterdir() if file.is_file())
        else:
            raise ValueError(f"input is neither a file nor a path: {self.source!r} ({kind_of(path)})")
        logger.info("files read into PathLineSentences:%s", "\n".join(self.input_files))

    def __iter__(self) -> Iterator[list[str]]:
        for name in self.input_files:
            logger.info("reading file %s", name)
            for words in read_lines(name, self.limit):
                yield from pieces(words, self.max_sentence_length)


class Text8Corpus:
    r"""One giant line, such as text8, cut into sentences of equal length.

    Line ends do not matter: a sentence continues across them. The file is read in small blocks.

    Parameters
    ----------
    fname : str or path-like
        A file (compressed or not) or a URL.
    max_sentence_length : int or None, default 10000
        Length of the sentences; None makes the whole file one.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "text8")
    ...     _ = path.write_bytes(b" anarchism originated as a term")
    ...     list(Text8Corpus(path, max_sentence_length=3))
    [['anarchism', 'originated', 'as'], ['a', 'term']]
    """

    def __init__(self, fname: PathLike, max_sentence_length: int | None = MAX_SENTENCE_LENGTH) -> None:
        self.fname = in_home(fname)
        self.max_sentence_length = _check_length(max_sentence_length)

    def __iter__(self) -> Iterator[list[str]]:
        size = self.max_sentence_length
        sentence: list[str] = []
        for words in self._blocks():
            sentence += words
            while size is not None and len(sentence) >= size:
                yield sentence[:size]
                del sentence[:size]
        if sentence:
            yield sentence

    def _blocks(self) -> Iterator[list[str]]:
        """Yield the tokens of the file, a block at a time, cut at ASCII blanks: no UTF-8 sequence contains one."""
        rest: list[bytes] = []  # blocks since the last blank
        line = 1
        with open_bytes(self.fname) as file:
            while block := file.read(_BLOCK):
                cut = max(block.rfind(b" "), block.rfind(b"\n")) + 1
                if cut:
                    text = b"".join([*rest, block[:cut]])
                    yield decode(text, name_of(self.fname), line).split()
                    line += text.count(b"\n")
                    rest.clear()
                rest.append(block[cut:])
            yield decode(b"".join(rest), name_of(self.fname), line).split()


def _local_folder(source: PathLike) -> str:
    """Return the path of a folder as text; an address is not a folder."""
    if is_url(source):
        raise ValueError(
            f"{source!r} is an address, and only local folders are read: copy its files, or pass each of them to "
            "LineSentence"
        )
    return expanded(source)


class BrownCorpus:
    r"""The Brown corpus as NLTK ships it: a directory of files with one sentence a line, tokens WORD/TAG.

    A token becomes the lower-case word, a slash and the first two letters of its tag; tokens whose tag is not
    alphabetic (punctuation) are left out, and so are sentences that this empties. Files are read in the order of their
    names.

    Parameters
    ----------
    dirname : str or path-like

    Examples
    --------
    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = pathlib.Path(folder, "ca01").write_bytes(b"The/at Fulton/np-tl said/vbd ./.\n")
    ...     list(BrownCorpus(folder))
    [['the/at', 'fulton/np', 'said/vb']]
    """

    def __init__(self, dirname: PathLike) -> None:
        self.dirname = in_home(dirname)
        _local_folder(dirname)

    def __iter__(self) -> Iterator[list[str]]:
        for path in sorted(Path(self.dirname).iterdir()):
            if not path.is_file():
                continue
            yield from filter(None, map(self.words_of, read_lines(path)))

    @staticmethod
    def words_of(tokens: Iterable[str]) -> list[str]:
        """Return the words of a line's tokens."""
        pairs = [token.split("/") for token in tokens if token.count("/") == 1]
        return [f"{word.lower()}/{tag[:2]}" for word, tag in pairs if tag[:2].isalpha()]


class CorpusFile:
    r"""The corpus that ``corpus_file=`` names: one file or several, one sentence a line, however long the line.

    Parameters
    ----------
    paths : str, path-like, or sequence of them
        Files, compressed or not; read in the order given.

    Attributes
    ----------
    paths : tuple of str
    seen : tuple of Seen
        The initial length of each file: the corpus ends there, so that a growing file gives the same in each pass.

    Raises
    ------
    TypeError
        If a path is not a file.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "corpus.txt")
    ...     _ = path.write_bytes(b"one sentence\n\nper line")
    ...     list(CorpusFile([path, path]))
    [['one', 'sentence'], ['per', 'line'], ['one', 'sentence'], ['per', 'line']]
    """

    def __init__(self, paths: PathLike | Iterable[PathLike]) -> None:
        several = [paths] if isinstance(paths, (str, os.PathLike)) else paths
        if not isinstance(several, (list, tuple)) or not several:
            raise TypeError(
                f"Parameter corpus_file must be a valid path to a file, or a list of paths, got {paths!r} instead; "
                "for an open file pass LineSentence(file) instead of corpus_file"
            )
        self.paths = tuple(_check_file(path) for path in several)
        self.seen = tuple(map(look_at, self.paths))

    def __iter__(self) -> Iterator[list[str]]:
        return filter(None, self.lines())

    def lines(self) -> Iterator[list[str]]:
        """Yield the tokens of each line, empty lists for blank lines."""
        for path, seen in zip(self.paths, self.seen, strict=True):
            yield from read_lines(path, seen=seen)


def _check_file(path: Any) -> str:
    """Return `path` as str if there is such a file."""
    hint = ""
    if isinstance(path, (str, os.PathLike)):
        name, kind = expanded(path), kind_of(path)
        if kind is None:
            return name
        reader = {FOLDER: "PathLineSentences", PIPE: "LineSentence"}.get(kind)
        if "://" in name:
            kind, reader = "a URL", "LineSentence"
        what = "a pipe, which can be read only once" if kind == PIPE else kind
        instead = f": pass {reader}({name!r}) instead of corpus_file" if reader else ""
        once = ", with cache_corpus=True" if kind == PIPE else ""
        hint = f" ({what}{instead}{once})"
    raise TypeError(f"Parameter corpus_file must be a valid path to a file, got {path!r} instead{hint}")
