"""Where this library differs from gensim on purpose: is it nowhere worse for it? Run by hand.

    python tests/quality/deviations.py [--gensim PYTHON] [--seeds 3]

Differences in what is trained (docs/coming-from-gensim.md) act together, so whole models are compared: tiny and small
vocabularies, narrow and wide windows, with and without subsampling, long sentences, on corpora whose answer is known
(planted.py). Prints a table in Markdown: the score of both, the difference, and its standard error over seeds. The scores
are shares of right neighbours; 1 is perfect.
"""

import argparse
import importlib
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
KINDS = {
    "sgns": {"sg": 1},
    "cbow": {"sg": 0},
    "cbow, sum": {"sg": 0, "cbow_mean": 0},
    "sghs": {"sg": 1, "hs": 1, "negative": 0},
    "cbowhs": {"sg": 0, "hs": 1, "negative": 0},
}
COMMON = {"vector_size": 32, "min_count": 1, "workers": 1, "epochs": 5}
TOPICS = {"sample": 0}
# Name -> corpus of a seed, how it is judged, and settings. The texts are short, so that nothing is perfect.
REGIMES = {
    "20 words": (lambda p, s: p.documents(s, 10, 40, 2, 10), ("purity", 5), TOPICS),
    "300 words, window 2": (lambda p, s: p.documents(s, 30), ("purity", 10), {**TOPICS, "window": 2}),
    "300 words": (lambda p, s: p.documents(s, 30), ("purity", 10), TOPICS),
    "300 words, sample 1e-3": (lambda p, s: p.documents(s, 30), ("purity", 10), {}),
    "300 words, window 50": (lambda p, s: p.documents(s, 30), ("purity", 10), {**TOPICS, "window": 50}),
    "300 words, a sentence of 30,000": (lambda p, s: [joined(p.documents(s))], ("purity", 10), TOPICS),
    "400 words in pairs": (lambda p, s: p.pairs(s), ("mates", 10), TOPICS),
    "3,000 words in pairs": (lambda p, s: p.pairs(s, 3000, 200_000), ("mates", 10), {}),
}


def joined(sentences):
    """All sentences as one."""
    return [word for sentence in sentences for word in sentence]


def score(planted, wv, judge):
    """Share of right neighbours."""
    kind, top = judge
    if kind == "purity":
        return planted.purity(wv.index_to_key, wv.vectors, top)
    return float((planted.mate_ranks(wv.index_to_key, wv.vectors) < top).mean())


def run_all(package, seeds):
    """Print the scores of one engine, a line of JSON for each regime and kind."""
    sys.path.insert(0, str(HERE))
    planted = importlib.import_module("planted")
    model = importlib.import_module(package).Word2Vec
    for regime, (corpus, judge, settings) in REGIMES.items():
        corpora = [corpus(planted, seed) for seed in range(1, seeds + 1)]
        for kind, extra in KINDS.items():
            scores = [
                score(planted, model(text, seed=seed, **COMMON, **settings, **extra).wv, judge)
                for seed, text in enumerate(corpora, 1)
            ]
            print(json.dumps([regime, kind, scores]), flush=True)


def main():
    """Read the command line; run both engines, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gensim", default=os.environ.get("W2VCORE_GENSIM_PYTHON", sys.executable))
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--engine", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.engine:
        run_all(options.engine, options.seeds)
        return
    engines = [(options.gensim, "gensim.models"), (sys.executable, "w2vcore")]
    command = [str(HERE / "deviations.py"), "--seeds", str(options.seeds), "--engine"]
    running = [
        subprocess.Popen([python, *command, name], stdout=subprocess.PIPE, text=True, cwd=HERE)
        for python, name in engines
    ]
    print("| corpus | kind | gensim | w2vcore | difference |\n|---|---|---|---|---|")
    for theirs, ours in zip(*(process.stdout for process in running), strict=True):
        regime, kind, before = json.loads(theirs)
        after = np.array(json.loads(ours)[2])
        gain = after - before
        error = gain.std(ddof=1) / np.sqrt(len(gain)) if len(gain) > 1 else float("nan")
        print(f"| {regime} | {kind} | {np.mean(before):.3f} | {after.mean():.3f} | {gain.mean():+.3f} ± {error:.3f} |")
    for process in running:
        if process.wait():
            raise SystemExit(f"{process.args}: ended with {process.returncode}")


if __name__ == "__main__":
    main()
