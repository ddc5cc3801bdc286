"""How many warps a vocabulary allows, and how jobs are grouped."""

import numpy as np
import pytest
from problems import KEEP_ALL, batch_of, plain

from w2vcore.backends.base import Job
from w2vcore.backends.cuda.grouping import groups, stretches
from w2vcore.backends.cuda.staleness import busiest_share, most_warps


def plan_of(counts, keep=None, **settings):
    return plain(len(counts), counts=counts, keep=keep, **{"negative": 5, "ns_exponent": 1.0, **settings}).plan


def test_the_most_frequent_word_binds():
    assert busiest_share(plan_of([50, 30, 20])) == pytest.approx(0.5)
    assert most_warps(plan_of([50, 30, 20])) == 128
    assert most_warps(plan_of([7])) == 64  # a vocabulary of one word


def test_dropped_words_do_not_count_but_their_noise_does():
    plan = plan_of([900, 50, 50], keep=[KEEP_ALL // 18, KEEP_ALL, KEEP_ALL])
    assert busiest_share(plan) == pytest.approx(0.9)  # as noise
    flat = plan_of([900, 50, 50], keep=[KEEP_ALL // 18, KEEP_ALL, KEEP_ALL], ns_exponent=0.0)
    assert busiest_share(flat) == pytest.approx(1 / 3, rel=1e-6)  # 50 of each are kept


def test_a_negative_exponent_makes_rare_words_the_busiest():
    assert busiest_share(plan_of([60, 39, 1], ns_exponent=-1.0)) == pytest.approx(1 / (1 + 1 / 39 + 1 / 60))


def test_the_root_of_a_tree_is_in_every_window():
    counts = np.full(10_000, 5)
    assert most_warps(plan_of(counts, objectives=("tree",))) == 512
    assert most_warps(plan_of(counts)) == 640_000


def test_counts_that_are_all_zero_are_all_alike():
    assert busiest_share(plan_of([0, 0, 0, 0])) == pytest.approx(0.25)


def jobs_of(*ranges, batch=None, position=0):
    batch = batch or batch_of([[1] * 50])
    return [Job(batch, start, stop, 0.1, position, stop - start, 0) for start, stop in ranges]


def test_groups_end_with_the_job_that_fills_them():
    jobs = jobs_of(*[(at, at + 10) for at in range(0, 50, 10)])
    sizes = iter([15, 15, 15, 15, 100, 100])
    found = list(groups(iter(jobs), lambda: next(sizes)))
    assert [job for group in found for job in group] == jobs
    assert [len(group) for group in found] == [2, 2, 1]
    assert [len(group) for group in groups(iter(jobs), lambda: 1000, most=3)] == [3, 2]
    assert list(groups(iter([]), lambda: 10)) == []


def test_stretches_are_jobs_of_one_batch_without_a_gap():
    other = batch_of([[2] * 9])
    group = [
        *jobs_of((0, 10), (10, 10), (10, 30)),
        *jobs_of((35, 50)),
        *jobs_of((0, 9), batch=other, position=50),
        *jobs_of((9, 9), batch=other, position=77),
    ]
    group[3] = Job(group[0].batch, 35, 50, 0.1, 0, 15, 0)
    group[:3] = [Job(group[3].batch, job.start, job.stop, 0.1, 0, 0, 0) for job in group[:3]]
    found = stretches(group)
    assert [(part.borders.tolist(), part.number, part.tokens, part.position) for part in found] == [
        ([0, 10, 10, 30], 0, 30, 0),
        ([35, 50], 3, 15, 0),
        ([0, 9], 4, 9, 50),
        ([9, 9], 5, 0, 77),
    ]
