"""The facade `Word2Vec`: gensim's class, with this library's training behind it."""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal, NoReturn

import numpy as np
from numpy.typing import NDArray

from w2vcore.corpus.feed import Feed, check_order
from w2vcore.corpus.token_cache import TokenCache
from w2vcore.corpus.trimming import check_trim_rule
from w2vcore.corpus.vocabulary import given_counts
from w2vcore.facade import notebook
from w2vcore.facade.advice import READ_BY_TRAIN_ONCE, log_ignored
from w2vcore.facade.oldnames import OldNames, refuse_old_arguments
from w2vcore.facade.saveload import SaveLoad, checked_ignore
from w2vcore.facade.subclassing import overrides, refuse_inner_methods
from w2vcore.formats import native
from w2vcore.formats.atomic import naming
from w2vcore.keyedvectors import KeyedVectors, display
from w2vcore.keyedvectors.internals import belong_to
from w2vcore.model.checks import check_int
from w2vcore.model.config import SETTINGS, Candidates, Device, Normaliser, Setting, Sharing, Shuffle, Window
from w2vcore.model.inspection import Inspection
from w2vcore.model.window_weights import WindowWeights
from w2vcore.objectives.code_tree import CodeTree
from w2vcore.objectives.count_tables import CountTables
from w2vcore.objectives.huffman import huffman_tree
from w2vcore.training.checkpoint import check_apart, check_checkpoint
from w2vcore.training.expected import Expected
from w2vcore.training.shards import share_corpus

from . import expectation, files, training, vocabulary, weights
from .calling import Calls
from .inputs import InputRows
from .noise import CumulativeTable
from .ranks import ranks_of, together
from .settings import check_settings, of_words, training_config
from .tree import WordTree, show_tree

if TYPE_CHECKING:
    from typing_extensions import Self

logger = logging.getLogger("w2vcore.word2vec")


