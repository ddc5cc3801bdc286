"""corpus_file= instead of sentences=."""

from gensim.models import Word2Vec

model = Word2Vec(corpus_file="corpus.txt", vector_size=16, min_count=2, workers=2, epochs=2)
more = Word2Vec(vector_size=16, min_count=2)
more.build_vocab(corpus_file="corpus.txt")
more.train(corpus_file="corpus.txt", total_words=more.corpus_total_words, epochs=1)

results = {
    "words": model.wv.index_to_key,
    "total": model.corpus_total_words,
    "sentences": model.corpus_count,
    "same words": more.wv.index_to_key == model.wv.index_to_key,
}
