"""Counting, trimming, ordering, thinning out: gensim's numbers, and words where gensim is silent."""

import logging
import math
import os
import warnings
from pathlib import Path

import numpy as np
import pytest

from w2vcore.corpus.readers import CorpusFile
from w2vcore.corpus.shortfall import shortfall
from w2vcore.corpus.trimming import RULE_DEFAULT, RULE_DISCARD, RULE_KEEP
from w2vcore.corpus.vocabulary import (
    RawCounts,
    count_tokens,
    downsample,
    given_counts,
    retain,
)

STORY = (
    "the cat sat on the mat and the dog sat on the log while the cat and the dog saw the owl fly over the mat "
    "an owl and a cat and a dog sat"
)
TEXT = STORY.split()
SENTENCES = [TEXT[i : i + 7] for i in range(0, len(TEXT), 7)]

# Made with gensim 4.4.0 (Python 3.11, numpy 2.4): Word2Vec(vector_size=2, **settings).build_vocab(SENTENCES), then
# wv.index_to_key with get_vecattr(key, "count") and get_vecattr(key, "sample_int"); the last two numbers are
# prepare_vocab()'s downsample_unique and downsample_total.
FULL = 4294967295
GENSIM = [
    (
        {"min_count": 1},
        0.001,
        "the 8 302875865  and 4 439338366  dog 3 514017440  sat 3 514017440  cat 3 514017440  a 2 643332695  "
        "owl 2 643332695  mat 2 643332695  on 2 643332695  an 1 953838660  over 1 953838660  fly 1 953838660  "
        "saw 1 953838660  while 1 953838660  log 1 953838660",
        15,
        4,
    ),
    (
        {"min_count": 1},
        0.05,
        f"the 8 2948311108  and 4 {FULL}  dog 3 {FULL}  sat 3 {FULL}  cat 3 {FULL}  a 2 {FULL}  owl 2 {FULL}  "
        f"mat 2 {FULL}  on 2 {FULL}  an 1 {FULL}  over 1 {FULL}  fly 1 {FULL}  saw 1 {FULL}  while 1 {FULL}  log 1 {FULL}",
        1,
        32,
    ),
    (
        {"min_count": 2},
        1,
        f"the 8 3221225471  and 4 {FULL}  dog 3 {FULL}  sat 3 {FULL}  cat 3 {FULL}  a 2 {FULL}  owl 2 {FULL}  "
        f"mat 2 {FULL}  on 2 {FULL}",
        1,
        27,
    ),
    (
        {"min_count": 2},
        0,
        f"the 8 {FULL}  and 4 {FULL}  dog 3 {FULL}  sat 3 {FULL}  cat 3 {FULL}  a 2 {FULL}  owl 2 {FULL}  "
        f"mat 2 {FULL}  on 2 {FULL}",
        0,
        29,
    ),
    (
        {"min_count": 1, "sorted_vocab": False},
        0.2,
        f"the 8 {FULL}  cat 3 {FULL}  sat 3 {FULL}  on 2 {FULL}  mat 2 {FULL}  and 4 {FULL}  dog 3 {FULL}  log 1 {FULL}  "
        f"while 1 {FULL}  saw 1 {FULL}  owl 2 {FULL}  fly 1 {FULL}  over 1 {FULL}  an 1 {FULL}  a 2 {FULL}",
        0,
        35,
    ),
    (
        {"min_count": 1, "max_final_vocab": 5},  # no tie at the border: gensim keeps as many, with the same threshold 3
        0.01,
        "the 8 808607125  and 4 1209586419  dog 3 1436989245  sat 3 1436989245  cat 3 1436989245",
        5,
        5,
    ),
]


