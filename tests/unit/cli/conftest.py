"""An empty folder, a corpus and a model in it, and a way to run commands there."""

import os
import select
import struct
import subprocess
import sys
import time

import pytest
from clicking import runner

from w2vcore import Word2Vec, cli

CORPUS = "\n".join(["the king rules the land", "the queen rules the land", "a dog chases a cat"] * 30) + "\n"
CTRL_C = "\x03"
SETTINGS = {"vector_size": 12, "min_count": 1, "workers": 1, "sg": 1, "epochs": 3}


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
def sentences():
    return [line.split() for line in CORPUS.splitlines()]


@pytest.fixture
def model(here, sentences):
    path = here / "model.safetensors"
    Word2Vec(sentences, **SETTINGS).save(path)
    return path


@pytest.fixture
def run():
    """Call as run("train", corpus, "-o", "m", code=0, input=b""): what the command printed, after a look at its status."""

    def call(*arguments, code=0, input=None):
        result = runner().invoke(cli.main, [str(argument) for argument in arguments], input=input)
        assert result.exit_code == code, result.output + repr(result.exception)
        return result

    return call


@pytest.fixture
def failure(run):
    """Call as failure("train", ..., code=1): the one line that a failing command prints."""

    def call(*arguments, code=1, input=None):
        result = run(*arguments, code=code, input=input)
        (line,) = result.stderr.splitlines()
        assert result.stdout == ""
        assert line.startswith("Error: ")
        return line.removeprefix("Error: ")

    return call


@pytest.fixture
def terminal(here):
    """Call as terminal(["similar", model], [(what it prints, what is typed then), ...]): status and all that was seen."""
    pty = pytest.importorskip("pty", reason="no pseudo-terminals on this system")
    fcntl, termios = pytest.importorskip("fcntl"), pytest.importorskip("termios")

    def call(arguments, talk=(), stdout=None, timeout=60, columns=100):
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("4H", 40, columns, 0, 0))  # a progress bar needs a width
        command = [sys.executable, "-m", "w2vcore", *map(str, arguments)]
        environment = {**os.environ, "TERM": "dumb", "INPUTRC": os.devnull}
        process = subprocess.Popen(
            command,
            stdin=theirs,
            stdout=stdout or theirs,
            stderr=theirs,
            cwd=here,
            env=environment,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509 - for Ctrl-C; there are no threads
        )
        os.close(theirs)
        seen, place, talk, typed, ends = "", 0, list(talk), "", time.monotonic() + timeout
        while True:
            # Ctrl-C between the prompt of CPython's readline.c and its select() is lost until the next key: try it once more
            again = typed == CTRL_C and not talk
            wait = min(1, ends - time.monotonic()) if again else ends - time.monotonic()
            if not select.select([ours], [], [], max(0, wait))[0]:
                if again and time.monotonic() < ends:
                    os.write(ours, typed.encode())
                    continue
                process.kill()
                raise AssertionError(f"{arguments} hangs, waiting for {talk[:1]} behind:\n{seen}")
            try:
                data = os.read(ours, 4096)
            except OSError:  # how Linux says that the other side is closed
                data = b""
            if not data:
                break
            seen += data.decode("utf8", "replace")
            while talk and talk[0][0] in seen[place:]:
                expected, typed = talk.pop(0)
                place = seen.index(expected, place) + len(expected)
                os.write(ours, typed.encode())
        os.close(ours)
        status = process.wait(timeout)
        assert not talk, f"{talk[0]} was not reached:\n{seen}"
        return status, seen.replace("\r\n", "\n")

    return call
