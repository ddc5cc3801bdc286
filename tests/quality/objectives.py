"""What each objective learns of a small text, and what it costs; docs/choosing-parameters.md has the tables.

    python tests/quality/objectives.py corpus-small.txt.gz DATA --seeds 3

Two tables, by mean and standard error over seeds:

vectors     of the whole vocabulary: wordsim353 and simlex999, which lie in the folder DATA, and CPU time
likelihood  of a vocabulary so small that the full softmax can be trained: the cross-entropy of a tenth of the text that
            was held out, in nats a pair, exact over all words. Negative sampling is left out, as it learns no such probabilities.
"""

import argparse
import gzip
import time
from pathlib import Path

import numpy as np

from w2vcore import Word2Vec

KINDS = {
    "negative sampling, `negative=5`": {},
    "hierarchical softmax": {"hs": 1, "negative": 0},
    '`"nce"`, `negative=5`': {"objective": "nce"},
    '`"nce"`, `negative=5`, `normaliser="vocabulary"`': {"objective": "nce", "normaliser": "vocabulary"},
    '`"nce"`, `negative=20`, `normaliser="vocabulary"`': {
        "objective": "nce", "normaliser": "vocabulary", "negative": 20
    },
    '`"sampled_softmax"`, `negative=5`': {"objective": "sampled_softmax"},
    '`"sampled_softmax"`, `negative=20`': {"objective": "sampled_softmax", "negative": 20},
    '`"softmax"`': {"objective": "softmax"},
}  # fmt: skip
WINDOW = 5
SETTINGS = {"vector_size": 100, "window": WINDOW, "sg": 1, "alpha": 0.05, "epochs": 5, "workers": 1}


def lines_of(path):
    """The lines of a text, split into words."""
    with gzip.open(path, "rt", encoding="utf8") as file:
        return [line.split() for line in file]


def trained(lines, **settings):
    """A model of these lines, and the CPU seconds of its training."""
    model = Word2Vec(**{**SETTINGS, **settings})
    model.build_vocab(lines)
    began = time.process_time()
    model.train(lines, total_examples=model.corpus_count, epochs=model.epochs)
    return model, time.process_time() - began


def vectors(lines, folder, settings):
    model, seconds = trained(lines, **settings)
    similarity = [
        model.wv.evaluate_word_pairs(folder / name)[1].statistic for name in ("wordsim353.tsv", "simlex999.txt")
    ]
    return [*similarity, seconds]


def held_out_pairs(model, lines):
    """How often each word (column) is next to each other one (row), by the share of drawn windows that reach so far."""
    rows = model.wv.key_to_index
    pairs = np.zeros((len(rows), len(rows)))
    for line in lines:
        ids = np.array([rows[word] for word in line if word in rows], np.int64)
        for distance in range(1, min(WINDOW, len(ids) - 1) + 1):
            weight = (WINDOW - distance + 1) / WINDOW
            np.add.at(pairs, (ids[:-distance], ids[distance:]), weight)
            np.add.at(pairs, (ids[distance:], ids[:-distance]), weight)
    return pairs


def likelihood(lines, words, settings):
    held_out = lines[9::10]
    rest = [line for number, line in enumerate(lines) if number % 10 != 9]
    model, seconds = trained(rest, **settings, max_final_vocab=words, min_count=1, sample=0)
    scores = model.wv.vectors.astype(np.float64) @ getattr(model, f"syn1_{model.objective}").T
    scores -= scores.max(axis=1, keepdims=True)
    chances = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
    pairs = held_out_pairs(model, held_out)
    return [-(pairs * chances).sum() / pairs.sum(), seconds]


def show(name, results):
    """Print a row: mean and standard error of each column, of the last one, the seconds, the mean alone."""
    results = np.array(results)
    errors = results.std(axis=0, ddof=1) / len(results) ** 0.5 if len(results) > 1 else np.zeros(results.shape[1])
    cells = [f"{mean:.3f} ± {error:.3f}" for mean, error in zip(results.mean(axis=0), errors, strict=True)][:-1]
    print(f"| {name} | {' | '.join(cells)} | {results[:, -1].mean():.1f} |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("data", type=Path)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--words", type=int, default=1000, help="vocabulary of the second table")
    chosen = parser.parse_args()
    lines, seeds = lines_of(chosen.corpus), range(1, chosen.seeds + 1)
    print("| objective | wordsim353 | simlex999 | seconds |\n|---|---|---|---|")
    for name, settings in KINDS.items():
        if settings.get("objective") != "softmax":
            show(name, [vectors(lines, chosen.data, {**settings, "seed": seed}) for seed in seeds])
    print("\n| objective | cross-entropy | seconds |\n|---|---|---|")
    for name, settings in KINDS.items():
        if "objective" in settings:
            show(name, [likelihood(lines, chosen.words, {**settings, "seed": seed}) for seed in seeds])


if __name__ == "__main__":
    main()
