"""The parts of prove.py, each run in a process of its own."""

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from itertools import pairwise
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from sizes import DEVICE, REHEARSAL

HERE = Path(__file__).resolve().parent
TESTS = HERE.parent


class Part:
    """What a part is told, and where it puts what it finds, as soon as it has it."""

    def __init__(self, options):
        self.name, self.out, self.deadline = options.part, options.work, options.deadline
        self.sizes = REHEARSAL if options.rehearsal else DEVICE
        self.data = options.data if Path(options.data).is_dir() else None
        self.found = {}

    def left(self):
        """Seconds until this part must be done."""
        return self.deadline - time.time()

    def keep(self, **values):
        """Add to the results."""
        self.found.update(values)
        (self.out / f"{self.name}.json").write_text(json.dumps(self.found, indent=1, default=str))


def row(*cells):
    """Print a line of a table."""
    print("  ".join(f"{cell:>13}" if n else f"{cell:<28}" for n, cell in enumerate(cells)), flush=True)


# ---------------------------------------------------------------------- compile


def instances(sizes):
    """The instances that the other parts need: the contract suite's cases, and the kinds and sizes that are timed."""
    import problems
    import test_backends
    from measuring import KINDS, config_of

    from w2vcore.backends.cuda import layout, tables
    from w2vcore.objectives.registry import objective

    def timed_halves(config):
        """As if 64 targets were the most."""
        counts = np.ones(2, np.int64)
        found = {name: objective(name).device_half().tables(config, counts) for name in config.objectives}
        return {name: replace(half, max_targets=64) if half.varies else half for name, half in found.items()}

    found, timed = {}, []
    for size in sizes.vectors:
        for kind in KINDS:
            for loss in (False, True):
                config = config_of(kind, size, compute_loss=loss)
                instance = layout.instance(config, timed_halves(config), 227 << 10)
                found[tuple(instance.macros.items())] = instance
                if not loss:
                    timed.append((kind, size, instance))
    for case in list(test_backends.CASES)[: sizes.cases]:
        for architecture in test_backends.ARCHITECTURES:
            for objectives in problems.ALL_OBJECTIVES:
                problem = test_backends.problem_of(case, architecture, objectives)
                halves = tables.tables(problem.plan).halves
                for loss in (True, False):
                    config = problem.with_config(compute_loss=loss).config
                    instance = layout.instance(config, halves, 227 << 10)
                    found[tuple(instance.macros.items())] = instance
    return list(found.values()), timed


def compile_one(instance):
    """Compile an instance, so that it is in CuPy's cache of files; seconds, registers, bytes spilled."""
    from w2vcore.backends.cuda.compiling import train_kernel
    from w2vcore.backends.cuda.devices import load_cupy

    began = time.perf_counter()
    kernel = train_kernel(load_cupy(), instance)
    return time.perf_counter() - began, kernel.num_regs, kernel.local_size_bytes


def compile(part):
    """Compile everything, several at a time."""
    wanted, timed = instances(part.sizes)
    began = time.perf_counter()
    with ProcessPoolExecutor(min(16, os.cpu_count()), get_context("spawn")) as pool:
        answers = dict(
            zip([tuple(i.macros.items()) for i in wanted], pool.map(compile_one, wanted, chunksize=1), strict=True)
        )
    seconds = time.perf_counter() - began
    spilled = {str(dict(macros)): answer[2] for macros, answer in answers.items() if answer[2]}
    part.keep(
        instances=len(wanted), seconds_in_all=seconds, slowest=max(a[0] for a in answers.values()), local_bytes=spilled
    )
    print(
        f"{len(wanted)} instances in {seconds:.0f} s, the slowest {max(a[0] for a in answers.values()):.1f} s; local memory: {spilled or 'none'}"
    )
    row("kernel", "registers", "local bytes", "shared/warp")
    for kind, size, instance in timed:
        _, registers, local = answers[tuple(instance.macros.items())]
        part.keep(**{f"{kind} {size}": {"registers": registers, "local": local, "warp_bytes": instance.warp_bytes}})
        row(f"{kind} D={size}", registers, local, instance.warp_bytes)


# ---------------------------------------------------------------------- tests


