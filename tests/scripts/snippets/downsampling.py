"""What sample= will do, before training."""

from gensim.models import Word2Vec

sentences = [line.split() for line in open("corpus.txt", encoding="utf8")]
model = Word2Vec(vector_size=4, min_count=1, sample=1e-2)
words, count = model.scan_vocab(sentences)
report = model.prepare_vocab(min_count=5, dry_run=True)
dropped = model.prepare_vocab(min_count=5)

results = {
    "scan": [words, count],
    "report": {key: report[key] for key in sorted(report) if key != "memory"},
    "real": {key: dropped[key] for key in sorted(dropped) if key != "memory"},
}
