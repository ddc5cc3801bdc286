"""Peak memory of counting and encoding a file with very many different words, and of the same followed by training and saving.

    python tests/benchmarks/bench_memory.py [--words 1000000] [--tokens 3000000] [--dim 0] [--workers 1] [--gensim PYTHON]

The file is made up: every word occurs at least once, the rest follows a power law, a sentence has 20 words. Each measurement is
the peak resident memory of a process of its own, less what that process had after its imports. The budget is 120 bytes a
key, 4 bytes a token and 20 MB, and with --dim the matrices. Needs Linux (VmHWM of /proc/self/status).
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

SCAN = """
model = Word2Vec(vector_size=1, min_count=1, workers={workers})
{ours}
"""
COUNT_AND_ENCODE = """
from w2vcore.backends.registry import crew_of
from w2vcore.corpus.sources import as_corpus
from w2vcore.corpus.token_cache import TokenCache
from w2vcore.word2vec.vocabulary import scan_and_build
model.prepare_weights = lambda update=False: None  # the vocabulary only
with TokenCache() as cache:
    batch, _ = scan_and_build(model, as_corpus(corpus_file=path, passes=1), cache, False, None, crew_of("threads"))
    assert len(batch)
"""
BUILD = """
model.scan_vocab(corpus_file=path)
model.prepare_vocab()
"""
TRAIN = """
model = Word2Vec(corpus_file=path, vector_size={dim}, min_count=1, workers={workers}, epochs=1, sg=1)
model.save({target!r})
"""
RUN = """
import re, sys
{imports}
path = sys.argv[1]
def peak(field):
    with open("/proc/self/status") as file:
        return int(re.search(field + r":\\s*(\\d+) kB", file.read())[1]) * 1024
before = peak("VmRSS")
{body}
print(peak("VmHWM") - before)
"""


def make_corpus(path, words, tokens):
    """Write the file: all words once in random order, mixed with draws by a power law."""
    rng = np.random.default_rng(1)
    ids = np.concatenate([np.arange(words), (words * rng.power(0.2, max(0, tokens - words))).astype(np.int64)])
    rng.shuffle(ids)
    with Path(path).open("w") as file:
        for start in range(0, len(ids), 20):
            words_of_line = (f"w{number * 2654435761 % 2**32:x}" for number in ids[start : start + 20].tolist())
            file.write(" ".join(words_of_line) + "\n")
    return len(ids)


def added_bytes(python, package, body, corpus):
    code = RUN.format(imports=f"from {package} import Word2Vec", body=body)
    with tempfile.TemporaryDirectory() as folder:
        run = subprocess.run([python, "-c", code, corpus], cwd=folder, stdout=subprocess.PIPE, text=True, check=True)
    return int(run.stdout.split()[-1])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--words", type=int, default=1_000_000)
    parser.add_argument("--tokens", type=int, default=3_000_000)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--dim", type=int, default=0, help="also train that many dimensions for an epoch, and save")
    parser.add_argument("--gensim", help="a Python that has gensim")
    o = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        corpus, target = str(Path(folder, "corpus.txt")), str(Path(folder, "model"))
        budget = 120 * o.words + 4 * make_corpus(corpus, o.words, o.tokens) + 20e6
        build = SCAN.format(workers=o.workers, ours=BUILD)
        jobs = [
            ("count, encode, vocabulary", "w2vcore", SCAN.format(workers=o.workers, ours=COUNT_AND_ENCODE), budget),
            ("vocabulary", "w2vcore", build, budget),
            ("vocabulary", "gensim", build, budget),
        ]
        if o.dim:
            train = TRAIN.format(dim=o.dim, workers=o.workers, target=target)
            matrices = 2 * 4 * o.words * ((o.dim + 15) // 16 * 16)
            jobs += [
                (f"train and save, D={o.dim}", package, train, budget + matrices) for package in ("w2vcore", "gensim")
            ]
        for name, package, code, allowed in jobs:
            if package == "w2vcore":
                used = added_bytes(sys.executable, "w2vcore", code, corpus)
            elif o.gensim:
                used = added_bytes(o.gensim, "gensim.models", code, corpus)
            else:
                continue
            share = f"budget {allowed / 1e6:.1f} MB: {used / allowed:.2f} of it"
            print(f"{package:7}  {o.workers} workers  {name:26} {used / 1e6:7.1f} MB, {share}")


if __name__ == "__main__":
    main()
