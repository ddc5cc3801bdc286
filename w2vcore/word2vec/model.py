"""The facade `Word2Vec`: gensim's class, with this library's training behind it."""

from __future__ import annotations

import inspect
import logging
import os
import warnings
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from w2vcore.backends.agreement import Agreement
from w2vcore.backends.base import EpochStats
from w2vcore.backends.cuda.devices import why_not
from w2vcore.backends.registry import choose, crew_of
from w2vcore.corpus.containers import words_of
from w2vcore.corpus.feed import Feed
from w2vcore.corpus.keying import check_saved, plain_key
from w2vcore.corpus.sources import Corpus, as_corpus, sentences_of
from w2vcore.corpus.token_cache import TokenCache
from w2vcore.corpus.trimming import check_trim_rule
from w2vcore.corpus.vocabulary import RawCounts
from w2vcore.facade.advice import READ_BY_TRAIN_ONCE, log_ignored, missing_totals, passes_of_constructor
from w2vcore.facade.attributes import own_attributes, restore
from w2vcore.facade.lifecycle import plain_events
from w2vcore.facade.oldnames import OldNames, refuse_unknown
from w2vcore.facade.saveload import checked_ignore
from w2vcore.facade.subclassing import overrides, refuse_inner_methods
from w2vcore.formats import gensim_native, native, recognition
from w2vcore.formats.atomic import naming
from w2vcore.formats.destination import check_destination
from w2vcore.formats.snapshot import Snapshot
from w2vcore.keyedvectors import OWN, KeyedVectors
from w2vcore.model.config import (
    HIERARCHICAL,
    SENTENCE,
    WIDEST,
    TrainingConfig,
    check_device,
    check_flag,
    check_float,
    check_int,
    check_size,
    check_workers,
    job_words,
    within_bounds,
)
from w2vcore.model.inspection import LONG, Inspection
from w2vcore.model.randomness import random_state, set_random_state
from w2vcore.model.weights import checked_matrix
from w2vcore.objectives.count_tables import CountTables
from w2vcore.objectives.registry import OBJECTIVES, needs_tree
from w2vcore.query.likelihood import TreeModel, output_probabilities, sentence_scores
from w2vcore.query.similarity import top
from w2vcore.training.checkpoint import RunState, Size, check_apart, check_checkpoint
from w2vcore.training.notices import notify
from w2vcore.training.parts import share_corpus
from w2vcore.training.session import Hooks, Session, Task
from w2vcore.training.trainer import Expected
from w2vcore.word2vec.building import ModelTables
from w2vcore.word2vec.calling import Calls
from w2vcore.word2vec.keeprates import follow_sample
from w2vcore.word2vec.setup import kernels_of, setup_of
from w2vcore.word2vec.tree import WordTree, read_tree, stored_tree, take_paths

logger = logging.getLogger("w2vcore.word2vec")

# What a saved model keeps beside its arrays: arguments of the constructor, and results; plain numbers, str and lists.
CONSTRUCTOR_SETTINGS = (
    *(
        "vector_size",
        "alpha",
        "min_alpha",
        "window",
        "shrink_windows",
        "min_count",
        "max_vocab_size",
        "max_final_vocab",
    ),
    *("sample", "sorted_vocab", "null_word", "seed", "workers", "batch_words", "sg", "hs", "negative", "ns_exponent"),
    *("negative_sharing", "objective", "architecture"),
    *("cbow_mean", "epochs", "compute_loss", "comment"),
)
SETTINGS = (*CONSTRUCTOR_SETTINGS, "hashfxn", "device", "backend")  # arguments that are attributes
NOT_SAVED = ("expando.code", "expando.point")  # they follow from the tree
SAVED_SETTINGS = (
    *CONSTRUCTOR_SETTINGS,
    *("corpus_count", "corpus_total_words", "effective_min_count", "train_count", "epochs_trained", "total_train_time"),
    *("min_alpha_yet_reached", "running_training_loss", "training_history"),
)
# What a model has beside these and the matrices is the user's.
ATTRIBUTES = frozenset(
    {*SAVED_SETTINGS, "layer1_size", "hashfxn", "device", "backend", "random", "wv", "load", "lifecycle_events"}
)


@dataclass(frozen=True)
class _Run:
    """How a corpus is to be trained, beside the model's own settings."""

    callbacks: Calls
    progress: bool = False
    queue_factor: int = 2
    report_delay: float = 1.0
    checkpoint: Any = None
    every: int | None = None
    resumed: RunState | None = None

    def __post_init__(self) -> None:
        """Refuse a checkpoint that could not be written, before the corpus is read."""
        if self.checkpoint is not None:
            check_destination(self.checkpoint, f"checkpoint={os.fspath(self.checkpoint)!r}")


