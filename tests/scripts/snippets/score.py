"""score: log-likelihood of sentences, with hierarchical softmax."""

from gensim.models import Word2Vec

sentences = [line.split() for line in open("topics.txt", encoding="utf8")]
model = Word2Vec(sentences, vector_size=10, min_count=1, hs=1, negative=0, epochs=20, seed=1, workers=1)
scores = model.score([["cat", "dog", "cow"], ["cat", "tram", "cow"]], total_sentences=2)

results = {"shape": scores.shape, "negative": bool((scores < 0).all()), "better": bool(scores[0] > scores[1])}
