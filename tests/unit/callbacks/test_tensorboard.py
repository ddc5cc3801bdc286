"""The TensorBoard callback, without TensorBoard; tests/browser starts it."""

import struct
import sys

import pytest

from w2vcore import Word2Vec
from w2vcore.callbacks import CallbackAny2Vec, TensorBoard

pytest.importorskip("tensorboardX")

DATA = [["a", "b", "c"], ["d", "e", "f"]] * 10
SETTINGS = {"min_count": 1, "vector_size": 4, "workers": 1, "epochs": 3, "sample": 0}


def points(folder):
    """All points of all curves: {tag: [(step, value)]}; a record is a length, a checksum, the event, a checksum."""
    from tensorboardX.proto.event_pb2 import Event

    found = {}
    for path in sorted(folder.glob("events.out.tfevents.*")):
        data = path.read_bytes()
        while data:
            (length,) = struct.unpack_from("<Q", data)
            event = Event.FromString(data[12 : 12 + length])
            data = data[16 + length :]
            for value in event.summary.value:
                found.setdefault(value.tag, []).append((event.step, value.simple_value))
    return found


def test_curves_are_the_history(tmp_path):
    model = Word2Vec(DATA, compute_loss=True, callbacks=[TensorBoard(tmp_path / "run")], **SETTINGS)
    found = points(tmp_path / "run")
    assert found.keys() == {"loss", "accuracy", "words_per_second", "learning_rate"}
    for tag, name in (("loss", "loss"), ("accuracy", "accuracy"), ("learning_rate", "alpha")):
        assert found[tag] == [(step, pytest.approx(line[name])) for step, line in enumerate(model.training_history, 1)]


def test_without_loss_and_with_what_others_add(tmp_path):
    class Add(CallbackAny2Vec):
        def on_epoch_end(self, model):
            model.training_history[-1].update(mine=model.epochs_trained / 2, note="text", nothing=None)

    Word2Vec(DATA, callbacks=[Add(), TensorBoard(tmp_path, projector=False)], **SETTINGS)
    found = points(tmp_path)
    assert found.keys() == {"words_per_second", "learning_rate", "evaluation/mine"}
    assert found["evaluation/mine"] == [(1, 0.5), (2, 1.0), (3, 1.5)]
    assert not (tmp_path / "vectors.tsv").exists()


def test_points_are_on_the_disk_after_each_epoch(tmp_path):
    seen = []

    class Look(CallbackAny2Vec):
        def on_epoch_end(self, model):
            seen.append(len(points(tmp_path)["learning_rate"]))

    Word2Vec(DATA, callbacks=[TensorBoard(tmp_path), Look()], **SETTINGS)
    assert seen == [1, 2, 3]


@pytest.mark.parametrize(("projector", "rows"), [(True, 6), (4, 4), (0, 0), (False, 0)])
def test_vectors_at_the_end(tmp_path, projector, rows):
    Word2Vec(DATA, callbacks=[TensorBoard(tmp_path, projector=projector)], **SETTINGS)
    lines = (tmp_path / "metadata.tsv").read_text().splitlines()[1:] if rows else []
    assert len(lines) == rows and (tmp_path / "projector_config.pbtxt").exists() == bool(rows)


def test_a_second_call_goes_on(tmp_path):
    board = TensorBoard(tmp_path)
    model = Word2Vec(DATA, callbacks=[board], **SETTINGS)
    model.train(DATA, total_examples=20, epochs=2, callbacks=[board])
    assert sorted(step for step, _ in points(tmp_path)["learning_rate"]) == [1, 2, 3, 4, 5]


def test_after_an_exception_it_can_be_used_again(tmp_path):
    class Fail(CallbackAny2Vec):
        def on_epoch_end(self, model):
            raise KeyboardInterrupt

    board = TensorBoard(tmp_path)
    with pytest.raises(KeyboardInterrupt):
        Word2Vec(DATA, callbacks=[board, Fail()], **SETTINGS)
    Word2Vec(DATA, callbacks=[board], **SETTINGS)
    assert len(points(tmp_path)["learning_rate"]) == 4


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"log_dir": "s3://logs"}, ValueError, "log_dir must be the path of a local folder, got 's3://logs'"),
        ({"log_dir": __file__}, NotADirectoryError, "is a file; give the name of a folder"),
        ({"log_dir": "x", "projector": -1}, ValueError, "projector must be an int at least 0, got -1"),
        ({"log_dir": "x", "projector": "yes"}, TypeError, "projector must be"),
    ],
)
def test_bad_arguments(arguments, error, message):
    with pytest.raises(error, match=message):
        TensorBoard(**arguments)


def test_without_the_package_there_is_an_order_to_follow(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "tensorboardX", None)
    with pytest.raises(ImportError, match=r"needs the package tensorboardX.*pip install w2vcore\[tensorboard\]"):
        TensorBoard(tmp_path)
