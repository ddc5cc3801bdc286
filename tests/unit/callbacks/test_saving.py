"""Checkpoint: which files are written, and what is refused before training."""

from pathlib import Path

import numpy as np
import pytest

from w2vcore import Word2Vec
from w2vcore.callbacks import Checkpoint

DATA = [["a", "b", "c"], ["d", "e", "f"]] * 10
SETTINGS = {"min_count": 1, "vector_size": 4, "workers": 1, "epochs": 4, "sample": 0}


def trained(save, **settings):
    return Word2Vec(DATA, callbacks=[save], **{**SETTINGS, **settings})


def test_a_file_for_each_epoch(tmp_path):
    save = Checkpoint(tmp_path / "m-{epoch:02d}")
    model = trained(save)
    assert [Path(name).name for name in save.saved] == ["m-01", "m-02", "m-03", "m-04"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["m-01", "m-02", "m-03", "m-04"]
    np.testing.assert_array_equal(Word2Vec.load(tmp_path / "m-04").wv.vectors, model.wv.vectors)
    early = Word2Vec.load(tmp_path / "m-02")
    assert early.epochs_trained == len(early.training_history) == 2


def test_one_name_is_replaced(tmp_path):
    save = Checkpoint(tmp_path / "m", every=3)
    trained(save)
    assert len(save.saved) == 1 and Word2Vec.load(tmp_path / "m").epochs_trained == 3


def test_only_the_best(tmp_path):
    values = iter([3.0, 1.0, 4.0, 2.0])
    save = Checkpoint(tmp_path / "m-{epoch}", save_best_only=True, monitor=lambda model: next(values), mode="max")
    trained(save)
    assert [Path(name).name for name in save.saved] == ["m-1", "m-3"]


def test_numbers_in_the_name(tmp_path):
    save = Checkpoint(f"{tmp_path}/m-{{epoch}}-{{loss:.2f}}-{{accuracy:.3f}}.safetensors")
    model = trained(save, compute_loss=True)
    line = model.training_history[1]
    assert Path(save.saved[1]).name == f"m-2-{line['loss']:.2f}-{line['accuracy']:.3f}.safetensors"


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"path": 3}, TypeError, "path must be the path of a file, got 3"),
        ({"path": "m-{epoch"}, ValueError, "is no pattern such as 'model-{epoch}'"),
        ({"path": "m", "every": 0}, ValueError, "every must be an int at least 1"),
        ({"path": "m", "save_best_only": True, "monitor": "mine"}, ValueError, "say mode='min' or mode='max'"),
    ],
)
def test_bad_arguments(arguments, error, message):
    with pytest.raises(error, match=message):
        Checkpoint(**arguments)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"path": "none/m"}, FileNotFoundError, "there is no folder .*none'; make it first"),
        ({"path": "m-{loss}"}, ValueError, "names the loss, which needs compute_loss=True"),
        ({"path": "m", "save_best_only": True}, ValueError, r"Checkpoint\(monitor='loss'\) needs compute_loss=True"),
    ],
)
def test_refused_before_training(tmp_path, arguments, error, message):
    arguments["path"] = str(tmp_path / arguments["path"])
    model = Word2Vec(**{**SETTINGS, "epochs": 1})
    model.build_vocab(DATA)
    with pytest.raises(error, match=message):
        model.train(DATA, total_examples=20, epochs=1, callbacks=[Checkpoint(**arguments)])
    assert not model.training_history


def test_a_name_that_is_not_there(tmp_path):
    with pytest.raises(ValueError, match=r"cannot be filled in \(KeyError: 'colour'\); there are epoch, words"):
        trained(Checkpoint(tmp_path / "m-{colour}"))
