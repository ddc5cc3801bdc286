"""One worker and one seed give one model."""

import numpy as np
from gensim.models import Word2Vec

sentences = [line.split() for line in open("corpus.txt", encoding="utf8")]
one = Word2Vec(sentences, vector_size=8, min_count=2, seed=42, workers=1)
two = Word2Vec(sentences, vector_size=8, min_count=2, seed=42, workers=1)
three = Word2Vec(sentences, vector_size=8, min_count=2, seed=43, workers=1)

results = {
    "same": np.array_equal(one.wv.vectors, two.wv.vectors),
    "other": np.array_equal(one.wv.vectors, three.wv.vectors),
}
