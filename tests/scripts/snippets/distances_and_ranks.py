"""Everything between two words or two sets of them."""

from gensim.models import KeyedVectors

wv = KeyedVectors.load_word2vec_format("vectors.txt")

results = {
    "n": wv.n_similarity(["king", "queen"], ["man", "woman"]),
    "distances": wv.distances("king", ["queen", "apple"]),
    "all": wv.distances("king").shape,
    "closer": sorted(wv.closer_than("king", "apple")),
    "rank": wv.rank("king", "woman"),
    "relative": wv.relative_cosine_similarity("king", "queen", topn=3),
    "cosines": KeyedVectors.cosine_similarities(wv["king"], wv[["queen", "apple"]]),
}
