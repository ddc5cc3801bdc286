"""Phrases of w2vcore against Phrases of gensim, on a text of yours; prints CPU times, memory, and whether they agree.

    python tests/benchmarks/bench_phrases.py CORPUS [--gensim PYTHON] [--rounds 3] [--connectors]

CORPUS is a plain text, one sentence a line, read by each library's LineSentence. PYTHON is an interpreter that has gensim
(default: this one). The two take turns. `count` is the constructor, `export` export_phrases(), `apply` phrases[corpus] and
`frozen` phrases.freeze()[corpus], both with the reading of the file; `memory` is the growth of the peak in `count`.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

RUN = """
import hashlib, importlib, json, resource, sys, time
package, corpus, connectors = json.loads(sys.argv[1])
phrases = importlib.import_module(package + ".phrases")
lines = importlib.import_module(package + ".word2vec").LineSentence(corpus)
peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
clock, report, at_first = time.process_time, {}, peak()

def timed(name, work):
    began = clock()
    value = work()
    report[name] = clock() - began
    return value

model = timed("count", lambda: phrases.Phrases(
    lines, connector_words=phrases.ENGLISH_CONNECTOR_WORDS if connectors else frozenset()))
report["memory"] = peak() - at_first
found = timed("export", model.export_phrases)
frozen = model.freeze()
timed("apply", lambda: sum(map(len, model[lines])))
timed("frozen", lambda: sum(map(len, frozen[lines])))
report["phrases"] = len(found)
report["vocab"] = len(model.vocab)
digest = hashlib.sha256(repr(list(found.items())).encode())
for sentence in frozen[lines]:
    digest.update(repr(sentence).encode())
report["digest"] = digest.hexdigest()
print(json.dumps(report))
"""


def measure(python, package, corpus, connectors):
    """What one process reports, outside any checkout."""
    arguments = json.dumps([package, corpus, connectors])
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [python, "-c", RUN, arguments], stdout=subprocess.PIPE, text=True, env=environment, cwd=folder, check=True
        )
    return json.loads(done.stdout)


def main():
    """Run the rounds and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus")
    parser.add_argument("--gensim", default=sys.executable)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--connectors", action="store_true")
    options = parser.parse_args()
    corpus = str(Path(options.corpus).resolve())
    engines = {"gensim": (options.gensim, "gensim.models"), "w2vcore": (sys.executable, "w2vcore")}
    reports = {name: [] for name in engines}
    for _ in range(options.rounds):
        for name, (python, package) in engines.items():
            reports[name].append(measure(python, package, corpus, options.connectors))
    first = reports["gensim"][0]
    agree = all(report["digest"] == first["digest"] for rounds in reports.values() for report in rounds)
    print(f"{first['phrases']:,} phrases among {first['vocab']:,} words and pairs; the same for both: {agree}")
    print(f"{'':8}{'gensim':>12}{'w2vcore':>12}   ratio of each round")
    for key in ("count", "export", "apply", "frozen", "memory"):
        theirs, ours = ([report[key] for report in reports[name]] for name in engines)
        ratios = " ".join(f"{a / b:.1f}" for a, b in zip(theirs, ours, strict=True))
        unit = "MB" if key == "memory" else "s"
        print(f"{key:8}{statistics.median(theirs):>10.2f} {unit:2}{statistics.median(ours):>9.2f} {unit:2}  {ratios}")


if __name__ == "__main__":
    main()
