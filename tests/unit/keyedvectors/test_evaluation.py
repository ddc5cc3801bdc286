"""evaluate_word_analogies and evaluate_word_pairs: which lines count, and for what, is as seen in gensim 4.4.0."""

import logging
import warnings

import numpy as np
import pytest
from evaluation import DATA

from w2vcore import KeyedVectors, Word2Vec

QUESTIONS = """: fam
king queen man woman
king queen zz woman
king queen

king queen man woman extra
: empty
: two
boy girl man woman
king king man woman
"""


@pytest.fixture
def kv():
    """Two families of words, of which each second differs from the first by the same vector; QUEEN is far away."""
    result = KeyedVectors(3)
    words = {"king": [1, 0, 0], "Queen": [1, 0, 1.1], "man": [0, 1, 0], "woman": [0, 1, 1], "QUEEN": [-9, 1, -2],
             "boy": [0.5, 1, 0], "girl": [0.5, 1, 1.2]}  # fmt: skip
    result.add_vectors(list(words), list(words.values()))
    return result


@pytest.fixture
def questions(tmp_path):
    path = tmp_path / "questions.txt"
    path.write_text(QUESTIONS)
    return path


@pytest.mark.parametrize(
    ("options", "correct", "incorrect"),
    [
        ({}, [1, 0, 1], [0, 0, 1]),
        ({"dummy4unknown": True}, [1, 0, 1], [1, 0, 1]),
        ({"case_insensitive": False}, [0, 0, 1], [0, 0, 1]),
        ({"restrict_vocab": 3}, [0, 0, 0], [0, 0, 0]),
        ({"restrict_vocab": None}, [1, 0, 1], [0, 0, 1]),
    ],
)
def test_sections(kv, questions, caplog, options, correct, incorrect):
    with caplog.at_level(logging.INFO):
        score, sections = kv.evaluate_word_analogies(str(questions), **options)
    assert [section["section"] for section in sections] == ["fam", "empty", "two", "Total accuracy"]
    assert [len(section["correct"]) for section in sections] == [*correct, sum(correct)]
    assert [len(section["incorrect"]) for section in sections] == [*incorrect, sum(incorrect)]
    tried = sum(correct) + sum(incorrect)
    assert score == (sum(correct) / tried if tried else 0.0)
    assert all(len(question) == 4 for question in sections[-1]["correct"] + sections[-1]["incorrect"])
    assert ("Total accuracy: " in caplog.text) == (tried > 0)
    if options == {}:
        assert sections[0]["correct"] == [("KING", "QUEEN", "MAN", "WOMAN")]
        assert "Quadruplets with out-of-vocabulary words: 25.0%" in caplog.text
        assert "Total accuracy: 66.7% (2/3)" in caplog.text


def test_the_function_that_answers(kv, questions):
    expected = kv.evaluate_word_analogies(questions)
    calls = []

    class Own(KeyedVectors):
        def most_similar(self, *args, **kwargs):
            calls.append(kwargs)
            return super().most_similar(*args, **kwargs)

        def worst(self, positive, negative, topn, restrict_vocab):
            return [("man", 1.0)]

    own = Own(3)
    own.add_vectors(kv.index_to_key, kv.vectors)
    assert own.evaluate_word_analogies(questions) == expected
    assert calls[0] == {"positive": ["Queen", "man"], "negative": ["king"], "topn": 5, "restrict_vocab": 300000}
    assert own.evaluate_word_analogies(questions, similarity_function="worst")[0] == 0
    assert kv.evaluate_word_analogies(questions, similarity_function="most_similar_cosmul")[1][0] == expected[1][0]
    for wrong in ("nearest", "vector_size"):
        with pytest.raises(ValueError, match="similarity_function must name a method such as"):
            kv.evaluate_word_analogies(questions, similarity_function=wrong)


def test_files_without_questions(kv, tmp_path):
    path = tmp_path / "questions.txt"
    path.write_text("")
    assert kv.evaluate_word_analogies(path) == (0.0, [{"section": "Total accuracy", "correct": [], "incorrect": []}])
    path.write_text("king queen man woman\n")
    with pytest.raises(ValueError, match="Missing section header before line #1"):
        kv.evaluate_word_analogies(path)
    with pytest.raises(FileNotFoundError):
        kv.evaluate_word_analogies(tmp_path / "none.txt")


def test_log_accuracy(caplog):
    with caplog.at_level(logging.INFO):
        KeyedVectors.log_accuracy({"section": "x", "correct": [1], "incorrect": [1, 2]})
        KeyedVectors.log_accuracy({"section": "nothing", "correct": [], "incorrect": []})
    assert [record.getMessage() for record in caplog.records] == ["x: 33.3% (1/3)"]


