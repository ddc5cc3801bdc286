"""NaN and infinity in a question: refused by the name of the argument, never answered with the first rows."""

import numpy as np
import pytest

from w2vcore import KeyedVectors

NAN, INF = float("nan"), float("inf")


@pytest.fixture
def kv():
    result = KeyedVectors(3)
    result.add_vectors(["a", "b", "c", "d"], [[1, 0, 0], [1, 1, 0], [0, 1, 0], [0, 0, 1]])
    return result


@pytest.mark.parametrize("bad", [NAN, INF, -INF, np.float32(NAN)])
@pytest.mark.parametrize("make", [lambda x: np.array([1, x, 0]), lambda x: np.array([1, x, 0], np.float16)])
@pytest.mark.parametrize(
    ("ask", "name"),
    [
        (lambda kv, v: kv.most_similar(v), r"positive\[0\]"),
        (lambda kv, v: kv.most_similar(positive=["a", v]), r"positive\[1\]"),
        (lambda kv, v: kv.most_similar("a", v, topn=None), r"negative\[0\]"),
        (lambda kv, v: kv.most_similar(["a", ("b", 2), (v, 0.5)]), r"positive\[2\]"),
        (lambda kv, v: kv.most_similar(np.array([[1, 0, 0], v])), r"positive\[1\]"),
        (lambda kv, v: kv.most_similar([v.tolist()]), r"positive\[0\]"),
        (lambda kv, v: kv.similar_by_vector(v), "vector"),
        (lambda kv, v: kv.similar_by_vector(v.tolist()), "vector"),
        (lambda kv, v: kv.most_similar_batch(["a", v]), r"keys_or_vectors\[1\]"),
        (lambda kv, v: kv.most_similar_batch(np.array([[1, 0, 0], v])), r"keys_or_vectors\[1\]"),
        (lambda kv, v: kv.most_similar_cosmul(["a", v]), r"positive\[1\]"),
        (lambda kv, v: kv.most_similar_cosmul("a", negative=[v]), r"negative\[0\]"),
        (lambda kv, v: kv.distances(v), "word_or_vector"),
        (lambda kv, v: kv.distances(v.tolist(), ["a"]), "word_or_vector"),
        (lambda kv, v: kv.get_mean_vector(["a", v]), r"keys\[1\]"),
    ],
)
def test_vectors(kv, ask, name, make, bad):
    with pytest.raises(ValueError, match=rf"^{name} holds -?(nan|inf) at place 1: a vector must hold finite numbers"):
        ask(kv, make(bad))


@pytest.mark.parametrize("bad", [NAN, INF, -INF, np.float32(INF)])
@pytest.mark.parametrize(
    ("ask", "name"),
    [
        (lambda kv, w: kv.most_similar([("a", w)]), r"the weight of positive\[0\]"),
        (lambda kv, w: kv.most_similar(["a", ("b", w)]), r"the weight of positive\[1\]"),
        (lambda kv, w: kv.most_similar("a", [(np.ones(3), w)]), r"the weight of negative\[0\]"),
        (lambda kv, w: kv.get_mean_vector(["a", "b"], [1, w]), r"weights\[1\]"),
        (lambda kv, w: kv.get_mean_vector(["a", "missing"], [1, w]), r"weights\[1\]"),
    ],
)
def test_weights(kv, ask, name, bad):
    with pytest.raises(ValueError, match=rf"^{name} must be a finite number, got (np\.\w+\()?-?(nan|inf)"):
        ask(kv, bad)


@pytest.mark.parametrize(
    "ask",
    [
        lambda kv: kv.most_similar("b"),
        lambda kv: kv.most_similar(["a", "b"], ["c"]),
        lambda kv: kv.most_similar([("b", 0.5)], topn=None),
        lambda kv: kv.similar_by_key("b"),
        lambda kv: kv.most_similar_cosmul("b"),
        lambda kv: kv.most_similar_batch(["a", "b"]),
        lambda kv: kv.get_mean_vector(["a", "b"]),
        lambda kv: kv.distances("b"),
    ],
)
@pytest.mark.parametrize("bad", [NAN, INF])
def test_the_vector_of_a_key(kv, ask, bad):
    kv.vectors[1, 2] = bad
    with pytest.raises(ValueError, match=r"the vector of 'b' holds (nan|inf) at place 2: a vector must hold finite"):
        ask(kv)


def test_such_vectors_among_the_answers_come_last(kv):
    kv.vectors[3, 0] = NAN
    assert [key for key, _ in kv.most_similar("a", topn=3)] == ["b", "c", "d"]


def test_finite_extremes_are_no_fault(kv):
    for vector in (np.array([1e150, 0, 0]), np.array([1e-150, 0, 0]), np.array([3e38, 0, 0], np.float32), np.zeros(3)):
        assert len(kv.most_similar(vector)) == 4
        assert np.isfinite(kv.distances(vector)).all()
    assert kv.most_similar([("a", 1e300)]) == kv.most_similar("a")
