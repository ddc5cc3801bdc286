"""Two passes of Phrases before Word2Vec."""

from gensim.models import Phrases, Word2Vec

sentences = [line.split() for line in open("corpus.txt", encoding="utf8")]
bigram = Phrases(sentences, min_count=2, threshold=0.5)
trigram = Phrases(bigram[sentences], min_count=2, threshold=0.5)
model = Word2Vec(trigram[bigram[sentences]], vector_size=8, min_count=2, epochs=1)

results = {
    "first": trigram[bigram[sentences[0]]],
    "joined": [word for word in model.wv.index_to_key if "_" in word],
    "sentences": model.corpus_count,
}
