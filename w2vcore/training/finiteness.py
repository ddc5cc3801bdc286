"""Whether all weights are finite: checked after each epoch, mostly without reading all of them."""

from __future__ import annotations

from w2vcore.backends.base import Backend
from w2vcore.kernels._finite import all_finite
from w2vcore.model.inspection import LONG
from w2vcore.model.weights import Weights

from .schedule import LinearDecay


class Finiteness:
    """Created before an epoch; `check`, after it, reads all weights unless they are known to be finite.

    They are read if they were not known to be finite before, if the backend has noted an overflow or cannot tell, and
    at the latest after `LONG` tokens for each row. So an epoch that diverges always ends with an error, and an epoch of
    a few sentences does not take as long as reading a million rows. If an epoch fails, so that `check` is not called,
    the weights no longer count as known to be finite.

    Parameters
    ----------
    backend : Backend
        Open.
    weights : Weights
    decay : LinearDecay
        For the learning rate in the message.
    """

    def __init__(self, backend: Backend, weights: Weights, decay: LinearDecay) -> None:
        self._backend = backend
        self._weights = weights
        self._decay = decay
        self._were_finite = weights.inspection.take_finite(weights.matrices)

    def check(self, epoch: int, tokens: int, doubt: str = "") -> None:
        """Raise FloatingPointError if a weight is not finite after an epoch that trained `tokens` tokens.

        `doubt` is added to the message: another possible cause.
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
