"""Whatever goes wrong in train() comes out of it, soon, and leaves no thread behind."""

import signal
import subprocess
import sys
import threading
import time

import numpy as np
import pytest

from w2vcore import Word2Vec

DATA = [[f"w{i % 40}" for i in range(j, j + 30)] for j in range(400)]


class Failing:
    """A corpus that raises in one of its passes."""

    def __init__(self, bad_pass, at=200):
        self.passes, self.bad_pass, self.at = 0, bad_pass, at

    def __iter__(self):
        number, self.passes = self.passes, self.passes + 1
        for i, sentence in enumerate(DATA):
            if number == self.bad_pass and i == self.at:
                raise OSError("the disk went away")
            yield sentence


@pytest.mark.usefixtures("tiny_jobs")
@pytest.mark.timeout(20)
@pytest.mark.parametrize("bad_pass", [0, 1, 3])
@pytest.mark.parametrize("workers", [1, 3])
def test_an_error_of_the_corpus_comes_out_unchanged(bad_pass, workers):
    before = set(threading.enumerate())
    with pytest.raises(OSError, match="the disk went away"):
        Word2Vec(Failing(bad_pass), min_count=1, vector_size=8, workers=workers, batch_words=500)
    assert set(threading.enumerate()) <= before


@pytest.mark.timeout(20)
@pytest.mark.parametrize("event", ["on_train_begin", "on_epoch_begin", "on_epoch_end", "on_train_end"])
def test_an_error_of_a_callback_comes_out(event):
    class Callback:
        def __getattr__(self, name):
            def call(model):
                if name == event:
                    raise KeyError(event)

            return call

    with pytest.raises(KeyError, match=event):
        Word2Vec(DATA, min_count=1, vector_size=8, callbacks=[Callback()])
    assert not [t for t in threading.enumerate() if t.name.startswith("w2vcore") and "query" not in t.name]


@pytest.mark.timeout(20)
def test_numpy_rows_do_not_hang():
    model = Word2Vec(list(np.arange(600).reshape(60, 10) % 25), min_count=1, vector_size=8)
    assert set(model.wv.index_to_key) == set(range(25))


@pytest.mark.timeout(20)
def test_a_corpus_that_can_be_read_only_once_is_named():
    class Once:
        def __init__(self):
            self.iterator = iter(DATA)

        def __iter__(self):
            return (sentence for sentence in self.iterator)

    with pytest.raises(RuntimeError, match=r"epoch 0 saw 0 sentences, 400 sentences were expected: .* only once"):
        Word2Vec(Once(), min_count=1, vector_size=8)


@pytest.mark.timeout(20)
def test_non_finite_weights_are_named():
    with pytest.raises(FloatingPointError, match=r"non-finite in epoch \d.* with alpha=1e\+30; lower alpha"):
        Word2Vec(DATA, min_count=1, vector_size=8, alpha=1e30, min_alpha=1e30)


@pytest.mark.skipif(sys.platform == "win32", reason="sends SIGINT to a child process, which Windows does not have")
@pytest.mark.timeout(60)
@pytest.mark.parametrize("batch_words", [10_000, 10**9])
def test_ctrl_c_stops_training_soon(batch_words, tmp_path):
    script = (
        "import sys, numpy as np; from w2vcore import Word2Vec\n"
        "data = [[str(i) for i in np.random.default_rng(j).integers(0, 5000, 1000)] for j in range(200)]\n"
        "class Say:\n"
        "    def __getattr__(self, name):\n"
        "        return lambda model: print(name, flush=True)\n"
        "try:\n"
        f"    Word2Vec(data, min_count=1, sg=1, negative=20, window=10, epochs=1000, batch_words={batch_words}, callbacks=[Say()])\n"
        "except KeyboardInterrupt:\n"
        "    import threading; print('interrupted', threading.active_count(), flush=True)\n"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, cwd=tmp_path) as child:
        assert child.stdout.readline().strip() == "on_train_begin"
        assert child.stdout.readline().strip() == "on_epoch_begin"
        time.sleep(0.5)
        child.send_signal(signal.SIGINT)
        began = time.perf_counter()
        rest = child.stdout.read()
        # a second is promised; a loaded machine gets ten before the test fails
        assert time.perf_counter() - began < 10
    assert rest.splitlines()[-1] == "interrupted 1"
