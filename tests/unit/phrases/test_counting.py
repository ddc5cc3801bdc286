"""Counting for Phrases: against gensim's rule written down in Python, from every kind of corpus, with pruning."""

import gzip
import logging

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from w2vcore import LineSentence, Text8Corpus
from w2vcore.phrases import Phrases

WORDS = ["a", "b", "of", "new", "york", "new_york", "b_of", "_", "naïve", "x" * 70, "é" * 40, "\ud800"]


def learn(sentences, delimiter="_", connectors=(), most=10**9):
    """The rule: a dict of words and joined pairs, pruned after each sentence that leaves it too large."""
    vocab, least, words = {}, 1, 0
    for sentence in sentences:
        open_words = []
        for word in sentence:
            words += 1
            if word in connectors:
                open_words += [word] if open_words else []
                continue
            vocab[word] = vocab.get(word, 0) + 1
            if open_words:
                phrase = delimiter.join([*open_words, word])
                vocab[phrase] = vocab.get(phrase, 0) + 1
            open_words = [word]
        if len(vocab) > most:
            vocab = {key: count for key, count in vocab.items() if count >= least}
            least += 1
    return vocab, words, least


sentences_of_words = st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=12), max_size=30)


@settings(deadline=None, max_examples=200)
@given(sentences_of_words, st.sampled_from(["_", "++", "o"]), st.sets(st.sampled_from(WORDS), max_size=3))
def test_counts_are_those_of_the_rule(sentences, delimiter, connectors):
    phrases = Phrases(sentences, delimiter=delimiter, connector_words=connectors)
    vocab, words, _ = learn(sentences, delimiter, connectors)
    assert list(phrases.vocab.items()) == list(vocab.items())
    assert phrases.corpus_word_count == words


@settings(deadline=None, max_examples=200)
@given(sentences_of_words, st.integers(1, 20), st.sets(st.sampled_from(WORDS), max_size=2))
def test_pruning_is_that_of_the_rule(sentences, most, connectors):
    phrases = Phrases(sentences, max_vocab_size=most, connector_words=connectors)
    vocab, _, _ = learn(sentences, "_", connectors, most)
    assert list(phrases.vocab.items()) == list(vocab.items())


def test_many_keys_and_long_sentences():
    """More keys than wait in line, tables that grow, sentences longer than a batch."""
    sentences = [[f"w{(i * i + j) % 997}" for i in range(25_000)] for j in range(2)]
    phrases = Phrases(sentences, connector_words=["w3"])
    assert dict(phrases.vocab) == learn(sentences, "_", {"w3"})[0]


def test_files_give_the_same_as_lists(tmp_path):
    sentences = [["new", "york", "of"], ["bank", "of", "new", "york"]] * 50
    text = "\n".join(map(" ".join, sentences)).encode()
    (tmp_path / "corpus.txt").write_bytes(text)
    (tmp_path / "corpus.txt.gz").write_bytes(gzip.compress(text))
    wanted = dict(Phrases(sentences, connector_words=["of"]).vocab)
    for name in ("corpus.txt", "corpus.txt.gz"):
        phrases = Phrases(LineSentence(tmp_path / name), connector_words=["of"])
        assert dict(phrases.vocab) == wanted
        assert phrases.corpus_word_count == 350


@pytest.mark.parametrize("length", [1, 7, 10_000])
def test_sentences_that_go_on_over_blocks(tmp_path, length, monkeypatch):
    monkeypatch.setattr("w2vcore.corpus.scanning.BLOCK_BYTES", 64)
    words = [f"w{i % 13}" for i in range(500)]
    (tmp_path / "text8").write_text(" ".join(words))
    reader = Text8Corpus(tmp_path / "text8", max_sentence_length=length)
    assert dict(Phrases(reader).vocab) == learn(list(reader))[0]


def test_any_iterable_of_iterables():
    wanted = {"a": 2, "b": 2, "a_b": 2}
    assert dict(Phrases(iter([iter("ab"), ("a", "b")])).vocab) == wanted
    assert dict(Phrases(tuple(word) for word in ("ab", "ab")).vocab) == wanted


def test_subclasses_of_str():
    class Token(str):
        pass

    sentences = [["a", Token("b"), "c"], [Token("a"), "b", "d"]] * 3
    assert dict(Phrases(sentences).vocab) == learn([list(map(str, sentence)) for sentence in sentences])[0]


@pytest.mark.parametrize("sentences", [[["a", 7]], [[1, 2]], [["a"], [("b",)]]])
def test_tokens_that_are_no_str(sentences):
    with pytest.raises(TypeError, match=r"token .* is of type (int|tuple); phrases are made of str"):
        Phrases(sentences)


@pytest.mark.parametrize("corpus", ["some text", b"bytes", 7])
def test_what_is_no_corpus(corpus):
    with pytest.raises(TypeError, match="must be an iterable of lists of strings"):
        Phrases(corpus)


def test_sentences_that_are_strings():
    with pytest.warns(UserWarning, match="sentence 0 is the string 'to be'"):
        phrases = Phrases(["to be"])
    assert phrases.vocab["t_o"] == 1


def test_corpus_that_raises():
    def corpus():
        yield ["a", "b"]
        raise ConnectionError("lost")

    phrases = Phrases([["x"]])
    with pytest.raises(ConnectionError):
        phrases.add_vocab(corpus())
    assert dict(phrases.vocab) == {"x": 1}
    assert phrases.corpus_word_count == 1


@settings(deadline=None, max_examples=100)
@given(sentences_of_words, sentences_of_words)
def test_add_vocab_counts_on(first, second):
    phrases = Phrases(first)
    phrases.add_vocab(second)
    assert dict(phrases.vocab) == learn(first + second)[0]
    assert phrases.corpus_word_count == sum(map(len, first + second))


def test_add_vocab_prunes_the_sum():
    """The new counts are made by themselves; then both are pruned by the larger threshold."""
    phrases = Phrases([["a"], ["a"], ["b"]], max_vocab_size=3)
    phrases.min_reduce = 2
    phrases.add_vocab([["c"], ["d"], ["a"]])
    assert dict(phrases.vocab) == {"a": 3}
    assert phrases.min_reduce == 3


def test_log_lines(caplog):
    with caplog.at_level(logging.INFO, "w2vcore.phrases"):
        Phrases([["a", "b"]] * 5, progress_per=2).freeze()
    lines = "\n".join(record.getMessage() for record in caplog.records)
    for fragment in (
        "collecting all words and their counts",
        "PROGRESS: at sentence #0, processed 0 words and 0 word types",
        "collected 3 token types (unigram + bigrams) from a corpus of 10 words and 5 sentences",
        "exporting phrases from Phrases<3 vocab, min_count=5, threshold=10.0, max_vocab_size=40000000>",
    ):
        assert fragment in lines


def test_pruning_is_reported(caplog):
    with caplog.at_level(logging.WARNING, "w2vcore.phrases"):
        Phrases([["a", "b", "c"], ["d", "e"], ["a"]], max_vocab_size=2)
    assert "max_vocab_size=2 dropped" in caplog.text
