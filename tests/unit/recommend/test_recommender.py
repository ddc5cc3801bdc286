"""Recommender against a plain sort of all scores."""

import itertools

import numpy as np
import pytest
from given_items import ITEMS, SIZE, given_model, unit
from numpy.testing import assert_allclose

from w2vcore import Doc2Vec, FastText, KeyedVectors, Word2Vec
from w2vcore.recommend import Recommender, recommend


@pytest.fixture
def model():
    return given_model()


def sorted_items(scores, items, left_out=()):
    """Items from the best score on."""
    order = np.argsort(-np.asarray(scores), kind="stable")
    return [items[row] for row in order if items[row] not in left_out]


def query(model, session, last=1, decay=1.0, directions=False):
    rows = [model.wv.key_to_index[item] for item in session if item in model.wv]
    rows = rows if last is None else rows[-last:]
    vectors = model.wv.vectors[rows].astype(np.float64)
    vectors = unit(vectors) if directions else vectors
    weights = decay ** np.arange(len(rows))[::-1]
    return weights @ vectors / weights.sum()


SESSIONS = [[10], [20, 30], [60, 50, 40], [30, 99, 10, 98], [10, 10, 20]]


@pytest.mark.parametrize(("last", "decay"), [(1, 1.0), (2, 1.0), (None, 1.0), (None, 0.5), (2, 0.25)])
@pytest.mark.parametrize("kind", ["cosine", "dot", "similar"])
def test_all_scores_sorted(model, kind, last, decay):
    similar = kind == "similar"
    ranker = Recommender(
        model, "similar" if similar else "next", last=last, decay=decay, scores="dot" if kind == "dot" else "cosine"
    )
    found = ranker.recommend_batch(SESSIONS, topn=6)
    vectors = model.wv.vectors if similar else model.syn1neg
    for number, session in enumerate(SESSIONS):
        asked = query(model, session, last, decay, directions=similar)
        scores = vectors @ asked if kind == "dot" else unit(vectors) @ unit(asked)
        assert found.items()[number] == sorted_items(scores, ITEMS, session)
        for item, score in found[number]:
            assert_allclose(score, scores[ITEMS.index(item)], rtol=1e-5)


def test_a_batch_is_one_session_after_another(model):
    ranker = Recommender(model)
    assert ranker.recommend_batch(SESSIONS).items() == [
        [item for item, _ in ranker.recommend(session)] for session in SESSIONS
    ]
    assert [item for item, _ in recommend(model, [20, 30], topn=2)] == ranker.recommend_batch([[20, 30]], 2).items()[0]


def test_many_blocks(model, monkeypatch):
    """Blocks of sessions and of the catalogue leave no trace, whatever is left out."""
    rng = np.random.default_rng(3)
    items = list(range(500))
    model = given_model(items)
    sessions = [rng.integers(0, 520, size=rng.integers(0, 9)).tolist() for _ in range(300)]
    whole = Recommender(model, exclude=range(0, 500, 7)).recommend_batch(sessions, topn=20)
    monkeypatch.setattr("w2vcore.recommend.ranking._SESSIONS", 11)
    monkeypatch.setattr("w2vcore.query.search._BLOCK_SCORES", 700)
    parts = Recommender(model, exclude=range(0, 500, 7)).recommend_batch(sessions, topn=20)
    np.testing.assert_array_equal(parts.rows, whole.rows)
    assert not {item for answer in whole.items() for item in answer} & set(range(0, 500, 7))
    for session, answer in zip(sessions, whole.items(), strict=True):
        assert not set(session) & set(answer)
        assert len(answer) == 20


def test_long_sessions(model):
    """What a session has may be longer than the answer, and most of the catalogue."""
    found = Recommender(model).recommend_batch([ITEMS[:4] * 50, ITEMS * 50], topn=10)
    assert set(found.items()[0]) == {50, 60}
    assert found.items()[1] == []
    assert (found.rows[1] == -1).all() and np.isnan(found.scores[1]).all()


@pytest.mark.parametrize("few", [False, True])
def test_candidates_and_exclude(model, few):
    """Gathered rows, and scores that are refused, give the same."""
    allowed = [20, 60] if few else [10, 20, 40, 50, 60]
    found = Recommender(model, candidates=[*allowed, 77]).recommend_batch(SESSIONS)
    full = Recommender(model).recommend_batch(SESSIONS)
    refused = Recommender(model, exclude=(set(ITEMS) - set(allowed)) | {78}).recommend_batch(SESSIONS)
    for answer, whole, other in zip(found.items(), full.items(), refused.items(), strict=True):
        assert answer == other == [item for item in whole if item in allowed]
    assert found.scores[0, 0] == pytest.approx(dict(full[0])[found.items()[0][0]])


