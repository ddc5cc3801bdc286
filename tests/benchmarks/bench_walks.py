"""Walks on a graph against the packages node2vec and pecanpy: time and memory of ten million steps, and what they are worth.

    python tests/benchmarks/bench_walks.py [--rivals PYTHON] [--steps 1e7] [--length 80] [--p 0.5] [--q 2]
        [--only NAME ...] [--quality SEEDS]

PYTHON is an interpreter that has node2vec 0.5 and pecanpy 2.0 (default: none, ours alone). The graph has planted blocks of
100 nodes, of 16 neighbours within and 4 without each, and as many nodes as make ten walks from each so many steps. Each
contestant runs in a process of its own, one thread. CPU time in seconds: what comes before the first walk (the file read,
and what is computed of it), then the walks. Peak memory less that of the process after its imports. numba's compilation is
not counted: each runs on a small graph first.

With --quality the walks of each contestant on a graph of 1,000 nodes, with more edges between blocks than the above, are
trained with the same settings by w2vcore: the share of a node's ten nearest that are in its block, for each seed.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "quality"))
from planted_graphs import edges, share_in_block

RUN = """
import json, resource, sys, time, warnings
warnings.simplefilter("ignore")
kind, path, small, walks, length, p, q, seed, written = json.loads(sys.argv[1])

def ours(path):
    from w2vcore.walks import RandomWalks
    graph = RandomWalks(path, walks, length, p, q, seed=seed, workers=1)
    yield
    if written:
        yield list(graph)
    else:
        yield [batch for batch in graph.batches(0)]

def pecanpy(path):
    from pecanpy import pecanpy
    graph = getattr(pecanpy, kind.partition(" ")[2])(p, q, workers=1, verbose=False, random_state=seed)
    graph.read_edg(path, weighted=False, directed=False)
    graph.preprocess_transition_probs()
    yield
    yield graph.simulate_walks(walks, length)

def node2vec(path):
    import networkx
    from node2vec import Node2Vec
    from node2vec.parallel import parallel_generate_walks
    graph = networkx.read_edgelist(path)
    np.random.seed(seed)
    generate, Node2Vec._generate_walks = Node2Vec._generate_walks, lambda self: None
    made = Node2Vec(graph, 8, length, walks, p, q, workers=1, quiet=True, seed=seed)
    yield
    Node2Vec._generate_walks = generate
    yield made._generate_walks()

import numpy as np
contestant = {"w2vcore": ours, "pecanpy": pecanpy, "node2vec": node2vec}[kind.partition(" ")[0]]
list(contestant(small))
before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
steps = contestant(path)
next(steps)
ready = time.process_time()
found = next(steps)
done = time.process_time()
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
number = sum(map(len, found))
if written:
    with open(written, "w") as file:
        file.writelines(" ".join(walk) + "\\n" for walk in found)
print(json.dumps({"before": ready - began, "walks": done - ready, "peak": peak / 1024, "steps": number}))
"""

CONTESTANTS = ("w2vcore", "pecanpy PreComp", "pecanpy SparseOTF", "pecanpy DenseOTF", "node2vec")
HEAD = f"{'':20} {'before':>8} {'walks':>8} {'ns/step':>8} {'peak MB':>8}"


def run(python, kind, path, small, options, seed=1, written=""):
    """What one contestant took."""
    arguments = json.dumps([kind, str(path), str(small), 10, options.length, options.p, options.q, seed, str(written)])
    threads = dict.fromkeys(("OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS", "OMP_NUM_THREADS"), "1")
    command, environment = [python, "-c", RUN, arguments], {**os.environ, **threads}
    done = subprocess.run(
        command, stdout=subprocess.PIPE, text=True, env=environment, cwd=Path(path).parent, check=True
    )
    return json.loads(done.stdout.splitlines()[-1])


def write(path, *graph):
    """Write a planted graph, an edge a line."""
    np.savetxt(path, edges(*graph), fmt="%d", delimiter="\t")
    return path


def compared(python_of, contestants, options, folder):
    """Print time and memory of each."""
    nodes = max(1, round(options.steps / 10 / options.length / 100)) * 100
    path, small = write(folder / "edges", nodes, 100, 16, 4, 1), write(folder / "small", 100, 100, 16, 0, 1)
    print(f"{nodes:,} nodes, p={options.p:g}, q={options.q:g}\n{HEAD}")
    for kind in contestants:
        took = run(python_of[kind], kind, path, small, options)
        each = took["walks"] / took["steps"] * 1e9
        print(f"{kind:20} {took['before']:8.2f} {took['walks']:8.2f} {each:8.0f} {took['peak']:8.0f}", flush=True)


def quality(python_of, contestants, options, folder):
    """Print what the walks of each are worth."""
    from w2vcore import Word2Vec

    small = write(folder / "small", 100, 100, 16, 0, 1)
    print("share of the ten nearest in the node's block")
    for kind in contestants:
        shares = []
        for seed in range(1, options.quality + 1):
            path, walks = write(folder / "edges", 1000, 100, 8, 8, seed), folder / "walks"
            run(python_of[kind], kind, path, small, options, seed, walks)
            settings = {"vector_size": 32, "window": 5, "min_count": 1, "sample": 0, "sg": 1, "epochs": 3}
            model = Word2Vec(corpus_file=str(walks), seed=seed, workers=1, **settings)
            shares.append(share_in_block(model.wv, 100))
        error = statistics.stdev(shares) / len(shares) ** 0.5 if len(shares) > 1 else 0.0
        print(f"{kind:20} {statistics.mean(shares):.4f} ± {error:.4f}", flush=True)


def main():
    """Run what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rivals", help="an interpreter that has node2vec and pecanpy")
    parser.add_argument("--steps", type=float, default=1e7)
    parser.add_argument("--length", type=int, default=80)
    parser.add_argument("--p", type=float, default=0.5)
    parser.add_argument("--q", type=float, default=2)
    parser.add_argument("--only", nargs="+", choices=CONTESTANTS, default=CONTESTANTS)
    parser.add_argument("--quality", type=int, metavar="SEEDS", default=0)
    options = parser.parse_args()
    contestants = [kind for kind in options.only if options.rivals or kind == "w2vcore"]
    python_of = {kind: sys.executable if kind == "w2vcore" else options.rivals for kind in contestants}
    with tempfile.TemporaryDirectory() as folder:
        (quality if options.quality else compared)(python_of, contestants, options, Path(folder))


if __name__ == "__main__":
    main()
