"""Input and output vectors of a model in one matrix: their weighted sum, or both side by side."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from w2vcore.keyedvectors.matrix import Matrix
from w2vcore.keyedvectors.protocol import Vectors
from w2vcore.model.checks import check_float

CONCATENATED = "concatenated"


def combined_matrix(wv: Vectors, output: float | str) -> NDArray[Any]:
    """Return the matrix of `KeyedVectors.combined`, a new one."""
    if isinstance(output, str):
        if output != CONCATENATED:
            raise ValueError(
                f"output must be a number of at least 0 or {CONCATENATED!r} (both vectors side by side), got {output!r}"
            )
    else:
        output = check_float("output", output, 0, hint="the weight of output vectors")
    wv._table.check()
    inputs, outputs = wv._table.matrix, output_matrix(wv)
    if isinstance(output, str):
        return np.hstack([inputs.scaled(), Matrix(outputs).scaled().astype(inputs.array.dtype, copy=False)])
    both: NDArray[Any] = np.asarray(inputs.array) + output * np.asarray(outputs)
    return both.astype(inputs.array.dtype, copy=False)


def output_matrix(wv: Vectors) -> NDArray[Any]:
    """Return the output vectors of the model that these vectors belong to, row by row.

    Raises
    ------
    RuntimeError
        If they belong to none, if the model has no output vector of each word, or if rows were added to one side only.
    """
    model = None if wv._model is None else wv._model()
    if model is None or model.wv is not wv:
        raise RuntimeError(
            "combined needs output vectors, which belong to a model, and these are vectors alone: keep the model "
            "(model = Word2Vec.load(...)) and call model.wv.combined()"
        )
    outputs: NDArray[Any] = model._output_vectors()
    if len(outputs) != len(wv):
        raise RuntimeError(
            f"the model has output vectors of {len(outputs)} words, and {len(wv)} keys: words that were added to wv "
            "alone have none; add them with build_vocab(..., update=True)"
        )
    return outputs
