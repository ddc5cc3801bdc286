"""The settings of a model, each declared once, and those of a run, frozen and checked before any work starts.

`SETTINGS` has an entry for each argument of `Word2Vec` that becomes an attribute. From it follow the check of the
constructor, what a file keeps, the fields of `TrainingConfig`, in what ranks may differ, and the options of
``w2vcore train``. The signature of `Word2Vec.__init__` repeats names, types and defaults, since editors and type
checkers read it; a test compares the two. So a new setting is an entry here (with a field of `TrainingConfig`, if
backends are to know it) and an argument there.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from ._floret import MOST_HASHES
from .checks import check_flag, check_int
from .kinds import Flag, Kind, Off, OneOf, OrNone, OrNumber, OrNumbers, OrWord, Pattern, Real, Unchecked, Whole
from .subwords import MOST_CHARACTERS
from .window_weights import DYNAMIC, NAMES, check_window_weights

Window: TypeAlias = int | Literal["sentence"]
Sharing: TypeAlias = Literal["auto", "pair", "window"]
Shuffle: TypeAlias = Literal[False, "sentences", "jobs"]
Candidates: TypeAlias = Literal["unigram", "log_uniform"]
Normaliser: TypeAlias = Literal["one", "vocabulary"]
# For type checkers, which know no patterns: as many GPUs as the largest machines have, and their first 2, 4, and 8.
Device: TypeAlias = Literal[
    "cpu", "auto", "cuda", "cuda:0", "cuda:1", "cuda:2", "cuda:3", "cuda:4", "cuda:5", "cuda:6", "cuda:7", "cuda:8",
    "cuda:9", "cuda:10", "cuda:11", "cuda:12", "cuda:13", "cuda:14", "cuda:15", "cuda:0,1", "cuda:0,1,2,3",
    "cuda:0,1,2,3,4,5,6,7",
]  # fmt: skip

SKIP_GRAM: Literal["skipgram"] = "skipgram"
CBOW: Literal["cbow"] = "cbow"
NEGATIVE: Literal["negative"] = "negative"
HIERARCHICAL: Literal["tree"] = "tree"
SENTENCE: Literal["sentence"] = "sentence"
PAIR: Literal["pair"] = "pair"
WINDOW: Literal["window"] = "window"
AUTO: Literal["auto"] = "auto"
SENTENCES: Literal["sentences"] = "sentences"
JOBS: Literal["jobs"] = "jobs"
UNIGRAM: Literal["unigram"] = "unigram"
LOG_UNIFORM: Literal["log_uniform"] = "log_uniform"
ONE: Literal["one"] = "one"
VOCABULARY: Literal["vocabulary"] = "vocabulary"

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
        ``"tree"`` and/or ``"negative"``, trained in this order, or any other one alone: names in objectives/registry.
        Each has the target matrix of its name in Weights.
    window : int or "sentence"
        Words on each side of the centre; "sentence" takes the whole sentence.
    shrink_windows : bool
        Draw the window of each centre uniformly from 1..window; not looked at where `window_weights` has weights.
    window_weights : str or tuple of float
        ``"dynamic"``: contexts have no weights. Else every context of the window is trained, and counts by its
        distance: `window_weights.weights_by_distance`.
    negative : int
        Noise words for an example.
    negative_sharing : str
        Skip-gram: ``"pair"``, each (context, centre) pair draws noise words of its own and sees what the pairs before
        it changed; or ``"window"``, all pairs of a centre share its noise words and start from the same values.
    ns_exponent : float
        Noise words are drawn in proportion to ``count ** ns_exponent``.
    candidates : str
        ``"unigram"``: as `ns_exponent` says; ``"log_uniform"``: by their rank, log-uniformly.
    normaliser : str
        Noise contrastive estimation: what the exponentiated scores of all words are taken to add up to, ``"one"`` or
        the number of words, ``"vocabulary"``.
    subtract_log_q : bool
        Sampled softmax: correct the scores by how often words are candidates.
    cbow_mean : bool
        CBOW's hidden row is the mean (True) or the sum (False) of the context rows; each gets the whole error of the
        mean, or its share of that of the sum.
    cbow_corrected : bool
        Each row of the mean gets its share of the error, which is the gradient.
    subsample : bool
        Drop frequent tokens by the plan's keep rates.
    alpha, min_alpha : float
        Learning rate at the start and at the end.
    epochs, workers, batch_words, seed : int
        `batch_words` is the size of a job in tokens: what `job_words` makes of the user's number.
    shuffle : bool or str
        In which order an epoch trains the sentences: False, that of the corpus; ``"sentences"``, a new one; ``"jobs"``,
        a new one of passages as long as jobs (corpus/order.py).
    queue_factor : int
        Jobs waiting for each worker, at most.
    compute_loss : bool
    device : str
        Where the weights are trained: "cpu", "cuda", "cuda:N", "cuda:N,M", or "auto" (a GPU if there is one).
    joined_tags, padding : int
        Of the architecture "dm_concat": how many tags each sentence has, and the id of the word that stands where a
        window has none.
    """

    vector_size: int = 100
    architecture: str = CBOW
    objectives: tuple[str, ...] = (NEGATIVE,)
    window: int | Literal["sentence"] = 5
    shrink_windows: bool = True
    window_weights: str | tuple[float, ...] = DYNAMIC
    negative: int = 5
    negative_sharing: str = PAIR
    ns_exponent: float = 0.75
    candidates: str = UNIGRAM
    normaliser: str = ONE
    subtract_log_q: bool = True
    cbow_mean: bool = True
    cbow_corrected: bool = False
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
    shuffle: bool | str = False
    joined_tags: int = 1
    padding: int = 0

    @property
    def weighs_contexts(self) -> bool:
        """Whether contexts have weights by their distance."""
        return self.window_weights != DYNAMIC

    @property
    def draws_windows(self) -> bool:
        """Whether the window of each centre is drawn."""
        return self.shrink_windows and not self.weighs_contexts


