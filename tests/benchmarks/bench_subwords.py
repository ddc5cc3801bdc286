"""An epoch of FastText against an epoch of its peers, on a text of yours; prints a table of speeds, ratios and memory.

    python tests/benchmarks/bench_subwords.py CORPUS [--gensim PYTHON] [--fasttext PYTHON] [--rounds 3] [--only NAME ...]

CORPUS is a plain text, one sentence a line. The others are interpreters that have gensim, or Facebook's `fasttext` from
PyPI; without them their columns stay empty. Speeds are raw words by CPU second of an epoch, which is the difference
between a run of three epochs and a run of one, halved, so reading and counting fall out. One thread; all take turns;
each round has another seed. Peak memory is that of the whole process.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

COMMON = """
import json, resource, sys, time
corpus, epochs, seed, kind, out = json.loads(sys.argv[1])
began = time.process_time()
"""
OURS = """
from {package} import FastText
FastText(corpus_file=corpus, epochs=epochs, seed=seed, workers=1, vector_size=100, window=5, negative=5, sample=1e-3,
         min_count=5, sg=kind["sg"], alpha=kind["alpha"], min_n=kind["min_n"], max_n=kind["max_n"],
         bucket=kind["bucket"], **kind.get("ours", {{}}) if "{package}" == "w2vcore" else {{}})
"""
FACEBOOK = """
import fasttext
fasttext.train_unsupervised(
    corpus, model="skipgram" if kind["sg"] else "cbow", epoch=epochs, thread=1, dim=100, ws=5, neg=5, t=1e-3, minCount=5,
    lr=kind["alpha"], minn=kind["min_n"], maxn=kind["max_n"], bucket=max(1, kind["bucket"]), verbose=0)
"""
REPORT = """
print(time.process_time() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr)
"""

NGRAMS = {"min_n": 3, "max_n": 6, "bucket": 2_000_000}
FIVES = {"min_n": 5, "max_n": 5, "bucket": 2_000_000}
NONE = {"min_n": 0, "max_n": 0, "bucket": 0}
SKIPGRAM, CBOW = {"sg": 1, "alpha": 0.025}, {"sg": 0, "alpha": 0.05}
SHARED = {"ours": {"negative_sharing": "window"}}
KINDS = {
    "skip-gram": {**SKIPGRAM, **NGRAMS},
    "skip-gram, shared noise": {**SKIPGRAM, **NGRAMS, **SHARED},
    "CBOW": {**CBOW, **NGRAMS},
    "skip-gram, n-grams of 5": {**SKIPGRAM, **FIVES},
    "CBOW, n-grams of 5": {**CBOW, **FIVES},
    "skip-gram, no n-grams": {**SKIPGRAM, **NONE},
    "CBOW, no n-grams": {**CBOW, **NONE},
}


def run(python, code, arguments):
    """CPU seconds and peak kilobytes of one training, outside any checkout."""
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [python, "-c", COMMON + code + REPORT, json.dumps([*arguments, folder])],
            capture_output=True, text=True, env=environment, cwd=folder, check=True,
        )  # fmt: skip
    seconds, peak = done.stderr.strip().splitlines()[-1].split()
    return float(seconds), float(peak)


def main():
    """Run the rounds and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus")
    parser.add_argument("--gensim", default="")
    parser.add_argument("--fasttext", default="")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", nargs="+", choices=KINDS, default=list(KINDS))
    options = parser.parse_args()
    corpus = str(Path(options.corpus).resolve())
    with Path(corpus).open(encoding="utf8") as lines:
        words = sum(len(line.split()) for line in lines)
    engines = {"w2vcore": (sys.executable, OURS.format(package="w2vcore"))}
    if options.gensim:
        engines["gensim"] = (options.gensim, OURS.format(package="gensim.models"))
    if options.fasttext:
        engines["fastText"] = (options.fasttext, FACEBOOK)
    print("| kind | " + " | ".join(f"{name}, k words/s | MB" for name in engines) + " | ratios |")
    for kind in options.only:
        speeds, peaks = {name: [] for name in engines}, {}
        for seed in range(1, options.rounds + 1):
            for name, (python, code) in engines.items():
                (one, _), (three, peak) = (run(python, code, [corpus, epochs, seed, KINDS[kind]]) for epochs in (1, 3))
                speeds[name].append(words / (three - one) * 2)
                peaks[name] = peak / 1e3
        ratios = [
            f"{statistics.median(ours / other for ours, other in zip(speeds['w2vcore'], speeds[name], strict=True)):.1f}x"
            for name in engines
            if name != "w2vcore"
        ]
        cells = [f"{statistics.median(speeds[name]) / 1e3:,.0f} | {peaks[name]:,.0f}" for name in engines]
        print(f"| {kind} | " + " | ".join(cells) + f" | {', '.join(ratios)} |", flush=True)


if __name__ == "__main__":
    main()