def pytest_run(part, arguments, **environment):
    """Run tests, several at a time where pytest-xdist is there; keep the last lines."""
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "--tb=short",
        "--maxfail=20",
        "-p",
        "no:cacheprovider",
        "--rootdir",
        str(TESTS.parent),
        *arguments,
    ]
    command += ["-n", str(min(8, os.cpu_count()))] if importlib.util.find_spec("xdist") else []
    log = part.out / f"{part.name}.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            command, env={**os.environ, **environment}, stdout=output, stderr=subprocess.STDOUT, cwd=part.out
        )
        try:
            code = process.wait(max(part.left() - 2, 1))
        except subprocess.TimeoutExpired:  # what has been seen so far is told; prove.py ends the workers, too
            code = "its time was up"
            process.kill()
    lines = log.read_text(errors="replace").splitlines()
    print("\n".join(lines[-40:]), flush=True)
    part.keep(exit=code, last=lines[-1:])
    sys.exit(code)


def parity(part):
    """The contract suite with one warp on the device."""
    files = [str(TESTS / "contract" / name) for name in ("test_backends.py", "test_features_and_tags.py")]
    pytest_run(part, [*files, "-k", part.sizes.parity, "-m", "slow or not slow"], W2VCORE_ON_GPU="1")


def tests(part):
    """All tests that want a GPU, but the contract suite, which has been."""
    pytest_run(part, [str(HERE), "-m", "gpu and not slow", "-k", part.sizes.tests, "-rs"])


# ---------------------------------------------------------------------- limits and speed


def limits(part):
    """What the device can do."""
    from measuring import limits as measured

    from w2vcore.backends.cuda.devices import find

    cupy, _ = find("cuda")
    for size in part.sizes.vectors:
        found = measured(cupy, size, part.sizes)
        part.keep(**{str(size): found})
        print(f"D={size}, {part.sizes.rows:,} rows")
        for name, rate in found.items():
            bytes_of = f"{4 * rate / 1e9:,.0f} GB/s" if "floats" in name else ""
            print(f"   {name:<40} {rate:.3e}  {bytes_of}")


def speed(part):
    """Words a second of an epoch, there and here."""
    from measuring import KINDS, config_of, epochs, floor, stream, work_of

    from w2vcore.backends.cuda.backend import CudaBackend
    from w2vcore.backends.threads import ThreadsBackend

    once = stream(part.data, part.out, part.sizes)
    many, cores = once.times(part.sizes.repeats), os.cpu_count()
    saved = part.out / "limits.json"
    measured = json.loads(saved.read_text()) if saved.is_file() else {}
    print(
        f"{once.name}: {len(once.batch):,} words, {len(once.counts):,} keys; GPU on {many.name}; CPU: {cores} threads"
    )
    print(
        "words/s: raw words of an epoch, copies of the weights included; shares: of the time that a measured limit allows"
    )
    row("", "GPU, M words/s", "CPU, M words/s", "ratio", "additions", "reads", "arithmetic", "warps")
    for size in part.sizes.vectors:
        for kind in KINDS:
            if part.left() < 12:
                print("no time left")
                return
            result = one_speed(epochs, CudaBackend(), config_of(kind, size, "cuda"), once, many, part)
            _, _, seconds = epochs(ThreadsBackend(), config_of(kind, size, workers=cores), once, 1)
            result["cpu"] = len(once.batch) / min(seconds)
            work = work_of(kind, size, once)
            bounds = floor(work, measured[str(size)]) if str(size) in measured else {}
            result["shares"] = {name: bound * result["gpu"] for name, bound in bounds.items()}
            result["work of a word"] = work.__dict__
            part.keep(**{f"{kind} {size}": result})
            shares = [
                f"{100 * result['shares'].get(name, float('nan')):.0f} %"
                for name in ("additions", "reads", "arithmetic")
            ]
            row(
                f"{kind} D={size}",
                f"{result['gpu'] / 1e6:.1f}",
                f"{result['cpu'] / 1e6:.1f}",
                f"{result['gpu'] / result['cpu']:.1f}",
                *shares,
                result["warps"],
            )
    if importlib.util.find_spec("gensim") and part.left() > 30:
        some, size = once.first(part.sizes.gensim_words), part.sizes.vectors[0]
        part.keep(gensim=gensim_speed(some, size, cores))
        print(
            f"gensim, sgns D={size}, {cores} workers, {len(some.batch):,} words: "
            f"{part.found['gensim'] / 1e6:.2f} M words/s"
        )
    else:
        print("gensim: not installed, or no time left")


