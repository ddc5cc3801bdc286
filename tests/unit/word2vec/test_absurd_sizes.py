"""Sizes that nobody can mean are refused by name, before memory goes, threads start, or the corpus is read."""

import subprocess
import sys
import textwrap
import threading

import numpy as np
import pytest

from w2vcore import Word2Vec
from w2vcore.backends import threads
from w2vcore.formats import native
from w2vcore.model.config import QUEUE_FACTOR, SETTINGS
from w2vcore.word2vec.files import snapshot_of

SENTENCES = [["some", "words"], ["more", "words"]] * 20
SMALL = {"vector_size": 4, "min_count": 1, "workers": 1, "epochs": 1, "sample": 0}
ABSURD = {
    "vector_size": (10**9, r"vector_size must be at most 1,048,576, got 1000000000: "),
    "workers": (10**9, r"workers must be at most 4,096, got 1000000000: .*\(workers=-1 uses all cores\)"),
    "negative": (10**9, r"negative must be at most 10,000, got 1000000000: "),
    "batch_words": (10**12, r"batch_words must be at most 2,147,483,648, got 1000000000000: "),
    "window": (2**70, r"window must be an int at least 1, and below 2\*\*63, got 1180591620717411303424"),
    "epochs": (2**70, r"epochs must be an int at least 0, and below 2\*\*63, got 1180591620717411303424"),
    "min_count": (2**70, r"min_count must be an int at least 0, and below 2\*\*63"),
    "max_vocab_size": (2**70, r"max_vocab_size must be an int at least 1, and below 2\*\*63"),
    "max_final_vocab": (2**70, r"max_final_vocab must be an int at least 1, and below 2\*\*63"),
    "seed": (2**32, r"seed must be an int from 0 to 4294967295, got 4294967296"),
}
IN_TRAIN = {
    "queue_factor": (10**9, r"queue_factor must be at most 10,000, got 1000000000: "),
    "total_words": (2**70, r"total_words must be an int at least 0, and below 2\*\*63, got 1180591620717411303424"),
    "total_examples": (2**70, r"total_examples must be an int at least 0, and below 2\*\*63"),
    "epochs": (2**70, r"epochs must be an int at least 1, and below 2\*\*63"),
    "checkpoint_every": (2**70, r"checkpoint_every must be an int at least 1, and below 2\*\*63"),
}


class Unread:
    """A corpus that must not be read."""

    def __iter__(self):
        raise AssertionError("the corpus was read")
        yield


@pytest.mark.parametrize("argument", ABSURD)
def test_constructor(argument):
    value, message = ABSURD[argument]
    with pytest.raises(ValueError, match=message):
        Word2Vec(Unread(), **{**SMALL, argument: value})
    with pytest.raises(ValueError, match=message):
        Word2Vec(**{**SMALL, argument: value})


@pytest.mark.parametrize("argument", sorted(set(ABSURD) - {"epochs", "vector_size"}))
def test_attribute_that_is_set_later(argument):
    model = Word2Vec(SENTENCES, **SMALL)
    value, message = ABSURD[argument]
    setattr(model, argument, value)
    before = threading.active_count()
    with pytest.raises(ValueError, match=message):
        model.train(SENTENCES, total_examples=40, epochs=1)
    assert threading.active_count() == before


@pytest.mark.parametrize("argument", IN_TRAIN)
def test_train(argument, tmp_path):
    model = Word2Vec(SENTENCES, **SMALL)
    value, message = IN_TRAIN[argument]
    options = {"total_examples": 40, "epochs": 1, argument: value}
    if argument == "checkpoint_every":
        options["checkpoint"] = tmp_path / "run"
    with pytest.raises(ValueError, match=message):
        model.train(Unread(), **options)


@pytest.mark.parametrize("value", [10**400, 10**5000, -(10**5000)], ids=["400 digits", "5000 digits", "negative"])
@pytest.mark.parametrize("argument", [*ABSURD, "alpha", "sample", "ns_exponent", "sg"])
def test_numbers_too_long_for_a_float(argument, value):
    """They are named too, and not by Python's own errors."""
    with pytest.raises(ValueError, match=rf"{argument} must be .*got an int of \d+ bits"):
        Word2Vec(**{**SMALL, argument: value})


