"""What `estimate_memory` says, and whether a run keeps to it."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from w2vcore import Word2Vec
from w2vcore.backends.replicas import MOST_BYTES
from w2vcore.backends.team import simulate
from w2vcore.model.memory import BUFFER_BYTES, matrix_bytes

RUN = """
import json, re, sys
from w2vcore import Word2Vec
def memory(field):
    with open("/proc/self/status") as file:
        return int(re.search(field + r":\\s*(\\d+) kB", file.read())[1]) * 1024
before = memory("VmRSS")
model = Word2Vec(corpus_file=sys.argv[1], min_count=1, epochs=1, **json.loads(sys.argv[2]))
print(json.dumps([memory("VmHWM") - before, model.estimate_memory()["total"]]))
"""


def test_parts_and_total():
    model = Word2Vec([["a", "b", "c", "a"]] * 5, min_count=1, vector_size=20, hs=1, negative=5)
    report = model.estimate_memory()
    assert report == {
        "vocab": 3 * 120,
        "vectors": matrix_bytes(3, 20),
        "syn1": matrix_bytes(3, 20),
        "syn1neg": matrix_bytes(3, 20),
        "tokens": 20 * 4,
        "copies": 0,
        "buffers": BUFFER_BYTES,
        "total": 3 * 120 + matrix_bytes(9, 20) + 80 + BUFFER_BYTES,
    }
    filled = {}
    assert model.estimate_memory(10, report=filled) is filled
    assert filled["tokens"] == 0, "of another vocabulary nothing is known"


@pytest.mark.parametrize("workers, copying", [(1, 0), (2, 1), (4, 3), (5, 0)])
def test_copies_of_the_hottest_rows_are_counted(workers, copying):
    report = Word2Vec(vector_size=100, workers=workers).estimate_memory(1_000_000)
    assert report["copies"] == (MOST_BYTES if copying else 0), "of all workers together"
    small = Word2Vec(vector_size=100, workers=workers).estimate_memory(10)
    assert small["copies"] == copying * 2 * matrix_bytes(20, 100)


@pytest.mark.parametrize("window", [1000, 10**6, 2**40])
def test_windows_wider_than_sentences_take_no_more(window):
    """Of the full softmax each context takes a score for each word, which no other objective keeps."""
    settings = {"objective": "softmax", "vector_size": 10, "sample": 0}
    estimate = Word2Vec(window=window, **settings).estimate_memory(10_000)["total"]
    assert estimate == Word2Vec(window=1000, **settings).estimate_memory(10_000)["total"]
    few = [["a", "b", "c", "a"]] * 5
    report = Word2Vec(few, window=window, min_count=1, **settings).estimate_memory()
    assert report == Word2Vec(few, window=10, min_count=1, **settings).estimate_memory(), "of 20 words"


def test_a_rank_remembers_the_rows_as_they_were_last_merged():
    def program(rank):
        sentences = [["a", "b", "c", "a"]] * (5 + rank)
        return Word2Vec(sentences, min_count=1, vector_size=20, backend="mpi", workers=1).estimate_memory()

    for report in simulate(2, program):
        assert report["merging"] == matrix_bytes(6, 20)
        assert report["tokens"] == 4 * 4 * 11 // 2
        assert report["total"] == sum(bytes_ for part, bytes_ in report.items() if part != "total")


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak is read from /proc/self/status (Linux)")
@pytest.mark.parametrize(
    "words, tokens, settings",
    [
        (40_000, 3_000_000, {"vector_size": 100, "workers": 1, "sg": 1}),
        (40_000, 3_000_000, {"vector_size": 300, "workers": 2, "sg": 0}),
        (400_000, 1_000_000, {"vector_size": 100, "workers": 1, "hs": 1, "negative": 0}),
    ],
)
def test_a_run_takes_what_was_estimated(tmp_path, words, tokens, settings):
    rng = np.random.default_rng(1)
    ids = np.concatenate([np.arange(words), (words * rng.power(0.2, tokens - words)).astype(np.int64)])
    rng.shuffle(ids)
    corpus = tmp_path / "corpus.txt"
    with corpus.open("w") as file:
        file.writelines(" ".join(f"w{i}" for i in ids[at : at + 20].tolist()) + "\n" for at in range(0, tokens, 20))
    result = subprocess.run(
        [sys.executable, "-c", RUN, corpus, json.dumps(settings)],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
    )
    peak, estimate = json.loads(result.stdout)
    assert estimate == pytest.approx(peak, rel=0.1)  # what its docstring promises
