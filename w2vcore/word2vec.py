"""The facade `Word2Vec`: gensim's class, with this library's training behind it."""

from __future__ import annotations

import logging
import time
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NoReturn, TypeAlias

import numpy as np
from numpy.typing import NDArray

from w2vcore.backends.base import Plan
from w2vcore.backends.registry import create
from w2vcore.corpus.encoding import Batch, encode
from w2vcore.corpus.readers import BrownCorpus, LineSentence, PathLineSentences, Text8Corpus
from w2vcore.corpus.scanning import text_of
from w2vcore.corpus.sources import Corpus, as_corpus
from w2vcore.corpus.spooling import count_and_encode, encode_into, renumber
from w2vcore.corpus.token_cache import RAM_LIMIT, TokenCache
from w2vcore.corpus.vocabulary import RawCounts, check_retained, count_tokens, downsample, given_counts, retain
from w2vcore.formats import gensim_native, native
from w2vcore.formats.snapshot import Snapshot
from w2vcore.keyedvectors import KeyedVectors
from w2vcore.model.config import (
    CBOW,
    HIERARCHICAL,
    NEGATIVE,
    SKIP_GRAM,
    TrainingConfig,
    check_flag,
    check_float,
    check_int,
    check_sharing,
    check_window,
    check_workers,
    choose_sharing,
)
from w2vcore.model.memory import BUFFER_BYTES, check_fits, matrix_bytes
from w2vcore.model.weights import Weights, adopt, initial_vectors, zeros
from w2vcore.objectives.huffman import huffman
from w2vcore.objectives.registry import objective
from w2vcore.training.progress import Progress
from w2vcore.training.schedule import LinearDecay
from w2vcore.training.trainer import Expected, Hooks, run_epochs

__all__ = ["BrownCorpus", "LineSentence", "PathLineSentences", "Text8Corpus", "Word2Vec"]

logger = logging.getLogger("w2vcore.word2vec")

Array: TypeAlias = "NDArray[Any]"

# Arguments of gensim 3 and what gensim 4 (and w2vcore) call them.
RENAMED_ARGUMENTS = {"size": "vector_size", "iter": "epochs"}

# Attributes of gensim 3 and where to find the same thing now.
REMOVED_ATTRIBUTES = {
    "syn0": "wv.vectors",
    "syn0_lockf": "wv.vectors_lockf",
    "index2word": "wv.index_to_key",
    "vocab": "wv.key_to_index",
    "vocabulary": "wv.key_to_index and wv.get_vecattr(key, 'count')",
    "trainables": "syn1neg and syn1",
    "most_similar": "wv.most_similar",
    "most_similar_cosmul": "wv.most_similar_cosmul",
    "similarity": "wv.similarity",
    "n_similarity": "wv.n_similarity",
    "doesnt_match": "wv.doesnt_match",
    "similar_by_word": "wv.similar_by_word",
    "similar_by_vector": "wv.similar_by_vector",
    "wmdistance": "wv.wmdistance",
    "accuracy": "wv.evaluate_word_analogies",
    "evaluate_word_pairs": "wv.evaluate_word_pairs",
    "save_word2vec_format": "wv.save_word2vec_format",
    "load_word2vec_format": "KeyedVectors.load_word2vec_format",
    "intersect_word2vec_format": "wv.intersect_word2vec_format",
    "iter": "epochs",
    "size": "vector_size",
}

# Attribute of the facade for each objective's target matrix.
MATRIX_ATTRIBUTES = {NEGATIVE: "syn1neg", HIERARCHICAL: "syn1"}

# What a saved model keeps beside its arrays: arguments of the constructor, and results; plain numbers, str and lists.
CONSTRUCTOR_SETTINGS = (
    *(
        "vector_size",
        "alpha",
        "min_alpha",
        "window",
        "shrink_windows",
        "min_count",
        "max_vocab_size",
        "max_final_vocab",
    ),
    *("sample", "sorted_vocab", "null_word", "seed", "workers", "batch_words", "sg", "hs", "negative", "ns_exponent"),
    "negative_sharing",
    *("cbow_mean", "epochs", "compute_loss", "comment"),
)
SAVED_SETTINGS = (
    *CONSTRUCTOR_SETTINGS,
    *("corpus_count", "corpus_total_words", "effective_min_count", "train_count", "epochs_trained", "total_train_time"),
    *("min_alpha_yet_reached", "running_training_loss", "training_history"),
)


