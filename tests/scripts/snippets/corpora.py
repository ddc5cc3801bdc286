"""Corpora of corpora, and a file for corpus_file=."""

from gensim.models.word2vec import LineSentence
from gensim.utils import ClippedCorpus, RepeatCorpus, RepeatCorpusNTimes, grouper, save_as_line_sentence

sentences = [["a", "b"], ["c"], ["d", "e", "f"]]
save_as_line_sentence(sentences, "lines.txt")

results = {
    "lines": list(LineSentence("lines.txt")),
    "repeated": list(RepeatCorpus(sentences, 5)),
    "times": list(RepeatCorpusNTimes(sentences, 2)),
    "clipped": list(ClippedCorpus(sentences, 2)),
    "chunks": [list(chunk) for chunk in grouper(range(7), 3)],
}
