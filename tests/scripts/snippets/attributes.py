"""Columns beside the vectors."""

from gensim.models import KeyedVectors

wv = KeyedVectors.load_word2vec_format("vectors.txt")
for number, word in enumerate(wv.index_to_key):
    wv.set_vecattr(word, "rank", number * 10)
    wv.set_vecattr(word, "kind", "fruit" if word in ("apple", "banana") else "person")
wv.save("with-columns.kv")
again = KeyedVectors.load("with-columns.kv")

results = {
    "rank": [int(again.get_vecattr(word, "rank")) for word in again.index_to_key],
    "kind": [str(again.get_vecattr(word, "kind")) for word in again.index_to_key],
    "type": str(again.expandos["rank"].dtype),
}
