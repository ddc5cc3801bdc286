"""`batch_words=4`, as in node2vec's README: jobs are not that small. Jobs are counted here, not timed."""

import numpy as np
import pytest

from w2vcore import Word2Vec
from w2vcore.backends import threads
from w2vcore.corpus import encoding, spooling
from w2vcore.formats import atomic
from w2vcore.model import config
from w2vcore.word2vec.training import Run

RNG = np.random.default_rng(2)
WALKS = [[str(node) for node in RNG.integers(0, 40, 30)] for _ in range(200)]  # 6,000 words
SMALL = {"vector_size": 8, "min_count": 1, "workers": 1, "epochs": 1, "sample": 0}


class Stream:
    """Read anew in each epoch."""

    def __iter__(self):
        return iter(WALKS)


@pytest.fixture
def jobs(monkeypatch):
    """Tokens of each job that is trained."""
    sizes = []
    real = threads._train

    def noting(worker, replicas, epoch, job):
        sizes.append(job.stop - job.start)
        return real(worker, replicas, epoch, job)

    monkeypatch.setattr(threads, "_train", noting)
    return sizes


@pytest.fixture
def text(tmp_path):
    path = tmp_path / "walks.txt"
    path.write_text("".join(" ".join(walk) + "\n" for walk in WALKS))
    return path


@pytest.mark.parametrize("batch_words", [1, 4, 999, 1000])
@pytest.mark.parametrize("workers", [1, 3])
def test_jobs_of_an_encoded_corpus(batch_words, workers, jobs, text):
    settings = {**SMALL, "batch_words": batch_words, "workers": workers}
    for corpus in ((WALKS, None), (None, text)):
        model = Word2Vec(*corpus, **settings)
        assert jobs == [1000] * 6
        jobs.clear()
        model.train(*corpus, total_examples=200, epochs=2)
        assert jobs == [1000] * 12
        jobs.clear()
        assert model.batch_words == batch_words


def test_jobs_of_a_corpus_that_is_read_while_it_is_trained(jobs):
    """A batch ends with the sentence that brings it to 1,000 words: 34 of 30 are 1,020, the last 30 of 6,000 are left."""
    Word2Vec(Stream(), **SMALL, batch_words=4)
    assert jobs == [1000, 20] * 5 + [900]
    jobs.clear()
    Word2Vec(Stream(), **SMALL, batch_words=4, cache_corpus=True)
    assert jobs == [1000] * 6


@pytest.mark.parametrize("batch_words", [1001, 2500, 6000, 10_000])
def test_larger_jobs_are_as_large_as_asked_for(batch_words, jobs):
    Word2Vec(WALKS, **SMALL, batch_words=batch_words)
    assert max(jobs) == min(batch_words, 6000)
    assert len(jobs) == -(-6000 // batch_words)


def test_a_corpus_no_larger_than_a_job_gives_equal_models_for_any_number_of_workers():
    models = [
        Word2Vec(WALKS[:33], **{**SMALL, "workers": workers, "batch_words": batch_words})
        for workers in (1, 2, 4)
        for batch_words in (4, 990, 10_000)
    ]
    for model in models[1:]:
        np.testing.assert_array_equal(model.wv.vectors, models[0].wv.vectors)


def test_the_rate_falls_by_job(jobs):
    model = Word2Vec(WALKS, **SMALL, batch_words=4, alpha=0.06, min_alpha=0.0)
    assert model.training_history[0]["alpha"] == pytest.approx(0.01)  # of the sixth job


def test_batches_are_no_smaller_where_a_corpus_is_encoded(monkeypatch):
    """Tokens go to the cache some thousands at a time, neither by fours nor all at once."""
    sizes, real = [], spooling.Encoder

    def noting(sentences, keys, batch_words, **options):
        sizes.append(batch_words)
        return real(sentences, keys, batch_words, **options)

    for module in (spooling, encoding):
        monkeypatch.setattr(module, "Encoder", noting)
    for batch_words in (4, 10**9):
        model = Word2Vec(WALKS, **SMALL, batch_words=batch_words)
        model.train(WALKS, total_examples=200, epochs=1)
    assert sizes == [1000, 1000, 10_000, 10_000]


@pytest.mark.parametrize("stream", [False, True])
def test_a_run_that_was_begun_with_smaller_jobs_goes_on_with_them(stream, tmp_path, monkeypatch):
    """Checkpoints count jobs: those of a version that made jobs as small as it was told are resumed to the same bits."""

    class Stop(Exception):
        pass

    corpus = Stream() if stream else WALKS
    settings = {**SMALL, "batch_words": 4, "epochs": 2}
    written = []
    real = Run.checkpoint_due

    def write(self, state):
        real(self, state)
        written.append(state.position)
        if len(written) == 3:
            raise Stop

    monkeypatch.setattr(atomic, "_sync", lambda path: None)
    with monkeypatch.context() as patch:
        patch.setattr(config, "SHORTEST_JOB", 1)
        whole = Word2Vec(corpus, **settings)
        patch.setattr(Run, "checkpoint_due", write)
        with pytest.raises(Stop):
            Word2Vec(corpus, **settings, checkpoint=tmp_path / "run", checkpoint_every=2222)
    assert written[-1].jobs > 1000
    resumed = Word2Vec.resume(tmp_path / "run", corpus)
    np.testing.assert_array_equal(resumed.wv.vectors, whole.wv.vectors)
    assert resumed.training_history[-1]["alpha"] == whole.training_history[-1]["alpha"]
    assert resumed.batch_words == 4
