"""What would more workers than there are cores here learn, and how many cache lines would they take from each other?

    python tests/benchmarks/bench_many_workers.py CORPUS [--workers 1 2 4 8 16 32 64] [--group 8] [--chunk 10000 250]
                                                  [--designs shared copies groups] [--seeds 1] [--epochs 2] [--cbow] [--hs]
                                                  [--waits 1] [--json FILE]

Trains with the kernels and the policy of w2vcore (backends/replicas.py), but all workers in one thread, in turn: each has a
job of its own, and trains so many of its words (--chunk) before the next worker does. So the result is the same each time.
With 10,000 words, a whole job, the turns are as long as they can be; between two turns of few words, as between real
workers, none is far ahead of the others. The designs:

  shared  all workers write the same rows. In turn, a worker sees all that was written before; the updates that real
          workers lose to each other within a window are not simulated
  copies  each worker but the first has copies of the hottest rows, and merges them
  groups  the workers of a group (so many neighbouring cores, --group) write the same copies, one of each group but the first

--waits multiplies the blocks between two merges, which the policy gives.

Prints the Google analogies (10,000 words), SimLex-999, WordSim-353 and the loss of the last epoch; and how many cache lines move between
cores for each word: *near* within a group of cores, *far* between groups. These are expected numbers: a row is taken to be
written at its update rate by all workers alike, in random order, and to stay in the cache of the core that wrote it last.
"""

import argparse
import itertools
import json
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "quality"))
from evaluation import analogies, correlation

from w2vcore import Word2Vec
from w2vcore.backends import registry, replicas
from w2vcore.backends.base import EpochStats
from w2vcore.backends.distributed import split
from w2vcore.backends.run_tables import plan_tables, word_rates
from w2vcore.backends.threads import ThreadsBackend, _train
from w2vcore.model.config import PAIR

CACHE_LINE = 64
MOST_FREQUENT = 10_000  # words of the analogies
DESIGNS = ["shared", "copies", "groups"]


