"""The first lines of most tutorials: a list of token lists in, vectors out."""

from gensim.models import Word2Vec

sentences = [["human", "interface", "computer"], ["survey", "user", "computer", "system"], ["user", "system", "human"]]
model = Word2Vec(sentences=sentences, vector_size=20, window=5, min_count=1, workers=4)
vector = model.wv["computer"]

results = {
    "words": model.wv.index_to_key,
    "rows": model.wv.key_to_index,
    "shape": vector.shape,
    "type": str(vector.dtype),
    "matrix": model.wv.vectors.shape,
    "count": model.wv.get_vecattr("computer", "count"),
    "corpus": [model.corpus_count, model.corpus_total_words],
    "text": str(model),
}
