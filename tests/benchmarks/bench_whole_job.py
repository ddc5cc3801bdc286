"""From a text to saved vectors, w2vcore against gensim: wall time of the whole job, start of Python included.

    python tests/benchmarks/bench_whole_job.py CORPUS [--gensim PYTHON] [--workers 2] [--rounds 1] [--epochs 5] [--dim 100]

CORPUS is a plain text, one sentence a line; PYTHON an interpreter that has gensim (default: this one). Both count the words,
train skip-gram with 5 noise words and save the vectors in word2vec's binary format. The two take turns.
"""

import argparse
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


def seconds(python, package, options):
    """Wall time of one job, outside any checkout."""
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    with tempfile.TemporaryDirectory() as folder:
        began = time.monotonic()
        subprocess.run(
            [python, "-c", RUN, json.dumps(options), package], check=True, cwd=folder, env=environment, stderr=subprocess.DEVNULL
        )  # fmt: skip
        return time.monotonic() - began


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus")
    parser.add_argument("--gensim", default=sys.executable)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--dim", type=int, default=100)
    o = parser.parse_args()
    options = {"corpus": str(Path(o.corpus).resolve()), "workers": o.workers, "epochs": o.epochs, "dim": o.dim}
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
