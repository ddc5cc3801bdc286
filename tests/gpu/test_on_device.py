"""The CUDA backend on a real device: what an emulator cannot show. Skipped, with the reason, where there is none.

tests/gpu/prove.py runs these and all measurements in one call.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from evaluation import DATA, analogies, correlation
from problems import ARCHITECTURES, OBJECTIVES, plain, run

from w2vcore import Word2Vec
from w2vcore.backends.cuda.backend import CudaBackend
from w2vcore.backends.cuda.devices import find, why_not

TESTS = Path(__file__).parents[1]
REASON = why_not("cuda")

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(REASON is not None, reason=f"no GPU here: {REASON}"),
    pytest.mark.timeout(300),
]


def python(code, tmp_path, *before):
    """Run code in a new interpreter, behind another program if one is named."""
    return subprocess.run(
        [*before, sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        timeout=280,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(TESTS), os.environ.get("PYTHONPATH", "")])},
    )


def test_contract_suite_with_one_warp(tmp_path):
    """Equal to the reference to rounding: every architecture, objective and setting."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(TESTS.parent)]
    done = subprocess.run(
        [*command, str(TESTS / "contract" / "test_backends.py"), "-k", "cuda"],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env={**os.environ, "W2VCORE_ON_GPU": "1"},
    )
    assert done.returncode == 0, done.stdout[-3000:]


TRAIN = """
import numpy as np
from problems import plain, run
from w2vcore.backends.cuda.backend import CudaBackend
for architecture, sharing in (("skipgram", "pair"), ("skipgram", "window"), ("cbow", "pair")):
    for objectives in (("negative",), ("tree",), ("tree", "negative")):
        for window in (5, "sentence"):
            problem = plain(300, (40, 3, 90), keep=[2**31], window=window, vector_size=100, architecture=architecture,
                            negative_sharing=sharing, objectives=objectives)
            stats, matrices = run(CudaBackend({warps}), problem, 2)
            assert stats.words and all(np.isfinite(matrix).all() for matrix in matrices.values())
"""


@pytest.mark.parametrize(
    "tool, warps",
    [
        ("memcheck", None),
        ("initcheck", None),
        ("synccheck", None),
        ("racecheck", None),  # of shared memory, which each warp has for itself: nothing in it may race
    ],
)
def test_no_fault_is_found(tool, warps, tmp_path):
    if shutil.which("compute-sanitizer") is None:
        pytest.skip("compute-sanitizer is not installed")
    options = ["--tool", tool, "--error-exitcode", "9", "--kernel-name", "kernel_substring=w2v_"]
    done = python(TRAIN.format(warps=warps), tmp_path, "compute-sanitizer", *options)
    if "Device not supported" in done.stdout or "Unable to find" in done.stdout:
        pytest.skip(f"compute-sanitizer does not work here: {done.stdout[-300:]}")
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]


@pytest.mark.parametrize("architecture", ARCHITECTURES)
@pytest.mark.parametrize("objectives", sorted(OBJECTIVES))
def test_one_warp_repeats_itself_bit_for_bit(architecture, objectives):
    problem = plain(300, (40, 3, 90)).with_config(**ARCHITECTURES[architecture], objectives=OBJECTIVES[objectives])
    _, first = run(CudaBackend(1), problem, 2)
    _, second = run(CudaBackend(1), problem, 2)
    for name in first:
        assert first[name].tobytes() == second[name].tobytes(), name


@pytest.mark.parametrize("architecture", ARCHITECTURES)
@pytest.mark.parametrize("objectives", sorted(OBJECTIVES))
def test_many_warps_train_what_one_trains(architecture, objectives):
    """Counts are equal; at a rate so low that scores do not change, so are the changes, as they only add up."""
    problem = plain(2000, [60] * 200, vector_size=64, keep=[2**31, 2**32 - 1])
    problem = problem.with_config(**ARCHITECTURES[architecture], objectives=OBJECTIVES[objectives])
    before = {name: matrix[:, :64].copy() for name, matrix in problem.weights().matrices.items()}
    rates = (1e-3,)
    one, expected = run(CudaBackend(1), problem, 1, rates=rates)
    many, matrices = run(CudaBackend(), problem, 1, rates=rates)
    assert (one.words, one.examples) == (many.words, many.examples)
    np.testing.assert_allclose(many.loss, one.loss, rtol=1e-3)
    for name, matrix in matrices.items():
        change, whole = matrix - before[name], expected[name] - before[name]
        assert np.linalg.norm(change - whole) < 0.01 * np.linalg.norm(whole), name


