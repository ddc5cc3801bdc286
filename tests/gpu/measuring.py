"""What prove.py measures: a stream of words, epochs on it, the limits of the device, and how much work a word is."""

import gzip
import time
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from sizes import DEVICE

from w2vcore import Word2Vec
from w2vcore.backends.base import EpochStats, Plan
from w2vcore.corpus.encoding import Batch, encode
from w2vcore.corpus.readers import LineSentence
from w2vcore.model.config import TrainingConfig
from w2vcore.model.weights import Weights, initial_vectors, padded, zeros
from w2vcore.objectives.huffman import huffman
from w2vcore.objectives.registry import objective
from w2vcore.training.jobs import cut
from w2vcore.training.schedule import LinearDecay

KINDS = {
    "sgns": {"architecture": "skipgram", "objectives": ("negative",), "negative_sharing": "window"},
    "cbow": {"architecture": "cbow", "objectives": ("negative",), "alpha": 0.05},
    "sghs": {"architecture": "skipgram", "objectives": ("tree",), "negative": 0, "negative_sharing": "window"},
    "cbowhs": {"architecture": "cbow", "objectives": ("tree",), "negative": 0, "alpha": 0.05},
}


@dataclass(frozen=True)
class Stream:
    """An encoded corpus, and what a plan needs of its vocabulary."""

    batch: Batch
    counts: np.ndarray
    keep: np.ndarray
    name: str

    def times(self, number):
        """The corpus, so many times one after the other."""
        batch = self.batch
        offsets = [batch.offsets[:-1] + len(batch) * n for n in range(number)]
        ids = np.tile(batch.ids, number)
        repeated = Batch(ids, np.concatenate([*offsets, [len(ids)]]), len(ids), batch.sentences * number)
        return replace(self, batch=repeated, name=f"{self.name} x {number}")

    def first(self, tokens):
        """The first sentences of so many tokens."""
        last = min(int(np.searchsorted(self.batch.offsets, tokens)), len(self.batch.offsets) - 1)
        ids = self.batch.ids[: self.batch.offsets[last]]
        return replace(
            self, batch=Batch(ids, self.batch.offsets[: last + 1], len(ids), last), name=f"{self.name}, part"
        )


def text_file(data, folder):
    """wiki-en-1 as plain text in a folder, or None if it is not among the data."""
    source = Path(data) / "wiki-en-1.txt.gz" if data else None
    if source is None or not source.is_file():
        return None
    path = Path(folder) / "wiki-en-1.txt"
    if not path.is_file():
        with gzip.open(source, "rb") as packed:
            path.write_bytes(packed.read())
    return path


def stream(data, folder, sizes=DEVICE, sample=1e-3):
    """The words of wiki-en-1 that occur five times; without it, a synthetic stream of the same statistics."""
    saved = Path(folder) / "stream.npz"
    path = text_file(data, folder)
    if not saved.is_file():
        if path is not None:
            model = Word2Vec(min_count=5)
            model.build_vocab(corpus_file=path)
            (batch,) = encode(LineSentence(path), model.wv.key_to_index, 1 << 40)
            np.savez(saved, ids=batch.ids, offsets=batch.offsets)
        else:
            ids, offsets = zipf(sizes.words, sizes.rows)
            np.savez(saved, ids=ids, offsets=offsets)
    with np.load(saved) as arrays:
        ids, offsets = arrays["ids"], arrays["offsets"]
    counts = np.bincount(ids).astype(np.int64)
    batch = Batch(ids, offsets, len(ids), len(offsets) - 1)
    share = counts / len(ids)
    with np.errstate(divide="ignore"):
        rate = np.minimum(np.sqrt(sample / share) + sample / share, 1.0) if sample else np.ones(len(counts))
    keep = np.minimum(rate * 2.0**32, 2**32 - 1).astype(np.uint32)
    return Stream(batch, counts, keep, "wiki-en-1" if path else "synthetic Zipf stream")