@pytest.mark.parametrize(("settings", "sample", "table", "unique", "total"), GENSIM)
def test_index_order_and_keep_thresholds_are_gensims(settings, sample, table, unique, total):
    rows = [row.split() for row in table.split("  ")]
    retained = retain(count_tokens(SENTENCES).counts, **settings)
    thinned = downsample(retained.counts, sample)
    assert retained.keys == [row[0] for row in rows]
    assert retained.counts.tolist() == [int(row[1]) for row in rows]
    assert thinned.keep.tolist() == [int(row[2]) for row in rows]
    assert (thinned.unique, thinned.total) == (unique, total)
    assert retained.counts.dtype == np.int64
    assert thinned.keep.dtype == np.uint32
    if "max_final_vocab" in settings:
        assert retained.effective_min_count == 3


def test_retain_reports_what_went():
    retained = retain(count_tokens(SENTENCES).counts, min_count=2)
    assert (retained.drop_unique, retained.original_unique) == (6, 15)
    assert (retained.retain_total, retained.original_total) == (29, 35)


@pytest.mark.parametrize("size", range(1, 17))
def test_max_final_vocab_is_exact_and_takes_the_first_in_index_order(size):
    counts = count_tokens(SENTENCES).counts
    everything = retain(counts, min_count=1)
    retained = retain(counts, min_count=1, max_final_vocab=size)
    assert retained.keys == everything.keys[:size]
    assert retained.retain_total == sum(counts[key] for key in retained.keys)
    assert retained.drop_unique == 15 - len(retained.keys)
    unsorted = retain(counts, min_count=1, max_final_vocab=size, sorted_vocab=False)
    assert unsorted.keys == [key for key in counts if key in set(retained.keys)]


def test_max_final_vocab_and_min_count_hold_together():
    counts = count_tokens(SENTENCES).counts
    assert retain(counts, min_count=4, max_final_vocab=5).keys == ["the", "and"]
    assert retain(counts, min_count=4, max_final_vocab=5).effective_min_count == 4
    assert retain(counts, min_count=2, max_final_vocab=4).effective_min_count == 3
    with pytest.raises(ValueError, match="max_final_vocab must be at least 1, or None for no limit, got 0"):
        retain(counts, min_count=1, max_final_vocab=0)


def test_trim_rule_keeps_discards_and_leaves_to_min_count():
    seen = []

    def rule(word, count, min_count):
        seen.append((word, count, min_count))
        return {"the": RULE_DISCARD, "log": RULE_KEEP}.get(word, RULE_DEFAULT)

    counts = count_tokens(SENTENCES).counts
    retained = retain(counts, min_count=3, trim_rule=rule)
    assert retained.keys == ["and", "dog", "sat", "cat", "log"]
    assert seen == [(word, count, 3) for word, count in counts.items()]
    assert all(type(count) is int for _, count, _ in seen)
    # what the rule insists on comes first when there is not room for all
    assert retain(counts, min_count=1, max_final_vocab=2, trim_rule=rule).keys == ["and", "log"]


def prune_slowly(sentences, max_vocab_size):
    """The scan of gensim-behaviour 10.1, word for word."""
    counts, min_reduce = {}, 1
    for sentence in sentences:
        for word in sentence:
            counts[word] = counts.get(word, 0) + 1
        if len(counts) > max_vocab_size:
            counts = {word: count for word, count in counts.items() if count >= min_reduce}
            min_reduce += 1
    return counts


@pytest.mark.parametrize("size", [3, 5, 8, 11])
def test_max_vocab_size_prunes_as_gensim_does_and_says_how_much(size):
    expected = prune_slowly(SENTENCES, size)
    with pytest.warns(UserWarning, match=rf"max_vocab_size={size} dropped .* word types") as caught:
        raw = count_tokens(SENTENCES, max_vocab_size=size)
    assert len(caught) == 1
    assert caught[0].filename == __file__
    assert list(raw.counts.items()) == list(expected.items())
    assert raw.pruned >= 15 - len(expected)
    assert raw.words == 35


def test_max_vocab_size_that_is_not_reached_is_silent():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert count_tokens(SENTENCES, max_vocab_size=15).pruned == 0


