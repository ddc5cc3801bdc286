"""Where is w2vcore's lead over gensim small? Epochs of both over kinds of model and sizes; prints ratios and cliffs.

    python tests/benchmarks/bench_matrix.py OUT.json [--gensim PYTHON] [--kinds KIND ...] [--axes AXIS ...] [--star]
                                            [--seconds 4] [--memory 8] [--rounds 1] [--minutes M] [--against OTHER.json]

Each kind is trained at the middle of all axes, and then along each axis, with the others in the middle; an axis of two
names, as `dim*vocabulary`, is their product. With --star only the first kind is trained along the axes, the others in
the middle. The text is drawn by this script: words by Zipf's law, 1 / (rank + 2.7), and
each word of the vocabulary once behind what is trained on, so that the vocabulary has the size that is asked for. The
two take turns; an epoch is the difference between a run of several and a run of one, so reading and counting fall out. A
text has as many words as gensim trains in about --seconds, and both train for about so long; cells for which gensim
needs more than --memory GB are left out. Speeds are words by CPU second, whatever the number of workers.

OUT.json is written after each cell, with the processor, its caches and instruction sets; what is in it already is not
measured again. So a run can be continued: no cell begins after --minutes, and Ctrl-C ends with the tables of what was
measured (and exit status 130). `--star --seconds 0.5 --rounds 2` takes about 15 s a cell. A cliff is a cell whose ratio is below three quarters of that of its neighbours on an axis. --against
prints the cells that differ from those of another machine.
"""

import argparse
import itertools
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from w2vcore.kernels import _dispatch

RUN = """
import importlib, json, os, resource, sys, time
package, name, text, part, words, lines, workers, seconds, settings = json.loads(sys.argv[1])
if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[-workers:])
model = getattr(importlib.import_module(package), name)(workers=workers, min_count=1, epochs=1, **settings)
model.build_vocab(corpus_file=text)

def peak():
    # not ru_maxrss where it can be helped: that begins with the memory of the process that started this one
    try:
        with open("/proc/self/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

def cost(epochs):
    began = time.process_time()
    model.train(corpus_file=part, total_words=words, total_examples=lines, epochs=epochs)
    return time.process_time() - began

cost(1)  # brings the matrices into memory
one = cost(1)
more = max(1, min(100, round(seconds / one)))
print((cost(1 + more) - one) / more, peak())
"""

SKIP_GRAM, CBOW, TREE = {"sg": 1, "alpha": 0.025}, {"sg": 0, "alpha": 0.05}, {"hs": 1, "negative": 0}
# Class, settings of both, those of ours alone, and the words a second that gensim trains in the middle, roughly.
KINDS = {
    "sgns window": ("Word2Vec", SKIP_GRAM, {"negative_sharing": "window"}, 250_000),
    "sgns pair": ("Word2Vec", SKIP_GRAM, {"negative_sharing": "pair"}, 250_000),
    "cbow": ("Word2Vec", CBOW, {}, 700_000),
    "sghs": ("Word2Vec", SKIP_GRAM | TREE, {}, 120_000),
    "cbowhs": ("Word2Vec", CBOW | TREE, {}, 400_000),
    "FastText skip-gram": ("FastText", SKIP_GRAM, {}, 100_000),
    "FastText CBOW": ("FastText", CBOW, {}, 200_000),
    "DBOW": ("Doc2Vec", {"dm": 0}, {}, 900_000),
    "DM": ("Doc2Vec", {"dm": 1}, {}, 700_000),
}
# The first value is the middle.
AXES = {
    "dim": (100, 50, 200, 300, 768),
    "vocabulary": (100_000, 10_000, 1_000_000, 5_000_000),
    "sentence": (25, 5, 1_000),
    "window": (5, 2, 10, 50),
    "negative": (5, 15, 64),
    "workers": (1, 2),
}
BUCKETS = 2_000_000
STEEP, SMALL, OTHER = 0.75, 3.0, 0.8  # a cliff; a ratio to look at; a difference between machines


def machine():
    """Processor, caches, instruction sets and versions: what a table is compared by."""
    caches = {}
    for index in sorted(Path("/sys/devices/system/cpu/cpu0/cache").glob("index*")):
        level, kind, size = ((index / name).read_text().strip() for name in ("level", "type", "size"))
        caches[f"L{level} {kind.lower()}"] = size
    names = [line.split(":")[1].strip() for line in lines_of("/proc/cpuinfo") if line.startswith("model name")]
    family = [
        line.split(":")[1].strip() for line in lines_of("/proc/cpuinfo") if line.startswith(("cpu family", "model\t"))
    ]
    return {
        "processor": names[0] if names else platform.processor(),
        "family, model": family[:2],
        "caches": caches,
        "cores": os.cpu_count(),
        "instruction set": _dispatch.active(),
        "instruction sets": list(_dispatch.available()),
        "python": platform.python_version(),
        "numpy": np.__version__,
    }


