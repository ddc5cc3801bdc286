"""w2vcore similar, analogy, odd-one-out, similarity and vector."""

import json
from pathlib import Path

import numpy as np
import pytest

from w2vcore import KeyedVectors, Word2Vec
from w2vcore.formats import registry

SUBWORDS = Path(__file__).parents[2] / "golden" / "fasttext" / "subwords.bin"  # trained by fastText
FLORET = Path(__file__).parents[2] / "golden" / "floret" / "hashes2.floret"  # trained by floret


@pytest.fixture
def family(here):
    """Vectors in which a man is to a king as a woman is to a queen."""
    vectors = KeyedVectors(3)
    rows = {"man": [1, 0, 0.2], "woman": [0, 1, 0.2], "king": [3, 2, 0], "queen": [2, 3, 0], "-man": [-1, 0, -1]}
    vectors.add_vectors(list(rows), list(rows.values()), extras={"count": [5, 4, 3, 2, 1]})
    vectors.save("family.safetensors")
    return "family.safetensors"


def rows(result):
    return [line.split("\t") for line in result.stdout.splitlines()]


# ---------------------------------------------------------------------- words that fastText makes up


def made_up(word):
    vector = KeyedVectors.load_any(SUBWORDS).subwords.vector(word)
    return vector / np.linalg.norm(vector)


def test_similar_to_a_word_that_fasttext_makes_up(run):
    vectors = KeyedVectors.load_any(SUBWORDS)
    expected = vectors.most_similar(["catdog", "the"], negative=["matty"], topn=3)
    as_vectors = vectors.most_similar([made_up("catdog"), "the"], negative=[made_up("matty")], topn=3)
    assert [value for _, value in expected] == pytest.approx([value for _, value in as_vectors], abs=1e-6)
    found = rows(run("similar", SUBWORDS, "catdog", "the", "--negative", "matty", "-n", 3))
    assert found == [[word, f"{similarity:.4f}"] for word, similarity in expected]


def test_similarity_of_words_that_fasttext_makes_up(run):
    expected = made_up("catdog") @ made_up("matty")
    assert float(run("similarity", SUBWORDS, "catdog", "matty").stdout) == pytest.approx(expected, abs=1e-4)
    one, other = (
        row["similarity"]
        for row in json.loads(run("similarity", SUBWORDS, "the", "matty", "cat", "--json").stdout)["similarities"]
    )
    vectors = KeyedVectors.load_any(SUBWORDS)
    unit = vectors.get_vector("the", norm=True)
    assert (one, other) == (
        pytest.approx(unit @ made_up("matty"), abs=1e-6),
        pytest.approx(vectors.similarity("the", "cat"), abs=1e-6),
    )


@pytest.mark.parametrize("cosmul", [False, True])
def test_analogy_of_words_that_fasttext_makes_up(run, cosmul):
    vectors = KeyedVectors.load_any(SUBWORDS)
    ask = vectors.most_similar_cosmul if cosmul else vectors.most_similar
    expected = ask(positive=["the", made_up("matty")], negative=[made_up("catdog")], topn=2)
    found = run("analogy", SUBWORDS, "catdog", "the", "matty", "-n", 2, *["--cosmul"] * cosmul)
    assert [word for word, _ in rows(found)] == [word for word, _ in expected]


def test_the_odd_one_may_be_made_up(run):
    expected = KeyedVectors.load_any(SUBWORDS).doesnt_match(["the", "catdog", "matty"])
    assert run("odd-one-out", SUBWORDS, "the", "catdog", "matty").stdout == f"{expected}\n"


@pytest.mark.parametrize("model", [FLORET, SUBWORDS], ids=["floret", "fasttext"])
def test_neighbours_among_given_words(run, here, model):
    (here / "words.txt").write_text("quick\n brown \n\nquickly\r\nslow\nquick\n", encoding="utf8")
    vectors = KeyedVectors.load_any(model)
    expected = vectors.vectors_for_all(["quick", "brown", "quickly", "slow"])
    shown = rows(run("similar", model, "quickest", "-brown", "--among", "words.txt", "-n", 2))
    best = expected.most_similar([vectors["quickest"]], negative=["brown"], topn=2)
    assert shown == [[word, f"{value:.4f}"] for word, value in best]
    assert "quick" not in [row[0] for row in rows(run("similar", model, "quick", "--among", "words.txt"))]


def test_a_table_without_words(run, failure, here):
    assert float(run("similarity", FLORET, "quick", "quickly").stdout) > 0.8
    assert run("vector", FLORET, "quick").stdout.startswith("quick -0.01269")
    assert "no words to search: give a file of some, --among" in failure("similar", FLORET, "quick")
    assert "no words to search" in failure("analogy", FLORET, "a", "b", "c")
    assert "no such file; --among is" in failure("similar", FLORET, "quick", "--among", "missing.txt")
    (here / "none.txt").write_text("\n\n", encoding="utf8")
    assert "has no word that has a vector" in failure("similar", FLORET, "quick", "--among", "none.txt")


