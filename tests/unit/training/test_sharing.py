"""What ``negative_sharing="auto"`` takes, at the borders of the law, and what is said about it."""

import re

import numpy as np
import pytest

from w2vcore.model.config import CBOW, HIERARCHICAL, NEGATIVE, SENTENCE, SKIP_GRAM, TrainingConfig
from w2vcore.objectives.base import Objective
from w2vcore.objectives.hierarchical_softmax import LEAST_WORDS_IN_TREE
from w2vcore.objectives.registry import OBJECTIVES
from w2vcore.objectives.sharing import LEAST_NOISE_WORDS, effective_number
from w2vcore.training.sharing import choose_sharing

KEEP_ALL = 2**32 - 1


class Own(Objective):
    name = "of somebody else"


@pytest.fixture(autouse=True)
def registered(monkeypatch):
    monkeypatch.setitem(OBJECTIVES, Own.name, Own)


def chosen(words, asked="auto", counts=None, keep=KEEP_ALL, **settings):
    """The choice for that many words, all equally frequent."""
    config = TrainingConfig(**{"architecture": SKIP_GRAM, **settings})
    counts = np.full(words, 7, np.int64) if counts is None else np.asarray(counts, np.int64)
    return choose_sharing(asked, config, counts, np.full(len(counts), keep, np.uint32))[0]


TREE = {"objectives": (HIERARCHICAL,), "negative": 0}
BOTH = {"objectives": (HIERARCHICAL, NEGATIVE)}
OWN = {"objectives": ("of somebody else",)}


@pytest.mark.parametrize("kind", [{}, BOTH, OWN], ids=["noise words", "both", "own"])
def test_it_takes_as_many_noise_words_as_were_measured(kind):
    assert chosen(LEAST_NOISE_WORDS, **kind) == "window"
    assert chosen(LEAST_NOISE_WORDS - 1, **kind) == "pair"


@pytest.mark.parametrize(("negative", "least"), [(1, 2683), (5, 6000), (10, 8485), (20, 12_000)])
def test_more_noise_words_need_more_words(negative, least):
    assert chosen(least, negative=negative) == "window"
    assert chosen(least - 1, negative=negative) == "pair"


def test_an_objective_of_somebody_else_is_judged_as_with_five():
    """Also where `negative` is 0, as nothing else says how many targets it has."""
    assert chosen(LEAST_NOISE_WORDS - 1, negative=0, **OWN) == "pair"
    assert chosen(LEAST_NOISE_WORDS, negative=0, **OWN) == "window"


def test_a_tree_needs_fewer_words():
    assert chosen(LEAST_WORDS_IN_TREE, **TREE) == "window"
    assert chosen(LEAST_WORDS_IN_TREE - 1, **TREE) == "pair"


@pytest.mark.parametrize(("kind", "widest"), [({}, 10), (OWN, 10), (TREE, 5), (BOTH, 5)])
def test_wide_windows_do_not_share(kind, widest):
    assert chosen(1_000_000, window=widest, **kind) == "window"
    assert chosen(1_000_000, window=widest + 1, **kind) == "pair"
    assert chosen(1_000_000, window=SENTENCE, **kind) == "pair"


@pytest.mark.parametrize("kind", [TREE, BOTH])
def test_a_tree_is_not_shared_without_subsampling(kind):
    assert chosen(1_000_000, subsample=False, **kind) == "pair"
    assert chosen(1_000_000, subsample=False) == "window"


@pytest.mark.parametrize("asked", ["pair", "window"])
@pytest.mark.parametrize("words", [1, 1_000_000])
def test_what_is_asked_for_is_taken(asked, words):
    assert chosen(words, asked, window=SENTENCE) == asked


def test_a_few_words_that_are_nearly_all_noise_are_a_small_vocabulary():
    """However many rare ones there are beside them."""
    head, tail = np.full(500, 1_000_000), np.ones(100_000)
    assert chosen(0, counts=np.concatenate([head, tail])) == "pair"
    assert chosen(0, counts=np.concatenate([head, tail]), ns_exponent=0.0) == "window"


def test_a_tree_is_judged_by_the_words_that_subsampling_leaves():
    counts = np.concatenate([np.full(10, 1_000_000), np.full(LEAST_WORDS_IN_TREE, 100)])
    keep = np.concatenate([np.full(10, KEEP_ALL // 10_000), np.full(LEAST_WORDS_IN_TREE, KEEP_ALL)])
    config = TrainingConfig(architecture=SKIP_GRAM, **TREE)
    assert choose_sharing("auto", config, counts, keep.astype(np.uint32))[0] == "window"
    assert choose_sharing("auto", config, counts, np.full(len(counts), KEEP_ALL, np.uint32))[0] == "pair"


@pytest.mark.parametrize("counts", [[], [0, 0, 0], [1]])
@pytest.mark.parametrize("kind", [{}, TREE])
def test_next_to_no_words_are_few(counts, kind):
    assert chosen(0, counts=counts, **kind) == "pair"


def test_words_that_were_never_counted_are_all_drawn_alike():
    """As their noise words are: a vocabulary may come without counts."""
    assert chosen(0, counts=np.zeros(LEAST_NOISE_WORDS)) == "window"


@pytest.mark.parametrize("exponent", [-300.0, -1.0, 0.0, 1.0, 300.0])
def test_any_exponent_is_judged(exponent):
    assert chosen(LEAST_NOISE_WORDS, ns_exponent=exponent) == "window"


def test_the_effective_number_is_that_of_equal_words_as_uncertain():
    assert effective_number(np.full(12, 3.0)) == pytest.approx(12)
    assert effective_number(np.array([5.0, 0.0])) == pytest.approx(1)
    assert effective_number(np.array([0.5, 0.25, 0.25])) == pytest.approx(2**1.5)
    assert effective_number(np.zeros(3)) == effective_number(np.zeros(0)) == 0


@pytest.mark.parametrize(
    ("words", "settings", "reason"),
    [
        (300, {}, r"noise words are as varied as 300 equally frequent ones, fewer than [\d,]+"),
        (50_000, {}, r"noise words are as varied as 50,000 equally frequent ones, at least [\d,]+"),
        (300, TREE, r"words in the tree are as varied as 300 equally frequent ones, fewer than [\d,]+"),
        (50_000, {"window": 11}, "window=11 is wider than 10"),
        (50_000, {"window": SENTENCE}, "window='sentence' is wider than 10"),
        (50_000, {"subsample": False, **TREE}, "sample=0"),
    ],
)
def test_it_says_why(words, settings, reason):
    config = TrainingConfig(architecture=SKIP_GRAM, **settings)
    counts = np.ones(words, np.int64)
    said = choose_sharing("auto", config, counts, np.full(words, KEEP_ALL, np.uint32))[1]
    assert re.search(reason, said), said


def test_there_is_nothing_to_say_where_nothing_was_chosen():
    config = TrainingConfig(architecture=SKIP_GRAM)
    assert choose_sharing("pair", config, np.ones(3, np.int64), np.full(3, KEEP_ALL, np.uint32)) == ("pair", "")


def test_cbow_has_no_pairs():
    config = TrainingConfig(architecture=CBOW)
    counts = np.ones(50_000, np.int64)
    assert choose_sharing("auto", config, counts, np.full(50_000, KEEP_ALL, np.uint32)) == ("pair", "")
