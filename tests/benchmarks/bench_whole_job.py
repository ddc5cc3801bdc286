"""From a text to saved vectors: wall time of the whole job, start of Python included, against gensim; or of each step.

    python tests/benchmarks/bench_whole_job.py CORPUS [--gensim PYTHON] [--workers 2] [--rounds 1] [--epochs 5] [--dim 100]
    python tests/benchmarks/bench_whole_job.py CORPUS --grow TEXT --megabytes 1000
    python tests/benchmarks/bench_whole_job.py TEXT --steps [--builds FOLDER ...] [--rounds 1] [--epochs 1] [--min-count 1]

CORPUS is a plain text, one sentence a line; PYTHON an interpreter that has gensim (default: this one). Both count the words,
train skip-gram with 5 noise words and save the vectors in word2vec's binary format. The two take turns.

--grow writes a larger text: CORPUS again and again, its words but the 2,000 most frequent with another ending in each copy.
--steps tells what each step of a job takes with w2vcore: seconds, CPU seconds, and the most memory that it had. --builds
names checkouts that are built in place, which take turns; default: the one that is imported.
"""

import argparse
import collections
import itertools
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

RUN = """
import importlib, json, sys
o = json.loads(sys.argv[1])
Word2Vec = importlib.import_module(sys.argv[2]).Word2Vec
model = Word2Vec(corpus_file=o["corpus"], sg=1, vector_size=o["dim"], epochs=o["epochs"], workers=o["workers"])
model.wv.save_word2vec_format("vectors.bin", binary=True)
"""

STEPS = """
import json, os, sys, time
o = json.loads(sys.argv[1])

def megabytes():
    try:
        with open("/proc/self/status") as status:
            peak = next(int(line.split()[1]) / 1024 for line in status if line.startswith("VmHWM"))
        with open("/proc/self/clear_refs", "w") as file:
            file.write("5")  # the peak of the next step begins here
        return peak
    except OSError:
        return float("nan")

def step(name, job, *arguments, **settings):
    wall, cpu = time.perf_counter(), time.process_time()
    made = job(*arguments, **settings)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    print(json.dumps([name, wall, cpu, megabytes()]), flush=True)
    return made

w2vcore = step("import", __import__, "w2vcore")
KeyedVectors = w2vcore.KeyedVectors
settings = dict(sg=1, vector_size=o["dim"], workers=o["workers"], min_count=o["min_count"])
model = w2vcore.Word2Vec(**settings)
step("build_vocab", model.build_vocab, corpus_file=o["corpus"])
wv, size = model.wv, dict(total_words=model.corpus_total_words, total_examples=model.corpus_count)
step("train", model.train, corpus_file=o["corpus"], epochs=o["epochs"], **size)
word = wv.index_to_key[5]
step("first query", wv.most_similar, word)
step("save", model.save, "model")
step("wv.save", wv.save, "vectors")
step("save_word2vec_format, binary", wv.save_word2vec_format, "vectors.bin", binary=True)
step("save_word2vec_format, text", wv.save_word2vec_format, "vectors.txt")
words = len(wv)
del model, wv
step("Word2Vec.load", w2vcore.Word2Vec.load, "model")
loaded = step("KeyedVectors.load", KeyedVectors.load, "vectors")
step("its first query", loaded.most_similar, word)
step("its second query", loaded.most_similar, word)
loaded = step("KeyedVectors.load, mmap", KeyedVectors.load, "vectors", mmap="r")
step("its first query, mmap", loaded.most_similar, word)
loaded = None
step("load_word2vec_format, binary", KeyedVectors.load_word2vec_format, "vectors.bin", binary=True)
step("load_word2vec_format, text", KeyedVectors.load_word2vec_format, "vectors.txt")
print(json.dumps(["words", words, words, 0]))
"""
FREQUENT = 2000  # words that are the same in all copies of a text


def seconds(python, package, options):
    """Wall time of one job, outside any checkout."""
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    with tempfile.TemporaryDirectory() as folder:
        began = time.monotonic()
        subprocess.run(
            [python, "-c", RUN, json.dumps(options), package], check=True, cwd=folder, env=environment, stderr=subprocess.DEVNULL
        )  # fmt: skip
        return time.monotonic() - began


def steps(build, options):
    """What each step of a job takes with a build: name -> (seconds, CPU seconds, megabytes)."""
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    if build is not None:
        environment["PYTHONPATH"] = str(build.resolve())
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-W", "ignore", "-c", STEPS, json.dumps(options)]
        made = subprocess.run(command, check=True, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True)
    return {name: tuple(figures) for name, *figures in map(json.loads, made.stdout.splitlines())}


def grow(corpus, target, megabytes):
    """Write copies of a text until there are so many bytes; whole lines, and the first copy as it is."""
    lines = corpus.read_text(encoding="utf8").splitlines()
    counts = collections.Counter(itertools.chain.from_iterable(map(str.split, lines)))
    frequent = {word for word, _ in counts.most_common(FREQUENT)}
    left = megabytes * 1e6
    with target.open("w", encoding="utf8") as file:
        for copy in itertools.count():
            ending = f"q{chr(97 + copy % 26) * (1 + copy // 26)}" if copy else ""
            for line in lines:
                left -= file.write(" ".join([w if w in frequent else w + ending for w in line.split()]) + "\n")
                if left <= 0:
                    return


def print_steps(options):
    """Print a table of steps, with a column for each build; medians of the rounds."""
    builds = options.builds or [None]
    asked = {"corpus": str(options.corpus.resolve()), "dim": options.dim, "workers": options.workers}
    asked |= {"epochs": options.epochs or 1, "min_count": options.min_count}
    rounds = [[steps(build, asked) for build in builds] for _ in range(options.rounds)]
    print(f"| | {' | '.join(f'{build or chr(39)}: s | CPU s | MB' for build in builds)} |".replace("'", "seconds"))
    for name in rounds[0][0]:
        cells = []
        for column in range(len(builds)):
            wall, cpu, peak = (
                statistics.median(values) for values in zip(*(r[column][name] for r in rounds), strict=True)
            )
            cells.append(f"{wall:,.0f} | |" if name == "words" else f"{wall:.2f} | {cpu:.2f} | {peak:,.0f}")
        print(f"| {name} | {' | '.join(cells)} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--gensim", default=sys.executable)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--epochs", type=int)
    parser.add_argument("--dim", type=int, default=100)
    parser.add_argument("--min-count", type=int, default=1)
    parser.add_argument("--grow", type=Path)
    parser.add_argument("--megabytes", type=float, default=1000)
    parser.add_argument("--steps", action="store_true")
    parser.add_argument("--builds", type=Path, nargs="+")
    o = parser.parse_args()
    if o.grow:
        grow(o.corpus, o.grow, o.megabytes)
    elif o.steps:
        print_steps(o)
    else:
        compare(o)


def compare(o):
    """Print the times of both engines, round by round."""
    options = {"corpus": str(o.corpus.resolve()), "workers": o.workers, "epochs": o.epochs or 5, "dim": o.dim}
    ratios = []
    for number in range(o.rounds):
        ours = seconds(sys.executable, "w2vcore", options)
        theirs = seconds(o.gensim, "gensim.models", options)
        ratios.append(theirs / ours)
        print(
            f"round {number}: w2vcore {ours:.1f} s, gensim {theirs:.1f} s, {ratios[-1]:.1f} times as fast", flush=True
        )
    print(f"{statistics.median(ratios):.1f} times as fast ({min(ratios):.1f}-{max(ratios):.1f})")


if __name__ == "__main__":
    main()
