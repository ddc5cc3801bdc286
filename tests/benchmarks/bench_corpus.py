"""How fast text becomes a vocabulary and ids, against gensim: CPU time on one thread, as ratios, rounds interleaved.

    python tests/benchmarks/bench_corpus.py CORPUS [--gensim PYTHON] [--rounds 7]

Three jobs, each in a process of its own that reports the CPU time of the job alone:

    file     count and encode a plain file (w2vcore does both in one reading), against build_vocab(corpus_file=...)
    vocab    build_vocab(corpus_file=...) against the same
    list     build_vocab of a list of lists of str, against the same

CORPUS has a sentence a line. --gensim names a Python that has gensim, by default the one that runs this. Both read the file from
the page cache; `list` and `vocab` end with the vocabulary, without matrices.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

COMMON = """
import json, os, sys, time
path = sys.argv[1]
def timed(job):
    began = time.process_time()
    job()
    return time.process_time() - began
def lists():
    with open(path, encoding="utf8") as file:
        return [line.split() for line in file]
"""
OURS = {
    "file": """
from w2vcore.corpus.readers import CorpusFile
from w2vcore.corpus.spooling import count_and_encode
from w2vcore.corpus.token_cache import TokenCache
def job():
    with TokenCache() as cache:
        count_and_encode(CorpusFile(path), cache, workers=1)
print(timed(job))
""",
    "vocab": """
from w2vcore import Word2Vec
def job():
    model = Word2Vec(workers=1)
    model.scan_vocab(corpus_file=path)
    model.prepare_vocab()
print(timed(job))
""",
    "list": """
from w2vcore import Word2Vec
corpus = lists()
def job():
    model = Word2Vec(workers=1)
    model.scan_vocab(corpus)
    model.prepare_vocab()
print(timed(job))
""",
}
THEIRS = {
    "file": """
from gensim.models import Word2Vec
def job():
    model = Word2Vec(workers=1)
    model.scan_vocab(corpus_file=path)
    model.prepare_vocab()
print(timed(job))
""",
    "list": """
from gensim.models import Word2Vec
corpus = lists()
def job():
    model = Word2Vec(workers=1)
    model.scan_vocab(corpus)
    model.prepare_vocab()
print(timed(job))
""",
}
THEIRS["vocab"] = THEIRS["file"]


def seconds(python, code, corpus):
    """CPU seconds of one job, run outside any checkout (PYTHONPATH stays)."""
    env = dict(os.environ, OPENBLAS_NUM_THREADS="1")  # its threads spin for a moment after the import of numpy
    with tempfile.TemporaryDirectory() as folder:
        command = [python, "-c", COMMON + code, str(corpus)]
        return float(subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=True).stdout)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus")
    parser.add_argument("--gensim", default=sys.executable, help="a Python that has gensim")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--json", action="store_true", help="print one JSON object in place of the table")
    o = parser.parse_args()
    corpus = Path(o.corpus).resolve()
    size = corpus.stat().st_size / 1e6
    report = {}
    for job, ours in OURS.items():
        pairs = []
        for _ in range(o.rounds):
            pairs.append((seconds(sys.executable, ours, corpus), seconds(o.gensim, THEIRS[job], corpus)))
        ratios = [theirs / mine for mine, theirs in pairs]
        report[job] = {
            "mb_per_second": size / statistics.median(mine for mine, _ in pairs),
            "gensim_mb_per_second": size / statistics.median(theirs for _, theirs in pairs),
            "ratio": statistics.median(ratios),
            "range": [min(ratios), max(ratios)],
        }
        if not o.json:
            line = report[job]
            print(
                f"{job:6} w2vcore {line['mb_per_second']:6.0f} MB/s  gensim {line['gensim_mb_per_second']:5.1f} MB/s  "
                f"ratio {line['ratio']:.1f} ({line['range'][0]:.1f}-{line['range'][1]:.1f})"
            )
    if o.json:
        print(json.dumps(report))


if __name__ == "__main__":
    main()
