"""The corpus of a command line (files, folders, an address or stdin), and how raw text is normalised."""

from __future__ import annotations

import re
import shutil
import string
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from w2vcore.cli.common import Decorated, option, quoted
from w2vcore.cli.paths import CorpusName
from w2vcore.corpus.documents import TaggedLineDocument
from w2vcore.corpus.files import DEVICE, HEAD_BYTES, MISSING, PIPE, SOCKET, check_kind, is_packed, kind_of, open_bytes
from w2vcore.corpus.readers import LineSentence, PathLineSentences, decode, name_of

BLOCK_BYTES = 1 << 20  # of text that is normalised at a time
_PUNCTUATION = re.compile(f"[{re.escape(string.punctuation)}]")

# A word and eight decimal numbers, perhaps after a line with the sizes: no text begins so.
_VECTORS = re.compile(rb"(?:\d+[ \t]\d+\s*\n)?\S+(?:[ \t]-?\d+\.\d+(?:e[+-]?\d+)?){8}")

TEXT_SECTION = "Text"


def corpus_argument(command: Decorated) -> Decorated:
    """Add the argument CORPUS."""
    return click.argument("corpus", nargs=-1, required=True, type=CorpusName())(command)


def text_options(command: Decorated) -> Decorated:
    """Add the options that normalise text, given to the function as `lower` and `strip_punctuation`."""
    strip = option(
        "--strip-punctuation",
        is_flag=True,
        section=TEXT_SECTION,
        help=f"Remove the characters {string.punctuation} from the text first.",
    )
    lower = option("--lower", is_flag=True, section=TEXT_SECTION, help="Make the text lower-case first.")
    return lower(strip(command))


def plain(text: str, lower: bool, strip_punctuation: bool) -> str:
    """Return a text in lower case, without punctuation, or both.

    Punctuation is removed without leaving a blank, as in TensorFlow's tutorials, so that "don't" becomes "dont".

    Examples
    --------
    >>> plain("Don't speak, ROMEO!", True, True)
    'dont speak romeo'
    """
    text = text.lower() if lower else text
    return _PUNCTUATION.sub("", text) if strip_punctuation else text


@contextmanager
def opened_corpus(
    corpus: Sequence[str],
    lower: bool = False,
    strip_punctuation: bool = False,
    folder: str | None = None,
    written: Iterable[tuple[str, str | Path | None]] = (),
    argument: str = "CORPUS",
) -> Iterator[list[str]]:
    """Yield the files and addresses of a corpus, which can be read any number of times.

    Text from stdin, and text that is normalised, is written to a temporary file first. Then it is counted and encoded
    like any other file, without a Python object for each word.

    Parameters
    ----------
    corpus : sequence of str
        Files, folders, one address, or "-" for stdin.
    lower, strip_punctuation : bool
        As for `plain`.
    folder : str, optional
        For temporary files; default: the system's folder for them.
    written : iterable of (str, path)
        Options and the files that they name as outputs: none may be a file of the corpus, which would be lost.
    argument : str
        What the command calls the corpus.
    """
    sources = _sources(corpus, argument)
    for option_name, path in written:
        if path is not None and Path(path).is_file() and any(_is_file(source, path) for source in sources):
            raise click.UsageError(
                f"{path} is a file of {argument}, and would be written over; give another {option_name}"
            )
    if sources != ["-"] and not lower and not strip_punctuation:
        yield sources
        return
    with tempfile.TemporaryDirectory(prefix="w2vcore-", dir=folder) as temporary:
        if sources == ["-"]:
            sources = [_spooled(Path(temporary) / "stdin")]
        if lower or strip_punctuation:
            sources = [
                _written(Path(temporary) / f"plain-{number}", _plain_blocks(source, lower, strip_punctuation))
                for number, source in enumerate(sources)
            ]
        yield sources


def training_corpus(sources: list[str]) -> dict[str, Any]:
    """Return the arguments of Word2Vec that name a corpus."""
    if "://" in sources[0]:
        return {"sentences": LineSentence(sources[0], max_sentence_length=None)}
    return {"corpus_file": sources}


def training_documents(sources: list[str]) -> dict[str, Any]:
    """Return the arguments of Doc2Vec that name a corpus, a document a line."""
    if "://" in sources[0]:
        return {"documents": TaggedLineDocument(sources[0])}
    return {"corpus_file": sources}


def _sources(corpus: Sequence[str], argument: str) -> list[str]:
    """Return the files that the arguments name; a folder stands for its files."""
    files: list[str] = []
    for name in corpus:
        if name == "-" or "://" in name:
            if len(corpus) > 1:
                what = "stdin (-)" if name == "-" else "an address"
                raise click.UsageError(f"{name}: {what} must be the only corpus; for several, save them as files first")
            return [name]
        kind = kind_of(name)
        if kind == MISSING:
            raise click.ClickException(
                f"{name}: no such file; {argument} is the path of a text file or of a folder of them, or - for stdin"
            )
        if kind in (PIPE, DEVICE, SOCKET):
            raise click.ClickException(
                f"{name} is {kind}, and a corpus is read several times: give - as {argument}, and pipe the text to "
                "stdin"
            )
        files += PathLineSentences(name).input_files
    if not files:
        raise click.ClickException(
            f"no file to read in {', '.join(corpus)}; {argument} is a text file or a folder of them"
        )
    for file in files:  # check all now: the last might be read hours later
        with Path(file).open("rb") as stream:
            head = stream.read(HEAD_BYTES)
        if not is_packed(file):
            check_kind(head, file)
            if _VECTORS.match(head):
                raise click.ClickException(f"{file} is a file of vectors, not a text: w2vcore similar {quoted(file)}")
    return files


def _is_file(source: str, path: str | Path) -> bool:
    return Path(source).is_file() and Path(source).samefile(path)


def _spooled(path: Path) -> str:
    """Copy stdin to a file."""
    if sys.stdin.isatty():
        click.echo("Reading the text from the terminal; Ctrl-D ends it.", err=True)
    with path.open("wb") as file:
        shutil.copyfileobj(sys.stdin.buffer, file, BLOCK_BYTES)
    return str(path)


def _written(path: Path, blocks: Iterable[str]) -> str:
    with path.open("w", encoding="utf8", newline="") as file:
        file.writelines(blocks)
    return str(path)


def _plain_blocks(source: str, lower: bool, strip_punctuation: bool) -> Iterator[str]:
    """Yield a normalised text, block by block. Blocks end after blanks, so none cuts a word or a UTF-8 sequence."""
    line, rest = 1, [b""]
    with open_bytes(source) as file:
        while block := file.read(BLOCK_BYTES):
            cut = max(block.rfind(b" "), block.rfind(b"\n")) + 1
            if cut:
                text = b"".join([*rest, block[:cut]])
                yield plain(decode(text, name_of(source), line), lower, strip_punctuation)
                line += text.count(b"\n")
                rest.clear()
            rest.append(block[cut:])
        yield plain(decode(b"".join(rest), name_of(source), line), lower, strip_punctuation)
