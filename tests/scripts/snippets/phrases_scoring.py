"""A scoring function of one's own."""

from gensim.models.phrases import Phrases, npmi_scorer, original_scorer


def half(worda_count, wordb_count, bigram_count, len_vocab, min_count, corpus_word_count):
    return original_scorer(worda_count, wordb_count, bigram_count, len_vocab, min_count, corpus_word_count) / 2


sentences = [line.split() for line in open("corpus.txt", encoding="utf8")]

results = {
    "half": Phrases(sentences, min_count=2, threshold=1, scoring=half).export_phrases(),
    "scores": [original_scorer(10, 20, 8, 1000, 3, 5000), npmi_scorer(10, 20, 8, 1000, 3, 5000)],
    "rare": npmi_scorer(10, 20, 2, 1000, 3, 5000) == float("-inf"),
}
