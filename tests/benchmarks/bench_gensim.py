"""An epoch of w2vcore against an epoch of gensim, on a text of yours; prints ratios of CPU time.

    python tests/benchmarks/bench_gensim.py CORPUS [--gensim PYTHON] [--kind sgns] [--dim 100] [--rounds 3]

CORPUS is a plain text, one sentence a line. PYTHON is an interpreter that has gensim (default: this one). An epoch is the
difference between a run of three epochs and a run of one, halved, so reading and counting fall out. One thread; the two
take turns; each round has another seed.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

RUN = """
import importlib, json, sys, time
package, corpus, epochs, settings = json.loads(sys.argv[1])
Word2Vec = importlib.import_module(package).Word2Vec
began = time.process_time()
Word2Vec(corpus_file=corpus, epochs=epochs, workers=1, **settings)
print(time.process_time() - began)
"""

KINDS = {
    "sgns": {"sg": 1, "negative": 5, "alpha": 0.025},
    "cbow": {"sg": 0, "negative": 5, "alpha": 0.05},
    "sghs": {"sg": 1, "hs": 1, "negative": 0, "alpha": 0.025},
    "cbowhs": {"sg": 0, "hs": 1, "negative": 0, "alpha": 0.05},
}


def seconds(python, package, corpus, epochs, settings):
    """CPU seconds of one training, outside any checkout."""
    arguments = json.dumps([package, corpus, epochs, settings])
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [python, "-c", RUN, arguments], stdout=subprocess.PIPE, text=True, env=environment, cwd=folder, check=True
        )
    return float(done.stdout)


def main():
    """Run the rounds and print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus")
    parser.add_argument("--gensim", default=sys.executable)
    parser.add_argument("--kind", choices=sorted(KINDS), default="sgns")
    parser.add_argument("--dim", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    corpus = str(Path(options.corpus).resolve())
    engines = {
        "gensim": (options.gensim, "gensim.models", {}),
        "w2vcore": (sys.executable, "w2vcore", {}),
    }
    if options.kind in ("sgns", "sghs"):
        engines["w2vcore, pair"] = (sys.executable, "w2vcore", {"negative_sharing": "pair"})
    ratios = {name: [] for name in engines}
    for seed in range(1, options.rounds + 1):
        epoch = {}
        for name, (python, package, extra) in engines.items():
            settings = {"vector_size": options.dim, "seed": seed, **KINDS[options.kind], **extra}
            one, three = (seconds(python, package, corpus, epochs, settings) for epochs in (1, 3))
            epoch[name] = (three - one) / 2
            ratios[name].append(epoch["gensim"] / epoch[name])
        print(f"round {seed}: " + ", ".join(f"{name} {cost:.2f} s" for name, cost in epoch.items()), flush=True)
    for name, values in ratios.items():
        print(
            f"{options.kind} dim={options.dim} {name}: {statistics.median(values):.2f} ({min(values):.2f}-{max(values):.2f})x"
        )


if __name__ == "__main__":
    main()
