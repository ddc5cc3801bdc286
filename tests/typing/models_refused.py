"""Mistakes with models: a type checker refuses each line that says so, and no other; not run."""

from w2vcore import Word2Vec


def train(sentences: list[list[str]]) -> None:
    Word2Vec(sentencess=sentences)  # refused
    Word2Vec(sentences, size=3)  # refused
    Word2Vec(sentences, device="gpu")  # refused
    Word2Vec(sentences, vector_size="100")  # refused
    Word2Vec(sentences, window="document")  # refused
    Word2Vec(sentences, negative_sharing="windows")  # refused
    model = Word2Vec(sentences)
    model.not_there()  # refused
    model.most_similar("king")  # refused
    model.train(sentences, epoch=3)  # refused
    print(model.syn0)  # refused
