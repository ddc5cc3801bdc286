"""Several GPUs: on 2 to 4 emulated devices a model is, bit for bit, that of as many simulated ranks that are dealt the same jobs."""

import signal
import threading
import time

import numpy as np
import pytest
from cuda_backend import count_words, make_emulated
from emulator import emulate
from fake_cupy import CUDARuntimeError, Driver, FakeCupy
from problems import ARCHITECTURES, OBJECTIVES, plain
from same_training import assert_same_bits

from w2vcore import Word2Vec
from w2vcore.backends import merging
from w2vcore.backends.agreement import Agreement
from w2vcore.backends.cuda import backend, devices, several
from w2vcore.backends.cuda.backend import CudaBackend
from w2vcore.backends.distributed import DistributedBackend
from w2vcore.backends.team import simulate, simulated

pytestmark = pytest.mark.timeout(120)  # threads that wait for each other for ever are the fault to be found
ALL = 2**32 - 1


@pytest.fixture(autouse=True)
def _small_turns(monkeypatch):
    monkeypatch.setattr(several, "DEALT_TOKENS", 40)
    monkeypatch.setattr(merging, "SHORTEST", 60)
    monkeypatch.setattr(merging, "FIRST_ROWS", 4)
    monkeypatch.setattr(backend, "most_warps", lambda plan: 1)


@pytest.fixture
def machine(monkeypatch):
    return make_emulated(monkeypatch.setattr, devices=4)


@pytest.fixture
def counting(monkeypatch):
    """Devices that train nothing."""
    driver = Driver(count_words, devices=4)
    monkeypatch.setattr(devices, "load_cupy", lambda: FakeCupy(driver))
    return driver


def problem_of(architecture="skipgram, shared negatives", objectives="negative", device="cuda", **settings):
    problem = plain(30, lengths=[12, 25, 1, 40, 0, 7] * 4, vector_size=6, device=device, **settings)
    return problem.with_config(**ARCHITECTURES[architecture], objectives=OBJECTIVES[objectives])


def jobs_of(problem, size=10):
    tokens = sum(map(len, problem.sentences))
    return list(problem.jobs(range(size, tokens, size)))


def run(problem, of, epochs=2, jobs=jobs_of, plan=None):
    """(sums, matrices, reports) of a backend."""
    plan, weights, reports, total = plan or problem.plan, problem.weights(), [], None
    of.open(plan, weights)
    for epoch in range(epochs):
        stats = of.run(epoch, iter(jobs(problem)), lambda job, stats: reports.append((job.stop - job.start, stats)))
        if total is None:
            total = stats
        else:
            total += stats
    of.close()
    return total, weights.matrices, reports


def simulated_ranks(problem, size, **options):
    """What each rank has that is dealt its jobs, and trains them on a GPU of its own."""

    def program(rank):
        def mine(problem):
            return [job for job in jobs_of(problem) if several.turn(job.position + job.start, size) == rank]

        ranks = DistributedBackend(Agreement(simulated.get()), CudaBackend(1), dealt=True)
        return run(problem, ranks, jobs=mine, **options)

    return simulate(size, program)


@pytest.mark.parametrize("size", [2, 3, 4])
def test_devices_are_simulated_ranks_bit_for_bit(machine, size):
    names = ",".join(map(str, range(size)))
    stats, matrices, _ = run(problem_of(device=f"cuda:{names}"), CudaBackend(1))
    ranks = simulated_ranks(problem_of(), size)
    for expected, theirs, _ in ranks:
        assert stats == expected
        assert_same_bits(matrices, theirs)
    assert machine.launches > 20 * size


@pytest.mark.slow
@pytest.mark.parametrize("architecture", ARCHITECTURES)
@pytest.mark.parametrize("objectives", OBJECTIVES)
@pytest.mark.parametrize(
    "settings", [{}, {"keep": [2**31, ALL], "lock": (1.0, 0.5)}], ids=["plain", "subsampling, locks"]
)
def test_every_kind_of_model_is_simulated_ranks(machine, architecture, objectives, settings):
    stats, matrices, _ = run(problem_of(architecture, objectives, "cuda:2,0", **settings), CudaBackend(1))
    expected, theirs, _ = simulated_ranks(problem_of(architecture, objectives, **settings), 2)[0]
    assert stats == expected
    assert_same_bits(matrices, theirs)


