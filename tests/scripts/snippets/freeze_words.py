"""vectors_lockf: some words keep their vectors."""

import numpy as np
from gensim.models import Word2Vec

sentences = [line.split() for line in open("corpus.txt", encoding="utf8")]
model = Word2Vec(vector_size=8, min_count=2, sg=1, workers=1)
model.build_vocab(sentences)
model.wv.vectors_lockf = np.ones(len(model.wv), dtype=np.float32)
model.wv.vectors_lockf[model.wv.get_index("cat")] = 0.0
before = model.wv.vectors.copy()
model.train(sentences, total_examples=model.corpus_count, epochs=2)

results = {
    "cat": bool((model.wv["cat"] == before[model.wv.get_index("cat")]).all()),
    "dog": bool((model.wv["dog"] == before[model.wv.get_index("dog")]).all()),
}
