"""Two ranks in two network namespaces, over real TCP: is what crosses the wire what the schedule says? Needs root, Linux, MPICH.

    python tests/benchmarks/mpi_over_tcp.py CORPUS [--epochs 2] [--dim 100] [--sg]

On one machine MPI would pass everything through shared memory. Here each rank sees a network of its own, joined by a pair of
virtual interfaces, and shared memory is switched off; the bytes are those that the interface has counted. The prediction comes
from the schedule alone (mpi_cost.py): with two ranks, each sends every row that is merged once. It leaves out headers, the
small tables before each merge, and the vocabulary, which the run without epochs measures.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from mpi_cost import bytes_added_up

from w2vcore.model.config import CBOW, SKIP_GRAM, TrainingConfig

SPACES = ("w2vcore-a", "w2vcore-b")
ADDRESSES = ("10.91.0.1", "10.91.0.2")

RUN = """
import json, sys
from w2vcore import Word2Vec
o = json.loads(sys.argv[1])
model = Word2Vec(backend="mpi", vector_size=o["dim"], workers=1, epochs=max(o["epochs"], 1), sg=o["sg"], seed=1)
model.build_vocab(corpus_file=o["corpus"])
if o["epochs"]:
    model.train(corpus_file=o["corpus"], total_examples=model.corpus_count, epochs=o["epochs"])
if model.rank == 0:
    counts = model.wv.expandos["count"].tolist()
    seconds = sum(epoch["seconds"] for epoch in model.training_history)
    print(json.dumps({"counts": counts, "seconds": seconds}))
"""

# In place of ssh: the address is the first argument that is one.
LAUNCHER = """#!/bin/sh
while [ "$1" != {there} ]; do shift; done
shift
exec ip netns exec {space} sh -c "$*"
"""


def sh(command):
    subprocess.run(command, shell=True, check=True, cwd="/")


def open_network():
    for space in SPACES:
        sh(f"ip netns add {space}")
    sh(f"ip link add e0 netns {SPACES[0]} type veth peer name e0 netns {SPACES[1]}")
    for space, address in zip(SPACES, ADDRESSES, strict=True):
        sh(
            f"ip -n {space} addr add {address}/24 dev e0 && ip -n {space} link set e0 up && ip -n {space} link set lo up"
        )


def close_network():
    for space in SPACES:
        subprocess.run(f"ip netns del {space}", shell=True, check=False, stderr=subprocess.DEVNULL, cwd="/")


def received():
    """Bytes that have come into the second namespace."""
    command = f"ip netns exec {SPACES[1]} cat /sys/class/net/e0/statistics/rx_bytes"
    return int(subprocess.run(command, shell=True, check=True, capture_output=True, text=True, cwd="/").stdout)


def run(options, folder):
    """Result of rank 0, and the bytes that rank 1 has got."""
    launcher = Path(folder) / "launch"
    launcher.write_text(LAUNCHER.format(there=ADDRESSES[1], space=SPACES[1]))
    launcher.chmod(0o755)
    mpiexec = Path(sys.executable).parent / "mpiexec"
    flags = f"-hosts {','.join(ADDRESSES)} -ppn 1 -launcher ssh -launcher-exec {launcher} -iface e0".split()
    # TCP alone, through whichever of its two layers this MPICH takes, and nothing between processes of one machine
    settings = {"MPIR_CVAR_NOLOCAL": "1", "UCX_TLS": "tcp,self", "FI_PROVIDER": "tcp", "FI_TCP_IFACE": "e0"}
    flags += [word for pair in settings.items() for word in ("-genv", *pair)]
    before = received()
    done = subprocess.run(
        ["ip", "netns", "exec", SPACES[0], str(mpiexec), "-n", "2", *flags, sys.executable, "-c", RUN, json.dumps(options)],
        check=True, stdout=subprocess.PIPE, text=True, cwd=folder, env=dict(os.environ, OPENBLAS_NUM_THREADS="1"),
    )  # fmt: skip
    return json.loads(done.stdout), received() - before


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus")
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--dim", type=int, default=100)
    parser.add_argument("--sg", action="store_true")
    o = parser.parse_args()
    options = {"corpus": str(Path(o.corpus).resolve()), "dim": o.dim, "epochs": o.epochs, "sg": int(o.sg)}
    close_network()
    with tempfile.TemporaryDirectory() as folder:
        try:
            open_network()
            _, vocabulary = run({**options, "epochs": 0}, folder)
            result, total = run(options, folder)
        finally:
            close_network()
    counts = np.array(result["counts"])
    tokens = int(counts.sum())
    config = TrainingConfig(o.dim, SKIP_GRAM if o.sg else CBOW, epochs=o.epochs, workers=1)
    count, predicted = bytes_added_up(tokens // 2, 2, config, counts)
    measured = total - vocabulary
    print(
        f"{len(counts):,} words, {tokens:,} tokens, {count:,} merges: predicted {predicted / 1e6:,.1f} MB, "
        f"received {measured / 1e6:,.1f} MB ({measured / predicted - 1:+.1%}), and {vocabulary / 1e6:,.1f} MB for the "
        f"vocabulary; {tokens * o.epochs / result['seconds'] / 1e3:,.0f} k words/s"
    )


if __name__ == "__main__":
    main()