def test_a_run_repeats_itself_bit_for_bit(machine):
    first, second = (run(problem_of(device="cuda:0,1"), CudaBackend(1)) for _ in range(2))
    assert first[0] == second[0] and first[2] == second[2]
    assert_same_bits(first[1], second[1])


def test_every_word_is_trained_once_and_reported_in_the_calling_thread(counting):
    problem = problem_of(device="cuda:0,1,2")
    tokens = sum(map(len, problem.sentences))
    threads = set()

    def report(job, stats):
        threads.add(threading.current_thread())

    several_gpus = CudaBackend(1)
    several_gpus.open(problem.plan, problem.weights())
    stats = several_gpus.run(0, iter(jobs_of(problem)), report)
    several_gpus.close()
    assert (stats.words, stats.raw_words) == (tokens, tokens)
    assert threads == {threading.main_thread()}


def test_a_run_from_the_middle_of_an_epoch_deals_as_the_whole_one():
    """Otherwise a run that is resumed would not be the one that was interrupted."""
    jobs = jobs_of(problem_of())
    places = {}
    for start in (0, 7):
        dealer = several.Dealer(3)
        for job in jobs[start:]:
            dealer.deal(job, lambda job, stats: None)
        places[start] = {job.start: rank for rank, queue in enumerate(dealer._queues) for job in queue}
    assert places[7] == {place: rank for place, rank in places[0].items() if place >= jobs[7].start}
    assert set(places[0].values()) == {0, 1, 2}


def test_a_gpu_that_waits_for_a_merge_does_not_keep_the_others_from_their_jobs(counting, monkeypatch):
    """With room for what a merge may take, and no more, all jobs are dealt."""
    monkeypatch.setattr(several, "LONGEST", 60)
    monkeypatch.setattr(merging, "LONGEST", 60)
    problem = problem_of(device="cuda:0,1,2,3")
    stats, _, _ = run(problem, CudaBackend(1), 3)
    assert stats.words == 3 * sum(map(len, problem.sentences))


def test_changes_of_a_callback_between_two_epochs_are_trained_on(machine):
    problem, weights, ignore = problem_of(device="cuda:0,1"), problem_of().weights(), lambda job, stats: None
    of = CudaBackend(1)
    of.open(problem.plan, weights)
    of.run(0, iter(jobs_of(problem)), ignore)
    weights.matrices["input"][:] *= 0.5
    fresh = problem.weights()
    for name, matrix in weights.matrices.items():
        fresh.matrices[name][:] = matrix
    of.run(1, iter(jobs_of(problem)), ignore)
    of.open(problem.plan, fresh)
    of.run(1, iter(jobs_of(problem)), ignore)
    of.close()
    assert_same_bits(fresh.matrices, weights.matrices)


# ---------------------------------------------------------------------- the facade


def sentences():
    rng = np.random.default_rng(4)
    return [[f"w{int(i)}" for i in rng.geometric(0.2, size).clip(max=30)] for size in (30, 4, 1, 50, 12, 7) * 3]


SETTINGS = {
    "vector_size": 8,
    "min_count": 1,
    "epochs": 2,
    "seed": 3,
    "sg": 1,
    "workers": 1,
    "sample": 0,
    "batch_words": 20,
}


@pytest.mark.usefixtures("tiny_jobs")
def test_a_model_of_two_gpus(machine, tmp_path):
    path = tmp_path / "checkpoint"
    model = Word2Vec(sentences(), device="cuda:0,1", checkpoint=path, checkpoint_every=150, **SETTINGS)
    again = Word2Vec(sentences(), device="cuda:0,1", checkpoint=tmp_path / "other", checkpoint_every=150, **SETTINGS)
    np.testing.assert_array_equal(model.wv.vectors, again.wv.vectors)
    one = Word2Vec(sentences(), device="cuda", **SETTINGS)
    assert model.training_history[-1]["words"] == one.training_history[-1]["words"]
    assert 0 < np.linalg.norm(model.wv.vectors - one.wv.vectors) < 0.25 * np.linalg.norm(one.wv.vectors)
    np.testing.assert_array_equal(Word2Vec.load(path).wv.vectors, model.wv.vectors)


