"""Fixtures for every test: the folder of real corpora, and corpora that fit on a screen."""

import os
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest
from emulator import FOLDER, shared_folder
from hypothesis import settings

from w2vcore.architectures.registry import ARCHITECTURES
from w2vcore.backends.team import Alone, simulated
from w2vcore.model import config
from w2vcore.objectives.registry import OBJECTIVES

ROOT = Path(__file__).parents[1]

# Invariants are tried on the same examples in each run, so that a change that passes stays passed; a search for new ones:
# W2VCORE_EXAMPLES=random.
settings.register_profile("fixed", derandomize=True)
settings.register_profile("random", max_examples=1000)
settings.load_profile("random" if os.environ.get("W2VCORE_EXAMPLES") == "random" else "fixed")


def pytest_configure(config):
    """The emulator's libraries are compiled once for all processes of a run."""
    if FOLDER not in os.environ:
        stack = ExitStack()
        stack.enter_context(shared_folder())
        config.add_cleanup(stack.close)


@pytest.fixture(scope="session")
def data_folder():
    """The folder of real corpora: W2VCORE_DATA, else ../shared/data beside the repository. Mark its users `data`."""
    named = os.environ.get("W2VCORE_DATA")
    folder = Path(named) if named else ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"no real corpora: {folder} is not a folder; set W2VCORE_DATA to theirs")
    return folder


@pytest.fixture(autouse=True)
def _registry():
    """An objective or architecture that a test adds, or a page that it runs, is gone after it."""
    registries = OBJECTIVES, ARCHITECTURES
    before = [dict(registry) for registry in registries]
    yield
    for registry, entries in zip(registries, before, strict=True):
        registry.clear()
        registry.update(entries)


@pytest.fixture
def without_zstd(monkeypatch):
    """What smart_open needs for .zst is not installed, or not part of Python, as before 3.14."""
    for name in ("compression.zstd", "backports", "backports.zstd"):
        monkeypatch.setitem(sys.modules, name, None)
    if sys.version_info >= (3, 14):
        monkeypatch.delattr("compression.zstd", raising=False)  # which has been imported, maybe


@pytest.fixture
def alone():
    """Makes `backend="mpi"` a team of one, which needs no MPI."""
    token = simulated.set(Alone())
    yield
    simulated.reset(token)


@pytest.fixture
def tiny_jobs(monkeypatch):
    """Jobs of as few tokens as `batch_words` says, so that a small corpus has many."""
    monkeypatch.setattr(config, "SHORTEST_JOB", 1)


@pytest.fixture
def tiny_corpus():
    """A few sentences with frequent and rare words, a one-word sentence and an empty one."""
    text = """the quick brown fox jumps over the lazy dog
        the dog sleeps and the fox runs
        fox

        the the the the
        a lazy dog and a quick fox and the brown dog"""
    return [line.split() for line in text.splitlines()]


@pytest.fixture
def two_topics():
    """Sentences of two topics that share no word: whatever learns puts each topic's words together."""
    topics = (["cat", "dog", "horse", "cow"], ["car", "bus", "train", "tram"])
    return [[topic[(i + j * j) % 4] for j in range(8)] for i in range(50) for topic in topics]
