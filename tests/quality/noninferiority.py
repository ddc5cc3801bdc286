"""Are vectors trained with negatives shared per window as good as with negatives for each pair? Prints the outcome.

    python tests/quality/noninferiority.py CORPUS [--hs] [--seeds 10] [--json FILE]

CORPUS: a text of at least 6 million words, one sentence a line. Trains skip-gram (100 dimensions, window 5, 5 noise
words or with --hs hierarchical softmax, 3 epochs) both ways, with equal seeds, in four blocks: sample 1e-3 and 0, 1 and 2
workers. From the differences
"window" minus "pair" of each block the block's mean is taken out; what is left gives the standard error of the overall
mean difference. Its one-sided 95 % lower bound must be above minus the margin: 1 point of the Google analogies, 0.02 of
Spearman's correlation on SimLex-999. WordSim-353 is printed and not judged: its 353 pairs say too little. The chance that a
variant that is worse by exactly the margin passes is 5 % for each measure.
"""

import argparse
import itertools
import json
from pathlib import Path

import numpy as np
from evaluation import analogies, correlation
from scipy import stats

from w2vcore import Word2Vec

MARGINS = {"analogies": 0.01, "simlex999": 0.02, "wordsim353": None}
BLOCKS = list(itertools.product((1e-3, 0), (1, 2)))  # sample, workers


def scores(corpus, hs, sharing, sample, workers, seed):
    """Train one model and score it."""
    model = Word2Vec(
        corpus_file=corpus, sg=1, hs=int(hs), vector_size=100, window=5, negative=0 if hs else 5, epochs=3, alpha=0.025, min_alpha=0.025e-4,
        sample=sample, workers=workers, seed=seed, negative_sharing=sharing,
    )  # fmt: skip
    return {
        "analogies": analogies(model),
        "simlex999": correlation(model, "simlex999.txt"),
        "wordsim353": correlation(model, "wordsim353.tsv"),
        "words_per_second": float(np.median([epoch["words_per_second"] for epoch in model.training_history])),
    }


def lower_bound(differences):
    """Mean of differences (blocks x seeds), its standard error with blocks taken out, and its 95 % lower bound."""
    differences = np.asarray(differences)
    blocks, seeds = differences.shape
    within = differences - differences.mean(axis=1, keepdims=True)
    freedom = blocks * (seeds - 1)
    error = np.sqrt((within**2).sum() / freedom / differences.size)
    return differences.mean(), error, differences.mean() - stats.t.ppf(0.95, freedom) * error


def main():
    """Train all models and print the table and the outcome."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus")
    parser.add_argument("--hs", action="store_true")
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--json")
    options = parser.parse_args()
    runs = []
    for seed, (sample, workers), sharing in itertools.product(range(1, options.seeds + 1), BLOCKS, ("pair", "window")):
        result = scores(options.corpus, options.hs, sharing, sample, workers, seed)
        runs.append({"sharing": sharing, "sample": sample, "workers": workers, "seed": seed, **result})
        print(json.dumps(runs[-1]), flush=True)
    if options.json:
        Path(options.json).write_text(json.dumps(runs, indent=1), encoding="utf8")
    passed = True
    for measure, margin in MARGINS.items():
        table = {
            sharing: np.array(
                [
                    [
                        run[measure]
                        for run in runs
                        if (run["sample"], run["workers"], run["sharing"]) == (*block, sharing)
                    ]
                    for block in BLOCKS
                ]
            )
            for sharing in ("pair", "window")
        }
        for block, pair, window in zip(BLOCKS, table["pair"], table["window"], strict=True):
            print(
                f"{measure} sample={block[0]:g} workers={block[1]}: pair {pair.mean():.4f} (sd {pair.std(ddof=1):.4f}), "
                f"window {window.mean():.4f} (sd {window.std(ddof=1):.4f})"
            )
        mean, error, bound = lower_bound(table["window"] - table["pair"])
        outcome = "not judged" if margin is None else "passed" if bound > -margin else "FAILED"
        passed &= outcome != "FAILED"
        print(f"{measure}: window - pair = {mean:+.4f} (se {error:.4f}), lower bound {bound:+.4f}: {outcome}")
    print("outcome: window is", "not inferior" if passed else "INFERIOR or undecided")


if __name__ == "__main__":
    main()