class Word2Vec:
    r"""Train, use and evaluate word vectors (Mikolov et al. 2013, arXiv:1301.3781 and arXiv:1310.4546).

    The arguments, their order and their defaults are gensim 4's.

    Parameters
    ----------
    sentences : iterable of list of hashable, optional
        Sentences as lists of tokens, that can be iterated any number of times: once to count the words, once for each
        epoch. A list is encoded once. Without it (and without `corpus_file`) the model is left untrained.
    corpus_file : str, path or list of them, optional
        Text instead of `sentences`: one sentence a line, words separated by white space; ``.gz`` and other compressed
        files too. A sentence may have any length.
    vector_size : int
        Length of a vector.
    alpha, min_alpha : float
        Learning rate at the start and at the end; it falls linearly with the words processed.
    window : int or "sentence"
        Words on each side of the centre that are its context; "sentence": all of the sentence.
    min_count : int
        Words that occur less often are left out.
    max_vocab_size : int, optional
        Bound on the words kept in memory while counting; rare words are pruned when it is exceeded.
    sample : float
        Threshold for dropping frequent words at random; 0 drops none; from 1 on it is a count.
    seed : int
    workers : int
        Threads; -1 uses all cores. With 1, equal seeds give bit-equal models.
    sg : {0, 1}
        1: skip-gram, 0: CBOW.
    hs : {0, 1}
        1: hierarchical softmax.
    negative : int
        Noise words for an example; 0: no negative sampling.
    ns_exponent : float
        Noise words are drawn in proportion to ``count ** ns_exponent``; it may be 0 or negative.
    cbow_mean : {0, 1}
        1: CBOW takes the mean of the context vectors, 0: their sum.
    hashfxn : callable
        Kept as an attribute; not used (as in gensim 4).
    epochs : int
        Passes over the corpus.
    null_word : {0, 1}
        1: add the word ``"\0"`` with count 1.
    trim_rule : callable, optional
        ``f(word, count, min_count)`` returning one of ``utils.RULE_DEFAULT``, ``RULE_DISCARD``, ``RULE_KEEP``.
    sorted_vocab : {0, 1}
        1: rows in descending order of frequency.
    batch_words : int
        Tokens in a job for a worker. Nothing is ever cut off by it.
    compute_loss : bool
        Sum the loss while training; see `training_history` and `get_latest_training_loss`.
    callbacks : iterable
        Objects with ``on_train_begin``, ``on_epoch_begin``, ``on_epoch_end``, ``on_train_end``; an ``on_epoch_end``
        that returns True ends the training.
    comment : str, optional
        Stored with the model.
    max_final_vocab : int, optional
        Keep at most that many words, the most frequent ones.
    shrink_windows : bool
        Draw each centre's window from 1 to `window`.
    negative_sharing : {"auto", "pair", "window"}
        Skip-gram: whether each (context, centre) pair draws noise words of its own and sees what the pairs before it
        changed, as in word2vec.c and gensim ("pair"), or all pairs of a centre share its noise words and start from
        the same values ("window": HogBatch, Ji et al. 2016, arXiv:1604.04661), which is up to three times as fast.
        "auto" is "window" where the vectors were measured to be no worse: for ``window <= 10``, or with `hs` for
        ``window <= 5`` and ``sample > 0``; elsewhere it is "pair".
    progress : bool
        Show a progress bar on stderr.
    cache_corpus : bool
        Encode any corpus once instead of iterating it again in each epoch; a generator will do then.
    cache_dir : str or path, optional
        Where an encoded corpus goes that is too large for memory; default: the system's temporary folder.

    Attributes
    ----------
    wv : KeyedVectors
        The vectors.
    syn1neg, syn1 : ndarray of float32
        Target matrices of negative sampling (V, D) and of hierarchical softmax (V - 1, D).
    training_history : list of dict
        One for each epoch: epoch, words (trained), raw_words (read), sentences, examples, seconds, words_per_second,
        alpha (of its last job), loss (mean of an example; None without `compute_loss`), loss_sum.

    Raises
    ------
    TypeError, ValueError
        If an argument is not allowed; it is named, before any work starts.
    RuntimeError
        If no word is left to train on.
    MemoryError
        If the matrices do not fit; the message has the sizes.

    Examples
    --------
    >>> from w2vcore import Word2Vec
    >>> model = Word2Vec([["cat", "say", "meow"], ["dog", "say", "woof"]], vector_size=8, min_count=1, workers=1)
    >>> model
    Word2Vec<vocab=5, vector_size=8, alpha=0.025>
    >>> model.wv["cat"].shape
    (8,)
    """

    syn1: Array
    syn1neg: Array

    def __init__(
        self,
        sentences: Iterable[Any] | None = None,
        corpus_file: Any = None,
        vector_size: int = 100,
        alpha: float = 0.025,
        window: Any = 5,
        min_count: int = 5,
        max_vocab_size: int | None = None,
        sample: float = 1e-3,
        seed: int = 1,
        workers: int = 3,
        min_alpha: float = 0.0001,
        sg: int = 0,
        hs: int = 0,
        negative: int = 5,
        ns_exponent: float = 0.75,
        cbow_mean: int = 1,
        hashfxn: Callable[..., int] = hash,
        epochs: int = 5,
        null_word: int = 0,
        trim_rule: Callable[..., int] | None = None,
        sorted_vocab: int = 1,
        batch_words: int = 10000,
        compute_loss: bool = False,
        callbacks: Iterable[Any] = (),
        comment: str | None = None,
        max_final_vocab: int | None = None,
        shrink_windows: bool = True,
        *,
        negative_sharing: str = "auto",
        progress: bool = False,
        cache_corpus: bool = False,
        cache_dir: Any = None,
        **unknown: Any,
    ) -> None:
        _refuse_unknown("Word2Vec()", unknown)
        self.vector_size = self.layer1_size = vector_size
        self.alpha, self.min_alpha = alpha, min_alpha
        self.window, self.shrink_windows = window, shrink_windows
        self.min_count, self.max_vocab_size, self.max_final_vocab = min_count, max_vocab_size, max_final_vocab
        self.sample, self.sorted_vocab, self.null_word = sample, sorted_vocab, null_word
        self.seed, self.workers, self.batch_words = seed, workers, batch_words
        self.sg, self.hs, self.negative, self.negative_sharing = sg, hs, negative, negative_sharing
        self.ns_exponent, self.cbow_mean = ns_exponent, cbow_mean
        self.epochs, self.compute_loss, self.comment, self.hashfxn = epochs, compute_loss, comment, hashfxn
        self._check_settings()

        self.random = np.random.RandomState(self.seed)
        self.wv = KeyedVectors(self.vector_size)
        self.wv.vectors_lockf = np.ones(1, np.float32)
        self.raw_vocab: Mapping[Any, int] = {}
        self._pruned = 0  # word types that max_vocab_size dropped in the last scan
        self.corpus_count = self.corpus_total_words = 0
        self.effective_min_count: int | None = None
        self.train_count = self.epochs_trained = 0
        self.total_train_time = 0.0
        self.min_alpha_yet_reached = self.alpha
        self.running_training_loss = 0.0
        self.training_history: list[dict[str, Any]] = []

        if sentences is None and corpus_file is None:
            for name, value in (("trim_rule", trim_rule), ("callbacks", callbacks)):
                if value:
                    logger.warning(
                        "%s is ignored: there is no corpus to use it on; give it to build_vocab or train", name
                    )
            return
        callbacks = tuple(callbacks)
        self._training_config()  # refuse hs=0 with negative=0, and epochs=0, before the corpus is read
        corpus = as_corpus(sentences, corpus_file, passes=self._passes(cache_corpus))
        with TokenCache(cache_dir) as cache:
            batch = self._scan_and_build(corpus, cache, cache_corpus, trim_rule)
            self._train(
                corpus if batch is None else batch,
                cache,
                cache_corpus,
                Expected(self.corpus_count, None),
                callbacks=callbacks,
                progress=progress,
            )

    # ------------------------------------------------------------------ settings

    def _check_settings(self) -> None:
        """Refuse what is not allowed, and make numbers of what gensim would make numbers of."""
        self.vector_size = self.layer1_size = check_int("vector_size", self.vector_size, 1)
        self.alpha, self.min_alpha = check_float("alpha", self.alpha, 0), check_float("min_alpha", self.min_alpha, 0)
        self.window = check_window(self.window)
        self.min_count = check_int("min_count", 0 if self.min_count is None else self.min_count, 0)
        for name in ("max_vocab_size", "max_final_vocab"):
            if getattr(self, name) is not None:
                setattr(self, name, check_int(name, getattr(self, name), 1, hint=f"{name}=None sets no limit"))
        self.sample = check_float(
            "sample", 0 if self.sample is None else self.sample, 0, hint="sample=0 drops no words"
        )
        self.seed = check_int("seed", self.seed, 0, 2**32 - 1)
        check_workers(self.workers)
        self.negative = check_int("negative", self.negative, 0, hint="negative=0 switches negative sampling off")
        self.negative_sharing = check_sharing(self.negative_sharing)
        self.ns_exponent = check_float("ns_exponent", self.ns_exponent)
        for name in ("sg", "hs", "cbow_mean", "sorted_vocab", "null_word"):
            setattr(self, name, int(check_flag(name, getattr(self, name))))
        for name in ("shrink_windows", "compute_loss"):
            setattr(self, name, check_flag(name, getattr(self, name)))
        self.epochs = check_int("epochs", self.epochs, 0)
        self.batch_words = check_int("batch_words", self.batch_words, 1)

    def _training_config(self, queue_factor: int = 2) -> TrainingConfig:
        """Freeze the attributes, which users may have changed, for one run."""
        self._check_settings()
        if not self.hs and not self.negative:
            raise ValueError(
                "You must set either 'hs' or 'negative' to be positive for proper training. "
                "When both 'hs=0' and 'negative=0', there will be no training; "
                f"got hs={self.hs}, negative={self.negative}"
            )
        if not self.epochs:
            raise ValueError(f"You must specify an explicit epochs count of at least 1, got epochs={self.epochs}")
        if self.hs and self.negative:
            logger.warning("Both hierarchical softmax and negative sampling are activated. This is probably a mistake.")
        return TrainingConfig(
            vector_size=self.vector_size,
            architecture=SKIP_GRAM if self.sg else CBOW,
            objectives=tuple(name for name, on in ((HIERARCHICAL, self.hs), (NEGATIVE, self.negative)) if on),
            window=self.window,
            shrink_windows=self.shrink_windows,
            negative=self.negative,
            negative_sharing=choose_sharing(self.negative_sharing, self.window, bool(self.hs), self.sample > 0),
            ns_exponent=self.ns_exponent,
            cbow_mean=bool(self.cbow_mean),
            subsample=self.sample > 0,
            alpha=self.alpha,
            min_alpha=self.min_alpha,
            epochs=self.epochs,
            workers=check_workers(self.workers),
            batch_words=self.batch_words,
            seed=self.seed,
            queue_factor=check_int("queue_factor", queue_factor, 1),
            compute_loss=self.compute_loss,
        )

    def _objectives(self) -> list[str]:
        """Names of the objectives that the current settings train."""
        return [name for name, on in ((HIERARCHICAL, self.hs), (NEGATIVE, self.negative)) if on]

    # ------------------------------------------------------------------ vocabulary

    def build_vocab(
        self,
        corpus_iterable: Iterable[Any] | None = None,
        corpus_file: Any = None,
        update: bool = False,
        progress_per: int = 10000,
        keep_raw_vocab: bool = False,
        trim_rule: Callable[..., int] | None = None,
        **kwargs: Any,
    ) -> None:
        """Count the words of a corpus and make the vocabulary and the initial weights.

        Parameters
        ----------
        corpus_iterable : iterable of list of hashable, optional
            Sentences; read once, so a generator will do.
        corpus_file : str, path or list of them, optional
            Text instead, one sentence a line.
        update : bool
            Add the new words of this corpus to the vocabulary; known words keep their vectors, and all counts add up.
        progress_per : int
            Log a line each so many sentences.
        keep_raw_vocab : bool
            Keep the counts of all words in `raw_vocab`.
        trim_rule : callable, optional
            See the class.
        **kwargs
            ``min_count``, ``sample`` and ``dry_run`` for `prepare_vocab`.

        Raises
        ------
        RuntimeError
            If no word is left, or on ``update=True`` before a first vocabulary.
        """
        self._check_update(update)
        _refuse_unknown(
            "build_vocab()", {k: v for k, v in kwargs.items() if k not in ("min_count", "sample", "dry_run")}
        )
        self.scan_vocab(corpus_iterable, corpus_file, progress_per=progress_per, trim_rule=trim_rule)
        self.prepare_vocab(update=update, keep_raw_vocab=keep_raw_vocab, trim_rule=trim_rule, **kwargs)
        if not kwargs.get("dry_run"):
            self.prepare_weights(update=update)

    def build_vocab_from_freq(
        self,
        word_freq: Mapping[Any, int],
        keep_raw_vocab: bool = False,
        corpus_count: int | None = None,
        trim_rule: Callable[..., int] | None = None,
        update: bool = False,
    ) -> None:
        """Make the vocabulary from counts that are known already.

        Parameters
        ----------
        word_freq : dict
            Word -> count.
        keep_raw_vocab : bool
            Keep the counts in `raw_vocab`.
        corpus_count : int, optional
            Number of sentences of the corpus, for `train`.
        trim_rule : callable, optional
            See the class.
        update : bool
            As in `build_vocab`.

        Examples
        --------
        >>> model = Word2Vec(min_count=1, vector_size=4)
        >>> model.build_vocab_from_freq({"cat": 3, "dog": 1})
        >>> model.wv.index_to_key
        ['cat', 'dog']
        """
        self._check_update(update)
        self._take_counts(given_counts(word_freq, corpus_count or 0))
        self.prepare_vocab(update=update, keep_raw_vocab=keep_raw_vocab, trim_rule=trim_rule)
        self.prepare_weights(update=update)

    def scan_vocab(
        self,
        corpus_iterable: Iterable[Any] | None = None,
        corpus_file: Any = None,
        progress_per: int = 10000,
        workers: int | None = None,
        trim_rule: Callable[..., int] | None = None,
    ) -> tuple[int, int]:
        """Count the words of a corpus into `raw_vocab`, and return (words, sentences).

        Parameters
        ----------
        corpus_iterable, corpus_file, progress_per, trim_rule
            As in `build_vocab`.
        workers : int, optional
            Accepted as in gensim; not used.
        """
        corpus = as_corpus(corpus_iterable, corpus_file, passes=1)
        self._take_counts(self._count(corpus.sentences, trim_rule, progress_per))
        return self.corpus_total_words, self.corpus_count

    def _scan_and_build(
        self, corpus: Corpus, cache: TokenCache, cache_corpus: bool, trim_rule: Callable[..., int] | None
    ) -> Batch | None:
        """Make vocabulary and weights; return the corpus encoded, if one reading of it can do both.

        With `max_vocab_size` it cannot: pruning while counting is there to save the memory that this would take.
        """
        if not (corpus.cacheable or cache_corpus) or self.max_vocab_size is not None:
            self._take_counts(self._count(corpus.sentences, trim_rule))
            self.prepare_vocab(trim_rule=trim_rule)
            self.prepare_weights()
            return None
        workers = check_workers(self.workers)
        raw, spooled = count_and_encode(corpus.sentences, cache, self.batch_words, workers=workers)
        self._take_counts(raw)
        self.prepare_vocab(trim_rule=trim_rule)
        batch = renumber(spooled, raw.counts, self.wv._stored_rows)
        del raw  # before the matrices are made
        self.prepare_weights()
        return batch

    def _passes(self, cache_corpus: bool) -> int:
        """How often the constructor reads a corpus that is not a list or a file."""
        if not cache_corpus:
            return self.epochs + 1
        return 1 if self.max_vocab_size is None else 2

    def _count(
        self, sentences: Iterable[Any], trim_rule: Callable[..., int] | None, progress_per: int = 10000
    ) -> RawCounts:
        return count_tokens(
            sentences,
            max_vocab_size=self.max_vocab_size,
            trim_rule=trim_rule,
            progress_per=progress_per,
            workers=check_workers(self.workers),
        )

    def _take_counts(self, raw: RawCounts) -> None:
        self.raw_vocab, self._pruned = raw.counts, raw.pruned
        self.corpus_count, self.corpus_total_words = raw.sentences, raw.words

    def prepare_vocab(
        self,
        update: bool = False,
        keep_raw_vocab: bool = False,
        trim_rule: Callable[..., int] | None = None,
        min_count: int | None = None,
        sample: float | None = None,
        dry_run: bool = False,
    ) -> dict[str, int]:
        """Choose the words to keep from `raw_vocab`, and how often each is kept in training.

        Parameters
        ----------
        update : bool
            Add to the vocabulary that is there.
        keep_raw_vocab : bool
            Do not empty `raw_vocab` afterwards.
        trim_rule : callable, optional
        min_count, sample : optional
            In place of the model's own; they become the model's unless `dry_run`.
        dry_run : bool
            Change nothing, only report.

        Returns
        -------
        dict
            ``drop_unique``, ``retain_total``, ``downsample_unique``, ``downsample_total``, ``num_retained_words``.
        """
        self._check_update(update)
        min_count = self.min_count if min_count is None else check_int("min_count", min_count, 0)
        sample = self.sample if sample is None else check_float("sample", sample, 0)
        kept = retain(
            self.raw_vocab,
            min_count=min_count,
            max_final_vocab=self.max_final_vocab,
            trim_rule=trim_rule,
            sorted_vocab=bool(self.sorted_vocab) and not update,
        )
        keys, counts = kept.keys, kept.counts
        if update:
            keys, counts = self._merge_counts(keys, counts)
        if self.null_word and "\0" not in self.wv.key_to_index:
            keys = [*keys, "\0"]
            counts = np.append(counts, 1)
        sampled = downsample(counts, sample)
        report = {
            "drop_unique": kept.drop_unique,
            "retain_total": kept.retain_total,
            "downsample_unique": sampled.unique,
            "downsample_total": int(sampled.total),
            "num_retained_words": len(kept.keys),
        }
        if dry_run:
            return report
        if not update:
            check_retained(RawCounts(self.raw_vocab, self.corpus_total_words, self.corpus_count, self._pruned), kept)
        self.min_count, self.sample, self.effective_min_count = min_count, sample, kept.effective_min_count
        self.wv._set_keys(keys)
        self.wv.expandos = {"count": counts, "sample_int": sampled.keep}
        self.wv.clear_norms()
        if keep_raw_vocab:
            self.wv.dropped_counts, self.wv.min_count = self.raw_vocab, kept.effective_min_count
        else:
            logger.info("deleting the raw counts dictionary of %i items", len(self.raw_vocab))
            self.raw_vocab = {}
        return report

    def _merge_counts(self, keys: Sequence[Any], counts: Array) -> tuple[list[Any], Array]:
        """Add counts of a further corpus to those that are there; known words count even where it has them seldom."""
        known = self.wv.key_to_index
        merged = np.array([self.raw_vocab.get(key, 0) for key in self.wv.index_to_key], np.int64)
        merged += np.asarray(self.wv.expandos["count"], np.int64)
        fresh = [(key, count) for key, count in zip(keys, counts, strict=True) if key not in known]
        new_counts = np.array([count for _, count in fresh], np.int64)
        return self.wv.index_to_key + [key for key, _ in fresh], np.concatenate([merged, new_counts])

    def _check_update(self, update: bool) -> None:
        if not update:
            return
        if not len(self.wv):
            raise RuntimeError(
                "You cannot do an online vocabulary-update of a model which has no prior vocabulary. "
                "First build the vocabulary of your model with a corpus before doing an online update."
            )
        if self.hs:
            raise RuntimeError(
                "build_vocab(update=True) is not possible with hs=1: new words change the Huffman tree, and the inner "
                "nodes that were trained would stand for other words. Use negative sampling, or train a new model"
            )

    # ------------------------------------------------------------------ weights

    def prepare_weights(self, update: bool = False) -> None:
        """Make the matrices for the vocabulary; with `update`, add rows and keep what is there.

        Raises
        ------
        MemoryError
            If they do not fit into memory.
        """
        rows = len(self.wv)
        check_fits(rows, self.vector_size, 1 + len(self._objectives()))
        if not update:
            self.init_weights()
            return
        old = self.wv.vectors
        vectors = initial_vectors(rows, self.vector_size, self.seed)
        vectors[: len(old)] = old
        self.wv.vectors = vectors
        lock = self.wv.vectors_lockf
        if len(lock) == len(old) and len(old) > 1:
            self.wv.vectors_lockf = np.concatenate([lock, np.ones(rows - len(old), np.float32)])
        if self.negative:
            grown = zeros(rows, self.vector_size)[:, : self.vector_size]
            grown[: len(self.syn1neg)] = self.syn1neg
            self.syn1neg = grown

    def update_weights(self) -> None:
        """Add rows for the words that have none yet (as ``prepare_weights(update=True)``)."""
        self.prepare_weights(update=True)

    def init_weights(self) -> None:
        """Set all weights to their state before training: input vectors drawn from `seed`, target matrices zero."""
        rows = len(self.wv)
        self.wv.vectors = initial_vectors(rows, self.vector_size, self.seed)
        self.wv.vectors_lockf = np.ones(1, np.float32)
        for name in self._objectives():
            matrix = zeros(objective(name).target_rows(rows), self.vector_size)
            setattr(self, MATRIX_ATTRIBUTES[name], matrix[:, : self.vector_size])

    def _borrow_weights(self) -> Weights:
        """Return the padded matrices behind the attributes; arrays that a user put there are copied first."""
        size = self.vector_size
        rows = len(self.wv)
        matrices = {"input": adopt(_checked_matrix("wv.vectors", self.wv.vectors, rows, size), size)}
        for name in self._objectives():
            attribute = MATRIX_ATTRIBUTES[name]
            if getattr(self, attribute, None) is None:
                raise RuntimeError(
                    f"the model has no {attribute}: it was made with other settings of hs and negative. "
                    "Call init_weights() to begin anew"
                )
            expected = objective(name).target_rows(rows)
            matrices[name] = adopt(_checked_matrix(attribute, getattr(self, attribute), expected, size), size)
            setattr(self, attribute, matrices[name][:, :size])
        self.wv.vectors = matrices["input"][:, :size]
        return Weights(matrices, size)

    # ------------------------------------------------------------------ training

    def train(
        self,
        corpus_iterable: Iterable[Any] | None = None,
        corpus_file: Any = None,
        total_examples: int | None = None,
        total_words: int | None = None,
        epochs: int | None = None,
        start_alpha: float | None = None,
        end_alpha: float | None = None,
        word_count: int = 0,
        queue_factor: int = 2,
        report_delay: float = 1.0,
        compute_loss: bool | None = None,
        callbacks: Iterable[Any] = (),
        *,
        progress: bool = False,
        cache_corpus: bool = False,
        cache_dir: Any = None,
        **unknown: Any,
    ) -> tuple[int, int]:
        """Train on a corpus, going on from the weights that are there.

        `epochs`, `start_alpha`, `end_alpha` and `compute_loss` become the model's own settings, as in gensim.

        Parameters
        ----------
        corpus_iterable, corpus_file
            The corpus, as in the class.
        total_examples, total_words : int
            Size of the corpus in sentences or in words, for the learning rate; one of them is needed. After
            ``build_vocab`` on the same corpus: ``total_examples=model.corpus_count``.
        epochs : int
            Passes over the corpus.
        start_alpha, end_alpha : float, optional
            Learning rate at the start and at the end of this call; default ``alpha`` and ``min_alpha``.
        word_count : int
            Accepted as in gensim; not used.
        queue_factor : int
            Jobs that wait for each worker, at most.
        report_delay : float
            Seconds between two log lines.
        compute_loss : bool, optional
            Sum the loss; default: what the model was made with.
        callbacks : iterable
        progress, cache_corpus, cache_dir
            As in the class.

        Returns
        -------
        trained_words, raw_words : int
            Words trained (in the vocabulary and not dropped by sampling) and words read, over all epochs.

        Raises
        ------
        TypeError, ValueError
            If an argument is not allowed.
        RuntimeError
            If there is no vocabulary, or the corpus turns out to be empty.
        FloatingPointError
            If the weights leave the finite numbers.
        Exception
            Whatever the corpus, a callback or a worker raised; training has stopped then.
        """
        _refuse_unknown("train()", unknown)
        if start_alpha is not None:
            start_alpha = check_float("start_alpha", start_alpha, 0)
        if end_alpha is not None:
            end_alpha = check_float("end_alpha", end_alpha, 0)
        if not self.hs and not self.negative:
            self._training_config()  # raises
        if not len(self.wv):
            raise RuntimeError("you must first build vocabulary before training the model")
        if not len(self.wv.vectors):
            raise RuntimeError("you must initialize vectors before training the model: call init_weights()")
        if total_words is None and total_examples is None:
            raise ValueError(
                "You must specify either total_examples or total_words, for proper learning-rate (alpha) updates; "
                f"after build_vocab on the same corpus pass total_examples=model.corpus_count, here {self.corpus_count}"
            )
        totals = [
            None if value is None else check_int(name, value, 1)
            for name, value in (("total_examples", total_examples), ("total_words", total_words))
        ]
        if epochs is None:
            raise ValueError(
                "You must specify an explicit epochs count. The usual value is epochs=model.epochs, "
                f"here {self.epochs}; got epochs=None"
            )
        epochs = check_int("epochs", epochs, 1)
        callbacks = tuple(callbacks)
        corpus = as_corpus(corpus_iterable, corpus_file, passes=1 if cache_corpus else epochs)
        self.epochs = epochs
        self.alpha = self.alpha if start_alpha is None else start_alpha
        self.min_alpha = self.min_alpha if end_alpha is None else end_alpha
        self.compute_loss = self.compute_loss if compute_loss is None else check_flag("compute_loss", compute_loss)
        with TokenCache(cache_dir) as cache:
            return self._train(
                corpus,
                cache,
                cache_corpus,
                Expected(*totals),
                callbacks=callbacks,
                progress=progress,
                queue_factor=queue_factor,
                report_delay=report_delay,
            )

    def _train(
        self,
        corpus: Corpus | Batch,
        cache: TokenCache,
        cache_corpus: bool,
        expected: Expected,
        *,
        callbacks: tuple[Any, ...] = (),
        progress: bool = False,
        queue_factor: int = 2,
        report_delay: float = 1.0,
    ) -> tuple[int, int]:
        config = self._training_config(queue_factor)
        if self.alpha > self.min_alpha_yet_reached:
            logger.warning("Effective 'alpha' higher than previous training cycles")
        weights = self._borrow_weights()
        rows = len(self.wv)
        plan = Plan(
            config,
            np.asarray(self.wv.expandos["count"], np.int64),
            np.asarray(self.wv.expandos["sample_int"], np.uint32),
            _checked_lock(self.wv.vectors_lockf, rows),
        )
        decay = self._decay(config, expected)
        logger.info(
            "training model with %i workers on %i vocabulary and %i features, using sg=%s hs=%s sample=%s negative=%s "
            "window=%s shrink_windows=%s; alpha falls from %g to %g",
            config.workers,
            rows,
            self.vector_size,
            self.sg,
            self.hs,
            self.sample,
            self.negative,
            self.window,
            self.shrink_windows,
            config.alpha,
            config.min_alpha,
        )
        if isinstance(corpus, Batch):
            encoded: Batch | None = corpus
        elif corpus.cacheable or cache_corpus:
            keys = self.wv._stored_rows if text_of(corpus.sentences) else self.wv.key_to_index
            encoded = encode_into(cache, corpus.sentences, keys, self.batch_words, config.workers)
        else:
            encoded = None

        def batches() -> Iterable[Batch]:
            if encoded is not None:
                return (encoded,)
            assert isinstance(corpus, Corpus)
            return encode(corpus.sentences, self.wv.key_to_index, self.batch_words)

        self.running_training_loss = 0.0
        began = time.perf_counter()
        self._call(callbacks, "on_train_begin")
        self.wv.clear_norms()
        total = run_epochs(
            create("threads"),
            plan,
            weights,
            batches,
            decay,
            expected,
            Hooks(lambda: self._before_epoch(callbacks), lambda summary: self._after_epoch(callbacks, summary)),
            Progress(decay, report_delay, progress, config.compute_loss),
            self.epochs_trained,
        )
        self.train_count += 1
        self.total_train_time += time.perf_counter() - began
        self.wv.clear_norms()
        self._call(callbacks, "on_train_end")
        return total.words, total.raw_words

    def _decay(self, config: TrainingConfig, expected: Expected) -> LinearDecay:
        """Take words as the measure of progress wherever their number is known; else what the caller counted in."""
        if expected.sentences is not None and (expected.sentences != self.corpus_count or not self.corpus_total_words):
            total, unit = expected.sentences, "sentences"
        else:
            total = self.corpus_total_words if expected.sentences is not None else (expected.words or 0)
            unit = "words"
        return LinearDecay(config.alpha, config.min_alpha, config.epochs, total, unit)

    def _before_epoch(self, callbacks: tuple[Any, ...]) -> None:
        self._call(callbacks, "on_epoch_begin")
        self.wv.clear_norms()  # a query in the callback may have cached them

    def _after_epoch(self, callbacks: tuple[Any, ...], summary: dict[str, Any]) -> bool:
        self.wv.clear_norms()
        self.epochs_trained += 1
        self.training_history.append(summary)
        self.running_training_loss += summary["loss_sum"] or 0.0
        self.min_alpha_yet_reached = min(self.min_alpha_yet_reached, summary["alpha"])
        return self._call(callbacks, "on_epoch_end")

    def _call(self, callbacks: tuple[Any, ...], event: str) -> bool:
        """Call all callbacks; whether one of them said True."""
        answers = [getattr(callback, event)(self) for callback in callbacks]
        return any(answer is True for answer in answers)

    def get_latest_training_loss(self) -> float:
        """Return the loss summed over all examples since the last call of `train` began; 0.0 without `compute_loss`.

        The mean of an example is ``training_history[-1]["loss"]``.
        """
        return self.running_training_loss

    def estimate_memory(self, vocab_size: int | None = None, report: dict[str, int] | None = None) -> dict[str, int]:
        """Return the bytes that a model takes while it is trained.

        Measured against the peak of whole runs (`tests/benchmarks/bench_memory.py`), the total is within a tenth.

        Parameters
        ----------
        vocab_size : int, optional
            Words; default: those of the model.
        report : dict, optional
            Filled and returned in place of a new one.

        Returns
        -------
        dict of str to int
            ``vocab``; the matrices, ``vectors`` and ``syn1`` and/or ``syn1neg``; ``tokens``, the ids of the text that
            was counted, as far as they are kept in memory; ``buffers`` of scanner and workers; their sum, ``total``.

        Examples
        --------
        >>> Word2Vec(vector_size=300).estimate_memory(1_000_000)["total"] // 10**6
        2559
        """
        rows = len(self.wv) if vocab_size is None else check_int("vocab_size", vocab_size, 0)
        report = {} if report is None else report
        report["vocab"] = rows * 120  # key, its dict entry, count and keep rate
        report["vectors"] = matrix_bytes(rows, self.vector_size)
        for name in self._objectives():
            report[MATRIX_ATTRIBUTES[name]] = matrix_bytes(objective(name).target_rows(rows), self.vector_size)
        tokens = 4 * int(self.wv.expandos["count"].sum()) if vocab_size is None and "count" in self.wv.expandos else 0
        report["tokens"] = tokens if tokens <= RAM_LIMIT else 0
        report["buffers"] = BUFFER_BYTES
        report["total"] = sum(bytes_ for part, bytes_ in report.items() if part != "total")
        return report

    # ------------------------------------------------------------------ files

    def save(
        self,
        fname: Any,
        separately: Any = None,
        sep_limit: int = 10 * 1024**2,
        ignore: Iterable[str] = frozenset(),
        pickle_protocol: int = 4,
    ) -> None:
        """Save the whole model in one safetensors file, atomically; training can go on after `load`.

        Parameters
        ----------
        fname : str, path or binary file
            A ``.gz`` or ``.bz2`` name compresses.
        separately, sep_limit, pickle_protocol
            Accepted as in gensim; not used: there is one file, and no pickle.
        ignore : iterable of str
            Attributes to leave out, such as ``"syn1neg"``; they are None after `load`.

        Raises
        ------
        TypeError
            If a key is neither a str nor an int; it is named.
        """
        logger.debug(
            "save: separately=%r, sep_limit=%r, pickle_protocol=%r ignored", separately, sep_limit, pickle_protocol
        )
        ignore = frozenset(ignore)
        vectors = self.wv.snapshot()
        arrays = dict(vectors.arrays)
        for name in (HIERARCHICAL, NEGATIVE):
            attribute = MATRIX_ATTRIBUTES[name]
            if getattr(self, attribute, None) is not None and attribute not in ignore:
                arrays[name] = getattr(self, attribute)
        settings = {name: getattr(self, name) for name in SAVED_SETTINGS if name not in ignore}
        settings["ignored"] = sorted(ignore)
        native.write(Snapshot("word2vec", vectors.keys, arrays, settings), fname)

    @classmethod
    def load(cls, fname: Any, mmap: str | None = None) -> Word2Vec:
        """Load a model that `save` wrote.

        Parameters
        ----------
        fname : str, path or binary file
        mmap : {None, "r", "r+", "c"}
            Map the matrices instead of reading them; training first copies them into memory.

        Raises
        ------
        FileNotFoundError
            If there is no such file.
        AttributeError
            If the file holds vectors only: use ``KeyedVectors.load``.
        ValueError
            If the file is damaged, newer than this version, or something else.
        """
        snapshot = native.read(fname, mmap=mmap, padded=True)
        if snapshot.kind != "word2vec":
            raise AttributeError(
                f"Model of type {snapshot.kind} can't be loaded by {cls.__name__}: use KeyedVectors.load({fname!r})"
            )
        return cls._from_snapshot(snapshot)

    @classmethod
    def from_gensim(cls, path: Any, mmap: str | None = None) -> Word2Vec:
        """Load a whole Word2Vec model that gensim 3 or 4 saved: weights, counts and settings; training can go on.

        The file is a pickle. It is read as data by an interpreter that runs nothing, and anything but arrays,
        containers and gensim's own classes in it is an error.

        Parameters
        ----------
        path : str or path-like
            Arrays that gensim stored beside it are found by its name.
        mmap : {None, "r", "r+", "c"}
            Map those arrays instead of reading them; training first copies them into memory.

        Raises
        ------
        AttributeError
            If the file holds vectors only: use ``KeyedVectors.load_any``.
        ValueError
            If it is another file, is damaged, or names anything that does not belong into a model.

        Warns
        -----
        UserWarning
            If the model was trained with hierarchical softmax and its Huffman tree is not the one built here, since
            words of equal counts can be joined in several ways. Then `syn1` is left out.
        """
        snapshot = gensim_native.read(path, mmap=mmap)
        if snapshot.kind != "word2vec":
            raise AttributeError(f"{path} holds no Word2Vec model, only vectors: use KeyedVectors.load_any({path!r})")
        if "tree" in snapshot.arrays and not _has_tree(snapshot):
            warnings.warn(
                f"{path}: the tree of hierarchical softmax is another one here, so its weights (syn1) are left out; "
                "call init_weights() to train anew",
                UserWarning,
                stacklevel=2,
            )
            del snapshot.arrays["tree"]
        return cls._from_snapshot(snapshot)

    @classmethod
    def _from_snapshot(cls, snapshot: Snapshot) -> Word2Vec:
        settings = snapshot.settings
        ignored = settings.get("ignored", [])
        model = cls(**{name: settings[name] for name in CONSTRUCTOR_SETTINGS if name in settings})
        model.wv = KeyedVectors.from_snapshot(snapshot)
        for name, attribute in MATRIX_ATTRIBUTES.items():
            if name in snapshot.arrays:
                setattr(model, attribute, snapshot.arrays[name])
        for name in SAVED_SETTINGS:
            if name in settings:
                setattr(model, name, settings[name])
        for name in ignored:
            setattr(model, name, None)
        model.layer1_size = model.vector_size
        return model

    # ------------------------------------------------------------------ what gensim 3 had

    def __str__(self) -> str:
        return f"{type(self).__name__}<vocab={len(self.wv)}, vector_size={self.vector_size}, alpha={self.alpha}>"

    __repr__ = __str__

    def __getattr__(self, name: str) -> Any:
        if name in REMOVED_ATTRIBUTES:
            raise AttributeError(
                f"{type(self).__name__} has no attribute {name!r} since gensim 4: use model.{REMOVED_ATTRIBUTES[name]}"
            )
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def __getitem__(self, key: Any) -> NoReturn:
        raise TypeError(f"'{type(self).__name__}' object is not subscriptable: use model.wv[{key!r}]")

    def __contains__(self, key: Any) -> NoReturn:
        raise TypeError(f"a model has no keys of its own: use {key!r} in model.wv")