def test_no_candidate_is_left(model):
    assert Recommender(model, candidates=[]).recommend([10]) == []
    assert Recommender(model, candidates=[10]).recommend([10]) == []
    assert Recommender(model, candidates=[10], exclude=[10]).recommend_batch([[20], [99, 20]]).items() == [[], []]


def test_keep_seen(model):
    found = Recommender(model, "similar", keep_seen=True).recommend_batch(SESSIONS)
    assert [answer[0] for answer in found.items()] == [10, 30, 40, 10, 20]


def test_exclude_for_each_session(model):
    ranker = Recommender(model)
    found = ranker.recommend_batch([[10], [10], []], exclude=[[20, 99], [], [10]]).items()
    assert set(found[0]) == {30, 40, 50, 60}
    assert set(found[1]) == {20, 30, 40, 50, 60}
    assert found[2] == [20, 30, 40, 50, 60]
    few = Recommender(model, candidates=[20, 30]).recommend_batch([[10], [10]], exclude=[[20], [50]]).items()
    assert few[0] == [30] and set(few[1]) == {20, 30}
    with pytest.raises(ValueError, match=r"a list for each of 1 sessions, got 2; items that no session may get"):
        ranker.recommend_batch([[10]], exclude=[[1], [2]])


def test_sessions_without_a_known_item(model):
    sessions = [[], [99], [10, 99]]
    found = Recommender(model, exclude=[20]).recommend_batch(sessions, topn=2)
    assert found.items()[:2] == [[10, 30], [10, 30]]
    assert found.cold.tolist() == [True, True, False]
    assert found.unknown.tolist() == [0, 1, 1]
    assert np.isnan(found.scores[:2]).all() and not np.isnan(found.scores[2]).any()
    assert Recommender(model, cold=None).recommend_batch(sessions, topn=2).items()[:2] == [[], []]
    vectors = KeyedVectors(2)
    vectors.add_vectors(["a", "b"], np.eye(2))
    assert Recommender(vectors, "similar").recommend_batch([["c"], ["a"]]).items() == [[], ["b"]] or (
        vectors.expandos.get("count") is not None
    )


def test_no_sessions_and_no_answers(model):
    ranker = Recommender(model)
    assert len(ranker.recommend_batch([])) == 0
    assert ranker.recommend_batch([[10]], topn=0).items() == [[]]
    assert len(ranker.recommend([10], topn=100)) == 5


def test_unknown_items_of_another_type_are_named(model):
    with pytest.warns(UserWarning, match=r"none of the 2 items .*: '10' is a str, 10 a int"):
        Recommender(model).recommend_batch([["10", "20"]])


def test_kinds_of_ids(model):
    """NumPy's integers are the items that Python's are; any sequence will do as a session."""
    expected = Recommender(model).recommend([20, 30])
    for session in (np.array([20, 30]), np.array([20, 30], np.uint8), (20, 30), iter([20, 30]), [np.int16(20), 30]):
        assert Recommender(model).recommend(session) == expected
    assert Recommender(model).recommend_batch(np.array([[20, 30]])).items() == [[item for item, _ in expected]]


def leaf_scores(model, vector):
    """Log of the chance to reach each item's leaf, one item after the other."""
    scores = []
    for row in range(len(model.wv)):
        points, codes = (
            model.wv.get_vecattr(model.wv.index_to_key[row], "point"),
            model.wv.get_vecattr(model.wv.index_to_key[row], "code"),
        )
        signs = 1 - 2 * np.asarray(codes, float)
        scores.append(-np.logaddexp(0, -signs * (model.syn1[np.asarray(points, int)] @ vector)).sum())
    return np.array(scores)


@pytest.mark.parametrize("candidates", [None, [20, 60]])
def test_trees_score_by_their_paths(candidates):
    model = given_model(hs=1, negative=0)
    ranker = Recommender(model, candidates=candidates)
    for session in SESSIONS:
        scores = leaf_scores(model, query(model, session))
        assert np.exp(scores).sum() == pytest.approx(1, abs=1e-5)
        wanted = [item for item in sorted_items(scores, ITEMS, session) if candidates is None or item in candidates]
        found = ranker.recommend(session)
        assert [item for item, _ in found] == wanted
        assert_allclose([score for _, score in found], [scores[ITEMS.index(item)] for item in wanted], rtol=1e-5)


def test_a_model_of_both_answers_by_negative_sampling():
    model = given_model(hs=1, negative=5)
    scores = unit(model.syn1neg) @ unit(model.wv.vectors[0])
    assert [item for item, _ in recommend(model, [10])] == sorted_items(scores, ITEMS, [10])


