"""What merging costs between machines, from the schedule alone: bytes against compute. Prints the tables of the docs.

    python tests/benchmarks/mpi_cost.py [--words 1e9] [--epochs 5] [--speed 8e6] [--workers 16] [--hs]

For N nodes, a vocabulary V (by Zipf's law) and vectors of D numbers, skip-gram: what one node sends in the run (an allreduce of B bytes sends
2 (N - 1) / N B), how long that takes at 10 and 100 Gb/s with 50 microseconds for each step of a message, and which share of
the run that is. `--speed` are words a second of a node at D = 100; at 300 it is taken to be 0.45 of that. `--hs` is for hierarchical softmax,
which trains fewer words a second: give its speed, too.
"""

import argparse
import itertools
import math

import numpy as np

from w2vcore.backends.base import Plan
from w2vcore.backends.merging import FIRST_ROWS, MOST_BYTES, Schedule, interval_after, pace
from w2vcore.backends.run_tables import plan_tables, word_rates
from w2vcore.corpus.vocabulary import downsample
from w2vcore.model.config import HIERARCHICAL, NEGATIVE, SKIP_GRAM, TrainingConfig
from w2vcore.model.weights import padded

LATENCY = 50e-6  # seconds for a small message over TCP in one room; InfiniBand takes 2e-6
SLOWER_AT_300 = 0.45


def zipf(words, rows):
    """Counts of a corpus in which the word of rank r makes up a share of 1 / r."""
    shares = 1 / np.arange(1, rows + 1)
    return np.maximum(1, words * shares / shares.sum()).astype(np.int64)


def ticks(tokens, plan, ranks):
    """The number of each merge in its epoch, and whether it is the last, for ranks of so many tokens an epoch."""
    rhythm = pace(plan)
    for epoch in range(plan.config.epochs):
        here = tick = 0
        while here < tokens:
            here = min(here + interval_after(epoch * tokens + here, plan.config.workers, ranks, *rhythm), tokens)
            tick += 1
            yield tick, here == tokens


def bytes_added_up(tokens, ranks, config, counts):
    """(merges, bytes of rows that go into an allreduce) of a run in which each rank trains so many tokens an epoch."""
    keep = downsample(counts, 1e-3).keep
    plan = Plan(config, counts, keep, np.ones(1, np.float32))
    schedules = []
    for table in plan_tables(plan).values():
        heat = np.sort(table.update_rates(word_rates(plan)))[::-1].astype(np.float32)
        schedules.append(Schedule.of(heat, FIRST_ROWS))
    number = rows = 0
    for tick, last in ticks(tokens, plan, ranks):
        number += 1
        rows += sum(schedule.stops[-1] if last else schedule.rows_at(tick) for schedule in schedules)
    return number, rows * padded(config.vector_size) * 4


def seconds(nodes, count, total, gigabits):
    """Time that one node spends on the network: a ring, and a tree for the small table that begins each merge."""
    wire = 2 * (nodes - 1) / nodes * total * 8 / (gigabits * 1e9)
    messages = 2 * count + total / MOST_BYTES
    return wire + messages * 2 * math.ceil(math.log2(nodes)) * LATENCY


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--words", type=float, default=1e9, help="of the corpus, in the vocabulary")
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--speed", type=float, default=8e6)
    parser.add_argument("--workers", type=int, default=16)
    parser.add_argument("--hs", action="store_true")
    o = parser.parse_args()
    objectives = (HIERARCHICAL,) if o.hs else (NEGATIVE,)
    print("| nodes | V | D | merges | sent by a node | training | at 10 Gb/s | at 100 Gb/s |")
    print("|---|---|---|---|---|---|---|---|")
    for nodes, rows, size in itertools.product((8, 64), (100_000, 1_000_000), (100, 300)):
        config = TrainingConfig(size, SKIP_GRAM, objectives, epochs=o.epochs, workers=o.workers)
        count, total = bytes_added_up(int(o.words / nodes), nodes, config, zipf(o.words, rows))
        compute = o.words / nodes * o.epochs / (o.speed * (1 if size == 100 else SLOWER_AT_300))
        sent = 2 * (nodes - 1) / nodes * total
        times = [seconds(nodes, count, total, gigabits) for gigabits in (10, 100)]
        shares = " | ".join(f"{time:.0f} s, {time / (time + compute):.0%}" for time in times)
        print(f"| {nodes} | {rows:,} | {size} | {count:,} | {sent / 1e9:.1f} GB | {compute:.0f} s | {shares} |")


if __name__ == "__main__":
    main()
