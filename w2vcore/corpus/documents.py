"""Documents: words with tags. What holds one, readers of files that give them, and a check of what is passed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from .paths import PathLike, in_home
from .readers import BrownCorpus, CorpusFile, LineSentence, read_lines
from .scanning import Text, text_of
from .shares import FileShare
from .sources import Corpus, as_corpus


class TaggedDocument(NamedTuple):
    """The words of a document, and its tags.

    Attributes
    ----------
    words : list of hashable
    tags : list of hashable
        str or int, usually one that no other document has.

    Examples
    --------
    >>> print(TaggedDocument(["a"], [0]))
    TaggedDocument<['a'], [0]>
    """

    words: Any
    tags: Any

    def __str__(self) -> str:
        return f"{type(self).__name__}<{self.words}, {self.tags}>"


class TaggedLineDocument:
    r"""Each line of a file as a document, whose tag is the number of the line, from 0; blank lines count.

    Parameters
    ----------
    source : str, path-like or file object
        A file (compressed or not), a URL, or an object with ``seek``, which is rewound for each iteration.

    Examples
    --------
    >>> import io
    >>> for document in TaggedLineDocument(io.BytesIO(b"the quick fox\n\njumps over\n")):
    ...     print(document)
    TaggedDocument<['the', 'quick', 'fox'], [0]>
    TaggedDocument<[], [1]>
    TaggedDocument<['jumps', 'over'], [2]>
    """

    def __init__(self, source: Any) -> None:
        self.source = in_home(source)

    def __iter__(self) -> Iterator[TaggedDocument]:
        for number, words in enumerate(read_lines(self.source)):
            yield TaggedDocument(words, [number])


class TaggedBrownCorpus:
    r"""The Brown corpus (`BrownCorpus`) as documents, with tags ``FILE_SENT_n``: the path, and the line from 0.

    Parameters
    ----------
    dirname : str or path-like

    Examples
    --------
    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = pathlib.Path(folder, "ca01").write_bytes(b"\nThe/at Fulton/np-tl said/vbd ./.\n")
    ...     [(words, tag.removeprefix(folder)[1:]) for words, (tag,) in TaggedBrownCorpus(folder)]
    [(['the/at', 'fulton/np', 'said/vb'], 'ca01_SENT_1')]
    """

    def __init__(self, dirname: PathLike) -> None:
        self.dirname = in_home(dirname)
        BrownCorpus(dirname)  # which checks it

    def __iter__(self) -> Iterator[TaggedDocument]:
        for path in sorted(Path(self.dirname).iterdir()):
            if not path.is_file():
                continue
            for number, tokens in enumerate(read_lines(path)):
                words = BrownCorpus.words_of(tokens)
                if words:
                    yield TaggedDocument(words, [f"{path}_SENT_{number}"])


class LineDocuments:
    """What ``corpus_file=`` names, or a rank's share of it, as documents: the tag is the number of the line.

    Lines are counted over all files, blank ones too.

    Parameters
    ----------
    file : CorpusFile or FileShare
    first : int
        Number of its first line.
    """

    def __init__(self, file: CorpusFile | FileShare, first: int = 0) -> None:
        self.file = file
        self.first = first

    def __iter__(self) -> Iterator[TaggedDocument]:
        for number, words in enumerate(self.file.lines(), self.first):
            yield TaggedDocument(words, [number])


def numbered_text(documents: Any) -> Text | None:
    """Return the text whose lines are documents with the numbers of the lines as tags; None: they are something else.

    Examples
    --------
    >>> numbered_text(TaggedLineDocument("corpus.txt"))
    Text(names=('corpus.txt',), longest=None, limit=None, by_line=True, spans=None, seen=None)
    >>> numbered_text([TaggedDocument(["a"], [0])]) is None
    True
    """
    lines = as_lines(documents)
    return None if lines is documents else text_of(lines)


def as_lines(documents: Any) -> Any:
    """Return the reader of the lines that are these documents; documents of another kind are returned as they are."""
    if type(documents) is LineDocuments:
        return documents.file
    return LineSentence(documents.source, None) if type(documents) is TaggedLineDocument else documents


# Exactly these types, which only read files, are the same on every pass (sources.py).
_SAME_EACH_PASS = (TaggedLineDocument, TaggedBrownCorpus, LineDocuments)


def as_documents(documents: Any = None, corpus_file: Any = None, *, passes: int, once: str = "") -> Corpus:
    """Check that exactly one corpus of documents is given, and that it can be read `passes` times.

    Parameters
    ----------
    documents : iterable of TaggedDocument, optional
    corpus_file : str, path-like, list of them, or CorpusFile, optional
        Files with one document a line, whose tags are the numbers of the lines.
    passes, once
        As in `as_corpus`.

    Raises
    ------
    TypeError
        As `as_corpus` does.

    Examples
    --------
    >>> as_documents([TaggedDocument(["some", "words"], ["tag"])], passes=6).cacheable
    True
    """
    corpus = as_corpus(documents, corpus_file, passes=passes, once=once, for_file="TaggedLineDocument({!r})")
    sentences: Any = corpus.sentences
    if corpus_file is not None:
        return Corpus(LineDocuments(sentences), True, corpus.name)
    source = getattr(sentences, "source", None)
    repeatable = type(sentences) in _SAME_EACH_PASS and not hasattr(source, "seek")
    return Corpus(sentences, corpus.cacheable or repeatable, corpus.name)
