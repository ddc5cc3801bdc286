"""Reading questions and judged pairs, and marking answers."""

import gzip
import logging

import numpy as np
import pytest

from w2vcore.query import analogies, pairs, similarity, transport


def test_questions_are_read(tmp_path, caplog):
    path = tmp_path / "questions.txt"
    text = ": capitals of\nAthens Greece Oslo Norway\n\nthree words only\n: none\n:odd one two three\n"
    path.write_text(text, encoding="utf8")
    with caplog.at_level(logging.INFO):
        sections = analogies.read(path, str.upper)
    assert [(section.name, section.questions) for section in sections] == [
        ("capitals of", [("ATHENS", "GREECE", "OSLO", "NORWAY")]),
        ("none", [(":ODD", "ONE", "TWO", "THREE")]),
    ]
    assert "Skipping invalid line #4" in caplog.text
    packed = tmp_path / "questions.txt.gz"
    packed.write_bytes(gzip.compress(text.encode()))
    assert analogies.read(packed, str.upper) == sections
    path.write_text("a b c d\n")
    with pytest.raises(ValueError, match=r"Missing section header before line #1 in .*questions.txt"):
        analogies.read(path, str)


def test_marks():
    """The first of the candidates that is none of the three words of the question, in any case, is the answer."""
    words = np.array([0, 1, 2, 3, 1, 3])  # rows 4 and 5 are rows 1 and 3 in another case
    questions = np.array([[0, 1, 2, 3]] * 6)
    answers = np.array([[3, 4], [4, 3], [4, 5], [4, 2], [-1, -1], [0, -1]])
    assert analogies.right(questions, lambda asked: answers, words).tolist() == [True, True, True, False, False, False]
    none = np.empty((6, 0), np.intp)
    assert not analogies.right(questions, lambda asked: none, words).any()


def test_sum_and_product_agree_with_their_definitions():
    rng = np.random.default_rng(4)
    vectors = rng.standard_normal((200, 12)).astype(np.float32)
    lengths = similarity.norms(vectors)
    questions = rng.integers(0, 200, (50, 4))
    units = vectors.astype(np.float64) / np.linalg.norm(vectors.astype(np.float64), axis=1, keepdims=True)
    by_sum = analogies.by_sum(vectors, lengths)(questions)
    by_product = analogies.by_product(vectors, lengths)(questions)
    for place, (a, b, c, _) in enumerate(questions):
        cosines = (units @ units[[a, b, c]].T).T
        sums = cosines[1] - cosines[0] + cosines[2]
        products = (1 + cosines[1]) / 2 * (1 + cosines[2]) / 2 / ((1 + cosines[0]) / 2 + 1e-6)
        for scores, found in ((sums, by_sum[place]), (products, by_product[place])):
            expected = similarity.top(scores, 5, [a, b, c])
            np.testing.assert_allclose(scores[found], scores[expected], rtol=1e-4)


def test_pairs_are_read(tmp_path, caplog):
    path = tmp_path / "pairs.csv"
    path.write_bytes("# comment\nä,b,3\nc,d,x\nc,d\nc,d,1,2\n\ne,f,-1.5\n".encode("latin1"))
    said = r"line 5, of 1 such lines, has more than three columns: left out"
    with caplog.at_level(logging.INFO), pytest.warns(UserWarning, match=said):
        found = pairs.read(path, ",", "latin1", str.upper)
    assert found == [(2, ("Ä", "B", 3.0)), (7, ("E", "F", -1.5))]
    assert [number for number in range(1, 8) if f"invalid line #{number} " in caplog.text] == [3, 4, 5, 6]


def test_transport_without_the_package(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "ot", None)
    with pytest.raises(ImportError, match=r"POT, which is not installed: pip install w2vcore\[wmd\]"):
        transport.distance([[0.0]], [1.0], [[1.0]], [1.0])
