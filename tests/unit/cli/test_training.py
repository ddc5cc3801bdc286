"""w2vcore demo, train and resume: what they print where, what they save, how they fail."""

import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import click
import numpy as np
import pytest
from clicking import runner

from w2vcore import FastText, KeyedVectors, Word2Vec, cli, datasets, preset
from w2vcore.cli import training
from w2vcore.cli.formats import by_ending
from w2vcore.formats.recognition import recognise
from w2vcore.word2vec import vocabulary
from w2vcore.word2vec.training import Run

SMALL = ("--min-count", 1, "--workers", 1, "--vector-size", 8)


def same(one, other):
    return Word2Vec.load(one).wv.vectors.tobytes() == Word2Vec.load(other).wv.vectors.tobytes()


# ---------------------------------------------------------------------- demo


def test_demo(run, here, monkeypatch):
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


def test_demo_elsewhere(run, here, monkeypatch):
    monkeypatch.setitem(training.DEMO_SETTINGS, "epochs", 1)
    run("demo", "-o", "other.safetensors")
    assert [path.name for path in here.iterdir()] == ["other.safetensors"]


def test_demo_gives_its_text(run, here):
    assert run("demo", "--text").stdout == datasets.shakespeare().read_text(encoding="utf8")
    assert not list(here.iterdir())


def test_demo_with_an_ending(run, here, monkeypatch):
    monkeypatch.setitem(training.DEMO_SETTINGS, "epochs", 1)
    said = run("demo", "-o", "v.bin").stderr
    assert f"Vectors saved in {here / 'v.bin'}" in said
    assert recognise("v.bin") == "word2vec_binary"


# ---------------------------------------------------------------------- train


def test_train(run, here, corpus):
    result = run(
        "train", corpus, "-o", "m.safetensors", "--vector-size", 12, "--min-count", 1, "--sg", "--compute-loss"
    )
    assert result.stdout == ""
    lines = result.stderr.splitlines()
    assert [line.split(":")[0] for line in lines[:5]] == [f"epoch {number}" for number in range(1, 6)]
    assert all(" words/s, loss " in line for line in lines[:5])
    assert lines[5].startswith("Trained on 450 words in 90 sentences, 5 epochs in ")
    assert lines[6] == "Vocabulary: 9 words, 12 numbers each."
    assert lines[7].startswith(f"Saved in {here / 'm.safetensors'} (")
    asked = lines[8].removeprefix("Ask it: w2vcore ").split()
    assert asked[:2] == ["similar", "m.safetensors"]
    model = Word2Vec.load("m.safetensors")
    assert (model.vector_size, model.sg, model.min_count, model.corpus_count) == (12, 1, 1, 90)
    assert run(*asked).stdout


def test_train_quietly(run, corpus):
    result = run("train", corpus, "-o", "m", "--min-count", 1, "-q")
    assert (result.stdout, result.stderr) == ("", "")


def test_train_on_a_terminal(terminal, corpus):
    status, seen = terminal(["train", corpus, "-o", "m", "--min-count", 1, "--compute-loss"])
    assert status == 0
    bar = next(line for line in seen.replace("\r", "\n").splitlines() if "100%" in line)
    assert bar.startswith("epoch 5/5: 100%") and "words/s, loss=" in bar and "<00:00" in bar
    assert seen.index("epoch 5: ") > seen.index("100%")


def test_after_a_bar_few_epochs_are_listed(terminal, corpus):
    """The bar has shown them all, and `info` does."""
    status, seen = terminal(["train", corpus, "-o", "m", "--min-count", 1, "--epochs", 30])
    assert status == 0
    listed = re.findall(r"^epoch (\d+): ", seen.replace("\r", "\n"), re.MULTILINE)
    assert listed == ["1", "8", "15", "23", "30"]


@pytest.mark.parametrize("columns", [60, 80])
def test_a_narrow_terminal_shows_the_loss(terminal, corpus, columns):
    _, seen = terminal(["train", corpus, "-o", "m", "--min-count", 1, "--compute-loss"], columns=columns)
    bar = next(line for line in seen.replace("\r", "\n").splitlines() if "100%" in line)
    assert re.search(r"^epoch 5/5: 100%\|.+\| 00:00 left, loss=\d\.\d{3}, accuracy=\d\.\d{3}", bar)
    assert len(bar) <= columns
    assert (" words/s" in bar) is (columns == 80)
    _, seen = terminal(["train", corpus, "-o", "m", "--min-count", 1], columns=columns)
    bar = next(line for line in seen.replace("\r", "\n").splitlines() if "100%" in line)
    assert len(bar) <= columns
    assert " words/s" in bar


