"""Facade: KeyedVectors = keys + vectors + questions about them, with gensim 4's names.

The table itself is in ``keyedtable.py``, the questions in ``keyedqueries.py`` over ``query/``; here are the class as
users see it, what it tells about its quality, and its files, over ``formats/``.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import DTypeLike, NDArray

from w2vcore.columns import as_columns
from w2vcore.corpus.compact import CompactKeys
from w2vcore.corpus.keying import plain_key
from w2vcore.facade.attributes import own_attributes, restore
from w2vcore.facade.lifecycle import plain_events
from w2vcore.formats import recognition, registry, word2vec_rows
from w2vcore.formats.atomic import PathLike, naming, undisturbed
from w2vcore.formats.fasttext_binary import subwords_of
from w2vcore.formats.selection import with_keys
from w2vcore.formats.snapshot import Snapshot
from w2vcore.keyedqueries import KeyedQueries
from w2vcore.keyedtable import Key
from w2vcore.model.subwords import Subwords
from w2vcore.model.weights import initial_vectors
from w2vcore.query import analogies as query_analogies
from w2vcore.query import pairs as query_pairs
from w2vcore.query import similarity

if TYPE_CHECKING:
    from matplotlib.axes import Axes

logger = logging.getLogger(__name__)

REAL = np.float32
Self = TypeVar("Self", bound="KeyedVectors")

_PICKLE_DEFAULTS: tuple[Any, ...] = (None, 10 * 1024**2, frozenset(), 4)
_COLUMN = "expando."

OWN = "attributes of the vectors"  # in the settings of a file: those that users set
ATTRIBUTES = frozenset(  # what vectors have beside these is the user's
    {"vector_size", "next_index", "norms", "expandos", "mapfile_path", "dropped_counts", "min_count", "subwords"}
    | {"lifecycle_events", "vectors_lockf"}
)


class KeyedVectors(KeyedQueries):
    """Vectors by key: look up, compare, search, change, save.

    Parameters
    ----------
    vector_size : int
        Length of a vector.
    count : int
        Rows to allocate; they are filled by `add_vector` and `add_vectors`.
    dtype : dtype
        Type of the numbers.
    mapfile_path : str, optional
        Kept as an attribute only, as in gensim.

    Attributes
    ----------
    vectors : ndarray, shape (keys, vector_size)
        May be a view with a row stride (``padded[:, :D]``) or a memory map. Norms are cached, and computed anew after
        this was assigned (``kv.vectors = x``) or merely read (``kv.vectors[3] = x``). A write through an array that was
        taken before the last query (``v = kv.vectors``; a query; ``v[3] = x``) is seen when row 3 is among those asked
        about or answered, and not otherwise: call `clear_norms` after such writes.
    key_to_index : dict
        Row of each key.
    index_to_key : list
        Key of each row; None where a row was allocated and never filled.
    norms : ndarray or None
        Lengths of the vectors, computed when first needed.
    expandos : dict of str to ndarray
        Further columns, such as 'count'; see `set_vecattr`.
    next_index : int
        The next allocated row that is free.
    vectors_lockf : ndarray
        Learning-rate factors of the rows; only set on the vectors of a model.
    subwords : Subwords or None
        Of a fastText model that was read: ``subwords.vector(word)`` is the vector of a word which is not a key.
    dropped_counts, min_count : mapping or None, int or None
        Where a model keeps the counts of the words it dropped, errors on missing keys name them.
    lifecycle_events : list of dict or None
        What was done to these vectors, and when; saved with them. None switches it off.

    Examples
    --------
    >>> from w2vcore.keyedvectors import KeyedVectors
    >>> kv = KeyedVectors(vector_size=2)
    >>> kv.add_vectors(["north", "east", "northeast"], [[0, 1], [1, 0], [1, 1]])
    >>> print(kv)
    KeyedVectors<vector_size=2, 3 keys>
    >>> kv["east"].tolist(), "south" in kv, len(kv)
    ([1.0, 0.0], False, 3)
    >>> kv.most_similar("north", topn=1)
    [('northeast', 0.7071067690849304)]
    """

    subwords: Subwords | None = None

    # ---------------------------------------------------------------- quality

    def evaluate_word_analogies(
        self,
        analogies: PathLike,
        restrict_vocab: int | None = 300000,
        case_insensitive: bool = True,
        dummy4unknown: bool = False,
        similarity_function: str = "most_similar",
    ) -> tuple[float, list[dict[str, Any]]]:
        r"""Answer questions "a is to b as c is to what?", all in one go, and count the right answers.

        Parameters
        ----------
        analogies : str or path-like
            A file of lines ``a b c d`` under headings ``: section``, such as Google's questions-words.txt.
        restrict_vocab : int or None
            Use the first rows only, which changes the score: state it beside the score.
        case_insensitive : bool
            Compare in upper case; of several cases the first row counts.
        dummy4unknown : bool
            Count questions with unknown words as wrong rather than leave them out.
        similarity_function : str
            A method that answers: "most_similar" and "most_similar_cosmul" are asked in batches, any other one by one,
            as ``method(positive=[b, c], negative=[a], topn=5, restrict_vocab=restrict_vocab)``.

        Returns
        -------
        score : float
            Share of right answers, 0 if nothing was asked.
        sections : list of dict
            With the keys 'section', 'correct' and 'incorrect', the latter two lists of (a, b, c, d); the last one is
            'Total accuracy'.

        Raises
        ------
        ValueError
            For a question before the first heading, or an unknown `similarity_function`.

        Examples
        --------
        >>> import tempfile, pathlib
        >>> from w2vcore.keyedvectors import KeyedVectors
        >>> kv = KeyedVectors(2)
        >>> kv.add_vectors(["man", "woman", "king", "queen"], [[1, 0], [0, 1], [3, 2], [2, 3]])
        >>> path = pathlib.Path(tempfile.mkdtemp()) / "questions.txt"
        >>> _ = path.write_text(": family\nman woman king queen\n")
        >>> score, sections = kv.evaluate_word_analogies(path)
        >>> score, sections[0]
        (1.0, {'section': 'family', 'correct': [('MAN', 'WOMAN', 'KING', 'QUEEN')], 'incorrect': []})
        """
        fold = str.upper if case_insensitive else str
        answers = self._answers_to_analogies(similarity_function, restrict_vocab)
        rows, words = self._folded(fold, restrict_vocab)
        logger.info(
            "Evaluating word analogies for top %s words in the model on %s",
            restrict_vocab or "all",
            os.fspath(analogies),
        )
        sections = query_analogies.read(analogies, fold)
        asked = [question for section in sections for question in section.questions]
        known = [all(word in rows for word in question) for question in asked]
        numbers = np.array(
            [[rows[word] for word in question] for question, yes in zip(asked, known, strict=True) if yes], np.intp
        ).reshape(-1, 4)
        right = np.zeros(len(asked), bool)
        right[np.flatnonzero(known)] = query_analogies.right(numbers, answers, words)
        results: list[dict[str, Any]] = []
        place = 0
        for section in sections:
            result: dict[str, Any] = {"section": section.name, "correct": [], "incorrect": []}
            for question in section.questions:
                if known[place] or dummy4unknown:
                    result["correct" if right[place] else "incorrect"].append(question)
                place += 1
            self.log_accuracy(result)
            results.append(result)
        total: dict[str, Any] = {
            "section": "Total accuracy",
            **{name: [question for part in results for question in part[name]] for name in ("correct", "incorrect")},
        }
        unknown = len(asked) - sum(known)
        logger.info("Quadruplets with out-of-vocabulary words: %.1f%%", 100 * unknown / max(1, len(asked)))
        if unknown and not dummy4unknown:
            logger.info("analogies with unknown words were left out; dummy4unknown=True counts them as wrong")
        self.log_accuracy(total)
        tried = len(total["correct"]) + len(total["incorrect"])
        return len(total["correct"]) / max(1, tried), [*results, total]

    def _folded(self, fold: Any, restrict_vocab: int | None) -> tuple[dict[str, int], NDArray[np.intp]]:
        """Return the first row of each folded word, and for each row the first that has the same folded word."""
        keys = self.index_to_key[: restrict_vocab or None]
        rows: dict[str, int] = {}
        words = [rows.setdefault(fold(key), row) if isinstance(key, str) else row for row, key in enumerate(keys)]
        return rows, np.array(words, np.intp)

    def _answers_to_analogies(self, similarity_function: str, restrict_vocab: int | None) -> query_analogies.Answers:
        """Return what answers rows of (a, b, c): a batched search, or a method of this class or a subclass."""
        method = getattr(self, similarity_function, None)
        if not callable(method):
            raise ValueError(
                f"similarity_function must name a method such as 'most_similar' or 'most_similar_cosmul', "
                f"got {similarity_function!r}"
            )
        vectors, lengths = self._vectors[: restrict_vocab or None], self._lengths()[: restrict_vocab or None]
        if getattr(method, "__func__", None) is KeyedVectors.most_similar:
            return query_analogies.by_sum(vectors, lengths)
        if getattr(method, "__func__", None) is KeyedVectors.most_similar_cosmul:
            return query_analogies.by_product(vectors, lengths)

        def one_by_one(questions: NDArray[np.intp]) -> NDArray[np.intp]:
            found = np.full((len(questions), query_analogies.CANDIDATES), -1)
            for place, (a, b, c) in enumerate(questions[:, :3].tolist()):
                keys = self.index_to_key
                answer = method(
                    positive=[keys[b], keys[c]],
                    negative=[keys[a]],
                    topn=query_analogies.CANDIDATES,
                    restrict_vocab=restrict_vocab,
                )
                rows = [self.get_index(key, -1) for key, _ in answer][: query_analogies.CANDIDATES]
                found[place, : len(rows)] = rows
            return np.where(found < len(vectors), found, -1)

        return one_by_one

    @staticmethod
    def log_accuracy(section: dict[str, Any]) -> None:
        """Log how many questions of a section were answered right; nothing for an empty one."""
        right, wrong = len(section["correct"]), len(section["incorrect"])
        if right + wrong:
            logger.info("%s: %.1f%% (%i/%i)", section["section"], 100 * right / (right + wrong), right, right + wrong)

    def evaluate_word_pairs(
        self,
        pairs: PathLike,
        delimiter: str = "\t",
        encoding: str = "utf8",
        restrict_vocab: int | None = 300000,
        case_insensitive: bool = True,
        dummy4unknown: bool = False,
    ) -> tuple[Any, Any, float]:
        r"""Compare cosines with the similarities that people gave to pairs of words.

        Parameters
        ----------
        pairs : str or path-like
            A file of lines ``word<delimiter>word<delimiter>number``, such as WordSim-353; ``#`` begins a comment. A
            warning says what is done about lines of more columns.
        delimiter, encoding : str
        restrict_vocab : int or None
            Use the first rows only.
        case_insensitive : bool
            Compare in upper case; of several cases the first row counts.
        dummy4unknown : bool
            Take 0 as the cosine of a pair with an unknown word rather than leave it out.

        Returns
        -------
        pearson, spearman
            Results of `scipy.stats.pearsonr` and `spearmanr`: correlation and p-value, by index or by the names
            ``statistic`` and ``pvalue``.
        oov : float
            Percentage of pairs with an unknown word.

        Raises
        ------
        ValueError
            If fewer than two pairs can be used.

        Examples
        --------
        >>> import tempfile, pathlib
        >>> from w2vcore.keyedvectors import KeyedVectors
        >>> kv = KeyedVectors(2)
        >>> kv.add_vectors(["a", "b", "c"], [[1, 0], [2, 1], [0, 1]])
        >>> path = pathlib.Path(tempfile.mkdtemp()) / "pairs.tsv"
        >>> _ = path.write_text("a\tb\t9\na\tc\t1\nb\tc\t3\na\td\t5\n")
        >>> pearson, spearman, oov = kv.evaluate_word_pairs(path)
        >>> round(float(spearman.statistic), 3), oov
        (1.0, 25.0)
        """
        fold = str.upper if case_insensitive else str
        rows, _ = self._folded(fold, restrict_vocab)
        read = query_pairs.read(pairs, delimiter, encoding, fold)
        judged, computed, unknown = [], [], 0
        for number, (first, second, value) in read:
            known = first in rows and second in rows
            unknown += not known
            if known:
                computed.append(float(similarity.cosine(self._vectors[rows[first]], self._vectors[rows[second]])))
            elif dummy4unknown:
                computed.append(0.0)
            else:
                logger.info("Skipping line #%d with OOV words: %s, %s", number, first, second)
                continue
            judged.append(value)
        if len(judged) < 2:
            raise ValueError(
                f"No valid similarity judgements found in {os.fspath(pairs)}: {len(judged)} of {len(read)} pairs can "
                f"be used, at least 2 are needed; check delimiter={delimiter!r}, and the words against {self}"
            )
        pearson, spearman = query_pairs.correlations(judged, computed)
        oov = 100 * unknown / len(read)
        self.log_evaluate_word_pairs(pearson, spearman, oov, pairs)
        return pearson, spearman, oov

    @staticmethod
    def log_evaluate_word_pairs(pearson: Any, spearman: Any, oov: float, pairs: PathLike) -> None:
        """Log the results of `evaluate_word_pairs`.

        Parameters
        ----------
        pearson, spearman : (float, float)
            Correlation coefficient and p-value.
        oov : float
            Share of the pairs that could not be used, in per cent.
        pairs : str or path
            File of the pairs, to be named.
        """
        logger.info("Pearson correlation coefficient against %s: %.4f", os.fspath(pairs), pearson[0])
        logger.info("Spearman rank-order correlation coefficient against %s: %.4f", os.fspath(pairs), spearman[0])
        logger.info("Pairs with unknown words ratio: %.1f%%", oov)

    # ---------------------------------------------------------------- other vectors

    def vectors_for_all(
        self, keys: Iterable[Key], allow_inference: bool = True, copy_vecattrs: bool = False
    ) -> KeyedVectors:
        """Return new KeyedVectors with these keys only, in their order; missing keys are left out.

        Parameters
        ----------
        keys : iterable of keys
            One that comes twice is taken once.
        allow_inference : bool
            As in gensim, for classes that make vectors for unknown keys; this one does not.
        copy_vecattrs : bool
            Copy the columns too. Without a column 'count' it is made up: n, n - 1, ..., 1.

        Examples
        --------
        >>> from w2vcore.keyedvectors import KeyedVectors
        >>> kv = KeyedVectors(1)
        >>> kv.add_vectors(["a", "b", "c"], [[1], [2], [3]])
        >>> some = kv.vectors_for_all(["c", "missing", "a", "c"])
        >>> some.index_to_key, some.vectors.tolist()
        (['c', 'a'], [[3.0], [1.0]])
        """
        found = {key: row for key in dict.fromkeys(map(plain_key, keys)) if (row := self._row(key)) is not None}
        rows = list(found.values())
        result = KeyedVectors(self.vector_size, dtype=self._vectors.dtype)
        result._set_keys(list(found))
        result._take(np.asarray(self._vectors)[rows])
        if copy_vecattrs:
            self.allocate_vecattrs()
            result.expandos = as_columns(self.expandos).taken(rows)
        result.expandos.setdefault("count", np.arange(len(rows), 0, -1, dtype=np.int64))
        return result

    def remove(self, keys: Any) -> None:
        """Drop keys, with their vectors and their values in all columns; the rows close up.

        It takes one pass over all rows for any number of keys. The list, the dict and the arrays are replaced, so
        that others who were given them keep theirs.

        Parameters
        ----------
        keys : key or iterable of keys
            Row numbers are not taken for keys here.

        Raises
        ------
        KeyError
            If a key is missing; nothing is changed then.
        RuntimeError
            If these are the vectors of a model, which has other matrices that go with them row by row.

        Examples
        --------
        >>> from w2vcore.keyedvectors import KeyedVectors
        >>> kv = KeyedVectors(1)
        >>> kv.add_vectors(["a", "b", "c", "d"], [[1], [2], [3], [4]], extras={"count": [9, 7, 5, 3]})
        >>> kv.remove(["a", "c"])
        >>> kv.index_to_key, kv.vectors.tolist(), kv.expandos["count"].tolist()
        (['b', 'd'], [[2.0], [4.0]], [7, 3])
        """
        model = None if self._model is None else self._model()
        if model is not None and model.wv is self:
            raise RuntimeError(
                "these are the vectors of a model, which could not be trained without their rows in its other "
                "matrices: keep some of them as vectors of their own, kv = model.wv.vectors_for_all(keys, "
                "copy_vecattrs=True), or take words out of kv = copy.deepcopy(model.wv)"
            )
        self._check_rows()
        gone = []
        for key in [keys] if self._is_one_key(keys) else keys:
            row = self._keys.row_of_key(key)
            if row is None and (number := self._row(key)) is not None:
                raise KeyError(
                    f"{key} is not a key: remove takes keys, and row {key} is that of {self.index_to_key[number]!r}"
                )
            if row is None:
                raise self._missing(key)
            gone.append(row)
        self.allocate_vecattrs()
        stays = np.ones(len(self), bool)
        stays[gone] = False
        self._keys = self._keys.without(gone)
        self.expandos = {name: column[: len(stays)][stays] for name, column in self.expandos.items()}
        lock = getattr(self, "vectors_lockf", None)
        if lock is not None and len(lock) == len(stays) > 1:
            self.vectors_lockf = lock[stays]
        self._take(np.asarray(self._vectors)[stays])

    def similarity_unseen_docs(self, *args: Any, **kwargs: Any) -> float:
        """Raise NotImplementedError, as in gensim: only models of documents can infer vectors for new ones."""
        raise NotImplementedError("similarity_unseen_docs needs a Doc2Vec model; here, use n_similarity or wmdistance")

    def intersect_word2vec_format(
        self,
        fname: PathLike | IO[bytes],
        lockf: float = 0.0,
        binary: bool = False,
        encoding: str = "utf8",
        unicode_errors: str = "strict",
        *,
        keys: Any = None,
    ) -> None:
        r"""Replace the vectors of the keys that are also in a file of word2vec.c's format; no key is added.

        Parameters
        ----------
        fname : str, path-like or binary file
            May be compressed.
        lockf : float
            Set in `vectors_lockf` for the replaced rows: 0 keeps training from changing them, 1 lets it. All other rows
            keep their factor.
        binary : bool
        encoding, unicode_errors : str
            How words are decoded.
        keys : {None, int, str}
            As in `load_word2vec_format`.

        Raises
        ------
        ValueError
            If the vectors in the file have another size; nothing is changed then.

        Examples
        --------
        >>> import io
        >>> from w2vcore.keyedvectors import KeyedVectors
        >>> kv = KeyedVectors(2)
        >>> kv.add_vectors(["a", "b"], [[1, 2], [3, 4]])
        >>> kv.intersect_word2vec_format(io.BytesIO(b"2 2\nb 7 8\nc 9 9\n"))
        >>> kv.vectors.tolist(), kv.vectors_lockf.tolist()
        ([[1.0, 2.0], [7.0, 8.0]], [1.0, 0.0])
        """
        if not self._vectors.flags.writeable:
            raise ValueError("vectors are mapped read-only; load with mmap=None or mmap='c' to change them")
        logger.info("loading projection weights from %s", fname)
        reader = registry.get("word2vec_binary" if binary else "word2vec_text")
        options = {"encoding": encoding, "unicode_errors": unicode_errors}
        if isinstance(fname, (str, os.PathLike)):  # the size is in the first line: look there before reading all of it
            self._check_size(reader.read(fname, limit=0, **options), fname)
        with naming(fname):
            theirs = with_keys(reader.read(fname, **options), keys)
        self._check_size(theirs, fname)
        pairs = [
            (row, place) for place, key in enumerate(theirs.keys) if (row := self.key_to_index.get(key)) is not None
        ]
        rows, places = np.array(pairs, np.intp).reshape(-1, 2).T
        if len(theirs.keys) and len(self) and not pairs:
            there, here = theirs.keys[0], self.index_to_key[0]
            logger.warning(
                "no key of the file is one of these: there they are %s, such as %r, here %s, such as %r; keys=int "
                "reads integers",
                *(type(there).__name__, there, type(here).__name__, here),
            )
        self._vectors[rows] = theirs.arrays["vectors"][places]
        self.clear_norms()
        factors = getattr(self, "vectors_lockf", np.ones(1, np.float32))
        if len(factors) != len(self):  # one factor for all rows
            factors = np.full(len(self), factors[0] if len(factors) else 1.0, np.float32)
        factors[rows] = lockf
        self.vectors_lockf = factors
        self.add_lifecycle_event(
            "intersect_word2vec_format",
            msg=f"merged {len(rows)} vectors into {self._vectors.shape} matrix from {fname}",
        )

    def _check_size(self, theirs: Snapshot, fname: PathLike | IO[bytes]) -> None:
        size = theirs.arrays["vectors"].shape[1]
        if size != self._vectors.shape[1]:
            raise ValueError(f"incompatible vector size {size} in file {fname}: here it is {self._vectors.shape[1]}")

    # ---------------------------------------------------------------- files

    def snapshot(self) -> Snapshot:
        """Return keys, vectors and columns as plain arrays, not copied, for `formats` to write.

        Raises
        ------
        ValueError
            If `index_to_key`, `key_to_index` and `vectors` do not go together.
        """
        self._check_rows()
        self._keys.check_all()
        arrays: dict[str, NDArray[Any]] = {"vectors": self.vectors}
        for name, column in self._columns_to_save().items():
            counts = name == "count" and column.dtype == np.int64
            arrays["counts" if counts else _COLUMN + name] = column
        if hasattr(self, "vectors_lockf"):
            arrays["lockf"] = self.vectors_lockf
        settings: dict[str, Any] = {}
        if self.lifecycle_events:
            settings["lifecycle_events"] = plain_events(self.lifecycle_events)
        if own := own_attributes(self, ATTRIBUTES):
            settings[OWN] = own
        return Snapshot("keyedvectors", self._stored_keys, arrays, settings)

    def _columns_to_save(self) -> dict[str, NDArray[Any]]:
        """Return the columns with a value for each row: users who replace keys and vectors may leave them as they were.

        What is missing is 0, as it would be for new keys, and what is too much belongs to no key.
        """
        columns = {}
        for name, column in as_columns(self.expandos).stored().items():
            if len(column) != len(self):
                logger.warning(
                    "column %r has %i values for %i keys: cut off or filled up", name, len(column), len(self)
                )
                fitted = np.zeros((len(self), *column.shape[1:]), column.dtype)
                fitted[: len(column)] = column[: len(self)]
                column = fitted
            columns[name] = column
        return columns

    @classmethod
    def from_snapshot(cls: type[Self], snapshot: Snapshot) -> Self:
        """Make an object of the keys, vectors and columns of a snapshot; its arrays are taken over, not copied.

        Raises
        ------
        ValueError
            If a key occurs twice.
        """
        vectors = snapshot.arrays["vectors"]
        result = cls._empty(vectors.shape[1], vectors.dtype)
        twice: Any
        if isinstance(snapshot.keys, CompactKeys):
            twice = snapshot.keys.first_repeated()
        else:
            rows = {key: row for row, key in enumerate(snapshot.keys)}
            twice = next((key for row, key in enumerate(snapshot.keys) if rows[key] != row), None)
        if twice is not None:
            raise ValueError(f"key {twice!r} occurs twice; the file is damaged")
        result._set_keys(snapshot.keys)
        result._take(vectors)
        for name, array in snapshot.arrays.items():
            if name == "counts":
                result.expandos["count"] = array
            elif name.startswith(_COLUMN):
                result.expandos[name.removeprefix(_COLUMN)] = array
            elif name == "lockf":
                result.vectors_lockf = array
        events = snapshot.settings.get("lifecycle_events")
        if isinstance(events, list) and all(isinstance(event, dict) for event in events):
            result.lifecycle_events = events
        restore(result, snapshot.settings.get(OWN), ATTRIBUTES)
        return result

    def save(
        self,
        fname_or_handle: PathLike | IO[bytes],
        separately: Any = None,
        sep_limit: int = 10 * 1024**2,
        ignore: Any = frozenset(),
        pickle_protocol: int = 4,
    ) -> None:
        """Save to one safetensors file, atomically.

        Parameters
        ----------
        fname_or_handle : str, path-like or binary file
            A name ending in .gz or .bz2 is packed.
        separately, sep_limit, ignore, pickle_protocol
            Accepted as gensim's, and ignored: there is one file and no pickle.

        Raises
        ------
        TypeError
            If the keys are not all str or all int, before anything is written.

        Examples
        --------
        >>> import tempfile, pathlib
        >>> from w2vcore.keyedvectors import KeyedVectors
        >>> kv = KeyedVectors(2)
        >>> kv.add_vectors(["a"], [[3, 4]])
        >>> path = pathlib.Path(tempfile.mkdtemp()) / "vectors.kv"
        >>> kv.save(path)
        >>> KeyedVectors.load(path, mmap="r")["a"].tolist()
        [3.0, 4.0]
        """
        if (separately, sep_limit, frozenset(ignore), pickle_protocol) != _PICKLE_DEFAULTS:
            logger.debug(
                "separately, sep_limit, ignore and pickle_protocol are ignored: one file is written, no pickle"
            )
        logger.info("saving %s object under %s", type(self).__name__, fname_or_handle)
        registry.get("native").write(self.snapshot(), fname_or_handle)
        logger.info("saved %s", fname_or_handle)

    @classmethod
    def load(cls: type[Self], fname: PathLike | IO[bytes], mmap: str | None = None, *, keys: Any = None) -> Self:
        """Load what `save` wrote, or the vectors of a saved model; of gensim 0.12 to 4 too, without running any of it.

        Parameters
        ----------
        fname : str, path-like or binary file
        mmap : {None, "r", "r+", "c"}
            Map the vectors instead of reading them, so that processes share the memory: read-only, writing to the file,
            or copied on write. Of gensim's saves, the arrays that have files of their own are mapped.
        keys : {None, int, str}
            As in `load_word2vec_format`: None leaves them as they were when they were saved.

        Raises
        ------
        ValueError
            If this is another kind of file; the message says which.
        EOFError
            If the file is cut short.
        OSError
            For `mmap` of a compressed file.
        """
        logger.info("loading %s object from %s", cls.__name__, fname)
        snapshot = recognition.read_saved(fname, mmap)
        if snapshot.kind not in ("keyedvectors", "word2vec"):
            raise AttributeError(f"Model of type {snapshot.kind} can't be loaded by {cls.__name__}")
        with naming(fname):
            result = cls.from_snapshot(with_keys(snapshot, keys))
        if snapshot.kind == "word2vec" and hasattr(result, "vectors_lockf"):
            del result.vectors_lockf  # of the model, for training
        result.subwords = subwords_of(snapshot)
        result.add_lifecycle_event("loaded", fname=str(fname))
        return result

    def save_word2vec_format(
        self,
        fname: PathLike,
        fvocab: PathLike | None = None,
        binary: bool = False,
        total_vec: int | None = None,
        write_header: bool = True,
        prefix: str = "",
        append: bool = False,
        sort_attr: str = "count",
    ) -> None:
        """Save in the format of word2vec.c, text or binary, for other programs.

        Parameters
        ----------
        fname : str or path-like
            Replaced atomically, unless `append`.
        fvocab : str or path-like, optional
            Also write a line ``word count`` for each key there.
        binary : bool
        total_vec : int, optional
            The count in the header, if not the number of keys.
        write_header : bool
        prefix : str
            Put before each key.
        append : bool
            Add to the end of the file.
        sort_attr : str
            Rows are written by this column, largest first, or in order if there is no such column.

        Raises
        ------
        ValueError
            If a key holds a space or newline, or for `fvocab` without `sort_attr`.

        Examples
        --------
        >>> import tempfile, pathlib
        >>> from w2vcore.keyedvectors import KeyedVectors
        >>> kv = KeyedVectors(2)
        >>> kv.add_vectors(["a", "b"], [[0.1, 2], [3, 4]], extras={"count": [1, 2]})
        >>> path = pathlib.Path(tempfile.mkdtemp()) / "vectors.txt"
        >>> kv.save_word2vec_format(path)
        >>> print(path.read_text(), end="")
        2 2
        b 3.0 4.0
        a 0.1 2.0
        """
        column = self._columns_to_save().get(sort_attr)
        if column is None:
            if fvocab is not None:
                raise ValueError(f"fvocab needs the attribute {sort_attr!r}, which these vectors do not have")
            logger.warning("attribute %s not present in %s; will store in internal index order", sort_attr, self)
            order = None
        else:
            last = len(column) - 1
            order = last - np.argsort(column[::-1], kind="stable")[::-1]  # descending, equal ones by row
            order = None if np.array_equal(order, np.arange(len(column))) else order
        snapshot = self.snapshot()
        write = registry.get("word2vec_binary" if binary else "word2vec_text").write
        options = {"total_vec": total_vec, "write_header": write_header, "prefix": prefix, "order": order}
        logger.info("storing %sx%s projection weights into %s", *self.vectors.shape, fname)
        if fvocab is None or column is None:
            write(snapshot, fname, append=append, **options)
            return
        logger.info("storing vocabulary in %s", fvocab)
        words = word2vec_rows.written_words(snapshot, order, prefix)
        with word2vec_rows.destinations(fname, fvocab, append) as (stream, counts):
            write(snapshot, stream, **options)
            word2vec_rows.write_counts(counts, words, (column if order is None else column[order]).tolist())

    def export_projector(self, log_dir: PathLike, name: str = "word2vec", *, limit: int | None = None) -> Path:
        """Write what TensorBoard's Embedding Projector shows; see `w2vcore.visual.projector.export_projector`.

        Parameters
        ----------
        log_dir : str or path-like
            A local folder, for ``tensorboard --logdir``; made if it is not there.
        name : str
            How the Projector calls the vectors.
        limit : int, optional
            The first rows only; default: all.

        Returns
        -------
        Path
            The folder, with vectors.tsv, metadata.tsv and projector_config.pbtxt in it.

        Raises
        ------
        ValueError, TypeError, NotADirectoryError
            As `w2vcore.visual.projector.export_projector`.

        Examples
        --------
        >>> import tempfile
        >>> wv = KeyedVectors(2)
        >>> wv.add_vectors(["road", "sun"], [[0.5, 1], [0.25, -1]])
        >>> sorted(path.name for path in wv.export_projector(tempfile.mkdtemp()).iterdir())
        ['metadata.tsv', 'projector_config.pbtxt', 'vectors.tsv']
        """
        from w2vcore.visual.projector import export_projector

        return export_projector(self, log_dir, name, limit=limit)

    def plot(
        self,
        words: Iterable[Any] | None = None,
        *,
        topn: int = 100,
        method: str = "pca",
        path: PathLike | None = None,
        ax: Axes | None = None,
        seed: int = 1,
    ) -> Axes:
        """Draw a map of words, with labels that do not overlap; see `w2vcore.visual.plots.plot`.

        Parameters
        ----------
        words : iterable of keys, optional
            Which words; default: the most frequent ones.
        topn : int
            How many of the most frequent ones, without `words`.
        method : str
            "pca", "tsne" (``pip install w2vcore[tsne]``) or "umap" (``pip install w2vcore[umap]``).
        path : str or path-like, optional
            Where to save the picture: .png, .svg, .pdf.
        ax : matplotlib Axes, optional
            Where to draw; default: a new figure.
        seed : int
            For t-SNE and UMAP.

        Returns
        -------
        matplotlib Axes

        Raises
        ------
        ImportError
            If matplotlib or textalloc (``pip install w2vcore[viz]``), or the package of a method, is missing.
        KeyError, TypeError, ValueError
            As `w2vcore.visual.plots.plot`.
        """
        from w2vcore.visual.plots import plot

        return plot(self, words, topn=topn, method=method, path=path, ax=ax, seed=seed)

    @classmethod
    def load_word2vec_format(
        cls: type[Self],
        fname: PathLike | IO[bytes],
        fvocab: PathLike | None = None,
        binary: bool = False,
        encoding: str = "utf8",
        unicode_errors: str = "strict",
        limit: int | None = None,
        datatype: Any = np.float32,
        no_header: bool = False,
        *,
        keys: Any = None,
    ) -> Self:
        r"""Load vectors in the format of word2vec.c. They can be asked, but not trained on.

        Parameters
        ----------
        fname : str, path-like or binary file
            May be compressed, or an address that smart_open reads.
        fvocab : str or path-like, optional
            Lines ``word count``; without it counts are made up: n, n - 1, ..., 1.
        binary : bool
        encoding, unicode_errors : str
            How words are decoded; ``unicode_errors="replace"`` accepts words cut inside a character.
        limit : int, optional
            Read the first rows only.
        datatype : dtype
            Type to store; np.float16 halves the memory.
        no_header : bool
            The file has no first line ``count size`` (GloVe); text only.
        keys : {None, int, str}
            int: the words are integers, such as ids of items, and become keys of that type. By default they are str.

        Raises
        ------
        ValueError
            For a header, row or number that is none, or another kind of file; the message says which. With
            ``keys=int``, for a word that is no integer.
        EOFError
            If there are fewer rows than the header says.

        Examples
        --------
        >>> import io
        >>> from w2vcore.keyedvectors import KeyedVectors
        >>> kv = KeyedVectors.load_word2vec_format(io.BytesIO(b"1 2\nking 0.5 1\n"))
        >>> kv["king"].tolist()
        [0.5, 1.0]
        >>> KeyedVectors.load_word2vec_format(io.BytesIO(b"1 2\n2872 0.5 1\n"), keys=int)[2872].tolist()
        [0.5, 1.0]
        """
        logger.info("loading projection weights from %s", fname)
        with nullcontext() if fvocab is None else undisturbed(fname):
            snapshot = registry.get("word2vec_binary" if binary else "word2vec_text").read(
                fname,
                encoding=encoding,
                unicode_errors=unicode_errors,
                limit=limit,
                datatype=datatype,
                no_header=no_header,
            )
            counts = {} if fvocab is None else word2vec_rows.read_counts(fvocab, encoding, unicode_errors)
        with naming(fname):
            result = cls.from_snapshot(with_keys(snapshot, keys))
        result.expandos["count"] = np.arange(len(result), 0, -1, dtype=np.int64)
        if fvocab is not None:
            words = [str(key) for key in snapshot.keys]
            if words and not counts:
                raise ValueError(
                    f"{os.fspath(fvocab)}: the vocabulary is empty: saving it with the vectors was cut short, or goes "
                    "on; save again, or load without fvocab"
                )
            for word in words:
                if word not in counts:
                    logger.warning("vocabulary file %s has no count for word %r; taken as 0", os.fspath(fvocab), word)
            result.expandos["count"][:] = [counts.get(word, 0) for word in words]
        matrix = result._vectors
        result.add_lifecycle_event(
            "load_word2vec_format",
            msg=f"loaded {matrix.shape} matrix of type {matrix.dtype} from {fname}",
            binary=binary,
            encoding=encoding,
        )
        return result

    @classmethod
    def load_any(cls: type[Self], path: PathLike, mmap: str | None = None, *, keys: Any = None, **options: Any) -> Self:
        r"""Load a file of vectors of any format that is known, and say in the log (INFO) which it is.

        Known are w2vcore's files, word2vec's text and binary, GloVe, fastText's .vec, .bin and .ftz, NumPy's .npz, and
        .npy with the keys in a text beside it, the Embedding Projector's TSV, finalfusion's .fifu, Parquet and Arrow,
        and what gensim 0.12 to 4 saved. No code in a file is run.

        Parameters
        ----------
        path : str or path-like
            May be compressed, the only file of a zip or tar archive, or an address that smart_open reads.
        mmap : {None, "r", "r+", "c"}
            As in `load`; for files saved by w2vcore, and for gensim's with arrays beside them.
        keys : {None, int, str}
            As in `load_word2vec_format`: int for ids that are integers; None leaves keys as the file has them.
        **options
            ``limit``, ``datatype``, ``encoding`` and ``unicode_errors``, as in `load_word2vec_format`.

        Returns
        -------
        KeyedVectors
            Of a fastText .bin or .ftz, and of gensim 4's FastText, also with `subwords`, whose ``vector(word)`` is that
            of a word which is not a key.

        Raises
        ------
        ValueError
            If the file is none of these, or damaged.
        EOFError
            If it is cut short.

        Examples
        --------
        >>> import tempfile, pathlib
        >>> from w2vcore.keyedvectors import KeyedVectors
        >>> path = pathlib.Path(tempfile.mkdtemp()) / "glove.txt"
        >>> _ = path.write_text("king 0.5 1\nqueen 0.5 2\n")
        >>> KeyedVectors.load_any(path)["queen"].tolist()
        [0.5, 2.0]
        """
        snapshot = recognition.read(path, mmap, **options)
        with naming(path):
            result = cls.from_snapshot(with_keys(snapshot, keys))
        result.subwords = subwords_of(snapshot)
        if snapshot.kind == "word2vec" and hasattr(result, "vectors_lockf"):
            del result.vectors_lockf  # of the model, for training
        return result


# ---------------------------------------------------------------- names that programs import from here

Word2VecKeyedVectors = KeyedVectors
Doc2VecKeyedVectors = KeyedVectors
EuclideanKeyedVectors = KeyedVectors


class CompatVocab:
    """A word's count and other attributes: what gensim 3 kept for each word, for programs that still make them.

    Examples
    --------
    >>> print(CompatVocab(count=3, index=7)), CompatVocab(count=2) < CompatVocab(count=3)
    CompatVocab<count:3, index:7>
    (None, True)
    """

    count: int

    def __init__(self, **kwargs: Any) -> None:
        self.count = 0
        self.__dict__.update(kwargs)

    def __lt__(self, other: CompatVocab) -> bool:
        return self.count < other.count

    def __str__(self) -> str:
        values = ", ".join(f"{name}:{self.__dict__[name]!r}" for name in sorted(self.__dict__) if name[:1] != "_")
        return f"{type(self).__name__}<{values}>"

    __repr__ = __str__


Vocab = CompatVocab


def load_word2vec_format(*args: Any, **kwargs: Any) -> KeyedVectors:
    r"""Call `KeyedVectors.load_word2vec_format`.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> path = Path(tempfile.mkdtemp()) / "vectors.txt"
    >>> _ = path.write_text("1 2\nnorth 0 1\n")
    >>> load_word2vec_format(path)["north"].tolist()
    [0.0, 1.0]
    """
    return KeyedVectors.load_word2vec_format(*args, **kwargs)


def pseudorandom_weak_vector(
    size: int, seed_string: str | None = None, hashfxn: Callable[[Any], int] = hash
) -> NDArray[np.float32]:
    """Return a short random vector, uniform in [-0.5, 0.5) / size.

    Parameters
    ----------
    size : int
    seed_string : str, optional
        The same string gives the same vector; without it each call gives another one.
    hashfxn : callable
        Makes a seed of the string. Python's `hash` of a str changes from process to process.

    Examples
    --------
    >>> pseudorandom_weak_vector(2, "word", hashfxn=len).tolist() == pseudorandom_weak_vector(2, "word", len).tolist()
    True
    """
    if seed_string is None:
        rng = np.random.default_rng()
    else:
        rng = np.random.Generator(np.random.SFC64(hashfxn(seed_string) & 0xFFFFFFFF))
    vector: NDArray[np.float32] = (rng.random(size).astype(np.float32) - np.float32(0.5)) / np.float32(size)
    return vector


def prep_vectors(
    target_shape: tuple[int, int],
    prior_vectors: NDArray[Any] | None = None,
    seed: int = 0,
    dtype: DTypeLike = REAL,
) -> NDArray[Any]:
    """Return a matrix of vectors as before training, with `prior_vectors` as its first rows.

    Parameters
    ----------
    target_shape : (int, int)
    prior_vectors : ndarray, optional
        Returned as it is if it has that shape already.
    seed : int
    dtype : dtype

    Examples
    --------
    >>> prep_vectors((3, 2), np.ones((2, 2)))[:2].tolist()
    [[1.0, 1.0], [1.0, 1.0]]
    """
    prior = np.zeros((0, 0)) if prior_vectors is None else prior_vectors
    if prior.shape == target_shape:
        return prior
    result = np.array(initial_vectors(*target_shape, seed), dtype)
    result[: len(prior), : prior.shape[1]] = prior
    return result
