"""What the CUDA backend tells the device, seen by a device that trains nothing and only notes what it was given."""

import threading
from dataclasses import replace

import numpy as np
import pytest
from fake_cupy import Driver, FakeCupy, OutOfMemoryError, bytes_at
from hypothesis import given, settings
from hypothesis import strategies as st
from problems import KEEP_ALL, Problem, batch_of, plain

from w2vcore.backends.base import EpochStats, Job
from w2vcore.backends.cuda import backend as backends
from w2vcore.backends.cuda import devices, feeding, gpu, memory
from w2vcore.backends.cuda.backend import CudaBackend, grid
from w2vcore.backends.cuda.layout import JOB_SUMS, SEGMENT, instance
from w2vcore.corpus import order
from w2vcore.kernels.reference_random import PURPOSE_TOKEN, random_key
from w2vcore.model.config import TrainingConfig
from w2vcore.objectives.base import DeviceTables
from w2vcore.objectives.negative_sampling import NegativeSampling
from w2vcore.training.jobs import cut
from w2vcore.training.schedule import LinearDecay


def array_at(address, count, dtype):
    return bytes_at(int(address), int(count) * np.dtype(dtype).itemsize).view(dtype)


class Looking:
    """Notes every launch and, for each segment, its centres with the words around them; counts words into the sums."""

    def __init__(self, reach=3):
        self.reach, self.kept, self.trained, self.launches = reach, [], [], []
        self.at_work = None

    def __call__(self, function, macros, argument, blocks, threads, shared):
        launch = argument[0]
        offsets = array_at(launch["offsets"], launch["sentences"] + 1, np.int64)
        ids = array_at(launch["ids"], offsets[-1], np.uint32)
        if function == "w2v_keep":
            self.kept.append((int(launch["token_key"]), int(launch["position"]), len(ids)))
            array_at(launch["kept_ids"], len(ids), np.uint32)[:] = ids
            array_at(launch["kept_from"], len(ids), np.uint32)[:] = 7
            array_at(launch["kept_counts"], launch["sentences"], np.uint32)[:] = 7
            return
        self.launches.append((launch.copy(), macros, blocks, threads, shared))
        if launch["keep"]:
            assert (array_at(launch["kept_from"], len(ids), np.uint32) == 7).all()
        work = array_at(launch["segments"], launch["n_segments"], SEGMENT)
        sums = array_at(launch["sums"], int(work["job"].max(initial=0)) + 1, JOB_SUMS)
        taken = array_at(launch["next_segment"], 1, np.uint64)
        while taken[0] < launch["n_segments"]:
            segment = work[int(taken[0])]
            taken[0] += 1
            start, stop = int(segment["start"]), int(segment["stop"])
            first, last = offsets[segment["sentence"]], offsets[segment["sentence"] + 1]
            assert first <= start < stop <= last
            for at in range(start, stop):
                around = ids[max(first, at - self.reach) : min(last, at + self.reach + 1)].tolist()
                self.trained.append((at + int(launch["position"]), around, float(segment["alpha"])))
            sums[segment["job"]]["words"] += stop - start
            sums[segment["job"]]["loss"] += stop - start
            if self.at_work:
                self.at_work(taken)


@pytest.fixture
def looking(monkeypatch):
    """A machine whose device only looks."""
    return make_looking(monkeypatch.setattr)


def make_looking(setattr, **driver):
    device = Looking()
    device.driver = Driver(device, **driver)
    setattr(devices, "load_cupy", lambda: FakeCupy(device.driver))
    return device


def problem_of(sentences, **settings):
    keep = settings.pop("keep", None)
    position = settings.pop("position", 0)
    settings = {"vector_size": 4, "window": 3, "subsample": keep is not None, **settings}
    keep = None if keep is None else np.full(50, keep, np.uint32)
    return Problem(sentences, np.arange(60, 10, -1), TrainingConfig(**settings), keep, position=position)


def expected(problem, jobs, reach=3):
    """What `Looking.trained` should hold, without the order."""
    found = []
    for job in jobs:
        for at in range(job.start, job.stop):
            offsets = job.batch.offsets
            sentence = np.searchsorted(offsets, at, "right") - 1
            first, last = offsets[sentence], offsets[sentence + 1]
            around = job.batch.ids[max(first, at - reach) : min(last, at + reach + 1)].tolist()
            found.append((at + job.position, around, float(np.float32(job.alpha))))
    return sorted(found)


def train(problem, jobs, epochs=1):
    backend, stats = CudaBackend(), EpochStats()
    backend.open(problem.plan, problem.weights())
    reported = []
    try:
        for epoch in range(epochs):
            stats = backend.run(epoch, iter(jobs), lambda job, stats: reported.append((job, stats)))
    finally:
        backend.close()
    return stats, reported