def test_train_is_word2vec(run, corpus):
    run("train", corpus, "-o", "m", *SMALL, "--hs", "--negative", 0, "--window", "sentence", "-q")
    Word2Vec(corpus_file=corpus, min_count=1, workers=1, vector_size=8, hs=1, negative=0, window="sentence").save(
        "expected"
    )
    assert same("m", "expected")


def test_train_on_several_files_and_folders(run, here, corpus):
    folder = here / "more"
    folder.mkdir()
    (folder / "b.txt").write_text("one two\n")
    (folder / "a.txt").write_text("three four\n")
    run("train", corpus, folder, "-o", "m", "--min-count", 1, "-q")
    assert Word2Vec.load("m").corpus_count == 92


def test_train_on_stdin(run, corpus):
    run("train", corpus, "-o", "whole", *SMALL, "-q")
    run("train", "-", "-o", "m", *SMALL, "-q", input=corpus.read_bytes())
    assert same("m", "whole")


def test_train_on_plain_text(run, here, corpus):
    run("train", corpus, "-o", "whole", *SMALL, "-q")
    (here / "printed.txt").write_text(corpus.read_text().title().replace("Rules", "Rules,") + "!\n")
    run("train", "printed.txt", "-o", "m", *SMALL, "-q", "--lower", "--strip-punctuation")
    assert same("m", "whole")


def test_keep_so_many_words(run, corpus):
    run("train", corpus, "-o", "m", "--min-count", 1, "--max-final-vocab", 3, "-q")
    assert len(KeyedVectors.load("m")) <= 3


@pytest.mark.parametrize("name", ["word2vec-text", "word2vec_binary", "glove", "fasttext-binary", "numpy"])
def test_save_formats(run, corpus, name):
    run("train", corpus, "-o", "whole", *SMALL, "-q")
    result = run("train", corpus, "-o", "vectors", *SMALL, "--save-format", name)
    assert f", {name.replace('_', '-')})." in result.stderr
    found, expected = KeyedVectors.load_any("vectors"), KeyedVectors.load("whole")
    assert found.index_to_key == expected.index_to_key
    assert (found.vectors == expected.vectors).all()


def test_save_for_the_projector(run, here, corpus):
    result = run("train", corpus, "-o", "v", *SMALL, "--save-format", "projector")
    assert {path.name for path in here.iterdir()} == {"corpus.txt", "v_tensor.tsv", "v_metadata.tsv"}
    assert str(here / "v_tensor.tsv") in result.stderr
    assert len(KeyedVectors.load_any("v_tensor.tsv")) == 9


def test_curves(run, here, corpus):
    pytest.importorskip("tensorboardX", reason="curves need w2vcore[tensorboard]")
    result = run("train", corpus, "-o", "m", *SMALL, "--tensorboard", "logs", "--compute-loss")
    assert "Curves and vectors: tensorboard --logdir logs" in result.stderr
    assert {path.name.split(".")[0] for path in (here / "logs").iterdir()} == {
        "events", "metadata", "projector_config", "vectors",
    }  # fmt: skip