def lines_of(path):
    """The lines of a file, or none where there is no such file."""
    return Path(path).read_text(encoding="utf8").splitlines() if Path(path).exists() else []


def spelling(number):
    """Six or seven letters, others for each number below 2**32."""
    number, letters = number * 2_654_435_761 % 2**32, []
    while number or len(letters) < 6:
        number, letter = divmod(number, 26)
        letters.append(chr(97 + letter))
    return "".join(letters)


def write_texts(folder, vocabulary, sentence, words):
    """Write what is trained on, and a text that has all words besides; return both paths and the number of lines."""
    rng = np.random.default_rng(vocabulary + sentence)
    shares = 1 / (np.arange(vocabulary) + 2.7)
    drawn = np.searchsorted(np.cumsum(shares / shares.sum()), rng.random(words)).clip(max=vocabulary - 1)
    spelt = [spelling(number) for number in range(vocabulary)]
    part, whole = folder / "part.txt", folder / "text.txt"
    lines = [drawn[i : i + sentence] for i in range(0, words, sentence)]
    text = "".join(" ".join([spelt[id] for id in line.tolist()]) + "\n" for line in lines)
    part.write_text(text)
    rest = (" ".join(spelt[i : i + sentence]) + "\n" for i in range(0, vocabulary, sentence))
    whole.write_text(text + "".join(rest))
    return str(whole), str(part), len(lines)


def words_of(kind, cell, seconds):
    """How many words gensim trains in about so many seconds, but as many as there are in the vocabulary.

    In each epoch of a file gensim copies its vocabulary, which takes longer than to train a short text.
    """
    rate = KINDS[kind][3] * 100 / max(cell["dim"], 60) * 6 / (5 + cell["vocabulary"] / 100_000) ** 0.5
    if "hs" not in kind:
        rate *= 6 / (1 + cell["negative"])
    if kind != "DBOW":
        rate *= (5 / cell["window"]) ** (0.5 if "cbow" in kind.lower() or kind == "DM" else 1)
    return int(np.clip(rate * seconds, max(50_000, cell["vocabulary"]), 5_000_000))


def gigabytes(kind, cell):
    """What gensim's matrices take, roughly: FastText keeps the vectors of words twice."""
    rows = 2 * cell["vocabulary"]
    if kind.startswith("FastText"):
        rows += cell["vocabulary"] + BUCKETS
    return (rows * cell["dim"] * 4 + cell["vocabulary"] * 400) / 1e9


def cells(axes):
    """The middle, and all others along each axis, each once."""
    middle = {name: values[0] for name, values in AXES.items()}
    found = [middle]
    for axis in axes:
        names = axis.split("*")
        for values in itertools.product(*(AXES[name] for name in names)):
            cell = middle | dict(zip(names, values, strict=True))
            if cell not in found:
                found.append(cell)
    return found


def measured(kind, cell, engines, seconds, rounds):
    """Words by CPU second and peak megabytes of each engine, and the median of the ratios of the rounds."""
    name, settings, ours, _ = KINDS[kind]
    words = words_of(kind, cell, seconds)
    settings = {"vector_size": cell["dim"], "window": cell["window"], "negative": cell["negative"]} | settings
    speeds, peaks = {engine: [] for engine in engines}, {}
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        whole, part, lines = write_texts(folder, cell["vocabulary"], cell["sentence"], words)
        for seed in range(1, rounds + 1):
            for engine, (python, package) in engines.items():
                asked = settings | {"seed": seed} | (ours if engine == "w2vcore" else {})
                arguments = [package, name, whole, part, words, lines, cell["workers"], seconds, asked]
                environment = os.environ | {"OPENBLAS_NUM_THREADS": "1"}
                command = [python, "-W", "ignore", "-c", RUN, json.dumps(arguments)]
                done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=folder, check=True)
                epoch, peak = map(float, done.stdout.split()[-2:])
                speeds[engine].append(words / epoch)
                peaks[engine] = peak / 1024
    result = {"kind": kind, **cell, "words": words}
    for engine in engines:
        result[engine] = {"words/s": statistics.median(speeds[engine]), "MB": peaks[engine]}
    if len(engines) > 1:
        ratios = [a / b for a, b in zip(speeds["w2vcore"], speeds["gensim"], strict=True)]
        result["ratio"], result["spread"] = statistics.median(ratios), [min(ratios), max(ratios)]
    return result


