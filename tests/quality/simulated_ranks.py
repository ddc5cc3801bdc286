"""How good are vectors that N ranks train, each on a part of the corpus? Runs the ranks in turn, in one process.

    python tests/quality/simulated_ranks.py CORPUS [--ranks 1 2 4 8 16] [--seeds 1] [--epochs 3] [--workers 1]
                                            [--ramp 10] [--growth 4] [--cbow] [--hs] [--json FILE]

CORPUS: a text of at least 6 million words, one sentence a line. What the ranks learn is what as many machines would learn
(backends/team.py); no time is measured. Trains skip-gram (100 dimensions, window 5, 5 noise words) and prints, for each
number of ranks, the Google analogies, SimLex-999 and WordSim-353. The constants of the schedule (backends/merging.py) can
be changed.

With at least two seeds, each number of ranks is held against the first one given, with equal seeds: the one-sided 95 % lower
bound of the mean difference must be above minus the margin, 1 point of the analogies and 0.02 on SimLex-999. The chance that
a variant that is worse by exactly the margin passes is 5 % for each.
"""

import argparse
import itertools
import json
import time
from pathlib import Path

import numpy as np
from evaluation import analogies, correlation
from noninferiority import MARGINS, lower_bound

from w2vcore import Word2Vec
from w2vcore.backends import curvature, merging
from w2vcore.backends.team import simulate
from w2vcore.objectives.negative_sampling import NegativeSampling


def scores(options, ranks, seed):
    """Train one model by so many ranks and score it."""
    settings = {
        "vector_size": 100, "window": 5, "negative": 0 if options.hs else 5, "epochs": options.epochs, "sample": 1e-3, "seed": seed,
        "sg": int(not options.cbow), "hs": int(options.hs), "alpha": 0.05 if options.cbow else 0.025, "min_alpha": 0.025e-4,
        "compute_loss": True,
    }  # fmt: skip
    began = time.process_time()
    if ranks == 1:
        model = Word2Vec(corpus_file=options.corpus, workers=options.workers, **settings)
    else:
        # all models but the first are dropped as soon as they are done
        models = simulate(
            ranks,
            lambda rank: keep_first(
                rank, Word2Vec(corpus_file=options.corpus, workers=options.workers_of_ranks, backend="mpi", **settings)
            ),
        )
        model = models[0]
    model.backend = None
    return {
        "ranks": ranks,
        "seed": seed,
        "analogies": analogies(model),
        "simlex999": correlation(model, "simlex999.txt"),
        "wordsim353": correlation(model, "wordsim353.tsv"),
        "loss": model.training_history[-1]["loss"],
        "words": [epoch["raw_words"] for epoch in model.training_history],
        "cpu_seconds": time.process_time() - began,
    }


def keep_first(rank, model):
    return None if rank else model


def main():
    """Train all models and print what they are worth."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus")
    parser.add_argument("--ranks", type=int, nargs="+", default=[1, 2, 4, 8, 16])
    parser.add_argument("--seeds", type=int, nargs="+", default=[1])
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--workers", type=int, default=1, help="of the single rank")
    parser.add_argument("--workers-of-ranks", type=int, default=1)
    parser.add_argument("--cbow", action="store_true")
    parser.add_argument("--hs", action="store_true")
    parser.add_argument("--slope", type=float, default=curvature.SLOPE)
    parser.add_argument("--growth", type=float, default=NegativeSampling.growth)
    parser.add_argument("--ramp", type=int, default=merging.RAMP)
    parser.add_argument("--first", type=int, default=merging.FIRST_ROWS)
    parser.add_argument("--json")
    options = parser.parse_args()
    curvature.SLOPE, NegativeSampling.growth = options.slope, options.growth
    merging.RAMP, merging.FIRST_ROWS = options.ramp, options.first
    runs = []
    for seed, ranks in itertools.product(options.seeds, options.ranks):
        runs.append(scores(options, ranks, seed))
        print(json.dumps(runs[-1]), flush=True)
    if options.json:
        Path(options.json).write_text(json.dumps(runs, indent=1), encoding="utf8")
    if len(options.seeds) > 1:
        judge(runs, options.ranks)


def judge(runs, numbers):
    """Hold each number of ranks against the first."""
    for measure, margin in MARGINS.items():
        table = {number: np.array([run[measure] for run in runs if run["ranks"] == number]) for number in numbers}
        base = table[numbers[0]]
        print(f"{measure}: {numbers[0]} rank(s) {base.mean():.4f} (sd {base.std(ddof=1):.4f})")
        for number in numbers[1:]:
            mean, error, bound = lower_bound([table[number] - base])
            outcome = "not judged" if margin is None else "passed" if bound > -margin else "FAILED"
            print(
                f"  {number} ranks: {table[number].mean():.4f}, difference {mean:+.4f} (se {error:.4f}), "
                f"lower bound {bound:+.4f}: {outcome}"
            )


if __name__ == "__main__":
    main()