def test_a_word_without_subwords_is_not_made_up(failure):
    assert failure("similar", SUBWORDS, "").startswith("Key '' not present")


# ---------------------------------------------------------------------- similar


def test_similar(run, model):
    result = run("similar", model, "king", "-n", 3)
    expected = KeyedVectors.load(model).most_similar("king", topn=3)
    assert rows(result) == [[word, f"{similarity:.4f}"] for word, similarity in expected]
    assert result.stderr == ""


def test_similar_to_several_and_away_from_others(run, model):
    result = run("similar", model, "king", "dog", "--negative", "cat", "--negative", "land", "-n", 2)
    expected = KeyedVectors.load(model).most_similar(["king", "dog"], negative=["cat", "land"], topn=2)
    assert [word for word, _ in rows(result)] == [word for word, _ in expected]


@pytest.mark.parametrize(
    ("words", "positive", "negative"),
    [
        (("king", "-queen"), ["king"], ["queen"]),
        (("-queen", "king"), ["king"], ["queen"]),
        (("king", "-queen", "woman", "-man"), ["king", "woman", "-man"], ["queen"]),  # -man is a key
        (("king", "--negative", "queen", "-woman"), ["king"], ["woman", "queen"]),
        (("king", "--negative", "-man"), ["king"], ["-man"]),
        (("--", "king", "-man"), ["king", "-man"], []),
        (("king", "--", "-man"), ["king", "-man"], []),
        (("-night", "king"), ["king"], ["night"]),  # -n is an option, and -night none
        (("-hop", "king"), ["king"], ["hop"]),
    ],
)
@pytest.mark.parametrize("way", ["arguments", "lines"])
def test_words_with_signs(run, family, words, positive, negative, way):
    vectors = KeyedVectors.load(family)
    vectors.add_vectors(["night", "hop"], [[0, 0, 1], [1, 0, 1]])
    vectors.save("more.safetensors")
    expected = [[word, f"{value:.4f}"] for word, value in vectors.most_similar(positive, negative, topn=2)]
    if way == "arguments":
        assert (
            rows(
                run("similar", "more.safetensors", *words, "-n", 2)
                if "--" not in words
                else run("similar", "more.safetensors", "-n2", *words)
            )
            == expected
        )
    elif "--negative" not in words:
        found = rows(run("similar", "more.safetensors", "-n2", input=" ".join(words) + "\n"))
        assert [row[1:] for row in found] == expected


def test_signs_that_are_wrong(failure, run, family):
    assert failure("similar", family, "king", "-quen") == "Key 'quen' not present; did you mean queen?"
    assert failure("similar", family, "--", "-queen") == "Key '-queen' not present; did you mean queen?"
    assert "No such option" in failure("similar", family, "king", "--nonsense", code=2)
    message = failure("similarity", family, "king", "-queen", code=2)
    assert message.startswith("No such option") and "; a word that begins with - goes after -- (" in message
    assert run("similarity", family, "--", "king", "-man").stdout == "-0.5883\n"  # -3 / sqrt(13 * 2)


def test_similar_among_the_most_frequent(run, family):
    assert {word for word, _ in rows(run("similar", family, "queen", "--restrict-vocab", 2))} == {"man", "woman"}


def test_similar_as_json(run, family):
    found = json.loads(run("similar", family, "woman", "-n", 1, "--json").stdout)
    assert found["question"] == ["woman"]
    assert found["answer"] == [{"word": "queen", "similarity": pytest.approx(0.816, abs=1e-3)}]


def test_similar_with_integer_keys(run):
    Word2Vec([[10, 20, 30]] * 20, vector_size=4, min_count=1).save("m.safetensors")
    assert {word for word, _ in rows(run("similar", "m.safetensors", "10"))} == {"20", "30"}
    assert {row["word"] for row in json.loads(run("similar", "m.safetensors", 10, "--json").stdout)["answer"]} == {
        20,
        30,
    }


@pytest.mark.parametrize("word", ["--5", "-", "5-", "9" * 5000])
def test_what_is_almost_a_number_is_a_word_that_is_not_there(failure, family, word):
    assert failure("similar", family, "--", word).startswith(f"Key {word!r} not present; ")


@pytest.mark.parametrize("name", ["word2vec_text", "word2vec_binary", "glove", "fasttext_binary", "numpy"])
def test_similar_in_any_format(run, family, name):
    registry.get(name).write(KeyedVectors.load(family).snapshot(), "vectors")
    assert rows(run("similar", "vectors", "woman", "-n", 1))[0][0] == "queen"


def test_similar_in_a_packed_file(run, family):
    KeyedVectors.load(family).save("family.safetensors.gz")
    assert rows(run("similar", "family.safetensors.gz", "woman", "-n", 1))[0][0] == "queen"


