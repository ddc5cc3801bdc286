"""The tables under Word2Vec: settings, vocabulary and matrices, made, grown and reset. Training is in word2vec.py."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from w2vcore.corpus.encoding import Batch
from w2vcore.corpus.sources import Corpus, as_corpus
from w2vcore.corpus.spooling import count_and_encode, renumber
from w2vcore.corpus.token_cache import RAM_LIMIT, TokenCache
from w2vcore.corpus.vocabulary import RawCounts, check_retained, count_tokens, downsample, given_counts, retain
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
from w2vcore.model.weights import Weights, adopt, checked_matrix, initial_vectors, zeros
from w2vcore.objectives.registry import objective
from w2vcore.oldnames import OldNames, refuse_unknown

logger = logging.getLogger("w2vcore.word2vec")

Array: TypeAlias = "NDArray[Any]"

# Attribute of the facade for each objective's target matrix.
MATRIX_ATTRIBUTES = {NEGATIVE: "syn1neg", HIERARCHICAL: "syn1"}


class ModelTables(OldNames):
    """Settings, vocabulary and matrices of a model; documented in Word2Vec, its only subclass."""

    wv: KeyedVectors
    syn1: Array
    syn1neg: Array
    vector_size: int
    layer1_size: int
    alpha: float
    min_alpha: float
    window: Any
    shrink_windows: bool
    min_count: int
    max_vocab_size: int | None
    max_final_vocab: int | None
    sample: float
    sorted_vocab: int
    null_word: int
    seed: int
    workers: int
    batch_words: int
    sg: int
    hs: int
    negative: int
    negative_sharing: str
    ns_exponent: float
    cbow_mean: int
    epochs: int
    compute_loss: bool
    raw_vocab: Mapping[Any, int]
    corpus_count: int
    corpus_total_words: int
    effective_min_count: int | None
    _pruned: int

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
        refuse_unknown(
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
        matrices = {"input": adopt(checked_matrix("wv.vectors", self.wv.vectors, rows, size), size)}
        for name in self._objectives():
            attribute = MATRIX_ATTRIBUTES[name]
            if getattr(self, attribute, None) is None:
                raise RuntimeError(
                    f"the model has no {attribute}: it was made with other settings of hs and negative. "
                    "Call init_weights() to begin anew"
                )
            expected = objective(name).target_rows(rows)
            matrices[name] = adopt(checked_matrix(attribute, getattr(self, attribute), expected, size), size)
            setattr(self, attribute, matrices[name][:, :size])
        self.wv.vectors = matrices["input"][:, :size]
        return Weights(matrices, size)

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
