"""How well do worker threads share one model? N workers of one process against N processes of one worker, side by side.

    python tests/benchmarks/bench_threads.py CORPUS [--workers 2] [--rounds 3] [--kind sgns] [--sharing pair]

The processes share nothing but the machine, so their summed speed is what the machine has to give; the ratio says what locks,
queues and shared cache lines cost. Rounds are interleaved; a speed is the median over the epochs of a run, after the first.

Workers of one model write the same rows, so what a cache line costs to move from core to core matters, and on a virtual
machine that can change from one second to the next, as its cores are moved about. Each round therefore shows the time
of a round trip before and after the shared run (bench_threads.c, built with the system's C compiler).
"""

import argparse
import ctypes
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

RUN = """
import json, statistics, sys
from w2vcore import Word2Vec
o = json.loads(sys.argv[1])
model = Word2Vec(corpus_file=o["corpus"], vector_size=o["dim"], workers=o["workers"], epochs=o["epochs"], sg=o["sg"], hs=o["hs"],
                 negative=o["negative"], negative_sharing=o["sharing"], alpha=0.025)
print(statistics.median(epoch["words_per_second"] for epoch in model.training_history[1:]))
"""


def speeds(options, processes):
    """Words per second of each of so many processes that run at the same time, outside any checkout."""
    env = dict(os.environ, OPENBLAS_NUM_THREADS="1")
    command = [sys.executable, "-c", RUN, json.dumps(options)]
    with tempfile.TemporaryDirectory() as folder:
        children = [
            subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=env, cwd=folder) for _ in range(processes)
        ]
        return [float(child.communicate()[0]) for child in children]


def compiled(folder):
    """The function of bench_threads.c: nanoseconds of a round trip, from how many of them."""
    library = Path(folder) / "bench_threads.so"
    source = Path(__file__).with_suffix(".c").resolve()
    compiler = os.environ.get("CC", "cc").split()
    flags = ["-std=c11", "-O2", "-shared", "-fPIC", "-pthread"]
    subprocess.run([*compiler, *flags, source, "-o", library], check=True, cwd=folder)
    function = ctypes.CDLL(os.fspath(library)).round_trip
    function.argtypes = [ctypes.c_int64]
    function.restype = ctypes.c_double
    return function


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--dim", type=int, default=100)
    parser.add_argument("--kind", choices=["sgns", "cbow", "sghs", "cbowhs"], default="sgns")
    parser.add_argument("--sharing", choices=["auto", "pair", "window"], default="auto")
    o = parser.parse_args()
    hs = int(o.kind.endswith("hs"))
    options = {
        "corpus": str(Path(o.corpus).resolve()),
        "dim": o.dim,
        "epochs": o.epochs,
        "sg": int(o.kind.startswith("sg")),
        "hs": hs,
        "negative": 0 if hs else 5,
        "sharing": o.sharing,
    }
    ratios = []
    with tempfile.TemporaryDirectory() as folder:
        round_trip = compiled(folder)
    for number in range(o.rounds):
        before = round_trip(1_000_000)
        shared = speeds({**options, "workers": o.workers}, 1)[0]
        after = round_trip(1_000_000)
        apart = sum(speeds({**options, "workers": 1}, o.workers))
        ratios.append(shared / apart)
        print(
            f"round {number}: {o.workers} workers {shared / 1e3:,.0f} k words/s, {o.workers} processes "
            f"{apart / 1e3:,.0f} k words/s, ratio {ratios[-1]:.3f}; round trip {before:.0f} and {after:.0f} ns"
        )
    print(f"{o.kind} dim={o.dim}: ratio {statistics.median(ratios):.3f} ({min(ratios):.3f}-{max(ratios):.3f})")


if __name__ == "__main__":
    main()
