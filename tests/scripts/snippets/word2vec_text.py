"""The text format of word2vec.c."""

from gensim.models import KeyedVectors

wv = KeyedVectors.load_word2vec_format("vectors.txt", binary=False)
wv.save_word2vec_format("again.txt")
wv.save_word2vec_format("prefixed.txt", prefix="w:", write_header=False)
again = KeyedVectors.load_word2vec_format("again.txt")

results = {
    "words": wv.index_to_key,
    "king": wv["king"],
    "counts": [wv.get_vecattr(word, "count") for word in wv.index_to_key],
    "text": open("again.txt").read(),
    "prefixed": open("prefixed.txt").readline(),
    "same": bool((again.vectors == wv.vectors).all()),
}
