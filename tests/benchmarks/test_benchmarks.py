"""The benchmarks run to their end on something small. What they measure there means nothing."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "quality"))
sys.path.insert(0, str(Path(__file__).parent))
import bench_matrix
from evaluation import DATA

GENSIM = os.environ.get("W2VCORE_GENSIM_PYTHON")
COMPILER = os.environ.get("CC", "cc").split()[0]
TEXT = "the quick brown fox jumps over the lazy dog and runs away from the hungry wolf\n" * 2000

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    path = tmp_path_factory.mktemp("benchmarks") / "corpus.txt"
    path.write_text(TEXT)
    return path


def run(script, *arguments):
    command = [sys.executable, Path(__file__).with_name(f"{script}.py").resolve(), *arguments]
    with tempfile.TemporaryDirectory() as folder:
        made = subprocess.run(command, capture_output=True, check=False, text=True, timeout=300, cwd=folder)
    assert made.returncode == 0, made.stderr
    return made.stdout


@pytest.mark.parametrize(
    "script, arguments, says",
    [
        ("bench_blocks", ["1e-6"], "window hs"),
        (
            "bench_tutorial",
            ["--lines", "500", "--epochs", "2", "--seeds", "1", "--softmax", "0.1"],
            "softmax, alpha=0.1",
        ),
        (
            "bench_matrix",
            ["out.json", "--kinds", "cbow", "--axes", "workers", "--seconds", "0.01"],
            "| cbow | 100 | 100,000",
        ),
        ("bench_walks", ["--steps", "8e4"], "w2vcore"),
        ("bench_walks", ["--quality", "1", "--length", "10"], "w2vcore"),
        ("bench_memory", ["--words", "500", "--tokens", "2000", "--dim", "8", "--workers", "2"], "train and save, D=8"),
    ],
)
def test_runs(script, arguments, says):
    assert says in run(script, *arguments)


def test_an_interrupted_matrix_ends_with_what_it_has(tmp_path, monkeypatch, capsys):
    def measured(kind, cell, *_):
        if cell["workers"] == 2:
            raise KeyboardInterrupt
        return {"kind": kind, **cell, "ratio": 2.5}

    monkeypatch.setattr(bench_matrix, "measured", measured)
    monkeypatch.setattr(sys, "argv", ["bench_matrix.py", str(tmp_path / "out.json"), "--kinds", "cbow", "DM"])
    assert bench_matrix.main() == 130
    assert len(json.loads((tmp_path / "out.json").read_text())["cells"]) == 15  # the middle and the axes before workers
    assert "2.5x" in capsys.readouterr().out.partition("below 3x:")[2]


@pytest.mark.skipif(not shutil.which(COMPILER), reason=f"there is no C compiler {COMPILER}")
@pytest.mark.parametrize(
    "script, arguments, says",
    [
        ("bench_threads", ["CORPUS", "--rounds", "1", "--epochs", "2", "--kind", "dm", "fasttext"], "round trip"),
        ("bench_limits", ["1e-4"], "cbowhs"),
    ],
)
def test_with_a_compiler(script, arguments, says, corpus):
    assert says in run(script, *(str(corpus) if word == "CORPUS" else word for word in arguments))


@pytest.mark.skipif(not GENSIM, reason="set W2VCORE_GENSIM_PYTHON to a Python that has gensim 4")
@pytest.mark.parametrize(
    "script, arguments, says",
    [
        ("bench_calls", ["--words", "300", "--sentences", "2", "30", "--rounds", "1"], "sghs, 300, 2, 50 epochs"),
        (
            "bench_calls",
            ["--words", "300", "--sentences", "2", "--rounds", "1", "--kinds", "cbow", "--file"],
            "cbow, 300",
        ),
        ("bench_corpus", ["CORPUS", "--rounds", "1"], "ratio"),
        ("bench_formats", ["--words", "300", "--size", "8", "--rounds", "1", "--text-rounds", "1"], "most_similar"),
        ("bench_documents", ["CORPUS", "--rounds", "1", "--epochs", "2", "--dim", "8"], "inference"),
        ("bench_gensim", ["CORPUS", "--rounds", "1", "--kind", "cbow", "--dim", "8"], "w2vcore"),
        ("bench_phrases", ["CORPUS", "--rounds", "1"], "memory"),
        ("bench_subwords", ["CORPUS", "--rounds", "1", "--only", "CBOW, no n-grams"], "| CBOW, no n-grams |"),
        ("bench_update", ["CORPUS", "--seeds", "1", "--epochs", "1", "--dim", "8"], "sgns gensim training"),
        ("bench_queries", ["--shapes", "300x16", "--rounds", "1", "--batch", "10"], "300x16"),
        ("bench_whole_job", ["CORPUS", "--rounds", "1", "--epochs", "1"], "times as fast"),
    ],
)
def test_against_gensim(script, arguments, says, corpus):
    arguments = [str(corpus) if word == "CORPUS" else word for word in arguments]
    assert says in run(script, *arguments, "--gensim", GENSIM)


@pytest.mark.data
def test_a_log_of_parameters_is_taken_up(tmp_path):
    arguments = [DATA / "corpus-small.txt.gz", "--lines", "400", "--only", "rates of trees", "--log", tmp_path / "log"]
    first = run("bench_parameters", *arguments, "--seeds", "1")
    assert "| skip-gram, hs=1, alpha=0.05 | 1 | 0." in first
    lines = (tmp_path / "log").read_text().splitlines()
    assert len(lines) == 8
    (tmp_path / "log").write_text("\n".join(lines[:-1]) + "\n")
    assert run("bench_parameters", *arguments, "--seeds", "1", "--print").count("\n") == first.count("\n") - 1
    run("bench_parameters", *arguments, "--seeds", "1")
    again = (tmp_path / "log").read_text().splitlines()
    assert again[:-1] == lines[:-1]
    assert json.loads(again[-1])["scores"] == json.loads(lines[-1])["scores"]


def test_sentences(tmp_path):
    path = tmp_path / "lines.txt"
    path.write_text(
        "".join(f"{name} {line}" * 2 + "\n" for name in ("one", "two", "six") for line in TEXT.splitlines()[:40])
    )
    assert "TF-IDF, SVD 5" in run("bench_sentences", str(path), "--dim", "5", "--seeds", "1")
