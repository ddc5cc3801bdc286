"""Is it there, where is it, and what if it is not."""

from gensim.models import KeyedVectors

wv = KeyedVectors.load_word2vec_format("vectors.txt")
try:
    wv["zebra"]
    missing = None
except KeyError as error:
    missing = error.args[0]

results = {
    "in": ["king" in wv, "zebra" in wv],
    "index": [wv.get_index("queen"), wv.get_index("zebra", -1), wv.key_to_index["king"]],
    "has": wv.has_index_for("king"),
    "missing": missing,
    "several": wv[["king", "queen"]].shape,
    "by row": bool((wv[0] == wv[wv.index_to_key[0]]).all()),
    "size": [len(wv), wv.vector_size],
}
