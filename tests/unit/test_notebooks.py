"""What notebooks show of models, vectors and phrases: true, well-formed, and safe whatever the words are."""

import html.parser

import numpy as np
import pytest

from w2vcore import Doc2Vec, FastText, KeyedVectors, Phrases, Word2Vec
from w2vcore.doc2vec import TaggedDocument
from w2vcore.facade import notebook

SENTENCES = [["hot", "sun", "wide", "road"], ["cold", "moon", "narrow", "path"]] * 20


class Shown(html.parser.HTMLParser):
    """The tags of some HTML, closed as they were opened, and its texts."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.texts, self.open = [], [], []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.tags.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, text):
        self.texts.append(text)


def shown(thing):
    return Shown(thing._repr_html_())


@pytest.mark.parametrize("kind", [Word2Vec, FastText])
def test_a_model(kind):
    settings = {"bucket": 100} if kind is FastText else {}
    model = kind(SENTENCES, vector_size=8, min_count=1, sample=0, epochs=4, compute_loss=True, workers=1, **settings)
    found = shown(model)
    text = " ".join(found.texts)
    assert kind.__name__ in text and "words 8" in text and "window 5" in text and "architecture cbow" in text
    first, last = (model.training_history[place]["loss"] for place in (0, -1))
    assert f"loss by epoch: {first:.3f} to {last:.3f}" in text
    assert found.tags.count("polyline") == 1 and found.tags.count("tr") == 5
    near = model.wv.most_similar(model.wv.index_to_key[0], topn=4)
    assert ", ".join(word for word, _ in near) in text


def test_a_model_without_a_vocabulary_or_a_loss():
    assert "words 0" in " ".join(shown(Word2Vec()).texts)
    model = Word2Vec(SENTENCES, vector_size=8, min_count=1, sample=0, workers=1)
    assert "svg" not in shown(model).tags


def test_documents():
    documents = [TaggedDocument(words, [number]) for number, words in enumerate(SENTENCES)]
    model = Doc2Vec(documents, vector_size=8, min_count=1, epochs=1, workers=1)
    assert "Doc2Vec" in " ".join(shown(model).texts)
    assert "keys 40" in " ".join(shown(model.dv).texts)


def test_vectors_whose_keys_are_markup_or_missing():
    wv = KeyedVectors(4)
    keys = ["<script>alert(1)</script>", "&amp;", "\ud800", 7, "x" * 500]
    wv.add_vectors(keys, np.random.default_rng(1).normal(size=(5, 4)))
    found = shown(wv)
    assert "script" not in found.tags
    assert "<script>alert(1)</script>" in found.texts
    assert max(map(len, found.texts)) < 500
    with_gaps = KeyedVectors(4, count=5)
    with_gaps.add_vector("a", [1, 2, 3, 4])
    shown(with_gaps)
    wv[7] = [np.nan] * 4
    assert "table" not in shown(wv).tags


def test_phrases():
    phrases = Phrases([["new", "york", "is", "far"]] * 10, min_count=1, threshold=0.1)
    assert "words and pairs" in " ".join(shown(phrases).texts)
    frozen = shown(phrases.freeze())
    assert "new_york" in frozen.texts and "table" in frozen.tags


def test_a_curve_with_gaps():
    text = notebook.curve("loss", [None, 4.0, float("nan"), 2.0])
    assert 'points="80.7,2.0 238.0,54.0"' in text and "4.000 to 2.000" in text
