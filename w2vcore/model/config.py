"""Training settings, frozen and checked before any work starts."""

from __future__ import annotations

import math
import numbers
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

SKIP_GRAM: Literal["skipgram"] = "skipgram"
CBOW: Literal["cbow"] = "cbow"
NEGATIVE: Literal["negative"] = "negative"
HIERARCHICAL: Literal["tree"] = "tree"
SENTENCE: Literal["sentence"] = "sentence"
PAIR: Literal["pair"] = "pair"
WINDOW: Literal["window"] = "window"
AUTO: Literal["auto"] = "auto"

# The most of each that a run can have, and why not more. What takes memory in proportion to the data, or none, is not
# here.
MOST = {
    "vector_size": (1 << 20, "such a vector takes 4 MB; usual are 50 to 1,000"),
    "workers": (4096, "no machine has so many cores, and each thread takes memory (workers=-1 uses all cores)"),
    "negative": (10_000, "the noise words of an example are compared with each other; usual are 5 to 20"),
    "batch_words": (1 << 31, "the words of such a job take 8 GB; usual are 10,000"),
    "queue_factor": (10_000, "so many jobs would wait for each thread; usual are 2"),
}

# Tokens of a job, at least, whatever `batch_words` says. To take one from the queue and to book it costs as much as to
# train a hundred words or so: jobs of 100 words took twice the CPU time of an epoch by jobs of 10,000, of 1,000 a tenth
# more (skip-gram, 100 dimensions).
SHORTEST_JOB = 1000

WIDEST = 1 << 40  # words on a side of a window: twice as many, and where they lie, fit into 64 bits


@dataclass(frozen=True)
class TrainingConfig:
    """One run of ``train()``: what a backend needs to know beside the corpus and the weights.

    Attributes
    ----------
    vector_size : int
        Length D of a vector.
    architecture : str
        ``"skipgram"`` or ``"cbow"``: a name in architectures/registry.
    objectives : tuple of str
        ``"tree"`` and/or ``"negative"``, trained in this order, or one of your own: names in objectives/registry. Each
        has the target matrix of its name in Weights.
    window : int or "sentence"
        Words on each side of the centre; "sentence" takes the whole sentence.
    shrink_windows : bool
        Draw the window of each centre uniformly from 1..window.
    negative : int
        Noise words for an example.
    negative_sharing : str
        Skip-gram: ``"pair"``, each (context, centre) pair draws noise words of its own and sees what the pairs before
        it changed; or ``"window"``, all pairs of a centre share its noise words and start from the same values.
    ns_exponent : float
        Noise words are drawn in proportion to ``count ** ns_exponent``.
    cbow_mean : bool
        CBOW's hidden row is the mean (True) or the sum (False) of the context rows; each gets the whole error of the
        mean, or its share of that of the sum.
    subsample : bool
        Drop frequent tokens by the plan's keep rates.
    alpha, min_alpha : float
        Learning rate at the start and at the end.
    epochs, workers, batch_words, seed : int
        `batch_words` is the size of a job in tokens: what `job_words` makes of the user's number.
    queue_factor : int
        Jobs waiting for each worker, at most.
    compute_loss : bool
    device : str
        Where the weights are trained: "cpu", "cuda", "cuda:N", or "auto" (a GPU if there is one).
    """

    vector_size: int = 100
    architecture: str = CBOW
    objectives: tuple[str, ...] = (NEGATIVE,)
    window: int | Literal["sentence"] = 5
    shrink_windows: bool = True
    negative: int = 5
    negative_sharing: str = PAIR
    ns_exponent: float = 0.75
    cbow_mean: bool = True
    subsample: bool = True
    alpha: float = 0.025
    min_alpha: float = 0.0001
    epochs: int = 5
    workers: int = 3
    batch_words: int = 10000
    seed: int = 1
    queue_factor: int = 2
    compute_loss: bool = False
    device: str = "cpu"


def check_int(name: str, value: Any, low: int, high: int | None = None, hint: str = "") -> int:
    """Return `value` as an int, or raise an error that names the argument.

    Integral floats such as 100.0 pass, since gensim applies int(); True, "5" and 2.5 do not.

    Raises
    ------
    TypeError
        If the value is not a number.
    ValueError
        If it is not integral or out of range.
    """
    if type(value) is int and low <= value < (1 << 63 if high is None else high + 1):
        return value
    allowed = f"at least {low}" if high is None else f"from {low} to {high}"
    hint = f" ({hint})" if hint else ""
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        raise TypeError(f"{name} must be an int {allowed}, got {value!r}{hint}")
    exact: Any = value
    number = int(exact) if isinstance(value, numbers.Integral) or math.isfinite(value) else None
    if number is None or number != value or number < low or (high is not None and number > high):
        raise ValueError(f"{name} must be an int {allowed}, got {shown(value)}{hint}")
    if number >= 1 << 63:  # 64 bits, as the compiled code has them
        raise ValueError(f"{name} must be an int {allowed}, and below 2**63, got {shown(value)}{hint}")
    return number


def check_size(name: str, value: Any, low: int, hint: str = "") -> int:
    """Return an int that is no more than `MOST` of its name, or raise an error as `check_int` does.

    Examples
    --------
    >>> check_size("workers", 10**9, 1)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    ValueError: workers must be at most 4,096, got 1000000000: no machine has so many cores, ...
    """
    most, why = MOST[name]
    number = check_int(name, value, low, hint=hint)
    if number > most:
        raise ValueError(f"{name} must be at most {most:,}, got {number}: {why}")
    return number


