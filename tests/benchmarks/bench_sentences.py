"""Vectors of sentences, held against each other: is the next line of a text among the nearest?

    python tests/benchmarks/bench_sentences.py CORPUS [--lines 40000] [--seeds 3] [--vectors NAME=FILE.npy ...]

CORPUS is a plain text (or .gz), a sentence or a paragraph a line, in which lines that follow each other are about the same
thing. For 2,000 lines of 20 words or more: is the next line among the 10, among the 100 nearest of all lines by cosine, and
which rank has it (median)? Beside each, the CPU seconds of one thread that its vectors take, those of the word vectors
with them. TF-IDF with a singular value decomposition needs scipy. FILE.npy are vectors of the same lines from elsewhere.

Over seeds, which draw the training and the lines that are asked about, the mean is printed, and after it the largest deviation.
"""

import argparse
import os
import sys
import time

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import gzip
from itertools import islice
from pathlib import Path

import numpy as np

from w2vcore import Doc2Vec, Word2Vec
from w2vcore.doc2vec import TaggedDocument

ASKED, WORDS = 2000, 20
AT_ONCE = 250


def read(path, lines):
    """The words of the first lines."""
    with (gzip.open if path.endswith(".gz") else open)(path, "rt", encoding="utf8") as file:
        return [line.split() for line in islice(file, lines)]


def asked(text, seed):
    """Lines long enough to say what they are about, and not the last one."""
    long = [number for number, words in enumerate(text[:-1]) if len(words) >= WORDS]
    return np.sort(np.random.default_rng(seed).choice(long, min(ASKED, len(long)), replace=False))


def scores(vectors, lines):
    """Shares of lines whose next line is among the 10 and the 100 nearest, and its median rank."""
    unit = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-30)
    ranks = []
    for start in range(0, len(lines), AT_ONCE):
        some = lines[start : start + AT_ONCE]
        cosines = unit[some] @ unit.T
        cosines[np.arange(len(some)), some] = -2
        ranks.extend(1 + (cosines > cosines[np.arange(len(some)), some + 1][:, np.newaxis]).sum(axis=1))
    return np.mean(np.array(ranks) <= 10), np.mean(np.array(ranks) <= 100), np.median(ranks)


def tfidf(text, dim):
    """TF-IDF with sublinear counts, and its first singular vectors."""
    from scipy.sparse import coo_matrix, diags
    from scipy.sparse.linalg import svds

    rows = {}
    pairs = np.array([(line, rows.setdefault(word, len(rows))) for line, words in enumerate(text) for word in words])
    counts = coo_matrix((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(len(text), len(rows))).tocsr()
    containing = np.asarray((counts > 0).sum(axis=0)).ravel()
    counts = counts[:, containing >= 5]
    counts.data = 1 + np.log(counts.data)
    idf = np.log(len(text) / containing[containing >= 5])
    weighted = counts @ diags(idf)
    length = np.sqrt(np.asarray(weighted.power(2).sum(axis=1)).ravel())
    weighted = diags(1 / np.maximum(length, 1e-30)) @ weighted
    left, values, _ = svds(weighted, k=dim, random_state=1)
    return left * values


def ways(text, dim, seed):
    """Yield (name, CPU seconds, vectors)."""
    settings = {"vector_size": dim, "epochs": 5, "workers": 1, "seed": seed, "min_count": 5}
    for name, sg in (("skip-gram", 1), ("CBOW", 0)):
        began = time.process_time()
        wv = Word2Vec(text, sg=sg, **settings).wv
        trained = time.process_time() - began
        for weighting, remove in (("mean", 0), ("mean", 1), ("sif", 0), ("sif", 1), ("idf", 1)):
            began = time.process_time()
            vectors = wv.sentence_vectors(text, weighting, remove, workers=1)
            yield f"{name}, {weighting}, {remove} removed", trained + time.process_time() - began, vectors
        began = time.process_time()
        vectors = wv.sentence_vectors(text, a=1e-4, workers=1)
        yield f"{name}, sif a=1e-4, 1 removed", trained + time.process_time() - began, vectors
    documents = [TaggedDocument(words, [number]) for number, words in enumerate(text)]
    for name, dm in (("DBOW", 0), ("DM", 1)):
        began = time.process_time()
        vectors = Doc2Vec(documents, dm=dm, **{**settings, "epochs": 20}).dv.vectors
        yield f"Doc2Vec, {name}, 20 epochs", time.process_time() - began, vectors
    began = time.process_time()
    vectors = tfidf(text, dim)
    yield f"TF-IDF, SVD {dim}", time.process_time() - began, vectors


def main():
    """Run all seeds and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus")
    parser.add_argument("--lines", type=int, default=40_000)
    parser.add_argument("--dim", type=int, default=100)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--vectors", action="append", default=[], metavar="NAME=FILE")
    options = parser.parse_args()
    text = read(options.corpus, options.lines)
    print(f"{len(text):,} lines, {sum(map(len, text)):,} words, {options.dim} numbers, {options.seeds} seeds")
    found = {}
    for seed in range(1, options.seeds + 1):
        lines = asked(text, seed)
        for name, seconds, vectors in ways(text, options.dim, seed):
            found.setdefault(name, []).append((*scores(vectors, lines), seconds))
        for each in options.vectors:
            name, _, path = each.partition("=")
            found.setdefault(name, []).append((*scores(np.load(Path(path)), lines), np.nan))
        print(f"seed {seed} done", file=sys.stderr)
    print(f"{'':34}{'hit 10':>14}{'hit 100':>14}{'rank':>14}{'CPU s':>8}")
    for name, values in found.items():
        middle = np.mean(values, axis=0)
        spread = np.abs(np.array(values) - middle).max(axis=0)
        first, hundred, rank = (
            f"{value:{width}} ±{most:{width}}"
            for value, most, width in zip(middle[:3], spread[:3], (".3f", ".3f", ".0f"), strict=True)
        )
        print(f"{name:34}{first:>14}{hundred:>14}{rank:>14}{middle[3]:8.1f}")


if __name__ == "__main__":
    main()