def test_curves_without_the_package_that_writes_them(failure, here, corpus, monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorboardX", None)
    line = failure("train", corpus, "-o", "m", *SMALL, "--tensorboard", "logs")
    assert "pip install w2vcore[tensorboard]" in line
    assert not (here / "m").exists()


def test_a_native_file_with_the_ending_of_another(run, corpus):
    result = run("train", corpus, "-o", "vectors.txt", *SMALL, "--save-format", "native")
    assert "for others: w2vcore convert vectors.txt FILE --to word2vec-text" in result.stderr


@pytest.mark.parametrize("name", ["v.bin", "v.txt", "v.vec.gz", "v.glove", "v.npz", "v.npy", "v.kv", "v.model", "v"])
def test_an_ending_means_what_it_means_to_convert(run, corpus, name):
    run("train", corpus, "-o", "whole", *SMALL, "-q")
    said = run("train", corpus, "-o", name, *SMALL).stderr
    whole = recognise(name) == "native"
    assert ("the vectors alone" in said) is not whole
    run("convert", "whole", f"converted-{name}", *(() if by_ending(Path(name)) else ("--to", "native")))
    assert recognise(name) == recognise(f"converted-{name}")
    assert (KeyedVectors.load_any(name).vectors == KeyedVectors.load("whole").vectors).all()


# ---------------------------------------------------------------------- presets


def test_a_preset_is_its_arguments(run, corpus):
    run("train", corpus, "-o", "m", *SMALL, "--preset", "items", "-q")
    Word2Vec(corpus_file=corpus, **preset("items", min_count=1, workers=1, vector_size=8)).save("expected")
    assert same("m", "expected")


def test_options_override_a_preset_also_where_they_are_the_defaults(run, corpus):
    run("train", corpus, "-o", "m", *SMALL, "--epochs", 5, "--cbow", "--preset", "items", "--window=5", "-q")
    model = Word2Vec.load("m")
    assert (model.epochs, model.sg, model.window, model.negative) == (5, 0, 5, 10)


def test_an_unknown_preset_is_refused_with_the_known_ones(failure, corpus):
    said = failure("train", corpus, "-o", "m", "--preset", "bset", code=2)
    assert "'bset' is not one of 'best', 'fast', 'gensim', 'items'" in said


def test_a_preset_that_is_not_that_of_the_checkpoint_is_refused(run, failure, corpus):
    arguments = ("train", corpus, "-o", "m", *SMALL, "--checkpoint", "c", "--resume", "-q")
    run(*arguments, "--preset", "items")
    run(*arguments, "--preset", "items")
    run(*arguments, "--preset", "gensim", "--sg", *("--window", "sentence", "--negative", 10, "--ns-exponent", 0),
        *("--epochs", 10, "--negative-sharing", "pair"))  # fmt: skip
    assert "--negative 5 is not that of c, 10" in failure(*arguments, "--preset", "items", "--negative", 5, code=2)
    assert "is not that of c" in failure(*arguments, "--preset", "gensim", code=2)


# ---------------------------------------------------------------------- resume


def stopped(run, corpus, monkeypatch, *more):
    """Train until after the first epoch."""

    def killed(self, line):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Run, "epoch_ended", killed)
        arguments = ("--checkpoint", "c", "--checkpoint-every", 50, *SMALL, "--batch-words", 40, "-q", *more)
        return run("train", corpus, "-o", "m", *arguments, code=130)


def test_resume(run, here, corpus, monkeypatch):
    run("train", corpus, "-o", "whole", *SMALL, "--batch-words", 40, "-q")
    result = stopped(run, corpus, monkeypatch)
    assert result.stderr == f"Interrupted; go on with: w2vcore resume c {corpus} -o m\n"
    assert not (here / "m").exists()
    run("resume", "c", corpus, "-o", "m", "-q")
    assert same("m", "whole")


def test_train_with_resume(run, corpus, monkeypatch):
    arguments = (corpus, "-o", "m", *SMALL, "--batch-words", 40, "-q", "--checkpoint", "c", "--resume")
    run("train", corpus, "-o", "whole", *SMALL, "--batch-words", 40, "-q")
    stopped(run, corpus, monkeypatch, "--resume")  # there was nothing yet
    run("train", *arguments)
    assert same("m", "whole")
    run("train", *arguments)  # it was finished
    assert same("m", "whole")


def test_resume_with_other_settings(run, failure, corpus, monkeypatch):
    stopped(run, corpus, monkeypatch)
    arguments = ("train", corpus, "-o", "m", "--checkpoint", "c", "--resume")
    line = failure(*arguments, "--vector-size", 9, code=2)
    assert line.startswith("--vector-size 9 is not that of c, 8: leave it out to go on")
    assert failure("train", corpus, "-o", "m", "--resume", code=2).startswith("--resume goes on from the file of")


def test_resume_from_plain_stdin(run, corpus, monkeypatch):
    text = corpus.read_bytes().upper()
    run("train", corpus, "-o", "whole", *SMALL, "--batch-words", 40, "-q")
    stopped(run, corpus, monkeypatch)
    run("resume", "c", "-", "-o", "m", "--lower", "-q", input=text)
    assert same("m", "whole")


