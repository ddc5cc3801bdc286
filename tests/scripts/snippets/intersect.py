"""Start from published vectors, where there are some."""

import numpy as np
from gensim.models import Word2Vec

model = Word2Vec(vector_size=4, min_count=1, seed=5)
model.build_vocab([["king", "queen", "zebra"]])
model.wv.vectors_lockf = np.ones(len(model.wv), dtype=np.float32)
zebra = model.wv["zebra"].copy()
model.wv.intersect_word2vec_format("vectors.txt", binary=False, lockf=0.0)

results = {
    "king": model.wv["king"],
    "zebra": bool((model.wv["zebra"] == zebra).all()),
    "locks": {word: float(model.wv.vectors_lockf[model.wv.get_index(word)]) for word in ("king", "queen", "zebra")},
}
