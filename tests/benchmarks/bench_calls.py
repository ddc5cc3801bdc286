"""Calls of train() of every size, of w2vcore and of gensim in turn; prints milliseconds and ratios, of CPU and of wall time.

    python tests/benchmarks/bench_calls.py [--gensim PYTHON] [--kinds sgns cbow sghs] [--words 1000 10000 100000 1000000]
        [--sentences 1 10 100 1000 10000] [--workers 3] [--rounds 5] [--file]

What a call costs beside the training itself shows in small calls on a large vocabulary. PYTHON is an interpreter that has
gensim (default: this one). Each engine is a process that stays, with one model; the two take turns. Words are drawn by
Zipf's law, 20 to a sentence; with --file they come as corpus_file=.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile

CHILD = """
import importlib, json, logging, sys, tempfile, time
import numpy as np
package, words, settings, with_file = json.loads(sys.argv[1])
logging.disable(logging.WARNING)
model = importlib.import_module(package).Word2Vec(min_count=1, vector_size=100, seed=1, **settings)
model.build_vocab_from_freq({f"w{rank}": max(1, 100_000_000 // rank) for rank in range(1, words + 1)})
chances = 1 / np.arange(1, words + 1)
rng = np.random.default_rng(1)
for line in sys.stdin:
    calls, sentences, epochs = json.loads(line)
    drawn = rng.choice(words, size=(sentences, 20), p=chances / chances.sum())
    text = [[f"w{1 + word}" for word in sentence] for sentence in drawn]
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        corpus = {"corpus_iterable": text}
        if with_file:
            file.write("".join(" ".join(sentence) + chr(10) for sentence in text))
            file.flush()
            corpus = {"corpus_file": file.name, "total_words": 20 * sentences}
        wall, cpu = time.perf_counter(), time.process_time()
        for _ in range(calls):
            model.train(**corpus, total_examples=sentences, epochs=epochs)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    print(json.dumps([cpu / calls, wall / calls]), flush=True)
"""

KINDS = {
    "sgns": {"sg": 1},
    "cbow": {"sg": 0},
    "sghs": {"sg": 1, "hs": 1, "negative": 0},
    "cbowhs": {"sg": 0, "hs": 1, "negative": 0},
}


class Engine:
    """A process with a model, that trains when it is told to."""

    def __init__(self, python, package, folder, arguments):
        self.process = subprocess.Popen(
            [python, "-c", CHILD, json.dumps([package, *arguments])],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=folder,
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
        )

    def ask(self, calls, sentences, epochs):
        """Milliseconds of a call: CPU time and wall time."""
        self.process.stdin.write(json.dumps([calls, sentences, epochs]) + "\n")
        self.process.stdin.flush()
        return [1e3 * seconds for seconds in json.loads(self.process.stdout.readline())]

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def spread(values):
    return f"{statistics.median(values):.1f} ({min(values):.1f}-{max(values):.1f})"


def compare(engines, name, question, rounds):
    """Let the engines take turns, and print a line of the table."""
    times = {engine: [] for engine in engines}
    for turn in range(rounds + 1):
        for engine, process in engines.items():
            asked = process.ask(*question)
            if turn:  # the first turn warms up
                times[engine].append(asked)
    cells = [name]
    for unit in range(2):
        theirs, ours = ([pair[unit] for pair in times[engine]] for engine in ("gensim", "w2vcore"))
        ratios = [a / b for a, b in zip(theirs, ours, strict=True)]
        cells.append(f"{statistics.median(theirs):.2f} | {statistics.median(ours):.2f} | {spread(ratios)}")
    print("| " + " | ".join(cells) + " |", flush=True)


def main():
    """Run the rounds and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gensim", default=sys.executable)
    parser.add_argument("--kinds", nargs="*", choices=sorted(KINDS), default=["sgns", "cbow", "sghs"])
    parser.add_argument("--words", nargs="*", type=int, default=[10**3, 10**4, 10**5, 10**6])
    parser.add_argument("--sentences", nargs="*", type=int, default=[1, 10, 100, 1000, 10_000])
    parser.add_argument("--workers", type=int, default=3)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--file", action="store_true")
    options = parser.parse_args()
    print("| kind, words, sentences | CPU ms, gensim | w2vcore | ratio | wall ms, gensim | w2vcore | ratio |")
    print("|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for kind in options.kinds:
            for words in options.words:
                arguments = (words, {"workers": options.workers, **KINDS[kind]}, options.file)
                engines = {
                    "gensim": Engine(options.gensim, "gensim.models", folder, arguments),
                    "w2vcore": Engine(sys.executable, "w2vcore", folder, arguments),
                }
                for sentences in options.sentences:
                    question = (max(1, min(20, 2000 // sentences)), sentences, 1)
                    compare(engines, f"{kind}, {words:,}, {sentences:,}", question, options.rounds)
                few = min(options.sentences)
                compare(engines, f"{kind}, {words:,}, {few:,}, 50 epochs", (1, few, 50), options.rounds)
                for engine in engines.values():
                    engine.close()


if __name__ == "__main__":
    main()