def test_the_advice_to_go_on_is_complete(run, corpus, monkeypatch):
    more = ("--lower", "--strip-punctuation", "--save-format", "word2vec_text")
    result = stopped(run, corpus, monkeypatch, *more)
    advice = result.stderr.removeprefix("Interrupted; go on with: w2vcore ").split()
    assert advice[4:] == ["m", "--lower", "--strip-punctuation", "--save-format", "word2vec-text"]
    run(*advice, "-q")
    run("train", corpus, "-o", "whole", *SMALL, "--batch-words", 40, "-q")
    assert (KeyedVectors.load_any("m").vectors == KeyedVectors.load("whole").vectors).all()


def test_resume_from_what_is_no_checkpoint(run, failure, corpus):
    assert failure("resume", "none", corpus, "-o", "m").startswith("none: no such file; CHECKPOINT is the file")
    run("train", corpus, "-o", "whole", *SMALL, "-q")
    assert "whole is a saved model, not a checkpoint" in failure("resume", "whole", corpus, "-o", "m", "-q")


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C is another thing there")
def test_ctrl_c_and_on(run, here, corpus):
    """A real signal to a real process, and the command line that it advises."""
    command = [
        sys.executable,
        "-m",
        "w2vcore",
        "train",
        corpus.name,
        "-o",
        "m",
        "--min-count",
        "1",
        "--checkpoint",
        "c",
    ]
    process = subprocess.Popen(
        [*command, "--epochs", "100000", "-q"], cwd=here, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    ends = time.monotonic() + 60
    while not (here / "c").exists() and time.monotonic() < ends:
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    printed, said = process.communicate(timeout=60)
    assert (process.returncode, printed) == (130, "")
    assert said == "Interrupted; go on with: w2vcore resume c corpus.txt -o m\n"
    assert "epochs in all ............ 100,000\n" in run("info", "c").stdout


# ---------------------------------------------------------------------- failures


def test_missing_corpus(failure):
    assert failure("train", "nothing.txt", "-o", "m").startswith("nothing.txt: no such file; CORPUS is the path of")


def test_nothing_frequent_enough(failure, here):
    (here / "corpus.txt").write_text("so few words\n")
    assert "Lower --min-count" in failure("train", "corpus.txt", "-o", "m", "-q")
    assert not (here / "m").exists()


def test_nothing_at_all(failure, here):
    assert "the corpus is empty" in failure("train", "-", "-o", "m", "-q", input=b"")


def test_output_is_checked_before_the_training(failure, here, corpus):
    assert "there is no folder 'no/such'" in failure("train", corpus, "-o", "no/such/m")
    assert "is a folder" in failure("demo", "-o", here)


@pytest.mark.parametrize("extra", [(), ("--lower",)])
def test_the_corpus_is_not_written_over(failure, here, corpus, extra):
    before = corpus.read_bytes()
    (here / "linked.txt").symlink_to(corpus)
    for output in ("corpus.txt", "linked.txt"):
        message = failure("train", corpus, "-o", output, *SMALL, *extra, code=2)
        assert f"{output} is a file of CORPUS, and would be written over; give another --output" in message
    assert "another --output" in failure("train", here, "-o", corpus, *SMALL, *extra, code=2)
    assert "another --checkpoint" in failure("train", corpus, "-o", "m", "--checkpoint", corpus, *SMALL, code=2)
    assert "another --output" in failure("phrases", corpus, "-o", "corpus.txt", *extra, code=2)
    assert "another --save" in failure("phrases", corpus, "--save", "corpus.txt", *extra, code=2)
    assert corpus.read_bytes() == before


def test_more_that_is_checked_before_the_training(failure, corpus):
    assert "projector files are not packed" in failure("train", corpus, "-o", "m.xz", "--save-format", "projector")
    assert "'none' does not exist" in failure("train", corpus, "-o", "m", "--cache-dir", "none", code=2)
    assert "there is no folder 'none'" in failure("train", corpus, "-o", "m", "-q", "--checkpoint", "none/c")


def test_unknown_save_format(failure, corpus):
    assert "'gensim' is not one of native, word2vec-text" in failure(
        "train", corpus, "-o", "m", "--save-format", "gensim", code=2
    )


def test_interrupt(run, corpus, monkeypatch):
    def interrupted(*arguments, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr(vocabulary, "scan_and_build", interrupted)
    result = run("train", corpus, "-o", "m", code=130)
    assert (result.stdout, result.stderr) == ("", "Interrupted; no model was saved.\n")


@pytest.fixture
def never(monkeypatch):
    """Fail where a corpus is read."""
    for name in ("w2vcore.cli.training.opened_corpus", "w2vcore.cli.phrases.opened_corpus"):
        monkeypatch.setattr(name, lambda *arguments, **options: pytest.fail("the corpus was opened"))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("-o", "v.txt.zst"), "v.txt.zst cannot be packed: a package is missing"),
        (("-o", "m", "--checkpoint", "c.zst"), "c.zst cannot be packed: a package is missing"),
        (("-o", "file/m"), "file/m: 'file' is a file, not a folder, or give another --output"),
        (("-o", "v.npy"), "v.keys.txt is a folder; --output is the file to write"),
        (("-o", "m", "--tensorboard", "file/logs"), "file/logs: 'file' is a file, not a folder, or give another --ten"),
        (("-o", "m", "--tensorboard", "corpus.txt"), "'corpus.txt' is a file"),
        (("-o", "s3://bucket/m"), "s3://bucket/m is an address: give the path of a file on this machine"),
        (("-o", ""), "the path is empty"),
    ],
)
def test_every_destination_is_tried_before_the_corpus_is_read(
    run, here, corpus, without_zstd, never, arguments, message
):
    (here / "file").write_text("")
    (here / "v.keys.txt").mkdir()
    result = runner().invoke(cli.main, ["train", str(corpus), *arguments])
    assert result.exit_code in (1, 2)
    (line,) = result.stderr.splitlines()
    assert message in line
    assert {path.name for path in here.iterdir()} == {"corpus.txt", "file", "v.keys.txt"}


