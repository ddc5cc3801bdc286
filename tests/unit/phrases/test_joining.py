"""Scoring and joining: both scorers, custom ones, sentences and corpora, frozen or not, against gensim's rule in Python."""

import pickle
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from w2vcore import LineSentence, Word2Vec
from w2vcore.corpus.sources import as_corpus
from w2vcore.phrases import (
    ENGLISH_CONNECTOR_WORDS,
    FrozenPhrases,
    Phraser,
    Phrases,
    npmi_scorer,
    original_scorer,
)

CORPUS = [["new", "york", "is", "big"], ["bank", "of", "america"], ["i", "like", "new", "york"]] * 5
WORDS = ["a", "b", "c", "of", "naïve", "a_b", ""]
sentences_of_words = st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=10), min_size=1, max_size=25)


def analyze(phrases, sentence):
    """The rule: greedy from left to right, connector words inside a phrase only."""
    found, open_words = [], []
    for word in sentence:
        if word in phrases.connector_words:
            if open_words:
                open_words.append(word)
            else:
                found.append((word, None))
            continue
        if open_words:
            phrase, score = phrases.score_candidate(open_words[0], word, open_words[1:])
            if score is not None:
                found.append((phrase, score))
                open_words = []
                continue
            found += [(token, None) for token in open_words]
        open_words = [word]
    return found + [(token, None) for token in open_words]


def sum_scorer(worda_count, wordb_count, bigram_count, len_vocab, min_count, corpus_word_count):
    return worda_count + wordb_count + 10 * bigram_count + len_vocab - min_count - corpus_word_count


def test_scorers():
    assert original_scorer(10, 20, 8, 1000, 3, 0) == (8 - 3) / 200 * 1000
    assert original_scorer(0, 20, 8, 1000, 3, 0) == float("-inf")
    assert npmi_scorer(10, 10, 4, 0, 5, 100) == float("-inf")
    assert npmi_scorer(0, 10, 5, 0, 5, 100) == float("-inf")
    assert npmi_scorer(10, 10, 1, 0, 1, 100) == pytest.approx(0)
    assert npmi_scorer(1, 1, 1, 0, 1, 1) == 1
    assert -1 < npmi_scorer(90, 90, 1, 0, 1, 100) < 0


@settings(deadline=None, max_examples=200)
@given(
    sentences_of_words,
    sentences_of_words,
    st.sampled_from([("default", 0.1), ("default", 1.0), ("npmi", -0.2), ("npmi", 0.4), (sum_scorer, 5)]),
    st.sampled_from([1, 2, 1.5]),
    st.sampled_from(["_", "::"]),
)
def test_joining_is_the_rule(corpus, sentences, scoring, min_count, delimiter):
    scorer, threshold = scoring
    settings = {"min_count": min_count, "threshold": threshold, "scoring": scorer, "delimiter": delimiter}
    phrases = Phrases(corpus, connector_words=["of"], **settings)
    frozen = phrases.freeze()
    for sentence in sentences:
        for model in (phrases, frozen):
            wanted = analyze(model, sentence)
            assert list(model.analyze_sentence(sentence)) == wanted
            assert model[sentence] == [token for token, _ in wanted]
    expected = {}
    for key in phrases.vocab:
        first, *between = key.split(delimiter)
        if between:
            phrase, score = phrases.score_candidate(first, between[-1], between[:-1])
            if score is not None:
                expected[phrase] = score
    assert list(phrases.export_phrases().items()) == list(expected.items()) == list(frozen.phrasegrams.items())


def test_the_score_must_be_above_the_threshold():
    score = Phrases(CORPUS, min_count=1, threshold=1e-9).export_phrases()["new_york"]
    assert "new_york" not in Phrases(CORPUS, min_count=1, threshold=score).export_phrases()
    assert "new_york" in Phrases(CORPUS, min_count=1, threshold=score * 0.999).export_phrases()


def test_connector_words():
    phrases = Phrases(CORPUS, min_count=1, threshold=0.5, connector_words=ENGLISH_CONNECTOR_WORDS)
    assert phrases[["of", "bank", "of", "america", "of"]] == ["of", "bank_of_america", "of"]
    assert phrases[["bank", "of", "of", "america"]] == ["bank", "of", "of", "america"]
    assert "of" not in phrases.vocab
    assert len(ENGLISH_CONNECTOR_WORDS) == 15


