"""What a model expects: the likelihood of sentences, and the likeliest words of a context; arithmetic in `query`."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from w2vcore.corpus.containers import words_of
from w2vcore.corpus.keying import plain_key
from w2vcore.corpus.sources import sentences_of
from w2vcore.keyedvectors.internals import matrix_of
from w2vcore.model.checks import check_int
from w2vcore.model.config import HIERARCHICAL, SENTENCE, WIDEST, job_words
from w2vcore.model.weights import checked_matrix
from w2vcore.objectives.registry import objective
from w2vcore.query.likelihood import SoftmaxModel, TreeModel, output_probabilities, sentence_scores
from w2vcore.query.similarity import top
from w2vcore.training.notices import notify

from .columns import columns_of
from .settings import known_tables, training_config, word_targets
from .tree import code_tree
from .weights import trained_matrix

if TYPE_CHECKING:
    from .model import Word2Vec

logger = logging.getLogger("w2vcore.word2vec")


def score(model: Word2Vec, sentences: Iterable[Iterable[Any]], total_sentences: int) -> NDArray[np.float32]:
    """Return the log-likelihood of each sentence; see `Word2Vec.score`."""
    if not model.hs and model.objective is None:
        raise RuntimeError(
            f"score needs hierarchical softmax, and this model has hs={model.hs}: train one with hs=1, negative=0, or "
            "with objective='softmax'"
        )
    if not len(model.wv):
        raise RuntimeError("you must first build vocabulary before scoring new data")
    if isinstance(sentences, (str, bytes)):
        raise TypeError(f"sentences must be an iterable of lists of words, got {sentences!r:.60}; pass [s.split()]")
    limit = check_int("total_sentences", total_sentences, 0)
    trained = tree_model(model) if model.objective is None else _softmax_model(model, "score")
    rows, ids, offsets, warned = model.wv.key_to_index, [], [0], False
    scores: list[NDArray[np.float64]] = [np.zeros(0)]
    for number, sentence in enumerate(sentences_of(sentences)):
        if number >= limit:
            logger.warning("there are more than total_sentences=%i sentences; the rest is not scored", limit)
            break
        if isinstance(sentence, str) and not warned:  # as in training, and in gensim
            notify(f"sentence {number} is {sentence!r:.60}, and its letters are scored; pass a list of words")
            warned = True
        words = list(sentence) if isinstance(sentence, str) else words_of(sentence, number)
        ids += [rows[key] for key in map(plain_key, words) if key in rows]
        offsets.append(len(ids))
        if len(ids) >= job_words(model.batch_words):
            scores.append(sentence_scores(trained, np.array(ids, np.int64), np.array(offsets, np.int64)))
            ids, offsets = [], [0]
    scores.append(sentence_scores(trained, np.array(ids, np.int64), np.array(offsets, np.int64)))
    result = np.concatenate(scores).astype(np.float32)
    logger.info("scored %i sentences", len(result))
    return result


def tree_model(model: Word2Vec) -> TreeModel:
    """Return the arrays and settings of a model of hierarchical softmax."""
    nodes = np.asarray(trained_matrix(model, known_tables(model)[HIERARCHICAL]))
    tree = code_tree(model, whole=True).paths()
    expected = max(len(model.wv) - (len(nodes) < len(model.wv)), 0)  # with or without the row of no node
    return TreeModel(
        np.asarray(matrix_of(model.wv)),
        checked_matrix("syn1", nodes, expected, model.vector_size),
        tree.offsets,
        tree.points,
        tree.codes,
        **_windows_of(model),
    )


def _windows_of(model: Word2Vec) -> dict[str, Any]:
    """Return how windows are taken and what becomes of their vectors."""
    return {
        "window": WIDEST if model.window == SENTENCE else min(model.window, WIDEST),
        "skipgram": bool(model.sg),
        "mean": bool(model.cbow_mean),
    }


def _softmax_model(model: Word2Vec, what: str) -> SoftmaxModel:
    """Return the arrays and settings of a model whose objective trains a distribution over words.

    Raises
    ------
    RuntimeError
        If it trains none.
    """
    chosen, table = objective(str(model.objective)), word_targets(model)
    config, counts = training_config(model), columns_of(model)[0]
    prior = None if chosen.made_of != ("counts",) else chosen.log_prior(config, counts)
    if prior is None or table is None:
        raise RuntimeError(f"{what} needs probabilities of words, and objective={model.objective!r} trains none")
    targets = np.asarray(trained_matrix(model, table))
    return SoftmaxModel(
        np.asarray(matrix_of(model.wv)),
        checked_matrix(table.attribute, targets, len(model.wv), model.vector_size),
        prior,
        **_windows_of(model),
    )


def likeliest_words(
    model: Word2Vec, context_words_list: Iterable[Any], topn: int | None
) -> list[tuple[Any, np.float32]] | None:
    """Return the words that are likeliest in a context; see `Word2Vec.predict_output_word`."""
    if model.objective is None and not model.negative:
        raise RuntimeError(
            f"predict_output_word needs negative sampling, and this model has negative={model.negative}: train one "
            "with negative > 0, or with objective='softmax'"
        )
    if model.objective is None and getattr(model, "syn1neg", None) is None:
        raise RuntimeError(
            "predict_output_word needs syn1neg, and this model has none: build its vocabulary, or load a file that "
            "was saved with it"
        )
    if isinstance(context_words_list, (str, bytes)):
        raise TypeError(
            f"context_words_list must be a list of words, got {context_words_list!r:.60}; pass "
            f"[{context_words_list!r:.60}] for a single word"
        )
    wanted = len(model.wv) if topn is None else check_int("topn", topn, 0)
    known = [model.wv.get_index(word) for word in context_words_list if model.wv.has_index_for(word)]
    if not known:
        logger.warning("All the input context words are out-of-vocabulary for the current model.")
        return None
    if model.objective is not None:
        trained = _softmax_model(model, "predict_output_word")
        prior: NDArray[np.float64] | None = trained.prior
        vectors, targets = trained.vectors, trained.targets
    else:
        vectors, targets, prior = np.asarray(matrix_of(model.wv)), np.asarray(model.syn1neg), None
    if len(targets) > len(model.wv):  # fewer are those of words that were added at the end
        raise ValueError(
            f"syn1neg has {len(targets)} rows and wv {len(model.wv)} keys: rows of words that were taken out of wv "
            "stand for others. Predict with a model whose wv is as it was trained"
        )
    chances = output_probabilities(vectors, targets, np.array(known, np.int64), bool(model.cbow_mean), prior)
    return [(model.wv.index_to_key[row], chances[row]) for row in top(chances, wanted)]
