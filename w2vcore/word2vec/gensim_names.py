"""Names that gensim's module `word2vec` has and programs ask for; nothing here depends on them."""

from __future__ import annotations

from typing import Any, NamedTuple

MAX_WORDS_IN_BATCH = 10_000  # the default of batch_words; nothing is ever cut off by it
FAST_VERSION = 1  # there is compiled code; w2vcore.show_config() says which
CORPUSFILE_VERSION = 1  # corpus_file is read by compiled code


class Heapitem(NamedTuple):
    """A node of a Huffman tree while it is made, ordered by count alone.

    Attributes
    ----------
    count : int
        Occurrences of the words below it.
    index : int
        Row of the word or of the inner node.
    left, right : Heapitem or None
        Its children; None for a word.

    Examples
    --------
    >>> Heapitem(1, 7, None, None) < Heapitem(2, 0, None, None)
    True
    """

    count: int  # type: ignore[assignment]  # as in gensim, over the methods of tuple
    index: int  # type: ignore[assignment]
    left: Any
    right: Any

    def __lt__(self, other: tuple[Any, ...]) -> bool:
        return bool(self.count < other[0])
