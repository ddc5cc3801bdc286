"""How much of two machines do two ranks make use of? N ranks of one worker against N processes that know nothing of each other.

    python tests/benchmarks/bench_mpi.py CORPUS [--ranks 2] [--rounds 3] [--epochs 5] [--dim 100]

Each of the N processes trains one N-th of the corpus; all N together do what the ranks do, but for merging. Rounds are
interleaved; a speed is all words over the time of all epochs, so that the dense merges of the first one count.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

RUN = """
import json, sys
from w2vcore import Word2Vec
o = json.loads(sys.argv[1])
backend = None if len(sys.argv) > 2 else "mpi"
corpus = sys.argv[2] if len(sys.argv) > 2 else o["corpus"]
model = Word2Vec(corpus_file=corpus, backend=backend, vector_size=o["dim"], workers=1, epochs=o["epochs"], sg=1, alpha=0.025)
if backend is None or model.rank == 0:
    history = model.training_history
    print(sum(epoch["raw_words"] for epoch in history) / sum(epoch["seconds"] for epoch in history))
"""


def launcher():
    """The mpiexec beside this Python, else the system's."""
    beside = Path(sys.executable).parent / "mpiexec"
    return (
        str(beside)
        if beside.exists()
        else shutil.which("mpiexec") or sys.exit("there is no mpiexec: pip install mpich")
    )


def speed(commands):
    """Words per second of all commands, which run at the same time, outside any checkout."""
    env = dict(os.environ, OMPI_ALLOW_RUN_AS_ROOT="1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1")
    with tempfile.TemporaryDirectory() as folder:
        children = [
            subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=env, cwd=folder) for command in commands
        ]
        return sum(float(child.communicate()[0]) for child in children)


def parts(corpus, number, folder):
    """The corpus in so many files."""
    lines = Path(corpus).read_bytes().splitlines(keepends=True)
    paths = []
    for part in range(number):
        paths.append(Path(folder) / f"part {part}")
        paths[-1].write_bytes(b"".join(lines[len(lines) * part // number : len(lines) * (part + 1) // number]))
    return paths


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus")
    parser.add_argument("--ranks", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--dim", type=int, default=100)
    o = parser.parse_args()
    options = json.dumps({"corpus": str(Path(o.corpus).resolve()), "dim": o.dim, "epochs": o.epochs})
    script = [sys.executable, "-c", RUN, options]
    ratios = []
    with tempfile.TemporaryDirectory() as folder:
        files = parts(o.corpus, o.ranks, folder)
        for number in range(o.rounds):
            ranks = speed([[launcher(), "-n", str(o.ranks), *script]])
            apart = speed([[*script, str(file)] for file in files])
            ratios.append(ranks / apart)
            print(
                f"round {number}: {o.ranks} ranks {ranks / 1e3:,.0f} k words/s, {o.ranks} processes {apart / 1e3:,.0f} k "
                f"words/s, ratio {ratios[-1]:.3f}",
                flush=True,
            )
    print(f"dim={o.dim}: ratio {statistics.median(ratios):.3f} ({min(ratios):.3f}-{max(ratios):.3f})")


if __name__ == "__main__":
    main()