def one_speed(epochs, backend, config, once, many, part):
    """One epoch to see how fast it is, and then as many words as take some seconds; median of three epochs."""
    _, sums, first = epochs(backend, config, once, 2)
    chosen = many if min(first) * 4 * part.sizes.repeats < max(2.0, part.left() / 10) else once
    _, _, seconds = epochs(backend, config, chosen, 4)
    taken = sorted(seconds[1:])
    words = len(chosen.batch)
    device = {
        "gpu": words / taken[1],
        "range": [words / taken[-1], words / taken[0]],
        "kept": sums[0].words / len(once.batch),
    }
    return {**device, "warps": warps_of(config, once)}


def warps_of(config, stream):
    """Warps that a run has on the device."""
    from measuring import fresh

    from w2vcore.backends.base import Plan
    from w2vcore.backends.cuda.backend import CudaBackend

    backend = CudaBackend()
    backend.open(Plan(config, stream.counts, stream.keep, np.ones(1, np.float32)), fresh(config, len(stream.counts)))
    warps = backend._session.blocks * backend._session.block_warps
    backend.close()
    return warps


def gensim_speed(stream, size, workers):
    """Raw words a second of gensim's train() on a list of lists of words."""
    from gensim.models import Word2Vec

    ids, offsets = stream.batch.ids, stream.batch.offsets.tolist()
    words = [f"w{i}" for i in range(len(stream.counts))]
    sentences = [[words[i] for i in ids[a:b].tolist()] for a, b in pairwise(offsets)]
    model = Word2Vec(vector_size=size, sg=1, window=5, negative=5, min_count=1, workers=workers)
    model.build_vocab(sentences)
    began = time.perf_counter()
    model.train(sentences, total_examples=len(sentences), epochs=1)
    return len(ids) / (time.perf_counter() - began)


# ---------------------------------------------------------------------- quality


def quality(part):
    """Loss, analogies and word pairs of models that were trained there and here, 3 seeds."""
    from measuring import text_file

    text = text_file(part.data, part.out)
    if text is None:
        print("no data (--data): topics of a small corpus in place of analogies")
        topics(part)
        return
    from evaluation import analogies, correlation

    from w2vcore import Word2Vec

    kinds = {
        "sgns": {"sg": 1},
        "cbow": {"sg": 0, "alpha": 0.05},
        "sghs": {"sg": 1, "hs": 1, "negative": 0},
        "cbowhs": {"sg": 0, "hs": 1, "negative": 0, "alpha": 0.05},
    }
    row("kind, seed", "device", "loss", "analogies", "wordsim353", "simlex999", "s")
    for kind, settings in kinds.items():
        scores = {}
        for seed in part.sizes.seeds:
            for device in ("cuda", "cpu"):
                if part.left() < 12:
                    print("no time left")
                    return
                began = time.perf_counter()
                model = Word2Vec(
                    corpus_file=text,
                    vector_size=part.sizes.vectors[0],
                    epochs=part.sizes.epochs,
                    seed=seed,
                    device=device,
                    workers=-1,
                    compute_loss=True,
                    **settings,
                )
                seconds = time.perf_counter() - began
                values = [
                    model.training_history[-1]["loss"],
                    analogies(model),
                    correlation(model, "wordsim353.tsv"),
                    correlation(model, "simlex999.txt"),
                ]
                scores.setdefault(device, []).append([float(value) for value in values])
                row(f"{kind} {seed}", device, *(f"{value:.4f}" for value in values), f"{seconds:.1f}")
        difference = np.mean(scores["cuda"], axis=0) - np.mean(scores["cpu"], axis=0)
        part.keep(**{kind: {**scores, "difference": difference.tolist()}})
        row(f"{kind}, GPU - CPU", "", *(f"{value:+.4f}" for value in difference))
        # margins of tests/quality/noninferiority.py
        print(
            "   verdict:",
            "not worse than the margins"
            if difference[1] > -0.01 and difference[3] > -0.02
            else "WORSE than the margins (0.01 of analogies, 0.02 of simlex999)",
        )


