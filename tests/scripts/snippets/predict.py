"""predict_output_word: which word is in the middle."""

from gensim.models import Word2Vec

sentences = [line.split() for line in open("topics.txt", encoding="utf8")]
model = Word2Vec(sentences, vector_size=20, window=3, min_count=1, epochs=30, seed=1, workers=1)
found = model.predict_output_word(["cat", "dog"], topn=4)
nothing = model.predict_output_word(["unheard"])

results = {
    "words": sorted(word for word, _ in found),
    "probabilities": bool(0 < sum(p for _, p in found) <= 1.0001),
    "sorted": [p for _, p in found] == sorted((p for _, p in found), reverse=True),
    "nothing": nothing,
}
