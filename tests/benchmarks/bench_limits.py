"""How far the blocks are from what one core can do: ``python tests/benchmarks/bench_limits.py [seconds]``.

Measures, with bench_limits.c compiled by the system's C compiler, the rate of multiply-adds in registers and of rows
fetched from tables of several sizes; from them the most words a second that a training loop could do if either were all
it did; and the blocks themselves, on rows in cache, against it. CPU time of this thread, the best of several rounds.

The model counts, for each word of running text and a window of 5 that shrinks (6 contexts in the mean):

* arithmetic: 3 multiply-adds for each column (to whole registers) of each pair of an input and a target row (the score and both updates);
  for the mean, 2 for each input's column and 3 for each target's;
* rows, read and written: the one context that is new in the window, the word's own target rows, and those drawn: five
  for a word ("window") or for each pair ("pair"), or the path in the Huffman tree. All other rows are taken to be in
  cache, and counts are Zipf's, 1 / (rank + 2.7), so that frequent rows are found there as well.
"""

import ctypes
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from w2vcore.kernels import _dispatch, _testing
from w2vcore.model.weights import padded, zeros
from w2vcore.objectives.huffman import huffman

HERE = Path(__file__).parent
SIZES = (100, 300)
VOCABULARIES = (28_000, 70_000)
CONTEXTS, NEGATIVE = 6, 5
AHEAD = 8  # rows; from 4 to 16 it makes no difference

# Instruction set: floats in a register, compiler flags (those of setup.py)
ISAS = {
    "sse2": (4, []),
    "avx2": (8, ["-mavx2", "-mfma"]),
    "avx512": (16, ["-mavx512f", "-mavx512dq", "-mavx512bw", "-mavx512vl", "-mfma", "-mprefer-vector-width=512"]),
    "neon": (4, []),
}


def compiled(isa, folder):
    """The two functions of bench_limits.c for one instruction set."""
    lanes, flags = ISAS[isa]
    library = Path(folder) / f"limits_{isa}.so"
    compiler = os.environ.get("CC", "cc").split()
    source = HERE / "bench_limits.c"
    subprocess.run(
        [*compiler, "-O3", "-shared", "-fPIC", *flags, f"-DLANES={lanes}", source, "-o", library],
        check=True,
        cwd=folder,
    )
    functions = ctypes.CDLL(os.fspath(library))
    functions.multiply_add.argtypes = [ctypes.c_int64]
    functions.touch.argtypes = [
        ctypes.c_void_p, ctypes.c_int64, ctypes.c_void_p, ctypes.c_int64, ctypes.c_int64, ctypes.c_int]  # fmt: skip
    functions.multiply_add.restype = functions.touch.restype = ctypes.c_float
    return functions


def least(call, rounds=7):
    """Seconds of the fastest of several calls."""
    times = []
    for _ in range(rounds):
        start = time.thread_time()
        call()
        times.append(time.thread_time() - start)
    return min(times)


def multiply_adds(functions, isa, seconds):
    """Multiply-adds a second, each of one float."""
    times = 1_000_000
    times = int(times * max(seconds / least(lambda: functions.multiply_add(times), 3), 0.1))
    return times * 12 * ISAS[isa][0] / least(lambda: functions.multiply_add(times))


def fetch(functions, table, rows, ahead=AHEAD, write=True):
    """Seconds for each of the rows."""
    rows = np.ascontiguousarray(rows, np.uint32)
    arguments = table.ctypes.data, table.shape[1], rows.ctypes.data, len(rows), ahead, write
    return least(lambda: functions.touch(*arguments), 5) / len(rows)


