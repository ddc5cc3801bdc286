"""From texts to a matrix of ids, as Keras's TextVectorization makes it."""

from __future__ import annotations

import string
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import chain, islice

import numpy as np
from numpy.typing import NDArray

from w2vcore.corpus.containers import misread
from w2vcore.model.checks import check_int

PADDING, UNKNOWN = "", "[UNK]"  # ids 0 and 1

# ASCII only, as in TensorFlow's tf.strings.lower and in Keras's pattern of what is stripped
_STANDARD = str.maketrans(string.ascii_uppercase, string.ascii_lowercase, string.punctuation)


def lower_and_strip_punctuation(text: str) -> str:
    """Return a text in lower case and without punctuation, like the standardisation of this name in Keras.

    As in Keras, both apply to ASCII only: the letters A to Z, and the 32 marks of `string.punctuation`, which are
    deleted and not replaced by a blank. ``É`` and ``“`` stay as they are.

    Examples
    --------
    >>> lower_and_strip_punctuation("The wide road shimmered in the hot sun.")
    'the wide road shimmered in the hot sun'
    >>> lower_and_strip_punctuation("It's a well-known PLACE: “Élysée”")
    'its a wellknown place “Élysée”'
    """
    return text.translate(_STANDARD)


def vectorize(
    texts: Iterable[str],
    max_tokens: int | None = None,
    output_sequence_length: int | None = None,
    *,
    vocabulary: Sequence[str] | None = None,
    standardize: Callable[[str], str] | None = lower_and_strip_punctuation,
) -> tuple[NDArray[np.int64], list[str]]:
    """Turn texts into rows of ids, all of one length, and make the vocabulary at the same time.

    The ids are those of a ``keras.layers.TextVectorization`` that was adapted to the same texts: 0 pads, 1 is any word
    that is not in the vocabulary, and from 2 on come the words in descending order of frequency. Equally frequent words
    are in descending order of their UTF-8 bytes (as in Keras, where this order is an arbitrary choice). Words are
    separated by ASCII white space.

    Parameters
    ----------
    texts : iterable of str
        Read once if `vocabulary` is given; else kept in memory as ids.
    max_tokens : int, optional
        Size of the vocabulary, including the two special entries; default: all words.
    output_sequence_length : int, optional
        Length of a row: longer texts are cut off at their end, shorter ones padded. Default: the longest text.
    vocabulary : sequence of str, optional
        The vocabulary that an earlier call returned, instead of a new one; `max_tokens` is then not needed.
    standardize : callable or None
        ``f(text) -> text``, called on each text before it is split; None leaves it as it is.

    Returns
    -------
    ids : ndarray of int64, shape (number of texts, output_sequence_length)
    vocabulary : list of str
        ``vocabulary[id]`` is the word; it begins with ``""`` (padding) and ``"[UNK]"``.

    Raises
    ------
    TypeError
        If `texts` is a single string, or one of them is not a string.
    ValueError
        If a number is too small, or `vocabulary` is not a vocabulary.

    Examples
    --------
    >>> ids, vocabulary = vectorize(["The wide road shimmered in the hot sun", "The road!"], 6, 5)
    >>> vocabulary
    ['', '[UNK]', 'the', 'road', 'wide', 'sun']
    >>> ids
    array([[2, 4, 3, 1, 1],
           [2, 3, 0, 0, 0]])
    >>> vectorize(["A hot road"], output_sequence_length=4, vocabulary=vocabulary)[0]
    array([[1, 1, 3, 0]])
    """
    if isinstance(texts, (str, bytes)):
        raise TypeError(f"texts must be an iterable of str, got {texts!r:.60}; pass [{texts!r:.60}] for a single text")
    if (what := misread(texts)) is not None:
        raise TypeError(f"texts must be an iterable of str, got {what}; pass one of its columns, or its values")
    if max_tokens is not None:
        max_tokens = check_int("max_tokens", max_tokens, 3, hint="two of them are padding and the unknown word")
    if output_sequence_length is not None:
        output_sequence_length = check_int("output_sequence_length", output_sequence_length, 1)
    if vocabulary is not None:
        known = _checked(vocabulary, max_tokens)
    documents: list[list[bytes]] = []
    counts: Counter[bytes] = Counter()
    for number, text in enumerate(texts):
        if not isinstance(text, str):
            raise TypeError(f"text {number} must be a str, got {text!r:.60}")
        words = (text if standardize is None else standardize(text)).encode("utf8", "surrogatepass").split()
        if vocabulary is None:
            counts.update(words)
        documents.append(words if output_sequence_length is None else words[:output_sequence_length])
    if vocabulary is None:
        known = _ranked(counts, max_tokens)
    ids = {word.encode("utf8", "surrogatepass"): row for row, word in enumerate(known)}
    return _matrix(documents, ids, output_sequence_length), known


def _checked(vocabulary: Sequence[str], max_tokens: int | None) -> list[str]:
    """Return a given vocabulary as a list, or say what is wrong with it."""
    known = list(vocabulary)
    if known[:2] != [PADDING, UNKNOWN] or len(set(known)) != len(known):
        raise ValueError(
            f"vocabulary must begin with {PADDING!r} and {UNKNOWN!r} and hold no word twice, as vectorize returns it, "
            f"got {known[:3]!r:.60} ..."
        )
    if max_tokens is not None and len(known) > max_tokens:
        raise ValueError(f"vocabulary has {len(known)} words, which is more than max_tokens={max_tokens}")
    return known


def _ranked(counts: Counter[bytes], max_tokens: int | None) -> list[str]:
    """Return the vocabulary: the special entries, then words in Keras's order."""
    for special in (PADDING, UNKNOWN):
        counts.pop(special.encode(), None)
    # by bytes in reverse, then stably by count: ties are in the order of Keras
    ordered = sorted(sorted(counts, reverse=True), key=counts.__getitem__, reverse=True)
    words = islice(ordered, None if max_tokens is None else max_tokens - 2)
    return [PADDING, UNKNOWN, *(word.decode("utf8", "surrogatepass") for word in words)]


def _matrix(documents: list[list[bytes]], ids: dict[bytes, int], length: int | None) -> NDArray[np.int64]:
    """Write the ids of the documents into the rows of a padded matrix."""
    lengths = np.fromiter(map(len, documents), np.int64, len(documents))
    width = int(lengths.max(initial=0)) if length is None else length
    matrix = np.zeros((len(documents), width), np.int64)
    tokens = chain.from_iterable(documents)
    # a mask of the places that are filled: rows are filled from the left, in the order of the tokens
    matrix[np.arange(width) < lengths[:, None]] = np.fromiter(
        (ids.get(word, 1) for word in tokens), np.int64, int(lengths.sum())
    )
    return matrix
