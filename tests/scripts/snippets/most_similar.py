"""The queries that every notebook makes."""

from gensim.models import KeyedVectors

wv = KeyedVectors.load_word2vec_format("vectors.txt")

results = {
    "king": wv.most_similar("king"),
    "three": wv.most_similar(positive=["king", "queen"], topn=3),
    "analogy": wv.most_similar(positive=["woman", "king"], negative=["man"], topn=2),
    "similarity": wv.similarity("king", "queen"),
    "distance": wv.distance("king", "queen"),
    "weighted": wv.most_similar(positive=[("king", 2.0), ("apple", 0.5)], topn=2),
    "restricted": wv.most_similar("king", topn=2, restrict_vocab=3),
    "by vector": wv.similar_by_vector(wv["king"], topn=2),
    "by word": wv.similar_by_word("apple", topn=2),
    "all": wv.most_similar("king", topn=None).shape,
}
