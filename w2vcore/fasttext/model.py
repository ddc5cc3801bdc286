"""The facade `FastText`: gensim's class, over `Word2Vec`; a word's vector is made of its n-grams, too."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from w2vcore.architectures.registry import ARCHITECTURES
from w2vcore.facade.oldnames import Moved, refuse_old_arguments
from w2vcore.keyedvectors import FastTextKeyedVectors, FloretKeyedVectors
from w2vcore.model.config import (
    SETTINGS,
    SUBWORD_SETTINGS,
    Candidates,
    Device,
    Normaliser,
    Setting,
    Sharing,
    Shuffle,
    Window,
)
from w2vcore.model.floret import FloretSubwords
from w2vcore.model.weights import padded
from w2vcore.model.window_weights import WindowWeights
from w2vcore.objectives.code_tree import CodeTree
from w2vcore.objectives.huffman import facebook_tree, huffman_tree
from w2vcore.word2vec import Word2Vec
from w2vcore.word2vec.inputs import InputRows
from w2vcore.word2vec.settings import of_words, train_on_cpu

from .hashed import HashedRows, HashedWords
from .inputs import InputMatrix, Parts, SubwordRows

_BY_PARTS, _HASHED = SubwordRows(), HashedRows()

_PARTS_OF_A_WORD = 25  # rows of a word, its own and those of its n-grams of 3 to 6 characters: the mean over types


class FastText(Word2Vec):
    """Train, use and evaluate vectors of words and of their n-grams (Bojanowski et al. 2017, arXiv:1607.04606).

    A word's vector is the mean of its own row and of the rows of its character n-grams, which it shares with other
    words. So words that never occurred have vectors, too: ``model.wv["unforeseeably"]``.

    The arguments, their order and their defaults are gensim 4's. Those of `Word2Vec` mean the same here. Memory holds
    only rows of n-grams that occur in words of the vocabulary. The others keep their values from before training, and
    are made when you ask for a word that has them.

    Parameters
    ----------
    sentences : iterable of list of str, optional
    corpus_file : str, path or list of them, optional
        As in `Word2Vec`.
    sg : {0, 1}
        1 trains skip-gram. Its input is the centre with its n-grams, and each context word is a target, as in fastText.
        0 trains CBOW. Its input is the mean over all rows of all context words, so long words weigh more.
    hs : {0, 1}
        1 trains hierarchical softmax. Its tree is fastText's, so you can train a file of either further in the other.
    vector_size, alpha, window, min_count, max_vocab_size
        As in `Word2Vec`.
    word_ngrams : {1}
        Accepted as in gensim. n-grams of words are not trained.
    sample, seed, workers, min_alpha, negative, ns_exponent, cbow_mean, hashfxn, epochs, null_word
        As in `Word2Vec`.
    min_n, max_n : int
        Number of characters of an n-gram. A word stands between ``<`` and ``>``, which count. With ``max_n < min_n``
        there are plain words only.
    sorted_vocab
        As in `Word2Vec`.
    bucket : int
        How many numbers n-grams are hashed to. n-grams with the same number share a row. 0 means plain words. Memory
        follows the rows in use, not this number.
    trim_rule, batch_words, callbacks, max_final_vocab, shrink_windows
        As in `Word2Vec`.
    hash_count : {0, 1, 2, 3, 4}
        0 trains as fastText does. Otherwise as floret does, for small models: words and n-grams share one table of
        `bucket` rows, some 50,000. Each has `hash_count` of them, by as many hashes. `wv.save_floret` writes a file
        that spaCy reads. 2 is usual.
    compute_loss, comment, objective, architecture, shuffle, candidates, subtract_log_q, normaliser, window_weights
        As in `Word2Vec`.
    cbow_corrected
        As in `Word2Vec`.
    negative_sharing, device, backend
        As in `Word2Vec`; "auto" is "pair" here, and n-grams are not trained on a GPU.
    progress, cache_corpus, cache_dir, checkpoint, checkpoint_every
        As in `Word2Vec`.

    Attributes
    ----------
    wv : FastTextKeyedVectors
        The vectors; with `hash_count`, `FloretKeyedVectors`.
    syn1neg, syn1 : ndarray of float32, shape (V, D)
        As in `Word2Vec`.

    Raises
    ------
    NotImplementedError
        For `word_ngrams` other than 1.
    TypeError, ValueError
        If an argument is not allowed; it is named, before any work starts.
    RuntimeError
        If no word is left to train on.
    MemoryError
        If the matrices do not fit; the message has the sizes.

    Examples
    --------
    >>> from w2vcore import FastText
    >>> sentences = [["walk", "walking", "walked"], ["talk", "talking", "talked"]] * 50
    >>> model = FastText(sentences, vector_size=16, min_count=1, min_n=3, max_n=4, seed=2, workers=1)
    >>> model
    FastText<vocab=6, vector_size=16, alpha=0.025>
    >>> "walkers" in model.wv.key_to_index, model.wv["walkers"].shape
    (False, (16,))
    """

    wv: FastTextKeyedVectors
    min_n: int
    max_n: int
    bucket: int
    hash_count: int
    word_ngrams = 1

    _declared: ClassVar[Mapping[str, Setting]] = {**SETTINGS, **SUBWORD_SETTINGS}
    _kind: ClassVar[str] = "fasttext"
    _parts: Parts | None = None
    _input: InputMatrix | None = None
    _hashed: HashedWords | None = None
    _of_file: Mapping[str, Any] = {}  # what a file of fastText says beside the settings

    if not TYPE_CHECKING:
        load_fasttext_format = Moved(
            "w2vcore.fasttext.load_facebook_model, or load_facebook_vectors for vectors alone",
            ", which gensim 4 deprecates",
        )

    @refuse_old_arguments("FastText()")
    def __init__(
        self,
        sentences: Iterable[Any] | None = None,
        corpus_file: Any = None,
        sg: int = 0,
        hs: int = 0,
        vector_size: int = 100,
        alpha: float = 0.025,
        window: Window = 5,
        min_count: int = 5,
        max_vocab_size: int | None = None,
        word_ngrams: int = 1,
        sample: float = 1e-3,
        seed: int | None = 1,
        workers: int = 3,
        min_alpha: float = 0.0001,
        negative: int = 5,
        ns_exponent: float = 0.75,
        cbow_mean: int = 1,
        hashfxn: Callable[..., int] = hash,
        epochs: int = 5,
        null_word: int = 0,
        min_n: int = 3,
        max_n: int = 6,
        sorted_vocab: int = 1,
        bucket: int = 2000000,
        trim_rule: Callable[..., int] | None = None,
        batch_words: int = 10000,
        callbacks: Iterable[Any] = (),
        max_final_vocab: int | None = None,
        shrink_windows: bool = True,
        *,
        hash_count: int = 0,
        compute_loss: bool = False,
        comment: str | None = None,
        negative_sharing: Sharing = "auto",
        device: Device = "cpu",
        backend: str | None = None,
        objective: str | None = None,
        architecture: str | None = None,
        shuffle: Shuffle = False,
        candidates: Candidates = "unigram",
        subtract_log_q: bool = True,
        normaliser: Normaliser = "one",
        window_weights: WindowWeights = "dynamic",
        cbow_corrected: bool = False,
        progress: bool = False,
        cache_corpus: bool = False,
        cache_dir: Any = None,
        checkpoint: Any = None,
        checkpoint_every: int | None = None,
    ) -> None:
        given = dict(locals())
        if word_ngrams != 1:
            raise NotImplementedError(
                f"word_ngrams must be 1, got {word_ngrams!r}: n-grams of words are there for classification alone"
            )
        self._begin({name: given[name] for name in self._declared})
        self._build_and_train(given, FastText)

    @property
    def _inputs(self) -> InputRows[FastText]:  # type: ignore[override]
        return _HASHED if self.hash_count else _BY_PARTS

    def _empty_vectors(self) -> FastTextKeyedVectors:
        size, lengths = self.vector_size, (self.min_n, self.max_n)
        if self.hash_count:
            rows = np.broadcast_to(np.zeros(size, np.float32), (self.bucket, size))  # zeros that take no memory
            return FloretKeyedVectors(FloretSubwords(rows, *lengths, hash_count=self.hash_count))
        return FastTextKeyedVectors(size, *lengths, self.bucket if self._splits_words() else 0)

    def _splits_words(self) -> bool:
        """Whether words are more than a row of their own."""
        return bool(self.hash_count) or (self.bucket > 0 and self.max_n >= max(self.min_n, 1))

    def _check_own_settings(self) -> None:
        """Refuse vectors without n-grams in the place of `wv`, and a GPU, which trains none; "auto" takes the CPU."""
        if self.hash_count and not self.bucket:
            raise ValueError(
                f"bucket must be at least 1 with hash_count={self.hash_count}, whose rows these are, got 0"
            )
        wv = vars(self).get("wv")
        if wv is not None and not isinstance(wv, FastTextKeyedVectors):
            raise TypeError(f"wv must be FastTextKeyedVectors, whose n-grams are trained, got {type(wv).__name__}")
        if wv is not None and isinstance(wv, FloretKeyedVectors) != bool(self.hash_count):
            raise ValueError(f"hash_count={self.hash_count} does not go with wv, which are {type(wv).__name__}")
        if not self._splits_words():
            return
        train_on_cpu(self, "n-grams")

    def _own_architecture(self) -> str:
        name = of_words(self)
        of_bags = f"subword_{name}"
        return of_bags if self.wv.bucket and of_bags in ARCHITECTURES else name

    def _tree_of(self, counts: NDArray[np.int64]) -> CodeTree:
        """Return fastText's tree, where the words are in the order in which it has them."""
        return facebook_tree(counts) if bool((np.diff(counts) <= 0).all()) else huffman_tree(counts)

    def estimate_memory(self, vocab_size: int | None = None, report: dict[str, int] | None = None) -> dict[str, int]:
        """Return the bytes that a model takes while it is trained.

        Parameters
        ----------
        vocab_size : int, optional
            Words; default: those of the model. For another number, how many buckets they use is estimated.
        report : dict, optional
            Filled and returned in place of a new one.

        Returns
        -------
        dict of str to int
            By gensim's names ``vocab``; ``syn0_vocab``, the words' own rows; ``syn0_ngrams``, the rows of the buckets
            in use; ``buckets_word``, which rows stand for which word; ``syn1`` and/or ``syn1neg``. Beside these
            ``vectors``, which are made of the rows, and what `Word2Vec.estimate_memory` has. Their sum is ``total``.

        Examples
        --------
        >>> FastText(vector_size=300).estimate_memory(1_000_000)["total"] // 10**6
        5554
        """
        report = {} if report is None else report
        found = super().estimate_memory(vocab_size)
        words = len(self.wv) if vocab_size is None else vocab_size
        rows = found.pop("vectors_ngrams" if self.hash_count else "vectors_vocab")
        found["syn0_vocab"] = 0 if self.hash_count else words * padded(self.vector_size) * 4
        found["syn0_ngrams"] = rows - found["syn0_vocab"]
        if self.wv.bucket:
            known = vocab_size is None and words > 0
            features = self._inputs.features(self) if known else None
            listed = max(1, self.hash_count) * _PARTS_OF_A_WORD * words if features is None else len(features.rows)
            found["buckets_word"] = 4 * listed + 8 * words
            found["vectors"] = words * self.vector_size * 4
        found["total"] = sum(size for name, size in found.items() if name not in ("total", "gpu"))
        report.update(found)
        return report
