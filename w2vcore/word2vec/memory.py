"""The memory that a model takes while it is trained, by what takes it: the numbers of `Word2Vec.estimate_memory`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from w2vcore.backends.cuda import memory as gpu_memory
from w2vcore.backends.registry import crew_of
from w2vcore.backends.replicas import WORDS_BEFORE, copies_bytes
from w2vcore.corpus.token_cache import RAM_LIMIT
from w2vcore.model.memory import BUFFER_BYTES


def memory_report(
    keys: int,
    words: int | None,
    matrices: Mapping[str, int],
    *,
    workers: int,
    backend: str,
    objectives: Sequence[str],
    subsample: bool,
    scratch: int,
    gpus: int = 1,
) -> dict[str, int]:
    """Return the bytes of each item, as `Word2Vec.estimate_memory` describes them.

    Parameters
    ----------
    keys : int
    words : int or None
        Of the text that was counted; None: unknown, of a text that is long enough for copies of the hottest rows.
    matrices : mapping of str to int
        Bytes of each matrix.
    workers : int
    backend : str
    objectives : sequence of str
    subsample : bool
    scratch : int
        What the objectives take for each worker.
    gpus : int
        How many train one model.
    """
    report = {"vocab": keys * 120}  # key, its dict entry, count and keep rate
    report |= matrices
    model = sum(matrices.values())
    ranks = crew_of(backend).size
    tokens = 4 * (words or 0) // ranks
    report["tokens"] = tokens if tokens <= RAM_LIMIT else 0
    long = words is None or tokens // 4 > workers * WORDS_BEFORE
    report["copies"] = copies_bytes(workers, model) if long else 0
    report["buffers"] = BUFFER_BYTES + workers * scratch
    if ranks > 1 or gpus > 1:
        report["merging"] = (2 * gpus - 1) * model  # what each GPU has, the first apart, and had at its last merge
    report["total"] = sum(report.values())
    if backend == "cuda":
        report["gpu"] = gpu_memory.estimate(keys, model, list(objectives), tokens // 4, subsample)
    return report