def test_the_model_does_not_take_the_place_of_the_checkpoint(run, failure, corpus):
    assert "m is the file of --checkpoint, too; give another --output" in failure(
        "train", corpus, "-o", "m", "--checkpoint", "./m", *SMALL, code=2
    )
    run("train", corpus, "-o", "m", *SMALL, "-q", "--checkpoint", "c")
    assert "c is the file of CHECKPOINT, too" in failure("resume", "c", corpus, "-o", "c", code=2)
    result = run("resume", "c", corpus, "-o", "m2")
    assert result.stderr.splitlines()[0] == "The run of c was trained to its end: nothing is left to train."


def test_phrases_too(failure, corpus, without_zstd, never):
    for option in ("-o", "--save"):
        assert "p.zst cannot be packed" in failure("phrases", corpus, option, "p.zst")


def test_files_beside_the_output_are_not_written_over(failure, here, corpus):
    corpus.rename(here / "c.keys.txt")
    message = failure("train", "c.keys.txt", "-o", "c.npy", *SMALL, code=2)
    assert message.startswith("c.keys.txt is a file of CORPUS, and would be written over; give another --output")


def test_the_home_folder_in_every_path(run, here, corpus, monkeypatch):
    """A shell leaves "~" in --option=~/x, and in quotes, as it is."""
    home = here / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("USERPROFILE", str(home))
    corpus.rename(home / "c.txt")
    options = ("--checkpoint=~/c", "--cache-dir=~", *SMALL, "-q")
    run("train", "~/c.txt", "-o", "~/m", *options)
    run("resume", "~/c", "~/c.txt", "--output=~/m2", "-q")
    run("convert", "~/m", "~/v.txt", "-q")
    run("phrases", "~/c.txt", "--save=~/p", "-q")
    run("phrases", "~/c.txt", "--load=~/p", "--output=~/joined", "-q")
    run("export-projector", "~/m", "~/logs", "-q")
    assert run("similar", "~/v.txt", "king").stdout
    assert run("info", "~/p").stdout
    assert {path.name for path in home.iterdir()} == {"c.txt", "m", "c", "m2", "v.txt", "p", "joined", "logs"}
    assert [path.name for path in here.iterdir()] == ["home"]


def test_every_path_of_every_command_is_one_of_ours():
    """Guards the tests above: a new option is to expand "~" too."""
    for name in cli.COMMANDS:
        for parameter in cli.main.get_command(None, name).params:
            assert type(parameter.type) is not click.Path, f"{name} {parameter.name}"


# ---------------------------------------------------------------------- Ctrl-C without a checkpoint


@pytest.fixture
def interrupted(monkeypatch):
    """Let Ctrl-C come after the second epoch."""
    real = Run.epoch_ended

    def stop(self, line):
        real(self, line)
        if self._model.epochs_trained == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(Run, "epoch_ended", stop)