texts = st.lists(st.lists(st.integers(0, 49), min_size=1, max_size=30), min_size=1, max_size=8)


@settings(deadline=None, max_examples=60)
@given(
    texts,
    st.lists(st.integers(0, 200), max_size=6),
    st.booleans(),
    st.sampled_from([None, KEEP_ALL, 2**30]),
    st.integers(1, 40),
)
def test_every_token_is_trained_once_with_its_rate_and_its_words(sentences, borders, resident, keep, tokens):
    with pytest.MonkeyPatch.context() as patch:
        device = make_looking(patch.setattr)
        patch.setattr(backends, "RESIDENT_FROM", 1 if resident else 1 << 20)
        patch.setattr(backends, "FIRST_TOKENS", tokens)
        patch.setattr(backends, "FEWEST_TOKENS", tokens)
        patch.setattr(backends, "MOST_TOKENS", tokens)
        patch.setattr(backends, "LONGEST_SEGMENT", 16)
        problem = problem_of(sentences, keep=keep, position=2**33)
        jobs = [replace(job, alpha=0.1 / (n + 1)) for n, job in enumerate(problem.jobs(borders))]
        stats, reported = train(problem, jobs)
    assert sorted(device.trained) == expected(problem, jobs)
    assert [job for job, _ in reported] == jobs  # in order, each once
    assert [stats.words for _, stats in reported] == [job.stop - job.start for job in jobs]
    assert stats == sum_of(stats for _, stats in reported)
    assert device.driver.memory == {}  # all was given back


def sum_of(parts):
    total = EpochStats()
    for part in parts:
        total += part
    return total


def test_batches_that_follow_on_each_other_are_one_launch(looking):
    """As when a corpus is read while it is trained: small batches, which are put together."""
    batches = [batch_of([[1, 2, 3], [4]]), batch_of([[5] * 7]), batch_of([]), batch_of([[6, 7]])]
    jobs, position = [], 0
    for batch in batches:
        jobs.append(Job(batch, 0, len(batch), 0.05, position, len(batch), batch.sentences))
        position += len(batch)
    problem = problem_of([[1]])
    stats, _ = train(problem, jobs)
    assert len(looking.launches) == 1
    assert sorted(looking.trained) == expected(problem, jobs)
    assert (stats.words, stats.raw_words, stats.sentences) == (13, 13, 4)


@pytest.mark.parametrize("passage", [1, 10])
def test_a_corpus_in_a_new_order_is_one_launch(looking, monkeypatch, passage):
    monkeypatch.setattr(order, "BATCH_TOKENS", 50)
    problem = problem_of([[number % 50] * (number % 7 + 1) for number in range(100)])
    (whole,) = problem.jobs()
    decay = LinearDecay(0.05, 0.01, 1, problem.words, "words")
    jobs = list(cut(order.reordered(whole.batch, order.Order(passage, seed=3, epoch=0)), 0, decay, batch_words=30))
    assert len({id(job.batch) for job in jobs}) > 5
    train(problem, jobs)
    assert len(looking.launches) == 1
    assert sorted(looking.trained) == expected(problem, jobs)
    assert [place for place, _, _ in sorted(looking.trained)] == list(range(problem.words))


def test_jobs_that_do_not_follow_on_each_other_are_launches_of_their_own(looking):
    problem = problem_of([[1, 2, 3, 4, 5, 6]])
    jobs = [*problem.jobs([2]), *problem.jobs()]
    train(problem, jobs)
    assert sorted(looking.trained) == expected(problem, jobs)
    assert len(looking.launches) == 2


def test_a_resident_batch_is_copied_once_and_its_words_dropped_once_an_epoch(looking, monkeypatch):
    monkeypatch.setattr(backends, "RESIDENT_FROM", 10)
    for name in ("FIRST_TOKENS", "FEWEST_TOKENS", "MOST_TOKENS"):
        monkeypatch.setattr(backends, name, 10)
    copied = []
    real = gpu.Gpu.upload
    monkeypatch.setattr(
        gpu.Gpu,
        "upload",
        lambda self, address, array, stream: (copied.append(array), real(self, address, array, stream)),
    )
    problem = problem_of([[1] * 40, [2] * 30], keep=2**31)
    jobs = list(problem.jobs(range(10, 70, 10)))
    train(problem, jobs, epochs=3)
    assert len(looking.launches) == 3 * 7
    assert sum(array.base is jobs[0].batch.ids or array is jobs[0].batch.ids for array in copied) == 1
    keys = [random_key(problem.config.seed, epoch, PURPOSE_TOKEN) for epoch in range(3)]
    assert looking.kept == [(key, 0, 70) for key in keys]


