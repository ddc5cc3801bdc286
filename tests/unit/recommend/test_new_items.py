"""Items that a model has not seen, by their attributes."""

import numpy as np
import pytest
from given_items import ITEMS, given_model, unit
from numpy.testing import assert_allclose

from w2vcore.recommend import Recommender
from w2vcore.recommend.new_items import NewItems

SHELF = {
    10: ["red", "small"],
    20: ["red"],
    30: ["blue", "small", "small"],
    70: ["red", "blue", "unheard of"],
    80: ["unheard of"],
    90: [],
    np.int64(95): ("small",),
}


def by_hand(vectors):
    red, blue = vectors[[0, 1]].mean(axis=0), vectors[2]
    return np.array([(red + blue) / 2, vectors[[0, 2]].mean(axis=0)])


def test_means():
    vectors = np.random.default_rng(1).normal(size=(6, 3)).astype(np.float32)
    new = NewItems(SHELF, {item: row for row, item in enumerate(ITEMS)})
    assert new.keys == [70, 95]
    assert_allclose(new.of(vectors), by_hand(vectors), rtol=1e-6)
    assert len(NewItems({}, {})) == len(NewItems({5: ["red"]}, {})) == 0


@pytest.mark.parametrize("mode", ["next", "similar"])
def test_they_are_recommended_and_have_a_say(mode):
    model = given_model()
    ranker = Recommender(model, mode, attributes=SHELF)
    inputs = np.concatenate([model.wv.vectors, by_hand(model.wv.vectors)])
    outputs = inputs if mode == "similar" else np.concatenate([model.syn1neg, by_hand(model.syn1neg)])
    names = [*ITEMS, 70, 95]
    for session in ([10], [70], [30, 95]):
        scores = unit(outputs) @ unit(inputs[names.index(session[-1])])
        wanted = [names[row] for row in np.argsort(-scores) if names[row] not in session]
        assert [item for item, _ in ranker.recommend(session)] == wanted
    only = Recommender(model, mode, attributes=SHELF, candidates=[70, 80, 95]).recommend_batch([[10], [80]])
    assert [set(answer) for answer in only.items()] == [{70, 95}, {70, 95}]
    assert only.cold.tolist() == [False, True]
    assert len(model.wv) == len(model.syn1neg) == 6  # the model itself is left alone


def test_attributes_of_known_items_change_nothing():
    model = given_model()
    assert Recommender(model, attributes={10: ["red"]}).recommend([20]) == Recommender(model).recommend([20])


def test_trees_have_no_place_for_them():
    model = given_model(hs=1, negative=0)
    with pytest.raises(ValueError, match="attributes make vectors, and this model scores what follows by a tree"):
        Recommender(model, attributes=SHELF)
    assert Recommender(model, "similar", attributes=SHELF).recommend([70])


def test_attributes_that_are_no_lists():
    with pytest.raises(TypeError, match="attributes must map items to lists, and that of 10 is 'red'"):
        Recommender(given_model(), attributes={10: "red"})
    with pytest.raises(TypeError, match="an item of attributes is nan"):
        Recommender(given_model(), attributes={float("nan"): ["red"]})
