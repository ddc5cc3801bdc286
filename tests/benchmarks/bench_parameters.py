"""What each setting does to the vectors: one is changed at a time; prints the tables of docs/choosing-parameters.md.

    python tests/benchmarks/bench_parameters.py CORPUS [--lines 40000] [--seeds 3] [--only negative sample]

CORPUS is a plain text, one sentence a line. W2VCORE_DATA names the folder with questions-words.txt, wordsim353.tsv and
simlex999.txt. Scores are means over the seeds: the share of Google analogies answered right among the 30,000 commonest
words, and Spearman's correlation with judged pairs. Seconds are CPU time of the training.
"""

import argparse
import itertools
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "quality"))
from evaluation import analogies, correlation

from w2vcore import Word2Vec

BASE = {"sg": 1, "vector_size": 100, "window": 5, "negative": 5, "sample": 1e-3, "epochs": 5, "min_count": 5}
CBOW = {"sg": 0, "alpha": 0.05}
TREE = {"hs": 1, "negative": 0}
HIGH = {"alpha": 0.05, "epochs": 3}

# Group -> label -> what differs from the base.
GROUPS = {
    "architecture": {
        "skip-gram, 5 noise words": {},
        "CBOW, 5 noise words": CBOW,
        "skip-gram, hs=1": TREE,
        "CBOW, hs=1": {**CBOW, **TREE},
    },
    "negative": {f"negative={n}": {"negative": n} for n in (1, 2, 5, 10, 20)},
    "sample": {f"sample={s:g}": {"sample": s} for s in (0, 1e-3, 1e-4, 1e-5)},
    "window": {
        **{f"window={w}": {"window": w} for w in (2, 5, 10)},
        "window=3, not shrunk": {"window": 3, "shrink_windows": False},
    },
    "vector_size": {f"vector_size={d}": {"vector_size": d} for d in (25, 50, 100, 200, 300)},
    "epochs": {f"epochs={e}": {"epochs": e} for e in (1, 5, 10, 20)},
    "shuffle": {
        **{f"shuffle={s!r}": {**HIGH, "shuffle": s} for s in (False, "jobs", "sentences")},
        "shuffle='jobs', batch_words=1000": {**HIGH, "shuffle": "jobs", "batch_words": 1000},
    },
    "min_count": {f"min_count={m}": {"min_count": m} for m in (2, 5, 20)},
    "ns_exponent": {f"ns_exponent={x:g}": {"ns_exponent": x} for x in (1, 0.75, 0.5, 0, -0.5)},
}


def scores(corpus, settings, seed):
    """Train, and return CPU seconds, analogies and the two correlations."""
    began = time.process_time()
    model = Word2Vec(corpus_file=corpus, workers=1, seed=seed, **{**BASE, **settings})
    seconds = time.process_time() - began
    return seconds, analogies(model), correlation(model, "wordsim353.tsv"), correlation(model, "simlex999.txt")


def main():
    """Print a table for each group."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus")
    parser.add_argument("--lines", type=int, help="take the first so many lines (default: all)")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--only", nargs="*", choices=sorted(GROUPS), default=list(GROUPS))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        corpus = Path(folder, "corpus.txt")
        with Path(options.corpus).open(encoding="utf8") as text, corpus.open("w", encoding="utf8") as out:
            out.writelines(itertools.islice(text, options.lines))
        for group in options.only:
            print(f"\n| {group} | analogies | wordsim353 | simlex999 | CPU seconds |\n|---|---|---|---|---|")
            for label, settings in GROUPS[group].items():
                runs = [scores(str(corpus), settings, seed) for seed in range(1, options.seeds + 1)]
                seconds, *quality = (statistics.mean(column) for column in zip(*runs, strict=True))
                spread = max(max(column) - min(column) for column in list(zip(*runs, strict=True))[1:])
                cells = " | ".join(f"{score:.3f}" for score in quality)
                print(f"| `{label}` | {cells} | {seconds:.1f} | <!-- spread {spread:.3f} -->", flush=True)


if __name__ == "__main__":
    main()