def clamp_window(window: Window) -> Window:
    """Return a window of at most `WIDEST` words: no text is longer, so a wider one does the same.

    Examples
    --------
    >>> clamp_window(5), clamp_window(1 << 62) == clamp_window(1 << 61)
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


def threads(workers: int) -> int:
    """Return how many threads `workers` stands for: -1 is every core that this process may use.

    Examples
    --------
    >>> threads(3), threads(-1) >= 1
    (3, True)
    """
    if workers != -1:
        return int(workers)
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


# ---------------------------------------------------------------------- the table of settings


@dataclass(frozen=True)
class Trained:
    """The field of `TrainingConfig` that a setting becomes, or becomes a part of.

    Attributes
    ----------
    field : str or None
        None: that of the setting's name.
    freeze : callable or None
        Makes the field's value of the checked attribute; None: several settings make it (word2vec/settings.py).
    """

    field: str | None = None
    freeze: Callable[[Any], Any] | None = lambda value: value


@dataclass(frozen=True)
class Option:
    """How ``w2vcore train`` offers a setting.

    Attributes
    ----------
    section : str
        Section of its help.
    about : str
        Its help.
    flags : str or None
        Both sides of a switch, as click writes them; None: ``--`` and the name of the setting.
    default : object
        The command's own default, if it differs.
    none : str or None
        The word that stands for None.
    on_resume : str or None
        Its help in ``w2vcore resume``; None: a run goes on with what it had.
    """

    section: str
    about: str
    flags: str | None = None
    default: Any = None
    none: str | None = None
    on_resume: str | None = None


@dataclass(frozen=True)
class Setting:
    """An argument of `Word2Vec` that is an attribute of the model, and may be changed between two runs.

    Attributes
    ----------
    name : str
    default : object
    kind : Kind
        What it may be.
    trained : Trained or None
        What a run knows of it by itself.
    option : Option or None
        How the command offers it; None: not at all.
    saved : bool
        Whether a file keeps it. What says how a machine is used does not belong to a model.
    cap : int or None
        A file may hold more, and this is taken then: the model does not depend on it.
    per_rank : bool
        Whether processes that train one model may differ in it.
    """

    name: str
    default: Any
    kind: Kind
    trained: Trained | None = None
    option: Option | None = None
    saved: bool = True
    cap: int | None = None
    per_rank: bool = False

    def check(self, value: Any, name: str | None = None) -> Any:
        """Return a value as the attribute has it, or raise a TypeError or ValueError that names the argument."""
        return self.kind.check(name or self.name, value)


_MOST_WORKERS, _MOST_BATCH_WORDS = 4096, 1 << 31

# In the order in which files hold them and, within a section, help lists them.
_TABLE = (
    Setting(
        "vector_size",
        100,
        Whole(1, most=1 << 20, why="such a vector takes 4 MB; usual are 50 to 1,000"),
        trained=Trained(),
        option=Option("Model", "Length of a vector."),
    ),
    Setting(
        "alpha",
        0.025,
        Real(0),
        trained=Trained(),
        option=Option("Training", "Learning rate at the start."),
    ),
    Setting(
        "min_alpha",
        0.0001,
        Real(0),
        trained=Trained(),
        option=Option("Training", "Learning rate at the end."),
    ),
    Setting(
        "window",
        5,
        OrWord(Whole(1, hint="window='sentence' takes the whole sentence"), SENTENCE, "the whole sentence"),
        trained=Trained(freeze=clamp_window),
        option=Option("Model", "Context words on each side, or the whole 'sentence'."),
    ),
    Setting(
        "shrink_windows",
        True,
        Flag(),
        trained=Trained(),
        option=Option(
            "Model", "Draw each window from 1 to --window, or take it whole.", flags="--shrink-windows/--full-windows"
        ),
    ),
    Setting(
        "window_weights",
        DYNAMIC,
        OrNumbers(NAMES),
        trained=Trained(),
        option=Option(
            "Model",
            "Train all of each window, contexts weighted by their distance: 'linear', 'harmonic', 'sqrt', or a number "
            "for each distance (1,0.5,0.25).",
        ),
    ),
    Setting(
        "min_count",
        5,
        OrNone(Whole(0), none=0),
        option=Option("Vocabulary", "Leave out words that occur less often."),
    ),
    Setting(
        "max_vocab_size",
        None,
        OrNone(Whole(1, hint="max_vocab_size=None sets no limit")),
        option=Option("Vocabulary", "Prune rare words when more than this many are being counted."),
    ),
    Setting(
        "max_final_vocab",
        None,
        OrNone(Whole(1, hint="max_final_vocab=None sets no limit")),
        option=Option("Vocabulary", "Keep at most this many words, the most frequent ones."),
    ),
    Setting(
        "sample",
        1e-3,
        OrNone(Real(0, hint="sample=0 drops no words"), none=0.0),
        trained=Trained("subsample", lambda sample: sample > 0),
        option=Option("Vocabulary", "Threshold for dropping frequent words; 0 drops none."),
    ),
    Setting(
        "sorted_vocab",
        1,
        Flag(number=True),
        option=Option("Vocabulary", "Rows by frequency, or as words come.", flags="--sorted-vocab/--unsorted-vocab"),
    ),
    Setting(
        "null_word",
        0,
        Flag(number=True),
        option=Option("Vocabulary", 'Add the word "\\0" with count 1.', flags="--null-word/--no-null-word"),
    ),
    Setting(
        "seed",
        1,
        OrNone(Whole(0, 2**32 - 1, hint="seed=None draws one")),
        trained=Trained(),
        option=Option("Training", "Seed of all random numbers; 'random' draws one.", none="random"),
    ),
    Setting(
        "workers",
        3,
        OrNumber(
            Whole(
                1,
                most=_MOST_WORKERS,
                why="no machine has so many cores, and each thread takes memory (workers=-1 uses all cores)",
                hint="workers=-1 uses all cores",
            ),
            -1,
        ),
        trained=Trained(freeze=threads),
        option=Option(
            "Machine",
            "Threads; -1 takes all cores, 1 gives the same model each time.",
            default=-1,
            on_resume="Threads; default: as before.",
        ),
        cap=_MOST_WORKERS,
        per_rank=True,
    ),
    Setting(
        "batch_words",
        10000,
        Whole(1, most=_MOST_BATCH_WORDS, why="the words of such a job take 8 GB; usual are 10,000"),
        trained=Trained(freeze=job_words),
        option=Option("Machine", "Words in a job for a thread."),
        cap=_MOST_BATCH_WORDS,
    ),
    Setting(
        "sg",
        0,
        Flag(number=True),
        trained=Trained("architecture", freeze=None),
        option=Option("Model", "Skip-gram, or CBOW.", flags="--sg/--cbow"),
    ),
    Setting(
        "hs",
        0,
        Flag(number=True),
        trained=Trained("objectives", freeze=None),
        option=Option(
            "Model", "Hierarchical softmax (with --negative 0: instead of noise words).", flags="--hs/--no-hs"
        ),
    ),
    Setting(
        "negative",
        5,
        Whole(
            0,
            most=10_000,
            why="the noise words of an example are compared with each other; usual are 5 to 20",
            hint="negative=0 switches negative sampling off",
        ),
        trained=Trained(),
        option=Option("Model", "Noise words for an example; 0 for none."),
    ),
    Setting(
        "ns_exponent",
        0.75,
        Real(),
        trained=Trained(),
        option=Option("Model", "Noise words are drawn by count to this power."),
    ),
    Setting(
        "negative_sharing",
        AUTO,
        OneOf((AUTO, PAIR, WINDOW)),
        trained=Trained(freeze=lambda sharing: PAIR if sharing == AUTO else sharing),  # until the words are known
        option=Option(
            "Model",
            "Skip-gram: noise words for each pair, or for all pairs of a window (faster; auto: with many words).",
        ),
    ),
    # both are checked with the registries, on a higher floor
    Setting(
        "objective",
        None,
        Unchecked(),
        trained=Trained("objectives", freeze=None),
        option=Option("Model", "softmax, sampled_softmax or nce, instead of noise words or a tree."),
    ),
    Setting("architecture", None, Unchecked(), trained=Trained("architecture", freeze=None)),
    Setting(
        "candidates",
        UNIGRAM,
        OneOf((UNIGRAM, LOG_UNIFORM)),
        trained=Trained(),
        option=Option("Model", "For sampled_softmax and nce: draw words by --ns-exponent, or log-uniformly by rank."),
    ),
    Setting(
        "normaliser",
        ONE,
        OneOf((ONE, VOCABULARY)),
        trained=Trained(),
        option=Option(
            "Model",
            "For nce: the exponentiated scores of all words add up to one, or to the size of the vocabulary (better).",
        ),
    ),
    Setting(
        "subtract_log_q",
        True,
        Flag(),
        trained=Trained(),
        option=Option(
            "Model",
            "For sampled_softmax: correct scores by how often words are drawn, so that they are those of a softmax.",
            flags="--subtract-log-q/--plain-scores",
        ),
    ),
    Setting(
        "cbow_mean",
        1,
        Flag(number=True),
        trained=Trained(freeze=bool),
        option=Option("Model", "CBOW takes the mean, or the sum, of the context.", flags="--cbow-mean/--cbow-sum"),
    ),
    Setting(
        "cbow_corrected",
        False,
        Flag(),
        trained=Trained(),
        option=Option(
            "Model",
            "CBOW gives each context vector its share of the mean's error, or all of it.",
            flags="--cbow-corrected/--cbow-uncorrected",
        ),
    ),
    Setting(
        "epochs",
        5,
        Whole(0),
        trained=Trained(),
        option=Option("Training", "Passes over the corpus."),
    ),
    Setting(
        "shuffle",
        False,
        Off(OneOf((SENTENCES, JOBS))),
        trained=Trained(),
        option=Option("Training", "Train sentences, or passages of --batch-words, in a new order each epoch."),
    ),
    Setting(
        "compute_loss",
        False,
        Flag(),
        trained=Trained(),
        option=Option(
            "Training", "Show the mean loss while training (takes time).", flags="--compute-loss/--no-compute-loss"
        ),
    ),
    Setting(
        "comment",
        None,
        Unchecked(),
        option=Option("Model", "Text to store with the model."),
        per_rank=True,
    ),
    Setting("hashfxn", hash, Unchecked(), saved=False, per_rank=True),
    Setting(
        "device",
        "cpu",
        Pattern(
            r"cpu|auto|cuda(:\d+(,\d+)*)?",
            "'cpu', 'cuda', 'cuda:N' (N: number of the GPU, from 0), 'cuda:N,M' (several of them) or 'auto'",
        ),
        trained=Trained(),
        option=Option(
            "Machine",
            "Where to train: cpu, cuda, cuda:N, cuda:N,M (several GPUs), or auto (a GPU if there is one).",
            on_resume="Where to train; default: as before.",
        ),
        saved=False,
        per_rank=True,
    ),
    Setting(
        "backend",
        None,
        Unchecked(),  # checked with the registry, on a higher floor
        option=Option(
            "Machine",
            "What runs the jobs, by name; mpi: all processes that mpiexec has started.",
            on_resume="As in 'train'; mpi: on as many processes as before.",
        ),
        saved=False,
        per_rank=True,
    ),
)
SETTINGS: Mapping[str, Setting] = {setting.name: setting for setting in _TABLE}

# What `Doc2Vec` has beside these.
DOCUMENT_SETTINGS: Mapping[str, Setting] = {
    "dbow_words": Setting(
        "dbow_words",
        0,
        Flag(number=True),
        option=Option(
            "Documents", "With --dbow: train words, too, by skip-gram.", flags="--dbow-words/--no-dbow-words"
        ),
    ),
    "dm_concat": Setting("dm_concat", 0, Flag(number=True)),
    "dm_tag_count": Setting("dm_tag_count", 1, Whole(1, hint="tags of each document, with dm_concat=1")),
}

_MOST_BUCKETS = (1 << 31) - 1  # their numbers are int32 in fastText's files

# What `FastText` has beside these.
SUBWORD_SETTINGS: Mapping[str, Setting] = {
    setting.name: setting
    for setting in (
        Setting(
            "min_n",
            3,
            Whole(0, MOST_CHARACTERS),
            option=Option("Subwords", "Characters of the shortest n-grams."),
        ),
        Setting(
            "max_n",
            6,
            Whole(0, MOST_CHARACTERS, hint="max_n=0 makes no n-grams"),
            option=Option("Subwords", "Characters of the longest n-grams; 0: plain words."),
        ),
        Setting(
            "bucket",
            2_000_000,
            Whole(0, _MOST_BUCKETS, hint="bucket=0 makes no n-grams"),
            option=Option("Subwords", "Numbers that n-grams are hashed to."),
        ),
        Setting(
            "hash_count",
            0,
            Whole(0, MOST_HASHES, hint="hash_count=0 trains what fastText does, 2 is usual for floret"),
            option=Option("Subwords", "Rows of each word and n-gram in floret's one table; 0: as fastText."),
        ),
    )
}

# An argument of `train` and `resume` that is a field of `TrainingConfig` too.
QUEUE_FACTOR = Whole(1, most=10_000, why="so many jobs would wait for each thread; usual are 2")

# Fields of `TrainingConfig` in which ranks may differ.
PER_RANK_FIELDS = (
    "queue_factor",
    *(setting.trained.field or setting.name for setting in _TABLE if setting.per_rank and setting.trained),
)


def common_settings(declared: Mapping[str, Setting]) -> tuple[str, ...]:
    """Return the settings in which ranks may not differ and that are no fields of `TrainingConfig`."""
    return tuple(name for name, setting in declared.items() if not setting.per_rank and setting.trained is None)


def trained_fields(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of `TrainingConfig` that follow from one setting each.

    Parameters
    ----------
    values : mapping of str to object
        Checked settings.

    Examples
    --------
    >>> fields = trained_fields({name: setting.default for name, setting in SETTINGS.items()})
    >>> fields["subsample"], fields["negative_sharing"]
    (True, 'pair')
    """
    return {
        setting.trained.field or setting.name: setting.trained.freeze(values[setting.name])
        for setting in _TABLE
        if setting.trained is not None and setting.trained.freeze is not None
    }


