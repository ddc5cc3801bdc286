"""LineSentence, PathLineSentences and Text8Corpus."""

from gensim.models.word2vec import LineSentence, PathLineSentences, Text8Corpus

lines = LineSentence("corpus.txt")
first = next(iter(lines))
again = next(iter(lines))

results = {
    "first": first,
    "same": first == again,
    "limit": len(list(LineSentence("corpus.txt", limit=3))),
    "pieces": [len(piece) for piece in LineSentence("long.txt", max_sentence_length=4)],
    "folder": sum(1 for sentence in PathLineSentences("folder")),
    "files": [name.replace("\\", "/").split("/")[-1] for name in PathLineSentences("folder").input_files],
    "text8": [len(piece) for piece in Text8Corpus("long.txt", max_sentence_length=4)],
    "packed": list(LineSentence("corpus.txt.gz")) == list(lines),
}
