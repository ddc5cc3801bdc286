"""How fast vectors load, against gensim: one synthetic model, every load in a process of its own, the engines in turn.

    python tests/benchmarks/bench_formats.py --gensim PYTHON [--words 500000] [--size 300] [--rounds 5] [--text-rounds 2]

    binary   load_word2vec_format(binary=True); beside it the floor: a copy of the file's bytes into a fresh array, and the
             keys as str. With `memory`: what the process grew at its peak, less the matrix, for each key
    text     load_word2vec_format of the same vectors as text
    native   load(mmap="r") of the safetensors file; then the first wv[key], and the first most_similar

CPU time and wall time; the files are in the page cache (each is read once before). They are made in a temporary folder: some five bytes of
disk for every byte of the matrix. The numbers of the text are those of 5,000 rows, again and again.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

LOAD = """
import json, os, resource, sys, time
path, binary, library = sys.argv[1], sys.argv[2] == "binary", sys.argv[3]
if library == "gensim":
    from gensim.models import KeyedVectors
else:
    from w2vcore import KeyedVectors
def now():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize()
before, began, cpu = now(), time.perf_counter(), time.process_time()
kv = KeyedVectors.load_word2vec_format(path, binary=binary)
seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
print(json.dumps({"seconds": seconds, "cpu": cpu, "growth": peak - before - kv.vectors.nbytes, "keys": len(kv)}))
"""
FLOOR = """
import json, sys, time
import numpy as np
path, words = sys.argv[1], open(sys.argv[2], "rb").read()
began, cpu = time.perf_counter(), time.process_time()
with open(path, "rb", buffering=0) as file:
    file.seek(0, 2)
    matrix = np.empty(file.tell(), np.uint8)
    file.seek(0)
    view = memoryview(matrix)
    while view:
        view = view[file.readinto(view):]
keys = words.decode().split("\\n")
print(json.dumps({"seconds": time.perf_counter() - began, "cpu": time.process_time() - cpu}))
"""
NATIVE = """
import json, sys, time
from w2vcore import KeyedVectors
began = time.perf_counter()
kv = KeyedVectors.load(sys.argv[1], mmap="r")
opened = time.perf_counter()
kv[sys.argv[2]]
one = time.perf_counter()
kv.most_similar(sys.argv[2])
print(json.dumps({"open": opened - began, "first key": one - opened, "first most_similar": time.perf_counter() - one}))
"""


def make(folder, words, size):
    """Write the model in all formats; returns the paths and a key."""
    rng = np.random.default_rng(1)
    lengths = np.clip(rng.poisson(4, words), 1, None)
    keys = [f"{'abcdefgh'[:length]}{row}" for row, length in enumerate(lengths.tolist())]
    few = rng.standard_normal((5000, size), np.float32) / 10
    texts = [b" ".join(row) for row in few.astype(np.bytes_).tolist()]
    paths = {name: folder / name for name in ("binary", "text", "native", "keys")}
    paths["keys"].write_text("\n".join(keys))
    with paths["text"].open("wb") as text, paths["binary"].open("wb") as binary:
        for file in (text, binary):
            file.write(f"{words} {size}\n".encode())
        for row, key in enumerate(keys):
            text.write(b"%b %b\n" % (key.encode(), texts[row % len(texts)]))
            binary.write(b"%b %b" % (key.encode(), few[row % len(few)].tobytes()))
    save = "import sys; from w2vcore import KeyedVectors as K; K.load_word2vec_format(sys.argv[1], binary=True).save(sys.argv[2])"
    subprocess.run([sys.executable, "-c", save, paths["binary"], paths["native"]], check=True, cwd=folder)
    return paths, keys[words // 2]


def run(python, code, *arguments):
    """Run a script that prints JSON."""
    done = subprocess.run(
        [python, "-c", code, *map(str, arguments)],
        check=True,
        capture_output=True,
        text=True,
        cwd=tempfile.gettempdir(),
    )
    return json.loads(done.stdout)


def spread(values):
    return f"{statistics.median(values):.3f} ({min(values):.3f}-{max(values):.3f})"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gensim", default=sys.executable, help="a Python that has gensim")
    parser.add_argument("--words", type=int, default=500_000)
    parser.add_argument("--size", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--text-rounds", type=int, default=2)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        paths, key = make(Path(folder), options.words, options.size)
        for name in ("binary", "text"):
            results = {"gensim": [], "w2vcore": [], "floor": []}
            for _ in range(options.rounds if name == "binary" else options.text_rounds):
                run(sys.executable, FLOOR, paths[name], paths["keys"])  # into the page cache
                results["floor"].append(run(sys.executable, FLOOR, paths[name], paths["keys"]))
                results["gensim"].append(run(options.gensim, LOAD, paths[name], name, "gensim"))
                results["w2vcore"].append(run(sys.executable, LOAD, paths[name], name, "w2vcore"))
            for clock in ("cpu", "seconds"):
                times = {engine: [result[clock] for result in found] for engine, found in results.items()}
                ratios = [theirs / ours for theirs, ours in zip(times["gensim"], times["w2vcore"], strict=True)]
                label = "CPU time" if clock == "cpu" else "wall time"
                for engine, values in times.items():
                    print(f"{name:7} {label:9} {engine:8} {spread(values)} s")
                print(f"{name:7} {label:9} ratio    {spread(ratios)}")
            for engine in ("gensim", "w2vcore"):
                growth = max(result["growth"] for result in results[engine])
                print(
                    f"{name:7} {engine:8} grows by the matrix and {growth / 1e6:.1f} MB, {growth / options.words:.0f} bytes a key"
                )
        native = [run(sys.executable, NATIVE, paths["native"], key) for _ in range(options.rounds)]
        for what in native[0]:
            print(f"native  {what:18} {spread([result[what] for result in native])} s")


if __name__ == "__main__":
    main()
