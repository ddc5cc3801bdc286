"""Where may the pairs of a centre share noise words? Skip-gram both ways, and what "auto" takes, with the outcome on it.

    python tests/quality/sharing.py [CASE ...] [--seeds 5] [--gensim PYTHON] [--json FILE]

A CASE is any part of a name that `--list` shows: walks on planted graphs (share of the 10 nearest in the same block),
sessions of items (hit rate at 10), and texts (analogies, wordsim353, simlex999; they need W2VCORE_DATA). Each seed has a
corpus of its own, if it is a made-up one, and all engines get the same. Given are means, and of the difference to "pair"
its standard error and one-sided 95 % lower bound. "auto" is not inferior if that bound is above minus the margin: 0.005 of
a share, 0.01 of a hit rate or of analogies, 0.02 of simlex999; wordsim353 is not judged. The chance that a way of
training that is worse by exactly the margin passes is 5 % for each number.
"""

import argparse
import gzip
import itertools
import json
import logging
import subprocess
import tempfile
from pathlib import Path

import numpy as np
from evaluation import DATA, analogies, correlation
from planted_graphs import hit_rate, sessions, share_in_block, walks
from scipy import stats

from w2vcore import KeyedVectors, Word2Vec, datasets

MARGINS = {"in block": 0.005, "hit rate": 0.01, "analogies": 0.01, "simlex999": 0.02, "wordsim353": None}
COMMON = {"sg": 1, "workers": 1, "alpha": 0.025, "min_alpha": 0.0001}
GENSIM = """
import json, sys
from gensim.models import Word2Vec
corpus, vectors, settings = sys.argv[1:]
Word2Vec(corpus_file=corpus, **json.loads(settings)).wv.save_word2vec_format(vectors, binary=True)
"""


class Graph:
    """Walks on a planted graph."""

    def __init__(self, nodes, block=40, inside=8, outside=4, walks=10, **settings):
        self.shape = {"nodes": nodes, "block": block, "inside": inside, "outside": outside}
        self.walks = walks
        self.settings = {"vector_size": 32, "window": 5, "min_count": 1, "sample": 0, "epochs": 5, **settings}

    def corpus(self, seed):
        """Write the walks; return the file, and what scores vectors."""
        path = walks(**self.shape, walks_per_node=self.walks, length=40, seed=seed)
        return written([map(str, walk) for walk in path.tolist()]), self.score

    def score(self, wv):
        """The share of the nearest in the same block."""
        return {"in block": share_in_block(wv, self.shape["block"])}


