"""What takes long says what it does, on stderr, and leaves nothing behind on a terminal."""

import threading
import time

import click
import pytest
from clicking import runner

from w2vcore import cli
from w2vcore.cli import common, waiting


@pytest.fixture
def slow(monkeypatch):
    """Make reading a file take a moment, and let lines come at once."""
    from w2vcore.keyedvectors import KeyedVectors

    real = KeyedVectors.load_any.__func__

    def load_any(cls, *arguments, **options):
        time.sleep(0.3)
        return real(cls, *arguments, **options)

    monkeypatch.setattr(KeyedVectors, "load_any", classmethod(load_any))
    for name in ("FIRST_SECONDS", "EACH_SECONDS", "LONG_SECONDS"):
        monkeypatch.setattr(waiting, name, 0.05)


def test_in_a_log_there_is_one_line(run, model, slow):
    result = run("similar", model, "king", "-n", 1)
    assert result.stderr == f"Reading {model} (0.0 MB) ...\n"
    assert len(result.stdout.splitlines()) == 1


def test_what_is_fast_says_nothing(run, model):
    assert run("similar", model, "king", "-n", 1).stderr == ""


def test_a_terminal_shows_the_seconds_and_is_clean_again(monkeypatch, capsys):
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    monkeypatch.setattr(waiting, "FIRST_SECONDS", 0.01)
    monkeypatch.setattr(waiting, "EACH_SECONDS", 0.01)
    with waiting.waiting("Reading x\x1b[31m"):
        time.sleep(0.2)
    shown = capsys.readouterr().err
    line = r"Reading x\x1b[31m: 0 s"
    assert shown.startswith(f"\r{line}\r{line}")
    assert shown.endswith(f"\r{' ' * len(line)}\r")
    assert threading.active_count() == 1 or not [one for one in threading.enumerate() if "run" in one.name]


def test_what_is_said_meanwhile_has_a_line_of_its_own(monkeypatch, capsys):
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    monkeypatch.setattr(waiting, "FIRST_SECONDS", 0.01)
    monkeypatch.setattr(waiting, "EACH_SECONDS", 10)
    with click.Context(click.Command("x")), waiting.waiting("Reading x"):
        time.sleep(0.2)
        common.say("careful")
    assert capsys.readouterr().err == f"\rReading x: 0 s\r{' ' * 14}\rcareful\n"


def test_quiet_and_errors(monkeypatch, capsys):
    monkeypatch.setattr(waiting, "LONG_SECONDS", 0.01)
    with waiting.waiting("x", quiet=True):
        time.sleep(0.1)
    assert capsys.readouterr().err == ""
    with pytest.raises(ValueError, match="inside"), waiting.waiting("x"):
        time.sleep(0.1)
        raise ValueError("inside")
    assert capsys.readouterr().err == "x ...\n"


def test_maps(model, here, monkeypatch):
    pytest.importorskip("sklearn", reason="t-SNE needs w2vcore[tsne]")
    monkeypatch.setattr(waiting, "LONG_SECONDS", 0.0)
    result = runner().invoke(cli.main, ["explore", str(model), "-o", "x.html", "--method", "tsne"])
    assert result.exit_code == 0
    assert "Making a map of 9 words ...\n" in result.stderr
