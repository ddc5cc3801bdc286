"""Vectors of documents against gensim's, on a text of yours, a document a line: an epoch, inference, and quality.

    python tests/benchmarks/bench_documents.py CORPUS [--gensim PYTHON] [--kind dbow] [--epochs 3] [--lines 40000]
        [--rounds 3] [--quality]

CORPUS is a plain text. PYTHON is an interpreter that has gensim (default: this one). An epoch is the difference between a
run of so many epochs and a run of one, divided by how many more they are: reading and counting fall out. CPU time, one
thread; the two take turns; each round has another seed. Inference: 2,000 texts, 20 passes; and how many times as
fast two threads are as one by the clock, with 4,000 texts, for which two cores must be free.

With --quality each round trains that many epochs once, and asks for 2,000 lines of 20 words or more where the next line,
which mostly is of the same article, stands among all lines by cosine: the share of those within the first 10 and 100, and
the median place. The standard error of a share is .007 to .011.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from itertools import islice
from pathlib import Path

RUN = """
import importlib, json, sys, time
import numpy as np
package, corpus, epochs, settings, asked = json.loads(sys.argv[1])
module = importlib.import_module(package)
lines = [line.split() for line in open(corpus, encoding="utf8")]
documents = [module.TaggedDocument(words, [number]) for number, words in enumerate(lines)]
began = time.process_time()
model = module.Doc2Vec(documents, epochs=epochs, workers=1, **settings)
result = {"train": time.process_time() - began}
if asked == "infer":
    texts = lines[:2000]
    began = time.process_time()
    if hasattr(model, "infer_vectors"):
        model.infer_vectors(texts, epochs=20, workers=1)
    else:
        for words in texts:
            model.infer_vector(words, epochs=20)
    result["texts"] = len(texts) / (time.process_time() - began)
    if hasattr(model, "infer_vectors"):
        taken = []
        for workers in (1, 2):
            began = time.perf_counter()
            model.infer_vectors(lines[:4000], epochs=20, workers=workers)
            taken.append(time.perf_counter() - began)
        result["two threads"] = taken[0] / taken[1]
if asked == "quality":
    vectors = np.array(model.dv.vectors, np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True) + 1e-12
    long = [n for n in range(len(lines) - 1) if len(lines[n]) >= 20 and len(lines[n + 1]) >= 20]
    chosen = np.random.default_rng(0).choice(long, min(2000, len(long)), replace=False)
    places = []
    for start in range(0, len(chosen), 100):
        part = chosen[start : start + 100]
        cosines = vectors[part] @ vectors.T
        cosines[np.arange(len(part)), part] = -2
        places += (cosines > cosines[np.arange(len(part)), part + 1][:, None]).sum(axis=1).tolist()
    places = np.array(places)
    result["quality"] = [float((places < 10).mean()), float((places < 100).mean()), int(np.median(places)) + 1]
print(json.dumps(result))
"""

KINDS = {
    "dbow": {"dm": 0, "alpha": 0.025},
    "dm": {"dm": 1, "alpha": 0.05},
    "dbow+w": {"dm": 0, "dbow_words": 1, "alpha": 0.025},
}


def run(python, package, corpus, epochs, settings, asked=""):
    """Results of one training, outside any checkout."""
    arguments = json.dumps([package, corpus, epochs, settings, asked])
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [python, "-c", RUN, arguments], stdout=subprocess.PIPE, text=True, env=environment, cwd=folder, check=True
        )
    return json.loads(done.stdout)


def main():
    """Run the rounds and print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus")
    parser.add_argument("--gensim", default=sys.executable)
    parser.add_argument("--kind", choices=sorted(KINDS), default="dbow")
    parser.add_argument("--dim", type=int, default=100)
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--lines", type=int, default=40_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--quality", action="store_true")
    options = parser.parse_args()
    engines = {"gensim": (options.gensim, "gensim.models.doc2vec"), "w2vcore": (sys.executable, "w2vcore.doc2vec")}
    with tempfile.TemporaryDirectory() as folder:
        corpus = Path(folder, "corpus.txt")
        with Path(options.corpus).open(encoding="utf8") as text:
            corpus.write_text("".join(islice(text, options.lines)), encoding="utf8")
        epochs, texts, scaling = [], [], []
        for seed in range(1, options.rounds + 1):
            settings = {"vector_size": options.dim, "seed": seed, **KINDS[options.kind]}
            epoch, inferred = {}, {}
            for name, (python, package) in engines.items():
                if options.quality:
                    found = run(python, package, str(corpus), options.epochs, settings, "quality")
                    print(
                        f"{options.kind} seed {seed} {name}: {found['quality']} in {found['train']:.1f} s", flush=True
                    )
                    continue
                one = run(python, package, str(corpus), 1, settings)
                more = run(python, package, str(corpus), options.epochs, settings, "infer")
                epoch[name] = (more["train"] - one["train"]) / (options.epochs - 1)
                inferred[name] = more["texts"]
                if "two threads" in more:
                    scaling.append(more["two threads"])
            if epoch:
                epochs.append(epoch["gensim"] / epoch["w2vcore"])
                texts.append(inferred["w2vcore"] / inferred["gensim"])
                shown = ", ".join(f"{name} {epoch[name]:.2f} s, {inferred[name]:.0f} texts/s" for name in epoch)
                print(f"{options.kind} seed {seed}: {shown}", flush=True)
    for what, values in (("an epoch", epochs), ("inference", texts), ("two threads", scaling)):
        if values:
            print(f"{options.kind} {what}: {statistics.median(values):.2f} ({min(values):.2f}-{max(values):.2f})x")


if __name__ == "__main__":
    main()
