"""After enough epochs, words of one kind are neighbours."""

from gensim.models import Word2Vec

sentences = [line.split() for line in open("topics.txt", encoding="utf8")]
model = Word2Vec(sentences, vector_size=20, window=3, min_count=1, sg=1, epochs=30, seed=1, workers=1)
animals = {"cat", "dog", "horse", "cow"}
near = {word: {other for other, _ in model.wv.most_similar(word, topn=3)} for word in sorted(animals)}

results = {
    "animals": {word: found == animals - {word} for word, found in near.items()},
    "odd": model.wv.doesnt_match(["cat", "dog", "tram", "cow"]),
    "apart": bool(model.wv.similarity("cat", "dog") > model.wv.similarity("cat", "bus")),
}
