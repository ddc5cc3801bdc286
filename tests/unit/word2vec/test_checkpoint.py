"""Checkpoints: a run that was stopped anywhere and resumed ends as if it had never been stopped."""

import logging
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from w2vcore import LineSentence, Word2Vec
from w2vcore.corpus import order
from w2vcore.formats import atomic, native
from w2vcore.word2vec import setup as model_setup
from w2vcore.word2vec.training import Run

DATA = [[f"w{i * j % 23}" for i in range(j % 13 + 1)] for j in range(200)]
SMALL = {"vector_size": 10, "min_count": 1, "workers": 1, "epochs": 3, "batch_words": 100, "compute_loss": True}
WORDS = sum(map(len, DATA))

pytestmark = pytest.mark.usefixtures("tiny_jobs")

KINDS = [
    pytest.param({"sg": 1, "negative_sharing": "window"}, id="sgns"),
    pytest.param({"sg": 1, "negative_sharing": "pair", "window": "sentence"}, id="pairs"),
    pytest.param({"sg": 0}, id="cbow"),
    pytest.param({"sg": 0, "hs": 1, "negative": 0}, id="tree"),
    pytest.param({"sg": 1, "hs": 1, "negative": 3, "negative_sharing": "window"}, id="both"),
]


@pytest.fixture(autouse=True)
def _no_waiting_for_the_disk(monkeypatch):
    """Hundreds of checkpoints are written here; tests/unit/formats/test_atomic.py sees that they reach the disk."""
    monkeypatch.setattr(atomic, "_sync", lambda path: None)
    monkeypatch.setattr(atomic, "_sync_folder", lambda folder: None)


class Stream:
    def __init__(self, data=DATA):
        self.data = data

    def __iter__(self):
        return iter(self.data)


class Stop(Exception):
    """The process died."""


def interrupt(monkeypatch, after):
    """Let training die right after its checkpoint of that number was written; 0 is the one before the first job."""
    written = []
    original = Run.checkpoint_due

    def write(self, state):
        original(self, state)
        written.append(state)
        if len(written) == after + 1:
            raise Stop

    monkeypatch.setattr(Run, "checkpoint_due", write)
    return written


def outcome(model):
    """All that two equal runs have in common: not the times."""
    history = [
        {name: value for name, value in epoch.items() if name not in ("seconds", "words_per_second")}
        for epoch in model.training_history
    ]
    matrices = [getattr(model, name).tobytes() for name in ("syn1", "syn1neg") if hasattr(model, name)]
    return (
        model.wv.vectors.tobytes(), matrices, history, model.wv.vectors_lockf.tolist(), model.wv.index_to_key,
        model.get_latest_training_loss(), model.min_alpha_yet_reached, model.train_count, model.epochs_trained,
        model.random.get_state()[1].tolist(), (model.alpha, model.min_alpha, model.epochs, model.compute_loss),
    )  # fmt: skip


def stop_and_resume(monkeypatch, tmp_path, corpus, after, **settings):
    path = tmp_path / "run.checkpoint"
    with monkeypatch.context() as patch:
        written = interrupt(patch, after)
        with pytest.raises(Stop):
            Word2Vec(corpus, checkpoint=path, checkpoint_every=300, **{**SMALL, **settings})
    return Word2Vec.resume(path, corpus), written[-1]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("make", [list, Stream], ids=["list", "stream"])
@pytest.mark.parametrize("after", [0, 1, 4, 7])
def test_resumed_is_bit_equal(monkeypatch, tmp_path, kind, make, after):
    corpus = make(DATA)
    model, state = stop_and_resume(monkeypatch, tmp_path, corpus, after, **kind)
    assert outcome(model) == outcome(Word2Vec(make(DATA), **SMALL, **kind))
    assert (state.position.jobs > 0) == (after != 0)


