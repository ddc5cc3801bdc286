"""Metrics against their definitions, one question after another."""

import math

import numpy as np
import pytest
from given_items import ITEMS, given_model

from w2vcore.recommend import CoOccurrence, Evaluation, Popularity, Recommender, evaluate
from w2vcore.recommend.encoding import encode

RNG = np.random.default_rng(2)
SESSIONS = [RNG.choice([*ITEMS, 99], size=RNG.integers(1, 7)).tolist() for _ in range(200)]


def plainly(ranker, sessions, topn, hide):
    """What `evaluate` measures, by lists and loops."""
    ranks, shown, unknown, repeated, cold = [], set(), 0, 0, 0
    for session in sessions:
        for place in range(1, len(session)) if hide == "each" else range(max(len(session) - 1, 1), len(session)):
            before, hidden = session[:place], session[place]
            answer = [item for item, _ in ranker.recommend(before, topn)]
            shown.update(answer)
            ranks.append(answer.index(hidden) + 1 if hidden in answer else math.inf)
            unknown += hidden not in ranker.key_to_index
            repeated += hidden in before and hidden in ranker.key_to_index
            cold += not any(item in ranker.key_to_index for item in before)
    rate = float(np.mean(np.isfinite(ranks)))
    return Evaluation(
        topn,
        len(ranks),
        rate,
        math.sqrt(rate * (1 - rate) / len(ranks)),
        float(np.mean([1 / rank for rank in ranks])),
        float(np.mean([1 / math.log2(1 + rank) for rank in ranks])),
        len(shown) / len(ranker.keys),
        unknown,
        repeated,
        cold,
    )


@pytest.mark.filterwarnings("ignore:none of the")
@pytest.mark.parametrize("hide", ["last", "each"])
@pytest.mark.parametrize("keep_seen", [False, True])
def test_by_its_definition(hide, keep_seen):
    ranker = Recommender(given_model(), keep_seen=keep_seen)
    expected, found = plainly(ranker, SESSIONS, 3, hide), evaluate(ranker, SESSIONS, 3, hide=hide)
    assert found.as_dict() == pytest.approx(expected.as_dict())
    assert found.unknown and found.repeated and found.cold


def test_prefixes_come_in_parts(monkeypatch):
    encoded = encode(SESSIONS, {item: row for row, item in enumerate(ITEMS)})
    ((whole, hidden),) = encoded.prefixes()
    monkeypatch.setattr("w2vcore.recommend.encoding._AT_ONCE", 7)
    parts = list(encoded.prefixes())
    assert len(parts) > 20
    np.testing.assert_array_equal(np.concatenate([part.rows for part, _ in parts]), whole.rows)
    np.testing.assert_array_equal(np.concatenate([np.diff(part.offsets) for part, _ in parts]), np.diff(whole.offsets))
    np.testing.assert_array_equal(np.concatenate([rows for _, rows in parts]), hidden)


def test_a_function_of_somebody_else_s():
    """It is asked with known items, and what it answers is counted as for a recommender."""
    ranker = Popularity(SESSIONS)
    asked = []

    def function(sessions, topn):
        asked.extend(sessions)
        return [[item for item, _ in ranker.recommend(session, topn)] for session in sessions]

    for hide in ("last", "each"):
        found = evaluate(function, SESSIONS, 2, hide=hide, catalogue=ranker.keys)
        assert found == evaluate(ranker, SESSIONS, 2, hide=hide)
    assert all(isinstance(session, list) for session in asked)
    with pytest.raises(ValueError, match="catalogue must list the items"):
        evaluate(function, SESSIONS)
    with pytest.raises(TypeError, match=r"got Word2Vec; of a model make Recommender\(model\)"):
        evaluate(given_model(), SESSIONS, catalogue=[1])


@pytest.mark.parametrize("sessions", [[], [[]], [[10], [20]]])
@pytest.mark.parametrize("hide", ["last", "each"])
def test_nothing_to_ask(sessions, hide):
    with pytest.raises(ValueError, match="no session has two items"):
        evaluate(Popularity([[10]]), sessions, hide=hide)


def test_values_that_are_not_allowed():
    with pytest.raises(ValueError, match="hide must be 'last' or 'each', got 'first'"):
        evaluate(Popularity(SESSIONS), SESSIONS, hide="first")
    with pytest.raises(ValueError, match="topn must be"):
        evaluate(Popularity(SESSIONS), SESSIONS, 0)


def beside(sessions, window, following):
    """Counts of pairs, by loops."""
    counts = {}
    for session in sessions:
        if window is None:
            pairs = {(a, b) for a in session for b in session if a != b}
        else:
            pairs = [
                (session[i], session[j])
                for i in range(len(session))
                for j in range(len(session))
                if session[i] != session[j] and 0 < abs(i - j) <= window and (j > i or not following)
            ]
        for pair in pairs:
            counts[pair] = counts.get(pair, 0) + 1
    return counts


@pytest.mark.parametrize(("window", "following"), [(None, False), (1, False), (1, True), (3, True), (50, False)])
@pytest.mark.parametrize("scores", ["count", "cosine"])
@pytest.mark.parametrize("candidates", [None, ITEMS[1:3], ITEMS[1:]])
def test_co_occurrence(window, following, scores, candidates):
    ranker = CoOccurrence(SESSIONS, window, following=following, scores=scores, candidates=candidates)
    pairs, counts = beside(SESSIONS, window, following), dict(zip(ranker.keys, ranker.counts.tolist(), strict=True))
    assert counts == {item: sum(session.count(item) for session in SESSIONS) for item in counts}

    def score(last, item):
        number = pairs.get((last, item), 0)
        return number if scores == "count" else number / math.sqrt(counts[last] * counts[item])

    for last in ranker.keys:
        wanted = [item for item in ranker.keys if item != last and (candidates is None or item in candidates)]
        wanted.sort(key=lambda item: (-round(score(last, item), 9), -counts[item]))
        assert [item for item, _ in ranker.recommend([ITEMS[0], last], 10) if item != ITEMS[0]] == [
            item for item in wanted if item != ITEMS[0]
        ]


def test_baselines_refuse():
    with pytest.raises(ValueError, match="scores must be"):
        CoOccurrence(SESSIONS, scores="sum")
    with pytest.raises(ValueError, match="window must be an int at least 1"):
        CoOccurrence(SESSIONS, 0)
    with pytest.raises(ValueError, match="following=True must have a window"):
        CoOccurrence(SESSIONS, following=True)


def test_baselines_of_one_item():
    assert CoOccurrence([[7]]).recommend([7]) == []
    assert CoOccurrence([[7], [7, 7]], 2, keep_seen=True).recommend([7])[0][0] == 7
    assert Popularity([]).recommend([]) == []
