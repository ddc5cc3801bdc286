"""Names of gensim 3: using one is an error that says what the same thing is called now."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

Function = TypeVar("Function", bound=Callable[..., Any])

# Arguments of gensim 3 and what gensim 4 (and w2vcore) call them.
RENAMED_ARGUMENTS = {"size": "vector_size", "iter": "epochs", "sentences": "corpus_iterable"}

# Attributes of gensim 3 and where to find the same thing now.
REMOVED_ATTRIBUTES = {
    "syn0": "wv.vectors",
    "syn0_lockf": "wv.vectors_lockf",
    "index2word": "wv.index_to_key",
    "vocab": "wv.key_to_index",
    "vocabulary": "wv.key_to_index and wv.get_vecattr(key, 'count')",
    "trainables": "syn1neg and syn1",
    "most_similar": "wv.most_similar",
    "most_similar_cosmul": "wv.most_similar_cosmul",
    "similarity": "wv.similarity",
    "n_similarity": "wv.n_similarity",
    "doesnt_match": "wv.doesnt_match",
    "similar_by_word": "wv.similar_by_word",
    "similar_by_vector": "wv.similar_by_vector",
    "wmdistance": "wv.wmdistance",
    "accuracy": "wv.evaluate_word_analogies",
    "evaluate_word_pairs": "wv.evaluate_word_pairs",
    "save_word2vec_format": "wv.save_word2vec_format",
    "load_word2vec_format": "KeyedVectors.load_word2vec_format",
    "intersect_word2vec_format": "wv.intersect_word2vec_format",
    "similar_by_key": "wv.similar_by_key",
    "most_similar_to_given": "wv.most_similar_to_given",
    "log_accuracy": "wv.log_accuracy",
    "log_evaluate_word_pairs": "wv.log_evaluate_word_pairs",
    "reset_weights": "init_weights()",
    "scale_vocab": "prepare_vocab()",
    "finalize_vocab": "prepare_vocab()",
    "sort_vocab": "wv.sort_by_descending_frequency()",
    "clear_sims": "wv.clear_norms()",
    "iter": "epochs",
    "size": "vector_size",
}


# Attributes that a model has only with some settings.
SOMETIMES = {
    "syn1": "the matrix of hierarchical softmax; it is made with the vocabulary, and with hs=1",
    "syn1neg": "the matrix of negative sampling; it is made with the vocabulary, and with negative > 0",
    "cum_table": "the table of negative sampling, which is there with negative > 0",
}


class Moved:
    """An attribute that has moved: looking it up is an AttributeError that says where to."""

    def __init__(self, where: str, when: str = " since gensim 4") -> None:
        self._where, self._when = where, when

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, instance: object, owner: type) -> NoReturn:
        raise AttributeError(f"{owner.__name__} has no {self._name}{self._when}: use {self._where}")


class OldNames:
    """A base of Word2Vec: what gensim 3 had there, and has elsewhere now, is an error that says where.

    A type checker sees none of it, so that a name that a model does not have is an error.
    """

    if not TYPE_CHECKING:
        load_word2vec_format = Moved(
            "KeyedVectors.load_word2vec_format, which gives vectors; they cannot be trained on"
        )
        __iter__ = None  # else Python would go through __getitem__

        def __getattr__(self, name: str) -> Any:
            kind = type(self).__name__
            if name in REMOVED_ATTRIBUTES:
                raise AttributeError(
                    f"{kind} has no attribute {name!r} since gensim 4: use model.{REMOVED_ATTRIBUTES[name]}"
                )
            why = f": {SOMETIMES[name]}" if name in SOMETIMES else ""
            raise AttributeError(f"{kind!r} object has no attribute {name!r}{why}")

        def __getitem__(self, key: Any) -> NoReturn:
            raise TypeError(f"'{type(self).__name__}' object is not subscriptable: use model.wv[{key!r}]")

        def __contains__(self, key: Any) -> NoReturn:
            raise TypeError(f"a model has no keys of its own: use {key!r} in model.wv")


def refuse_old_arguments(where: str, renamed: Mapping[str, str] = RENAMED_ARGUMENTS) -> Callable[[Function], Function]:
    """Decorate a function to answer unknown arguments with `refuse_unknown`; its signature stays as it is.

    Parameters
    ----------
    where : str
        What the function is called in the error.
    renamed : mapping of str to str
        Arguments of gensim 3 and what they are called now.

    Examples
    --------
    >>> @refuse_old_arguments("train()")
    ... def train(epochs=5):
    ...     return epochs
    >>> train(iter=3)
    Traceback (most recent call last):
        ...
    TypeError: train(): iter was renamed epochs in gensim 4; got iter=3
    """

    def decorate(function: Function) -> Function:
        known = inspect.signature(function).parameters

        @functools.wraps(function)
        def call(*arguments: Any, **options: Any) -> Any:
            if options.keys() - known:
                refuse_unknown(where, {name: value for name, value in options.items() if name not in known}, renamed)
            return function(*arguments, **options)

        return call  # type: ignore[return-value]

    return decorate


def refuse_unknown(where: str, unknown: Mapping[str, Any], renamed: Mapping[str, str] = RENAMED_ARGUMENTS) -> None:
    """Raise a TypeError for arguments that do not exist; for those of gensim 3 it says what they are called now."""
    for name in unknown:
        if name in renamed:
            raise TypeError(f"{where}: {name} was renamed {renamed[name]} in gensim 4; got {name}={unknown[name]!r}")
        raise TypeError(f"{where} got an unexpected keyword argument {name!r}")
