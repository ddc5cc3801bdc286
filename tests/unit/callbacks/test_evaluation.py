"""EvaluateCallback: results in the history's line and in the log."""

import logging

import pytest

from w2vcore import Word2Vec
from w2vcore.callbacks import Checkpoint, EarlyStopping, EvaluateCallback

DATA = [["man", "king", "woman", "queen"], ["sun", "moon"]] * 10
SETTINGS = {"min_count": 1, "vector_size": 8, "workers": 1, "epochs": 4, "sample": 0}


@pytest.fixture
def questions(tmp_path):
    path = tmp_path / "questions.txt"
    path.write_text(": family\nman woman king queen\nwoman man queen king\nman woman king nobody\n")
    return path


@pytest.fixture
def pairs(tmp_path):
    path = tmp_path / "pairs.tsv"
    path.write_text("man\tking\t9\nsun\tmoon\t5\nman\tsun\t1\nman\tnobody\t1\n")
    return path


def trained(*callbacks, **settings):
    return Word2Vec(DATA, callbacks=callbacks, **{**SETTINGS, **settings})


def test_results_are_those_of_the_vectors(questions, pairs, caplog):
    with caplog.at_level(logging.INFO, "w2vcore.callbacks"):
        model = trained(EvaluateCallback(questions, pairs))
    last = model.training_history[-1]
    assert last["analogies"] == model.wv.evaluate_word_analogies(questions)[0]
    _, spearman, oov = model.wv.evaluate_word_pairs(pairs)
    assert (last["pairs"], last["pairs_oov"]) == (spearman[0], oov) and oov == 25.0
    assert f"epoch 4: analogies {last['analogies']:.4f}, pairs {last['pairs']:.4f}, pairs_oov 25.0000" in caplog.text


def test_each_second_epoch_and_prefixes(questions, pairs, tmp_path):
    model = trained(
        EvaluateCallback(questions, every=2, prefix="google_"), EvaluateCallback(pairs=pairs, prefix="mine_")
    )
    assert [line["google_analogies"] is None for line in model.training_history] == [True, False] * 2
    assert all(isinstance(line["mine_pairs"], float) for line in model.training_history)
    model.save(tmp_path / "m")
    assert Word2Vec.load(tmp_path / "m").training_history == model.training_history


def test_options_reach_the_evaluation(questions):
    strict = trained(EvaluateCallback(questions, dummy4unknown=True)).wv
    model = trained(EvaluateCallback(questions, dummy4unknown=True))
    assert model.training_history[-1]["analogies"] == strict.evaluate_word_analogies(questions, dummy4unknown=True)[0]


def test_others_can_wait_for_the_result(pairs, tmp_path):
    stop = EarlyStopping("pairs", patience=1, min_delta=10)
    save = Checkpoint(tmp_path / "m-{pairs:.1f}", save_best_only=True, monitor="pairs")
    model = trained(EvaluateCallback(pairs=pairs), save, stop)
    assert len(model.training_history) == 2 and len(save.saved) >= 1


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({}, ValueError, "needs analogies= or pairs="),
        ({"pairs": "nowhere.tsv"}, FileNotFoundError, "pairs='nowhere.tsv': no such file"),
        ({"analogies": "nowhere.txt"}, FileNotFoundError, "analogies='nowhere.txt': no such file"),
        ({"analogies": __file__, "every": 0}, ValueError, "every must be an int at least 1"),
        ({"analogies": __file__, "topn": 3}, TypeError, "unexpected argument 'topn'"),
    ],
)
def test_bad_arguments(arguments, error, message):
    with pytest.raises(error, match=message):
        EvaluateCallback(**arguments)


def test_a_file_that_cannot_be_used_is_known_before_training(tmp_path):
    (tmp_path / "pairs.tsv").write_text("nobody\tnothing\t1\n")
    model = Word2Vec(**SETTINGS)
    model.build_vocab(DATA)
    with pytest.raises(ValueError, match="No valid similarity judgements"):
        model.train(DATA, total_examples=20, epochs=1, callbacks=[EvaluateCallback(pairs=tmp_path / "pairs.tsv")])
    assert not model.training_history
