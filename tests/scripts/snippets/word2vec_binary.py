"""The binary format, with a vocabulary file and a limit."""

from gensim.models import KeyedVectors, Word2Vec

sentences = [line.split() for line in open("corpus.txt", encoding="utf8")]
model = Word2Vec(sentences, vector_size=10, min_count=2, seed=3)
model.wv.save_word2vec_format("vectors.bin", fvocab="vocab.txt", binary=True)
all_of_them = KeyedVectors.load_word2vec_format("vectors.bin", fvocab="vocab.txt", binary=True)
some = KeyedVectors.load_word2vec_format("vectors.bin", binary=True, limit=4, datatype="float16")

results = {
    "same": bool((all_of_them.vectors == model.wv.vectors).all()),
    "vocab": open("vocab.txt").read(),
    "counts": [all_of_them.get_vecattr(word, "count") for word in all_of_them.index_to_key[:5]],
    "some": some.index_to_key,
    "half": str(some.vectors.dtype),
}
