"""Vectors of sentences, without training: weighted means of word vectors, less what all sentences have in common."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import IO, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from w2vcore.corpus._encoding import Encoder
from w2vcore.corpus.readers import CorpusFile, read_lines
from w2vcore.corpus.sources import as_corpus
from w2vcore.corpus.warning import warn
from w2vcore.formats import object_file
from w2vcore.formats.atomic import PathLike
from w2vcore.keyedvectors.columns import as_columns
from w2vcore.keyedvectors.protocol import Vectors
from w2vcore.keyedvectors.table import VectorTable
from w2vcore.model.checks import check_flag, check_float, check_int
from w2vcore.model.subwords import word_bytes
from w2vcore.query import sentences as arithmetic
from w2vcore.query import similarity

WEIGHTINGS = ("sif", "mean", "idf")
ZIPF = "zipf"

_NAME = "SentenceVectorizer"  # in files
_WORDS_AT_ONCE = 1 << 18  # encoded, and then averaged: their rows are copied, and Ctrl-C works between two such steps


class SentenceVectorizer:
    """Makes vectors of sentences out of vectors of words, and keeps what it needs for further sentences.

    The vector of a sentence is the weighted mean of the vectors of its words. The directions that all sentences share,
    which say more about the language than about a sentence, are removed from it.

    Parameters
    ----------
    wv : KeyedVectors
        Vectors of words. `FastTextKeyedVectors` make those of words that are no keys, too.
    weighting : {"sif", "mean", "idf"}
        "sif": a / (a + p), with the share p of the word in all text (smooth inverse frequency). "mean": all words count
        alike. "idf": ln((1 + n) / (1 + m)) for a word in m of the n sentences of `fit`.
    remove_components : int
        How many directions to remove: the first principal components of the sentences of `fit`, not centred.
    a : float
        Of "sif": the share at which a word counts half. Arora et al. take 1e-3 to 1e-4.
    counts : {None, "zipf"} or array, optional
        Of "sif": how often each key occurs. Default: the column 'count'. "zipf": 1/1, 1/2, 1/3, ... in the order of the
        keys, for files of vectors that are sorted by frequency and have no counts.
    pre_normalize : bool
        Scale the vectors of words to length 1 first, as `KeyedVectors.get_mean_vector` does.

    Attributes
    ----------
    weights : ndarray of float32, shape (keys,)
        Of each word; there after `fit`, or at once if nothing is to be fitted.
    new_word_weight : float
        Of words that are no keys, which only `FastTextKeyedVectors` have vectors for.
    components : ndarray of float32, shape (remove_components, vector_size)
        The directions that are removed, of length 1.

    Raises
    ------
    ValueError
        For "sif" without counts; for another weighting; for `remove_components` outside 0 to the size of a vector.

    Notes
    -----
    A sentence without a known word has a vector of zeros, and one warning says how many there are.
    `KeyedVectors.sentence_vectors` does all in one call.

    Arora, Liang, Ma (2017), "A Simple but Tough-to-Beat Baseline for Sentence Embeddings", ICLR.

    Examples
    --------
    >>> from w2vcore.keyedvectors import KeyedVectors, SentenceVectorizer
    >>> wv = KeyedVectors(2)
    >>> wv.add_vectors(["the", "cat", "dog", "sun"], [[1, 1], [2, 0], [2, 0.1], [0, 2]], {"count": [97, 1, 1, 1]})
    >>> sentences = SentenceVectorizer(wv, a=0.01).fit([["the", "cat"], ["the", "sun"], ["dog"], ["sun"]])
    >>> vectors = sentences.transform([["cat"], ["the", "dog"], ["sun"]])
    >>> from w2vcore.matutils import unitvec
    >>> [round(float(unitvec(vectors[0]) @ unitvec(other)), 2) for other in vectors]
    [1.0, 1.0, -1.0]
    """

    weights: NDArray[np.float32] | None
    components: NDArray[np.float32] | None

    def __init__(
        self,
        wv: Vectors,
        weighting: str = "sif",
        remove_components: int = 1,
        *,
        a: float = 1e-3,
        counts: ArrayLike | str | None = None,
        pre_normalize: bool = False,
    ) -> None:
        if weighting not in WEIGHTINGS:
            raise ValueError(f"weighting must be one of {', '.join(map(repr, WEIGHTINGS))}, got {weighting!r}")
        self.wv, self.weighting = wv, weighting
        self.remove_components = check_int("remove_components", remove_components, 0, wv._table.width)
        self.a = check_float("a", a, 0)
        if not self.a:
            raise ValueError("a must be above 0, got 0")
        self.pre_normalize = check_flag("pre_normalize", pre_normalize)
        if counts is not None and weighting != "sif":
            raise ValueError(f"counts are for weighting='sif', got weighting={weighting!r}")
        self.weights, self.new_word_weight = None, 1.0
        if weighting == "sif":
            self.weights = arithmetic.smooth_inverse_frequency(_counts(wv, counts), self.a)
        elif weighting == "mean":
            self.weights = np.ones(len(wv), np.float32)
        self.components = None if self.remove_components else np.empty((0, wv._table.width), np.float32)

    def __str__(self) -> str:
        return f"{_NAME}<weighting={self.weighting!r}, remove_components={self.remove_components}, {self.wv}>"

    def fit(self, sentences: Any = None, corpus_file: Any = None, *, workers: int | None = None) -> SentenceVectorizer:
        """Learn what is removed from vectors of sentences, and of "idf" the weights, from these sentences.

        Parameters
        ----------
        sentences, corpus_file, workers
            As of `transform`.

        Returns
        -------
        SentenceVectorizer
            Itself.

        Raises
        ------
        ValueError
            If no more sentences have known words than directions are to be removed: nothing would be left.
        """
        self._fit(_read(sentences, corpus_file), workers)
        return self

    def transform(
        self, sentences: Any = None, corpus_file: Any = None, *, workers: int | None = None
    ) -> NDArray[np.float32]:
        """Return a vector for each sentence.

        Parameters
        ----------
        sentences : iterable of lists of words, optional
            Read once, so that a generator will do. A reader such as `LineSentence` leaves out blank lines, and cuts
            long ones.
        corpus_file : str or path-like, or list of them, optional
            Instead: files with a sentence a line. Blank lines count: row i is line i.
        workers : int, optional
            Threads; default: one a core. The result is the same.

        Returns
        -------
        ndarray of float32, shape (sentences, vector_size)
            Zeros for a sentence without a known word.

        Raises
        ------
        RuntimeError
            If nothing was fitted before, and something must be.
        TypeError
            For a sentence that is a str.
        ValueError
            If the keys changed since, or if the vector of a word is not finite.

        Warns
        -----
        UserWarning
            How many sentences have no known word.
        """
        if self.weights is None or self.components is None:
            raise RuntimeError(
                "there is nothing to weight words with, or to remove, yet: call fit(sentences) first, or fit_transform"
            )
        vectors = self._means(_read(sentences, corpus_file), workers)[0]
        arithmetic.remove_components(vectors, self.components)
        return vectors

    def fit_transform(
        self, sentences: Any = None, corpus_file: Any = None, *, workers: int | None = None
    ) -> NDArray[np.float32]:
        """Return what `fit` and `transform` of the same sentences would, which are read once.

        Parameters
        ----------
        sentences, corpus_file, workers
            As of `transform`.
        """
        vectors = self._fit(_read(sentences, corpus_file), workers)
        assert self.components is not None
        arithmetic.remove_components(vectors, self.components)
        return vectors

    def _fit(self, text: _Text, workers: int | None) -> NDArray[np.float32]:
        """Learn from sentences, and return their means, from which nothing is removed yet."""
        if self.weighting == "idf":
            rows = _rows_of(text, self.wv._table).astype(np.uint32)  # NO_ROW for those that are no keys
            documents = len(text.offsets) - 1
            containing = arithmetic.documents_with(rows[text.ids], text.offsets, len(self.wv))
            self.weights = arithmetic.inverse_document_frequency(documents, containing)
            self.new_word_weight = float(arithmetic.inverse_document_frequency(documents, np.zeros(1))[0])
        vectors, counts = self._means(text, workers)
        if self.remove_components:
            known = int(np.count_nonzero(counts))
            if known <= self.remove_components:
                raise ValueError(
                    f"remove_components={self.remove_components} of {known} sentences with known words leaves nothing "
                    "of them: fit more sentences, or set remove_components=0"
                )
            self.components = arithmetic.principal_components(vectors, self.remove_components)
        return vectors

    def _means(self, text: _Text, workers: int | None) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """Return the weighted mean of each sentence, and how many known words it has."""
        workers = None if workers is None else check_int("workers", workers, 1)
        table = self.wv._table
        table.check()
        assert self.weights is not None
        if len(self.weights) != len(table.keys):
            raise ValueError(f"the vectors had {len(self.weights)} keys before, and have {len(table.keys)}: fit again")
        rows = _rows_of(text, table)
        vectors = np.empty((len(text.offsets) - 1, table.width), np.float32)
        counts = np.empty(len(vectors), np.int64)
        for some in _portions(text.offsets):
            offsets = text.offsets[some.start : some.stop + 1]
            ids = text.ids[offsets[0] : offsets[-1]]
            used = np.zeros(len(rows), bool)
            used[ids] = True
            place_of = np.cumsum(used, dtype=np.uint32) - np.uint32(1)
            matrix, known = self._word_vectors(np.flatnonzero(used), rows, text)
            places = place_of[ids]
            places[~known[places]] = arithmetic.NO_ROW
            vectors[some], counts[some] = arithmetic.means(matrix, places, offsets - offsets[0], workers)
        _warn_of_zeros(counts)
        return vectors, counts

    def _word_vectors(
        self, words: NDArray[np.intp], rows: NDArray[np.int64], text: _Text
    ) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
        """Return the weighted vectors of some words of a text, and which of them have one."""
        table = self.wv._table
        assert self.weights is not None
        places = rows[words]
        known = places >= 0
        matrix = np.zeros((len(words), table.width), np.float32)
        matrix[known] = table.matrix.array[places[known]]
        factors = np.full(len(words), self.new_word_weight, np.float32)
        factors[known] = self.weights[places[known]]
        if table.subwords is not None:
            others = [
                (place, word) for place in np.flatnonzero(~known) if isinstance(word := text.words[words[place]], str)
            ]
            if others:
                sums, parts = table.subwords.sums([word_bytes(word) for _, word in others])
                sums *= (1 / np.maximum(parts, 1)).astype(np.float32)[:, np.newaxis]
                where = np.array([place for place, _ in others])
                matrix[where], known[where] = sums, parts > 0
        if not np.isfinite(matrix).all():
            wrong = text.words[words[np.argmin(np.isfinite(matrix).all(axis=1))]]
            raise ValueError(f"the vector of {wrong!r} holds a number that is not finite")
        if self.pre_normalize:
            matrix = np.asarray(similarity.unit(matrix))
        matrix *= factors[:, np.newaxis]
        return matrix, known

    # ---------------------------------------------------------------- files

    def save(self, fname: PathLike | IO[bytes]) -> None:
        """Save what was fitted, without the vectors of words, to one safetensors file, atomically.

        Parameters
        ----------
        fname : str, path-like or binary file

        Raises
        ------
        RuntimeError
            If nothing was fitted yet.

        Examples
        --------
        >>> import tempfile, pathlib
        >>> from w2vcore.keyedvectors import KeyedVectors, SentenceVectorizer
        >>> wv = KeyedVectors(2)
        >>> wv.add_vectors(["sun", "moon"], [[1, 0], [1, 1]])
        >>> path = pathlib.Path(tempfile.mkdtemp()) / "sentences"
        >>> SentenceVectorizer(wv, "idf").fit([["sun"], ["moon"], ["sun", "moon"]]).save(path)
        >>> SentenceVectorizer.load(path, wv).transform([["moon"]]).round(1).tolist()
        [[-0.10000000149011612, 0.10000000149011612]]
        """
        if self.weights is None or self.components is None:
            raise RuntimeError("nothing was fitted yet that could be saved: call fit(sentences) first")
        values = {
            "weighting": self.weighting,
            "remove_components": self.remove_components,
            "a": self.a,
            "pre_normalize": self.pre_normalize,
            "new_word_weight": self.new_word_weight,
            "keys": _checksum(self.wv),
        }
        object_file.write(_NAME, values, {"weights": self.weights, "components": self.components}, fname)

    @classmethod
    def load(cls, fname: PathLike | IO[bytes], wv: Vectors) -> SentenceVectorizer:
        """Load what `save` wrote.

        Parameters
        ----------
        fname : str, path-like or binary file
        wv : KeyedVectors
            The vectors with which it was fitted: the same keys in the same order.

        Raises
        ------
        AttributeError
            If the file holds something else.
        ValueError
            If it is damaged, or if it was fitted with other keys or with vectors of another size.
        """
        name, values, arrays = object_file.read(fname)
        if name != _NAME:
            raise AttributeError(f"Model of type {name} can't be loaded by {_NAME}")
        result = cls.__new__(cls)
        result.wv = wv
        try:
            keys, weights, components = values.pop("keys"), arrays["weights"], arrays["components"]
            for attribute, kind in _SAVED.items():
                setattr(result, attribute, kind(values[attribute]))
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"{fname}: {error!r}; the file is damaged") from None
        if weights.ndim != 1 or components.shape != (result.remove_components, components.shape[-1]):
            raise ValueError(f"{fname}: weights {weights.shape}, components {components.shape}; the file is damaged")
        if (len(weights), components.shape[1], keys) != (len(wv), wv._table.width, _checksum(wv)):
            raise ValueError(
                f"{fname}: it was fitted with vectors of {len(weights)} keys, of size {components.shape[1]}, and these "
                f"have {len(wv)} keys, of size {wv._table.width}: load it with those"
                + (", in whose place these have other keys" if len(weights) == len(wv) else "")
            )
        result.weights = weights.astype(np.float32, copy=False)
        result.components = components.astype(np.float32, copy=False)
        return result


_SAVED = {"weighting": str, "remove_components": int, "a": float, "pre_normalize": bool, "new_word_weight": float}


def _checksum(wv: Vectors) -> int:
    """Return a number that tells keys, and their order, from others."""
    return zlib.crc32("\0".join(map(str, wv._table.keys.stored)).encode("utf8", "surrogatepass"))


# -------------------------------------------------------------------- how often words occur


def _counts(wv: Vectors, counts: ArrayLike | str | None) -> NDArray[Any]:
    """Return how often each word occurs, for "sif"."""
    instead = 'weighting="mean" and "idf" need none, and counts="zipf" takes them from the order of the keys'
    if isinstance(counts, str):
        if counts != ZIPF:
            raise ValueError(f"counts must be an array, {ZIPF!r} or None, got {counts!r}")
        return 1 / np.arange(1, len(wv) + 1)
    if counts is None:
        column = as_columns(wv.expandos).stored().get("count")
        if column is None:
            raise ValueError(
                "weighting='sif' needs to know how often each word occurs, and these vectors have no column 'count': "
                f"pass counts= with a number for each key; {instead}"
            )
        if len(column) > 1 and np.array_equal(column, np.arange(len(column), 0, -1)):
            raise ValueError(
                "weighting='sif' needs to know how often each word occurs, and the column 'count' of these vectors has "
                f"n, n - 1, ..., 1, which stands in for counts that a file does not hold: pass counts=; {instead}"
            )
        counts = column
    result = np.asarray(counts)
    if result.shape != (len(wv),) or result.dtype.kind not in "iuf":
        raise ValueError(
            f"counts must be a number for each of {len(wv)} keys, got shape {result.shape} of {result.dtype}"
        )
    if not (np.isfinite(result).all() and (result >= 0).all() and result.any()):
        raise ValueError("counts must be finite, at least 0, and not all 0")
    return result


# -------------------------------------------------------------------- sentences


@dataclass(frozen=True)
class _Text:
    """Sentences as numbers of their distinct words; empty sentences are there."""

    ids: NDArray[np.uint32]
    offsets: NDArray[np.int64]
    words: Sequence[Any]


def _read(sentences: Any, corpus_file: Any) -> _Text:
    """Read sentences, once."""
    source: Iterable[Any] = as_corpus(sentences, corpus_file, passes=1).sentences
    if isinstance(source, CorpusFile):
        source = _all_lines(source)
    words: dict[Any, int] = {}
    encoder = Encoder(source, words, _WORDS_AT_ONCE, grow=True, keep_empty=True)
    ids, offsets, read = [np.empty(0, np.uint32)], [np.zeros(1, np.int64)], 0
    while (batch := encoder.next_batch()) is not None:
        if encoder.first_string is not None:
            number, text = encoder.first_string
            raise TypeError(
                f"sentence {number} is a str, {text[:60]!r}, and must be a list of words, such as text.split(); for "
                "one sentence pass [words]"
            )
        ids.append(batch[0])
        offsets.append(batch[1][1:] + read)
        read += len(batch[0])
    table = encoder.table
    listed = list(words) if table is None else [table.key(number) for number in range(len(table))]
    return _Text(np.concatenate(ids), np.concatenate(offsets), listed)


def _all_lines(file: CorpusFile) -> Iterable[list[str]]:
    """Yield the words of each line, blank ones too, which a corpus for training leaves out."""
    for path, seen in zip(file.paths, file.seen, strict=True):
        yield from read_lines(path, seen=seen)


def _rows_of(text: _Text, table: VectorTable) -> NDArray[np.int64]:
    """Return the row of each distinct word, -1 for those that are no keys."""
    find = table.keys.row
    found = (-1 if (row := find(word)) is None else row for word in text.words)
    return np.fromiter(found, np.int64, len(text.words))


def _portions(offsets: NDArray[np.int64]) -> Iterable[slice]:
    """Yield ranges of sentences of about as many words each."""
    first, sentences = 0, len(offsets) - 1
    while first < sentences:
        stop = int(np.searchsorted(offsets, offsets[first] + _WORDS_AT_ONCE, "right")) - 1
        stop = min(max(stop, first + 1), first + _WORDS_AT_ONCE)
        yield slice(first, stop)
        first = stop


def _warn_of_zeros(counts: NDArray[np.int64]) -> None:
    unknown = np.flatnonzero(counts == 0)
    if len(unknown):
        warn(
            f"{len(unknown):,} of {len(counts):,} sentences have no known word (the first is sentence {unknown[0]}): "
            "their vectors are zeros"
        )