def test_pruning_obeys_the_trim_rule():
    def rule(word, count, min_count):
        return RULE_KEEP if word == "mat" else RULE_DISCARD

    with pytest.warns(UserWarning, match="max_vocab_size=4"):
        raw = count_tokens(SENTENCES, max_vocab_size=4, trim_rule=rule)
    assert raw.counts == {"mat": 2}


@pytest.mark.parametrize("base", [2**31, 2**32, 2**53])
def test_counters_beyond_32_bits(base):
    counts = {"a": base - 1, "b": base, "c": base + 1, "d": 1}
    retained = retain(counts, min_count=base)
    assert retained.keys == ["c", "b"]
    assert retained.counts.tolist() == [base + 1, base]
    assert retained.retain_total == 2 * base + 1
    assert retained.original_total == 3 * base + 1
    thinned = downsample(np.array([base + 1, base, base - 1, 1], np.int64), 1e-3)
    p = (math.sqrt(1 / 3 / 1e-3) + 1) * (3 * 1e-3)
    assert thinned.keep[:3] / FULL == pytest.approx(p, rel=1e-6)
    assert thinned.keep[3] == FULL
    assert thinned.total == pytest.approx(p * 3 * base, rel=1e-6)
    assert thinned.unique == 3


def test_downsampling_at_its_borders():
    assert downsample(np.array([], np.int64), 1e-3).keep.tolist() == []
    assert downsample(np.array([0, 0], np.int64), 1e-3).keep.tolist() == [FULL, FULL]
    assert downsample(np.array([0, 1000], np.int64), 1e-3).keep[0] == FULL
    assert downsample(np.array([1000, 1], np.int64), 0).keep.tolist() == [FULL, FULL]
    for bad in (-1e-3, math.nan, math.inf, "0.001"):
        with pytest.raises(ValueError, match="sample must be a finite number of at least 0"):
            downsample(np.array([1]), bad)


def test_keys_of_any_hashable_type_numpy_scalars_become_pythons():
    raw = count_tokens([[np.int64(5), 5, np.str_("w"), "w", ("a", 1), 2.5], np.array(["w", "v"])])
    assert raw.counts == {5: 2, "w": 3, ("a", 1): 1, 2.5: 1, "v": 1}
    assert [type(key) for key in raw.counts] == [int, str, tuple, float, str]


class NAType:
    """Stands for pandas.NA, whose class has this name."""

    def __repr__(self):
        return "<NA>"


@pytest.mark.parametrize(
    ("missing", "shown"), [(None, "None"), (math.nan, "nan"), (np.float32("nan"), "nan"), (NAType(), "<NA>")]
)
def test_missing_values_are_named_with_their_place(missing, shown):
    with pytest.raises(TypeError, match=f"token 1 of sentence 2 is {shown}; clean missing values first"):
        count_tokens([["a"], [], ["a", missing]])


def test_a_string_as_sentence_warns_once_and_counts_letters(caplog):
    with pytest.warns(UserWarning) as caught:
        raw = count_tokens(["hello world", "bye"])
    assert len(caught) == 1
    assert caught[0].filename == __file__
    text = str(caught[0].message)
    assert "sentence 0 is the string 'hello world'; pass a list of words, e.g. s.split()" in text
    # gensim's log line, which its users' tests look for
    assert "Each 'sentences' item should be a list of words (usually unicode strings)." in caplog.text
    assert raw.counts["l"] == 3
    assert raw.words == 14


def test_a_string_among_lists_is_found_anywhere():
    with pytest.warns(UserWarning, match="sentence 30 is the string 'oh no'"):
        count_tokens([["fine"]] * 30 + ["oh no"])


@pytest.mark.parametrize("corpus", [["human", "interface"], ["human"] * 20])
def test_a_flat_list_of_words_has_its_own_text(corpus):
    with pytest.warns(UserWarning, match=r"got one sentence where a list of sentences is expected; wrap it: \[words\]"):
        count_tokens(corpus)