def within_bounds(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return settings that were read from a file, with no more workers and no larger jobs than a run can have.

    A model is what it is for any number of them, so that it can be loaded; other sizes it cannot have had.

    Examples
    --------
    >>> within_bounds({"workers": 10**6, "batch_words": 4, "window": 5})
    {'workers': 4096, 'batch_words': 4, 'window': 5}
    """
    bounded = dict(settings)
    for setting in _TABLE:
        if setting.cap is not None and isinstance(bounded.get(setting.name), int):
            bounded[setting.name] = min(bounded[setting.name], setting.cap)
    return bounded


def check_together(settings: Any) -> None:
    """Raise ValueError if checked settings do not go together.

    Parameters
    ----------
    settings : TrainingConfig or Word2Vec
    """
    check_window_weights(settings.window, settings.window_weights)
    if settings.cbow_corrected and not settings.cbow_mean:
        raise ValueError(
            "cbow_corrected must be False with cbow_mean=0, got True: the sum's gradient gives each context the whole "
            "error, and diverges in wide windows; the corrected step is that of the mean, cbow_mean=1"
        )


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
    for setting in _TABLE:
        if setting.trained is not None and setting.trained.field is None:
            setting.check(getattr(config, setting.name))
    QUEUE_FACTOR.check("queue_factor", config.queue_factor)
    check_int("epochs", config.epochs, 1)
    check_int("workers", config.workers, 1)
    check_int("seed", config.seed, 0)
    check_flag("subsample", config.subsample)
    if config.window != clamp_window(config.window):
        raise ValueError(f"window must be at most {WIDEST:,}, got {config.window!r}")
    check_together(config)
    if config.negative_sharing not in (PAIR, WINDOW):
        raise ValueError(f"negative_sharing must be one of {(PAIR, WINDOW)}, got {config.negative_sharing!r}")
    return config