class InTurn(ThreadsBackend):
    """Workers that take turns in the calling thread.

    Workers that write the same copies are one `WindowWorker`, since in turn each of them sees all that the others wrote.
    """

    workers, design, group, chunk, waits = 1, "shared", 8, 10_000, 1.0  # of the next model
    latest = None  # the backend of the last model

    def open(self, plan, weights):
        self.views = views(self.design, self.workers, self.group)
        super().open(replace(plan, config=replace(plan.config, workers=self.views)), weights)
        while len(self._workers) < self.views:
            self._add_worker()
        self.words, self.ticks = 0, 0.0
        self.rows = {name: matrix.shape for name, matrix in weights.matrices.items()}
        self.plan, self.copied = plan, self._copied
        for _, copies in self._workers:
            interval = copies.merge_interval
            copies.merge_interval = lambda alpha, interval=interval: max(1, round(self.waits * interval(alpha)))
        InTurn.latest = self

    def run(self, epoch, jobs, report):
        total, parts = EpochStats(), [EpochStats() for _ in range(self.workers)]
        doing = [next(jobs, None) for _ in range(self.workers)]
        whole = list(doing)
        while any(doing):
            for number, job in enumerate(doing):
                if job is None:
                    continue
                now, rest = split(job, self.chunk) if job.stop - job.start > self.chunk else (job, None)
                parts[number] += self._turn(number, epoch, now)
                if rest is None:
                    report(whole[number], parts[number])
                    total += parts[number]
                    parts[number], rest = EpochStats(), next(jobs, None)
                    whole[number] = rest
                doing[number] = rest
        for _, copies in self._workers:
            copies.attach()
        return total

    def _turn(self, number, epoch, job):
        view = number % self.views
        worker, copies = self._workers[view]
        self.words += job.stop - job.start
        if view:
            self.ticks += (job.stop - job.start) / copies.merge_interval(job.alpha)
        return _train(worker, copies, epoch, job)

    def lines(self):
        """Cache lines that move from core to core for each word that is trained: (near, far)."""
        words, near, far = word_rates(self.plan), 0.0, 0.0
        blocks = float(words.centres.sum()) * (words.examples if self.plan.config.negative_sharing == PAIR else 1.0)
        sharers = np.array([len(range(view, self.workers, self.views)) for view in range(self.views)]) / self.workers
        for name, table in plan_tables(self.plan).items():
            rates, lines = np.sort(table.update_rates(words))[::-1], 4 * self.rows[name][1] / CACHE_LINE
            hot, merges = 0, np.zeros(0)
            if name in self.copied.matrices:
                stops = self.copied.matrices[name].stops
                hot = int(stops[-1])
                levels = np.searchsorted(stops, np.arange(hot), side="right")
                merges = self.ticks / self.words * blocks / 2.0**levels
            everyone = np.full(self.workers, 1 / self.workers)
            moved = self._moves(rates[hot:, None] * everyone)
            if hot:
                of_first = [worker for worker in range(self.workers) if worker % self.views == 0]
                shared = np.zeros((hot, self.workers))
                shared[:, of_first] = rates[:hot, None] / self.workers
                others = [worker for worker in range(self.workers) if worker % self.views]
                shared[:, others] = merges[:, None] / len(others)
                moved += self._moves(shared)
                of_copies = rates[:hot].sum() * (1 - sharers[0])  # written within the groups that have copies
                moved += np.array([of_copies * (1 - self.views / self.workers), 0.0])
            near, far = near + lines * moved[0], far + lines * moved[1]
        return near, far

    def _moves(self, writes):
        """How often rows change the core, and the group of cores, if workers write them so often in random order."""
        total = np.maximum(writes.sum(axis=1), 1e-30)
        groups = -(-self.workers // self.group)
        place = np.arange(self.workers) % groups
        together = np.stack([writes[:, place == group].sum(axis=1) for group in range(groups)], axis=1)
        apart = total - (together**2).sum(axis=1) / total
        moves = total - (writes**2).sum(axis=1) / total
        return np.maximum([(moves - apart).sum(), apart.sum()], 0.0)  # rounding may leave less than nothing


def views(design, workers, group):
    """How many different views of the matrices so many workers have."""
    return {"shared": 1, "copies": workers, "groups": -(-workers // group)}[design]


def trained(options, design, workers, chunk, seed):
    """Train one model and return what it is worth."""
    InTurn.design, InTurn.workers, InTurn.chunk = design, workers, chunk
    InTurn.group, InTurn.waits = options.group, options.waits
    model = Word2Vec(
        corpus_file=options.corpus, vector_size=options.dim, epochs=options.epochs, seed=seed, sg=int(not options.cbow),
        hs=int(options.hs), negative=0 if options.hs else 5, alpha=0.05 if options.cbow else 0.025, min_alpha=2.5e-6,
        min_count=options.min_count, compute_loss=True, workers=1, backend="in_turn",
    )  # fmt: skip
    near, far = InTurn.latest.lines()
    model.backend = None
    return {
        "design": design, "workers": workers, "chunk": chunk, "seed": seed, "waits": options.waits,
        "analogies": analogies(model, MOST_FREQUENT),
        "simlex999": correlation(model, "simlex999.txt"),
        "wordsim353": correlation(model, "wordsim353.tsv"),
        "loss": model.training_history[-1]["loss"],
        "copied": {name: hot.number for name, hot in InTurn.latest.copied.matrices.items()},
        "near": near, "far": far,
    }  # fmt: skip


def main():
    """Train all models and print a row for each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus")
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2, 4, 8, 16, 32, 64])
    parser.add_argument("--designs", nargs="+", choices=DESIGNS, default=DESIGNS)
    parser.add_argument("--group", type=int, default=8)
    parser.add_argument("--chunk", type=int, nargs="+", default=[10_000, 250])
    parser.add_argument("--seeds", type=int, nargs="+", default=[1])
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--dim", type=int, default=100)
    parser.add_argument("--min-count", type=int, default=5)
    parser.add_argument("--waits", type=float, default=1.0)
    parser.add_argument("--cbow", action="store_true")
    parser.add_argument("--hs", action="store_true")
    parser.add_argument("--json")
    options = parser.parse_args()
    registry.BACKENDS["in_turn"] = f"{__name__}:InTurn"
    replicas.MOST_WORKERS = max(options.workers)
    print("| design | workers | words a turn | seed | analogies | simlex999 | wordsim353 | loss | lines near | far |")
    print("|---|---|---|---|---|---|---|---|---|---|", flush=True)
    runs = []
    for seed, workers, design, chunk in itertools.product(
        options.seeds, options.workers, options.designs, options.chunk
    ):
        if design != "shared" and views(design, workers, options.group) == 1:
            continue  # the same as shared
        began = time.process_time()
        run = trained(options, design, workers, chunk, seed)
        runs.append({**run, "cpu_seconds": time.process_time() - began})
        print(
            f"| {design} | {workers} | {chunk:,} | {seed} | {run['analogies']:.3f} | {run['simlex999']:.3f} | "
            f"{run['wordsim353']:.3f} | {run['loss']:.3f} | {run['near']:.1f} | {run['far']:.1f} |",
            flush=True,
        )
    if options.json:
        Path(options.json).write_text(json.dumps(runs, indent=1), encoding="utf8")


if __name__ == "__main__":
    main()
