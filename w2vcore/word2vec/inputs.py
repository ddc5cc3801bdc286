"""The input matrix of a model: whose its rows are, in which corpus, where it is kept, and what users see of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from w2vcore.backends.agreement import Agreement
from w2vcore.corpus.sources import Corpus, as_corpus
from w2vcore.corpus.tagging import TagScan
from w2vcore.corpus.vocabulary import RawCounts, count_tokens
from w2vcore.facade.advice import passes_of_constructor
from w2vcore.formats.snapshot import Snapshot
from w2vcore.keyedvectors.internals import matrix_of, replace_matrix
from w2vcore.model.config import TrainingConfig, threads
from w2vcore.model.features import Features
from w2vcore.model.tables import INPUT, Table
from w2vcore.model.weights import checked_lock, initial_vectors
from w2vcore.training.shards import pool_tags, pooled_counts

if TYPE_CHECKING:
    from .model import Word2Vec

Model = TypeVar("Model", bound="Word2Vec")


class InputRows(Generic[Model]):
    """A row for each word, in ``wv.vectors``, which are what is trained.

    A model whose words share rows, or that trains rows of something else beside them, has an `InputRows` of its own
    (``_inputs``). It holds no state: that is the model's.
    """

    def table(self, model: Model, table: Table) -> Table:
        """Return the table of input vectors as this model has it; `table` is that of its architecture."""
        return table

    def matrix(self, model: Model) -> NDArray[Any] | None:
        """Return the matrix: a view of a padded one, or any array that a user put there; None if there is none."""
        return matrix_of(model.wv)

    def replace(self, model: Model, matrix: NDArray[Any]) -> None:
        """Store another matrix, of all rows."""
        replace_matrix(model.wv, matrix)

    def begin(self, model: Model, table: Table) -> NDArray[np.float32]:
        """Return the matrix before training."""
        return table.begin(len(model.wv), model.seed)

    def grow(self, model: Model) -> None:
        """Draw rows for the words that have none, and let them learn at the full rate."""
        wv = model.wv
        rows, old = len(wv), matrix_of(wv)
        vectors = initial_vectors(rows, wv.vector_size, model.seed)
        vectors[: len(old)] = old
        replace_matrix(wv, vectors)
        lock = wv.vectors_lockf
        if len(lock) == len(old) and len(old) > 1:  # a single factor stands for all rows
            wv.vectors_lockf = np.concatenate([lock, np.ones(rows - len(old), np.float32)])
        model._inspection.inherit(INPUT, old, matrix_of(wv))

    def target_columns(self, model: Model) -> int:
        """Return how long the rows of the target matrices are."""
        return model.vector_size

    def freeze(self, model: Model, config: TrainingConfig) -> TrainingConfig:
        """Return the settings of a run with what follows from this model's words."""
        return config

    def features(self, model: Model) -> Features | None:
        """Return the rows of each word, the same object as long as they are the same; None: the row of its number."""
        return None

    def lock(self, model: Model) -> NDArray[np.float32]:
        """Return the factors of the rows' learning rates, which go round, or raise a ValueError."""
        return checked_lock(getattr(model.wv, "vectors_lockf", 1.0), len(model.wv))

    # several processes that train one model

    def check_ranks(self, model: Model, ranks: int) -> None:
        """Refuse so many processes, if they cannot train it."""

    def pool(self, model: Model, crew: Agreement, raw: RawCounts) -> RawCounts:
        """Return the counts of the whole corpus, of which each process has counted its part."""
        whole, tags = pooled_counts(crew, raw), self.tag_scan(model)
        if tags is not None:
            pool_tags(crew, tags)
        return whole

    def tag_scan(self, model: Model) -> TagScan | None:
        """Return the tags that a scan has counted, until a vocabulary is chosen."""
        return None

    def common(self, model: Model) -> dict[str, Iterable[Any]]:
        """Return the values that must be the same in all of them, beside settings, words and weights."""
        return {}

    # what a corpus is to a model

    def as_corpus(self, sentences: Any, corpus_file: Any, *, passes: int, once: str = "") -> Corpus:
        """Return what a user has passed as a corpus, checked, to be read so often."""
        return as_corpus(sentences, corpus_file, passes=passes, once=once)

    def passes(self, model: Model, cache_corpus: bool) -> dict[str, Any]:
        """Return how often the constructor reads a corpus that is no list or file, and how to have it read once."""
        return passes_of_constructor(type(model).__name__, model.epochs, cache_corpus, model.max_vocab_size)

    def count(
        self, model: Model, sentences: Iterable[Any], trim_rule: Callable[..., int] | None, progress_per: int
    ) -> RawCounts:
        """Count the words of a corpus as the settings say."""
        return count_tokens(
            sentences,
            max_vocab_size=model.max_vocab_size,
            trim_rule=trim_rule,
            progress_per=progress_per,
            workers=threads(model.workers),
        )

    def tag_to_row(self, model: Model) -> Mapping[Any, int] | None:
        """Return the row of each tag as it is at any time, where sentences have tags; None: they have none."""
        return None

    def tag_words(self, model: Model) -> NDArray[np.int64] | None:
        """Return how many words the sentences of each tag have; None: there are no tags."""
        return None

    # files

    def arrays(self, model: Model) -> dict[str, NDArray[Any]]:
        """Return what a file keeps beside ``wv`` and the target matrices."""
        return {}

    def take(self, model: Model, snapshot: Snapshot) -> None:
        """Give a model what `arrays` returned."""

    def publish(self, model: Model) -> None:
        """Let what users look up follow the matrix, which was made or trained; here they look up the matrix itself."""