def topics(part):
    """Words of one topic are each other's neighbours: the share, there and here."""
    from test_planted_topics import KINDS, corpus, purity

    from w2vcore import Word2Vec

    text = corpus.__wrapped__() if hasattr(corpus, "__wrapped__") else corpus._fixture_function()
    some = part.sizes.topics
    text = text[: 1000 * some] if some else text
    settings = {
        "vector_size": 16,
        "window": 5,
        "min_count": 1,
        "sample": 0,
        "epochs": 10 if some is None else part.sizes.epochs,
        "alpha": 0.05,
        "compute_loss": True,
    }
    row("kind, seed", "device", "purity", "loss")
    for kind, values in list(KINDS.items())[:some]:
        for seed in part.sizes.seeds:
            for device in ("cuda", "cpu"):
                model = Word2Vec(text, device=device, workers=4, seed=seed, **settings, **values)
                found = [purity(model), model.training_history[-1]["loss"]]
                part.keep(**{f"{kind} {seed} {device}": found})
                row(f"{kind[:22]} {seed}", device, *(f"{value:.4f}" for value in found))


def staleness(part):
    """Mean loss of the last of two epochs against the number of warps; what the CPU has beside it."""
    from measuring import config_of, epochs, stream

    from w2vcore.backends.cuda.backend import CudaBackend
    from w2vcore.backends.threads import ThreadsBackend

    row("kind, sample", *(f"{warps or 'guard'} warps" for warps in (*part.sizes.warps, None)), "CPU")
    for sample in (1e-3, 0):
        saved = stream(part.data, part.out, part.sizes, sample).first(part.sizes.stale_words)
        for kind in ("sgns", "sghs"):
            losses = []
            for warps in (*part.sizes.warps, None):
                if part.left() < 8:
                    print("no time left")
                    return
                config = config_of(kind, part.sizes.vectors[0], "cuda", compute_loss=True)
                _, sums, _ = epochs(CudaBackend(warps), config, saved, 2)
                losses.append(sums[-1].loss / sums[-1].examples)
            config = config_of(kind, part.sizes.vectors[0], workers=os.cpu_count(), compute_loss=True)
            _, sums, _ = epochs(ThreadsBackend(), config, saved, 2)
            losses.append(sums[-1].loss / sums[-1].examples)
            part.keep(**{f"{kind} {sample}": losses})
            row(f"{kind}, sample={sample}", *(f"{loss:.4f}" for loss in losses))


# ---------------------------------------------------------------------- profile

PROFILED = """
import sizes
from measuring import config_of, epochs, stream
from w2vcore.backends.cuda.backend import CudaBackend
chosen = sizes.{sizes}
text = stream({data!r}, {out!r}, chosen).first(chosen.profiled_words)
epochs(CudaBackend(), config_of("sgns", chosen.vectors[0], "cuda"), text, 1)
"""


def profile(part):
    """One launch of the training kernel under ncu: the limits that it nears, and what its warps wait for."""
    if shutil.which("ncu") is None:
        print("ncu is not installed")
        return
    sizes = "REHEARSAL" if part.sizes is REHEARSAL else "DEVICE"
    code = PROFILED.format(data=str(part.data) if part.data else None, out=str(part.out), sizes=sizes)
    sections = ["SpeedOfLight", "Occupancy", "WarpStateStats", "MemoryWorkloadAnalysis", "LaunchStats"]
    command = [
        "ncu",
        "--clock-control",
        "none",
        "--kernel-name",
        "w2v_train",
        "--launch-skip",
        "1",
        "--launch-count",
        "1",
    ]
    command += [word for section in sections for word in ("--section", section)]
    done = subprocess.run(
        [*command, sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        cwd=part.out,
        timeout=max(part.left(), 10),
    )
    lines = [line for line in done.stdout.splitlines() if not line.startswith("==PROF==")]
    (part.out / "profile.txt").write_text(done.stdout + done.stderr)
    print("\n".join(lines[-90:]))
    numbers = re.findall(r"^\s+(\S.*?)\s{2,}(\S+)\s+([\d.,]+)$", done.stdout, re.MULTILINE)
    part.keep(exit=done.returncode, metrics={name: f"{value} {unit}" for name, unit, value in numbers})
    sys.exit(done.returncode)
