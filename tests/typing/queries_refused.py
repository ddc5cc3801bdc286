"""Mistakes in questions to KeyedVectors: a type checker refuses each line that says so, and no other; not run."""

from w2vcore import KeyedVectors
from w2vcore.visual import explore


def ask(wv: KeyedVectors) -> None:
    wv.most_similar("king", top=5)  # refused
    wv.most_similar("king", topn="5")  # refused
    wv.most_similar("king", topn=2.5)  # refused
    wv.most_similr("king")  # refused
    wv.most_similar("king")[0].append(1)  # refused
    wv.similarity("king")  # refused
    wv.similar_by_vector()  # refused
    wv.evaluate_word_analogies(5)  # refused
    print(wv.index2word)  # refused
    wv.vocab["king"]  # refused
    wv.doesnt_match("king", "queen")  # refused
    wv.get_vector("king", norm="l2")  # refused


def load() -> None:
    KeyedVectors(300, 10, mapfile="x")  # refused
    KeyedVectors("300")  # refused
    KeyedVectors.load("vectors", mmap="w")  # refused
    KeyedVectors.load("vectors", keys="int")  # refused
    KeyedVectors.load_word2vec_format("vectors", bin=True)  # refused


def show(wv: KeyedVectors) -> None:
    wv.plot(method="sne")  # refused
    explore(wv, "words.html", method="lda")  # refused
    explore(5, "words.html")  # refused
