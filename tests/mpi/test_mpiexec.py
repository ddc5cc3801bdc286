"""Real ranks, started by mpiexec: one model, and every way in which a rank can go wrong ends the job."""

import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from planted_documents import SMALL, texts

from w2vcore import Doc2Vec, KeyedVectors, Word2Vec
from w2vcore.backends import mpi
from w2vcore.backends.team import Alone, simulate

FEW = 1  # of 10 moments to kill a rank; all of them with -m slow
MOMENTS = [pytest.param(seed, marks=() if seed < FEW else pytest.mark.slow) for seed in range(10)]

SETTINGS = {
    "vector_size": 20,
    "min_count": 1,
    "workers": 1,
    "epochs": 3,
    "batch_words": 1000,
    "sg": 1,
    "negative_sharing": "window",
    "seed": 3,
}
COMMON = f"""
import os, sys, time, zlib
from mpi4py import MPI
from w2vcore import Word2Vec
rank = MPI.COMM_WORLD.rank
SETTINGS = {SETTINGS!r}
"""


def launcher():
    """The mpiexec that belongs to this environment's mpi4py, or the system's."""
    pytest.importorskip("mpi4py", reason="mpi4py is not installed")
    beside = Path(sys.executable).parent / "mpiexec"
    found = str(beside) if beside.exists() else shutil.which("mpiexec")
    if found is None:
        pytest.skip("there is no mpiexec: pip install mpich")
    return found


def command(ranks, *arguments):
    return [launcher(), "-n", str(ranks), sys.executable, *map(str, arguments)]


def environment(**more):
    root = {
        "OMPI_ALLOW_RUN_AS_ROOT": "1",
        "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
        "PRTE_MCA_rmaps_default_mapping_policy": ":oversubscribe",
    }
    return {**os.environ, **root, "OPENBLAS_NUM_THREADS": "1", **more}


def start(folder, ranks, script, *arguments, **more):
    """Run a script on some ranks to its end, which must come."""
    return subprocess.run(
        command(ranks, "-c", COMMON + script, *arguments), capture_output=True, text=True, cwd=folder, timeout=60, check=False,
        env=environment(**more),
    )  # fmt: skip


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    rng = np.random.default_rng(1)
    file = tmp_path_factory.mktemp("corpus") / "text"
    lines = (" ".join(f"w{word}" for word in rng.geometric(0.02, 20)) for _ in range(1500))
    file.write_text("\n".join(lines), encoding="utf8")
    return file


def test_the_command_line_trains_one_model_of_documents(tmp_path):
    path = tmp_path / "text"
    lines = [" ".join(words) for words in texts(60)]
    lines[30] = ""
    path.write_text("\n".join(lines), encoding="utf8")
    arguments = ["-m", "w2vcore", "train", "text", "-o", "m", "--doc2vec", "--dbow", "--backend", "mpi"]
    arguments += ["--vector-size", 12, "--min-count", 1, "--workers", 1, "--sample", 0, "--epochs", 3]
    run = subprocess.run(
        command(2, *arguments), capture_output=True, text=True, cwd=tmp_path, timeout=60, env=environment(), check=False
    )
    assert run.returncode == 0, run.stderr
    model = Doc2Vec.load(tmp_path / "m")
    expected = simulate(2, lambda rank: Doc2Vec(corpus_file=path, dm=0, backend="mpi", epochs=3, **SMALL))[0]
    assert model.dv.index_to_key == list(range(60))
    np.testing.assert_array_equal(model.dv.vectors, expected.dv.vectors)


