"""prove.py as far as it can be tried without a GPU: its order, its limits of time, and the arithmetic of its tables."""

import gzip
import json
import os
import subprocess
import sys
import time
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from cuda_backend import count_words
from fake_cupy import Driver, FakeCupy

HERE = Path(__file__).parent
PROVE = HERE / "prove.py"
sys.path.insert(0, str(HERE))  # as a script has it

import measuring  # noqa: E402
import prove  # noqa: E402
import proving  # noqa: E402
import sizes  # noqa: E402

from w2vcore.backends.cuda import devices  # noqa: E402
from w2vcore.backends.threads import ThreadsBackend  # noqa: E402


def test_limits_of_time_leave_room():
    assert prove.BUDGET < 9 * 60
    assert all(callable(getattr(proving, part)) for part in prove.PARTS if part != "environment")


def test_no_part_takes_more_than_half_of_what_is_left():
    for budget in (prove.BUDGET, 280, 100):
        left, taken = budget, []
        for number, part in enumerate(prove.PARTS, 1):  # as if each took all it may
            taken.append(prove.limit_of(part, left, len(prove.PARTS) - number))
            left -= taken[-1]
        assert min(taken) >= prove.SHORTEST and left >= 0
        assert all(limit <= prove.PARTS[part] for part, limit in zip(prove.PARTS, taken, strict=True))


def test_the_wheels_of_the_driver_are_taken(tmp_path):
    names = [
        "cupy_cuda12x-14.2.0-cp312.whl", "cupy_cuda13x-14.2.0-cp312.whl", "fastrlock-0.8.whl", "cuda_pathfinder-1.3.whl",
        "nvidia_cuda_nvrtc_cu12-12.9.86.whl", "nvidia_cuda_nvrtc-13.0.88.whl",
    ]  # fmt: skip
    for name in names:
        (tmp_path / name).touch()

    def taken(*asked):
        return [path.name for path in prove.wheels_of_cuda(tmp_path, *asked)]

    assert taken(12, False) == [names[0], names[2], names[3], names[4]]
    assert taken(13, False) == [names[1], names[2], names[3], names[5]]
    assert taken(13, True) == [names[5]] and taken(0, False) == names[2:4]


@pytest.fixture
def rehearsed(tmp_path, monkeypatch):
    """What prove.py does with a make-believe device: a function of the parts; it returns results and log."""
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(HERE / "rehearsal"), os.environ.get("PYTHONPATH", "")]))

    def run(*parts, device="count", budget=4 * prove.BUDGET, data="none"):
        monkeypatch.setenv("W2VCORE_REHEARSAL", device)
        places = ["--out", tmp_path / "out", "--work", tmp_path / "work", "--data", tmp_path / data]
        command = [sys.executable, PROVE, *places, "--rehearsal", "--budget", str(budget), "--only", *parts]
        done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=tmp_path, timeout=280)
        written = {path.name for path in (tmp_path / "out").iterdir()}
        assert {"prove.json", "prove.log"} <= written <= {"prove.json", "prove.log", "profile.txt"}
        log = (tmp_path / "out" / "prove.log").read_text()
        assert log == done.stdout
        return json.loads((tmp_path / "out" / "prove.json").read_text()), log

    return run


def test_a_part_is_rehearsed(rehearsed):
    found, log = rehearsed("limits")
    assert not found["limits"].get("failed"), log
    assert "operations/s" in found["limits"]["20"] and "parts that failed: none" in log


@pytest.mark.slow
def test_a_device_that_hangs_takes_its_part_alone(rehearsed):
    found, log = rehearsed("limits", "speed", "limits", device="hang", budget=60)
    assert found["speed"]["failed"] == "exit its time was up" and found["speed"]["seconds"] < 35, log
    assert not found["limits"].get("failed") and log.count("--- limits: ") == 2, log