def within_bounds(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return settings that were read from a file, with no more workers and no larger jobs than a run can have.

    A model is what it is for any number of them, so that it can be loaded; other sizes it cannot have had.

    Examples
    --------
    >>> within_bounds({"workers": 10**6, "batch_words": 4, "window": 5})
    {'workers': 4096, 'batch_words': 4, 'window': 5}
    """
    bounded = dict(settings)
    for name in ("workers", "batch_words"):
        if isinstance(bounded.get(name), int):
            bounded[name] = min(bounded[name], MOST[name][0])
    return bounded


def shown(value: Any) -> str:
    """Return how to show a number in an error; Python refuses to print very long ones.

    Examples
    --------
    >>> shown(7), shown(10**9999)
    ('7', 'an int of 33216 bits')
    """
    return (
        f"an int of {value.bit_length()} bits" if isinstance(value, int) and value.bit_length() > 256 else repr(value)
    )


def check_float(name: str, value: Any, low: float = -math.inf, hint: str = "") -> float:
    """Return `value` as a float, or raise an error that names the argument.

    Raises
    ------
    TypeError
        If the value is not a number.
    ValueError
        If it is not finite or below `low`.
    """
    if type(value) is float and math.isfinite(value) and value >= low:
        return value
    allowed = "a finite number" if low == -math.inf else f"a finite number of at least {low:g}"
    hint = f" ({hint})" if hint else ""
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        raise TypeError(f"{name} must be {allowed}, got {value!r}{hint}")
    try:
        number = float(value)
    except OverflowError:  # an int
        number = math.inf
    if not math.isfinite(number) or number < low:
        raise ValueError(f"{name} must be {allowed}, got {shown(value)}{hint}")
    return number


def check_flag(name: str, value: Any) -> bool:
    """Return a 0/1 or bool argument as a bool, or raise an error that names it."""
    if not isinstance(value, numbers.Real) or value not in (0, 1):
        raise ValueError(f"{name} must be 0 or 1, got {shown(value)}")
    return bool(value)


def check_window(value: Any) -> int | Literal["sentence"]:
    """Return a window as an int >= 1 or "sentence"."""
    if isinstance(value, str):
        if value == SENTENCE:
            return SENTENCE
        raise ValueError(f"window must be an int of at least 1 or 'sentence' (the whole sentence), got {value!r}")
    return check_int("window", value, 1, hint="window='sentence' takes the whole sentence")


def within_reach(window: int | Literal["sentence"]) -> int | Literal["sentence"]:
    """Return a window that does what this one does, and that compiled code can calculate with: no text is longer.

    Examples
    --------
    >>> within_reach(5), within_reach(1 << 62) == within_reach(1 << 61)
    (5, True)
    """
    return window if isinstance(window, str) else min(window, WIDEST)


def job_words(batch_words: int) -> int:
    """Return how many tokens a job has where a user asks for so many.

    Examples
    --------
    >>> job_words(10_000), job_words(4)
    (10000, 1000)
    """
    return max(batch_words, SHORTEST_JOB)


def check_sharing(value: Any) -> str:
    """Return `negative_sharing` if it is one of the three, or raise an error."""
    if value not in (AUTO, PAIR, WINDOW):
        raise ValueError(f"negative_sharing must be 'auto', 'pair' or 'window', got {value!r}")
    return str(value)


def check_workers(value: Any) -> int:
    """Return a number of worker threads; -1 means every core that this process may use."""
    if value == -1 and not isinstance(value, bool):
        if hasattr(os, "sched_getaffinity"):
            return len(os.sched_getaffinity(0))
        return os.cpu_count() or 1
    return check_size("workers", value, 1, hint="workers=-1 uses all cores")


def check_device(value: Any) -> str:
    """Return a device's name, or raise an error that says which there are; whether there is such a device is not asked.

    Examples
    --------
    >>> check_device("cuda:1")
    'cuda:1'
    """
    if not isinstance(value, str) or not re.fullmatch(r"cpu|auto|cuda(:\d+)?", value):
        raise ValueError(
            f"device must be 'cpu', 'cuda', 'cuda:N' (N: number of the GPU, from 0) or 'auto', got {value!r}"
        )
    return value


def checked(config: TrainingConfig) -> TrainingConfig:
    """Return a config that came out of a file, or raise an error that names the value that no run can have had.

    Whether there are such an architecture and such objectives, their registries know (backends/run_tables.py).

    Examples
    --------
    >>> checked(TrainingConfig(window=0))  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    ValueError: window must be an int at least 1, got 0 ...
    """
    check_int("epochs", config.epochs, 1)
    for name in MOST:
        check_size(name, getattr(config, name), 0 if name == "negative" else 1)
    check_int("seed", config.seed, 0, 2**32 - 1)
    for name in ("alpha", "min_alpha"):
        check_float(name, getattr(config, name), 0)
    check_float("ns_exponent", config.ns_exponent)
    for name in ("shrink_windows", "cbow_mean", "subsample", "compute_loss"):
        check_flag(name, getattr(config, name))
    if check_window(config.window) != within_reach(config.window):
        raise ValueError(f"window must be at most {WIDEST:,}, got {config.window!r}")
    check_device(config.device)
    if config.negative_sharing not in (PAIR, WINDOW):
        raise ValueError(f"negative_sharing must be one of {(PAIR, WINDOW)}, got {config.negative_sharing!r}")
    return config
