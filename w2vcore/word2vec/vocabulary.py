"""The vocabulary of a model: a corpus counted, words chosen from the counts, and those of another model taken over."""

from __future__ import annotations

import copy
import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from w2vcore.backends.agreement import Agreement
from w2vcore.corpus.encoding import Batch
from w2vcore.corpus.preparation import Choice, prepare
from w2vcore.corpus.sources import Corpus
from w2vcore.corpus.spooling import count_and_encode, renumber, tokens_kept
from w2vcore.corpus.token_cache import TokenCache
from w2vcore.corpus.vocabulary import KEEP_ALWAYS, RawCounts, warn_unsaved
from w2vcore.corpus.warning import warn
from w2vcore.keyedvectors import KeyedVectors
from w2vcore.keyedvectors.columns import Columns, as_columns
from w2vcore.keyedvectors.internals import belong_to, empty_like, keys_of, replace_keys, rows_of
from w2vcore.model.config import SETTINGS, job_words, threads
from w2vcore.objectives.registry import needs_tree
from w2vcore.training.checkpoint import Extent

from .settings import objectives_of, trained_tables
from .tree import WordTree, code_tree, plant_tree
from .weights import trained_matrix

if TYPE_CHECKING:
    from .model import Word2Vec

logger = logging.getLogger("w2vcore.word2vec")

PROGRESS_PER = 10_000  # sentences between two log lines of a scan


class Scan:
    """What the last scan of a corpus saw, until a vocabulary is chosen from it.

    Attributes
    ----------
    counts : mapping of key to int
        Compact, until somebody asks for `Word2Vec.raw_vocab`.
    shortfall : str or None
        Why no word was left, if so.
    """

    def __init__(self) -> None:
        self.counts: Mapping[Any, int] = {}
        self.shortfall: str | None = None
        self._rest = RawCounts({}, 0, 0)

    def take(self, raw: RawCounts) -> None:
        """Keep the counts of a scan."""
        self.counts, self._rest = raw.counts, replace(raw, counts={})

    def raw(self) -> RawCounts:
        """Return the scan, with the counts as they are now."""
        return replace(self._rest, counts=self.counts)


def counts_as_dict(model: Word2Vec) -> dict[Any, int]:
    """Return the counts of the last scan as a dict, which may be changed and is used from then on."""
    counts = model._scan.counts
    if isinstance(counts, dict):
        return counts
    model._scan.counts = as_dict = dict(counts.items())
    if model.wv.dropped_counts is counts:
        model.wv.dropped_counts = as_dict
    return as_dict


def take_counts(model: Word2Vec, raw: RawCounts) -> None:
    """Keep what a scan saw."""
    model._scan.take(raw)
    model.corpus_count, model.corpus_total_words = raw.sentences, raw.words


def scan_and_build(
    model: Word2Vec,
    corpus: Corpus,
    cache: TokenCache,
    cache_corpus: bool,
    trim_rule: Callable[..., int] | None,
    crew: Agreement,
) -> tuple[Batch | None, Extent | None]:
    """Make vocabulary and weights; return the encoded corpus, if one reading is enough for both, and its size.

    With `max_vocab_size` it is not: pruning while counting is there to save the memory that this would take.
    """
    tagged = model._inputs.tag_to_row(model) is not None  # tags have no rows before all are known
    if tagged or not (corpus.cacheable or cache_corpus) or model.max_vocab_size is not None:
        raw = model._inputs.count(model, corpus.sentences, trim_rule, PROGRESS_PER)
        take_counts(model, model._inputs.pool(model, crew, raw))
        _choose_words(model, trim_rule)
        size = Extent(0, tokens_kept(raw.counts, rows_of(model.wv)), raw.words, raw.sentences)
        _finish(model, trim_rule)
        return None, size
    workers = threads(model.workers)
    raw, spooled = count_and_encode(corpus.sentences, cache, job_words(model.batch_words), workers=workers)
    take_counts(model, model._inputs.pool(model, crew, raw))
    _choose_words(model, trim_rule)
    batch = renumber(spooled, raw.counts, rows_of(model.wv))
    del raw  # before the matrices are made
    _finish(model, trim_rule)
    return batch, Extent.of(batch)


def _choose_words(model: Word2Vec, trim_rule: Callable[..., int] | None) -> None:
    model.prepare_vocab(trim_rule=trim_rule)
    if model._scan.shortfall:
        raise RuntimeError(model._scan.shortfall)


def _finish(model: Word2Vec, trim_rule: Callable[..., int] | None) -> None:
    model.prepare_weights()
    record_vocabulary(model, False, trim_rule)


