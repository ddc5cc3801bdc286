"""New words in an old model."""

from gensim.models import Word2Vec

old = [["hello", "world"], ["hello", "there"]] * 10
new = [["brave", "new", "world"]] * 10
model = Word2Vec(old, vector_size=8, min_count=1)
before = len(model.wv)
model.build_vocab(new, update=True)
model.train(new, total_examples=model.corpus_count, epochs=model.epochs)

results = {
    "before": before,
    "words": model.wv.index_to_key,
    "vectors": model.wv.vectors.shape,
    "targets": model.syn1neg.shape,
    "sentences": model.corpus_count,
}