@pytest.mark.parametrize(
    ("output", "found"),
    [("m.safetensors", "m.interrupted.safetensors"), ("v.txt.gz", "v.interrupted.txt.gz"), ("m", "m.interrupted")],
)
def test_what_was_learnt_is_saved_where_nobody_can_be_asked(run, here, corpus, interrupted, output, found):
    result = run("train", corpus, "-o", output, *SMALL, "-q", code=130)
    assert result.stderr == (
        f"Interrupted after 2 of 5 epochs; what was learnt is in {found}. With --checkpoint FILE a training can go on\n"
    )
    assert {path.name for path in here.iterdir()} == {"corpus.txt", found}
    learnt = KeyedVectors.load_any(found)
    assert len(learnt) == 9
    start = Word2Vec(corpus_file=corpus, vector_size=8, min_count=1, epochs=1, alpha=1e-9, min_alpha=1e-9)
    assert not np.allclose(learnt["king"], start.wv["king"], atol=1e-4)


def test_an_interrupted_model_goes_on(run, corpus, interrupted):
    run("train", corpus, "-o", "m", *SMALL, "-q", code=130)
    model = Word2Vec.load("m.interrupted")
    assert model.epochs_trained == 2
    model.train(corpus_file=corpus, total_examples=model.corpus_count, epochs=1, start_alpha=0.01)


def test_nothing_is_saved_where_nothing_was_learnt(run, here, corpus, monkeypatch):
    def stop(self):
        raise KeyboardInterrupt

    monkeypatch.setattr(Run, "training_begins", stop)
    assert run("train", corpus, "-o", "m", "-q", *SMALL, code=130).stderr == "Interrupted; no model was saved.\n"
    assert [path.name for path in here.iterdir()] == ["corpus.txt"]


