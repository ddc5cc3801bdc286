"""The input matrix of words and tags: one matrix, of which ``wv`` shows the first rows and ``dv`` the last."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from w2vcore.corpus.documents import as_documents, as_lines
from w2vcore.corpus.keying import plain_key
from w2vcore.corpus.sources import Corpus, why_empty
from w2vcore.corpus.tagging import TagScan
from w2vcore.corpus.vocabulary import RawCounts, count_tokens
from w2vcore.formats.snapshot import Snapshot
from w2vcore.keyedvectors import KeyedVectors
from w2vcore.keyedvectors.internals import keys_of, matrix_of, replace_keys, replace_matrix
from w2vcore.model.config import TrainingConfig, threads
from w2vcore.model.tables import INPUT, Table
from w2vcore.model.tag_rows import with_tags
from w2vcore.model.weights import checked_lock, draw_vectors, zeros
from w2vcore.word2vec.inputs import InputRows

from .settings import NULL_WORD, joins
from .tags import DOCUMENTS, WORDS, Log, numbers, stored_keys

if TYPE_CHECKING:
    from .model import Doc2Vec

# Added to the seed for tags, so that a tag does not begin as the word of its row does; as in gensim.
TAG_SEED = 7919

# Names in a file.
TAGS = "tags"
TAG_KEYS, TAG_DOCUMENTS, TAG_WORDS, TAG_LOCK = "tags.keys", "tags.doc_count", "tags.word_count", "tags.lockf"


class TagRows(Mapping[Any, int]):
    """The row of each tag in the input matrix of a model, as it is at any time.

    Parameters
    ----------
    model : Doc2Vec
    """

    def __init__(self, model: Doc2Vec) -> None:
        self._model = model

    def __getitem__(self, tag: Any) -> int:
        return len(self._model.wv) + self._model.dv.key_to_index[plain_key(tag)]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._model.dv.key_to_index)

    def __len__(self) -> int:
        return len(self._model.dv)


class Joined:
    """The matrix that ``wv`` and ``dv`` show, and the two views of it, if there is one.

    A copy or a pickle is an empty one: there, the views are arrays of their own.
    """

    def __init__(self) -> None:
        self.matrix: NDArray[Any] | None = None
        self.words: NDArray[Any] | None = None
        self.tags: NDArray[Any] | None = None

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), ()


class DocumentRows(InputRows["Doc2Vec"]):
    """Rows of words, then those of tags; and a corpus of documents.

    ``wv.vectors`` and ``dv.vectors`` are views of one matrix. Where a user has put other arrays in their place, they
    are copied into one again when training begins.
    """

    def table(self, model: Doc2Vec, table: Table) -> Table:
        """Return the table of input vectors with rows for tags."""
        return with_tags(table, numbers(model.dv, WORDS))

    def matrix(self, model: Doc2Vec) -> NDArray[Any] | None:
        """Return the matrix that both show, or their rows copied into one."""
        words, tags = matrix_of(model.wv), matrix_of(model.dv)
        seen = model._joined
        if seen.matrix is not None and words is seen.words and tags is seen.tags:
            return seen.matrix
        if not len(tags):
            return words
        joined = zeros(len(words) + len(tags), model.vector_size)[:, : model.vector_size]
        joined[: len(words)], joined[len(words) :] = words, tags
        return joined

    def replace(self, model: Doc2Vec, matrix: NDArray[Any]) -> None:
        """Let both show their part of a matrix."""
        seen, first = model._joined, len(model.wv)
        seen.matrix, seen.words, seen.tags = matrix, matrix[:first], matrix[first:]
        replace_matrix(model.wv, seen.words)
        replace_matrix(model.dv, seen.tags)

    def begin(self, model: Doc2Vec, table: Table) -> NDArray[np.float32]:
        """Draw all rows; those of tags with another seed."""
        return self._drawn(model)

    def _drawn(self, model: Doc2Vec) -> NDArray[np.float32]:
        words = len(model.wv)
        matrix = zeros(words + len(model.dv), model.vector_size)[:, : model.vector_size]
        draw_vectors(matrix[:words], model.seed)
        draw_vectors(matrix[words:], model.seed + TAG_SEED)
        return matrix

    def grow(self, model: Doc2Vec) -> None:
        """Draw rows for the words and tags that have none; all others keep what they have learnt."""
        words, tags = matrix_of(model.wv), matrix_of(model.dv)
        matrix = self._drawn(model)
        first = len(model.wv)
        matrix[: len(words)], matrix[first : first + len(tags)] = words, tags
        for wv, had in ((model.wv, len(words)), (model.dv, len(tags))):
            lock = wv.vectors_lockf
            if len(lock) == had and had > 1:  # a single factor stands for all rows
                wv.vectors_lockf = np.concatenate([lock, np.ones(len(wv) - had, np.float32)])
        model._inspection.remember(INPUT, matrix)
        self.replace(model, matrix)

    def lock(self, model: Doc2Vec) -> NDArray[np.float32]:
        """Return the factors of words and of tags in one array."""
        words, tags = len(model.wv), len(model.dv)
        of_words = checked_lock(getattr(model.wv, "vectors_lockf", 1.0), words)
        of_tags = checked_lock(getattr(model.dv, "vectors_lockf", 1.0), max(tags, 1), "dv.vectors_lockf")
        if len(of_words) == len(of_tags) == 1 and of_words[0] == of_tags[0]:
            return of_words
        return np.concatenate([np.resize(of_words, words), np.resize(of_tags, tags)])

    def target_columns(self, model: Doc2Vec) -> int:
        """Return how long the hidden row is: with joined inputs, as all of a window."""
        return model.layer1_size

    def freeze(self, model: Doc2Vec, config: TrainingConfig) -> TrainingConfig:
        """Return the settings of a run; joined windows do not shrink, and are padded with the null word."""
        if not joins(model):
            return config
        padding = model.wv.key_to_index.get(NULL_WORD, 0)
        return replace(config, joined_tags=model.dm_tag_count, padding=padding, shrink_windows=False)

    # several processes that train one model

    def check_ranks(self, model: Doc2Vec, ranks: int) -> None:
        """Refuse several processes for joined inputs, whose merging would need matrices of one width."""
        if ranks > 1 and joins(model):
            raise ValueError(f"dm_concat=1 is trained by one process, got {ranks}: start it without mpiexec")

    def tag_scan(self, model: Doc2Vec) -> TagScan | None:
        """Return the tags that a scan has counted."""
        return model._tag_scan

    def common(self, model: Doc2Vec) -> dict[str, Iterable[Any]]:
        """Return the tags and their counts."""
        counts = {f"{name} of the tags": numbers(model.dv, name).tolist() for name in (DOCUMENTS, WORDS)}
        return {"tags": keys_of(model.dv), **counts}

    # documents

    def as_corpus(self, sentences: Any, corpus_file: Any, *, passes: int, once: str = "") -> Corpus:
        """Return documents, checked, to be read so often."""
        return as_documents(sentences, corpus_file, passes=passes, once=once)

    def passes(self, model: Doc2Vec, cache_corpus: bool) -> dict[str, Any]:
        """Return how often the constructor reads documents: once to count words and tags, then to train."""
        return {"passes": 1 + (1 if cache_corpus else model.epochs)}

    def count(
        self, model: Doc2Vec, sentences: Iterable[Any], trim_rule: Callable[..., int] | None, progress_per: int
    ) -> RawCounts:
        """Count words, and tags, which the model keeps until a vocabulary is chosen."""
        scan = TagScan(sentences, model.dm_tag_count if joins(model) else None)
        raw = count_tokens(
            scan,
            max_vocab_size=model.max_vocab_size,
            trim_rule=trim_rule,
            progress_per=progress_per,
            workers=threads(model.workers),
            log=Log(scan),
        )
        model._tag_scan = scan
        return replace(raw, nothing=why_empty(as_lines(sentences), raw.sentences))

    def tag_to_row(self, model: Doc2Vec) -> Mapping[Any, int]:
        """Return the row of each tag."""
        return TagRows(model)

    def tag_words(self, model: Doc2Vec) -> NDArray[np.int64]:
        """Return how many words the documents of each tag have."""
        return numbers(model.dv, WORDS)

    # files

    def arrays(self, model: Doc2Vec) -> dict[str, NDArray[Any]]:
        """Return vectors, keys and counts of the tags."""
        if not model._stores_tags or not len(model.dv):
            return {}
        return {
            TAGS: matrix_of(model.dv),
            TAG_KEYS: stored_keys(model.dv),
            TAG_DOCUMENTS: numbers(model.dv, DOCUMENTS),
            TAG_WORDS: numbers(model.dv, WORDS),
            TAG_LOCK: model.dv.vectors_lockf,
        }

    def take(self, model: Doc2Vec, snapshot: Snapshot) -> None:
        """Give a model the tags of a file."""
        arrays = snapshot.arrays
        if TAGS not in arrays:
            return
        keys = arrays[TAG_KEYS].tolist()
        if len(arrays[TAGS]) != len(keys) or len(set(keys)) != len(keys):
            raise ValueError(f"the file is damaged: it has {len(keys)} tags and {len(arrays[TAGS])} rows for them")
        replace_keys(model.dv, keys)
        replace_matrix(model.dv, arrays[TAGS])
        for name, stored in ((DOCUMENTS, TAG_DOCUMENTS), (WORDS, TAG_WORDS)):
            if stored in arrays:
                model.dv.expandos[name] = arrays[stored]
        model.dv.vectors_lockf = arrays.get(TAG_LOCK, np.ones(1, np.float32))

    def publish(self, model: Doc2Vec) -> None:
        """Forget what is cached of the vectors of tags, which have been trained."""
        model.dv.clear_norms()


def empty_tags(vector_size: int) -> KeyedVectors:
    """Return the vectors of a model without tags."""
    dv = KeyedVectors(vector_size)
    dv.vectors_lockf = np.ones(1, np.float32)
    return dv
