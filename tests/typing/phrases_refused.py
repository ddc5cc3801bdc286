"""Mistakes with phrases: a type checker refuses each line that says so, and no other; not run."""

from w2vcore.phrases import Phrases


def join(sentences: list[list[str]]) -> None:
    Phrases(sentences, common_terms=["of"])  # refused
    Phrases(sentences, threshold="10")  # refused
    Phrases(5)  # refused
    phrases = Phrases(sentences)
    phrases[7]  # refused
    phrases.join(sentences)  # refused
    phrases.freeze().add_vocab(sentences)  # refused