def test_one_sentence_or_a_corpus():
    phrases = Phrases(CORPUS, min_count=1, threshold=0.5)
    assert phrases["new", "york"] == ["new_york"]
    assert phrases[iter(["new", "york"])] == ["new_york"]
    assert phrases[[]] == []
    assert phrases[iter([])] == []
    joined = phrases[CORPUS]
    wanted = [phrases[sentence] for sentence in CORPUS]
    assert list(joined) == list(joined) == wanted
    assert len(joined) == len(CORPUS)
    assert joined[0] == wanted[0]
    assert list(phrases[[["new", "york"], [], ["x"]]]) == [["new_york"], [], ["x"]]


def test_a_generator_is_a_corpus_that_is_read_once():
    phrases = Phrases(CORPUS, min_count=1, threshold=0.5)
    joined = phrases[(iter(sentence) for sentence in CORPUS)]
    assert list(joined) == [phrases[sentence] for sentence in CORPUS]
    assert list(joined) == []
    with pytest.raises(RuntimeError, match="does not support slicing"):
        joined[0]


def test_trigrams_by_two_passes():
    corpus = [["new", "york", "city", "is", "big"], ["a", "big", "city"]] * 5
    bigrams = Phrases(corpus, min_count=1, threshold=0.5)
    trigrams = Phrases(bigrams[corpus], min_count=1, threshold=0.5)
    assert trigrams[bigrams[corpus[0]]][0] == "new_york_city_is"
    assert "new_york_city" in trigrams.vocab or "new_york_city_is" in trigrams.vocab


def test_word2vec_takes_what_comes_out():
    phrases = Phrases(CORPUS, min_count=1, threshold=0.5)
    model = Word2Vec(phrases[CORPUS], min_count=1, vector_size=4, epochs=2)
    assert "new_york" in model.wv and "new" not in model.wv
    for once in ((sentence for sentence in CORPUS), iter(CORPUS)):
        with pytest.raises(TypeError, match="can't support 3 passes"):
            Word2Vec(phrases[once], min_count=1, vector_size=4, epochs=2)
    Word2Vec(phrases[iter(CORPUS)], min_count=1, vector_size=4, epochs=2, cache_corpus=True)


def test_word2vec_reads_what_stays_the_same_once():
    class Drawn(list):
        """May give something new each time, for all that is known of a subclass."""

    phrases = Phrases(CORPUS, min_count=1, threshold=0.5)
    frozen = phrases.freeze()
    assert as_corpus(phrases[CORPUS], passes=3).cacheable
    assert as_corpus(frozen[phrases[CORPUS]], passes=3).cacheable
    assert not as_corpus(phrases[Drawn(CORPUS)], passes=3).cacheable


def test_word2vec_trains_on_joined_phrases_as_on_a_list():
    phrases = Phrases(CORPUS, min_count=1, threshold=0.5).freeze()
    settings = {"min_count": 1, "vector_size": 4, "epochs": 2, "workers": 1}
    joined, listed = Word2Vec(phrases[CORPUS], **settings), Word2Vec(list(phrases[CORPUS]), **settings)
    assert joined.wv.vectors.tobytes() == listed.wv.vectors.tobytes()


def test_files(tmp_path):
    (tmp_path / "corpus.txt").write_text("\n".join(map(" ".join, CORPUS)))
    reader = LineSentence(tmp_path / "corpus.txt")
    frozen = Phrases(reader, min_count=1, threshold=0.5).freeze()
    assert list(frozen[reader]) == [frozen[sentence] for sentence in CORPUS]


def test_settings_may_be_changed():
    phrases = Phrases(CORPUS, min_count=1, threshold=0.5)
    frozen = phrases.freeze()
    for model in (phrases, frozen):
        assert model[["new", "york"]] == ["new_york"]
        model.threshold = 1e6
        assert model[["new", "york"]] == ["new", "york"]
        model.threshold = 0.5
        model.connector_words = frozenset(["york"])
        assert model[["new", "york"]] == ["new", "york"]
        model.connector_words = frozenset()
    phrases.scoring, phrases.threshold = sum_scorer, 50
    assert phrases[["new", "york"]] == ["new_york"]
    phrases.threshold = 100
    assert phrases[["new", "york"]] == ["new", "york"]