def test_a_batch_that_does_not_fit_is_sent_in_parts(looking, monkeypatch):
    monkeypatch.setattr(backends, "RESIDENT_FROM", 10)
    monkeypatch.setattr(backends, "token_bytes", lambda batch, subsample: 1 << 60)
    for name in ("FIRST_TOKENS", "FEWEST_TOKENS", "MOST_TOKENS"):
        monkeypatch.setattr(backends, name, 10)
    problem = problem_of([[n % 50 for n in range(400)]])
    jobs = list(problem.jobs(range(10, 400, 10)))
    train(problem, jobs)
    assert sorted(looking.trained) == expected(problem, jobs)
    sizes = [int(array_size) for array_size in (launch["sentences"] for launch, *_ in looking.launches)]
    assert sizes == [1] * 40
    assert {int(launch["position"]) for launch, *_ in looking.launches} == {max(0, n - 3) for n in range(0, 400, 10)}


def test_settings_reach_the_device(looking):
    problem = plain(30, vector_size=20, window=7, negative=9, objectives=("tree", "negative"), seed=11, lock=(1.0, 0.5))
    train(problem, list(problem.jobs()), epochs=2)
    launch, macros, _, _, _ = looking.launches[-1]
    assert [int(launch[name]) for name in ("vocabulary", "stride", "size", "window", "targets", "shrink", "cbow_mean")] == [
        30, 32, 20, 7, 0, 1, 1,
    ]  # fmt: skip
    assert (macros["W2V_UNIT"], macros["W2V_OBJECTIVES"], macros["W2V_LOSS"]) == (2, 2, 1)
    assert (macros["W2V_FIRST"], macros["W2V_SECOND"]) == ("hierarchical_softmax", "negative_sampling")
    assert launch["token_key"] == random_key(11, 1, PURPOSE_TOKEN)
    first, second = launch["first"], launch["second"]
    assert (first["key"], second["key"]) == (0, random_key(11, 1, NegativeSampling.purpose))
    assert (first["draws"], second["draws"]) == (0, 9)
    assert first["matrix"] and first["array2"] and second["matrix"] and second["array0"] and not second["array1"]
    assert launch["lock"] and launch["lock_size"] == 2 and not launch["keep"]
    assert launch["max_targets"] >= 10
    silent = plain(30, compute_loss=False)
    train(silent, list(silent.jobs()))
    launch, macros, _, _, _ = looking.launches[-1]
    assert macros["W2V_LOSS"] == 0 and not launch["lock"]
    assert launch["targets"] == 6 and not launch["second"]["matrix"] and not launch["first"]["array1"]


def test_weights_go_there_and_back(looking):
    """Each run takes the host's matrices, as a callback may have changed them, and leaves its result there."""
    problem = plain(30)
    weights = problem.weights()
    looked = []

    def halve(taken):
        launch = looking.launches[-1][0]
        matrix = array_at(launch["input"], launch["vocabulary"] * launch["stride"], np.float32)
        looked.append(matrix[0])
        matrix *= 0.5

    looking.at_work = halve
    backend = CudaBackend()
    backend.open(problem.plan, weights)
    first = float(weights.matrices["input"][0, 0])
    job = Job(batch_of([[1, 2]]), 0, 2, 0.1, 0, 2, 1)
    backend.run(0, iter([job]), lambda job, stats: None)
    assert weights.matrices["input"][0, 0] == np.float32(first / 2)
    weights.matrices["input"][0, 0] = 8
    backend.run(1, iter([job]), lambda job, stats: None)
    backend.close()
    assert looked == [np.float32(first), 8]
    assert weights.matrices["input"][0, 0] == 4


def test_ctrl_c_stops_the_segments_that_have_not_begun(looking, monkeypatch):
    """The signal comes when a group is on the device and the next is drawn."""
    problem = problem_of([[1] * 20 for _ in range(50)])
    monkeypatch.setattr(backends, "FIRST_TOKENS", 200)
    jobs = list(problem.jobs(range(20, 1000, 20)))

    def interrupted():
        yield from jobs[:15]
        copies.drain()  # the group of the first ten has arrived
        raise KeyboardInterrupt

    backend = CudaBackend()
    backend.open(problem.plan, problem.weights())
    copies = backend._session.gpu.copies
    looking.at_work = lambda taken: copies.drain()  # while the device computes, it copies
    with pytest.raises(KeyboardInterrupt):
        backend.run(0, interrupted(), lambda job, stats: None)
    assert len(looking.trained) == 20  # one segment, which had begun
    assert backend.run(0, iter(jobs), lambda job, stats: None).words == 1000
    backend.close()


