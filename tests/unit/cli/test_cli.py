"""The command: what it prints where, what it saves, how it fails."""

import inspect
import os
import subprocess
import sys

import pytest
from click.testing import CliRunner

from w2vcore import KeyedVectors, Word2Vec, cli
from w2vcore.cli import training

CORPUS = "\n".join(["the king rules the land", "the queen rules the land", "a dog chases a cat"] * 30) + "\n"


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    """Run each test in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def corpus(here):
    path = here / "corpus.txt"
    path.write_text(CORPUS, encoding="utf8")
    return path


@pytest.fixture
def model(here):
    path = here / "model.safetensors"
    settings = {"vector_size": 12, "min_count": 1, "workers": 1, "sg": 1, "epochs": 3}
    Word2Vec([line.split() for line in CORPUS.splitlines()], **settings).save(path)
    return path


def run(*arguments, code=0):
    result = CliRunner().invoke(cli.main, [str(argument) for argument in arguments])
    assert result.exit_code == code, result.output + repr(result.exception)
    return result


def one_line(result):
    (line,) = result.stderr.splitlines()
    assert result.stdout == ""
    return line


# ---------------------------------------------------------------------- demo


def test_demo(here, monkeypatch):
    monkeypatch.setitem(training.DEMO_SETTINGS, "epochs", 2)
    result = run("demo")
    lines = result.stdout.splitlines()
    assert lines[0].split() == ["epoch", "loss"]
    losses = [float(line.split()[1]) for line in lines[1:3]]
    assert losses[1] < losses[0]
    assert [line.split(":")[0].strip() for line in lines[4:]] == list(training.DEMO_WORDS)
    assert all(line.count(",") == 4 for line in lines[4:])
    saved = here / "shakespeare.w2v.safetensors"
    assert str(saved) in result.stderr
    loaded = Word2Vec.load(saved)
    assert loaded.wv.vector_size == training.DEMO_SETTINGS["vector_size"]
    assert "thou" in loaded.wv
    assert "100%" in result.stderr  # the bar


def test_demo_elsewhere(here, monkeypatch):
    monkeypatch.setitem(training.DEMO_SETTINGS, "epochs", 1)
    run("demo", "-o", "other.safetensors")
    assert [path.name for path in here.iterdir()] == ["other.safetensors"]


# ---------------------------------------------------------------------- train


def test_train(here, corpus):
    result = run(
        "train", corpus, "-o", "m.safetensors", "--vector-size", 12, "--min-count", 1, "--sg", "--compute-loss"
    )
    assert result.stdout == ""
    assert str(here / "m.safetensors") in result.stderr
    assert "loss" in result.stderr
    model = Word2Vec.load("m.safetensors")
    assert (model.vector_size, model.sg, model.min_count) == (12, 1, 1)
    assert model.corpus_count == 90


def test_train_quietly(corpus):
    result = run("train", corpus, "-o", "m", "--min-count", 1, "-q")
    assert (result.stdout, result.stderr) == ("", "")


def test_train_is_word2vec(corpus):
    run(
        "train",
        corpus,
        "-o",
        "m",
        "--min-count",
        1,
        "--workers",
        1,
        "--hs",
        "--negative",
        0,
        "--window",
        "sentence",
        "-q",
    )
    expected = Word2Vec(corpus_file=corpus, min_count=1, workers=1, hs=1, negative=0, window="sentence")
    assert Word2Vec.load("m").wv.vectors.tobytes() == expected.wv.vectors.tobytes()


def test_train_on_several_files_and_folders(here, corpus):
    folder = here / "more"
    folder.mkdir()
    (folder / "b.txt").write_text("one two\n")
    (folder / "a.txt").write_text("three four\n")
    run("train", corpus, folder, "-o", "m", "--min-count", 1, "-q")
    assert Word2Vec.load("m").corpus_count == 92


def test_options_are_the_arguments_of_word2vec():
    signature = inspect.signature(Word2Vec).parameters
    defaults = training.train.make_context("train", ["corpus.txt", "-o", "m"]).params
    ours = set(defaults) - {"corpus", "output", "quiet"}
    left_out = {"sentences", "corpus_file", "hashfxn", "null_word", "trim_rule", "sorted_vocab", "callbacks", "comment"}
    left_out |= {"progress", "cache_corpus", "unknown"}
    assert ours == set(signature) - left_out
    for name in ours - {"workers"}:  # a command may take the whole machine
        assert defaults[name] == signature[name].default, name
    assert defaults["workers"] == -1


# ---------------------------------------------------------------------- similar, config


def test_similar(model):
    result = run("similar", model, "king", "-n", 3)
    rows = [line.split("\t") for line in result.stdout.splitlines()]
    expected = KeyedVectors.load(model).most_similar("king", topn=3)
    assert rows == [[word, f"{similarity:.4f}"] for word, similarity in expected]
    assert result.stderr == ""


def test_similar_to_several_and_away_from_others(model):
    result = run("similar", model, "king", "dog", "--negative", "cat", "--negative", "land", "-n", 2)
    expected = KeyedVectors.load(model).most_similar(["king", "dog"], negative=["cat", "land"], topn=2)
    assert [line.split("\t")[0] for line in result.stdout.splitlines()] == [word for word, _ in expected]


def test_similar_with_integer_keys(here):
    Word2Vec([[10, 20, 30]] * 20, vector_size=4, min_count=1).save("m.safetensors")
    result = run("similar", "m.safetensors", "10")
    assert {line.split("\t")[0] for line in result.stdout.splitlines()} == {"20", "30"}


def test_config():
    result = run("config")
    assert "instruction set" in result.stdout
    assert "numpy" in result.stdout


def test_help_and_version():
    assert run("--version").stdout.startswith("w2vcore ")
    for command in ((), ("demo",), ("train",), ("similar",), ("config",)):
        assert "Usage:" in run(*command, "--help").stdout


# ---------------------------------------------------------------------- failures


def test_missing_corpus():
    result = run("train", "nothing.txt", "-o", "m", code=1)
    assert one_line(result).startswith("Error: nothing.txt: no such file")


def test_missing_model():
    assert one_line(run("similar", "nothing.safetensors", "king", code=1)).startswith("Error: nothing.safetensors: ")


def test_not_a_model(here):
    (here / "text.safetensors").write_text("hello\n" * 100)
    assert "Error: " in one_line(run("similar", "text.safetensors", "king", code=1))


def test_unknown_word_names_similar_ones(model):
    line = one_line(run("similar", model, "kingg", code=1))
    assert line == "Error: Key 'kingg' not present; did you mean king?"


def test_nothing_frequent_enough(here):
    (here / "corpus.txt").write_text("so few words\n")
    result = run("train", "corpus.txt", "-o", "m", "-q", code=1)
    assert "Lower min_count" in one_line(result)
    assert not (here / "m").exists()


def test_output_is_checked_before_the_training(here, corpus):
    assert "no such folder" in one_line(run("train", corpus, "-o", "no/such/m", code=1))
    assert "is a folder" in one_line(run("demo", "-o", here, code=1))


def test_bad_options_are_usage_errors(corpus):
    assert "neither a number of words nor 'sentence'" in run("train", corpus, "-o", "m", "--window", "x", code=2).stderr
    assert "Missing option" in run("train", corpus, code=2).stderr
    assert "No such option" in run("train", corpus, "-o", "m", "--size", 3, code=2).stderr


def test_bad_values_say_what_is_allowed(corpus):
    line = one_line(run("train", corpus, "-o", "m", "-q", "--workers", 0, code=1))
    assert line == "Error: workers must be an int at least 1, got 0 (workers=-1 uses all cores)"


@pytest.mark.parametrize("place", ["before", "after"])
def test_traceback_on_request(corpus, place):
    arguments = ["train", corpus, "-o", "m", "-q", "--workers", 0]
    arguments.insert(0 if place == "before" else 1, "--traceback")
    result = run(*arguments, code=1)
    assert isinstance(result.exception, ValueError)


def test_interrupt(corpus, monkeypatch):
    def interrupted(*arguments, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr("w2vcore.Word2Vec", interrupted)
    assert one_line(run("train", corpus, "-o", "m", code=130)) == "Interrupted; no model was saved."


def test_python_dash_m(model, here):
    environment = {**os.environ, "PYTHONIOENCODING": "utf8"}
    command = [sys.executable, "-m", "w2vcore", "similar", str(model), "king", "-n", "1"]
    done = subprocess.run(command, cwd=here, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert len(done.stdout.splitlines()) == 1
    done = subprocess.run(
        [*command[:4], "none", "x"], cwd=here, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 1
    assert done.stderr.startswith("Error: none: ")
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.skipif(os.name == "nt", reason="a pipe that closes early is a POSIX habit: w2vcore similar ... | head -1")
def test_reader_that_goes_away(model, here):
    command = f'"{sys.executable}" -m w2vcore similar "{model}" king -n 5 | true'
    done = subprocess.run(command, shell=True, cwd=here, capture_output=True, text=True, timeout=60, check=False)
    assert done.stderr == ""


def test_resume(here, corpus, monkeypatch):
    options = ("--min-count", 1, "--workers", 1, "--vector-size", 8, "--batch-words", 40, "-q")
    run("train", corpus, "-o", "whole", *options)

    def killed(self, callbacks, summary):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Word2Vec, "_after_epoch", killed)
        run("train", corpus, "-o", "m", "--checkpoint", "c", "--checkpoint-every", 50, *options, code=130)
    assert not (here / "m").exists()
    run("resume", "c", corpus, "-o", "m", "-q")
    assert Word2Vec.load("m").wv.vectors.tobytes() == Word2Vec.load("whole").wv.vectors.tobytes()
