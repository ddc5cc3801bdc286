"""Are vectors of n-grams as good as gensim's and fastText's? Run by hand.

    W2VCORE_DATA=DIR python tests/quality/subwords.py CORPUS [--gensim PYTHON] [--fasttext PYTHON] [--fresh] [--seeds 5]
                                                      [--epochs 2] [--only KIND ...]

CORPUS is a plain text. Each engine trains with the same settings and seeds, one worker, alpha .025 (CBOW .05), two
epochs; once with min_count 5, and once with the min_count by which half of the words of wordsim353 and simlex999 are
no longer in the vocabulary, so that these are judged by their n-grams. Facebook's package takes no seed: its runs differ
by themselves. --fresh trains w2vcore with fresh noise beside a kind that shares it. Prints a table in Markdown: means
over seeds with standard errors, and for gensim and fresh noise the difference (ours less theirs) with its standard error
and its one-sided lower bound of 95 %.

gensim's skip-gram divides the sum of n + 1 rows by n while it trains, and by n + 1 in the vectors it gives. With 17 rows
a word that moves its vector by 6 % more and the target's by 12 %; "skip-gram, alpha .028" has longer steps as well.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

import numpy as np
from evaluation import DATA, analogy_scores
from scipy import stats

from w2vcore import KeyedVectors

JUDGED = {"wordsim353": "wordsim353.tsv", "simlex999": "simlex999.txt"}
KINDS = {  # what all engines take, and what differs in ours
    "skip-gram": ({"sg": 1, "alpha": 0.025}, {}),
    "skip-gram, alpha .028": ({"sg": 1, "alpha": 0.025}, {"alpha": 0.028}),
    "skip-gram, shared noise": ({"sg": 1, "alpha": 0.025}, {"negative_sharing": "window"}),
    "CBOW": ({"sg": 0, "alpha": 0.05}, {}),
}
COMPARED = ("gensim", "fresh noise")  # with the same seeds, pair by pair

# Each trains, and writes the vectors of its vocabulary and of the words that are asked for.
ASKED = """
import json, sys
import numpy as np
corpus, seed, epochs, min_count, kind, words, out = json.loads(sys.argv[1])
"""
GENSIM_API = """
from {package} import FastText
wv = FastText(corpus_file=corpus, epochs=epochs, workers=1, seed=seed, min_count=min_count, **kind).wv
keys = list(wv.index_to_key)
"""
FACEBOOK = """
import fasttext
wv = fasttext.train_unsupervised(
    corpus, model="skipgram" if kind["sg"] else "cbow", epoch=epochs, thread=1, dim=100, ws=5, neg=5, t=1e-3, minn=3, maxn=6,
    minCount=min_count, lr=kind["alpha"], verbose=0)
keys = [word for word in wv.words if word != "</s>"]
"""
WRITE = """
known = set(keys)
keys += [word for word in words if word not in known]
np.savez(out, keys=np.array(keys), vectors=np.array([wv[key] for key in keys], np.float32), vocabulary=len(known))
"""


def pairs(name):
    """Both words of each pair, in lower case, and how alike people find them."""
    for line in (DATA / JUDGED[name]).read_text(encoding="utf8").splitlines():
        if line and not line.startswith("#"):
            one, other, score = line.split("\t")
            yield one.lower(), other.lower(), float(score)


def judged_words():
    """All words of the judged pairs."""
    return sorted({word for name in JUDGED for pair in pairs(name) for word in pair[:2]})


def halving_count(corpus, words):
    """The min_count above which half of these words are; words that the corpus lacks are counted, too."""
    counts = Counter(Path(corpus).read_text(encoding="utf8").split())
    return int(np.median([counts[word] for word in words])) + 1


def scores(python, code, corpus, seed, epochs, min_count, kind, words):
    """Analogies among words of the vocabulary, and correlations with what people say, by the vectors of one run."""
    with tempfile.TemporaryDirectory() as folder:
        out = str(Path(folder, "vectors.npz"))
        asked = json.dumps([str(Path(corpus).resolve()), seed, epochs, min_count, kind, words, out])
        subprocess.run([python, "-c", ASKED + code + WRITE, asked], check=True, cwd=folder, stderr=subprocess.DEVNULL)
        stored = np.load(out)
        keys, vectors, size = stored["keys"].tolist(), stored["vectors"], int(stored["vocabulary"])
    vocabulary = KeyedVectors(vectors.shape[1])
    vocabulary.add_vectors(keys[:size], vectors[:size])
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit = dict(zip(keys, vectors / np.where(lengths > 0, lengths, 1), strict=True))
    result = {"analogies": analogy_scores(vocabulary)["analogies"]}
    for name in JUDGED:
        cosines, human = zip(*((float(unit[a] @ unit[b]), score) for a, b, score in pairs(name)), strict=True)
        result[name] = float(stats.spearmanr(cosines, human).statistic)
    return result


def shown(values):
    """A mean with its standard error."""
    error = f" ±{np.std(values, ddof=1) / np.sqrt(len(values)):.3f}" if len(values) > 1 else ""
    return f"{np.mean(values):.3f}{error}"


def lower_bound(differences):
    """One-sided 95 % confidence bound of their mean."""
    error = np.std(differences, ddof=1) / np.sqrt(len(differences))
    return np.mean(differences) - stats.t.ppf(0.95, len(differences) - 1) * error


def main():
    """Read the command line; train all, and print a line for each engine."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus")
    parser.add_argument("--gensim", default="")
    parser.add_argument("--fasttext", default="")
    parser.add_argument("--fresh", action="store_true")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--only", nargs="+", choices=KINDS, default=list(KINDS))
    options = parser.parse_args()
    words = judged_words()
    engines = {"w2vcore": (sys.executable, GENSIM_API.replace("{package}", "w2vcore"))}
    if options.gensim:
        engines["gensim"] = (options.gensim, GENSIM_API.replace("{package}", "gensim.models"))
    if options.fresh:
        engines["fresh noise"] = engines["w2vcore"]
    if options.fasttext:
        engines["fastText"] = (options.fasttext, FACEBOOK)
    print("| | min_count | engine | analogies | wordsim353 | simlex999 |\n|---|---|---|---|---|---|", flush=True)
    for name in options.only:
        kind, ours = KINDS[name]
        for min_count in (5, halving_count(options.corpus, words)):
            runs = {}
            for engine, (python, code) in engines.items():
                asked = kind | ours if engine == "w2vcore" else kind
                runs[engine] = [
                    scores(python, code, options.corpus, seed, options.epochs, min_count, asked, words)
                    for seed in range(1, options.seeds + 1)
                ]
                cells = " | ".join(shown([run[key] for run in runs[engine]]) for key in runs[engine][0])
                print(f"| {name} | {min_count} | {engine} | {cells} |", flush=True)
            for other in (engine for engine in COMPARED if engine in runs and options.seeds > 1):
                differences = {
                    key: [a[key] - b[key] for a, b in zip(runs["w2vcore"], runs[other], strict=True)]
                    for key in runs[other][0]
                }
                cells = " | ".join(f"{shown(each)}, bound {lower_bound(each):.3f}" for each in differences.values())
                print(f"| {name} | {min_count} | less {other} | {cells} |", flush=True)


if __name__ == "__main__":
    main()
