"""Freeze, save, load."""

from gensim.models.phrases import FrozenPhrases, Phraser, Phrases

sentences = [line.split() for line in open("corpus.txt", encoding="utf8")]
phrases = Phrases(sentences, min_count=3, threshold=1)
frozen = phrases.freeze()
frozen.save("phrases.pkl")
phrases.save("phrases-full.pkl")
loaded = Phraser.load("phrases.pkl")
full = Phrases.load("phrases-full.pkl")
full.add_vocab([["brand", "new", "words"]] * 9)

results = {
    "same class": Phraser is FrozenPhrases,
    "phrases": loaded.phrasegrams,
    "sentence": loaded[["new", "york", "is", "big"]],
    "text": str(frozen),
    "more": full.vocab["brand_new"],
    "still": full[["new", "york"]],
}
