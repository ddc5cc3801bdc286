"""Unit vectors."""

import numpy as np
from gensim.models import KeyedVectors

wv = KeyedVectors.load_word2vec_format("vectors.txt")
normed = wv.get_normed_vectors()
single = wv.get_vector("king", norm=True)
wv.fill_norms()
norms = wv.norms.copy()
wv.unit_normalize_all()

results = {
    "normed": normed[0],
    "single": single,
    "norms": norms,
    "lengths": np.linalg.norm(wv.vectors, axis=1),
    "same": bool(np.allclose(normed, wv.vectors)),
}