def test_bad_questions(run, failure, family):
    assert "topn" in failure("similar", family, "man", "-n", 0, code=2)
    assert failure("similar", family, "man", "--negative", "men").startswith("Key 'men' not present; did you mean")


# ---------------------------------------------------------------------- analogy


def test_analogy(run, family):
    """A is to B as C is to what?"""
    assert rows(run("analogy", family, "man", "king", "woman", "-n", 1))[0][0] == "queen"
    expected = KeyedVectors.load(family).most_similar(positive=["king", "woman"], negative=["man"], topn=10)
    result = run("analogy", family, "man", "king", "woman")
    assert rows(result) == [[word, f"{similarity:.4f}"] for word, similarity in expected]


def test_analogy_by_product(run, family):
    expected = KeyedVectors.load(family).most_similar_cosmul(positive=["king", "woman"], negative=["man"])
    result = run("analogy", family, "man", "king", "woman", "--cosmul")
    assert rows(result) == [[word, f"{similarity:.4f}"] for word, similarity in expected]


def test_analogies_from_stdin(run, family):
    result = run("analogy", family, "-n", 1, input="man king woman\n\nwoman queen man\n")
    assert [row[:2] for row in rows(result)] == [["man king woman", "queen"], ["woman queen man", "king"]]
    result = run("analogy", family, "--json", "-n", 1, input="man king woman\n\nwoman queen man\n")
    assert [json.loads(line)["answer"][0]["word"] for line in result.stdout.splitlines()] == ["queen", "king"]


def test_bad_analogies(run, failure, family):
    assert "an analogy has three words, A B C: got 2" in failure("analogy", family, "man", "king", code=2)
    result = run("analogy", family, "-n", 1, input="man king\nman king women\nman king woman\n", code=1)
    assert [row[1] for row in rows(result)] == ["queen"]
    first, second = result.stderr.splitlines()
    assert first == "Error: line 1: an analogy has three words, A B C: got 2"
    assert second.startswith("Error: line 2: Key 'women' not present; did you mean woman")


# ---------------------------------------------------------------------- odd-one-out


def test_odd_one_out(run, family):
    assert run("odd-one-out", family, "--", "man", "king", "queen", "-man").stdout == "-man\n"


def test_odd_one_out_as_json(run, family):
    found = json.loads(run("odd_one_out", "--json", family, "--", "man", "king", "queen", "-man").stdout)
    ranking = KeyedVectors.load(family).rank_by_centrality(["man", "king", "queen", "-man"])
    assert found["odd"] == "-man"
    assert [row["word"] for row in found["ranking"]] == [word for _, word in ranking]


def test_odd_one_out_of_too_few(failure, family):
    assert "at least three words" in failure("odd-one-out", family, "man", "king", code=2)
    assert "not present" in failure("odd-one-out", family, "man", "king", "horse")


# ---------------------------------------------------------------------- similarity


def test_similarity(run, family):
    vectors = KeyedVectors.load(family)
    assert run("similarity", family, "king", "queen").stdout == f"{vectors.similarity('king', 'queen'):.4f}\n"
    several = rows(run("similarity", family, "king", "queen", "man"))
    assert several == [[word, f"{vectors.similarity('king', word):.4f}"] for word in ("queen", "man")]
    found = json.loads(run("similarity", family, "king", "queen", "--json").stdout)
    assert found == {
        "word": "king",
        "similarities": [{"word": "queen", "similarity": pytest.approx(12 / 13, abs=1e-6)}],
    }


def test_similarity_of_one(failure, family):
    assert "two words or more" in failure("similarity", family, "king", code=2)
    assert "not present" in failure("similarity", family, "king", "horse")


# ---------------------------------------------------------------------- vector


def test_vector(run, model):
    vectors = KeyedVectors.load(model)
    for line, word in zip(run("vector", model, "king", "dog").stdout.splitlines(), ("king", "dog"), strict=True):
        found, *numbers = line.split(" ")
        assert found == word
        assert (np.array(numbers, np.float32) == vectors[word]).all()
    found = json.loads(run("vector", model, "king", "--json").stdout)
    assert (np.array(found[0]["vector"], np.float32) == vectors["king"]).all()


def test_vector_of_length_one(run, family):
    assert run("vector", family, "king", "--normalize").stdout.startswith("king 0.83205")


def test_vector_of_a_word_that_fasttext_makes_up(run):
    vectors = KeyedVectors.load_any(SUBWORDS)
    word = "unheardofword"
    assert not vectors.has_index_for(word)
    _, *numbers = run("vector", SUBWORDS, word).stdout.split()
    assert (np.array(numbers, np.float32) == vectors.subwords.vector(word)).all()


def test_vector_of_an_unknown_word(failure, family):
    assert "not present" in failure("vector", family, "horse")
