"""Corpora whose answer is known, and how much of it vectors have found.

Words are named group.number. Only NumPy is needed, so that gensim's interpreter can run this file too.
"""

import numpy as np


def documents(seed, number=100, length=300, topics=10, words=30):
    """Texts of one topic each, whose words are drawn alike: for windows of any width the neighbours are the topic's."""
    rng = np.random.default_rng(seed)
    order = rng.permutation(np.arange(number) % topics)
    return [[f"{topic}.{word}" for word in rng.integers(words, size=length)] for topic in order]


def groups_of(keys):
    """The group of each key, as a number."""
    return np.unique([key.split(".")[0] for key in keys], return_inverse=True)[1]


def nearest(vectors, top):
    """The rows of the `top` nearest neighbours of each row, by cosine."""
    unit = np.array(vectors, np.float64)
    unit /= np.maximum(np.linalg.norm(unit, axis=1, keepdims=True), 1e-300)
    cosines = unit @ unit.T
    np.fill_diagonal(cosines, -2)
    return np.argsort(-cosines, axis=1)[:, :top]


def purity(keys, vectors, top=1):
    """Share of the nearest neighbours of all words that belong to the word's own group."""
    group = groups_of(keys)
    return float((group[nearest(vectors, top)] == group[:, None]).mean())