def zipf(tokens, vocabulary=68_289, longest=999, seed=1):
    """Ids with p ~ 1 / (rank + 2.7), in sentences of 79 words in the mean: what wiki-en-1 has (its vocabulary, too)."""
    rng = np.random.default_rng(seed)
    weights = 1 / (np.arange(vocabulary) + 3.7)
    ids = np.searchsorted(np.cumsum(weights / weights.sum()), rng.random(tokens)).clip(max=vocabulary - 1)
    ids[:vocabulary] = np.arange(vocabulary)  # each at least once
    lengths = rng.geometric(1 / 78, tokens // 70).clip(max=longest)
    offsets = np.cumsum([0, *lengths])
    offsets = np.append(offsets[offsets < tokens], tokens)
    return ids.astype(np.uint32), offsets.astype(np.int64)


def config_of(kind, size, device="cpu", workers=1, **settings):
    """The configuration of a kind of model."""
    values = {"vector_size": size, "window": 5, "negative": 5, "workers": workers, "device": device, "seed": 1}
    return TrainingConfig(**{**values, **KINDS[kind], **settings})


def fresh(config, vocabulary):
    """Weights as they are before training."""
    matrices = {"input": zeros(vocabulary, config.vector_size)}
    matrices["input"][:, : config.vector_size] = initial_vectors(vocabulary, config.vector_size, config.seed)
    for name in config.objectives:
        matrices[name] = zeros(objective(name).target_rows(vocabulary), config.vector_size)
    return Weights(matrices, config.vector_size)


def epochs(backend, config, stream, number):
    """Train so many epochs: their sums, and the seconds of each, copies of the weights there and back among them."""
    subsample = config.subsample and bool((stream.keep < 2**32 - 1).any())
    config = replace(config, subsample=subsample)
    plan = Plan(config, stream.counts, stream.keep, np.ones(1, np.float32))
    decay = LinearDecay(config.alpha, config.min_alpha, number, len(stream.batch), "words")
    weights, sums, seconds = fresh(config, len(stream.counts)), [], []
    backend.open(plan, weights)
    try:
        for epoch in range(number):
            total, began = EpochStats(), time.perf_counter()
            jobs = cut([stream.batch], epoch, decay, config.batch_words)
            total += backend.run(epoch, jobs, lambda job, stats: None)
            seconds.append(time.perf_counter() - began)
            sums.append(total)
    finally:
        backend.close()
    return weights, sums, seconds


@dataclass(frozen=True)
class Work:
    """What a raw word costs in the mean: floats read and added by row, and floating-point operations."""

    kept: float
    contexts: float
    targets: float
    read_floats: float
    added_floats: float
    operations: float


def work_of(kind, size, stream, window=5, negative=5):
    """Count, for a shrinking window: one row in and out of the ring, and each target read and added to, a kept word.

    Operations: a dot product and two updates for each pair (skip-gram), or for each target (CBOW, with two more for each
    context); a multiplication and an addition are two.
    """
    rates = (stream.keep + 1.0) / 2**32
    kept = stream.counts * rates
    share, contexts = kept.sum() / stream.counts.sum(), window + 1.0
    if KINDS[kind]["objectives"] == ("tree",):
        tree = huffman(stream.counts)
        targets = float((np.diff(tree.offsets) * kept).sum() / kept.sum())
    else:
        targets = 1.0 + negative
    rows = 1.0 + targets
    pairs = contexts * targets if KINDS[kind]["architecture"] == "skipgram" else targets
    gather = 0.0 if KINDS[kind]["architecture"] == "skipgram" else 4.0 * contexts
    return Work(
        share, contexts, targets, share * rows * size, share * rows * size, share * (6.0 * pairs + gather) * size
    )


def limits(cupy, size, sizes=DEVICE):
    """Measured rates of the device: rows read and added to at random, in floats a second, and operations a second."""
    code = Path(__file__).with_name("limits.cu").read_text(encoding="utf8")
    module = cupy.RawModule(code=code, options=("-std=c++17",))
    processors = cupy.cuda.runtime.getDeviceProperties(cupy.cuda.Device().id)["multiProcessorCount"]
    width, blocks, threads = padded(size) // 4, processors * 8, 256
    rng, out, found = np.random.default_rng(1), cupy.zeros(1, np.float32), {}
    passes = -(-width // 32)  # a lane has four floats: longer rows are taken as several
    width = -(-width // passes)
    vocabulary = sizes.rows
    uniform = rng.integers(0, vocabulary, 1 << 20)
    ranks = np.minimum(np.exp(rng.random(1 << 20) * np.log(vocabulary)) - 1, vocabulary - 1).astype(np.int64)
    free, _ = cupy.cuda.Device().mem_info
    large = max(vocabulary + 1, min(sizes.alone, free // 2) // (width * 16))
    for name, rows, ids in (
        ("rows in L2", vocabulary, uniform),
        ("rows of Zipf's words", vocabulary, ranks),
        ("rows in device memory", large, rng.integers(0, large, 1 << 22)),
    ):
        matrix, chosen = cupy.zeros((rows, width * 4), np.float32), cupy.asarray(ids.astype(np.uint32))
        rounds = sizes.rounds if rows == vocabulary else sizes.rounds // 2
        floats = rounds * (blocks * threads // 32) * width * 4
        read = (matrix, chosen, np.int32(len(ids)), np.int32(width), np.int32(rounds), out)
        found[f"{name}, read, floats/s"] = floats / timed(cupy, module.get_function("read_rows"), blocks, threads, read)
        added = (matrix, chosen, np.int32(len(ids)), np.int32(width), np.int32(rounds // 4))
        seconds = timed(cupy, module.get_function("add_rows"), blocks, threads, added)
        found[f"{name}, added to, floats/s"] = floats / 4 / seconds
        del matrix, chosen
    rounds = 16 * sizes.rounds
    seconds = timed(cupy, module.get_function("multiply"), blocks, threads, (np.int32(rounds), out))
    found["operations/s"] = 2.0 * 8 * rounds * blocks * threads / seconds
    return found


def timed(cupy, kernel, blocks, threads, arguments, repeats=5):
    """Median seconds of a kernel, by events, after it has run once."""
    kernel((blocks,), (threads,), arguments)
    taken = []
    for _ in range(repeats):
        begun, done = cupy.cuda.Event(), cupy.cuda.Event()
        begun.record()
        kernel((blocks,), (threads,), arguments)
        done.record()
        done.synchronize()
        taken.append(cupy.cuda.get_elapsed_time(begun, done) / 1e3)
    return float(np.median(taken))


def floor(work, found):
    """Seconds a raw word that each measured limit allows at best, by the limit's name."""
    return {
        "reads": work.read_floats / found["rows of Zipf's words, read, floats/s"],
        "additions": work.added_floats / found["rows of Zipf's words, added to, floats/s"],
        "arithmetic": work.operations / found["operations/s"],
    }