class Sessions:
    """Sessions of items, a tenth of them held out."""

    def __init__(self, groups, number, **settings):
        self.groups, self.number = groups, number
        self.settings = {"vector_size": 32, "window": 5, "min_count": 3, "sample": 0, "epochs": 10, **settings}

    def corpus(self, seed):
        """Write most of the sessions; the rest scores vectors."""
        lists = sessions(self.groups, 20, self.number, seed)
        held_out = lists[: self.number // 10]
        return written(lists[self.number // 10 :]), lambda wv: {"hit rate": hit_rate(wv, held_out)}


class Text:
    """A text, or its first lines."""

    def __init__(self, name, lines=None, **settings):
        self.name, self.lines = name, lines
        self.settings = {"vector_size": 100, "window": 5, "min_count": 5, "sample": 1e-3, "epochs": 5, **settings}

    def corpus(self, seed):
        """Unpack it, the same for each seed."""
        if self.name == "shakespeare":
            return written(line.split() for line in Path(datasets.shakespeare()).read_text().splitlines()), self.score
        with gzip.open(DATA / self.name, "rt", encoding="utf8") as file:
            return written(line.split() for line in itertools.islice(file, self.lines)), self.score

    def score(self, wv):
        """Those of the scores for which it has words."""
        model = type("Model", (), {"wv": wv})
        scores = {name: correlation(model, file) for name, file in FILES.items()}
        return scores if self.name == "shakespeare" else {"analogies": analogies(model), **scores}


FILES = {"simlex999": "simlex999.txt", "wordsim353": "wordsim353.tsv"}
TREE = {"hs": 1, "negative": 0}
CASES = {
    "graph of 240": Graph(240),
    "graph of 240, tree": Graph(240, sample=1e-3, **TREE),
    "graph of 1,000": Graph(1000),
    "graph of 1,000, tree, blocks of 100": Graph(1000, 100, walks=5, sample=1e-3, **TREE),
    "graph of 2,500, tree, blocks of 100": Graph(2500, 100, walks=5, sample=1e-3, **TREE),
    "graph of 2,700, 1 noise word, blocks of 100": Graph(2700, 100, walks=5, negative=1),
    "graph of 6,000, blocks of 100": Graph(6000, 100, walks=5),
    "graph of 6,000, 20 noise words, blocks of 100": Graph(6000, 100, walks=5, negative=20),
    "graph of 12,000, 20 noise words, blocks of 100": Graph(12_000, 100, walks=5, negative=20),
    "graph of 10,000": Graph(10_000, walks=5),
    **{
        f"graph of {nodes:,}, {name} weights": Graph(nodes, 100, walks=5, window_weights=name, window=window)
        for nodes, (name, window) in itertools.product(
            (2500, 4000, 6000), {"dynamic": 5, "linear": 5, "harmonic": 10}.items()
        )
    },
    "2,000 items": Sessions(100, 10_000),
    "10,000 items": Sessions(500, 50_000),
    "Shakespeare": Text("shakespeare", epochs=20, vector_size=50),
    "text of a million words": Text("corpus-small.txt.gz"),
    "text of a million words, 20 epochs": Text("corpus-small.txt.gz", epochs=20),
    "text of a million words, tree": Text("corpus-small.txt.gz", **TREE),
    "40,000 lines": Text("wiki-en-1.txt.gz", 40_000),
    "40,000 lines, 20 epochs": Text("wiki-en-1.txt.gz", 40_000, epochs=20),
    "40,000 lines, tree": Text("wiki-en-1.txt.gz", 40_000, **TREE),
}
FOLDER = tempfile.TemporaryDirectory()


def written(sentences):
    """Write sentences of words to a file, one a line; return its name."""
    path = Path(FOLDER.name, "corpus.txt")
    path.write_text("".join(" ".join(sentence) + "\n" for sentence in sentences), encoding="utf8")
    return str(path)


class Listener(logging.Handler):
    """Hears what "auto" takes."""

    taken = None

    def emit(self, record):
        """Keep it."""
        if "negative_sharing='auto' takes" in record.msg:
            self.taken = record.args[0]


def both_ways(corpus, settings):
    """Vectors by "pair" and by "window", and which of them "auto" takes: it is trained, and then the other one."""
    listener = Listener()
    logger = logging.getLogger("w2vcore.word2vec")
    logger.setLevel(logging.INFO)
    logger.addHandler(listener)
    auto = Word2Vec(corpus_file=corpus, **settings).wv
    logger.removeHandler(listener)
    other = {"pair": "window", "window": "pair"}[listener.taken]
    return {
        listener.taken: auto,
        other: Word2Vec(corpus_file=corpus, negative_sharing=other, **settings).wv,
    }, listener.taken


def by_gensim(python, corpus, settings):
    """Vectors by gensim."""
    there = Path(FOLDER.name, "gensim.bin")
    subprocess.run([python, "-c", GENSIM, corpus, there, json.dumps(settings)], check=True, cwd=FOLDER.name)
    return KeyedVectors.load_word2vec_format(there, binary=True)


def bound(differences):
    """Mean, its standard error, and its one-sided 95 % lower bound."""
    if len(differences) < 2 or not np.ptp(differences):
        return float(np.mean(differences)), 0.0, float(np.mean(differences))
    error = np.std(differences, ddof=1) / np.sqrt(len(differences))
    mean = float(np.mean(differences))
    return mean, error, mean - stats.t.ppf(0.95, len(differences) - 1) * error


def measure(name, case, seeds, gensim):
    """Train a case with each seed, print its lines, and return all scores."""
    scores = {engine: [] for engine in ("pair", "window", "auto", *(["gensim"] if gensim else []))}
    for seed in range(1, seeds + 1):
        corpus, score = case.corpus(seed)
        settings = {**COMMON, **case.settings, "seed": seed}
        trained, taken = both_ways(corpus, settings)
        for way in ("pair", "window"):
            scores[way].append(score(trained[way]))
        scores["auto"].append(scores[taken][-1])
        if gensim:
            scores["gensim"].append(score(by_gensim(gensim, corpus, settings)))
    for measured in scores["pair"][0]:
        table = {engine: np.array([one[measured] for one in ones]) for engine, ones in scores.items()}
        mean, error, lowest = bound(table["auto"] - table["pair"])
        margin = MARGINS[measured]
        outcome = "not judged" if margin is None else "not inferior" if lowest > -margin else "INFERIOR or undecided"
        means = ", ".join(f"{engine} {values.mean():.4f}" for engine, values in table.items() if engine != "auto")
        shared, its_error, _ = bound(table["window"] - table["pair"])
        print(
            f"{name}, {measured}: {means}; window - pair {shared:+.4f} (se {its_error:.4f}); auto takes {taken}: "
            f"{mean:+.4f} (se {error:.4f}), lower bound {lowest:+.4f}, {outcome}",
            flush=True,
        )
    return scores


def main():
    """Measure the cases that were asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cases", nargs="*", help="part of a name; default: all of them")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--gensim", metavar="PYTHON", help="an interpreter that has gensim")
    parser.add_argument("--json")
    options = parser.parse_args()
    found = {}
    for name, case in CASES.items():
        if options.cases and not any(part in name for part in options.cases):
            continue
        if options.list:
            print(name)
        else:
            found[name] = measure(name, case, options.seeds, options.gensim)
    if options.json:
        Path(options.json).write_text(json.dumps(found, indent=1), encoding="utf8")


if __name__ == "__main__":
    main()