WORDS = [
    "athens",
    "greece",
    "oslo",
    "norway",
    "rome",
    "italy",
    "paris",
    "france",
    "berlin",
    "germany",
    "madrid",
    "spain",
]


@pytest.fixture
def data(tmp_path):
    """A text and questions, under the names that real ones have."""
    rng, folder = np.random.default_rng(1), tmp_path / "data"
    folder.mkdir()
    text = "\n".join(" ".join(WORDS[word] for word in line) for line in rng.integers(len(WORDS), size=(8, 12)).tolist())
    (folder / "wiki-en-1.txt.gz").write_bytes(gzip.compress(text.encode()))
    (folder / "questions-words.txt").write_text(f": capital\n{' '.join(WORDS[:4])}\n{' '.join(WORDS[4:8])}\n")
    pairs = "".join(f"{word}\t{other}\t{place}.5\n" for place, (word, other) in enumerate(pairwise(WORDS)))
    for name in ("wordsim353.tsv", "simlex999.txt"):
        (folder / name).write_text(pairs)
    return folder


@pytest.fixture
def ncu(tmp_path, monkeypatch):
    """A make-believe profiler: runs the program, and prints a number as ncu does."""
    folder = tmp_path / "bin"
    folder.mkdir()
    script = folder / "ncu"
    script.write_text(
        f"#!{sys.executable}\n"
        "import subprocess, sys\n"
        f"program = sys.argv[sys.argv.index({sys.executable!r}) :] if '-c' in sys.argv else ['true']\n"
        "code = subprocess.run(program, check=False).returncode\n"
        "print('==PROF== 1')\n"
        "print('    Achieved Occupancy           %        24.50')\n"
        "sys.exit(code)\n"
    )
    script.chmod(0o755)
    monkeypatch.setenv("PATH", os.pathsep.join([str(folder), os.environ["PATH"]]))


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="a script is no program there")
def test_every_line_of_every_part_is_rehearsed(rehearsed, data, ncu):
    """With the functions and the device code that a GPU runs, of small sizes: no part fails."""
    found, log = rehearsed(*prove.PARTS, device="emulate", data=data)
    assert list(found) == list(prove.PARTS)
    assert "parts that failed: none" in log, log
    assert found["compile"]["instances"] > 30
    assert all(" passed" in found[part]["last"][0] for part in ("parity", "tests")), log
    for kind in measuring.KINDS:
        for size in sizes.REHEARSAL.vectors:
            speed = found["speed"][f"{kind} {size}"]
            assert (
                speed["gpu"] > 0 and speed["cpu"] > 0 and set(speed["shares"]) == {"reads", "additions", "arithmetic"}
            )
        assert all(np.isfinite(row).all() for row in found["quality"][kind].values()), log
    assert found["speed"]["gensim"] > 0
    assert np.shape(list(found["staleness"].values())[:4]) == (4, len(sizes.REHEARSAL.warps) + 2)
    assert found["profile"]["metrics"] == {"Achieved Occupancy": "24.50 %"}


@pytest.mark.slow
def test_what_is_different_without_data_is_rehearsed(rehearsed):
    found, log = rehearsed("limits", "speed", "quality", "staleness")
    assert "parts that failed: none" in log, log
    assert "synthetic Zipf stream: 60 words, 30 keys" in log and len(found["quality"]) == 2 * 2 + 1


def test_help_says_what_to_bring(tmp_path):
    done = subprocess.run([sys.executable, PROVE, "--help"], capture_output=True, text=True, check=True, cwd=tmp_path)
    assert "--wheels" in done.stdout and "pip download" in done.stdout


