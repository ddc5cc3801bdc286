"""Questions to vectors, asked of w2vcore and of gensim in turn; prints ratios of CPU time.

    python tests/benchmarks/bench_queries.py [--gensim PYTHON] [--shapes 100000x100 71000x100] [--batch 1000]
        [--vectors FILE.bin --questions questions-words.txt --restrict 30000 70000] [--rounds 7]

PYTHON is an interpreter that has gensim (default: this one). Each engine is a process that stays; the two take turns of some
tens of queries, one thread each. A shape is random vectors, `padded` ones as a trained model has them (rows begin at
multiples of 64 bytes). FILE.bin holds vectors in word2vec.c's binary format, for the analogies.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

CHILD = """
import importlib, json, sys, time
import numpy as np
package, shape, path, padded = json.loads(sys.argv[1])
KeyedVectors = importlib.import_module(package).KeyedVectors
if path:
    kv = KeyedVectors.load_word2vec_format(path, binary=True)
else:
    rows, size = shape
    vectors = np.random.default_rng(1).standard_normal((rows, size), dtype=np.float32)
    kv = KeyedVectors(size)
    kv.add_vectors([f"w{row}" for row in range(rows)], vectors)
    if padded:
        from w2vcore.model.weights import zeros
        matrix = zeros(rows, size)[:, :size]
        matrix[:] = vectors
        kv.vectors = matrix
keys = list(kv.index_to_key)
kv.most_similar(keys[0])
rng = np.random.default_rng(2)
for line in sys.stdin:
    kind, *arguments = json.loads(line)
    asked = [keys[row] for row in rng.integers(0, len(keys), arguments[0])] if kind != "analogies" else []
    rows = [np.array(kv[key]) for key in asked]
    began, result = time.process_time(), None
    if kind == "single":
        for key in asked:
            kv.most_similar(key)
    elif kind == "vector":
        for row in rows:
            kv.similar_by_vector(row)
    elif kind == "analogy":
        for first, second, third in zip(asked, asked[1:], asked[2:]):
            kv.most_similar(positive=[first, second], negative=[third])
    elif kind == "batch":
        kv.most_similar_batch(asked)
    else:
        result = kv.evaluate_word_analogies(arguments[0], restrict_vocab=arguments[1])[0]
    print(json.dumps([time.process_time() - began, result]), flush=True)
"""


class Engine:
    """A process that answers one question at a time with its seconds."""

    def __init__(self, python, package, folder, shape=None, path=None, padded=False):
        self.process = subprocess.Popen(
            [python, "-c", CHILD, json.dumps([package, shape, path, padded])],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=folder,
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
        )

    def ask(self, *question):
        self.process.stdin.write(json.dumps(question) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def spread(values):
    return f"{statistics.median(values):.2f} ({min(values):.2f}-{max(values):.2f})"


def compare(engines, name, kinds, rounds, per=1):
    """Let the engines take turns; print the seconds of a query, and the ratio, median and range."""
    costs = {engine: [] for engine in engines}
    for turn in range(rounds + 1):
        for engine, kind in zip(engines, kinds, strict=True):
            seconds = engines[engine].ask(*kind)[0] / (kind[1] if per else 1)
            if turn:  # the first turn warms up
                costs[engine].append(seconds)
    first, *others = engines
    for other in others:
        ratios = [a / b for a, b in zip(costs[first], costs[other], strict=True)]
        print(
            f"{name}: {first} {statistics.median(costs[first]) * 1e3:.3f} ms, {other} "
            f"{statistics.median(costs[other]) * 1e3:.3f} ms, {spread(ratios)}x",
            flush=True,
        )


def shapes(options, folder):
    for text in options.shapes:
        shape = [int(number) for number in text.split("x")]
        engines = {
            "gensim": Engine(options.gensim, "gensim.models", folder, shape),
            "w2vcore": Engine(sys.executable, "w2vcore", folder, shape),
            "w2vcore, padded": Engine(sys.executable, "w2vcore", folder, shape, None, True),
        }
        for kind in ("single", "vector", "analogy"):
            compare(engines, f"{text} {kind}", [(kind, 100)] * 3, options.rounds)
        kinds = [("single", 100), ("batch", options.batch), ("batch", options.batch)]
        compare(engines, f"{text} batch of {options.batch}, a query", kinds, options.rounds)
        for engine in engines.values():
            engine.close()


def analogies(options, folder):
    path, questions = str(Path(options.vectors).resolve()), str(Path(options.questions).resolve())
    engines = {
        "gensim": Engine(options.gensim, "gensim.models", folder, None, path),
        "w2vcore": Engine(sys.executable, "w2vcore", folder, None, path),
    }
    for restrict in options.restrict:
        question = ("analogies", questions, restrict)
        scores = {name: engine.ask(*question)[1] for name, engine in engines.items()}
        print(
            f"analogies among {restrict} words: " + ", ".join(f"{name} {score:.6f}" for name, score in scores.items())
        )
        compare(engines, f"analogies among {restrict} words", [question] * 2, options.rounds, per=0)
    for engine in engines.values():
        engine.close()


def main():
    """Run the rounds and print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gensim", default=sys.executable)
    parser.add_argument("--shapes", nargs="*", default=["100000x100", "71000x100"])
    parser.add_argument("--batch", type=int, default=1000)
    parser.add_argument("--vectors")
    parser.add_argument("--questions")
    parser.add_argument("--restrict", nargs="*", type=int, default=[30_000, 70_000])
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        shapes(options, folder)
        if options.vectors and options.questions:
            analogies(options, folder)


if __name__ == "__main__":
    main()