class Word2Vec(ModelTables, OldNames):
    r"""Train, use and evaluate word vectors (Mikolov et al. 2013, arXiv:1301.3781 and arXiv:1310.4546).

    The arguments, their order and their defaults are gensim 4's.

    Parameters
    ----------
    sentences : iterable of list of hashable, optional
        Sentences as lists of tokens, that can be iterated any number of times: once to count the words, once for each
        epoch. A list is encoded once. Without it (and without `corpus_file`) the model is left untrained.
    corpus_file : str, path or list of them, optional
        Text instead of `sentences`: one sentence a line, words separated by white space; ``.gz`` and other compressed
        files too. A sentence may have any length.
    vector_size : int
        Length of a vector.
    alpha, min_alpha : float
        Learning rate at the start and at the end; it falls linearly with the words processed.
    window : int or "sentence"
        Words on each side of the centre that are its context; "sentence": all of the sentence.
    min_count : int
        Words that occur less often are left out.
    max_vocab_size : int, optional
        Bound on the words kept in memory while counting; rare words are pruned when it is exceeded.
    sample : float
        Threshold for dropping frequent words at random; 0 drops none; from 1 on it is a count.
    seed : int or None
        From 0 to 2**32 - 1. None draws one from the system; it is logged and kept in the attribute `seed`.
    workers : int
        Threads; -1 uses all cores. With 1, equal seeds give bit-equal models.
    sg : {0, 1}
        1: skip-gram, 0: CBOW.
    hs : {0, 1}
        1: hierarchical softmax.
    negative : int
        Noise words for an example; 0: no negative sampling.
    ns_exponent : float
        Noise words are drawn in proportion to ``count ** ns_exponent``; it may be 0 or negative.
    cbow_mean : {0, 1}
        1: CBOW takes the mean of the context vectors, and adds the whole error to each of them, as word2vec.c does; 0:
        it takes their sum, and adds the error divided by their number. Both as in gensim.
    hashfxn : callable
        Kept as an attribute; not used (as in gensim 4).
    epochs : int
        Passes over the corpus.
    null_word : {0, 1}
        1: add the word ``"\0"`` with count 1.
    trim_rule : callable, optional
        ``f(word, count, min_count)`` returning one of ``utils.RULE_DEFAULT``, ``RULE_DISCARD``, ``RULE_KEEP``, and
        nothing else.
    sorted_vocab : {0, 1}
        1: rows in descending order of frequency.
    batch_words : int
        Tokens in a job for a worker, which have one learning rate; at least 1,000, as smaller jobs would take longer to
        hand out than to train. Nothing is ever cut off by it, and a corpus that is no larger is one job.
    compute_loss : bool
        Sum the loss while training; see `training_history` and `get_latest_training_loss`.
    callbacks : iterable
        Objects with ``on_train_begin``, ``on_epoch_begin``, ``on_epoch_end``, ``on_train_end``; an ``on_epoch_end``
        that returns True ends the training.
    comment : str, optional
        Stored with the model.
    max_final_vocab : int, optional
        Keep at most that many words, the most frequent ones.
    shrink_windows : bool
        Draw each centre's window from 1 to `window`.
    negative_sharing : {"auto", "pair", "window"}
        Skip-gram: whether each (context, centre) pair draws noise words of its own and sees what the pairs before it
        changed, as in word2vec.c and gensim ("pair"), or all pairs of a centre share its noise words and start from
        the same values ("window": HogBatch, Ji et al. 2016, arXiv:1604.04661), which is up to three times as fast.
        "auto" is "window" where the vectors were measured to be no worse, and else "pair"; the log says which, and
        why. It is "window" for ``window <= 10`` if the noise words are as varied (exp of their entropy) as 6,000
        equally frequent ones, or 12,000 for ``negative=20``: in most texts of some million words, not in small ones.
        With `hs` it is for ``window <= 5`` and ``sample > 0`` if the words are as varied as 2,500 equally frequent
        ones.
    device : {"cpu", "cuda", "cuda:N", "auto"}
        Where to train: on the CPU, or on an NVIDIA GPU (needs CuPy: ``pip install w2vcore[cuda12]`` or ``[cuda13]``).
        "auto" takes a GPU if there is one, and says in the log what it took. `workers` has no say on a GPU. Not saved
        with the model: it says how a machine is used, as `backend` does.
    backend : str, optional
        What runs the jobs; default: what trains on `device`. ``"reference"`` is the slow twin in plain NumPy;
        ``"mpi"``: all processes that ``mpiexec`` has started train this one model (docs/distributed.md).
    objective : str, optional
        Name of an objective of your own, trained in place of what `hs` and `negative` say: see
        docs/adding-an-objective.md. Its target matrix is the attribute ``syn1_<name>``.
    architecture : str, optional
        Name of an architecture of your own, in place of what `sg` says: see docs/architecture.md.
    progress : bool
        Show a progress bar on stderr.
    cache_corpus : bool
        Encode any corpus once instead of iterating it again in each epoch; a generator will do then.
    cache_dir : str or path, optional
        Where an encoded corpus goes that is too large for memory; default: the system's temporary folder.
    checkpoint : str or path, optional
        File from which `resume` can go on if this process dies: the whole model, written before training, after each
        epoch, and every `checkpoint_every` words.
    checkpoint_every : int, optional
        Words read between two checkpoints inside an epoch; without it there are none.

    Attributes
    ----------
    wv : KeyedVectors
        The vectors.
    syn1neg, syn1 : ndarray of float32, shape (V, D)
        Target matrices of negative sampling and of hierarchical softmax; the last row of `syn1` is never used.
    training_history : list of dict
        One for each epoch: epoch, words (trained), raw_words (read), sentences, examples, seconds, words_per_second,
        alpha (of its last job), loss (mean of an example; None without `compute_loss`), loss_sum, accuracy (share of
        examples whose word scored above its noise words, or of right decisions in the tree; None likewise).

    Raises
    ------
    TypeError, ValueError
        If an argument is not allowed; it is named, before any work starts.
    RuntimeError
        If no word is left to train on; if there is no such GPU.
    ImportError
        If a GPU was asked for, and CuPy is not installed.
    MemoryError
        If the matrices do not fit, in memory or on the GPU; the message has the sizes.

    Examples
    --------
    >>> from w2vcore import Word2Vec
    >>> model = Word2Vec([["cat", "say", "meow"], ["dog", "say", "woof"]], vector_size=8, min_count=1, workers=1)
    >>> model
    Word2Vec<vocab=5, vector_size=8, alpha=0.025>
    >>> model.wv["cat"].shape
    (8,)
    """

    def __init__(
        self,
        sentences: Iterable[Any] | None = None,
        corpus_file: Any = None,
        vector_size: int = 100,
        alpha: float = 0.025,
        window: Any = 5,
        min_count: int = 5,
        max_vocab_size: int | None = None,
        sample: float = 1e-3,
        seed: int | None = 1,
        workers: int = 3,
        min_alpha: float = 0.0001,
        sg: int = 0,
        hs: int = 0,
        negative: int = 5,
        ns_exponent: float = 0.75,
        cbow_mean: int = 1,
        hashfxn: Callable[..., int] = hash,
        epochs: int = 5,
        null_word: int = 0,
        trim_rule: Callable[..., int] | None = None,
        sorted_vocab: int = 1,
        batch_words: int = 10000,
        compute_loss: bool = False,
        callbacks: Iterable[Any] = (),
        comment: str | None = None,
        max_final_vocab: int | None = None,
        shrink_windows: bool = True,
        *,
        negative_sharing: str = "auto",
        device: str = "cpu",
        backend: str | None = None,
        objective: str | None = None,
        architecture: str | None = None,
        progress: bool = False,
        cache_corpus: bool = False,
        cache_dir: Any = None,
        checkpoint: Any = None,
        checkpoint_every: int | None = None,
        **unknown: Any,
    ) -> None:
        refuse_unknown("Word2Vec()", unknown)
        given = locals()
        self._begin({name: given[name] for name in SETTINGS})
        check_trim_rule(trim_rule)
        every = check_checkpoint(checkpoint, checkpoint_every)
        crew_of(choose(self.backend, self.device))  # so that an MPI that is missing is known now

        if sentences is None and corpus_file is None:
            log_ignored(given)
            return
        run = _Run(Calls(callbacks), progress, checkpoint=checkpoint, every=every)
        self._training_config()  # refuse hs=0 with negative=0, and epochs=0, before the corpus is read
        if overrides(self, Word2Vec, "build_vocab", "scan_vocab", "train"):
            options = {"progress": progress, "cache_corpus": cache_corpus, "cache_dir": cache_dir}
            options |= {"checkpoint": checkpoint, "checkpoint_every": checkpoint_every}
            self._build_and_train(sentences, corpus_file, trim_rule, list(run.callbacks), options)
            return
        with self._together() as crew, TokenCache(cache_dir) as cache:
            corpus = as_corpus(
                sentences, corpus_file, **passes_of_constructor(self.epochs, cache_corpus, self.max_vocab_size)
            )
            check_apart(checkpoint, corpus.sentences)
            corpus = share_corpus(crew, corpus)
            batch, size = self._scan_and_build(corpus, cache, cache_corpus, trim_rule, crew)
            feed = Feed(corpus, cache, corpus.cacheable or cache_corpus, batch)
            del batch  # not to be kept here when the corpus is encoded again
            self._train(feed, Expected(self.corpus_count, None), run, crew, size, seen=True)

    def _begin(self, settings: Mapping[str, Any]) -> None:
        """Take settings and start without a vocabulary: for the constructor, and for files, which call none."""
        refuse_inner_methods(type(self))
        for name in SETTINGS:
            setattr(self, name, settings[name])
        self._check_settings()
        self.random = np.random.RandomState(self.seed)
        self.wv = KeyedVectors(self.vector_size)
        self.wv._belong_to(self)
        self.wv.vectors_lockf = np.ones(1, np.float32)
        self._raw_counts = {}
        self._scanned = RawCounts({}, 0, 0)
        self._shortfall = None
        self.corpus_count = self.corpus_total_words = 0
        self.effective_min_count = None
        self.train_count = self.epochs_trained = 0
        self.total_train_time = 0.0
        self.min_alpha_yet_reached = self.alpha
        self.running_training_loss = 0.0
        self.training_history: list[dict[str, Any]] = []
        self.load = _on_the_class_only  # type: ignore[method-assign]
        self._noise_table = None
        self._inspection, self._tables = Inspection(), CountTables()
        self.lifecycle_events = []
        self.add_lifecycle_event("created", params=str(self))

    def _build_and_train(
        self,
        sentences: Any,
        corpus_file: Any,
        trim_rule: Callable[..., int] | None,
        callbacks: Iterable[Any],
        options: Mapping[str, Any],
    ) -> None:
        """Do with a corpus what gensim's constructor does: a subclass has methods of its own for it.

        Those may have gensim's signatures: options that gensim does not know are passed on only if they were given.
        """
        as_corpus(sentences, corpus_file, passes=1 + (1 if options["cache_corpus"] else self.epochs))
        self.build_vocab(corpus_iterable=sentences, corpus_file=corpus_file, trim_rule=trim_rule)
        self.train(
            corpus_iterable=sentences,
            corpus_file=corpus_file,
            total_examples=self.corpus_count,
            total_words=self.corpus_total_words,
            epochs=self.epochs,
            start_alpha=self.alpha,
            end_alpha=self.min_alpha,
            compute_loss=self.compute_loss,
            callbacks=callbacks,
            **{name: value for name, value in options.items() if value},
        )

    # ------------------------------------------------------------------ training

    def train(
        self,
        corpus_iterable: Iterable[Any] | None = None,
        corpus_file: Any = None,
        total_examples: int | None = None,
        total_words: int | None = None,
        epochs: int | None = None,
        start_alpha: float | None = None,
        end_alpha: float | None = None,
        word_count: int = 0,
        queue_factor: int = 2,
        report_delay: float = 1.0,
        compute_loss: bool | None = None,
        callbacks: Iterable[Any] = (),
        *,
        progress: bool = False,
        cache_corpus: bool = False,
        cache_dir: Any = None,
        checkpoint: Any = None,
        checkpoint_every: int | None = None,
        **unknown: Any,
    ) -> tuple[int, int]:
        """Train on a corpus, going on from the weights that are there.

        `epochs`, `start_alpha`, `end_alpha` and `compute_loss` become the model's own settings, as in gensim; not if
        a callback calls this, as the training around it goes on with its own.

        Parameters
        ----------
        corpus_iterable, corpus_file
            The corpus, as in the class.
        total_examples, total_words : int
            Size of the corpus in sentences or in words, for the learning rate; one of them is needed. After
            ``build_vocab`` on the same corpus: ``total_examples=model.corpus_count``. 0 trains nothing, with a warning.
        epochs : int
            Passes over the corpus.
        start_alpha, end_alpha : float, optional
            Learning rate at the start and at the end of this call; default ``alpha`` and ``min_alpha``.
        word_count : int
            Accepted as in gensim; not used.
        queue_factor : int
            Jobs that wait for each worker, at most.
        report_delay : float
            Seconds between two log lines.
        compute_loss : bool, optional
            Sum the loss; default: what the model was made with.
        callbacks : iterable
        progress, cache_corpus, cache_dir, checkpoint, checkpoint_every
            As in the class.

        Returns
        -------
        trained_words, raw_words : int
            Words trained (in the vocabulary and not dropped by sampling) and words read, over all epochs.

        Raises
        ------
        TypeError, ValueError
            If an argument is not allowed.
        RuntimeError
            If there is no vocabulary, or the corpus turns out to be empty.
        FloatingPointError
            If the weights leave the finite numbers.
        Exception
            Whatever the corpus, a callback or a worker raised; training has stopped then.
        """
        refuse_unknown("train()", unknown)
        if start_alpha is not None:
            start_alpha = check_float("start_alpha", start_alpha, 0)
        if end_alpha is not None:
            end_alpha = check_float("end_alpha", end_alpha, 0)
        if not self._objectives():
            self._training_config()  # raises
        if not len(self.wv):
            why = f": {self._shortfall}" if self._shortfall else ""
            raise RuntimeError(f"you must first build vocabulary before training the model{why}")
        if not len(self.wv._vectors):
            raise RuntimeError("you must initialize vectors before training the model: call init_weights()")
        if total_words is None and total_examples is None:
            counts = self.wv.expandos.get("count", np.zeros(0, np.int64))
            raise ValueError(missing_totals(self.corpus_count, int(counts.sum())))
        totals = [
            None if value is None else check_int(name, value, 0)
            for name, value in (("total_examples", total_examples), ("total_words", total_words))
        ]
        if epochs is None:
            raise ValueError(
                "You must specify an explicit epochs count. The usual value is epochs=model.epochs, "
                f"here {self.epochs}; got epochs=None"
            )
        epochs = check_int("epochs", epochs, 1)
        every = check_checkpoint(checkpoint, checkpoint_every)
        queue_factor = check_size("queue_factor", queue_factor, 1)
        report_delay = check_float("report_delay", report_delay, 0, hint="seconds between two log lines")
        run = _Run(Calls(callbacks), progress, queue_factor, report_delay, checkpoint, every)
        passes = 1 if cache_corpus else epochs
        corpus = as_corpus(corpus_iterable, corpus_file, passes=passes, once=READ_BY_TRAIN_ONCE)
        check_apart(checkpoint, corpus.sentences)
        if not (totals[1] if totals[0] is None else totals[0]):
            corpus = _nothing("total_words" if totals[0] is None else "total_examples", corpus)
            totals = [0, 0]
        compute_loss = None if compute_loss is None else check_flag("compute_loss", compute_loss)
        with self._settings_of_a_call(), self._together() as crew, TokenCache(cache_dir) as cache:
            self.epochs = epochs
            self.alpha = self.alpha if start_alpha is None else start_alpha
            self.min_alpha = self.min_alpha if end_alpha is None else end_alpha
            self.compute_loss = self.compute_loss if compute_loss is None else compute_loss
            feed = Feed(share_corpus(crew, corpus), cache, corpus.cacheable or cache_corpus, keys=len(self.wv))
            return self._train(feed, Expected(*totals), run, crew)

    @classmethod
    def resume(
        cls,
        path: Any,
        corpus_iterable: Iterable[Any] | None = None,
        corpus_file: Any = None,
        *,
        workers: int | None = None,
        device: str | None = None,
        queue_factor: int = 2,
        report_delay: float = 1.0,
        callbacks: Iterable[Any] = (),
        progress: bool = False,
        cache_dir: Any = None,
        backend: str | None = None,
    ) -> Word2Vec:
        """Go on from a checkpoint, to the end of the call of ``train()`` (or of the constructor) that wrote it.

        Checkpoints go on being written to the same file. With ``workers=1`` the model is equal, bit for bit, to that
        of a run that was never interrupted. Callbacks are called as if the training began here, but for the epochs that
        are done.

        Parameters
        ----------
        path : str or path
            What was given as ``checkpoint=``.
        corpus_iterable, corpus_file
            The same corpus. What was trained already is passed over: a list or a file is encoded again, any other
            iterable is iterated up to there.
        workers : int, optional
            Another number of threads; default: as before.
        device : str, optional
            Another device; default: the one on which the run began.
        queue_factor, report_delay, callbacks, progress, cache_dir
            As in `train`.
        backend : str, optional
            As in the class. With ``"mpi"``, as many processes as before, unless the checkpoint was taken between two
            epochs.

        Returns
        -------
        Word2Vec
            The trained model; one that was trained to its end is returned as it is, and needs no corpus.

        Raises
        ------
        ValueError
            If the file is no checkpoint, a damaged or a newer one, or if the corpus is another one.
        TypeError
            If there is no corpus, or it cannot be read often enough.

        Warns
        -----
        UserWarning
            If the kernels use another instruction set than before, or run on a GPU and did not before, or the other way
            round: the result is as good, but not bit-equal. If a callback had changed the corpus, which is not in the
            checkpoint: pass it as it was then.

        Examples
        --------
        >>> import tempfile, pathlib
        >>> path = pathlib.Path(tempfile.mkdtemp()) / "run.checkpoint"
        >>> data = [["some", "words"], ["more", "words"]] * 100
        >>> class Crash:
        ...     def __getattr__(self, event):
        ...         return lambda model: 1 / (event != "on_epoch_end" or model.epochs_trained < 2)
        >>> settings = {"vector_size": 8, "min_count": 1, "workers": 1, "epochs": 4}
        >>> Word2Vec(data, callbacks=[Crash()], checkpoint=path, **settings)
        Traceback (most recent call last):
            ...
        ZeroDivisionError: division by zero
        >>> model = Word2Vec.resume(path, data)
        >>> bool((model.wv.vectors == Word2Vec(data, **settings).wv.vectors).all())
        True
        """
        snapshot = cls._read(path)
        model = cls._from_snapshot(snapshot)
        state = RunState.from_settings(snapshot.settings, str(path))
        trained = (model.vector_size, model._architecture(), tuple(model._objectives()))
        if trained != (state.config.vector_size, state.config.architecture, state.config.objectives):
            raise ValueError(f"{path}: the state of the run is damaged: it is that of another model")
        if state.finished:
            logger.info("%s: the run was trained to its end; there is nothing to resume", path)
            model._after_training(state.position.total, state.seconds)  # as the run itself did after this checkpoint
            return model
        model.device = state.config.device if device is None else check_device(device)
        kernels = kernels_of(choose(None, model.device))
        if state.instruction_set != kernels:
            message = (
                f"{path} was written by kernels for {state.instruction_set}, these are for {kernels}: they add in "
                "another order, so the result is as good, but not equal bit for bit"
            )
            logger.warning(message)
            warnings.warn(message, UserWarning, stacklevel=2)
        if state.corpus_changed:
            notify(
                f"{path}: a callback had changed the corpus of that run, which no checkpoint holds: the result is "
                "equal bit for bit only if what is given here is as it was then"
            )
        threads = state.config.workers if workers is None else check_workers(workers)
        queue_factor = check_size("queue_factor", queue_factor, 1)
        report_delay = check_float("report_delay", report_delay, 0, hint="seconds between two log lines")
        config = replace(state.config, workers=threads, queue_factor=queue_factor, device=model.device)
        model.workers = model.workers if workers is None else workers
        model.backend = backend
        left = state.config.epochs - state.position.epoch
        corpus = as_corpus(corpus_iterable, corpus_file, passes=left if state.size is None else 1)
        run = _Run(
            Calls(callbacks),
            progress,
            queue_factor,
            report_delay,
            path,
            state.every,
            replace(state, config=config),
        )
        model.add_lifecycle_event("resumed", fname=str(path))
        with model._together() as crew, TokenCache(cache_dir) as cache:
            shared = share_corpus(crew, corpus)
            feed = Feed(shared, cache, state.size is not None, keys=len(model.wv))  # as it began
            model._train(feed, Expected(*state.expected), run, crew, seen=True)
        return model

    def _train(
        self,
        feed: Feed,
        expected: Expected,
        run: _Run,
        crew: Agreement,
        size: Size | None = None,
        seen: bool = False,
    ) -> tuple[int, int]:
        """Train, while the attributes tell how it goes and the callbacks are called."""
        if run.checkpoint is not None:
            check_saved(self.wv._stored_keys, f"checkpoint={os.fspath(run.checkpoint)!r}")
        if self.alpha > self.min_alpha_yet_reached and run.resumed is None:
            logger.warning("Effective 'alpha' higher than previous training cycles")
        task = Task(
            feed=feed,
            size=size,
            expected=expected,
            measure=self._measure(expected),
            crew=crew,
            epochs_before=self.epochs_trained,
            checkpoint=run.checkpoint,
            every=run.every,
            resumed=run.resumed,
            report_delay=run.report_delay,
            bar=run.progress,
            seen=seen,
        )
        common = self._common(expected, run)
        settled = None if run.resumed is None else run.resumed.config.negative_sharing
        hooks = Hooks(
            setup=lambda last: setup_of(self, run.queue_factor, feed.scanned, common, last, settled),
            epochs=lambda: check_int("epochs", self.epochs, 1),
            begin=lambda: self._begin_training(run),
            before_epoch=lambda: self._before_epoch(run.callbacks),
            after_epoch=lambda summary: self._after_epoch(run.callbacks, summary),
            checkpoint=lambda state: self._write_checkpoint(run.checkpoint, state),
            watched=bool(run.callbacks),
        )
        session = Session(task, hooks)
        self._log_settings(session.config)
        with self._training():
            total = session.run()
        self._after_training(total, session.seconds)
        run.callbacks.call("on_train_end", self)
        return total.words, total.raw_words

    def _common(self, expected: Expected, run: _Run) -> dict[str, Any]:
        """Return what processes that train one model must have in common beside its configuration and tables."""
        others = {name: getattr(self, name) for name in ("min_count", "max_final_vocab", "sorted_vocab", "null_word")}
        others |= {
            "total_examples": expected.sentences,
            "total_words": expected.words,
            "epochs_trained": self.epochs_trained,
        }
        others |= {"checkpoint": run.checkpoint is not None, "checkpoint_every": run.every}
        if run.resumed is not None:
            others["position in the checkpoint"] = run.resumed.position
        return others

    def _log_settings(self, config: TrainingConfig) -> None:
        if self.objective is None and self.hs and self.negative and not self.train_count:  # once a model
            logger.warning("Both hierarchical softmax and negative sampling are activated. This is probably a mistake.")
        logger.info(
            "training model with %i workers on %i vocabulary and %i features, using sg=%s hs=%s sample=%s negative=%s "
            "window=%s shrink_windows=%s; alpha falls from %g to %g",
            config.workers,
            len(self.wv),
            self.vector_size,
            self.sg,
            self.hs,
            self.sample,
            self.negative,
            self.window,
            self.shrink_windows,
            config.alpha,
            config.min_alpha,
        )
        if config.device == "auto":
            chosen = choose(self.backend, config.device)
            logger.info("device='auto' takes %s", "a GPU" if chosen == "cuda" else f"the CPU: {why_not()}")

    def _after_training(self, total: EpochStats, seconds: float) -> None:
        self.train_count += 1
        self.total_train_time += seconds
        self.wv.clear_norms()
        if total.raw_words > LONG * len(self.wv):
            self._tables.forget()
        self.add_lifecycle_event(
            "train",
            msg=f"training on {total.raw_words} raw words ({total.words} effective words) took {seconds:.1f}s, "
            f"{total.words / max(seconds, 1e-9):.0f} effective words/s",
        )

    def _write_checkpoint(self, path: Any, state: RunState) -> None:
        snapshot = self._snapshot()
        snapshot.settings["checkpoint"] = state.as_settings()
        native.write(snapshot, path)
        done = state.position
        logger.info("checkpoint %s: epoch %i, %i words", path, done.epoch, done.stats.raw_words)

    def _measure(self, expected: Expected) -> tuple[int, str]:
        """Take words as the measure of progress wherever their number is known; else what the caller counted in."""
        if expected.sentences is not None and (expected.sentences != self.corpus_count or not self.corpus_total_words):
            return expected.sentences, "sentences"
        return self.corpus_total_words if expected.sentences is not None else (expected.words or 0), "words"

    def _begin_training(self, run: _Run) -> None:
        if run.resumed is None:
            self.running_training_loss = 0.0
        run.callbacks.call("on_train_begin", self)
        self.wv.clear_norms()

    def _before_epoch(self, callbacks: Calls) -> None:
        callbacks.call("on_epoch_begin", self)
        self.wv.clear_norms()  # a query in the callback may have cached them

    def _after_epoch(self, callbacks: Calls, summary: dict[str, Any]) -> bool:
        self.wv.clear_norms()
        self.epochs_trained += 1
        self.training_history.append(summary)
        self.running_training_loss += summary["loss_sum"] or 0.0
        if summary["raw_words"]:
            self.min_alpha_yet_reached = summary["alpha"]
        return callbacks.stops(self)

    # ------------------------------------------------------------------ what the model expects

    def score(
        self,
        sentences: Iterable[Iterable[Any]],
        total_sentences: int = 1_000_000,
        chunksize: int = 100,
        queue_factor: int = 2,
        report_delay: float = 1,
    ) -> NDArray[np.float32]:
        """Return the log-likelihood of each sentence, in a model with hierarchical softmax.

        Compare the scores that models of several classes of text give to a sentence to classify it (Taddy 2015,
        arXiv:1504.07295). Windows are not shrunk, and no word is dropped.

        Parameters
        ----------
        sentences : iterable of list of hashable
            Unknown words are left out.
        total_sentences : int
            At most so many are scored.
        chunksize, queue_factor, report_delay
            Accepted as in gensim; not used.

        Returns
        -------
        ndarray of float32
            0 for a sentence without known words.

        Raises
        ------
        RuntimeError
            Without ``hs=1``, a vocabulary, or weights.

        Examples
        --------
        >>> model = Word2Vec([["up", "down"], ["left", "right"]] * 50, min_count=1, hs=1, negative=0, vector_size=8)
        >>> usual, unusual = model.score([["up", "down"], ["up", "right"]])
        >>> bool(usual > unusual)
        True
        """
        if not self.hs:
            raise RuntimeError(
                f"score needs hierarchical softmax, and this model has hs={self.hs}: train one with hs=1, negative=0"
            )
        if not len(self.wv):
            raise RuntimeError("you must first build vocabulary before scoring new data")
        if isinstance(sentences, (str, bytes)):
            raise TypeError(f"sentences must be an iterable of lists of words, got {sentences!r:.60}; pass [s.split()]")
        limit = check_int("total_sentences", total_sentences, 0)
        nodes = np.asarray(self._matrix_of(self._known_tables()[HIERARCHICAL]))
        tree = self._code_tree(whole=True).paths()
        expected = max(len(self.wv) - (len(nodes) < len(self.wv)), 0)  # with or without the row of no node
        window = WIDEST if self.window == SENTENCE else min(self.window, WIDEST)
        model = TreeModel(
            np.asarray(self.wv._vectors),
            checked_matrix("syn1", nodes, expected, self.vector_size),
            tree.offsets,
            tree.points,
            tree.codes,
            window=window,
            skipgram=bool(self.sg),
            mean=bool(self.cbow_mean),
        )
        rows, ids, offsets, told = self.wv.key_to_index, [], [0], False
        scores: list[NDArray[np.float64]] = [np.zeros(0)]
        for number, sentence in enumerate(sentences_of(sentences)):
            if number >= limit:
                logger.warning("there are more than total_sentences=%i sentences; the rest is not scored", limit)
                break
            if isinstance(sentence, str) and not told:  # as in training, and in gensim
                notify(f"sentence {number} is {sentence!r:.60}, and its letters are scored; pass a list of words")
                told = True
            words = list(sentence) if isinstance(sentence, str) else words_of(sentence, number)
            ids += [rows[key] for key in map(plain_key, words) if key in rows]
            offsets.append(len(ids))
            if len(ids) >= job_words(self.batch_words):
                scores.append(sentence_scores(model, np.array(ids, np.int64), np.array(offsets, np.int64)))
                ids, offsets = [], [0]
        scores.append(sentence_scores(model, np.array(ids, np.int64), np.array(offsets, np.int64)))
        result = np.concatenate(scores).astype(np.float32)
        logger.info("scored %i sentences", len(result))
        return result

    def predict_output_word(
        self, context_words_list: Iterable[Any], topn: int | None = 10
    ) -> list[tuple[Any, np.float32]] | None:
        """Return the words that are likeliest as the centre of a context, in a model with negative sampling.

        Parameters
        ----------
        context_words_list : list of hashable
            Words, or row numbers; unknown ones are left out.
        topn : int or None
            How many; None: all.

        Returns
        -------
        list of (key, float32), or None
            Best first; None if no word of the context is known. The numbers add up to 1 over the vocabulary, but
            negative sampling does not train probabilities: read them as an order.

        Raises
        ------
        RuntimeError
            Without ``negative > 0`` or without `syn1neg`.

        Examples
        --------
        >>> data = [["red", "green", "blue"], ["one", "two", "three"]] * 100
        >>> model = Word2Vec(data, min_count=1, vector_size=8, seed=3, sample=0, alpha=0.1, workers=1)
        >>> model.predict_output_word(["red", "blue"], topn=1)[0][0]
        'green'
        """
        if not self.negative:
            raise RuntimeError(
                f"predict_output_word needs negative sampling, and this model has negative={self.negative}: train one "
                "with negative > 0"
            )
        if getattr(self, "syn1neg", None) is None:
            raise RuntimeError(
                "predict_output_word needs syn1neg, and this model has none: build its vocabulary, or load a file that "
                "was saved with it"
            )
        if isinstance(context_words_list, (str, bytes)):
            raise TypeError(
                f"context_words_list must be a list of words, got {context_words_list!r:.60}; pass "
                f"[{context_words_list!r:.60}] for a single word"
            )
        wanted = len(self.wv) if topn is None else check_int("topn", topn, 0)
        known = [self.wv.get_index(word) for word in context_words_list if word in self.wv]
        if not known:
            logger.warning("All the input context words are out-of-vocabulary for the current model.")
            return None
        vectors, targets = np.asarray(self.wv._vectors), np.asarray(self.syn1neg)
        if len(targets) > len(self.wv):  # fewer are those of words that were added at the end
            raise ValueError(
                f"syn1neg has {len(targets)} rows and wv {len(self.wv)} keys: rows of words that were taken out of wv "
                "stand for others. Predict with a model whose wv is as it was trained"
            )
        chances = output_probabilities(vectors, targets, np.array(known, np.int64), bool(self.cbow_mean))
        return [(self.wv.index_to_key[row], chances[row]) for row in top(chances, wanted)]

    def seeded_vector(self, seed_string: str, vector_size: int) -> NDArray[np.float32]:
        """Return a small random vector that depends on `hashfxn` and the string alone; deprecated, as in gensim."""
        warnings.warn(
            "seeded_vector is deprecated; initial vectors depend on the model's seed alone",
            DeprecationWarning,
            stacklevel=2,
        )
        rng = np.random.Generator(np.random.SFC64(self.hashfxn(seed_string) & 0xFFFFFFFF))
        numbers: NDArray[np.float32] = rng.random(vector_size).astype(np.float32)
        numbers -= np.float32(0.5)
        numbers /= np.float32(vector_size)
        return numbers

    def init_sims(self, replace: bool = False) -> None:
        """Fill ``wv.norms``, or with `replace` scale all vectors to length 1; deprecated."""
        warnings.warn(
            "init_sims is deprecated; use wv.fill_norms or wv.unit_normalize_all", DeprecationWarning, stacklevel=2
        )
        if replace:
            self.wv.unit_normalize_all()
        else:
            self.wv.fill_norms()

    def get_latest_training_loss(self) -> float:
        """Return the loss summed over all examples since the last call of `train` began; 0.0 without `compute_loss`.

        The mean of an example is ``training_history[-1]["loss"]``.
        """
        return self.running_training_loss

    # ------------------------------------------------------------------ files

    def save(
        self,
        fname: Any,
        separately: Any = None,
        sep_limit: int = 10 * 1024**2,
        ignore: Iterable[str] = frozenset(),
        pickle_protocol: int = 4,
    ) -> None:
        """Save the whole model in one safetensors file, atomically; training can go on after `load`.

        With ``backend="mpi"`` only rank 0 writes a named file; the others return at once.

        Parameters
        ----------
        fname : str, path or binary file
            A ``.gz`` or ``.bz2`` name compresses.
        separately, sep_limit, pickle_protocol
            Accepted as in gensim; not used: there is one file, and no pickle.
        ignore : iterable of str
            Attributes to leave out, such as ``"syn1neg"``; they are None after `load`.

        Attributes that you have set yourself are saved too, if they are str, numbers, bool, None, or lists and dicts of
        these; a warning in the log names the others.

        Raises
        ------
        TypeError
            If a key is neither a str nor an int; it is named. If `ignore` is a single str.
        """
        if (separately, sep_limit, pickle_protocol) != (None, 10 * 1024**2, 4):
            logger.debug("save: separately, sep_limit and pickle_protocol are ignored: one file is written, no pickle")
        ignored = checked_ignore(ignore)
        if isinstance(fname, (str, os.PathLike)) and self.rank:
            logger.info("rank 0 saves %s", fname)
            return
        logger.info("saving %s object under %s", type(self).__name__, fname)
        native.write(self._snapshot(ignored), fname)
        logger.info("saved %s", fname)

    def _snapshot(self, ignore: frozenset[str] = frozenset()) -> Snapshot:
        """Return the model as plain arrays, not copied, and settings."""
        self._sampled = follow_sample(self.wv, self._sampled, self.sample)
        vectors = self.wv.snapshot()
        arrays = {name: array for name, array in vectors.arrays.items() if name not in NOT_SAVED}
        tables = [table for table in self._known_tables().values() if table.role != "input"]
        for table in tables:
            matrix = getattr(self, table.attribute, None)
            if matrix is not None and table.attribute not in ignore:
                arrays[table.name] = table.stored(matrix, len(self.wv))
        if needs_tree(arrays.keys() & OBJECTIVES):
            arrays.update(stored_tree(self._tree, self.wv))
        settings = {name: getattr(self, name) for name in SAVED_SETTINGS if name not in ignore}
        settings["lifecycle_events"] = plain_events(self.lifecycle_events)
        if OWN in vectors.settings:
            settings[OWN] = vectors.settings[OWN]
        if own := own_attributes(self, ATTRIBUTES | ignore):
            settings["attributes"] = own
        if isinstance(self.random, np.random.RandomState) and "random" not in ignore:
            arrays["random"], settings["random"] = random_state(self.random)
        settings["ignored"] = sorted(ignore)
        return Snapshot("word2vec", vectors.keys, arrays, settings)

    @classmethod
    def load(cls, fname: Any, mmap: str | None = None) -> Word2Vec:
        """Load a model that `save` wrote, or that gensim 0.12 to 4 saved (see `from_gensim`).

        Parameters
        ----------
        fname : str, path or binary file
        mmap : {None, "r", "r+", "c"}
            Map the matrices instead of reading them; training first copies them into memory.

        Raises
        ------
        FileNotFoundError
            If there is no such file.
        AttributeError
            If the file holds vectors only: use ``KeyedVectors.load``.
        ValueError
            If the file is damaged, newer than this version, or something else.
        """
        refuse_inner_methods(cls)
        logger.info("loading %s object from %s", cls.__name__, fname)
        with naming(fname):
            model = cls._from_snapshot(cls._read(fname, mmap))
        model.add_lifecycle_event("loaded", fname=str(fname))
        return model

    @classmethod
    def _read(cls, fname: Any, mmap: str | None = None) -> Snapshot:
        """Read a file that holds a model."""
        if recognition.is_gensim_save(fname):
            return cls._read_gensim(fname, mmap)
        snapshot = native.read(fname, mmap=mmap, padded=True)
        if snapshot.kind != "word2vec":
            raise AttributeError(
                f"Model of type {snapshot.kind} can't be loaded by {cls.__name__}: use KeyedVectors.load({fname!r})"
            )
        return snapshot

    @classmethod
    def from_gensim(cls, path: Any, mmap: str | None = None) -> Word2Vec:
        """Load a whole Word2Vec model that gensim 0.12 to 4 saved: weights, counts and settings; training can go on.

        The file is a pickle. It is read as data by an interpreter that runs nothing, and anything but arrays,
        containers and gensim's own classes in it is an error. `load` does the same where the file is gensim's.

        Parameters
        ----------
        path : str or path-like
            Arrays that gensim stored beside it are found by its name.
        mmap : {None, "r", "r+", "c"}
            Map those arrays instead of reading them; training first copies them into memory.

        Raises
        ------
        AttributeError
            If the file holds another model, or vectors only: use ``KeyedVectors.load``.
        ValueError
            If it is another file, is damaged, or names anything that does not belong into a model.

        Warns
        -----
        UserWarning
            If the model was trained with hierarchical softmax and the paths of its words make no tree, since vectors
            were added to it or the file is damaged. Then `syn1` is left out.
        """
        with naming(path):
            return cls._from_snapshot(cls._read_gensim(path, mmap, stacklevel=3))

    @classmethod
    def _read_gensim(cls, path: Any, mmap: str | None, stacklevel: int = 4) -> Snapshot:
        """Read a model of gensim's; without the weights of a tree if the paths of its words make none."""
        snapshot = gensim_native.read_model(path, mmap)
        of_trees = [name for name in snapshot.arrays.keys() & OBJECTIVES if needs_tree([name])]
        if of_trees and not take_paths(snapshot.arrays):
            warnings.warn(
                f"{path}: the paths of hierarchical softmax make no tree of these words, so its weights (syn1) are "
                "left out; call init_weights() to train anew",
                UserWarning,
                stacklevel=stacklevel,
            )
            for name in of_trees:
                del snapshot.arrays[name]
        return snapshot

    @classmethod
    def _from_snapshot(cls, snapshot: Snapshot) -> Word2Vec:
        settings = within_bounds(snapshot.settings)
        model = cls.__new__(cls)
        model._begin({**DEFAULTS, **{name: settings[name] for name in CONSTRUCTOR_SETTINGS if name in settings}})
        model.wv = KeyedVectors.from_snapshot(snapshot)
        model.wv._belong_to(model)
        if not hasattr(model.wv, "vectors_lockf"):
            model.wv.vectors_lockf = np.ones(1, np.float32)
        for name, table in model._known_tables().items():
            if table.role != "input" and name in snapshot.arrays:
                matrix = snapshot.arrays[name]
                mapped = isinstance(matrix, np.memmap)
                setattr(model, table.attribute, matrix if mapped else table.restored(matrix, len(model.wv)))
        if needs_tree(snapshot.arrays.keys() & OBJECTIVES):
            tree = read_tree(snapshot.arrays)
            model._tree = None if tree is None else WordTree.of(tree, model.wv)
        for name in (*SAVED_SETTINGS, "lifecycle_events"):
            if name in settings:
                setattr(model, name, settings[name])
        model._sampled = model.sample
        restore(model, settings.get("attributes"), ATTRIBUTES)
        if "random" in snapshot.arrays:
            set_random_state(model.random, snapshot.arrays["random"], dict(settings.get("random") or {}))
        for name in settings.get("ignored", []):
            if not isinstance(getattr(cls, name, None), property):
                setattr(model, name, None)
        model.layer1_size = model.vector_size
        return model

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Make a copy of what `__getstate__` gave; its vectors are those of a model again."""
        self.__dict__.update(state)
        if "wv" in state:
            self.wv._belong_to(self)

    def __str__(self) -> str:
        return f"{type(self).__name__}<vocab={len(self.wv)}, vector_size={self.vector_size}, alpha={self.alpha}>"

    __repr__ = __str__


# Their defaults, for what a file does not say.
DEFAULTS = {name: inspect.signature(Word2Vec.__init__).parameters[name].default for name in SETTINGS}


def _nothing(total: str, corpus: Corpus) -> Corpus:
    """Return an empty corpus in place of one that is said to be of size 0, and warn of it."""
    sentences = corpus.sentences
    known = len(sentences) if isinstance(sentences, (list, tuple)) else 0
    there = f", although it has {known:,} sentences: pass total_examples={known}" if known else ""
    notify(f"{total}=0 says that the corpus is empty, and nothing is trained{there}")
    return Corpus([], True, corpus.name)


def _on_the_class_only(*arguments: Any, **options: Any) -> NoReturn:
    """Refuse ``model.load(...)``, which would return another model and leave this one as it is."""
    raise AttributeError("This method should be called on a class object: Word2Vec.load(...)")