@pytest.mark.parametrize(("shuffle", "value"), [("no", False), ("sentences", "sentences")])
def test_the_command_line_trains_one_model(path, tmp_path, shuffle, value):
    arguments = ["-m", "w2vcore", "train", path, "-o", tmp_path / "m.safetensors", "--backend", "mpi", "--workers", 1]
    arguments += [
        "--vector-size",
        20,
        "--min-count",
        1,
        "--batch-words",
        1000,
        "--sg",
        "--negative-sharing",
        "window",
        "--seed",
        3,
        "--epochs",
        3,
        "--shuffle",
        shuffle,
    ]
    run = subprocess.run(
        command(2, *arguments), capture_output=True, text=True, cwd=tmp_path, timeout=60, env=environment(), check=False
    )
    assert run.returncode == 0, run.stderr
    assert run.stderr.count("Saved in") == 1
    assert run.stderr.count("epoch 3: ") == 1
    vectors = KeyedVectors.load(tmp_path / "m.safetensors")
    expected = simulate(2, lambda rank: Word2Vec(corpus_file=path, backend="mpi", shuffle=value, **SETTINGS))[0].wv
    assert vectors.index_to_key == expected.index_to_key
    np.testing.assert_array_equal(vectors.vectors, expected.vectors)
    asked = subprocess.run(
        [sys.executable, "-m", "w2vcore", "similar", "m.safetensors", "w1"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=True,
    )
    assert len(asked.stdout.splitlines()) == 10


def test_three_ranks_have_the_same_bits_and_log_with_their_rank(path, tmp_path):
    script = """
import logging
logging.basicConfig(level=logging.INFO, filename=f"log {rank}")
model = Word2Vec(corpus_file=sys.argv[1], backend="mpi", **SETTINGS)
open(f"sum {rank}", "a").write(f"{zlib.crc32(model.wv.vectors.copy())} {model.training_history[-1]['raw_words']} ")
"""
    for _ in range(2):
        start(tmp_path, 3, script, path)
    sums = [(tmp_path / f"sum {rank}").read_text().split() for rank in range(3)]
    assert sums == [[sums[0][0], "30000"] * 2] * 3
    for rank in range(3):
        lines = (tmp_path / f"log {rank}").read_text().splitlines()
        assert sum(f"[rank {rank}] collected" in line for line in lines) == 2
        assert sum("EPOCH" in line and "took" in line for line in lines) == (0 if rank else 6)


@pytest.mark.parametrize(
    ("script", "message"),
    [
        pytest.param(
            """
class Corpus:
    def __iter__(self):
        yield ["some", "words"] * 5
        if rank == 1: raise OSError("the disk of this rank")
Word2Vec(Corpus(), backend="mpi", **SETTINGS)
""",
            "rank 1: OSError: the disk of this rank",
            id="its corpus raises",
        ),
        pytest.param(
            "SETTINGS['window'] = 5 + rank\nWord2Vec([['a', 'b', 'c' * rank]], backend='mpi', **SETTINGS)",
            "rank 1 has window=6, rank 0 has window=5: all ranks must be given the same",
            id="other options",
        ),
        pytest.param(
            "Word2Vec([['a', 'b', 'c' * rank]], backend='mpi', **SETTINGS)\nif rank == 1: sys.exit()\n"
            "Word2Vec([['a', 'b']], backend='mpi', **SETTINGS)",
            "rank 1 has ended, and rank 0 waits for it",
            id="it ends early",
        ),
        pytest.param(
            "Word2Vec([['a', 'b', 'c' * rank]], backend='mpi', **SETTINGS)\nif rank == 1: 1 / 0\n"
            "Word2Vec([['a', 'b']], backend='mpi', **SETTINGS)",
            "ZeroDivisionError",
            id="its own code raises",
        ),
        pytest.param(
            "Word2Vec([['a', 'b', 'c' * rank]] * 300, backend='mpi', alpha=1e30, **SETTINGS)",
            "the training diverges; lower alpha",
            id="the training diverges",
        ),
    ],
)  # fmt: skip
def test_what_goes_wrong_on_one_rank_ends_all(script, message, tmp_path):
    began = time.monotonic()
    run = start(tmp_path, 2, script)
    assert message in run.stderr
    assert run.returncode != 0
    assert time.monotonic() - began < 30


@pytest.mark.parametrize(
    "script",
    [
        "Word2Vec([['a', 'b', 'c' * rank]], backend='mpi', **SETTINGS)\nif rank == 1: time.sleep(600)",
        "if rank == 1: sys.exit()",
    ],
    ids=["it hangs", "it has never begun"],
)
def test_nobody_is_waited_for_for_ever(script, tmp_path):
    script += "\nWord2Vec([['a', 'b']], backend='mpi', **SETTINGS)"
    run = start(tmp_path, 2, script, W2VCORE_MPI_PATIENCE="2")
    assert run.returncode != 0
    assert "rank 0 has waited 2 s for the others" in run.stderr


KILLED = """
from w2vcore.backends.mpi import world
class Slow:
    def __getattr__(self, event):
        def call(model):
            if event == "on_epoch_begin" and not model.epochs_trained:
                open(f"pid {rank} {os.getpid()}", "w").close()
            time.sleep(0.025)  # 40 epochs are not over before the last moment
        return call
SETTINGS["epochs"] = 40
Word2Vec(corpus_file=sys.argv[1], backend="mpi", callbacks=[Slow()], checkpoint="run", checkpoint_every=10_000, **SETTINGS)
print("done", flush=True)
"""


@pytest.mark.timeout(120)
@pytest.mark.parametrize("seed", MOMENTS)
def test_a_killed_rank_ends_the_job_which_can_be_resumed(seed, path, tmp_path):
    moment = random.Random(seed)
    with subprocess.Popen(
        command(2, "-c", COMMON + KILLED, path), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path,
        env=environment(),
    ) as job:  # fmt: skip
        while len(names := sorted(file.name.split() for file in tmp_path.glob("pid *"))) < 2:
            assert job.poll() is None, job.stderr.read()
            time.sleep(0.01)
        time.sleep(moment.uniform(0, 1))
        os.kill(int(names[moment.randrange(2)][2]), signal.SIGKILL)
        killed = time.monotonic()
        output, errors = job.communicate(timeout=60)
        assert time.monotonic() - killed < 30
    assert job.returncode != 0
    assert "done" not in output
    said = re.search(r"A rank has died. Resume with: mpiexec -n 2 w2vcore resume run .*last checkpoint: epoch", errors)
    # MPICH aborts the job by itself, at once, if the rank dies while another reads from its memory: no word comes through
    assert said or "Fatal error in internal_Allreduce" in errors
    arguments = ["-m", "w2vcore", "resume", "run", path, "-o", "model", "--backend", "mpi", "-q"]
    run = subprocess.run(
        command(2, *arguments), capture_output=True, text=True, cwd=tmp_path, timeout=60, env=environment(), check=False
    )
    assert run.returncode == 0, run.stderr
    model = Word2Vec.load(tmp_path / "model")
    assert [line["raw_words"] for line in model.training_history] == [30_000] * 40


def test_without_mpi4py_one_sentence_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "mpi4py", None)
    monkeypatch.setattr(mpi, "_world", None)
    with pytest.raises(ImportError, match=r"^mpi4py is not installed: pip install w2vcore\[mpi\]$"):
        Word2Vec(backend="mpi")


