"""What callbacks had changed is in the checkpoint, so a run that goes on from it ends as one that was never stopped."""

import random
import warnings

import numpy as np
import pytest

from w2vcore import Word2Vec
from w2vcore.formats import atomic, native
from w2vcore.word2vec.training import Run

pytestmark = pytest.mark.usefixtures("tiny_jobs")

SMALL = {"vector_size": 8, "min_count": 1, "workers": 1, "batch_words": 100, "alpha": 0.05}
EPOCHS = 4


@pytest.fixture(autouse=True)
def _no_waiting_for_the_disk(monkeypatch):
    """tests/unit/formats/test_atomic.py sees that checkpoints reach the disk."""
    monkeypatch.setattr(atomic, "_sync", lambda path: None)
    monkeypatch.setattr(atomic, "_sync_folder", lambda folder: None)


def data():
    return [[f"w{i * j % 23}" for i in range(j % 13 + 1)] for j in range(150)]


def numbers(rows):
    return np.random.default_rng(7).standard_normal((rows, 8)).astype(np.float32)


class After:
    """Makes a change after an epoch."""

    def __init__(self, change, corpus, epoch=1):
        self.change, self.corpus, self.epoch = change, corpus, epoch

    def on_epoch_end(self, model):
        if model.epochs_trained == self.epoch:
            self.change(model, self.corpus)

    def on_train_begin(self, model):
        pass

    on_epoch_begin = on_train_end = on_train_begin


class Stop(Exception):
    """The process died."""


def interrupt(monkeypatch, after):
    """Let training die right after its checkpoint of that number was written."""
    written = []
    original = Run.checkpoint_due

    def write(self, state):
        original(self, state)
        written.append(state)
        if len(written) == after + 1:
            raise Stop

    monkeypatch.setattr(Run, "checkpoint_due", write)
    return written


def set_rates(model, corpus):
    model.alpha, model.min_alpha = 0.2, 0.1


def set_settings(model, corpus):
    model.window, model.negative, model.batch_words, model.sg, model.sample = 2, 3, 70, 1, 1e-2


def more_epochs(model, corpus):
    model.epochs = 6


def fewer_epochs(model, corpus):
    model.epochs = 3


def replace_arrays(model, corpus):
    model.wv.vectors, model.syn1neg = numbers(len(model.wv)), numbers(len(model.wv)) / 2
    model.wv.vectors_lockf = np.linspace(0, 1, len(model.wv)).astype(np.float32)


def write_arrays(model, corpus):
    model.wv.vectors[:3], model.syn1neg[4] = numbers(3), 0.5


def new_words(model, corpus):
    """The corpus stays: `corpus_count` is now that of another one."""
    model.build_vocab([["w1", "fresh"]] * 30, update=True)


def set_counts(model, corpus):
    model.wv.set_vecattr("w3", "count", 1234)


def nothing(model, corpus):
    pass


@pytest.mark.parametrize(
    "change",
    [nothing, set_rates, set_settings, more_epochs, fewer_epochs, replace_arrays, write_arrays, new_words, set_counts],
    ids=lambda change: change.__name__,
)
@pytest.mark.parametrize("after", [4, 5, 6, 8])  # the last before the change would make it again
def test_a_run_goes_on_with_what_was_changed(change, after, monkeypatch, tmp_path):
    whole = Word2Vec(data(), epochs=EPOCHS, callbacks=[After(change, None)], **SMALL)
    arguments = {"callbacks": [After(change, None)], "checkpoint": tmp_path / "c", "checkpoint_every": 300}
    with monkeypatch.context() as patch:
        states = interrupt(patch, after)
        with pytest.raises(Stop):
            Word2Vec(data(), epochs=EPOCHS, **arguments, **SMALL)
    assert states[-1].position.epoch >= 1
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model = Word2Vec.resume(tmp_path / "c", data())
    np.testing.assert_array_equal(model.wv.vectors, whole.wv.vectors)
    np.testing.assert_array_equal(model.syn1neg, whole.syn1neg)
    for name in ("words", "examples", "alpha"):
        assert [line[name] for line in model.training_history] == [line[name] for line in whole.training_history], name
    assert (model.alpha, model.epochs, model.window) == (whole.alpha, whole.epochs, whole.window)


def shuffle(model, corpus):
    random.Random(3).shuffle(corpus)


def more_sentences(model, corpus):
    corpus += [["w1", "w5", "fresh"]] * 20
    model.build_vocab([["fresh"]], update=True)


