"""A table of vectors for a given list of words."""

from gensim.models import KeyedVectors

wv = KeyedVectors.load_word2vec_format("vectors.txt")
some = wv.vectors_for_all(["queen", "zebra", "apple"], allow_inference=True)

results = {"words": some.index_to_key, "queen": some["queen"], "size": len(some)}
