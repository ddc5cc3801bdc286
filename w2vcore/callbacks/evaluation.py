"""Evaluate the vectors during training: analogies and judged pairs."""

from __future__ import annotations

import logging
import math
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from w2vcore.corpus.paths import expanded
from w2vcore.model.checks import check_int

from .base import CallbackAny2Vec

if TYPE_CHECKING:
    from w2vcore.word2vec import Word2Vec

logger = logging.getLogger("w2vcore.callbacks")


class EvaluateCallback(CallbackAny2Vec):
    r"""Evaluate the vectors after epochs, and write the results into the history's line and the log.

    The line gets ``analogies`` (share of right answers, from 0 to 1), and ``pairs`` (Spearman's rank correlation) with
    ``pairs_oov`` (percentage of pairs with an unknown word). In epochs without an evaluation they are None.

    Parameters
    ----------
    analogies : str or path-like, optional
        A file as `KeyedVectors.evaluate_word_analogies` reads it.
    pairs : str or path-like, optional
        A file as `KeyedVectors.evaluate_word_pairs` reads it.
    every : int
        Evaluate each n-th epoch only.
    prefix : str
        Put in front of the names in the history, so that several of these callbacks do not write over each other.
    **options
        For both evaluations: ``restrict_vocab``, ``case_insensitive``, ``dummy4unknown``.

    Raises
    ------
    ValueError, TypeError
        If neither file is given, or an argument is not allowed.
    FileNotFoundError
        If a file is not there.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> from w2vcore import Word2Vec
    >>> from w2vcore.callbacks import EvaluateCallback
    >>> pairs = pathlib.Path(tempfile.mkdtemp()) / "pairs.tsv"
    >>> _ = pairs.write_text("hello\tworld\t9\nhello\tmoon\t1\nworld\tmoon\t3\n")
    >>> data = [["hello", "world"], ["moon", "sun"]] * 10
    >>> model = Word2Vec(data, min_count=1, epochs=4, callbacks=[EvaluateCallback(pairs=pairs, every=2)])
    >>> [epoch["pairs"] is None for epoch in model.training_history]
    [True, False, True, False]
    """

    def __init__(
        self,
        analogies: str | os.PathLike[str] | None = None,
        pairs: str | os.PathLike[str] | None = None,
        every: int = 1,
        prefix: str = "",
        **options: Any,
    ) -> None:
        if analogies is None and pairs is None:
            raise ValueError("EvaluateCallback needs analogies= or pairs=, the path of a file")
        for name, path in (("analogies", analogies), ("pairs", pairs)):
            if path is not None and "://" not in os.fspath(path) and not Path(expanded(path)).is_file():
                raise FileNotFoundError(f"{name}={os.fspath(path)!r}: no such file")
        unknown = sorted(options.keys() - {"restrict_vocab", "case_insensitive", "dummy4unknown"})
        if unknown:
            raise TypeError(
                f"EvaluateCallback() got an unexpected argument {unknown[0]!r}; options are restrict_vocab, "
                "case_insensitive, dummy4unknown"
            )
        self.analogies, self.pairs, self.prefix, self.options = analogies, pairs, prefix, options
        self.every = check_int("every", every, 1, hint="epochs between two evaluations")

    def on_train_begin(self, model: Word2Vec) -> None:
        """Evaluate once, so that an unusable file is found now."""
        self._results(model)

    def on_epoch_end(self, model: Word2Vec) -> None:
        """Evaluate, if it is this epoch's turn."""
        if model.epochs_trained % self.every:
            results: dict[str, float | None] = dict.fromkeys(self._names())
        else:
            results = self._results(model)
            shown = [f"{name} {value:.4f}" for name, value in results.items() if value is not None]
            logger.info("EvaluateCallback: epoch %i: %s", model.epochs_trained, ", ".join(shown))
        model.training_history[-1].update({self.prefix + name: value for name, value in results.items()})

    def _names(self) -> list[str]:
        return ["analogies"] * (self.analogies is not None) + ["pairs", "pairs_oov"] * (self.pairs is not None)

    def _results(self, model: Word2Vec) -> dict[str, float | None]:
        results: dict[str, float | None] = {}
        if self.analogies is not None:
            results["analogies"] = float(model.wv.evaluate_word_analogies(self.analogies, **self.options)[0])
        if self.pairs is not None:
            _, spearman, oov = model.wv.evaluate_word_pairs(self.pairs, **self.options)
            rank = float(spearman[0])
            results.update(pairs=None if math.isnan(rank) else rank, pairs_oov=float(oov))
        return results
