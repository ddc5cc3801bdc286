"""Build a table of one's own vectors."""

import numpy as np
from gensim.models import KeyedVectors

kv = KeyedVectors(3)
row = kv.add_vector("a", np.array([1.0, 0.0, 0.0], dtype=np.float32))
kv.add_vectors(["b", "c"], np.array([[0.0, 1.0, 0.0], [0.5, 0.5, 0.0]], dtype=np.float32))
kv["b"] = np.array([0.0, 2.0, 0.0], dtype=np.float32)
kv.add_vectors(["c", "d"], np.ones((2, 3), dtype=np.float32), replace=True)

results = {
    "row": row,
    "words": kv.index_to_key,
    "vectors": kv.vectors,
    "near": kv.most_similar("a", topn=2),
    "length": len(kv),
}
