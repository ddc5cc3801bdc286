"""GloVe's files have no header."""

from gensim.models import KeyedVectors

wv = KeyedVectors.load_word2vec_format("glove.txt", binary=False, no_header=True)

results = {"words": wv.index_to_key, "size": wv.vector_size, "the": wv["the"]}
