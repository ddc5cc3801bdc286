"""Groups of words that lie together, each named by its most typical words.

Spherical k-means (Dhillon and Modha 2001) over vectors whose common mean is taken away: without that, the direction
that all words share would count more than what tells them apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from w2vcore.model.checks import check_int
from w2vcore.query.similarity import unit

FEWEST = 12  # with fewer words, groups say nothing that the words do not
MOST = 24  # colours that a reader can tell apart
_LARGEST = 255  # clusters that a page can number
_SAMPLE = 4000  # words that the first centres are drawn from
_ROUNDS = 30
_STARTS = 5  # the best of so many is kept
_NAMED_BY = 3  # words
_LONGEST = 18  # characters of such a word


@dataclass(frozen=True)
class Clusters:
    """A partition of words.

    Attributes
    ----------
    labels : ndarray of uint8, shape (n,)
        The cluster of each word; the largest cluster is 0.
    names : list of str
        Of each cluster: its most typical words.
    """

    labels: NDArray[np.uint8]
    names: list[str]


def usual_count(words: int) -> int:
    """Return how many clusters a map of so many words has by default; 0 for very few words.

    Examples
    --------
    >>> [usual_count(words) for words in (5, 32, 1000, 20_000)]
    [0, 4, 12, 24]
    """
    return 0 if words < FEWEST else int(np.clip(round(1.2 * words ** (1 / 3)), 2, MOST))


def check_count(clusters: Any) -> int | None:
    """Return how many clusters were asked for; None for the usual number.

    Raises
    ------
    ValueError
        If it is no int from 0 to 255.
    """
    return None if clusters is None else check_int("clusters", clusters, 0, _LARGEST, hint="0 for none")


def find(vectors: NDArray[Any], names: Sequence[str], count: int | None = None, seed: int = 1) -> Clusters:
    """Return the clusters of some words.

    Parameters
    ----------
    vectors : ndarray, shape (n, D)
        The most frequent word first.
    names : sequence of str
        How the words are shown.
    count : int, optional
        How many clusters; default: `usual_count`. There are fewer where a cluster would be empty.
    seed : int
        For the first centres. Equal seeds give equal clusters on the same machine.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> table = np.repeat(np.eye(2, 8), 10, axis=0) + 0.1 * rng.normal(size=(20, 8))
    >>> found = find(table, [f"red{n}" for n in range(10)] + [f"big{n}" for n in range(10)], 2)
    >>> len(set(found.labels[:10])), len(set(found.labels[10:])), sorted(name[:3] for name in found.names)
    (1, 1, ['big', 'red'])
    """
    count = min(usual_count(len(vectors)) if count is None else count, len(vectors))
    if count < 1:
        return Clusters(np.zeros(len(vectors), np.uint8), [])
    table = np.asarray(vectors, np.float32)
    table = unit(table)
    table = unit(table - table.mean(axis=0)).astype(np.float32, copy=False)
    centres, labels = _k_means(table, count, np.random.default_rng(seed))
    sizes = np.bincount(labels, minlength=count)
    order = np.argsort(-sizes, kind="stable")[: np.count_nonzero(sizes)]
    numbers = np.zeros(count, np.uint8)
    numbers[order] = np.arange(len(order))
    return Clusters(numbers[labels], _named(table, centres[order], numbers[labels], names))


def _k_means(
    table: NDArray[np.float32], count: int, rng: np.random.Generator
) -> tuple[NDArray[np.float32], NDArray[np.intp]]:
    """Return centres of length 1, and which one has the largest cosine with each row: the best of several starts."""
    return max((_from_start(table, count, rng) for _ in range(_STARTS)), key=lambda found: _total(table, *found))


def _total(table: NDArray[np.float32], centres: NDArray[np.float32], labels: NDArray[np.intp]) -> float:
    """Return the sum of the cosines of all rows with their centres, which k-means makes large."""
    return float((table * centres[labels]).sum(dtype=np.float64))


def _from_start(
    table: NDArray[np.float32], count: int, rng: np.random.Generator
) -> tuple[NDArray[np.float32], NDArray[np.intp]]:
    centres = _first_centres(table, count, rng)
    labels = (table @ centres.T).argmax(axis=1)
    for _ in range(_ROUNDS):
        sums = np.stack([table[labels == number].sum(axis=0) for number in range(count)])
        empty = ~sums.any(axis=1)
        sums[empty] = centres[empty]
        centres = unit(sums).astype(np.float32, copy=False)
        before, labels = labels, (table @ centres.T).argmax(axis=1)
        if (before == labels).all():
            break
    return centres, labels


def _first_centres(table: NDArray[np.float32], count: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """Return rows far from each other: k-means++ (Arthur and Vassilvitskii 2007), on a sample."""
    sample = table[rng.permutation(len(table))[:_SAMPLE]]
    centres = [sample[0]]
    distance = np.full(len(sample), np.inf)
    for _ in range(count - 1):
        distance = np.minimum(distance, np.maximum(0, 2 - 2 * (sample @ centres[-1]).astype(np.float64)))
        total = distance.sum()
        centres.append(sample[rng.choice(len(sample), p=distance / total if total > 0 else None)])
    return np.stack(centres)


def _named(
    table: NDArray[np.float32], centres: NDArray[np.float32], labels: NDArray[np.uint8], names: Sequence[str]
) -> list[str]:
    """Name each cluster by words that are nearer to its centre than to any other, and frequent enough to be known."""
    cosines = table @ centres.T
    own = cosines[np.arange(len(table)), labels]
    cosines[np.arange(len(table)), labels] = -1 if len(centres) > 1 else 0
    margin = own - cosines.max(axis=1)
    rank = np.log1p(np.arange(len(table))) / np.log1p(len(table))
    score = margin * (1 - 0.7 * rank)
    found = []
    for number in range(len(centres)):
        rows = np.flatnonzero(labels == number)
        rows = rows[: max(_NAMED_BY, len(rows) // 3)]
        best = rows[np.argsort(-score[rows], kind="stable")[:_NAMED_BY]]
        found.append(", ".join(_short(names[row]) for row in best))
    return found


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST else name[: _LONGEST - 1] + "…"
