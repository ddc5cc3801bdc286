"""The noise distribution that an alias table implies is exact; selectors name distinct rows."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from w2vcore.model.config import TrainingConfig
from w2vcore.objectives.huffman import huffman
from w2vcore.objectives.negative_sampling import NegativeSampling, alias_table, noise_weights
from w2vcore.objectives.registry import objective


def implied(threshold, alias):
    """Probability of each row that the table implies."""
    share = np.where(alias == np.arange(len(alias)), 1.0, threshold / 2.0**32)
    out = share.copy()
    np.add.at(out, alias, 1.0 - share)
    return out / len(alias)


@settings(deadline=None)
@given(st.lists(st.integers(0, 2**62), min_size=1, max_size=60), st.sampled_from([0.75, 0.0, 1.0, -0.5, 3.0]))
def test_alias_table_is_exact(counts, exponent):
    counts = np.array(counts, np.int64)
    weights = noise_weights(counts, exponent)
    # each slot is rounded down to 2**-32, and a slot is 1/V of the whole
    np.testing.assert_allclose(implied(*alias_table(counts, exponent)), weights / weights.sum(), atol=2.0**-31)


def test_noise_weights_do_not_overflow():
    weights = noise_weights(np.array([1, 10**18]), 50.0)
    assert np.isfinite(weights).all()
    assert weights[1] == 1
    assert noise_weights(np.array([0, 5, 1]), -0.5)[0] == 0


def test_selector_names_distinct_rows_and_counts_repeats():
    config = TrainingConfig(negative=200)
    selector = NegativeSampling.selector(config, np.array([5, 3, 2]))
    rows, labels, counts, _ = selector(1, 17)
    assert rows[0] == 1
    assert labels[0] == 1
    assert counts[0] == 1
    assert len(set(rows.tolist())) == len(rows)
    assert not labels[1:].any()
    assert 0 < counts[1:].sum() < 200  # draws of the centre are dropped


@pytest.mark.parametrize("negative", [1, 11, 12, 64, 2047, 2048])  # of the last, all pairs are compared again
@pytest.mark.parametrize("name", ["negative", "nce", "sampled_softmax"])
def test_repeats_are_merged_as_the_reference_merges_them(name, negative):
    config, counts = TrainingConfig(negative=negative), 10_000 // np.arange(1, 1001)
    selector, reference = objective(name).selector(config, counts), objective(name)(config, counts)
    for centre in (0, 999):
        rows, labels, times, offsets = selector(centre, 17)
        named = reference.select(0, centre, 17, 0)
        np.testing.assert_array_equal(rows, named.rows)
        np.testing.assert_array_equal(times, named.counts)
        np.testing.assert_array_equal(labels, np.float32(named.labels))
        assert offsets is None or np.array_equal(offsets, np.float32(named.offsets))
        assert negative < 64 or len(rows) <= negative


def test_draws_depend_on_position_and_draw_number_alone():
    config = TrainingConfig(negative=4)
    selector = NegativeSampling.selector(config, np.arange(1, 1001))

    def drawn(draw0, n):
        few = NegativeSampling.selector(TrainingConfig(negative=n), np.arange(1, 1001))
        rows, _, counts, _ = few(2000, 5, draw0) if n else selector(0, 5, draw0)
        return sorted(np.repeat(rows[1:], counts[1:].astype(int)).tolist())

    assert drawn(0, 8) == sorted(drawn(0, 3) + drawn(3, 5))


def test_registry_lists_the_known_names():
    with pytest.raises(ValueError, match=r"\['nce', 'negative', 'sampled_softmax', 'softmax', 'tree'\], got 'sampled'"):
        objective("sampled")


def test_huffman_of_unsorted_and_huge_counts():
    tree = huffman(np.array([2**61, 1, 2**60]))
    lengths = np.diff(tree.offsets)
    assert lengths.tolist() == [1, 2, 2]