class Word2Vec(OldNames, SaveLoad):
    r"""Train, use and evaluate word vectors (Mikolov et al. 2013, arXiv:1301.3781 and arXiv:1310.4546).

    The arguments, their order and their defaults are gensim 4's.

    Parameters
    ----------
    sentences : iterable of list of hashable, optional
        Sentences as lists of tokens. They must be iterable any number of times: once to count the words, and once for
        each epoch. A list is encoded once. Without `sentences` and `corpus_file` the model is left untrained.
    corpus_file : str, path or list of them, optional
        Text instead of `sentences`: one sentence a line, with words separated by white space. It may be ``.gz`` or
        compressed in another way. A sentence may have any length.
    vector_size : int
        Length of a vector.
    alpha, min_alpha : float
        Learning rate at the start and at the end. It falls linearly with the words processed.
    window : int or "sentence"
        Number of words on each side of the centre that are its context. "sentence" takes the whole sentence.
    min_count : int
        Words that occur less often are left out.
    max_vocab_size : int, optional
        Bound on the words kept in memory while counting. If it is exceeded, rare words are pruned.
    sample : float
        Threshold for dropping frequent words at random. 0 drops none. From 1 on it is a count.
    seed : int or None
        A number from 0 to 2**32 - 1. None draws one from the system, logs it and keeps it in the attribute `seed`.
    workers : int
        Number of threads. -1 uses all cores. With 1, equal seeds give bit-equal models.
    sg : {0, 1}
        1 trains skip-gram, 0 trains CBOW.
    hs : {0, 1}
        1 trains hierarchical softmax.
    negative : int
        Number of noise words for an example. 0 means no negative sampling.
    ns_exponent : float
        Noise words are drawn in proportion to ``count ** ns_exponent``. It may be 0 or negative.
    cbow_mean : {0, 1}
        With 1, CBOW takes the mean of the context vectors, and adds the whole error to each of them, as word2vec.c
        does. With 0, it takes their sum, and adds the error divided by their number. Both are as in gensim.
    hashfxn : callable
        Kept as an attribute and not used, as in gensim 4.
    epochs : int
        Passes over the corpus.
    null_word : {0, 1}
        1 adds the word ``"\0"`` with count 1.
    trim_rule : callable, optional
        ``f(word, count, min_count)``. It must return ``utils.RULE_DEFAULT``, ``RULE_DISCARD`` or ``RULE_KEEP``.
    sorted_vocab : {0, 1}
        1 sorts the rows in descending order of frequency.
    batch_words : int
        Number of tokens in a job for a worker. They have one learning rate. A job has at least 1,000 tokens, as smaller
        jobs would take longer to hand out than to train. Nothing is cut off, and a smaller corpus is one job.
    compute_loss : bool
        Sum the loss while training. See `training_history` and `get_latest_training_loss`.
    callbacks : iterable
        Objects with ``on_train_begin``, ``on_epoch_begin``, ``on_epoch_end``, ``on_train_end``. An ``on_epoch_end``
        that returns True ends the training.
    comment : str, optional
        Stored with the model.
    max_final_vocab : int, optional
        Keep at most this many words, the most frequent ones.
    shrink_windows : bool
        Draw each centre's window from 1 to `window`.
    negative_sharing : {"auto", "pair", "window"}
        Which pairs share noise words in skip-gram. "pair": each (context, centre) pair draws its own noise words and
        sees what the pairs before it changed, as in word2vec.c and gensim. "window": all pairs of a centre share its
        noise words and start from the same values (HogBatch, Ji et al. 2016, arXiv:1604.04661). That is up to three
        times as fast. "auto": "window" where the vectors were measured to be no worse, and else "pair". The log says
        which, and why. "auto" takes "window" for ``window <= 10`` if the noise words are as varied (exp of their
        entropy) as 6,000 equally frequent ones, or 12,000 for ``negative=20``. That holds for most texts of some
        million words, but not for small ones. With `hs` it takes "window" for ``window <= 5`` and ``sample > 0`` if the
        words are as varied as 2,500 equally frequent ones.
    device : {"cpu", "cuda", "cuda:N", "cuda:N,M", "auto"}
        Where to train: on the CPU, or on an NVIDIA GPU (needs CuPy: ``pip install w2vcore[cuda12]`` or ``[cuda13]``).
        "auto" takes a GPU if there is one, and says in the log what it took. "cuda:0,1" trains one model on two GPUs
        (docs/gpu.md). `workers` has no effect on a GPU. `device` is not saved with the model, because it says how a
        machine is used, as `backend` does.
    backend : str, optional
        What runs the jobs. The default is what trains on `device`. ``"reference"`` is slow, and in plain NumPy. With
        ``"mpi"`` all processes that ``mpiexec`` has started train this one model (docs/distributed.md).
    objective : {"softmax", "sampled_softmax", "nce"} or str, optional
        What is trained in place of negative sampling and of hierarchical softmax (docs/choosing-parameters.md).
        ``"softmax"``: the whole vocabulary, exactly; for vocabularies of at most 65,536 words. ``"sampled_softmax"``:
        the true word and those of `negative` draws that differ (Jean et al. 2015, arXiv:1412.2007). ``"nce"``: noise
        contrastive estimation with `negative` draws and a fixed `normaliser` (Gutmann, Hyvärinen 2010; Mnih, Teh 2012,
        arXiv:1206.6426). Or the name of an objective of your own: see docs/adding-an-objective.md. The target matrix
        is the attribute ``syn1_<name>``.
    candidates : {"unigram", "log_uniform"}
        How ``objective="nce"`` and ``"sampled_softmax"`` draw words: in proportion to ``count ** ns_exponent``, or so
        that the word of rank r, from 0, has the probability ``log((r + 2) / (r + 1)) / log(V + 1)``, as TensorFlow's
        `log_uniform_candidate_sampler` does.
    normaliser : {"one", "vocabulary"}
        What the exponentiated scores of all words are taken to add up to with ``objective="nce"``. ``"one"``: scores
        are log-probabilities, as in Mnih and Teh (2012). ``"vocabulary"``: log-probabilities are the scores less the
        log of the number of words. Training starts with scores of 0, which then say that all words are equally likely.
        This gives better vectors, as they need not learn the difference.
    subtract_log_q : bool
        For ``objective="sampled_softmax"``. True subtracts from each score the log of how often its word is expected
        among the candidates, so that the scores become those of a softmax over all words. False compares the candidates
        as they are, as TensorFlow's word2vec tutorial does. The scores then become log-probabilities less ``log q``.
    architecture : str, optional
        Name of your own architecture, which replaces the choice of `sg`. See docs/architecture.md.
    shuffle : {False, "sentences", "jobs"}
        Train the sentences of a list, a file or a cached corpus in a new order in each epoch. The order follows from
        `seed` and the number of the epoch alone. "sentences" moves single sentences (in a corpus of more than 2**28
        words, passages of 1,000). "jobs" moves passages of about `batch_words` words whose sentences stay together. A
        corpus that is iterated again in each epoch gives its own order, and is refused.
    window_weights : {"dynamic", "linear", "harmonic", "sqrt"} or sequence of float
        How much a context counts by its distance from the centre. "dynamic" does what `shrink_windows` says. The others
        train every context of the window with its gradient times a weight, and `shrink_windows` has no effect.
        "linear", (window - distance + 1) / window, is how often drawn windows reach so far. "harmonic" is 1 / distance,
        as in GloVe (Pennington et al. 2014). "sqrt" is the root of linear. You may also give `window` numbers, the
        nearest context's first, at least 0 and one of them above 0. A context of weight 0 is left out. CBOW's mean is
        the weighted mean. With ``window="sentence"`` only "dynamic" and "harmonic" are allowed. Loss and accuracy are
        weighted means, too. `score` and `predict_output_word` count all context words alike.
    cbow_corrected : bool
        For CBOW with ``cbow_mean=1``. True gives each context vector its share of the error. word2vec.c and gensim give
        the whole error to each. The share is the gradient of the mean (Irsoy, Benton and Stratos 2020,
        arXiv:2012.15332), and wants a higher `alpha`: .1 to .2.
    progress : bool
        Show a progress bar on stderr.
    cache_corpus : bool
        Encode any corpus once instead of iterating it again in each epoch. Then a generator will do.
    cache_dir : str or path, optional
        Folder for an encoded corpus that is too large for memory. The default is the system's temporary folder.
    checkpoint : str or path, optional
        File from which `resume` can go on if this process dies. It holds the whole model, and is written before
        training, after each epoch, and every `checkpoint_every` words.
    checkpoint_every : int, optional
        Number of words read between two checkpoints inside an epoch. Without it there are none inside an epoch.

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
        If an argument is not allowed. The error names it before any work starts.
    RuntimeError
        If no word is left to train on, or if there is no such GPU.
    ImportError
        If a GPU was asked for, and CuPy is not installed.
    MemoryError
        If the matrices do not fit in memory or on the GPU. The message has the sizes.

    Examples
    --------
    >>> from w2vcore import Word2Vec
    >>> model = Word2Vec([["cat", "say", "meow"], ["dog", "say", "woof"]], vector_size=8, min_count=1, workers=1)
    >>> model
    Word2Vec<vocab=5, vector_size=8, alpha=0.025>
    >>> model.wv["cat"].shape
    (8,)
    """

    vector_size: int
    alpha: float
    min_alpha: float
    window: Window
    shrink_windows: bool
    window_weights: WindowWeights
    min_count: int
    max_vocab_size: int | None
    max_final_vocab: int | None
    sample: float
    sorted_vocab: int
    null_word: int
    seed: int
    workers: int
    batch_words: int
    sg: int
    hs: int
    negative: int
    ns_exponent: float
    negative_sharing: Sharing
    objective: str | None
    architecture: str | None
    candidates: Candidates
    normaliser: Normaliser
    subtract_log_q: bool
    cbow_mean: int
    cbow_corrected: bool
    epochs: int
    compute_loss: bool
    comment: str | None
    hashfxn: Callable[..., int]
    device: str
    backend: str | None
    shuffle: Shuffle

    wv: KeyedVectors
    syn1: NDArray[Any]
    syn1neg: NDArray[Any]
    layer1_size: int
    random: np.random.RandomState
    corpus_count: int
    corpus_total_words: int
    effective_min_count: int | None
    train_count: int
    epochs_trained: int
    total_train_time: float
    min_alpha_yet_reached: float
    running_training_loss: float
    training_history: list[dict[str, Any]]

    _scan: vocabulary.Scan
    _sampled: float | None = None  # what the column 'sample_int' was made with, if that is known
    _tree: WordTree | None = None  # of hierarchical softmax; None: that of the counts, which nobody has asked for yet
    _cum_table: CumulativeTable
    _inspection: Inspection
    _tables: CountTables
    _in_training: int | None = None  # the `id` of the model while it is trained

    # what a model over this one has instead
    _declared: ClassVar[Mapping[str, Setting]] = SETTINGS
    _kind: ClassVar[str] = "word2vec"  # of its files
    _inputs: ClassVar[InputRows[Any]] = InputRows()

    @refuse_old_arguments("Word2Vec()")
    def __init__(
        self,
        sentences: Iterable[Any] | None = None,
        corpus_file: Any = None,
        vector_size: int = 100,
        alpha: float = 0.025,
        window: Window = 5,
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
        negative_sharing: Sharing = "auto",
        device: Device = "cpu",
        backend: str | None = None,
        objective: str | None = None,
        architecture: str | None = None,
        shuffle: Shuffle = False,
        candidates: Candidates = "unigram",
        subtract_log_q: bool = True,
        window_weights: WindowWeights = "dynamic",
        cbow_corrected: bool = False,
        normaliser: Normaliser = "one",
        progress: bool = False,
        cache_corpus: bool = False,
        cache_dir: Any = None,
        checkpoint: Any = None,
        checkpoint_every: int | None = None,
    ) -> None:
        given = locals()
        self._begin({name: given[name] for name in SETTINGS})
        self._build_and_train(given, Word2Vec)

    def _build_and_train(self, given: Mapping[str, Any], base: type[Word2Vec]) -> None:
        """Do what the arguments of a constructor beside the settings say.

        Parameters
        ----------
        given : mapping of str to object
            All arguments.
        base : type
            The class of this library whose methods a subclass of a user may have replaced.
        """
        sentences, corpus_file, trim_rule = given["sentences"], given["corpus_file"], given["trim_rule"]
        callbacks, progress = given["callbacks"], given["progress"]
        cache_corpus, cache_dir = given["cache_corpus"], given["cache_dir"]
        checkpoint, checkpoint_every = given["checkpoint"], given["checkpoint_every"]
        check_trim_rule(trim_rule)
        every = check_checkpoint(checkpoint, checkpoint_every)
        ranks_of(self)  # so that an MPI that is missing is known now

        if sentences is None and corpus_file is None:
            log_ignored(given)
            return
        options = training.Options(Calls(callbacks), progress, checkpoint=checkpoint, every=every)
        training_config(self)  # refuse hs=0 with negative=0, and epochs=0, before the corpus is read
        if overrides(self, base, "build_vocab", "scan_vocab", "train"):
            of_train = {"progress": progress, "cache_corpus": cache_corpus, "cache_dir": cache_dir}
            of_train |= {"checkpoint": checkpoint, "checkpoint_every": checkpoint_every}
            self._call_own_methods(sentences, corpus_file, trim_rule, list(options.callbacks), of_train)
            return
        with together(self) as crew, TokenCache(cache_dir) as cache:
            corpus = self._inputs.as_corpus(sentences, corpus_file, **self._inputs.passes(self, cache_corpus))
            check_apart(checkpoint, corpus.sentences)
            check_order(self.shuffle, corpus, corpus.cacheable or cache_corpus)
            corpus = share_corpus(crew, corpus)
            batch, size = vocabulary.scan_and_build(self, corpus, cache, cache_corpus, trim_rule, crew)
            tag_to_row = self._inputs.tag_to_row(self)
            feed = Feed(corpus, cache, corpus.cacheable or cache_corpus, batch, tag_to_row=tag_to_row)
            del batch  # not to be kept here when the corpus is encoded again
            training.Run(self, feed, Expected(self.corpus_count, None), options, crew, size, seen=True).train()

    def _begin(self, settings: Mapping[str, Any]) -> None:
        """Take settings and start without a vocabulary: for the constructor, and for files, which call none."""
        refuse_inner_methods(type(self))
        for name in self._declared:
            setattr(self, name, settings[name])
        check_settings(self)
        self.random = np.random.RandomState(self.seed)
        self.wv = self._empty_vectors()
        belong_to(self.wv, self)
        self.wv.vectors_lockf = np.ones(1, np.float32)
        self.corpus_count = self.corpus_total_words = 0
        self.effective_min_count = None
        self.train_count = self.epochs_trained = 0
        self.total_train_time = 0.0
        self.min_alpha_yet_reached = self.alpha
        self.running_training_loss = 0.0
        self.training_history = []
        self._scan, self._cum_table = vocabulary.Scan(), CumulativeTable()
        self._inspection, self._tables = Inspection(), CountTables()
        self.load = _on_the_class_only  # type: ignore[method-assign]
        self.lifecycle_events = []
        self.add_lifecycle_event("created", params=str(self))

    # what a model over this one chooses instead

    def _empty_vectors(self) -> KeyedVectors:
        """Return the vectors of a model without words."""
        return KeyedVectors(self.vector_size)

    def _check_own_settings(self) -> None:
        """Raise an error for settings that do not go together in this model; all others are checked."""

    def _own_architecture(self) -> str:
        """Return the name of the architecture that the settings choose, where a user has named none."""
        return of_words(self)

    def _tree_of(self, counts: NDArray[np.int64]) -> CodeTree:
        """Return the tree of hierarchical softmax with which the weights of words that occur so often begin."""
        return huffman_tree(counts)

    def _call_own_methods(
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
        passes = 1 + (1 if options["cache_corpus"] else self.epochs)
        corpus = self._inputs.as_corpus(sentences, corpus_file, passes=passes)
        check_order(self.shuffle, corpus, corpus.cacheable or options["cache_corpus"])
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

    @property
    def rank(self) -> int:
        """Number of this process among those that train the model; 0 if it is the only one, or the one that saves."""
        return ranks_of(self).rank

    # ------------------------------------------------------------------ vocabulary

    @property
    def raw_vocab(self) -> dict[Any, int]:
        """Counts of the last scan, a dict that may be changed before `prepare_vocab` takes its words from it."""
        return vocabulary.counts_as_dict(self)

    @raw_vocab.setter
    def raw_vocab(self, counts: Mapping[Any, int]) -> None:
        self._scan.counts = counts

    @refuse_old_arguments("build_vocab()")
    def build_vocab(
        self,
        corpus_iterable: Iterable[Any] | None = None,
        corpus_file: Any = None,
        update: bool = False,
        progress_per: int = 10000,
        keep_raw_vocab: bool = False,
        trim_rule: Callable[..., int] | None = None,
        *,
        min_count: int | None = None,
        sample: float | None = None,
        dry_run: bool = False,
    ) -> None:
        """Count the words of a corpus and make the vocabulary and the initial weights.

        Parameters
        ----------
        corpus_iterable : iterable of list of hashable, optional
            Sentences; read once, so a generator will do.
        corpus_file : str, path or list of them, optional
            Text instead, one sentence a line.
        update : bool
            Add the new words of this corpus to the vocabulary; known words keep their vectors, and all counts add up.
            With ``hs=1`` the new words become a branch of the tree, and its nodes keep what they have learned.
        progress_per : int
            Log a line each so many sentences.
        keep_raw_vocab : bool
            Keep the counts of all words in `raw_vocab`.
        trim_rule : callable, optional
            See the class.
        min_count, sample, dry_run
            As in `prepare_vocab`.

        Raises
        ------
        RuntimeError
            On ``update=True`` before a first vocabulary.

        Warns
        -----
        UserWarning
            If no word is left; it says why. `train` raises then.
        """
        if update:
            vocabulary.check_update(self)
        choice = {"min_count": min_count, "sample": sample}
        changed: dict[str, Any] = {name: value for name, value in choice.items() if value is not None}
        if dry_run:
            changed["dry_run"] = True
        self.scan_vocab(corpus_iterable, corpus_file, progress_per=progress_per, trim_rule=trim_rule)
        self.prepare_vocab(update=update, keep_raw_vocab=keep_raw_vocab, trim_rule=trim_rule, **changed)
        if not dry_run:
            self.prepare_weights(update=update)
            vocabulary.record_vocabulary(self, update, trim_rule)

    def build_vocab_from_freq(
        self,
        word_freq: Mapping[Any, int],
        keep_raw_vocab: bool = False,
        corpus_count: int | None = None,
        trim_rule: Callable[..., int] | None = None,
        update: bool = False,
    ) -> None:
        """Make the vocabulary from counts that are known already.

        Parameters
        ----------
        word_freq : dict
            Word -> count.
        keep_raw_vocab : bool
            Keep the counts in `raw_vocab`.
        corpus_count : int, optional
            Number of sentences of the corpus, for `train`.
        trim_rule : callable, optional
            See the class.
        update : bool
            As in `build_vocab`.

        Examples
        --------
        >>> from w2vcore import Word2Vec
        >>> model = Word2Vec(min_count=1, vector_size=4)
        >>> model.build_vocab_from_freq({"cat": 3, "dog": 1})
        >>> model.wv.index_to_key
        ['cat', 'dog']
        """
        if update:
            vocabulary.check_update(self)
        vocabulary.take_counts(self, given_counts(word_freq, corpus_count or 0))
        self.prepare_vocab(update=update, keep_raw_vocab=keep_raw_vocab, trim_rule=trim_rule)
        self.prepare_weights(update=update)
        vocabulary.record_vocabulary(self, update, trim_rule)

    def scan_vocab(
        self,
        corpus_iterable: Iterable[Any] | None = None,
        corpus_file: Any = None,
        progress_per: int = 10000,
        workers: int | None = None,
        trim_rule: Callable[..., int] | None = None,
    ) -> tuple[int, int]:
        """Count the words of a corpus into `raw_vocab`, and return (words, sentences).

        Parameters
        ----------
        corpus_iterable, corpus_file, progress_per, trim_rule
            As in `build_vocab`.
        workers : int, optional
            Accepted as in gensim; not used.
        """
        progress_per = check_int("progress_per", progress_per, 1, hint="sentences between two log lines")
        with together(self) as crew:
            corpus = share_corpus(crew, self._inputs.as_corpus(corpus_iterable, corpus_file, passes=1))
            raw = self._inputs.count(self, corpus.sentences, trim_rule, progress_per)
            vocabulary.take_counts(self, self._inputs.pool(self, crew, raw))
        return self.corpus_total_words, self.corpus_count

    def prepare_vocab(
        self,
        update: bool = False,
        keep_raw_vocab: bool = False,
        trim_rule: Callable[..., int] | None = None,
        min_count: int | None = None,
        sample: float | None = None,
        dry_run: bool = False,
    ) -> dict[str, int]:
        """Choose the words to keep from `raw_vocab`, and how often each is kept in training.

        Parameters
        ----------
        update : bool
            Add to the vocabulary that is there.
        keep_raw_vocab : bool
            Do not empty `raw_vocab` afterwards.
        trim_rule : callable, optional
        min_count, sample : optional
            In place of the model's own; they become the model's unless `dry_run`.
        dry_run : bool
            Change nothing, only report.

        Returns
        -------
        dict
            ``drop_unique``, ``retain_total``, ``downsample_unique``, ``downsample_total``, ``num_retained_words``.
        """
        return vocabulary.prepare_vocabulary(self, update, keep_raw_vocab, trim_rule, min_count, sample, dry_run)

    def add_null_word(self) -> None:
        r"""Add the word ``"\\0"`` with count 1 as the last row; call `update_weights` after it.

        With ``null_word=1``, `build_vocab` does so by itself.
        """
        vocabulary.add_null_word(self.wv)

    def reset_from(self, other_model: Word2Vec) -> None:
        """Take over the vocabulary of another model, and begin with fresh weights.

        The two share keys and columns: the same objects, until one of them builds another vocabulary.

        Raises
        ------
        TypeError
            If `other_model` is no model.
        RuntimeError
            If it has no vocabulary.

        Examples
        --------
        >>> from w2vcore import Word2Vec
        >>> first = Word2Vec([["a", "b"]] * 10, min_count=1, vector_size=4)
        >>> second = Word2Vec(vector_size=8, sg=1)
        >>> second.reset_from(first)
        >>> second.train([["a", "b"]] * 10, total_examples=10, epochs=1)[1], second.wv.vectors.shape
        (20, (2, 8))
        """
        if not isinstance(other_model, Word2Vec):
            raise TypeError(f"other_model must be a Word2Vec, got {type(other_model).__name__}")
        if not len(other_model.wv):
            raise RuntimeError("other_model has no vocabulary: call its build_vocab() first")
        vocabulary.take_vocabulary(self, other_model)
        self.add_lifecycle_event("reset_from", other_model=repr(other_model))

    # ------------------------------------------------------------------ weights

    def prepare_weights(self, update: bool = False) -> None:
        """Make the matrices for the vocabulary; with `update`, add rows and keep what is there.

        Raises
        ------
        MemoryError
            If they do not fit into memory.
        """
        weights.check_memory(self)
        if update:
            weights.grow_weights(self)
        else:
            self.init_weights()

    def update_weights(self) -> None:
        """Add rows for the words that have none yet (as ``prepare_weights(update=True)``)."""
        self.prepare_weights(update=True)

    def init_weights(self) -> None:
        """Set all weights to their state before training: input vectors drawn from `seed`, target matrices zero."""
        weights.begin_weights(self)

    def make_cum_table(self, domain: int = 2**31 - 1) -> None:
        """Make `cum_table` anew, scaled to `domain`."""
        domain = check_int("domain", domain, 1, 2**32 - 1)
        self._cum_table.make(self.wv.expandos.get("count"), self.ns_exponent, domain)

    @property
    def cum_table(self) -> NDArray[np.uint32]:
        """The noise distribution as gensim has it: running sums of ``count ** ns_exponent``, uint32; to look at.

        Made when first asked for. Training draws by an exact table of its own, so this one cannot be set.
        """
        if not self.negative:
            raise AttributeError("cum_table")  # facade/oldnames.py has the text
        return self._cum_table.of(self.wv.expandos.get("count"), self.ns_exponent)

    def create_binary_tree(self) -> None:
        """Write the tree of hierarchical softmax into the columns 'code' and 'point' of `wv`; to look at.

        With ``hs=1`` they are there without that. ``wv.get_vecattr(word, "point")`` are the inner nodes from the root
        down, rows of `syn1`; 'code' has the turns, 0 to the rarer side. Without ``hs=1`` it is the Huffman tree of the
        counts as they are; with it, the tree that is trained, which is that of the counts when the weights were made.

        Examples
        --------
        >>> from w2vcore import Word2Vec
        >>> model = Word2Vec(hs=1, negative=0, min_count=1)
        >>> model.build_vocab([["often", "often", "often", "seldom", "never"]])
        >>> model.create_binary_tree()
        >>> model.wv.get_vecattr("often", "code").tolist(), len(model.wv.get_vecattr("seldom", "code"))
        ([1], 2)
        """
        show_tree(self)

    def estimate_memory(self, vocab_size: int | None = None, report: dict[str, int] | None = None) -> dict[str, int]:
        """Return the bytes that a model takes while it is trained.

        Measured against the peak of whole runs (`tests/benchmarks/bench_memory.py`), the total is within a tenth.

        Parameters
        ----------
        vocab_size : int, optional
            Words; default: those of the model.
        report : dict, optional
            Filled and returned in place of a new one.

        Returns
        -------
        dict of str to int
            ``vocab``; the matrices, ``vectors`` and ``syn1`` and/or ``syn1neg``; ``tokens``, the ids of the text that
            was counted, as far as they are kept in memory; ``copies`` of the hottest rows, which two to four workers
            make for a text that is long enough; ``buffers`` of scanner and workers; ``merging``, if several ranks or
            GPUs train, for the rows as they were last merged, and each GPU's copy; their sum, ``total``. Apart from
            these, where it is trained on a GPU, ``gpu``: about what it takes there, on each of them.

        Examples
        --------
        >>> from w2vcore import Word2Vec
        >>> Word2Vec(vector_size=300).estimate_memory(1_000_000)["total"] // 10**6
        2575
        """
        keys = None if vocab_size is None else check_int("vocab_size", vocab_size, 0)
        report = {} if report is None else report
        report.update(weights.memory_of(self, keys))
        return report

    def _output_vectors(self) -> NDArray[Any]:
        """Return the output vectors of the words, for `KeyedVectors.combined`."""
        return weights.output_vectors(self)

    # ------------------------------------------------------------------ training

    @refuse_old_arguments("train()")
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
        training.check_trainable(self)
        if total_examples is None and total_words is None:  # what is no corpus has no size
            self._inputs.as_corpus(corpus_iterable, corpus_file, passes=1)
        expected = training.checked_totals(self, total_examples, total_words)
        settings = training.checked_settings(self, epochs, start_alpha, end_alpha, compute_loss)
        every = check_checkpoint(checkpoint, checkpoint_every)
        options = training.Options(Calls(callbacks), progress, queue_factor, report_delay, checkpoint, every)
        passes = 1 if cache_corpus else settings["epochs"]
        corpus = self._inputs.as_corpus(corpus_iterable, corpus_file, passes=passes, once=READ_BY_TRAIN_ONCE)
        check_apart(checkpoint, corpus.sentences)
        if training.is_said_to_be_empty(expected):
            corpus, expected = training.empty_corpus(expected, corpus), Expected(0, 0)
        with (
            together(self) as crew,
            TokenCache(cache_dir) as cache,
            training.settings_of_a_call(self, settings),
        ):
            once, tag_to_row = corpus.cacheable or cache_corpus, self._inputs.tag_to_row(self)
            feed = Feed(share_corpus(crew, corpus), cache, once, keys=len(self.wv), tag_to_row=tag_to_row)
            return training.Run(self, feed, expected, options, crew).train()

    @classmethod
    def resume(
        cls,
        path: Any,
        corpus_iterable: Iterable[Any] | None = None,
        corpus_file: Any = None,
        *,
        workers: int | None = None,
        device: Device | None = None,
        queue_factor: int = 2,
        report_delay: float = 1.0,
        callbacks: Iterable[Any] = (),
        progress: bool = False,
        cache_dir: Any = None,
        backend: str | None = None,
    ) -> Self:
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
        snapshot = files.read_model(cls, path)
        model = files.model_of(cls, snapshot)
        state = training.resumed_state(model, snapshot.settings, path)
        if state.finished:
            logger.info("%s: the run was trained to its end; there is nothing to resume", path)
            training.finish(model, state.position.total, state.seconds)  # as the run itself did after this checkpoint
            return model
        state = training.go_on(
            model, state, path, workers=workers, device=device, backend=backend, queue_factor=queue_factor
        )
        epochs_left = state.config.epochs - state.position.epoch
        passes = epochs_left if state.size is None else 1
        corpus = model._inputs.as_corpus(corpus_iterable, corpus_file, passes=passes)
        options = training.Options(Calls(callbacks), progress, queue_factor, report_delay, path, state.every, state)
        model.add_lifecycle_event("resumed", fname=str(path))
        with together(model) as crew, TokenCache(cache_dir) as cache:
            shared = share_corpus(crew, corpus)
            once, tag_to_row = state.size is not None, model._inputs.tag_to_row(model)  # as it began
            feed = Feed(shared, cache, once, keys=len(model.wv), tag_to_row=tag_to_row)
            training.Run(model, feed, Expected(*state.expected), options, crew, seen=True).train()
        return model

    # ------------------------------------------------------------------ what the model expects

    def score(
        self,
        sentences: Iterable[Iterable[Any]],
        total_sentences: int = 1_000_000,
        chunksize: int = 100,
        queue_factor: int = 2,
        report_delay: float = 1,
    ) -> NDArray[np.float32]:
        """Return the log-likelihood of each sentence, in a model with hierarchical softmax or ``objective="softmax"``.

        So too with ``"nce"`` and ``"sampled_softmax"``, whose scores are normalised over all words for it. Compare the
        scores that models of several classes of text give to a sentence to classify it (Taddy 2015, arXiv:1504.07295).
        Windows are not shrunk, and no word is dropped.

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
            Without ``hs=1`` or such an objective, a vocabulary, or weights.

        Examples
        --------
        >>> model = Word2Vec([["up", "down"], ["left", "right"]] * 50, min_count=1, hs=1, negative=0, vector_size=8)
        >>> usual, unusual = model.score([["up", "down"], ["up", "right"]])
        >>> bool(usual > unusual)
        True
        """
        return expectation.score(self, sentences, total_sentences)

    def predict_output_word(
        self, context_words_list: Iterable[Any], topn: int | None = 10
    ) -> list[tuple[Any, np.float32]] | None:
        """Return the words that are likeliest as the centre of a context; not with hierarchical softmax alone.

        Parameters
        ----------
        context_words_list : list of hashable
            Words, or row numbers; unknown ones are left out.
        topn : int or None
            How many; None: all.

        Returns
        -------
        list of (key, float32), or None
            Best first; None if no word of the context is known. The numbers add up to 1 over the vocabulary. With
            ``objective="softmax"``, ``"sampled_softmax"`` or ``"nce"`` they are the probabilities that the model has
            learned; negative sampling trains none: read them as an order.

        Raises
        ------
        RuntimeError
            Without ``negative > 0`` or such an objective, or without its target matrix.

        Examples
        --------
        >>> data = [["red", "green", "blue"], ["one", "two", "three"]] * 100
        >>> model = Word2Vec(data, min_count=1, vector_size=8, seed=3, sample=0, alpha=0.1, workers=1)
        >>> model.predict_output_word(["red", "blue"], topn=1)[0][0]
        'green'
        """
        return expectation.likeliest_words(self, context_words_list, topn)

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
        native.write(files.snapshot_of(self, ignored), fname)
        logger.info("saved %s", fname)

    @classmethod
    def load(cls, fname: Any, mmap: Literal["r", "r+", "c"] | None = None) -> Self:
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
            model = files.model_of(cls, files.read_model(cls, fname, mmap))
        model.add_lifecycle_event("loaded", fname=str(fname))
        return model

    @classmethod
    def from_gensim(cls, path: Any, mmap: Literal["r", "r+", "c"] | None = None) -> Self:
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
            return files.model_of(cls, files.read_gensim(path, mmap, cls._kind))

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Make a copy of what `__getstate__` gave; its vectors are those of a model again."""
        self.__dict__.update(state)
        if "wv" in state:
            belong_to(self.wv, self)

    def __str__(self) -> str:
        return f"{type(self).__name__}<vocab={len(self.wv)}, vector_size={self.vector_size}, alpha={self.alpha}>"

    __repr__ = __str__

    def _repr_html_(self) -> str:
        """Show a model in a notebook: its settings, how its loss fell, and neighbours of some words."""
        facts, neighbours = display.parts(self.wv, "words")
        names = ("window", "min_count", "negative", "hs", "sample", "epochs", "alpha", "seed", "workers")
        architecture = self.architecture or self._own_architecture().removeprefix("subword_")
        settings = [("architecture", architecture), *((name, getattr(self, name)) for name in names)]
        losses = [line["loss"] for line in self.training_history]
        return notebook.card(
            type(self).__name__, facts, notebook.card("", settings), notebook.curve("loss", losses), neighbours
        )


def _on_the_class_only(*arguments: Any, **options: Any) -> NoReturn:
    """Refuse ``model.load(...)``, which would return another model and leave this one as it is."""
    raise AttributeError("This method should be called on a class object: Word2Vec.load(...)")
