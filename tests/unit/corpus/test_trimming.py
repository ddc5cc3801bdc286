"""A trim_rule is a function, and its answers are three numbers: checked wherever it is asked."""

import enum

import numpy as np
import pytest

from w2vcore import Word2Vec, utils
from w2vcore.corpus.trimming import RULE_DEFAULT, RULE_DISCARD, RULE_KEEP, answer_of, keep_vocab_item
from w2vcore.corpus.vocabulary import count_tokens, retain

SMALL = {"vector_size": 4, "min_count": 1, "workers": 1, "epochs": 2, "sample": 0}
SENTENCES = [["a", "b", "c"], ["b", "c", "d"], ["e", "f", "b"]] * 3


def answering(answer):
    return lambda word, count, min_count: answer


def test_the_three_answers():
    assert (RULE_DEFAULT, RULE_DISCARD, RULE_KEEP) == (0, 1, 2)
    assert keep_vocab_item("w", 5, 5)
    assert not keep_vocab_item("w", 4, 5)
    for answer, seldom, often in ((RULE_KEEP, True, True), (RULE_DISCARD, False, False), (RULE_DEFAULT, False, True)):
        assert keep_vocab_item("w", 1, 5, answering(answer)) is seldom
        assert keep_vocab_item("w", 9, 5, answering(answer)) is often


def test_any_int_that_is_one_of_them():
    class Rule(enum.IntEnum):
        KEEP = 2

    for answer in (2, np.int8(2), np.uint64(2), Rule.KEEP):
        assert answer_of(answering(answer), "w", 1, 5) == RULE_KEEP


WRONG = [
    (None, TypeError, "got None for the word 'a'; is a return missing on one of its ways?"),
    (True, TypeError, "got True for the word 'a'"),
    (False, TypeError, "got False for the word 'a'"),
    (np.True_, TypeError, "got np.True_ for the word 'a'"),
    ("RULE_KEEP", TypeError, "got 'RULE_KEEP' for the word 'a'"),
    (1.0, TypeError, "got 1.0 for the word 'a'"),
    (3, ValueError, "got 3 for the word 'a'"),
    (-1, ValueError, "got -1 for the word 'a'"),
]

# Every place where a rule is asked: in the constructor, when a vocabulary is built, while it is pruned, and by hand.
ASKED = {
    "Word2Vec": lambda rule: Word2Vec(SENTENCES, trim_rule=rule, **SMALL),
    "pruning": lambda rule: Word2Vec(SENTENCES, trim_rule=rule, max_vocab_size=2, **SMALL),
    "build_vocab": lambda rule: Word2Vec(**SMALL).build_vocab(SENTENCES, trim_rule=rule),
    "scan_vocab": lambda rule: Word2Vec(max_vocab_size=2, **SMALL).scan_vocab(SENTENCES, trim_rule=rule),
    "update": lambda rule: Word2Vec(SENTENCES, **SMALL).build_vocab(SENTENCES, update=True, trim_rule=rule),
    "build_vocab_from_freq": lambda rule: Word2Vec(**SMALL).build_vocab_from_freq({"a": 3}, trim_rule=rule),
    "prepare_vocab": lambda rule: scanned().prepare_vocab(trim_rule=rule),
    "dry run": lambda rule: scanned().prepare_vocab(trim_rule=rule, dry_run=True),
    "count_tokens": lambda rule: count_tokens(SENTENCES, trim_rule=rule, max_vocab_size=2),
    "retain": lambda rule: retain({"a": 3}, min_count=1, trim_rule=rule),
    "keep_vocab_item": lambda rule: utils.keep_vocab_item("a", 1, 1, rule),
    "prune_vocab": lambda rule: utils.prune_vocab({"a": 3}, 1, rule),
}


def scanned():
    model = Word2Vec(**SMALL)
    model.scan_vocab(SENTENCES)
    return model


@pytest.mark.parametrize("place", ASKED)
@pytest.mark.parametrize(("answer", "error", "text"), WRONG, ids=[repr(row[0]) for row in WRONG])
def test_other_answers_are_named(place, answer, error, text):
    with pytest.raises(error) as caught:
        ASKED[place](answering(answer))
    allowed = "trim_rule must return utils.RULE_DEFAULT, RULE_DISCARD or RULE_KEEP, "
    assert str(caught.value) == allowed + text


def test_what_is_advised_can_be_written():
    def rule(word, count, min_count):
        return utils.RULE_KEEP if word == "a" else utils.RULE_DEFAULT

    assert "a" in Word2Vec(SENTENCES, trim_rule=rule, **{**SMALL, "min_count": 9}).wv


@pytest.mark.parametrize("place", [*ASKED, "no corpus"])
@pytest.mark.parametrize("rule", ["keep", utils.RULE_KEEP, ["a"], {"a": 2}])
def test_what_cannot_be_called(place, rule):
    call = ASKED.get(place, lambda rule: Word2Vec(trim_rule=rule, **SMALL))
    with pytest.raises(TypeError, match=r"trim_rule must be None or a function f\(word, count, min_count\) .*, got "):
        call(rule)


def test_it_is_refused_before_the_corpus_is_read():
    def sentences():
        raise AssertionError("read")
        yield

    for call in (
        lambda: Word2Vec(sentences(), trim_rule=2, cache_corpus=True, **SMALL),
        lambda: Word2Vec(**SMALL).build_vocab(sentences(), trim_rule=2),
        lambda: Word2Vec(**SMALL).scan_vocab(sentences(), trim_rule=2),
    ):
        with pytest.raises(TypeError, match="trim_rule must be None or a function"):
            call()


def test_what_a_rule_raises_comes_out():
    def rule(word, count):
        return utils.RULE_KEEP

    with pytest.raises(TypeError, match="takes 2 positional arguments but 3 were given"):
        Word2Vec(SENTENCES, trim_rule=rule, **SMALL)
