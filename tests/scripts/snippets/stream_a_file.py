"""A class that yields one document after another, so that the corpus need not fit in memory."""

from gensim import utils
from gensim.models import Word2Vec


class MyCorpus:
    def __iter__(self):
        with open("corpus.txt", encoding="utf8") as file:
            for line in file:
                yield utils.simple_preprocess(line)


model = Word2Vec(sentences=MyCorpus(), min_count=3, vector_size=24, epochs=3)

results = {"words": model.wv.index_to_key, "sentences": model.corpus_count, "shape": model.wv.vectors.shape}
