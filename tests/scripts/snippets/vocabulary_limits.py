"""min_count, max_final_vocab, sorted_vocab."""

from gensim.models import Word2Vec

sentences = [line.split() for line in open("corpus.txt", encoding="utf8")]
plain = Word2Vec(sentences, vector_size=4, min_count=20, epochs=1)
limited = Word2Vec(sentences, vector_size=4, min_count=1, max_final_vocab=12, epochs=1)
unsorted = Word2Vec(sentences, vector_size=4, min_count=20, sorted_vocab=0, epochs=1)

results = {
    "plain": plain.wv.index_to_key,
    "counts": [plain.wv.get_vecattr(word, "count") for word in plain.wv.index_to_key],
    "limited": len(limited.wv) <= 12,
    "unsorted": unsorted.wv.index_to_key,
    "effective": plain.effective_min_count,
}
