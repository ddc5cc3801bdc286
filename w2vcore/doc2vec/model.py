"""The facade `Doc2Vec`: gensim's class, with this library's training behind it."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from w2vcore.corpus.tagging import TagScan
from w2vcore.facade.oldnames import refuse_old_arguments
from w2vcore.formats.atomic import PathLike
from w2vcore.keyedvectors import KeyedVectors
from w2vcore.model.config import Candidates, Device, Normaliser, Setting, Sharing, Shuffle, Window
from w2vcore.model.weights import padded
from w2vcore.model.window_weights import WindowWeights
from w2vcore.word2vec import Word2Vec
from w2vcore.word2vec.inputs import InputRows
from w2vcore.word2vec.settings import train_on_cpu

from . import inference
from .rows import DocumentRows, Joined, empty_tags
from .settings import (
    DECLARED,
    EPOCHS,
    architecture_of_documents,
    check_document_settings,
    joins,
    layer_size,
    short_name,
    untrained_on_gpu,
)
from .tags import DOCUMENTS, take_tags

logger = logging.getLogger("w2vcore.doc2vec")

BYTES_OF_A_TAG = 200  # its key, the entry of a dict, and two numbers: gensim's estimate, too


class Doc2Vec(Word2Vec):
    """Train vectors of documents, and infer those of new ones (Le and Mikolov 2014, arXiv:1405.4053).

    The arguments, their order and their defaults are gensim 4's; what `Word2Vec` takes beside these goes in by name.

    Parameters
    ----------
    documents : iterable of TaggedDocument, optional
        Words with tags; anything with the attributes `words` and `tags`, or pairs. It is iterated once to count, and
        once for each epoch; a list is encoded once.
    corpus_file : str, path or list of them, optional
        Text instead: a document a line, whose tag is the number of the line, from 0. Blank lines count.
    vector_size : int
        Length of a vector, of words and of documents.
    dm_mean : {None, 0, 1}
        For ``dm=1``: 1 takes the mean of the words of a window and the tags, 0 their sum; None: what `cbow_mean` says.
    dm : {1, 0}
        1, distributed memory: tags and words of a window together predict the word in the middle. 0, distributed bag of
        words (DBOW): a tag by itself predicts each word of its documents.
    dbow_words : {0, 1}
        With ``dm=0``: also train words, by skip-gram. Else ``wv`` stays as it was drawn, and only ``dv`` learns.
    dm_concat : {0, 1}
        For ``dm=1``: 1 takes neither mean nor sum, but the vectors of the tags and of all places of the window side by
        side. Target rows are as long, so the model has many times as many weights, and is slow; windows do not shrink.
    dm_tag_count : int
        With `dm_concat`: how many tags each document has.
    dv : KeyedVectors, optional
        What becomes ``dv``; its keys are replaced by the tags of the documents.
    dv_mapfile : str, optional
        Kept as an attribute of ``dv`` only.
    comment, trim_rule, callbacks, window, epochs, shrink_windows, window_weights
        As in `Word2Vec`. With DBOW alone there are no windows.
    alpha, min_alpha, min_count, max_vocab_size, max_final_vocab, sample, seed, workers, sorted_vocab, null_word
        As in `Word2Vec`.
    hs, negative, ns_exponent, negative_sharing, cbow_mean, cbow_corrected, hashfxn, batch_words, compute_loss
        As in `Word2Vec`.
    device, backend, objective, architecture, candidates, subtract_log_q, normaliser, shuffle
        As in `Word2Vec`; one GPU trains ``dm=1``, and none ``dm=0`` or ``dm_concat=1``.
    progress, cache_corpus, cache_dir, checkpoint, checkpoint_every
        As in `Word2Vec`.

    Attributes
    ----------
    dv : KeyedVectors
        The vectors of the tags: integers in ascending order, then the others as they were met. ``dv.vectors`` and
        ``wv.vectors`` are views of one matrix, and ``dv.vectors_lockf`` has factors of its own.
    wv : KeyedVectors
        The vectors of the words.

    Raises
    ------
    TypeError, ValueError, RuntimeError, MemoryError
        As in `Word2Vec`.

    Examples
    --------
    >>> from w2vcore.doc2vec import Doc2Vec, TaggedDocument
    >>> texts = [["cat", "say", "meow"], ["dog", "say", "woof"]]
    >>> documents = [TaggedDocument(words, [number]) for number, words in enumerate(texts)]
    >>> model = Doc2Vec(documents, vector_size=8, min_count=1, workers=1)
    >>> model
    Doc2Vec<dm/m,d8,n5,w5,s0.001>
    >>> model.dv[1].shape, model.infer_vector(["say", "meow"]).shape
    ((8,), (8,))
    """

    dbow_words: int
    dm_concat: int
    dm_tag_count: int
    dv: KeyedVectors

    _declared: ClassVar[Mapping[str, Setting]] = DECLARED
    _kind: ClassVar[str] = "doc2vec"
    _inputs: ClassVar[InputRows[Any]] = DocumentRows()
    _tag_scan: TagScan | None = None  # of the last scan, until a vocabulary is chosen
    _joined: Joined
    _asked: inference.Asked | None = None
    _stores_tags: bool = True

    @refuse_old_arguments("Doc2Vec()", {"size": "vector_size", "iter": "epochs", "dm_tag": "dm_tag_count"})
    def __init__(
        self,
        documents: Iterable[Any] | None = None,
        corpus_file: Any = None,
        vector_size: int = 100,
        dm_mean: int | None = None,
        dm: int = 1,
        dbow_words: int = 0,
        dm_concat: int = 0,
        dm_tag_count: int = 1,
        dv: KeyedVectors | None = None,
        dv_mapfile: str | None = None,
        comment: str | None = None,
        trim_rule: Callable[..., int] | None = None,
        callbacks: Iterable[Any] = (),
        window: Window = 5,
        epochs: int = EPOCHS,
        shrink_windows: bool = True,
        *,
        alpha: float = 0.025,
        min_count: int = 5,
        max_vocab_size: int | None = None,
        sample: float = 1e-3,
        seed: int | None = 1,
        workers: int = 3,
        min_alpha: float = 0.0001,
        hs: int = 0,
        negative: int = 5,
        ns_exponent: float = 0.75,
        cbow_mean: int = 1,
        hashfxn: Callable[..., int] = hash,
        null_word: int = 0,
        sorted_vocab: int = 1,
        batch_words: int = 10000,
        compute_loss: bool = False,
        max_final_vocab: int | None = None,
        negative_sharing: Sharing = "auto",
        device: Device = "cpu",
        backend: str | None = None,
        objective: str | None = None,
        architecture: str | None = None,
        shuffle: Shuffle = False,
        candidates: Candidates = "unigram",
        subtract_log_q: bool = True,
        normaliser: Normaliser = "one",
        window_weights: WindowWeights = "dynamic",
        cbow_corrected: bool = False,
        progress: bool = False,
        cache_corpus: bool = False,
        cache_dir: Any = None,
        checkpoint: Any = None,
        checkpoint_every: int | None = None,
    ) -> None:
        given = {**locals(), "sg": _not("dm", dm), "sentences": documents}
        if dm_mean is not None:
            given["cbow_mean"] = DECLARED["cbow_mean"].check(dm_mean, "dm_mean")
        if dm and dm_concat:
            given["null_word"] = 1
        self._begin({name: given[name] for name in DECLARED})
        if joins(self):
            logger.info("using concatenative %d-dimensional layer1", self.layer1_size)
        if dv is not None:
            self.dv = _checked_tags(dv, self.vector_size)
        self.dv.mapfile_path = dv_mapfile
        self._build_and_train(given, Doc2Vec)

    def _begin(self, settings: Mapping[str, Any]) -> None:
        """Take settings and start without words and tags."""
        super()._begin(settings)
        check_document_settings(self)
        self.dv = empty_tags(self.vector_size)
        self._joined = Joined()

    def _check_own_settings(self) -> None:
        """Refuse a GPU for what none trains; "auto" takes the CPU for it."""
        what = untrained_on_gpu(self)
        if what is not None:
            train_on_cpu(self, what)

    @property
    def layer1_size(self) -> int:
        """Length of the hidden row: `vector_size`, or with ``dm_concat=1`` that of all tags and words of a window."""
        return layer_size(self)

    @layer1_size.setter
    def layer1_size(self, size: int) -> None:
        """Take no notice: it follows from the settings."""

    def _own_architecture(self) -> str:
        """Return the architecture that trains words and tags."""
        return architecture_of_documents(self)

    @property
    def dm(self) -> bool:
        """Whether distributed memory is trained."""
        return not self.sg

    @property
    def dbow(self) -> bool:
        """Whether the distributed bag of words is trained."""
        return bool(self.sg)

    @property
    def docvecs(self) -> KeyedVectors:
        """`dv`, by its old name; deprecated."""
        warnings.warn("docvecs is deprecated; use dv", DeprecationWarning, stacklevel=2)
        return self.dv

    @docvecs.setter
    def docvecs(self, dv: KeyedVectors) -> None:
        warnings.warn("docvecs is deprecated; use dv", DeprecationWarning, stacklevel=2)
        self.dv = dv

    def __getitem__(self, tag: Any) -> NDArray[Any]:
        """Return the vector of a word or else of a tag, or those of a list of them as rows.

        An integer is a tag, unless it is a word and no tag: it is never the number of a word's row.
        """
        if isinstance(tag, (str, int, np.integer)):
            return self.wv[tag] if self._is_word(tag) else self.dv[tag]
        rows: NDArray[Any] = np.vstack([self[each] for each in tag])
        return rows

    def __contains__(self, tag: Any) -> bool:
        return self._is_word(tag) or tag in self.dv

    def _is_word(self, key: Any) -> bool:
        return key in self.wv.key_to_index and (isinstance(key, str) or key not in self.dv.key_to_index)

    # ------------------------------------------------------------------ vocabulary

    def scan_vocab(
        self,
        corpus_iterable: Iterable[Any] | None = None,
        corpus_file: Any = None,
        progress_per: int = 100_000,
        workers: int | None = None,
        trim_rule: Callable[..., int] | None = None,
    ) -> tuple[int, int]:
        """Count the words and tags of documents, and return (words, documents).

        Parameters
        ----------
        corpus_iterable, corpus_file : optional
            Documents, as in the class.
        progress_per : int
            Documents between two log lines.
        workers : int, optional
            Accepted as in gensim; not used.
        trim_rule : callable, optional
            As in `Word2Vec`.
        """
        return super().scan_vocab(corpus_iterable, corpus_file, progress_per, workers, trim_rule)

    def prepare_vocab(
        self,
        update: bool = False,
        keep_raw_vocab: bool = False,
        trim_rule: Callable[..., int] | None = None,
        min_count: int | None = None,
        sample: float | None = None,
        dry_run: bool = False,
    ) -> dict[str, int]:
        """Choose the words to keep, as `Word2Vec.prepare_vocab`, and take all tags that were counted.

        Parameters
        ----------
        update : bool
            Add to the words and tags that are there; new tags follow, and the counts of all add up.
        keep_raw_vocab, trim_rule, min_count, sample, dry_run
            As in `Word2Vec.prepare_vocab`.
        """
        report = super().prepare_vocab(update, keep_raw_vocab, trim_rule, min_count, sample, dry_run)
        if not dry_run and self._tag_scan is not None:
            take_tags(self.dv, self._tag_scan, update)
            self._tag_scan = None
        return report

    def init_weights(self) -> None:
        """Set all weights to their state before training; vectors of tags are drawn from ``seed + 7919``."""
        self.dv.vectors_lockf = np.ones(1, np.float32)
        super().init_weights()

    def reset_from(self, other_model: Word2Vec) -> None:
        """Take over words and tags of another model, and begin with fresh weights; see `Word2Vec.reset_from`."""
        if isinstance(other_model, Doc2Vec):
            self.dv = empty_tags(self.vector_size)
            self.dv.index_to_key, self.dv.key_to_index = other_model.dv.index_to_key, other_model.dv.key_to_index
            self.dv.expandos, self.dv.next_index = other_model.dv.expandos, len(other_model.dv)
        super().reset_from(other_model)

    # ------------------------------------------------------------------ inference

    def infer_vector(
        self,
        doc_words: Iterable[Any],
        alpha: float | None = None,
        min_alpha: float | None = None,
        epochs: int | None = None,
    ) -> NDArray[np.float32]:
        """Return the vector of a text that the model has not seen.

        It is trained as that of a tag would be, while the model stays as it is. All random numbers follow from the
        words: the same text has the same vector, in any call, thread and process. Any number of threads may call this.

        Parameters
        ----------
        doc_words : list of hashable
            Of any length. Words that the model does not know are left out.
        alpha, min_alpha : float, optional
            Learning rate of the first and of the last pass; default: the model's.
        epochs : int, optional
            Passes; default: the model's. After few, the vector is far from what training gives: take 20 or more.

        Returns
        -------
        ndarray of float32
            Zeros for a text without known words.

        Raises
        ------
        TypeError
            If the text is a str.
        ValueError
            If there are no passes, or a rate is not allowed.
        RuntimeError
            If the model has no words, or no target matrix.

        Warns
        -----
        UserWarning
            If no word is known.

        Examples
        --------
        >>> from w2vcore.doc2vec import Doc2Vec, TaggedDocument
        >>> documents = [TaggedDocument(["red", "green"], ["a"]), TaggedDocument(["one", "two"], ["b"])] * 50
        >>> model = Doc2Vec(documents, dm=0, vector_size=8, min_count=1, workers=1, epochs=40)
        >>> vector = model.infer_vector(["red", "green", "red"])
        >>> bool((vector == model.infer_vector(["red", "green", "red"])).all())
        True
        """
        if isinstance(doc_words, str):
            raise TypeError(
                "Parameter doc_words of infer_vector() must be a list of strings (not a single string); "
                f"pass words.split(), got {doc_words!r:.60}"
            )
        vector: NDArray[np.float32] = self.infer_vectors([doc_words], alpha, min_alpha, epochs)[0]
        return vector

    def infer_vectors(
        self,
        documents: Iterable[Any],
        alpha: float | None = None,
        min_alpha: float | None = None,
        epochs: int | None = None,
        *,
        workers: int | None = None,
        progress: bool = False,
    ) -> NDArray[np.float32]:
        """Return the vectors of many texts, as `infer_vector` does for each, a row a text.

        Parameters
        ----------
        documents : iterable of list of hashable, or of TaggedDocument
            Read once; tags are not looked at.
        alpha, min_alpha, epochs : optional
            As in `infer_vector`.
        workers : int, optional
            Threads; default: the model's. The result is the same for any number.
        progress : bool
            Show a progress bar on stderr.

        Returns
        -------
        ndarray of float32, shape (texts, vector_size)
        """
        return inference.infer(self, documents, alpha, min_alpha, epochs, workers, progress)

    def similarity_unseen_docs(
        self,
        doc_words1: Iterable[Any],
        doc_words2: Iterable[Any],
        alpha: float | None = None,
        min_alpha: float | None = None,
        epochs: int | None = None,
    ) -> float:
        """Return the cosine of the inferred vectors of two texts; 0 if one has no known word.

        Parameters
        ----------
        doc_words1, doc_words2 : list of hashable
        alpha, min_alpha, epochs : optional
            As in `infer_vector`.

        Examples
        --------
        >>> from w2vcore.doc2vec import Doc2Vec, TaggedDocument
        >>> model = Doc2Vec([TaggedDocument(["a", "b", "c"], [0])] * 20, vector_size=8, min_count=1, workers=1)
        >>> round(model.similarity_unseen_docs(["a", "b"], ["a", "b"]), 6)
        1.0
        """
        first = self.infer_vector(doc_words1, alpha, min_alpha, epochs)
        second = self.infer_vector(doc_words2, alpha, min_alpha, epochs)
        lengths = float(np.linalg.norm(first)) * float(np.linalg.norm(second))
        return float(first @ second) / lengths if lengths else 0.0

    # ------------------------------------------------------------------ files and memory

    def save(
        self,
        fname: Any,
        separately: Any = None,
        sep_limit: int = 10 * 1024**2,
        ignore: Iterable[str] = frozenset(),
        pickle_protocol: int = 4,
        *,
        tags: bool = True,
    ) -> None:
        """Save the whole model in one safetensors file, as `Word2Vec.save`.

        Parameters
        ----------
        fname, separately, sep_limit, ignore, pickle_protocol
            As in `Word2Vec.save`.
        tags : bool
            False leaves out the tags and their vectors: what is left infers vectors as the whole model does.

        Examples
        --------
        >>> import pathlib, tempfile
        >>> from w2vcore.doc2vec import Doc2Vec, TaggedDocument
        >>> model = Doc2Vec([TaggedDocument(["a", "b"], ["t"])] * 9, vector_size=8, min_count=1, workers=1)
        >>> path = pathlib.Path(tempfile.mkdtemp(), "model")
        >>> model.save(path, tags=False)
        >>> small = Doc2Vec.load(path)
        >>> len(small.dv), bool((small.infer_vector(["a"]) == model.infer_vector(["a"])).all())
        (0, True)
        """
        self._stores_tags = tags
        try:
            super().save(fname, separately, sep_limit, ignore, pickle_protocol)
        finally:
            del self._stores_tags

    def save_word2vec_format(
        self,
        fname: PathLike,
        doctag_vec: bool = False,
        word_vec: bool = True,
        prefix: str = "*dt_",
        fvocab: PathLike | None = None,
        binary: bool = False,
    ) -> None:
        """Save words, tags or both in the format of word2vec.c.

        Parameters
        ----------
        fname : str or path-like
        doctag_vec, word_vec : bool
            Whether to write the vectors of tags (those of most documents first), and those of words.
        prefix : str
            Put before each tag, so that no tag is a word.
        fvocab : str or path-like, optional
            Also write a line ``word count`` for each key there.
        binary : bool
        """
        if word_vec:
            total = len(self.wv) + len(self.dv) if doctag_vec else None
            self.wv.save_word2vec_format(fname, fvocab, binary, total)
        if doctag_vec:
            self.dv.save_word2vec_format(
                fname,
                prefix=prefix,
                fvocab=fvocab,
                binary=binary,
                write_header=not word_vec,
                append=word_vec,
                sort_attr=DOCUMENTS,
            )

    def estimate_memory(self, vocab_size: int | None = None, report: dict[str, int] | None = None) -> dict[str, int]:
        """Return the bytes that a model takes while it is trained, as `Word2Vec.estimate_memory`.

        The vectors of tags are ``doctag_syn0``, and their keys ``doctag_lookup``.
        """
        report = super().estimate_memory(vocab_size, report)
        rows = len(self.dv) * padded(self.vector_size) * 4
        report["vectors"] -= rows
        report["doctag_lookup"], report["doctag_syn0"] = self.estimated_lookup_memory(), rows
        report["total"] += report["doctag_lookup"]
        return report

    def estimated_lookup_memory(self) -> int:
        """Return the bytes that the keys of the tags take."""
        return BYTES_OF_A_TAG * len(self.dv)

    def init_sims(self, replace: bool = False) -> None:
        """Fill the norms of words and tags, or with `replace` scale all vectors to length 1; deprecated."""
        super().init_sims(replace)
        if replace:
            self.dv.unit_normalize_all()
        else:
            self.dv.fill_norms()

    def __str__(self) -> str:
        return f"{type(self).__name__}<{short_name(self)}>"

    __repr__ = __str__


def _not(name: str, value: Any) -> int:
    """Return the opposite of a flag."""
    return 1 - int(DECLARED["sg"].check(value, name))


def _checked_tags(dv: Any, vector_size: int) -> KeyedVectors:
    if not isinstance(dv, KeyedVectors) or dv.vector_size != vector_size:
        shown = f"{dv}" if isinstance(dv, KeyedVectors) else f"{type(dv).__name__}"
        raise ValueError(f"dv must be KeyedVectors of vector_size={vector_size}, got {shown}")
    dv.vectors_lockf = np.ones(1, np.float32)
    return dv
