"""The base class of callbacks: its methods do nothing, and those of a subclass are called in order."""

import pytest

from w2vcore import Word2Vec
from w2vcore.callbacks import CallbackAny2Vec

CORPUS = [["a", "b", "c"]] * 10


def test_base_class_does_nothing():
    settings = {"min_count": 1, "vector_size": 4, "workers": 1}
    with_callback = Word2Vec(CORPUS, callbacks=[CallbackAny2Vec()], **settings)
    assert with_callback.wv.vectors.tobytes() == Word2Vec(CORPUS, **settings).wv.vectors.tobytes()


def test_only_what_is_overridden_matters():
    seen = []

    class EndOfEpoch(CallbackAny2Vec):
        def on_epoch_end(self, model):
            seen.append((len(model.training_history), model.get_latest_training_loss() > 0))

    Word2Vec(CORPUS, min_count=1, vector_size=4, sample=0, epochs=3, compute_loss=True, callbacks=[EndOfEpoch()])
    assert seen == [(1, True), (2, True), (3, True)]


@pytest.mark.parametrize(
    ("callbacks", "message"),
    [
        (3, "callbacks must be a list of objects with on_epoch_end and so on, got 3"),
        ([3], "got 3: it has no on_train_begin"),
        ([CallbackAny2Vec], r"got <class .*CallbackAny2Vec'>: make one: CallbackAny2Vec\(\)"),
    ],
)
def test_what_is_no_callback_is_refused_before_training(callbacks, message):
    model = Word2Vec([["a", "b"]] * 5, min_count=1, vector_size=4, workers=1, epochs=1)
    before = model.wv.vectors.copy()
    with pytest.raises(TypeError, match=message):
        model.train([["a", "b"]], total_examples=1, epochs=1, callbacks=callbacks)
    with pytest.raises(TypeError, match=message):
        Word2Vec([["a", "b"]], min_count=1, callbacks=callbacks)
    assert (model.wv.vectors == before).all()