def test_objectives_with_matrices_of_their_own():
    model = given_model(objective="softmax", negative=0)
    scores = unit(model.syn1_softmax) @ unit(model.wv.vectors[0])
    assert [item for item, _ in recommend(model, [10])] == sorted_items(scores, ITEMS, [10])


def test_other_models():
    """Words with n-grams and documents have output vectors for words; concatenated contexts have none."""
    sentences = [["tea", "cup", "jam"], ["tent", "boots", "map"]] * 20
    settings = {"vector_size": 8, "min_count": 1, "workers": 1, "sample": 0, "alpha": 0.1, "epochs": 20}
    for other in (
        FastText(sentences, **settings),
        Doc2Vec([(s, ["t"]) for s in sentences], dbow_words=1, dm=0, **settings),
    ):
        assert {item for item, _ in recommend(other, ["tea"], topn=2)} == {"cup", "jam"}
    wide = Doc2Vec([(s, ["t"]) for s in sentences], dm_concat=1, **settings)
    with pytest.raises(ValueError, match=r"mode='next' needs output vectors: .*; or ask with mode='similar'"):
        Recommender(wide)


def test_what_has_no_output_vectors(model):
    with pytest.raises(ValueError, match=r"these are KeyedVectors, which have none: .* mode='similar'"):
        Recommender(model.wv)
    assert len(recommend(model.wv, [10], mode="similar")) == 5
    del model.syn1neg
    with pytest.raises(ValueError, match=r"needs output vectors: the model has no syn1neg"):
        Recommender(model)
    assert len(recommend(model, [10], mode="similar")) == 5


def test_items_added_or_removed_after_training(model):
    model.wv.add_vectors([70], [np.ones(SIZE)])
    with pytest.raises(ValueError, match=r"there are 6 for 7 keys: items were added to wv or removed"):
        Recommender(model)
    assert 70 in dict(recommend(model, [10], mode="similar"))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"mode": "best"}, "mode must be 'next' or 'similar', got 'best'"),
        ({"scores": "sum"}, "scores must be 'cosine' or 'dot', got 'sum'"),
        ({"last": 0}, "last must be"),
        ({"decay": 0}, "decay must be above 0 and at most 1, got 0"),
        ({"decay": 1.5}, "decay must be above 0 and at most 1, got 1.5"),
        ({"cold": "mean"}, "cold must be 'popular' or None, got 'mean'"),
    ],
)
def test_values_that_are_not_allowed(model, options, message):
    with pytest.raises(ValueError, match=message):
        Recommender(model, **options)


def test_types_that_are_not_allowed(model):
    with pytest.raises(TypeError, match="model must be a Word2Vec or KeyedVectors, got dict"):
        Recommender({})
    with pytest.raises(TypeError, match=r"exclude must be an iterable of items, got '10'; pass \['10'\]"):
        Recommender(model, exclude="10")
    with pytest.raises(TypeError, match="session must be an iterable of items, got 'tea'"):
        Recommender(model).recommend("tea")
    with pytest.raises(TypeError, match="sentence 0 is 'tea'"):
        Recommender(model).recommend_batch(["tea"])
    with pytest.raises(TypeError, match="cannot be a key"):
        Recommender(model).recommend([[1]])


def test_titles(model):
    found = Recommender(model, titles={10: "Tea", 20: "Cup"}, candidates=[10, 30]).recommend_batch([[20]])
    assert {title for title, _ in found.titled(0)} == {"Tea", "30"}
    assert str(found) in ("Tea, 30", "30, Tea")
    many = Recommender(model, cold=None).recommend_batch([[]] * 12)
    assert str(many).endswith("... and 2 more sessions")


def test_slices_and_iteration(model):
    found = Recommender(model).recommend_batch(SESSIONS, topn=2)
    assert list(found) == [found[number] for number in range(5)] == found[:]
    assert found[1:3] == [found[1], found[2]]
    assert [item for item, _ in itertools.chain(*found)] == [item for answer in found.items() for item in answer]


def test_mapped_and_loaded_models_answer_alike(tmp_path):
    sessions = [["tea", "cup", "jam"], ["tent", "boots", "map"]] * 20
    model = Word2Vec(sessions, vector_size=8, min_count=1, workers=1)
    model.save(tmp_path / "m")
    expected = Recommender(model).recommend_batch(sessions[:2])
    for mmap in (None, "r"):
        found = Recommender(Word2Vec.load(tmp_path / "m", mmap=mmap)).recommend_batch(sessions[:2])
        np.testing.assert_array_equal(found.rows, expected.rows)
        np.testing.assert_array_equal(found.scores, expected.scores)
