"""Item ids instead of words."""

from gensim.models import Word2Vec

sessions = [[101, 102, 103], [102, 103], [101, 103, 104]] * 10
model = Word2Vec(sessions, vector_size=8, min_count=1, window=10, sg=1, ns_exponent=-0.5)

results = {
    "keys": sorted(model.wv.index_to_key),
    "vector": model.wv[103].shape,
    "near": len(model.wv.most_similar(103, topn=2)),
    "count": model.wv.get_vecattr(103, "count"),
}