def test_no_more_than_two_groups_are_drawn_ahead(looking, monkeypatch):
    for name in ("FIRST_TOKENS", "FEWEST_TOKENS", "MOST_TOKENS"):
        monkeypatch.setattr(backends, name, 40)
    problem = problem_of([[1] * 20 for _ in range(50)])
    drawn, done, most = 0, 0, 0

    def jobs():
        nonlocal drawn, most
        for job in problem.jobs(range(20, 1000, 20)):
            drawn += 1
            most = max(most, drawn - done)
            yield job

    def report(job, stats):
        nonlocal done
        done += 1

    backend = CudaBackend()
    backend.open(problem.plan, problem.weights())
    backend.run(0, jobs(), report)
    backend.close()
    assert drawn == done == 50
    assert most <= 3 * 2  # two on the device, and the one that is being drawn


@pytest.mark.parametrize(
    "change, message",
    [({"stop": 8}, "job 0..8 is not within its batch of 7 tokens"), ({"start": -1}, "job -1..7 is not within")],
)
def test_a_job_outside_of_its_batch(looking, change, message):
    job = replace(next(problem_of([[1] * 7]).jobs()), **change)
    with pytest.raises(ValueError, match=message):
        train(problem_of([[1] * 7]), [job])


def test_an_id_outside_of_the_vocabulary(looking):
    with pytest.raises(ValueError, match="batch has id 50, the input matrix 50 rows"):
        train(problem_of([[1, 50]]), list(problem_of([[1, 50]]).jobs()))


# ---------------------------------------------------------------------- memory


def test_a_model_that_does_not_fit_is_an_error_with_the_sizes(monkeypatch):
    make_looking(monkeypatch.setattr, free=(256 + 256 + 30) << 20)
    problem = plain(20_000, (1,), vector_size=300)
    weights = problem.weights()
    before = {name: matrix.copy() for name, matrix in weights.matrices.items()}
    message = r"V=20,000 x D=300 x 2 float32 tables 0\.0 GB \+ vocabulary and noise .* = 0\.3 GB; 0\.6 of 0\.6 GB free on cuda:0 \(Emulator\)\. Raise min_count, lower vector_size, or train with device='cpu'"
    with pytest.raises(MemoryError, match=message):
        CudaBackend().open(problem.plan, weights)
    for name, matrix in weights.matrices.items():
        np.testing.assert_array_equal(matrix, before[name])


def test_memory_that_is_gone_when_it_is_asked_for(monkeypatch):
    """Between the look and the allocation another program was quicker."""
    device = make_looking(monkeypatch.setattr)
    monkeypatch.setattr(device.driver, "allocate", refuse)
    with pytest.raises(MemoryError, match=r"x 2 float32 tables 0\.0 GB .* free on cuda:0"):
        CudaBackend().open(plain().plan, plain().weights())


def refuse(size, kind):
    raise OutOfMemoryError("Out of memory")


def test_tokens_in_memory():
    batch = batch_of([[1, 2, 3], [4]])
    assert memory.token_bytes(batch, False) == 4 * 4 + 8 * 3
    assert memory.token_bytes(batch, True) == 4 * 4 + 8 * 3 + 2 * 4 * 4 + 4 * 2


def test_two_backends_do_not_mix(looking):
    problem = problem_of([[1] * 20, [2] * 9])
    jobs = list(problem.jobs(range(5, 29, 5)))
    threads = [threading.Thread(target=train, args=(problem, jobs, 2)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(looking.trained) == sorted(6 * expected(problem, jobs))
    assert looking.driver.memory == {}


# ---------------------------------------------------------------------- geometry


@pytest.mark.parametrize(
    "allowed, blocks, warps",
    [(1, 1, 1), (3, 3, 1), (4, 4, 1), (9, 4, 2), (64, 8, 8), (10**6, 8, 8)],
)
def test_warps_are_spread_over_the_multiprocessors(looking, allowed, blocks, warps):
    """Of 4 multiprocessors with 2 blocks each."""
    device = gpu.Gpu(devices.load_cupy(), 0)
    chosen = instance(TrainingConfig(), {"negative": DeviceTables((), max_targets=6)}, device.shared_bytes)
    kernel = device.cupy.RawModule(code="w2v_", options=("-DW2V_SOURCES=0x1",)).get_function("w2v_train")
    assert grid(device, kernel, chosen, allowed) == (blocks, warps)


def test_as_launch_leaves_the_settings_alone():
    settings = np.zeros(1, feeding.SEGMENT)
    changed = feeding.as_launch(settings, {"start": 5}, {"stop": 7})
    assert changed[0]["start"] == 5 and changed[0]["stop"] == 7 and settings[0]["start"] == 0