def _refuse_unknown(where: str, unknown: Mapping[str, Any]) -> None:
    """Raise the TypeError for arguments that do not exist, naming today's name of those that gensim 3 had."""
    for name in unknown:
        if name in RENAMED_ARGUMENTS:
            raise TypeError(
                f"{where}: {name} was renamed {RENAMED_ARGUMENTS[name]} in gensim 4; got {name}={unknown[name]!r}"
            )
        raise TypeError(f"{where} got an unexpected keyword argument {name!r}")


def _checked_matrix(name: str, matrix: Any, rows: int, size: int) -> Array:
    """Return a matrix as float32, or say what is wrong with its shape."""
    matrix = np.asarray(matrix)
    if matrix.shape != (rows, size):
        raise ValueError(f"{name} must have shape ({rows}, {size}), one row for each word, got {matrix.shape}")
    checked: Array = matrix.astype(np.float32, copy=False)
    return checked


def _has_tree(snapshot: Snapshot) -> bool:
    """Whether the paths that came with a model are those of the Huffman tree that is built here of its counts."""
    arrays = snapshot.arrays
    if not {"counts", "tree.point", "tree.code"} <= arrays.keys():
        return False
    tree = huffman(arrays["counts"])
    return np.array_equal(arrays["tree.point"], tree.points) and np.array_equal(arrays["tree.code"], tree.codes)


def _checked_lock(lock: Any, rows: int) -> Array:
    """Return the lock factors as float32, or say what is wrong with them."""
    factors: Array = np.atleast_1d(np.asarray(lock, np.float32))
    if factors.ndim != 1 or not 0 < len(factors) <= max(rows, 1) or not np.isfinite(factors).all():
        raise ValueError(
            f"wv.vectors_lockf must be 1 to {rows} finite factors (1 learns, 0 freezes; a single one goes for all), "
            f"got an array of shape {factors.shape}"
        )
    return factors
