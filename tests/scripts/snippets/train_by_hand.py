"""build_vocab, then train with the totals that it found."""

from gensim.models import Word2Vec

sentences = [line.split() for line in open("corpus.txt", encoding="utf8")]
model = Word2Vec(vector_size=16, min_count=2, seed=7)
model.build_vocab(sentences, progress_per=100)
before = model.wv.vectors.copy()
trained, total = model.train(sentences, total_examples=model.corpus_count, epochs=2)

results = {
    "first vectors": [round(float(x), 6) for x in before[0]],
    "changed": bool((before != model.wv.vectors).any()),
    "raw words": total,
    "not more": trained <= total,
    "epochs": model.epochs,
    "words": model.wv.index_to_key,
}
