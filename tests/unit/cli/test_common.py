"""What all commands share: help, failures in one line, tracebacks on request, the end of a pipe."""

import http.server
import logging
import math
import os
import subprocess
import sys
import threading
import warnings
from pathlib import Path

import click
import numpy as np
import pytest

from w2vcore import KeyedVectors, cli
from w2vcore.cli import common


def test_help_and_version(run):
    assert run("--version").stdout.startswith("w2vcore ")
    listed = run("--help").stdout
    assert "Begin with:\n    w2vcore demo  " in listed  # lines as they are
    for name in cli.COMMANDS:
        assert f"\n  {name} " in listed
        shown = run(name, "--help").stdout
        assert shown.startswith("Usage:")
        assert "For example:\n    w2vcore " in shown
        assert shown.index("Other options:") > shown.index("For example:")
        assert "..." not in next(line for line in listed.splitlines() if line.startswith(f"  {name} ")), "too long"


def test_nothing_is_imported_that_another_command_needs(here):
    """`w2vcore similar` starts without what only training, evaluation or pictures need."""
    code = (
        "import sys, w2vcore; before = set(sys.modules); from w2vcore.cli import main;"
        "main.get_command(None, 'similar'); print(*sorted(set(sys.modules) - before))"
    )
    found = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
        cwd=here,
    ).stdout.split()
    assert "w2vcore.cli.asking" in found
    assert not {"w2vcore.cli.training", "w2vcore.cli.evaluation", "w2vcore.cli.phrases", "scipy.stats"} & set(found)


def test_a_command_by_another_name(failure):
    assert failure("simlar", code=2).startswith("No such command 'simlar'; did you mean 'similar'?")
    assert failure("zzz", code=2).startswith("No such command 'zzz' (")


def test_underscores_as_in_python(run, failure, corpus):
    run("train", corpus, "-o", "m", "--vector_size", 4, "--min_count", 1, "-q")
    assert "No such option" in failure("--nonsense", code=2)


def test_bad_usage_is_one_line(failure, corpus):
    assert failure("train", corpus, code=2).startswith("Missing option '-o' / '--output'")
    assert failure("train", code=2).startswith("Missing argument 'CORPUS...'")
    assert "No such option" in failure("train", corpus, "-o", "m", "--size", 3, code=2)
    assert "train --help shows how" in failure("train", corpus, "-o", "m", "--epochs", "x", code=2)


@pytest.mark.parametrize("place", ["before", "after"])
def test_traceback_on_request(run, corpus, place):
    arguments = ["train", corpus, "-o", "m", "-q", "--workers", 0]
    arguments.insert(0 if place == "before" else 1, "--traceback")
    result = run(*arguments, code=1)
    assert isinstance(result.exception, ValueError)


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (ValueError("two\n  lines"), "two lines"),
        (KeyError("a"), "a"),
        (RuntimeError(), "RuntimeError without a message; --traceback shows where"),
        (PermissionError(13, "Permission denied", "x"), "x: Permission denied"),
        (OSError("odd"), "odd"),
    ],
)
def test_one_line(error, line):
    assert common.one_line(error) == line


def test_warnings_and_log_lines_are_lines_on_stderr(run, monkeypatch):
    @click.command()
    def noisy():
        warnings.warn("careful\nplease", UserWarning, stacklevel=2)
        logging.getLogger("w2vcore.x").warning("%d things", 3)
        logging.getLogger("w2vcore.x").info("unseen")

    monkeypatch.setattr("w2vcore.cli.configuration.config", noisy)
    result = run("config")
    assert result.stderr.splitlines() == ["Warning: careful please", "Warning: 3 things"]
    assert result.stdout == ""
    assert not [one for one in logging.getLogger("w2vcore").handlers if isinstance(one, common.LogLines)]


def test_json_is_plain(capsys):
    common.print_json({"a": np.float32(0.5), "b": [np.int64(3), math.nan], 7: (True, None, "é"), "p": np.arange(2)})
    assert capsys.readouterr().out == '{"a": 0.5, "b": [3, null], "7": [true, null, "é"], "p": [0, 1]}\n'


def test_missing_and_wrong_models(here, failure):
    assert failure("similar", "none", "x") == (
        "none: no such file; MODEL is a file of vectors, from 'w2vcore train' or another program"
    )
    assert failure("similar", here, "x").startswith(f"{here} is a folder; MODEL is a file")
    (here / "text.safetensors").write_text("hello\n" * 100)
    assert "no known file of vectors: it begins with 'hello" in failure("similar", "text.safetensors", "king")


