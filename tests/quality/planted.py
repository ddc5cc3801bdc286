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


def pairs(seed, words=400, tokens=100_000, length=20, topics=20):
    """Sentences of one topic each, in which the words n.0 and n.1 occur alike; n is the rank of their frequency."""
    rng = np.random.default_rng(seed)
    count = words // 2
    share = rng.dirichlet(np.full(topics, 0.3), size=count) / np.arange(1, count + 1)[:, None]
    topic = rng.choice(topics, size=tokens // length, p=share.sum(0) / share.sum())
    sentences = []
    for number in topic:
        drawn = rng.choice(count, size=length, p=share[:, number] / share[:, number].sum())
        sentences.append([f"{word}.{side}" for word, side in zip(drawn, rng.integers(2, size=length), strict=True)])
    return sentences


def mate_ranks(keys, vectors):
    """How many words are nearer to each word of a pair than its mate is."""
    unit = np.array(vectors, np.float64)
    unit /= np.linalg.norm(unit, axis=1, keepdims=True)
    cosines = unit @ unit.T
    np.fill_diagonal(cosines, -2)
    row = {key: number for number, key in enumerate(keys)}
    ranks = []
    for key, number in row.items():
        word, _, side = key.partition(".")
        mate = row.get(f"{word}.{1 - int(side)}")
        if mate is not None:
            ranks.append(int((cosines[number] > cosines[number, mate]).sum()))
    return np.array(ranks)
