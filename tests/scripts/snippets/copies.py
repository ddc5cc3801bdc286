"""Copies and pickles, as joblib and multiprocessing make them."""

import copy
import pickle

from gensim.models import KeyedVectors, Word2Vec

model = Word2Vec([["hello", "world"]] * 5, vector_size=4, min_count=1)
deep = copy.deepcopy(model)
again = pickle.loads(pickle.dumps(model))
vectors = pickle.loads(pickle.dumps(KeyedVectors.load_word2vec_format("vectors.txt")))

results = {
    "deep": bool((deep.wv.vectors == model.wv.vectors).all()) and deep.wv is not model.wv,
    "pickled": bool((again.wv.vectors == model.wv.vectors).all()),
    "king": vectors["king"],
    "trained": again.train([["hello", "world"]], total_examples=1, epochs=1)[1],
}