def test_an_old_checkpoint_is_none_of_this_training(run, here, corpus, monkeypatch):
    run("train", corpus, "-o", "m", *SMALL, "-q", "--checkpoint", "c")

    def stop(self, *arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(vocabulary, "scan_and_build", stop)
    result = run("train", corpus, "-o", "m", *SMALL, "-q", "--checkpoint", "c", code=130)
    assert result.stderr == "Interrupted; no model was saved.\n"


def test_what_cannot_be_saved_after_an_interrupt(run, corpus, interrupted, monkeypatch):
    def full(*arguments):
        raise OSError("no room")

    monkeypatch.setattr(Word2Vec, "save", full)
    result = run("train", corpus, "-o", "m", "-q", *SMALL, code=130)
    assert result.stderr == "Interrupted; no model was saved: no room\n"


@pytest.mark.parametrize(
    ("answer", "saved"), [("\n", True), ("y\n", True), ("n\n", False), ("\x03", False), ("\x04", False)]
)
def test_a_terminal_is_asked(terminal, here, corpus, answer, saved):
    command = ["train", corpus.name, "-o", "m", "--min-count", "1", "--epochs", "100000"]
    talk = [("<0", "\x03"), (" of 100000 epochs. Save what was learnt in m? [Y/n]: ", answer)]
    status, seen = terminal(command, talk)
    assert status == 130
    last = seen.splitlines()[-1]
    if saved:
        assert "; what was learnt is in m. With --checkpoint FILE" in last and last.startswith("Interrupted after ")
        assert Word2Vec.load(here / "m").epochs_trained == int(re.search(r"after (\d+) of", last)[1])
    else:
        assert last == "Interrupted; no model was saved."
        assert not (here / "m").exists()
    assert "\nInterrupted after " in seen


def test_a_terminal_is_not_to_lose_an_older_model(terminal, here, corpus):
    (here / "m").write_text("an older one")
    talk = [("<0", "\x03"), ("in m, in the place of the file that is there? [y/N]: ", "\n")]
    status, _ = terminal(["train", corpus.name, "-o", "m", "--min-count", "1", "--epochs", "100000"], talk)
    assert status == 130
    assert (here / "m").read_text() == "an older one"


# ---------------------------------------------------------------------- seeds


def test_a_random_seed_is_shown_and_gives_the_same_model_again(run, here, corpus):
    result = run("train", corpus, "-o", "a", *SMALL, "--seed", "random")
    (line,) = [line for line in result.stderr.splitlines() if line.startswith("Drawn seed: ")]
    seed = Word2Vec.load("a").seed
    assert line == f"Drawn seed: {seed} (--seed {seed} with --workers 1 trains such a model again)"
    run("train", corpus, "-o", "b", *SMALL, "--seed", seed)
    assert same("a", "b")
    assert "Drawn seed" not in run("train", corpus, "-o", "c", *SMALL, "--seed", "random", "-q").stderr
    assert Word2Vec.load("c").seed != seed


def test_the_same_command_line_goes_on_with_the_seed_that_was_drawn(run, here, corpus):
    command = ("train", corpus, "-o", "a", *SMALL, "--seed", "random", "--checkpoint", "run", "--resume")
    run(*command)
    seed = Word2Vec.load("a").seed
    run(*command)
    assert Word2Vec.load("a").seed == seed


def test_what_is_no_seed(failure, corpus):
    assert "'x' is neither a number nor 'random'" in failure("train", corpus, "-o", "m", "--seed", "x", code=2)


# ---------------------------------------------------------------------- n-grams of characters

SUBWORDS = ("--fasttext", "--min-n", 2, "--max-n", 4, "--bucket", 500)


def test_train_ngrams(run, failure, corpus):
    run("train", corpus, "-o", "m", *SMALL, *SUBWORDS, "--checkpoint", "c", "-q")
    model = FastText.load("m")
    assert (model.min_n, model.max_n, model.wv.bucket) == (2, 4, 500)
    assert model.wv["unheardof"].any()
    assert "fasttext" in run("info", "m").stdout
    assert len(run("similar", "m", "unheardof", "-n", 2).stdout.splitlines()) == 2
    run("resume", "c", corpus, "-o", "again")
    run("train", corpus, "-o", "again", "--fasttext", "--checkpoint", "c", "--resume", "-q")
    assert FastText.load("again").wv.vectors.tobytes() == model.wv.vectors.tobytes()
    assert "--min-n is for n-grams of characters: give --fasttext, too" in failure(
        "train", corpus, "-o", "m", *SUBWORDS[1:], *SMALL, code=2
    )
    run("train", corpus, "-o", "m", *SMALL, "--checkpoint", "words", "-q")
    again = ("--fasttext", "--checkpoint", "words", "--resume")
    assert "trains no n-grams" in failure("train", corpus, "-o", "m", *again, code=2)


def test_models_of_ngrams_stay_whole(run, corpus):
    run("train", corpus, "-o", "m.bin", *SMALL, *SUBWORDS, "--save-format", "fasttext-binary", "-q")
    run("convert", "m.bin", "m.safetensors")
    run("convert", "m.safetensors", "again.bin", "--to", "fasttext-binary")
    assert Path("m.bin").read_bytes() == Path("again.bin").read_bytes()
    assert FastText.load("m.safetensors").syn1neg.any()
    run("convert", "m.bin", "vectors.safetensors", "--vectors-only")
    assert type(KeyedVectors.load("vectors.safetensors")) is KeyedVectors


def test_models_that_fasttexts_file_cannot_hold_are_refused_before_the_work(failure, corpus, here):
    into = ("train", corpus, "-o", "m.bin", *SUBWORDS, "--save-format", "fasttext-binary", "--checkpoint", "c")
    assert "holds one output matrix" in failure(*into, "--hs")
    assert "number of words as window" in failure(*into, "--window", "sentence")
    assert not list(here.glob("[cm]"))


def test_what_is_left_out_is_said(run, corpus):
    said = run("train", corpus, "-o", "m.bin", *SMALL, *SUBWORDS).stderr
    assert "These are the words' vectors alone, without n-grams; to train on" in said


def test_a_floret_table(run, failure, corpus):
    hashed = ("--fasttext", "--hash-count", 2, "--bucket", 200)
    run("train", corpus, "-o", "m.floret", *SMALL, *hashed, "-q")
    table = KeyedVectors.load_any("m.floret")
    assert table.vectors_ngrams.shape == (200, table.vector_size) and table.table.hash_count == 2
    assert "give --fasttext --hash-count 2" in failure("train", corpus, "-o", "n.floret", *SMALL, code=2)
    assert "give --fasttext --hash-count 2" in failure("train", corpus, "-o", "n.floret", "--fasttext", code=2)
    refused = ("train", corpus, "-o", "n.bin", *hashed, "--save-format", "fasttext-binary")
    assert "which fastText does not read" in failure(*refused, code=2)
    assert "--hash-count is for n-grams" in failure("train", corpus, "-o", "n", "--hash-count", 2, code=2)
