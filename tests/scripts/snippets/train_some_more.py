"""A loaded model is trained on."""

from gensim.models import Word2Vec

Word2Vec([["hello", "world"]] * 10, vector_size=8, min_count=1).save("small.model")
model = Word2Vec.load("small.model")
before = model.wv["hello"].copy()
pair = model.train([["hello", "world"]] * 5, total_examples=5, epochs=2, start_alpha=0.05, end_alpha=0.001)

results = {"raw": pair[1], "moved": bool((before != model.wv["hello"]).any()), "alpha": model.alpha}