def test_unknown_word_names_similar_ones(model, failure):
    assert failure("similar", model, "kingg") == "Key 'kingg' not present; did you mean king?"
    assert "capitals included" in failure("similar", model, "zzzzz")


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


def test_words_that_the_terminal_cannot_show(here):
    (here / "v.txt").write_text("2 2\nà 1 0\nλ 1 0.5\n", encoding="utf8")
    environment = {**os.environ, "PYTHONIOENCODING": "latin-1"}
    command = [sys.executable, "-m", "w2vcore", "similar", "v.txt", "à"]
    done = subprocess.run(command, cwd=here, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (0, "\\u03bb\t0.8944\n")


@pytest.mark.skipif(os.name == "nt", reason="a pipe that closes early is a POSIX habit: w2vcore similar ... | head -1")
@pytest.mark.parametrize(
    "arguments",
    [
        "similar big.kv w1 -n 20000",
        "similar big.kv w1 -n 20000 --json",
        "similar big.kv -n 2000 < words",
        "analogy big.kv -n 2000 < words",
        "demo --text",
        "phrases corpus.txt --threshold 0.1 --min-count 1 -q",
        "phrases corpus.txt --threshold 0.1 --min-count 1 -q --list",
        "train --help",
        "info big.kv",
    ],
)
def test_reader_that_goes_away(here, corpus, arguments):
    vectors = KeyedVectors(2)
    vectors.add_vectors([f"w{number}" for number in range(20_000)], np.random.default_rng(1).random((20_000, 2)))
    vectors.save("big.kv")
    (here / "words").write_text("w1 w2 w3\n" * 200)
    command = f'"{sys.executable}" -m w2vcore {arguments} | head -n 1 > /dev/null'
    done = subprocess.run(command, shell=True, cwd=here, capture_output=True, text=True, timeout=60, check=False)
    assert done.stderr == ""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
@pytest.mark.parametrize(
    "arguments", ["similar v.txt a", "similar v.txt < words", "--help", "train --help", "demo --text"]
)
def test_a_full_disk_is_said_once(here, arguments):
    (here / "v.txt").write_text("2 2\na 1 0\nb 1 0.5\n")
    (here / "words").write_text("a\n" * 30_000)
    command = f'"{sys.executable}" -m w2vcore {arguments} > /dev/full'
    done = subprocess.run(command, shell=True, cwd=here, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (1, "Error: No space left on device\n")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("train", "corpus.txt", "-o", "m", "--window", 0), 2),
        (("train", "corpus.txt", "-o", "m", "--epochs", 0), 2),
        (("train", "corpus.txt", "-o", "m", "--workers", "x"), 2),
        (("similar", "model.safetensors", "king", "-n", 0), 2),
        (("similar", "model.safetensors", "king", "-n"), 2),
        (("watch", "corpus.txt", "-o", "x.html", "--epochs", 0), 2),
        (("train", "corpus.txt", "-o", "m", "--min-count", 100000), 1),
        (("train", "none", "-o", "m"), 1),
        (("train", "corpus.txt", "-o", "none/m"), 1),
        (("similar", "model.safetensors", "kong"), 1),
        (("similar", "none", "kong"), 1),
    ],
)
def test_a_wrong_value_is_a_wrong_command_line_and_a_wrong_file_is_not(failure, corpus, model, arguments, code):
    assert failure(*arguments, code=code)


@pytest.mark.parametrize(("page", "said"), [("/missing.txt", "the server answers 404"), (None, "cannot be reached")])
def test_an_address_that_does_not_answer_is_one_plain_sentence(failure, page, said, tmp_path):
    """The packages for addresses report a pool, retries and an object's address."""
    pytest.importorskip("requests", reason="requests is not installed, with which smart_open reads https addresses")
    quiet = type("Quiet", (http.server.SimpleHTTPRequestHandler,), {"log_message": lambda *_: None})
    with http.server.HTTPServer(("127.0.0.1", 0), quiet) as server:
        address = f"http://127.0.0.1:{server.server_port}{page or '/x.txt'}"
        if page is not None:
            threading.Thread(target=server.serve_forever, daemon=True).start()
        else:
            server.server_close()  # nobody listens there now
        line = failure("train", address, "-o", str(tmp_path / "m.safetensors"))
        if page is not None:
            server.shutdown()
    assert f"{address}: " in line and said in line
    assert "Pool" not in line and "0x" not in line
