"""Models of documents from the command line: train --doc2vec, infer, similar --tags."""

import numpy as np
import pytest

from w2vcore import Doc2Vec, KeyedVectors

SMALL = ("--doc2vec", "--min-count", 1, "--workers", 1, "--vector-size", 8, "--sample", 0, "-q")


@pytest.fixture
def documents(run, corpus):
    """A model of the corpus, a document a line."""
    run("train", corpus, "-o", "m", *SMALL, "--dbow", "--epochs", 20)
    return Doc2Vec.load("m")


def test_train(documents, corpus):
    expected = Doc2Vec(
        corpus_file=corpus, dm=0, min_count=1, workers=1, vector_size=8, sample=0, epochs=20
    )  # fmt: skip
    assert str(documents) == str(expected)
    assert documents.dv.index_to_key == list(range(90))
    np.testing.assert_array_equal(documents.dv.vectors, expected.dv.vectors)


@pytest.mark.parametrize(
    "options, name",
    [((), "dm/m"), (("--cbow-sum",), "dm/s"), (("--dbow", "--dbow-words"), "dbow+w"), (("--dm",), "dm/m")],
)
def test_kinds(run, corpus, options, name):
    run("train", corpus, "-o", "m", *SMALL, *options)
    model = Doc2Vec.load("m")
    assert str(model).startswith(f"Doc2Vec<{name},")
    assert model.epochs == 10


def test_resume(run, corpus, documents):
    run("train", corpus, "-o", "again", *SMALL, "--dbow", "--epochs", 20, "--checkpoint", "c")
    run("resume", "c", corpus, "-o", "resumed", "-q")
    for name in ("again", "resumed"):
        np.testing.assert_array_equal(Doc2Vec.load(name).dv.vectors, documents.dv.vectors)


@pytest.mark.parametrize(
    "options, message",
    [
        (("--dbow-words",), "--dbow-words is for documents: give --doc2vec, too"),
        (("--dbow",), "--dbow is for documents: give --doc2vec, too"),
        (("--dm",), "--dm is for documents: give --doc2vec, too"),
        (("--doc2vec", "--sg"), "--sg is for words alone: with --doc2vec give --dm or --dbow"),
        (("--doc2vec", "--cbow"), "--cbow is for words alone: with --doc2vec give --dm or --dbow"),
        (("--doc2vec", "--min-n", 2), "--min-n is for n-grams of characters"),
        (("--doc2vec", "--fasttext"), "--fasttext and --doc2vec are two kinds of models"),
        (("--doc2vec", "--save-format", "glove"), "which only the native format holds"),
    ],
)
def test_what_does_not_go_together(failure, corpus, options, message):
    assert message in failure("train", corpus, "-o", "m.safetensors", *options, code=2)


def test_infer(run, documents):
    text = "the king rules a dog"
    expected = documents.infer_vector(text.split())
    printed = run("infer", "m", text).stdout
    assert np.array(printed.split("\t"), np.float32).tolist() == expected.tolist()
    lines = run("infer", "m", "--lower", "--strip-punctuation", input="The king, rules a DOG!\nunknown words\n")
    first, second = lines.stdout.splitlines()
    assert f"{first}\n" == printed
    assert not np.array(second.split("\t"), np.float32).any()
    assert "1 of 2 texts have no word that the model knows" in lines.stderr


def test_infer_to_a_file(run, documents, failure):
    run("infer", "m", "-o", "v.npy", "--epochs", 3, "--alpha", 0.1, "the king", "a dog")
    expected = documents.infer_vectors([["the", "king"], ["a", "dog"]], 0.1, epochs=3)
    np.testing.assert_array_equal(np.load("v.npy"), expected)
    assert "NAME.npy" in failure("infer", "m", "-o", "v.txt", "the king", code=2)
    assert "give one of them" in failure("infer", "m", "-o", "v.npy", "--similar", 3, "the king", code=2)


def test_tags(run, documents):
    lines = [
        line.split("\t") for line in run("infer", "m", "--similar", 2, "the king rules", "a dog").stdout.splitlines()
    ]
    assert [number for number, _, _ in lines] == ["1", "1", "2", "2"]
    nearest = documents.dv.most_similar([documents.infer_vector(["a", "dog"])], topn=2)
    assert [int(tag) for _, tag, _ in lines[2:]] == [tag for tag, _ in nearest]
    found = run("similar", "m", "--tags", "17", "-n", 3).stdout.splitlines()
    assert [int(line.split("\t")[0]) for line in found] == [tag for tag, _ in documents.dv.most_similar(17, topn=3)]


def test_tags_that_are_not_there(failure, documents):
    """The advice for words, on capitals, would not help."""
    message = "there is no tag '99': the tags of this model are 90 numbers from 0 to 89, of lines of its text"
    assert message in failure("similar", "m", "--tags", "99")
    assert "there is no tag 'king'" in failure("similar", "m", "--tags", "17", "king")
    documents.dv.index_to_key = [f"t{number}" for number in range(90)]
    documents.dv.key_to_index = {f"t{number}": number for number in range(90)}
    documents.save("named")
    assert "Key 't99' not present" in failure("similar", "named", "--tags", "t99")


def test_a_text_without_known_words_has_no_nearest_tags(run, documents):
    found = run("infer", "m", "--similar", 2, "unknown words", "a dog")
    assert [line.split("\t")[0] for line in found.stdout.splitlines()] == ["2", "2"]
    assert "1 of 2 texts have no word that the model knows" in found.stderr


def test_an_empty_text_is_said_to_be_empty(failure, tmp_path):
    (tmp_path / "empty").write_text("\n")
    message = failure("train", tmp_path / "empty", "-o", "m", "--doc2vec")
    assert "There is no word in" in message or "no word" in message
    assert "TagScan" not in message


def test_other_models_are_refused(run, corpus, failure, documents):
    run("train", corpus, "-o", "words", "--min-count", 1, "-q")
    assert "is no model of documents: make one with" in failure("infer", "words", "the king")
    documents.save("small", tags=False)
    assert "has no tags" in failure("infer", "small", "--similar", 2, "the king")


def test_sentences(run, corpus, monkeypatch):
    run("train", corpus, "-o", "m", "--min-count", 1, "--workers", 1, "--vector-size", 8, "--sample", 0, "-q")
    texts = [" ".join(line.split()[:5]) for line in corpus.read_text().splitlines()[:6]]
    wv = KeyedVectors.load("m")
    expected = wv.sentence_vectors([text.split() for text in texts], "idf", 2)
    run("sentences", "m", *texts, "-o", "v.npy", "--weighting", "idf", "--remove-components", 2)
    np.testing.assert_array_equal(np.load("v.npy"), expected)
    printed = run("sentences", "m", *texts).stdout.splitlines()
    np.testing.assert_array_equal(
        np.array([line.split("\t") for line in printed], np.float32),
        wv.sentence_vectors([text.split() for text in texts]),
    )


@pytest.mark.parametrize(
    "options, code, message",
    [
        (("-o", "v.txt"), 2, "a file of NumPy"),
        (("--zipf", "--weighting", "mean"), 2, "--zipf is for --weighting sif"),
        ((), 1, "leaves nothing"),
    ],
)
def test_sentences_that_are_refused(run, failure, corpus, options, code, message):
    run("train", corpus, "-o", "m", "--min-count", 1, "--workers", 1, "--vector-size", 8, "--sample", 0, "-q")
    assert message in failure("sentences", "m", corpus.read_text().splitlines()[0], *options, code=code)
