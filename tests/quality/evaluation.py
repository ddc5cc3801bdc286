"""Scores of vectors on the Google analogies and the word pairs that people have judged."""

import os
from pathlib import Path

DATA = Path(os.environ.get("W2VCORE_DATA") or Path(__file__).parents[3] / "shared" / "data")


def analogies(model, top=30_000):
    """Share of the Google analogies answered right by 3CosAdd, among the `top` most frequent words."""
    return model.wv.evaluate_word_analogies(DATA / "questions-words.txt", restrict_vocab=top)[0]


def analogy_scores(wv, top=30_000):
    """The share of `analogies`, and those of its semantic and its syntactic sections (whose names begin with "gram")."""
    score, sections = wv.evaluate_word_analogies(DATA / "questions-words.txt", restrict_vocab=top)
    shares = {"analogies": score}
    for name, syntactic in ("semantic", False), ("syntactic", True):
        ours = [one for one in sections[:-1] if one["section"].startswith("gram") == syntactic]
        right, wrong = (sum(len(one[answers]) for one in ours) for answers in ("correct", "incorrect"))
        shares[name] = right / (right + wrong)
    return shares


def correlation(model, name):
    """Spearman's rank correlation of cosines with human scores, over the pairs that a model, or its vectors, knows."""
    return getattr(model, "wv", model).evaluate_word_pairs(DATA / name, restrict_vocab=None)[1].statistic
