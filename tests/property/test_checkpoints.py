"""Any run, stopped after any of its checkpoints and resumed, ends as if it had never been stopped."""

import contextlib
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from w2vcore import Word2Vec
from w2vcore.corpus import order
from w2vcore.formats import atomic
from w2vcore.model import config
from w2vcore.word2vec.training import Run

WORDS = st.sampled_from(["a", "b", "c", "d", "e", "f"])
CORPORA = st.lists(st.lists(WORDS, max_size=9), min_size=1, max_size=12).filter(any)


class Stop(Exception):
    """The process died."""


class Stream(list):
    """A list that may give something else each time, for all that w2vcore knows."""


@contextlib.contextmanager
def tiny_jobs():
    """The fixture of that name, for one example."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(config, "SHORTEST_JOB", 1)
        patch.setattr(order, "BATCH_TOKENS", 25)
        yield patch


@settings(deadline=None, max_examples=60)
@given(
    data=CORPORA,
    kind=st.sampled_from([list, Stream]),
    batch_words=st.integers(1, 20),
    every=st.none() | st.integers(1, 40),
    stop=st.integers(0, 12),
    options=st.sampled_from(
        [
            {"sg": 1, "negative_sharing": "window"},
            {"sg": 1, "negative_sharing": "pair"},
            {"sg": 0},
            {"sg": 1, "hs": 1, "negative": 0, "negative_sharing": "window"},
            {"sg": 0, "hs": 1, "min_count": 2},
            {"sg": 0, "shuffle": "jobs", "cache_corpus": True},
            {"sg": 1, "shuffle": "sentences", "cache_corpus": True, "negative_sharing": "pair"},
        ]
    ),
)
def test_stopped_anywhere(data, kind, batch_words, every, stop, options):
    corpus = kind(data)
    arguments = {
        "vector_size": 3,
        "min_count": 1,
        "workers": 1,
        "epochs": 2,
        "sample": 0.1,
        "batch_words": batch_words,
        **options,
    }
    try:
        with tiny_jobs():
            whole = Word2Vec(corpus, **arguments)
    except RuntimeError as error:
        assert "min_count=2" in str(error)
        return
    written = []
    original = Run.checkpoint_due

    def write(self, state):
        original(self, state)
        written.append(state)
        if len(written) == stop + 1:
            raise Stop

    with tempfile.TemporaryDirectory() as folder, tiny_jobs() as patch:
        path = Path(folder) / "c"
        patch.setattr(atomic, "_sync", lambda path: None)
        with patch.context() as inner:
            inner.setattr(Run, "checkpoint_due", write)
            with contextlib.suppress(Stop):
                Word2Vec(corpus, checkpoint=path, checkpoint_every=every, **arguments)
        resumed = Word2Vec.resume(path, corpus)
    assert resumed.wv.vectors.tobytes() == whole.wv.vectors.tobytes()
    for name in ("syn1", "syn1neg"):
        assert (getattr(resumed, name, None) is None) == (getattr(whole, name, None) is None)
        if hasattr(whole, name):
            assert getattr(resumed, name).tobytes() == getattr(whole, name).tobytes()
    assert [epoch["alpha"] for epoch in resumed.training_history] == [
        epoch["alpha"] for epoch in whole.training_history
    ]
