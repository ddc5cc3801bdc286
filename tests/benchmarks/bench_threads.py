"""How well do worker threads share one model? N workers of one process against N processes of one worker, side by side.

    python tests/benchmarks/bench_threads.py CORPUS [--workers 2] [--rounds 3] [--kind sgns cbow ...] [--sharing pair]

The kinds: skip-gram (sg) and CBOW with negative sampling (ns) or hierarchical softmax (hs); both on n-grams
("fasttext", "fasttext-cbow"); documents ("dbow", "dm"), a line each. --sharing is for those of skip-gram.

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
import w2vcore
made, settings = json.loads(sys.argv[1])
model = getattr(w2vcore, made)(alpha=0.025, **settings)
print(statistics.median(epoch["words_per_second"] for epoch in model.training_history[1:]))
"""

# The class and its settings
KINDS = {
    "sgns": ("Word2Vec", {"sg": 1}),
    "cbow": ("Word2Vec", {"sg": 0}),
    "sghs": ("Word2Vec", {"sg": 1, "hs": 1, "negative": 0}),
    "cbowhs": ("Word2Vec", {"sg": 0, "hs": 1, "negative": 0}),
    "fasttext": ("FastText", {"sg": 1}),
    "fasttext-cbow": ("FastText", {"sg": 0}),
    "dbow": ("Doc2Vec", {"dm": 0}),
    "dm": ("Doc2Vec", {"dm": 1}),
}
OF_SKIP_GRAM = ["sgns", "sghs", "fasttext"]


def speeds(made, settings, processes):
    """Words per second of each of so many processes that run at the same time, outside any checkout."""
    env = dict(os.environ, OPENBLAS_NUM_THREADS="1")
    command = [sys.executable, "-c", RUN, json.dumps([made, settings])]
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
    parser.add_argument("--kind", nargs="+", choices=KINDS, default=["sgns"])
    parser.add_argument("--sharing", choices=["auto", "pair", "window"], default="auto")
    o = parser.parse_args()
    ratios = {kind: [] for kind in o.kind}
    with tempfile.TemporaryDirectory() as folder:
        round_trip = compiled(folder)
    for number, kind in ((number, kind) for number in range(o.rounds) for kind in o.kind):
        made, settings = KINDS[kind]
        settings = {**settings, "corpus_file": str(Path(o.corpus).resolve()), "vector_size": o.dim, "epochs": o.epochs}
        if kind in OF_SKIP_GRAM:
            settings["negative_sharing"] = o.sharing
        before = round_trip(1_000_000)
        shared = speeds(made, {**settings, "workers": o.workers}, 1)[0]
        after = round_trip(1_000_000)
        apart = sum(speeds(made, {**settings, "workers": 1}, o.workers))
        ratios[kind].append(shared / apart)
        print(
            f"{kind}, round {number}: {o.workers} workers {shared / 1e3:,.0f} k words/s, {o.workers} processes "
            f"{apart / 1e3:,.0f} k words/s, ratio {shared / apart:.3f}; round trip {before:.0f} and {after:.0f} ns",
            flush=True,
        )
    for kind, all_rounds in ratios.items():
        print(
            f"{kind} dim={o.dim}: ratio {statistics.median(all_rounds):.3f} ({min(all_rounds):.3f}-{max(all_rounds):.3f})"
        )


if __name__ == "__main__":
    main()