def test_a_model_larger_than_the_device_is_an_error_with_the_sizes():
    cupy, number = find("cuda")
    rows = cupy.cuda.Device(number).mem_info[1] // (2 * 1024 * 4) + 1
    model = Word2Vec(vector_size=1024, device="cuda")
    assert model.estimate_memory(int(rows))["gpu"] > cupy.cuda.Device(number).mem_info[1]
    problem = plain(30, vector_size=8)
    held = cupy.cuda.alloc(cupy.cuda.Device(number).mem_info[0] - (64 << 20))
    with pytest.raises(MemoryError, match=r"float32 tables .* free on cuda:0 .* Raise min_count"):
        CudaBackend().open(problem.plan, problem.weights())
    del held
    cupy.get_default_memory_pool().free_all_blocks()
    run(CudaBackend(), problem)


LONG = """
import numpy as np
from problems import Problem
from w2vcore.backends.cuda.backend import CudaBackend
from w2vcore.model.config import TrainingConfig
ids = np.random.default_rng(1).integers(0, 30000, 200_000).tolist()
config = TrainingConfig(vector_size=300, architecture="skipgram", negative=100, window=10, shrink_windows=False, subsample=False)
problem = Problem([ids], np.arange(60_000, 30_000, -1), config, alpha=1e-6)
backend = CudaBackend()
backend.open(problem.plan, problem.weights())
def jobs():
    print("running", flush=True)
    while True:
        yield from problem.jobs()
try:
    backend.run(0, jobs(), lambda job, stats: None)
except KeyboardInterrupt:
    backend.close()
    print("interrupted", flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="a process cannot be sent SIGINT alone there")
def test_ctrl_c_stops_training_within_a_second(tmp_path):
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(TESTS), os.environ.get("PYTHONPATH", "")])}
    process = subprocess.Popen(
        [sys.executable, "-c", LONG],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
        env=environment,
    )
    try:
        assert process.stdout.readline() == "running\n", process.stderr.read()
        time.sleep(3)
        sent = time.monotonic()
        process.send_signal(signal.SIGINT)
        assert process.stdout.readline() == "interrupted\n"
        took = time.monotonic() - sent
    finally:
        process.kill()
        process.communicate()
    assert took < 3.0  # the promise is one second; the machine may be a busy one


def test_topics_are_found():
    rng = np.random.default_rng(1)
    sentences = [[f"t{topic}w{word}" for word in rng.integers(0, 12, 10)] for topic in rng.integers(0, 10, 2000)]
    model = Word2Vec(
        sentences,
        vector_size=16,
        min_count=1,
        sample=0,
        epochs=10,
        alpha=0.05,
        sg=1,
        negative_sharing="window",
        device="cuda",
    )
    near = [(key, other) for key in model.wv.index_to_key for other, _ in model.wv.most_similar(key, topn=5)]
    assert sum(key.split("w")[0] == other.split("w")[0] for key, other in near) / len(near) > 0.95


@pytest.mark.slow
@pytest.mark.data
def test_quality_on_wikipedia_is_that_of_the_cpu(tmp_path):
    """Means of three seeds; margins as in tests/quality/noninferiority.py: 0.01 of analogies, 0.02 of simlex999."""
    import gzip

    source = DATA / "wiki-en-1.txt.gz"
    if not source.is_file():
        pytest.skip(f"no real corpus: {source} is missing; set W2VCORE_DATA to its folder")
    (tmp_path / "wiki.txt").write_bytes(gzip.decompress(source.read_bytes()))
    scores = {
        device: np.mean(
            [
                [analogies(model), correlation(model, "simlex999.txt")]
                for model in (
                    Word2Vec(corpus_file=tmp_path / "wiki.txt", sg=1, epochs=3, seed=seed, workers=-1, device=device)
                    for seed in (1, 2, 3)
                )
            ],
            axis=0,
        )
        for device in ("cuda", "cpu")
    }
    assert (scores["cuda"] - scores["cpu"] > (-0.01, -0.02)).all(), scores
