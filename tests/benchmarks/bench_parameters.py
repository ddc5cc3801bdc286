"""What each setting does to the vectors, and what it costs; prints the tables of docs/choosing-parameters.md.

    python tests/benchmarks/bench_parameters.py CORPUS [--lines 40000] [--seeds 3] [--only TABLE ...] [--log FILE]

CORPUS is a plain text, one sentence a line, or one packed by gzip. W2VCORE_DATA names the folder with questions-words.txt,
wordsim353.tsv and simlex999.txt. Scores are means over the seeds, with their standard errors: the share of Google
analogies answered right among the 30,000 commonest words (all, semantic, syntactic), and Spearman's correlation with
judged pairs. Seconds are CPU time of the constructor, which counts and trains, with one worker. FILE keeps each training
as a line of JSON; what is in it is not trained again, so a run may be broken off and taken up.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # its threads spin for a while after each product

import argparse
import statistics
import tempfile

from parameter_runs import RIVALS, Corpus, Log, Run, measure
from parameter_tables import READINGS, TABLES

SCORES = ("analogies", "semantic", "syntactic", "wordsim353", "simlex999")


def main():
    """Train what the log lacks, and print a table for each size of the text."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus")
    parser.add_argument("--lines", type=int, nargs="*", help="take the first so many lines (default: all)")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--only", nargs="*", choices=sorted(TABLES), default=list(TABLES))
    parser.add_argument("--log")
    parser.add_argument("--gensim", help="a Python that has gensim 4, for the rows that compare with it")
    parser.add_argument("--fasttext", help="a Python that has fastText, for the rows that compare with it")
    parser.add_argument("--print", action="store_true", help="train nothing, print what the log has")
    options = parser.parse_args()
    log = Log(options.log)
    pythons = {name: given for name in RIVALS if (given := getattr(options, name))}
    with tempfile.TemporaryDirectory() as folder:
        for lines in options.lines or [None]:
            corpus = Corpus(options.corpus, lines, folder)
            tables = {name: TABLES[name] for name in options.only}
            if not options.print:
                train(corpus, tables, options.seeds, log, pythons)
            for name, table in tables.items():
                print(f"\n## {name}: {corpus.words:,} words\n")
                print_table(corpus, table, options.seeds, log)


def train(corpus, tables, seeds, log, pythons):
    """Train all rows with the first seed, then with the next, so that what is there is always of use."""
    rows = [(table, row) for table in tables.values() for row in table.rows.values()]
    for seed in range(1, seeds + 1):
        runs = [(run_of(table, row, seed), row.vectors) for table, row in rows]
        for run, vectors in runs:
            if (run.engine in RIVALS and run.engine not in pythons) or log.find(corpus, run, vectors):
                continue
            names = {name for other, name in runs if other == run}
            log.append(measure(corpus, run, {name: READINGS[name] for name in sorted(names)}, pythons))


def run_of(table, row, seed):
    """Return the training of a row."""
    return Run({**table.base, **row.settings}, seed, row.engine, row.shuffled)


def print_table(corpus, table, seeds, log):
    """Print the rows that have been trained, with means and standard errors."""
    print(f"| | seeds | {' | '.join(SCORES)} | CPU seconds |\n|---|---|{'---|' * len(SCORES)}---|")
    for label, row in table.rows.items():
        found = [log.find(corpus, run_of(table, row, seed), row.vectors) for seed in range(1, seeds + 1)]
        found = [record for record in found if record]
        if found:
            cells = [mean_and_error([record["scores"][row.vectors][name] for record in found]) for name in SCORES]
            seconds = statistics.mean(record["seconds"] for record in found)
            print(f"| {label} | {len(found)} | {' | '.join(cells)} | {seconds:.1f} |", flush=True)


def mean_and_error(values):
    """Write a mean and, of several values, its standard error."""
    mean = f"{statistics.mean(values):.3f}"
    if len(values) < 2:
        return mean
    return f"{mean} ±{statistics.stdev(values) / len(values) ** 0.5:.3f}"


if __name__ == "__main__":
    main()
