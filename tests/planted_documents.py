"""Small corpora of documents with planted topics."""

import numpy as np

from w2vcore.doc2vec import TaggedDocument

TOPICS = [[f"{topic}{number}" for number in range(12)] for topic in "abcd"]


def texts(number=60, length=30, seed=3):
    """Texts of one topic each, in turn."""
    rng = np.random.default_rng(seed)
    return [rng.choice(TOPICS[place % len(TOPICS)], length).tolist() for place in range(number)]


def documents(number=60, tag=int, **options):
    return [TaggedDocument(words, [tag(place)]) for place, words in enumerate(texts(number, **options))]


SMALL = {"vector_size": 12, "min_count": 1, "workers": 1, "sample": 0}
KINDS = {
    "dbow": {"dm": 0},
    "dbow+w": {"dm": 0, "dbow_words": 1},
    "dm/m": {"dm": 1},
    "dm/s": {"dm": 1, "dm_mean": 0},
    "dbow, hs": {"dm": 0, "hs": 1, "negative": 0},
    "dm/m, hs": {"dm": 1, "hs": 1, "negative": 0},
    "dm/m, both": {"dm": 1, "hs": 1},
    "dm/c": {"dm": 1, "dm_concat": 1, "window": 2},
    "dm/c, both": {"dm": 1, "dm_concat": 1, "window": 2, "hs": 1},
    "dbow, softmax": {"dm": 0, "objective": "softmax"},
    "dbow, nce": {"dm": 0, "objective": "nce"},
}
