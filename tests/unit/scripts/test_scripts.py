"""The scripts: what they write, what they say, and how they fail before they work."""

import logging
import subprocess
import sys

import numpy as np
import pytest

from w2vcore import KeyedVectors, Word2Vec
from w2vcore.scripts import glove2word2vec, word2vec2tensor, word2vec_standalone

CORPUS = "\n".join(["the king rules the land", "the queen rules the land", "a dog chases a cat"] * 30) + "\n"
SMALL = ["-train", "corpus.v1.txt", "-size", "8", "-min_count", "1", "-iter", "2", "-threads", "1"]


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    """Run each test in a folder with a corpus, and leave logging as it was."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "corpus.v1.txt").write_text(CORPUS, encoding="utf8")
    package = logging.getLogger("w2vcore")
    level = package.level
    yield tmp_path
    package.setLevel(level)


def names(folder):
    return {path.name for path in folder.iterdir()} - {"corpus.v1.txt"}


def test_without_output_the_model_and_its_vectors_are_saved(here, capsys):
    assert word2vec_standalone.main(SMALL) == 0
    assert names(here) == {"corpus.model", "corpus.model.txt"}
    model = Word2Vec.load(here / "corpus.model")
    vectors = KeyedVectors.load_word2vec_format(here / "corpus.model.txt")
    np.testing.assert_array_equal(vectors.vectors, model.wv.vectors)
    assert (model.sg, model.alpha, model.window, model.negative, model.hs, model.sample) == (0, 0.05, 5, 5, 0, 1e-3)
    assert capsys.readouterr().out == ""


def test_classes(here):
    """Two topics that share no word fall into two classes, as with word2vec.c."""
    rng = np.random.default_rng(1)
    topics = [[f"{letter}{number}" for number in range(25)] for letter in "ab"]
    lines = [" ".join(rng.choice(topics[row % 2], 10)) for row in range(600)]
    (here / "corpus.v1.txt").write_text("\n".join(lines))
    assert (
        word2vec_standalone.main([*SMALL, "-classes", "2", "-output", "classes.txt", "-iter", "20", "-sample", "0"])
        == 0
    )
    found = dict(line.split() for line in (here / "classes.txt").read_text().splitlines())
    first, second = ({found[word] for word in topic} for topic in topics)
    assert len(first) == len(second) == 1
    assert first | second == {"0", "1"}
    assert names(here) == {"classes.txt"}


@pytest.mark.parametrize(
    "options", [["-classes", "-1", "-output", "c"], ["-classes", "2"], ["-classes", "99", "-output", "c"]]
)
def test_impossible_classes(here, capsys, options):
    assert word2vec_standalone.main([*SMALL, *options]) == 1
    assert f"error: -classes {options[1]}: " in capsys.readouterr().err
    assert not names(here)


def test_options(here):
    options = [
        "-output",
        "v.bin",
        "-binary",
        "1",
        "-cbow",
        "0",
        "-hs",
        "1",
        "-negative",
        "0",
        "-window",
        "2",
        "-sample",
        "0",
    ]
    assert word2vec_standalone.main([*SMALL, *options, "-save-vocab", "vocab.txt"]) == 0
    assert names(here) == {"v.bin", "vocab.txt"}
    vectors = KeyedVectors.load_word2vec_format(here / "v.bin", binary=True)
    sentences = [line.split() for line in CORPUS.splitlines()]
    wanted = Word2Vec(
        sentences,
        vector_size=8,
        min_count=1,
        epochs=2,
        workers=1,
        sg=1,
        hs=1,
        negative=0,
        window=2,
        sample=0,
        alpha=0.025,
    )
    assert vectors.index_to_key == wanted.wv.index_to_key
    np.testing.assert_array_equal(vectors.vectors, wanted.wv.vectors)
    assert (here / "vocab.txt").read_text().splitlines()[0] == f"the {CORPUS.split().count('the')}"


def test_read_vocab(here):
    (here / "vocab.txt").write_text("king 30\nland 60\ndog 30\n")
    assert word2vec_standalone.main([*SMALL, "-output", "v.txt", "-read-vocab", "vocab.txt"]) == 0
    assert set(KeyedVectors.load_word2vec_format(here / "v.txt").index_to_key) == {"king", "land", "dog"}
    (here / "vocab.txt").write_text("king 30\nland\n")
    assert word2vec_standalone.main([*SMALL, "-output", "v.txt", "-read-vocab", "vocab.txt"]) == 1


def test_accuracy(here, caplog):
    (here / "questions.txt").write_text(": capitals\nking land queen rules\nking dog queen cat\n")
    with caplog.at_level(logging.INFO):
        assert word2vec_standalone.main([*SMALL, "-output", "v.txt", "-accuracy", "questions.txt"]) == 0
    assert "accuracy on questions.txt:" in caplog.text


@pytest.mark.parametrize(
    ("options", "text"),
    [
        (["-train", "missing.txt"], "-train missing.txt: no such file"),
        (["-accuracy", "missing.txt"], "-accuracy missing.txt: no such file"),
        (["-read-vocab", "missing.txt"], "-read-vocab missing.txt: no such file"),
        (["-output", "no/where.txt"], "-output no/where.txt: there is no folder no; make it first"),
        (["-output", "."], "-output .: cannot write a file of this name"),
        (["-save-vocab", "no/where.txt"], "-save-vocab no/where.txt"),
        (["-output", "./corpus.v1.txt"], "-output ./corpus.v1.txt is the text of -train"),
        (["-save-vocab", "./corpus.v1.txt"], "-save-vocab ./corpus.v1.txt is the text of -train"),
        (["-hs", "0", "-negative", "0"], "You must set either 'hs' or 'negative'"),
        (["-min_count", "1000"], "min_count=1000"),
        (["-threads", "0"], "workers must be"),
    ],
)
def test_failures_are_one_line_and_nothing_is_written(here, capsys, options, text):
    assert word2vec_standalone.main([*SMALL, *options]) == 1
    (line,) = [line for line in capsys.readouterr().err.splitlines() if line.startswith("word2vec_standalone: error:")]
    assert text in line
    assert names(here) == set()


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ([], "the following arguments are required: -train"),
        ([*SMALL, "-cbow", "2"], "argument -cbow: invalid choice"),
        ([*SMALL, "-window", "wide"], "argument -window: invalid int value: 'wide'"),
        ([*SMALL, "-size", "2", "-nonsense", "5"], "unrecognized arguments: -nonsense 5"),
    ],
)
def test_wrong_command_lines(options, text, capsys):
    with pytest.raises(SystemExit) as stop:
        word2vec_standalone.main(options)
    assert stop.value.code == 2
    assert text in capsys.readouterr().err


@pytest.mark.parametrize("binary", [False, True])
def test_word2vec2tensor(here, binary):
    vectors = KeyedVectors(3)
    numbers = np.random.default_rng(1).normal(size=(4, 3)).astype(np.float32)
    vectors.add_vectors(["king", "naïve", "c", "d"], numbers)
    vectors.save_word2vec_format(here / "vectors", binary=binary)
    assert word2vec2tensor.main(["-i", "vectors", "-o", "demo", *(["-b"] if binary else [])]) == 0
    assert (here / "demo_metadata.tsv").read_text(encoding="utf8") == "king\nnaïve\nc\nd\n"
    np.testing.assert_array_equal(np.loadtxt(here / "demo_tensor.tsv", dtype=np.float32, delimiter="\t"), numbers)


def test_word2vec2tensor_refuses_what_a_table_cannot_hold(here):
    (here / "vectors.txt").write_text("1 1\na\tb 0.5\n")
    with pytest.raises(ValueError, match=r"the word 'a\\tb' \(row 0\) has a tab"):
        word2vec2tensor.word2vec2tensor(here / "vectors.txt", "demo")
    assert names(here) == {"vectors.txt"}


def test_glove2word2vec(here):
    (here / "glove.txt").write_text("king 0.5 1.0\nqueen 0.25 -1.0\n")
    with pytest.warns(DeprecationWarning, match="no_header=True"):
        assert glove2word2vec.glove2word2vec(here / "glove.txt", here / "v.txt") == (2, 2)
    assert glove2word2vec.main(["-i", "glove.txt", "-o", "w.txt"]) == 0
    assert (here / "v.txt").read_text() == (here / "w.txt").read_text() == "2 2\nking 0.5 1.0\nqueen 0.25 -1.0\n"


@pytest.mark.parametrize("script", [word2vec2tensor, glove2word2vec])
def test_converters_fail_in_one_line(script, capsys):
    assert script.main(["-i", "missing", "-o", "x"]) == 1
    assert "error: --input missing: no such file" in capsys.readouterr().err
    assert script.main(["-i", "corpus.v1.txt", "-o", "no/x"]) == 1
    assert "there is no folder no" in capsys.readouterr().err
    assert script.main(["-i", "corpus.v1.txt", "-o", "x"]) == 1
    with pytest.raises(SystemExit):
        script.main(["-i", "x"])


def test_as_modules(here):
    command = [sys.executable, "-m", "w2vcore.scripts.word2vec_standalone", *SMALL, "-output", "v.txt"]
    done = subprocess.run(command, cwd=here, capture_output=True, check=False, text=True, timeout=100)
    assert (done.returncode, done.stdout) == (0, "")
    assert "collecting all words and their counts" in done.stderr
    assert "finished running word2vec_standalone" in done.stderr
    for name in ("word2vec2tensor", "glove2word2vec"):
        done = subprocess.run(
            [sys.executable, "-m", f"w2vcore.scripts.{name}", "--help"],
            check=False,
            cwd=here,
            capture_output=True,
            text=True,
            timeout=100,
        )
        assert done.returncode == 0 and "--output" in done.stdout