def test_vocab_may_be_set():
    phrases = Phrases(min_count=1, threshold=0.5)
    phrases.vocab = {"new": 5, "york": 5, "new_york": 5}
    assert phrases[["new", "york"]] == ["new", "york"]
    phrases.threshold = 0.4
    assert phrases[["new", "york"]] == ["new_york"]
    with pytest.raises(TypeError, match="vocab maps str to int"):
        phrases.vocab = {7: 1}
    with pytest.raises(ValueError, match=r"vocab\['a'\]"):
        phrases.vocab = {"a": -1}


def test_phrasegrams_may_be_changed():
    frozen = Phrases(CORPUS, min_count=1, threshold=0.5).freeze()
    assert frozen[["los", "angeles"]] == ["los", "angeles"]
    frozen.phrasegrams["los_angeles"] = 9.0
    assert frozen[["los", "angeles"]] == ["los_angeles"]
    del frozen.phrasegrams["los_angeles"]
    frozen.phrasegrams.update(san_jose=1.0)
    assert frozen[["los", "angeles", "san", "jose"]] == ["los", "angeles", "san_jose"]
    frozen.phrasegrams = {"a_b": 1.0}
    assert frozen[["san", "jose", "a", "b"]] == ["san", "jose", "a_b"]
    frozen.phrasegrams |= {"c_d": 1.0}
    assert frozen[["c", "d"]] == ["c_d"]


def test_a_subclass_may_decide():
    class Picky(Phrases):
        def score_candidate(self, word_a, word_b, in_between):
            return (f"{word_a}+{word_b}", 1.0) if word_a == "new" else (None, None)

    picky = Picky(CORPUS)
    assert picky[["new", "york", "bank", "of"]] == ["new+york", "bank", "of"]
    assert picky.find_phrases(CORPUS) == picky.find_phrases(iter(CORPUS)) == {"new+york": 1.0}
    assert set(picky.export_phrases()) == {"new+york"}


def test_find_phrases():
    phrases = Phrases(CORPUS, min_count=1, threshold=0.5, connector_words=ENGLISH_CONNECTOR_WORDS)
    found = phrases.find_phrases(CORPUS)
    assert found == {key: score for key, score in phrases.export_phrases().items() if key in found}
    assert {"new_york", "bank_of_america"} <= set(found)
    assert phrases.freeze().find_phrases(CORPUS) == found


def test_str():
    phrases = Phrases(CORPUS)
    assert (
        str(phrases)
        == repr(phrases)
        == f"Phrases<{len(phrases.vocab)} vocab, min_count=5, threshold=10.0, max_vocab_size=40000000>"
    )
    assert str(phrases.freeze()) == "FrozenPhrases<0 phrases, min_count=5, threshold=10.0>"
    assert Phraser is FrozenPhrases


def test_pickle_and_copies():
    phrases = Phrases(CORPUS, min_count=1, threshold=0.5)
    for model in (phrases, phrases.freeze()):
        assert model[["new", "york"]] == ["new_york"]
        again = pickle.loads(pickle.dumps(model))
        assert again[["new", "york"]] == ["new_york"]
        assert str(again) == str(model)
    again.phrasegrams["a_b"] = 9.0
    assert again[["a", "b"]] == ["a_b"]


