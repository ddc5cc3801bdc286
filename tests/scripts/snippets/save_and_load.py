"""Save, load, compare, go on training."""

import numpy as np
from gensim.models import Word2Vec

sentences = [line.split() for line in open("corpus.txt", encoding="utf8")]
model = Word2Vec(sentences, vector_size=12, min_count=2, comment="mine")
model.save("word2vec.model")
loaded = Word2Vec.load("word2vec.model")
same = np.array_equal(loaded.wv.vectors, model.wv.vectors) and np.array_equal(loaded.syn1neg, model.syn1neg)
loaded.train([["cat", "dog"]], total_examples=1, epochs=1)

results = {
    "same": same,
    "words": loaded.wv.index_to_key,
    "comment": loaded.comment,
    "settings": [loaded.vector_size, loaded.window, loaded.min_count, loaded.sg, loaded.negative, loaded.alpha],
    "count": loaded.wv.get_vecattr("cat", "count"),
}
