"""Keep only the vectors, and map them into memory."""

from gensim.models import KeyedVectors, Word2Vec

sentences = [line.split() for line in open("corpus.txt", encoding="utf8")]
model = Word2Vec(sentences, vector_size=12, min_count=2)
word_vectors = model.wv
word_vectors.save("word2vec.wordvectors")
wv = KeyedVectors.load("word2vec.wordvectors", mmap="r")

results = {
    "same": bool((wv.vectors == word_vectors.vectors).all()),
    "vector": wv["cat"].shape,
    "found": len(wv.most_similar("cat", topn=5)),
    "read-only": not wv.vectors.flags.writeable,
}
