"""evaluate_word_analogies: score and sections."""

from gensim.models import KeyedVectors

wv = KeyedVectors.load_word2vec_format("vectors.txt")
score, sections = wv.evaluate_word_analogies("questions.txt")

results = {
    "score": score,
    "sections": [[section["section"], len(section["correct"]), len(section["incorrect"])] for section in sections],
    "correct": sections[-1]["correct"],
}
