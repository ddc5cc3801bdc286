"""What scripts catch."""

from gensim.models import KeyedVectors, Word2Vec

caught = {}


def attempt(name, action):
    try:
        action()
    except Exception as error:
        caught[name] = type(error).__name__


wv = KeyedVectors.load_word2vec_format("vectors.txt")
attempt("missing word", lambda: wv["zebra"])
attempt("missing in query", lambda: wv.most_similar("zebra"))
attempt("generator", lambda: Word2Vec(word for word in [["a"]]))
attempt("no vocabulary", lambda: Word2Vec().train([["a"]], total_examples=1, epochs=1))
attempt("empty corpus", lambda: Word2Vec([], min_count=1))
attempt("min_count", lambda: Word2Vec([["a"]], min_count=5))
attempt("no totals", lambda: Word2Vec([["a", "b"]], min_count=1).train([["a"]], epochs=1))
attempt("nothing to train", lambda: Word2Vec([["a", "b"]], min_count=1, negative=0, hs=0))
attempt("no file", lambda: Word2Vec.load("nowhere"))
attempt("subscript", lambda: Word2Vec([["a", "b"]], min_count=1)["a"])
attempt("old argument", lambda: Word2Vec([["a", "b"]], size=10))
attempt("old attribute", lambda: wv.vocab)
attempt("both corpora", lambda: Word2Vec([["a"]], corpus_file="corpus.txt"))
attempt("empty query", lambda: wv.most_similar(positive=[]))
attempt("nothing to match", lambda: wv.doesnt_match(["zebra"]))

results = caught