def key_of(result):
    """What tells a cell from another one."""
    return (result["kind"], *(result[axis] for axis in AXES))


def shown(result):
    """A line of the table."""
    sizes = " | ".join(f"{result[axis]:,}" for axis in AXES)
    engines = " | ".join(
        f"{result[engine]['words/s'] / 1e3:,.0f} | {result[engine]['MB']:,.0f}" if engine in result else "- | -"
        for engine in ("w2vcore", "gensim")
    )
    return f"| {result['kind']} | {sizes} | {engines} | {result.get('ratio', float('nan')):.1f}x |"


def cliffs(results):
    """Cells whose ratio is far below that of their neighbours on an axis; the ends have one neighbour."""
    by_key = {key_of(result): result for result in results if "ratio" in result}
    for result in by_key.values():
        for axis in AXES:
            steps = sorted(AXES[axis])
            here = steps.index(result[axis])
            beside = [
                by_key[key]["ratio"]
                for step in (here - 1, here + 1)
                if 0 <= step < len(steps) and (key := key_of(result | {axis: steps[step]})) in by_key
            ]
            if beside and result["ratio"] < STEEP * min(beside):
                yield f"{shown(result)} on {axis}: beside it {', '.join(f'{ratio:.1f}x' for ratio in beside)}"


def wanted(options, known):
    """Kind and cell of all that is to be measured and not known; says which of them are too large."""
    for number, kind in enumerate(options.kinds):
        for cell in cells([] if options.star and number else options.axes):
            if ("hs" in kind and cell["negative"] != AXES["negative"][0]) or key_of({"kind": kind} | cell) in known:
                continue
            if gigabytes(kind, cell) > options.memory:
                print(f"left out, more than {options.memory:g} GB: {kind}, {cell}", flush=True)
                continue
            yield kind, cell


def measure(report, options):
    """Measure cell after cell, until none is left or the time is up; the report is written after each."""
    engines = {"w2vcore": (sys.executable, "w2vcore")}
    if options.gensim:
        engines["gensim"] = (options.gensim, "gensim.models")
    began = time.monotonic()
    for kind, cell in wanted(options, {key_of(result) for result in report["cells"]}):
        if time.monotonic() - began > 60 * options.minutes:
            print(f"{options.minutes:g} minutes are up; the same command continues", flush=True)
            break
        report["cells"].append(measured(kind, cell, engines, options.seconds, options.rounds))
        options.out.write_text(json.dumps(report, indent=1) + "\n", encoding="utf8")
        print(shown(report["cells"][-1]), flush=True)


def print_findings(report, against):
    """Print cliffs, small ratios, and the cells that differ from those of another machine."""
    print(f"\ncliffs (below {STEEP:g} of the neighbours):", *cliffs(report["cells"]), sep="\n")
    print(f"\nbelow {SMALL:g}x:", *(shown(r) for r in report["cells"] if r.get("ratio", SMALL) < SMALL), sep="\n")
    if against:
        other = json.loads(against.read_text(encoding="utf8"))
        theirs = {key_of(result): result.get("ratio") for result in other["cells"]}
        print(f"\nother than on {other['machine']['processor']}:")
        for result in report["cells"]:
            ratio, reference = result.get("ratio"), theirs.get(key_of(result))
            if ratio and reference and not OTHER < ratio / reference < 1 / OTHER:
                print(f"{shown(result)} there {reference:.1f}x")


def main():
    """Measure what is not in the file yet, and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--gensim", default="")
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=list(KINDS))
    parser.add_argument("--axes", nargs="+", default=list(AXES))
    parser.add_argument("--star", action="store_true")
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--memory", type=float, default=8)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=float("inf"))
    parser.add_argument("--against", type=Path)
    options = parser.parse_args()
    if unknown := {name for axis in options.axes for name in axis.split("*")} - set(AXES):
        parser.error(f"--axes: {', '.join(sorted(unknown))}: there are {', '.join(AXES)}")
    report = {"machine": machine(), "cells": []}
    if options.out.exists():
        report = json.loads(options.out.read_text(encoding="utf8"))
        if report["machine"] != machine():
            parser.error(f"{options.out} is of another machine or other versions: name another file")
    print(json.dumps(report["machine"]))
    print(f"| kind | {' | '.join(AXES)} | w2vcore, k words/s | MB | gensim, k words/s | MB | ratio |", flush=True)
    interrupted = False
    try:
        measure(report, options)
    except KeyboardInterrupt:
        interrupted = True
    print_findings(report, options.against)
    return 130 if interrupted else 0


if __name__ == "__main__":
    sys.exit(main())
