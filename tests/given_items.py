"""Models whose matrices are given, so that each answer is known."""

import numpy as np

from w2vcore import Word2Vec

ITEMS = [10, 20, 30, 40, 50, 60]
SIZE = 4


def given_model(items=ITEMS, **settings):
    """A model of these items, most frequent first, with random input and output vectors."""
    settings = {"vector_size": SIZE, "min_count": 1, "workers": 1, "seed": 1, **settings}
    model = Word2Vec(**settings)
    model.build_vocab_from_freq({item: 1000 - place for place, item in enumerate(items)}, corpus_count=10)
    rng = np.random.default_rng(5)
    model.wv.vectors[:] = rng.normal(size=(len(items), SIZE))
    for name in ("syn1neg", "syn1", "syn1_softmax"):
        matrix = getattr(model, name, None)
        if matrix is not None:
            matrix[:] = rng.normal(size=matrix.shape)
    return model


def unit(vectors):
    return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)