@pytest.mark.parametrize("shuffle", ["sentences", "jobs"])
@pytest.mark.parametrize("after", [0, 1, 3, 6])
def test_resumed_in_the_middle_of_a_new_order(monkeypatch, tmp_path, shuffle, after):
    monkeypatch.setattr(order, "BATCH_TOKENS", 250)
    model, state = stop_and_resume(monkeypatch, tmp_path, DATA, after, shuffle=shuffle)
    assert outcome(model) == outcome(Word2Vec(DATA, shuffle=shuffle, **SMALL))
    assert outcome(model) != outcome(Word2Vec(DATA, **SMALL))
    assert (state.position.jobs > 0) == (after > 0)
    assert state.config.shuffle == model.shuffle == shuffle


def test_every_checkpoint_of_a_run_resumes_to_the_same_end(monkeypatch, tmp_path):
    states = interrupt(monkeypatch, 10**6)
    whole = outcome(Word2Vec(DATA, checkpoint=tmp_path / "whole", checkpoint_every=500, **SMALL))
    assert whole == outcome(Word2Vec(DATA, **SMALL))  # taking them changes nothing
    assert len(states) == 1 + 3 * -(-WORDS // 500)  # the last of an epoch is that of its end
    assert [state.finished for state in states] == [False] * (len(states) - 1) + [True]
    for state in states[:-1]:
        if state.position.jobs:
            assert state.position.stats.raw_words % 100 <= 1  # at the border of a job
    for after in range(len(states) - 1):
        model, _ = stop_and_resume(monkeypatch, tmp_path, DATA, after)
        assert outcome(model)[0] == whole[0]


def test_a_resumed_run_can_be_resumed(monkeypatch, tmp_path):
    path = tmp_path / "run.checkpoint"
    rounds = 0
    with monkeypatch.context() as patch:
        interrupt(patch, 0)
        with pytest.raises(Stop):
            Word2Vec(DATA, checkpoint=path, checkpoint_every=400, **SMALL)
    while True:
        with monkeypatch.context() as patch:
            interrupt(patch, 0)
            try:
                model = Word2Vec.resume(path, DATA)
                break
            except Stop:
                rounds += 1
    assert rounds == 3 * -(-WORDS // 400)
    assert outcome(model) == outcome(Word2Vec(DATA, **SMALL))


def test_train_with_locks_and_a_past(monkeypatch, tmp_path):
    """A second call of train, with lock factors, other rates, and draws of a random state."""

    def prepare():
        model = Word2Vec(DATA, **SMALL)
        model.wv.vectors_lockf = np.linspace(0, 1, len(model.wv)).astype(np.float32)
        model.random.standard_normal(5)
        return model

    arguments = {"total_examples": len(DATA), "epochs": 2, "start_alpha": 0.02, "end_alpha": 0.01}
    model = prepare()
    with monkeypatch.context() as patch:
        interrupt(patch, 3)
        with pytest.raises(Stop):
            model.train(DATA, **arguments, checkpoint=tmp_path / "c", checkpoint_every=700)
    whole = prepare()
    whole.train(DATA, **arguments)
    resumed = Word2Vec.resume(tmp_path / "c", DATA)
    assert outcome(resumed) == outcome(whole)
    assert [epoch["epoch"] for epoch in resumed.training_history] == [0, 1, 2, 3, 4]
    assert resumed.total_train_time > 0


@pytest.mark.parametrize("total", [{"total_examples": 150}, {"total_words": 2 * WORDS}])
def test_wrong_totals_stay_wrong(monkeypatch, tmp_path, total):
    def built():
        model = Word2Vec(**SMALL)
        model.build_vocab(DATA)
        return model

    with monkeypatch.context() as patch:
        interrupt(patch, 4)
        with pytest.raises(Stop):
            built().train(DATA, **total, epochs=2, checkpoint=tmp_path / "c", checkpoint_every=300)
    whole = built()
    whole.train(DATA, **total, epochs=2)
    assert outcome(Word2Vec.resume(tmp_path / "c", DATA)) == outcome(whole)


def test_a_file_resumes_as_file_list_or_reader(monkeypatch, tmp_path):
    file = tmp_path / "corpus.txt"
    file.write_text("\n".join(map(" ".join, DATA)) + "\n", encoding="utf8")
    path = tmp_path / "c"
    whole = outcome(Word2Vec(corpus_file=file, **SMALL))
    for corpus in ({"corpus_file": file}, {"corpus_iterable": DATA}, {"corpus_iterable": LineSentence(file)}):
        with monkeypatch.context() as patch:
            interrupt(patch, 5)
            with pytest.raises(Stop):
                Word2Vec(corpus_file=file, checkpoint=path, checkpoint_every=300, **SMALL)
        assert outcome(Word2Vec.resume(path, **corpus)) == whole


def test_a_stream_resumes_as_a_stream(monkeypatch, tmp_path):
    """Its jobs end with sentences, so a list in its place must be cut as the stream was."""
    path = tmp_path / "c"
    with monkeypatch.context() as patch:
        interrupt(patch, 5)
        with pytest.raises(Stop):
            Word2Vec(Stream(), checkpoint=path, checkpoint_every=300, **SMALL)
    assert outcome(Word2Vec.resume(path, DATA)) == outcome(Word2Vec(Stream(), **SMALL))


def test_a_generator_resumes_what_was_encoded(monkeypatch, tmp_path):
    path = tmp_path / "c"
    with monkeypatch.context() as patch:
        interrupt(patch, 5)
        with pytest.raises(Stop):
            Word2Vec(iter(DATA), cache_corpus=True, checkpoint=path, checkpoint_every=300, **SMALL)
    assert outcome(Word2Vec.resume(path, (s for s in DATA))) == outcome(Word2Vec(DATA, **SMALL))


def test_without_checkpoint_every_there_is_one_an_epoch(monkeypatch, tmp_path):
    states = interrupt(monkeypatch, 10**6)
    Word2Vec(DATA, checkpoint=tmp_path / "c", **SMALL)
    assert [state.position.epoch for state in states] == [0, 1, 2, 3]
    assert not any(state.position.jobs for state in states)


def test_a_corpus_that_differs_each_epoch_resumes_between_epochs(monkeypatch, tmp_path):
    class Walks:
        passes = 0

        def __iter__(self):
            self.passes += 1
            return iter([[f"w{i}" for i in range(self.passes + j % 5)] for j in range(50)])

    with monkeypatch.context() as patch:
        interrupt(patch, 2)
        with pytest.raises(Stop):
            Word2Vec(Walks(), checkpoint=tmp_path / "c", **SMALL)
    assert Word2Vec.resume(tmp_path / "c", Walks()).epochs_trained == 3


def test_more_workers_resume_too(monkeypatch, tmp_path):
    model, _ = stop_and_resume(monkeypatch, tmp_path, DATA, 4, workers=3)
    whole = Word2Vec(DATA, **{**SMALL, "workers": 3})
    for resumed, through in zip(model.training_history, whole.training_history, strict=True):
        assert (resumed["words"], resumed["examples"]) == (through["words"], through["examples"])
    with monkeypatch.context() as patch:
        interrupt(patch, 4)
        with pytest.raises(Stop):
            Word2Vec(DATA, checkpoint=tmp_path / "c", checkpoint_every=300, **SMALL)
    assert Word2Vec.resume(tmp_path / "c", DATA, workers=2).workers == 2


def test_a_finished_run_is_returned_without_a_corpus(tmp_path):
    whole = Word2Vec(DATA, checkpoint=tmp_path / "c", **SMALL)
    resumed = Word2Vec.resume(tmp_path / "c")
    assert resumed.wv.vectors.tobytes() == whole.wv.vectors.tobytes()
    assert resumed.training_history == whole.training_history


def test_a_run_that_a_callback_ended_is_finished(tmp_path):
    class Enough:
        def __getattr__(self, event):
            return lambda model: event == "on_epoch_end"

    Word2Vec(DATA, checkpoint=tmp_path / "c", callbacks=[Enough()], **SMALL)
    assert Word2Vec.resume(tmp_path / "c").epochs_trained == 1


def test_callbacks_of_the_resumed_run(monkeypatch, tmp_path):
    events = []

    class Recorder:
        def __getattr__(self, event):
            return lambda model: events.append((event, len(model.training_history)))

    with monkeypatch.context() as patch:
        interrupt(patch, 6)
        with pytest.raises(Stop):
            Word2Vec(DATA, checkpoint=tmp_path / "c", checkpoint_every=300, **SMALL)
    Word2Vec.resume(tmp_path / "c", DATA, callbacks=[Recorder()])
    assert events == [
        ("on_train_begin", 1), ("on_epoch_begin", 1), ("on_epoch_end", 2), ("on_epoch_begin", 2), ("on_epoch_end", 3),
        ("on_train_end", 3),
    ]  # fmt: skip


def test_the_bar_of_a_resumed_run_begins_where_it_was(checkpoint, capfd):
    Word2Vec.resume(checkpoint, DATA, progress=True)
    assert "epoch 3/3" in capfd.readouterr().err


def test_a_checkpoint_is_a_model_too(monkeypatch, tmp_path):
    with monkeypatch.context() as patch:
        interrupt(patch, 2)
        with pytest.raises(Stop):
            Word2Vec(DATA, checkpoint=tmp_path / "c", checkpoint_every=300, **SMALL)
    model = Word2Vec.load(tmp_path / "c")
    assert model.wv.most_similar("w1", topn=2)
    model.save(tmp_path / "plain")
    with pytest.raises(ValueError, match=r"is a saved model, not a checkpoint.* Load it with Word2Vec\.load"):
        Word2Vec.resume(tmp_path / "plain", DATA)


# ---------------------------------------------------------------------- another corpus, machine or version


@pytest.mark.parametrize("make", [list, Stream], ids=["list", "stream"])
@pytest.mark.parametrize(
    "changed", [DATA[:150], [["w1"], *DATA], [[*DATA[0], "w1"], *DATA[1:]], []], ids=["cut", "more", "longer", "empty"]
)
def test_another_corpus_is_an_error(monkeypatch, tmp_path, make, changed):
    with monkeypatch.context() as patch:
        interrupt(patch, 4)
        with pytest.raises(Stop):
            Word2Vec(make(DATA), checkpoint=tmp_path / "c", checkpoint_every=300, **SMALL)
    before = (tmp_path / "c").read_bytes()
    with pytest.raises(ValueError, match=r"not the one that the checkpoint was taken on: .*Resume on the"):
        Word2Vec.resume(tmp_path / "c", make(changed) if changed else make([["w1"]]))
    assert (tmp_path / "c").read_bytes() == before


def test_another_instruction_set_is_a_warning(monkeypatch, tmp_path):
    with monkeypatch.context() as patch:
        interrupt(patch, 4)
        patch.setattr(model_setup, "active", lambda: "abacus")
        with pytest.raises(Stop):
            Word2Vec(DATA, checkpoint=tmp_path / "c", checkpoint_every=300, **SMALL)
    with pytest.warns(UserWarning, match="was written by kernels for abacus, .* not equal bit for bit"):
        model = Word2Vec.resume(tmp_path / "c", DATA)
    assert model.epochs_trained == 3


def rewrite(path, change):
    """Change the state in a checkpoint."""
    snapshot = native.read(path)
    change(snapshot.settings)
    native.write(replace(snapshot, settings=snapshot.settings), path)


@pytest.fixture
def checkpoint(monkeypatch, tmp_path):
    with monkeypatch.context() as patch:
        interrupt(patch, 4)
        with pytest.raises(Stop):
            Word2Vec(DATA, checkpoint=tmp_path / "c", checkpoint_every=300, **SMALL)
    return tmp_path / "c"


def test_a_newer_version_is_refused(checkpoint):
    rewrite(checkpoint, lambda settings: settings["checkpoint"].update(version=99))
    with pytest.raises(ValueError, match=r"checkpoint of version 99; .* versions up to 4: upgrade w2vcore"):
        Word2Vec.resume(checkpoint, DATA)
    assert len(Word2Vec.load(checkpoint).wv) == 23  # as a model it is readable
    newer, changes = re.subn(
        rb'"format_version": ?"1"', lambda found: found[0].replace(b"1", b"9"), checkpoint.read_bytes()
    )
    assert changes == 1
    checkpoint.write_bytes(newer)
    with pytest.raises(ValueError, match=r"format version 9.*upgrade w2vcore"):
        Word2Vec.resume(checkpoint, DATA)


@pytest.mark.parametrize(
    "change",
    [
        lambda state: state.pop("position"),
        lambda state: state.update(config={"objectives": ["negative"], "colour": 1}),
        lambda state: state.update(position=None),
        lambda state: state["position"].update(stats=[1]),
        lambda state: state.update(version="one"),
        lambda state: state.update(size=[1, 2, 3]),
        lambda state: state.update(unknown=1),
        lambda state: state.update(every=0),
        lambda state: state.update(expected=[1]),
        lambda state: state.update(seconds="long"),
        lambda state: state.update(finished=2),
        lambda state: state["size"].update(tokens=-1),
        lambda state: state["position"].update(jobs=-1),
        lambda state: state["position"].update(epoch=0.5),
        lambda state: state["position"]["stats"].update(loss="nan"),
        # what would make the kernels read where there is nothing
        lambda state: state["config"].update(vector_size=2**20),
        lambda state: state["config"].update(vector_size=16),
        lambda state: state["config"].update(window=0),
        lambda state: state["config"].update(negative=-1),
        lambda state: state["config"].update(negative=0),
        lambda state: state["config"].update(objectives=["tree"]),
        lambda state: state["config"].update(objectives=["tree", "negative"]),
        lambda state: state["config"].update(objectives=[]),
        lambda state: state["config"].update(architecture="glove"),
        lambda state: state["config"].update(negative_sharing="auto"),
        lambda state: state["config"].update(batch_words=0),
        lambda state: state["config"].update(workers=0),
        lambda state: state["config"].update(alpha=float("inf")),
        lambda state: state["config"].update(shuffle="words"),
    ],
)
def test_a_damaged_state_is_named(checkpoint, change):
    rewrite(checkpoint, lambda settings: change(settings["checkpoint"]))
    with pytest.raises(ValueError, match="the state of the run is damaged"):
        Word2Vec.resume(checkpoint, DATA)


@pytest.mark.parametrize(
    "change", [lambda rest: rest.update(pos=10**6), lambda rest: rest.clear(), lambda rest: rest.update(has_gauss={})]
)
def test_a_damaged_random_state_is_named(checkpoint, change):
    """NumPy takes any position, and would read beyond the end of the key."""
    rewrite(checkpoint, lambda settings: change(settings["random"]))
    with pytest.raises(ValueError, match="this is no state of RandomState"):
        Word2Vec.load(checkpoint)


def test_a_truncated_checkpoint_is_named(checkpoint):
    checkpoint.write_bytes(checkpoint.read_bytes()[:-100])
    with pytest.raises((ValueError, EOFError), match=re.escape(str(checkpoint))):
        Word2Vec.resume(checkpoint, DATA)


def test_resume_needs_a_corpus(checkpoint):
    with pytest.raises(TypeError, match="Either one of corpus_file or corpus_iterable"):
        Word2Vec.resume(checkpoint)
    with pytest.raises(ValueError, match="workers must be"):
        Word2Vec.resume(checkpoint, DATA, workers=0)
    with pytest.raises(FileNotFoundError):
        Word2Vec.resume(checkpoint.with_name("nothing"), DATA)


# ---------------------------------------------------------------------- arguments


def test_arguments_are_checked_before_any_work(tmp_path):
    class Untouched:
        def __iter__(self):
            raise AssertionError("read too early")

    def refused(error, match, **arguments):
        with pytest.raises(error, match=match):
            Word2Vec(Untouched(), **arguments, **SMALL)
        model = Word2Vec(**SMALL)
        model.build_vocab(DATA)
        with pytest.raises(error, match=match):
            model.train(Untouched(), total_examples=200, epochs=1, **arguments)

    refused(ValueError, r"checkpoint_every=5 needs checkpoint=", checkpoint_every=5)
    refused(TypeError, r"checkpoint must be the path of a file, got 7", checkpoint=7)
    refused(
        ValueError, r"checkpoint_every must be an int at least 1, got 0", checkpoint=tmp_path / "c", checkpoint_every=0
    )
    refused(IsADirectoryError, r"got the folder", checkpoint=tmp_path)
    refused(FileNotFoundError, r"there is no such folder", checkpoint=str(tmp_path / "no" / "c"))


def test_keys_that_no_file_can_hold_are_named_before_training(tmp_path):
    with pytest.raises(TypeError, match=r"\('a', 1\)"):
        Word2Vec([[("a", 1)]] * 10, checkpoint=tmp_path / "c", **SMALL)
    assert list(tmp_path.iterdir()) == []


def test_without_a_corpus_it_is_ignored(tmp_path, caplog):
    with caplog.at_level(logging.WARNING):
        Word2Vec(checkpoint=tmp_path / "c")
    assert "checkpoint is ignored" in caplog.text
    assert not (tmp_path / "c").exists()


def test_compressed_checkpoint(monkeypatch, tmp_path):
    path = tmp_path / "c.gz"
    with monkeypatch.context() as patch:
        interrupt(patch, 3)
        with pytest.raises(Stop):
            Word2Vec(DATA, checkpoint=path, checkpoint_every=300, **SMALL)
    assert outcome(Word2Vec.resume(path, DATA)) == outcome(Word2Vec(DATA, **SMALL))


# ---------------------------------------------------------------------- the golden file

GOLDEN = Path(__file__).parents[2] / "golden" / "native"
# Of a tree, version 2 was written by a w2vcore whose `syn1` had no row beyond those of its nodes.
GOLDEN_RUNS = {
    "checkpoint1.safetensors": (1, {"sg": 1, "negative_sharing": "window"}),
    "checkpoint2_tree.safetensors": (2, {"sg": 1, "hs": 1, "negative": 0, "negative_sharing": "window"}),
}


def write_golden(path, kind):
    """How the golden files were made: the third checkpoint of this run."""
    with pytest.MonkeyPatch.context() as patch:
        interrupt(patch, 2)
        patch.setattr(Word2Vec, "add_lifecycle_event", lambda *arguments, **event: None)  # it names the machine
        with pytest.raises(Stop):
            Word2Vec(DATA, checkpoint=path, checkpoint_every=300, **kind, **SMALL)


@pytest.mark.filterwarnings("ignore:.*not equal bit for bit")
@pytest.mark.parametrize("name", GOLDEN_RUNS)
def test_golden_checkpoint_ends_where_a_new_run_ends(tmp_path, name):
    version, kind = GOLDEN_RUNS[name]
    state = native.read(GOLDEN / name).settings["checkpoint"]
    assert (state["version"], state["position"]["epoch"], state["position"]["jobs"]) == (version, 0, 6)
    path = tmp_path / "copy.safetensors"
    path.write_bytes((GOLDEN / name).read_bytes())
    resumed, whole = Word2Vec.resume(path, DATA), Word2Vec(DATA, **kind, **SMALL)
    # another instruction set adds in another order: a few units in the last place, over 5,000 words
    np.testing.assert_allclose(resumed.wv.vectors, whole.wv.vectors, rtol=0, atol=1e-5)
    assert [epoch["words"] for epoch in resumed.training_history] == [
        epoch["words"] for epoch in whole.training_history
    ]


def test_a_checkpoint_does_not_take_the_place_of_the_corpus(tmp_path):
    corpus = tmp_path / "corpus.txt"
    corpus.write_text("a b c\n" * 20, encoding="utf8")
    (tmp_path / "link").hardlink_to(corpus)
    for path in (corpus, tmp_path / "link"):
        with pytest.raises(ValueError, match="is a file of the corpus, and would be written over"):
            Word2Vec(corpus_file=str(corpus), checkpoint=path, min_count=1)
    model = Word2Vec(min_count=1)
    model.build_vocab(corpus_file=str(corpus))
    with pytest.raises(ValueError, match="is a file of the corpus"):
        model.train(LineSentence(str(corpus)), total_examples=20, epochs=1, checkpoint=corpus)
    assert corpus.read_text(encoding="utf8") == "a b c\n" * 20
