"""Names that gensim's module `doc2vec` has and programs ask for; nothing here depends on them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Doctag:
    """A tag, as gensim counts them; here ``dv.get_vecattr(tag, "doc_count")`` has the numbers.

    Attributes
    ----------
    doc_count : int
        Documents that have it; `count` is the same.
    index : int
        Its row.
    word_count : int
        Words of these documents.

    Examples
    --------
    >>> Doctag(doc_count=2, index=0, word_count=9).count
    2
    """

    __slots__ = ("doc_count", "index", "word_count")
    doc_count: int
    index: int
    word_count: int

    @property
    def count(self) -> int:
        """Documents that have the tag."""
        return self.doc_count

    @count.setter
    def count(self, number: int) -> None:
        self.doc_count = number
