"""What old words lose when new ones come: before `build_vocab(update=True)`, after it, and after training on the new text.

    W2VCORE_DATA=data python tests/benchmarks/bench_update.py CORPUS [--gensim PYTHON] [--seeds 3] [--epochs 5] [--dim 100]

CORPUS is a plain text, one sentence a line; its last fifth is the new text. PYTHON is an interpreter that has gensim
(default: this one). W2VCORE_DATA names the folder with wordsim353.tsv. The loss is that of every 40th line of the old
text, in nats for each pair (skip-gram) or word (CBOW), as `score` gives it: of gensim's models too, with gensim's tree. The
correlation is that of the old words alone. Means over the seeds, and standard deviations.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "quality"))
from evaluation import correlation

from w2vcore import Word2Vec

KINDS = {
    "sghs": {"sg": 1, "hs": 1, "negative": 0},
    "cbowhs": {"sg": 0, "hs": 1, "negative": 0},
    "sgns": {"sg": 1, "negative": 5},
}
MOMENTS = ("before", "update", "training")
RUN = """
import importlib, json, sys
package, old, new, settings, folder = json.loads(sys.argv[1])
texts = []
for path in (old, new):
    with open(path, encoding="utf8") as file:
        texts.append([line.split() for line in file])
model = importlib.import_module(package).Word2Vec(texts[0], workers=1, **settings)
model.save(f"{folder}/before")
model.build_vocab(texts[1], update=True)
model.save(f"{folder}/update")
model.train(texts[1], total_examples=len(texts[1]), epochs=model.epochs)
model.save(f"{folder}/training")
"""


class OldWords:
    """A model's vectors of some words only, for the judges."""

    def __init__(self, model, words):
        self.wv = model.wv.vectors_for_all(words)


def judged(model, words, text):
    """The loss on the text (None without a tree), and the correlation of the old words with human judgement."""
    loss = None
    if model.hs:
        known = [[word for word in sentence if word in words] for sentence in text]
        reach = model.window if model.sg else 0
        pairs = sum(
            min(len(sentence) - 1, at + reach) - max(0, at - reach) if model.sg else 1
            for sentence in known
            for at in range(len(sentence))
        )
        loss = -float(model.score(known).sum(dtype=np.float64)) / pairs
    try:
        return loss, correlation(OldWords(model, words), "wordsim353.tsv")
    except ValueError:  # a small text has none of these words
        return loss, None


def run(python, package, texts, settings):
    """Train in a process of its own, and judge at each moment."""
    with tempfile.TemporaryDirectory() as folder:
        arguments = json.dumps([package, *map(str, texts), settings, folder])
        subprocess.run([python, "-c", RUN, arguments], check=True, cwd=folder)
        load = Word2Vec.from_gensim if package == "gensim.models" else Word2Vec.load
        models = {moment: load(f"{folder}/{moment}") for moment in MOMENTS}
    words = dict.fromkeys(models["before"].wv.index_to_key)
    with texts[0].open(encoding="utf8") as file:
        text = [line.split() for number, line in enumerate(file) if number % 40 == 0]
    return {moment: judged(model, words, text) for moment, model in models.items()}


def spread(values):
    """Mean and standard deviation as text."""
    if None in values:
        return "-"
    return f"{statistics.mean(values):.3f} ± {statistics.stdev(values) if len(values) > 1 else 0:.3f}"


def main():
    """Print a line for each kind of model, library and moment."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus")
    parser.add_argument("--gensim", default=sys.executable)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--dim", type=int, default=100)
    parser.add_argument("--only", nargs="*", choices=sorted(KINDS), default=list(KINDS))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        lines = Path(options.corpus).read_text(encoding="utf8").splitlines(keepends=True)
        texts = [Path(folder) / name for name in ("old", "new")]
        cut = len(lines) * 4 // 5
        texts[0].write_text("".join(lines[:cut]), encoding="utf8")
        texts[1].write_text("".join(lines[cut:]), encoding="utf8")
        for kind in options.only:
            for name, python, package in (
                ("w2vcore", sys.executable, "w2vcore"),
                ("gensim", options.gensim, "gensim.models"),
            ):
                settings = {"vector_size": options.dim, "epochs": options.epochs, **KINDS[kind]}
                found = [run(python, package, texts, {**settings, "seed": seed + 1}) for seed in range(options.seeds)]
                for moment in MOMENTS:
                    losses, correlations = zip(*(each[moment] for each in found), strict=True)
                    print(
                        f"{kind} {name} {moment}: loss {spread(losses)}, wordsim353 {spread(correlations)}", flush=True
                    )


if __name__ == "__main__":
    main()
