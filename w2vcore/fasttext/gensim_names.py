"""N-grams of words and their hashes, and other names that programs import from gensim's module."""

from __future__ import annotations

import warnings
from typing import Any

from w2vcore.model._subwords import list_subwords
from w2vcore.model.subwords import bracketed, hashes_of, joined, word_bytes

from .files import load_facebook_model
from .model import FastText

MAX_WORDS_IN_BATCH = 10_000  # the default of batch_words; nothing is ever cut off by it


class FastTextVocab:
    """Empty, as in gensim 4: what it held in gensim 3 are attributes of `FastText`."""


class FastTextTrainables:
    """Empty, as in gensim 4: what it held in gensim 3 are attributes of `FastText`."""


def load_fasttext_format(*args: Any, **kwargs: Any) -> FastText:
    """Load a model of fastText; deprecated, as in gensim: use `load_facebook_model`.

    Parameters
    ----------
    *args, **kwargs
        Of `load_facebook_model`.

    Examples
    --------
    >>> model = load_fasttext_format("cc.en.300.bin")  # doctest: +SKIP
    """
    warnings.warn(
        "load_fasttext_format is deprecated; use load_facebook_model, or load_facebook_vectors for vectors alone",
        DeprecationWarning,
        stacklevel=2,
    )
    return load_facebook_model(*args, **kwargs)


def ft_ngram_hashes(word: str, minn: int, maxn: int, num_buckets: int) -> list[int]:
    """Return the buckets of the n-grams of a word, in fastText's order.

    Parameters
    ----------
    word : str
    minn, maxn : int
        Characters of an n-gram.
    num_buckets : int

    Examples
    --------
    >>> ft_ngram_hashes("cat", 3, 4, 1000) == [
    ...     ft_hash_bytes(ngram) % 1000 for ngram in compute_ngrams_bytes("cat", 3, 4)
    ... ]
    True
    """
    buckets: list[int] = list_subwords(*joined(bracketed([word_bytes(word)])), minn, maxn, num_buckets)[1].tolist()
    return buckets


def compute_ngrams(word: str, min_n: int, max_n: int) -> list[str]:
    """Return the n-grams of a word by their length, a lone ``<`` or ``>`` included.

    Examples
    --------
    >>> compute_ngrams("cat", 3, 4)
    ['<ca', 'cat', 'at>', '<cat', 'cat>']
    """
    text = f"<{word}>"
    return [
        text[start : start + length]
        for length in range(min_n, min(len(text), max_n) + 1)
        for start in range(len(text) - length + 1)
    ]


def compute_ngrams_bytes(word: str, min_n: int, max_n: int) -> list[bytes]:
    """Return the n-grams of a word in UTF-8 as fastText makes them: by where they begin, then by their length.

    A lone ``<`` or ``>`` is none.

    Examples
    --------
    >>> compute_ngrams_bytes("cat", 3, 4)
    [b'<ca', b'<cat', b'cat', b'cat>', b'at>']
    """
    characters = [word_bytes(each) for each in f"<{word}>"]
    last = len(characters)
    return [
        b"".join(characters[start:end])
        for start in range(last)
        for end in range(start + max(min_n, 1), min(start + max_n, last) + 1)
        if end - start > 1 or (start > 0 and end < last)
    ]


def ft_hash_bytes(bytez: bytes) -> int:
    """Return fastText's hash of an n-gram: FNV-1a of 32 bits, each byte widened as a signed one.

    Examples
    --------
    >>> ft_hash_bytes(b"<ca"), ft_hash_bytes("é".encode())
    (1066916747, 1023043777)
    """
    return int(hashes_of([bytez], 1 << 32)[0])
