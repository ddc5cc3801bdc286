"""The vector of a sentence, as the mean of its words."""

import numpy as np
from gensim import matutils
from gensim.models import KeyedVectors

wv = KeyedVectors.load_word2vec_format("vectors.txt")


def sentence_vector(words):
    found = [wv.get_vector(word, norm=True) for word in words if word in wv]
    return matutils.unitvec(np.array(found).mean(axis=0)).astype(np.float32)


results = {
    "by hand": sentence_vector(["king", "zebra", "queen"]),
    "mean": wv.get_mean_vector(["king", "queen"]),
    "weighted": wv.get_mean_vector(["king", "queen"], weights=[1.0, -0.5], pre_normalize=False, post_normalize=True),
    "ignored": wv.get_mean_vector(["king", "zebra"], ignore_missing=True).shape,
}
