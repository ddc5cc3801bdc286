"""How good vectors are: analogies answered, and judged pairs of words compared. The files are read in ``query/``."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, TypedDict

import numpy as np
from numpy.typing import NDArray

from w2vcore.keyedvectors.protocol import Vectors
from w2vcore.query import analogies as query_analogies
from w2vcore.query import pairs as query_pairs
from w2vcore.query import similarity

if TYPE_CHECKING:
    from w2vcore.formats.atomic import PathLike
    from w2vcore.keyedvectors.table import Vector

logger = logging.getLogger("w2vcore.keyedvectors")

# Of a method of the class: what answers all questions in one go, given the vectors and their lengths.
Batched: TypeAlias = (
    "Mapping[Callable[..., Any] | None, Callable[[Vector, NDArray[np.float32]], query_analogies.Answers]]"
)


class AnalogySection(TypedDict):
    """The questions of one section, by how they were answered."""

    section: str
    correct: list[tuple[str, ...]]
    incorrect: list[tuple[str, ...]]


class Correlation(Protocol):
    """What SciPy returns for a correlation: its coefficient and its p-value, by name or by index."""

    @property
    def statistic(self) -> float:
        """The coefficient."""

    @property
    def pvalue(self) -> float:
        """The p-value."""

    def __getitem__(self, index: int, /) -> float: ...


class Evaluated(Vectors, Protocol):
    """Vectors with methods that log results."""

    def log_accuracy(self, section: Any) -> None:
        """Log the result of a section."""

    def log_evaluate_word_pairs(self, pearson: Any, spearman: Any, oov: float, pairs: PathLike) -> None:
        """Log the correlations."""


def evaluate_word_analogies(
    wv: Evaluated,
    analogies: PathLike,
    restrict_vocab: int | None,
    case_insensitive: bool,
    dummy4unknown: bool,
    similarity_function: str,
    batched: Batched,
) -> tuple[float, list[AnalogySection]]:
    """Answer questions "a is to b as c is to what?", and count the right answers.

    `batched` has the methods of the class whose answers are known without a call of them for each question; the other
    arguments are those of the method of this name.
    """
    fold = str.upper if case_insensitive else str
    answers = _answers(wv, similarity_function, restrict_vocab, batched)
    rows, words = _folded(wv, fold, restrict_vocab)
    logger.info(
        "Evaluating word analogies for top %s words in the model on %s", restrict_vocab or "all", os.fspath(analogies)
    )
    sections = query_analogies.read(analogies, fold)
    asked = [question for section in sections for question in section.questions]
    known = [all(word in rows for word in question) for question in asked]
    numbers = np.array(
        [[rows[word] for word in question] for question, yes in zip(asked, known, strict=True) if yes], np.intp
    ).reshape(-1, 4)
    right = np.zeros(len(asked), bool)
    right[np.flatnonzero(known)] = query_analogies.right(numbers, answers, words)
    results: list[AnalogySection] = []
    place = 0
    for section in sections:
        result: AnalogySection = {"section": section.name, "correct": [], "incorrect": []}
        for question in section.questions:
            if known[place] or dummy4unknown:
                result["correct" if right[place] else "incorrect"].append(question)
            place += 1
        wv.log_accuracy(result)
        results.append(result)
    total: AnalogySection = {
        "section": "Total accuracy",
        "correct": [question for result in results for question in result["correct"]],
        "incorrect": [question for result in results for question in result["incorrect"]],
    }
    unknown = len(asked) - sum(known)
    logger.info("Quadruplets with out-of-vocabulary words: %.1f%%", 100 * unknown / max(1, len(asked)))
    if unknown and not dummy4unknown:
        logger.info("analogies with unknown words were left out; dummy4unknown=True counts them as wrong")
    wv.log_accuracy(total)
    tried = len(total["correct"]) + len(total["incorrect"])
    return len(total["correct"]) / max(1, tried), [*results, total]


def _folded(
    wv: Vectors, fold: Callable[[str], str], restrict_vocab: int | None
) -> tuple[dict[str, int], NDArray[np.intp]]:
    """Return the first row of each folded word, and for each row the first that has the same folded word."""
    keys = wv._table.keys.listed[: restrict_vocab or None]
    rows: dict[str, int] = {}
    words = [rows.setdefault(fold(key), row) if isinstance(key, str) else row for row, key in enumerate(keys)]
    return rows, np.array(words, np.intp)


def _answers(
    wv: Vectors, similarity_function: str, restrict_vocab: int | None, batched: Batched
) -> query_analogies.Answers:
    """Return what answers rows of (a, b, c): a batched search, or a method of the class or a subclass."""
    method = getattr(wv, similarity_function, None)
    if not callable(method):
        raise ValueError(
            f"similarity_function must name a method such as 'most_similar' or 'most_similar_cosmul', "
            f"got {similarity_function!r}"
        )
    matrix = wv._table.matrix
    vectors, lengths = matrix.array[: restrict_vocab or None], matrix.current_lengths()[: restrict_vocab or None]
    all_at_once = batched.get(getattr(method, "__func__", None))
    if all_at_once is not None:
        return all_at_once(vectors, lengths)

    def one_by_one(questions: NDArray[np.intp]) -> NDArray[np.intp]:
        found = np.full((len(questions), query_analogies.CANDIDATES), -1)
        keys = wv._table.keys.listed
        for place, (a, b, c) in enumerate(questions[:, :3].tolist()):
            answer = method(
                positive=[keys[b], keys[c]],
                negative=[keys[a]],
                topn=query_analogies.CANDIDATES,
                restrict_vocab=restrict_vocab,
            )
            rows = [wv.get_index(key, -1) for key, _ in answer][: query_analogies.CANDIDATES]
            found[place, : len(rows)] = rows
        return np.where(found < len(vectors), found, -1)

    return one_by_one


def log_accuracy(section: Mapping[str, Any]) -> None:
    """Log how many questions of a section were answered right; nothing for an empty one."""
    right, wrong = len(section["correct"]), len(section["incorrect"])
    if right + wrong:
        logger.info("%s: %.1f%% (%i/%i)", section["section"], 100 * right / (right + wrong), right, right + wrong)


def evaluate_word_pairs(
    wv: Evaluated,
    pairs: PathLike,
    delimiter: str,
    encoding: str,
    restrict_vocab: int | None,
    case_insensitive: bool,
    dummy4unknown: bool,
) -> tuple[Correlation, Correlation, float]:
    """Compare cosines with the similarities that people gave to pairs of words."""
    fold = str.upper if case_insensitive else str
    rows, _ = _folded(wv, fold, restrict_vocab)
    read = query_pairs.read(pairs, delimiter, encoding, fold)
    vectors = wv._table.matrix.array
    judged, computed, unknown = [], [], 0
    for number, (first, second, value) in read:
        known = first in rows and second in rows
        unknown += not known
        if known:
            computed.append(float(similarity.cosine(vectors[rows[first]], vectors[rows[second]])))
        elif dummy4unknown:
            computed.append(0.0)
        else:
            logger.info("Skipping line #%d with OOV words: %s, %s", number, first, second)
            continue
        judged.append(value)
    if len(judged) < 2:
        raise ValueError(
            f"No valid similarity judgements found in {os.fspath(pairs)}: {len(judged)} of {len(read)} pairs can "
            f"be used, at least 2 are needed; check delimiter={delimiter!r}, and the words against {wv}"
        )
    pearson, spearman = query_pairs.correlations(judged, computed)
    oov = 100 * unknown / len(read)
    wv.log_evaluate_word_pairs(pearson, spearman, oov, pairs)
    return pearson, spearman, oov


def log_evaluate_word_pairs(pearson: Any, spearman: Any, oov: float, pairs: PathLike) -> None:
    """Log the results of `evaluate_word_pairs`."""
    logger.info("Pearson correlation coefficient against %s: %.4f", os.fspath(pairs), pearson[0])
    logger.info("Spearman rank-order correlation coefficient against %s: %.4f", os.fspath(pairs), spearman[0])
    logger.info("Pairs with unknown words ratio: %.1f%%", oov)