@pytest.mark.parametrize("change", [shuffle, more_sentences], ids=lambda change: change.__name__)
@pytest.mark.parametrize("after", [4, 6])
def test_a_corpus_that_was_changed_must_be_brought_as_it_was(change, after, monkeypatch, tmp_path):
    corpus = data()
    whole = Word2Vec(corpus, epochs=EPOCHS, callbacks=[After(change, corpus)], **SMALL)
    other = data()
    with monkeypatch.context() as patch:
        states = interrupt(patch, after)
        with pytest.raises(Stop):
            Word2Vec(
                other,
                epochs=EPOCHS,
                callbacks=[After(change, other)],
                checkpoint=tmp_path / "c",
                checkpoint_every=300,
                **SMALL,
            )
    assert states[-1].corpus_changed and not states[0].corpus_changed
    stopped = (tmp_path / "c").read_bytes()
    with pytest.warns(UserWarning, match="a callback had changed the corpus of that run") as caught:
        model = Word2Vec.resume(tmp_path / "c", other)
    assert caught[0].filename == __file__
    np.testing.assert_array_equal(model.wv.vectors, whole.wv.vectors)
    (tmp_path / "c").write_bytes(stopped)
    if change is more_sentences:
        with pytest.warns(UserWarning), pytest.raises(ValueError, match="not the one that the checkpoint was taken on"):
            Word2Vec.resume(tmp_path / "c", data())


def test_callbacks_of_the_run_that_goes_on_change_it_too(monkeypatch, tmp_path):
    whole = Word2Vec(
        data(), epochs=EPOCHS, callbacks=[After(set_rates, None, 3), After(replace_arrays, None, 3)], **SMALL
    )
    with monkeypatch.context() as patch:
        interrupt(patch, 5)
        with pytest.raises(Stop):
            Word2Vec(data(), epochs=EPOCHS, checkpoint=tmp_path / "c", checkpoint_every=300, **SMALL)
    model = Word2Vec.resume(
        tmp_path / "c", data(), callbacks=[After(set_rates, None, 3), After(replace_arrays, None, 3)]
    )
    np.testing.assert_array_equal(model.wv.vectors, whole.wv.vectors)


def test_another_number_of_workers_is_no_change(monkeypatch, tmp_path, caplog):
    """What `resume` was told differs from what the model says; only what differs after a hook is taken up."""
    with monkeypatch.context() as patch:
        interrupt(patch, 2)
        with pytest.raises(Stop):
            Word2Vec(data(), epochs=EPOCHS, checkpoint=tmp_path / "c", checkpoint_every=300, **SMALL)
    with caplog.at_level("INFO"):
        Word2Vec.resume(tmp_path / "c", data(), workers=2, queue_factor=5, callbacks=[After(nothing, None)])
    assert "a callback changed" not in caplog.text


@pytest.mark.parametrize(
    "change",
    [
        lambda state: state.update(measure=[-1, "words"]),
        lambda state: state.update(measure=[10, "letters"]),
        lambda state: state.update(measure=7),
        lambda state: state.update(corpus_changed="yes"),
    ],
)
def test_a_damaged_state_is_named(change, monkeypatch, tmp_path):
    with monkeypatch.context() as patch:
        interrupt(patch, 2)
        with pytest.raises(Stop):
            Word2Vec(data(), epochs=EPOCHS, checkpoint=tmp_path / "c", **SMALL)
    snapshot = native.read(tmp_path / "c")
    change(snapshot.settings["checkpoint"])
    native.write(snapshot, tmp_path / "c")
    with pytest.raises(ValueError, match="the state of the run is damaged"):
        Word2Vec.resume(tmp_path / "c", data())


def test_a_checkpoint_without_the_new_fields_is_taken_up(monkeypatch, tmp_path):
    """As version 2 was."""
    whole = Word2Vec(data(), epochs=EPOCHS, **SMALL)
    with monkeypatch.context() as patch:
        interrupt(patch, 5)
        with pytest.raises(Stop):
            Word2Vec(data(), epochs=EPOCHS, checkpoint=tmp_path / "c", checkpoint_every=300, **SMALL)
    snapshot = native.read(tmp_path / "c")
    state = snapshot.settings["checkpoint"]
    del state["measure"], state["corpus_changed"]
    state["version"] = 2
    native.write(snapshot, tmp_path / "c")
    np.testing.assert_array_equal(Word2Vec.resume(tmp_path / "c", data()).wv.vectors, whole.wv.vectors)