class Unread:
    """A corpus that says so if it is read."""

    def __iter__(self):
        raise AssertionError("the corpus was read")


def test_what_cannot_be_is_refused_before_the_corpus_is_read(counting, monkeypatch):
    with pytest.raises(RuntimeError, match=r"^no CUDA device visible as 'cuda:1,4': there are 4"):
        Word2Vec(Unread(), device="cuda:1,4")
    with pytest.raises(ValueError, match=r"^device must name each GPU once, got 'cuda:1,1'$"):
        Word2Vec(Unread(), device="cuda:1,1")
    for name in ("cuda:0,", "cuda:,1", "cuda:0;1", "cuda:0, 1"):
        with pytest.raises(ValueError, match="device must be 'cpu', 'cuda', 'cuda:N'"):
            Word2Vec(Unread(), device=name)
    with pytest.raises(ValueError, match=r"^backend='mpi' trains on one GPU in each process, but device='cuda:0,1'"):
        Word2Vec(Unread(), device="cuda:0,1", backend="mpi")
    cupy = FakeCupy(counting)
    cupy.cuda.nccl.available = False
    monkeypatch.setattr(devices, "load_cupy", lambda: cupy)
    with pytest.raises(
        ImportError,
        match=r"^several GPUs need NCCL, which CuPy does not find: pip install nvidia-nccl-cu12, or name one",
    ):
        Word2Vec(Unread(), device="cuda:0,1")
    assert devices.find("cuda:1") == (cupy, 1)


# ---------------------------------------------------------------------- what may go wrong


def failing(monkeypatch, after, error):
    """A machine on which one launch fails."""
    left = [after]

    def act(function, *arguments):
        left[0] -= function == "w2v_train"
        if left[0] == 0:
            raise error
        emulate(function, *arguments)

    driver = Driver(act, devices=3)
    monkeypatch.setattr(devices, "load_cupy", lambda: FakeCupy(driver))


@pytest.mark.parametrize("after", [1, 2, 9])
def test_a_device_that_fails_ends_all(monkeypatch, after):
    failing(monkeypatch, after, CUDARuntimeError("cudaErrorIllegalAddress"))
    before = threading.active_count()
    problem, of = problem_of(device="cuda:0,1,2"), CudaBackend(1)
    of.open(problem.plan, problem.weights())
    with pytest.raises(CUDARuntimeError, match="cudaErrorIllegalAddress"):
        of.run(0, iter(jobs_of(problem)), lambda job, stats: None)
    assert threading.active_count() == before
    stats = of.run(0, iter(jobs_of(problem)), lambda job, stats: None)  # it is opened anew
    assert stats.words == sum(map(len, problem.sentences))
    of.close()


@pytest.mark.parametrize("where", ["jobs", "report"])
def test_what_the_caller_raises_ends_all(counting, where):
    problem, of = problem_of(device="cuda:0,1,2"), CudaBackend(1)
    before = threading.active_count()

    def jobs():
        yield from jobs_of(problem)
        if where == "jobs":
            raise KeyError("jobs")

    def report(job, stats):
        if where == "report":
            raise KeyError("report")

    of.open(problem.plan, problem.weights())
    with pytest.raises(KeyError, match=where):
        of.run(0, jobs(), report)
    assert threading.active_count() == before
    of.close()


@pytest.mark.skipif(not hasattr(signal, "SIGALRM"), reason="signals are POSIX's")
def test_ctrl_c_ends_all_within_a_second(counting):
    problem, of = problem_of(device="cuda:0,1"), CudaBackend(1)
    of.open(problem.plan, problem.weights())
    before = threading.active_count()

    def endless():
        while True:
            yield from jobs_of(problem)

    previous = signal.signal(signal.SIGALRM, signal.default_int_handler)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.3)
        began = time.monotonic()
        with pytest.raises(KeyboardInterrupt):
            of.run(0, endless(), lambda job, stats: None)
        assert time.monotonic() - began < 1.3
    finally:
        signal.signal(signal.SIGALRM, previous)
    assert threading.active_count() == before
    of.close()