@pytest.mark.parametrize(
    ("arguments", "error", "text"),
    [
        ({"min_count": 0}, ValueError, "min_count should be at least 1, got 0"),
        ({"min_count": "5"}, TypeError, "min_count"),
        ({"threshold": 0}, ValueError, "threshold should be positive for default scoring, got 0"),
        ({"scoring": "npmi"}, ValueError, "threshold should be between -1 and 1 for npmi scoring, got 10.0"),
        ({"threshold": float("nan")}, ValueError, "threshold"),
        ({"scoring": "best"}, ValueError, "unknown scoring method string 'best'"),
        ({"scoring": lambda worda_count: 1}, ValueError, r"missing expected parameters \['wordb_count'"),
        ({"scoring": 7}, TypeError, "scoring must be 'default', 'npmi' or a function, got 7"),
        ({"delimiter": b"_"}, TypeError, r"delimiter must be a str .* got b'_'"),
        ({"delimiter": ""}, ValueError, "delimiter must have at least one character"),
        ({"connector_words": "of the"}, TypeError, r"got 'of the'; e\.g\. 'of the'\.split\(\)"),
        ({"connector_words": [1]}, TypeError, "connector_words must be str, got 1"),
        ({"max_vocab_size": 0}, ValueError, "max_vocab_size"),
        ({"progress_per": 0}, ValueError, "progress_per"),
        ({"common_terms": ["of"]}, TypeError, "common_terms was renamed connector_words"),
        ({"limit": 1}, TypeError, "unexpected keyword argument 'limit'"),
    ],
)
def test_bad_arguments(arguments, error, text):
    with pytest.raises(error, match=text):
        Phrases([["a"]], **arguments)


def test_export_phrases_takes_no_sentences():
    with pytest.raises(TypeError, match="use find_phrases"):
        Phrases(CORPUS).export_phrases(CORPUS)


def test_a_token_that_is_no_str():
    with pytest.raises(TypeError, match="token 7 is of type int"):
        Phrases(CORPUS)[["new", 7]]


def test_sentences_whose_code_joins_others():
    phrases = Phrases(CORPUS, min_count=1, threshold=0.5)

    def sentence():
        for word in ["new", "york", "is", "big"]:
            assert phrases[["of", "america"]] == ["of_america"]
            yield word

    wanted = phrases[["new", "york", "is", "big"]]
    assert wanted[0] == "new_york"
    assert phrases[sentence()] == wanted
    assert [token for token, _ in phrases.analyze_sentence(sentence())] == wanted


def test_scorers_that_count_more():
    """The table moves while it is gone over."""
    phrases = Phrases(CORPUS, min_count=1, threshold=0.5)
    wanted = list(phrases.export_phrases())
    number = iter(range(10**6))

    def growing(worda_count, wordb_count, bigram_count, len_vocab, min_count, corpus_word_count):
        phrases.add_vocab([[f"more{next(number)}" for _ in range(300)]])
        return original_scorer(worda_count, wordb_count, bigram_count, len_vocab, min_count, corpus_word_count)

    phrases.scoring = growing
    assert list(phrases.export_phrases()) == wanted


def test_threads_join_with_one_model():
    phrases = Phrases(CORPUS, min_count=1, threshold=0.5)
    for model in (phrases, phrases.freeze()):
        wanted = [model[sentence] for sentence in CORPUS]
        with ThreadPoolExecutor(4) as pool:
            running = [pool.submit(lambda m: [m[iter(sentence)] for sentence in CORPUS * 20], model) for _ in range(8)]
            assert all(future.result(timeout=60) == wanted * 20 for future in running)


def test_a_scorer_that_raises():
    def broken(worda_count, wordb_count, bigram_count, len_vocab, min_count, corpus_word_count):
        raise ArithmeticError("broken")

    with pytest.raises(ArithmeticError):
        Phrases(CORPUS, scoring=broken)[["new", "york"]]


class Scalar:
    """As pyarrow's, which are equal to no str."""

    def __init__(self, value):
        self.value = value

    def as_py(self):
        return self.value


Scalar.__module__ = "pyarrow.lib"


@pytest.mark.parametrize("kind", [np.str_, Scalar], ids=lambda kind: kind.__name__)
def test_scalars_of_array_libraries_are_the_str_that_they_hold(kind):
    corpus = [["new", "york", "city"], ["of", "new", "york"]] * 5
    scalars = [[kind(word) for word in words] for words in corpus]
    settings = {"min_count": 1, "threshold": 0.01, "connector_words": ["of"]}
    expected, phrases = Phrases(corpus, **settings), Phrases(scalars, **settings)
    assert dict(phrases.vocab) == dict(expected.vocab)
    for model in (phrases, phrases.freeze()):
        assert model[scalars[0]] == model[iter(scalars[0])] == expected[corpus[0]]
        assert list(model[scalars]) == list(expected[corpus])
        assert {type(word) for words in model[scalars] for word in words} == {str}
        assert model.find_phrases(scalars) == expected.find_phrases(corpus)