def test_without_an_mpi_library_one_sentence_says_where_it_comes_from(monkeypatch):
    class Broken:
        @property
        def MPI(self):  # its name there
            raise RuntimeError("cannot load MPI library\nlibmpi.so.12: cannot open shared object file")

    monkeypatch.setitem(sys.modules, "mpi4py", Broken())
    monkeypatch.setattr(mpi, "_world", None)
    with pytest.raises(
        ImportError, match=r"mpi4py finds no MPI library \(cannot load MPI library\): .*pip install mpich"
    ):
        Word2Vec(backend="mpi")


def test_one_rank_is_warned_about(monkeypatch):
    monkeypatch.setattr(mpi, "_world", None)
    monkeypatch.setattr(mpi, "MpiTeam", lambda patience: Alone())
    for name in mpi._LAUNCHED:
        monkeypatch.delenv(name, raising=False)
    with pytest.warns(UserWarning, match=r"runs with one rank: start it with mpiexec -n N python script.py"):
        model = Word2Vec([["a", "b"]], backend="mpi", **SETTINGS)
    one = Word2Vec([["a", "b"]], **SETTINGS)
    np.testing.assert_array_equal(model.wv.vectors, one.wv.vectors)


def test_the_mpiexec_of_another_mpi_is_found_out(monkeypatch):
    monkeypatch.setattr(mpi, "_world", None)
    monkeypatch.setattr(mpi, "MpiTeam", lambda patience: Alone())
    monkeypatch.setenv("OMPI_COMM_WORLD_SIZE", "4")
    with pytest.raises(RuntimeError, match=r"started several processes .*=4.*, but mpi4py knows of one"):
        Word2Vec(backend="mpi")


@pytest.mark.parametrize("value", ["0", "-1", "soon"])
def test_patience_is_a_number(monkeypatch, value):
    monkeypatch.setenv("W2VCORE_MPI_PATIENCE", value)
    with pytest.raises(ValueError, match=f"W2VCORE_MPI_PATIENCE must be .* got '{value}'"):
        mpi._patience()