def test_a_part_that_fails_is_told_and_the_rest_goes_on(tmp_path):
    """Here: no GPU, so the parts fail at once, each for itself."""
    command = [
        sys.executable,
        PROVE,
        "--out",
        tmp_path / "out",
        "--work",
        tmp_path / "work",
        "--only",
        "limits",
        "profile",
        "--data",
        tmp_path,
    ]
    if proving.shutil.which("ncu"):
        pytest.skip("a machine with ncu may well have a GPU")
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=tmp_path, timeout=120)
    found = json.loads((tmp_path / "out" / "prove.json").read_text())
    assert list(found) == ["limits", "profile"]
    assert "ncu is not installed" in done.stdout
    if found["limits"].get("failed"):  # no CuPy, or no device
        assert "limits FAILED" in done.stdout and "parts that failed: ['limits']" in done.stdout


def test_a_part_whose_time_is_up_is_ended_and_what_it_found_is_kept(tmp_path, monkeypatch):
    script = tmp_path / "slow.py"
    script.write_text(
        "import json, pathlib, sys, time\n"
        f"pathlib.Path({str(tmp_path / 'speed.json')!r}).write_text(json.dumps({{'so far': 1}}))\n"
        "print('begun', flush=True)\n"
        "time.sleep(60)\n"
    )
    monkeypatch.setattr(prove, "__file__", str(script))
    options = SimpleNamespace(out=tmp_path, work=tmp_path, rehearsal=False, data="", wheels=None)
    said = []
    found = prove.one("speed", 2, options, None, said.append)
    assert found["so far"] == 1 and "time was up" in found["failed"] and found["seconds"] < 20
    assert said == ["begun", "--- speed FAILED: its time was up"]


def test_no_part_begins_when_no_time_is_left(tmp_path):
    command = [sys.executable, PROVE, "--out", tmp_path, "--work", tmp_path / "w", "--budget", "0"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=tmp_path, timeout=60)
    assert done.stdout.count("skipped, no time left") == len(prove.PARTS)


def test_the_synthetic_stream_is_like_wikipedia():
    ids, offsets = measuring.zipf(1_000_000, vocabulary=5000)
    lengths = np.diff(offsets)
    assert offsets[-1] == len(ids) == 1_000_000 and lengths.min() >= 1 and lengths.max() <= 999 + 100
    assert 70 < lengths[:-1].mean() < 90
    counts = np.bincount(ids, minlength=5000)
    assert counts.min() >= 1 and counts[0] == counts.max()
    # p ~ 1 / (rank + 2.7): the first of 5,000 words has 1 / 3.7 over the sum of all, 3.6 %
    assert counts[0] / len(ids) == pytest.approx(0.0357, rel=0.05)


@pytest.fixture
def small(tmp_path, monkeypatch):
    monkeypatch.setattr(measuring, "zipf", lambda *sizes: tiny())
    return measuring.stream(None, tmp_path)


def tiny():
    rng = np.random.default_rng(2)
    ids = np.concatenate([np.arange(60), rng.geometric(0.1, 4000).clip(max=60) - 1]).astype(np.uint32)
    return ids, np.append(np.arange(0, len(ids), 50), len(ids))


def test_streams_can_be_repeated_and_cut(small):
    many = small.times(3).batch
    assert len(many) == 3 * len(small.batch) and many.offsets[-1] == len(many)
    assert (np.diff(many.offsets) > 0).all() and many.sentences == 3 * small.batch.sentences
    part = small.first(170).batch
    assert part.offsets[-1] == len(part) == 200


@pytest.mark.parametrize("kind", measuring.KINDS)
def test_epochs_train_and_are_timed(small, kind):
    config = measuring.config_of(kind, 8, compute_loss=True)
    _, sums, seconds = measuring.epochs(ThreadsBackend(), config, small, 3)
    assert len(seconds) == 3 and all(second > 0 for second in seconds)
    assert [stats.raw_words for stats in sums] == 3 * [len(small.batch)]
    assert sums[2].loss / sums[2].examples < sums[0].loss / sums[0].examples