def test_what_is_large_and_allowed():
    """These cost nothing."""
    model = Word2Vec(SENTENCES, **SMALL, window=10**12, max_vocab_size=10**18, max_final_vocab=10**18)
    model.train(SENTENCES, total_words=10**18, epochs=1, queue_factor=10_000, report_delay=1e308)

    class Stop:
        def __getattr__(self, event):
            return lambda model: True

    model.train(SENTENCES, total_examples=40, epochs=10**12, callbacks=[Stop()])
    assert model.epochs == 10**12
    assert len(model.training_history) == 3


MOST = {
    "vector_size": SETTINGS["vector_size"].kind.most,
    "workers": SETTINGS["workers"].cap,
    "negative": SETTINGS["negative"].kind.most,
    "batch_words": SETTINGS["batch_words"].cap,
    "queue_factor": QUEUE_FACTOR.most,
}


@pytest.mark.parametrize("argument", MOST)
def test_the_most_that_is_allowed(argument):
    most = MOST[argument]
    if argument == "queue_factor":
        Word2Vec(SENTENCES, **SMALL).train(SENTENCES, total_examples=40, epochs=1, queue_factor=most)
    else:
        before = threading.active_count()
        model = Word2Vec(SENTENCES, **{**SMALL, "alpha": 1e-6, "min_alpha": 1e-6, argument: most})
        assert np.isfinite(model.wv.vectors).all()
        assert threading.active_count() == before


def test_a_thread_that_cannot_be_started(monkeypatch):
    """As where a container limits how many processes there may be."""
    real, started = threading.Thread.start, []

    def start(thread):
        if len(started) == 2:
            raise RuntimeError("can't start new thread")
        started.append(thread)
        real(thread)

    monkeypatch.setattr(threads.threading.Thread, "start", start)
    with pytest.raises(
        RuntimeError, match=r"only 2 of workers=8 threads could be started: can't start new thread; lower"
    ):
        Word2Vec([["some", "words"] * 50] * 200, **{**SMALL, "workers": 8, "batch_words": 1000})
    assert not any(thread.is_alive() for thread in started)


def test_files_with_more_than_is_allowed_can_be_loaded(tmp_path):
    """How a machine was used, or a job cut, is no reason to refuse vectors."""
    model = Word2Vec(SENTENCES, **SMALL)
    snapshot = snapshot_of(model)
    snapshot.settings.update(workers=10**6, batch_words=10**13)
    native.write(snapshot, tmp_path / "model")
    loaded = Word2Vec.load(tmp_path / "model")
    assert (loaded.workers, loaded.batch_words) == (4096, 2_147_483_648)
    loaded.train(SENTENCES, total_examples=40, epochs=1)


@pytest.mark.skipif(sys.platform != "linux", reason="limits the address space of a process, as Linux does")
@pytest.mark.parametrize("argument", [*ABSURD, "queue_factor"])
def test_little_memory_is_taken(argument, tmp_path):
    """The process has half a gigabyte of address space more than it had before."""
    value = {**ABSURD, **IN_TRAIN}[argument][0]
    code = f"""
    import resource, threading
    from w2vcore import Word2Vec
    data = [["some", "words"]] * 20
    model = Word2Vec(data, vector_size=4, min_count=1, workers=1)
    used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + (1 << 29), resource.RLIM_INFINITY))
    try:
        if {argument!r} == "queue_factor":
            model.train(data, total_examples=20, epochs=1, queue_factor={value})
        else:
            Word2Vec(data, **{{"vector_size": 4, "min_count": 1, "workers": 1, {argument!r}: {value}}})
    except ValueError as error:
        print(threading.active_count(), str(error).partition(" ")[0])
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, cwd=tmp_path, check=False
    )
    assert done.stdout == f"1 {argument}\n", done.stderr
