"""Hypothesis strategies that several tests share; they aim at the borders where the algorithms change."""

import numpy as np
from hypothesis import strategies as st
from problems import ARCHITECTURES, KEEP_ALL, OBJECTIVES, Problem, tree_of

from w2vcore.model.config import TrainingConfig

# Row padding is 16 floats; vectors of one kernel strip, just less, just more, and several.
vector_sizes = st.sampled_from([1, 2, 15, 16, 17, 31, 32, 33, 48, 100])

# Word counts of a vocabulary: small ones with ties, and ones whose sums pass 2**53.
count_lists = st.one_of(
    st.lists(st.integers(0, 6), min_size=1, max_size=40),
    st.lists(st.integers(1, 10**6), min_size=1, max_size=40),
    st.lists(st.integers(2**53 - 2, 2**53 + 2), min_size=1, max_size=40),
    st.lists(st.integers(2**58, 2**58 + 9), min_size=1, max_size=30),
)


def sentences(vocabulary, max_sentences=6, max_length=14):
    """Lists of ids below `vocabulary`, empty and one-word sentences among them."""
    return st.lists(st.lists(st.integers(0, vocabulary - 1), max_size=max_length), max_size=max_sentences)


@st.composite
def problems(draw):
    """Training problems with any mix of settings."""
    vocabulary = draw(st.sampled_from([1, 2, 3, 7, 40]))
    counts = draw(st.lists(st.integers(1, 1000), min_size=vocabulary, max_size=vocabulary))
    keep = draw(st.lists(st.integers(0, KEEP_ALL), min_size=vocabulary, max_size=vocabulary))
    lock = draw(st.lists(st.sampled_from([0.0, 0.5, 1.0]), min_size=1, max_size=vocabulary + 2))
    config = TrainingConfig(
        vector_size=draw(vector_sizes),
        **ARCHITECTURES[draw(st.sampled_from(sorted(ARCHITECTURES)))],
        objectives=OBJECTIVES[draw(st.sampled_from(sorted(OBJECTIVES)))],
        window=draw(st.sampled_from([1, 2, 5, 50, "sentence"])),
        shrink_windows=draw(st.booleans()),
        negative=draw(st.sampled_from([1, 2, 5, 16, 17, 40])),
        ns_exponent=draw(st.sampled_from([0.75, 0.0, 1.0, -0.5])),
        cbow_mean=draw(st.booleans()),
        subsample=draw(st.booleans()),
        workers=1,
        seed=draw(st.integers(0, 2**64 - 1)),
        compute_loss=draw(st.booleans()),
    )
    grown_from = draw(st.lists(st.integers(1, vocabulary), max_size=3).map(sorted))
    return Problem(
        draw(sentences(vocabulary)),
        np.array(counts, np.int64),
        config,
        np.array(keep, np.uint32),
        np.array(lock, np.float32),
        position=draw(st.sampled_from([0, 1, 2**32 - 3, 2**40])),
        tree=tree_of(counts, *grown_from) if grown_from else None,
    )