@pytest.mark.data
@pytest.mark.skipif(not (DATA / "questions-words.txt").is_file(), reason="W2VCORE_DATA has no questions-words.txt")
def test_real_questions_in_batches_and_one_by_one():
    """On vectors of a small text, the batches answer as most_similar does."""
    model = Word2Vec(corpus_file=DATA / "corpus-small.txt.gz", vector_size=20, min_count=20, epochs=1, workers=1)

    class OneByOne(KeyedVectors):
        def most_similar(self, *args, **kwargs):
            return super().most_similar(*args, **kwargs)

    other = OneByOne(20)
    other.add_vectors(model.wv.index_to_key, model.wv.vectors)
    path = DATA / "questions-words.txt"
    score, sections = model.wv.evaluate_word_analogies(path, restrict_vocab=2000)
    assert sections[-1]["incorrect"]
    assert other.evaluate_word_analogies(path, restrict_vocab=2000) == (score, sections)


# ------------------------------------------------------------------ pairs

PAIRS = "# comment\nking\tqueen\t3\nman\twoman\t5.5\nboy\tgirl\t1\nzz\tgirl\t2\nbad line\nboy\tking\t2\textra\n"


@pytest.mark.parametrize(
    ("options", "used", "oov"),
    [
        ({}, [("king", "Queen", 3), ("man", "woman", 5.5), ("boy", "girl", 1)], 25.0),
        ({"dummy4unknown": True}, [("king", "Queen", 3), ("man", "woman", 5.5), ("boy", "girl", 1), None], 25.0),
        ({"case_insensitive": False}, [("man", "woman", 5.5), ("boy", "girl", 1)], 50.0),
    ],
)
@pytest.mark.filterwarnings("ignore:.*more than three columns")
def test_pairs(kv, tmp_path, caplog, options, used, oov):
    path = tmp_path / "pairs.tsv"
    path.write_text(PAIRS)
    with caplog.at_level(logging.INFO):
        pearson, spearman, unknown = kv.evaluate_word_pairs(path, **options)
    assert unknown == oov
    cosines = [kv.similarity(*pair[:2]) if pair else 0 for pair in used]
    judged = [pair[2] if pair else 2 for pair in used]
    assert pearson.statistic == pytest.approx(np.corrcoef(judged, cosines)[0, 1], abs=1e-6)
    ranks = [np.argsort(np.argsort(values)) for values in (judged, cosines)]
    assert spearman[0] == pytest.approx(np.corrcoef(*ranks)[0, 1], abs=1e-6)
    assert f"Pairs with unknown words ratio: {oov:.1f}%" in caplog.text


@pytest.mark.filterwarnings("ignore:.*more than three columns")
def test_pairs_that_cannot_be_used(kv, tmp_path):
    path = tmp_path / "pairs.tsv"
    path.write_text(PAIRS)
    with pytest.raises(ValueError, match=r"No valid similarity judgements found in .*: 0 of 4 pairs can be used"):
        kv.evaluate_word_pairs(path, restrict_vocab=1)
    with pytest.raises(ValueError, match="0 of 0 pairs can be used, at least 2 are needed; check delimiter=','"):
        kv.evaluate_word_pairs(path, delimiter=",")


def test_log_evaluate_word_pairs(caplog):
    with caplog.at_level(logging.INFO):
        KeyedVectors.log_evaluate_word_pairs((0.5, 0.1), (0.25, 0.2), 12.5, "pairs.tsv")
    assert "pairs.tsv: 0.5000" in caplog.text
    assert "12.5%" in caplog.text


def test_more_columns_than_three(kv, tmp_path):
    """As in files that give the judgement of each person after the mean of all."""
    three, more = tmp_path / "three.tsv", tmp_path / "more.tsv"
    rows = [("king", "man", 9.5), ("king", "woman", 1), ("man", "woman", 4), ("woman", "boy", 3)]
    lines = [f"{first}\t{second}\t{value}" for first, second, value in rows]
    three.write_text("\n".join(lines) + "\n", encoding="utf8")
    judges = "".join(f"{line}\t1\t2\n" for line in lines)
    more.write_text("a\tb\tmean\tfirst\tsecond\n" + judges + "king\tboy\tnoun\t3\nking\tgirl\tnan\n", encoding="utf8")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        expected = kv.evaluate_word_pairs(three)
    with pytest.warns(
        UserWarning, match=r"more\.tsv: line 2, of 4 such lines, has more than three columns: the third is"
    ) as said:
        found = kv.evaluate_word_pairs(more)
    assert found == expected
    assert [type(part) for part in found] == [type(part) for part in expected]
    assert len(said) == 1
    assert said[0].filename == __file__