def test_work_is_counted(small):
    """By hand: of each kept word one context row and six targets; 36 pairs of a dot product and two updates."""
    everything = measuring.Stream(small.batch, small.counts, np.full(len(small.counts), 2**32 - 1, np.uint32), "")
    work = measuring.work_of("sgns", 100, everything)
    assert (work.kept, work.contexts, work.targets) == (1.0, 6.0, 6.0)
    assert work.read_floats == work.added_floats == 700.0
    assert work.operations == 36 * 6 * 100
    assert measuring.work_of("cbow", 100, everything).operations == (6 * 6 + 4 * 6) * 100
    # what it really is: contexts of a window in this text, which ends at sentences
    config = measuring.config_of("sgns", 8)
    _, (stats,), _ = measuring.epochs(ThreadsBackend(), config, everything, 1)
    assert stats.examples / stats.words == pytest.approx(6.0, rel=0.15)
    assert 3 < measuring.work_of("sghs", 100, everything).targets < 8


def test_floors_are_the_slowest_limit():
    work = measuring.Work(1.0, 6.0, 6.0, 700.0, 700.0, 21_600.0)
    rates = {
        "rows of Zipf's words, read, floats/s": 7e11,
        "rows of Zipf's words, added to, floats/s": 7e10,
        "operations/s": 2.16e13,
    }
    assert measuring.floor(work, rates) == pytest.approx({"reads": 1e-9, "additions": 1e-8, "arithmetic": 1e-9})


def test_all_instances_are_known_before_they_are_compiled(monkeypatch):
    monkeypatch.syspath_prepend(HERE.parent / "contract")
    wanted, timed = proving.instances(sizes.DEVICE)
    assert len(timed) == 8 and len(wanted) > 40
    macros = {tuple(instance.macros.items()) for instance in wanted}
    assert {tuple(instance.macros.items()) for _, _, instance in timed} <= macros


def part_of(name, folder, **found):
    for other, values in found.items():
        (folder / f"{other}.json").write_text(json.dumps(values))
    return proving.Part(
        SimpleNamespace(part=name, work=folder, rehearsal=False, data="no such folder", deadline=time.time() + 100)
    )


@pytest.fixture
def counting_device(monkeypatch, tmp_path):
    """A device that trains nothing: enough to see every line of the tables printed."""
    monkeypatch.setattr(devices, "load_cupy", lambda: FakeCupy(Driver(count_words)))
    monkeypatch.setattr(measuring, "zipf", lambda *sizes: tiny())
    for folder in ("quality", "contract"):
        monkeypatch.syspath_prepend(HERE.parent / folder)
    return tmp_path


def test_the_table_of_speed(counting_device, capsys):
    rates = {
        "rows of Zipf's words, read, floats/s": 7e11,
        "rows of Zipf's words, added to, floats/s": 7e10,
        "operations/s": 2e13,
    }
    part = part_of("speed", counting_device, limits={"100": rates, "300": rates})
    proving.speed(part)
    found = json.loads((counting_device / "speed.json").read_text())
    assert {f"{kind} {size}" for kind in measuring.KINDS for size in (100, 300)} <= found.keys()
    assert all(found[f"{kind} 100"]["cpu"] > 0 for kind in measuring.KINDS)
    assert set(found["sgns 100"]["shares"]) == {"reads", "additions", "arithmetic"}
    assert "sgns D=300" in capsys.readouterr().out


def test_the_table_of_staleness(counting_device, capsys):
    proving.staleness(part_of("staleness", counting_device))
    assert "sghs, sample=0" in capsys.readouterr().out


def test_quality_without_data_is_that_of_topics(counting_device, monkeypatch, capsys):
    import test_planted_topics

    monkeypatch.setattr(test_planted_topics, "KINDS", {"CBOW": {"sg": 0}})
    part = part_of("quality", counting_device)
    part.sizes = replace(part.sizes, seeds=(1,))
    proving.quality(part)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("no data") and [line.split()[2] for line in lines[2:]] == ["cuda", "cpu"]
    assert float(lines[3].split()[3]) > 0.9
