"""Scores of vectors on the Google analogies and the word pairs that people have judged."""

import os
from pathlib import Path

DATA = Path(os.environ.get("W2VCORE_DATA") or Path(__file__).parents[3] / "shared" / "data")


def analogies(model, top=30_000):
    """Share of the Google analogies answered right by 3CosAdd, among the `top` most frequent words."""
    return model.wv.evaluate_word_analogies(DATA / "questions-words.txt", restrict_vocab=top)[0]


def correlation(model, name):
    """Spearman's rank correlation of cosines with human scores, over the pairs that are known."""
    return model.wv.evaluate_word_pairs(DATA / name, restrict_vocab=None)[1].statistic