def record_vocabulary(model: Word2Vec, update: bool, trim_rule: Callable[..., int] | None) -> None:
    """Add the new vocabulary to the lifecycle events; warn if it is empty."""
    rule = None if trim_rule is None else getattr(trim_rule, "__name__", repr(trim_rule))
    if model._scan.shortfall:
        logger.warning(model._scan.shortfall)
        warn(model._scan.shortfall)
    model.add_lifecycle_event("build_vocab", update=update, trim_rule=rule, words=len(model.wv))


def check_known(wv: KeyedVectors) -> None:
    """Refuse to update an empty vocabulary.

    Raises
    ------
    RuntimeError
    """
    if not len(wv):
        raise RuntimeError(
            "You cannot do an online vocabulary-update of a model which has no prior vocabulary. "
            "First build the vocabulary of your model with a corpus before doing an online update."
        )


def check_update(model: Word2Vec) -> None:
    """Refuse to update a model without vocabulary or matrices, before anything is changed."""
    check_known(model.wv)
    for table in trained_tables(model).values():
        trained_matrix(model, table)


def prepare_vocabulary(
    model: Word2Vec,
    update: bool,
    keep_raw_vocab: bool,
    trim_rule: Callable[..., int] | None,
    min_count: int | None,
    sample: float | None,
    dry_run: bool,
) -> dict[str, int]:
    """Choose the words from the last scan, and how often each is kept; see `Word2Vec.prepare_vocab`."""
    wv, known = model.wv, None
    if update:
        check_known(wv)
    logger.info("Updating model with new vocabulary" if update else "Creating a fresh vocabulary")
    choice = Choice(
        min_count=model.min_count if min_count is None else SETTINGS["min_count"].check(min_count),
        sample=model.sample if sample is None else SETTINGS["sample"].check(sample),
        max_final_vocab=model.max_final_vocab,
        sorted_vocab=bool(model.sorted_vocab),
        null_word=bool(model.null_word),
        trim_rule=trim_rule,
    )
    if update:
        if needs_tree(objectives_of(model)):
            code_tree(model)  # of the counts as they were
        known = dict(zip(wv.index_to_key, wv.expandos["count"].tolist(), strict=True))
    found = prepare(model._scan.raw(), choice, known)
    if dry_run:
        return found.report
    model._scan.shortfall = found.shortfall
    if found.shortfall:
        logger.info(found.shortfall)
    model.min_count, model.sample = choice.min_count, choice.sample
    model.effective_min_count, model._sampled = found.effective_min_count, choice.sample
    warn_unsaved(found.keys, keys_of(wv) if update else ())
    others = as_columns(wv.expandos).stored() if update else {}
    replace_keys(wv, found.keys)
    wv.expandos = Columns({**others, "count": found.counts, "sample_int": found.keep})
    wv.allocate_vecattrs()
    if not update:
        plant_tree(model)
    wv.clear_norms()
    if keep_raw_vocab:
        wv.dropped_counts, wv.min_count = model._scan.counts, found.effective_min_count
    else:
        logger.info("deleting the raw counts dictionary of %i items", len(model._scan.counts))
        model._scan.counts = {}
    return found.report


def add_null_word(wv: KeyedVectors) -> None:
    r"""Add the word ``"\0"`` with count 1 as the last row."""
    if "\0" in wv.key_to_index:
        return
    replace_keys(wv, [*wv.index_to_key, "\0"])
    wv.allocate_vecattrs(["count", "sample_int"], [np.int64, np.uint32])
    wv.allocate_vecattrs()
    wv.expandos["count"][-1], wv.expandos["sample_int"][-1] = 1, KEEP_ALWAYS


def take_vocabulary(model: Word2Vec, other: Word2Vec) -> None:
    """Take over the vocabulary of another model, and begin with fresh weights."""
    theirs = other.wv
    wv = empty_like(model.wv, model.vector_size)
    wv.index_to_key, wv.key_to_index, wv.expandos = theirs.index_to_key, theirs.key_to_index, theirs.expandos
    wv.next_index = len(theirs)
    model.wv, model._sampled = wv, None
    belong_to(wv, model)
    if other.negative:
        other.make_cum_table()
        model._cum_table = copy.copy(other._cum_table)
    model.corpus_count, model.corpus_total_words = other.corpus_count, other.corpus_total_words
    model.effective_min_count = other.effective_min_count
    model.init_weights()
    if model._tree is not None and other._tree is not None:
        model._tree, wv.expandos = WordTree(code_tree(other), keys_of(wv)), theirs.expandos
