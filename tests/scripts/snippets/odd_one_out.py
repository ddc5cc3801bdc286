"""doesnt_match and rank_by_centrality."""

from gensim.models import KeyedVectors

wv = KeyedVectors.load_word2vec_format("vectors.txt")

results = {
    "odd": wv.doesnt_match(["king", "queen", "man", "apple"]),
    "ranked": wv.rank_by_centrality(["king", "queen", "man", "apple"]),
    "given": wv.most_similar_to_given("apple", ["king", "banana", "man"]),
}
