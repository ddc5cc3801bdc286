"""The tutorial's arrays: every sequence by itself, the number of examples that the sampling table implies."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from w2vcore import datasets
from w2vcore.preprocessing import generate_training_data, make_sampling_table, skipgrams, vectorize


def pairs_of(targets, contexts):
    return np.stack([targets, contexts[:, 0]], axis=1).tolist()


def one_by_one(sequences, window_size):
    """The true pairs of each sequence, from `skipgrams`, which has an oracle of its own."""
    return [
        pair
        for sequence in sequences
        for pair in skipgrams(sequence, 10, window_size, negative_samples=0, shuffle=False)[0]
    ]


ragged = st.lists(st.lists(st.integers(0, 9), max_size=8), max_size=8)


@settings(deadline=None, max_examples=150)
@given(ragged, st.integers(1, 12), st.integers(0, 4))
def test_no_window_reaches_into_another_sequence(sequences, window_size, num_ns):
    targets, contexts, labels = generate_training_data(sequences, window_size, num_ns, 10, sampling_table=np.ones(10))
    assert pairs_of(targets, contexts) == one_by_one(sequences, window_size)
    assert contexts.shape == labels.shape == (len(targets), num_ns + 1)
    assert {array.dtype for array in (targets, contexts, labels)} == {np.dtype(np.int64)}
    assert (labels == [1, *[0] * num_ns]).all()
    for row in contexts.tolist():
        assert len(set(row)) == num_ns + 1


@settings(deadline=None, max_examples=100)
@given(ragged, st.integers(1, 12))
def test_a_padded_matrix_means_the_same_as_its_rows(sequences, window_size):
    matrix = np.zeros((len(sequences), 9), np.int64)
    for row, sequence in zip(matrix, sequences, strict=True):
        row[: len(sequence)] = sequence
    first = generate_training_data(matrix, window_size, 2, 10, seed=3, sampling_table=np.ones(10))
    assert pairs_of(*first[:2]) == one_by_one(sequences, window_size)


def expected_examples(ids, window_size, table):
    """Mean and standard deviation of the number of examples: each token is kept by itself, with all of its pairs."""
    mean = variance = 0.0
    for row in ids.tolist():
        for place, word in enumerate(row):
            if word:
                near = row[max(0, place - window_size) : place] + row[place + 1 : place + window_size + 1]
                pairs, keep = sum(1 for context in near if context), table[word]
                mean += pairs * keep
                variance += pairs**2 * keep * (1 - keep)
    return mean, variance**0.5


def test_the_tutorials_settings():
    """Vocabulary 4,096, sequences of 10, window 2, 4 noise words: 65,136 examples in the mean, standard deviation 401.

    The tutorial printed 64,362, which is 1.9 standard deviations off. Five of them leave a false alarm to chance once in
    1.7 million seeds; the seed is fixed.
    """
    lines = [line for line in datasets.shakespeare().read_text(encoding="utf8").split("\n") if line]
    ids, _ = vectorize(lines, max_tokens=4096, output_sequence_length=10)
    mean, deviation = expected_examples(ids, 2, make_sampling_table(4096))
    assert (round(mean), round(deviation)) == (65136, 401)
    assert abs(64362 - mean) < 2 * deviation
    targets, contexts, labels = generate_training_data(ids, window_size=2, num_ns=4, vocab_size=4096, seed=42)
    assert abs(len(targets) - mean) < 5 * deviation
    assert contexts.shape == labels.shape == (len(targets), 5)
    assert targets.min() >= 1 and contexts[:, 0].min() >= 1
    assert not (contexts[:, 1:] == contexts[:, :1]).any()
    again = generate_training_data(ids, window_size=2, num_ns=4, vocab_size=4096, seed=42)
    assert all((one == other).all() for one, other in zip((targets, contexts, labels), again, strict=True))


def test_nothing_gives_empty_arrays():
    for sequences in ([], [[]], [[5]], np.zeros((3, 4), np.int64)):
        targets, contexts, labels = generate_training_data(sequences, 2, 3, 10)
        assert targets.shape == (0,) and contexts.shape == labels.shape == (0, 4)


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"sequences": [[1], [2, 77]]}, ValueError, "sequence 1 must hold ids from 0 to vocab_size - 1 = 9, got 77"),
        ({"sequences": np.array([[1, 77]])}, ValueError, "sequences must hold ids from 0 .* got 77"),
        ({"sequences": "a text"}, TypeError, "sequences must be sequences of ids, got 'a text'"),
        ({"sequences": ["a text"]}, ValueError, "sequence 0 must be a flat sequence of ids"),
        ({"sequences": [["a", "text"]]}, TypeError, "sequence 0 must hold ids, which are ints"),
        ({"window_size": 0}, ValueError, "window_size must be an int at least 1, got 0"),
        ({"num_ns": -1}, ValueError, "num_ns must be an int at least 0, got -1"),
        ({"num_ns": 10}, ValueError, "num_ns must be below vocab_size=10, as noise words are distinct, got 10"),
        ({"vocab_size": 2.5}, ValueError, "vocab_size must be an int at least 1, got 2.5"),
        ({"sampling_table": [1.0]}, ValueError, "sampling_table must have a probability for each id up to 2"),
        ({"seed": "x"}, TypeError, "seed must be an int at least 0, got 'x'"),
    ],
)
def test_arguments_are_named(change, error, message):
    with pytest.raises(error, match=message):
        generate_training_data(**({"sequences": [[1, 2]], "window_size": 2, "num_ns": 2, "vocab_size": 10} | change))
