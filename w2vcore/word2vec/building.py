"""The tables under Word2Vec: vocabulary and matrices, made, grown and reset. Training is in word2vec.py."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from w2vcore.backends.agreement import Agreement
from w2vcore.backends.registry import choose, crew_of
from w2vcore.columns import Columns, as_columns
from w2vcore.corpus.encoding import Batch
from w2vcore.corpus.shortfall import shortfall
from w2vcore.corpus.sources import Corpus, as_corpus
from w2vcore.corpus.spooling import count_and_encode, renumber, tokens_kept
from w2vcore.corpus.token_cache import TokenCache
from w2vcore.corpus.vocabulary import (
    KEEP_ALWAYS,
    RawCounts,
    count_tokens,
    downsample,
    given_counts,
    merged,
    retain,
    warn_unsaved,
)
from w2vcore.corpus.warning import warn
from w2vcore.facade.oldnames import refuse_unknown
from w2vcore.facade.saveload import SaveLoad
from w2vcore.keyedvectors import KeyedVectors
from w2vcore.model.config import check_float, check_int, check_workers, job_words
from w2vcore.model.inspection import Inspection
from w2vcore.model.memory import check_fits
from w2vcore.model.tables import INPUT, Table
from w2vcore.model.weights import checked_lock
from w2vcore.objectives.code_tree import CodeTree
from w2vcore.objectives.count_tables import CountTables
from w2vcore.objectives.growth import grown
from w2vcore.objectives.huffman import huffman_tree
from w2vcore.objectives.negative_sampling import cumulative_table
from w2vcore.objectives.registry import needs_tree
from w2vcore.training.checkpoint import Size
from w2vcore.training.parts import pooled_counts, share_corpus
from w2vcore.word2vec.keeprates import follow_sample
from w2vcore.word2vec.memory import memory_report
from w2vcore.word2vec.settings import ModelSettings
from w2vcore.word2vec.tree import WordTree, show_paths
from w2vcore.word2vec.update import check_prior_vocabulary, grow_vectors

logger = logging.getLogger("w2vcore.word2vec")

Array: TypeAlias = "NDArray[Any]"


class ModelTables(ModelSettings, SaveLoad):
    """Vocabulary and matrices of a model; documented in Word2Vec, its only subclass."""

    wv: KeyedVectors
    syn1: Array
    syn1neg: Array
    _raw_counts: Mapping[Any, int]  # compact, until somebody asks for `raw_vocab`
    corpus_count: int
    corpus_total_words: int
    effective_min_count: int | None
    _scanned: RawCounts  # the last scan, without its counts
    _shortfall: str | None  # why the last scan left no word
    _noise_table: tuple[Array, float, Array] | None  # counts, exponent, table
    _sampled: float | None = None  # what the column 'sample_int' was made with, if that is known
    _inspection: Inspection
    _tables: CountTables
    _tree: WordTree | None = None  # of hierarchical softmax; None: that of the counts, which nobody has asked for yet

    # ------------------------------------------------------------------ vocabulary

    @property
    def raw_vocab(self) -> dict[Any, int]:
        """Counts of the last scan, a dict that may be changed before `prepare_vocab` takes its words from it."""
        counts = self._raw_counts
        if not isinstance(counts, dict):
            self._raw_counts = dict(counts.items())
            if self.wv.dropped_counts is counts:
                self.wv.dropped_counts = self._raw_counts
            counts = self._raw_counts
        return counts

    @raw_vocab.setter
    def raw_vocab(self, counts: Mapping[Any, int]) -> None:
        self._raw_counts = counts

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
            With ``hs=1`` the new words become a branch of the tree, and its nodes keep what they have learned.
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
            On ``update=True`` before a first vocabulary.

        Warns
        -----
        UserWarning
            If no word is left; it says why. `train` raises then.
        """
        self._check_update(update)
        refuse_unknown(
            "build_vocab()", {k: v for k, v in kwargs.items() if k not in ("min_count", "sample", "dry_run")}
        )
        self.scan_vocab(corpus_iterable, corpus_file, progress_per=progress_per, trim_rule=trim_rule)
        self.prepare_vocab(update=update, keep_raw_vocab=keep_raw_vocab, trim_rule=trim_rule, **kwargs)
        if not kwargs.get("dry_run"):
            self.prepare_weights(update=update)
            self._record_vocabulary(update, trim_rule)

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
        >>> from w2vcore import Word2Vec
        >>> model = Word2Vec(min_count=1, vector_size=4)
        >>> model.build_vocab_from_freq({"cat": 3, "dog": 1})
        >>> model.wv.index_to_key
        ['cat', 'dog']
        """
        self._check_update(update)
        self._take_counts(given_counts(word_freq, corpus_count or 0))
        self.prepare_vocab(update=update, keep_raw_vocab=keep_raw_vocab, trim_rule=trim_rule)
        self.prepare_weights(update=update)
        self._record_vocabulary(update, trim_rule)

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
        progress_per = check_int("progress_per", progress_per, 1, hint="sentences between two log lines")
        with self._together() as crew:
            corpus = share_corpus(crew, as_corpus(corpus_iterable, corpus_file, passes=1))
            self._take_counts(pooled_counts(crew, self._count(corpus.sentences, trim_rule, progress_per)))
        return self.corpus_total_words, self.corpus_count

    @contextmanager
    def _together(self) -> Iterator[Agreement]:
        """Settle things with the other processes that train this model; an error in one stops all."""
        crew = crew_of(choose(self.backend, self.device))
        with crew.guard():
            if crew.size > 1 and self.max_vocab_size is not None:
                raise ValueError(
                    f"max_vocab_size={self.max_vocab_size} is not possible with several processes, as each would prune "
                    "other words: use max_final_vocab, which is exact"
                )
            yield crew

    def _scan_and_build(
        self,
        corpus: Corpus,
        cache: TokenCache,
        cache_corpus: bool,
        trim_rule: Callable[..., int] | None,
        crew: Agreement,
    ) -> tuple[Batch | None, Size]:
        """Make vocabulary and weights; return the corpus encoded, if one reading of it can do both, and its size.

        With `max_vocab_size` it cannot: pruning while counting is there to save the memory that this would take.
        """
        if not (corpus.cacheable or cache_corpus) or self.max_vocab_size is not None:
            raw = self._count(corpus.sentences, trim_rule)
            self._take_counts(pooled_counts(crew, raw))
            self._choose_words(trim_rule)
            size = Size(raw.sentences, raw.words, tokens_kept(raw.counts, self.wv._stored_rows))
            self.prepare_weights()
            self._record_vocabulary(False, trim_rule)
            return None, size
        workers = check_workers(self.workers)
        raw, spooled = count_and_encode(corpus.sentences, cache, job_words(self.batch_words), workers=workers)
        self._take_counts(pooled_counts(crew, raw))
        self._choose_words(trim_rule)
        batch = renumber(spooled, raw.counts, self.wv._stored_rows)
        del raw  # before the matrices are made
        self.prepare_weights()
        self._record_vocabulary(False, trim_rule)
        return batch, Size(batch.sentences, batch.raw_words, len(batch))

    def _choose_words(self, trim_rule: Callable[..., int] | None) -> None:
        self.prepare_vocab(trim_rule=trim_rule)
        if self._shortfall:
            raise RuntimeError(self._shortfall)

    def _record_vocabulary(self, update: bool, trim_rule: Callable[..., int] | None) -> None:
        rule = None if trim_rule is None else getattr(trim_rule, "__name__", repr(trim_rule))
        if self._shortfall:
            logger.warning(self._shortfall)
            warn(self._shortfall)
        self.add_lifecycle_event("build_vocab", update=update, trim_rule=rule, words=len(self.wv))

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
        self._raw_counts, self._scanned = raw.counts, replace(raw, counts={})
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
        if update:
            check_prior_vocabulary(self.wv)
        logger.info("Updating model with new vocabulary" if update else "Creating a fresh vocabulary")
        min_count = self.min_count if min_count is None else check_int("min_count", min_count, 0)
        sample = self.sample if sample is None else check_float("sample", sample, 0)
        kept = retain(
            self._raw_counts,
            min_count=min_count,
            max_final_vocab=self.max_final_vocab,
            trim_rule=trim_rule,
            sorted_vocab=bool(self.sorted_vocab) and not update,
        )
        keys, counts = kept.keys, kept.counts
        if update:
            if needs_tree(self._objectives()):
                self._code_tree()  # of the counts as they were
            known = dict(zip(self.wv.index_to_key, self.wv.expandos["count"].tolist(), strict=True))
            keys, counts = merged(known, self._raw_counts, keys, counts)
        sampled = downsample(counts, sample)
        keep = sampled.keep
        if self.null_word and (len(keys) or update) and "\0" not in keys:
            # among words of one occurrence the one added last comes first, as in gensim
            row = int((counts > 1).sum()) if self.sorted_vocab and not update else len(keys)
            keys = [*keys[:row], "\0", *keys[row:]]
            counts, keep = np.insert(counts, row, 1), np.insert(keep, row, KEEP_ALWAYS)
        report = {
            "drop_unique": kept.drop_unique,
            "retain_total": kept.retain_total,
            "downsample_unique": sampled.unique,
            "downsample_total": int(sampled.total),
            "num_retained_words": len(kept.keys),
        }
        if dry_run:
            return report
        self._shortfall = None if update else shortfall(replace(self._scanned, counts=self._raw_counts), kept)
        if self._shortfall:
            logger.info(self._shortfall)
        self.min_count, self.sample, self.effective_min_count = min_count, sample, kept.effective_min_count
        self._sampled = sample
        warn_unsaved(keys, self.wv._stored_keys if update else ())
        others = as_columns(self.wv.expandos).stored() if update else {}
        self.wv._set_keys(keys)
        self.wv.expandos = Columns({**others, "count": counts, "sample_int": keep})
        self.wv.allocate_vecattrs()
        if not update:
            self._plant_tree()
        self.wv.clear_norms()
        if keep_raw_vocab:
            self.wv.dropped_counts, self.wv.min_count = self._raw_counts, kept.effective_min_count
        else:
            logger.info("deleting the raw counts dictionary of %i items", len(self._raw_counts))
            self._raw_counts = {}
        return report

    def add_null_word(self) -> None:
        r"""Add the word ``"\\0"`` with count 1 as the last row; call `update_weights` after it.

        With ``null_word=1``, `build_vocab` does so by itself.
        """
        wv = self.wv
        if "\0" in wv.key_to_index:
            return
        wv._set_keys([*wv.index_to_key, "\0"])
        wv.allocate_vecattrs(["count", "sample_int"], [np.int64, np.uint32])
        wv.allocate_vecattrs()
        wv.expandos["count"][-1], wv.expandos["sample_int"][-1] = 1, KEEP_ALWAYS

    def reset_from(self, other_model: ModelTables) -> None:
        """Take over the vocabulary of another model, and begin with fresh weights.

        The two share keys and columns: the same objects, until one of them builds another vocabulary.

        Raises
        ------
        TypeError
            If `other_model` is no model.
        RuntimeError
            If it has no vocabulary.

        Examples
        --------
        >>> from w2vcore import Word2Vec
        >>> first = Word2Vec([["a", "b"]] * 10, min_count=1, vector_size=4)
        >>> second = Word2Vec(vector_size=8, sg=1)
        >>> second.reset_from(first)
        >>> second.train([["a", "b"]] * 10, total_examples=10, epochs=1)[1], second.wv.vectors.shape
        (20, (2, 8))
        """
        if not isinstance(other_model, ModelTables):
            raise TypeError(f"other_model must be a Word2Vec, got {type(other_model).__name__}")
        theirs = other_model.wv
        if not len(theirs):
            raise RuntimeError("other_model has no vocabulary: call its build_vocab() first")
        wv = type(self.wv)._empty(self.vector_size)
        wv.index_to_key, wv.key_to_index, wv.expandos = theirs.index_to_key, theirs.key_to_index, theirs.expandos
        wv.next_index = len(theirs)
        self.wv, self._sampled = wv, None
        wv._belong_to(self)
        if other_model.negative:
            other_model.make_cum_table()
            self._noise_table = other_model._noise_table
        self.corpus_count, self.corpus_total_words = other_model.corpus_count, other_model.corpus_total_words
        self.effective_min_count = other_model.effective_min_count
        self.init_weights()
        if self._tree is not None and other_model._tree is not None:
            self._tree, wv.expandos = WordTree(other_model._code_tree(), wv._stored_keys), theirs.expandos
        self.add_lifecycle_event("reset_from", other_model=repr(other_model))

    def _check_update(self, update: bool) -> None:
        """Refuse to update what is not there, before anything is changed."""
        if update:
            check_prior_vocabulary(self.wv)
            for table in self._trained_tables().values():
                self._matrix_of(table)

    # ------------------------------------------------------------------ weights

    def prepare_weights(self, update: bool = False) -> None:
        """Make the matrices for the vocabulary; with `update`, add rows and keep what is there.

        Raises
        ------
        MemoryError
            If they do not fit into memory.
        """
        rows = len(self.wv)
        tables = self._trained_tables()
        need = sum(table.nbytes(rows) for table in tables.values())
        logger.info("estimated required memory for %i words and %i dimensions: %i bytes", rows, self.vector_size, need)
        check_fits(rows, self.vector_size, len(tables), need)
        if not update:
            self.init_weights()
            return
        targets = {table: self._matrix_of(table) for table in tables.values() if table.role != "input"}
        had = min(map(len, targets.values()), default=rows)
        in_tree = 0
        if needs_tree(self._objectives()):
            tree = self._code_tree()
            in_tree = tree.words
            self._tree = WordTree.of(grown(tree, self._columns()[0]), self.wv)
        old = self.wv._vectors
        grow_vectors(self.wv, had, self.seed, self.sample)
        self._inspection.inherit(INPUT, old, self.wv._vectors)
        for table, matrix in targets.items():
            larger = table.grown(matrix, len(matrix) if table.keyed else in_tree, rows)
            self._set_matrix(table, self._inspection.inherit(table.name, matrix, larger))

    def update_weights(self) -> None:
        """Add rows for the words that have none yet (as ``prepare_weights(update=True)``)."""
        self.prepare_weights(update=True)

    def init_weights(self) -> None:
        """Set all weights to their state before training: input vectors drawn from `seed`, target matrices zero."""
        logger.info("resetting layer weights")
        rows = len(self.wv)
        for table in self._trained_tables().values():
            self._set_matrix(table, self._inspection.trust(table.name, table.begin(rows, self.seed)))
        self.wv.vectors_lockf = np.ones(1, np.float32)
        self._plant_tree()

    def _set_matrix(self, table: Table, matrix: Array) -> None:
        """Put a matrix where users find it."""
        if table.role == "input":
            self.wv._take(matrix)
        else:
            setattr(self, table.attribute, matrix)

    def _matrix_of(self, table: Table) -> Array:
        """Return the matrix of a table, which a model may lack whose settings were changed."""
        matrix: Array | None = self.wv._vectors if table.role == "input" else getattr(self, table.attribute, None)
        if matrix is None:
            raise RuntimeError(
                f"the model has no {table.attribute}: it was made with other settings of hs and negative, or "
                "saved without it. Call init_weights() to begin anew"
            )
        return matrix

    def _code_tree(self, whole: bool = False) -> CodeTree:
        """Return the tree of hierarchical softmax for the rows as they are; it may lack the last, unless `whole`."""
        words = self._tree
        self._tree = words.for_rows(self.wv, whole) if words else WordTree.of(huffman_tree(self._columns()[0]), self.wv)
        return self._tree.tree

    def _plant_tree(self) -> None:
        """Begin with the tree of the counts, if the settings want one."""
        self._tree = None
        if needs_tree(self._objectives()) and len(self.wv.expandos.get("count", ())) == len(self.wv) > 0:
            self._code_tree()

    def _columns(self) -> tuple[NDArray[np.int64], NDArray[np.uint32], NDArray[np.float32]]:
        """Return counts, keep rates and lock factors of the words; `wv` may be other vectors that a user put there."""
        wv, rows = self.wv, len(self.wv)
        counts = np.asarray(wv.expandos.get("count", ()), np.int64)
        if len(counts) != rows:
            raise RuntimeError(
                f"wv has the counts of {len(counts)} words, but {rows} keys: training needs how often each occurs. "
                "Build the vocabulary with build_vocab(), have build_vocab(sentences, update=True) count new words, or "
                "set the column 'count' with wv.set_vecattr"
            )
        self._sampled = follow_sample(wv, self._sampled, self.sample)
        keep = np.asarray(wv.expandos.get("sample_int", ()), np.uint32)
        if len(keep) != rows:
            keep = self._tables.remembered("keep", self.sample, (counts,), lambda: downsample(counts, self.sample).keep)
        return counts, keep, checked_lock(getattr(wv, "vectors_lockf", 1.0), rows)

    # ------------------------------------------------------------------ tables that training makes for itself

    def make_cum_table(self, domain: int = 2**31 - 1) -> None:
        """Make `cum_table` anew, scaled to `domain`."""
        domain = check_int("domain", domain, 1, 2**32 - 1)
        counts = self.wv.expandos.get("count", np.zeros(0, np.int64))
        self._noise_table = (counts, self.ns_exponent, cumulative_table(counts, self.ns_exponent, domain))

    @property
    def cum_table(self) -> Array:
        """The noise distribution as gensim has it: running sums of ``count ** ns_exponent``, uint32; to look at.

        Made when first asked for. Training draws by an exact table of its own, so this one cannot be set.
        """
        if not self.negative:
            raise AttributeError("cum_table")  # facade/oldnames.py has the text
        held = self._noise_table
        if held is None or held[0] is not self.wv.expandos.get("count") or held[1] != self.ns_exponent:
            self.make_cum_table()
            held = self._noise_table
        assert held is not None
        return held[2]

    def create_binary_tree(self) -> None:
        """Write the tree of hierarchical softmax into the columns 'code' and 'point' of `wv`; to look at.

        With ``hs=1`` they are there without that. ``wv.get_vecattr(word, "point")`` are the inner nodes from the root
        down, rows of `syn1`; 'code' has the turns, 0 to the rarer side. Without ``hs=1`` it is the Huffman tree of the
        counts as they are; with it, the tree that is trained, which is that of the counts when the weights were made.

        Examples
        --------
        >>> from w2vcore import Word2Vec
        >>> model = Word2Vec(hs=1, negative=0, min_count=1)
        >>> model.build_vocab([["often", "often", "often", "seldom", "never"]])
        >>> model.create_binary_tree()
        >>> model.wv.get_vecattr("often", "code").tolist(), len(model.wv.get_vecattr("seldom", "code"))
        ([1], 2)
        """
        if not len(self.wv):
            raise RuntimeError("there is no vocabulary to make a tree of: call build_vocab() first")
        logger.info("constructing a huffman tree from %i words", len(self.wv))
        tree = self._code_tree() if needs_tree(self._objectives()) else huffman_tree(self._columns()[0])
        show_paths(self.wv, tree)
        logger.info("built huffman tree with maximum node depth %i", tree.paths().max_depth)

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
            was counted, as far as they are kept in memory; ``copies`` of the hottest rows, which two to four workers
            make for a text that is long enough; ``buffers`` of scanner and workers; ``merging``, if several ranks
            train, for the rows as they were last merged; their sum, ``total``. Apart from these, where it is trained
            on a GPU, ``gpu``: about what it takes there.

        Examples
        --------
        >>> from w2vcore import Word2Vec
        >>> Word2Vec(vector_size=300).estimate_memory(1_000_000)["total"] // 10**6
        2575
        """
        rows = len(self.wv) if vocab_size is None else check_int("vocab_size", vocab_size, 0)
        counted = vocab_size is None and "count" in self.wv.expandos
        words = int(self.wv.expandos["count"].sum()) if counted else 0 if vocab_size is None else None
        tables = self._trained_tables().values()
        found = memory_report(
            rows,
            words,
            {table.attribute.removeprefix("wv."): table.nbytes(rows) for table in tables},
            workers=check_workers(self.workers),
            backend=choose(self.backend, self.device),
            objectives=self._objectives(),
            subsample=self.sample > 0,
        )
        report = {} if report is None else report
        report.update(found)
        return report
