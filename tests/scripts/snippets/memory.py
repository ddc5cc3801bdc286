"""estimate_memory."""

from gensim.models import Word2Vec

model = Word2Vec(vector_size=100, min_count=1)
report = model.estimate_memory(vocab_size=1000)

results = {
    "vectors": report["vectors"] >= 1000 * 100 * 4,
    "syn1neg": report["syn1neg"] >= 1000 * 100 * 4,
    "total": report["total"] >= report["vectors"] + report["syn1neg"],
}
