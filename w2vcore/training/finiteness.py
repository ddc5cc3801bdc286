"""Whether all weights are finite: checked after each epoch, mostly without reading all of them."""

from __future__ import annotations

from w2vcore.backends.base import Backend
from w2vcore.kernels._finite import all_finite
from w2vcore.model.inspection import LONG
from w2vcore.model.weights import Weights

from .schedule import LinearDecay


class Finiteness:
    """Is made before an epoch, and reads all weights after it unless they are known to be finite.

    They are read if they are not known to have been finite before, if the backend has noted an overflow or cannot
    tell, and at the latest after `LONG` tokens for each row. So an epoch that diverges always ends with an error, and
    an epoch of a few sentences does not take as long as reading a million rows. After an epoch that ends with an error,
    without `check`, the weights are not known to be finite.

    Parameters
    ----------
    backend : Backend
        Open.
    weights : Weights
    decay : LinearDecay
        Has the learning rate for the message.
    """

    def __init__(self, backend: Backend, weights: Weights, decay: LinearDecay) -> None:
        self._backend = backend
        self._weights = weights
        self._decay = decay
        self._were_finite = weights.inspection.take_finite(weights.matrices)

    def check(self, epoch: int, tokens: int, doubt: str = "") -> None:
        """Raise FloatingPointError if a weight is not finite after an epoch that has trained so many tokens.

        `doubt` is what else may have made it so, for the message.
        """
        inspection, matrices = self._weights.inspection, self._weights.matrices
        inspection.tokens += tokens
        noted = self._backend.may_have_diverged()
        if noted or not self._were_finite or inspection.tokens >= LONG * len(matrices["input"]):
            check_finite(epoch, self._weights, self._decay, doubt)
            inspection.tokens = 0
        inspection.put_finite(matrices)


def check_finite(epoch: int, weights: Weights, decay: LinearDecay, doubt: str = "") -> None:
    """Read all weights, and raise FloatingPointError if one is not finite."""
    for name, matrix in weights.matrices.items():
        if not all_finite(matrix):
            raise FloatingPointError(
                f"vectors became non-finite in epoch {epoch} (matrix {name!r}) with alpha={decay.start:g}; lower alpha"
                f"{doubt}"
            )
