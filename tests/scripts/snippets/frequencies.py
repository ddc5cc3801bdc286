"""A vocabulary from counts, without a corpus."""

from gensim.models import Word2Vec

model = Word2Vec(vector_size=6, min_count=2)
model.build_vocab_from_freq({"graph": 5, "trees": 3, "rare": 1}, corpus_count=8)

results = {
    "words": model.wv.index_to_key,
    "counts": [model.wv.get_vecattr(word, "count") for word in model.wv.index_to_key],
    "sentences": model.corpus_count,
    "shape": model.wv.vectors.shape,
}