def print_fetch_rates(functions):
    print(f"\n{'nanoseconds a row':20}{'':8}" + "".join(f"{name:>22}" for name in ("read", "read and write")))
    print(f"{'table':>14}{'row':>14}" + f"{'alone':>11}{'prefetched':>11}" * 2)
    rng = np.random.default_rng(1)
    for megabytes in (8, 64, 1024):
        for size in SIZES:
            stride = padded(size)
            table = zeros(megabytes * 2**20 // (4 * stride), stride)
            table += 1  # or all its pages would be the one page of zeros
            rows = rng.integers(0, len(table), 200_000, np.uint32)
            times = [fetch(functions, table, rows, ahead, write) for write in (False, True) for ahead in (0, AHEAD)]
            print(f"{megabytes:11} MB{4 * stride:12} B" + "".join(f"{took * 1e9:11.1f}" for took in times))


class Traffic:
    """Rows that words of a Zipf vocabulary touch, in one table of both matrices."""

    def __init__(self, vocabulary, words=20_000):
        self.rng = np.random.default_rng(vocabulary)
        self.vocabulary, self.words = vocabulary, words
        weights = 1 / (np.arange(vocabulary) + 2.7)
        self.counts = weights / weights.sum()
        self.tree = huffman((self.counts * 1e12).astype(np.int64))
        self.depth = round(float(self.counts @ np.diff(self.tree.offsets)))

    def draw(self, power=1.0):
        cumulative = np.cumsum(self.counts**power)
        return np.searchsorted(cumulative, self.rng.random(self.words) * cumulative[-1])

    def negatives(self, draws):
        columns = [self.draw()] + [self.vocabulary + self.draw()] + [
            self.vocabulary + self.draw(0.75) for _ in range(draws)
        ]  # fmt: skip
        return np.stack(columns, axis=1).ravel()

    def paths(self):
        offsets, points = self.tree.offsets, self.tree.points
        return np.concatenate([
            np.concatenate([[word], self.vocabulary + points[offsets[target] : offsets[target + 1]]])
            for word, target in zip(self.draw(), self.draw(), strict=True)
        ])  # fmt: skip


# name, shape of the block, inputs and calls for each word, and what its targets are
CASES = [
    ("sgns pair", "pairs", 1, CONTEXTS, "pair"),
    ("sgns window", "pairs", CONTEXTS, 1, "window"),
    ("cbow", "mean", CONTEXTS, 1, "window"),
    ("sghs", "pairs", 1, CONTEXTS, "path"),
    ("sghs, window in one", "pairs", CONTEXTS, 1, "path"),
    ("cbowhs", "mean", CONTEXTS, 1, "path"),
]


def block_seconds(isa, shape, size, n_inputs, n_targets, seconds):
    """Seconds of one call on rows in cache."""
    rng = np.random.default_rng(1)
    inputs, targets = zeros(64, size), zeros(64, size)
    for matrix in (inputs, targets):
        matrix[:, :size] = rng.normal(0, 0.1, (64, size))
    chosen = rng.choice(64, n_inputs, replace=False), rng.choice(64, n_targets, replace=False)

    def call(times):
        _testing.run_block(
            isa, shape, False, inputs, targets, chosen[0], None, chosen[1], np.arange(n_targets) == 0,
            np.ones(n_targets), None, 1e-4, 1 / n_inputs, times, columns=size)  # fmt: skip

    times = max(1000, int(1000 * seconds / least(lambda: call(1000), 3)))
    return least(lambda: call(times)) / times


def print_limits(isas, fastest, rates, seconds):
    print(
        "\nmillion words a second: the limits by rows (fetched) and by multiply-adds (computed), the block on rows in"
    )
    print("cache, and its part of the limit by multiply-adds and of the lower of both")
    print(
        f"{'':20}{'V':>7}{'D':>5}{'rows':>6}{'fetched':>9}"
        + "".join(f"{isa + ': computed block':>24}{'':12}" for isa in isas)
    )
    for vocabulary in VOCABULARIES:
        traffic = Traffic(vocabulary)
        for size in SIZES:
            table = zeros(2 * vocabulary, size)
            table += 1
            for name, shape, n_inputs, calls, kind in CASES:
                draws = NEGATIVE * (CONTEXTS if kind == "pair" else 1)
                rows = traffic.paths() if kind == "path" else traffic.negatives(draws)
                a_word = len(rows) / traffic.words
                fetched = 1 / (fetch(fastest, table, rows) * a_word)
                n_targets = traffic.depth if kind == "path" else 1 + NEGATIVE
                products = 3 * n_inputs * n_targets if shape == "pairs" else 2 * n_inputs + 3 * n_targets
                line = f"{name:20}{vocabulary:7}{size:5}{a_word:6.1f}{fetched / 1e6:9.2f}"
                for isa in isas:
                    lanes = ISAS[isa][0]
                    computed = rates[isa] / (products * -(-size // lanes) * lanes * calls)
                    block = 1 / (calls * block_seconds(isa, shape, size, n_inputs, n_targets, seconds))
                    line += f"{computed / 1e6:15.2f}{block / 1e6:9.2f}{block / computed:6.0%}"
                    line += f"{block / min(computed, fetched):6.0%}"
                print(line, flush=True)


def main(seconds=0.02):
    isas = [isa for isa in _dispatch.available() if isa in ISAS]
    if not isas:
        sys.exit(f"no table of {', '.join(_dispatch.available())} has a known limit")
    print(platform.platform(), platform.processor())
    with tempfile.TemporaryDirectory() as folder:
        functions = {isa: compiled(isa, folder) for isa in isas}
        rates = {isa: multiply_adds(functions[isa], isa, seconds) for isa in isas}
        print("multiply-adds in registers, 10^9 flops a second (two for each):")
        print("".join(f"  {isa} {2 * rate / 1e9:.0f}" for isa, rate in rates.items()))
        print_fetch_rates(functions[isas[-1]])
        print_limits(isas, functions[isas[-1]], rates, seconds)


if __name__ == "__main__":
    main(*(float(argument) for argument in sys.argv[1:]))