def test_nothing_left_says_why():
    def message(sentences, **settings):
        raw = count_tokens(sentences)
        return shortfall(raw, retain(raw.counts, **settings))

    assert message([["once", "upon"]], min_count=5) == (
        "no word occurs min_count=5 times: 2 words seen, the most frequent 1 time. Lower min_count or check tokenisation."
    )
    assert "1 word seen, the most frequent 3 times" in message([["a", "a", "a"]], min_count=5)
    assert message([], min_count=1) == "the corpus is empty: 0 sentences seen. The list has none"
    assert message([[], []], min_count=1).startswith("the corpus has no words: 2 sentences seen, all empty")
    rule = message([["a"]], min_count=1, trim_rule=lambda word, count, min_count: RULE_DISCARD)
    assert rule == "trim_rule drops every word: 1 word seen, the most frequent 1 time."
    pruned = RawCounts({}, 9, 3, pruned=9)
    assert shortfall(pruned, retain(pruned.counts, min_count=1)).endswith("; raise max_vocab_size")
    nothing = given_counts({}, sentences=3)
    assert shortfall(nothing, retain(nothing.counts, min_count=1)).startswith("word_freq is empty")


def test_something_left_passes():
    raw = count_tokens([["a"]])
    assert shortfall(raw, retain(raw.counts, min_count=1)) is None


def test_given_counts_are_checked():
    raw = given_counts({"the": np.int64(10), np.str_("cat"): 2}, sentences=4)
    assert raw == RawCounts({"the": 10, "cat": 2}, 0, 4)
    assert all(type(count) is int for count in raw.counts.values())
    with pytest.raises(TypeError, match=r"the count of 'a' must be an int, got 2\.5"):
        given_counts({"a": 2.5})
    with pytest.raises(ValueError, match="the count of 'a' must be at least 0, got -1"):
        given_counts({"a": -1})
    with pytest.raises(TypeError, match=r"word_freq must be a dict of words and their counts, got \['a'\]"):
        given_counts(["a"])
    with pytest.raises(TypeError, match="key 1 of word_freq is None; clean missing values first"):
        given_counts({"a": 1, None: 2})


def test_log_lines_are_gensims(caplog):
    with caplog.at_level(logging.INFO, logger="w2vcore.corpus.vocabulary"):
        retained = retain(count_tokens(SENTENCES, progress_per=2).counts, min_count=2)
        downsample(retained.counts, 0.05)
    assert {record.name for record in caplog.records} == {"w2vcore.corpus.vocabulary"}
    assert [record.getMessage() for record in caplog.records] == [
        "collecting all words and their counts",
        "PROGRESS: at sentence #0, processed 0 words, keeping 0 word types",
        "PROGRESS: at sentence #2, processed 14 words, keeping 9 word types",
        "PROGRESS: at sentence #4, processed 28 words, keeping 14 word types",
        "collected 15 word types from a corpus of 35 raw words and 5 sentences",
        "effective_min_count=2 retains 9 unique words (60.00% of original 15, drops 6)",
        "effective_min_count=2 leaves 29 word corpus (82.86% of original 35, drops 6)",
        "sample=0.05 downsamples 2 most-common words",
    ]


def test_options_of_the_scan_are_checked():
    with pytest.raises(ValueError, match="progress_per must be at least 1, got 0"):
        count_tokens([], progress_per=0)
    with pytest.raises(ValueError, match="max_vocab_size must be at least 1, or None for no limit, got -1"):
        count_tokens([], max_vocab_size=-1)


@pytest.mark.data
def test_a_real_corpus_counts_as_a_plain_dict_does():
    folder = Path(os.environ.get("W2VCORE_DATA", Path(__file__).parents[4] / "shared" / "data"))
    path = folder / "shakespeare.txt"
    if not path.is_file():
        pytest.skip(f"no {path}; set W2VCORE_DATA to the folder of the real corpora")
    counts = {}
    for word in path.read_bytes().decode("utf8").split():
        counts[word] = counts.get(word, 0) + 1
    raw = count_tokens(CorpusFile(path))
    assert list(raw.counts.items()) == list(counts.items())
    assert raw.words == sum(counts.values())
