"""Nanoseconds per call of every block table, rows in cache: ``python tests/benchmarks/bench_blocks.py [seconds]``.

CPU time of this process, the least of several rounds in which the tables take turns, so that a slow spell of the
machine meets all of them. Rows come from matrices of 64 rows: this measures instructions, not memory.
"""

import sys
import time

import numpy as np

from w2vcore.kernels import _dispatch, _testing
from w2vcore.model.weights import zeros

# name, shape, input rows, target rows
CASES = [
    ("sgns pair", "pairs", 1, 6),
    ("hs pair", "pairs", 1, 12),
    ("cbow", "mean", 6, 6),
    ("cbow hs", "mean", 6, 12),
    ("window 2", "pairs", 2, 6),
    ("window 6", "pairs", 6, 6),
    ("window 10", "pairs", 10, 6),
    ("window 18", "pairs", 18, 6),
    ("window hs", "pairs", 6, 12),
    ("window ns 15", "pairs", 6, 16),
]
ROUNDS = 9


def arguments(size, n_inputs, n_targets):
    rng = np.random.default_rng(1)
    matrices = [zeros(64, size), zeros(64, size)]
    for matrix in matrices:
        matrix[:, :size] = rng.normal(0, 0.1, (64, size))
    return {
        "inputs": matrices[0],
        "targets": matrices[1],
        "input_rows": rng.choice(64, n_inputs, replace=False),
        "input_counts": np.ones(n_inputs),
        "target_rows": rng.choice(64, n_targets, replace=False),
        "labels": np.arange(n_targets) == 0,
        "target_counts": np.ones(n_targets),
        "lock": None,
        "alpha": 1e-4,
        "scale": 1 / n_inputs,
        "columns": size,
    }


def measure(table, shape, with_loss, call, times):
    start = time.process_time()
    _testing.run_block(table, shape, with_loss, **call, times=times)
    return time.process_time() - start


def main(seconds=0.02):
    print(f"{'case':13}{'D':>5}{'loss':>6}" + "".join(f"{table:>10}" for table in _dispatch.available()))
    for name, shape, n_inputs, n_targets in CASES:
        for size in (100, 300):
            for with_loss in (False, True):
                call = arguments(size, n_inputs, n_targets)
                times = dict.fromkeys(_dispatch.available(), 1000)
                least = dict.fromkeys(times, float("inf"))
                for _ in range(ROUNDS):
                    for table, n in times.items():
                        took = measure(table, shape, with_loss, call, n)
                        least[table] = min(least[table], took / n)
                        times[table] = max(1000, int(seconds / least[table]))
                row = "".join(f"{least[table] * 1e9:10.0f}" for table in times)
                print(f"{name:13}{size:5}{'yes' if with_loss else 'no':>6}{row}")


if __name__ == "__main__":
    main(*(float(argument) for argument in sys.argv[1:]))
