"""Analogies by multiplication (Levy and Goldberg)."""

from gensim.models import KeyedVectors

wv = KeyedVectors.load_word2vec_format("vectors.txt")

results = {
    "analogy": wv.most_similar_cosmul(positive=["woman", "king"], negative=["man"], topn=3),
    "one": wv.most_similar_cosmul(positive=["apple"], topn=2),
}
