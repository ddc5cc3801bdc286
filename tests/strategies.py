"""Hypothesis strategies that several tests share; they aim at the borders where the algorithms change."""

import numpy as np
from hypothesis import strategies as st
from problems import ALL_OBJECTIVES, ARCHITECTURES, KEEP_ALL, Problem, tree_of

from w2vcore.model.config import TrainingConfig
from w2vcore.objectives.registry import objective

HEAVIEST = 2.5  # weight of a context

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
def weights_of_windows(draw, window):
    """What `window_weights` may be with a window: drawn windows mostly, names, and numbers with gaps."""
    names = ["dynamic", "harmonic"] if window == "sentence" else ["dynamic", "linear", "harmonic", "sqrt", "numbers"]
    name = draw(st.sampled_from(["dynamic", *names]))
    if name != "numbers":
        return name
    numbers = draw(st.lists(st.sampled_from([0.0, 0.25, 1.0, HEAVIEST]), min_size=window, max_size=window))
    return (*numbers[:-1], numbers[-1] or 1.0)


def own_settings(name):
    """The settings that mean something to this objective alone."""
    values = {
        "candidates": st.sampled_from(["unigram", "log_uniform"]),
        "normaliser": st.sampled_from(["one", "vocabulary"]),
        "subtract_log_q": st.booleans(),
    }
    return st.fixed_dictionaries({setting: values[setting] for setting in objective(name).takes})


@st.composite
def problems(draw):
    """Training problems with any mix of settings."""
    vocabulary = draw(st.sampled_from([1, 2, 3, 7, 40]))
    counts = draw(st.lists(st.integers(1, 1000), min_size=vocabulary, max_size=vocabulary))
    keep = draw(st.lists(st.integers(0, KEEP_ALL), min_size=vocabulary, max_size=vocabulary))
    lock = draw(st.lists(st.sampled_from([0.0, 0.5, 1.0]), min_size=1, max_size=vocabulary + 2))
    objectives = ALL_OBJECTIVES[draw(st.sampled_from(sorted(ALL_OBJECTIVES)))]
    window = draw(st.sampled_from([1, 2, 5, 50, "sentence"]))
    cbow_mean = draw(st.booleans())
    config = TrainingConfig(
        vector_size=draw(vector_sizes),
        **ARCHITECTURES[draw(st.sampled_from(sorted(ARCHITECTURES)))],
        objectives=objectives,
        **draw(own_settings(objectives[0])),
        window=window,
        window_weights=draw(weights_of_windows(window)),
        shrink_windows=draw(st.booleans()),
        negative=draw(st.sampled_from([1, 2, 5, 16, 17, 40])),
        ns_exponent=draw(st.sampled_from([0.75, 0.0, 1.0, -0.5])),
        cbow_mean=cbow_mean,
        cbow_corrected=cbow_mean and draw(st.booleans()),
        shuffle=draw(st.sampled_from([False, "sentences", "jobs"])),
        batch_words=draw(st.sampled_from([1, 8, 10_000])),
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
