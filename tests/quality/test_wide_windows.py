"""Windows of any width find planted topics, also where CBOW sums its context."""

import numpy as np
import pytest
from planted import documents, purity

from w2vcore import Word2Vec

KINDS = {"negative sampling": {"hs": 0, "negative": 5}, "hierarchical softmax": {"hs": 1, "negative": 0}}
SEEDS = range(1, 4)

# gensim 4.4.0 on the same corpora, mean of ten seeds (standard error): 1.0 up to windows of 50, and then
#                          sum, 100        mean, 100       sum, 500        mean, 500
#   negative sampling      1.000           1.000           0.771 (0.008)   1.000
#   hierarchical softmax   0.996 (0.001)   0.987 (0.003)   0.613 (0.010)   0.915 (0.007)
# Chance is 0.10; where each word of a sum gets the whole error, windows of 100 reach 0.13 or are not finite. The thresholds lie at
# least 3.8 standard deviations, of thirty seeds here, below the mean: a false alarm for any of them has a chance of 1e-4.
WIDE = {
    ("negative sampling", 0, 50): 0.98,
    ("negative sampling", 0, 100): 0.98,
    ("hierarchical softmax", 0, 50): 0.98,
    ("hierarchical softmax", 0, 100): 0.95,
    ("hierarchical softmax", 1, 100): 0.95,
}
WIDEST = {
    ("negative sampling", 0, 500): 0.70,
    ("negative sampling", 1, 500): 0.98,
    ("hierarchical softmax", 0, 500): 0.53,
    ("hierarchical softmax", 1, 500): 0.85,
}


def share(kind, mean, window, seed):
    model = Word2Vec(
        documents(seed), window=window, cbow_mean=mean, vector_size=32, min_count=1, sample=0, workers=1, seed=seed, **KINDS[kind]
    )  # fmt: skip
    return purity(model.wv.index_to_key, model.wv.vectors)


@pytest.mark.parametrize("kind, mean, window", WIDE)
def test_cbow_finds_topics_in_wide_windows(kind, mean, window):
    assert share(kind, mean, window, seed=1) >= WIDE[kind, mean, window]


@pytest.mark.slow
@pytest.mark.parametrize("kind, mean, window", WIDEST)
def test_cbow_finds_topics_in_windows_wider_than_the_text(kind, mean, window):
    assert np.mean([share(kind, mean, window, seed) for seed in SEEDS]) >= WIDEST[kind, mean, window]
