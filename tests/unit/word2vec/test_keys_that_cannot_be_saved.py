"""Keys that no file can hold are said to be so when the vocabulary is made, not when hours of training are to be saved."""

import datetime
import enum
import warnings

import numpy as np
import pytest

from w2vcore import Word2Vec
from w2vcore.callbacks import Checkpoint

SETTINGS = {"vector_size": 4, "min_count": 1, "workers": 1, "epochs": 1, "sample": 0}
Colour = enum.Enum("Colour", "RED GREEN")
TOKENS = {
    "floats": ([0.5, 0.25], r"key 0.5 \(row 1\) is a float|key 0.25 \(row 0\) is a float"),
    "tuples": ([("a", 1), ("b", 2)], r"key \('b', 2\) \(row 0\) is a tuple"),
    "bytes": ([b"a", b"b"], r"key b'b' \(row 0\) is a bytes"),
    "members": (list(Colour), r"key <Colour.GREEN: 2> \(row 0\) is a Colour"),
    "booleans": ([True, False], r"key False \(row 0\) is a bool"),
    "sets": ([frozenset("a")], r"key frozenset\(\{'a'\}\) \(row 0\) is a frozenset"),
    "dates": ([np.datetime64("2020-01-01")], r"key datetime.date\(2020, 1, 1\) \(row 0\) is a date"),
    "str and int": (["a", 5], r"key 'a' \(row 1\) is a str, and key 5 is an int"),
    "large": ([2**70], "does not fit into 64 bits"),
}


@pytest.fixture(params=TOKENS)
def case(request):
    tokens, said = TOKENS[request.param]
    return [tokens] * 5, said


def warned(caught):
    return [str(warning.message) for warning in caught if "cannot be saved" in str(warning.message)]


@pytest.mark.parametrize("how", ["constructor", "build_vocab", "frequencies", "streamed"])
def test_one_warning_names_the_first_such_key(case, how):
    corpus, said = case
    with pytest.warns(UserWarning, match=said) as caught:
        if how == "constructor":
            Word2Vec(corpus, **SETTINGS)
        elif how == "streamed":
            Word2Vec(type("Again", (), {"__iter__": lambda self: iter(corpus)})(), **SETTINGS)
        elif how == "build_vocab":
            Word2Vec(**SETTINGS).build_vocab(corpus)
        else:
            Word2Vec(**SETTINGS).build_vocab_from_freq(dict.fromkeys(corpus[0], 5))
    (text,) = warned(caught)
    assert "make the tokens str" in text
    assert caught[0].filename == __file__


def test_it_is_said_before_training_and_true_at_the_end(case, tmp_path):
    corpus, said = case
    with pytest.warns(UserWarning, match="cannot be saved"):
        model = Word2Vec(corpus, **SETTINGS)
    with pytest.raises(TypeError, match=said):
        model.save(tmp_path / "model")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.filterwarnings("ignore:.*cannot be saved")
def test_with_a_checkpoint_nothing_is_trained(case, tmp_path):
    corpus, said = case
    began = []

    class Noted(Checkpoint):
        def on_train_begin(self, model):
            began.append(model)

    path = tmp_path / "run"
    with pytest.raises(TypeError, match=rf"checkpoint='.*run' cannot be written: .*({said})"):
        Word2Vec(corpus, checkpoint=path, callbacks=[Noted(tmp_path / "m")], **SETTINGS)
    model = Word2Vec(**SETTINGS)
    model.build_vocab(corpus)
    with pytest.raises(TypeError, match=r"checkpoint='.*run' cannot be written"):
        model.train(corpus, total_examples=5, epochs=1, checkpoint=path, callbacks=[Noted(tmp_path / "m")])
    assert not began
    assert list(tmp_path.iterdir()) == []


@pytest.mark.filterwarnings("ignore:.*cannot be saved")
def test_the_callback_that_saves_refuses_them_before_training(case, tmp_path):
    corpus, said = case
    with pytest.raises(TypeError, match=rf"path='.*model' cannot be written: .*({said})"):
        Word2Vec(corpus, callbacks=[Checkpoint(tmp_path / "model")], **SETTINGS)


@pytest.mark.parametrize(
    "corpus",
    [[["a", "b"]], [[1, 2, 2**63 - 1]], [[np.int64(1), 2]], [list(enum.IntEnum("N", "A B"))], [[1, True, 1.0]]],
    ids=repr,
)
def test_others_are_not_warned_about(corpus, tmp_path):
    with warnings.catch_warnings():
        warnings.filterwarnings("error", message=".*cannot be saved")
        model = Word2Vec(corpus * 5, checkpoint=tmp_path / "run", **SETTINGS)
        model.save(tmp_path / "model")
    assert Word2Vec.load(tmp_path / "model").wv.index_to_key == model.wv.index_to_key


def test_the_null_word_among_integers():
    with pytest.warns(UserWarning, match=r"key '\\x00' \(row 2\) is a str, and key 2 is an int.*cannot be saved"):
        Word2Vec([[1, 2]] * 5, null_word=1, **SETTINGS)


def test_an_update_warns_only_of_what_it_brings():
    model = Word2Vec([["a", "b"]] * 5, **SETTINGS)
    with pytest.warns(UserWarning, match=r"key 7 \(row 2\) is an int, and key 'b' is a str"):
        model.build_vocab([[7]], update=True)
    with warnings.catch_warnings():
        warnings.filterwarnings("error", message=".*cannot be saved")
        model.build_vocab([[8]], update=True)


def test_words_that_are_left_out_are_not_warned_about():
    with warnings.catch_warnings():
        warnings.filterwarnings("error", message=".*cannot be saved")
        Word2Vec([["a", "a", datetime.date(2020, 1, 1)]] * 5, **{**SETTINGS, "min_count": 6})


def test_a_dry_run_says_nothing():
    model = Word2Vec(**SETTINGS)
    with warnings.catch_warnings():
        warnings.filterwarnings("error", message=".*cannot be saved")
        model.build_vocab([[0.5]], dry_run=True)
