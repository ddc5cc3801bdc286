"""What vectors of functions are worth, made as docs/code.md makes them: do bodies find a function of the same name elsewhere?

    python tests/quality/code.py [--seeds 3]

Asked are 1,500 functions of the standard library whose name stands in 2 to 20 of them and in more than one module: is the
nearest function of another module of that name, and one of the nearest ten? Names of functions are in no body. Standard
errors of a share are .010 to .012, of differences less, as all kinds are asked the same. CPU seconds of the training.
"""

import argparse
import statistics
import sys
import time
from collections import Counter
from pathlib import Path

import numpy as np
import scipy.sparse as sp

from w2vcore import Doc2Vec, FastText, Word2Vec
from w2vcore.doc2vec import TaggedDocument

sys.path.insert(0, str(Path(__file__).parents[1] / "docs"))
from docpages import ROOT, blocks

SETTINGS = {"vector_size": 64, "min_count": 1, "workers": 1}
SKIP_GRAM = {**SETTINGS, "sg": 1, "window": 10, "epochs": 10}


def bodies():
    """The functions of the page: name -> tokens."""
    namespace = {}
    for _, _, code in blocks(ROOT / "docs" / "code.md")[:2]:
        exec(code, namespace)
    return namespace["sentences"]


def by_tf_idf(texts):
    """Sparse rows of length 1."""
    known = {word: row for row, word in enumerate(dict.fromkeys(word for text in texts for word in text))}
    found = Counter(word for text in texts for word in set(text))
    rows, columns, values = [], [], []
    for row, text in enumerate(texts):
        for word, count in Counter(text).items():
            rows.append(row)
            columns.append(known[word])
            values.append((1 + np.log(count)) * np.log(len(texts) / found[word]))
    matrix = sp.csr_array((values, (rows, columns)), shape=(len(texts), len(known)))
    lengths = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
    return sp.csr_array(sp.diags_array(1 / np.maximum(lengths, 1e-9)) @ matrix)


def hits(vectors, names, asked):
    """Shares of the asked functions: nearest and one of ten nearest of the same name, in other modules."""
    modules, own = (np.array([name.split(".")[part] for name in names]) for part in (0, -1))
    if not sp.issparse(vectors):
        vectors = vectors / (np.linalg.norm(vectors, axis=1, keepdims=True) + 1e-9)
    first = ten = 0
    for row in asked:
        cosines = vectors @ vectors[row] if not sp.issparse(vectors) else (vectors @ vectors[[row]].T).toarray().ravel()
        cosines[modules == modules[row]] = -2
        best = np.argpartition(-cosines, 10)[:10]
        same = own[best[np.argsort(-cosines[best])]] == own[row]
        first, ten = first + same[0], ten + same.any()
    return first / len(asked), ten / len(asked)


def asked_of(names):
    """Rows of the functions that are asked."""
    rows = {}
    for row, name in enumerate(names):
        rows.setdefault(name.split(".")[-1], []).append(row)
    wanted = [
        row
        for own, these in rows.items()
        if not own.startswith("__") and 2 <= len(these) <= 20 and len({names[row].split(".")[0] for row in these}) > 1
        for row in these
    ]
    return np.random.default_rng(0).choice(wanted, min(1500, len(wanted)), replace=False)


def main():
    """Print a row for each kind of vectors."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=3)
    options = parser.parse_args()
    functions = bodies()
    names, whole = list(functions), list(functions.values())
    identifiers = [[token for at, token in enumerate(tokens) if at % 2 == 0] for tokens in whole]
    paths = [[token for at, token in enumerate(tokens) if at % 2] for tokens in whole]
    asked = asked_of(names)

    def sentences(kind, texts, **settings):
        return lambda seed: kind(texts, seed=seed, **SKIP_GRAM, **settings).wv.sentence_vectors(texts)

    def documents(texts):
        tagged = [TaggedDocument(text, [row]) for row, text in enumerate(texts)]
        return lambda seed: Doc2Vec(tagged, seed=seed, dm=0, epochs=20, **SETTINGS).dv.vectors

    kinds = {
        "TF-IDF of identifiers": lambda seed: by_tf_idf(identifiers),
        "TF-IDF of identifiers and paths": lambda seed: by_tf_idf(whole),
        "Word2Vec, identifiers": sentences(Word2Vec, identifiers),
        "Word2Vec, paths": sentences(Word2Vec, paths),
        "Word2Vec, identifiers and paths": sentences(Word2Vec, whole),
        "FastText, identifiers": sentences(FastText, identifiers, bucket=200_000),
        "FastText, identifiers and paths": sentences(FastText, whole, bucket=200_000),
        "Doc2Vec (DBOW), identifiers and paths": documents(whole),
    }
    print(f"{len(names):,} functions, {len(asked):,} asked")
    for kind, vectors_of in kinds.items():
        found, seconds = [], []
        for seed in range(1, 2 if "TF" in kind else options.seeds + 1):
            began = time.process_time()
            vectors = vectors_of(seed)
            seconds.append(time.process_time() - began)
            found.append(hits(vectors, names, asked))
        first, ten = (statistics.mean(each) for each in zip(*found, strict=True))
        spread = max(ten for _, ten in found) - min(ten for _, ten in found)
        print(f"{kind:40} {first:.3f} {ten:.3f} (range {spread:.3f}) {statistics.mean(seconds):6.1f} s", flush=True)


if __name__ == "__main__":
    main()
