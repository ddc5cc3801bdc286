"""Scores of vectors on the Google analogies and the word pairs that people have judged, in NumPy alone."""

import os
from pathlib import Path

import numpy as np
from scipy.stats import spearmanr

DATA = Path(os.environ.get("W2VCORE_DATA") or Path(__file__).parents[3] / "shared" / "data")


def unit_vectors(model):
    vectors = model.wv.vectors
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)


def analogies(model, top=30_000):
    """Share of the Google analogies answered right by 3CosAdd, among the `top` most frequent words."""
    index, table = {key: row for row, key in enumerate(model.wv.index_to_key[:top])}, unit_vectors(model)[:top]
    lines = (DATA / "questions-words.txt").read_text(encoding="utf8").lower().splitlines()
    known = [line.split() for line in lines if not line.startswith(":") and all(word in index for word in line.split())]
    rows = np.array([[index[word] for word in question] for question in known])
    right = 0
    for part in np.array_split(rows, len(rows) // 500 + 1):
        a, b, c, expected = part.T
        scores = (table[b] - table[a] + table[c]) @ table.T
        for question in (a, b, c):
            scores[np.arange(len(part)), question] = -np.inf
        right += int((scores.argmax(axis=1) == expected).sum())
    return right / len(rows)


def correlation(model, name):
    """Spearman's rank correlation of cosines with human scores, over the pairs that are known."""
    vectors, index = unit_vectors(model), model.wv.key_to_index
    lines = (DATA / name).read_text(encoding="utf8").lower().splitlines()
    pairs = [line.split("\t") for line in lines if not line.startswith("#")]
    known = [pair for pair in pairs if len(pair) >= 3 and pair[0] in index and pair[1] in index]
    cosines = [vectors[index[first]] @ vectors[index[second]] for first, second, *_ in known]
    return spearmanr(cosines, [float(pair[2]) for pair in known]).statistic
