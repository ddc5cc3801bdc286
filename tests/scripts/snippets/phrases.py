"""Bigrams, one sentence and a whole corpus."""

from gensim.models.phrases import Phrases
from gensim.models.word2vec import LineSentence

sentences = LineSentence("corpus.txt")
phrases = Phrases(sentences, min_count=3, threshold=1)
sentence = ["he", "moved", "to", "new", "york", "city"]

results = {
    "sentence": phrases[sentence],
    "first": list(phrases[sentences])[:5],
    "twice": list(phrases[sentences]) == list(phrases[sentences]),
    "exported": phrases.export_phrases(),
    "vocab": len(phrases.vocab),
    "count": phrases.vocab["new_york"],
    "words": phrases.corpus_word_count,
    "text": str(phrases),
}
