"""Vectors of texts that a model has not seen: trained as those of tags are, while the model is only read.

A text is a document with one tag, whose row is the caller's own: the worker of an architecture sees it after the rows
of the words, and writes to no other (`FrozenMatrix`, and the block `frozen`). So a model may be asked by any number of
threads, and may lie in a file that is mapped read-only.

All texts have the same random numbers, those of an epoch's first text. So the vector of a text depends on the model,
the text and the rates alone, not on what else is inferred with it; texts that differ in a word differ by no other
chance; and the rows of noise words are in the cache from the text before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from operator import is_
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from w2vcore.architectures.registry import architecture
from w2vcore.backends.base import Plan
from w2vcore.corpus.encoding import Batch, encode
from w2vcore.corpus.tagging import Tags
from w2vcore.corpus.warning import warn
from w2vcore.kernels._frozen import FrozenMatrix
from w2vcore.kernels.reference_random import random_key, random_words
from w2vcore.keyedvectors.internals import matrix_of
from w2vcore.model.checks import check_int
from w2vcore.model.config import SETTINGS, TrainingConfig, threads
from w2vcore.model.tables import INPUT
from w2vcore.model.weights import padded_copy, whole_behind, zeros
from w2vcore.objectives.registry import needs_tree, objective
from w2vcore.word2vec.columns import columns_of
from w2vcore.word2vec.settings import trained_tables, training_config
from w2vcore.word2vec.tree import code_tree
from w2vcore.word2vec.weights import trained_matrix

from .settings import architecture_of_inference

if TYPE_CHECKING:
    from .model import Doc2Vec

BATCH_WORDS = 10_000  # of the texts that a thread trains at a time
PURPOSE = (1 << 32) - 2  # of the numbers with which a vector begins; the order of sentences has the last one
_NEVER = np.zeros(1, np.int32)  # a stop flag that nobody raises
_ALL_LEARN = np.ones(1, np.float32)


@dataclass(frozen=True)
class Asked:
    """What inference reads of a model, made ready for the kernels.

    Attributes
    ----------
    config : TrainingConfig
    keep : ndarray of uint32
    inputs : ndarray of float32
        Padded rows of the words.
    targets : list of (Selector, FrozenMatrix)
    made_of : tuple of object
        The arrays of the model: as long as they are its own, this is up to date.
    """

    config: TrainingConfig
    keep: NDArray[np.uint32]
    inputs: NDArray[np.float32]
    targets: list[tuple[Any, FrozenMatrix]]
    made_of: tuple[Any, ...]


def infer(
    model: Doc2Vec,
    documents: Iterable[Any],
    alpha: float | None,
    min_alpha: float | None,
    epochs: int | None,
    workers: int | None,
    progress: bool,
) -> NDArray[np.float32]:
    """Return the vectors of texts; see `Doc2Vec.infer_vectors`."""
    rates = rates_of(model, alpha, min_alpha, epochs)
    number = threads(model.workers if workers is None else SETTINGS["workers"].check(workers))
    asked = asked_of(model)
    vectors: dict[int, NDArray[np.float32]] = {}
    texts = _Texts(documents)
    for numbers, found in _inferred(model, asked, texts, rates, number):
        vectors.update(zip(numbers.tolist(), found, strict=True))
    result = np.zeros((texts.number, model.vector_size), np.float32)
    for row, vector in vectors.items():
        result[row] = vector
    if missing := texts.number - len(vectors):
        warn(f"{missing:,} of {texts.number:,} texts have no word that the model knows: their vectors are zeros")
    return result


def rates_of(model: Doc2Vec, alpha: float | None, min_alpha: float | None, epochs: int | None) -> NDArray[np.float64]:
    """Return the learning rate of each pass."""
    first = model.alpha if alpha is None else SETTINGS["alpha"].check(alpha)
    last = model.min_alpha if min_alpha is None else SETTINGS["min_alpha"].check(min_alpha)
    passes = check_int("epochs", model.epochs if epochs is None else epochs, 1)
    return np.linspace(first, last, passes)


def asked_of(model: Doc2Vec) -> Asked:
    """Return what is read of a model; what was made ready before is used again while nothing has been replaced.

    Raises
    ------
    RuntimeError
        If it has no words, or lacks a matrix.
    """
    if not len(model.wv):
        raise RuntimeError("the model has no words: build its vocabulary and train it before texts are inferred")
    config = replace(training_config(model), architecture=architecture_of_inference(model), compute_loss=False)
    tables = trained_tables(model)
    matrices = {name: matrix_of(model.wv) if name == INPUT else trained_matrix(model, tables[name]) for name in tables}
    counts, keep, _ = columns_of(model)
    made_of = *matrices.values(), counts, keep
    last = model._asked
    if last is not None and last.config == config and _are_same(last.made_of, made_of):
        return last
    size, rows = model.vector_size, len(model.wv)
    tree = code_tree(model, whole=True) if needs_tree(config.objectives) else None
    plan, targets = Plan(config, counts, keep, _ALL_LEARN, tree=tree), []
    for name in config.objectives:
        selector = model._tables.selector(name, config, *plan.parts(objective(name).made_of))
        matrix = _padded(tables[name].restored(matrices[name], rows), tables[name].columns)
        targets.append((selector, FrozenMatrix(matrix)))
    # where words are no inputs, any rows will do
    reads_words = architecture(config.architecture).reads_contexts
    inputs = _padded(matrices[INPUT], size) if reads_words else zeros(rows, size)
    model._asked = asked = Asked(config, keep, inputs, targets, made_of)
    return asked


def _are_same(old: tuple[Any, ...], new: tuple[Any, ...]) -> bool:
    return len(old) == len(new) and all(map(is_, old, new))


def _padded(matrix: NDArray[Any], size: int) -> NDArray[np.float32]:
    """Return the padded matrix behind an array, or a copy of one that is laid out in another way."""
    whole = whole_behind(matrix, size, clean=True)
    return padded_copy(matrix, size) if whole is None else whole


class _Texts:
    """Texts as pairs of words and the number of the text; `number` is how many there were."""

    def __init__(self, documents: Iterable[Any]) -> None:
        self._documents = documents
        self.number = 0

    def __iter__(self) -> Iterator[tuple[Any, list[int]]]:
        for document in self._documents:
            words = document.words if hasattr(document, "words") else document
            if isinstance(words, (str, bytes)):
                raise TypeError(
                    f"text {self.number} must be a list of words, not a single string; pass words.split(), got "
                    f"{words!r:.60}"
                )
            yield words, [self.number]
            self.number += 1


class _Numbers(dict[int, int]):
    """The number of a text as the row of its tag."""

    def get(self, number: int, default: Any = None) -> int:
        return number


def _inferred(
    model: Doc2Vec, asked: Asked, texts: _Texts, rates: NDArray[np.float64], workers: int
) -> Iterator[tuple[NDArray[np.uint32], NDArray[np.float32]]]:
    """Yield numbers and vectors of the texts, some at a time; threads train while the calling one encodes."""
    batches = encode(texts, model.wv.key_to_index, BATCH_WORDS, _Numbers())
    if workers == 1:
        for batch in batches:
            yield _trained(asked, batch, rates)
        return
    with ThreadPoolExecutor(workers, thread_name_prefix="w2vcore-infer") as pool:
        waiting: list[Future[tuple[NDArray[np.uint32], NDArray[np.float32]]]] = []
        for batch in batches:
            waiting.append(pool.submit(_trained, asked, batch, rates))
            if len(waiting) > 2 * workers:
                yield waiting.pop(0).result()
        for future in waiting:
            yield future.result()


def _trained(asked: Asked, batch: Batch, rates: NDArray[np.float64]) -> tuple[NDArray[np.uint32], NDArray[np.float32]]:
    """Return the numbers of the texts of a batch, and their vectors."""
    assert batch.tags is not None
    config, words, texts = asked.config, len(asked.keep), len(batch.offsets) - 1
    size = config.vector_size
    if not texts:
        return batch.tags.rows, np.zeros((0, size), np.float32)
    own = zeros(texts, size)
    own[:, :size] = beginning(config.seed, size)
    tags = Tags(np.arange(texts + 1), np.arange(words, words + texts, dtype=np.uint32))
    tagged = replace(batch, tags=tags)
    make = architecture(config.architecture).worker
    assert make is not None
    worker = make(config, asked.keep, _ALL_LEARN, FrozenMatrix(asked.inputs, own), asked.targets, _NEVER)
    worker.freeze()
    worker.infer(tagged, rates)
    return batch.tags.rows, own[:, :size]


def beginning(seed: int, size: int) -> NDArray[np.float32]:
    """Return the vector with which texts begin: uniform in [-1/2, 1/2) / size, as gensim's."""
    words = random_words(random_key(seed, 0, PURPOSE), np.int64(0), np.arange(-(-size // 4)))
    begun: NDArray[np.float32] = ((words.reshape(-1)[:size] / 2.0**32 - 0.5) / size).astype(np.float32)
    return begun
