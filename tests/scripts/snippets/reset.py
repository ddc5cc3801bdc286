"""Take the vocabulary of another model."""

from gensim.models import Word2Vec

model = Word2Vec([["hello", "world"]] * 5, vector_size=4, min_count=1)
other = Word2Vec(vector_size=6)
other.reset_from(model)

results = {"words": other.wv.index_to_key, "sentences": other.corpus_count, "shape": other.wv.vectors.shape}
