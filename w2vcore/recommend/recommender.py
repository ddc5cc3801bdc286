"""Items for sessions, by a trained model: what follows them, or what is like them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from w2vcore.keyedvectors import KeyedVectors
from w2vcore.keyedvectors.internals import matrix_of
from w2vcore.model.checks import check_float, check_int
from w2vcore.query.similarity import unit
from w2vcore.word2vec import Word2Vec

from .encoding import Encoded
from .new_items import NewItems
from .outputs import Rows, Tree, outputs_of
from .ranking import Floats, Ranker, Scores

NEXT, SIMILAR = "next", "similar"


class Recommender(Ranker):
    """Recommends items for sessions by a trained model.

    What is made of the model once, such as the lengths of its vectors, is kept: make a new one after the model was
    trained further.

    Parameters
    ----------
    model : Word2Vec or KeyedVectors
        Also FastText and Doc2Vec. Its keys are the items.
    mode : {"next", "similar"}
        "next": what follows the session, by the cosines of the output vectors with the input vector of the last item.
        Models of hierarchical softmax alone score by their tree. It needs the whole model. "similar": what is like the
        session's items, by cosines of input vectors.
    last : int or None
        How many of the latest known items stand for the session, by their mean; None: all of them.
    decay : float
        Weight of each of them in relation to the next one, above 0 and at most 1.
    scores : {"cosine", "dot"}
        With ``mode="next"``, "dot" multiplies the cosine by the length of the output vector, as training does.
    attributes : mapping, optional
        Item -> list of its attributes. Items that the model does not know are recommended, too, and have a say in
        sessions: the vector of an attribute is the mean of those of the known items that have it, and a new item's is
        the mean of its attributes', as for cold items of EGES (Wang et al. 2018, arXiv:1803.02349). The matrices are
        copied.
    exclude, candidates, keep_seen, cold, titles
        As for `Ranker`.

    Raises
    ------
    TypeError, ValueError
        It names the argument.

    Examples
    --------
    >>> from w2vcore import Word2Vec
    >>> sessions = [["tea", "cup", "jam"], ["tent", "boots", "map"]] * 100
    >>> model = Word2Vec(sessions, vector_size=8, sg=1, alpha=0.1, min_count=1, sample=0, epochs=20, workers=1)
    >>> ranker = Recommender(model, exclude=["jam"])
    >>> ranker.recommend(["tea"], topn=1)[0][0]
    'cup'
    >>> ranker.recommend_batch([["tea"], ["tent", "map"]], topn=1).items()
    [['cup'], ['boots']]
    >>> shelf = {"tea": ["drink"], "jam": ["food"], "map": ["paper"], "coffee": ["drink"]}
    >>> Recommender(model, attributes=shelf, candidates=shelf).recommend(["coffee"], topn=1)[0][0]
    'jam'
    """

    def __init__(
        self,
        model: Word2Vec | KeyedVectors,
        mode: str = NEXT,
        *,
        last: int | None = 1,
        decay: float = 1.0,
        scores: str = "cosine",
        attributes: Mapping[Any, Iterable[Any]] | None = None,
        exclude: Iterable[Any] = (),
        candidates: Iterable[Any] | None = None,
        keep_seen: bool = False,
        cold: str | None = "popular",
        titles: Mapping[Any, str] | None = None,
    ) -> None:
        if mode not in (NEXT, SIMILAR):
            raise ValueError(f"mode must be 'next' or 'similar', got {mode!r}")
        if scores not in ("cosine", "dot"):
            raise ValueError(f"scores must be 'cosine' or 'dot', got {scores!r}")
        vectors = model if isinstance(model, KeyedVectors) else getattr(model, "wv", None)
        if not isinstance(vectors, KeyedVectors):
            raise TypeError(f"model must be a Word2Vec or KeyedVectors, got {type(model).__name__}")
        self.mode, self.last = mode, None if last is None else check_int("last", last, 1)
        self.decay = check_float("decay", decay)
        if not 0 < self.decay <= 1:
            raise ValueError(f"decay must be above 0 and at most 1, got {decay!r}")
        new = NewItems({} if attributes is None else attributes, vectors.key_to_index)
        keys, rows, counts = vectors.index_to_key, vectors.key_to_index, vectors.expandos.get("count")
        if len(new):
            keys = [*keys, *new.keys]
            rows = {**rows, **{key: len(rows) + number for number, key in enumerate(new.keys)}}
        known = counts is not None and len(counts) == len(vectors)
        super().__init__(
            keys,
            rows,
            np.concatenate([np.asarray(counts, np.int64), np.zeros(len(new), np.int64)]) if known else None,
            exclude=exclude,
            candidates=candidates,
            keep_seen=keep_seen,
            cold=cold,
            titles=titles,
        )
        self._inputs = _with(np.asarray(matrix_of(vectors)), new)
        scored: Rows | Tree
        if mode == SIMILAR:
            scored = Rows.of(self._inputs, True)
        elif isinstance(model, KeyedVectors):
            raise ValueError(
                "mode='next' needs output vectors, and these are KeyedVectors, which have none: pass the model they "
                "came from, loaded with Word2Vec.load, or ask with mode='similar'"
            )
        else:
            outputs = outputs_of(model)
            if isinstance(outputs, Tree):
                if len(new):
                    raise ValueError(
                        "attributes make vectors, and this model scores what follows by a tree, which has no place for "
                        "new items: train with negative > 0, or ask with mode='similar'"
                    )
                scored = outputs
            else:
                scored = Rows.of(_with(outputs, new), scores == "cosine")
        self._scored = scored if self._among is None else scored.among(self._among)

    def _scores(self, sessions: Encoded, among: NDArray[np.intp] | None) -> Scores:
        return self._scored.scores(self._queries(sessions))

    def _queries(self, sessions: Encoded) -> NDArray[np.float32]:
        """Return the vector that each session asks with; none of them is empty."""
        lengths = np.diff(sessions.offsets)
        ages = np.repeat(sessions.offsets[1:], lengths) - 1 - np.arange(len(sessions.rows))
        kept = np.ones(len(ages), bool) if self.last is None else ages < self.last
        vectors = np.asarray(self._inputs[sessions.rows[kept]], np.float32)
        if self.mode == SIMILAR:  # the mean of directions, as `most_similar` takes it
            vectors = unit(vectors)
        weights = (self.decay ** ages[kept]).astype(np.float32)
        vectors *= weights[:, np.newaxis]
        used = lengths if self.last is None else np.minimum(lengths, self.last)
        first = np.cumsum(used) - used
        queries: Floats = np.add.reduceat(vectors, first, axis=0) / np.add.reduceat(weights, first)[:, np.newaxis]
        if isinstance(self._scored, Rows) and self._scored.scales is not None:
            queries = unit(queries)
        return np.asarray(queries, np.float32)


def _with(matrix: Floats, new: NewItems) -> Floats:
    return np.concatenate([matrix, new.of(matrix)]) if len(new) else matrix


def recommend(
    model: Word2Vec | KeyedVectors, session: Iterable[Any], topn: int = 10, **options: Any
) -> list[tuple[Any, float]]:
    """Return the items that suit a session best.

    For many sessions, or one after another, make one `Recommender` and ask it.

    Parameters
    ----------
    model : Word2Vec or KeyedVectors
    session : iterable of hashable
        Its items, the latest last. Unknown ones have no say; without a known one the answer is the most popular items.
    topn : int
        How many.
    **options
        Further arguments of `Recommender`: ``mode``, ``exclude`` and others.

    Returns
    -------
    list of (item, score)
        Best first, without items of the session.

    Raises
    ------
    TypeError, ValueError
        As `Recommender` does.

    Examples
    --------
    >>> from w2vcore import Word2Vec
    >>> from w2vcore.recommend import recommend
    >>> sessions = [["tea", "cup", "jam"], ["tent", "boots", "map"]] * 100
    >>> model = Word2Vec(sessions, vector_size=8, sg=1, alpha=0.1, min_count=1, sample=0, epochs=20, workers=1)
    >>> sorted(item for item, score in recommend(model, ["tea"], topn=2))
    ['cup', 'jam']
    >>> recommend(model, ["tea"], exclude=["jam"], topn=1)[0][0]
    'cup'
    """
    return Recommender(model, **options).recommend(session, topn)
