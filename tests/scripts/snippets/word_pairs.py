"""evaluate_word_pairs: Pearson, Spearman, and how many pairs have an unknown word."""

from gensim.models import KeyedVectors

wv = KeyedVectors.load_word2vec_format("vectors.txt")
pearson, spearman, unknown = wv.evaluate_word_pairs("pairs.tsv")

results = {"pearson": list(pearson), "spearman": list(spearman), "unknown": unknown}
