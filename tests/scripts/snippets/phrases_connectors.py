"""Connector words, NPMI, another delimiter."""

from gensim.models.phrases import ENGLISH_CONNECTOR_WORDS, Phrases

sentences = [line.split() for line in open("corpus.txt", encoding="utf8")]
phrases = Phrases(
    sentences, min_count=2, threshold=0.6, scoring="npmi", connector_words=ENGLISH_CONNECTOR_WORDS, delimiter=" "
)

results = {
    "exported": phrases.export_phrases(),
    "sentence": phrases[["the", "bank", "of", "america", "in", "new", "york"]],
    "analyzed": list(phrases.analyze_sentence(["bank", "of", "america", "closed"])),
    "found": phrases.find_phrases(sentences),
    "connectors": sorted(ENGLISH_CONNECTOR_WORDS),
}
